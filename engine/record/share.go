package record

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/trellis-crm/trellis/engine/access"
	"github.com/trellis-crm/trellis/engine/audit"
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
	User       string `json:"user,omitempty"`
	Department string `json:"department,omitempty"`
	Team       string `json:"team,omitempty"`
	Role       string `json:"role,omitempty"`
}

// kind names the recipient; "" when there is none, or more than one.
func (r Recipient) kind() (kind, name string) {
	for _, one := range [][2]string{{field.UserObject, r.User}, {field.DepartmentObject, r.Department}, {field.TeamObject, r.Team}, {metadata.KindRole, r.Role}} {
		switch {
		case one[1] == "":
		case kind != "":
			return "", ""
		default:
			kind, name = one[0], one[1]
		}
	}
	return kind, name
}

// Offer is what is sent for a share. Access is read or update; without Until it
// lasts.
type Offer struct {
	To     Recipient  `json:"to"`
	Access string     `json:"access"`
	Until  *time.Time `json:"until"`
}

// Share is a record opened to a person, a department, a team or a role.
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
	switch r.ToKind {
	case metadata.KindRole:
		share.To.Role = r.ToName
	case field.DepartmentObject:
		share.To.Department = r.ToName
	case field.TeamObject:
		share.To.Team = r.ToName
	default:
		share.To.User = r.ToName
	}
	if r.Until != nil {
		until := time.UnixMilli(*r.Until).UTC()
		share.Until = &until
	}
	return share
}

// Openings finds out of which objects single records were shared with an actor,
// and to which departments he belongs.
func (s *Service) Openings(ctx context.Context, actor *access.Actor) error {
	return s.openings(ctx, s.store, s.policies.Current(), actor)
}

