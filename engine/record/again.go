package record

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/trellis-crm/trellis/engine/access"
	"github.com/trellis-crm/trellis/engine/metadata"
	"github.com/trellis-crm/trellis/engine/store/row"
)

// Again is what a write of the actor was answered with, to be answered once
// more: its record as it was then, less what he may not see by now. A record
// that he may no longer see at all is not_found, also in the recycle bin; one
// of which he was told the id and the version only has nothing to hide. What
// is included, and what he can do, is as it is now.
func (s *Service) Again(ctx context.Context, actor *access.Actor, name string, answered []byte) (Body, error) {
	var told struct {
		Data map[string]json.RawMessage `json:"data"`
	}
	if err := json.Unmarshal(answered, &told); err != nil {
		return nil, fmt.Errorf("read an answer: %w", err)
	}
	if len(told.Data) == 2 && told.Data[metadata.FieldID] != nil && told.Data[metadata.FieldVersion] != nil {
		return written(answered), nil
	}
	var id string
	if err := json.Unmarshal(told.Data[metadata.FieldID], &id); err != nil {
		return nil, fmt.Errorf("read an answer: %w", err)
	}
	policy := s.policies.Current()
	object, err := objectOf(policy, actor, name, access.Read)
	if err != nil {
		return nil, err
	}
	var decisions []*access.Decision
	for _, action := range []string{access.Read, access.Update, access.Delete} {
		decision, err := policy.Decide(actor, object, action)
		if err != nil {
			return nil, err
		}
		decisions = append(decisions, decision)
	}
	found, err := s.table(policy, actor, object, s.clock.Now()).Find(ctx, s.store, id, row.Wanted{Decisions: decisions, Deleted: true})
	if err != nil {
		return nil, s.known(policy, actor, err)
	}
	hide(object, found.Permitted[0], told.Data)
	answer := &Answer{
		Object: object, Readable: found.Permitted[0],
		Can: Can{Update: found.Permitted[1] != nil, Delete: found.Permitted[2] != nil, Writable: found.Permitted[1]},
	}
	wanted := &references{}
	for _, f := range object.Fields {
		if raw, ok := told.Data[f.Name]; ok {
			wanted.told(f, raw)
		}
	}
	lines, err := s.lines(ctx, s.store, policy, actor, object, everySlot(object), []string{id}, wanted)
	if err != nil {
		return nil, err
	}
	for slot, byRecord := range lines { // rights to them may have changed, too
		f := object.Fields[slot]
		if _, ok := told.Data[f.Name]; ok {
			told.Data[f.Name] = f.Kind.AppendJSON(nil, f, byRecord[id])
		}
	}
	if answer.Included, err = s.include(ctx, s.store, policy, actor, wanted, nil); err != nil {
		return nil, err
	}
	now := *answer
	now.Values = found.Values
	err = s.actions(ctx, s.store, actor, &now, id)
	answer.Can.Actions = now.Can.Actions
	return toldAgain{answer, told.Data}, err
}

func everySlot(object *metadata.Object) []int {
	slots := make([]int, len(object.Fields))
	for slot := range slots {
		slots[slot] = slot
	}
	return slots
}

// written is a body as it was written before.
type written []byte

// AppendJSON appends the body.
func (w written) AppendJSON(dst []byte) []byte { return append(dst, w...) }

// toldAgain is an answer whose record is as it was told before.
type toldAgain struct {
	*Answer
	data map[string]json.RawMessage
}

// AppendJSON appends the answer in the form of every other.
func (a toldAgain) AppendJSON(dst []byte) []byte {
	dst = append(dst, `{"data":{`...)
	first := true
	for _, f := range a.Object.Fields {
		raw, ok := a.data[f.Name]
		if !ok {
			continue
		}
		if !first {
			dst = append(dst, ',')
		}
		first = false
		dst = append(f.AppendMember(dst), raw...)
	}
	return a.appendRest(append(dst, '}'))
}
