package field_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trellis-crm/trellis/engine/expr"
	"github.com/trellis-crm/trellis/engine/fault"
	"github.com/trellis-crm/trellis/engine/field"
)

// TestAnInstantIsExplainedAsItsWriterMayWriteIt: people are not told to write
// what programs write.
func TestAnInstantIsExplainedAsItsWriterMayWriteIt(t *testing.T) {
	t.Parallel()
	for _, one := range entered() {
		if one.Kind.Name() != "datetime" {
			continue
		}
		for example, parse := range map[string]func(text string) (expr.Value, *fault.Item){
			"2026-11-21T08:00:00Z": func(text string) (expr.Value, *fault.Item) { return one.Kind.Parse(one, text) },
			"2026-11-21 08:00": func(text string) (expr.Value, *fault.Item) {
				return one.Kind.ParseText(one, text, field.Locale{})
			},
		} {
			_, wrong := parse("tomorrow")
			require.NotNil(t, wrong)
			require.Equal(t, example, wrong.Params["example"])
			_, wrong = parse(example)
			require.Nil(t, wrong)
		}
		return
	}
	require.Fail(t, "no field takes instants")
}
