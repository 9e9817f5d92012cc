package engine_test

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trellis-crm/trellis/engine/enginetest"
)

// doc is a JSON object.
type doc = map[string]any

// kept is what a record holds: its text, which its name and its twin both are,
// or that it was deleted.
type kept struct {
	text    string
	deleted bool
}

// writer writes its own records, one write after another, and keeps a journal:
// what was acknowledged, and what the last write, if it was not answered, may
// have made of each.
type writer struct {
	client *enginetest.Client
	name   string
	pots   []string // what the drops lie in; its roll-ups count them
	count  int
	known  map[string]kept
	maybe  map[string]kept
	ids    []string // that live
	made   int      // records that the unanswered write may have made
}

func (v *victim) writer(name string) *writer {
	return &writer{client: v.client, pots: v.pots, name: name, known: map[string]kept{}, maybe: map[string]kept{}}
}

func (w *writer) values() (values doc, text string) {
	w.count++
	text = fmt.Sprintf("%s.%d", w.name, w.count)
	return doc{"name": text, "twin": text, "size": w.count, "pot": w.pots[w.count%2]}, text
}

// write writes until the server no longer answers.
func (w *writer) write(t *testing.T) {
	t.Helper()
	for {
		choice := rand.IntN(10)
		if len(w.ids) == 0 {
			choice = 0
		}
		var alive bool
		switch {
		case choice < 4:
			alive = w.create(t)
		case choice < 7:
			alive = w.change(t)
		case choice < 8:
			alive = w.remove(t)
		default:
			alive = w.batch(t)
		}
		if !alive {
			return
		}
	}
}

// ask makes a write; it is over when there was no answer.
func (w *writer) ask(t *testing.T, method, path string, body any, want int) *enginetest.Answer {
	t.Helper()
	answer, err := w.client.Try(method, path, body)
	if err != nil {
		return nil
	}
	if answer.Status == http.StatusServiceUnavailable { // the database is away; nothing was written
		return nil
	}
	if answer.Status != want {
		t.Errorf("a writer got %d: %s", answer.Status, answer.Body)
		return nil
	}
	return answer
}

func (w *writer) create(t *testing.T) bool {
	t.Helper()
	values, text := w.values()
	w.made = 1
	answer := w.ask(t, http.MethodPost, "/records/drop", values, http.StatusCreated)
	if answer == nil {
		return false
	}
	id, _ := answer.Data(t)["id"].(string)
	w.known[id], w.made = kept{text: text}, 0
	w.ids = append(w.ids, id)
	return true
}

func (w *writer) change(t *testing.T) bool {
	t.Helper()
	id := w.ids[rand.IntN(len(w.ids))]
	values, text := w.values()
	w.maybe[id] = kept{text: text}
	if w.ask(t, http.MethodPatch, "/records/drop/"+id, values, http.StatusOK) == nil {
		return false
	}
	w.known[id] = kept{text: text}
	delete(w.maybe, id)
	return true
}

func (w *writer) remove(t *testing.T) bool {
	t.Helper()
	n := rand.IntN(len(w.ids))
	id := w.ids[n]
	w.maybe[id] = kept{deleted: true}
	if w.ask(t, http.MethodDelete, "/records/drop/"+id, nil, http.StatusNoContent) == nil {
		return false
	}
	w.known[id] = kept{deleted: true}
	delete(w.maybe, id)
	w.ids = append(w.ids[:n], w.ids[n+1:]...)
	return true
}

// batch makes two records and changes one, all or nothing.
func (w *writer) batch(t *testing.T) bool {
	t.Helper()
	first, text1 := w.values()
	second, text2 := w.values()
	changed, text3 := w.values()
	id := w.ids[rand.IntN(len(w.ids))]
	w.maybe[id], w.made = kept{text: text3}, 2
	answer := w.ask(t, http.MethodPost, "/records/drop/_batch", doc{"atomic": true, "operations": []any{
		doc{"op": "create", "values": first}, doc{"op": "update", "id": id, "values": changed}, doc{"op": "create", "values": second},
	}}, http.StatusOK)
	if answer == nil {
		return false
	}
	outcomes := answer.List(t)
	for n, text := range map[int]string{0: text1, 2: text2} {
		made, _ := outcomes[n]["id"].(string)
		w.known[made] = kept{text: text}
		w.ids = append(w.ids, made)
	}
	w.known[id], w.made = kept{text: text3}, 0
	delete(w.maybe, id)
	return true
}

// prepare makes the objects that the writers write to.
func (v *victim) prepare(t *testing.T) {
	t.Helper()
	v.client.Post(t, "/meta/_apply", doc{"definitions": []any{
		doc{"kind": "object", "name": "pot", "type": "object", "required": []any{"code"}, "unique": []any{[]any{"code"}}, "properties": doc{
			"code":  doc{"field": "text"},
			"drops": doc{"field": "rollup", "of": "drop.pot", "function": "count"}, "total": doc{"field": "rollup", "of": "drop.pot", "function": "sum", "value": "size"},
		}},
		doc{"kind": "object", "name": "drop", "type": "object", "properties": doc{
			"name": doc{"field": "text", "search": true, "index": true}, "twin": doc{"field": "text"}, "size": doc{"field": "integer"},
			"pot": doc{"field": "lookup", "target": "pot"},
		}},
	}}).Want(t, 200)
	v.pots = nil
	for n := range 2 {
		v.pots = append(v.pots, v.client.Post(t, "/records/pot", doc{"code": fmt.Sprint("pot", n)}).Want(t, 201).Data(t)["id"].(string))
	}
}

