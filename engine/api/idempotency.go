package api

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/trellis-crm/trellis/engine/fault"
	"github.com/trellis-crm/trellis/engine/record"
	"github.com/trellis-crm/trellis/engine/store"
)

// idempotencyKey names a write, so that it is executed once however often it
// is sent.
const idempotencyKey = "Idempotency-Key"

const maxKeyLength = 255

// onceKey is the name of one write of one actor, with what it asks.
type onceKey struct {
	actor, key string
	hash       []byte
}

// storedAnswer is the answer that a write was given.
type storedAnswer struct {
	Actor   string `gorm:"primaryKey"`
	Key     string `gorm:"primaryKey"`
	Hash    []byte
	Status  int
	Headers string
	Body    []byte
	At      int64
}

// TableName is the table of stored answers.
func (storedAnswer) TableName() string { return "sys_idempotency" }

func (s *Server) onceKey(r *request, suffix string) onceKey {
	sum := sha256.New()
	sum.Write([]byte(r.Method() + "\x00" + string(r.Request().URI().RequestURI()) + "\x00" + r.Get(fiber.HeaderIfMatch) + "\x00"))
	sum.Write(r.body)
	return onceKey{actor: r.actor.ID, key: r.Get(idempotencyKey) + suffix, hash: sum.Sum(nil)}
}

// stored finds the answer that this write was given before, or nil. Fault:
// idempotency_mismatch when the key was used for another write.
func (k onceKey) stored(ctx context.Context, reader store.Source) (*storedAnswer, error) {
	found, err := store.First[storedAnswer](ctx, reader, "actor = ? AND key = ?", k.actor, k.key)
	switch {
	case errors.Is(err, store.ErrNotFound):
		return nil, nil
	case err != nil:
		return nil, fmt.Errorf("look for an answer: %w", err)
	case string(found.Hash) != string(k.hash):
		return nil, fault.New(fault.IdempotencyMismatch)
	default:
		return found, nil
	}
}

// keep stores an answer in the transaction of its write. Of two at once, the
// second cannot be stored, and its write is undone with it.
func (k onceKey) keep(ctx context.Context, tx *store.Tx, status int, headers map[string]string, body []byte, now time.Time) error {
	raw, err := json.Marshal(headers)
	if err != nil {
		return fmt.Errorf("store an answer: %w", err)
	}
	answer := &storedAnswer{Actor: k.actor, Key: k.key, Hash: k.hash, Status: status, Headers: string(raw), Body: body, At: now.UnixMilli()}
	if err := store.Insert(ctx, tx, answer); err != nil {
		return fmt.Errorf("store an answer: %w", err)
	}
	return nil
}

// once answers a write; with an Idempotency-Key it is executed once, and what
// it answered is answered again.
func (s *Server) once(r *request, status int, write func(options record.Options) (record.Body, error)) error {
	if r.Get(idempotencyKey) == "" {
		body, err := write(record.Options{})
		if err != nil {
			return err
		}
		return r.written(status, body)
	}
	if len(r.Get(idempotencyKey)) > maxKeyLength || strings.ContainsFunc(r.Get(idempotencyKey), func(c rune) bool { return c < ' ' || c > '~' }) {
		return fault.New(fault.BadRequest).At("/"+idempotencyKey, fault.TooLong, "max", maxKeyLength, "length", len(r.Get(idempotencyKey)))
	}
	key := s.onceKey(r, "")
	if found, err := key.stored(r.ctx, s.Store); err != nil || found != nil {
		return r.again(found, err)
	}
	body, err := write(record.Options{Finish: func(ctx context.Context, tx *store.Tx, body record.Body) error {
		headers := map[string]string{}
		if versioned, ok := body.(interface{ Version() int64 }); ok {
			headers[fiber.HeaderETag] = etag(versioned.Version())
		}
		return key.keep(ctx, tx, statusOf(body, status), headers, body.AppendJSON([]byte{}), s.Clock.Now()) // a deletion answers nothing, which is kept, too
	}})
	if fault.Is(err, fault.Duplicate) {
		if found, lookErr := key.settled(r.ctx, s.Store); lookErr != nil || found != nil {
			return r.again(found, lookErr)
		}
	}
	if err != nil {
		return err
	}
	return r.written(status, body)
}

// received answers an upload, of which what was sent is "what": the form around
// it differs each time. One that is sent again with its key is answered as it
// was, and forgotten.
func (s *Server) received(r *request, what string, answer any, forget func(ctx context.Context) error) error {
	r.body = []byte(what)
	kept := false
	err := s.once(r, http.StatusCreated, func(options record.Options) (record.Body, error) {
		body := dataBody{answer}
		if options.Finish == nil {
			kept = true
			return body, nil
		}
		err := s.Store.Write(r.ctx, store.Interactive, func(ctx context.Context, tx *store.Tx) error {
			return options.Finish(ctx, tx, body)
		})
		if store.AsViolation(err, store.UniqueViolation) != nil {
			return nil, fault.New(fault.Duplicate).Because(err)
		}
		kept = err == nil
		return body, err
	})
	if !kept {
		err = errors.Join(err, forget(context.WithoutCancel(r.ctx)))
	}
	return err
}

// settled is stored for one who lost against the same write: it looks in a
// write of its own, which ends when the winner's has been committed.
func (k onceKey) settled(ctx context.Context, s *store.Store) (found *storedAnswer, err error) {
	err = s.Write(ctx, store.Interactive, func(ctx context.Context, tx *store.Tx) error {
		found, err = k.stored(ctx, tx)
		return err
	})
	return found, err
}

// statusOf is the status of an answer: its own, or the usual one.
func statusOf(body record.Body, usual int) int {
	if own, ok := body.(interface{ status() int }); ok {
		return own.status()
	}
	return usual
}

// written answers what a write gave.
func (r *request) written(status int, body record.Body) error {
	status = statusOf(body, status)
	if status == http.StatusNoContent {
		return r.nothing()
	}
	if answer, ok := body.(*record.Answer); ok {
		return r.record(status, answer)
	}
	return r.answer(status, body)
}

// again answers what was answered before. Who asks may have lost rights since:
// of a record, which is what has an object and an ETag, he is told what he may still see. Of
// other answers, a batch tells ids, versions and faults only, and a change of
// definitions needs the same ability again.
func (r *request) again(found *storedAnswer, err error) error {
	if err != nil {
		return err
	}
	var headers map[string]string
	if err := json.Unmarshal([]byte(found.Headers), &headers); err != nil {
		return fmt.Errorf("read a stored answer: %w", err)
	}
	if found.Status == http.StatusNoContent {
		return r.nothing()
	}
	var body record.Body
	if object := r.Params("object"); object != "" && headers[fiber.HeaderETag] != "" {
		if body, err = r.server.Records.Again(r.ctx, r.actor, object, found.Body); err != nil {
			return err
		}
	}
	for name, value := range headers {
		r.Set(name, value)
	}
	if body == nil {
		return r.raw(found.Status, found.Body)
	}
	return r.answer(found.Status, body)
}
