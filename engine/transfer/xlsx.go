package transfer

import (
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/xuri/excelize/v2"

	"github.com/trellis-crm/trellis/engine/fault"
)

// workbook is a spreadsheet that was checked before the library saw it.
type workbook struct {
	file *os.File
	book *excelize.File
}

func openWorkbook(content io.Reader) (w *workbook, err error) {
	file, err := spool(content)
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, file.Close())
		}
	}()
	size, err := file.Seek(0, io.SeekEnd)
	if err != nil {
		return nil, fmt.Errorf("read a temporary file: %w", err)
	}
	if err := checkArchive(file, size); err != nil {
		return nil, err
	}
	if _, err := file.Seek(0, io.SeekStart); err != nil {
		return nil, fmt.Errorf("read a temporary file: %w", err)
	}
	book, err := openBook(file)
	if err != nil {
		return nil, err
	}
	return &workbook{file: file, book: book}, nil
}

// openBook lets the library read a workbook; a panic of its parser is a file
// that cannot be read.
func openBook(file io.Reader) (book *excelize.File, err error) {
	defer func() {
		if recover() != nil {
			err = fault.New(fault.FileDamaged)
		}
	}()
	book, err = excelize.OpenReader(file, excelize.Options{UnzipSizeLimit: maxUnpacked, UnzipXMLSizeLimit: 16 << 20})
	if err != nil {
		return nil, fault.New(fault.FileDamaged)
	}
	return book, nil
}

// Close lets go of the files.
func (w *workbook) Close() error { return errors.Join(w.book.Close(), w.file.Close()) }

// sheets are the names of the sheets.
func (w *workbook) sheets() []string { return w.book.GetSheetList() }

// rows streams a sheet; it owns the workbook from then on.
func (w *workbook) rows(sheet string) (source, error) {
	rows, err := w.book.Rows(sheet)
	if err != nil {
		return nil, fault.New(fault.UnknownSheet, "name", sheet)
	}
	return &sheetSource{book: w, rows: rows}, nil
}

type sheetSource struct {
	book  *workbook
	rows  *excelize.Rows
	count int
}

// Next reads one row; formatted as the sheet shows it, dates in ISO form.
func (s *sheetSource) Next() (row []string, err error) {
	defer func() {
		if recover() != nil {
			row, err = nil, fault.New(fault.FileDamaged)
		}
	}()
	if !s.rows.Next() {
		if s.rows.Error() != nil {
			return nil, fault.New(fault.FileDamaged)
		}
		return nil, io.EOF
	}
	if s.count++; s.count > maxRows {
		return nil, fault.New(fault.TooManyRows, "max", maxRows)
	}
	row, err = s.rows.Columns()
	if err != nil {
		return nil, fault.New(fault.FileDamaged)
	}
	if len(row) > maxColumns {
		return nil, fault.New(fault.TooManyColumns, "max", maxColumns)
	}
	return row, nil
}

// Close closes the sheet and its workbook.
func (s *sheetSource) Close() error { return errors.Join(s.rows.Close(), s.book.Close()) }
