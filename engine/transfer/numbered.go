package transfer

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/trellis-crm/trellis/engine/store"
)

// numbered is a row of the file with its number. Blank rows and the titles have
// none.
type numbered struct {
	number    int
	cells     []string
	sent      []string // the cells before they were corrected
	corrected bool
	leftOut   bool
}

// numberedRows reads the rows of an import's file, with its corrections put in.
type numberedRows struct {
	store   *store.Store
	id      string
	rows    source
	header  bool // stands before the next row
	number  int
	ahead   []correctionRow // the corrections of the next rows
	last    int64           // the row of the last one of them
	ended   bool            // there are no further ones
	columns int
}

// numberedRows opens the file of an import.
func (s *Service) numberedRows(ctx context.Context, row *importRow, set *settings) (*numberedRows, error) {
	rows, err := s.rowsOf(ctx, row.File, set)
	if err != nil {
		return nil, err
	}
	return &numberedRows{store: s.store, id: row.ID, rows: rows, header: set.Header, columns: len(set.Columns), ended: set.Corrected == 0}, nil
}

// Close lets go of the file.
func (n *numberedRows) Close() error { return n.rows.Close() }

// next gives the next row; io.EOF behind the last.
func (n *numberedRows) next(ctx context.Context) (numbered, error) {
	for {
		cells, err := n.rows.Next()
		if err != nil {
			return numbered{}, err
		}
		if blank(cells) {
			continue
		}
		if n.header {
			n.header = false
			continue
		}
		n.number++
		row := numbered{number: n.number, cells: cells, sent: cells}
		return row, n.correct(ctx, &row)
	}
}

// correctionsAhead is how many corrections are read at once.
const correctionsAhead = 200

// correct puts the corrections of a row in.
func (n *numberedRows) correct(ctx context.Context, row *numbered) error {
	if len(n.ahead) == 0 && !n.ended {
		var err error
		n.ahead, err = store.Find[correctionRow](ctx, n.store, store.Selection{
			Where: `import = ? AND "row" > ?`, Args: []any{n.id, n.last}, Order: `"row"`, Limit: correctionsAhead,
		})
		if err != nil {
			return fmt.Errorf("read corrections: %w", err)
		}
		if n.ended = len(n.ahead) == 0; n.ended {
			return nil
		}
		n.last = n.ahead[len(n.ahead)-1].Row
	}
	if len(n.ahead) == 0 || n.ahead[0].Row != int64(row.number) {
		return nil
	}
	correction := n.ahead[0]
	n.ahead = n.ahead[1:]
	cells, err := correction.cells()
	if err != nil {
		return err
	}
	row.corrected, row.leftOut = len(cells) > 0, correction.LeftOut
	row.cells = slices.Clone(row.cells)
	for index, text := range cells {
		if index < 0 || index >= n.columns {
			return errors.New("a correction of a column that the file does not have")
		}
		for len(row.cells) <= index {
			row.cells = append(row.cells, "")
		}
		row.cells[index] = text
	}
	return nil
}
