package metadata

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/trellis-crm/trellis/engine/expr"
	"github.com/trellis-crm/trellis/engine/fault"
	"github.com/trellis-crm/trellis/engine/field"
)

// Activity says that each record of an object is about another record, and
// stands in its timeline.
type Activity struct {
	About string // the field that names what it is about
	At    string // when it was; "" for when it was made
	Next  string // when something is to be done next, which what it is about takes over; or ""
}

// Due says by when something is to be done about each record of an object.
type Due struct{ At string }

// activityDocument is an activity as it is written. Fields are those that are
// asked for where one is noted in passing.
type activityDocument struct {
	About, At, Next string
	Fields          []string
}

// dueDocument is what is due as it is written: which records still are, what
// says that one is done, and whether one without a date lacks it.
type dueDocument struct {
	At, While string
	Done      map[string]json.RawMessage
	Always    bool
}

// activity compiles the behaviours that put an object's records into timelines
// and onto people's days.
func (c *Check) activity(object *Object, activity *activityDocument, due *dueDocument) {
	if activity != nil {
		c.aboutOthers(object, activity)
	}
	if due == nil {
		return
	}
	c.dueRecords(object, due)
	if activity != nil && activity.Next == due.At {
		c.Report("/behaviours/due/at", fault.NotAllowed, "what", due.At) // it would be handed on without end
	}
}

func (c *Check) dueRecords(object *Object, due *dueDocument) {
	at := "/behaviours/due"
	c.moment(at+"/at", object, due.At, "date", "datetime")
	c.Expression(at+"/while", object.Name, due.While, expr.Filter())
	for _, name := range slices.Sorted(maps.Keys(due.Done)) {
		pointer := at + "/done/" + name
		f := c.Field(pointer, object, name)
		if f == nil {
			continue
		}
		if f.System || f.Computed != nil || f.Lines != nil || f.Files != nil {
			c.Report(pointer, fault.NotAllowed, "what", name)
			continue
		}
		var wire any
		if decodeNumbers(due.Done[name], &wire) != nil {
			continue
		}
		value, item := f.Kind.Parse(f, wire)
		if item != nil {
			c.Report(pointer, item.Code, pairs(item.Params)...)
			continue
		}
		c.choices(pointer, object.Name, f, value)
	}
	object.Due = &Due{At: due.At}
}

func (c *Check) aboutOthers(object *Object, doc *activityDocument) {
	at := "/behaviours/activity"
	if f := c.Field(at+"/about", object, doc.About); f != nil && !isReference(f) {
		c.Report(at+"/about", fault.FieldDoesNotFit, "field", f.Name, "expected", "link, lookup")
	}
	c.moment(at+"/at", object, doc.At, "datetime")
	c.moment(at+"/next", object, doc.Next, "date", "datetime")
	for i, name := range doc.Fields {
		c.Field(fmt.Sprintf("%s/fields/%d", at, i), object, name)
	}
	object.Activity = &Activity{About: doc.About, At: doc.At, Next: doc.Next}
}

// isReference tells whether a field names one other record.
func isReference(f *field.Field) bool { return f.Kind.Name() == "link" || f.Kind.Name() == "lookup" }

// moment checks a field that says when, if one is named.
func (c *Check) moment(pointer string, object *Object, name string, kinds ...string) {
	if name == "" {
		return
	}
	f := c.Field(pointer, object, name)
	if f != nil && (!slices.Contains(kinds, f.Kind.Name()) || f.IsVirtual()) {
		c.Report(pointer, fault.FieldDoesNotFit, "field", name, "expected", strings.Join(kinds, ", "))
	}
}

// trimActivity removes from the behaviours of an object what names fields that
// its reader may not see.
func (d *document) trimActivity(hidden map[string]bool) {
	if d == nil {
		return
	}
	gone := map[string]bool{}
	if activity := d.get("activity"); activity != nil {
		gone["activity"] = hidden[activity.get("about").text()]
		for _, keyword := range []string{"at", "next"} {
			if hidden[activity.get(keyword).text()] {
				activity.drop(map[string]bool{keyword: true})
			}
		}
		activity.get("fields").dropMentions(hidden)
	}
	if due := d.get("due"); due != nil {
		gone["due"] = hidden[due.get("at").text()] || mentions(due.get("while").text(), hidden)
		if done := due.get("done"); done != nil && slices.ContainsFunc(done.keys, func(name string) bool { return hidden[name] }) {
			due.drop(map[string]bool{"done": true})
		}
	}
	d.drop(gone)
}
