package postgres

import (
	"context"
	"fmt"
	"strings"

	"github.com/trellis-crm/trellis/engine/store"
)

// RenameReference renames the foreign key as its column was renamed.
func (d *Dialect) RenameReference(table, from, to string) []string {
	return []string{"alter table " + d.Quote(table) + " rename constraint " + d.Quote(referenceName(table, from)) + " to " + d.Quote(referenceName(table, to))}
}

// Concurrently makes or drops an index in several short transactions.
func (*Dialect) Concurrently(statement string) (string, bool) {
	for _, begin := range []string{"create index ", "create unique index ", "drop index "} {
		if rest, ok := strings.CutPrefix(statement, begin); ok {
			return begin + "concurrently " + rest, true
		}
	}
	return statement, true
}

// DropsColumns is true: what the column held is left in the rows.
func (*Dialect) DropsColumns() bool { return true }

// noting is what a watch calls: its arguments are the object that is noted and
// the column with the ids.
const noting = `create or replace function sys_noting() returns trigger language plpgsql as $$
begin
	insert into sys_building (object, record)
	select tg_argv[0], id::uuid from (
		select case when tg_op <> 'INSERT' then to_jsonb(old) ->> tg_argv[1] end
		union select case when tg_op <> 'DELETE' then to_jsonb(new) ->> tg_argv[1] end) changed(id)
	where id is not null;
	return null;
end $$`

const watchPrefix = "sys_building_"

// Watch makes a trigger.
func (d *Dialect) Watch(number int, watched store.Watched) []string {
	columns := make([]string, len(watched.Columns))
	for i, column := range watched.Columns {
		columns[i] = d.Quote(column)
	}
	return []string{fmt.Sprintf("create trigger %s after insert or delete or update of %s on %s for each row execute function sys_noting(%s, %s)",
		d.Quote(fmt.Sprint(watchPrefix, number)), strings.Join(columns, ", "), d.Quote(watched.Table), literal(watched.Object), literal(watched.Key))}
}

// literal is a name as a text; names hold no quotes.
func literal(name string) string { return "'" + name + "'" }

// EndWatches drops the triggers.
func (d *Dialect) EndWatches(ctx context.Context, from store.Reader) ([]string, error) {
	var statements []string
	err := each(ctx, from, `select t.tgname, c.relname from pg_trigger t join pg_class c on c.oid = t.tgrelid
		where c.relnamespace = current_schema()::regnamespace and not t.tgisinternal and starts_with(t.tgname::text, '`+watchPrefix+`')`,
		func(scan func(...any) error) error {
			var name, table string
			if err := scan(&name, &table); err != nil {
				return err
			}
			statements = append(statements, "drop trigger "+d.Quote(name)+" on "+d.Quote(table))
			return nil
		})
	return statements, err
}
