package transfer

import (
	"hash/fnv"
	"maps"

	"github.com/trellis-crm/trellis/engine/fault"
	"github.com/trellis-crm/trellis/engine/metadata"
	"github.com/trellis-crm/trellis/engine/record"
)

// claims are the records that have unique values, by a short form of the
// values. A plan undoes each row, so that the database cannot tell that a later
// row has the same value; the plan remembers it instead.
type claims map[uint64]string

// claim notes the unique values of a row that a plan lets through. Fault:
// duplicate when a row before it has one of them.
func (s *stage) claim(change *record.Change) error {
	made := claims{}
	for _, names := range uniqueKeys(change.Object) {
		key, ok := claimKey(change, names)
		if !ok {
			continue
		}
		for _, before := range []claims{s.claimed, s.claiming} {
			if holder, taken := before[key]; taken && holder != change.ID {
				f := fault.New(fault.Duplicate)
				for _, name := range names {
					f.At("/"+name, fault.Duplicate)
				}
				return f
			}
		}
		made[key] = change.ID
	}
	maps.Copy(s.claiming, made)
	return nil
}

// uniqueKeys are the fields, alone or together, whose values are unique. What
// the engine numbers itself is so anyway.
func uniqueKeys(object *metadata.Object) [][]string {
	keys := append([][]string{}, object.Unique...)
	for _, f := range object.Fields {
		if f.Unique && f.Template == "" {
			keys = append(keys, []string{f.Name})
		}
	}
	return keys
}

// claimKey is a short form of a record's values of a key; with an empty one it
// clashes with nothing.
func claimKey(change *record.Change, names []string) (uint64, bool) {
	sum := fnv.New64a()
	for _, name := range names {
		slot := change.Object.Slot(name)
		if slot < 0 || change.Values[slot] == nil {
			return 0, false
		}
		f := change.Object.Fields[slot]
		_, _ = sum.Write(append(f.Kind.AppendJSON([]byte(name+"\x00"), f, change.Values[slot]), 0)) // a hash takes everything
	}
	return sum.Sum64(), true
}
