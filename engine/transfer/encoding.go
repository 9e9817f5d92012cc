package transfer

import (
	"bytes"
	"io"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// The names of the encodings.
const (
	utf8Name    = "utf-8"
	utf16LEName = "utf-16le"
	utf16BEName = "utf-16be"
	gbName      = "gb18030"
	big5Name    = "big5"
	latinName   = "windows-1252"
)

// decoders are the encodings other than UTF-8.
func decoders() map[string]encoding.Encoding {
	return map[string]encoding.Encoding{
		utf16LEName: unicode.UTF16(unicode.LittleEndian, unicode.UseBOM),
		utf16BEName: unicode.UTF16(unicode.BigEndian, unicode.UseBOM),
		gbName:      simplifiedchinese.GB18030,
		big5Name:    traditionalchinese.Big5,
		latinName:   charmap.Windows1252,
	}
}

func knownEncoding(name string) bool {
	_, known := decoders()[name]
	return known || name == utf8Name
}

// decode reads text of an encoding as UTF-8, without a byte order mark.
func decode(content io.Reader, name string) io.Reader {
	if decoder, ok := decoders()[name]; ok {
		return transform.NewReader(content, decoder.NewDecoder())
	}
	return transform.NewReader(content, unicode.BOMOverride(encoding.Nop.NewDecoder()))
}

// encodingOf guesses the encoding of a text from its beginning: its byte order
// mark, else UTF-8 where it is valid, else the one of the others in which it
// reads best. It is "" where only a null character speaks.
func encodingOf(head []byte) string {
	switch {
	case bytes.HasPrefix(head, []byte("\xef\xbb\xbf")):
		return utf8Name
	case bytes.HasPrefix(head, []byte("\xff\xfe")):
		return utf16LEName
	case bytes.HasPrefix(head, []byte("\xfe\xff")):
		return utf16BEName
	case bytes.IndexByte(head, 0) >= 0:
		return ""
	case validStart(head):
		return utf8Name
	}
	if end := bytes.LastIndexByte(head, '\n'); end > 0 {
		head = head[:end] // so that no character is cut
	}
	best, highest := latinName, 0
	for _, name := range []string{gbName, big5Name} {
		if score := readability(head, name); score > highest {
			best, highest = name, score
		}
	}
	return best
}

// validStart reports whether a beginning is UTF-8, but for a character that it
// may cut at its end.
func validStart(head []byte) bool {
	for cut := 0; cut < utf8.UTFMax && cut <= len(head); cut++ {
		if utf8.Valid(head[:len(head)-cut]) {
			return true
		}
	}
	return false
}

// common are characters that nearly every Chinese table holds.
const common = "的一是不在人有我他这個个们中来上大为和国地到以说时要就出会可也你对生能而子那得于着下自之年过发后作里用道行所然家种事成方多经么去法学如都同现当没动面起看定天分还进好小部其些主样理心本前开但因只从想实日军者意无力它与长把机十民第公此已工使情明性知全三又关点正业外将两高间由问很最重并物手应战向头文体政美相见被利什二等产或新己制身果加西斯月话合回特代内信表化老给世位次度门任常先海通教儿原东声提立及比员解水名真论处走义各入几口认条平系气题活尔更别打女变四神总何电数安少报才结反受目太量再感建务做接必场件计管期市直德资命山金指克许统区保至队形社便空决治展马科司五基眼书非则听白却界达光放强即像难且权思王象完设式色路记南品住告类求据程北边死张该交规万取拉格望觉术领共确传师观清今切院让识候带导争运公司客戶客户姓名手机手機電話电话地址城市省区區縣来源備註备注联系人聯絡人部门部門職務职务"

// readability scores how much a text reads like Chinese in an encoding: it
// loses by what cannot be decoded, and wins by common characters.
func readability(head []byte, name string) int {
	text, _, err := transform.Bytes(decoders()[name].NewDecoder(), head)
	if err != nil && len(text) == 0 {
		return 0
	}
	known := map[rune]bool{}
	for _, c := range common {
		known[c] = true
	}
	score, wide, broken := 0, 0, 0
	for _, c := range string(text) {
		switch {
		case c == utf8.RuneError:
			broken++
		case known[c]:
			score += 3
			wide++
		case c >= 0x4e00 && c <= 0x9fff:
			wide++
		case c >= 0x80 && c < 0x3000:
			score--
		}
	}
	if broken > wide/20 || wide == 0 {
		return 0
	}
	return score + 1
}
