package field

import "github.com/trellis-crm/trellis/engine/kind"

// Kinds lists the field kinds.
func Kinds() []Kind {
	return []Kind{
		text{},
		longtext{},
		richtext{},
		integer{},
		number{name: "decimal", decimals: 4},
		number{name: "percent", decimals: 2},
		rating{},
		money{},
		boolean{},
		date{},
		datetime{},
		timeOfDay{},
		duration{},
		choice{},
		choices{},
		region{},
		tags{},
		email{},
		phone{},
		url{},
		address{},
		reference{name: "user"},
		reference{name: "department"},
		reference{name: "lookup"},
		lookups{},
		lines{},
		link{},
		autonumber{},
		computed{name: "formula"},
		computed{name: "rollup"},
		document{},
		files{name: "file"},
		files{name: "image"},
	}
}

// Registry finds the field kinds by name.
func Registry() *kind.Registry[Kind] { return kind.NewRegistry(Kinds()...) }
