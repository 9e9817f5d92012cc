package duplicate

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/trellis-crm/trellis/engine/access"
	"github.com/trellis-crm/trellis/engine/catalog"
	"github.com/trellis-crm/trellis/engine/fault"
	"github.com/trellis-crm/trellis/engine/job"
	"github.com/trellis-crm/trellis/engine/metadata"
	"github.com/trellis-crm/trellis/engine/record"
	"github.com/trellis-crm/trellis/engine/store"
)

// ScanKind is the name of the job that looks for duplicates among all records
// of an object.
const ScanKind = "duplicate_scan"

// A scan takes so many keys in one transaction. A key that more records have in
// common says nothing about them.
const (
	keysAtOnce = 100
	maxShared  = 100
)

// The states of a pair.
const (
	open      = "open"
	dismissed = "dismissed"
)

type scanning struct {
	Object string `json:"object"`
}

// Scan starts a job that looks for duplicates among all records of an object,
// and gives its id. Faults: not_found, wrong_state while one is running.
func (s *Service) Scan(ctx context.Context, actor *access.Actor, name string) (int64, error) {
	policy := s.records.Policy()
	object, _, err := s.records.Draft(ctx, policy, actor, name, "", nil)
	if err != nil {
		return 0, err
	}
	var id int64
	err = s.store.Write(ctx, store.Interactive, func(ctx context.Context, tx *store.Tx) error {
		id, err = job.EnqueueOne(ctx, tx, job.Job{Kind: ScanKind, Payload: scanning{Object: object.Name}, UniqueKey: object.Name})
		if err == nil && id == 0 {
			return fault.New(fault.WrongState, "state", "running")
		}
		return err
	})
	return id, err
}

// Scan is how far the last look for duplicates of an object is.
type Scan struct {
	State   string     `json:"state"`   // none, running, done or failed
	At      *time.Time `json:"at"`      // when the last one was done
	Percent int        `json:"percent"` // of what there is to compare
}

// Scanned tells how far the last scan of an object is. Fault: not_found.
func (s *Service) Scanned(ctx context.Context, actor *access.Actor, name string) (Scan, error) {
	scan := Scan{State: "none"}
	if _, _, err := s.records.Draft(ctx, s.records.Policy(), actor, name, "", nil); err != nil {
		return scan, err
	}
	if err := catalog.ReadSetting(ctx, s.store, ScanKind+"/"+name, &scan.At); err != nil {
		return scan, err
	}
	if scan.At != nil {
		scan.State, scan.Percent = job.Done, 100
	}
	status, err := job.Last(ctx, s.store, ScanKind, name)
	if errors.Is(err, store.ErrNotFound) {
		return scan, nil
	}
	if err != nil {
		return scan, fmt.Errorf("look for a scan: %w", err)
	}
	switch status.State {
	case job.Waiting, job.Ready, job.Working:
		scan.State, scan.Percent = job.Working, 0
		if len(status.Progress) > 0 {
			err = json.Unmarshal(status.Progress, &scan.Percent)
		}
	case job.Dead, job.Canceled:
		scan.State = "failed"
	}
	return scan, err
}

type scanner struct{ *Service }

// Name is the kind's name.
func (scanner) Name() string { return ScanKind }

// Run begins with no open pairs and finds them all; begun again, it does the
// same.
func (s scanner) Run(ctx context.Context, running *job.Running) error {
	var todo scanning
	if err := running.Decode(&todo); err != nil {
		return err
	}
	var done, total int
	chunk := func(fn func(ctx context.Context, w *record.Work) error) error {
		return s.records.Transact(ctx, access.System(), store.Bulk, func(ctx context.Context, w *record.Work) error {
			if err := running.Progress(ctx, w.Tx, 100*min(done, total)/max(total, 1)); err != nil {
				return err
			}
			return fn(ctx, w)
		})
	}
	if err := chunk(func(ctx context.Context, w *record.Work) (err error) {
		if _, err := w.Tx.Exec(ctx, "DELETE FROM sys_duplicate WHERE object = ? AND state = ?", todo.Object, open); err != nil {
			return fmt.Errorf("begin a scan: %w", err)
		}
		total, err = shared(ctx, w.Tx, todo.Object)
		return err
	}); err != nil {
		return err
	}
	object, ok := s.records.Policy().Catalog().Object(todo.Object)
	if !ok {
		return nil
	}
	for _, rule := range object.Duplicates {
		for after, more := "", true; more; {
			var last string
			if err := chunk(func(ctx context.Context, w *record.Work) (err error) {
				last, err = s.scanAfter(ctx, w, todo.Object, rule, after)
				return err
			}); err != nil {
				return err
			}
			after, more, done = last, last != "", done+keysAtOnce
		}
	}
	return chunk(func(ctx context.Context, w *record.Work) error {
		return catalog.WriteSetting(ctx, w.Tx, ScanKind+"/"+todo.Object, w.Now)
	})
}

