package api_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trellis-crm/trellis/engine/enginetest"
)

// TestAFieldOfManyPartsIsConvertedWhole: what a field of money, a link or an
// address holds goes with all its parts into what its field becomes, and comes
// from what it was; at once, and by the job of a large table.
func TestAFieldOfManyPartsIsConvertedWhole(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		i.Admin.Post(t, "/records/exchange_rate", doc{"currency": "USD", "valid_from": "2020-01-01", "rate": "7"}).Want(t, 201)
		target := i.Admin.Post(t, "/records/lead", doc{"name": "Li", "company": "x"}).Want(t, 201).Data(t)["id"]
		for n, c := range []struct {
			name        string
			from, to    doc
			had, become any
			lossy       bool
		}{
			{"an amount of text", doc{"field": "text"}, doc{"field": "money"}, "10.50 USD", doc{"amount": "10.50", "currency": "USD"}, false},
			{"a number", doc{"field": "decimal"}, doc{"field": "money"}, "10.5", doc{"amount": "10.50", "currency": "CNY"}, false},
			{"a number of two decimals", doc{"field": "decimal", "decimals": 2}, doc{"field": "money"}, "10.5", doc{"amount": "10.50", "currency": "CNY"}, false},
			{"money as text", doc{"field": "money"}, doc{"field": "text"}, doc{"amount": "10.50", "currency": "USD"}, "10.50 USD", false},
			{"money as a number", doc{"field": "money"}, doc{"field": "decimal", "decimals": 2}, doc{"amount": "10.50", "currency": "USD"}, "73.5", true},
			{"money as a whole number", doc{"field": "money"}, doc{"field": "integer"}, doc{"amount": "2", "currency": "USD"}, 14.0, true},
			{"a link as text", doc{"field": "link", "targets": []any{"lead"}}, doc{"field": "text"}, doc{"object": "lead", "id": target}, fmt.Sprint("lead/", target), false},
			{"a text as a link", doc{"field": "text"}, doc{"field": "link", "targets": []any{"lead"}}, fmt.Sprint("lead/", target), doc{"object": "lead", "id": target}, false},
			{"an address as text", doc{"field": "address"}, doc{"field": "text"}, doc{"city": "上海"}, "|  | 上海 |  |  |", false},
			{"an amount without a rate", doc{"field": "text"}, doc{"field": "money"}, "1 EUR", nil, true},
		} {
			for _, large := range []int64{1, 1000} {
				t.Run(fmt.Sprint(c.name, " of ", large), func(t *testing.T) {
					i.Catalog.SetLarge(large)
					name := fmt.Sprint("thing_", n, "_", large)
					applied(t, i, objectOf(name, doc{"value": c.from})).Want(t, 200)
					id := i.Admin.Post(t, "/records/"+name, doc{"value": c.had}).Want(t, 201).Data(t)["id"]
					none := i.Admin.Post(t, "/records/"+name, doc{}).Want(t, 201).Data(t)["id"]
					change := doc{"definitions": []any{objectOf(name, doc{"value": c.to})}}
					if c.lossy {
						refused := i.Admin.Post(t, "/meta/_apply", change)
						if refused.Status == 202 { // the job meets the value
							require.NotEqual(t, "done", settledJob(t, i, refused)["state"])
						} else {
							code, _ := refused.Want(t, 409).Fault(t)
							require.Equal(t, "destructive", code)
						}
						change["allow"] = []any{"destructive"}
					}
					answer := i.Admin.Post(t, "/meta/_apply", change)
					if large == 1 {
						require.Equal(t, "done", settledJob(t, i, answer)["state"])
					} else {
						answer.Want(t, 200)
					}
					require.EqualValues(t, c.become, i.Admin.Get(t, fmt.Sprint("/records/", name, "/", id)).Want(t, 200).Data(t)["value"])
					if c.to["field"] == "text" {
						var unsorted int
						require.NoError(t, i.Store.QueryRow(t.Context(), "SELECT count(*) FROM "+name+" WHERE value IS NOT NULL AND value__sort IS NULL").Scan(&unsorted))
						require.Zero(t, unsorted)
					}
					if c.to["field"] == "money" && c.become != nil {
						require.Len(t, i.Admin.Get(t, "/records/"+name+"?where=value+%3E+10").Want(t, 200).List(t), 1, "it counts")
					}
					require.Nil(t, i.Admin.Get(t, fmt.Sprint("/records/", name, "/", none)).Want(t, 200).Data(t)["value"])
					i.Admin.Patch(t, fmt.Sprint("/records/", name, "/", id), doc{"value": nil}).Want(t, 200)
					agrees(t, i)
				})
			}
		}
	})
}
