package store_test

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/trellis-crm/trellis/engine/field"
	"github.com/trellis-crm/trellis/engine/store"
	"github.com/trellis-crm/trellis/engine/store/storetest"
)

// model draws edits of definitions: the tables as they shall be.
type model struct{ tables map[string]store.Table }

func systemColumns() []field.Column {
	return []field.Column{
		{Name: "id", Type: field.ID, NotNull: true},
		{Name: "version", Type: field.Integer, NotNull: true},
		{Name: "created_at", Type: field.Instant, NotNull: true},
	}
}

func (m *model) list() []store.Table {
	var tables []store.Table
	for _, t := range m.tables {
		tables = append(tables, t)
	}
	return tables
}

func (m *model) edit(t *rapid.T) {
	name := rapid.SampledFrom([]string{"lead", "account", "note", "order", strings.Repeat("long", 12)}).Draw(t, "table")
	table, exists := m.tables[name]
	switch action := rapid.IntRange(0, 11).Draw(t, "action"); {
	case !exists:
		m.tables[name] = store.Table{Name: name, Columns: systemColumns()}
	case action == 0:
		m.remove(name)
	case action <= 6:
		m.tables[name] = m.editColumn(t, table)
	default:
		m.tables[name] = editIndex(t, table)
	}
}

// remove takes a table away with the columns that point to it, as the catalog
// demands.
func (m *model) remove(name string) {
	delete(m.tables, name)
	for other, table := range m.tables {
		for _, column := range slices.Clone(table.Columns) {
			if column.References == name {
				table = without(table, column.Name)
			}
		}
		m.tables[other] = table
	}
}

func (m *model) editColumn(t *rapid.T, table store.Table) store.Table {
	name := rapid.SampledFrom([]string{"a", "b", "select", store.DeletedAt, strings.Repeat("wide", 12)}).Draw(t, "column")
	column := field.Column{Name: name, Type: field.ColumnType(rapid.IntRange(int(field.Text), int(field.Bytes)).Draw(t, "type"))}
	if name == store.DeletedAt {
		column.Type = field.Instant
	}
	if column.Type == field.Decimal {
		column.Scale = rapid.IntRange(0, 6).Draw(t, "scale")
	}
	if column.Type == field.ID {
		targets := []string{}
		for target := range m.tables {
			targets = append(targets, target)
		}
		slices.Sort(targets)
		column.References = rapid.SampledFrom(targets).Draw(t, "target")
	}
	_, exists := table.Column(name)
	if exists && rapid.Bool().Draw(t, "remove") {
		return without(table, name)
	}
	if exists {
		table = replaced(table, column)
		return table
	}
	table.Columns = append(slices.Clone(table.Columns), column)
	return table
}

func without(table store.Table, name string) store.Table {
	table.Columns = slices.DeleteFunc(slices.Clone(table.Columns), func(c field.Column) bool { return c.Name == name })
	table.Indexes = slices.DeleteFunc(slices.Clone(table.Indexes), func(i store.Index) bool {
		return slices.ContainsFunc(i.Columns, func(c string) bool { return strings.TrimSuffix(c, " DESC") == name })
	})
	return table
}

func replaced(table store.Table, column field.Column) store.Table {
	table.Columns = slices.Clone(table.Columns)
	for i, c := range table.Columns {
		if c.Name == column.Name {
			table.Columns[i] = column
		}
	}
	table.Indexes = slices.DeleteFunc(slices.Clone(table.Indexes), func(i store.Index) bool {
		return i.Kind == store.Members && i.Columns[0] == column.Name && column.Type != field.JSON
	})
	return table
}

