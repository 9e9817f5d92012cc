package record

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/trellis-crm/trellis/engine/expr"
	"github.com/trellis-crm/trellis/engine/fault"
	"github.com/trellis-crm/trellis/engine/field"
	"github.com/trellis-crm/trellis/engine/metadata"
	"github.com/trellis-crm/trellis/engine/store"
	"github.com/trellis-crm/trellis/engine/store/row"
)

// maxMoved is how many records may point to one that is merged or converted.
const maxMoved = 10_000

// Carried is what went along from one record to another: the records that
// point to it by a link, its comments, and the files beside its fields.
type Carried struct {
	Records  []Pointer `json:"records,omitempty"`
	Comments []string  `json:"comments,omitempty"`
	Files    []string  `json:"files,omitempty"`
}

// Pointer is a field of a record that points to another.
type Pointer struct {
	Object string `json:"object"`
	Field  string `json:"field"`
	ID     string `json:"id"`
	// Was is what it pointed to, where that does not follow from where it points
	// now: to several records, or from the very record that it came to point to.
	Was json.RawMessage `json:"was,omitempty"`
}

// Carry makes what is about one record be about another, perhaps of another
// object, whether or not the actor may change it, or see it: that follows from
// the right to convert. Fault: too_many_records.
func (w *Work) Carry(ctx context.Context, from, to field.Link) (Carried, error) {
	return w.carry(ctx, from, to, func(f *field.Field) bool { return f.Kind.Name() == "link" })
}

// carry is Carry of what points here by the fields that are wanted.
func (w *Work) carry(ctx context.Context, from, to field.Link, wanted func(f *field.Field) bool) (Carried, error) {
	var carried Carried
	object, _ := w.Policy.Catalog().Object(from.Object)
	left := maxMoved
	for _, user := range object.Users {
		if !wanted(user.Field) || !user.Field.PointsTo(to.Object) {
			continue
		}
		pointers, err := w.repoint(ctx, user, from.ID, to, &left)
		if err != nil {
			return carried, err
		}
		carried.Records = append(carried.Records, pointers...)
	}
	var err error
	if carried.Comments, carried.Files, err = w.beside(ctx, from); err != nil {
		return carried, err
	}
	w.rehang(carried, from, to)
	return carried, nil
}

// CarryBack takes back what was carried, as far as it is still there, and tells
// what points elsewhere by now and is left alone.
func (w *Work) CarryBack(ctx context.Context, carried Carried, from, to field.Link) (kept []Pointer, err error) {
	for _, pointer := range carried.Records {
		object, ok := w.Policy.Catalog().Object(pointer.Object)
		if !ok {
			continue
		}
		f, ok := object.Field(pointer.Field)
		if !ok || !f.PointsTo(to.Object) {
			continue
		}
		err := w.point(ctx, metadata.Reference{Object: object, Field: f}, pointer.ID, func(now expr.Value) (expr.Value, bool) {
			was, ok := pointer.back(f, now, from, to)
			if !ok {
				kept = append(kept, pointer)
			}
			return was, ok
		})
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return nil, err
		}
	}
	w.rehang(carried, from, to)
	return kept, nil
}

// back is what a field pointed to before it came to point from one record to
// another, and whether it still points as it did then.
func (p Pointer) back(f *field.Field, now expr.Value, from, to field.Link) (expr.Value, bool) {
	if p.Was == nil {
		return pointed(now, from.ID, to), pointsTo(now, from.ID)
	}
	wire, err := decodeWire(p.Was)
	if err != nil {
		return nil, false
	}
	was, item := f.Kind.Parse(f, wire)
	if item != nil {
		return nil, false
	}
	return was, sameWire(Wire(f, now), Wire(f, arrived(was, p.ID, to.ID, from)))
}

// rehang gives comments and files another record.
func (w *Work) rehang(carried Carried, from, to field.Link) {
	for table, ids := range map[string][]string{"sys_comment": carried.Comments, "sys_file": carried.Files} {
		for chunk := range slices.Chunk(ids, 500) {
			args := []any{to.Object, to.ID, from.Object, from.ID}
			for _, id := range chunk {
				args = append(args, id)
			}
			w.Tx.Queue("UPDATE "+table+" SET object = ?, record = ? WHERE object = ? AND record = ? AND id IN (?"+strings.Repeat(", ?", len(chunk)-1)+")", args...)
		}
	}
}

