package transfer

import (
	"context"
	"hash/fnv"
	"strings"

	"github.com/trellis-crm/trellis/engine/fault"
	"github.com/trellis-crm/trellis/engine/field"
	"github.com/trellis-crm/trellis/engine/metadata"
	"github.com/trellis-crm/trellis/engine/record"
)

// values reads the cells of a row as the fields that their columns go to. A
// blank cell says nothing about its field.
func (s *stage) values(ctx context.Context, w *record.Work, object *metadata.Object, cells []string) (map[string]any, error) {
	values := map[string]any{}
	faults := fault.New(fault.InvalidValues)
	for _, column := range s.set.Columns {
		if column.Field == nil || column.Index >= len(cells) {
			continue
		}
		f, ok := object.Field(*column.Field)
		if !ok {
			faults.At("/"+*column.Field, fault.UnknownField, "field", *column.Field)
			continue
		}
		cell, blank := column.read(f, cells[column.Index])
		if blank {
			continue
		}
		if f.Target != "" {
			value, item, err := s.linked(ctx, w, column, f, cell)
			switch {
			case err != nil:
				return nil, err
			case item != nil:
				faults.At("/"+f.Name, item.Code, pairs(item.Params)...)
			default:
				values[f.Name] = value
			}
			continue
		}
		value, item := f.Kind.ParseText(f, cell, s.actor.Locale())
		if item != nil {
			faults.At("/"+f.Name, item.Code, pairs(item.Params)...)
			continue
		}
		values[f.Name] = record.Parsed{Value: value}
	}
	return values, faults.OrNil()
}

func pairs(params fault.Params) []any {
	list := make([]any, 0, 2*len(params))
	for name, value := range params {
		list = append(list, name, value)
	}
	return list
}

// read is what a cell says, as the column's values have it.
func (c Column) read(f *field.Field, cell string) (text string, blank bool) {
	if mapped, ok := c.Values[cell]; ok {
		if mapped == nil || *mapped == "" {
			return "", true
		}
		return *mapped, false
	}
	if isBlank(f, cell) {
		return "", true
	}
	return unescapeCell(cell), false
}

// onExisting leaves out what columns do not write over.
func (s *stage) onExisting(ctx context.Context, w *record.Work, object *metadata.Object, id string, values map[string]any) error {
	careful := false
	for _, column := range s.set.Columns {
		careful = careful || column.Field != nil && column.OnExisting != overwrite
	}
	if !careful {
		return nil
	}
	has, err := w.Filled(ctx, object.Name, id)
	if err != nil {
		return err
	}
	for _, column := range s.set.Columns {
		if column.Field == nil {
			continue
		}
		if column.OnExisting == keep || column.OnExisting == fillEmpty && has(*column.Field) {
			delete(values, *column.Field)
		}
	}
	return nil
}

// key is a short form of a row's match cells; rows without them have none.
func (s *stage) key(row numbered) (uint64, bool) {
	if len(s.set.Match) == 0 || row.leftOut {
		return 0, false
	}
	sum := fnv.New64a()
	for _, name := range s.set.Match {
		for _, column := range s.set.Columns {
			if column.Field == nil || *column.Field != name {
				continue
			}
			if column.Index >= len(row.cells) || strings.TrimSpace(row.cells[column.Index]) == "" {
				return 0, false
			}
			_, _ = sum.Write([]byte(row.cells[column.Index] + "\x00")) // a hash takes everything
		}
	}
	return sum.Sum64(), true
}

func (s *stage) remember(row numbered) {
	if key, ok := s.key(row); ok {
		s.seen[key] = true
	}
}