// shared counts the keys that records of an object have in common.
func shared(ctx context.Context, tx *store.Tx, name string) (count int, err error) {
	text := fmt.Sprintf("SELECT count(*) FROM (SELECT 1 FROM sys_duplicate_key WHERE object = ? GROUP BY rule, key HAVING count(*) BETWEEN 2 AND %d) AS s", maxShared)
	if err := tx.QueryRow(ctx, text, name).Scan(&count); err != nil {
		return 0, fmt.Errorf("count what records have in common: %w", err)
	}
	return count, nil
}

// scanAfter compares the records of the next keys, and gives the last one.
func (s scanner) scanAfter(ctx context.Context, w *record.Work, name string, rule metadata.DuplicateRule, after string) (string, error) {
	object, ok := w.Policy.Catalog().Object(name)
	if !ok {
		return "", nil
	}
	shared, err := texts(ctx, w.Tx, fmt.Sprintf(`SELECT key FROM sys_duplicate_key WHERE object = ? AND rule = ? AND key > ?
		GROUP BY key HAVING count(*) BETWEEN 2 AND %d ORDER BY key LIMIT %d`, maxShared, keysAtOnce), name, rule.Key(), after)
	if err != nil || len(shared) == 0 {
		return "", err
	}
	blocks, ids, err := s.blocks(ctx, w.Tx, name, rule, shared)
	if err != nil {
		return "", err
	}
	seen, err := s.records.Seen(ctx, w.Tx, w.Policy, w.Actor, object, ids)
	if err != nil {
		return "", err
	}
	compared := map[[2]string]bool{}
	for _, block := range blocks {
		for i := range block {
			for j := range i {
				pair := [2]string{min(block[i], block[j]), max(block[i], block[j])}
				a, one := seen[pair[0]]
				b, two := seen[pair[1]]
				if compared[pair] || !one || !two {
					continue
				}
				compared[pair] = true
				if score := score(object, a.Values, b.Values, rule); score > 0 {
					if err := s.keepPair(w, name, rule, pair, score); err != nil {
						return "", err
					}
				}
			}
		}
	}
	return shared[len(shared)-1], nil
}

// blocks are the records that have each of the keys.
func (s scanner) blocks(ctx context.Context, tx *store.Tx, name string, rule metadata.DuplicateRule, shared []string) (blocks map[string][]string, ids []string, err error) {
	args := []any{name, rule.Key()}
	for _, key := range shared {
		args = append(args, key)
	}
	rows, err := tx.Query(ctx, "SELECT key, record FROM sys_duplicate_key WHERE object = ? AND rule = ? AND key IN (?"+strings.Repeat(", ?", len(shared)-1)+")", args...)
	if err != nil {
		return nil, nil, fmt.Errorf("look for duplicates: %w", err)
	}
	defer rows.Close() //nolint:errcheck // Err below says what there is to say
	blocks = map[string][]string{}
	known := map[string]bool{}
	for rows.Next() {
		var key, id string
		if err := rows.Scan(&key, &id); err != nil {
			return nil, nil, fmt.Errorf("look for duplicates: %w", err)
		}
		blocks[key] = append(blocks[key], id)
		if !known[id] {
			known[id] = true
			ids = append(ids, id)
		}
	}
	if err := rows.Err(); err != nil {
		return nil, nil, fmt.Errorf("look for duplicates: %w", err)
	}
	return blocks, ids, nil
}

// keepPair notes a pair, with its best score; one that was dismissed stays so.
func (s scanner) keepPair(w *record.Work, name string, rule metadata.DuplicateRule, pair [2]string, score float64) error {
	id, err := uuid.NewV7()
	if err != nil {
		return fmt.Errorf("make an id: %w", err)
	}
	w.Tx.Queue(`INSERT INTO sys_duplicate (id, object, first, second, rule, score, state, at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (object, first, second) DO UPDATE SET score = excluded.score, rule = excluded.rule WHERE sys_duplicate.score < excluded.score`,
		id.String(), name, pair[0], pair[1], rule.Key(), int64(score*10_000), open, w.Now.UnixMilli())
	return nil
}