// holds sees that what the writers wrote is there as they were told, and gives
// it.
func (v *victim) holds(t *testing.T, writers []*writer) map[string]kept {
	t.Helper()
	all := map[string]kept{}
	for _, w := range writers {
		found := map[string]doc{}
		for _, record := range v.drops(t, "name.startsWith("+fmt.Sprintf("%q", w.name+".")+")") {
			found[record["id"].(string)] = record
			require.Equal(t, record["name"], record["twin"], "a record is whole")
		}
		for id, known := range w.known {
			record, lives := found[id]
			now := kept{deleted: !lives}
			if lives {
				now.text = record["name"].(string)
			}
			maybe, open := w.maybe[id]
			require.True(t, now == known || open && now == maybe, "%s was acknowledged as %+v, may be %+v, and is %+v", id, known, maybe, now)
			all[id] = now
			delete(found, id)
		}
		require.Contains(t, []int{0, w.made}, len(found), "of one write all was made, or nothing")
		for id, record := range found {
			all[id] = kept{text: record["name"].(string)}
		}
		v.looksUp(t, w, all)
	}
	return all
}

// drops are the records for which a condition holds.
func (v *victim) drops(t *testing.T, where string) (all []doc) {
	t.Helper()
	path := "/records/drop?limit=1000&where=" + url.QueryEscape(where)
	for next := ""; ; {
		var page struct {
			Data []doc
			Page struct{ Next *string }
		}
		v.client.Get(t, path+next).Want(t, 200).Into(t, &page)
		all = append(all, page.Data...)
		if page.Page.Next == nil {
			return all
		}
		next = "&cursor=" + *page.Page.Next
	}
}

// looksUp sees, of some records of a writer, that the history has an entry for
// each version and the search finds those that live and no others.
func (v *victim) looksUp(t *testing.T, w *writer, all map[string]kept) {
	t.Helper()
	looked := 0
	for id := range w.known {
		if looked++; looked > 4 {
			return
		}
		entries := v.client.Get(t, "/records/drop/"+id+"/changes?limit=200").Want(t, 200).List(t)
		for n, entry := range entries {
			require.EqualValues(t, len(entries)-n, entry["version"], "each version has its entry")
		}
		if text := all[id].text; text != "" {
			require.EqualValues(t, len(entries), v.client.Get(t, "/records/drop/"+id).Want(t, 200).Data(t)["version"])
			hits := v.client.Get(t, "/search?objects=drop&q="+url.QueryEscape(text)).Want(t, 200).List(t)
			require.True(t, hasID(hits, id), "%s is found by its name %s", id, text)
		}
	}
}

func hasID(records []doc, id string) bool {
	for _, record := range records {
		if record["id"] == id {
			return true
		}
	}
	return false
}

// sumsUp compares all that is there, and the roll-ups, with all that was
// written.
func (v *victim) sumsUp(t *testing.T, all map[string]kept) {
	t.Helper()
	live := 0
	for _, state := range all {
		if !state.deleted {
			live++
		}
	}
	require.Equal(t, live, total(t, v.client, "drop"))
	for n, pot := range v.pots {
		record := v.client.Get(t, "/records/pot/"+pot).Want(t, 200).Data(t)
		ask := doc{"where": fmt.Sprintf("pot == %q", pot), "measures": []any{doc{"as": "n", "function": "count"}, doc{"as": "sum", "function": "sum", "field": "size"}}}
		figures := v.client.Post(t, "/records/drop/_aggregate", ask).Want(t, 200).List(t)[0]
		require.NotZero(t, record["drops"], "pot %d", n)
		require.EqualValues(t, figures["n"], record["drops"], "pot %d", n)
		require.Equal(t, fmt.Sprint(figures["sum"]), fmt.Sprint(record["total"]), "pot %d", n)
	}
}

// soundFile has SQLite look through its own file; a server of PostgreSQL does
// that by itself when it starts.
func (v *victim) soundFile(t *testing.T) {
	t.Helper()
	if v.url != "" {
		return
	}
	opened := v.opened(t)
	var verdict string
	require.NoError(t, opened.QueryRow(t.Context(), "pragma integrity_check").Scan(&verdict))
	require.Equal(t, "ok", verdict)
	rows, err := opened.Query(t.Context(), "pragma foreign_key_check")
	require.NoError(t, err)
	require.False(t, rows.Next(), "a foreign key points to nothing")
	require.NoError(t, rows.Err())
	require.NoError(t, rows.Close())
	require.NoError(t, opened.Close())
}
