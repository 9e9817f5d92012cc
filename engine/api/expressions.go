package api

import (
	"errors"
	"net/http"
	"time"

	"github.com/shopspring/decimal"

	"github.com/trellis-crm/trellis/engine/expr"
	"github.com/trellis-crm/trellis/engine/fault"
	"github.com/trellis-crm/trellis/engine/field"
	"github.com/trellis-crm/trellis/engine/metadata"
)

func (s *Server) expressionRoutes() []Route {
	return []Route{
		{Method: http.MethodPost, Path: "/api/v1/expressions/check", Reads: true, Summary: "Check an expression", handle: s.checkExpression},
		{Method: http.MethodPost, Path: "/api/v1/expressions/evaluate", Reads: true, Summary: "Evaluate an expression on a record", handle: s.evaluateExpression},
	}
}

// compile checks an expression as the caller may write it about an object that
// he may see.
func (s *Server) compile(r *request, object, source, use string) (*expr.Program, error) {
	view, err := s.viewOf(r)
	if err != nil {
		return nil, err
	}
	about, ok, err := view.object(object)
	if err != nil {
		return nil, err
	}
	if !ok {
		return nil, fault.New(fault.NotFound)
	}
	if use == "" {
		use = "filter"
	}
	wanted, ok := expr.UseNamed(use)
	if !ok {
		return nil, fault.New(fault.BadRequest).At("/use", fault.UnknownOption, "value", use)
	}
	planner := s.Records.Planner(view.policy, r.actor)
	return planner.Check(about, source, wanted)
}

func (s *Server) checkExpression(r *request) error {
	var ask struct {
		Object     string `json:"object"`
		Expression string `json:"expression"`
		Use        string `json:"use"`
	}
	if err := r.into(smallBody, &ask); err != nil {
		return err
	}
	program, err := s.compile(r, ask.Object, ask.Expression, ask.Use)
	if wrong, ok := errors.AsType[*expr.Error](err); ok {
		item := metadata.ExpressionItem("", wrong)
		return r.data(http.StatusOK, map[string]any{"valid": false, "error": map[string]any{
			"position": wrong.Position, "end": wrong.End, "code": item.Code, "message": fault.Text(r.language, item.Code, item.Params),
		}})
	}
	if err != nil {
		return err
	}
	return r.data(http.StatusOK, map[string]any{"valid": true, "type": program.Type.Kind.String(), "sql": true, "tree": program.Root})
}

func (s *Server) evaluateExpression(r *request) error {
	var ask struct {
		Object     string `json:"object"`
		Expression string `json:"expression"`
		Record     string `json:"record"`
	}
	if err := r.into(smallBody, &ask); err != nil {
		return err
	}
	program, err := s.compile(r, ask.Object, ask.Expression, "value")
	if err != nil {
		return err
	}
	value, err := s.Records.Evaluate(r.ctx, r.actor, ask.Object, ask.Record, program)
	if err != nil {
		return err
	}
	return r.data(http.StatusOK, map[string]any{"value": wire(value), "type": program.Type.Kind.String()})
}

// wire is a value as it goes over the wire when no field says how: numbers are
// strings.
func wire(value expr.Value) any {
	switch v := value.(type) {
	case decimal.Decimal:
		return v.String()
	case expr.Date:
		return v.String()
	case time.Time:
		return v.Format(field.InstantLayout)
	default:
		return v
	}
}
