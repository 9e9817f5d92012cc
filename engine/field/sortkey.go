package field

import (
	"strings"
	"sync"

	"golang.org/x/text/collate"
	"golang.org/x/text/language"

	"github.com/trellis-crm/trellis/engine/expr"
)

// sortKeySize is how much of a collation key is stored.
const sortKeySize = 32

// collators lends out collators, which are costly to make and not safe to
// share.
//
//nolint:gochecknoglobals // a pool has no state that matters
var collators = sync.Pool{New: func() any { return collate.New(language.Chinese) }}

// SortKey is the first bytes of a text's key in the Unicode collation, with
// Chinese in pinyin order; nil for anything but text.
func SortKey(value expr.Value) expr.Value {
	text, ok := value.(string)
	if !ok {
		return nil
	}
	if len(text) > 4*sortKeySize {
		text = strings.ToValidUTF8(text[:4*sortKeySize], "")
	}
	collator, _ := collators.Get().(*collate.Collator)
	defer collators.Put(collator)
	var buffer collate.Buffer
	key := collator.KeyFromString(&buffer, text)
	return append([]byte{}, key[:min(len(key), sortKeySize)]...)
}
