package metadata

import (
	"slices"

	"github.com/trellis-crm/trellis/engine/expr"
	"github.com/trellis-crm/trellis/engine/fault"
	"github.com/trellis-crm/trellis/engine/field"
)

// ObjectPool is the built-in object of pools.
const ObjectPool = "pool"

// PoolOptions is the option set whose options are the objects whose records may
// wait in pools.
const PoolOptions = "pooled"

// Pool says that records of an object may wait in pools: one waits that has a
// pool and no owner. The fields beside the first may be missing, "".
type Pool struct {
	Field    string        // the lookup that names the pool
	While    *expr.Program // which records count against how many one may hold; nil for all
	Claimed  string        // when its owner got the record
	Returned string        // when it came back
	Reason   string        // why it came back
	Previous string        // who had it last
}

// poolDocument is a pool as it is written.
type poolDocument struct {
	Field, While, Claimed, Returned, Reason, Previous string
}

// readPool takes in which fields put the records of an object into pools: what
// roles say of pools needs it.
func (c *Check) readPool(object *Object, doc *poolDocument) {
	if doc == nil {
		return
	}
	at := "/behaviours/pool"
	c.fits(at+"/field", object, doc.Field, ObjectPool, "lookup")
	c.fits(at+"/claimed", object, doc.Claimed, "", "datetime")
	c.fits(at+"/returned", object, doc.Returned, "", "datetime")
	c.fits(at+"/reason", object, doc.Reason, "", "text", "longtext")
	c.fits(at+"/previous", object, doc.Previous, field.UserObject, "user", "lookup")
	object.Pool = &Pool{Field: doc.Field, Claimed: doc.Claimed, Returned: doc.Returned, Reason: doc.Reason, Previous: doc.Previous}
}

// fits checks that a field that is named is of one of some kinds, and points to
// target.
func (c *Check) fits(pointer string, object *Object, name, target string, kinds ...string) {
	if name == "" {
		return
	}
	f := c.Field(pointer, object, name)
	switch {
	case f == nil:
	case !slices.Contains(kinds, f.Kind.Name()) || f.System || f.Name == FieldOwner || f.Target != target && target != "":
		expected := target
		if target == "" {
			expected = kinds[0]
		}
		c.Report(pointer, fault.FieldDoesNotFit, "field", name, "expected", expected)
	}
}

// pool compiles which records count against how many one may hold.
func (c *Check) pool(object *Object, doc *poolDocument) {
	if doc != nil && object.Pool != nil {
		object.Pool.While = c.Expression("/behaviours/pool/while", object.Name, doc.While, expr.Filter())
	}
}

// pooledOptions are the objects whose records may wait in pools.
func (b *builder) pooledOptions() *field.Options {
	options := []field.Option{}
	b.each(KindObject, func(c *Check) {
		if behaviours := c.tree.get("behaviours"); behaviours != nil && behaviours.get("pool") != nil {
			options = append(options, field.Option{Value: c.Name, Title: c.Label("/title", orName(c.tree.get("title").text(), c.Name))})
		}
	})
	return field.NewOptions(options)
}
