package row

import (
	"context"
	"fmt"
	"slices"

	"github.com/trellis-crm/trellis/engine/access"
	"github.com/trellis-crm/trellis/engine/expr"
	"github.com/trellis-crm/trellis/engine/metadata"
	"github.com/trellis-crm/trellis/engine/store"
)

// Reader is one of several who may read a record: his rights to it, and what
// their conditions ask of him.
type Reader struct {
	Decision *access.Decision
	Input    expr.Input
}

// maxReaders is how many readers one statement judges: a database bounds the
// columns that it answers.
const maxReaders = 100

// Readable are the fields of a live record that each of some readers may read,
// in their order; nil for one who may not read it, and for all when it is not
// there. It is read once for a hundred of them.
func (t *Table) Readable(ctx context.Context, reader store.Reader, id string, readers []Reader) ([]access.Fields, error) {
	readable := make([]access.Fields, 0, len(readers))
	for some := range slices.Chunk(readers, maxReaders) {
		fields, err := t.readable(ctx, reader, id, some)
		if err != nil {
			return nil, err
		}
		readable = append(readable, fields...)
	}
	return readable, nil
}

func (t *Table) readable(ctx context.Context, reader store.Reader, id string, readers []Reader) ([]access.Fields, error) {
	s := t.scope(nil)
	var w writer
	var args []any
	l := &layout{slots: []int{t.Object.Slot(metadata.FieldID)}}
	w.WriteString("SELECT " + s.quoted(metadata.FieldID))
	for _, each := range readers {
		masks, err := s.masks(&w, []*access.Decision{each.Decision})
		if err != nil {
			return nil, err
		}
		bound, err := w.fragment().Bind(each.Input)
		if err != nil {
			return nil, fmt.Errorf("bind the rights of a reader of %s: %w", t.Object.Name, err)
		}
		l.masks, args, w.args = append(l.masks, masks...), append(args, bound...), nil
	}
	w.WriteString(" FROM " + t.Dialect.Quote(t.Object.Name) + " AS t WHERE " + s.quoted(metadata.FieldID) + " = ? AND ")
	if err := s.permitted(&w); err != nil {
		return nil, err
	}
	records, err := t.rows(ctx, reader, t.text(&w), append(args, id), l)
	if err != nil || len(records) == 0 {
		return make([]access.Fields, len(readers)), err
	}
	return records[0].Permitted, nil
}
