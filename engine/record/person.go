package record

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/trellis-crm/trellis/engine/access"
	"github.com/trellis-crm/trellis/engine/expr"
	"github.com/trellis-crm/trellis/engine/field"
	"github.com/trellis-crm/trellis/engine/metadata"
	"github.com/trellis-crm/trellis/engine/store"
	"github.com/trellis-crm/trellis/engine/store/row"
)

// Person is somebody's own record, read without rights, to know who acts.
type Person struct {
	ID     string
	object *metadata.Object
	values []expr.Value
}

// Field gives a field of the person.
func (p *Person) Field(name string) expr.Value {
	if slot := p.object.Slot(name); slot >= 0 {
		return p.object.Fields[slot].Plain(p.values[slot])
	}
	return nil
}

// Person reads a user's record by its id, or by what a piece of SQL gives as
// its id; store.ErrNotFound when there is none.
func (s *Service) Person(ctx context.Context, id expr.Fragment) (*Person, error) {
	policy := s.policies.Current()
	object, ok := policy.Catalog().Object(field.UserObject)
	if !ok {
		return nil, store.ErrNotFound
	}
	found, err := s.table(policy, access.System(), object, s.clock.Now()).FindBy(ctx, s.store, id, row.Wanted{})
	if err != nil {
		return nil, err
	}
	person := &Person{object: object, values: found.Values}
	person.ID, _ = person.Field(metadata.FieldID).(string)
	return person, nil
}

// Holder is a person with the roles that he holds himself.
type Holder struct {
	ID     string
	Active bool
	Roles  []string
}

// Holders are the people who are not deleted, without the engine's own, by
// their ids.
func (s *Service) Holders(ctx context.Context, reader store.Reader) ([]Holder, error) {
	rows, err := reader.Query(ctx, `SELECT CAST(id AS TEXT), coalesce(active, FALSE), CAST(roles AS TEXT) FROM "user" WHERE deleted_at IS NULL AND id <> ? ORDER BY id`, access.SystemID)
	if err != nil {
		return nil, fmt.Errorf("read the roles of people: %w", err)
	}
	defer rows.Close() //nolint:errcheck // Err below says what there is to say
	holders := []Holder{}
	for rows.Next() {
		var holder Holder
		var roles *string
		if err := rows.Scan(&holder.ID, &holder.Active, &roles); err != nil {
			return nil, fmt.Errorf("read the roles of people: %w", err)
		}
		if roles != nil {
			if err := json.Unmarshal([]byte(*roles), &holder.Roles); err != nil {
				return nil, fmt.Errorf("read the roles of a person: %w", err)
			}
		}
		holders = append(holders, holder)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("read the roles of people: %w", err)
	}
	return holders, nil
}

// RolesOf are the roles that a person holds himself, without rights; none when
// there is no such person.
func (s *Service) RolesOf(ctx context.Context, reader store.Reader, id string) ([]string, error) {
	var text *string
	err := reader.QueryRow(ctx, `SELECT CAST(roles AS TEXT) FROM "user" WHERE id = ?`, id).Scan(&text)
	if errors.Is(err, store.ErrNotFound) || err == nil && text == nil {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the roles of a person: %w", err)
	}
	var roles []string
	if err := json.Unmarshal([]byte(*text), &roles); err != nil {
		return nil, fmt.Errorf("read the roles of a person: %w", err)
	}
	return roles, nil
}

// Administrators locks and lists the active people whose roles hold or inherit
// admin.
func (w *Work) Administrators(ctx context.Context) ([]string, error) {
	object, ok := w.Policy.Catalog().Object(field.UserObject)
	if !ok {
		return nil, nil
	}
	var holds []string
	for _, role := range w.Policy.Catalog().Roles() {
		administers, err := w.Policy.Administers([]string{role.Name})
		if err != nil {
			return nil, fmt.Errorf("find the roles that administer: %w", err)
		}
		if administers {
			holds = append(holds, expr.Quote(role.Name)+" in roles")
		}
	}
	condition, err := w.Policy.Catalog().Compile(field.UserObject, "active && ("+strings.Join(holds, " || ")+")", expr.Scope())
	if err != nil {
		return nil, fmt.Errorf("compile who administers: %w", err)
	}
	ids, err := w.service.table(w.Policy, access.System(), object, w.Now).LockAll(ctx, w.Tx, condition)
	slices.Sort(ids)
	return ids, err
}
