package transfer

import (
	"context"
	"fmt"
	"time"

	"github.com/trellis-crm/trellis/engine/access"
	"github.com/trellis-crm/trellis/engine/fault"
	"github.com/trellis-crm/trellis/engine/job"
	"github.com/trellis-crm/trellis/engine/metadata"
	"github.com/trellis-crm/trellis/engine/query"
	"github.com/trellis-crm/trellis/engine/record"
	"github.com/trellis-crm/trellis/engine/store"
)

// tellOwners tells each person whom an import gave records that he has them, in
// one notification; never the importer himself.
func (s *Service) tellOwners(ctx context.Context, running *job.Running, row *importRow) error {
	set, err := row.settings()
	if err != nil {
		return err
	}
	given := row.given(set, s.clock.Now())
	mine := metadata.FieldOwner + " == me && " + given
	owners, err := s.ownersOf(ctx, row, given, mine)
	if err != nil {
		return err
	}
	return s.records.Transact(ctx, access.System(), store.Bulk, func(ctx context.Context, w *record.Work) error {
		for _, owner := range owners {
			of := record.Happening{Object: row.Object, Record: row.ID, By: row.ByID, Filter: mine}
			if err := s.notes.Given(w, owner, of); err != nil {
				return err
			}
		}
		return running.Complete(ctx, w.Tx)
	})
}

// given is the expression for the records that a run made, or may have given to
// somebody else.
func (row *importRow) given(set settings, ended time.Time) string {
	within := func(by, at string) string {
		moment := func(t time.Time) string {
			return fmt.Sprintf("datetime(%q)", t.UTC().Format("2006-01-02T15:04:05.000Z"))
		}
		return fmt.Sprintf("%s == %q && %s >= %s && %s <= %s", by, row.ByID, at, moment(time.UnixMilli(set.Began)), at, moment(ended))
	}
	made := within(metadata.FieldCreatedBy, metadata.FieldCreatedAt)
	if set.column(metadata.FieldOwner) < 0 {
		return made
	}
	return "(" + made + " || " + within(metadata.FieldUpdatedBy, metadata.FieldUpdatedAt) + ")"
}

// ownersOf are the people, but for the importer, who own some of the records
// that an import gave, and see some of theirs.
func (s *Service) ownersOf(ctx context.Context, row *importRow, given, mine string) ([]string, error) {
	object, ok := s.records.Policy().Catalog().Object(row.Object)
	if !ok || object.Slot(metadata.FieldOwner) < 0 {
		return nil, nil
	}
	figures, err := s.records.Aggregate(ctx, access.System(), row.Object, query.Aggregate{
		Where: given, Groups: []query.GroupAsk{{Field: metadata.FieldOwner}}, Measures: []query.MeasureAsk{{As: "records", Function: "count"}}, Limit: query.MaxGroupRows,
	})
	if err != nil {
		return nil, err
	}
	var owners []string
	for _, group := range figures.Rows {
		owner, _ := group[0].(string)
		if owner == "" || owner == row.ByID {
			continue
		}
		person, err := s.people.ByID(ctx, owner, "import")
		if err != nil {
			return nil, err
		}
		if person == nil {
			continue
		}
		one := query.Query{Where: mine, Fields: []string{metadata.FieldID}, Limit: 1, Count: query.CountExact}
		seen, err := s.records.List(ctx, person, row.Object, one)
		switch {
		case fault.As(err) != nil: // the records are nothing for him
		case err != nil:
			return nil, err
		case *seen.Total > 0:
			owners = append(owners, owner)
		}
	}
	return owners, nil
}
