package field

import "github.com/trellis-crm/trellis/engine/kind"

// Kinds lists the field kinds.
func Kinds() []Kind {
	return []Kind{
		text{},
		longtext{},
		integer{},
		number{name: "decimal", decimals: 4},
		number{name: "percent", decimals: 2},
		money{},
		boolean{},
		date{},
		datetime{},
		choice{},
		choices{},
		email{},
		phone{},
		url{},
		reference{name: "user"},
		reference{name: "lookup"},
		lookups{},
		lines{},
		link{},
		autonumber{},
		computed{name: "formula"},
		computed{name: "rollup"},
	}
}

// Registry finds the field kinds by name.
func Registry() *kind.Registry[Kind] { return kind.NewRegistry(Kinds()...) }
