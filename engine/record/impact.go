package record

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/trellis-crm/trellis/engine/access"
	"github.com/trellis-crm/trellis/engine/metadata"
	"github.com/trellis-crm/trellis/engine/store/row"
)

// An impact says what a change of roles would take from people and give them,
// before it is made. It asks the compiler of rights for the decisions before and
// after, and has the database count where these differ.

// The bounds of an impact. What is beyond them is left out, and said to be.
const (
	MaxMeasured = 50    // people for whom records are counted
	MaxLooked   = 20000 // records of an object that are looked at, the newest ones
	maxCounts   = 600   // numbers that one statement gives
)

// Impact is what a change of roles does to the active people.
type Impact struct {
	People    int             `json:"people"`   // how many there are
	Affected  int             `json:"affected"` // to how many of them the roles say something else
	Measured  int             `json:"measured"` // for how many of these records were counted
	Limited   bool            `json:"limited"`  // not everybody, or not every record, was looked at
	Abilities []AbilityImpact `json:"abilities"`
	Rights    []RightImpact   `json:"rights"`
}

// AbilityImpact is how many people gain and lose an ability.
type AbilityImpact struct {
	Ability string `json:"ability"`
	Gained  int    `json:"gained"`
	Lost    int    `json:"lost"`
}

// RightImpact is what becomes of an action on an object. To create is a right
// without records; mask, to see a value in part, is one about fields alone.
type RightImpact struct {
	Object string        `json:"object"`
	Action string        `json:"action"`
	People int           `json:"people"` // to whom the roles say something else
	Gained Reach         `json:"gained"`
	Lost   Reach         `json:"lost"`
	Fields []FieldImpact `json:"fields"`
}

// Reach is how many people a right reaches, and how many records it is about:
// those of any of them.
type Reach struct {
	People  int   `json:"people"`
	Records int64 `json:"records"`
}

// FieldImpact is what becomes of some fields of records that stay permitted.
type FieldImpact struct {
	Fields []string `json:"fields"`
	Gained Reach    `json:"gained"`
	Lost   Reach    `json:"lost"`
}

// Actors gives an active person as an actor, or nil when there is none.
type Actors func(ctx context.Context, id string) (*access.Actor, error)

// impacting works out one impact.
type impacting struct {
	*weighing
	sets     map[string][]string // ids of people by their roles
	affected map[string]bool
	rights   map[[2]string]*rightSets
	impact   *Impact
}

// rightSets are the sets of roles to which an action on an object is changed.
type rightSets struct {
	object *metadata.Object
	action string
	sets   map[string]bool
	said   bool // by what the roles say of the action itself, not of reading alone
}

// Impact tells what going from some rights to others does to people.
func (s *Service) Impact(ctx context.Context, from, to *access.Policy, actors Actors) (*Impact, error) {
	i := &impacting{
		weighing: &weighing{service: s, from: from, to: to, actors: actors, now: s.clock.Now()}, affected: map[string]bool{},
		rights: map[[2]string]*rightSets{}, impact: &Impact{Abilities: []AbilityImpact{}, Rights: []RightImpact{}},
	}
	var err error
	if i.sets, err = s.rolesOfPeople(ctx); err != nil {
		return nil, err
	}
	if err := i.find(); err != nil {
		return nil, err
	}
	var people []string
	for set, ids := range i.sets {
		i.impact.People += len(ids)
		if i.affected[set] {
			people = append(people, ids...)
		}
	}
	slices.Sort(people)
	i.impact.Affected = len(people)
	if len(people) > MaxMeasured {
		people, i.impact.Limited = people[:MaxMeasured], true
	}
	measured, err := i.weigh(ctx, people)
	if err != nil {
		return nil, err
	}
	i.impact.Measured = len(measured)
	for _, key := range slices.SortedFunc(maps.Keys(i.rights), func(a, b [2]string) int { return cmp.Or(strings.Compare(a[0], b[0]), strings.Compare(a[1], b[1])) }) {
		if err := i.right(ctx, i.rights[key], measured); err != nil {
			return nil, err
		}
	}
	return i.impact, nil
}

