package duplicate

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/google/uuid"

	"github.com/trellis-crm/trellis/engine/access"
	"github.com/trellis-crm/trellis/engine/fault"
	"github.com/trellis-crm/trellis/engine/field"
	"github.com/trellis-crm/trellis/engine/metadata"
	"github.com/trellis-crm/trellis/engine/store"
)

// Pair is two records that look like the same.
type Pair struct {
	ID      string    `json:"id"`
	Object  string    `json:"object"`
	Score   string    `json:"score"`
	Fields  []string  `json:"fields"` // that were compared
	Records [2]Member `json:"records"`

	score int64
}

// Member is one record of a pair.
type Member struct {
	ID      string `json:"id"`
	Display string `json:"display"`
}

// MaxPairs is how many pairs a page has at most.
const MaxPairs = 200

// Pairs gives the open pairs of an object whose records the actor both sees,
// with all that was compared, the most alike first; those behind a pair, and
// where to go on. Faults: not_found, invalid_query.
func (s *Service) Pairs(ctx context.Context, actor *access.Actor, name, after string, limit int) (list []Pair, next string, err error) {
	if limit == 0 {
		limit = 50
	}
	if limit < 1 || limit > MaxPairs {
		return nil, "", fault.New(fault.InvalidQuery).At("/limit", fault.OutOfRange, "min", 1, "max", MaxPairs)
	}
	policy := s.records.Policy()
	object, _, err := s.records.Draft(ctx, policy, actor, name, "", nil)
	if err != nil {
		return nil, "", err
	}
	list = []Pair{}
	for len(list) < limit {
		read, err := s.pairsAfter(ctx, name, after, limit)
		if err != nil {
			return nil, "", err
		}
		shown, err := s.shown(ctx, policy, actor, object, read)
		if err != nil {
			return nil, "", err
		}
		for _, pair := range shown {
			if len(list) == limit {
				return list, list[limit-1].ID, nil
			}
			list = append(list, pair)
		}
		if len(read) < limit {
			return list, "", nil
		}
		after = read[len(read)-1].ID
	}
	return list, list[limit-1].ID, nil
}

func (s *Service) pairsAfter(ctx context.Context, name, after string, limit int) ([]Pair, error) {
	text, args := "SELECT id, rule, score, first, second FROM sys_duplicate WHERE object = ? AND state = ?", []any{name, open}
	if after != "" {
		if _, item := field.ParseID(after); item != nil {
			return nil, fault.New(fault.InvalidCursor).At("/cursor", fault.InvalidCursor)
		}
		var score int64
		err := s.store.QueryRow(ctx, "SELECT score FROM sys_duplicate WHERE id = ?", after).Scan(&score)
		if errors.Is(err, store.ErrNotFound) {
			return nil, fault.New(fault.InvalidCursor).At("/cursor", fault.InvalidCursor)
		}
		if err != nil {
			return nil, fmt.Errorf("read duplicates: %w", err)
		}
		text += " AND (score < ? OR score = ? AND id > ?)"
		args = append(args, score, score, after)
	}
	rows, err := s.store.Query(ctx, fmt.Sprintf("%s ORDER BY score DESC, id LIMIT %d", text, limit), args...)
	if err != nil {
		return nil, fmt.Errorf("read duplicates: %w", err)
	}
	defer rows.Close() //nolint:errcheck // Err below says what there is to say
	var list []Pair
	for rows.Next() {
		pair := Pair{Object: name}
		var rule string
		if err := rows.Scan(&pair.ID, &rule, &pair.score, &pair.Records[0].ID, &pair.Records[1].ID); err != nil {
			return nil, fmt.Errorf("read duplicates: %w", err)
		}
		pair.Score = scoreText(float64(pair.score) / 10_000)
		for name := range strings.SplitSeq(rule, ",") {
			pair.Fields = append(pair.Fields, strings.TrimSuffix(name, "~"))
		}
		list = append(list, pair)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("read duplicates: %w", err)
	}
	return list, nil
}

