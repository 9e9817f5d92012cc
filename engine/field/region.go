package field

// RegionOptions is the option set of a region that names no other: the
// divisions of China by their official codes, which ships with the product.
const RegionOptions = "cn_region"

// region is a node of a large tree of options, sorted by its code. The form
// asks for the options apart from the catalog.
type region struct{ choice }

var _ Kind = region{}

func (region) Name() string { return "region" }
func (region) Order() Order { return ByValue }

func (region) Schema(f *Field) map[string]any {
	return map[string]any{"type": "string", "pattern": "^[a-z0-9][a-z0-9_]{0,47}$", "x-options": f.OptionSet}
}
