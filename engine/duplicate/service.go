// Package duplicate finds records that are probably the same, by the rules of
// their object: when one is written, while a form is filled, and among all that
// are there. What records may have in common is kept in a table of keys,
// written in the record's own transaction. Start with Service; rule.go compares.
package duplicate

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/trellis-crm/trellis/engine/access"
	"github.com/trellis-crm/trellis/engine/clock"
	"github.com/trellis-crm/trellis/engine/expr"
	"github.com/trellis-crm/trellis/engine/fault"
	"github.com/trellis-crm/trellis/engine/metadata"
	"github.com/trellis-crm/trellis/engine/record"
	"github.com/trellis-crm/trellis/engine/store"
)

// Service finds duplicates.
type Service struct {
	store   *store.Store
	records *record.Service
	clock   clock.Clock
	asked   asked
}

// New makes the service.
func New(s *store.Store, records *record.Service, c clock.Clock) *Service {
	return &Service{store: s, records: records, clock: c}
}

// maxCandidates is how many records with a common key are compared with one.
const maxCandidates = 200

// match is a record that matches another by a rule.
type match struct {
	rule  metadata.DuplicateRule
	id    string
	score float64
}

// matches finds the live records that match values by a rule, the best first.
func (s *Service) matches(ctx context.Context, reader store.Reader, policy *access.Policy, object *metadata.Object, values []expr.Value, own string, rule metadata.DuplicateRule) ([]match, error) {
	keys := keys(object, values, rule)
	if len(keys) == 0 {
		return nil, nil
	}
	args := []any{object.Name, rule.Key()}
	for _, key := range keys {
		args = append(args, key)
	}
	text := "SELECT DISTINCT record FROM sys_duplicate_key WHERE object = ? AND rule = ? AND key IN (?" + strings.Repeat(", ?", len(keys)-1) + ")"
	ids, err := texts(ctx, reader, fmt.Sprintf("%s ORDER BY record DESC LIMIT %d", text, maxCandidates+1), args...)
	if err != nil {
		return nil, err
	}
	ids = slices.DeleteFunc(ids, func(id string) bool { return id == own })
	seen, err := s.records.Seen(ctx, reader, policy, access.System(), object, ids)
	if err != nil {
		return nil, err
	}
	var found []match
	for _, id := range ids {
		if other, ok := seen[id]; ok {
			if score := score(object, values, other.Values, rule); score > 0 {
				found = append(found, match{rule: rule, id: id, score: score})
			}
		}
	}
	slices.SortStableFunc(found, func(a, b match) int { return int(1e6*b.score) - int(1e6*a.score) })
	return found, nil
}

// texts reads one column.
func texts(ctx context.Context, reader store.Reader, text string, args ...any) ([]string, error) {
	rows, err := reader.Query(ctx, text, args...)
	if err != nil {
		return nil, fmt.Errorf("look for duplicates: %w", err)
	}
	defer rows.Close() //nolint:errcheck // Err below says what there is to say
	var list []string
	for rows.Next() {
		var value string
		if err := rows.Scan(&value); err != nil {
			return nil, fmt.Errorf("look for duplicates: %w", err)
		}
		list = append(list, value)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("look for duplicates: %w", err)
	}
	return list, nil
}

// shows tells whether a reader sees all that a rule compares in a record.
func shows(object *metadata.Object, seen record.Seen, rule metadata.DuplicateRule) bool {
	return !slices.ContainsFunc(rule.Match, func(m metadata.DuplicateMatch) bool { return !seen.Readable.Has(object.Slot(m.Field)) })
}

// maxNamed is how many candidates a refusal names.
const maxNamed = 5

// Guard refuses a change that would make a duplicate: where a rule blocks, or
// where it warns and nobody confirmed. A warning is about records only that the
// author sees, with all that was compared. Faults: duplicate,
// possible_duplicate.
func (s *Service) Guard(ctx context.Context, w *record.Work, change *record.Change) error {
	if change.Action == record.Deleted {
		return nil
	}
	for _, rule := range change.Object.Duplicates {
		if !rule.Block && w.Confirmed || !concerns(change, rule) {
			continue
		}
		if rule.Block { // two that come at once must not both find nothing
			for _, key := range keys(change.Object, change.Values, rule) {
				w.Tx.Hold(strings.Join([]string{change.Object.Name, rule.Key(), key}, " "))
			}
		}
		found, err := s.matches(ctx, w.Tx, w.Policy, change.Object, change.Values, change.ID, rule)
		if err != nil {
			return err
		}
		found = slices.DeleteFunc(found, func(m match) bool { return slices.Contains(w.Splitting, m.id) })
		if len(found) == 0 {
			continue
		}
		if err := s.refusal(ctx, w, change.Object, rule, found); err != nil {
			return err
		}
	}
	return nil
}

// concerns tells whether a change may make a record match by a rule.
func concerns(change *record.Change, rule metadata.DuplicateRule) bool {
	return change.Action != record.Updated || slices.ContainsFunc(rule.Match, func(m metadata.DuplicateMatch) bool {
		return slices.Contains(change.Changed, change.Object.Slot(m.Field))
	})
}

func (s *Service) refusal(ctx context.Context, w *record.Work, object *metadata.Object, rule metadata.DuplicateRule, found []match) error {
	seen, err := s.records.Seen(ctx, w.Tx, w.Policy, w.Author, object, idsOf(found))
	if err != nil {
		return err
	}
	code := fault.PossibleDuplicate
	if rule.Block {
		code = fault.Duplicate
	}
	refusal := fault.New(code)
	for _, m := range found {
		other, visible := seen[m.id]
		if !visible || !shows(object, other, rule) || len(refusal.Items) >= maxNamed {
			continue
		}
		refusal.At("/"+rule.Match[0].Field, code, "object", object.Name, "id", m.id, "display", other.Display, "score", scoreText(m.score))
	}
	switch {
	case len(refusal.Items) > 0:
		refusal.Params = refusal.Items[0].Params
	case !rule.Block:
		return nil
	default:
		for _, m := range rule.Match {
			refusal.At("/"+m.Field, code)
		}
	}
	return refusal
}

func idsOf(found []match) []string {
	ids := make([]string, len(found))
	for i, m := range found {
		ids[i] = m.id
	}
	return ids
}

// scoreText writes a score with two digits, never rounded up to 1.
func scoreText(score float64) string { return fmt.Sprintf("%.2f", float64(int(score*100))/100) }

// Keep keeps the keys of a record with its change.
func (s *Service) Keep(_ context.Context, w *record.Work, change *record.Change) error {
	for _, rule := range change.Object.Duplicates {
		if !concerns(change, rule) {
			continue
		}
		var before, after []string
		if change.Action == record.Updated || change.Action == record.Deleted {
			before = keys(change.Object, change.Prior, rule)
		}
		if change.Action != record.Deleted {
			after = keys(change.Object, change.Values, rule)
		}
		for _, key := range before {
			if !slices.Contains(after, key) {
				w.Tx.Queue("DELETE FROM sys_duplicate_key WHERE object = ? AND rule = ? AND key = ? AND record = ?", change.Object.Name, rule.Key(), key, change.ID)
			}
		}
		for _, key := range after {
			if !slices.Contains(before, key) {
				addKey(w.Tx, change.Object, rule, key, change.ID)
			}
		}
	}
	return nil
}

func addKey(tx *store.Tx, object *metadata.Object, rule metadata.DuplicateRule, key, id string) {
	tx.Gather("INSERT INTO sys_duplicate_key (object, rule, key, record) VALUES %s ON CONFLICT DO NOTHING", object.Name, rule.Key(), key, id)
}
