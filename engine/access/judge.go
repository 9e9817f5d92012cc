package access

import "github.com/trellis-crm/trellis/engine/expr"

// Story is what led to a verdict on one record: every way of the decision and
// every restriction, whether or not it made a difference.
type Story struct {
	Ways         []Tried
	Restrictions []Beaten
}

// Tried is a way and whether it led to the record.
type Tried struct {
	Way
	Fields  Fields
	Reached bool   // by a way of shares: the record is shared
	Held    []bool // of its conditions
	Holds   bool
}

// Beaten is a restriction and whether it shuts the record.
type Beaten struct {
	Restriction
	Holds bool
}

// Judge evaluates the decision on one record in memory, which is shared with
// the actor in some way or in none. It returns the fields
// permitted in this record, and whether the record is permitted at all.
func (d *Decision) Judge(in expr.Input, sharing Sharing) (Fields, bool, error) {
	return d.judge(in, sharing, nil)
}

// Explain is Judge with the story of the verdict.
func (d *Decision) Explain(in expr.Input, sharing Sharing) (Fields, *Story, error) {
	story := &Story{}
	permitted, _, err := d.judge(in, sharing, story)
	return permitted, story, err
}

// judge is the one walk through a decision. With a story it tells of everything
// that it meets; without one it stops where the verdict is certain.
func (d *Decision) judge(in expr.Input, sharing Sharing, story *Story) (Fields, bool, error) {
	shut := false
	for _, restriction := range d.Restrict {
		beaten, err := restriction.Where.True(in)
		if err != nil {
			return nil, false, err //nolint:wrapcheck // an expression's own fault
		}
		shut = shut || beaten
		if story != nil {
			story.Restrictions = append(story.Restrictions, Beaten{restriction, beaten})
		} else if shut {
			return nil, false, nil
		}
	}
	var permitted Fields
	for _, pair := range d.Pairs {
		holds, err := pair.holds(in, sharing, story)
		if err != nil {
			return nil, false, err
		}
		if !holds || shut {
			continue
		}
		if permitted == nil {
			permitted = make(Fields, len(d.Object.Fields))
		}
		for slot, has := range pair.Fields {
			permitted[slot] = permitted[slot] || has
		}
	}
	return permitted, permitted != nil, nil
}

func (p Pair) holds(in expr.Input, sharing Sharing, story *Story) (bool, error) {
	led := false
	for _, way := range p.Ways {
		tried := Tried{Way: way, Fields: p.Fields, Reached: way.Shared == nil || way.Shared.Reached(sharing)}
		if !tried.Reached && story == nil {
			continue
		}
		tried.Holds = tried.Reached
		for _, condition := range way.Conditions {
			holds, err := condition.Holds(in)
			if err != nil {
				return false, err
			}
			tried.Held = append(tried.Held, holds)
			tried.Holds = tried.Holds && holds
		}
		led = led || tried.Holds
		if story != nil {
			story.Ways = append(story.Ways, tried)
		} else if led {
			return true, nil
		}
	}
	return led, nil
}
