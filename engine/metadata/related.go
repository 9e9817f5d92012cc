package metadata

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/trellis-crm/trellis/engine/fault"
)

// relatedDocument is a list of records that point to the one that a form is
// about, as it is written.
type relatedDocument struct {
	Object  string   `json:"object"`
	By      string   `json:"by"`
	Columns []string `json:"columns"`
	Sort    []string `json:"sort"`
}

// related checks the related lists of a form.
func (c *Check) related(of *Object, lists []relatedDocument) {
	for i, list := range lists {
		at := fmt.Sprintf("/related/%d", i)
		child := c.Object(at+"/object", list.Object)
		if child == nil {
			continue
		}
		by := c.Field(at+"/by", child, list.By)
		if by != nil && !by.PointsTo(of.Name) {
			c.Report(at+"/by", fault.NoWayBack, "name", child.Name, "value", of.Name)
		}
		for j, name := range list.Columns {
			c.Field(fmt.Sprintf("%s/columns/%d", at, j), child, name)
		}
		for j, name := range list.Sort {
			place := fmt.Sprintf("%s/sort/%d", at, j)
			if f := c.Field(place, child, strings.TrimPrefix(name, "-")); f != nil && !f.Sortable() {
				c.Report(place, fault.NotSortable, "field", f.Name)
			}
		}
	}
}

// WithoutRelated gives the document of a form without the related lists of
// objects that its reader may not see, and without their hidden fields.
func WithoutRelated(raw json.RawMessage, seen func(object string) (hidden map[string]bool, ok bool, err error)) (json.RawMessage, error) {
	tree, err := parseDocument(raw)
	if err != nil {
		return nil, err
	}
	related := tree.get("related")
	if related == nil {
		return raw, nil
	}
	var kept []*document
	for _, list := range related.values {
		hidden, ok, err := seen(list.get("object").text())
		if err != nil {
			return nil, err
		}
		if !ok || hidden[list.get("by").text()] {
			continue
		}
		list.get("columns").dropMentions(hidden)
		list.get("sort").dropMentions(hidden)
		kept = append(kept, list)
	}
	related.values = slices.Clip(kept)
	return tree.append(nil, ""), nil
}
