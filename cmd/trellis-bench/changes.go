package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"time"
)

// writersWait is how long writers may be held up by a field that is added.
const writersWait = time.Second

// change is one change of the object that is measured, made while it is written
// to.
type change struct {
	name     string
	property string
	settings map[string]any
	must     time.Duration // the longest that a writer may wait; zero has no bound
}

func changes() []change {
	return []change{
		{"add a field", "budget", map[string]any{"field": "text"}, writersWait},
		{"index a field", "company", map[string]any{"field": "text", "title": "Company", "maxLength": 160, "search": true, "index": true}, 0},
		{"add a kept formula", "double", map[string]any{"field": "formula", "expression": "score * 2"}, 0},
	}
}

// measureChanges makes each change while clients update, and reports how long it
// took and how long one of them waited at most.
func measureChanges(product *target, report *report) error {
	var whole struct {
		Definitions []map[string]any `json:"definitions"`
	}
	if err := json.Unmarshal(definitions, &whole); err != nil {
		return fmt.Errorf("read the definitions: %w", err)
	}
	object := whole.Definitions[0]
	properties, _ := object["properties"].(map[string]any)
	report.changes()
	for _, c := range changes() {
		properties[c.property] = c.settings
		took, waits, err := underWriters(product, func() error { return product.apply(object) })
		if err != nil {
			return fmt.Errorf("%s: %w", c.name, err)
		}
		report.change(c, took, waits)
	}
	return nil
}

// underWriters does something while sixteen clients update, from a moment
// before it to a moment after, and gives how long it took and how long they
// waited each time.
func underWriters(t *target, do func() error) (time.Duration, []time.Duration, error) {
	const before = 300 * time.Millisecond
	stop := make(chan struct{})
	waits := make([][]time.Duration, 16)
	failed := make([]error, len(waits)+1)
	var clients sync.WaitGroup
	for n := range waits {
		clients.Go(func() {
			update := operation{name: "update", clients: 1, rows: 1, long: true, ask: askUpdate}
			for failed[n] == nil {
				select {
				case <-stop:
					return
				default:
				}
				var took []time.Duration
				took, failed[n] = t.drive(update, 0)
				waits[n] = append(waits[n], took...)
			}
		})
	}
	time.Sleep(before)
	begun := time.Now()
	failed[len(waits)] = do()
	took := time.Since(begun)
	time.Sleep(before)
	close(stop)
	clients.Wait()
	all := slices.Concat(waits...)
	slices.Sort(all)
	return took, all, errors.Join(failed...)
}

// apply gives an object its definition, and waits for the job where one does
// it.
func (t *target) apply(object map[string]any) error {
	path := "/api/v1/meta/object/" + fmt.Sprint(object["name"])
	var asked struct{ Data struct{ Job int64 } }
	err := t.read(request{method: http.MethodPut, path: path, body: text(object), status: http.StatusOK, or: http.StatusAccepted}, &asked)
	for err == nil && asked.Data.Job != 0 {
		var job struct{ Data struct{ State string } }
		err = t.read(request{method: http.MethodGet, path: fmt.Sprint("/api/v1/meta/_jobs/", asked.Data.Job), status: http.StatusOK}, &job)
		switch job.Data.State {
		case "done":
			return nil
		case "failed", "canceled":
			return fmt.Errorf("job %d %s", asked.Data.Job, job.Data.State)
		}
		time.Sleep(20 * time.Millisecond)
	}
	return err
}
