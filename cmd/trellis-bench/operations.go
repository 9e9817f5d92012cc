package main

import (
	"math/rand/v2"
)

// operation is one thing that is measured.
type operation struct {
	name string
	// must and aim are the product's rate over the limit's.
	must, aim float64
	// clients ask at the same time. A long operation is asked once a round,
	// others again and again until the round is over.
	clients int
	long    bool
	// rows is how many records one request is about, for the rates.
	rows int
	ask  func(t *target, random *rand.Rand) request
}

// operations lists what is measured, with the bounds of the design's
// performance page. Those that only read come first, so that all of them meet
// the tables as they were loaded.
func operations(rows int) []operation {
	batch := min(batchSize, rows)
	list := []operation{
		{name: "get", must: 0.60, aim: 0.80, ask: askGet},
		{name: "list of 50", must: 0.70, aim: 0.90, ask: func(t *target, r *rand.Rand) request {
			return t.list(anyOf(r, statuses()), false)
		}},
		{name: "list with exact count", must: 0.90, aim: 1, ask: func(t *target, r *rand.Rand) request {
			return t.list(anyOf(r, statuses()), true)
		}},
		{name: "search", must: 10, aim: 50, ask: func(t *target, r *rand.Rand) request {
			i := r.IntN(min(words, rows))
			request := t.search(searched(i))
			request.records = min(pageSize, t.found[i])
			return request
		}},
		{name: "typeahead", ask: func(t *target, r *rand.Rand) request {
			i := r.IntN(min(words, rows))
			word := searched(i)
			request := t.typeahead(word)
			if request.records == 0 {
				request.records = pageSize
			}
			request.records = min(request.records, t.found[i])
			return request
		}},
		{name: "deep page", must: 10, aim: 50, ask: func(t *target, _ *rand.Rand) request {
			return t.newest(t.deepMark)
		}},
		{name: "update", must: 0.40, aim: 0.60, ask: askUpdate},
		{name: "create", must: 0.40, aim: 0.60, ask: askCreate},
		{name: "mixed, 80 % reading", ask: func(t *target, r *rand.Rand) request {
			switch r.IntN(10) {
			case 0:
				return askCreate(t, r)
			case 1:
				return askUpdate(t, r)
			case 2, 3:
				return t.list(anyOf(r, statuses()), false)
			default:
				return askGet(t, r)
			}
		}},
		{name: "batch create", must: 0.50, aim: 0.80, clients: 1, long: true, rows: batch, ask: func(t *target, r *rand.Rand) request {
			leads := make([]lead, batch)
			for i := range leads {
				leads[i] = t.admit(added(r.IntN(1 << 30)))
			}
			return t.batch(leads)
		}},
	}
	for i := range list {
		if !list[i].long {
			list[i].clients, list[i].rows = 16, 1
		}
	}
	return list
}

func askGet(t *target, r *rand.Rand) request { return t.get(anyOf(r, t.ids)) }

func askUpdate(t *target, r *rand.Rand) request { return t.update(anyOf(r, t.ids), r.IntN(100)) }

func askCreate(t *target, r *rand.Rand) request {
	return t.create(t.admit(added(r.IntN(1 << 30))))
}

func anyOf(r *rand.Rand, from []string) string { return from[r.IntN(len(from))] }
