package transfer

import (
	"context"
	"slices"
	"strconv"

	"github.com/trellis-crm/trellis/engine/access"
	"github.com/trellis-crm/trellis/engine/expr"
	"github.com/trellis-crm/trellis/engine/fault"
	"github.com/trellis-crm/trellis/engine/field"
)

// How much of a spreadsheet is read at once.
const (
	MaxCellRows    = 1000
	MaxCellColumns = 50
)

// Block is a rectangle of cells, as a spreadsheet has it, and the fields that
// its columns are.
type Block struct {
	Columns []string   `json:"columns"`
	Rows    [][]string `json:"rows"`
}

// Cell is what a cell means: a value as it goes over the wire, or why it is
// none.
type Cell struct {
	Value []byte
	Fault *fault.Item
}

// Named is a record that a cell names.
type Named struct {
	ID      string `json:"id"`
	Display string `json:"display"`
}

// Cells reads a block as values of an object's fields; what a cell names is
// looked for among the records that the actor may read. It writes nothing, and
// does not judge whether he may write. Faults: not_found, invalid_values.
func (s *Service) Cells(ctx context.Context, actor *access.Actor, name string, block Block) ([][]Cell, map[string]map[string]Named, error) {
	fields, err := s.columns(actor, name, block)
	if err != nil {
		return nil, nil, err
	}
	reader := &cellReader{asking: asking{s.records, s.store, s.records.Policy(), actor}, named: map[string]map[string]Named{}}
	cells := make([][]Cell, len(block.Rows))
	for i, row := range block.Rows {
		cells[i] = make([]Cell, len(row))
	}
	for column, f := range fields {
		var texts []string
		for _, row := range block.Rows {
			if column < len(row) && f.Target != "" {
				texts = append(texts, candidates(f, unescapeCell(row[column]))...)
			}
		}
		found, err := reader.find(ctx, f.Target, texts)
		if err != nil {
			return nil, nil, err
		}
		for i, row := range block.Rows {
			if column < len(row) {
				cells[i][column] = reader.read(f, row[column], found)
			}
		}
		if err := reader.name(ctx, f.Target, found); err != nil {
			return nil, nil, err
		}
	}
	return cells, reader.named, nil
}

// columns are the fields of a block, which the actor may see.
func (s *Service) columns(actor *access.Actor, name string, block Block) ([]*field.Field, error) {
	policy := s.records.Policy()
	object, ok := policy.Catalog().Object(name)
	if !ok {
		return nil, fault.New(fault.NotFound)
	}
	decision, err := policy.Decide(actor, object, access.Read)
	if err != nil {
		return nil, err
	}
	if decision.Nothing() {
		return nil, fault.New(fault.NotFound)
	}
	faults := fault.New(fault.InvalidValues)
	if len(block.Rows) > MaxCellRows {
		faults.At("/rows", fault.TooManyItems, "max", MaxCellRows, "count", len(block.Rows))
	}
	if len(block.Columns) > MaxCellColumns {
		faults.At("/columns", fault.TooManyItems, "max", MaxCellColumns, "count", len(block.Columns))
		return nil, faults
	}
	fields := make([]*field.Field, len(block.Columns))
	for i, column := range block.Columns {
		slot := object.Slot(column)
		if slot < 0 || !decision.Ever(slot) {
			faults.At("/columns/"+strconv.Itoa(i), fault.UnknownField, "field", column)
			continue
		}
		fields[i] = object.Fields[slot]
	}
	for i, row := range block.Rows {
		if len(row) > len(block.Columns) {
			faults.At("/rows/"+strconv.Itoa(i), fault.TooManyItems, "max", len(block.Columns), "count", len(row))
		}
	}
	return fields, faults.OrNil()
}

// cellReader reads the cells of a block.
type cellReader struct {
	asking
	named map[string]map[string]Named
}

func (r *cellReader) read(f *field.Field, cell string, found map[string]link) Cell {
	if isBlank(f, cell) {
		return Cell{Value: []byte("null")}
	}
	if f.Target == "" {
		value, item := f.Kind.ParseText(f, unescapeCell(cell), r.actor.Locale())
		return cellOf(f, value, item)
	}
	names := namesIn(candidates(f, unescapeCell(cell)), found)
	ids := make([]any, len(names))
	for i, name := range names {
		if item := found[name].fault(name); item != nil {
			return Cell{Fault: item}
		}
		ids[i] = found[name].id
	}
	var wire any = ids
	if f.Pairs == "" {
		wire = ids[0]
	}
	value, item := f.Kind.Parse(f, wire)
	return cellOf(f, value, item)
}

// name tells what the records are called that were found.
func (r *cellReader) name(ctx context.Context, target string, found map[string]link) error {
	object, ok := r.policy.Catalog().Object(target)
	if !ok {
		return nil
	}
	if r.named[target] == nil {
		r.named[target] = map[string]Named{}
	}
	var ids []string
	for _, meant := range found {
		if _, known := r.named[target][meant.id]; meant.id != "" && !known {
			ids = append(ids, meant.id)
		}
	}
	seen, err := r.records.Seen(ctx, r.reader, r.policy, r.actor, object, slices.Compact(slices.Sorted(slices.Values(ids))))
	for id, one := range seen {
		r.named[target][id] = Named{ID: id, Display: one.Display}
	}
	return err //nolint:wrapcheck // it says itself what it is
}

func cellOf(f *field.Field, value expr.Value, item *fault.Item) Cell {
	switch {
	case item != nil:
		return Cell{Fault: item}
	case value == nil:
		return Cell{Value: []byte("null")}
	default:
		return Cell{Value: f.Kind.AppendJSON(nil, f, value)}
	}
}