// rolesOfPeople are the ids of the active people by the set of their roles.
func (s *Service) rolesOfPeople(ctx context.Context) (map[string][]string, error) {
	people, err := s.Holders(ctx, s.store)
	if err != nil {
		return nil, err
	}
	sets := map[string][]string{}
	for _, person := range people {
		if person.Active {
			set := (&access.Actor{Roles: person.Roles}).RoleSet()
			sets[set] = append(sets[set], person.ID)
		}
	}
	return sets, nil
}

// find finds the sets of roles that come to mean something else.
func (i *impacting) find() error {
	abilities := map[string]*AbilityImpact{}
	for set, ids := range i.sets {
		touched, err := i.touches(set)
		if err != nil {
			return err
		}
		if !touched {
			continue
		}
		someone := &access.Actor{Roles: strings.Split(set, ",")}
		if err := i.countAbilities(set, someone, len(ids), abilities); err != nil {
			return err
		}
		for _, object := range i.to.Catalog().Objects() {
			if err := i.findIn(set, someone, object); err != nil {
				return err
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(abilities)) {
		i.impact.Abilities = append(i.impact.Abilities, *abilities[name])
	}
	return nil
}

// findIn notes the actions on an object that come to mean something else to a
// set of roles, shares counted. Who changes or deletes a record must read it.
func (i *impacting) findIn(set string, someone *access.Actor, object *metadata.Object) error {
	someone.Shared = map[access.Opening]bool{}
	for _, action := range actions() {
		someone.Shared[access.Opening{Object: object.Name, Action: action}] = true
	}
	reads := false
	for _, action := range []string{access.Read, access.Create, access.Update, access.Delete, access.Mask} {
		before, after, err := i.decide(someone, someone, object, action)
		if err != nil {
			return err
		}
		said := !before.Same(after)
		reads = reads || said && action == access.Read
		if !said && (!reads || before.Nothing() || action == access.Create || action == access.Mask) {
			continue
		}
		i.affected[set] = true
		key := [2]string{object.Name, action}
		if i.rights[key] == nil {
			i.rights[key] = &rightSets{object: object, action: action, sets: map[string]bool{}}
		}
		i.rights[key].sets[set], i.rights[key].said = true, i.rights[key].said || said
	}
	return nil
}

func actions() []string { return []string{access.Create, access.Read, access.Update, access.Delete} }

func (i *impacting) countAbilities(set string, someone *access.Actor, people int, abilities map[string]*AbilityImpact) error {
	before, err := i.from.Abilities(someone)
	if err != nil {
		return fmt.Errorf("find abilities: %w", err)
	}
	after, err := i.to.Abilities(someone)
	if err != nil {
		return fmt.Errorf("find abilities: %w", err)
	}
	for _, ability := range metadata.Abilities() {
		was, is := slices.Contains(before, ability), slices.Contains(after, ability)
		if was == is {
			continue
		}
		i.affected[set] = true
		if abilities[ability] == nil {
			abilities[ability] = &AbilityImpact{Ability: ability}
		}
		if is {
			abilities[ability].Gained += people
		} else {
			abilities[ability].Lost += people
		}
	}
	return nil
}

// right tells what becomes of one action on an object.
func (i *impacting) right(ctx context.Context, of *rightSets, measured []*weighed) error {
	told := RightImpact{Object: of.object.Name, Action: of.action, Fields: []FieldImpact{}}
	for set := range of.sets {
		told.People += len(i.sets[set])
	}
	if of.action == access.Create {
		if err := i.creation(of, &told); err != nil {
			return err
		}
		i.impact.Rights = append(i.impact.Rights, told)
		return nil
	}
	var concerned []*weighed
	for _, person := range measured {
		if of.sets[person.before.RoleSet()] {
			concerned = append(concerned, person)
		}
	}
	compared, limited, err := i.compare(ctx, of.object, concerned, of.action)
	if err != nil || compared == nil {
		return err
	}
	i.impact.Limited = i.impact.Limited || limited
	if of.action != access.Mask {
		told.Gained.Records, told.Lost.Records = compared.Any.Gained, compared.Any.Lost
		for _, each := range compared.Each {
			told.Gained.count(each.Gained)
			told.Lost.count(each.Lost)
		}
	}
	for g, slots := range compared.Groups {
		fields := FieldImpact{Gained: Reach{Records: compared.Any.Fields[g].Gained}, Lost: Reach{Records: compared.Any.Fields[g].Lost}}
		for _, each := range compared.Each {
			fields.Gained.count(each.Fields[g].Gained)
			fields.Lost.count(each.Fields[g].Lost)
		}
		fields.Fields = named(of.object, of.action, slots)
		if len(fields.Fields) > 0 && fields.Gained.People+fields.Lost.People > 0 {
			told.Fields = append(told.Fields, fields)
		}
	}
	if of.said || told.Gained.People+told.Lost.People+len(told.Fields) > 0 {
		i.impact.Rights = append(i.impact.Rights, told)
	}
	return nil
}

// count counts a person who gains or loses something of records.
func (r *Reach) count(records int64) {
	if records > 0 {
		r.People++
	}
}

// named are the fields in slots, those of them that a person may ever write
// where it is about writing.
func named(object *metadata.Object, action string, slots []int) []string {
	names := []string{}
	for _, slot := range slots {
		if f := object.Fields[slot]; f.Writable || action == access.Read || action == access.Mask {
			names = append(names, f.Name)
		}
	}
	return names
}

// creation tells who comes to create records, in which fields, for everybody:
// it is a right without records.
func (i *impacting) creation(of *rightSets, told *RightImpact) error {
	type turn struct{ gained, lost int }
	turns := map[int]turn{}
	for set := range of.sets {
		someone, people := &access.Actor{Roles: strings.Split(set, ",")}, len(i.sets[set])
		before, after, err := i.decide(someone, someone, of.object, access.Create)
		if err != nil {
			return err
		}
		switch {
		case before.Nothing() && !after.Nothing():
			told.Gained.People += people
		case !before.Nothing() && after.Nothing():
			told.Lost.People += people
		default:
			for slot := range of.object.Fields {
				was, is, one := before.Ever(slot), after.Ever(slot), turns[slot]
				if is && !was {
					one.gained += people
				} else if was && !is {
					one.lost += people
				}
				turns[slot] = one
			}
		}
	}
	alike := map[turn][]int{}
	for slot, one := range turns {
		if one != (turn{}) {
			alike[one] = append(alike[one], slot)
		}
	}
	for one, slots := range alike {
		slices.Sort(slots)
		if names := named(of.object, access.Create, slots); len(names) > 0 {
			told.Fields = append(told.Fields, FieldImpact{Fields: names, Gained: Reach{People: one.gained}, Lost: Reach{People: one.lost}})
		}
	}
	slices.SortFunc(told.Fields, func(a, b FieldImpact) int { return strings.Compare(a.Fields[0], b.Fields[0]) })
	return nil
}

// compare counts what people gain and lose in one action; fewer of them where
// that would ask too much of one statement. Nil without anybody.
func (i *impacting) compare(ctx context.Context, object *metadata.Object, people []*weighed, action string) (*row.Compared, bool, error) {
	if len(people) == 0 {
		return nil, false, nil
	}
	var comparisons []row.Comparison
	for _, person := range people {
		comparison, err := i.comparison(person, object, action)
		if err != nil {
			return nil, false, err
		}
		comparisons = append(comparisons, comparison)
	}
	table := i.service.table(i.to, access.System(), object, i.now)
	limited := false
	for len(comparisons) > 1 && table.Asks(comparisons) > maxCounts {
		comparisons, limited = comparisons[:len(comparisons)/2], true
	}
	compared, err := table.Compare(ctx, i.service.store, comparisons, MaxLooked)
	if err != nil {
		return nil, false, fmt.Errorf("measure an impact: %w", err)
	}
	return compared, limited || compared.Looked == MaxLooked, nil
}
