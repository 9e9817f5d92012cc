package record

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/trellis-crm/trellis/engine/access"
	"github.com/trellis-crm/trellis/engine/fault"
	"github.com/trellis-crm/trellis/engine/field"
	"github.com/trellis-crm/trellis/engine/metadata"
	"github.com/trellis-crm/trellis/engine/store"
	"github.com/trellis-crm/trellis/engine/store/row"
)

// What a share opens is said in engine/access. Who may update a record by his
// own grants may share it, not who was only given it; and only with those to
// whom nothing opens that he cannot read himself, or update. There is one share
// with a person or a role: another takes its place.

// Recipient is with whom a record is shared: one of them.
type Recipient struct {
	User string `json:"user,omitempty"`
	Role string `json:"role,omitempty"`
}

func (r Recipient) kind() (kind, name string) {
	if r.User != "" {
		return field.UserObject, r.User
	}
	return metadata.KindRole, r.Role
}

// Offer is what is sent for a share. Access is read or update; without Until it
// lasts.
type Offer struct {
	To     Recipient  `json:"to"`
	Access string     `json:"access"`
	Until  *time.Time `json:"until"`
}

// Share is a record opened to a person or to a role.
type Share struct {
	ID     string     `json:"id"`
	To     Recipient  `json:"to"`
	Access string     `json:"access"`
	Until  *time.Time `json:"until"`
	By     string     `json:"by"`
	At     time.Time  `json:"at"`
}

// maxShares is how many shares a record may have.
const maxShares = 100

type shareRow struct {
	ID     string `gorm:"primaryKey"`
	Object string
	Record string
	ToKind string
	ToName string
	Access string
	Until  *int64
	ByID   string
	At     int64
}

// TableName is the table of shares.
func (shareRow) TableName() string { return "sys_share" }

func (r *shareRow) share() Share {
	share := Share{ID: r.ID, Access: r.Access, By: r.ByID, At: time.UnixMilli(r.At).UTC()}
	if r.ToKind == metadata.KindRole {
		share.To.Role = r.ToName
	} else {
		share.To.User = r.ToName
	}
	if r.Until != nil {
		until := time.UnixMilli(*r.Until).UTC()
		share.Until = &until
	}
	return share
}

// Openings finds out of which objects single records were shared with an actor.
func (s *Service) Openings(ctx context.Context, actor *access.Actor) error {
	return s.openings(ctx, s.store, s.policies.Current(), actor)
}

func (s *Service) openings(ctx context.Context, reader store.Reader, policy *access.Policy, actor *access.Actor) error {
	with, args, err := recipients(policy, actor)
	if err != nil {
		return err
	}
	rows, err := reader.Query(ctx, "SELECT DISTINCT object, access FROM sys_share WHERE "+with+" AND (until IS NULL OR until > ?)",
		append(args, s.clock.Now().UnixMilli())...)
	if err != nil {
		return fmt.Errorf("find what is shared: %w", err)
	}
	defer rows.Close() //nolint:errcheck // Err below says what there is to say
	for rows.Next() {
		var opening access.Opening
		if err := rows.Scan(&opening.Object, &opening.Action); err != nil {
			return fmt.Errorf("find what is shared: %w", err)
		}
		if actor.Shared == nil {
			actor.Shared = map[access.Opening]bool{}
		}
		actor.Shared[opening] = true
		actor.Shared[access.Opening{Object: opening.Object, Action: access.Read}] = true
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("find what is shared: %w", err)
	}
	return nil
}

// recipients is the condition of the shares with an actor and with his roles.
func recipients(policy *access.Policy, actor *access.Actor) (text string, args []any, err error) {
	roles, err := policy.Effective(actor.Roles)
	if err != nil || len(roles) == 0 {
		return "(to_kind = 'user' AND to_name = ?)", []any{actor.ID}, err
	}
	args = []any{actor.ID}
	for _, role := range roles {
		args = append(args, role)
	}
	return "(to_kind = 'user' AND to_name = ? OR to_kind = 'role' AND to_name IN (?" + strings.Repeat(", ?", len(roles)-1) + "))", args, nil
}

// sharings tells by action how a record is shared with the actor now.
func (w *Work) sharings(ctx context.Context, object *metadata.Object, id string) (map[string]access.Sharing, error) {
	if !w.Actor.Shared[access.Opening{Object: object.Name, Action: access.Read}] {
		return nil, nil
	}
	with, args, err := recipients(w.Policy, w.Actor)
	if err != nil {
		return nil, err
	}
	rows, err := store.Find[shareRow](ctx, w.Tx, store.Selection{
		Where: "object = ? AND record = ? AND (until IS NULL OR until > ?) AND " + with, Args: append([]any{object.Name, id, w.Now.UnixMilli()}, args...),
	})
	if err != nil {
		return nil, fmt.Errorf("find the shares of a record: %w", err)
	}
	sharings := map[string]access.Sharing{}
	for _, row := range rows {
		for _, action := range opened(row.Access) {
			sharing := sharings[action]
			if row.ToKind == metadata.KindRole {
				sharing.Roles = append(sharing.Roles, row.ToName)
			} else {
				sharing.Person = true
			}
			sharings[action] = sharing
		}
	}
	return sharings, nil
}

