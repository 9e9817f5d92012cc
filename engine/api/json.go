package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/trellis-crm/trellis/engine/fault"
)

// decodeJSON decodes strictly; numbers stay as they were written.
func decodeJSON(body []byte) (any, error) {
	d := &strict{Decoder: json.NewDecoder(bytes.NewReader(body)), body: body}
	d.UseNumber()
	value, err := d.value(0)
	if err != nil {
		return nil, err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, fault.New(fault.InvalidJSON)
	}
	return value, nil
}

// strict is a decoder that refuses what JSON leaves open.
type strict struct {
	*json.Decoder
	body []byte
}

func (d *strict) value(depth int) (any, error) {
	if depth > maxDepth {
		return nil, fault.New(fault.TooDeep, "max", maxDepth)
	}
	token, err := d.token()
	if err != nil {
		return nil, err
	}
	switch token {
	case json.Delim('{'):
		return d.object(depth)
	case json.Delim('['):
		list := []any{}
		for d.More() {
			value, err := d.value(depth + 1)
			if err != nil {
				return nil, below(err, strconv.Itoa(len(list)))
			}
			list = append(list, value)
		}
		return list, d.closing()
	default:
		return token, nil
	}
}

func (d *strict) object(depth int) (any, error) {
	object := map[string]any{}
	for d.More() {
		token, err := d.token()
		if err != nil {
			return nil, err
		}
		key, _ := token.(string)
		if _, twice := object[key]; twice {
			return nil, fault.New(fault.DuplicateKey, "key", key)
		}
		if object[key], err = d.value(depth + 1); err != nil {
			return nil, below(err, key)
		}
	}
	return object, d.closing()
}

func (d *strict) closing() error {
	if _, err := d.Token(); err != nil {
		return fault.New(fault.InvalidJSON).Because(err)
	}
	return nil
}

// token reads on. A text with half a surrogate pair is refused: no text has
// one, and the decoder would silently put another character in its place.
func (d *strict) token() (json.Token, error) {
	before := d.InputOffset()
	token, err := d.Token()
	if err != nil {
		return nil, fault.New(fault.InvalidJSON).Because(err)
	}
	if _, text := token.(string); text && loneSurrogate(d.body[before:d.InputOffset()]) {
		return nil, fault.New(fault.InvalidJSON).At("", fault.InvalidText)
	}
	return token, nil
}

// below puts a member's name before the pointers of a fault.
func below(err error, name string) error {
	if f := fault.As(err); f != nil {
		f.Within(fault.Pointer(name))
	}
	return err
}

// loneSurrogate reports whether a JSON text that is otherwise well formed has
// an escape of half a surrogate pair.
func loneSurrogate(raw []byte) bool {
	for {
		at := bytes.IndexByte(raw, '\\')
		if at < 0 {
			return false
		}
		unit, escaped := escapedUnit(raw[at:])
		if !escaped {
			raw = raw[at+2:]
			continue
		}
		raw = raw[at+escapeLength:]
		if !utf16.IsSurrogate(unit) {
			continue
		}
		if second, escaped := escapedUnit(raw); !escaped || utf16.DecodeRune(unit, second) == utf8.RuneError {
			return true
		}
		raw = raw[escapeLength:]
	}
}

const escapeLength = len(`\u0000`)

// escapedUnit reads the \u0000 at the beginning of a text, if there is one.
func escapedUnit(raw []byte) (unit rune, ok bool) {
	if len(raw) < escapeLength || raw[0] != '\\' || raw[1] != 'u' {
		return 0, false
	}
	n, err := strconv.ParseUint(string(raw[2:escapeLength]), 16, 16)
	return rune(n), err == nil
}
