package api

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"

	"github.com/trellis-crm/trellis/engine/fault"
	"github.com/trellis-crm/trellis/engine/field"
	"github.com/trellis-crm/trellis/engine/query"
	"github.com/trellis-crm/trellis/engine/record"
	"github.com/trellis-crm/trellis/engine/store"
)

func (s *Server) recordRoutes() []Route {
	return []Route{
		{Method: http.MethodGet, Path: "/api/v1/records/:object", Summary: "List records", Remembers: true, handle: s.listRecords},
		{Method: http.MethodPost, Path: "/api/v1/records/:object", Summary: "Create a record", Remembers: true, handle: s.createRecord},
		{Method: http.MethodPost, Path: "/api/v1/records/:object/_query", Reads: true, Summary: "List records, asked in a body", Remembers: true, handle: s.queryRecords},
		{Method: http.MethodPost, Path: "/api/v1/records/:object/_aggregate", Reads: true, Summary: "Figures about records", Remembers: true, handle: s.aggregateRecords},
		{Method: http.MethodPost, Path: "/api/v1/records/:object/_batch", Summary: "Many writes at once", handle: s.batchRecords},
		{Method: http.MethodPost, Path: "/api/v1/records/:object/_duplicates", Reads: true, Summary: "Records that values may be duplicates of", handle: s.checkDuplicates},
		{Method: http.MethodPost, Path: "/api/v1/records/:object/_read_cells", Reads: true, Summary: "Read cells of a spreadsheet as values", handle: s.readCells},
		{Method: http.MethodGet, Path: "/api/v1/records/:object/:id", Summary: "Read a record", Remembers: true, handle: s.getRecord},
		{Method: http.MethodPatch, Path: "/api/v1/records/:object/:id", Summary: "Change a record", Remembers: true, handle: s.updateRecord},
		{Method: http.MethodDelete, Path: "/api/v1/records/:object/:id", Summary: "Delete a record", Remembers: true, handle: s.deleteRecord},
		{Method: http.MethodPost, Path: "/api/v1/records/:object/:id/restore", Summary: "Restore a deleted record", Remembers: true, handle: s.restoreRecord},
		{Method: http.MethodGet, Path: "/api/v1/records/:object/:id/changes", Summary: "The history of a record", Remembers: true, handle: s.recordChanges},
	}
}

// listParameters are what the query string of a list may hold.
func listParameters() []string {
	return []string{"where", "sort", "fields", "expand", "limit", "cursor", "offset", "count", "view", "q"}
}

func (r *request) onlyParameters(known []string, faults *fault.Fault) {
	for key := range r.Context().QueryArgs().All() {
		name := string(key)
		if !slices.Contains(known, name) {
			faults.At(fault.Pointer(name), fault.UnknownField, "field", name)
		}
	}
}

func (s *Server) listRecords(r *request) error {
	faults := fault.New(fault.InvalidQuery)
	r.onlyParameters(listParameters(), faults)
	q := query.Query{
		Where: r.Query("where"), Sort: r.list("sort"), Fields: r.list("fields"), Expand: r.list("expand"),
		Limit: r.number("limit", faults), Offset: r.number("offset", faults), Cursor: r.Query("cursor"),
		Count: r.Query("count"), View: r.Query("view"), Search: r.Query("q"),
	}
	if err := faults.OrNil(); err != nil {
		return err
	}
	return s.list(r, q)
}

func (s *Server) list(r *request, q query.Query) error {
	page, err := s.Records.List(r.ctx, r.actor, r.Params("object"), q)
	if err != nil {
		return err
	}
	return r.answer(http.StatusOK, page)
}

func (s *Server) queryRecords(r *request) error {
	var ask struct {
		Where  string `json:"where"`
		Sort   names  `json:"sort"`
		Fields names  `json:"fields"`
		Expand names  `json:"expand"`
		Limit  int    `json:"limit"`
		Offset int    `json:"offset"`
		Cursor string `json:"cursor"`
		Count  string `json:"count"`
		View   string `json:"view"`
		Search string `json:"q"`
	}
	if err := r.into(smallBody, &ask); err != nil {
		return err
	}
	return s.list(r, query.Query{
		Where: ask.Where, Sort: ask.Sort, Fields: ask.Fields, Expand: ask.Expand, Limit: ask.Limit, Offset: ask.Offset,
		Cursor: ask.Cursor, Count: ask.Count, View: ask.View, Search: ask.Search,
	})
}

// names is a list of names, written as a JSON list or as in a query string.
type names []string

// UnmarshalJSON reads ["a", "b"] like "a,b".
func (n *names) UnmarshalJSON(raw []byte) error {
	if len(raw) > 0 && raw[0] != '"' {
		return json.Unmarshal(raw, (*[]string)(n)) //nolint:wrapcheck // judged by the decoder that called
	}
	var text string
	if err := json.Unmarshal(raw, &text); err != nil {
		return err //nolint:wrapcheck // judged by the decoder that called
	}
	*n = splitNames(text)
	return nil
}

