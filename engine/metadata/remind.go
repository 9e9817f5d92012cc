package metadata

import (
	"github.com/trellis-crm/trellis/engine/expr"
	"github.com/trellis-crm/trellis/engine/fault"
)

// Reminder says when the owner of a record is reminded of it.
type Reminder struct {
	At    string        // the field with the time
	While *expr.Program // which records; nil for all
}

// reminderDocument is a reminder as it is written.
type reminderDocument struct {
	At    string `json:"at"`
	While string `json:"while"`
}

// reminder compiles when the owners of records are reminded.
func (c *Check) reminder(object *Object, doc *reminderDocument) {
	if doc == nil {
		return
	}
	at := "/behaviours/remind"
	f := c.Field(at+"/at", object, doc.At)
	if f == nil {
		return
	}
	if f.Kind.Name() != "datetime" || f.System {
		c.Report(at+"/at", fault.FieldDoesNotFit, "field", doc.At, "expected", "datetime")
		return
	}
	object.Remind = &Reminder{At: doc.At, While: c.Expression(at+"/while", object.Name, doc.While, expr.Condition())}
}
