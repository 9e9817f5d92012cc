package transfer

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"

	"github.com/trellis-crm/trellis/engine/fault"
	"github.com/trellis-crm/trellis/engine/record"
	"github.com/trellis-crm/trellis/engine/store"
)

// undoing is what takes a row back: the version that the import left, and of
// an updated record the values before.
type undoing struct {
	Object  string                     `json:"object,omitempty"` // where it is not the import's own
	Version int64                      `json:"version"`
	Before  map[string]json.RawMessage `json:"before,omitempty"`
}

func newUndoing(change *record.Change) *undoing {
	return &undoing{Version: change.Version(), Before: change.Before()}
}

// storedRow is what became of one row.
type storedRow struct {
	Import string `gorm:"primaryKey"`
	Row    int64  `gorm:"primaryKey;autoIncrement:false"`
	State  string
	Record *string
	Values *string
	Errors *string
	Change *int64
}

// TableName is the table of rows.
func (storedRow) TableName() string { return "sys_import_row" }

// undo takes the rows back from the last to the first: created records go into
// the recycle bin, updated ones get their values back. A record that somebody
// changed since stays as it is.
func (s *stage) undo(ctx context.Context) error {
	s.progress.Total = s.counts.Create + s.counts.Update + s.counts.Made
	for {
		rows, err := store.Find[storedRow](ctx, s.service.store, store.Selection{
			Where: "import = ? AND state IN ?", Args: []any{s.row.ID, []string{rowCreate, rowUpdate}}, Order: `"row" desc`, Limit: chunkRows,
		})
		if err != nil {
			return fmt.Errorf("read what an import did: %w", err)
		}
		last := len(rows) < chunkRows
		if err := s.takeBack(ctx, rows, last); err != nil {
			return err
		}
		if last {
			return nil
		}
	}
}

// The states of rows that were taken back, or could not be.
const (
	rowUndone = "undone"
	rowKept   = "kept"
)

func (s *stage) takeBack(ctx context.Context, rows []storedRow, last bool) error {
	counts, progress := s.counts, s.progress
	if err := s.stillMay(ctx); err != nil {
		return err
	}
	return s.service.records.Transact(ctx, s.actor, store.Bulk, func(ctx context.Context, w *record.Work) error {
		w.Confirmed = true // what was there before may be there again
		counts, progress = s.counts, s.progress
		for _, row := range rows {
			state, err := s.takeBackRow(ctx, w, row)
			if err != nil {
				return err
			}
			if state == rowKept {
				counts.Kept++
			}
			progress.Done++
			w.Tx.Queue(`UPDATE sys_import_row SET state = ? WHERE import = ? AND row = ?`, state, row.Import, row.Row)
		}
		state := Undoing
		if last {
			state = Undone
		}
		if err := s.save(ctx, w.Tx, state, progress, counts); err != nil {
			return err
		}
		w.Tx.OnCommit(func() { s.counts, s.progress = counts, progress })
		if last {
			return s.running.Complete(ctx, w.Tx)
		}
		return s.running.Advance(ctx, w.Tx)
	})
}

func (s *stage) takeBackRow(ctx context.Context, w *record.Work, row storedRow) (string, error) {
	var back undoing
	if row.Values == nil || row.Record == nil {
		return rowKept, nil
	}
	if err := json.Unmarshal([]byte(*row.Values), &back); err != nil {
		return "", fmt.Errorf("read what an import did: %w", err)
	}
	// Who may import may take the import back, whatever else he may do.
	err := w.Tx.Try(ctx, func(ctx context.Context) error {
		return s.takeBackRecord(ctx, w.Elevated(), row, back)
	})
	if fault.As(err) != nil {
		return rowKept, nil //nolint:nilerr // the refusal is what became of the row
	}
	return rowUndone, err
}

// takeBackRecord takes a record back. One that others point to by now is kept,
// because they would go with it.
func (s *stage) takeBackRecord(ctx context.Context, w *record.Work, row storedRow, back undoing) error {
	if row.State != rowCreate {
		_, err := w.PutBack(ctx, s.row.Object, *row.Record, back.Version, back.Before)
		return err
	}
	object, ok := w.Policy.Catalog().Object(cmp.Or(back.Object, s.row.Object))
	if !ok {
		return fault.New(fault.NotFound)
	}
	referenced, err := w.Referenced(ctx, object, *row.Record)
	if err != nil {
		return err
	}
	if referenced {
		return fault.New(fault.InUse)
	}
	_, err = w.Delete(ctx, object.Name, *row.Record, &back.Version)
	return err
}
