package api_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trellis-crm/trellis/engine/enginetest"
)

// TestHalfASurrogatePairIsRefusedWhereItStands keeps the server from storing
// another character than the one that was sent.
func TestHalfASurrogatePairIsRefusedWhereItStands(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		for _, half := range []string{`\ud800`, `\uDFFF`, `a\udc00\ud800b`, `\ud83d\ud83d\ude00`, `\ud83dx`, `\ud83d\\ude00`, `\\\ud800`, `\ud800\n`} {
			body := fmt.Sprintf(`{"company": "y", "name": "%s"}`, half)
			code, items := i.Admin.Post(t, "/records/lead", body).Want(t, 400).Fault(t)
			require.Equal(t, "invalid_json", code, half)
			require.Equal(t, map[string]string{"/name": "invalid_text"}, items, half)
		}
		_, items := i.Admin.Post(t, "/records/lead/_batch", `{"operations": [{"op": "create", "values": {"name": "x", "company": "y"}}, {"op": "create", "values": {"name": "\ud800"}}]}`).Want(t, 400).Fault(t)
		require.Equal(t, map[string]string{"/operations/1/values/name": "invalid_text"}, items)
		i.Admin.Post(t, "/records/lead", `{"na\ud800me": "x"}`).Want(t, 400)
		require.Empty(t, i.Admin.Get(t, "/records/lead").Want(t, 200).List(t), "a refused body stores nothing")

		for sent, stored := range map[string]string{`\ud83d\ude00`: "😀", `\\ud800`: `\ud800`, `\ufffd`: "\ufffd", `\u4e2d\n`: "中"} {
			made := i.Admin.Post(t, "/records/lead", fmt.Sprintf(`{"name": "%s", "company": "y"}`, sent)).Want(t, 201).Data(t)
			require.Contains(t, []any{stored, stored + "\n"}, made["name"])
		}
	})
}
