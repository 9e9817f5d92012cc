package transfer

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/trellis-crm/trellis/engine/access"
	"github.com/trellis-crm/trellis/engine/fault"
	"github.com/trellis-crm/trellis/engine/field"
	"github.com/trellis-crm/trellis/engine/metadata"
	"github.com/trellis-crm/trellis/engine/store"
)

// Mapping is what a person says about an import; nil stays as it is.
type Mapping struct {
	Encoding  *string         `json:"encoding"`
	Separator *string         `json:"separator"`
	Sheet     *string         `json:"sheet"`
	Header    *bool           `json:"header"`
	Columns   []ColumnMapping `json:"columns"`
	Match     *[]string       `json:"match"`
	// Recipe says it all as a recipe does, before the rest is said.
	Recipe *string `json:"recipe"`
}

// ColumnMapping is where one column goes.
type ColumnMapping struct {
	Index      int                `json:"index"`
	Field      *string            `json:"field"`
	OnExisting string             `json:"on_existing"`
	Values     map[string]*string `json:"values"`
	Create     []string           `json:"create"`
}

// Map changes how an import is read and where its columns go. Faults:
// wrong_state, invalid_values with pointers, invalid_file.
func (s *Service) Map(ctx context.Context, actor *access.Actor, id string, mapping Mapping) (*Import, error) {
	row, err := s.row(ctx, s.store, actor, id)
	if err != nil {
		return nil, err
	}
	about, writable, err := s.about(actor, row.Object)
	if err != nil {
		return nil, err
	}
	set, err := row.settings()
	if err != nil {
		return nil, err
	}
	if err := s.reread(ctx, row, about, writable, &set, mapping); err != nil {
		return nil, err
	}
	if err := s.byRecipe(ctx, actor, row, mapping, &set, about, writable); err != nil {
		return nil, err
	}
	if err := mapping.into(&set, about, writable); err != nil {
		return nil, err
	}
	judgeValues(about, &set)
	if err := s.judgeLinks(ctx, actor, about, &set); err != nil {
		return nil, err
	}
	set.Touched, set.Outdated = s.clock.Now().UnixMilli(), false
	reread := mapping.rereads()
	if reread {
		set.Corrected = 0 // rows and columns may be others now
	}
	if err := row.put(set); err != nil {
		return nil, err
	}
	err = s.change(ctx, row, []string{Uploaded, Planned, Failed}, map[string]any{"state": Uploaded, "settings": row.Settings, "fault": nil, "counts": nil, "progress": nil},
		func(ctx context.Context, tx *store.Tx) error {
			if err := s.settled(ctx, tx, row, stagePlan); err != nil || !reread {
				return err
			}
			return uncorrect(ctx, tx, row.ID)
		})
	if err != nil {
		return nil, err
	}
	return s.Get(ctx, actor, id)
}

// byRecipe puts what a recipe says into the settings.
func (s *Service) byRecipe(ctx context.Context, actor *access.Actor, row *importRow, mapping Mapping, set *settings, about *metadata.Object, writable writableFunc) error {
	if mapping.Recipe == nil {
		return nil
	}
	recipe, err := s.recipe(ctx, actor, *mapping.Recipe)
	if fault.Is(err, fault.NotFound) || err == nil && recipe.Object != row.Object {
		return fault.New(fault.InvalidValues).At("/recipe", fault.MissingRecord)
	}
	if err != nil {
		return err
	}
	known, err := recipe.settings()
	if err != nil {
		return err
	}
	return known.mapping(set, about, writable).into(set, about, writable)
}

// rereads tells whether the file is to be read otherwise.
func (m Mapping) rereads() bool {
	return m.Encoding != nil || m.Separator != nil || m.Sheet != nil || m.Header != nil
}

