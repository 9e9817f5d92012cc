package record

import (
	"encoding/json"
	"slices"
	"strconv"

	"github.com/trellis-crm/trellis/engine/access"
	"github.com/trellis-crm/trellis/engine/expr"
	"github.com/trellis-crm/trellis/engine/field"
	"github.com/trellis-crm/trellis/engine/metadata"
)

// Answer is one record as the actor may see it.
type Answer struct {
	Object   *metadata.Object
	Values   []expr.Value
	Readable access.Fields
	Masked   access.Fields // shown in part, where they are not readable
	Slots    []int         // the fields that were asked for
	Included Included
	Can      Can
}

// Can is what the actor may do with one record.
type Can struct {
	Update, Delete bool
	Writable       access.Fields
	Actions        []string
}

// ID is the record's id.
func (a *Answer) ID() string {
	id, _ := a.Values[a.Object.Slot(metadata.FieldID)].(string)
	return id
}

// Version is the record's version.
func (a *Answer) Version() int64 { return versionOf(a.Object, a.Values) }

func asAnswer(body Body, err error) (*Answer, error) {
	if err != nil {
		return nil, err
	}
	answer, _ := body.(*Answer)
	return answer, nil
}

// Nothing is the body of an answer that has none.
type Nothing struct{}

// AppendJSON appends nothing.
func (Nothing) AppendJSON(dst []byte) []byte { return dst }

// AppendValue appends a value of plain fields, as encoding/json writes it.
func AppendValue(dst []byte, value any) []byte {
	raw, err := json.Marshal(value)
	if err != nil {
		return dst
	}
	return append(dst, raw...)
}

// appendReferring appends {"data": value, "included": …}.
func appendReferring(dst []byte, value any, included Included) []byte {
	dst = AppendValue(append(dst, `{"data":`...), value)
	return append(included.appendJSON(append(dst, `,"included":`...)), '}')
}

// appendPaged appends {"data": value, "page": {"next": cursor or null}, "included": …}.
func appendPaged(dst []byte, value any, next string, included Included) []byte {
	dst = AppendValue(append(dst, `{"data":`...), value)
	dst = append(dst, `,"page":{"next":`...)
	if next == "" {
		dst = append(dst, "null"...)
	} else {
		dst = field.AppendString(dst, next)
	}
	return append(included.appendJSON(append(dst, `},"included":`...)), '}')
}

// AppendJSON appends {"data": …, "included": …, "can": …}.
func (a *Answer) AppendJSON(dst []byte) []byte {
	dst = append(dst, `{"data":`...)
	return a.appendRest(appendRecord(dst, a.Object, a.Slots, a.Values, a.Readable, a.Masked))
}

// appendRest appends what stands behind the record, and the end of the answer.
func (a *Answer) appendRest(dst []byte) []byte {
	dst = append(dst, `,"included":`...)
	dst = a.Included.appendJSON(dst)
	dst = append(dst, `,"can":`...)
	dst = a.Can.appendJSON(dst, a)
	return append(dst, '}')
}

// appendRecord writes the readable fields of a record, null when empty, and the
// shown part of those that are masked.
func appendRecord(dst []byte, object *metadata.Object, slots []int, values []expr.Value, readable, masked access.Fields) []byte {
	dst = append(dst, '{')
	first := true
	for _, slot := range slots {
		f, value := object.Fields[slot], values[slot]
		if readable != nil && !readable[slot] {
			if !masked.Has(slot) {
				continue
			}
			value = f.Mask(value)
		}
		if !first {
			dst = append(dst, ',')
		}
		first = false
		dst = appendMember(dst, f, value)
	}
	return append(dst, '}')
}

func (c Can) appendJSON(dst []byte, a *Answer) []byte {
	dst = strconv.AppendBool(append(dst, `{"update":`...), c.Update)
	dst = strconv.AppendBool(append(dst, `,"delete":`...), c.Delete)
	dst = append(dst, `,"fields":{`...)
	first := true
	for slot, f := range a.Object.Fields {
		only := "read"
		switch {
		case !a.Readable.Has(slot) && a.Masked.Has(slot):
			only = access.Mask
		case f.System || !a.Readable.Has(slot) || f.Writable && c.Writable.Has(slot):
			continue
		}
		if !first {
			dst = append(dst, ',')
		}
		first = false
		dst = field.AppendString(append(field.AppendString(dst, f.Name), ':'), only)
	}
	dst = append(dst, `},"actions":[`...)
	for i, name := range c.Actions {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = field.AppendString(dst, name)
	}
	return append(dst, `]}`...)
}

// Page is a list of records as the actor may see them, already written.
type Page struct {
	Next     string // the cursor of the next page, or ""
	Total    *int64
	Included Included

	data []byte
}

// Listed is one record of a list. Readable is nil when all fields are.
type Listed struct {
	Values   []expr.Value
	Readable access.Fields
}

// AppendJSON appends {"data": […], "page": …, "included": …}.
func (p *Page) AppendJSON(dst []byte) []byte {
	dst = append(append(dst, `{"data":`...), p.data...)
	dst = append(dst, `,"page":{"next":`...)
	if p.Next == "" {
		dst = append(dst, "null"...)
	} else {
		dst = field.AppendString(dst, p.Next)
	}
	if p.Total != nil {
		dst = strconv.AppendInt(append(dst, `,"total":`...), *p.Total, 10)
	}
	dst = append(dst, `},"included":`...)
	return append(p.Included.appendJSON(dst), '}')
}

// Included are the records that others refer to: by object, then by id.
type Included map[string]map[string]Reference

// Reference is what is shown of a record that another refers to.
type Reference struct {
	Display string
	// With expand, all that the reader may see.
	Object *metadata.Object
	Slots  []int
	Listed Listed
}

// MarshalJSON writes what is included as a JSON object.
func (in Included) MarshalJSON() ([]byte, error) { return in.appendJSON(nil), nil }

func (in Included) appendJSON(dst []byte) []byte {
	dst = append(dst, '{')
	for i, object := range sortedKeys(in) {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(append(field.AppendString(dst, object), ':'), '{')
		for j, id := range sortedKeys(in[object]) {
			if j > 0 {
				dst = append(dst, ',')
			}
			dst = append(field.AppendString(dst, id), ':')
			dst = in[object][id].appendJSON(dst, id)
		}
		dst = append(dst, '}')
	}
	return append(dst, '}')
}

func (r Reference) appendJSON(dst []byte, id string) []byte {
	if r.Object != nil {
		dst = appendRecord(dst, r.Object, r.Slots, r.Listed.Values, r.Listed.Readable, nil)
		dst = append(dst[:len(dst)-1], `,"display":`...)
		return append(field.AppendString(dst, r.Display), '}')
	}
	dst = field.AppendString(append(dst, `{"id":`...), id)
	dst = field.AppendString(append(dst, `,"display":`...), r.Display)
	return append(dst, '}')
}

func sortedKeys[V any](m map[string]V) []string {
	if len(m) == 0 {
		return nil
	}
	keys := make([]string, 0, len(m))
	for key := range m {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}
