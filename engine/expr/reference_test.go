package expr_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trellis-crm/trellis/engine/expr"
)

// reference writes the page about the language from the list that the engine
// uses.
func reference(t *testing.T) string {
	t.Helper()
	var page strings.Builder
	page.WriteString("# Expressions 表达式\n\nMade from the list that the engine uses: `go test ./engine/expr -run Reference -update`.\n\n" +
		"| | takes → gives | | |\n|---|---|---|---|\n")
	cell := strings.NewReplacer("|", `\|`, "\n", " ").Replace
	for _, function := range expr.Functions() {
		var forms, examples []string
		for _, signature := range function.Signatures {
			form, err := signature.MarshalText()
			require.NoError(t, err)
			forms = append(forms, cell(string(form)))
		}
		for _, example := range function.Examples {
			examples = append(examples, "`"+cell(example.Expression+" → "+example.Value)+"`")
		}
		fmt.Fprintf(&page, "| `%s` | %s | %s<br>%s | %s |\n", cell(function.Name), strings.Join(forms, "<br>"), cell(function.English), cell(function.Chinese), strings.Join(examples, "<br>"))
	}
	return page.String()
}

func TestReferenceIsWritten(t *testing.T) {
	t.Parallel()

	page, path := reference(t), folder+"README.md"
	if *update {
		require.NoError(t, os.WriteFile(path, []byte(page), 0o644))
	}
	have, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, page, string(have), "the page is stale; run go test ./engine/expr -update")
}
