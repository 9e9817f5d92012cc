package sample

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"math/rand/v2"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/trellis-crm/trellis/engine/access"
	"github.com/trellis-crm/trellis/engine/field"
	"github.com/trellis-crm/trellis/engine/metadata"
)

// set is many records of one object, as a recipe has them.
type set struct {
	Object string `json:"object"`
	With   string `json:"with"` // an object that must be there beside
	Count  int    `json:"count"`
	Order  int    `json:"order"` // sets with a smaller one come first
	// Since is how many days ago the first may have been made.
	Since int `json:"since"`
	// Owned tells whether they belong to the people that were made.
	Owned bool `json:"owned"`
	// Waiting tells that nobody owns them.
	Waiting bool              `json:"waiting"`
	Values  map[string]recipe `json:"values"`
}

// recipe says how a value is made; the first of its parts that is there holds.
type recipe struct {
	Value any `json:"value"` // as it is
	// Text is by language: {list} is a word of a list, in all texts of a record
	// the same; {field.list} that of the record a field points to, {n} the number.
	Text  map[string]string `json:"text"`
	Once  bool              `json:"once"`  // with text: no two records have the same
	Pick  map[string]int    `json:"pick"`  // one of these, by their weights
	Of    string            `json:"of"`    // one of the records of an object
	Same  string            `json:"same"`  // with of: that has the same value here
	Every string            `json:"every"` // all the records of an object
	First bool              `json:"first"` // the administrator, in a list
	About []string          `json:"about"` // a link to a record of one of these objects that are there
	Roles []string          `json:"roles"` // those of these roles that are there
	Money []int             `json:"money"` // from, to, step
	Whole []int             `json:"whole"` // from, to
	Day   []int             `json:"day"`   // from, to: days from today
	Time  []int             `json:"time"`  // from, to: hours from now
	After []int             `json:"after"` // from, to: hours from when the record is made
	Digit string            `json:"digits"`
	Lines []int             `json:"lines"` // from, to: how many records of item
	Item  map[string]recipe `json:"item"`
	// By chooses the recipe by the value of another field; "*" is any other.
	By   string            `json:"by"`
	Case map[string]recipe `json:"case"`
	// Often is in how many of a hundred records there is a value; 0 is all.
	Often int `json:"often"`
}

// load reads the recipes of the templates of whose sets the objects are there,
// and their lists of words, by language.
func load(templates fs.FS, catalog *metadata.Catalog) ([]set, map[string]map[string][]string, error) {
	names, err := fs.Glob(templates, "*/samples/*.json")
	if err != nil {
		return nil, nil, fmt.Errorf("list the samples: %w", err)
	}
	var sets []set
	lists := map[string]map[string][]string{}
	for _, name := range names {
		raw, err := fs.ReadFile(templates, name)
		if err != nil {
			return nil, nil, fmt.Errorf("read the samples: %w", err)
		}
		var file struct {
			Lists map[string]map[string][]string `json:"lists"`
			Sets  []set                          `json:"sets"`
		}
		decoder := json.NewDecoder(bytes.NewReader(raw))
		decoder.UseNumber()
		if err := decoder.Decode(&file); err != nil {
			return nil, nil, fmt.Errorf("read the samples of %s: %w", path.Dir(name), err)
		}
		maps.Copy(lists, file.Lists)
		for _, s := range file.Sets {
			_, there := catalog.Object(s.Object)
			_, beside := catalog.Object(cmp.Or(s.With, s.Object))
			if there && beside {
				sets = append(sets, s)
			}
		}
	}
	slices.SortStableFunc(sets, func(a, b set) int { return cmp.Compare(a.Order, b.Order) })
	return sets, lists, nil
}

// planned is a record that is about to be made.
type planned struct {
	object, id, owner string
	at                time.Time
	values            map[string]any
	words             map[string]string // that its texts have, by list
}

// maker makes the same records each time, but for the moment they begin at.
type maker struct {
	random       *rand.Rand
	catalog      *metadata.Catalog
	organisation metadata.Organisation
	lists        map[string]map[string][]string
	now          time.Time
	made         map[string][]planned
	words        map[string]map[string]string // of the records that were made, by id
	told         map[string]bool              // the texts of which there is only one, behind their object and field
	first        string                       // an administrator, whose day is not to be empty; or ""
}

