package expr

import (
	"encoding/base64"
	"encoding/binary"
	"strconv"
	"strings"

	"github.com/trellis-crm/trellis/engine/search"
)

// pinyinFunctions spell Chinese out, by the table that the search has. The
// browser is not sent that table.
func pinyinFunctions() []Function {
	return []Function{{
		Name: "pinyin", Signatures: each(1, Text, Text), server: true,
		English:  "Each Chinese character by its syllable, without tones, the rest as it is; not in the conditions of forms.",
		Chinese:  "把每个汉字换成不带声调的拼音，其余不变；不能用于页面布局的条件。",
		Examples: []Example{{`pinyin("李雷 Ltd")`, "lilei Ltd"}},
		eval:     strict1(func(a Value) Value { return spell(str(a)) }),
	}}
}

// The characters that are spelt out: those that two bytes count.
const (
	firstSpelt = '〇'
	lastSpelt  = '\u9fff'
)

func spell(text string) string {
	var b strings.Builder
	for _, r := range text {
		if r < firstSpelt || r > lastSpelt {
			b.WriteRune(r)
			continue
		}
		b.WriteString(search.Pinyin(string(r)))
	}
	return b.String()
}

func sqlitePinyin() []SQLiteFunction {
	return []SQLiteFunction{{"sys_pinyin", 1, sqliteStrict(func(args []any) any { return spell(str(args[0])) })}}
}

// postgresPinyin is made in PL/pgSQL, which keeps the table from call to call:
// two bytes for each character, the number of its syllable, or 0.
func postgresPinyin() []string {
	syllables, numbers := []string{}, map[string]uint16{}
	table := make([]byte, 0, 2*(lastSpelt-firstSpelt+1))
	for r := firstSpelt; r <= lastSpelt; r++ {
		syllable := spell(string(r))
		if syllable == string(r) {
			table = append(table, 0, 0)
			continue
		}
		if numbers[syllable] == 0 {
			syllables = append(syllables, syllable)
			numbers[syllable] = uint16(len(syllables)) //nolint:gosec // some four hundred
		}
		table = binary.BigEndian.AppendUint16(table, numbers[syllable])
	}
	first, last := strconv.Itoa(firstSpelt), strconv.Itoa(lastSpelt)
	return []string{`CREATE OR REPLACE FUNCTION sys_pinyin(text) RETURNS text LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $f$ BEGIN
		IF $1 !~ ('[' || chr(` + first + `) || '-' || chr(` + last + `) || ']') THEN
			RETURN $1;
		END IF;
		RETURN (SELECT string_agg(CASE WHEN ascii(c) BETWEEN ` + first + ` AND ` + last + ` THEN
			coalesce(syllables[get_byte(numbers, 2 * (ascii(c) - ` + first + `)) * 256 + get_byte(numbers, 2 * (ascii(c) - ` + first + `) + 1)], c) ELSE c END, '' ORDER BY n)
			FROM regexp_split_to_table($1, '') WITH ORDINALITY AS t(c, n),
			(SELECT decode('` + base64.StdEncoding.EncodeToString(table) + `', 'base64') AS numbers, '{` + strings.Join(syllables, ",") + `}'::text[] AS syllables) AS pinyin);
		END $f$`}
}
