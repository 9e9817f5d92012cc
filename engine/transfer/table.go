package transfer

import (
	"slices"
	"strings"

	"github.com/trellis-crm/trellis/engine/expr"
	"github.com/trellis-crm/trellis/engine/fault"
	"github.com/trellis-crm/trellis/engine/field"
	"github.com/trellis-crm/trellis/engine/metadata"
	"github.com/trellis-crm/trellis/engine/query"
	"github.com/trellis-crm/trellis/engine/record"
)

// idMark ends the title of a column of ids: a field that names records is
// two columns, what they are called, for people, and their ids, by which an
// import finds them again.
const idMark = " [ID]"

// table writes records as rows.
type table struct {
	out    sheet
	locale field.Locale
	begun  bool
	names  []string // of the fields, in the order of the columns
	count  int
}

// head writes the titles; where two fields have the same, their names.
func (t *table) head(object *metadata.Object, slots []int) error {
	t.begun = true
	t.names = namesOf(object, slots)
	times := map[string]int{}
	for _, slot := range slots {
		times[object.Fields[slot].Title.In(t.locale.Language)]++
	}
	row := make([]cell, 0, len(slots))
	for _, slot := range slots {
		f := object.Fields[slot]
		title := f.Title.In(t.locale.Language)
		if times[title] > 1 {
			title = f.Name
		}
		row = append(row, cell{text: escapeCell(title)})
		if f.Links() {
			row = append(row, cell{text: escapeCell(title + idMark)})
		}
	}
	return t.out.write(row)
}

func (t *table) add(object *metadata.Object, slots []int, listed record.Listed, named record.Included) error {
	if !t.begun {
		if err := t.head(object, slots); err != nil {
			return err
		}
	}
	if t.count%query.MaxLimit == 0 && !slices.Equal(t.names, namesOf(object, slots)) {
		return fault.New(fault.Forbidden) // a field was taken away since the page before
	}
	row := make([]cell, 0, len(slots))
	for _, slot := range slots {
		f, value := object.Fields[slot], listed.Values[slot]
		if listed.Readable != nil && !listed.Readable.Has(slot) {
			value = nil
		}
		if f.Links() {
			row = append(row, cell{text: escapeCell(called(f.Refers(value), named))})
		}
		row = append(row, t.cell(f, value))
	}
	t.count++
	return t.out.write(row)
}

// cell is a value as an import reads it.
func (t *table) cell(f *field.Field, value expr.Value) cell {
	if value == nil {
		return cell{}
	}
	text, number := f.Kind.Text(f, value, t.locale), f.Kind.Type(f).Kind == expr.Number
	if !number {
		text = escapeCell(text)
	}
	return cell{text: text, number: number}
}

// called are the names of records that the reader sees; one that he does not
// see has none.
func called(links []field.Link, named record.Included) string {
	var names []string
	for _, link := range links {
		if display := named[link.Object][link.ID].Display; display != "" && display != link.ID {
			names = append(names, display)
		}
	}
	return strings.Join(names, "; ")
}
