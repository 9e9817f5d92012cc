package transfer

import (
	"context"
	"slices"
	"strings"

	"github.com/trellis-crm/trellis/engine/access"
	"github.com/trellis-crm/trellis/engine/fault"
	"github.com/trellis-crm/trellis/engine/field"
	"github.com/trellis-crm/trellis/engine/metadata"
	"github.com/trellis-crm/trellis/engine/record"
	"github.com/trellis-crm/trellis/engine/store"
)

// links finds the records that the cells of lookups name, and remembers them.
type links struct {
	locale field.Locale
	own    string // the object that is imported, whose records come and go with each try
	found  map[string]link
}

// link is what a name means: one record, several, or none.
type link struct {
	id      string
	several bool
}

// maxLinks bounds the links that an import remembers.
const maxLinks = 10_000

func newLinks(locale field.Locale, own string) *links {
	return &links{locale: locale, own: own, found: map[string]link{}}
}

// find finds the record that a text names among those that the actor may read:
// by its id, by what is unique or shown of it, or by a phone number or a mail
// address.
func (l *links) find(ctx context.Context, w *record.Work, target, text string) (link, error) {
	text = strings.TrimSpace(text)
	if id, item := field.ParseID(text); item == nil {
		canonical, _ := id.(string)
		return link{id: canonical}, nil
	}
	key := target + "\x00" + text
	if known, ok := l.found[key]; ok {
		return known, nil
	}
	object, ok := w.Policy.Catalog().Object(target)
	if !ok {
		return link{}, nil
	}
	found, err := l.search(ctx, w, object, text)
	if err == nil && target != l.own && len(l.found) < maxLinks {
		l.found[key] = found
	}
	return found, err
}

// add notes records that were made, by object and name.
func (l *links) add(made map[string]string) {
	for key, id := range made {
		l.found[key] = link{id: id}
	}
}

func (l *links) search(ctx context.Context, w *record.Work, object *metadata.Object, text string) (link, error) {
	decision, err := w.Policy.Decide(w.Actor, object, access.Read)
	if err != nil {
		return link{}, err
	}
	for _, f := range naturalKeys(object) {
		if !decision.Ever(object.Slot(f.Name)) {
			continue
		}
		value, item := f.Kind.ParseText(f, text, l.locale)
		if item != nil || value == nil {
			continue
		}
		id, err := w.Match(ctx, object.Name, []string{f.Name}, map[string]any{f.Name: record.Parsed{Value: value}})
		switch {
		case fault.Is(err, fault.Ambiguous):
			return link{several: true}, nil
		case err != nil || id != "":
			return link{id: id}, err
		}
	}
	return link{}, nil
}

// naturalKeys are the fields by which people name a record, the surest first:
// what is unique, what is shown, phone numbers and mail addresses.
func naturalKeys(object *metadata.Object) []*field.Field {
	rank := func(f *field.Field) int {
		switch {
		case f.Name == metadata.FieldID || !f.Matchable() || f.Target != "":
			return 0
		case f.Unique:
			return 1
		case f.Name == object.Display:
			return 2
		case f.Kind.Name() == "phone" || f.Kind.Name() == "email":
			return 3
		default:
			return 0
		}
	}
	var keys []*field.Field
	for _, f := range object.Fields {
		if rank(f) > 0 {
			keys = append(keys, f)
		}
	}
	slices.SortStableFunc(keys, func(a, b *field.Field) int { return rank(a) - rank(b) })
	return keys
}

// separators stand between the names in a cell of lookups.
const separators = ";；、\n"

// names are what the cell of a lookup names: itself, or of lookups that have no
// such record, each of its parts.
func (l *links) names(ctx context.Context, w *record.Work, f *field.Field, cell string) ([]string, error) {
	if f.Pairs == "" || !strings.ContainsAny(cell, separators) {
		return []string{cell}, nil
	}
	whole, err := l.find(ctx, w, f.Target, cell)
	if err != nil || whole != (link{}) {
		return []string{cell}, err
	}
	var parts []string
	for part := range strings.FieldsFuncSeq(cell, func(r rune) bool { return strings.ContainsRune(separators, r) }) {
		if part = strings.TrimSpace(part); part != "" {
			parts = append(parts, part)
		}
	}
	return parts, nil
}

