package transfer

import (
	"bufio"
	"bytes"
	"io"
	"strings"

	"github.com/trellis-crm/trellis/engine/fault"
)

// csvSource reads separated values as RFC 4180 has them, and the ways in which
// files differ from it. The standard library's reader is not used because it
// changes line breaks inside of quotes.
type csvSource struct {
	in        *bufio.Reader
	separator byte
	line      int
	closer    io.Closer
}

func newCSV(content io.ReadCloser, encoding string, separator byte) *csvSource {
	return &csvSource{in: bufio.NewReaderSize(decode(content, encoding), 64<<10), separator: separator, line: 1, closer: content}
}

// Close closes the file.
func (s *csvSource) Close() error { return s.closer.Close() }

// Next reads one row. A quote that is never closed, a row that is too large
// and a null character are faults that name the line.
func (s *csvSource) Next() ([]string, error) {
	start := s.line
	var row []string
	var cell bytes.Buffer
	size := 0
	for {
		end, err := s.cell(&cell, start)
		if err != nil {
			return nil, err
		}
		if end == endOfFile && len(row) == 0 && cell.Len() == 0 {
			return nil, io.EOF
		}
		row = append(row, cell.String())
		size += cell.Len()
		cell.Reset()
		if len(row) > maxColumns || size > maxRow {
			return nil, fault.New(fault.RowTooLarge, "line", start)
		}
		if end != endOfCell {
			return row, nil
		}
	}
}

// ending is what stands behind a cell.
type ending uint8

const (
	endOfCell ending = iota
	endOfRow
	endOfFile
)

// cell reads one cell and what stands behind it.
func (s *csvSource) cell(into *bytes.Buffer, start int) (ending, error) {
	quoted, first := false, true
	for {
		c, err := s.in.ReadByte()
		if err == io.EOF { //nolint:errorlint // bufio returns io.EOF itself
			if quoted {
				return 0, fault.New(fault.QuoteNotClosed, "line", start)
			}
			return endOfFile, nil
		}
		if err != nil {
			return 0, fault.New(fault.Undecodable, "line", s.line).Because(err)
		}
		if c == '\n' {
			s.line++
		}
		switch {
		case c == 0:
			return 0, fault.New(fault.NullCharacter, "line", s.line)
		case quoted && c == '"':
			if quoted, err = s.escaped(into); err != nil {
				return 0, err
			}
		case quoted:
			into.WriteByte(c)
		case c == '"' && first:
			quoted = true
		case c == s.separator:
			return endOfCell, nil
		case c == '\n':
			return endOfRow, nil
		case c == '\r' && s.follows('\n'):
		case c == '\r' && !s.more():
		default:
			into.WriteByte(c)
		}
		first = false
		if into.Len() > maxRow {
			return 0, fault.New(fault.RowTooLarge, "line", start)
		}
	}
}

// escaped reads on behind a quote inside of quotes: a second one is a quote of
// the text itself, anything else ends the quotes.
func (s *csvSource) escaped(into *bytes.Buffer) (quoted bool, err error) {
	if !s.follows('"') {
		return false, nil
	}
	into.WriteByte('"')
	_, err = s.in.Discard(1)
	return true, err //nolint:wrapcheck // the byte was seen
}

func (s *csvSource) follows(c byte) bool {
	next, err := s.in.Peek(1)
	return err == nil && next[0] == c
}

func (s *csvSource) more() bool {
	_, err := s.in.Peek(1)
	return err == nil
}

// guessSeparator finds the separator that divides the first lines most evenly.
func guessSeparator(sample string) byte {
	best, most := byte(','), 0
	for _, candidate := range []byte{',', ';', '\t', '|'} {
		reader := newCSV(io.NopCloser(strings.NewReader(sample)), utf8Name, candidate)
		columns, even := 0, 0
		for range 20 {
			row, err := reader.Next()
			if err != nil {
				break
			}
			if columns == 0 {
				columns = len(row)
			}
			if len(row) == columns && columns > 1 {
				even += columns
			}
		}
		if even > most {
			best, most = candidate, even
		}
	}
	return best
}
