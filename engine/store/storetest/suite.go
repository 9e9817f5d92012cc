package storetest

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trellis-crm/trellis/engine/field"
	"github.com/trellis-crm/trellis/engine/store"
)

// Run is the suite of promises that every dialect keeps: writes, reads and the
// catalog's lock. Each part gets a fresh database from config.
func Run(t *testing.T, config func(t testing.TB) store.Config) {
	t.Helper()
	for name, promise := range promises() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := Open(t, config(t))
			b := &bundle{T: t, s: s, ctx: t.Context()}
			b.tables()
			promise(b)
		})
	}
}

func promises() map[string]func(*bundle) {
	return map[string]func(*bundle){
		"a_failed_function_keeps_nothing_and_harms_no_other":    (*bundle).failuresAreAlone,
		"a_panic_is_the_error_of_its_function":                  (*bundle).panicsAreErrors,
		"a_function_that_ends_its_goroutine_harms_no_other":     (*bundle).goexitIsAlone,
		"a_write_inside_another_is_refused":                     (*bundle).nestedIsRefused,
		"a_canceled_write_that_waits_is_not_run":                (*bundle).canceledIsNotRun,
		"a_transaction_that_is_over_does_nothing":               (*bundle).overIsOver,
		"what_waits_for_the_commit_runs_after_it_or_not_at_all": (*bundle).afterCommit,
		"queued_statements_keep_their_order":                    (*bundle).queuedInOrder,
		"gathered_rows_are_written_together":                    (*bundle).gatheredTogether,
		"gathered_rows_are_there_for_who_reads_them":            (*bundle).gatheredIsRead,
		"gathered_rows_stay_in_order":                           (*bundle).gatheredStaysInOrder,
		"gathered_rows_are_taken_back":                          (*bundle).gatheredIsTakenBack,
		"many_gathered_rows_are_added_beside_their_write":       (*bundle).runsBeside,
		"a_part_that_fails_undoes_only_itself":                  (*bundle).partsAreUndone,
		"violations_say_what_was_violated":                      (*bundle).violations,
		"reads_cannot_write":                                    (*bundle).readsCannotWrite,
		"a_snapshot_sees_one_moment":                            (*bundle).snapshots,
		"concurrent_increments_all_count":                       (*bundle).increments,
		"a_write_sees_the_revision_that_holds_until_it_commits": (*bundle).revisionFence,
		"a_write_that_expects_what_does_not_hold_keeps_nothing": (*bundle).expectations,
		"statements_survive_a_change_of_their_table":            (*bundle).stalePlans,
		"statements_that_do_not_fit_the_tables_say_so":          (*bundle).outdatedStatements,
		"system_rows_come_back_as_they_were":                    (*bundle).systemRows,
		"a_closed_store_refuses_writes":                         (*bundle).closedRefuses,
		"listeners_hear_what_is_committed":                      (*bundle).listeners,
		"nulls_are_smallest":                                    (*bundle).nullsAreSmallest,
	}
}

// bundle is one test of the suite.
type bundle struct {
	*testing.T
	s   *store.Store
	ctx context.Context
}

// parents and children have all that constraints are made of.
func family() []store.Table {
	return []store.Table{
		{Name: "parent", Columns: []field.Column{
			{Name: "id", Type: field.ID, NotNull: true},
			{Name: "name", Type: field.Text, NotNull: true},
			{Name: "count", Type: field.Integer},
			{Name: store.DeletedAt, Type: field.Instant},
		}, Indexes: []store.Index{{Columns: []string{"name"}, Unique: true, Live: true}, {Columns: []string{"count DESC", "id"}}}},
		{Name: "child", Columns: []field.Column{
			{Name: "id", Type: field.ID, NotNull: true}, {Name: "parent", Type: field.ID, References: "parent"},
		}},
	}
}

func (b *bundle) tables() {
	b.Helper()
	b.change(nil, family())
}

func (b *bundle) change(from, to []store.Table) {
	b.Helper()
	require.NoError(b, b.s.WriteExclusive(b.ctx, func(ctx context.Context, tx *store.Tx) error {
		for _, step := range store.Diff(from, to, nil, 1) {
			for _, statement := range store.Render(tx.Dialect(), step) {
				if _, err := tx.Exec(ctx, statement); err != nil {
					return err
				}
			}
		}
		return nil
	}))
}

func (b *bundle) write(fn func(ctx context.Context, tx *store.Tx) error) error {
	return b.s.Write(b.ctx, store.Interactive, fn)
}

// add inserts a parent.
func add(ctx context.Context, tx *store.Tx, id, name string) error {
	_, err := tx.Exec(ctx, `insert into parent (id, name, count) values (?, ?, 0)`, id, name)
	return err
}

func (b *bundle) count(where string, args ...any) (count int) {
	b.Helper()
	require.NoError(b, b.s.QueryRow(b.ctx, `select count(*) from parent where `+where, args...).Scan(&count))
	return count
}
