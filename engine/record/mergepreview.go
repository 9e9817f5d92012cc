package record

import (
	"context"
	"encoding/json"
	"errors"

	"github.com/trellis-crm/trellis/engine/access"
	"github.com/trellis-crm/trellis/engine/field"
	"github.com/trellis-crm/trellis/engine/metadata"
	"github.com/trellis-crm/trellis/engine/store"
)

// MergePreview is what a merge would make: the record as it would be, and how
// much is about the two that the actor sees.
type MergePreview struct {
	About    []AboutBoth `json:"about"`
	Comments Both        `json:"comments"`
	Files    Both        `json:"files"`

	result *Answer
}

// AboutBoth is how many records of an object point to each of two.
type AboutBoth struct {
	Object string `json:"object"`
	Both
}

// Both is how much of something the record has that stays, and the other one.
type Both struct {
	Stays int `json:"stays"`
	Comes int `json:"comes"`
}

// errPreview takes back what a preview did.
var errPreview = errors.New("a preview writes nothing")

// PreviewMerge tells what a merge would make, by making it and taking it back:
// what it shows is what will be. Faults: those of Merge.
func (s *Service) PreviewMerge(ctx context.Context, actor *access.Actor, name, id, other string, values map[string]any) (Body, error) {
	var preview *MergePreview
	_, err := s.write(ctx, merging(actor), confirmed(Options{unkept: true}), func(ctx context.Context, w *Work) (Body, error) {
		preview = &MergePreview{}
		object, _, err := w.lockPair(ctx, name, id, other)
		if err != nil {
			return nil, err
		}
		if err := w.count(ctx, object, preview, id, other); err != nil {
			return nil, err
		}
		change, err := w.Merge(ctx, name, id, other, values)
		if err != nil {
			return nil, err
		}
		if err := w.Flush(ctx); err != nil {
			return nil, err
		}
		if preview.result, err = w.answer(ctx, change); err != nil {
			return nil, err
		}
		return nil, errPreview
	})
	if !errors.Is(err, errPreview) {
		return nil, err
	}
	return preview, nil
}

// count counts what is about two records and the actor sees.
func (w *Work) count(ctx context.Context, object *metadata.Object, preview *MergePreview, id, other string) error {
	var counts [2]AboutSeen
	for i, of := range []string{id, other} {
		about, err := w.About(ctx, field.Link{Object: object.Name, ID: of})
		if err != nil {
			return err
		}
		if counts[i], err = w.Seen(ctx, object, about); err != nil {
			return err
		}
	}
	preview.About = []AboutBoth{}
	for _, user := range w.Policy.Catalog().Objects() {
		both := Both{Stays: counts[0].Records[user.Name], Comes: counts[1].Records[user.Name]}
		if both != (Both{}) {
			preview.About = append(preview.About, AboutBoth{Object: user.Name, Both: both})
		}
	}
	preview.Comments = Both{Stays: counts[0].Comments, Comes: counts[1].Comments}
	preview.Files = Both{Stays: counts[0].Files, Comes: counts[1].Files}
	return nil
}

// AboutSeen is how much of what is about a record an actor sees: records by
// their object, comments and files.
type AboutSeen struct {
	Records  map[string]int
	Comments int
	Files    int
}

// Total is how much that is together.
func (a AboutSeen) Total() int {
	total := a.Comments + a.Files
	for _, count := range a.Records {
		total += count
	}
	return total
}

// Count counts what of that which is about a record of an object an actor sees,
// who sees the record: nothing of a record that is hidden from him, or that
// points here by a field that is.
func (s *Service) Count(ctx context.Context, reader store.Reader, policy *access.Policy, actor *access.Actor, of *metadata.Object, about Carried) (AboutSeen, error) {
	counts := AboutSeen{Records: map[string]int{}}
	byObject := map[string]map[string][]string{}
	for _, pointer := range about.Records {
		if byObject[pointer.Object] == nil {
			byObject[pointer.Object] = map[string][]string{}
		}
		byObject[pointer.Object][pointer.ID] = append(byObject[pointer.Object][pointer.ID], pointer.Field)
	}
	for name, fields := range byObject {
		object, ok := policy.Catalog().Object(name)
		if !ok {
			continue
		}
		seen, err := s.Seen(ctx, reader, policy, actor, object, sortedKeys(fields))
		if err != nil {
			return counts, err
		}
		for id, found := range seen {
			for _, f := range fields[id] {
				if found.Readable.Has(object.Slot(f)) {
					counts.Records[name]++
					break
				}
			}
		}
	}
	if of.Comments {
		counts.Comments = len(about.Comments)
	}
	if of.Files {
		counts.Files = len(about.Files)
	}
	return counts, nil
}

// Seen counts what is about a record and the actor sees.
func (w *Work) Seen(ctx context.Context, of *metadata.Object, about Carried) (AboutSeen, error) {
	return w.service.Count(ctx, w.Tx, w.Policy, w.Actor, of, about)
}

// AppendJSON appends {"data": {…, "result": record}, "included": …, "can": …}.
func (p *MergePreview) AppendJSON(dst []byte) []byte {
	about, err := json.Marshal(p)
	if err != nil {
		return dst
	}
	dst = append(append(dst, `{"data":`...), about[:len(about)-1]...)
	dst = append(dst, `,"result":`...)
	dst = appendRecord(dst, p.result.Object, p.result.Slots, p.result.Values, p.result.Readable, nil)
	return p.result.appendRest(append(dst, '}'))
}
