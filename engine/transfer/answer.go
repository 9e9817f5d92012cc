package transfer

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/trellis-crm/trellis/engine/access"
	"github.com/trellis-crm/trellis/engine/fault"
	"github.com/trellis-crm/trellis/engine/store"
)

// RowAnswer is what became of one row, as its importer may see it.
type RowAnswer struct {
	Row    int64   `json:"row"`
	State  string  `json:"state"`
	Record *string `json:"record"`
	// Object is what the record is of, where it was made for a lookup.
	Object *string `json:"object"`
	// Values are the cells by field, as they are corrected by now; Cut are the
	// fields of those that are too long to be shown whole.
	Values map[string]string `json:"values"`
	Cut    []string          `json:"cut"`
	// Corrected are the fields whose cells are corrected, and LeftOut tells that
	// the row is left out; Unchecked tells that this was said after the plan.
	Corrected []string       `json:"corrected"`
	LeftOut   bool           `json:"left_out"`
	Unchecked bool           `json:"unchecked"`
	Errors    []RowComplaint `json:"errors"`
}

// RowComplaint is what is wrong with a row.
type RowComplaint struct {
	Pointer string       `json:"pointer"`
	Code    fault.Code   `json:"code"`
	Params  fault.Params `json:"params,omitempty"`
	// Message is filled in by who shows it, in the reader's language.
	Message string `json:"message"`
}

func complaints(f *fault.Fault) []RowComplaint {
	if len(f.Items) == 0 {
		return []RowComplaint{{Code: f.Code, Params: f.Params}}
	}
	list := make([]RowComplaint, len(f.Items))
	for i, item := range f.Items {
		list[i] = RowComplaint{Pointer: item.Pointer, Code: item.Code, Params: item.Params}
	}
	return list
}

// RowsAsk says which rows are wanted: those behind a number, perhaps only in
// some states or only corrected ones.
type RowsAsk struct {
	States    []string
	Corrected bool
	After     int64
	Limit     int
}

// Rows gives what became of the rows of one of a person's own imports. Fault:
// not_found.
func (s *Service) Rows(ctx context.Context, actor *access.Actor, id string, ask RowsAsk) ([]RowAnswer, error) {
	row, err := s.row(ctx, s.store, actor, id)
	if err != nil {
		return nil, err
	}
	set, err := row.settings()
	if err != nil {
		return nil, err
	}
	after := ask.After
	if after == 0 && slices.Equal(ask.States, []string{rowKept}) {
		after = math.MinInt32 // also what was made for lookups
	}
	selection := store.Selection{Where: `import = ? AND "row" > ?`, Args: []any{row.ID, after}, Order: `"row"`, Limit: ask.Limit}
	if len(ask.States) > 0 {
		selection.Where += " AND state IN ?"
		selection.Args = append(selection.Args, ask.States)
	}
	if ask.Corrected {
		selection.Where += ` AND "row" IN (SELECT "row" FROM sys_correction WHERE import = ?)`
		selection.Args = append(selection.Args, row.ID)
	}
	rows, err := store.Find[storedRow](ctx, s.store, selection)
	if err != nil {
		return nil, fmt.Errorf("read the rows of an import: %w", err)
	}
	answers := make([]RowAnswer, len(rows))
	for i, row := range rows {
		if answers[i], err = row.answer(); err != nil {
			return nil, err
		}
	}
	return answers, s.tellCorrections(ctx, row.ID, &set, answers)
}

// answer is the row without its corrections. Of a record that was written, the
// values are those before, which an undo needs.
func (row storedRow) answer() (RowAnswer, error) {
	answer := RowAnswer{Row: row.Row, State: row.State, Record: row.Record, Values: map[string]string{}, Cut: []string{}, Corrected: []string{}, Errors: []RowComplaint{}}
	var err error
	if row.Errors != nil {
		err = json.Unmarshal([]byte(*row.Errors), &answer.Errors)
	}
	if row.Values != nil && row.Record != nil {
		var back undoing
		if err = json.Unmarshal([]byte(*row.Values), &back); err == nil && back.Object != "" {
			answer.Object = &back.Object
		}
	}
	if row.Values != nil && row.Record == nil {
		err = errors.Join(err, json.Unmarshal([]byte(*row.Values), &answer.Values))
	}
	if err != nil {
		return answer, fmt.Errorf("read the rows of an import: %w", err)
	}
	return answer, nil
}

// tellCorrections puts the corrections by now into rows, and says what is cut.
func (s *Service) tellCorrections(ctx context.Context, id string, set *settings, answers []RowAnswer) error {
	if set.Corrected > 0 && len(answers) > 0 {
		numbers := make([]int64, len(answers))
		for i, answer := range answers {
			numbers[i] = answer.Row
		}
		corrections, err := store.Find[correctionRow](ctx, s.store, store.Selection{Where: `import = ? AND "row" IN ?`, Args: []any{id, numbers}, Order: `"row"`, Limit: len(numbers)})
		if err != nil {
			return fmt.Errorf("read corrections: %w", err)
		}
		for _, correction := range corrections {
			at, _ := slices.BinarySearch(numbers, correction.Row)
			if err := answers[at].correct(set, correction); err != nil {
				return err
			}
		}
	}
	for i := range answers {
		for name, text := range answers[i].Values {
			if isCut(text) && !slices.Contains(answers[i].Corrected, name) {
				answers[i].Cut = append(answers[i].Cut, name)
			}
		}
		slices.Sort(answers[i].Cut)
	}
	return nil
}

func (a *RowAnswer) correct(set *settings, correction correctionRow) error {
	cells, err := correction.cells()
	if err != nil {
		return err
	}
	a.LeftOut, a.Unchecked = correction.LeftOut, !correction.Checked
	for index, text := range cells {
		if index < len(set.Columns) && set.Columns[index].Field != nil {
			a.Values[*set.Columns[index].Field] = text
			a.Corrected = append(a.Corrected, *set.Columns[index].Field)
		}
	}
	slices.Sort(a.Corrected)
	return nil
}
