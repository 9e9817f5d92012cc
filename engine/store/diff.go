package store

import (
	"slices"

	"github.com/trellis-crm/trellis/engine/field"
)

// StepKind is what a step does.
type StepKind uint8

// The kinds of step, in the order in which Diff gives them.
const (
	DropIndex StepKind = iota + 1
	DropReference
	SetTableAside
	CreateTable
	RestoreTable
	SetColumnAside
	RestoreColumn
	AddColumn
	// Retype sets the column aside and adds it anew with its new type; the
	// caller then converts the values from Step.Aside, before the next step.
	Retype
	// AdoptColumn puts a column in force that was built beside, and sets aside
	// the one in its place when there is one.
	AdoptColumn
	AddReference
	CreateIndex
	// AdoptIndex puts an index in force that was built beside.
	AdoptIndex
	// DropAside ends the keeping of what was set aside. Diff never gives it.
	DropAside
)

// Step is one change of the tables.
type Step struct {
	Kind  StepKind
	Table string
	// Columns are those of a table to create, with its Key.
	Columns []field.Column
	Key     []string
	// Column is the column that the step is about; after a Retype, in its new
	// type.
	Column field.Column
	// Aside is the name under which the table or the column is kept.
	Aside string
	// Building is the name under which the column or the index was built.
	Building string
	Index    Index
}

// Diff gives the steps from the tables that are to those that shall be. What
// is no longer wanted is set aside under a name with the revision, and comes
// back from there, with its values, when it is wanted again in the same type.
// A column is NotNull only if its table was created with it, and is then never
// set aside. No step rewrites a table.
func Diff(from, to []Table, aside []Aside, revision int64) []Step {
	d := differ{aside: aside, revision: revision}
	from, to = slices.Clone(from), slices.Clone(to)
	for i, table := range from {
		from[i] = table.normal()
	}
	for i, table := range to {
		to[i] = table.normal()
	}
	for _, old := range from {
		if _, stays := find(to, old.Name); !stays {
			d.setTableAside(old)
		}
	}
	for _, want := range to {
		old, exists := find(from, want.Name)
		if exists {
			d.changeTable(old, want)
			continue
		}
		if kept, ok := d.keptTable(want.Name); ok {
			d.restoreTable(kept, want)
			continue
		}
		d.createTable(want)
	}
	slices.SortStableFunc(d.steps, func(a, b Step) int { return int(a.Kind) - int(b.Kind) })
	return d.steps
}

type differ struct {
	aside    []Aside
	revision int64
	steps    []Step
}

func (d *differ) add(step Step) { d.steps = append(d.steps, step) }

func find(tables []Table, name string) (Table, bool) {
	i := slices.IndexFunc(tables, func(t Table) bool { return t.Name == name })
	if i < 0 {
		return Table{}, false
	}
	return tables[i], true
}

func (d *differ) setTableAside(old Table) {
	for _, index := range old.Indexes {
		d.add(Step{Kind: DropIndex, Table: old.Name, Index: index})
	}
	d.dropReferences(old)
	d.add(Step{Kind: SetTableAside, Table: old.Name, Aside: asideTable(old.Name, d.revision)})
}

func (d *differ) dropReferences(t Table) {
	for _, column := range t.Columns {
		if column.References != "" {
			d.add(Step{Kind: DropReference, Table: t.Name, Column: column})
		}
	}
}

func (d *differ) addReferences(t Table) {
	for _, column := range t.Columns {
		if column.References != "" {
			d.add(Step{Kind: AddReference, Table: t.Name, Column: column})
		}
	}
}

func (d *differ) createTable(want Table) {
	d.add(Step{Kind: CreateTable, Table: want.Name, Columns: want.Columns, Key: want.Key})
	d.addReferences(want)
	d.createIndexes(want, nil)
}

func (d *differ) createIndexes(want Table, have []Index) {
	for _, index := range want.Indexes {
		if !slices.ContainsFunc(have, index.equal) {
			d.add(Step{Kind: CreateIndex, Table: want.Name, Index: index})
		}
	}
}

// restoreTable brings a table back; its columns may have changed meanwhile.
func (d *differ) restoreTable(kept Aside, want Table) {
	d.add(Step{Kind: RestoreTable, Table: want.Name, Aside: kept.Name})
	old := Table{Name: want.Name, Columns: slices.Clone(kept.Columns)}
	for i, had := range old.Columns {
		if wanted, ok := want.Column(had.Name); ok {
			old.Columns[i] = d.pointing(had, wanted)
		}
	}
	staying := Table{Name: want.Name}
	for _, column := range want.Columns {
		if had, ok := old.Column(column.Name); ok && sameType(had, column) {
			staying.Columns = append(staying.Columns, column)
		}
	}
	d.changeColumns(old, want, kept.Name)
	d.addReferences(staying)
	d.createIndexes(want, nil)
}

func (d *differ) changeTable(old, want Table) {
	changed := d.changeColumns(old, want, want.Name)
	var have []Index
	for _, index := range old.Indexes {
		stays := slices.ContainsFunc(want.Indexes, index.equal) && !slices.ContainsFunc(changed, index.Covers)
		if stays {
			have = append(have, index)
			continue
		}
		d.add(Step{Kind: DropIndex, Table: old.Name, Index: index})
	}
	d.createIndexes(want, have)
}

// changeColumns gives the names of the columns that are no longer the old
// ones. Columns that were set aside are looked for under the table's name
// called keeper.
func (d *differ) changeColumns(old, want Table, keeper string) (changed []string) {
	for _, had := range old.Columns {
		wanted, stays := want.Column(had.Name)
		if stays && sameType(had, wanted) {
			continue
		}
		changed = append(changed, had.Name)
		if had.References != "" && keeper == want.Name {
			d.add(Step{Kind: DropReference, Table: want.Name, Column: had})
		}
		kept := asideColumn(had.Name, d.revision)
		if stays {
			d.add(Step{Kind: Retype, Table: want.Name, Column: wanted, Aside: kept})
			continue
		}
		d.add(Step{Kind: SetColumnAside, Table: want.Name, Column: had, Aside: kept})
	}
	for _, wanted := range want.Columns {
		if _, had := old.Column(wanted.Name); had {
			continue
		}
		if kept, ok := d.keptColumn(keeper, wanted); ok {
			d.add(Step{Kind: RestoreColumn, Table: want.Name, Column: wanted, Aside: kept.Name})
			if wanted.References != "" {
				d.add(Step{Kind: AddReference, Table: want.Name, Column: wanted})
			}
			continue
		}
		d.add(Step{Kind: AddColumn, Table: want.Name, Column: wanted})
	}
	return changed
}

// sameType says whether values of one column are values of the other. Both
// databases then keep them alike.
func sameType(a, b field.Column) bool {
	return a.Type == b.Type && (a.Type != field.Decimal || a.Scale == b.Scale) && a.References == b.References
}