func (s *Server) getRecord(r *request) error {
	faults := fault.New(fault.InvalidQuery)
	r.onlyParameters([]string{"fields", "expand"}, faults)
	if err := faults.OrNil(); err != nil {
		return err
	}
	answer, err := s.Records.Get(r.ctx, r.actor, r.Params("object"), r.Params("id"), query.Query{Fields: r.list("fields"), Expand: r.list("expand")})
	if err != nil {
		return err
	}
	return r.record(http.StatusOK, answer)
}

func (s *Server) createRecord(r *request) error {
	values, err := r.values(smallBody)
	if err != nil {
		return err
	}
	confirmed, err := r.confirmed()
	if err != nil {
		return err
	}
	return s.once(r, http.StatusCreated, func(options record.Options) (record.Body, error) {
		options.Confirmed = confirmed
		return body(s.Records.Create(r.ctx, r.actor, r.Params("object"), values, options))
	})
}

func (s *Server) updateRecord(r *request) error {
	if err := s.exists(r); err != nil {
		return err
	}
	version, err := r.ifMatch()
	if err != nil {
		return err
	}
	patch, err := r.values(smallBody)
	if err != nil {
		return err
	}
	confirmed, err := r.confirmed()
	if err != nil {
		return err
	}
	return s.once(r, http.StatusOK, func(options record.Options) (record.Body, error) {
		options.Confirmed = confirmed
		return body(s.Records.Update(r.ctx, r.actor, r.Params("object"), r.Params("id"), version, patch, options))
	})
}

// exists lets a body be judged only when it is about something: 404 goes
// before 400. A malformed id is no record's.
func (s *Server) exists(r *request) error {
	if _, item := field.ParseID(r.Params("id")); item != nil {
		return fault.New(fault.NotFound)
	}
	return nil
}

func (s *Server) deleteRecord(r *request) error {
	version, err := r.ifMatch()
	if err != nil {
		return err
	}
	if err := s.exists(r); err != nil {
		return err
	}
	return s.once(r, http.StatusNoContent, func(options record.Options) (record.Body, error) {
		return record.Nothing{}, s.Records.Delete(r.ctx, r.actor, r.Params("object"), r.Params("id"), version, options)
	})
}

func (s *Server) restoreRecord(r *request) error {
	if err := s.exists(r); err != nil {
		return err
	}
	var ask struct {
		Values map[string]any `json:"values"`
	}
	if r.Request().Header.ContentLength() != 0 { // it needs no body
		if err := r.into(smallBody, &ask); err != nil {
			return err
		}
	}
	return s.once(r, http.StatusOK, func(options record.Options) (record.Body, error) {
		return body(s.Records.Restore(r.ctx, r.actor, r.Params("object"), r.Params("id"), ask.Values, options))
	})
}

// body keeps a nil answer from becoming a body.
func body[Answer record.Body](answer Answer, err error) (record.Body, error) {
	if err != nil {
		return nil, err
	}
	return answer, nil
}

func (s *Server) aggregateRecords(r *request) error {
	var ask query.Aggregate
	if err := r.into(smallBody, &ask); err != nil {
		return err
	}
	figures, err := s.Records.Aggregate(r.ctx, r.actor, r.Params("object"), ask)
	if err != nil {
		return err
	}
	return r.answer(http.StatusOK, figures)
}

func (s *Server) batchRecords(r *request) error {
	ask, err := r.batch()
	if err != nil {
		return err
	}
	if len(ask.Operations) > record.MaxBatch {
		return fault.New(fault.TooManyOperations, "max", record.MaxBatch)
	}
	confirmed, err := r.confirmed()
	if err != nil {
		return err
	}
	if ask.DryRun {
		return s.rehearse(r, ask.Operations, ask.Atomic, confirmed)
	}
	if r.Get(idempotencyKey) != "" {
		return s.batchOnce(r, ask.Operations, ask.Atomic, confirmed)
	}
	outcomes, err := s.Records.Batch(r.ctx, r.actor, r.Params("object"), ask.Operations, ask.Atomic, record.Options{Confirmed: confirmed})
	if err != nil {
		return err
	}
	return r.answer(http.StatusOK, s.outcomes(r, ask.Operations, outcomes))
}

// rehearse tells what a batch would do. What it would create has no id.
func (s *Server) rehearse(r *request, operations []record.Operation, atomic, confirmed bool) error {
	outcomes, err := s.Records.Rehearse(r.ctx, r.actor, r.Params("object"), operations, atomic, record.Options{Confirmed: confirmed})
	if err != nil {
		return err
	}
	answer := s.outcomes(r, operations, outcomes)
	for i := range answer.Data {
		if answer.Data[i].Status == http.StatusCreated {
			answer.Data[i].ID = ""
		}
	}
	return r.answer(http.StatusOK, answer)
}

// batchAnswer is the answer of a batch: one outcome an operation, in order.
type batchAnswer struct {
	Data []batchOutcome `json:"data"`
}

