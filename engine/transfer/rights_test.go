package transfer_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trellis-crm/trellis/engine/access"
	"github.com/trellis-crm/trellis/engine/enginetest"
	"github.com/trellis-crm/trellis/engine/fault"
	"github.com/trellis-crm/trellis/engine/transfer"
)

// meanwhile lets something happen while a transfer is under way: before its
// person is looked up for the second time.
type meanwhile struct {
	transfer.People
	act   func()
	looks int
}

func (m *meanwhile) ByID(ctx context.Context, id, via string) (*access.Actor, error) {
	if m.looks++; m.looks == 2 {
		m.act()
	}
	return m.People.ByID(ctx, id, via)
}

func TestAnExportEndsWhenItsPersonLosesARight(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		role := func(name string, read []string, abilities ...string) map[string]any {
			return map[string]any{"kind": "role", "name": name, "abilities": append([]string{}, abilities...), "grants": []any{map[string]any{
				"object": "note", "actions": []string{"read"}, "fields": map[string]any{"read": read},
			}}}
		}
		taker := role("taker", []string{"key", "short"}, "export")
		apply := func(definition map[string]any) {
			i.Admin.Post(t, "/meta/_apply", map[string]any{"definitions": []any{definition}}).Want(t, 200)
		}
		i.Admin.Post(t, "/meta/_apply", map[string]any{"definitions": []any{note(), taker, role("reader", []string{"long"})}}).Want(t, 200)
		operations := make([]any, 1500)
		for n := range operations {
			operations[n] = map[string]any{"op": "create", "values": map[string]any{"key": n, "short": "s"}}
		}
		i.Admin.Post(t, "/records/note/_batch", map[string]any{"operations": operations}).Want(t, 200)
		person := i.Person(t, "Tia", "taker", "reader")
		user := "/records/user/" + person.UserID
		for promise, c := range map[string]struct {
			taken func()
			code  fault.Code
		}{
			"the ability":      {func() { apply(role("taker", []string{"key", "short"})) }, fault.MissingAbility},
			"a field":          {func() { apply(role("taker", []string{"key"}, "export")) }, fault.Forbidden},
			"a role":           {func() { i.Admin.Patch(t, user, map[string]any{"roles": []string{"taker"}}).Want(t, 200) }, fault.Forbidden},
			"the whole access": {func() { i.Admin.Patch(t, user, map[string]any{"active": false}).Want(t, 200) }, fault.Forbidden},
			"nothing":          {func() {}, ""},
		} {
			id := fmt.Sprint(person.Post(t, "/exports", map[string]any{"object": "note", "sort": "key"}).Want(t, 202).Data(t)["id"])
			person.Wait(t, "/exports/"+id, "running")
			before := stored(t, i, "sys_blob")
			service := transfer.New(i.Store, i.Records, &meanwhile{People: i.People, act: c.taken}, i.Notes, i.Clock)
			err := service.WriteExport(t.Context(), id)
			if c.code == "" {
				require.NoError(t, err)
				continue
			}
			require.True(t, fault.Is(err, c.code), "%s: %v", promise, err)
			require.Equal(t, before, stored(t, i, "sys_blob"), "what was written is removed")
			apply(taker)
			i.Admin.Patch(t, user, map[string]any{"active": true, "roles": []string{"taker", "reader"}}).Want(t, 200)
		}
	})
}
