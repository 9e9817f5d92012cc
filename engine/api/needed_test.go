package api_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trellis-crm/trellis/engine/enginetest"
)

// clerks are people who write tenders: one sees of the number of a bid nothing
// and one reads it; both may be met by a rule that speaks of it.
func clerks(t *testing.T, i *enginetest.Installation) (blind, reader *enginetest.Client) {
	t.Helper()
	definitions := tender()
	object, _ := definitions[0].(doc)
	object["rules"] = []any{doc{"name": "numbered", "assert": `name != "broken"`, "message": "The name is broken.", "at": []any{"bid_number"}}}
	grant := func(read ...any) doc {
		return doc{"object": "tender", "actions": []any{"create", "read", "update", "delete"}, "scope": "all", "fields": doc{"read": read, "update": []any{"name", "type"}}}
	}
	apply(t, i, append(definitions,
		doc{"kind": "role", "name": "blind", "grants": []any{grant("name", "type")}},
		doc{"kind": "role", "name": "reader", "grants": []any{grant("name", "type", "bid_number")}},
	)...)
	return i.Person(t, "Blind", "blind"), i.Person(t, "Reader", "reader")
}

// TestAFormRequiresOnlyWhatItsWriterMayFill: who may not write a field is not
// asked for it, and what he may not see is not named to him.
func TestAFormRequiresOnlyWhatItsWriterMayFill(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		blind, reader := clerks(t, i)
		for _, clerk := range []*enginetest.Client{blind, reader} {
			made := fmt.Sprint("/records/tender/", clerk.Post(t, "/records/tender", doc{"name": "one", "type": "bid"}).Want(t, 201).Data(t)["id"])
			clerk.Patch(t, made, doc{"name": "two"}).Want(t, 200)
			i.Admin.Patch(t, made, doc{"name": "three"}).Want(t, 422)
			i.Admin.Patch(t, made, doc{"name": "three", "bid_number": "T-1"}).Want(t, 200)
		}
		_, items := reader.Post(t, "/records/tender", doc{"name": "broken"}).Want(t, 422).Fault(t)
		require.Equal(t, map[string]string{"/bid_number": "rule_broken"}, items)
		answer := blind.Post(t, "/records/tender", doc{"name": "broken"}).Want(t, 422)
		_, items = answer.Fault(t)
		require.Equal(t, map[string]string{"": "rule_broken"}, items)
		require.NotContains(t, string(answer.Body), "bid_number")
		require.Contains(t, string(answer.Body), "The name is broken.")
	})
}

// TestAHiddenFieldThatIsRequiredIsNotNamed, neither when it is missing in what
// is new, nor in what was there before.
func TestAHiddenFieldThatIsRequiredIsNotNamed(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		blind, reader := clerks(t, i)
		old := fmt.Sprint("/records/tender/", blind.Post(t, "/records/tender", doc{"name": "old"}).Want(t, 201).Data(t)["id"])
		definitions := tender()
		object, _ := definitions[0].(doc)
		object["required"] = []any{"name", "bid_number"}
		apply(t, i, definitions...)
		for _, answer := range []*enginetest.Answer{blind.Post(t, "/records/tender", doc{"name": "new"}), blind.Patch(t, old, doc{"name": "newer"})} {
			_, items := answer.Want(t, 422).Fault(t)
			require.Equal(t, map[string]string{"": "forbidden"}, items)
			require.NotContains(t, string(answer.Body), "bid_number")
		}
		_, items := reader.Patch(t, old, doc{"name": "newer"}).Want(t, 422).Fault(t)
		require.Equal(t, map[string]string{"/bid_number": "required"}, items)
	})
}

// TestWhatComesBackNeedsNoForm: a form that came to require more keeps no
// record in the bin, and none apart that is merged.
func TestWhatComesBackNeedsNoForm(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		definitions := tender()
		plain := doc{"kind": "form", "name": "tender_default", "object": "tender", "sections": []any{doc{"fields": []any{"name", "type", "bid_number"}}}}
		apply(t, i, definitions[0], plain)
		create := func(name string) string {
			return fmt.Sprint("/records/tender/", i.Admin.Post(t, "/records/tender", doc{"name": name, "type": "bid"}).Want(t, 201).Data(t)["id"])
		}
		binned, kept, other := create("binned"), create("kept"), create("other")
		i.Admin.Delete(t, binned).Want(t, 204)
		apply(t, i, definitions[1])
		i.Admin.Patch(t, kept, doc{"name": "changed"}).Want(t, 422)
		i.Admin.Post(t, binned+"/restore", doc{"values": doc{"name": "back"}}).Want(t, 200)
		merged := i.Admin.Post(t, kept+"/actions/merge", doc{"with": other[len("/records/tender/"):], "values": doc{"name": "merged"}}).Want(t, 200)
		require.Equal(t, "merged", merged.Data(t)["name"])
		i.Admin.Post(t, kept+"/actions/undo_merge", doc{}).Want(t, 200)
		require.Equal(t, "kept", i.Admin.Get(t, kept).Want(t, 200).Data(t)["name"])
		i.Admin.Get(t, other).Want(t, 200)
	})
}
