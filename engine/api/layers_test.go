package api_test

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trellis-crm/trellis/engine/enginetest"
)

const ownView = "00000000-0000-7000-8000-0000000000b1"

// TestLayers: what a person changes of a view is his, and stays.
func TestLayers(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		wang, li := i.Person(t, "Wang", "sales_rep"), i.Person(t, "Li", "sales_rep")
		mine := doc{"filter": "score > 5", "sort": []any{"-score"}, "columns": []any{"name", "score"}, "widths": doc{"name": 200}, "group": "created_at:month", "density": "compact"}
		before := i.Admin.Get(t, "/meta/view/lead_open?raw=true").Want(t, 200).Body

		t.Run("are kept by person and view, and change nothing for others", func(t *testing.T) {
			kept := wang.Put(t, "/me/views/lead/lead_open", mine).Want(t, 200).Data(t)
			require.Equal(t, "lead_open", kept["view"])
			listed := wang.Get(t, "/me/views/lead").Want(t, 200).List(t)
			require.Len(t, listed, 1)
			require.Equal(t, kept, listed[0])
			for name, value := range mine {
				require.Equal(t, fmt.Sprint(value), fmt.Sprint(kept[name]), name)
			}
			require.Empty(t, li.Get(t, "/me/views/lead").Want(t, 200).List(t))
			require.Equal(t, before, i.Admin.Get(t, "/meta/view/lead_open?raw=true").Want(t, 200).Body)
			li.Delete(t, "/me/views/lead/lead_open").Want(t, 404)
		})
		t.Run("are replaced as a whole: what is left out is as in the view", func(t *testing.T) {
			kept := wang.Put(t, "/me/views/lead/lead_open", doc{"filter": ""}).Want(t, 200).Data(t)
			require.NotNil(t, kept["filter"])
			require.Empty(t, kept["filter"])
			for _, name := range []string{"sort", "columns", "widths", "group", "density"} {
				require.Contains(t, kept, name)
				require.Nil(t, kept[name], name)
			}
		})
		t.Run("go again", func(t *testing.T) {
			wang.Delete(t, "/me/views/lead/lead_open").Want(t, 204)
			wang.Delete(t, "/me/views/lead/lead_open").Want(t, 404)
			require.Empty(t, wang.Get(t, "/me/views/lead").Want(t, 200).List(t))
		})
		t.Run("with a title are views of one's own, fifty at most", func(t *testing.T) {
			wang.Put(t, "/me/views/lead/"+ownView, doc{"view": "lead_open", "title": " 展会 ", "filter": "score > 1"}).Want(t, 200)
			listed := wang.Get(t, "/me/views/lead").List(t)
			require.Equal(t, "展会", listed[0]["title"])
			wang.Put(t, "/me/views/lead/mine", doc{"view": "lead_open", "title": "x"}).Want(t, http.StatusNotFound)
			wang.Put(t, "/me/views/lead/"+absent, doc{"view": "lead_open", "title": " "}).Want(t, http.StatusNotFound)
			_, items := wang.Put(t, "/me/views/lead/"+ownView, doc{"view": "nothing", "title": "x"}).Want(t, 422).Fault(t)
			require.Equal(t, map[string]string{"/view": "dangling_reference"}, items)
			for n := range 49 {
				wang.Put(t, fmt.Sprintf("/me/views/lead/00000000-0000-7000-8000-%012d", n), doc{"view": "_all", "title": fmt.Sprint(n)}).Want(t, 200)
			}
			wang.Put(t, "/me/views/lead/"+ownView, doc{"view": "lead_open", "title": "again"}).Want(t, 200)
			_, items = wang.Put(t, "/me/views/lead/"+absent, doc{"view": "lead_open", "title": "one more"}).Want(t, 422).Fault(t)
			require.Equal(t, map[string]string{"/title": "too_many_items"}, items)
		})
		t.Run("are refused with a pointer where the list would be", func(t *testing.T) {
			for pointer, wrong := range map[string]doc{
				"/filter":      {"filter": "nothing > 5"},
				"/sort":        {"sort": []any{"nothing"}},
				"/columns":     {"columns": []any{"nothing"}},
				"/widths/name": {"widths": doc{"name": 5}},
				"/group":       {"group": "created_at:moon"},
				"/density":     {"density": "flat"},
			} {
				_, items := wang.Put(t, "/me/views/lead/_all", wrong).Want(t, 422).Fault(t)
				require.Contains(t, items, pointer)
			}
			wang.Put(t, "/me/views/lead/nothing", doc{}).Want(t, 404)
			wang.Put(t, "/me/views/nothing/_all", doc{}).Want(t, 404)
			wang.Get(t, "/me/views/nothing").Want(t, 404)
		})
	})
}
