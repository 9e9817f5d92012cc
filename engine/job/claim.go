package job

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/trellis-crm/trellis/engine/store"
)

// due says whether a claim would find something, or change something, so that
// an idle server writes nothing.
const due = `select 1 from sys_job where queue = ? and state = 'ready'
	union all select 1 from sys_job where state = 'waiting' and run_at <= ?
	union all select 1 from sys_job where state = 'running' and lease_until < `

// claim takes up to n jobs of a queue into the hands of token.
func (r *Runner) claim(ctx context.Context, queue string, n int, token string) ([]*Running, error) {
	now := r.store.Clock().Now().UnixMilli()
	var some int
	err := r.store.QueryRow(ctx, due+r.milliseconds+" limit 1", queue, now).Scan(&some)
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("looking for jobs: %w", err)
	}
	var claimed []*Running
	err = r.store.Write(ctx, store.Interactive, func(ctx context.Context, tx *store.Tx) error {
		claimed = nil
		if err := r.rescue(ctx, tx); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, "update sys_job set state = 'ready' where state = 'waiting' and run_at <= ?", tx.Now().UnixMilli()); err != nil {
			return err
		}
		claimed, err = r.take(ctx, tx, queue, n, token)
		return err
	})
	if store.AsViolation(err, store.UniqueViolation) != nil {
		return nil, nil //nolint:nilerr // another worker took a job with the same serial key at the same time
	}
	if err != nil {
		return nil, fmt.Errorf("claiming jobs: %w", err)
	}
	return claimed, nil
}

// rescue takes jobs from workers whose lease ended. One that was tried often
// enough is dead: it may be what ended its workers.
func (r *Runner) rescue(ctx context.Context, tx *store.Tx) error {
	rows, err := tx.Query(ctx, `update sys_job set lease_until = null, locked_by = null,
		state = case when canceled then 'canceled' when attempt >= max_attempts then 'dead' else 'ready' end,
		finished_at = case when canceled or attempt >= max_attempts then cast(? as bigint) end,
		error = '`+errSilent.Error()+`'
		where id in (select id from sys_job where state = 'running' and lease_until < `+r.milliseconds+tx.Dialect().SkipLocked()+`)
		returning id, kind, payload, attempt, state`,
		tx.Now().UnixMilli())
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }() // a second time, or after an error
	var dead []*Running
	for rows.Next() {
		var j Running
		var payload string
		var state State
		if err := rows.Scan(&j.ID, &j.Kind, &payload, &j.Attempt, &state); err != nil {
			return err
		}
		if j.Payload = json.RawMessage(payload); state == Dead {
			dead = append(dead, &j)
		}
	}
	if err := errors.Join(rows.Err(), rows.Close()); err != nil {
		return err
	}
	for _, j := range dead {
		r.bury(ctx, tx, j, errSilent)
	}
	return nil
}

var errSilent = errors.New("the worker stopped without a word")

// bury tells the kind of a job that the job is dead. A job stays dead whatever
// its kind makes of it.
func (r *Runner) bury(ctx context.Context, tx *store.Tx, j *Running, cause error) {
	r.log.Error("a job is dead", "id", j.ID, "kind", j.Kind, "attempt", j.Attempt, "error", cause)
	k, _ := r.config.Kinds.Get(j.Kind)
	mortal, ok := k.(Mortal)
	if !ok {
		return
	}
	if err := tx.Try(ctx, func(ctx context.Context) error { return mortal.Died(ctx, tx, j) }); err != nil {
		r.log.Error("a dead job was not told of", "id", j.ID, "kind", j.Kind, "error", err)
	}
}

