package row

import (
	"sync"
	"sync/atomic"

	"github.com/trellis-crm/trellis/engine/expr"
)

// Memory remembers statements that are written again and again in the same
// way, for the same rights. The zero value is ready.
type Memory struct {
	known atomic.Pointer[sync.Map]
	count atomic.Int64
}

// maxStatements bounds the memory; it is emptied when it is full.
const maxStatements = 2000

// statement is one that finds a record, where the arguments of the id and of
// the standing belong after the first "before" ones; or one that adds a record, which takes that
// many.
type statement struct {
	text   string
	args   []expr.Arg
	before int
	layout *layout
}

// statementKey is all that the text of a statement depends on.
type statementKey struct {
	revision           int64
	object, id, rights string
	actions            string
	deleted, lock      bool
	pin                bool
	standing           bool
}

func (t *Table) key(id expr.Fragment, wanted Wanted) statementKey {
	key := statementKey{revision: t.Policy.Catalog().Revision, object: t.Object.Name, id: id.SQL, deleted: wanted.Deleted, lock: wanted.Lock, pin: wanted.Pin, standing: t.Actor.Standing != 0}
	for _, decision := range wanted.Decisions {
		key.rights = decision.Rights
		key.actions += decision.Action + " "
		if decision.Shares {
			key.actions += "shared "
		}
	}
	return key
}

func (m *Memory) statement(key statementKey, write func() (*statement, error)) (*statement, error) {
	known := m.known.Load()
	if known != nil {
		if found, ok := known.Load(key); ok {
			s, _ := found.(*statement)
			return s, nil
		}
	}
	s, err := write()
	if err != nil {
		return nil, err
	}
	if known == nil || m.count.Add(1) > maxStatements {
		known = new(sync.Map)
		m.known.Store(known)
		m.count.Store(0)
	}
	known.Store(key, s)
	return s, nil
}
