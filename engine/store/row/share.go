package row

import (
	"strings"

	"github.com/trellis-crm/trellis/engine/access"
	"github.com/trellis-crm/trellis/engine/expr"
	"github.com/trellis-crm/trellis/engine/field"
	"github.com/trellis-crm/trellis/engine/metadata"
)

// shared writes the condition of the rows that were shared with the actor.
func (s *scope) shared(w *writer, shared *access.Shared) {
	opened := "access = 'update'"
	if shared.Action == access.Read {
		opened = "access IN ('read', 'update')"
	}
	w.WriteString(s.quoted(metadata.FieldID) + " IN (SELECT record FROM sys_share WHERE object = ? AND " + opened + " AND " + liveShare +
		" AND (to_kind = 'user' AND to_name = ? OR to_kind = 'department' AND to_name = ?")
	w.args = append(w.args, expr.Fixed(s.object.Name), expr.FromInput(instant), expr.FromInput(caller), expr.FromInput(department))
	if teams := s.teams(); teams != "" {
		w.WriteString(" OR to_kind = 'team' AND to_name IN (" + teams + ")")
		w.args = append(w.args, expr.FromInput(caller))
	}
	if len(shared.Roles) > 0 {
		w.WriteString(" OR to_kind = 'role' AND to_name IN (?" + strings.Repeat(", ?", len(shared.Roles)-1) + ")")
		for _, role := range shared.Roles {
			w.args = append(w.args, expr.Fixed(role))
		}
	}
	w.WriteString("))")
}

// liveShare is the condition, with the product's time as its argument, of a
// share that has not ended.
const liveShare = "(until IS NULL OR until > ?)"

func instant(in expr.Input) any { return in.Now.UnixMilli() }

func department(in expr.Input) any { return in.Me("department") }

// teams is the query of the teams of the caller.
func (s *scope) teams() string {
	people, ok := s.policy.Catalog().Object(field.UserObject)
	if !ok {
		return ""
	}
	f, ok := people.Field("teams")
	if !ok || f.Pairs == "" {
		return ""
	}
	return "SELECT CAST(" + s.dialect.Quote(field.PairTarget) + " AS TEXT) FROM " + s.dialect.Quote(f.Pairs) + " WHERE " + s.dialect.Quote(field.PairRecord) + " = ?"
}

func caller(in expr.Input) any { return in.Me(metadata.FieldID) }
