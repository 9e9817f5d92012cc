package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"time"

	"github.com/valyala/fasthttp"
)

// target is a server as one caller meets it.
type target struct {
	dialect
	name    string
	process *process
	client  *fasthttp.HostClient
	key     string
	// ids are the leads that the caller may change.
	ids []string
	// found is how many leads the caller finds for each searched word.
	found map[int]int
	// deepMark leads to the page that is far down.
	deepMark string
	// admit takes out of a new lead what the caller may not write.
	admit func(lead) lead
	// mintKey makes an API key for another person.
	mintKey func(mail string) (string, error)
}

// sample is one measurement of an operation.
type sample struct {
	rate     float64 // rows a second
	p50, p99 time.Duration
	cpu      time.Duration // of the server, for each request
}

// measure asks for as long as it is told, with the operation's clients, each of
// which waits for its answer before it asks again.
func (t *target) measure(op operation, length time.Duration) (sample, error) {
	if !op.long {
		if _, err := t.drive(op, length/10); err != nil { // warms up
			return sample{}, err
		}
	}
	before, err := t.process.processorTime()
	if err != nil {
		return sample{}, err
	}
	start := time.Now()
	took, err := t.drive(op, length)
	if err != nil {
		return sample{}, err
	}
	elapsed := time.Since(start)
	after, err := t.process.processorTime()
	if err != nil {
		return sample{}, err
	}
	if op.long { // what is before and after the request is the load's own work
		elapsed = took[0]
	}
	slices.Sort(took)
	return sample{
		rate: float64(len(took)*op.rows) / elapsed.Seconds(),
		p50:  took[len(took)/2],
		p99:  took[len(took)*99/100],
		cpu:  (after - before) / time.Duration(len(took)),
	}, nil
}

// drive gives the time that each request took.
func (t *target) drive(op operation, length time.Duration) ([]time.Duration, error) {
	took := make([][]time.Duration, op.clients)
	failed := make([]error, op.clients)
	until := time.Now().Add(length)
	var clients sync.WaitGroup
	for n := range op.clients {
		clients.Go(func() {
			random := rand.New(rand.NewPCG(uint64(n), uint64(until.UnixNano()))) //nolint:gosec // a load, not a secret
			var answer fasthttp.Response
			for len(took[n]) == 0 || !op.long && time.Now().Before(until) {
				one, err := t.send(op.ask(t, random), &answer)
				if err != nil {
					failed[n] = fmt.Errorf("%s of %s: %w", op.name, t.name, err)
					return
				}
				took[n] = append(took[n], one)
			}
		})
	}
	clients.Wait()
	for _, err := range failed { // one tells enough
		if err != nil {
			return nil, err
		}
	}
	return slices.Concat(took...), nil
}

// send asks once, checks the answer and gives the time it took.
func (t *target) send(r request, answer *fasthttp.Response) (time.Duration, error) {
	question := fasthttp.AcquireRequest()
	defer fasthttp.ReleaseRequest(question)
	question.Header.SetMethod(r.method)
	question.SetRequestURI("http://" + t.client.Addr + r.path)
	if t.key != "" {
		question.Header.Set("Authorization", "Bearer "+t.key)
	}
	if r.body != nil {
		question.Header.SetContentType("application/json")
		question.SetBodyRaw(r.body)
	}
	start := time.Now()
	if err := t.client.Do(question, answer); err != nil {
		return 0, fmt.Errorf("%s %s: %w", r.method, r.path, err)
	}
	took := time.Since(start)
	if records := recordsIn(answer.Body()); answer.StatusCode() != r.status && (r.or == 0 || answer.StatusCode() != r.or) || records != r.records {
		return 0, fmt.Errorf("%s %s: status %d with %d records, want %d with %d: %.500s",
			r.method, r.path, answer.StatusCode(), records, r.status, r.records, answer.Body())
	}
	return took, nil
}

// recordsIn counts the records of an answer by their versions, which are
// numbers; where a right to a field of that name is told, it is a text.
func recordsIn(body []byte) int {
	return bytes.Count(body, []byte(`"version":`)) - bytes.Count(body, []byte(`"version":"`))
}

// read asks once and gives the answer, as JSON into target.
func (t *target) read(r request, into any) error {
	var answer fasthttp.Response
	if _, err := t.send(r, &answer); err != nil {
		return err
	}
	return json.Unmarshal(answer.Body(), into)
}