func editIndex(t *rapid.T, table store.Table) store.Table {
	var columns []string
	var json []string
	for _, c := range table.Columns {
		columns = append(columns, c.Name)
		if c.Type == field.JSON {
			json = append(json, c.Name)
		}
	}
	index := store.Index{
		Columns: rapid.SliceOfNDistinct(rapid.SampledFrom(columns), 1, 3, rapid.ID).Draw(t, "columns"),
		Unique:  rapid.Bool().Draw(t, "unique"), Live: rapid.Bool().Draw(t, "live"),
	}
	if rapid.Bool().Draw(t, "descending") {
		index.Columns[0] += " DESC"
	}
	if len(json) > 0 && rapid.Bool().Draw(t, "members") {
		index = store.Index{Columns: json[:1], Kind: store.Members}
	}
	name := store.IndexName(table.Name, index.Columns, index.Unique)
	had := len(table.Indexes)
	table.Indexes = slices.DeleteFunc(slices.Clone(table.Indexes), func(i store.Index) bool {
		return store.IndexName(table.Name, i.Columns, i.Unique) == name
	})
	if len(table.Indexes) == had || rapid.Bool().Draw(t, "change") {
		table.Indexes = append(table.Indexes, index)
	}
	return table
}

// apply takes the database from one model to the next.
func apply(ctx context.Context, s *store.Store, from, to []store.Table, revision int64) error {
	return s.WriteExclusive(ctx, func(ctx context.Context, tx *store.Tx) error {
		shape, err := store.Introspect(ctx, tx)
		if err != nil {
			return err
		}
		return run(ctx, tx, store.Diff(from, to, shape.Aside, revision))
	})
}

func run(ctx context.Context, tx *store.Tx, steps []store.Step) error {
	for _, step := range steps {
		for _, statement := range store.Render(tx.Dialect(), step) {
			if _, err := tx.Exec(ctx, statement); err != nil {
				return fmt.Errorf("%s: %w", statement, err)
			}
		}
	}
	return nil
}

func TestTablesEqualTheDefinitionAfterRandomEdits(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		ctx := t.Context()
		rapid.Check(t, func(t *rapid.T) {
			require.NoError(t, apply(ctx, s, objects(ctx, t, s), nil, 1))
			require.NoError(t, dropAsides(ctx, s, 1))
			m := &model{tables: map[string]store.Table{}}
			var from []store.Table
			for revision := range int64(rapid.IntRange(1, 6).Draw(t, "revisions")) {
				for range rapid.IntRange(1, 6).Draw(t, "edits") {
					m.edit(t)
				}
				to := m.list()
				require.NoError(t, apply(ctx, s, from, to, revision+2))
				require.Equal(t, store.Normal(to), objects(ctx, t, s))
				require.Empty(t, store.Diff(objects(ctx, t, s), to, nil, revision+3))
				from = to
			}
			require.NoError(t, dropAsides(ctx, s, 1000))
			require.Equal(t, store.Normal(from), objects(ctx, t, s))
		})
	})
}

func dropAsides(ctx context.Context, s *store.Store, revision int64) error {
	return s.WriteExclusive(ctx, func(ctx context.Context, tx *store.Tx) error {
		shape, err := store.Introspect(ctx, tx)
		if err != nil {
			return err
		}
		return run(ctx, tx, store.DropAsides(shape.Aside, revision))
	})
}

func objects(ctx context.Context, t require.TestingT, s *store.Store) []store.Table {
	shape, err := store.Introspect(ctx, s)
	require.NoError(t, err)
	return append([]store.Table{}, shape.Objects...)
}

func TestMigrationsGiveTheSameTablesOnBothDatabases(t *testing.T) {
	t.Parallel()
	var shapes [][]store.Table
	for _, config := range []store.Config{storetest.SQLite(t), {URL: storetest.Postgres(t)}} {
		shape, err := store.Introspect(t.Context(), storetest.Open(t, config))
		require.NoError(t, err)
		require.Empty(t, shape.Objects)
		require.Empty(t, shape.Aside)
		shapes = append(shapes, shape.System)
	}
	require.NotEmpty(t, shapes[0])
	require.Equal(t, shapes[0], shapes[1])
}

func TestMigrationsHaveTheSameNamesOnBothDatabases(t *testing.T) {
	t.Parallel()
	names := func(folder string) (names []string) {
		entries, err := os.ReadDir("../../migrations/" + folder)
		require.NoError(t, err)
		for _, entry := range entries {
			names = append(names, entry.Name())
		}
		return names
	}
	require.Equal(t, names("sqlite"), names("postgres"))
}

