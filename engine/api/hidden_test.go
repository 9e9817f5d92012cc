package api_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trellis-crm/trellis/engine/enginetest"
)

// TestAFilterTellsNothingOfAHiddenField: what names one is answered letter by
// letter as if there were none, also where its type would not fit.
func TestAFilterTellsNothingOfAHiddenField(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		blind, reader := clerks(t, i)
		for _, filter := range []string{
			`@ == "1"`, `@ == 5`, `!@`, `@.name == "x"`, `name == "@" && @ == "1"`, `@ > true`, `changed(@)`,
			`@.contains("1")`, `under(@, "x")`, `me.@ == 1`, `type in [@]`, `@ == "1" && owner.name == 5`,
		} {
			ask := func(name string) (int, string) {
				answer := blind.Get(t, "/records/tender?where="+url.QueryEscape(strings.ReplaceAll(filter, "@", name)))
				code, _ := answer.Fault(t)
				return answer.Status, code + strings.ReplaceAll(reported.ReplaceAllString(string(answer.Body), ""), name, "@")
			}
			status, hidden := ask("bid_number")
			missing, none := ask("bid_absent")
			require.Equal(t, missing, status)
			require.Equal(t, none, hidden, filter)
			require.Equal(t, 400, status)
		}
		_, items := reader.Get(t, "/records/tender?where="+url.QueryEscape(`bid_number == 5`)).Want(t, 400).Fault(t)
		require.Equal(t, map[string]string{"/where": "type_mismatch"}, items)
		blind.Get(t, "/records/tender?where="+url.QueryEscape(`owner == me.id && type == "bid"`)).Want(t, 200)
	})
}
