package api_test

import (
	"bufio"
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/trellis-crm/trellis/engine"
	"github.com/trellis-crm/trellis/engine/enginetest"
)

// happened is one event of a stream.
type happened struct {
	id, event string
	data      struct {
		Object, Record, Action string
		After                  map[string]any
		Me, Watching           int
	}
}

// follow opens a stream and gives its events; the channel is closed with it.
func follow(t *testing.T, client *enginetest.Client, path string) (events <-chan happened, leave context.CancelFunc) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	t.Cleanup(cancel)
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, client.URL+"/api/v1/events?"+path, nil)
	require.NoError(t, err)
	request.Header.Set("Authorization", "Bearer "+client.Token)
	for name, value := range client.Header {
		request.Header.Set(name, value)
	}
	transport := &http.Transport{DisableKeepAlives: true}
	response, err := transport.RoundTrip(request) //nolint:bodyclose // closed by who reads it, below
	require.NoError(t, err)
	require.Equal(t, 200, response.StatusCode)
	require.Equal(t, "text/event-stream", response.Header.Get("Content-Type"))
	told := make(chan happened, 1000)
	go func() {
		defer close(told)
		defer response.Body.Close() //nolint:errcheck // the stream is over
		lines := bufio.NewScanner(response.Body)
		var event happened
		for lines.Scan() {
			name, value, _ := strings.Cut(lines.Text(), ": ")
			switch name {
			case "id":
				event.id = value
			case "event":
				event.event = value
			case "data":
				_ = json.Unmarshal([]byte(value), &event.data) // an empty one says nothing
			case "":
				if event.event != "" {
					told <- event
				}
				event = happened{}
			}
		}
	}()
	opened := next(t, told)
	require.Equal(t, "open", opened.event)
	return told, cancel
}

// counts are how many notifications somebody has not read.
type counts struct{ Me, Watching int }

// followCounts opens a stream of nothing but one's own notifications.
func followCounts(t *testing.T, client *enginetest.Client) (told <-chan counts, leave context.CancelFunc) {
	t.Helper()
	events, leave := follow(t, client, "notifications=true")
	numbers := make(chan counts, 100)
	go func() {
		defer close(numbers)
		for event := range events {
			if event.event == "notification" {
				numbers <- counts{Me: event.data.Me, Watching: event.data.Watching}
			}
		}
	}()
	return numbers, leave
}

// next waits for an event.
func next(t *testing.T, events <-chan happened) happened {
	t.Helper()
	select {
	case event, open := <-events:
		require.True(t, open, "the stream has ended")
		return event
	case <-time.After(time.Minute):
		t.Fatal("nothing happened")
		return happened{}
	}
}

// ended waits for the end of a stream.
func ended(t *testing.T, events <-chan happened) {
	t.Helper()
	for {
		select {
		case _, open := <-events:
			if !open {
				return
			}
		case <-time.After(time.Minute):
			t.Fatal("the stream did not end")
		}
	}
}

// TestEventsTellWhatIsOpen: of the records and objects that were named, in the
// rights of who asks, and from where he was.
func TestEventsTellWhatIsOpen(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		wang := world(t, i, secrets{margin: "66", amount: "77", note: "secret one", account: "Shadow"})
		one, _ := follow(t, wang, "record=deal/"+theirs+"&record=deal/"+invisible)
		all, leave := follow(t, wang, "object=deal,firm")
		change := func(id, name string) { i.Admin.Patch(t, "/records/deal/"+id, doc{"name": name}).Want(t, 200) }
		change(mine, "A")
		change(invisible, "B")
		i.Admin.Patch(t, "/records/deal/"+theirs, doc{"margin": "1"}).Want(t, 200)
		change(theirs, "C")
		event := next(t, one)
		require.Equal(t, theirs, event.data.Record)
		require.Equal(t, map[string]any{"name": "C"}, event.data.After)
		first := next(t, all)
		require.Equal(t, map[string]any{"name": "A"}, first.data.After)
		require.Equal(t, "C", next(t, all).data.After["name"])
		leave()
		change(mine, "D")
		again, _ := follow(t, wang.With("Last-Event-ID", first.id), "object=deal")
		require.Equal(t, "C", next(t, again).data.After["name"])
		require.Equal(t, "D", next(t, again).data.After["name"])
	})
}

// TestEventsEndWithTheRightToThem: of the person, of his role, of his key, and
// of the server itself; and nothing of them is left running.
func TestEventsEndWithTheRightToThem(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		for name, lose := range map[string]func(kim *enginetest.Client){
			"Demoted": func(kim *enginetest.Client) {
				i.Admin.Patch(t, "/records/user/"+kim.UserID, doc{"roles": []string{}}).Want(t, 200)
			},
			"Disabled": func(kim *enginetest.Client) {
				i.Admin.Patch(t, "/records/user/"+kim.UserID, doc{"active": false}).Want(t, 200)
			},
			"Revoked": func(kim *enginetest.Client) {
				for _, token := range kim.Get(t, "/tokens").Want(t, 200).List(t) {
					kim.Delete(t, "/tokens/"+token["id"].(string)).Want(t, 204)
				}
			},
		} {
			kim := i.Person(t, name, "sales_rep")
			events, _ := follow(t, kim, "object=lead")
			lose(kim)
			made := i.Admin.Post(t, "/records/lead", doc{"name": "x", "company": "y", "owner": kim.UserID}).Want(t, 201).Data(t)
			for event := range events {
				require.NotEqual(t, made["id"], event.data.Record, "%s was told of what happened later", name)
			}
		}
		events, _ := follow(t, i.Admin, "object=lead")
		require.NoError(t, i.Server.Shutdown(context.Background()))
		ended(t, events)
		require.Eventually(t, func() bool { return i.Server.Streams() == 0 }, time.Minute, 20*time.Millisecond, "streams go on after their server")
	})
}

// TestAPersonHasOnlySomeStreams: one more is refused until another is left.
func TestAPersonHasOnlySomeStreams(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		var leave []context.CancelFunc
		for range 20 {
			_, one := follow(t, i.Admin, "object=lead")
			leave = append(leave, one)
		}
		code, _ := i.Admin.Get(t, "/events?object=lead").Want(t, 429).Fault(t)
		require.Equal(t, "too_many_streams", code)
		follow(t, i.Person(t, "Kim", "sales_rep"), "object=lead")
		for _, one := range leave {
			one()
		}
		require.Eventually(t, func() bool { return i.Server.Streams() == 1 }, time.Minute, 50*time.Millisecond, "streams whose reader has left go on")
	})
}

// TestEventsCrossServers: what one server of a database changes, the streams
// of another tell.
func TestEventsCrossServers(t *testing.T) {
	t.Parallel()
	url := enginetest.Database(t)
	here := enginetest.New(t, engine.Config{Directory: t.TempDir(), DatabaseURL: url})
	there := enginetest.Open(t, engine.Config{Directory: t.TempDir(), DatabaseURL: url})
	client := *here.Admin
	client.URL = there.URL
	events, _ := follow(t, &client, "object=lead")
	for _, name := range []string{"a", "b", "c"} {
		here.Admin.Post(t, "/records/lead", doc{"name": name, "company": "y"}).Want(t, 201)
		require.Equal(t, name, next(t, events).data.After["name"])
	}
}
