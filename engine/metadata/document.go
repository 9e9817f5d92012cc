package metadata

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strconv"

	"github.com/trellis-crm/trellis/engine/fault"
)

// maxDepth is how deep a definition may nest.
const maxDepth = 32

// document is a JSON value that keeps the order of its keys, so that a
// definition is stored, shown and compared as its author wrote it.
type document struct {
	keys   []string    // of an object
	values []*document // of an object or an array
	scalar []byte      // anything else, as JSON
	array  bool
}

// parseDocument reads exactly one JSON value. A key that stands twice, a value
// nested deeper than maxDepth and anything behind the value are faults.
func parseDocument(raw []byte) (*document, error) {
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.UseNumber()
	d, err := readDocument(decoder, 0)
	if err != nil {
		return nil, err
	}
	if _, err := decoder.Token(); err != io.EOF {
		return nil, fault.New(fault.InvalidJSON)
	}
	return d, nil
}

func readDocument(decoder *json.Decoder, depth int) (*document, error) {
	if depth > maxDepth {
		return nil, fault.New(fault.TooDeep, "max", maxDepth)
	}
	token, err := decoder.Token()
	if err != nil {
		return nil, fault.New(fault.InvalidJSON).Because(err)
	}
	delim, ok := token.(json.Delim)
	if !ok {
		scalar, err := marshal(token)
		return &document{scalar: scalar}, err
	}
	d := &document{array: delim == '['}
	for decoder.More() {
		if err := d.readMember(decoder, depth); err != nil {
			return nil, err
		}
	}
	if _, err := decoder.Token(); err != nil {
		return nil, fault.New(fault.InvalidJSON).Because(err)
	}
	return d, nil
}

func (d *document) readMember(decoder *json.Decoder, depth int) error {
	if !d.array {
		token, err := decoder.Token()
		if err != nil {
			return fault.New(fault.InvalidJSON).Because(err)
		}
		key, _ := token.(string)
		if slices.Contains(d.keys, key) {
			return fault.New(fault.DuplicateKey, "key", key)
		}
		d.keys = append(d.keys, key)
	}
	value, err := readDocument(decoder, depth+1)
	if err != nil {
		return err
	}
	d.values = append(d.values, value)
	return nil
}

// marshal is json.Marshal without the escapes that are meant for HTML.
func marshal(v any) ([]byte, error) {
	var buffer bytes.Buffer
	encoder := json.NewEncoder(&buffer)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(v); err != nil {
		return nil, fmt.Errorf("encode JSON: %w", err)
	}
	return bytes.TrimRight(buffer.Bytes(), "\n"), nil
}

func (d *document) isObject() bool { return d != nil && d.scalar == nil && !d.array }

// get finds a member of an object, or nil.
func (d *document) get(key string) *document {
	if !d.isObject() {
		return nil
	}
	if i := slices.Index(d.keys, key); i >= 0 {
		return d.values[i]
	}
	return nil
}

// fields are the properties of a definition, none when it has none.
func (d *document) fields() *document {
	if properties := d.get("properties"); properties != nil {
		return properties
	}
	return &document{}
}

// member gives a member of an object, which is made if it is not there.
func (d *document) member(key string, array bool) *document {
	found := d.get(key)
	if found == nil {
		found = &document{array: array}
		d.keys, d.values = append(d.keys, key), append(d.values, found)
	}
	return found
}

// text is the value of a JSON string, or "".
func (d *document) text() string {
	var s string
	if d == nil || d.scalar == nil || json.Unmarshal(d.scalar, &s) != nil {
		return ""
	}
	return s
}

// elementKeys are what the elements of arrays are known by: the first that one
// has. The exceptions of calendars are known by their first day.
func elementKeys() []string { return []string{"const", "name", "field", "from"} }

// step goes to a member: by key in an object; in an array to the element with
// that const, name, field or from, or else with that index.
func (d *document) step(part string) *document {
	if !d.array {
		return d.get(part)
	}
	for _, element := range d.values {
		for _, key := range elementKeys() {
			if element.get(key).text() == part {
				return element
			}
		}
	}
	if i, err := strconv.Atoi(part); err == nil && i >= 0 && i < len(d.values) {
		return d.values[i]
	}
	return nil
}

// set puts a text under key, as the last member when it is new.
func (d *document) set(key, text string) {
	scalar, err := marshal(text)
	if err != nil {
		return
	}
	value := &document{scalar: scalar}
	if i := slices.Index(d.keys, key); i >= 0 {
		d.values[i] = value
		return
	}
	d.keys = append(d.keys, key)
	d.values = append(d.values, value)
}

func (d *document) clone() *document {
	c := &document{keys: slices.Clone(d.keys), scalar: d.scalar, array: d.array}
	for _, value := range d.values {
		c.values = append(c.values, value.clone())
	}
	return c
}

// append writes the document as JSON with two blanks an indentation.
func (d *document) append(dst []byte, indent string) []byte {
	if d.scalar != nil {
		return append(dst, d.scalar...)
	}
	open, shut := byte('{'), byte('}')
	if d.array {
		open, shut = '[', ']'
	}
	dst = append(dst, open)
	inner := indent + "  "
	for i, value := range d.values {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(append(dst, '\n'), inner...)
		if !d.array {
			key, _ := marshal(d.keys[i]) // a string always encodes
			dst = append(append(dst, key...), ": "...)
		}
		dst = value.append(dst, inner)
	}
	if len(d.values) > 0 {
		dst = append(append(dst, '\n'), indent...)
	}
	return append(dst, shut)
}
