package storetest

import (
	"context"
	"strconv"

	"github.com/stretchr/testify/require"

	"github.com/trellis-crm/trellis/engine/store"
)

// gathers keeps the parents of a write together.
const gathers = `INSERT INTO parent (id, name) VALUES %s ON CONFLICT DO NOTHING`

func (b *bundle) gatheredTogether() {
	taken, twice := newID(), newID()
	require.NoError(b, b.write(func(ctx context.Context, tx *store.Tx) error {
		return add(ctx, tx, taken, "there already")
	}))
	require.NoError(b, b.write(func(_ context.Context, tx *store.Tx) error {
		for i := range 150 {
			tx.Gather(gathers, newID(), "many "+strconv.Itoa(i))
		}
		tx.Gather(gathers, taken, "there already")
		tx.Gather(gathers, twice, "twice")
		tx.Gather(gathers, twice, "twice")
		return nil
	}))
	require.Equal(b, 150, b.count("name like 'many%'"))
	require.Equal(b, 1, b.count("id = ?", taken))
	require.Equal(b, 1, b.count("id = ?", twice))
	require.ErrorIs(b, b.write(func(_ context.Context, tx *store.Tx) error {
		tx.Gather(gathers, newID(), "never")
		return errUndone
	}), errUndone)
	require.Equal(b, 152, b.count("true"))
}

func (b *bundle) gatheredIsRead() {
	id := newID()
	require.NoError(b, b.write(func(ctx context.Context, tx *store.Tx) error {
		tx.Gather(gathers, id, "a")
		var name string
		if err := tx.QueryRow(ctx, `select name from parent where id = ?`, id).Scan(&name); err != nil {
			return err
		}
		require.Equal(b, "a", name)
		tx.Gather(gathers, newID(), "b")
		changed, err := tx.Exec(ctx, `update parent set count = 7 where name = 'b'`)
		require.EqualValues(b, 1, changed)
		return err
	}))
	require.Equal(b, 2, b.count("true"))
}

func (b *bundle) gatheredIsTakenBack() {
	kept, undone := newID(), newID()
	require.NoError(b, b.write(func(ctx context.Context, tx *store.Tx) error {
		tx.Gather(gathers, kept, "kept")
		require.ErrorIs(b, tx.Try(ctx, func(ctx context.Context) error {
			tx.Gather(gathers, undone, "undone")
			if _, err := tx.Exec(ctx, `update parent set count = 1`); err != nil {
				return err
			}
			return errUndone
		}), errUndone)
		return tx.Try(ctx, func(context.Context) error {
			tx.Gather(gathers, undone, "done")
			return nil
		})
	}))
	require.Equal(b, 1, b.count("id = ? and name = 'kept' and count is null", kept))
	require.Equal(b, 1, b.count("id = ? and name = 'done'", undone))
}

// gatheredStaysInOrder: what others point to is there before them, whoever
// writes them.
func (b *bundle) gatheredStaysInOrder() {
	parent, other := newID(), newID()
	require.NoError(b, b.write(func(ctx context.Context, tx *store.Tx) error {
		tx.Gather(gathers, parent, "parent")
		tx.Gather(`INSERT INTO child (id, parent) VALUES %s`, newID(), parent)
		tx.Gather(gathers, other, "other")
		tx.Queue(`insert into child (id, parent) values (?, ?)`, newID(), other)
		return nil
	}))
	require.Equal(b, 2, b.count("true"))
}

// runsBeside: rows of which there are many are added while their write goes on,
// and are kept or not as the rest of it.
func (b *bundle) runsBeside() {
	many := func(tx *store.Tx, name string) {
		for i := range 700 {
			tx.Gather(gathers, newID(), name+strconv.Itoa(i))
		}
	}
	require.NoError(b, b.write(func(ctx context.Context, tx *store.Tx) error {
		many(tx, "kept")
		require.ErrorIs(b, tx.Try(ctx, func(context.Context) error {
			many(tx, "undone")
			return errUndone
		}), errUndone)
		var count int
		if err := tx.QueryRow(ctx, `select count(*) from parent`).Scan(&count); err != nil {
			return err
		}
		require.Equal(b, 700, count)
		many(tx, "kept too")
		return nil
	}))
	require.Equal(b, 1400, b.count("name like 'kept%'"))
	require.ErrorIs(b, b.write(func(_ context.Context, tx *store.Tx) error {
		many(tx, "undone")
		return errUndone
	}), errUndone)
	violated := b.write(func(_ context.Context, tx *store.Tx) error {
		for range 700 {
			tx.Gather(`INSERT INTO child (id, parent) VALUES %s`, newID(), newID())
		}
		many(tx, "undone")
		return nil
	})
	require.NotNil(b, store.AsViolation(violated, store.ReferenceViolation), "%v", violated)
	require.Error(b, b.write(func(_ context.Context, tx *store.Tx) error {
		many(tx, "undone")
		panic("on purpose")
	}))
	require.Equal(b, 1400, b.count("true"))
}
