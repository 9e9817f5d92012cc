package transfer

import "unicode/utf8"

// echo is what a row says of the mapped fields, as it was sent.
func (s *stage) echo(cells []string) map[string]string {
	said := map[string]string{}
	for _, column := range s.set.Columns {
		if column.Field != nil && column.Index < len(cells) {
			said[*column.Field] = echoed(cells[column.Index])
		}
	}
	return said
}

// echoLength is how much of a cell is kept with what is wrong with its row.
const echoLength = 1000

// echoed is a cell, or the beginning of a long one with a mark behind it, which
// isCut knows again.
func echoed(text string) string {
	if runes := []rune(text); len(runes) > echoLength {
		return string(runes[:echoLength]) + "…"
	}
	return text
}

func isCut(echo string) bool { return utf8.RuneCountInString(echo) > echoLength }

func (c *Counts) add(state string) {
	switch state {
	case rowCreate:
		c.Create++
	case rowUpdate:
		c.Update++
	case rowSkip:
		c.Skip++
	case rowConflict:
		c.Conflict++
	case rowError:
		c.Error++
	case rowLeftOut:
		c.LeftOut++
	}
}
