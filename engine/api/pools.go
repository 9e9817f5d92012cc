package api

import (
	"context"
	"net/http"

	"github.com/trellis-crm/trellis/engine/fault"
	"github.com/trellis-crm/trellis/engine/pool"
	"github.com/trellis-crm/trellis/engine/record"
	"github.com/trellis-crm/trellis/engine/store"
)

func (s *Server) poolRoutes() []Route {
	return []Route{
		{Method: http.MethodGet, Path: "/api/v1/pools", Summary: "The caller's pools of an object, with what waits there and his quotas", handle: s.ownPools},
		{Method: http.MethodPost, Path: "/api/v1/records/:object/:id/actions/claim", Summary: "Take a record out of its pool", handle: s.actOnRecord(pool.ActionClaim)},
		{Method: http.MethodPost, Path: "/api/v1/records/:object/:id/actions/release", Summary: "Give a record back to a pool", handle: s.actOnRecord(pool.ActionRelease)},
		{Method: http.MethodPost, Path: "/api/v1/records/:object/:id/actions/assign", Summary: "Give a record that waits in a pool to somebody", handle: s.actOnRecord(pool.ActionAssign)},
		{Method: http.MethodPost, Path: "/api/v1/records/:object/_claim", Summary: "Take records out of their pools", handle: s.actOnRecords(pool.ActionClaim)},
		{Method: http.MethodPost, Path: "/api/v1/records/:object/_release", Summary: "Give records back to a pool", handle: s.actOnRecords(pool.ActionRelease)},
		{Method: http.MethodPost, Path: "/api/v1/records/:object/_assign", Summary: "Give records that wait in pools to somebody", handle: s.actOnRecords(pool.ActionAssign)},
	}
}

// What each action takes.
type (
	releaseAsk struct {
		Pool   string `json:"pool"`
		Reason string `json:"reason"`
	}
	assignAsk struct {
		User string `json:"user"`
	}
	idsAsk struct {
		IDs []string `json:"ids"`
	}
	releaseManyAsk struct {
		IDs    []string `json:"ids"`
		Pool   string   `json:"pool"`
		Reason string   `json:"reason"`
	}
	assignManyAsk struct {
		IDs  []string `json:"ids"`
		User string   `json:"user"`
	}
)

func (s *Server) ownPools(r *request) error {
	faults := fault.New(fault.InvalidQuery)
	r.onlyParameters([]string{"object"}, faults)
	if r.Query("object") == "" {
		faults.At("/object", fault.Required)
	}
	if err := faults.OrNil(); err != nil {
		return err
	}
	mine, err := s.Pools.Mine(r.ctx, r.actor, r.Query("object"))
	if err != nil {
		return err
	}
	return r.data(http.StatusOK, mine)
}

// asked reads what an action on one record takes.
func (r *request) asked(action string) (ask pool.Ask, err error) {
	switch action {
	case pool.ActionRelease:
		var body releaseAsk
		if r.Request().Header.ContentLength() != 0 { // it needs no body
			err = r.into(smallBody, &body)
		}
		ask.Pool, ask.Reason = body.Pool, body.Reason
	case pool.ActionAssign:
		var body assignAsk
		err = r.into(smallBody, &body)
		ask.User = body.User
	}
	return ask, err
}

// askedOfMany reads what an action on many records takes.
func (r *request) askedOfMany(action string) (ids []string, ask pool.Ask, err error) {
	switch action {
	case pool.ActionRelease:
		var body releaseManyAsk
		err = r.into(smallBody, &body)
		ids, ask.Pool, ask.Reason = body.IDs, body.Pool, body.Reason
	case pool.ActionAssign:
		var body assignManyAsk
		err = r.into(smallBody, &body)
		ids, ask.User = body.IDs, body.User
	default:
		var body idsAsk
		err = r.into(smallBody, &body)
		ids = body.IDs
	}
	return ids, ask, err
}

func (s *Server) actOnRecord(action string) func(r *request) error {
	return func(r *request) error {
		if err := s.exists(r); err != nil {
			return err
		}
		ask, err := r.asked(action)
		if err != nil {
			return err
		}
		return s.once(r, http.StatusOK, func(options record.Options) (record.Body, error) {
			return body(s.Pools.Act(r.ctx, r.actor, action, r.Params("object"), r.Params("id"), ask, options))
		})
	}
}

func (s *Server) actOnRecords(action string) func(r *request) error {
	return func(r *request) error {
		ids, ask, err := r.askedOfMany(action)
		if err != nil {
			return err
		}
		return s.once(r, http.StatusOK, func(options record.Options) (record.Body, error) {
			answer := batchAnswer{Data: []batchOutcome{}}
			told := func(outcomes []record.Outcome) batchAnswer {
				for i, outcome := range outcomes {
					one := s.outcome(r, "update", outcome)
					one.ID = ids[i]
					answer.Data = append(answer.Data, one)
				}
				return answer
			}
			if finish := options.Finish; finish != nil {
				options.Finish = nil
				options.Whole = func(ctx context.Context, tx *store.Tx, outcomes []record.Outcome) error {
					answer.Data = nil
					return finish(ctx, tx, told(outcomes))
				}
				_, err := s.Pools.ActOnMany(r.ctx, r.actor, action, r.Params("object"), ids, ask, options)
				return answer, err
			}
			outcomes, err := s.Pools.ActOnMany(r.ctx, r.actor, action, r.Params("object"), ids, ask, options)
			return told(outcomes), err
		})
	}
}
