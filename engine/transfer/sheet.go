package transfer

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"

	"github.com/trellis-crm/trellis/engine/fault"
)

// sheet is a file of cells while it is written. Close writes what is left.
type sheet interface {
	write(cells []cell) error
	io.Closer
}

// cell is a text, which may be that of a number.
type cell struct {
	text   string
	number bool
}

func newSheet(format string, out io.Writer) (sheet, error) {
	if format == formatXLSX {
		return newBook(out)
	}
	_, err := io.WriteString(out, "\ufeff") // so that a spreadsheet program knows the encoding
	return &commas{csv.NewWriter(out)}, err //nolint:wrapcheck // the file's own error
}

// commas is a sheet as csv.
type commas struct{ out *csv.Writer }

func (c *commas) write(cells []cell) error {
	row := make([]string, len(cells))
	for i, cell := range cells {
		row[i] = cell.text
	}
	return c.out.Write(row) //nolint:wrapcheck // the file's own error
}

// Close writes what is left.
func (c *commas) Close() error {
	c.out.Flush()
	return c.out.Error() //nolint:wrapcheck // the file's own error
}

// book is a sheet as xlsx.
type book struct {
	out    io.Writer
	file   *excelize.File
	stream *excelize.StreamWriter
	rows   int
}

func newBook(out io.Writer) (*book, error) {
	file := excelize.NewFile()
	stream, err := file.NewStreamWriter(file.GetSheetName(0))
	if err != nil {
		return nil, errors.Join(fmt.Errorf("write a spreadsheet: %w", err), file.Close())
	}
	return &book{out: out, file: file, stream: stream}, nil
}

// What a cell of a spreadsheet holds: so much text, and so many digits.
const (
	maxCellText   = excelize.TotalCellChars
	maxCellDigits = 15
)

// write writes a row. Faults: too_long for a text that a cell cannot hold,
// too_many_rows.
func (b *book) write(cells []cell) error {
	if b.rows++; b.rows > maxRows {
		return fault.New(fault.TooManyRows, "max", maxRows)
	}
	row := make([]any, len(cells))
	for i, cell := range cells {
		if length := utf8.RuneCountInString(cell.text); length > maxCellText {
			return fault.New(fault.TooLong, "max", maxCellText, "length", length)
		}
		row[i] = cell.value()
	}
	if err := b.stream.SetRow("A"+strconv.Itoa(b.rows), row); err != nil {
		return fmt.Errorf("write a spreadsheet: %w", err)
	}
	return nil
}

// value is a number where a spreadsheet keeps all its digits, and else a text.
func (c cell) value() any {
	switch {
	case c.text == "":
		return nil
	case c.number && len(strings.Trim(c.text, "-.0")) < maxCellDigits:
		if number, err := strconv.ParseFloat(c.text, 64); err == nil && strconv.FormatFloat(number, 'f', -1, 64) == c.text {
			return number
		}
	}
	return c.text
}

// Close writes the spreadsheet.
func (b *book) Close() error {
	err := b.stream.Flush()
	if err == nil {
		_, err = b.file.WriteTo(b.out)
	}
	if err = errors.Join(err, b.file.Close()); err != nil {
		return fmt.Errorf("write a spreadsheet: %w", err)
	}
	return nil
}
