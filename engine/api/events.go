package api

import (
	"bufio"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"runtime/debug"
	"strings"
	"sync"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/trellis-crm/trellis/engine/access"
	"github.com/trellis-crm/trellis/engine/clock"
	"github.com/trellis-crm/trellis/engine/fault"
	"github.com/trellis-crm/trellis/engine/field"
	"github.com/trellis-crm/trellis/engine/notification"
	"github.com/trellis-crm/trellis/engine/record"
)

const (
	lastEvent   = "Last-Event-ID"
	eventStream = "text/event-stream"
)

func (s *Server) eventRoutes() []Route {
	return []Route{
		{Method: http.MethodGet, Path: "/api/v1/events", Summary: "Changes of what is open, as they happen", handle: s.events},
	}
}

// The limits of streams: how many a person and a server have, what one stream
// watches, how often it is seen to be still allowed, and how long a reader may
// take.
const (
	maxStreams  = 20
	allStreams  = 2000
	maxWatched  = 200
	streamBeat  = 4 * time.Second
	streamWrite = 10 * time.Second
	streamPart  = 200 // entries read at once
)

// streams are those of this server that are open.
type streams struct {
	ctx   context.Context //nolint:containedctx // the life of the server's streams
	end   context.CancelFunc
	known *openStreams
}

type openStreams struct {
	mutex    sync.Mutex
	count    int
	byPerson map[string]int
}

func newStreams() streams {
	ctx, end := context.WithCancel(context.Background())
	return streams{ctx: ctx, end: end, known: &openStreams{byPerson: map[string]int{}}}
}

// open takes a place for a person's stream. Fault: too_many_streams.
func (o *openStreams) open(person string) (release func(), err error) {
	o.mutex.Lock()
	defer o.mutex.Unlock()
	if o.count >= allStreams {
		return nil, fault.New(fault.Unavailable)
	}
	if o.byPerson[person] >= maxStreams {
		return nil, fault.New(fault.TooManyStreams, "max", maxStreams)
	}
	o.count++
	o.byPerson[person]++
	return func() {
		o.mutex.Lock()
		defer o.mutex.Unlock()
		o.count--
		if o.byPerson[person]--; o.byPerson[person] == 0 {
			delete(o.byPerson, person)
		}
	}, nil
}

// Streams is how many streams run.
func (s *Server) Streams() int {
	s.streams.known.mutex.Lock()
	defer s.streams.known.mutex.Unlock()
	return s.streams.known.count
}

// watched reads what a stream is about: object=lead and record=lead/<id>, each
// as often as wanted, and notifications=true for the caller's own.
func (r *request) watched() (watch record.Watch, inbox bool, err error) {
	faults := fault.New(fault.InvalidQuery)
	r.onlyParameters([]string{"object", "record", "notifications", "since"}, faults)
	watch.Records = map[string][]string{}
	arguments := r.Context().QueryArgs()
	for _, name := range arguments.PeekMulti("object") {
		watch.Objects = append(watch.Objects, splitNames(string(name))...)
	}
	if inbox = r.Query("notifications") == "true"; !inbox && arguments.Has("notifications") {
		faults.At("/notifications", fault.WrongType, "expected", "boolean")
	}
	records := arguments.PeekMulti("record")
	for _, name := range records {
		object, id, _ := strings.Cut(string(name), "/")
		if canonical, item := field.ParseID(id); item != nil || canonical != id {
			faults.At("/record", fault.InvalidID)
			continue
		}
		watch.Records[object] = append(watch.Records[object], id)
	}
	switch count := len(watch.Objects) + len(records); {
	case count == 0 && inbox:
		watch.Nothing = true
	case count == 0:
		faults.At("/record", fault.Required)
	case count > maxWatched:
		faults.At("/record", fault.OutOfRange, "min", 1, "max", maxWatched)
	}
	return watch, inbox, faults.OrNil()
}

// events streams the changes of what the caller has open, and what he has not
// read of his notifications, as server-sent events, each with its cursor of the
// feed as id.
func (s *Server) events(r *request) error {
	watch, inbox, err := r.watched()
	if err != nil {
		return err
	}
	since := r.Get(lastEvent, r.Query("since"))
	if since == "" {
		since = sinceNow
	}
	if inbox && r.actor.Limit != nil {
		return fault.New(fault.KeyLimited)
	}
	from, err := s.since(r, since)
	if err != nil {
		return err
	}
	if _, err := s.Records.Feed(r.ctx, r.actor, watch, from, 0); err != nil {
		return err
	}
	release, err := s.streams.known.open(cmp.Or(r.actor.Viewer, r.actor.ID))
	if err != nil {
		return err
	}
	watcher, seen, remove, err := s.Watchers.Add(r.ctx, watch)
	if err != nil {
		release()
		return err
	}
	st := &stream{
		server: s, watch: watch, watcher: watcher, at: from, read: seen, connection: r.Context().Conn(),
		actor: r.actor, rights: r.actor.Rights(), token: r.token, secret: r.secret, language: r.language,
	}
	leave := func() {}
	if inbox {
		st.inbox, leave = s.Inboxes.Add(r.actor.ID)
	}
	r.Set(fiber.HeaderContentType, eventStream)
	r.Set(fiber.HeaderCacheControl, "no-store")
	r.Set(fiber.HeaderConnection, "close")
	r.Set("X-Accel-Buffering", "no")
	r.Context().SetBodyStreamWriter(func(w *bufio.Writer) {
		defer release()
		defer remove()
		defer leave()
		defer func() {
			if value := recover(); value != nil {
				s.Log.Error("panic in a stream", "value", fmt.Sprint(value), "stack", string(debug.Stack()))
			}
		}()
		st.out = w
		st.run(s.streams.ctx)
	})
	return nil
}

