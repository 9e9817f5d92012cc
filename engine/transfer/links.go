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
)

// links remembers which records the names in the cells of an import mean.
type links struct {
	own   string // the object that is imported, whose records come and go with each try
	found map[string]link
}

// maxLinks bounds the links that an import remembers.
const maxLinks = 10_000

func newLinks(own string) *links { return &links{own: own, found: map[string]link{}} }

// find finds the records that names mean.
func (l *links) find(ctx context.Context, a asking, target string, names []string) (map[string]link, error) {
	found := make(map[string]link, len(names))
	var open []string
	for _, name := range names {
		if known, ok := l.found[linkKey(target, name)]; ok {
			found[name] = known
		} else {
			open = append(open, name)
		}
	}
	if len(open) == 0 {
		return found, nil
	}
	looked, err := a.find(ctx, target, open)
	if err != nil {
		return nil, err
	}
	for _, name := range open {
		found[name] = looked[name]
		if target != l.own && len(l.found) < maxLinks {
			l.found[linkKey(target, name)] = looked[name]
		}
	}
	return found, nil
}

// add notes records that were made, by their keys.
func (l *links) add(made map[string]string) {
	for key, id := range made {
		l.found[key] = link{id: id}
	}
}

func linkKey(target, name string) string { return target + "\x00" + name }

// linked is what the cell of a lookup means, with the records that the importer
// wants to be made of what nothing is called.
func (s *stage) linked(ctx context.Context, w *record.Work, column Column, f *field.Field, cell string) (any, *fault.Item, error) {
	texts := candidates(f, cell)
	found, err := s.links.find(ctx, asking{s.service.records, w.Tx, w.Policy, w.Actor}, f.Target, texts)
	if err != nil {
		return nil, nil, err
	}
	names := namesIn(texts, found)
	if whole := texts[0]; found[whole] == (link{}) && slices.Contains(column.Create, whole) {
		names = texts[:1]
	}
	ids := make([]any, 0, len(names))
	for _, name := range names {
		meant := found[name]
		if meant == (link{}) && slices.Contains(column.Create, name) {
			var item *fault.Item
			if meant.id, item, err = s.make(ctx, w, column, f, name); err != nil || item != nil {
				return nil, item, err
			}
		}
		if item := meant.fault(name); item != nil {
			return nil, item, nil
		}
		ids = append(ids, meant.id)
	}
	if f.Pairs == "" {
		return ids[0], nil, nil
	}
	return ids, nil, nil
}

// make makes the record that a lookup names, once in a transaction. What is
// wrong with it is wrong with the cell.
func (s *stage) make(ctx context.Context, w *record.Work, column Column, f *field.Field, name string) (string, *fault.Item, error) {
	key := linkKey(f.Target, name)
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
	a := asking{s.records, s.store, s.records.Policy(), actor}
	for _, i := range open {
		column := &set.Columns[i]
		f, _ := about.Field(*column.Field)
		if err := a.judge(ctx, f, column); err != nil {
			return err
		}
	}
	return nil
}

// judge finds the cells of a column of which a name means nothing, or several
// records.
func (a asking) judge(ctx context.Context, f *field.Field, column *Column) error {
	column.Unmatched = []Distinct{}
	var texts []string
	for _, cell := range column.Distinct {
		texts = append(texts, candidates(f, unescapeCell(cell.Value))...)
	}
	found, err := a.find(ctx, f.Target, texts)
	if err != nil {
		return err
	}
	for _, cell := range column.Distinct {
		if strings.TrimSpace(cell.Value) == "" || column.settles(cell) {
			continue
		}
		missing := false
		for _, name := range namesIn(candidates(f, unescapeCell(cell.Value)), found) {
			missing, cell.Several = missing || found[name] == (link{}), cell.Several || found[name].several
		}
		if missing || cell.Several {
			column.Unmatched = append(column.Unmatched, cell)
		}
	}
	return nil
}
