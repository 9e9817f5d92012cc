package record

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/trellis-crm/trellis/engine/access"
	"github.com/trellis-crm/trellis/engine/field"
	"github.com/trellis-crm/trellis/engine/metadata"
	"github.com/trellis-crm/trellis/engine/store"
	"github.com/trellis-crm/trellis/engine/store/row"
)

// EraseAbility lets somebody remove records of the recycle bin for good.
const EraseAbility = "erase"

// Deletion is a record in the recycle bin, with what was deleted with it.
type Deletion struct {
	Object  string    `json:"object"`
	ID      string    `json:"id"`
	Display string    `json:"display"`
	At      time.Time `json:"at"`
	By      string    `json:"by"`
	Via     string    `json:"via"`
	// Children is how many records were deleted with it that the reader sees.
	Children int `json:"children"`
	// PurgeAt is when it is removed for good; nil when it is kept.
	PurgeAt *time.Time  `json:"purge_at"`
	Can     DeletionCan `json:"can"`
}

// DeletionCan is what the reader may do with a record in the recycle bin.
type DeletionCan struct {
	Restore bool `json:"restore"`
	Erase   bool `json:"erase"`
}

type binRow struct {
	Object     string `gorm:"primaryKey"`
	Record     string `gorm:"primaryKey"`
	RootObject string
	Root       string
	At         int64
	ByID       string
	Via        string
	Title      string
}

// TableName is the table of what is in the recycle bin.
func (binRow) TableName() string { return "sys_bin" }

// BinQuery is which records of the recycle bin are asked for.
type BinQuery struct {
	Object string // "" is every object
	Q      string // in what they are called
	Cursor string
	Limit  int
}

// Bin lists what is in the recycle bin and the actor could read, newest first,
// each with what was deleted with it. Faults: not_found, invalid_query.
func (s *Service) Bin(ctx context.Context, actor *access.Actor, sought BinQuery) (*Deletions, error) {
	limit, err := pageLimit(sought.Limit)
	if err != nil {
		return nil, err
	}
	policy := s.policies.Current()
	if sought.Object != "" {
		if _, err := objectOf(policy, actor, sought.Object, access.Read); err != nil {
			return nil, err
		}
	}
	before := place{At: 1 << 52}
	if sought.Cursor != "" {
		if before, err = readPlace(sought.Cursor); err != nil {
			return nil, err
		}
	}
	list := &Deletions{Data: []Deletion{}}
	objects, err := s.recycled(policy, actor, sought.Object)
	if err != nil {
		return nil, err
	}
	for looks := 0; len(list.Data) <= limit; looks++ {
		if looks == mostLooks {
			list.next, err = before.cursor()
			break
		}
		rows, err := s.binned(ctx, objects, sought.Q, before, limit+1)
		if err != nil {
			return nil, err
		}
		shown, err := s.deletions(ctx, policy, actor, rows, sought.Q)
		if err != nil {
			return nil, err
		}
		list.Data = append(list.Data, shown...)
		if len(rows) <= limit {
			break
		}
		before = place{At: rows[limit].At, ID: rows[limit].Record}
	}
	if err != nil {
		return nil, err
	}
	if len(list.Data) > limit {
		list.Data = list.Data[:limit]
		last := list.Data[limit-1]
		if list.next, err = (place{At: last.At.UnixMilli(), ID: last.ID}).cursor(); err != nil {
			return nil, err
		}
	}
	people := &references{}
	for _, deletion := range list.Data {
		people.add(field.UserObject, deletion.By)
	}
	list.included, err = s.include(ctx, s.store, policy, actor, people, nil)
	return list, err
}

// folded is a text as it is looked for in the recycle bin.
func folded(text string) string { return strings.ToLower(text) }

// mostLooks is how many times the table is looked into for one page, when much
// of what was deleted is not for the actor to see; the page then ends early.
const mostLooks = 5

// recycled are the names of the objects, or the one that is asked for, of which
// the actor may see any record.
func (s *Service) recycled(policy *access.Policy, actor *access.Actor, asked string) ([]any, error) {
	var names []any
	for _, object := range policy.Catalog().Objects() {
		if asked != "" && object.Name != asked {
			continue
		}
		decision, err := policy.Decide(actor, object, access.Read)
		if err != nil {
			return nil, err
		}
		if !decision.Nothing() {
			names = append(names, object.Name)
		}
	}
	return names, nil
}

