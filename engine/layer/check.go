package layer

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/trellis-crm/trellis/engine/access"
	"github.com/trellis-crm/trellis/engine/fault"
	"github.com/trellis-crm/trellis/engine/query"
)

// The limits of a layer.
const (
	maxTitle    = 100
	maxFilter   = 20000
	maxColumns  = 100
	narrowest   = 48
	widest      = 1200
	maxGroupKey = 100
)

// densities are the heights that rows may have.
func densities() []string { return []string{"compact", "normal", "roomy"} }

// check judges a layer as the list that it leads to would be: a field that the
// actor may not see is one that there is not.
func (s *Service) check(actor *access.Actor, object string, settings *Settings) error {
	faults := fault.New(fault.InvalidValues)
	checkText(faults, "/title", settings.Title, maxTitle)
	ask := query.Query{Sort: settings.Sort, Fields: settings.Columns}
	if settings.Filter != nil {
		checkText(faults, "/filter", *settings.Filter, maxFilter)
		ask.Where = *settings.Filter
	}
	if settings.Group != nil {
		checkText(faults, "/group", *settings.Group, maxGroupKey)
	}
	if settings.Density != nil && !slices.Contains(densities(), *settings.Density) {
		faults.At("/density", fault.UnknownOption, "value", *settings.Density)
	}
	if count := len(settings.Columns); count > maxColumns {
		faults.At("/columns", fault.TooManyItems, "max", maxColumns, "count", count)
	}
	if settings.Columns != nil && len(settings.Columns) == 0 {
		faults.At("/columns", fault.Required)
	}
	if count := len(settings.Widths); count > maxColumns {
		faults.At("/widths", fault.TooManyItems, "max", maxColumns, "count", count)
	}
	for _, name := range slices.Sorted(maps.Keys(settings.Widths)) {
		if width := settings.Widths[name]; width < narrowest || width > widest {
			faults.At(fault.Pointer("widths", name), fault.OutOfRange, "min", narrowest, "max", widest)
		}
		ask.Fields = append(slices.Clip(ask.Fields), name)
	}
	if err := faults.OrNil(); err != nil {
		return err
	}
	return s.plan(actor, object, ask, settings.Group)
}

func checkText(faults *fault.Fault, pointer, text string, most int) {
	switch length := utf8.RuneCountInString(text); {
	case length > most:
		faults.At(pointer, fault.TooLong, "max", most, "length", length)
	case strings.ContainsRune(text, 0), !utf8.ValidString(text):
		faults.At(pointer, fault.InvalidText)
	}
}

// plan has the list understood; what is wrong with it is wrong in the layer.
func (s *Service) plan(actor *access.Actor, object string, ask query.Query, group *string) error {
	policy := s.records.Policy()
	known, ok := policy.Catalog().Object(object)
	if !ok {
		return fault.New(fault.NotFound)
	}
	planner := s.records.Planner(policy, actor)
	_, err := planner.Plan(known, ask)
	if err == nil && group != nil && *group != "" {
		name, by, _ := strings.Cut(*group, ":")
		_, err = planner.Aggregate(known, query.Aggregate{
			Groups: []query.GroupAsk{{Field: name, By: by}}, Measures: []query.MeasureAsk{{As: "count_of_records", Function: "count"}},
		})
	}
	wrong := fault.As(err)
	if wrong == nil || len(wrong.Items) == 0 {
		return err
	}
	faults := fault.New(fault.InvalidValues)
	for _, item := range wrong.Items {
		first, _, _ := strings.Cut(strings.TrimPrefix(item.Pointer, "/"), "/")
		item.Pointer = "/" + cmp.Or(map[string]string{"where": "filter", "fields": "columns", "groups": "group"}[first], first)
		faults.Items = append(faults.Items, item)
	}
	return faults
}
