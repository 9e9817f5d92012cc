package catalog

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/trellis-crm/trellis/engine/access"
	"github.com/trellis-crm/trellis/engine/fault"
	"github.com/trellis-crm/trellis/engine/metadata"
	"github.com/trellis-crm/trellis/engine/store"
)

// Revision is one entry of the catalog's history.
type Revision struct {
	Revision int64     `json:"revision"`
	At       time.Time `json:"at"`
	By       *string   `json:"by"`
	Note     string    `json:"note"`
	Changes  []Change  `json:"changes"`
}

// Revisions gives the history of the catalog, newest first: those before a
// revision (0: all), at most limit.
func (s *Service) Revisions(ctx context.Context, before int64, limit int) ([]Revision, error) {
	if limit < 1 || limit > 200 {
		return nil, fault.New(fault.InvalidQuery).At("/limit", fault.OutOfRange, "min", 1, "max", 200)
	}
	where, args := "revision > ?", []any{0}
	if before > 0 {
		where, args = "revision < ?", []any{before}
	}
	rows, err := store.Find[revisionRow](ctx, s.store, store.Selection{Where: where, Args: args, Order: "revision desc", Limit: limit})
	if err != nil {
		return nil, fmt.Errorf("read the revisions: %w", err)
	}
	revisions := make([]Revision, len(rows))
	for i, row := range rows {
		revisions[i] = Revision{Revision: row.Revision, At: time.UnixMilli(row.At).UTC(), By: row.ByID, Note: row.Note}
		if err := json.Unmarshal([]byte(row.Changes), &revisions[i].Changes); err != nil {
			return nil, fmt.Errorf("read revision %d: %w", row.Revision, err)
		}
	}
	return revisions, nil
}

// Restore makes the definitions as they were at a revision the newest ones, as
// a new revision. What had been set aside since comes back with its values.
// Faults: unknown_revision, and those of Apply.
func (s *Service) Restore(ctx context.Context, actor *access.Actor, revision int64, allow []string, finish Finish) (*Result, error) {
	return s.change(ctx, actor, func(ctx context.Context, reader store.Source) (Request, error) {
		request, err := s.backTo(ctx, reader, revision)
		request.Allow = allow
		return request, err
	}, finish)
}

// backTo is the request that makes the catalog as it was at a revision.
func (s *Service) backTo(ctx context.Context, reader store.Reader, revision int64) (Request, error) {
	var count int64
	if err := reader.QueryRow(ctx, "SELECT count(*) FROM sys_revision WHERE revision = ?", revision).Scan(&count); err != nil {
		return Request{}, fmt.Errorf("look for revision %d: %w", revision, err)
	}
	if count == 0 {
		return Request{}, fault.New(fault.UnknownRevision, "revision", revision)
	}
	then, err := s.definitionsOf(ctx, reader, revision)
	if err != nil {
		return Request{}, err
	}
	now, err := s.load(ctx, reader)
	if err != nil {
		return Request{}, err
	}
	request := Request{Note: fmt.Sprintf("restore %d", revision)}
	kept := map[metadata.Key]bool{}
	for _, definition := range then {
		kept[definition.Key] = true
		request.Definitions = append(request.Definitions, definition.Document)
	}
	for _, definition := range now.Definitions() {
		if !kept[definition.Key] {
			request.Delete = append(request.Delete, definition.Key)
		}
	}
	return request, nil
}

// At gives a definition as it was at a revision. Fault: not_found.
func (s *Service) At(ctx context.Context, revision int64, key metadata.Key) (metadata.Definition, error) {
	definitions, err := s.definitionsOf(ctx, s.store, revision)
	if err != nil {
		return metadata.Definition{}, err
	}
	for _, definition := range definitions {
		if definition.Key == key {
			return definition, nil
		}
	}
	return metadata.Definition{}, fault.New(fault.NotFound)
}
