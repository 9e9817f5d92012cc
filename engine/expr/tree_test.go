package expr_test

import (
	"encoding/json"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trellis-crm/trellis/engine/calendar"
	"github.com/trellis-crm/trellis/engine/expr"
)

// trees is an object with a tree of options, a document and a reference to a
// tree of records.
type trees struct{}

func (trees) Calendar(string) (*calendar.Calendar, bool) { return nil, false }

func (trees) Field(object, name string) (expr.Field, bool) {
	area := expr.Field{Name: "area", Type: expr.Type{Kind: expr.Text}, Options: []string{"cn", "zj", "hz", "js"}, Below: func(code string) []string {
		return map[string][]string{"cn": {"cn", "zj", "hz", "js"}, "zj": {"zj", "hz"}, "hz": {"hz"}, "js": {"js"}}[code]
	}}
	unit := expr.Field{Name: "unit", Type: expr.Type{Kind: expr.Record, Object: "unit"}}
	fields := map[string]expr.Field{
		"lead.area": area, "lead.unit": unit, "lead.extra": {Name: "extra", Type: expr.Type{Kind: expr.JSON}}, "lead.name": {Name: "name", Type: expr.Type{Kind: expr.Text}},
		"lead.owner":  {Name: "owner", Type: expr.Type{Kind: expr.Record, Object: "user"}},
		"unit.parent": unit, "user.unit": unit, "user.area": area, "user.id": {Name: "id", Type: expr.Type{Kind: expr.Record, Object: "user"}},
	}
	f, ok := fields[object+"."+name]
	return f, ok
}

const (
	unitTop   = "00000000-0000-7000-8000-000000000001"
	unitBelow = "00000000-0000-7000-8000-000000000002"
	unitOther = "00000000-0000-7000-8000-000000000003"
)

func TestUnder(t *testing.T) {
	t.Parallel()
	in := func(area, unit expr.Value) expr.Input {
		parents := map[string]expr.Value{unitBelow: unitTop}
		return expr.Input{
			Record: func(path []string) expr.Value {
				if path[0] == "area" {
					return area
				}
				at := unit
				if path[0] == "owner" {
					path = path[1:]
				}
				for range path[1:] {
					id, _ := at.(string)
					at = parents[id]
				}
				return at
			},
			Me: func(name string) expr.Value { return map[string]expr.Value{"unit": unitTop, "area": "zj"}[name] },
		}
	}
	for _, c := range []struct {
		expression string
		area, unit expr.Value
		holds      bool
	}{
		{`under(area, "zj")`, "hz", nil, true},
		{`under(area, "zj")`, "zj", nil, true},
		{`under(area, "zj")`, "js", nil, false},
		{`under(area, "zj")`, "cn", nil, false},
		{`under(area, "zj")`, nil, nil, false},
		{`under(area, null)`, nil, nil, false},
		{`!under(area, "zj")`, nil, nil, true},
		{`under(area, me.area)`, "hz", nil, true},
		{`under(area, me.area)`, "js", nil, false},
		{`under(unit, me.unit)`, nil, unitTop, true},
		{`under(unit, me.unit)`, nil, unitBelow, true},
		{`under(unit, me.unit)`, nil, unitOther, false},
		{`under(unit, me.unit)`, nil, nil, false},
		{`under(unit, "` + unitBelow + `")`, nil, unitTop, false},
		{`under(owner.unit, me.unit)`, nil, unitTop, true},
	} {
		program, err := expr.Compile(trees{}, "lead", c.expression, expr.Scope())
		require.NoError(t, err, c.expression)
		holds, err := program.True(in(c.area, c.unit))
		require.NoError(t, err)
		require.Equal(t, c.holds, holds, "%s of %v %v", c.expression, c.area, c.unit)
	}
}

func TestUnderAnOptionIsAMembershipThatTheBrowserKnows(t *testing.T) {
	t.Parallel()
	program, err := expr.Compile(trees{}, "lead", `under(area, "zj")`, expr.ShowIf())
	require.NoError(t, err)
	tree, err := json.Marshal(program.Root)
	require.NoError(t, err)
	require.JSONEq(t, `{"op": "in", "type": "boolean", "args": [{"op": "field", "type": "text", "path": ["area"]},
		{"op": "list", "type": "text", "args": [{"op": "literal", "type": "text", "value": "zj"}, {"op": "literal", "type": "text", "value": "hz"}]}]}`, string(tree))
}

func TestWhatIsNoTreeIsRefused(t *testing.T) {
	t.Parallel()
	for text, code := range map[string]string{
		`under(name, "zj")`:       expr.CodeTypeMismatch,
		`under(area, "moon")`:     expr.CodeUnknownOption,
		`under(area, 5)`:          expr.CodeTypeMismatch,
		`under("zj", area)`:       expr.CodeNotAllowed,
		`under(area)`:             expr.CodeTypeMismatch,
		`under(owner, me.id)`:     expr.CodeUnknownField,
		`under(unit, owner.unit)`: expr.CodeNotAllowed,
		`extra == extra`:          expr.CodeTypeMismatch,
		`extra == "x"`:            expr.CodeTypeMismatch,
		`len(extra) > 1`:          expr.CodeTypeMismatch,
	} {
		_, err := expr.Compile(trees{}, "lead", text, expr.Scope())
		var e *expr.Error
		require.ErrorAs(t, err, &e, text)
		require.Equal(t, code, e.Code, text)
	}
	_, err := expr.Compile(trees{}, "lead", `under(unit, me.unit)`, expr.ShowIf())
	require.Error(t, err, "the browser has no tree of records")
	for _, text := range []string{`extra == null`, `extra != null && name == "x"`} {
		_, err := expr.Compile(trees{}, "lead", text, expr.ShowIf())
		require.NoError(t, err, text)
	}
}

func TestWordsAreWhatIsSeen(t *testing.T) {
	t.Parallel()
	require.Equal(t, "One & <two>\nthree\nfour", expr.PlainText("<p>One &amp; &lt;two&gt;</p><ul><li>three</li><li>four</li></ul>"))
	require.Empty(t, expr.PlainText("<p><br></p>"))
	require.Equal(t, "CN 310000", expr.AddressText(`{"postcode":"310000","country":"CN"}`))
	require.True(t, slices.Contains(expr.AddressParts(), "street"))
}