// beside are the comments on a record and the files beside its fields.
func (w *Work) beside(ctx context.Context, of field.Link) (comments, files []string, err error) {
	read := func(text string) (ids []string, err error) {
		rows, err := w.Tx.Query(ctx, text+fmt.Sprintf(" ORDER BY id LIMIT %d", maxMoved+1), of.Object, of.ID)
		if err != nil {
			return nil, fmt.Errorf("find what is beside a record: %w", err)
		}
		defer rows.Close() //nolint:errcheck // Err below says what there is to say
		for rows.Next() {
			var id string
			if err := rows.Scan(&id); err != nil {
				return nil, fmt.Errorf("find what is beside a record: %w", err)
			}
			ids = append(ids, id)
		}
		if len(ids) > maxMoved {
			return nil, fault.New(fault.TooManyRecords, "max", maxMoved)
		}
		if err := rows.Err(); err != nil {
			return nil, fmt.Errorf("find what is beside a record: %w", err)
		}
		return ids, nil
	}
	if comments, err = read("SELECT id FROM sys_comment WHERE object = ? AND record = ?"); err != nil {
		return nil, nil, err
	}
	files, err = read("SELECT id FROM sys_file WHERE object = ? AND record = ? AND field = ''")
	return comments, files, err
}

// About is what depends on a record: the live records that point to it, its
// comments, and the files beside its fields.
func (w *Work) About(ctx context.Context, of field.Link) (Carried, error) {
	var about Carried
	object, ok := w.Policy.Catalog().Object(of.Object)
	if !ok {
		return about, nil
	}
	for _, user := range object.Users {
		ids, err := w.table(user.Object).Pointing(ctx, w.Tx, user.Field, of.ID, maxMoved)
		if err != nil {
			return about, err
		}
		for _, id := range ids {
			about.Records = append(about.Records, Pointer{Object: user.Object.Name, Field: user.Field.Name, ID: id})
		}
	}
	var err error
	about.Comments, about.Files, err = w.beside(ctx, of)
	return about, err
}

// repoint makes what points to one record by a field point to another, whether
// or not the actor may change it, and tells what did.
func (w *Work) repoint(ctx context.Context, user metadata.Reference, from string, to field.Link, left *int) ([]Pointer, error) {
	ids, err := w.table(user.Object).Pointing(ctx, w.Tx, user.Field, from, *left+1)
	if err != nil {
		return nil, err
	}
	if *left -= len(ids); *left < 0 {
		return nil, fault.New(fault.TooManyRecords, "max", maxMoved)
	}
	pointers := make([]Pointer, len(ids))
	for i, id := range ids {
		pointers[i] = Pointer{Object: user.Object.Name, Field: user.Field.Name, ID: id}
		err := w.point(ctx, user, id, func(was expr.Value) (expr.Value, bool) {
			if _, several := was.([]string); several || id == to.ID {
				pointers[i].Was = Wire(user.Field, was)
			}
			return arrived(was, id, from, to), true
		})
		if err != nil {
			return nil, err
		}
	}
	return pointers, nil
}

// point gives a field of one record the value that follows from the one it has,
// or leaves it.
func (w *Work) point(ctx context.Context, user metadata.Reference, id string, become func(was expr.Value) (expr.Value, bool)) error {
	slot := user.Object.Slot(user.Field.Name)
	found, err := w.table(user.Object).Find(ctx, w.Tx, id, row.Wanted{Lock: true})
	if err != nil {
		return err
	}
	value, ok := become(found.Values[slot])
	if !ok {
		return nil
	}
	change := changing(Updated, user.Object, id, found)
	change.Values[slot], change.Changed = value, []int{slot}
	if err := w.guard(ctx, change); err != nil {
		return err
	}
	return w.save(ctx, change)
}

// arrived is what a field of a record points to when another has become a third:
// a record does not come to point to itself.
func arrived(value expr.Value, id, from string, to field.Link) expr.Value {
	if id == to.ID {
		return letGo(value, from)
	}
	return pointed(value, from, to)
}

// pointsTo tells whether a value of a field points to a record.
func pointsTo(value expr.Value, id string) bool {
	switch v := value.(type) {
	case field.Link:
		return v.ID == id
	case []string:
		return slices.Contains(v, id)
	default:
		return value == id
	}
}

// pointed is what a field points to when one record has become another.
func pointed(value expr.Value, from string, to field.Link) expr.Value {
	switch v := value.(type) {
	case field.Link:
		return to
	case []string:
		ids := slices.Clone(v)
		if slices.Contains(ids, to.ID) {
			return letGo(ids, from)
		}
		if at := slices.Index(ids, from); at >= 0 {
			ids[at] = to.ID
		}
		slices.Sort(ids)
		return ids
	default:
		return to.ID
	}
}
