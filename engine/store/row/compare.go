package row

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/trellis-crm/trellis/engine/access"
	"github.com/trellis-crm/trellis/engine/expr"
	"github.com/trellis-crm/trellis/engine/metadata"
	"github.com/trellis-crm/trellis/engine/store"
)

// Side is what somebody may do with records: with those that every decision of
// Rows permits, in the fields of Fields where Except does not permit them, too.
type Side struct {
	Rows   []*access.Decision
	Fields *access.Decision
	Except *access.Decision // or nil
}

// Comparison is what one person may do before and after, with what the
// conditions ask of him.
type Comparison struct {
	Before, After Side
	Input         expr.Input
}

// Compared is how many records of an object each comparison is about.
type Compared struct {
	Looked int64        // at how many records
	Each   []Difference // in the order of the comparisons
	Any    Difference   // where any of the comparisons gains or loses; it says no Before and After
	Groups [][]int      // slots of fields that every comparison treats alike
}

// Difference counts records: those permitted before, those after, and those that
// are gained and lost. Fields tells of each group how many of the records that
// stay permitted gain and lose its fields.
type Difference struct {
	Before, After int64
	Turn
	Fields []Turn
}

// Turn counts what is gained and what is lost.
type Turn struct{ Gained, Lost int64 }

// Compare counts what comparisons differ in, among the newest live records. The
// names of what holds for a record are worked out once for each.
func (t *Table) Compare(ctx context.Context, reader store.Reader, comparisons []Comparison, newest int) (*Compared, error) {
	s := t.scope(nil)
	compared := &Compared{Groups: groups(t.Object, comparisons), Each: make([]Difference, len(comparisons))}
	var w writer
	var args []any
	c := &comparing{scope: s}
	for i, comparison := range comparisons {
		before, err := c.side(&w, comparison.Before)
		if err != nil {
			return nil, err
		}
		after, err := c.side(&w, comparison.After)
		if err != nil {
			return nil, err
		}
		c.before, c.after = append(c.before, before), append(c.after, after)
		bound, err := w.fragment().Bind(comparison.Input)
		if err != nil {
			return nil, fmt.Errorf("bind the rights to %s of person %d: %w", t.Object.Name, i, err)
		}
		args, w.args = append(args, bound...), nil
	}
	var names strings.Builder
	for n := range c.columns {
		names.WriteString(", h" + strconv.Itoa(n))
	}
	table := t.Dialect.Quote(t.Object.Name)
	live := "TRUE"
	if t.Object.Recycle {
		live = s.quoted(metadata.DeletedAt) + " IS NULL"
	}
	text := "WITH held(id" + names.String() + ") AS MATERIALIZED (SELECT " + s.quoted(metadata.FieldID) + w.String() +
		" FROM (SELECT * FROM " + table + " AS t WHERE " + live + " ORDER BY " + s.quoted(metadata.FieldID) + " DESC LIMIT " + strconv.Itoa(newest) + ") AS t) SELECT count(*)"
	asked, targets := c.ask(compared)
	var end writer
	end.WriteString(text + asked + " FROM held")
	if err := reader.QueryRow(ctx, t.text(&end), args...).Scan(append([]any{&compared.Looked}, targets...)...); err != nil {
		return nil, fmt.Errorf("compare the rights to %s: %w", t.Object.Name, err)
	}
	return compared, nil
}

// comparing writes a comparison.
type comparing struct {
	scope         *scope
	columns       int
	before, after []conditions
}

// conditions are those that hold for a record on one side: that its row is
// permitted, and, by slot, that a field is.
type conditions struct {
	row   string
	field func(slot int) string
}

// side writes the columns of a side and gives the conditions that name them.
func (c *comparing) side(w *writer, side Side) (conditions, error) {
	held := map[*access.Decision][]string{}
	rows := []string{}
	for _, decision := range append(slices.Clip(side.Rows), side.Fields, side.Except) {
		if _, written := held[decision]; written || decision == nil {
			continue
		}
		masks, err := c.scope.masks(w, []*access.Decision{decision})
		if err != nil {
			return conditions{}, err
		}
		names := make([]string, len(decision.Pairs))
		for i := range names {
			names[i] = "TRUE"
			if masks[0].columns > 0 {
				names[i] = "h" + strconv.Itoa(c.columns+i)
			}
		}
		c.columns += masks[0].columns
		held[decision] = names
		if slices.Contains(side.Rows, decision) {
			rows = append(rows, anyOf(names))
		}
	}
	row := "(" + strings.Join(rows, " AND ") + ")"
	in := func(decision *access.Decision, slot int) string {
		var names []string
		for i, pair := range decision.Pairs {
			if pair.Fields.Has(slot) {
				names = append(names, held[decision][i])
			}
		}
		return anyOf(names)
	}
	return conditions{row: row, field: func(slot int) string {
		if side.Except != nil {
			return in(side.Fields, slot) + " AND NOT " + in(side.Except, slot)
		}
		return in(side.Fields, slot)
	}}, nil
}