// reread reads the file anew when it is to be read otherwise.
func (s *Service) reread(ctx context.Context, row *importRow, about *metadata.Object, writable writableFunc, set *settings, mapping Mapping) error {
	if !mapping.rereads() {
		return nil
	}
	faults := fault.New(fault.InvalidValues)
	if mapping.Encoding != nil {
		if !knownEncoding(*mapping.Encoding) {
			faults.At("/encoding", fault.UnknownOption, "value", *mapping.Encoding)
		}
		set.File.Encoding = *mapping.Encoding
	}
	if mapping.Separator != nil {
		if len(*mapping.Separator) != 1 || *mapping.Separator == `"` || *mapping.Separator == "\n" {
			faults.At("/separator", fault.UnknownOption, "value", *mapping.Separator)
		}
		set.File.Separator = *mapping.Separator
	}
	if mapping.Sheet != nil {
		if !slices.Contains(set.File.Sheets, *mapping.Sheet) {
			faults.At("/sheet", fault.UnknownOption, "value", *mapping.Sheet)
		}
		set.File.Sheet = *mapping.Sheet
	}
	if mapping.Header != nil {
		set.Header = *mapping.Header
	}
	if err := faults.OrNil(); err != nil {
		return err
	}
	if err := s.examine(ctx, row.File, set); err != nil {
		return err
	}
	guessAll(about, writable, set)
	return nil
}

// into puts what a person says about columns into the settings.
func (m Mapping) into(set *settings, about *metadata.Object, writable writableFunc) error {
	faults := fault.New(fault.InvalidValues)
	for i, column := range m.Columns {
		at := fmt.Sprintf("/columns/%d", i)
		if column.Index < 0 || column.Index >= len(set.Columns) {
			faults.At(at+"/index", fault.OutOfRange, "min", 0, "max", len(set.Columns)-1)
			continue
		}
		if column.Field != nil {
			f, ok := about.Field(*column.Field)
			if !ok || !writable(f) {
				faults.At(at+"/field", fault.UnknownField, "field", *column.Field)
				continue
			}
		}
		switch column.OnExisting {
		case overwrite, fillEmpty, keep:
			set.Columns[column.Index].OnExisting = column.OnExisting
		case "":
		default:
			faults.At(at+"/on_existing", fault.UnknownOption, "value", column.OnExisting)
		}
		target := &set.Columns[column.Index]
		target.Field, target.Confidence = column.Field, high
		if column.Values != nil {
			target.Values = column.Values
		}
		if column.Create != nil {
			target.Create = plainNames(column.Create)
		}
	}
	if m.Match != nil {
		set.Match = *m.Match
	}
	return errors.Join(faults.OrNil(), set.check(about))
}

// plainName is a name as it is looked for.
func plainName(name string) string { return strings.TrimSpace(unescapeCell(name)) }

// plainNames are names as cells are compared with them, each once.
func plainNames(names []string) []string {
	plain := make([]string, len(names))
	for i, name := range names {
		plain[i] = plainName(name)
	}
	slices.Sort(plain)
	return slices.Compact(plain)
}

// checkCreate judges the names of which a lookup makes records.
func (c Column) checkCreate(faults *fault.Fault, at string, f *field.Field) {
	switch {
	case len(c.Create) == 0:
	case f.Target == "":
		faults.At(at, fault.WrongType, "expected", "lookup")
	case len(c.Create) > maxCreate:
		faults.At(at, fault.TooManyItems, "max", maxCreate, "count", len(c.Create))
	case slices.ContainsFunc(c.Create, func(name string) bool { return name == "" || len(name) > 1000 || strings.ContainsRune(name, 0) }):
		faults.At(at, fault.InvalidText)
	}
}

// check judges the mapping as a whole: each field once, and each match key
// among the fields.
func (set *settings) check(about *metadata.Object) error {
	faults := fault.New(fault.InvalidValues)
	mapped := map[string]bool{}
	for i, column := range set.Columns {
		if column.Field == nil {
			continue
		}
		if mapped[*column.Field] {
			faults.At(fmt.Sprintf("/columns/%d/field", i), fault.ColumnTwice, "field", *column.Field)
		}
		mapped[*column.Field] = true
		if f, ok := about.Field(*column.Field); ok {
			column.checkCreate(faults, fmt.Sprintf("/columns/%d/create", i), f)
		}
	}
	if len(set.Match) > 5 {
		faults.At("/match", fault.OutOfRange, "min", 0, "max", 5)
	}
	for i, name := range set.Match {
		if f, ok := about.Field(name); !ok || !mapped[name] || !f.Matchable() {
			faults.At(fmt.Sprintf("/match/%d", i), fault.UnknownField, "field", name)
		}
	}
	return faults.OrNil()
}
