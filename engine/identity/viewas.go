package identity

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/trellis-crm/trellis/engine/access"
	"github.com/trellis-crm/trellis/engine/audit"
	"github.com/trellis-crm/trellis/engine/fault"
	"github.com/trellis-crm/trellis/engine/field"
	"github.com/trellis-crm/trellis/engine/store"
)

// Who has the ability ViewAsAbility looks at the application as somebody else
// who has no role that he lacks: with that person's rights, and without doing
// anything. A view belongs to a session and ends with it. When its time is over,
// or it may be no longer, the session does not go on as before but is refused
// with view_as_over until its person has ended the view, so that nothing that he
// believes to do as the other is done as himself.

// ViewAsAbility is what it takes to look at the application as somebody else.
const ViewAsAbility = "view_as"

// ViewAsLife is how long one looks at the application as somebody else.
const ViewAsLife = 30 * time.Minute

// ViewAs is as whom one looks at the application, and until when.
type ViewAs struct {
	User  string    `json:"user"`
	Until time.Time `json:"until"`
}

// BeginViewAs has the session of a secret look at the application as somebody
// else. Faults: invalid_values with missing_record for somebody who is not there
// or cannot sign in, not_allowed for oneself, role_above_own.
func (s *Service) BeginViewAs(ctx context.Context, actor *access.Actor, userID, secret string) (*ViewAs, error) {
	faults := fault.New(fault.InvalidValues)
	if userID == actor.ID {
		return nil, faults.At("/user", fault.NotAllowed, "what", userID)
	}
	_, err := s.viewable(ctx, actor, userID)
	switch {
	case fault.Is(err, fault.NotFound):
		return nil, faults.At("/user", fault.MissingRecord)
	case fault.Is(err, fault.Forbidden):
		return nil, faults.At("/user", fault.RoleAboveOwn)
	case err != nil:
		return nil, err
	}
	view := &ViewAs{User: userID, Until: s.clock.Now().Add(ViewAsLife).UTC().Truncate(time.Millisecond)}
	err = s.store.Write(ctx, store.Interactive, func(ctx context.Context, tx *store.Tx) error {
		tx.Unsettle()
		count, err := tx.Exec(ctx, "UPDATE sys_session SET viewed_id = ?, viewed_until = ? WHERE token_hash = ? AND viewed_id IS NULL",
			userID, milliseconds(view.Until), hashSecret(secret))
		if err != nil {
			return fmt.Errorf("begin a view: %w", err)
		}
		if count == 0 {
			return fault.New(fault.Viewing) // begun twice at once
		}
		audit.Write(ctx, tx, actor, audit.Entry{
			Action: audit.ViewAsBegan, Object: field.UserObject, Subject: userID, Detail: map[string]any{"until": view.Until},
		})
		return nil
	})
	return view, err
}

// EndViewAs has the session of a secret go on as its own person; of is as whom it
// looks, "" whoever that is. Fault: not_found when it does not, or no longer.
func (s *Service) EndViewAs(ctx context.Context, secret, of string) error {
	where, args := "token_hash = ?", []any{hashSecret(secret)}
	if of != "" {
		if _, item := field.ParseID(of); item != nil {
			return fault.New(fault.NotFound)
		}
		where, args = where+" AND viewed_id = ?", append(args, of)
	}
	return s.store.Write(ctx, store.Interactive, func(ctx context.Context, tx *store.Tx) error {
		ended, err := tellViewAs(ctx, tx, where, args...)
		if err != nil {
			return err
		}
		if !ended {
			return fault.New(fault.NotFound)
		}
		tx.Unsettle()
		if _, err := tx.Exec(ctx, "UPDATE sys_session SET viewed_id = NULL, viewed_until = NULL WHERE "+where, args...); err != nil {
			return fmt.Errorf("end a view: %w", err)
		}
		return nil
	})
}

