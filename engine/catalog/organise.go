package catalog

import (
	"context"
	"fmt"
	"reflect"
	"strings"

	"github.com/trellis-crm/trellis/engine/access"
	"github.com/trellis-crm/trellis/engine/audit"
	"github.com/trellis-crm/trellis/engine/fault"
	"github.com/trellis-crm/trellis/engine/metadata"
	"github.com/trellis-crm/trellis/engine/record"
	"github.com/trellis-crm/trellis/engine/store"
)

// AbilityOrganisation lets somebody change the settings of the organisation.
const AbilityOrganisation = "manage_organisation"

// Organising changes the organisation as it is, and what is kept beside it.
type Organising func(ctx context.Context, tx *store.Tx, organisation *metadata.Organisation) error

// Organise changes the organisation: a new revision of the same definitions, so
// that every server works by it from the next write on. Computed values that
// depend on the time zone are worked out again. Where a version is given, it must
// be the present one. Nothing happens where nothing changes.
//
// Faults: stale; invalid_values with pointers into the organisation, among them
// currency_held at /currency as long as an amount is kept, because its value was
// worked out in the currency as it is.
func (s *Service) Organise(ctx context.Context, actor *access.Actor, version *int64, change Organising) (metadata.Organisation, error) {
	var organised metadata.Organisation
	var applied *metadata.Catalog
	err := s.store.WriteExclusive(ctx, func(ctx context.Context, tx *store.Tx) error {
		from, err := s.load(ctx, tx)
		if err != nil {
			return err
		}
		before := from.Environment().Organisation
		if version != nil && *version != before.Version {
			return fault.New(fault.Stale, "version", before.Version)
		}
		organised, applied = before, nil
		if err := change(ctx, tx, &organised); err != nil {
			return err
		}
		if organised.Version != before.Version {
			return fault.New(fault.InvalidValues).At("/version", fault.ReadOnly, "field", "version")
		}
		organised = organised.Settled()
		if reflect.DeepEqual(organised, before) {
			return nil
		}
		organised.Version++
		applied, err = s.organise(ctx, tx, actor, from, organised)
		return err
	})
	if err != nil || applied == nil {
		return organised, err
	}
	return organised, s.Announce(applied)
}

// organise gives the definitions of a catalog another organisation.
func (s *Service) organise(ctx context.Context, tx *store.Tx, actor *access.Actor, from *metadata.Catalog, organisation metadata.Organisation) (*metadata.Catalog, error) {
	environment := from.Environment()
	before := environment.Organisation
	faults := fault.New(fault.InvalidValues)
	organisation.Check(faults)
	if organisation.Currency != before.Currency {
		if err := s.moneyless(ctx, tx, from, actor.Language, faults); err != nil {
			return nil, err
		}
	}
	if _, there := from.Calendar(organisation.Calendar); organisation.Calendar != "" && !there {
		faults.At("/calendar", fault.DanglingReference, "kind", metadata.KindCalendar, "name", organisation.Calendar)
	}
	if err := faults.OrNil(); err != nil {
		return nil, err
	}
	environment.Organisation = organisation
	to, problems := metadata.Compile(from.Revision+1, from.Definitions(), environment)
	for _, problem := range problems {
		if organisation.Calendar == before.Calendar {
			faults.At("/currency", fault.CurrencyUnfit, "value", organisation.Currency, "name", problem.Key.Name)
		} else if !faults.Has("/calendar") {
			faults.At("/calendar", fault.InUse)
		}
	}
	if err := faults.OrNil(); err != nil {
		return nil, err
	}
	if err := WriteOrganisation(ctx, tx, organisation); err != nil {
		return nil, err
	}
	if err := record.Recalculate(ctx, tx, to, to.Outdated(from), s.clock.Now()); err != nil {
		return nil, fmt.Errorf("recalculate: %w", err)
	}
	was, is := differing(before, organisation)
	audit.Write(ctx, tx, actor, audit.Entry{Action: audit.SettingChanged, Subject: organisationSetting, Detail: map[string]any{"before": was, "after": is}})
	return to, s.raise(ctx, tx, to.Revision, actor, organisationSetting, "[]")
}

// moneyless adds a fault as long as amounts are kept, in the recycle bin, too.
func (s *Service) moneyless(ctx context.Context, tx *store.Tx, catalog *metadata.Catalog, language string, faults *fault.Fault) error {
	held, err := record.Amounts(ctx, tx, tx.Dialect(), catalog)
	if err != nil {
		return fmt.Errorf("look for amounts: %w", err)
	}
	separator := ", "
	if strings.HasPrefix(language, "zh") {
		separator = "、"
	}
	var told []string
	for _, one := range held {
		told = append(told, fmt.Sprintf("%s (%d)", one.Object.Plural.In(language), one.Records))
	}
	if len(told) > 0 {
		faults.At("/currency", fault.CurrencyHeld, "value", catalog.Environment().Organisation.Currency, "held", strings.Join(told, separator))
	}
	return nil
}

// differing are the members of two organisations that differ, but for the
// version, by their names.
func differing(before, after metadata.Organisation) (was, is map[string]any) {
	was, is = map[string]any{}, map[string]any{}
	old, recent := reflect.ValueOf(before), reflect.ValueOf(after)
	for i := range old.NumField() {
		name := old.Type().Field(i).Tag.Get("json")
		if name != "version" && !reflect.DeepEqual(old.Field(i).Interface(), recent.Field(i).Interface()) {
			was[name], is[name] = old.Field(i).Interface(), recent.Field(i).Interface()
		}
	}
	return was, is
}
