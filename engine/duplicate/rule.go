package duplicate

import (
	"fmt"
	"slices"
	"strings"

	"github.com/trellis-crm/trellis/engine/expr"
	"github.com/trellis-crm/trellis/engine/field"
	"github.com/trellis-crm/trellis/engine/metadata"
	"github.com/trellis-crm/trellis/engine/search"
)

// compared is a value as a rule compares it; "" for none. A text has its
// normal form, anything else is written as it is.
func compared(object *metadata.Object, values []expr.Value, name string) string {
	slot := object.Slot(name)
	if slot < 0 || values[slot] == nil {
		return ""
	}
	f := object.Fields[slot]
	text := f.Kind.Text(f, values[slot], field.Locale{})
	switch f.Kind.Name() {
	case "email", "url":
		return strings.ToLower(text)
	case "text", "longtext":
		return normal(text)
	default:
		return text
	}
}

// maxKey is how many bytes of a key are kept.
const maxKey = 200

// keys are what records that may match by a rule have in common, at least one
// of them: all values that must be equal, or, where only similar ones are
// asked for, how some of them begin, and sound.
func keys(object *metadata.Object, values []expr.Value, rule metadata.DuplicateRule) []string {
	var exact, similar []string
	for _, match := range rule.Match {
		value := compared(object, values, match.Field)
		if value == "" {
			return nil
		}
		if match.AtLeast == 0 {
			exact = append(exact, value)
			continue
		}
		similar = append(similar, search.Pinyin(value))
	}
	if len(exact) > 0 {
		key := strings.Join(exact, "\x1f")
		return []string{strings.ToValidUTF8(key[:min(len(key), maxKey)], "")}
	}
	var found []string
	for i, value := range similar {
		found = append(found, fmt.Sprintf("%d<%s", i, beginning(value, 4)), fmt.Sprintf("%d~%s", i, sound(value, 5)), fmt.Sprintf("%d>%s", i, ending(value, 4)))
	}
	if len(similar) > 2 {
		found = pairs(similar)
	}
	slices.Sort(found)
	return slices.Compact(found)
}

// pairs are keys of every two of several texts: one of them alone would say
// little.
func pairs(texts []string) []string {
	var found []string
	for i := range texts {
		for j := range i {
			found = append(found,
				fmt.Sprintf("%d,%d<%s,%s", j, i, beginning(texts[j], 3), beginning(texts[i], 3)),
				fmt.Sprintf("%d,%d~%s,%s", j, i, sound(texts[j], 4), sound(texts[i], 4)))
		}
	}
	return found
}

func beginning(text string, length int) string {
	runes := []rune(text)
	return string(runes[:min(length, len(runes))])
}

func ending(text string, length int) string {
	runes := []rune(text)
	return string(runes[max(0, len(runes)-length):])
}

// score tells how well two records match by a rule, from 0 to 1: the mean of
// their fields, or 0 when one of the fields does not match.
func score(object *metadata.Object, a, b []expr.Value, rule metadata.DuplicateRule) float64 {
	sum := 0.0
	for _, match := range rule.Match {
		x, y := compared(object, a, match.Field), compared(object, b, match.Field)
		if x == "" || y == "" {
			return 0
		}
		s := 0.0
		if x == y {
			s = 1
		} else if match.AtLeast > 0 {
			s = similarity(x, y)
		}
		if s == 0 || s < match.AtLeast {
			return 0
		}
		sum += s
	}
	return sum / float64(len(rule.Match))
}