func newMaker(c *metadata.Catalog, organisation metadata.Organisation, lists map[string]map[string][]string, now time.Time) *maker {
	return &maker{
		random:  rand.New(rand.NewPCG(7, 11)), //nolint:gosec // the same each time is what is wanted
		catalog: c, organisation: organisation, lists: lists, now: now, made: map[string][]planned{},
		words: map[string]map[string]string{}, told: map[string]bool{},
	}
}

func (m *maker) record(s set, n int) planned {
	p := planned{object: s.Object, id: m.id(), owner: access.SystemID, at: m.now, values: map[string]any{}, words: map[string]string{}}
	if s.Since > 0 {
		p.at = m.office(m.now.Add(-time.Duration(m.random.IntN(s.Since*24*60)+1) * time.Minute))
	}
	if people := m.made[field.UserObject]; s.Owned && len(people) > 0 {
		p.owner = m.first
		if n := m.random.IntN(len(people) + 1); n < len(people) || m.first == "" {
			p.owner = people[min(n, len(people)-1)].id
		}
	}
	m.fill(&p, s.Values, n)
	if s.Waiting {
		p.owner, p.values[metadata.FieldOwner] = access.SystemID, nil
	}
	m.made[s.Object] = append(m.made[s.Object], p)
	m.words[p.id] = p.words
	return p
}

// id is a new one, of which nothing tells that it was made by a recipe.
func (m *maker) id() string { return uuid.Must(uuid.NewV7()).String() }

// fill makes the values in the order of their names, those that need another
// value last.
func (m *maker) fill(p *planned, recipes map[string]recipe, n int) {
	names := slices.SortedFunc(maps.Keys(recipes), func(a, b string) int {
		return cmp.Or(cmp.Compare(recipes[a].depth(), recipes[b].depth()), strings.Compare(a, b))
	})
	for _, name := range names {
		if value := m.value(p, recipes[name], n); value != nil {
			p.values[name] = value
		}
	}
}

// depth is how late a recipe comes among those of its record.
func (r recipe) depth() int {
	switch {
	case r.By != "":
		return 2
	case r.Same != "":
		return 1
	case r.Once:
		return -1 // it chooses the words
	case r.Text != nil:
		return 3
	}
	return 0
}

func (m *maker) value(p *planned, r recipe, n int) any {
	if r.Often > 0 && m.random.IntN(100) >= r.Often {
		return nil
	}
	between := func(list []int) int { return list[0] + m.random.IntN(list[1]-list[0]+1) }
	switch {
	case r.By != "":
		key := fmt.Sprint(p.values[r.By])
		one, ok := r.Case[key]
		if !ok {
			one = r.Case["*"]
		}
		return m.value(p, one, n)
	case r.Once:
		return m.once(p, r.Text, n)
	case r.Text != nil:
		return m.text(p, r.Text, n)
	case r.Pick != nil:
		return m.pick(r.Pick)
	case r.Of != "" || r.About != nil:
		return m.point(p, r)
	case r.Every != "" || r.First:
		return m.several(r)
	case r.Roles != nil:
		roles := []any{}
		for _, name := range r.Roles {
			if _, ok := m.catalog.Role(name); ok {
				roles = append(roles, name)
			}
		}
		return roles
	case r.Money != nil:
		amount := r.Money[0] + m.random.IntN((r.Money[1]-r.Money[0])/r.Money[2]+1)*r.Money[2]
		return map[string]any{"amount": fmt.Sprint(amount), "currency": m.organisation.Currency}
	case r.Whole != nil:
		return json.Number(fmt.Sprint(between(r.Whole)))
	case r.Day != nil:
		return m.now.AddDate(0, 0, between(r.Day)).Format(time.DateOnly)
	case r.Time != nil:
		return m.office(m.now.Add(time.Duration(between(r.Time)) * time.Hour)).Truncate(30 * time.Minute).Format(time.RFC3339)
	case r.After != nil:
		return m.office(p.at.Add(time.Duration(between(r.After)) * time.Hour)).Truncate(30 * time.Minute).Format(time.RFC3339)
	case r.Digit != "":
		return m.digits(r.Digit)
	case r.Lines != nil:
		var lines []any
		for i := range between(r.Lines) {
			line := planned{values: map[string]any{}, words: map[string]string{}}
			m.fill(&line, r.Item, i)
			lines = append(lines, line.values)
		}
		return lines
	default:
		return r.Value
	}
}

