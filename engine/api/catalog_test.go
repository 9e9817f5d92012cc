package api_test

import (
	"testing"

	"github.com/trellis-crm/trellis/engine/enginetest"
)

// TestWhoHasTheCatalogIsOnlyToldThatItHolds: the definitions are sent again when
// they, the reader's rights or the language have changed, and only then.
func TestWhoHasTheCatalogIsOnlyToldThatItHolds(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		rep := i.Person(t, "Rep", "sales_rep")
		whole := rep.Get(t, "/meta").Want(t, 200)
		tag := whole.Header.Get("ETag")
		known := rep.With("If-None-Match", tag)
		if again := known.Get(t, "/meta").Want(t, 304); len(again.Body) != 0 {
			t.Fatalf("304 with %s", again.Body)
		}
		known.With("Accept-Language", "zh-CN").Get(t, "/meta").Want(t, 200)
		i.Admin.With("If-None-Match", tag).Get(t, "/meta").Want(t, 200)
		packed := rep.With("Accept-Encoding", "gzip").Get(t, "/meta").Want(t, 200)
		if packed.Header.Get("Content-Encoding") != "gzip" || 3*len(packed.Body) > len(whole.Body) {
			t.Fatalf("%d bytes of %d, encoded %q", len(packed.Body), len(whole.Body), packed.Header.Get("Content-Encoding"))
		}
		i.Admin.Put(t, "/meta/object/thing", doc{"kind": "object", "name": "thing", "type": "object", "title": "Thing", "display": "name", "properties": doc{"name": doc{"field": "text", "title": "Name"}}}).Want(t, 200)
		known.Get(t, "/meta").Want(t, 200)
	})
}