func TestWhatWasSetAsideComesBackWithItsValues(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		ctx := t.Context()
		account := store.Table{Name: "account", Columns: systemColumns()}
		lead := store.Table{
			Name: "lead", Columns: append(systemColumns(),
				field.Column{Name: "company", Type: field.Text}, field.Column{Name: "account", Type: field.ID, References: "account"}),
			Indexes: []store.Index{{Columns: []string{"company"}}},
		}
		bare := store.Table{Name: "lead", Columns: systemColumns()}
		with, without := []store.Table{account, lead}, []store.Table{account, bare}
		require.NoError(t, apply(ctx, s, nil, with, 1))
		const stays, goes = "019a0000-0000-7000-8000-000000000001", "019a0000-0000-7000-8000-000000000002"
		execute := func(query string, args ...any) {
			require.NoError(t, s.Write(ctx, store.Interactive, func(ctx context.Context, tx *store.Tx) error {
				_, err := tx.Exec(ctx, query, args...)
				return err
			}))
		}
		const at = "2026-11-21T08:00:00.000Z"
		for _, id := range []string{stays, goes} {
			execute(`insert into account (id, version, created_at) values (?, 1, ?)`, id, at)
			execute(`insert into lead (id, version, created_at, company, account) values (?, 1, ?, ?, ?)`, id, at, "of "+id, id)
		}
		look := func() (companies, accounts int) {
			require.NoError(t, s.QueryRow(ctx, `select count(company), count(account) from lead`).Scan(&companies, &accounts))
			return companies, accounts
		}
		require.NoError(t, apply(ctx, s, with, without, 2))
		execute(`delete from account where id = ?`, goes) // what is aside holds up nothing
		require.NoError(t, apply(ctx, s, without, with, 3))
		companies, accounts := look()
		require.Equal(t, []int{2, 1}, []int{companies, accounts})
		require.NoError(t, apply(ctx, s, with, nil, 4))
		require.NoError(t, apply(ctx, s, nil, with, 5))
		companies, accounts = look()
		require.Equal(t, []int{2, 1}, []int{companies, accounts})
		require.Equal(t, store.Normal(with), objects(ctx, t, s))
		require.Error(t, s.Write(ctx, store.Interactive, func(ctx context.Context, tx *store.Tx) error {
			_, err := tx.Exec(ctx, `update lead set account = ? where id = ?`, goes, goes)
			return err
		}), "the reference is back")
	})
}

func TestAChangeOfTypeKeepsTheOldValuesForTheConversion(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		ctx := t.Context()
		table := func(column field.Column) []store.Table {
			return []store.Table{{Name: "lead", Columns: append(systemColumns(), column), Indexes: []store.Index{{Columns: []string{"score"}}}}}
		}
		text, number := table(field.Column{Name: "score", Type: field.Text}), table(field.Column{Name: "score", Type: field.Integer})
		require.NoError(t, apply(ctx, s, nil, text, 1))
		require.NoError(t, s.WriteExclusive(ctx, func(ctx context.Context, tx *store.Tx) error {
			if _, err := tx.Exec(ctx, `insert into lead (id, version, created_at, score) values (?, 1, ?, '42')`,
				"019a0000-0000-7000-8000-000000000001", "2026-11-21T08:00:00.000Z"); err != nil {
				return err
			}
			for _, step := range store.Diff(text, number, nil, 2) {
				if err := run(ctx, tx, []store.Step{step}); err != nil {
					return err
				}
				if step.Kind == store.Retype {
					if _, err := tx.Exec(ctx, `update lead set score = cast(`+tx.Dialect().Quote(step.Aside)+` as bigint)`); err != nil {
						return err
					}
				}
			}
			return nil
		}))
		var score int
		require.NoError(t, s.QueryRow(ctx, `select score from lead`).Scan(&score))
		require.Equal(t, 42, score)
		require.Equal(t, store.Normal(number), objects(ctx, t, s))
	})
}