// tellViewAs tells the audit log that the views of the sessions that match have
// ended, of which it was not told before; found says whether there are any at
// all.
func tellViewAs(ctx context.Context, tx *store.Tx, where string, args ...any) (found bool, err error) {
	rows, err := store.Find[sessionRow](ctx, tx, store.Selection{Where: "viewed_id IS NOT NULL AND (" + where + ")", Args: args, Order: "id"})
	if err != nil {
		return false, fmt.Errorf("find views: %w", err)
	}
	for _, row := range rows {
		if *row.ViewedUntil > 0 {
			audit.Write(ctx, tx, &access.Actor{ID: row.UserID, Via: "session"}, audit.Entry{
				Action: audit.ViewAsEnded, Object: field.UserObject, Subject: *row.ViewedID,
			})
		}
	}
	return len(rows) > 0, nil
}

// settleViewAs tells the audit log of the views whose time is over.
func settleViewAs(ctx context.Context, tx *store.Tx, now time.Time) error {
	const over = "viewed_until > 0 AND viewed_until <= ?"
	if _, err := tellViewAs(ctx, tx, over, milliseconds(now)); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, "UPDATE sys_session SET viewed_until = 0 WHERE "+over, milliseconds(now)); err != nil {
		return fmt.Errorf("settle views: %w", err)
	}
	return nil
}

// viewable makes the actor of a person as whom another may look at the
// application. Faults: missing_ability, not_found, forbidden.
func (s *Service) viewable(ctx context.Context, viewer *access.Actor, userID string) (*access.Actor, error) {
	can, err := s.policies.Current().Can(viewer, ViewAsAbility)
	if err != nil {
		return nil, err
	}
	if !can {
		return nil, fault.New(fault.MissingAbility, "ability", ViewAsAbility)
	}
	if err := s.MayManage(ctx, viewer, userID); err != nil {
		return nil, err
	}
	person, err := s.actor(ctx, byID(userID), "view_as")
	if err != nil {
		return nil, err
	}
	if person == nil {
		return nil, fault.New(fault.NotFound)
	}
	person.Viewer = viewer.ID
	return person, nil
}

// sessionHolder makes the actor of a session: of one that looks at the
// application as somebody else, that person; of one that lacks a second factor,
// its own, who is Confined. Fault: view_as_over.
func (s *Service) sessionHolder(ctx context.Context, c credential) (*access.Actor, error) {
	actor, err := s.actor(ctx, c.owner, c.via)
	if actor != nil || err != nil {
		return actor, err
	}
	row, err := s.openedBy(ctx, c.hash)
	if err != nil || row == nil {
		return nil, err
	}
	viewer, err := s.himself(ctx, row)
	if err != nil || viewer == nil || viewer.Confined || row.ViewedID == nil {
		return viewer, err
	}
	if *row.ViewedUntil <= milliseconds(s.clock.Now()) {
		return nil, fault.New(fault.ViewAsOver)
	}
	person, err := s.viewable(ctx, viewer, *row.ViewedID)
	if fault.As(err) != nil {
		return nil, fault.New(fault.ViewAsOver).Because(err)
	}
	return person, err
}

// Seen is Me of the person as whom the session of a secret looks at the
// application, with who looks and until when. Fault: view_as_over.
func (s *Service) Seen(ctx context.Context, actor *access.Actor, secret string) (*Me, error) {
	me, err := s.Me(actor)
	if err != nil {
		return nil, err
	}
	row, err := store.First[sessionRow](ctx, s.store, "token_hash = ? AND viewed_id IS NOT NULL", hashSecret(secret))
	if errors.Is(err, store.ErrNotFound) {
		return nil, fault.New(fault.ViewAsOver) // ended a moment ago
	}
	if err != nil {
		return nil, fmt.Errorf("find a view: %w", err)
	}
	viewer, err := s.records.Person(ctx, byID(actor.Viewer))
	if err != nil {
		return nil, fmt.Errorf("read the person: %w", err)
	}
	name, _ := viewer.Field("name").(string)
	me.Viewer = &Viewer{ID: actor.Viewer, Name: name, Until: moment(*row.ViewedUntil)}
	return me, nil
}