// opened are the actions that a share is for.
func opened(to string) []string {
	if to == access.Update {
		return []string{access.Read, access.Update}
	}
	return []string{access.Read}
}

// Share opens a record. Faults: not_found, forbidden, invalid_values with
// missing_record for a recipient that the actor may not know of, and
// role_above_own where more would open than he has; too_many_records.
func (s *Service) Share(ctx context.Context, actor *access.Actor, name, id string, offer Offer, options Options) (Body, error) {
	return s.write(ctx, actor, options, func(ctx context.Context, w *Work) (Body, error) {
		object, mine, err := w.shareable(ctx, name, id)
		if err != nil {
			return nil, err
		}
		if err := w.offered(ctx, object, mine, &offer); err != nil {
			return nil, err
		}
		made, err := uuid.NewV7()
		if err != nil {
			return nil, fmt.Errorf("make an id: %w", err)
		}
		kind, recipient := offer.To.kind()
		added := &shareRow{
			ID: made.String(), Object: name, Record: id, ToKind: kind, ToName: recipient, Access: offer.Access, ByID: w.Actor.ID, At: w.Now.UnixMilli(),
		}
		if offer.Until != nil {
			until := offer.Until.UnixMilli()
			added.Until = &until
		}
		if _, err := store.Delete[shareRow](ctx, w.Tx, "object = ? AND record = ? AND to_kind = ? AND to_name = ?", name, id, kind, recipient); err != nil {
			return nil, fmt.Errorf("replace a share: %w", err)
		}
		others, err := store.Find[shareRow](ctx, w.Tx, store.Selection{Where: "object = ? AND record = ?", Args: []any{name, id}, Limit: maxShares})
		if err != nil {
			return nil, fmt.Errorf("count shares: %w", err)
		}
		if len(others) == maxShares {
			return nil, fault.New(fault.TooManyRecords, "max", maxShares)
		}
		if err := store.Insert(ctx, w.Tx, added); err != nil {
			return nil, fmt.Errorf("share a record: %w", err)
		}
		w.Tx.Unsettle()
		return ShareBody{Data: added.share()}, nil
	})
}

// shareable finds a record that the actor may share: that he may update by his
// own grants.
func (w *Work) shareable(ctx context.Context, name, id string) (*metadata.Object, *row.Record, error) {
	object, err := objectOf(w.Policy, w.Actor, name, access.Update)
	if err != nil {
		return nil, nil, err
	}
	if _, err := w.lock(ctx, object, id, access.Update, false); err != nil {
		return nil, nil, err
	}
	own, actor := *w, *w.Actor
	actor.Shared, own.Actor = nil, &actor
	mine, err := own.lock(ctx, object, id, access.Update, false)
	if fault.Is(err, fault.NotFound) {
		err = fault.New(fault.Forbidden)
	}
	return object, mine, err
}

// offered judges a share: that its recipient is there, and what would open.
func (w *Work) offered(ctx context.Context, object *metadata.Object, mine *row.Record, offer *Offer) error {
	faults := fault.New(fault.InvalidValues)
	if (offer.To.User == "") == (offer.To.Role == "") {
		faults.At("/to", fault.NoRecipient)
	}
	if offer.Access != access.Read && offer.Access != access.Update {
		faults.At("/access", fault.UnknownOption, "value", offer.Access)
	}
	if offer.Until != nil && !offer.Until.After(w.Now) {
		faults.At("/until", fault.TooSmall, "min", w.Now.Format(time.RFC3339))
	}
	if err := faults.OrNil(); err != nil {
		return err
	}
	recipient, sharing, err := w.recipient(ctx, offer.To)
	if err != nil {
		return err
	}
	if recipient == nil {
		kind, _ := offer.To.kind()
		return faults.At("/to/"+kind, fault.MissingRecord)
	}
	for n, action := range opened(offer.Access) {
		has, err := w.has(ctx, recipient, object, mine, action)
		if err != nil {
			return err
		}
		given := *recipient
		given.Shared = map[access.Opening]bool{{Object: object.Name, Action: action}: true}
		decision, err := w.Policy.Decide(&given, object, action)
		if err != nil {
			return err
		}
		for slot, opens := range decision.Opens(sharing) {
			if opens && !has.Has(slot) && !mine.Permitted[n].Has(slot) {
				return faults.At("/to", fault.RoleAboveOwn)
			}
		}
	}
	return nil
}