type batchOutcome struct {
	Status  int           `json:"status"`
	ID      string        `json:"id,omitempty"`
	Version int64         `json:"version,omitempty"`
	Code    fault.Code    `json:"code,omitempty"`
	Errors  []problemItem `json:"errors,omitempty"`
}

// AppendJSON appends the answer.
func (a batchAnswer) AppendJSON(dst []byte) []byte { return record.AppendValue(dst, a) }

func (s *Server) outcomes(r *request, operations []record.Operation, outcomes []record.Outcome) batchAnswer {
	answer := batchAnswer{Data: make([]batchOutcome, len(outcomes))}
	for i, outcome := range outcomes {
		answer.Data[i] = s.outcome(r, operations[i].Op, outcome)
	}
	return answer
}

func (s *Server) outcome(r *request, op string, outcome record.Outcome) batchOutcome {
	if outcome.Err != nil {
		f := s.faultOf(r.Ctx, outcome.Err)
		failed := batchOutcome{Status: status(f.Code), Code: f.Code, Errors: []problemItem{}}
		for _, item := range f.Items {
			failed.Errors = append(failed.Errors, problemItem{Pointer: item.Pointer, Code: item.Code, Message: fault.Text(r.language, item.Code, item.Params), Params: item.Params})
		}
		if len(f.Items) == 0 {
			failed.Errors = append(failed.Errors, problemItem{Code: f.Code, Message: fault.Text(r.language, f.Code, f.Params)})
		}
		return failed
	}
	done := batchOutcome{Status: http.StatusOK, ID: outcome.Change.ID, Version: outcome.Change.Version()}
	switch {
	case outcome.Change.Action == record.Created:
		done.Status = http.StatusCreated
	case op == "delete":
		done.Status = http.StatusNoContent
	}
	return done
}

// batchOnce applies a batch with an Idempotency-Key: an atomic one as a whole,
// another operation by operation, each remembered by itself.
func (s *Server) batchOnce(r *request, operations []record.Operation, atomic, confirmed bool) error {
	if atomic {
		return s.once(r, http.StatusOK, func(options record.Options) (record.Body, error) {
			var answer batchAnswer
			finish := options.Finish
			options.Finish, options.Confirmed = nil, confirmed
			options.Whole = func(ctx context.Context, tx *store.Tx, outcomes []record.Outcome) error {
				answer = s.outcomes(r, operations, outcomes)
				return finish(ctx, tx, answer)
			}
			_, err := s.Records.Batch(r.ctx, r.actor, r.Params("object"), operations, true, options)
			return answer, err
		})
	}
	answer := batchAnswer{Data: make([]batchOutcome, len(operations))}
	for i := range operations {
		outcome, err := s.operationOnce(r, operations[i], i, confirmed)
		if err != nil {
			return err
		}
		answer.Data[i] = outcome
	}
	return r.answer(http.StatusOK, answer)
}

func (s *Server) operationOnce(r *request, operation record.Operation, i int, confirmed bool) (batchOutcome, error) {
	key := s.onceKey(r, "#"+strconv.Itoa(i))
	stored, err := key.stored(r.ctx, s.Store)
	if err != nil {
		return batchOutcome{}, err
	}
	if stored != nil {
		return storedOutcome(stored)
	}
	var done batchOutcome
	options := record.Options{Confirmed: confirmed, Whole: func(ctx context.Context, tx *store.Tx, outcomes []record.Outcome) error {
		done = s.outcome(r, operation.Op, outcomes[0])
		raw, err := json.Marshal(done)
		if err != nil {
			return err //nolint:wrapcheck // a struct of ours
		}
		return key.keep(ctx, tx, http.StatusOK, nil, raw, s.Clock.Now())
	}}
	outcomes, err := s.Records.Batch(r.ctx, r.actor, r.Params("object"), []record.Operation{operation}, false, options)
	if err != nil {
		return batchOutcome{}, err
	}
	if fault.Is(outcomes[0].Err, fault.Duplicate) {
		if stored, err = key.settled(r.ctx, s.Store); err != nil {
			return batchOutcome{}, err
		}
		if stored != nil {
			return storedOutcome(stored)
		}
	}
	return s.outcome(r, operation.Op, outcomes[0]), nil
}

func storedOutcome(stored *storedAnswer) (batchOutcome, error) {
	var outcome batchOutcome
	if err := json.Unmarshal(stored.Body, &outcome); err != nil {
		return outcome, fmt.Errorf("read a stored answer: %w", err)
	}
	return outcome, nil
}

func (s *Server) recordChanges(r *request) error {
	faults := fault.New(fault.InvalidQuery)
	limit, before := r.number("limit", faults), r.number("cursor", faults)
	if err := faults.OrNil(); err != nil {
		return err
	}
	if err := s.exists(r); err != nil {
		return err
	}
	history, err := s.Records.Changes(r.ctx, r.actor, r.Params("object"), r.Params("id"), int64(before), limit)
	if err != nil {
		return err
	}
	return r.answer(http.StatusOK, history)
}
