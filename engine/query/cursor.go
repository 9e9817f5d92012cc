package query

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"github.com/trellis-crm/trellis/engine/expr"
	"github.com/trellis-crm/trellis/engine/fault"
)

// A cursor is the sort values of a page's last record, as the caller saw them,
// with a signature that binds them to the object, the order and the actor.

const signatureSize = 16

// cursorValue is one sort value with its type.
type cursorValue struct {
	Type  string `json:"t,omitempty"`
	Value string `json:"v,omitempty"`
}

// Cursor writes the cursor behind a record with these sort values.
func (p *Planner) Cursor(plan *Plan, values []expr.Value) (string, error) {
	list := make([]cursorValue, len(values))
	for i, value := range values {
		list[i] = toCursor(value)
	}
	body, err := json.Marshal(list)
	if err != nil {
		return "", fault.New(fault.InvalidCursor).Because(err)
	}
	return base64.RawURLEncoding.EncodeToString(append(p.sign(plan, body), body...)), nil
}

func (p *Planner) after(plan *Plan, q Query) error {
	if q.Cursor == "" {
		return nil
	}
	raw, err := base64.RawURLEncoding.DecodeString(q.Cursor)
	if err != nil || len(raw) < signatureSize {
		return invalidCursor()
	}
	signature, body := raw[:signatureSize], raw[signatureSize:]
	if !hmac.Equal(signature, p.sign(plan, body)) {
		return invalidCursor()
	}
	var list []cursorValue
	if json.Unmarshal(body, &list) != nil || len(list) != len(plan.Sort) {
		return invalidCursor()
	}
	plan.After = make([]expr.Value, len(list))
	for i, value := range list {
		plan.After[i] = value.value()
	}
	return nil
}

func invalidCursor() error {
	return fault.New(fault.InvalidCursor).At("/cursor", fault.InvalidCursor)
}

func (p *Planner) sign(plan *Plan, body []byte) []byte {
	mac := hmac.New(sha256.New, p.Key)
	var bound strings.Builder
	bound.WriteString(plan.Object.Name + "\x00" + p.Actor.ID + "\x00")
	for _, sort := range plan.Sort {
		bound.WriteString(sort.Field.Name)
		if sort.Desc {
			bound.WriteByte('-')
		}
		bound.WriteByte(0)
	}
	mac.Write([]byte(bound.String()))
	mac.Write(body)
	return mac.Sum(nil)[:signatureSize]
}

func toCursor(value expr.Value) cursorValue {
	switch v := value.(type) {
	case nil:
		return cursorValue{}
	case bool:
		if v {
			return cursorValue{Type: "b", Value: "1"}
		}
		return cursorValue{Type: "b"}
	case decimal.Decimal:
		return cursorValue{Type: "n", Value: v.String()}
	case expr.Date:
		return cursorValue{Type: "d", Value: v.String()}
	case time.Time:
		return cursorValue{Type: "i", Value: v.Format(time.RFC3339Nano)}
	case []byte:
		return cursorValue{Type: "k", Value: base64.RawURLEncoding.EncodeToString(v)}
	case string:
		return cursorValue{Type: "s", Value: v}
	default:
		return cursorValue{}
	}
}

func (c cursorValue) value() expr.Value {
	switch c.Type {
	case "b":
		return c.Value == "1"
	case "n":
		d, _ := decimal.NewFromString(c.Value) // signed: written by toCursor
		return d
	case "d":
		d, _ := expr.ParseDate(c.Value) // signed: written by toCursor
		return d
	case "i":
		t, _ := time.Parse(time.RFC3339Nano, c.Value) // signed: written by toCursor
		return t
	case "k":
		k, _ := base64.RawURLEncoding.DecodeString(c.Value) // signed: written by toCursor
		return k
	case "s":
		return c.Value
	default:
		return nil
	}
}