// recipient is who a share is for, as an actor without shares; nil when the
// actor may not know of him, or there is no such role.
func (w *Work) recipient(ctx context.Context, to Recipient) (*access.Actor, access.Sharing, error) {
	if to.Role != "" {
		if _, ok := w.Policy.Catalog().Role(to.Role); !ok {
			return nil, access.Sharing{}, nil
		}
		return &access.Actor{Roles: []string{to.Role}}, access.Sharing{Roles: []string{to.Role}}, nil
	}
	sharing := access.Sharing{Person: true}
	people, ok := w.Policy.Catalog().Object(field.UserObject)
	if !ok || !isID(to.User) {
		return nil, sharing, nil
	}
	decision, err := w.decide(people, access.Read)
	if err != nil {
		return nil, sharing, err
	}
	found, err := w.table(people).Find(ctx, w.Tx, to.User, row.Wanted{Decisions: []*access.Decision{decision}})
	if errors.Is(err, store.ErrNotFound) {
		return nil, sharing, nil
	}
	if err != nil {
		return nil, sharing, err
	}
	return w.reader(&Person{ID: to.User, object: people, values: found.Values}), sharing, nil
}

// has are the fields of a record that a person may already read or update; of
// a role that is not known, because it is not known who will have it.
func (w *Work) has(ctx context.Context, person *access.Actor, object *metadata.Object, of *row.Record, action string) (access.Fields, error) {
	if person.ID == "" {
		return nil, nil
	}
	decision, err := w.Policy.Decide(person, object, action)
	if err != nil {
		return nil, err
	}
	his := *w
	his.Actor = person
	fields, _, err := decision.Judge(his.input(ctx, object, of.Values), access.Sharing{})
	return fields, err
}

// Shares lists the shares of a record that have not ended, for who may update
// it. Faults: not_found, forbidden.
func (s *Service) Shares(ctx context.Context, actor *access.Actor, name, id string) (*Shares, error) {
	policy := s.policies.Current()
	object, err := objectOf(policy, actor, name, access.Update)
	if err != nil {
		return nil, err
	}
	answer, err := s.get(ctx, s.store, policy, actor, object, id)
	if err != nil {
		return nil, s.known(policy, err)
	}
	if !answer.Can.Update {
		return nil, fault.New(fault.Forbidden)
	}
	rows, err := store.Find[shareRow](ctx, s.store, store.Selection{
		Where: "object = ? AND record = ? AND (until IS NULL OR until > ?)", Args: []any{name, id, s.clock.Now().UnixMilli()}, Order: "id",
	})
	if err != nil {
		return nil, fmt.Errorf("list shares: %w", err)
	}
	list, people := &Shares{Data: []Share{}}, &references{}
	for i := range rows {
		list.Data = append(list.Data, rows[i].share())
		people.add(field.UserObject, rows[i].ByID)
		if rows[i].ToKind == field.UserObject {
			people.add(field.UserObject, rows[i].ToName)
		}
	}
	list.included, err = s.include(ctx, s.store, policy, actor, people, nil)
	return list, err
}

// Unshare ends a share, at once. Who may share the record may end each of its
// shares. Faults: not_found, forbidden.
func (s *Service) Unshare(ctx context.Context, actor *access.Actor, name, id, share string, options Options) error {
	_, err := s.write(ctx, actor, options, func(ctx context.Context, w *Work) (Body, error) {
		if _, _, err := w.shareable(ctx, name, id); err != nil {
			return nil, err
		}
		if !isID(share) {
			return nil, fault.New(fault.NotFound)
		}
		count, err := store.Delete[shareRow](ctx, w.Tx, "id = ? AND object = ? AND record = ?", share, name, id)
		if err != nil {
			return nil, fmt.Errorf("end a share: %w", err)
		}
		if count == 0 {
			return nil, fault.New(fault.NotFound)
		}
		w.Tx.Unsettle()
		return Nothing{}, nil
	})
	return err
}

// ShareBody is a share as an answer.
type ShareBody struct {
	Data Share `json:"data"`
}

// AppendJSON appends {"data": share}.
func (b ShareBody) AppendJSON(dst []byte) []byte { return AppendValue(dst, b) }

// Shares are the shares of a record as an answer.
type Shares struct {
	Data     []Share
	included Included
}

// AppendJSON appends {"data": [shares], "included": …}.
func (l *Shares) AppendJSON(dst []byte) []byte {
	return appendReferring(dst, l.Data, l.included)
}
