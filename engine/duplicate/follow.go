package duplicate

import (
	"context"
	"fmt"

	"github.com/trellis-crm/trellis/engine/access"
	"github.com/trellis-crm/trellis/engine/expr"
	"github.com/trellis-crm/trellis/engine/job"
	"github.com/trellis-crm/trellis/engine/metadata"
	"github.com/trellis-crm/trellis/engine/record"
	"github.com/trellis-crm/trellis/engine/store"
)

// KeysKind is the name of the job that makes the keys of new rules.
const KeysKind = "duplicate_keys"

// How many records get the keys of new rules in the transaction that makes the
// rules, and in one of the job that does it for more.
const keysChunk = 1000

type keying struct {
	Object string   `json:"object"`
	Rules  []string `json:"rules"`
}

// Follow follows a change of definitions in its transaction: the keys of rules
// that are no more go, those of new ones are made.
func (s *Service) Follow(ctx context.Context, tx *store.Tx, from, to *metadata.Catalog) error {
	for _, object := range from.Objects() {
		now, _ := to.Object(object.Name)
		for _, rule := range object.Duplicates {
			if ruleOf(now, rule.Key()) != nil && sameKinds(object, now, rule) {
				continue
			}
			if _, err := tx.Exec(ctx, "DELETE FROM sys_duplicate_key WHERE object = ? AND rule = ?", object.Name, rule.Key()); err != nil {
				return fmt.Errorf("forget the keys of a rule: %w", err)
			}
		}
		if now == nil {
			if _, err := tx.Exec(ctx, "DELETE FROM sys_duplicate WHERE object = ?", object.Name); err != nil {
				return fmt.Errorf("forget duplicates: %w", err)
			}
		}
	}
	for _, object := range to.Objects() {
		before, _ := from.Object(object.Name)
		var fresh []string
		for _, rule := range object.Duplicates {
			if ruleOf(before, rule.Key()) == nil || !sameKinds(before, object, rule) {
				fresh = append(fresh, rule.Key())
			}
		}
		if err := s.key(ctx, tx, to, object, fresh); err != nil {
			return err
		}
	}
	return nil
}

func ruleOf(object *metadata.Object, key string) *metadata.DuplicateRule {
	if object == nil {
		return nil
	}
	for i, rule := range object.Duplicates {
		if rule.Key() == key {
			return &object.Duplicates[i]
		}
	}
	return nil
}

func sameKinds(a, b *metadata.Object, rule metadata.DuplicateRule) bool {
	for _, match := range rule.Match {
		if kindOf(a, match.Field) != kindOf(b, match.Field) {
			return false
		}
	}
	return true
}

func kindOf(object *metadata.Object, name string) string {
	if f, ok := object.Field(name); ok {
		return f.Kind.Name()
	}
	return ""
}

func (s *Service) key(ctx context.Context, tx *store.Tx, to *metadata.Catalog, object *metadata.Object, rules []string) error {
	if len(rules) == 0 {
		return nil
	}
	policy, err := access.NewPolicy(to)
	if err != nil {
		return fmt.Errorf("compile the rights: %w", err)
	}
	todo := keying{Object: object.Name, Rules: rules}
	last, more, err := keysAfter(ctx, s.records.In(tx, policy, access.System()), todo, "")
	if err != nil || !more {
		return err
	}
	return job.Enqueue(tx, job.Job{Kind: KeysKind, Payload: keyingFrom{todo, last}, SerialKey: KeysKind + " " + object.Name})
}

type keyingFrom struct {
	keying
	After string `json:"after"`
}

// keysAfter makes the keys of the next records.
func keysAfter(ctx context.Context, w *record.Work, todo keying, after string) (string, bool, error) {
	object, ok := w.Policy.Catalog().Object(todo.Object)
	if !ok {
		return "", false, nil
	}
	return w.EachAfter(ctx, object, after, keysChunk, func(id string, values []expr.Value) {
		for _, name := range todo.Rules {
			if rule := ruleOf(object, name); rule != nil {
				for _, key := range keys(object, values, *rule) {
					addKey(w.Tx, object, *rule, key, id)
				}
			}
		}
	})
}

type keyer struct{ *Service }

// Name is the kind's name.
func (keyer) Name() string { return KeysKind }

// Run makes the keys in chunks; begun again, it makes none twice.
func (k keyer) Run(ctx context.Context, running *job.Running) error {
	var todo keyingFrom
	if err := running.Decode(&todo); err != nil {
		return err
	}
	return k.records.InPortions(ctx, running, todo.After, func(ctx context.Context, w *record.Work, after string) (string, bool, error) {
		return keysAfter(ctx, w, todo.keying, after)
	})
}

// Kinds are the kinds of job of this package.
func (s *Service) Kinds() []job.Kind { return []job.Kind{scanner{s}, keyer{s}} }