// take claims the jobs that go next. Of those with the same serial key only
// the first that is not finished may.
func (r *Runner) take(ctx context.Context, tx *store.Tx, queue string, n int, token string) ([]*Running, error) {
	rows, err := tx.Query(ctx, `with next as materialized (
			select id from sys_job j where queue = ? and state = 'ready' and (serial_key is null or not exists (
				select 1 from sys_job e where e.serial_key = j.serial_key and e.serial_key is not null
				and e.state in ('waiting', 'ready', 'running') and (e.id < j.id or e.state = 'running')))
			order by priority, run_at, id limit ?`+tx.Dialect().SkipLocked()+`)
		update sys_job set state = 'running', attempt = attempt + 1, locked_by = ?, lease_until = `+r.milliseconds+` + ?
		where id in (select id from next)
		returning id, kind, payload, attempt, max_attempts, run_at, priority`,
		queue, int64(n), token, r.lease.Milliseconds())
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }() // Err below has said what there is to say
	type ordered struct {
		*Running
		priority int64
	}
	var found []ordered
	for rows.Next() {
		j := ordered{Running: &Running{store: r.store, token: token}}
		var runAt int64
		var payload string
		if err := rows.Scan(&j.ID, &j.Kind, &payload, &j.Attempt, &j.maxAttempts, &runAt, &j.priority); err != nil {
			return nil, err
		}
		j.Payload, j.RunAt = json.RawMessage(payload), time.UnixMilli(runAt).UTC()
		found = append(found, j)
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	slices.SortFunc(found, func(a, b ordered) int { // "returning" has no order
		if a.priority != b.priority {
			return int(a.priority - b.priority)
		}
		if c := a.RunAt.Compare(b.RunAt); c != 0 {
			return c
		}
		return int(a.ID - b.ID)
	})
	jobs := make([]*Running, len(found))
	for i, j := range found {
		jobs[i] = j.Running
	}
	return jobs, nil
}

// settle writes down how a run ended. ErrLost means that another worker has
// the job, and this run does not count.
func (r *Runner) settle(ctx context.Context, j *Running, outcome error, cause error) error {
	if j.completed.Load() {
		return nil
	}
	return r.store.Write(ctx, store.Interactive, func(ctx context.Context, tx *store.Tx) error {
		now := tx.Now()
		var pause snooze
		var lasting fatal
		switch {
		case outcome == nil:
			return j.set(ctx, tx, "state = 'done', error = null, lease_until = null, finished_at = ?", now.UnixMilli())
		case errors.Is(cause, ErrCanceled):
			return j.set(ctx, tx, "state = 'canceled', error = ?, lease_until = null, finished_at = ?", brief(outcome), now.UnixMilli())
		case errors.Is(cause, ErrStopping):
			tx.Notify(Channel)
			return j.set(ctx, tx, "state = 'ready', attempt = attempt - 1, lease_until = null, locked_by = null")
		case errors.As(outcome, &pause):
			return j.set(ctx, tx, "state = 'waiting', attempt = attempt - 1, run_at = ?, lease_until = null, locked_by = null",
				now.Add(pause.pause).UnixMilli())
		case errors.As(outcome, &lasting), j.Attempt >= j.maxAttempts:
			if err := j.set(ctx, tx, "state = 'dead', error = ?, lease_until = null, finished_at = ?", brief(outcome), now.UnixMilli()); err != nil {
				return err
			}
			r.bury(ctx, tx, j, outcome)
			return nil
		}
		r.log.Warn("a job failed", "id", j.ID, "kind", j.Kind, "attempt", j.Attempt, "error", outcome)
		return j.set(ctx, tx, "state = 'waiting', error = ?, run_at = ?, lease_until = null, locked_by = null",
			brief(outcome), now.Add(r.backoff(j.Attempt)).UnixMilli())
	})
}

// brief is the text of an error that is stored.
func brief(err error) string {
	const most = 2000
	text := strings.ToValidUTF8(strings.ReplaceAll(err.Error(), "\x00", ""), "")
	if len(text) > most {
		text = strings.ToValidUTF8(text[:most], "")
	}
	return text
}

// extend prolongs the leases of the runs with these tokens, and gives the jobs
// that are still in our hands, each with whether it was canceled.
func (r *Runner) extend(ctx context.Context, tokens []string) (map[int64]bool, error) {
	held := map[int64]bool{}
	err := r.store.Write(ctx, store.Interactive, func(ctx context.Context, tx *store.Tx) error {
		clear(held)
		args := []any{r.lease.Milliseconds()}
		for _, token := range tokens {
			args = append(args, token)
		}
		rows, err := tx.Query(ctx, "update sys_job set lease_until = "+r.milliseconds+" + ? where state = 'running' and locked_by in (?"+
			strings.Repeat(", ?", len(tokens)-1)+") returning id, canceled", args...)
		if err != nil {
			return err
		}
		defer func() { _ = rows.Close() }() // Err below has said what there is to say
		for rows.Next() {
			var id int64
			var canceled bool
			if err := rows.Scan(&id, &canceled); err != nil {
				return err
			}
			held[id] = canceled
		}
		return rows.Err()
	})
	if err != nil {
		return nil, fmt.Errorf("extending leases: %w", err)
	}
	return held, nil
}
