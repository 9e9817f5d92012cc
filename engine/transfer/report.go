package transfer

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/xuri/excelize/v2"

	"github.com/trellis-crm/trellis/engine/access"
	"github.com/trellis-crm/trellis/engine/store"
)

// maxReported is how many lines a report has at most, as a sheet takes them.
const maxReported = 1<<20 - 1

// reportHead are the titles of a report, which goes to people of either
// language.
func reportHead() []any { return []any{"行 Row", "列 Column", "内容 Value", "原因 Reason"} }

// Report gives a spreadsheet of what is wrong with the rows of an import: the
// row, the column, the cell and why, in the words of explain.
func (s *Service) Report(ctx context.Context, actor *access.Actor, id string, explain func(RowComplaint) string) (content io.ReadCloser, err error) {
	row, err := s.row(ctx, s.store, actor, id)
	if err != nil {
		return nil, err
	}
	set, err := row.settings()
	if err != nil {
		return nil, err
	}
	book := excelize.NewFile()
	defer func() { err = errors.Join(err, book.Close()) }()
	sheet, err := book.NewStreamWriter(book.GetSheetName(0))
	if err != nil {
		return nil, fmt.Errorf("write a report: %w", err)
	}
	report := &report{service: s, id: row.ID, set: &set, sheet: sheet, explain: explain}
	if err := report.write(ctx); err != nil {
		return nil, err
	}
	file, err := os.CreateTemp("", "trellis-report-*")
	if err != nil {
		return nil, fmt.Errorf("make a temporary file: %w", err)
	}
	err = os.Remove(file.Name())
	if err == nil {
		_, err = book.WriteTo(file)
	}
	if err == nil {
		_, err = file.Seek(0, io.SeekStart)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("write a report: %w", err), file.Close())
	}
	return file, nil
}

// report is such a spreadsheet while it is written.
type report struct {
	service *Service
	id      string
	set     *settings
	sheet   *excelize.StreamWriter
	explain func(RowComplaint) string
	lines   int
}

func (r *report) write(ctx context.Context) error {
	if err := r.sheet.SetColWidth(2, 4, 32); err != nil {
		return fmt.Errorf("write a report: %w", err)
	}
	if err := r.line(reportHead()); err != nil {
		return err
	}
	var last int64
	for {
		rows, err := store.Find[storedRow](ctx, r.service.store, store.Selection{
			Where: `import = ? AND state IN ? AND "row" > ?`, Args: []any{r.id, []string{rowError, rowConflict}, last}, Order: `"row"`, Limit: 500,
		})
		if err != nil {
			return fmt.Errorf("read the rows of an import: %w", err)
		}
		if len(rows) == 0 {
			break
		}
		for _, row := range rows {
			if err := r.row(row); err != nil {
				return err
			}
		}
		last = rows[len(rows)-1].Row
	}
	if err := r.sheet.Flush(); err != nil {
		return fmt.Errorf("write a report: %w", err)
	}
	return nil
}

// row writes a line for each thing that is wrong with a row. Texts are cells of
// text, which a spreadsheet does not run.
func (r *report) row(row storedRow) error {
	answer, err := row.answer()
	if err != nil {
		return err
	}
	for _, complaint := range answer.Errors {
		name := strings.TrimPrefix(complaint.Pointer, "/")
		title := ""
		if column := r.set.column(name); column >= 0 {
			title = r.set.Columns[column].Title
		}
		if err := r.line([]any{row.Row, title, answer.Values[name], r.explain(complaint)}); err != nil {
			return err
		}
	}
	return nil
}

func (r *report) line(cells []any) error {
	if r.lines++; r.lines > maxReported {
		return nil
	}
	if err := r.sheet.SetRow(fmt.Sprintf("A%d", r.lines), cells); err != nil {
		return fmt.Errorf("write a report: %w", err)
	}
	return nil
}
