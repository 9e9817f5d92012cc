package transfer

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"

	"github.com/trellis-crm/trellis/engine/access"
	"github.com/trellis-crm/trellis/engine/store"
)

// errorFile writes the rows of an import that were not taken while they are
// read: it goes through the file and through what is wrong with its rows, both
// in the order of the rows.
type errorFile struct {
	ctx     context.Context //nolint:containedctx // an io.Reader has no other way
	service *Service
	id      string
	columns int
	explain func(RowComplaint) string
	rows    *numberedRows
	wrong   []storedRow // the next of them
	last    int64       // the row of the last one of them
	text    bytes.Buffer
	out     *csv.Writer
}

// ErrorFile gives the rows of an import that were not taken, as they were
// sent and corrected, each with its number and why; it can be mended and imported again. A
// cell that a spreadsheet would run has an apostrophe before it.
func (s *Service) ErrorFile(ctx context.Context, actor *access.Actor, id string, explain func(RowComplaint) string) (io.ReadCloser, error) {
	row, err := s.row(ctx, s.store, actor, id)
	if err != nil {
		return nil, err
	}
	set, err := row.settings()
	if err != nil {
		return nil, err
	}
	rows, err := s.numberedRows(ctx, row, &set)
	if err != nil {
		return nil, err
	}
	f := &errorFile{ctx: ctx, service: s, id: row.ID, columns: len(set.Columns), explain: explain, rows: rows}
	f.text.WriteString("\ufeff")
	f.out = csv.NewWriter(&f.text)
	head := make([]string, 0, len(set.Columns)+2)
	for _, column := range set.Columns {
		head = append(head, harmless(column.Title))
	}
	if err := f.write(append(head, "#", "!")); err != nil {
		return nil, errors.Join(err, rows.Close())
	}
	return f, nil
}

// Read reads on.
func (f *errorFile) Read(p []byte) (int, error) {
	for f.text.Len() == 0 {
		if err := f.next(); err != nil {
			return 0, err
		}
	}
	return f.text.Read(p) //nolint:wrapcheck // there is something
}

// Close lets go of the file.
func (f *errorFile) Close() error { return f.rows.Close() }

func (f *errorFile) write(cells []string) error {
	if err := f.out.Write(cells); err != nil {
		return fmt.Errorf("write an error file: %w", err)
	}
	f.out.Flush()
	return f.out.Error() //nolint:wrapcheck // a buffer takes everything
}

// next writes the next row that was not taken; io.EOF when there is none.
func (f *errorFile) next() error {
	if err := f.look(); err != nil {
		return err
	}
	for {
		next, err := f.rows.next(f.ctx)
		if err != nil {
			return err
		}
		if int64(next.number) < f.wrong[0].Row {
			continue
		}
		reason, err := f.reason(f.wrong[0])
		if err != nil {
			return err
		}
		f.wrong = f.wrong[1:]
		row := make([]string, f.columns, f.columns+2)
		for i := range min(f.columns, len(next.cells)) {
			row[i] = harmless(next.cells[i])
		}
		return f.write(append(row, fmt.Sprint(next.number), escapeCell(reason)))
	}
}

// look reads what is wrong with some further rows.
func (f *errorFile) look() error {
	if len(f.wrong) > 0 {
		return nil
	}
	var err error
	f.wrong, err = store.Find[storedRow](f.ctx, f.service.store, store.Selection{
		Where: `import = ? AND state IN ? AND "row" > ?`, Args: []any{f.id, []string{rowError, rowConflict}, f.last}, Order: `"row"`, Limit: 500,
	})
	if err != nil {
		return fmt.Errorf("read the rows of an import: %w", err)
	}
	if len(f.wrong) == 0 {
		return io.EOF
	}
	f.last = f.wrong[len(f.wrong)-1].Row
	return nil
}

func (f *errorFile) reason(row storedRow) (string, error) {
	if row.Errors == nil {
		return "", nil
	}
	var list []RowComplaint
	if err := json.Unmarshal([]byte(*row.Errors), &list); err != nil {
		return "", fmt.Errorf("read the rows of an import: %w", err)
	}
	texts := make([]string, len(list))
	for i, complaint := range list {
		texts[i] = f.explain(complaint)
	}
	return strings.Join(texts, "; "), nil
}

var plainNumber = regexp.MustCompile(`^-[0-9]+(\.[0-9]+)?$`)

// harmless is a cell as it was sent, so that a spreadsheet does not run it and
// an import reads the same from it. One that has an apostrophe already is.
func harmless(cell string) string {
	if plainNumber.MatchString(cell) || apostrophe.MatchString(cell) {
		return cell
	}
	return escapeCell(cell)
}