// linked is what the cell of a lookup means, with the records that the importer
// wants to be made of what nothing is called.
func (s *stage) linked(ctx context.Context, w *record.Work, column Column, f *field.Field, cell string) (any, *fault.Item, error) {
	names, err := s.links.names(ctx, w, f, cell)
	if err != nil {
		return nil, nil, err
	}
	ids := make([]any, 0, len(names))
	for _, name := range names {
		found, err := s.links.find(ctx, w, f.Target, name)
		if err != nil {
			return nil, nil, err
		}
		if found == (link{}) && slices.Contains(column.Create, strings.TrimSpace(cell)) {
			var item *fault.Item
			if found.id, item, err = s.make(ctx, w, column, f, strings.TrimSpace(cell)); err != nil || item != nil {
				return nil, item, err
			}
		}
		switch {
		case found.several:
			return nil, &fault.Item{Code: fault.AmbiguousRecord, Params: fault.Params{"value": sample(name)}}, nil
		case found.id == "":
			return nil, &fault.Item{Code: fault.NoSuchRecord, Params: fault.Params{"value": sample(name)}}, nil
		}
		ids = append(ids, found.id)
	}
	if f.Pairs == "" {
		return ids[0], nil, nil
	}
	return ids, nil, nil
}

// make makes the record that a lookup names, once in a transaction. What is
// wrong with it is wrong with the cell.
func (s *stage) make(ctx context.Context, w *record.Work, column Column, f *field.Field, name string) (string, *fault.Item, error) {
	key := f.Target + "\x00" + name
	if id, ok := s.making[key]; ok {
		return id, nil, nil
	}
	object, ok := w.Policy.Catalog().Object(f.Target)
	if !ok {
		return "", &fault.Item{Code: fault.MissingRecord}, nil
	}
	change, err := w.Create(ctx, object.Name, map[string]any{object.Display: name})
	if refusal := fault.As(err); refusal != nil {
		item := fault.Item{Code: refusal.Code, Params: refusal.Params}
		if len(refusal.Items) > 0 {
			item = refusal.Items[0]
		}
		return "", &item, nil
	}
	if err != nil {
		return "", nil, err
	}
	s.making[key] = change.ID
	number := -(column.Index*maxCreate + slices.Index(column.Create, name) + 1)
	s.made = append(s.made, outcome{number: number, state: rowCreate, record: change.ID, undo: &undoing{Object: object.Name, Version: change.Version()}})
	return change.ID, nil, nil
}

// maxCreate is how many records one column may make of its values.
const maxCreate = 1000

// judgeLinks finds the cells of lookups that name no record, or several, among
// those that the actor may read.
func (s *Service) judgeLinks(ctx context.Context, actor *access.Actor, about *metadata.Object, set *settings) error {
	var open []int
	for i, column := range set.Columns {
		if column.Field == nil {
			continue
		}
		if f, ok := about.Field(*column.Field); ok && f.Target != "" && len(column.Distinct) > 0 {
			open = append(open, i)
		}
	}
	if len(open) == 0 {
		return nil
	}
	return s.records.Transact(ctx, actor, store.Interactive, func(ctx context.Context, w *record.Work) error {
		links := newLinks(actor.Locale(), "")
		for _, i := range open {
			column := &set.Columns[i]
			column.Unmatched = []Distinct{}
			f, _ := about.Field(*column.Field)
			for _, cell := range column.Distinct {
				name := strings.TrimSpace(cell.Value)
				if name == "" || column.settles(cell) {
					continue
				}
				missing, several, err := links.judge(ctx, w, f, name)
				if err != nil {
					return err
				}
				if missing || several {
					cell.Several = several
					column.Unmatched = append(column.Unmatched, cell)
				}
			}
		}
		return nil
	})
}

// judge tells whether one of the names in a cell means nothing, or several
// records.
func (l *links) judge(ctx context.Context, w *record.Work, f *field.Field, cell string) (missing, several bool, err error) {
	names, err := l.names(ctx, w, f, cell)
	if err != nil {
		return false, false, err
	}
	for _, name := range names {
		found, err := l.find(ctx, w, f.Target, name)
		if err != nil {
			return false, false, err
		}
		missing, several = missing || found == (link{}), several || found.several
	}
	return missing, several, nil
}
