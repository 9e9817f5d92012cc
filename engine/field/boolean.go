package field

import (
	"strconv"
	"strings"

	"github.com/trellis-crm/trellis/engine/expr"
	"github.com/trellis-crm/trellis/engine/fault"
)

// boolean is yes or no.
type boolean struct{}

var _ Kind = boolean{}

func (boolean) Name() string              { return "boolean" }
func (boolean) Order() Order              { return ByValue }
func (boolean) Type(*Field) expr.Type     { return expr.Type{Kind: expr.Bool} }
func (boolean) Column(f *Field) Column    { return Column{Name: f.Name, Type: Boolean} }
func (boolean) Check(*Field) []fault.Item { return nil }

func (boolean) Parse(_ *Field, wire any) (expr.Value, *fault.Item) {
	b, ok := wire.(bool)
	if !ok {
		return nil, wrong(fault.WrongType, "expected", "boolean")
	}
	return b, nil
}

func (boolean) ParseText(_ *Field, s string, _ Locale) (expr.Value, *fault.Item) {
	switch strings.ToLower(strings.TrimSpace(s)) {
	case "true", "yes", "y", "1", "on", "是", "有", "真", "√":
		return true, nil
	case "false", "no", "n", "0", "off", "否", "无", "假", "×":
		return false, nil
	default:
		return nil, wrong(fault.WrongType, "expected", "boolean")
	}
}

func (boolean) Text(_ *Field, v expr.Value, _ Locale) string {
	return strconv.FormatBool(v == true)
}

func (boolean) AppendJSON(dst []byte, _ *Field, v expr.Value) []byte {
	return strconv.AppendBool(dst, v == true)
}

func (boolean) Schema(*Field) map[string]any { return map[string]any{"type": "boolean"} }
