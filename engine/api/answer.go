package api

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"

	"github.com/trellis-crm/trellis/engine/fault"
	"github.com/trellis-crm/trellis/engine/record"
)

// data answers {"data": value}.
func (r *request) data(status int, value any) error {
	return r.send(status, map[string]any{"data": value})
}

// send answers a value as JSON.
func (r *request) send(status int, value any) error {
	body, err := json.Marshal(value)
	if err != nil {
		return fmt.Errorf("write the answer: %w", err)
	}
	return r.raw(status, body)
}

// tagged answers {"data": value}, small on the wire, or 304 to a caller who has
// just that already. Nothing on the way may keep it: a browser forgets it with
// the session.
func (r *request) tagged(value any) error {
	body, err := json.Marshal(map[string]any{"data": value})
	if err != nil {
		return fmt.Errorf("write the answer: %w", err)
	}
	sum := sha256.Sum256(body)
	tag := `W/"` + hex.EncodeToString(sum[:16]) + `"`
	r.Set(fiber.HeaderCacheControl, "no-store")
	r.Set(fiber.HeaderETag, tag)
	if r.Get(fiber.HeaderIfNoneMatch) == tag {
		return r.SendStatus(http.StatusNotModified)
	}
	r.Vary(fiber.HeaderAcceptEncoding)
	if r.AcceptsEncodings("gzip") != "" {
		r.Set(fiber.HeaderContentEncoding, "gzip")
		body = fasthttp.AppendGzipBytes(nil, body)
	}
	return r.raw(http.StatusOK, body)
}

func (r *request) raw(status int, body []byte) error {
	r.Set(fiber.HeaderContentType, fiber.MIMEApplicationJSON)
	return r.Status(status).Send(body)
}

// answer answers a body that writes itself.
func (r *request) answer(status int, body record.Body) error {
	return r.raw(status, body.AppendJSON(make([]byte, 0, 4096)))
}

// record answers one record with its version as ETag.
func (r *request) record(status int, answer *record.Answer) error {
	r.Set(fiber.HeaderETag, etag(answer.Version()))
	return r.answer(status, answer)
}

func etag(version int64) string { return `"` + strconv.FormatInt(version, 10) + `"` }

// nothing answers 204.
func (r *request) nothing() error { return r.SendStatus(http.StatusNoContent) }

// ifMatch reads the version that a change is meant for; nil when none is named.
func (r *request) ifMatch() (*int64, error) {
	header := strings.TrimSpace(r.Get(fiber.HeaderIfMatch))
	if header == "" || header == "*" {
		return nil, nil
	}
	text := strings.Trim(strings.TrimPrefix(header, "W/"), `"`)
	version, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return nil, fault.New(fault.BadRequest).At("/If-Match", fault.WrongType, "expected", "version").Because(err)
	}
	return &version, nil
}

// number reads a whole number from the query string; the faults name it.
func (r *request) number(name string, faults *fault.Fault) int {
	text := r.Query(name)
	if text == "" {
		return 0
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		faults.At("/"+name, fault.WrongType, "expected", "integer")
	}
	return n
}

// list reads a list of names, separated by commas, from the query string; nil
// when it is not given.
func (r *request) list(name string) []string {
	if !r.Context().QueryArgs().Has(name) {
		return nil
	}
	return splitNames(r.Query(name))
}

func splitNames(text string) []string {
	list := []string{}
	for part := range strings.SplitSeq(text, ",") {
		if part = strings.TrimSpace(part); part != "" {
			list = append(list, part)
		}
	}
	return list
}
