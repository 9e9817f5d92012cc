package row

import (
	"fmt"

	"github.com/trellis-crm/trellis/engine/access"
)

// Predicate is the condition of the rows of a decision as the database is asked,
// with its arguments.
type Predicate struct {
	SQL  string `json:"sql"`
	Args []any  `json:"args"`
}

// Predicate writes the condition of the rows that a decision permits.
func (t *Table) Predicate(decision *access.Decision) (*Predicate, error) {
	s := t.scope(decision)
	var w writer
	if err := s.permitted(&w); err != nil {
		return nil, err
	}
	args, err := w.fragment().Bind(t.Input)
	if err != nil {
		return nil, fmt.Errorf("bind the rights to %s: %w", t.Object.Name, err)
	}
	return &Predicate{SQL: w.String(), Args: append([]any{}, args...)}, nil
}
