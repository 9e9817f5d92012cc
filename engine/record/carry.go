package record

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/trellis-crm/trellis/engine/expr"
	"github.com/trellis-crm/trellis/engine/fault"
	"github.com/trellis-crm/trellis/engine/field"
	"github.com/trellis-crm/trellis/engine/metadata"
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
}

// Carry makes what is about one record be about another, perhaps of another
// object, whether or not the actor may change it: that follows from the right
// to convert. Fault: too_many_records.
func (w *Work) Carry(ctx context.Context, from, to field.Link) (Carried, error) {
	var carried Carried
	object, _ := w.Policy.Catalog().Object(from.Object)
	left := maxMoved
	for _, user := range object.Users {
		if user.Field.Kind.Name() != "link" || !user.Field.PointsTo(to.Object) {
			continue
		}
		ids, err := w.repoint(ctx, user, from.ID, to, &left)
		if err != nil {
			return carried, err
		}
		for _, id := range ids {
			carried.Records = append(carried.Records, Pointer{Object: user.Object.Name, Field: user.Field.Name, ID: id})
		}
	}
	var err error
	if carried.Comments, carried.Files, err = w.beside(ctx, from); err != nil {
		return carried, err
	}
	w.rehang(carried, from, to)
	return carried, nil
}

// CarryBack takes back what was carried, as far as it is still there.
func (w *Work) CarryBack(ctx context.Context, carried Carried, from, to field.Link) error {
	for _, pointer := range carried.Records {
		object, ok := w.Policy.Catalog().Object(pointer.Object)
		if !ok {
			continue
		}
		f, ok := object.Field(pointer.Field)
		if !ok || f.Kind.Name() != "link" || !f.PointsTo(to.Object) {
			continue
		}
		ids, err := w.table(object).Pointing(ctx, w.Tx, f, from.ID, maxMoved)
		if err != nil {
			return err
		}
		if slices.Contains(ids, pointer.ID) {
			if err := w.point(ctx, metadata.Reference{Object: object, Field: f}, pointer.ID, from.ID, to); err != nil {
				return err
			}
		}
	}
	w.rehang(carried, from, to)
	return nil
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
// or not the actor may change it, and gives the ids of those.
func (w *Work) repoint(ctx context.Context, user metadata.Reference, from string, to field.Link, left *int) ([]string, error) {
	ids, err := w.table(user.Object).Pointing(ctx, w.Tx, user.Field, from, *left+1)
	if err != nil {
		return nil, err
	}
	if *left -= len(ids); *left < 0 {
		return nil, fault.New(fault.TooManyRecords, "max", maxMoved)
	}
	for _, id := range ids {
		if err := w.point(ctx, user, id, from, to); err != nil {
			return nil, err
		}
	}
	return ids, nil
}

// point makes a field of one record point to another record.
func (w *Work) point(ctx context.Context, user metadata.Reference, id, from string, to field.Link) error {
	slot := user.Object.Slot(user.Field.Name)
	found, err := w.table(user.Object).Find(ctx, w.Tx, id, row.Wanted{Lock: true})
	if err != nil {
		return err
	}
	change := &Change{Action: Updated, Object: user.Object, ID: id, Prior: found.Values, Values: slices.Clone(found.Values), Changed: []int{slot}}
	change.Values[slot] = pointed(found.Values[slot], from, to)
	if id == to.ID {
		change.Values[slot] = letGo(found.Values[slot], from) // a record does not come to point to itself
	}
	if err := w.guard(ctx, change); err != nil {
		return err
	}
	return w.save(ctx, change)
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
		ids[slices.Index(ids, from)] = to.ID
		return ids
	default:
		return to.ID
	}
}
