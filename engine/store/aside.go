package store

import (
	"strconv"
	"strings"

	"github.com/trellis-crm/trellis/engine/field"
)

// Aside is a table or a column that is no longer wanted and is kept for a
// while, so that it can come back with its values.
type Aside struct {
	// Name is what the table or the column is called now.
	Name string
	// Table is the present name of the column's table; empty for a table.
	Table string
	// Revision is the one that set it aside.
	Revision int64
	// Columns are the table's, or the one column, under its present name.
	Columns []field.Column
}

const (
	asideTablePrefix  = SystemPrefix + "dropped_"
	asideColumnSuffix = "__dropped_"
)

// SystemPrefix begins the names of the system's own tables.
const SystemPrefix = "sys_"

func asideTable(name string, revision int64) string {
	suffix := "_" + strconv.FormatInt(revision, 10)
	return fit(asideTablePrefix+name, nameLength-len(suffix)) + suffix
}

func asideColumn(name string, revision int64) string {
	suffix := asideColumnSuffix + strconv.FormatInt(revision, 10)
	return fit(name, nameLength-len(suffix)) + suffix
}

// asideRevision reads the revision at the end of a name after mark.
func asideRevision(name, mark string) (int64, bool) {
	at := strings.LastIndex(name, mark)
	if at < 0 {
		return 0, false
	}
	revision, err := strconv.ParseInt(name[at+len(mark):], 10, 64)
	return revision, err == nil
}

// DropAsides gives the steps that end the keeping of what was set aside at or
// before a revision. Columns go before the tables that they pointed to.
func DropAsides(aside []Aside, revision int64) []Step {
	var columns, tables []Step
	for _, kept := range aside {
		switch step := (Step{Kind: DropAside, Table: kept.Table, Aside: kept.Name}); {
		case kept.Revision > revision:
		case kept.Table == "":
			tables = append(tables, step)
		default:
			columns = append(columns, step)
		}
	}
	return append(columns, tables...)
}

// keptTable finds the table that was set aside last under this name.
func (d *differ) keptTable(name string) (last Aside, found bool) {
	for _, kept := range d.aside {
		if kept.Table == "" && kept.Name == asideTable(name, kept.Revision) && kept.Revision >= last.Revision {
			last, found = kept, true
		}
	}
	return last, found
}

// keptColumn finds the column that was set aside last under this name, if it
// has the wanted type.
func (d *differ) keptColumn(table string, want field.Column) (last Aside, found bool) {
	for _, kept := range d.aside {
		if kept.Table == table && kept.Name == asideColumn(want.Name, kept.Revision) && kept.Revision >= last.Revision {
			last, found = kept, true
		}
	}
	if !found {
		return Aside{}, false
	}
	return last, sameType(d.pointing(last.Columns[0], want), want)
}

// pointing gives a kept column with the reference that it has when it comes
// back as the wanted one: it may have been dropped when the column was set
// aside, or be to a table that comes back too.
func (d *differ) pointing(kept, want field.Column) field.Column {
	target, found := d.keptTable(want.References)
	if kept.References == "" || found && kept.References == target.Name {
		kept.References = want.References
	}
	return kept
}

// sortOut takes what was set aside out of tables that were introspected, and
// the system's from the objects'.
func sortOut(tables []Table) Shape {
	var shape Shape
	for _, t := range tables {
		t = shape.takeColumns(shape.takeBuilding(t))
		revision, ok := asideRevision(t.Name, "_")
		switch {
		case ok && strings.HasPrefix(t.Name, asideTablePrefix):
			shape.Aside = append(shape.Aside, Aside{Name: t.Name, Revision: revision, Columns: t.Columns})
		case strings.HasPrefix(t.Name, SystemPrefix):
			shape.System = append(shape.System, t)
		default:
			shape.Objects = append(shape.Objects, t)
		}
	}
	return shape
}

// Shape is what a database holds.
type Shape struct {
	// Objects are the tables of objects, System the system's own, both in
	// normal form.
	Objects, System []Table
	Aside           []Aside
	// Building is what a later revision may bring.
	Building []Building
}

func (s *Shape) takeColumns(t Table) Table {
	var columns []field.Column
	for _, column := range t.Columns {
		if revision, ok := asideRevision(column.Name, asideColumnSuffix); ok {
			s.Aside = append(s.Aside, Aside{Name: column.Name, Table: t.Name, Revision: revision, Columns: []field.Column{column}})
			continue
		}
		columns = append(columns, column)
	}
	t.Columns = columns
	return t
}