// office is a time of the same day, where the organisation is, between nine and
// six o'clock; what was stays behind the present, if need be a day earlier.
func (m *maker) office(at time.Time) time.Time {
	local := at.In(m.organisation.Zone())
	day := time.Date(local.Year(), local.Month(), local.Day(), 9, 0, 0, 0, local.Location())
	worked := day.Add(time.Duration(local.Hour()*60+local.Minute()) * time.Minute * 9 / 24)
	if at.Before(m.now) && worked.After(m.now) {
		worked = worked.AddDate(0, 0, -1)
	}
	return worked.UTC()
}

func (m *maker) pick(weights map[string]int) string {
	total := 0
	for _, weight := range weights {
		total += weight
	}
	at := m.random.IntN(total)
	for _, name := range slices.Sorted(maps.Keys(weights)) {
		if at -= weights[name]; at < 0 {
			return name
		}
	}
	return ""
}

// point gives a record that was made already.
func (m *maker) point(p *planned, r recipe) any {
	objects := r.About
	if r.Of != "" {
		objects = []string{r.Of}
	}
	objects = slices.DeleteFunc(slices.Clone(objects), func(name string) bool { return len(m.made[name]) == 0 })
	if len(objects) == 0 {
		return nil
	}
	object := objects[m.random.IntN(len(objects))]
	list := m.made[object]
	if r.Same != "" {
		list = slices.DeleteFunc(slices.Clone(list), func(other planned) bool { return other.values[r.Same] != p.values[r.Same] })
	}
	if len(list) == 0 {
		return nil
	}
	to := list[m.random.IntN(len(list))]
	if r.About != nil {
		p.owner = to.owner
		if p.at.Before(to.at) {
			p.at = to.at.Add(m.now.Sub(to.at) / 2)
		}
		return map[string]any{"object": object, "id": to.id}
	}
	if object != field.UserObject && object != field.DepartmentObject && to.owner != access.SystemID {
		p.owner = to.owner
	}
	return to.id
}

// several are the records that a list of them holds.
func (m *maker) several(r recipe) any {
	ids := []any{}
	for _, one := range m.made[r.Every] {
		ids = append(ids, one.id)
	}
	if r.First && m.first != "" {
		ids = append(ids, m.first)
	}
	return ids
}

// language is the first of the organisation's and English that something has.
func language[V any](m *maker, by map[string]V) V {
	if value, ok := by[m.organisation.Locale]; ok {
		return value
	}
	return by["en"]
}

func (m *maker) text(p *planned, texts map[string]string, n int) string {
	text := language(m, texts)
	var b strings.Builder
	for {
		before, rest, found := strings.Cut(text, "{")
		b.WriteString(before)
		if !found {
			return b.String()
		}
		name, after, _ := strings.Cut(rest, "}")
		if name == "n" {
			fmt.Fprint(&b, n+1)
		} else {
			b.WriteString(m.word(p, name))
		}
		text = after
	}
}

// word is what a record calls one of a list, or the record that a field of it
// points to.
func (m *maker) word(p *planned, name string) string {
	if through, list, is := strings.Cut(name, "."); is {
		return m.words[fmt.Sprint(p.values[through])][list]
	}
	if _, known := p.words[name]; !known {
		if list := language(m, m.lists[name]); len(list) > 0 {
			p.words[name] = list[m.random.IntN(len(list))]
		}
	}
	return p.words[name]
}

// mostTries is how often another text is looked for before one comes twice.
const mostTries = 1000

// once is a text that no other record of the object has.
func (m *maker) once(p *planned, texts map[string]string, n int) string {
	var text string
	for range mostTries {
		clear(p.words)
		if text = m.text(p, texts, n); !m.told[p.object+" "+text] {
			break
		}
	}
	m.told[p.object+" "+text] = true
	return text
}

// digits puts a digit in place of each #.
func (m *maker) digits(pattern string) string {
	return strings.Map(func(r rune) rune {
		if r == '#' {
			return rune("0123456789"[m.random.IntN(10)])
		}
		return r
	}, pattern)
}
