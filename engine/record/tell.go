package record

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/trellis-crm/trellis/engine/access"
	"github.com/trellis-crm/trellis/engine/fault"
	"github.com/trellis-crm/trellis/engine/field"
	"github.com/trellis-crm/trellis/engine/metadata"
	"github.com/trellis-crm/trellis/engine/query"
	"github.com/trellis-crm/trellis/engine/store"
)

// Happening refers to something that happened: a record, who did it, and the comment
// or the version that it was; both may be missing. With a Filter it is about the
// records for which that holds, at once. For is whom it concerns, where that is
// another than who is told.
type Happening struct {
	Object, Record, By, For, Comment, Filter string
	Version                                  int64
}

// Told is what somebody may see now of something that happened.
type Told struct {
	Display string
	Count   int64    // of the records of a filter
	Comment *Comment // nil when it is no more
	Change  *Entry   // nil when nothing of it is for him to see
}

// Tell gives what the actor may see now of what happened, each at its place:
// nil where he may not see the record, or it is gone.
func (s *Service) Tell(ctx context.Context, actor *access.Actor, happened []Happening) ([]*Told, Included, error) {
	policy, wanted := s.policies.Current(), &references{}
	told := make([]*Told, len(happened))
	byObject := map[string][]int{}
	for i, h := range happened {
		if h.Filter != "" {
			var err error
			if told[i], err = s.tellMany(ctx, actor, h); err != nil {
				return nil, nil, err
			}
			wanted.add(field.UserObject, h.By)
			continue
		}
		byObject[h.Object] = append(byObject[h.Object], i)
	}
	for _, name := range sortedKeys(byObject) {
		object, ok := policy.Catalog().Object(name)
		if !ok {
			continue
		}
		var ids []string
		for _, i := range byObject[name] {
			if !slices.Contains(ids, happened[i].Record) {
				ids = append(ids, happened[i].Record)
			}
		}
		seen, err := s.Seen(ctx, s.store, policy, actor, object, ids)
		if err != nil {
			return nil, nil, err
		}
		for _, id := range ids {
			record, visible := seen[id]
			if !visible {
				continue
			}
			reading := &recordReading{service: s, policy: policy, actor: actor, object: object, id: id, readable: record.Readable}
			var of []int
			for _, i := range byObject[name] {
				if happened[i].Record == id {
					told[i], of = &Told{Display: record.Display}, append(of, i)
					wanted.add(field.UserObject, happened[i].By)
					if happened[i].For != "" {
						wanted.add(field.UserObject, happened[i].For)
					}
				}
			}
			if err := reading.tell(ctx, happened, told, of, wanted); err != nil {
				return nil, nil, err
			}
		}
	}
	included, err := s.include(ctx, s.store, policy, actor, wanted, nil)
	return told, included, err
}

// tellMany counts what the actor sees of the records of a filter: nil for none.
func (s *Service) tellMany(ctx context.Context, actor *access.Actor, h Happening) (*Told, error) {
	page, err := s.List(ctx, actor, h.Object, query.Query{Where: h.Filter, Fields: []string{metadata.FieldID}, Limit: 1, Count: query.CountExact})
	switch {
	case fault.As(err) != nil:
		return nil, nil //nolint:nilerr // what cannot be asked for any more is gone
	case err != nil:
		return nil, err
	case *page.Total == 0:
		return nil, nil
	default:
		return &Told{Count: *page.Total}, nil
	}
}

// tell fills in what was said about one record and what was changed of it.
func (r *recordReading) tell(ctx context.Context, happened []Happening, told []*Told, of []int, wanted *references) error {
	comments, versions := map[string]*Comment{}, map[int64]*Entry{}
	for _, i := range of {
		if happened[i].Comment != "" {
			comments[happened[i].Comment] = nil
		}
		if happened[i].Version != 0 {
			versions[happened[i].Version] = nil
		}
	}
	if r.object.Comments && len(comments) > 0 {
		args := []any{r.object.Name, r.id}
		for _, id := range sortedKeys(comments) {
			args = append(args, id)
		}
		rows, err := store.Find[commentRow](ctx, r.service.store, store.Selection{
			Where: "object = ? AND record = ? AND id IN (?" + strings.Repeat(", ?", len(comments)-1) + ")", Args: args,
		})
		if err != nil {
			return fmt.Errorf("read comments: %w", err)
		}
		for i := range rows {
			comment, err := rows[i].comment()
			if err != nil {
				return err
			}
			comments[comment.ID] = &comment
			for _, person := range comment.Mentions {
				wanted.add(field.UserObject, person)
			}
		}
	}
	if len(versions) > 0 {
		var numbers []string
		for version := range versions {
			numbers = append(numbers, strconv.FormatInt(version, 10))
		}
		entries, err := r.service.entriesWhere(ctx, r.object, r.id, "version IN ("+strings.Join(numbers, ", ")+")", nil, len(numbers))
		if err != nil {
			return err
		}
		for i := range entries {
			if entries[i].shownTo(r.object, r.readable) {
				versions[entries[i].Version] = &entries[i]
				wanted.gatherEntry(r.object, &entries[i])
			}
		}
	}
	for _, i := range of {
		told[i].Comment, told[i].Change = comments[happened[i].Comment], versions[happened[i].Version]
	}
	return nil
}
