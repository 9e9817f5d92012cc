package transfer

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"

	"github.com/trellis-crm/trellis/engine/access"
	"github.com/trellis-crm/trellis/engine/clock"
	"github.com/trellis-crm/trellis/engine/fault"
	"github.com/trellis-crm/trellis/engine/job"
	"github.com/trellis-crm/trellis/engine/metadata"
	"github.com/trellis-crm/trellis/engine/record"
	"github.com/trellis-crm/trellis/engine/store"
)

const importKind = "import"

// importPayload says which import, and what to do with it.
type importPayload struct {
	ID    string `json:"id"`
	Stage string `json:"stage"`
}

var _ job.Mortal = importJob{}

// importJob works on imports.
type importJob struct{ service *Service }

// Name is the kind's name.
func (importJob) Name() string { return importKind }

// chunkRows is how many rows share one transaction.
const chunkRows = 100

// Run does one stage of an import. Each transaction holds the records of some
// rows, what became of the rows, and how far the import is, so that a run that
// was broken off goes on where it was.
func (k importJob) Run(ctx context.Context, running *job.Running) error {
	var payload importPayload
	if err := running.Decode(&payload); err != nil {
		return err
	}
	row, err := store.First[importRow](ctx, k.service.store, "id = ?", payload.ID)
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("read an import: %w", err)
	}
	if payload.Stage == stageTell {
		return k.service.tellOwners(ctx, running, row)
	}
	if row.State != workingState(payload.Stage) {
		return nil // canceled before it began
	}
	actor, err := k.service.people.ByID(ctx, row.ByID, "import")
	if err != nil {
		return err
	}
	stage := &stage{service: k.service, running: running, row: row, actor: actor, dry: payload.Stage == stagePlan}
	if err = stage.prepare(); err == nil {
		if payload.Stage == stageUndo {
			err = stage.undo(ctx)
		} else {
			err = stage.rows(ctx)
		}
	}
	if f := fault.As(err); f != nil && ctx.Err() == nil {
		return stage.fail(ctx, f)
	}
	return err
}

// workingState is the state of an import while a stage is under way.
func workingState(stage string) string {
	switch stage {
	case stagePlan:
		return Planning
	case stageUndo:
		return Undoing
	default:
		return Working
	}
}

// Died ends an import whose work failed too often.
func (importJob) Died(ctx context.Context, tx *store.Tx, dead *job.Running) error {
	var payload importPayload
	if err := dead.Decode(&payload); err != nil {
		return err
	}
	if payload.Stage == stageRun {
		if err := job.Enqueue(tx, stageJob(payload.ID, stageTell)); err != nil {
			return fmt.Errorf("enqueue what follows an import: %w", err)
		}
	}
	_, err := store.Update[importRow](ctx, tx, gaveUp(), "job = ? AND state IN ?", dead.ID, []string{Planning, Working, Undoing})
	if err != nil {
		return fmt.Errorf("end an import: %w", err)
	}
	return nil
}

// gaveUp is what changes of a transfer that the server could not finish.
func gaveUp() map[string]any {
	return map[string]any{"state": Failed, "fault": `{"code":"` + string(fault.GaveUp) + `"}`}
}

// stage is one stage of an import under work.
type stage struct {
	service  *Service
	running  *job.Running
	row      *importRow
	actor    *access.Actor
	dry      bool
	set      settings
	progress Progress
	counts   Counts
	seen     map[uint64]bool // the match keys of the rows before
	claimed  claims          // by the rows before, in a plan
	claiming claims          // by the rows of the transaction
	links    *links
	making   map[string]string // ids of the records made for lookups in the transaction, by object and name
	made     []outcome         // and what is kept of them
	// rehearsed are those that a plan has counted: it makes them in each of its
	// transactions anew.
	rehearsed map[int]bool
}

func (s *stage) prepare() error {
	if s.actor == nil {
		return fault.New(fault.Forbidden)
	}
	var err error
	if s.set, err = s.row.settings(); err != nil {
		return err
	}
	s.actor.Language, s.actor.Limit = s.set.Language, s.set.Limit
	if zone, err := clock.Zone(s.set.Zone); err == nil {
		s.actor.Zone = zone
	}
	for text, into := range map[*string]any{s.row.Progress: &s.progress, s.row.Counts: &s.counts} {
		if text == nil {
			continue
		}
		if err := json.Unmarshal([]byte(*text), into); err != nil {
			return fmt.Errorf("read an import: %w", err)
		}
	}
	s.rehearsed = map[int]bool{}
	s.seen, s.claimed, s.links = map[uint64]bool{}, claims{}, newLinks(s.row.Object)
	return nil
}

