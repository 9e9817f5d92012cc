package api_test

import (
	"fmt"
	"net/http"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trellis-crm/trellis/engine/enginetest"
)

// TestEveryoneReadsDefinitionsInHisLanguage: what has a translation is in the
// caller's language, what has none as it was written, and never blank.
func TestEveryoneReadsDefinitionsInHisLanguage(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		texts := doc{
			"options/size/title": "尺寸", "options/size/oneOf/small/title": "小",
			"object/crate/title": "箱子", "object/crate/plural": "箱子们", "object/crate/properties/name/title": "名称", "object/crate/properties/note/title": "",
			"object/crate/properties/state/oneOf/open/title": "打开", "object/crate/rules/shut_large/message": "大箱子必须关上。",
			"form/crate_default/sections/0/title": "基本信息", "form/crate_default/sections/0/fields/lid/help": "仅重箱。",
			"view/item_heavy/title": "重物", "app/store/title": "仓库", "role/packer/title": "打包员",
		}
		definitions := slices.Concat(entangled()[:len(entangled())-1], []any{doc{"kind": "translation", "name": "zh-CN", "texts": texts}})
		for _, definition := range definitions {
			d := definition.(doc)
			d["title"] = fmt.Sprint("The ", d["name"])
			switch d["kind"] {
			case "object":
				d["properties"].(doc)["note"] = property("text", doc{"title": "Remark"})
			case "form":
				section := d["sections"].([]any)[0].(doc)
				section["title"] = "Basics"
				section["fields"] = []any{"name", doc{"field": "lid", "help": "Of heavy ones."}}
			case "translation":
				delete(d, "title")
			}
		}
		i.Admin.Post(t, "/meta/_apply", doc{"definitions": definitions}).Want(t, http.StatusOK)
		read := func(language, path string) map[string]any {
			return i.Admin.With("Accept-Language", language).Get(t, "/meta/"+path).Want(t, http.StatusOK).Data(t)
		}
		crate := read("zh-CN", "object/crate")
		require.Equal(t, []any{"箱子", "箱子们"}, []any{crate["title"], crate["plural"]})
		properties := crate["properties"].(map[string]any)
		require.Equal(t, "名称", properties["name"].(map[string]any)["title"])
		require.Equal(t, "Remark", properties["note"].(map[string]any)["title"], "an empty translation is none")
		require.Equal(t, "打开", properties["state"].(map[string]any)["oneOf"].([]any)[0].(map[string]any)["title"])
		require.Equal(t, "大箱子必须关上。", crate["rules"].([]any)[0].(map[string]any)["message"])
		require.Equal(t, "小", read("zh-CN", "options/size")["oneOf"].([]any)[0].(map[string]any)["title"])
		section := read("zh-CN", "form/crate_default")["sections"].([]any)[0].(map[string]any)
		require.Equal(t, "基本信息", section["title"])
		require.Equal(t, "仅重箱。", section["fields"].([]any)[1].(map[string]any)["help"])
		for path, title := range map[string]string{"view/item_heavy": "重物", "app/store": "仓库", "role/packer": "打包员", "role/chief": "The chief"} {
			require.Equal(t, title, read("zh-CN", path)["title"])
		}
		for _, path := range []string{"object/crate", "form/crate_default", "view/item_heavy", "app/store", "role/packer", "options/size"} {
			require.Equal(t, read("en", path), read("zh-CN", path+"?raw=true"))
			i.Admin.Put(t, "/meta/"+path, read("zh-CN", path+"?raw=true")).Want(t, http.StatusOK)
		}
		refused := i.Admin.With("Accept-Language", "zh-CN").Post(t, "/records/crate", doc{"name": "n", "size": "large"}).Want(t, http.StatusUnprocessableEntity)
		require.Contains(t, string(refused.Body), "大箱子必须关上。")
	})
}

// TestADesignerIsToldWhatIsNotTranslated, and which texts are of nothing.
func TestADesignerIsToldWhatIsNotTranslated(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		missing := func(locale string) []any {
			return i.Admin.Get(t, "/meta/translation/"+locale+"/missing").Want(t, http.StatusOK).Data(t)["missing"].([]any)
		}
		require.Empty(t, missing("zh-CN"), "what ships is translated")
		before := missing("en")
		box := doc{"kind": "object", "name": "box", "type": "object", "title": "盒子", "properties": doc{"name": property("text", doc{"title": "Name"})}}
		i.Admin.Post(t, "/meta/_apply", doc{"definitions": []any{box}}).Want(t, http.StatusOK)
		require.Equal(t, []any{map[string]any{"key": "object/box/properties/name/title", "text": "Name"}}, missing("zh-CN"))
		require.Equal(t, append([]any{map[string]any{"key": "object/box/title", "text": "盒子"}}, before...), missing("en"))
		i.Admin.Get(t, "/meta/translation/fr/missing").Want(t, http.StatusNotFound)

		texts := doc{"object/box/title": "Box", "object/nothing/title": "x", "object/box/properties/colour/title": "x", "object/box/icon": "x", "system/owner/title": "Owner", "box": "x"}
		english := doc{"kind": "translation", "name": "en", "texts": texts}
		want := map[string]string{}
		for _, key := range []string{"object~1nothing~1title", "object~1box~1properties~1colour~1title", "object~1box~1icon", "box"} {
			want["/definitions/0/texts/"+key] = "unknown_text"
		}
		for _, route := range []string{"/meta/_plan", "/meta/_apply", "/meta/_plan"} {
			require.Equal(t, want, warnings(t, i.Admin.Post(t, route, doc{"definitions": []any{english}})), route)
		}
		require.Equal(t, before, missing("en"))
		delete(box, "title")
		require.Empty(t, warnings(t, i.Admin.Post(t, "/meta/_plan", doc{"definitions": []any{box}})), "known before, and the title may come back")
		deleted := i.Admin.Post(t, "/meta/_plan", doc{"delete": []any{doc{"kind": "object", "name": "box"}}})
		require.Equal(t, map[string]string{"/translation/en/texts/object~1box~1title": "unknown_text"}, warnings(t, deleted))
	})
}

// warnings are the codes by their pointers.
func warnings(t *testing.T, answer *enginetest.Answer) map[string]string {
	t.Helper()
	codes := map[string]string{}
	for _, warning := range answer.Want(t, http.StatusOK).Data(t)["warnings"].([]any) {
		w := warning.(map[string]any)
		require.NotEmpty(t, w["message"])
		codes[w["pointer"].(string)] = w["code"].(string)
	}
	return codes
}