// binned reads what was deleted before a place, newest first.
func (s *Service) binned(ctx context.Context, objects []any, q string, before place, limit int) ([]binRow, error) {
	if len(objects) == 0 {
		return nil, nil
	}
	id := before.ID
	if id == "" {
		id = access.SystemID // before all
	}
	where := "root_object = object AND root = record AND (at < ? OR at = ? AND record < ?) AND object IN (?" + strings.Repeat(", ?", len(objects)-1) + ")"
	args := append([]any{before.At, before.At, id}, objects...)
	if q != "" {
		escaped := strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(folded(q))
		where, args = where+` AND title LIKE ? ESCAPE '\'`, append(args, "%"+escaped+"%")
	}
	rows, err := store.Find[binRow](ctx, s.store, store.Selection{Where: where, Args: args, Order: "at DESC, record DESC", Limit: limit})
	if err != nil {
		return nil, fmt.Errorf("read the recycle bin: %w", err)
	}
	return rows, nil
}

// deletions are those of some rows of the recycle bin that the actor could
// read, as he could read them.
func (s *Service) deletions(ctx context.Context, policy *access.Policy, actor *access.Actor, rows []binRow, q string) ([]Deletion, error) {
	erase, err := policy.Can(actor, EraseAbility)
	if err != nil {
		return nil, err
	}
	days, err := s.BinDays(ctx, s.store)
	if err != nil {
		return nil, err
	}
	var shown []Deletion
	for _, r := range rows {
		object, found, err := s.buried(ctx, policy, actor, r.Object, r.Record)
		if err != nil {
			return nil, err
		}
		if found == nil {
			continue
		}
		display := object.Slot(object.Display)
		text := displayOf(object.Fields[display], found.Values[display], r.Record, found.Permitted[0].Has(display))
		if !strings.Contains(folded(text), folded(q)) {
			continue
		}
		restore := found.Permitted[1] != nil
		deletion := Deletion{
			Object: r.Object, ID: r.Record, Display: text, At: time.UnixMilli(r.At).UTC(), By: r.ByID, Via: r.Via,
			Can: DeletionCan{Restore: restore, Erase: restore && erase},
		}
		if days > 0 {
			at := deletion.At.AddDate(0, 0, days)
			deletion.PurgeAt = &at
		}
		if deletion.Children, err = s.children(ctx, policy, actor, r); err != nil {
			return nil, err
		}
		shown = append(shown, deletion)
	}
	return shown, nil
}

// buried reads a record in the recycle bin with what the actor could read of
// it, and whether he could delete it; nil when he could not read it.
func (s *Service) buried(ctx context.Context, policy *access.Policy, actor *access.Actor, name, id string) (*metadata.Object, *row.Record, error) {
	object, ok := policy.Catalog().Object(name)
	if !ok || !object.Recycle {
		return nil, nil, nil
	}
	var decisions []*access.Decision
	for _, action := range []string{access.Read, access.Delete} {
		decision, err := policy.Decide(actor, object, action)
		if err != nil {
			return nil, nil, err
		}
		decisions = append(decisions, decision)
	}
	found, err := s.table(policy, actor, object, s.clock.Now()).Find(ctx, s.store, id, row.Wanted{Decisions: decisions, Deleted: true})
	if isMissing(err) {
		return object, nil, nil
	}
	if err != nil || !found.Deleted {
		return object, nil, err
	}
	return object, found, nil
}

// children counts what was deleted with a record and the actor could read.
func (s *Service) children(ctx context.Context, policy *access.Policy, actor *access.Actor, root binRow) (count int, err error) {
	family, err := store.Find[binRow](ctx, s.store, store.Selection{
		Where: "root_object = ? AND root = ? AND record <> ?", Args: []any{root.Object, root.Record, root.Record}, Limit: maxCascade,
	})
	if err != nil {
		return 0, fmt.Errorf("read the recycle bin: %w", err)
	}
	byObject := map[string][]string{}
	for _, child := range family {
		byObject[child.Object] = append(byObject[child.Object], child.Record)
	}
	for name, ids := range byObject {
		object, ok := policy.Catalog().Object(name)
		if !ok || !object.Recycle {
			continue
		}
		decision, err := policy.Decide(actor, object, access.Read)
		if err != nil {
			return 0, err
		}
		if decision.Nothing() {
			continue
		}
		found, err := s.table(policy, actor, object, s.clock.Now()).Presences(ctx, s.store, decision, ids)
		if err != nil {
			return 0, err
		}
		for _, child := range found {
			if child.Deleted && child.Permitted != nil {
				count++
			}
		}
	}
	return count, nil
}

// Deletions are a page of the recycle bin as an answer.
type Deletions struct {
	Data     []Deletion
	next     string
	included Included
}

// AppendJSON appends {"data": [deletions], "page": …, "included": …}.
func (l *Deletions) AppendJSON(dst []byte) []byte {
	return appendPaged(dst, l.Data, l.next, l.included)
}