func anyOf(conditions []string) string {
	if len(conditions) == 0 {
		return "FALSE"
	}
	return "(" + strings.Join(conditions, " OR ") + ")"
}

// ask writes what is counted, and gives where the numbers go.
func (c *comparing) ask(compared *Compared) (text string, targets []any) {
	var asked strings.Builder
	count := func(target *int64, conditions ...string) {
		asked.WriteString(", count(CASE WHEN " + strings.Join(conditions, " OR ") + " THEN 1 END)")
		targets = append(targets, target)
	}
	anyGained, anyLost := make([][]string, len(compared.Groups)+1), make([][]string, len(compared.Groups)+1)
	for i := range compared.Each {
		each, before, after := &compared.Each[i], c.before[i], c.after[i]
		each.Fields = make([]Turn, len(compared.Groups))
		gained, lost := "("+after.row+" AND NOT "+before.row+")", "("+before.row+" AND NOT "+after.row+")"
		count(&each.Before, before.row)
		count(&each.After, after.row)
		count(&each.Gained, gained)
		count(&each.Lost, lost)
		anyGained[0], anyLost[0] = append(anyGained[0], gained), append(anyLost[0], lost)
		both := "(" + before.row + " AND " + after.row + " AND "
		for g, slots := range compared.Groups {
			was, is := "("+before.field(slots[0])+")", "("+after.field(slots[0])+")"
			gained, lost := both+is+" AND NOT "+was+")", both+was+" AND NOT "+is+")"
			count(&each.Fields[g].Gained, gained)
			count(&each.Fields[g].Lost, lost)
			anyGained[g+1], anyLost[g+1] = append(anyGained[g+1], gained), append(anyLost[g+1], lost)
		}
	}
	compared.Any.Fields = make([]Turn, len(compared.Groups))
	count(&compared.Any.Gained, anyGained[0]...)
	count(&compared.Any.Lost, anyLost[0]...)
	for g := range compared.Groups {
		count(&compared.Any.Fields[g].Gained, anyGained[g+1]...)
		count(&compared.Any.Fields[g].Lost, anyLost[g+1]...)
	}
	return asked.String(), targets
}

// groups are the fields that all comparisons treat alike, without those that
// none of them changes by more than the rows.
func groups(object *metadata.Object, comparisons []Comparison) [][]int {
	var found [][]int
	places := map[string]int{}
	for slot := range object.Fields {
		if !slices.ContainsFunc(comparisons, func(c Comparison) bool { return c.Before.parts(slot) || c.After.parts(slot) }) {
			continue
		}
		var alike strings.Builder
		for _, comparison := range comparisons {
			comparison.Before.sign(&alike, slot)
			comparison.After.sign(&alike, slot)
		}
		at, known := places[alike.String()]
		if !known {
			at, found = len(found), append(found, nil)
			places[alike.String()] = at
		}
		found[at] = append(found[at], slot)
	}
	return found
}

// parts reports whether a field is not permitted just where the row is.
func (s Side) parts(slot int) bool {
	return s.Except != nil || !s.Fields.Nothing() && !s.Fields.Always(slot)
}

func (s Side) sign(to *strings.Builder, slot int) {
	for _, decision := range []*access.Decision{s.Fields, s.Except} {
		if decision == nil {
			continue
		}
		for _, pair := range decision.Pairs {
			to.WriteString(strconv.FormatBool(pair.Fields.Has(slot)) + " ")
		}
		to.WriteString("; ")
	}
}

// Asks is how many numbers Compare asks for.
func (t *Table) Asks(comparisons []Comparison) int {
	return 1 + (len(comparisons)+1)*2*(2+len(groups(t.Object, comparisons)))
}