// shown leaves the pairs of which the actor sees both records and what was
// compared.
func (s *Service) shown(ctx context.Context, policy *access.Policy, actor *access.Actor, object *metadata.Object, pairs []Pair) ([]Pair, error) {
	var ids []string
	for _, pair := range pairs {
		ids = append(ids, pair.Records[0].ID, pair.Records[1].ID)
	}
	seen, err := s.records.Seen(ctx, s.store, policy, actor, object, ids)
	if err != nil {
		return nil, err
	}
	var kept []Pair
	for _, pair := range pairs {
		rule := metadata.DuplicateRule{}
		for _, name := range pair.Fields {
			rule.Match = append(rule.Match, metadata.DuplicateMatch{Field: name})
		}
		visible := true
		for i := range pair.Records {
			other, ok := seen[pair.Records[i].ID]
			visible = visible && ok && shows(object, other, rule)
			pair.Records[i].Display = other.Display
		}
		if visible {
			kept = append(kept, pair)
		}
	}
	return kept, nil
}

// DismissPair says of two records that the actor sees that they are not the
// same; neither a scan nor a check names them together again. Faults:
// not_found, invalid_values.
func (s *Service) DismissPair(ctx context.Context, actor *access.Actor, name string, pair []string) error {
	policy := s.records.Policy()
	object, _, err := s.records.Draft(ctx, policy, actor, name, "", nil)
	if err != nil {
		return err
	}
	if len(pair) != 2 || pair[0] == pair[1] {
		return fault.New(fault.InvalidValues).At("/records", fault.OutOfRange, "min", 2, "max", 2)
	}
	for _, id := range pair {
		if _, item := field.ParseID(id); item != nil {
			return fault.New(fault.NotFound)
		}
	}
	seen, err := s.records.Seen(ctx, s.store, policy, actor, object, pair)
	if err != nil {
		return err
	}
	if len(seen) != len(pair) {
		return fault.New(fault.NotFound)
	}
	made, err := uuid.NewV7()
	if err != nil {
		return fmt.Errorf("make an id: %w", err)
	}
	return s.store.Write(ctx, store.Interactive, func(_ context.Context, tx *store.Tx) error {
		tx.Queue(`INSERT INTO sys_duplicate (id, object, first, second, rule, score, state, at) VALUES (?, ?, ?, ?, '', 0, ?, ?)
			ON CONFLICT (object, first, second) DO UPDATE SET state = excluded.state`,
			made.String(), name, min(pair[0], pair[1]), max(pair[0], pair[1]), dismissed, s.clock.Now().UnixMilli())
		return nil
	})
}

// apart are the records that somebody said are not the same as one.
func (s *Service) apart(ctx context.Context, name, id string) (map[string]bool, error) {
	others, err := texts(ctx, s.store, `SELECT CASE WHEN first = ? THEN second ELSE first END FROM sys_duplicate
		WHERE object = ? AND state = ? AND (first = ? OR second = ?)`, id, name, dismissed, id, id)
	apart := make(map[string]bool, len(others))
	for _, other := range others {
		apart[other] = true
	}
	return apart, err
}

// Dismiss says that a pair that the actor sees is two records; no later scan
// brings it back. Fault: not_found.
func (s *Service) Dismiss(ctx context.Context, actor *access.Actor, id string) error {
	if _, item := field.ParseID(id); item != nil {
		return fault.New(fault.NotFound)
	}
	pair := Pair{ID: id}
	var rule string
	err := s.store.QueryRow(ctx, "SELECT object, rule, first, second FROM sys_duplicate WHERE id = ?", id).Scan(&pair.Object, &rule, &pair.Records[0].ID, &pair.Records[1].ID)
	if errors.Is(err, store.ErrNotFound) {
		return fault.New(fault.NotFound)
	}
	if err != nil {
		return fmt.Errorf("read a duplicate: %w", err)
	}
	for name := range strings.SplitSeq(rule, ",") {
		pair.Fields = append(pair.Fields, strings.TrimSuffix(name, "~"))
	}
	policy := s.records.Policy()
	object, ok := policy.Catalog().Object(pair.Object)
	if !ok {
		return fault.New(fault.NotFound)
	}
	shown, err := s.shown(ctx, policy, actor, object, []Pair{pair})
	if err != nil {
		return err
	}
	if len(shown) == 0 {
		return fault.New(fault.NotFound)
	}
	return s.store.Write(ctx, store.Interactive, func(_ context.Context, tx *store.Tx) error {
		tx.Queue("UPDATE sys_duplicate SET state = ? WHERE id = ?", dismissed, id)
		return nil
	})
}
