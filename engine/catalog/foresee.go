package catalog

import (
	"context"
	"fmt"
	"slices"

	"github.com/trellis-crm/trellis/engine/access"
	"github.com/trellis-crm/trellis/engine/fault"
	"github.com/trellis-crm/trellis/engine/metadata"
)

// Foresee gives the rights that hold and those that a request, which is about
// roles alone, would make of them. It writes nothing. Faults: forbidden to who is
// no administrator, those of Plan, and not_allowed for another kind.
func (s *Service) Foresee(ctx context.Context, actor *access.Actor, request Request) (from, to *access.Policy, err error) {
	known, err := s.load(ctx, s.store)
	if err != nil {
		return nil, nil, err
	}
	if from, err = access.NewPolicy(known); err != nil {
		return nil, nil, fmt.Errorf("compile the rights: %w", err)
	}
	administers, err := from.Administrator(actor)
	if err != nil {
		return nil, nil, err
	}
	if !administers {
		return nil, nil, fault.New(fault.Forbidden)
	}
	p, err := s.plan(ctx, s.store, known, request, actor.Language)
	if err != nil {
		return nil, nil, err
	}
	faults := fault.New(fault.InvalidDefinition)
	keys := slices.Clone(p.deleted)
	for _, definition := range p.changed {
		keys = append(keys, definition.Key)
	}
	for _, key := range keys {
		if key.Kind != metadata.KindRole {
			faults.At("/"+key.String(), fault.NotAllowed, "what", key.Kind)
		}
	}
	if err := faults.OrNil(); err != nil {
		return nil, nil, err
	}
	if to, err = access.NewPolicy(p.to); err != nil {
		return nil, nil, fmt.Errorf("compile the rights as they would be: %w", err)
	}
	return from, to, nil
}