func (s *Service) openings(ctx context.Context, reader store.Reader, policy *access.Policy, actor *access.Actor) error {
	if err := above(ctx, reader, policy, actor); err != nil {
		return err
	}
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

// recipients is the condition of the shares with an actor, with his department,
// his teams and his roles.
func recipients(policy *access.Policy, actor *access.Actor) (text string, args []any, err error) {
	roles, err := policy.Effective(actor.Roles)
	if err != nil {
		return "", nil, err
	}
	department, _ := actor.Me("department").(string)
	teams, _ := actor.Me("teams").([]string)
	text, args = "to_kind = 'user' AND to_name = ? OR to_kind = 'department' AND to_name = ?", []any{actor.ID, department}
	for _, list := range []struct {
		kind  string
		names []string
	}{{field.TeamObject, teams}, {metadata.KindRole, roles}} {
		if len(list.names) == 0 {
			continue
		}
		text += " OR to_kind = '" + list.kind + "' AND to_name IN (?" + strings.Repeat(", ?", len(list.names)-1) + ")"
		for _, name := range list.names {
			args = append(args, name)
		}
	}
	return "(" + text + ")", args, nil
}

// sharings tells by action how a record is shared with the actor now.
func (w *Work) sharings(ctx context.Context, object *metadata.Object, id string) (map[string]access.Sharing, error) {
	if !w.Actor.Shared[access.Opening{Object: object.Name, Action: access.Read}] {
		return nil, nil
	}
	rows, err := sharesWith(ctx, w.Tx, w.Policy, w.Actor, object, id, w.Now)
	return sharingsOf(rows), err
}

// sharesWith are the shares of a record with an actor and with his roles that
// have not ended.
func sharesWith(ctx context.Context, from store.Source, policy *access.Policy, actor *access.Actor, object *metadata.Object, id string, now time.Time) ([]shareRow, error) {
	with, args, err := recipients(policy, actor)
	if err != nil {
		return nil, err
	}
	rows, err := store.Find[shareRow](ctx, from, store.Selection{
		Where: "object = ? AND record = ? AND (until IS NULL OR until > ?) AND " + with, Args: append([]any{object.Name, id, now.UnixMilli()}, args...), Order: "id",
	})
	if err != nil {
		return nil, fmt.Errorf("find the shares of a record: %w", err)
	}
	return rows, nil
}

// sharingsOf tells by action in which ways shares open a record.
func sharingsOf(rows []shareRow) map[string]access.Sharing {
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
	return sharings
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
		audit.Write(ctx, w.Tx, w.Author, audit.Entry{Action: audit.ShareCreated, Object: name, Subject: id, Detail: map[string]any{
			"share": added.ID, "to": offer.To, "access": offer.Access, "until": offer.Until,
		}})
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
	if kind, _ := offer.To.kind(); kind == "" {
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
	people, sharing, err := w.recipients(ctx, offer.To)
	if err != nil {
		return err
	}
	if people == nil {
		kind, _ := offer.To.kind()
		return faults.At("/to/"+kind, fault.MissingRecord)
	}
	may := map[string]access.Fields{access.Read: mine.Permitted[0], access.Update: mine.Permitted[1], access.Mask: mine.Permitted[0].With(mine.Permitted[2])}
	for _, person := range people {
		for _, action := range append(opened(offer.Access), access.Mask) {
			more, err := w.opensMore(ctx, person, sharing, object, mine, action, may[action])
			if err != nil {
				return err
			}
			if more {
				return faults.At("/to", fault.RoleAboveOwn)
			}
		}
	}
	return nil
}

// opensMore tells whether a share opens a field of a record to a person that
// neither he nor the one who shares it has.
func (w *Work) opensMore(ctx context.Context, person *access.Actor, sharing access.Sharing, object *metadata.Object, mine *row.Record, action string, may access.Fields) (bool, error) {
	has, err := w.has(ctx, person, object, mine, action)
	if err != nil {
		return false, err
	}
	given := *person
	given.Shared = map[access.Opening]bool{{Object: object.Name, Action: access.Read}: true, {Object: object.Name, Action: access.Update}: true}
	decision, err := w.Policy.Decide(&given, object, action)
	if err != nil {
		return false, err
	}
	for slot, opens := range decision.Opens(sharing) {
		if opens && !has.Has(slot) && !may.Has(slot) {
			return true, nil
		}
	}
	return false, nil
}

// recipients are those for whom a share is, as actors without shares: of a
// department or a team who is in it now. It is nil when the actor may not know
// of whom he names.
func (w *Work) recipients(ctx context.Context, to Recipient) ([]*access.Actor, access.Sharing, error) {
	kind, name := to.kind()
	if kind == metadata.KindRole {
		if _, ok := w.Policy.Catalog().Role(name); !ok {
			return nil, access.Sharing{}, nil
		}
		return []*access.Actor{{Roles: []string{name}}}, access.Sharing{Roles: []string{name}}, nil
	}
	sharing := access.Sharing{Person: true}
	object, ok := w.Policy.Catalog().Object(kind)
	if !ok {
		return nil, sharing, nil
	}
	err := w.Readable(ctx, object, name)
	if fault.Is(err, fault.NotFound) || errors.Is(err, store.ErrNotFound) {
		return nil, sharing, nil
	}
	if err != nil {
		return nil, sharing, err
	}
	ids := []string{name}
	if kind != field.UserObject {
		if ids, err = w.members(ctx, kind, name); err != nil {
			return nil, sharing, err
		}
	}
	people := []*access.Actor{}
	for _, id := range ids {
		reader, err := w.readerOf(ctx, id)
		if err != nil {
			return nil, sharing, err
		}
		if reader != nil {
			alone := *reader
			alone.Shared = nil
			people = append(people, &alone)
		}
	}
	if kind == field.UserObject && len(people) == 0 {
		return nil, sharing, nil
	}
	return people, sharing, nil
}

// maxMembers is how many people of a department or a team are judged.
const maxMembers = 10_000

// members are the people of a department or a team.
func (w *Work) members(ctx context.Context, kind, id string) ([]string, error) {
	people, ok := w.Policy.Catalog().Object(field.UserObject)
	if !ok {
		return nil, nil
	}
	name := "department"
	if kind == field.TeamObject {
		name = "teams"
	}
	f, ok := people.Field(name)
	if !ok {
		return nil, nil
	}
	return w.table(people).Pointing(ctx, w.Tx, f, id, maxMembers)
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
		audit.Write(ctx, w.Tx, w.Author, audit.Entry{Action: audit.ShareEnded, Object: name, Subject: id, Detail: map[string]any{"share": share}})
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
