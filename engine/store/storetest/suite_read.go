package storetest

import (
	"context"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/trellis-crm/trellis/engine/field"
	"github.com/trellis-crm/trellis/engine/store"
)

func (b *bundle) readsCannotWrite() {
	for _, ctx := range []context.Context{b.ctx, store.InLane(b.ctx, store.Bulk)} {
		rows, err := b.s.Query(ctx, `insert into parent (id, name) values (?, 'a') returning id`, newID())
		if err == nil {
			for rows.Next() {
				continue
			}
			err = rows.Err()
			require.NoError(b, rows.Close())
		}
		require.Error(b, err)
	}
	require.Zero(b, b.count("true"))
	require.ErrorIs(b, b.s.QueryRow(b.ctx, `select id from parent`).Scan(new(string)), store.ErrNotFound)
}

func (b *bundle) snapshots() {
	require.NoError(b, b.s.Read(b.ctx, func(r store.Reader) error {
		var before, after int
		if err := r.QueryRow(b.ctx, `select count(*) from parent`).Scan(&before); err != nil {
			return err
		}
		require.NoError(b, b.write(func(ctx context.Context, tx *store.Tx) error { return add(ctx, tx, newID(), "a") }))
		if err := r.QueryRow(b.ctx, `select count(*) from parent`).Scan(&after); err != nil {
			return err
		}
		require.Equal(b, before, after)
		return nil
	}))
	require.Equal(b, 1, b.count("true"))
}

// stalePlans reads and writes with statements that were prepared before a
// column got another type.
func (b *bundle) stalePlans() {
	id := newID()
	use := func() {
		b.Helper()
		for range 8 { // on every connection
			require.NoError(b, b.write(func(ctx context.Context, tx *store.Tx) error {
				var count any
				if err := tx.QueryRow(ctx, `select count from parent where id = ?`, id).Scan(&count); err != nil {
					return err
				}
				_, err := tx.Exec(ctx, `update parent set count = count where id = ?`, id)
				return err
			}))
			rows, err := b.s.Query(b.ctx, `select * from parent where id = ?`, id)
			require.NoError(b, err)
			require.True(b, rows.Next())
			require.NoError(b, rows.Close())
		}
	}
	require.NoError(b, b.write(func(ctx context.Context, tx *store.Tx) error { return add(ctx, tx, id, "a") }))
	use()
	changed := family()
	changed[0].Columns[2] = field.Column{Name: "count", Type: field.Text}
	b.change(family(), changed)
	use()
}

func (b *bundle) outdatedStatements() {
	for _, query := range []string{`select missing from parent`, `select * from missing`, `select p.missing from parent p`} {
		_, err := b.s.Query(b.ctx, query)
		require.ErrorIs(b, err, store.ErrOutdated, query)
	}
	for _, query := range []string{`insert into parent (missing) values (1)`, `update parent set missing = 1`, `delete from missing`} {
		require.ErrorIs(b, b.write(func(ctx context.Context, tx *store.Tx) error {
			_, err := tx.Exec(ctx, query)
			return err
		}), store.ErrOutdated, query)
	}
}

type setting struct {
	Name  string `gorm:"primaryKey"`
	Value string
}

// TableName is the table of settings.
func (setting) TableName() string { return "sys_setting" }

type attempt struct {
	ID        int64 `gorm:"primaryKey"`
	Account   string
	Address   string
	At        int64
	Succeeded bool
}

// TableName is the table of attempts to sign in.
func (attempt) TableName() string { return "sys_login_attempt" }

func (b *bundle) systemRows() {
	rows := []*attempt{{Account: "a", At: 1, Succeeded: true}, {Account: "b", At: 2}, {Account: "a", At: 3}}
	require.NoError(b, b.write(func(ctx context.Context, tx *store.Tx) error {
		for _, row := range rows {
			row.ID = 0 // the function may run twice
		}
		require.NoError(b, store.Insert(ctx, tx, rows...))
		require.NotZero(b, rows[0].ID)
		require.NoError(b, store.Save(ctx, tx, &setting{Name: "x", Value: `{"a":1}`}))
		require.NoError(b, store.Save(ctx, tx, &setting{Name: "x", Value: `{"a":2}`}))
		found, err := store.First[setting](ctx, tx, "name = ?", "x")
		require.NoError(b, err)
		require.JSONEq(b, `{"a":2}`, found.Value)
		count, err := store.Update[attempt](ctx, tx, map[string]any{"succeeded": true}, "account = ? and at > ?", "a", 2)
		require.EqualValues(b, 1, count)
		return err
	}))
	found, err := store.Find[attempt](b.ctx, b.s, store.Selection{Where: "account = ?", Args: []any{"a"}, Order: "at desc", Limit: 5})
	require.NoError(b, err)
	require.Equal(b, []attempt{{ID: rows[2].ID, Account: "a", At: 3, Succeeded: true}, *rows[0]}, found)
	require.NoError(b, b.write(func(ctx context.Context, tx *store.Tx) error {
		count, err := store.Delete[attempt](ctx, tx, "account = ?", "a")
		require.EqualValues(b, 2, count)
		return err
	}))
	_, err = store.First[attempt](b.ctx, b.s, "account = ?", "a")
	require.ErrorIs(b, err, store.ErrNotFound)
	err = b.write(func(ctx context.Context, tx *store.Tx) error {
		return store.Insert(ctx, tx, &setting{Name: "x", Value: "1"})
	})
	require.NotNil(b, store.AsViolation(err, store.UniqueViolation), "%v", err)
}

func (b *bundle) listeners() {
	ctx, cancel := context.WithCancel(b.ctx)
	defer cancel()
	heard := b.s.Listen(ctx, "news")
	require.NoError(b, b.write(func(_ context.Context, tx *store.Tx) error {
		tx.Notify("news")
		return nil
	}))
	select {
	case <-heard:
	case <-time.After(10 * time.Second):
		b.Fatal("nothing was heard")
	}
}

// nullsAreSmallest also looks whether the index gives that order.
func (b *bundle) nullsAreSmallest() {
	require.NoError(b, b.write(func(ctx context.Context, tx *store.Tx) error {
		for _, count := range []any{int64(2), nil, int64(-1)} {
			if _, err := tx.Exec(ctx, `insert into parent (id, name, count) values (?, ?, ?)`, newID(), newID(), count); err != nil {
				return err
			}
		}
		return nil
	}))
	rows, err := b.s.Query(b.ctx, `select count from parent order by count desc nulls last`)
	require.NoError(b, err)
	var counts []any
	for rows.Next() {
		var count any
		require.NoError(b, rows.Scan(&count))
		counts = append(counts, count)
	}
	require.NoError(b, rows.Close())
	require.Equal(b, []any{int64(2), int64(-1), nil}, counts)
}
