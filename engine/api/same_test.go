package api_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/trellis-crm/trellis/engine"
	"github.com/trellis-crm/trellis/engine/enginetest"
)

// side is one of two installations that get the same requests. What the server
// makes by itself, ids and cursors, is known by the order in which it came, so
// that a request and an answer are the same text on both sides.
type side struct {
	clients []*enginetest.Client
	made    []string
	places  map[string]int
}

// madeByServer are the ids that the server made, and what it says of time.
var (
	madeByServer = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}`)
	placed       = regexp.MustCompile(`00000000-0000-7000-b000-(\d{12})`)
	instant      = regexp.MustCompile(`\d{4}-\d\d-\d\dT[\d:.]+Z`)
	reported     = regexp.MustCompile(`"request_id":"[^"]*"|Reference [-0-9a-f]+`)
	cursor       = regexp.MustCompile(`"next":"([^"]*)"`)
)

// placeID is the id that the server made as its n-th.
func placeID(n int) string { return fmt.Sprintf("00000000-0000-7000-b000-%012d", n) }

// own puts the ids of this side into a request.
func (s *side) own(text string) string {
	return placed.ReplaceAllStringFunc(text, func(id string) string {
		n, err := strconv.Atoi(id[len(id)-12:])
		if err != nil || n >= len(s.made) {
			return id
		}
		return s.made[n]
	})
}

// common is an answer without what differs between the sides, and with the
// members of its objects in one order.
func (s *side) common(body []byte) string {
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber()
	var value any
	text := string(body)
	if decoder.Decode(&value) == nil {
		if ordered, err := json.Marshal(value); err == nil {
			text = string(ordered)
		}
	}
	text = madeByServer.ReplaceAllStringFunc(text, func(id string) string {
		if strings.HasPrefix(id, "00000000-0000-7000-") {
			return id
		}
		n, known := s.places[id]
		if !known {
			n = len(s.made)
			s.made, s.places[id] = append(s.made, id), n
		}
		return placeID(n)
	})
	text = instant.ReplaceAllStringFunc(text, func(found string) string {
		if at, err := time.Parse(time.RFC3339, found); err == nil && time.Since(at).Abs() < time.Hour {
			return "now"
		}
		return found
	})
	text = cursor.ReplaceAllString(text, `"next":"…"`)
	return reported.ReplaceAllString(text, "…")
}

// question is a request that is made on both sides. Where it has more is true,
// the pages that follow are asked for, too.
type question struct {
	client             int
	method, path, body string
	header             map[string]string
	more               bool
}

func (s *side) answer(t *testing.T, q question, next string) (answer *enginetest.Answer, common string) {
	t.Helper()
	client := s.clients[q.client]
	for name, value := range q.header {
		client = client.With(name, value)
	}
	path, body := s.own(q.path), any(nil)
	if q.body != "" {
		body = s.own(q.body)
	}
	if next != "" && q.body != "" {
		body = strings.Replace(s.own(q.body), "{", fmt.Sprintf(`{"cursor":%q,`, next), 1)
	} else if next != "" {
		path += "&cursor=" + next
	}
	answer = client.Do(t, q.method, path, body)
	return answer, fmt.Sprintf("%d %s %s", answer.Status, answer.Header.Get("ETag"), s.common(answer.Body))
}

// difference shows two texts around the place from which they differ.
func difference(texts [2]string) string {
	at := 0
	for at < min(len(texts[0]), len(texts[1])) && texts[0][at] == texts[1][at] {
		at++
	}
	show := func(text string) string { return text[max(0, at-300):min(len(text), at+300)] }
	return "sqlite:   " + show(texts[0]) + "\npostgres: " + show(texts[1])
}

// TestSameAnswers sends the same random requests, reads and writes, good and
// bad, of an administrator and of somebody who may do less, to an installation
// on SQLite and to one on PostgreSQL: the answers are equal, but for ids that
// the server made, and times.
func TestSameAnswers(t *testing.T) {
	t.Parallel()
	sides := [2]*side{}
	for n, i := range [2]*enginetest.Installation{
		enginetest.New(t, engine.Config{Directory: t.TempDir()}),
		enginetest.New(t, engine.Config{Directory: t.TempDir(), DatabaseURL: enginetest.Database(t)}),
	} {
		sides[n] = &side{clients: equalWorld(t, i), places: map[string]int{}}
	}
	ask := newAsker(enginetest.Random(t))
	statuses := map[string]int{}
	for asked, total := 0, enginetest.Times(2000, 100_000); asked < total; {
		q := ask.question()
		for next := [2]string{}; asked < total; {
			asked++
			var answers [2]*enginetest.Answer
			var common [2]string
			for n, s := range sides {
				answers[n], common[n] = s.answer(t, q, next[n])
				require.Less(t, answers[n].Status, 500, "%d: %+v\n%s", asked, q, answers[n].Body)
			}
			if common[0] != common[1] {
				t.Fatalf("%d: client %d %s %s %s %v\n%s", asked, q.client, q.method, q.path, q.body, q.header, difference(common))
			}
			ask.learn(q, answers[0].Status, common[0])
			statuses[fmt.Sprint(q.method, " ", answers[0].Status)]++
			for n := range next {
				next[n] = ""
				if found := cursor.FindSubmatch(answers[n].Body); found != nil && q.more {
					next[n] = string(found[1])
				}
			}
			if next[0] == "" {
				break
			}
		}
	}
	t.Log(statuses)
}
