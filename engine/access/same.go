package access

import (
	"fmt"
	"slices"
	"strings"
)

// Same reports whether two decisions of one object and one action, of two
// catalogs, permit the same by what they say. Those that say it in other words
// are not the same.
func (d *Decision) Same(other *Decision) bool {
	return slices.Equal(d.sentences(), other.sentences())
}

// sentences say what a decision permits, in an order that does not depend on
// that of its roles.
func (d *Decision) sentences() []string {
	var said []string
	for _, pair := range d.Pairs {
		for _, way := range pair.Ways {
			said = append(said, fmt.Sprint(pair.Fields, way.sentence()))
		}
	}
	for _, restriction := range d.Restrict {
		said = append(said, "not "+restriction.Where.Source)
	}
	slices.Sort(said)
	return slices.Compact(said)
}

func (w Way) sentence() string {
	parts := make([]string, 0, len(w.Conditions)+1)
	if w.Shared != nil {
		parts = append(parts, "shared "+w.Shared.Action+" "+strings.Join(w.Shared.Roles, ","))
	}
	for _, condition := range w.Conditions {
		parts = append(parts, fmt.Sprintf("%s %t %q", condition.Through, condition.State, condition.Source))
	}
	return strings.Join(parts, "; ")
}

// Everything reports whether the decision permits every row and every field.
func (d *Decision) Everything() bool {
	return d.Unrestricted() && slices.ContainsFunc(d.Pairs, func(pair Pair) bool {
		return pair.Everywhere() && !slices.Contains(pair.Fields, false)
	})
}
