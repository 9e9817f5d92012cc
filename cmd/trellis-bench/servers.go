package main

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strconv"
)

// request is one question to a server, and what a right answer looks like.
type request struct {
	method, path string
	body         []byte
	status       int
	or           int // another status that is as good
	records      int
}

// dialect phrases the operations for one server.
type dialect interface {
	get(id string) request
	// list asks for fifty leads of the status with a score of 50 or more,
	// newest first.
	list(status string, count bool) request
	search(word string) request
	// typeahead asks for the ids and names of the ten newest leads with a word;
	// by hand it is a search.
	typeahead(word string) request
	// newest asks for the fifty newest leads after those of the mark.
	newest(mark string) request
	create(l lead) request
	update(id string, score int) request
	batch(leads []lead) request
}

const (
	pageSize      = 50
	typeaheadSize = 10
	batchSize     = 10_000
	scoreAbove    = 50
)

// byHand phrases them for the limit.
type byHand struct{}

func (byHand) get(id string) request {
	return request{method: "GET", path: "/leads/" + id, status: 200, records: 1}
}

func (byHand) list(status string, count bool) request {
	path := "/leads?status=" + status + "&min_score=" + strconv.Itoa(scoreAbove)
	if count {
		path += "&count=exact"
	}
	return request{method: "GET", path: path, status: 200, records: pageSize}
}

func (byHand) search(word string) request {
	return request{method: "GET", path: "/leads?q=" + word, status: 200}
}

func (h byHand) typeahead(word string) request { return h.search(word) }

func (byHand) newest(mark string) request {
	return request{method: "GET", path: "/leads?offset=" + mark, status: 200, records: pageSize}
}

func (byHand) create(l lead) request {
	return request{method: "POST", path: "/leads", body: text(l), status: 201, records: 1}
}

func (byHand) update(id string, score int) request {
	return request{method: "PATCH", path: "/leads/" + id, body: text(map[string]int{"score": score}), status: 200, records: 1}
}

func (byHand) batch(leads []lead) request {
	return request{method: "POST", path: "/leads/_batch", body: text(leads), status: 200, records: len(leads)}
}

// ordinary phrases them for the product's ordinary interface.
type ordinary struct{}

const benchLeads = "/api/v1/records/bench_lead"

func (ordinary) get(id string) request {
	return request{method: "GET", path: benchLeads + "/" + id, status: 200, records: 1}
}

func (ordinary) list(status string, count bool) request {
	query := url.Values{
		"where": {fmt.Sprintf("status == %q && score >= %d", status, scoreAbove)},
		"sort":  {"-created_at"},
	}
	if count {
		query.Set("count", "exact")
	}
	return request{method: "GET", path: benchLeads + "?" + query.Encode(), status: 200, records: pageSize}
}

func (ordinary) search(word string) request {
	query := url.Values{"q": {word}, "sort": {"-created_at"}}
	return request{method: "GET", path: benchLeads + "?" + query.Encode(), status: 200}
}

func (ordinary) typeahead(word string) request {
	query := url.Values{"q": {word}, "limit": {strconv.Itoa(typeaheadSize)}, "fields": {"id,name"}}
	return request{method: "GET", path: benchLeads + "?" + query.Encode(), status: 200, records: typeaheadSize}
}

func (ordinary) newest(mark string) request {
	query := url.Values{"sort": {"-created_at"}}
	if mark != "" {
		query.Set("cursor", mark)
	}
	return request{method: "GET", path: benchLeads + "?" + query.Encode(), status: 200, records: pageSize}
}

func (ordinary) create(l lead) request {
	return request{method: "POST", path: benchLeads, body: text(l), status: 201, records: 1}
}

func (ordinary) update(id string, score int) request {
	return request{method: "PATCH", path: benchLeads + "/" + id, body: text(map[string]int{"score": score}), status: 200, records: 1}
}

func (ordinary) batch(leads []lead) request {
	type operation struct {
		Op     string `json:"op"`
		Values lead   `json:"values"`
	}
	operations := make([]operation, len(leads))
	for i, l := range leads {
		operations[i] = operation{"create", l}
	}
	body := text(map[string]any{"operations": operations})
	return request{method: "POST", path: benchLeads + "/_batch", body: body, status: 200, records: len(leads)}
}

func text(value any) []byte {
	b, err := json.Marshal(value)
	if err != nil { // these values always have a JSON form
		panic(err)
	}
	return b
}
