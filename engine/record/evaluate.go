package record

import (
	"context"

	"github.com/trellis-crm/trellis/engine/access"
	"github.com/trellis-crm/trellis/engine/expr"
	"github.com/trellis-crm/trellis/engine/query"
)

// Evaluate gives the value of an expression for one record that the actor may
// see; a field that he may not see in it is null. Paths through lookups are
// null unless the actor may see where they lead.
func (s *Service) Evaluate(ctx context.Context, actor *access.Actor, name, id string, program *expr.Program) (expr.Value, error) {
	answer, err := s.Get(ctx, actor, name, id, query.Query{})
	if err != nil {
		return nil, err
	}
	in := actor.Input(s.clock.Now())
	in.Record = func(path []string) expr.Value { return s.seen(ctx, actor, answer, path) }
	return program.Eval(in) //nolint:wrapcheck // an expression's own fault
}

func (s *Service) seen(ctx context.Context, actor *access.Actor, answer *Answer, path []string) expr.Value {
	slot := answer.Object.Owner(path[0])
	if !answer.Readable.Has(slot) {
		return nil
	}
	if len(path) == 1 {
		return answer.Object.Value(answer.Values, path[0])
	}
	id, _ := answer.Values[slot].(string)
	target, err := s.Get(ctx, actor, answer.Object.Fields[slot].Target, id, query.Query{})
	if err != nil {
		return nil
	}
	return s.seen(ctx, actor, target, path[1:])
}
