package api_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trellis-crm/trellis/engine/enginetest"
)

// TestADeleteGoesAsFarAsTheDefinitionsSay deletes a record as somebody who has
// no right to any of those that point to it: what is a part of it goes, at any
// depth, and nothing else does.
func TestADeleteGoesAsFarAsTheDefinitionsSay(t *testing.T) {
	t.Parallel()
	for _, recycled := range []bool{true, false} {
		t.Run(fmt.Sprint("recycled ", recycled), func(t *testing.T) {
			t.Parallel()
			enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) { deleteAsFar(t, i, recycled) })
		})
	}
}

func deleteAsFar(t *testing.T, i *enginetest.Installation, recycled bool) {
	t.Helper()
	object := func(name string, properties doc) doc {
		properties["name"] = property("text")
		return doc{"kind": "object", "name": name, "type": "object", "properties": properties, "behaviours": doc{"recycle": recycled}}
	}
	to := func(target, onDelete string) doc {
		return property("lookup", doc{"target": target, "onDelete": onDelete})
	}
	i.Admin.Post(t, "/meta/_apply", doc{"definitions": []any{
		object("whole", doc{}),
		object("part", doc{"whole": to("whole", "cascade"), "friend": to("whole", "setNull")}),
		object("screw", doc{"part": to("part", "cascade"), "spare_of": to("part", "setNull")}),
		object("label", doc{"part": to("part", "setNull"), "sticks_to": to("part", "restrict")}),
		doc{"kind": "role", "name": "breaker", "grants": []any{doc{"object": "whole", "actions": []any{"read", "delete"}}}},
	}}).Want(t, 200)
	make1 := func(object string, values doc) string {
		id, _ := i.Admin.Post(t, "/records/"+object, values).Want(t, 201).Data(t)["id"].(string)
		return id
	}
	breaker := i.Person(t, "Bo", "breaker")
	whole, other := make1("whole", doc{}), make1("whole", doc{})
	part, otherPart := make1("part", doc{"whole": whole}), make1("part", doc{"whole": other, "friend": whole})
	screw, spare := make1("screw", doc{"part": part}), make1("screw", doc{"part": otherPart, "spare_of": part})
	label, stuck := make1("label", doc{"part": part}), make1("label", doc{"sticks_to": otherPart})

	breaker.Get(t, "/records/part/"+part).Want(t, 404)
	breaker.Delete(t, "/records/part/"+part).Want(t, 404)
	breaker.Delete(t, "/records/whole/"+whole).Want(t, 204)

	for _, gone := range []string{"whole/" + whole, "part/" + part, "screw/" + screw} {
		i.Admin.Get(t, "/records/"+gone).Want(t, 404)
	}
	for _, left := range []string{"whole/" + other, "part/" + otherPart, "screw/" + spare, "label/" + label, "label/" + stuck} {
		i.Admin.Get(t, "/records/"+left).Want(t, 200)
	}
	emptied := func(path, field string) any { return i.Admin.Get(t, "/records/"+path).Want(t, 200).Data(t)[field] }
	if !recycled {
		require.Nil(t, emptied("part/"+otherPart, "friend"))
		require.Nil(t, emptied("screw/"+spare, "spare_of"))
		require.Nil(t, emptied("label/"+label, "part"))
	}
	require.Equal(t, otherPart, emptied("label/"+stuck, "sticks_to"))

	breaker.Delete(t, "/records/whole/"+other).Want(t, 409)
	for _, left := range []string{"whole/" + other, "part/" + otherPart, "screw/" + spare, "label/" + stuck} {
		i.Admin.Get(t, "/records/"+left).Want(t, 200)
	}
}
