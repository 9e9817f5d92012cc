package api_test

import (
	"fmt"
	"maps"
	"slices"
	"testing"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/trellis-crm/trellis/engine/enginetest"
)

// trade is an area with two accounts, and the deals that were made in it.
type trade struct {
	*enginetest.Installation
	t        *testing.T
	r        *rapid.T
	area     string
	accounts []string
	deals    []string
}

func (w *trade) pick(name string, from ...any) any {
	return rapid.SampledFrom(from).Draw(w.r, name)
}

func (w *trade) values() doc {
	all := doc{
		"account": w.pick("account", w.accounts[0], w.accounts[1], nil), "amount": w.pick("amount", "0.01", "999.99", "1000", "-3.33", "12345678.9", nil),
		"chance": w.pick("chance", "0", "33.33", "100", nil), "won": w.pick("won", true, false, nil), "due": w.pick("due", "2026-01-01", "2025-12-31", nil),
	}
	for _, name := range slices.Sorted(maps.Keys(all)) {
		if rapid.Bool().Draw(w.r, "without "+name) {
			delete(all, name)
		}
	}
	return all
}

// act makes one random write; what it may be refused for does not matter.
func (w *trade) act() {
	deal := func() string { return "/records/deal/" + rapid.SampledFrom(w.deals).Draw(w.r, "deal") }
	switch w.pick("action", "create", "create", "update", "update", "update", "delete", "restore", "batch", "region", "account") {
	case "create":
		if answer := w.Admin.Post(w.t, "/records/deal", w.values()); answer.Status == 201 {
			w.deals = append(w.deals, answer.Data(w.t)["id"].(string))
		}
	case "update":
		w.Admin.Patch(w.t, deal(), w.values())
	case "delete":
		w.Admin.Delete(w.t, deal())
	case "restore":
		w.Admin.Post(w.t, deal()+"/restore", nil)
	case "batch":
		id := rapid.SampledFrom(w.deals).Draw(w.r, "deal")
		w.Admin.Post(w.t, "/records/deal/_batch", doc{"atomic": w.pick("atomic", true, false), "operations": []any{
			doc{"op": "create", "values": w.values()},
			doc{"op": "update", "id": id, "values": w.values()},
			doc{"op": w.pick("op", "delete", "update"), "id": rapid.SampledFrom(w.deals).Draw(w.r, "other"), "values": w.values()},
		}})
	case "region":
		w.Admin.Patch(w.t, "/records/account/"+w.accounts[0], doc{"region": w.pick("region", w.area, nil)})
	case "account":
		path := "/records/account/" + w.accounts[1]
		if w.Admin.Delete(w.t, path).Status == 404 {
			w.Admin.Post(w.t, path+"/restore", nil).Want(w.t, 200)
		}
	}
}

func amount(v any) decimal.Decimal {
	text, ok := v.(string)
	if !ok {
		return decimal.Zero
	}
	return decimal.RequireFromString(text)
}

// definition works out the roll-ups of an account from its deals.
func (w *trade) definition(account string) doc {
	want := doc{"deals": 0.0, "open": 0.0, "mean": nil, "largest": nil, "next": nil}
	total, weighted, count := decimal.Zero, decimal.Zero, int64(0)
	for _, deal := range w.Admin.Post(w.t, "/records/deal/_query", doc{"where": fmt.Sprintf("account == %q", account), "limit": 1000}).Want(w.t, 200).List(w.t) {
		want["deals"] = want["deals"].(float64) + 1
		open := deal["won"] != true
		if open {
			want["open"] = want["open"].(float64) + 1
			if due, ok := deal["due"].(string); ok && (want["next"] == nil || due < want["next"].(string)) {
				want["next"] = due
			}
		}
		if deal["amount"] == nil {
			require.Nil(w.t, deal["net"])
			continue
		}
		net := amount(deal["amount"]).Mul(decimal.RequireFromString("0.9")).Round(4)
		require.Equal(w.t, net.String(), deal["net"])
		count++
		total = total.Add(amount(deal["amount"]))
		if want["largest"] == nil || amount(deal["amount"]).GreaterThan(amount(want["largest"])) {
			want["largest"] = deal["amount"]
		}
		if open && deal["chance"] != nil {
			weighted = weighted.Add(net.Mul(amount(deal["chance"])).DivRound(decimal.NewFromInt(100), 16).Round(2))
		}
	}
	if count > 0 {
		want["mean"] = total.DivRound(decimal.NewFromInt(count), 16).Round(4).String()
	}
	want["total"], want["weighted"], want["grade"] = total.String(), weighted.String(), "B"
	if total.GreaterThanOrEqual(decimal.NewFromInt(1000)) {
		want["grade"] = "A"
	}
	return want
}

// holds compares what is kept with its definition, worked out from scratch.
func (w *trade) holds() {
	total, good := decimal.Zero, 0.0
	for _, account := range w.accounts {
		answer := w.Admin.Get(w.t, "/records/account/"+account)
		if answer.Status == 404 {
			continue
		}
		record, want := answer.Want(w.t, 200).Data(w.t), w.definition(account)
		for name, value := range want {
			require.Equal(w.t, value, record[name], "account.%s", name)
		}
		if record["region"] == w.area {
			total = total.Add(amount(want["total"]))
			if want["grade"] == "A" {
				good++
			}
		}
	}
	area := w.Admin.Get(w.t, "/records/area/"+w.area).Want(w.t, 200).Data(w.t)
	require.Equal(w.t, []any{total.String(), good, 1.0}, []any{area["total"], area["good"], area["version"]})
}

func TestEveryComputedValueEqualsItsDefinitionAfterAnyWrites(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		applied(t, i, deals(nil)...).Want(t, 200)
		rapid.Check(t, func(r *rapid.T) {
			w := &trade{Installation: i, t: t, r: r, area: created(t, i, "area", doc{"name": "north"})}
			for range 2 {
				w.accounts = append(w.accounts, created(t, i, "account", doc{"name": "one", "region": w.area}))
			}
			w.deals = []string{created(t, i, "deal", w.values())}
			for range rapid.IntRange(1, 12).Draw(r, "writes") {
				w.act()
			}
			w.holds()
		})
	})
}
