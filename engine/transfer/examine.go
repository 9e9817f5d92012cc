package transfer

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/trellis-crm/trellis/engine/fault"
	"github.com/trellis-crm/trellis/engine/field"
	"github.com/trellis-crm/trellis/engine/metadata"
)

type writableFunc = func(f *field.Field) bool

// How much of a column is shown and remembered.
const (
	samplesShown = 5
	sampleLength = 200
	maxDistinct  = 200
)

// rowsOf opens the file of an import as a stream of rows. The names of the
// sheets are filled in.
func (s *Service) rowsOf(ctx context.Context, blob string, set *settings) (source, error) {
	if set.File.Format == formatCSV {
		return newCSV(s.open(ctx, blob), set.File.Encoding, set.File.Separator[0]), nil
	}
	book, err := openWorkbook(s.open(ctx, blob))
	if err != nil {
		return nil, err
	}
	set.File.Sheets = book.sheets()
	if len(set.File.Sheets) == 0 {
		return nil, errors.Join(fault.New(fault.NoSheet), book.Close())
	}
	if set.File.Sheet == "" {
		set.File.Sheet = set.File.Sheets[0]
	}
	rows, err := book.rows(set.File.Sheet)
	if err != nil {
		return nil, errors.Join(err, book.Close())
	}
	return rows, nil
}

// examine reads a file once from start to end: that it can be read, how many
// rows it has, and for each column its title, samples and different cells.
func (s *Service) examine(ctx context.Context, blob string, set *settings) (err error) {
	rows, err := s.rowsOf(ctx, blob, set)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	set.Columns, set.File.Rows = nil, 0
	seen := []map[string]int{}
	for first := true; ; first = false {
		row, err := rows.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		if blank(row) {
			continue
		}
		for len(set.Columns) < len(row) {
			set.Columns = append(set.Columns, Column{
				Index: len(set.Columns), Title: fmt.Sprint(len(set.Columns) + 1), Samples: []string{}, OnExisting: overwrite,
				Values: map[string]*string{}, Create: []string{}, Unmatched: []Distinct{}, Confidence: none,
			})
			seen = append(seen, map[string]int{})
		}
		if first && set.Header {
			for i, title := range row {
				set.Columns[i].Title = sample(strings.TrimSpace(title))
			}
			continue
		}
		set.File.Rows++
		for i, cell := range row {
			note(&set.Columns[i], seen[i], cell)
		}
	}
	if len(set.Columns) == 0 {
		return fault.New(fault.FileEmpty)
	}
	for i := range set.Columns {
		set.Columns[i].Distinct = distinct(seen[i])
	}
	return nil
}

func blank(row []string) bool {
	return !slices.ContainsFunc(row, func(cell string) bool { return cell != "" })
}

// note remembers a cell of a column. A column with too many different cells
// keeps none of them.
func note(column *Column, seen map[string]int, cell string) {
	if cell == "" {
		return
	}
	short := sample(cell)
	if len(column.Samples) < samplesShown && !slices.Contains(column.Samples, short) {
		column.Samples = append(column.Samples, short)
	}
	if len(seen) <= maxDistinct {
		seen[short]++
	}
}

func distinct(seen map[string]int) []Distinct {
	if len(seen) > maxDistinct {
		return nil
	}
	list := make([]Distinct, 0, len(seen))
	for value, count := range seen {
		list = append(list, Distinct{Value: value, Count: count})
	}
	slices.SortFunc(list, func(a, b Distinct) int {
		if a.Count != b.Count {
			return b.Count - a.Count
		}
		return strings.Compare(a.Value, b.Value)
	})
	return list
}

// guessAll maps the columns to the fields that their titles mean, ids before
// names, and proposes the id, or else what is unique, as match key.
func guessAll(about *metadata.Object, writable writableFunc, set *settings) {
	taken := map[string]bool{}
	var ids, rest []int
	for i, column := range set.Columns {
		if _, marked := idsOf(column.Title); marked {
			ids = append(ids, i)
		} else {
			rest = append(rest, i)
		}
	}
	for _, i := range append(ids, rest...) {
		name, confidence := guess(about, writable, set.Columns[i].Title, taken)
		set.Columns[i].Confidence = confidence
		if name != "" {
			set.Columns[i].Field = &name
			taken[name] = true
		}
	}
	set.Match = []string{}
	if taken[metadata.FieldID] {
		set.Match = []string{metadata.FieldID}
		return
	}
	for _, f := range about.Fields {
		if f.Unique && taken[f.Name] {
			set.Match = []string{f.Name}
			return
		}
	}
}

// judgeValues finds the cells that the field of their column cannot read.
func judgeValues(about *metadata.Object, set *settings) {
	for i := range set.Columns {
		column := &set.Columns[i]
		if column.Field == nil {
			column.Unmatched = []Distinct{}
			continue
		}
		f, ok := about.Field(*column.Field)
		if ok && f.Target != "" {
			column.Unmatched = slices.DeleteFunc(slices.Clone(column.Unmatched), column.settles)
			continue
		}
		column.Unmatched = []Distinct{}
		if !ok || f.Name == metadata.FieldID {
			continue
		}
		for _, cell := range column.Distinct {
			if _, mapped := column.Values[cell.Value]; mapped || isBlank(f, cell.Value) {
				continue
			}
			if _, item := f.Kind.ParseText(f, cell.Value, field.Locale{}); item != nil {
				column.Unmatched = append(column.Unmatched, cell)
			}
		}
	}
}

// settles tells whether the importer has said what a cell of a lookup means.
func (c *Column) settles(cell Distinct) bool {
	_, mapped := c.Values[cell.Value]
	return mapped || slices.Contains(c.Create, plainName(cell.Value))
}

// isBlank reports whether a cell means that there is no value. Of texts only
// the empty one does, because white space may be meant.
func isBlank(f *field.Field, cell string) bool {
	switch f.Kind.Name() {
	case "text", "longtext":
		return cell == ""
	default:
		return strings.TrimSpace(cell) == ""
	}
}

// firstLines is the beginning of a text, decoded.
func firstLines(head []byte, encoding string) string {
	text, err := io.ReadAll(decode(strings.NewReader(string(head)), encoding))
	if err != nil {
		return ""
	}
	return string(text)
}
