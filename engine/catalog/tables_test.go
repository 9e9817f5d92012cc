package catalog

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trellis-crm/trellis/engine/store"
)

// TestAnIndexThatAnotherBeginsWithIsNotMade: from either end it is the same.
func TestAnIndexThatAnotherBeginsWithIsNotMade(t *testing.T) {
	t.Parallel()
	on := func(columns ...string) store.Index { return store.Index{Columns: columns, Live: true} }
	unique := func(columns ...string) store.Index { return store.Index{Columns: columns, Live: true, Unique: true} }
	members := store.Index{Columns: []string{"a"}, Live: true, Kind: store.Members}
	for name, c := range map[string]struct{ given, want []store.Index }{
		"twice the same":       {[]store.Index{on("a"), on("a")}, []store.Index{on("a")}},
		"a beginning":          {[]store.Index{on("a"), on("a", "b")}, []store.Index{on("a", "b")}},
		"a later beginning":    {[]store.Index{on("a", "b"), on("a")}, []store.Index{on("a", "b")}},
		"read backwards":       {[]store.Index{on("a", "b"), on("a DESC", "b DESC", "c")}, []store.Index{on("a DESC", "b DESC", "c")}},
		"half of it backwards": {[]store.Index{on("a", "b"), on("a", "b DESC", "c")}, []store.Index{on("a", "b"), on("a", "b DESC", "c")}},
		"not the beginning":    {[]store.Index{on("b"), on("a", "b")}, []store.Index{on("b"), on("a", "b")}},
		"a unique one refuses": {[]store.Index{unique("a"), on("a", "b")}, []store.Index{unique("a"), on("a", "b")}},
		"a unique one serves":  {[]store.Index{on("a"), unique("a", "b")}, []store.Index{unique("a", "b")}},
		"another kind":         {[]store.Index{members, on("a", "b")}, []store.Index{members, on("a", "b")}},
	} {
		require.Equal(t, c.want, needed(c.given), name)
	}
}
