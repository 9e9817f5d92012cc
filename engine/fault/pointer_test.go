package fault_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trellis-crm/trellis/engine/fault"
)

// TestPointersEscapeTheirNames as RFC 6901 says, whose own examples these are.
func TestPointersEscapeTheirNames(t *testing.T) {
	t.Parallel()
	for pointer, names := range map[string][]string{
		"":           {},
		"/foo":       {"foo"},
		"/foo/0":     {"foo", "0"},
		"/":          {""},
		"/a~1b":      {"a/b"},
		"/m~0n":      {"m~n"},
		"/~01":       {"~1"},
		"/c%d/e^f":   {"c%d", "e^f"},
		"/k\"l/i\\j": {`k"l`, `i\j`},
	} {
		require.Equal(t, pointer, fault.Pointer(names...))
	}
}
