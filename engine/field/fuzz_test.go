package field_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trellis-crm/trellis/engine/field"
)

// entered are fields of the kinds whose values people enter.
func entered() []*field.Field {
	var fields []*field.Field
	for _, kind := range field.Kinds() {
		if slices.Contains(append(field.ComputedKinds(), "autonumber", "lines", "file", "image"), kind.Name()) {
			continue
		}
		f := &field.Field{Name: "value", Kind: kind, Decimals: 2, MaxLength: 255, Region: "CN", Currency: "CNY", Targets: []string{"lead"}, Options: &field.Options{}}
		f.Prepare()
		fields = append(fields, f)
	}
	return fields
}

func decoded(text string) (value any, ok bool) {
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.UseNumber()
	return value, decoder.Decode(&value) == nil
}

// FuzzEveryKindAnswersWhatItTakes: no JSON value and no cell of a table breaks a
// kind, and what one takes it answers so that it takes it again.
func FuzzEveryKindAnswersWhatItTakes(f *testing.F) {
	for _, seed := range []string{
		`"a"`, `""`, "5", "-0.50", "1e30", "true", "null", `["a","b"]`, `{"amount":"1.5","currency":"USD"}`, `{"street":"x","country":"CN"}`, `"2026-11-21"`, `"2026-11-21T08:00:00+08:00"`, `"09:30"`, `"a@b.co"`, `"+86 138 0013 8000"`,
		`"https://例子.测试/"`, `"<p onclick=x>a</p><script>"`, `"330106"`, `{"object":"lead","id":"00000000-0000-7000-8000-0000000000ff"}`, `"00000000-0000-7000-8000-0000000000ff"`, `{"b":[1.50,null,{"c":"\u2028"}]}`, "1 h 30 min", "1,234.5", "12.5%", "a; b、c", "2026年1月2日",
	} {
		f.Add(seed)
	}
	fields := entered()
	f.Fuzz(func(t *testing.T, text string) {
		wire, ok := decoded(text)
		for _, of := range fields {
			_, _ = of.Kind.ParseText(of, text, field.Locale{}) // whatever it is, it is judged
			if !ok {
				continue
			}
			value, item := of.Kind.Parse(of, wire)
			if item != nil || value == nil {
				continue
			}
			answer := of.Kind.AppendJSON(nil, of, value)
			again, ok := decoded(string(answer))
			require.True(t, ok, "%s answers %s for %s", of.Kind.Name(), answer, text)
			value, item = of.Kind.Parse(of, again)
			require.Nil(t, item, "%s answers %s for %s and refuses it", of.Kind.Name(), answer, text)
			require.JSONEq(t, string(answer), string(of.Kind.AppendJSON(nil, of, value)), of.Kind.Name())
		}
	})
}
