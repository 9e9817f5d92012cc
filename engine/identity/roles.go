package identity

import (
	"context"
	"fmt"
	"slices"

	"github.com/trellis-crm/trellis/engine/access"
	"github.com/trellis-crm/trellis/engine/fault"
	"github.com/trellis-crm/trellis/engine/metadata"
	"github.com/trellis-crm/trellis/engine/record"
	"github.com/trellis-crm/trellis/engine/store"
)

// RoleHeld is how many people hold a role themselves: the role member, everybody.
type RoleHeld struct {
	Name     string `json:"name"`
	People   int    `json:"people"`
	Inactive int    `json:"inactive"` // beside these
}

// RolesHeld tells of every role how many people hold it.
func (s *Service) RolesHeld(ctx context.Context) ([]RoleHeld, error) {
	people, err := s.records.Holders(ctx, s.store)
	if err != nil {
		return nil, fmt.Errorf("find who holds roles: %w", err)
	}
	held := []RoleHeld{}
	for _, role := range s.policies.Current().Catalog().Roles() {
		one := RoleHeld{Name: role.Name}
		for _, person := range people {
			switch {
			case role.Name != metadata.RoleMember && !slices.Contains(person.Roles, role.Name):
			case person.Active:
				one.People++
			default:
				one.Inactive++
			}
		}
		held = append(held, one)
	}
	return held, nil
}

// FollowRoles refuses, in the transaction of a change of the definitions, to
// delete a role that somebody holds, and to leave nobody who administers. Faults:
// in_use, last_administrator.
func (s *Service) FollowRoles(ctx context.Context, tx *store.Tx, from, to *metadata.Catalog) error {
	return s.RolesStand(ctx, tx, from, to)
}

// RolesStand is FollowRoles where nothing is written.
func (s *Service) RolesStand(ctx context.Context, reader store.Reader, from, to *metadata.Catalog) error {
	if !rolesDiffer(from, to) {
		return nil
	}
	people, err := s.records.Holders(ctx, reader)
	if err != nil {
		return fmt.Errorf("find who holds roles: %w", err)
	}
	used := fault.New(fault.InUse)
	for _, role := range from.Roles() {
		if _, stays := to.Role(role.Name); stays {
			continue
		}
		count := 0
		for _, person := range people {
			if slices.Contains(person.Roles, role.Name) {
				count++
			}
		}
		if count > 0 {
			used.At("/"+metadata.Key{Kind: metadata.KindRole, Name: role.Name}.String(), fault.RoleHeld, "count", count)
		}
	}
	if err := used.OrNil(); err != nil {
		return err
	}
	administered, err := someAdministers(from, people)
	if err != nil || !administered {
		return err
	}
	remains, err := someAdministers(to, people)
	if err == nil && !remains {
		return fault.New(fault.LastAdministrator)
	}
	return err
}

// rolesDiffer reports whether two catalogs do not say the same of roles.
func rolesDiffer(from, to *metadata.Catalog) bool {
	roles := func(of *metadata.Catalog) (documents []string) {
		for _, definition := range of.Definitions() {
			if definition.Kind == metadata.KindRole {
				documents = append(documents, string(definition.Document))
			}
		}
		return documents
	}
	return !slices.Equal(roles(from), roles(to))
}

// someAdministers reports whether an active person administers by the roles of a
// catalog.
func someAdministers(catalog *metadata.Catalog, people []record.Holder) (bool, error) {
	policy, err := access.NewPolicy(catalog)
	if err != nil {
		return false, fmt.Errorf("compile the rights: %w", err)
	}
	for _, person := range people {
		if !person.Active {
			continue
		}
		if administers, err := policy.Administers(person.Roles); err != nil || administers {
			return administers, err
		}
	}
	return false, nil
}
