package transfer

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/trellis-crm/trellis/engine/access"
	"github.com/trellis-crm/trellis/engine/fault"
	"github.com/trellis-crm/trellis/engine/store"
)

// Corrections are what the importer of a file says instead of it. They are kept
// beside the file and put in wherever its rows are read.
type Corrections struct {
	Rows    []RowCorrection `json:"rows"`
	Replace []Replacement   `json:"replace"`
}

// RowCorrection corrects one row: cells by the fields that their columns go to,
// where null is again what the file says, and whether the row is left out.
type RowCorrection struct {
	Row     int64              `json:"row"`
	Values  map[string]*string `json:"values"`
	LeftOut *bool              `json:"left_out"`
}

// Replacement reads every cell of a column that says one thing as another:
// null is an empty cell, and the same again what the file says. Create makes
// the record that a lookup's cells name.
type Replacement struct {
	Field  string  `json:"field"`
	Value  string  `json:"value"`
	With   *string `json:"with"`
	Create bool    `json:"create"`
}

// How much may be corrected beside the file.
const (
	maxCorrected   = 10_000  // rows
	maxCorrections = 1_000   // of one request
	maxCorrection  = 10_000  // characters of a cell
	maxReplaced    = 1_000   // values of a column
	maxCorrectedIn = 8 << 20 // characters of all cells
)

// correctionRow is what is corrected of a row.
type correctionRow struct {
	Import  string `gorm:"primaryKey"`
	Row     int64  `gorm:"primaryKey;autoIncrement:false"`
	LeftOut bool
	Checked bool // a plan was made with it
	Cells   string
}

// TableName is the table of corrections.
func (correctionRow) TableName() string { return "sys_correction" }

// cells are the texts by the numbers of their columns.
func (c correctionRow) cells() (map[int]string, error) {
	cells := map[int]string{}
	if err := json.Unmarshal([]byte(c.Cells), &cells); err != nil {
		return nil, fmt.Errorf("read a correction: %w", err)
	}
	return cells, nil
}

// Correct corrects rows of an import before it is run; a plan made before is
// outdated by it. Faults: not_found, wrong_state, invalid_values with pointers,
// too_many_corrections.
func (s *Service) Correct(ctx context.Context, actor *access.Actor, id string, corrections Corrections) (*Import, error) {
	row, err := s.row(ctx, s.store, actor, id)
	if err != nil {
		return nil, err
	}
	about, _, err := s.about(actor, row.Object)
	if err != nil {
		return nil, err
	}
	err = s.store.Write(ctx, store.Interactive, func(ctx context.Context, tx *store.Tx) error {
		row, set, err := s.correctable(ctx, tx, row.ID)
		if err != nil {
			return err
		}
		if err := corrections.check(set); err != nil {
			return err
		}
		for _, correction := range corrections.Rows {
			if err := correctRow(ctx, tx, row.ID, set, correction); err != nil {
				return err
			}
		}
		for _, replacement := range corrections.Replace {
			set.Columns[set.column(replacement.Field)].replace(replacement)
		}
		if err := set.check(about); err != nil {
			return err
		}
		judgeValues(about, set)
		if set.Corrected, err = corrected(ctx, tx, row.ID); err != nil {
			return err
		}
		set.Outdated = set.Outdated || row.State == Planned
		set.Touched = s.clock.Now().UnixMilli()
		if err := row.put(*set); err != nil {
			return err
		}
		_, err = store.Update[importRow](ctx, tx, map[string]any{"settings": row.Settings}, "id = ?", row.ID)
		return err //nolint:wrapcheck // a statement of its own
	})
	if err != nil {
		return nil, err
	}
	return s.Get(ctx, actor, id)
}

// correctable locks an import and gives it as it is now. Fault: wrong_state
// when it is not before its run.
func (s *Service) correctable(ctx context.Context, tx *store.Tx, id string) (*importRow, *settings, error) {
	row, err := lock(ctx, tx, id)
	if err != nil {
		return nil, nil, err
	}
	if !slices.Contains([]string{Uploaded, Planned, Failed}, row.State) {
		return nil, nil, fault.New(fault.WrongState, "state", row.State)
	}
	set, err := row.settings()
	if err != nil {
		return nil, nil, err
	}
	return row, &set, s.settled(ctx, tx, row, stagePlan)
}