// stillMay reads who imports anew, because his rights may have been taken from
// him while the import runs.
func (s *stage) stillMay(ctx context.Context) error {
	actor, err := s.service.people.ByID(ctx, s.row.ByID, "import")
	if err != nil {
		return err
	}
	if actor == nil {
		return fault.New(fault.Forbidden)
	}
	actor.Language, actor.Zone, actor.Limit = s.actor.Language, s.actor.Zone, s.actor.Limit
	s.actor = actor
	can, err := s.service.records.Policy().Can(actor, AbilityImport)
	if err != nil {
		return err
	}
	if !can {
		return fault.New(fault.MissingAbility, "ability", AbilityImport)
	}
	return nil
}

// outcome is what became of one row.
type outcome struct {
	number int
	state  string
	record string
	undo   *undoing
	row    numbered
	err    error
}

// The states of a row.
const (
	rowCreate   = "create"
	rowUpdate   = "update"
	rowSkip     = "skip"
	rowConflict = "conflict"
	rowError    = "error"
	rowLeftOut  = "left_out"
)

// rows works through the rows of the file.
func (s *stage) rows(ctx context.Context) (err error) {
	rows, err := s.service.numberedRows(ctx, s.row, &s.set)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	s.progress.Total = s.set.File.Rows
	var chunk []numbered
	for {
		row, err := rows.next(ctx)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		if row.number <= s.progress.Done {
			s.remember(row)
			continue
		}
		if chunk = append(chunk, row); len(chunk) == chunkRows {
			if err := s.chunk(ctx, chunk, false); err != nil {
				return err
			}
			chunk = chunk[:0]
		}
	}
	return s.chunk(ctx, chunk, true)
}

// errRehearsed ends the transaction of a plan, which keeps nothing.
var errRehearsed = errors.New("only rehearsed")