// stream is one open stream. It ends with the server, when its reader is gone
// or too slow, and when its person may no longer have it.
type stream struct {
	server   *Server
	watch    record.Watch
	watcher  *record.Watcher
	inbox    *notification.Watcher // nil when notifications are not wanted
	at, read record.Position       // told up to here, and to be read up to there

	connection net.Conn
	out        *bufio.Writer

	actor                   *access.Actor
	rights                  string
	token, secret, language string
}

func (st *stream) run(ctx context.Context) {
	beat := time.NewTicker(streamBeat)
	defer beat.Stop()
	if st.say("open", []byte("{}"), st.at) != nil || st.tell(ctx) != nil {
		return
	}
	var noted <-chan struct{}
	if st.inbox != nil {
		noted = st.inbox.Woken
	}
	for {
		var err error
		select {
		case <-ctx.Done():
			return
		case <-noted:
			if err = st.allowed(ctx); err == nil {
				err = st.note()
			}
		case <-st.watcher.Woken:
			if err = st.allowed(ctx); err == nil {
				st.read = st.server.Watchers.Seen(st.watcher)
				err = st.tell(ctx)
			}
		case <-beat.C:
			if err = st.allowed(ctx); err == nil {
				err = st.beat(ctx)
			}
		}
		if err != nil {
			return
		}
	}
}

// allowed sees that who opened the stream still may, and renews his rights.
func (st *stream) allowed(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, streamBeat)
	defer cancel()
	actor, err := st.server.People.Still(ctx, st.token, st.secret)
	if err != nil {
		return err
	}
	if actor == nil || actor.ID != st.actor.ID || actor.Viewer != st.actor.Viewer || actor.Rights() != st.rights {
		return fault.New(fault.Unauthorized)
	}
	st.server.settle(actor, st.language)
	st.actor = actor
	_, err = st.server.Records.Feed(ctx, actor, st.watch, st.at, 0) // the objects may be his no longer
	return err
}

// tell writes what the feed has up to the place that was looked through.
func (st *stream) tell(ctx context.Context) error {
	for st.at < st.read {
		part, cancel := context.WithTimeout(ctx, handlerWait)
		feed, err := st.server.Records.Feed(part, st.actor, st.watch, st.at, streamPart)
		cancel()
		if err != nil {
			return err
		}
		for i := range feed.Entries {
			body, err := json.Marshal(feed.Entries[i])
			if err != nil {
				return fmt.Errorf("write an event: %w", err)
			}
			if err := st.say("change", body, feed.Entries[i].Position()); err != nil {
				return err
			}
		}
		if st.at >= feed.Next {
			return nil // a write that has not ended stands before it
		}
		st.at = feed.Next
	}
	return nil
}

// note tells how many notifications wait to be read.
func (st *stream) note() error {
	body, err := json.Marshal(st.server.Inboxes.Counts(st.inbox))
	if err != nil {
		return fmt.Errorf("write an event: %w", err)
	}
	return st.say("notification", body, st.at)
}

// beat shows that the stream lives, and how far it is.
func (st *stream) beat(ctx context.Context) error {
	behind, seen := st.at < st.read, st.server.Watchers.Seen(st.watcher)
	st.read = max(st.read, seen)
	select {
	case <-st.watcher.Woken:
		behind = true
	default:
	}
	if behind {
		if err := st.tell(ctx); err != nil {
			return err
		}
	} else {
		st.at = max(st.at, seen)
	}
	cursor, err := st.server.Records.Cursor(st.actor, st.at)
	if err != nil {
		return err
	}
	return st.write("id: " + cursor + "\n: \n\n")
}

func (st *stream) say(event string, body []byte, at record.Position) error {
	cursor, err := st.server.Records.Cursor(st.actor, at)
	if err != nil {
		return err
	}
	return st.write("id: " + cursor + "\nevent: " + event + "\ndata: " + string(body) + "\n\n")
}

// write gives a reader some time to take it.
func (st *stream) write(text string) error {
	if err := st.connection.SetWriteDeadline(clock.Machine().Add(streamWrite)); err != nil {
		return fmt.Errorf("write an event: %w", err)
	}
	if _, err := st.out.WriteString(text); err != nil {
		return fmt.Errorf("write an event: %w", err)
	}
	if err := st.out.Flush(); err != nil {
		return fmt.Errorf("write an event: %w", err)
	}
	return nil
}
