package record

import (
	"cmp"
	"slices"

	"github.com/trellis-crm/trellis/engine/access"
	"github.com/trellis-crm/trellis/engine/metadata"
)

// Part is the place of a grant or a restriction: a role, and which of its list
// it is; -1 of an administrator. Via are the person's own roles that bring it.
type Part struct {
	Role  string   `json:"role"`
	Title string   `json:"title"`
	Via   []string `json:"via"`
	Index int      `json:"index"`
}

// ToldGrant is one grant and whether it covers the record. What the asker may
// not know is null; only administrators are told its expressions.
type ToldGrant struct {
	Part
	Fields []string `json:"fields"`
	Scope  string   `json:"scope"`
	Where  string   `json:"where,omitempty"` // of the scope
	Scoped *bool    `json:"scoped"`          // the scope covers the record
	Shares []Share  `json:"shares"`          // that open the record to the grant
	State  string   `json:"state,omitempty"` // what the record must be like besides
	Fits   *bool    `json:"fits"`            // it is like that
	Holds  *bool    `json:"holds"`
}

// ToldShut is one restriction and whether it shuts the record.
type ToldShut struct {
	Part
	Where string `json:"where,omitempty"`
	Holds *bool  `json:"holds"`
}

// tell writes the grants and the restrictions of a story, in the order of the
// roles.
func (a *asking) tell(verdict *Verdict, story *access.Story) error {
	ways := map[access.Source][]access.Tried{}
	var sources []access.Source
	for _, tried := range story.Ways {
		if len(ways[tried.From]) == 0 {
			sources = append(sources, tried.From)
		}
		ways[tried.From] = append(ways[tried.From], tried)
	}
	slices.SortFunc(sources, func(x, y access.Source) int {
		return cmp.Or(cmp.Compare(x.Role, y.Role), cmp.Compare(x.Index, y.Index))
	})
	for _, source := range sources {
		told, err := a.grant(verdict.Action, source, ways[source])
		if err != nil {
			return err
		}
		verdict.Grants = append(verdict.Grants, told)
	}
	for _, beaten := range story.Restrictions {
		part, err := a.part(beaten.From)
		if err != nil {
			return err
		}
		told := ToldShut{Part: part}
		known, err := a.knows(access.Condition{Program: beaten.Where})
		if err != nil {
			return err
		}
		told.Holds = when(known, beaten.Holds)
		if a.whole {
			told.Where = beaten.Where.Source
		}
		verdict.Restrictions = append(verdict.Restrictions, told)
	}
	return nil
}

func (a *asking) part(from access.Source) (Part, error) {
	via, err := a.policy.Brings(a.person, from.Role)
	part := Part{Role: from.Role, Title: from.Role, Via: via, Index: from.Index}
	if role, ok := a.policy.Catalog().Role(from.Role); ok {
		part.Title = role.Title.In(a.asker.Language)
	}
	return part, err
}

// grant tells of the ways of one grant: by its scope and by shares.
func (a *asking) grant(action string, from access.Source, ways []access.Tried) (ToldGrant, error) {
	part, err := a.part(from)
	if err != nil {
		return ToldGrant{}, err
	}
	told := ToldGrant{Part: part, Scope: "all", Fields: []string{}, Shares: []Share{}}
	for slot, f := range a.object.Fields {
		if a.known.Has(slot) && !f.System && ways[0].Fields.Has(slot) {
			told.Fields = append(told.Fields, f.Name)
		}
	}
	if role, ok := a.policy.Catalog().Role(from.Role); ok && from.Index >= 0 {
		a.words(&told, role.Grants[from.Index])
	}
	no, yes := false, true
	told.Scoped, told.Fits = &no, &yes
	for _, way := range ways {
		scoped, fits, err := a.held(way)
		if err != nil {
			return ToldGrant{}, err
		}
		told.Fits = fits
		if way.Shared == nil {
			told.Scoped = scoped
		} else if way.Reached {
			told.Shares = a.reaching(action, way.Shared)
		}
	}
	reached := told.Scoped
	if len(told.Shares) > 0 {
		reached = &yes
	}
	told.Holds = both(reached, told.Fits)
	return told, nil
}

// words tells an administrator what a grant says.
func (a *asking) words(told *ToldGrant, grant metadata.Grant) {
	told.Scope = grant.Scope.Name
	if !a.whole {
		return
	}
	if grant.Scope.Where != nil {
		told.Where = grant.Scope.Where.Source
	}
	if grant.Where != nil {
		told.State = grant.Where.Source
	}
}

// held tells whether the conditions of a way held: those of its scope, and those
// on the state of the record.
func (a *asking) held(way access.Tried) (scoped, fits *bool, err error) {
	yes := true
	scoped, fits = &yes, &yes
	for i, condition := range way.Conditions {
		known, err := a.knows(condition)
		if err != nil {
			return nil, nil, err
		}
		held := when(known, way.Held[i])
		if condition.State {
			fits = both(fits, held)
		} else {
			scoped = both(scoped, held)
		}
	}
	return scoped, fits, nil
}

// reaching are the shares that open the record to a grant.
func (a *asking) reaching(action string, way *access.Shared) []Share {
	shares := []Share{}
	for i, row := range a.shares {
		if slices.Contains(opened(row.Access), action) && way.Reached(sharingsOf(a.shares[i : i+1])[action]) {
			shares = append(shares, row.share())
		}
	}
	return shares
}

// knows tells whether the asker may know if a condition holds: he may read all
// that it reads.
func (a *asking) knows(condition access.Condition) (bool, error) {
	if a.whole {
		return true, nil
	}
	if condition.Through == "" {
		return !condition.Climbs() && !slices.ContainsFunc(condition.Mentions(), func(path []string) bool {
			return len(path) > 1 || !a.seen.readable.Has(a.object.Slot(path[0]))
		}), nil
	}
	target, ok := a.policy.Catalog().Object(condition.Of)
	if !ok || !a.seen.readable.Has(a.object.Slot(condition.Through)) {
		return false, nil
	}
	decision, err := a.policy.Decide(a.asker, target, access.Read)
	return err == nil && decision.Unrestricted() && !slices.ContainsFunc(condition.Mentions(), func(path []string) bool {
		return len(path) > 1 || !decision.Always(target.Slot(path[0]))
	}), err
}

// when is a truth that is known, or nil.
func when(known, truth bool) *bool {
	if !known {
		return nil
	}
	return &truth
}

// both is whether two things are true of which one may not be known.
func both(x, y *bool) *bool {
	no := false
	switch {
	case x != nil && !*x || y != nil && !*y:
		return &no
	case x == nil:
		return x
	default:
		return y
	}
}
