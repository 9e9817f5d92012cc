package transfer

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/trellis-crm/trellis/engine/access"
	"github.com/trellis-crm/trellis/engine/expr"
	"github.com/trellis-crm/trellis/engine/fault"
	"github.com/trellis-crm/trellis/engine/field"
	"github.com/trellis-crm/trellis/engine/metadata"
	"github.com/trellis-crm/trellis/engine/query"
	"github.com/trellis-crm/trellis/engine/record"
)

// How much of a spreadsheet is read at once, and how many records may have the
// names that stand in it.
const (
	MaxCellRows    = 1000
	MaxCellColumns = 50
	maxNamed       = 20_000
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
	reader := &cellReader{service: s, actor: actor, names: map[string]map[string][]string{}, named: map[string]map[string]Named{}}
	cells := make([][]Cell, len(block.Rows))
	for i, row := range block.Rows {
		cells[i] = make([]Cell, len(row))
	}
	for column, f := range fields {
		texts := map[string]bool{}
		for _, row := range block.Rows {
			if column < len(row) && f.Target != "" {
				for _, text := range namesIn(f, row[column]) {
					texts[text] = true
				}
			}
		}
		if err := reader.look(ctx, f.Target, slices.Sorted(maps.Keys(texts))); err != nil {
			return nil, nil, err
		}
		for i, row := range block.Rows {
			if column < len(row) {
				cells[i][column] = reader.read(f, row[column])
			}
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
	service *Service
	actor   *access.Actor
	names   map[string]map[string][]string // by object, then by what was written, the ids that are meant
	named   map[string]map[string]Named
	found   int
}

func (r *cellReader) read(f *field.Field, cell string) Cell {
	if isBlank(f, cell) {
		return Cell{Value: []byte("null")}
	}
	if f.Target == "" {
		value, item := f.Kind.ParseText(f, unescapeCell(cell), r.actor.Locale())
		return cellOf(f, value, item)
	}
	names := namesIn(f, cell)
	ids := make([]any, len(names))
	for i, name := range names {
		meant := r.names[f.Target][name]
		switch len(meant) {
		case 0:
			return Cell{Fault: &fault.Item{Code: fault.MissingRecord}}
		case 1:
			ids[i] = meant[0]
		default:
			return Cell{Fault: &fault.Item{Code: fault.Ambiguous}}
		}
	}
	var wire any = ids
	if f.Pairs == "" {
		wire = ids[0]
	}
	value, item := f.Kind.Parse(f, wire)
	return cellOf(f, value, item)
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

// namesIn are the records that a cell names: one, or of lookups several.
func namesIn(f *field.Field, cell string) []string {
	parts := []string{cell}
	if f.Pairs != "" {
		parts = strings.FieldsFunc(cell, func(r rune) bool { return strings.ContainsRune(separators, r) })
	}
	var names []string
	for _, part := range parts {
		if part = strings.TrimSpace(unescapeCell(part)); part != "" {
			names = append(names, part)
		}
	}
	return names
}

// How names are looked for: so many at once, and none that is longer.
const (
	namesAtOnce = 50
	longestName = 200
)

// look finds the records of an object that texts name, by the id or a natural
// key, among what the actor may read.
func (r *cellReader) look(ctx context.Context, target string, texts []string) error {
	policy := r.service.records.Policy()
	object, ok := policy.Catalog().Object(target)
	if !ok || len(texts) == 0 {
		return nil
	}
	decision, err := policy.Decide(r.actor, object, access.Read)
	if err != nil || decision.Nothing() {
		return err
	}
	if r.names[target] == nil {
		r.names[target], r.named[target] = map[string][]string{}, map[string]Named{}
	}
	keys := slices.DeleteFunc(naturalKeys(object), func(f *field.Field) bool {
		return !decision.Ever(object.Slot(f.Name)) || f.Kind.Type(f).Kind != expr.Text
	})
	texts = slices.DeleteFunc(texts, func(text string) bool {
		_, known := r.names[target][text]
		return known || utf8.RuneCountInString(text) > longestName
	})
	for some := range slices.Chunk(texts, namesAtOnce) {
		if err := r.find(ctx, object, keys, some); err != nil {
			return err
		}
	}
	return nil
}

// find asks for the records whose id or one of whose keys is one of the texts;
// the surest of them says which is meant.
func (r *cellReader) find(ctx context.Context, object *metadata.Object, keys []*field.Field, texts []string) error {
	wanted := make([]map[string][]string, len(keys)+1) // what was written, by the value that it is of the id and each key
	conditions := []string{}
	for i := range wanted {
		f := &field.Field{Name: metadata.FieldID}
		if i > 0 {
			f = keys[i-1]
		}
		wanted[i] = map[string][]string{}
		for _, text := range texts {
			if value := r.plain(f, text); value != "" {
				wanted[i][value] = append(wanted[i][value], text)
			}
		}
		if len(wanted[i]) > 0 {
			conditions = append(conditions, f.Name+" in ["+literals(wanted[i])+"]")
		}
	}
	if len(conditions) == 0 {
		return nil
	}
	fields := []string{metadata.FieldID, object.Display}
	for _, f := range keys {
		fields = append(fields, f.Name)
	}
	slices.Sort(fields)
	meant := make([]map[string][]string, len(wanted))
	for i := range meant {
		meant[i] = map[string][]string{}
	}
	asked := query.Query{Where: strings.Join(conditions, " || "), Fields: slices.Compact(fields)}
	err := r.service.records.Each(ctx, r.actor, object.Name, asked, func(object *metadata.Object, _ []int, listed record.Listed) error {
		if r.found++; r.found > maxNamed {
			return fault.New(fault.InvalidValues).At("/rows", fault.TooManyRecords, "max", maxNamed)
		}
		id := asText(listed, object.Slot(metadata.FieldID))
		for i, by := range wanted {
			value := id
			if i > 0 {
				value = asText(listed, object.Slot(keys[i-1].Name))
			}
			for _, text := range by[value] {
				meant[i][text] = append(meant[i][text], id)
			}
		}
		display := object.Slot(object.Display)
		named := Named{ID: id, Display: id}
		if value := listed.Values[display]; value != nil && (listed.Readable == nil || listed.Readable.Has(display)) {
			named.Display = object.Fields[display].Kind.Text(object.Fields[display], value, r.actor.Locale())
		}
		r.named[object.Name][id] = named
		return nil
	})
	for _, by := range slices.Backward(meant) {
		maps.Copy(r.names[object.Name], by)
	}
	return err //nolint:wrapcheck // it says itself what it is
}

// plain is the value of a key that a text would be; "" when it is none.
func (r *cellReader) plain(f *field.Field, text string) string {
	if f.Kind == nil {
		id, item := field.ParseID(text)
		if item != nil {
			return ""
		}
		return fmt.Sprint(id)
	}
	value, item := f.Kind.ParseText(f, text, r.actor.Locale())
	if plain, ok := value.(string); ok && item == nil {
		return plain
	}
	return ""
}

// asText is a value of a record that the reader may see.
func asText(listed record.Listed, slot int) string {
	if listed.Readable != nil && !listed.Readable.Has(slot) {
		return ""
	}
	text, _ := listed.Values[slot].(string)
	return text
}

func literals(values map[string][]string) string {
	var quoted []byte
	for i, value := range slices.Sorted(maps.Keys(values)) {
		if i > 0 {
			quoted = append(quoted, ',')
		}
		quoted = field.AppendString(quoted, value)
	}
	return string(quoted)
}
