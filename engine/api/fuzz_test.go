package api_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trellis-crm/trellis/engine/api"
	"github.com/trellis-crm/trellis/engine/fault"
	"github.com/trellis-crm/trellis/engine/metadata"
)

// FuzzBody: a body is a value that Go's own decoder reads, too, or a fault.
func FuzzBody(f *testing.F) {
	for _, seed := range []string{`{"a":[1,2.50,{"b":null}]}`, `{"a":1,"a":2}`, `{"a":"\ud83d\ude00"}`, `{"a":"\ud800"}`, strings.Repeat("[", 40), `{"a":1}x`, `"\u0000"`, "1e999", "", "\ufeff{}", `{"":{"":""}}`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		value, err := api.DecodeJSON(body)
		if err != nil {
			require.NotNil(t, fault.As(err), "%v", err)
			return
		}
		require.True(t, json.Valid(body))
		raw, err := json.Marshal(value)
		require.NoError(t, err)
		_, err = api.DecodeJSON(raw)
		require.NoError(t, err)
	})
}

// FuzzAcceptLanguage: any header prefers one of the languages that are offered.
func FuzzAcceptLanguage(f *testing.F) {
	for _, seed := range []string{"", "zh-CN,zh;q=0.9,en;q=0.8", "de;q=x", "*", ";q=;q=", "zh;q=1e400", strings.Repeat("a,", 5000), "\xff"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, header string) {
		for _, offered := range [][]string{{"zh-CN"}, {"en"}, {"zh-CN", "en"}} {
			require.Contains(t, offered, api.Preferred(header, metadata.Organisation{Locale: offered[0], Languages: offered}))
		}
	})
}
