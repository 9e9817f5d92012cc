package transfer

import (
	"context"

	"github.com/trellis-crm/trellis/engine/access"
	"github.com/trellis-crm/trellis/engine/clock"
	"github.com/trellis-crm/trellis/engine/fault"
	"github.com/trellis-crm/trellis/engine/metadata"
)

// exporter is who asked for an export, as he is now. Faults: forbidden,
// missing_ability.
func (s *Service) exporter(ctx context.Context, row *exportRow, request ExportRequest) (*access.Actor, error) {
	actor, err := s.people.ByID(ctx, row.ByID, "export")
	if err != nil {
		return nil, err
	}
	if actor == nil {
		return nil, fault.New(fault.Forbidden)
	}
	actor.Language, actor.Limit = request.Language, request.Limit
	if zone, err := clock.Zone(request.Zone); err == nil {
		actor.Zone = zone
	}
	can, err := s.records.Policy().Can(actor, AbilityExport)
	if err != nil {
		return nil, err
	}
	if !can {
		return nil, fault.New(fault.MissingAbility, "ability", AbilityExport)
	}
	return actor, nil
}

// stillExports reads who exports anew, because his rights may have been taken
// from him while the export runs; the next page is read as he is by then. With
// other roles it ends: half of the file would have been seen by another.
// Faults: forbidden, missing_ability.
func (s *Service) stillExports(ctx context.Context, row *exportRow, request ExportRequest, actor *access.Actor) error {
	now, err := s.exporter(ctx, row, request)
	if err != nil {
		return err
	}
	if now.Rights() != actor.Rights() {
		return fault.New(fault.Forbidden)
	}
	*actor = *now
	return nil
}

// namesOf are the names of some fields.
func namesOf(object *metadata.Object, slots []int) []string {
	names := make([]string, len(slots))
	for i, slot := range slots {
		names[i] = object.Fields[slot].Name
	}
	return names
}
