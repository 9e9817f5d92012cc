package store

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/trellis-crm/trellis/engine/field"
)

// Building is a column or an index that is made beside those in force, for a
// revision that is not there yet and may never come.
type Building struct {
	Table string
	// Column is the column; without a name when it is an index.
	Column field.Column
	// Index is the index's name.
	Index string
}

const buildingColumnPrefix = "building__"

// BuildingIndexPrefix begins the names of indexes that are built; a unique one
// refuses what is not unique from the moment it is made.
const BuildingIndexPrefix = "bx_"

// BuildingField is the name in whose columns the field in a slot of its object
// is built; no field of people's can have it.
func BuildingField(slot int) string { return buildingColumnPrefix + strconv.Itoa(slot) }

func buildingIndex(name string) string { return fit(BuildingIndexPrefix+name, nameLength) }

// AsideColumn is the name under which a revision sets a column aside.
func AsideColumn(name string, revision int64) string { return asideColumn(name, revision) }

// Beside names, by table and column, the columns that are built in the place
// of others.
type Beside map[string]map[string]field.Column

// Put names the column that is built in the place of another.
func (b Beside) Put(table, column string, built field.Column) {
	if b[table] == nil {
		b[table] = map[string]field.Column{}
	}
	b[table][column] = built
}

// Split parts steps into those that make columns, those that then make indexes
// while others write, and those that put all of it in force. Where an index
// cannot be made while others write, it is made with the last.
func (b Beside) Split(d Dialect, steps []Step) (columns, indexes, last []Step) {
	_, concurrently := d.Concurrently("")
	names, apart := b.names(steps)
	for _, step := range steps {
		built, ok := b[step.Table][step.Column.Name]
		switch {
		case ok && (step.Kind == AddColumn || step.Kind == RestoreColumn || step.Kind == Retype):
			columns = append(columns, Step{Kind: AddColumn, Table: step.Table, Column: built})
			adopted := Step{Kind: AdoptColumn, Table: step.Table, Column: step.Column, Building: built.Name}
			if step.Kind == Retype {
				adopted.Aside = step.Aside
			}
			last = append(last, adopted)
		case step.Kind == CreateIndex && concurrently && !apart[step.Table]:
			index := step.Index
			index.Name, index.Columns = buildingIndex(index.Name), slices.Clone(index.Columns)
			for i, column := range index.Columns {
				name, desc := descending(column)
				if now, ok := names[step.Table+"."+name]; ok {
					index.Columns[i] = now
					if desc {
						index.Columns[i] += " DESC"
					}
				}
			}
			indexes = append(indexes, Step{Kind: CreateIndex, Table: step.Table, Index: index})
			last = append(last, Step{Kind: AdoptIndex, Table: step.Table, Index: step.Index, Building: index.Name})
		default:
			last = append(last, step)
		}
	}
	slices.SortStableFunc(last, func(a, b Step) int { return int(a.Kind) - int(b.Kind) })
	return columns, indexes, last
}

// names are what columns are called before the last steps, where that is
// something else than afterwards; apart are the tables whose indexes cannot be
// made before, because the table, or what tells its deleted rows, comes with
// the last steps.
func (b Beside) names(steps []Step) (names map[string]string, apart map[string]bool) {
	names, apart = map[string]string{}, map[string]bool{}
	for table, columns := range b {
		for column, built := range columns {
			names[table+"."+column] = built.Name
		}
	}
	for _, step := range steps {
		at := step.Table + "." + step.Column.Name
		if _, built := names[at]; step.Kind == RestoreColumn && !built {
			names[at] = step.Aside
		}
		if step.Kind == CreateTable || step.Kind == RestoreTable || step.Column.Name == DeletedAt {
			apart[step.Table] = true
		}
	}
	return names, apart
}

// takeBuilding takes what is being built out of a table.
func (s *Shape) takeBuilding(t Table) Table {
	t.Columns = slices.DeleteFunc(slices.Clone(t.Columns), func(column field.Column) bool {
		built := strings.HasPrefix(column.Name, buildingColumnPrefix)
		if _, aside := asideRevision(column.Name, asideColumnSuffix); !built || aside {
			return false
		}
		s.Building = append(s.Building, Building{Table: t.Name, Column: column})
		return true
	})
	t.Indexes = slices.DeleteFunc(slices.Clone(t.Indexes), func(index Index) bool {
		built := strings.HasPrefix(index.Name, BuildingIndexPrefix)
		if built {
			s.Building = append(s.Building, Building{Table: t.Name, Index: index.Name})
		}
		return built
	})
	return t
}

// Clear gives the steps that take away the columns of a building. Where
// dropping a column rewrites its table, it is set aside by a revision, under a
// name with a mark that no other has.
func (s *Shape) Clear(d Dialect, revision, mark int64) []Step {
	var steps []Step
	for _, b := range s.Building {
		switch {
		case b.Column.Name == "":
		case d.DropsColumns():
			steps = append(steps, Step{Kind: DropAside, Table: b.Table, Aside: b.Column.Name})
		default:
			steps = append(steps, Step{Kind: SetColumnAside, Table: b.Table, Column: b.Column, Aside: asideColumn(b.Column.Name+"__"+strconv.FormatInt(mark, 10), revision)})
		}
	}
	return steps
}

// Watched asks that the rows of a table whose values change are noted in
// sys_building.
type Watched struct {
	Table string
	// Columns are those whose change counts.
	Columns []string
	// Object and Key say what is noted: a record of the object, whose id stands
	// in the column Key, before the change and after it.
	Object, Key string
}

// Concurrently runs a statement that makes or drops an index, and lets others
// write meanwhile. It takes as long as it needs, and ends with ctx. Where that
// cannot be, it does nothing.
func (s *Store) Concurrently(ctx context.Context, statement string) (err error) {
	statement, ok := s.dialect.Concurrently(statement)
	if !ok {
		return nil
	}
	db, err := s.dialect.Connect(ctx, s.config, MaintainUse)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	_, err = db.ExecContext(ctx, statement)
	return s.translate(err)
}
