package identity

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/trellis-crm/trellis/engine/access"
	"github.com/trellis-crm/trellis/engine/fault"
	"github.com/trellis-crm/trellis/engine/field"
	"github.com/trellis-crm/trellis/engine/metadata"
	"github.com/trellis-crm/trellis/engine/query"
	"github.com/trellis-crm/trellis/engine/store"
)

// ManageAbility is what it takes to see and to end how others sign in.
const ManageAbility = "manage_users"

// SignsIn is how a person signs in, as who manages people may see it.
type SignsIn struct {
	ID           string     `json:"id"`
	Password     bool       `json:"password"` // he signs in here with one
	SecondFactor bool       `json:"second_factor"`
	App          bool       `json:"app"` // that shows codes
	Passkeys     int        `json:"passkeys"`
	Sessions     int        `json:"sessions"`
	Keys         int        `json:"keys"`
	SeenAt       *time.Time `json:"seen_at"` // when a session or a key was used last
}

// SignsIn tells how people sign in, those of them whom the actor sees.
func (s *Service) SignsIn(ctx context.Context, actor *access.Actor, ids []string) ([]SignsIn, error) {
	named, err := s.records.Named(ctx, actor, field.UserObject, ids)
	if err != nil {
		return nil, err
	}
	told, place, seen := []SignsIn{}, map[string]int{}, []string{}
	for _, id := range ids {
		_, visible := named[field.UserObject][id]
		if _, known := place[id]; known || !visible {
			continue
		}
		place[id], seen = len(told), append(seen, id)
		told = append(told, SignsIn{ID: id})
	}
	if len(seen) == 0 {
		return told, nil
	}
	now := milliseconds(s.clock.Now())
	passwords, err := store.Find[passwordRow](ctx, s.store, store.Selection{Where: "user_id IN ?", Args: []any{seen}})
	if err != nil {
		return nil, fmt.Errorf("find passwords: %w", err)
	}
	for _, row := range passwords {
		told[place[row.UserID]].Password = true
	}
	factors, err := store.Find[totpRow](ctx, s.store, store.Selection{Where: "user_id IN ? AND confirmed_at IS NOT NULL", Args: []any{seen}})
	if err != nil {
		return nil, fmt.Errorf("find second factors: %w", err)
	}
	for _, row := range factors {
		told[place[row.UserID]].SecondFactor, told[place[row.UserID]].App = true, true
	}
	passkeys, err := store.Find[passkeyRow](ctx, s.store, store.Selection{Where: "user_id IN ?", Args: []any{seen}})
	if err != nil {
		return nil, fmt.Errorf("find passkeys: %w", err)
	}
	for _, row := range passkeys {
		told[place[row.UserID]].SecondFactor = true
		told[place[row.UserID]].Passkeys++
	}
	sessions, err := store.Find[sessionRow](ctx, s.store, store.Selection{
		Where: "user_id IN ? AND expires_at > ? AND seen_at > ?", Args: []any{seen, now, milliseconds(s.clock.Now().Add(-sessionIdle))},
	})
	if err != nil {
		return nil, fmt.Errorf("find sessions: %w", err)
	}
	for _, row := range sessions {
		person := &told[place[row.UserID]]
		person.Sessions++
		person.seen(row.SeenAt)
	}
	keys, err := store.Find[tokenRow](ctx, s.store, store.Selection{Where: "user_id IN ? AND (expires_at IS NULL OR expires_at > ?)", Args: []any{seen, now}})
	if err != nil {
		return nil, fmt.Errorf("find keys: %w", err)
	}
	for _, row := range keys {
		person := &told[place[row.UserID]]
		person.Keys++
		if row.SeenAt != nil {
			person.seen(*row.SeenAt)
		}
	}
	return told, nil
}

// seen notes a use of what the person signs in with.
func (p *SignsIn) seen(at int64) {
	if when := moment(at); p.SeenAt == nil || when.After(*p.SeenAt) {
		p.SeenAt = &when
	}
}

// MayManage refuses to change how somebody signs in whom one does not see, or
// who has roles beyond one's own: one would be him. Faults: not_found,
// forbidden.
func (s *Service) MayManage(ctx context.Context, actor *access.Actor, userID string) error {
	if _, item := field.ParseID(userID); item != nil {
		return fault.New(fault.NotFound)
	}
	if _, err := s.records.Get(ctx, actor, field.UserObject, userID, query.Query{Fields: []string{metadata.FieldID}}); err != nil {
		return err
	}
	policy := s.policies.Current()
	own, err := policy.Effective(actor.Roles)
	if err != nil {
		return err
	}
	person, err := s.records.Person(ctx, byID(userID))
	if err != nil {
		return fmt.Errorf("read the person: %w", err)
	}
	roles, _ := person.Field("roles").([]string)
	if slices.Contains(own, metadata.RoleAdmin) {
		return nil
	}
	if err = beyond(policy, roles, own); fault.As(err) != nil {
		return fault.New(fault.Forbidden).Because(err)
	}
	return err
}
