package api

import (
	"encoding/json"

	"github.com/trellis-crm/trellis/engine/record"
)

// batch is what the body of a batch asks for.
type batch struct {
	Atomic     bool               `json:"atomic"`
	DryRun     bool               `json:"dry_run"`
	Operations []record.Operation `json:"operations"`
}

// batch reads the body of a batch. One that is as described is taken as it was
// read first, because thousands of operations take long to be read twice; the
// decoder says of any other what is wrong with it.
func (r *request) batch() (*batch, error) {
	values, err := r.values(largeBody)
	if err != nil {
		return nil, err
	}
	ask := &batch{}
	if ask.take(values) {
		return ask, nil
	}
	ask = &batch{}
	return ask, r.into(largeBody, ask)
}

// take fills the batch from a body, and reports whether the body is plainly
// one.
func (b *batch) take(values map[string]any) bool {
	for name, value := range values {
		known := false
		switch name {
		case "atomic":
			b.Atomic, known = value.(bool)
		case "dry_run":
			b.DryRun, known = value.(bool)
		case "operations":
			var list []any
			list, known = value.([]any)
			b.Operations = make([]record.Operation, len(list))
			for i := range list {
				known = known && takeOperation(&b.Operations[i], list[i])
			}
		}
		if !known {
			return false
		}
	}
	return true
}

func takeOperation(operation *record.Operation, value any) bool {
	values, ok := value.(map[string]any)
	for name, value := range values {
		known := false
		switch name {
		case "op":
			operation.Op, known = value.(string)
		case "id":
			operation.ID, known = value.(string)
		case "values":
			operation.Values, known = value.(map[string]any)
		case "version":
			var number json.Number
			if number, known = value.(json.Number); known {
				version, err := number.Int64()
				operation.Version, known = &version, err == nil
			}
		case "match":
			var list []any
			list, known = value.([]any)
			for _, one := range list {
				text, isText := one.(string)
				operation.Match, known = append(operation.Match, text), known && isText
			}
		}
		ok = ok && known
	}
	return ok
}