// chunk works on some rows in one transaction; when the database refuses one
// of them, on each in its own.
func (s *stage) chunk(ctx context.Context, rows []numbered, last bool) error {
	if err := s.stillMay(ctx); err != nil {
		return err
	}
	err := s.together(ctx, rows, last)
	if fault.As(err) == nil {
		return err
	}
	for i, row := range rows {
		last := last && i == len(rows)-1
		err := s.together(ctx, rows[i:i+1], last)
		if f := fault.As(err); f != nil {
			refused := outcome{number: row.number, state: rowError, row: row, err: f}
			if f.Code == fault.Duplicate {
				refused.state = rowConflict
			}
			err = s.keep(ctx, nil, []outcome{refused}, last)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// together works on rows in one transaction. A plan undoes it again, and keeps
// only what became of them.
func (s *stage) together(ctx context.Context, rows []numbered, last bool) error {
	var outcomes []outcome
	before := s.counts
	err := s.service.records.Transact(ctx, s.actor, store.Bulk, func(ctx context.Context, w *record.Work) error {
		w.Confirmed = true // nobody is there to be asked
		outcomes = outcomes[:0]
		s.counts = before
		s.claiming = claims{}
		s.making, s.made = map[string]string{}, nil
		keys := map[uint64]bool{}
		for _, row := range rows {
			result, err := s.one(ctx, w, row, keys)
			if err != nil {
				return err
			}
			outcomes = append(outcomes, result)
		}
		outcomes = append(outcomes, s.made...)
		if s.dry {
			if err := w.Flush(ctx); err != nil {
				return err
			}
			return errRehearsed
		}
		return s.keep(ctx, w.Tx, outcomes, last)
	})
	if errors.Is(err, errRehearsed) {
		err = s.keep(ctx, nil, outcomes, last)
	}
	if err == nil {
		maps.Copy(s.claimed, s.claiming)
		if !s.dry {
			s.links.add(s.making)
		}
		for _, row := range rows {
			s.remember(row)
		}
	}
	return err
}

// one works on one row. A refusal is the row's outcome; other errors are the
// import's.
func (s *stage) one(ctx context.Context, w *record.Work, row numbered, keys map[uint64]bool) (outcome, error) {
	result := outcome{number: row.number, row: row}
	if row.leftOut {
		result.state = rowLeftOut
		return result, nil
	}
	change, err := s.apply(ctx, w, row, keys)
	if err == nil && s.dry {
		err = s.claim(change)
	}
	switch f := fault.As(err); {
	case f != nil && (f.Code == fault.Ambiguous || f.Code == fault.Duplicate || f.Code == fault.DuplicateRow):
		result.state, result.err = rowConflict, f
	case f != nil:
		result.state, result.err = rowError, f
	case err != nil:
		return result, err
	case change.Action == record.Created:
		result.state, result.record = rowCreate, change.ID
		result.undo = &undoing{Version: change.Version()}
	case len(change.Changed) == 0:
		result.state, result.record = rowSkip, change.ID
	default:
		result.state, result.record = rowUpdate, change.ID
		result.undo = newUndoing(change)
	}
	return result, nil
}

func (s *stage) apply(ctx context.Context, w *record.Work, row numbered, keys map[uint64]bool) (*record.Change, error) {
	object, ok := w.Policy.Catalog().Object(s.row.Object)
	if !ok {
		return nil, fault.New(fault.NotFound)
	}
	values, err := s.values(ctx, w, object, row.cells)
	if err != nil {
		return nil, err
	}
	if key, ok := s.key(row); ok {
		if s.seen[key] || keys[key] {
			return nil, fault.New(fault.DuplicateRow)
		}
		keys[key] = true
	}
	id := ""
	if len(s.set.Match) > 0 {
		if id, err = w.Match(ctx, object.Name, s.set.Match, values); err != nil {
			return nil, err
		}
	}
	delete(values, metadata.FieldID)
	if id == "" {
		return w.Create(ctx, object.Name, values)
	}
	if err := s.onExisting(ctx, w, object, id, values); err != nil {
		return nil, err
	}
	return w.Update(ctx, object.Name, id, nil, values)
}

// keep stores what became of rows and how far the import is, in the
// transaction of the records, or in its own.
func (s *stage) keep(ctx context.Context, tx *store.Tx, outcomes []outcome, last bool) error {
	if tx == nil {
		return s.service.store.Write(ctx, store.Bulk, func(ctx context.Context, tx *store.Tx) error {
			return s.keep(ctx, tx, outcomes, last)
		})
	}
	counts, progress := s.counts, s.progress
	for _, result := range outcomes {
		if result.number < 0 { // made for a lookup
			if s.dry && s.rehearsed[result.number] {
				continue
			}
			s.rehearsed[result.number] = true
			counts.Made++
			if s.dry {
				continue
			}
		} else {
			counts.add(result.state)
			progress.Done = result.number
		}
		if err := s.keepRow(tx, result); err != nil {
			return err
		}
	}
	state := Working
	if s.dry {
		state = Planning
	}
	if last {
		progress.Done = progress.Total
		state = map[bool]string{true: Planned, false: Done}[s.dry]
	}
	if err := s.save(ctx, tx, state, progress, counts); err != nil {
		return err
	}
	tx.OnCommit(func() { s.counts, s.progress = counts, progress })
	if !last {
		return s.running.Advance(ctx, tx)
	}
	if !s.dry {
		if err := errors.Join(job.AnalyzeSoon(tx), job.Enqueue(tx, stageJob(s.row.ID, stageTell))); err != nil {
			return fmt.Errorf("enqueue what follows an import: %w", err)
		}
	}
	return s.running.Complete(ctx, tx)
}

func (s *stage) save(ctx context.Context, tx *store.Tx, state string, progress Progress, counts Counts) error {
	rawProgress, err := json.Marshal(progress)
	if err != nil {
		return fmt.Errorf("write an import: %w", err)
	}
	rawCounts, err := json.Marshal(counts)
	if err != nil {
		return fmt.Errorf("write an import: %w", err)
	}
	count, err := store.Update[importRow](ctx, tx, map[string]any{"state": state, "progress": string(rawProgress), "counts": string(rawCounts)}, "id = ? AND state = ?", s.row.ID, s.row.State)
	if err != nil {
		return fmt.Errorf("write an import: %w", err)
	}
	if count == 0 {
		return job.ErrCanceled
	}
	return nil
}

func (s *stage) keepRow(tx *store.Tx, result outcome) error {
	var id, values, errorsText any
	if result.record != "" && !s.dry {
		id = result.record
	}
	kept := any(result.undo)
	corrected := s.dry && result.row.corrected || result.row.leftOut
	if result.err != nil || corrected {
		kept = s.echo(result.row.sent)
	}
	if result.err != nil {
		f := fault.As(result.err)
		raw, err := json.Marshal(complaints(f))
		if err != nil {
			return fmt.Errorf("write a row: %w", err)
		}
		errorsText = string(raw)
	}
	if result.undo != nil && !s.dry || result.err != nil || corrected {
		raw, err := json.Marshal(kept)
		if err != nil {
			return fmt.Errorf("write a row: %w", err)
		}
		values = string(raw)
	}
	tx.Gather(`INSERT INTO sys_import_row (import, row, state, record, "values", errors) VALUES %s`,
		s.row.ID, int64(result.number), result.state, id, values, errorsText)
	return nil
}

// fail ends an import that cannot go on, and says why.
func (s *stage) fail(ctx context.Context, f *fault.Fault) error {
	raw, err := json.Marshal(Complaint{Code: f.Code, Params: f.Params})
	if err != nil {
		return fmt.Errorf("write an import: %w", err)
	}
	return s.service.store.Write(ctx, store.Bulk, func(ctx context.Context, tx *store.Tx) error {
		if _, err := store.Update[importRow](ctx, tx, map[string]any{"state": Failed, "fault": string(raw)}, "id = ? AND state = ?", s.row.ID, s.row.State); err != nil {
			return fmt.Errorf("write an import: %w", err)
		}
		if s.row.State == Working {
			if err := job.Enqueue(tx, stageJob(s.row.ID, stageTell)); err != nil {
				return fmt.Errorf("enqueue what follows an import: %w", err)
			}
		}
		return s.running.Complete(ctx, tx)
	})
}
