package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"reflect"
	"strings"
	"unicode/utf8"

	"github.com/gofiber/fiber/v2"

	"github.com/trellis-crm/trellis/engine/fault"
)

// The sizes of JSON bodies.
const (
	smallBody = 1 << 20
	largeBody = 32 << 20
	maxDepth  = 32
)

// read reads the body, of at most limit bytes. What is larger is refused before
// it is read, or when the limit is reached.
func (r *request) read(limit int) ([]byte, error) {
	if r.body != nil {
		return r.body, nil
	}
	if err := r.uncompressed(); err != nil {
		return nil, err
	}
	tooLarge := fault.New(fault.BodyTooLarge, "max", size(limit))
	if r.Request().Header.ContentLength() > limit {
		return nil, tooLarge
	}
	stream := r.Context().RequestBodyStream()
	if stream == nil {
		r.body = r.Ctx.Body()
	} else {
		body, err := io.ReadAll(io.LimitReader(stream, int64(limit)+1))
		if err != nil {
			return nil, torn(err)
		}
		r.body = body
	}
	if len(r.body) > limit {
		return nil, tooLarge
	}
	r.drained = true
	return r.body, nil
}

// torn is the fault of a body that ended before its end.
func torn(err error) *fault.Fault {
	if waited, ok := errors.AsType[net.Error](err); ok && waited.Timeout() {
		return fault.New(fault.TooSlow).Because(err)
	}
	return fault.New(fault.BadRequest).Because(err)
}

// uncompressed refuses a body that would have to be inflated.
func (r *request) uncompressed() error {
	if encoding := r.Get(fiber.HeaderContentEncoding); encoding != "" && encoding != "identity" {
		return fault.New(fault.UnsupportedType, "expected", "identity")
	}
	return nil
}

func size(bytes int) string {
	if bytes >= 1<<20 {
		return fmt.Sprintf("%d MiB", bytes>>20)
	}
	return fmt.Sprintf("%d KiB", bytes>>10)
}

// values reads a JSON object. Keys must not stand twice, nothing nests deeper
// than 32, the text is UTF-8, with every surrogate escape in a pair, and
// nothing stands behind it.
func (r *request) values(limit int) (map[string]any, error) {
	value, err := r.json(limit)
	if err != nil {
		return nil, err
	}
	object, ok := value.(map[string]any)
	if !ok {
		return nil, fault.New(fault.InvalidJSON)
	}
	return object, nil
}

// into reads a JSON object into a struct; what the struct does not know is
// refused.
func (r *request) into(limit int, target any) error {
	if _, err := r.values(limit); err != nil {
		return err
	}
	decoder := json.NewDecoder(bytes.NewReader(r.body))
	decoder.UseNumber()
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(target); err != nil {
		return decodeFault(err)
	}
	return nil
}

// decodeFault says which member of a body is not what it should be.
func decodeFault(err error) error {
	if name, ok := strings.CutPrefix(err.Error(), "json: unknown field "); ok {
		name = strings.Trim(name, `"`)
		return fault.New(fault.BadRequest).At(fault.Pointer(name), fault.UnknownField, "field", name).Because(err)
	}
	if mismatch, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		return fault.New(fault.BadRequest).
			At("/"+strings.ReplaceAll(mismatch.Field, ".", "/"), fault.WrongType, "expected", jsonType(mismatch.Type)).Because(err)
	}
	return fault.New(fault.InvalidJSON).Because(err)
}

func jsonType(t reflect.Type) string {
	switch t.Kind() {
	case reflect.String:
		return "string"
	case reflect.Bool:
		return "boolean"
	case reflect.Slice, reflect.Array:
		return "array"
	case reflect.Map, reflect.Struct:
		return "object"
	case reflect.Pointer:
		return jsonType(t.Elem())
	default:
		return "number"
	}
}

func (r *request) json(limit int) (any, error) {
	kind, _, _ := strings.Cut(r.Get(fiber.HeaderContentType), ";")
	switch strings.TrimSpace(strings.ToLower(kind)) {
	case fiber.MIMEApplicationJSON, "application/merge-patch+json":
	default:
		return nil, fault.New(fault.UnsupportedType, "expected", fiber.MIMEApplicationJSON)
	}
	body, err := r.read(limit)
	if err != nil {
		return nil, err
	}
	if !utf8.Valid(body) {
		return nil, fault.New(fault.InvalidJSON)
	}
	return decodeJSON(body)
}
