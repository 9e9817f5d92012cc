package record

import (
	"context"
	"fmt"
	"slices"

	"github.com/trellis-crm/trellis/engine/access"
	"github.com/trellis-crm/trellis/engine/expr"
	"github.com/trellis-crm/trellis/engine/field"
	"github.com/trellis-crm/trellis/engine/metadata"
	"github.com/trellis-crm/trellis/engine/store"
	"github.com/trellis-crm/trellis/engine/store/row"
)

// Person reads the fields of a user's record without rights, to know who acts;
// store.ErrNotFound when there is none.
func (s *Service) Person(ctx context.Context, id string) (func(field string) expr.Value, error) {
	policy := s.policies.Current()
	object, ok := policy.Catalog().Object(field.UserObject)
	if !ok {
		return nil, store.ErrNotFound
	}
	found, err := s.table(policy, access.System(), object, s.clock.Now()).Find(ctx, s.store, id, row.Wanted{})
	if err != nil {
		return nil, err
	}
	return func(name string) expr.Value {
		if slot := object.Slot(name); slot >= 0 {
			return found.Values[slot]
		}
		return nil
	}, nil
}

// Administrators locks and lists the active people with the role admin.
func (w *Work) Administrators(ctx context.Context) ([]string, error) {
	object, ok := w.Policy.Catalog().Object(field.UserObject)
	if !ok {
		return nil, nil
	}
	condition, err := w.Policy.Catalog().Compile(field.UserObject, `active && "`+metadata.RoleAdmin+`" in roles`, expr.Scope())
	if err != nil {
		return nil, fmt.Errorf("compile who administers: %w", err)
	}
	ids, err := w.service.table(w.Policy, access.System(), object, w.Now).LockAll(ctx, w.Tx, condition)
	slices.Sort(ids)
	return ids, err
}