// check judges corrections by the file: its rows, and the fields that its
// columns go to.
func (c Corrections) check(set *settings) error {
	faults := fault.New(fault.InvalidValues)
	if len(c.Rows) > maxCorrections {
		faults.At("/rows", fault.TooManyItems, "max", maxCorrections, "count", len(c.Rows))
	}
	if len(c.Replace) > maxCorrections {
		faults.At("/replace", fault.TooManyItems, "max", maxCorrections, "count", len(c.Replace))
	}
	if err := faults.OrNil(); err != nil {
		return err
	}
	for i, correction := range c.Rows {
		at := fmt.Sprintf("/rows/%d", i)
		if correction.Row < 1 || correction.Row > int64(set.File.Rows) {
			faults.At(at+"/row", fault.OutOfRange, "min", 1, "max", set.File.Rows)
		}
		for _, name := range slices.Sorted(maps.Keys(correction.Values)) {
			cell := at + fault.Pointer("values", name)
			if set.column(name) < 0 {
				faults.At(cell, fault.UnknownField, "field", name)
			}
			checkText(faults, cell, correction.Values[name])
		}
	}
	for i, replacement := range c.Replace {
		at := fmt.Sprintf("/replace/%d", i)
		column := set.column(replacement.Field)
		if column < 0 {
			faults.At(at+"/field", fault.UnknownField, "field", replacement.Field)
		} else if _, known := set.Columns[column].Values[replacement.Value]; !known && len(set.Columns[column].Values) >= maxReplaced {
			faults.At(at+"/value", fault.TooManyItems, "max", maxReplaced, "count", maxReplaced+1)
		}
		checkText(faults, at+"/value", &replacement.Value)
		checkText(faults, at+"/with", replacement.With)
	}
	return faults.OrNil()
}

func checkText(faults *fault.Fault, at string, text *string) {
	switch {
	case text == nil:
	case utf8.RuneCountInString(*text) > maxCorrection:
		faults.At(at, fault.TooLong, "max", maxCorrection, "length", utf8.RuneCountInString(*text))
	case strings.ContainsRune(*text, 0):
		faults.At(at, fault.InvalidText)
	}
}

// column is the number of the column that goes to a field, or -1.
func (set *settings) column(field string) int {
	return slices.IndexFunc(set.Columns, func(c Column) bool { return c.Field != nil && *c.Field == field })
}

// replace reads the cells of the column that say one thing as another.
func (c *Column) replace(r Replacement) {
	if c.Values == nil {
		c.Values = map[string]*string{}
	}
	name := plainName(r.Value)
	c.Create = slices.DeleteFunc(slices.Clone(c.Create), func(one string) bool { return one == name })
	if r.Create {
		c.Create = plainNames(append(c.Create, name))
		delete(c.Values, r.Value)
		return
	}
	if r.With != nil && *r.With == r.Value {
		delete(c.Values, r.Value)
		return
	}
	c.Values[r.Value] = r.With
}

// correctRow puts what is corrected of a row to what was corrected of it
// before.
func correctRow(ctx context.Context, tx *store.Tx, id string, set *settings, correction RowCorrection) error {
	before, err := store.Find[correctionRow](ctx, tx, store.Selection{Where: `import = ? AND "row" = ?`, Args: []any{id, correction.Row}, Limit: 1})
	if err != nil {
		return fmt.Errorf("read a correction: %w", err)
	}
	now, cells := correctionRow{}, map[int]string{}
	if len(before) > 0 {
		now = before[0]
		if cells, err = now.cells(); err != nil {
			return err
		}
	}
	for name, text := range correction.Values {
		if index := set.column(name); text == nil {
			delete(cells, index)
		} else {
			cells[index] = *text
		}
	}
	if correction.LeftOut != nil {
		now.LeftOut = *correction.LeftOut
	}
	if len(cells) == 0 && !now.LeftOut {
		_, err := tx.Exec(ctx, `DELETE FROM sys_correction WHERE import = ? AND "row" = ?`, id, correction.Row)
		return err //nolint:wrapcheck // a statement of its own
	}
	raw, err := json.Marshal(cells)
	if err != nil {
		return fmt.Errorf("write a correction: %w", err)
	}
	_, err = tx.Exec(ctx, `INSERT INTO sys_correction (import, "row", left_out, checked, cells) VALUES (?, ?, ?, ?, ?)
		ON CONFLICT (import, "row") DO UPDATE SET left_out = excluded.left_out, checked = excluded.checked, cells = excluded.cells`, id, correction.Row, now.LeftOut, false, string(raw))
	return err //nolint:wrapcheck // a statement of its own
}

// corrected counts the rows that are corrected. Fault: too_many_corrections.
func corrected(ctx context.Context, tx *store.Tx, id string) (int, error) {
	var count, size int64
	err := tx.QueryRow(ctx, `SELECT count(*), CAST(coalesce(sum(length(CAST(cells AS text))), 0) AS bigint) FROM sys_correction WHERE import = ?`, id).Scan(&count, &size)
	if err != nil {
		return 0, fmt.Errorf("count corrections: %w", err)
	}
	if count > maxCorrected || size > maxCorrectedIn {
		return 0, fault.New(fault.TooManyCorrections, "max", maxCorrected)
	}
	return int(count), nil
}

// uncorrect forgets the corrections of an import.
func uncorrect(ctx context.Context, tx *store.Tx, id string) error {
	if _, err := store.Delete[correctionRow](ctx, tx, "import = ?", id); err != nil {
		return fmt.Errorf("remove corrections: %w", err)
	}
	return nil
}
