package expr

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/shopspring/decimal"

	"github.com/trellis-crm/trellis/engine/calendar"
)

// Node is a checked expression as a tree, the one form that every evaluator
// reads: closures in Go, SQL, and in the browser a walker over its JSON.
//
// Op is "literal" (Value), "field" and "prior" (Path), "me" (Path of one name),
// "list" (Args), an operator as it is written, "-" with one argument for the
// negative, "?:", or a function's name. && and || have two arguments or more.
type Node struct {
	Op    string
	Kind  Kind
	Value Value
	Path  []string
	Args  []*Node

	below  func(code string) []string // of "under" on a tree of options
	object string                     // of "under" on a tree of records
	hours  *calendar.Calendar         // of "inBusinessHours"
}

// The ops that are neither operators nor functions.
const (
	opLiteral = "literal"
	opField   = "field"
	opPrior   = "prior"
	opMe      = "me"
	opList    = "list"
)

// literal makes a node of a value.
func literal(kind Kind, value Value) *Node {
	return &Node{Op: opLiteral, Kind: kind, Value: value}
}

// isNull tells whether the node is the null literal (or an empty text or set).
func (n *Node) isNull() bool { return n.Op == opLiteral && n.Value == nil }

// constant tells whether the value does not depend on the record.
func (n *Node) constant() bool {
	if n.Op == opField || n.Op == opPrior {
		return false
	}
	for _, arg := range n.Args {
		if !arg.constant() {
			return false
		}
	}
	return true
}

// walk calls visit for the node and all below it.
func (n *Node) walk(visit func(*Node)) {
	visit(n)
	for _, arg := range n.Args {
		arg.walk(visit)
	}
}

// nodeJSON is a Node's wire form. The value has the form that records have on
// the wire, but every number is a string.
type nodeJSON struct {
	Op    string   `json:"op"`
	Type  string   `json:"type"`
	Value any      `json:"value,omitempty"`
	Path  []string `json:"path,omitempty"`
	Args  []*Node  `json:"args,omitempty"`
}

// MarshalJSON writes {"op", "type", "value"?, "path"?, "args"?}; a literal
// without a value is null.
func (n *Node) MarshalJSON() ([]byte, error) {
	raw, err := json.Marshal(nodeJSON{Op: n.Op, Type: n.Kind.String(), Value: wire(n.Value), Path: n.Path, Args: n.Args})
	if err != nil {
		return nil, fmt.Errorf("write an expression's tree: %w", err)
	}
	return raw, nil
}

// UnmarshalJSON reads what MarshalJSON writes.
func (n *Node) UnmarshalJSON(raw []byte) error {
	var j nodeJSON
	if err := json.Unmarshal(raw, &j); err != nil {
		return fmt.Errorf("read an expression's tree: %w", err)
	}
	kind, ok := KindNamed(j.Type)
	if !ok {
		return fmt.Errorf("read an expression's tree: unknown type %q", j.Type)
	}
	value, err := fromWire(kind, j.Value)
	if err != nil {
		return fmt.Errorf("read an expression's tree: %w", err)
	}
	*n = Node{Op: j.Op, Kind: kind, Value: value, Path: j.Path, Args: j.Args}
	return nil
}

func wire(value Value) any {
	switch v := value.(type) {
	case decimal.Decimal:
		return v.String()
	case Date:
		return v.String()
	case time.Time:
		return formatInstant(v)
	default:
		return v
	}
}

func fromWire(kind Kind, raw any) (Value, error) {
	text, isText := raw.(string)
	switch {
	case raw == nil:
		return nil, nil //nolint:nilnil // null is a value
	case kind == Bool:
		if b, ok := raw.(bool); ok {
			return b, nil
		}
	case kind == Set:
		return setFromWire(raw)
	case !isText:
	case kind == Number:
		return decimal.NewFromString(text) //nolint:wrapcheck // the caller says what it reads
	case kind == Day:
		return ParseDate(text)
	case kind == Instant:
		if t := parseInstant(text); t != nil {
			return t, nil
		}
	case kind == Text || kind == Record || kind == JSON:
		return text, nil
	}
	return nil, fmt.Errorf("%v is not a %s", raw, kind)
}

func setFromWire(raw any) (Value, error) {
	items, ok := raw.([]any)
	set := make([]string, 0, len(items))
	for _, item := range items {
		text, isText := item.(string)
		ok = ok && isText
		set = append(set, text)
	}
	if !ok {
		return nil, fmt.Errorf("%v is not a set", raw)
	}
	return set, nil
}
