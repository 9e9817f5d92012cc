package api_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"regexp"
	"strings"
)

// asker makes random questions, about what it has seen come to be.
type asker struct {
	random   *rand.Rand
	every    map[string]example
	fields   map[string][]string // of each object
	records  map[string][]string // the ids of each object
	comments []string            // paths
	shares   []string
	keys     int
}

func newAsker(random *rand.Rand) *asker {
	a := &asker{random: random, every: everyExample(), records: map[string][]string{}, fields: map[string][]string{
		"part":  {"name", "note", "mail", "size", "price", "done", "day", "moment", "metal", "metals", "maker", "owner", "id", "version", "number", "secret", "nothing", "created_by"},
		"maker": {"name", "town", "id", "owner"}, "area": {"name", "total", "good"}, "account": {"name", "region", "deals", "open", "total", "weighted", "mean", "largest", "next", "grade", "version"},
		"deal":  {"name", "account", "amount", "chance", "won", "due", "net", "owner"},
		"offer": {"name", "items", "pieces", "owner", "version"}, "offer_item": {"offer", "what", "count", "place", "owner"},
	}}
	a.fields["every"] = append(sorted(a.every), "id", "owner", "version")
	for n := range 90 { // of which some are not there
		a.records["part"] = append(a.records["part"], partID(n))
	}
	for n := range 4 {
		a.records["maker"] = append(a.records["maker"], makerID(n))
	}
	return a
}

var firstID = regexp.MustCompile(`"id":"([-0-9a-f]{36})"`)

// learn remembers what came to be.
func (a *asker) learn(q question, status int, answer string) {
	found := firstID.FindStringSubmatch(answer)
	if status != http.StatusCreated || found == nil {
		return
	}
	switch parts := strings.Split(q.path, "/"); {
	case strings.HasSuffix(q.path, "/comments"):
		a.comments = append(a.comments, q.path+"/"+found[1])
	case strings.HasSuffix(q.path, "/shares"):
		a.shares = append(a.shares, q.path+"/"+found[1])
	case len(parts) == 3:
		a.records[parts[2]] = append(a.records[parts[2]], found[1])
	}
}

func one[T any](a *asker, choices ...T) T { return choices[a.random.IntN(len(choices))] }

// sometimes is true once in so many times.
func (a *asker) sometimes(in int) bool { return a.random.IntN(in) == 0 }

func (a *asker) json(value any) string {
	raw, err := json.Marshal(value)
	if err != nil {
		panic(err)
	}
	return string(raw)
}

func (a *asker) object() string {
	return one(a, "part", "part", "part", "every", "every", "every", "every", "deal", "deal", "account", "area", "offer", "offer", "offer_item", "maker")
}

// id is the id of a record that was there once, mostly one of the newest.
func (a *asker) id(object string) string {
	ids := a.records[object]
	if len(ids) == 0 || a.sometimes(40) {
		return one(a, absent, "x", strings.ToUpper(partID(10)))
	}
	if !a.sometimes(4) {
		ids = ids[max(0, len(ids)-30):]
	}
	return one(a, ids...)
}

func (a *asker) field(object string) string { return one(a, a.fields[object]...) }

func (a *asker) question() question {
	q := a.some()
	if a.sometimes(2) {
		q.client = 1
	}
	if q.header == nil && a.sometimes(20) {
		q.header = map[string]string{"Accept-Language": one(a, "zh-CN", "de, zh;q=0.5", "en")}
	}
	if q.method != http.MethodGet && q.header == nil && a.sometimes(20) {
		a.keys += a.random.IntN(2)
		q.header = map[string]string{"Idempotency-Key": fmt.Sprint("key ", a.keys)}
	}
	return q
}

func (a *asker) some() question {
	object := a.object()
	path := "/records/" + object
	record := path + "/" + a.id(object)
	switch a.random.IntN(24) {
	case 0, 1:
		return question{method: "POST", path: path + "/_aggregate", body: a.json(a.figures(object))}
	case 2, 3, 4, 5:
		return question{method: "POST", path: path + one(a, "", "", "", "?allow=duplicates"), body: a.json(a.values(object))}
	case 6, 7, 8:
		q := question{method: "PATCH", path: record, body: a.json(a.values(object))}
		if a.sometimes(3) {
			q.header = map[string]string{"If-Match": one(a, `"1"`, `"2"`, `W/"1"`, "*", "3", "x")}
		}
		return q
	case 9, 10:
		return question{method: "POST", path: path + "/_batch", body: a.json(doc{"atomic": one(a, true, false, false), "dry_run": a.sometimes(4), "operations": a.operations(object)})}
	case 11:
		return question{method: "DELETE", path: record}
	case 12:
		return question{method: "POST", path: record + "/restore"}
	case 13:
		return question{method: "GET", path: record + one(a, "", "?x=1", "/changes", "/changes?limit=1", "/timeline", "/timeline?limit=2", "/comments", "/shares", "?expand="+a.field(object), "?fields="+a.field(object)+",name")}
	case 14, 15:
		return a.talk(record)
	case 16:
		return a.look(object)
	case 17:
		return a.listed(path, object)
	default:
		q := question{method: "POST", path: path + "/_query", body: a.json(a.query(object)), more: true}
		return q
	}
}

// talk is about the comments and shares of a record.
func (a *asker) talk(record string) question {
	said := a.json(one(a, doc{"text": "So."}, doc{"text": "@[" + person + "] 你好\n"}, doc{"text": ""}, doc{"text": "x", "mentions": []any{other}}, doc{"text": "a\x00b"}, doc{"text": strings.Repeat("long ", 3000)}))
	switch {
	case a.sometimes(3) && len(a.comments) > 0:
		comment := one(a, a.comments...)
		return one(a, question{method: "PATCH", path: comment, body: said}, question{method: "DELETE", path: comment}, question{method: "GET", path: comment + "/edits"})
	case a.sometimes(3):
		to := one(a, doc{"user": other}, doc{"user": person}, doc{"role": "seer"}, doc{"role": "x"}, doc{}, doc{"user": absent})
		return question{method: "POST", path: record + "/shares", body: a.json(doc{"to": to, "access": one(a, "read", "update", "own"), "until": one[any](a, nil, "2099-01-01T00:00:00Z", "1999-01-01T00:00:00Z")})}
	case a.sometimes(6) && len(a.shares) > 0:
		return question{method: "DELETE", path: one(a, a.shares...)}
	default:
		return question{method: "POST", path: record + "/comments", body: said}
	}
}

// look reads what is about more than one record, or about none.
func (a *asker) look(object string) question {
	words := one(a, "A", "%", "北", "off", "ss", "acme", "5", "2671", "zs", "apfel", `"`, "b@", "'", "北京", "z a")
	return one(a,
		question{method: "GET", path: "/search?q=" + url.QueryEscape(words) + one(a, "", "&objects="+object, "&limit=3")},
		question{method: "GET", path: "/changes?limit=50&object=" + object},
		question{method: "POST", path: "/records/" + object + "/_duplicates", body: a.json(doc{"values": a.values(object)})},
		question{method: "POST", path: "/records/" + object + "/" + a.id(object) + "/actions/merge", body: a.json(doc{"with": a.id(object), "values": a.values(object)})},
		question{method: "POST", path: "/expressions/evaluate", body: a.json(doc{"object": object, "record": a.id(object), "expression": a.where(object, 1)})},
		question{method: "POST", path: "/expressions/check", body: a.json(doc{"object": object, "expression": a.where(object, 2)})},
		question{method: "GET", path: "/meta/object/" + object + one(a, "", "/schema", "?raw=true")},
		question{method: "GET", path: one(a, "/me", "/openapi.json", "/meta", "/kinds", "/duplicates?object="+object)},
	)
}

// listed is a list that is asked in the address.
func (a *asker) listed(path, object string) question {
	values := url.Values{}
	for key, value := range a.query(object) {
		switch v := value.(type) {
		case []string:
			values.Set(key, strings.Join(v, ","))
		default:
			values.Set(key, fmt.Sprint(v))
		}
	}
	return question{method: "GET", path: path + "?" + values.Encode(), more: true}
}

// anything is a value that fits somewhere, or nowhere.
func (a *asker) anything() any {
	return one[any](a, nil, "", "x", 7, -1.5, true, []any{}, []any{"zinc", "gold"}, "2026-01-01", "2026-01-01T00:00:00Z", absent, strings.Repeat("y", 300), "0.001", 1e18, doc{}, "a\x00b", "\u2028\ufeff", "ﬁ İ ı ß", "-0", json.Number("-0"), json.Number("0.1e1"), []any{nil}, doc{"amount": "1"})
}

func (a *asker) values(object string) doc {
	values := doc{}
	switch object {
	case "part":
		values = randomPart(a.random, []any{makerID(0), makerID(1), makerID(3), absent})
	case "every":
		a.kinds(values)
	case "offer":
		var lines []any
		for range a.random.IntN(4) {
			line := doc{"what": one[any](a, "desk", "lamp", nil, "椅子"), "count": one[any](a, 1, 2, 30, 0, nil)}
			if a.sometimes(4) {
				line["id"] = a.id("offer_item")
			}
			lines = append(lines, line)
		}
		values = doc{"name": one[any](a, "A", "B", nil), "items": lines}
	case "offer_item":
		values = doc{"offer": a.id("offer"), "what": one[any](a, "x", "y"), "count": a.random.IntN(5), "place": one[any](a, 1, 2, nil)}
	case "deal":
		values = doc{"account": a.id("account"), "amount": one[any](a, "0.01", "999.99", "1000", "-3.33", "12345678.9", nil), "chance": one[any](a, "0", "33.33", "100", nil), "won": one[any](a, true, false, nil), "due": one[any](a, "2026-01-01", "2025-12-31", nil)}
	case "account":
		values = doc{"name": one[any](a, "one", "two", nil), "region": a.id("area")}
	default:
		values = doc{"name": one[any](a, "North", "Süd", "北", nil)}
	}
	for _, name := range sorted(values) {
		if a.sometimes(5) {
			delete(values, name)
		}
	}
	if a.sometimes(6) {
		values[a.field(object)] = a.anything()
	}
	if a.sometimes(20) {
		values["owner"] = one[any](a, person, other, absent, nil)
	}
	return values
}

// kinds adds values of some kinds, one in ten refused by its own.
func (a *asker) kinds(values doc) {
	names := sorted(a.every)
	for range 1 + a.random.IntN(8) {
		name := one(a, names...)
		e := a.every[name]
		switch {
		case a.sometimes(10) && len(e.hostile) > 0:
			values[name] = one(a, e.hostile...).sent
		case strings.HasPrefix(name, "autonumber"):
		default:
			values[name] = one(a, e.valid...).sent
		}
	}
	if a.sometimes(2) {
		values["boolean_1"] = true
	}
}

func (a *asker) operations(object string) []any {
	var operations []any
	for range 1 + a.random.IntN(4) {
		operations = append(operations, one[any](a,
			doc{"op": "update", "id": a.id(object), "version": one[any](a, nil, nil, 1, 2), "values": a.values(object)},
			doc{"op": "upsert", "match": []any{a.field(object)}, "values": a.values(object)},
			doc{"op": "create", "values": a.values(object)},
			doc{"op": "delete", "id": one(a, a.id(object), absent, "x")},
		))
	}
	return operations
}

func (a *asker) query(object string) doc {
	query := doc{"where": a.where(object, 2), "limit": 1 + a.random.IntN(one(a, 9, 90))}
	if !a.sometimes(5) {
		query["sort"] = a.sort(object)
	}
	some := doc{
		"count": one(a, "exact", "none"), "q": one(a, "A", "%", "北", "off", "ss"), "offset": a.random.IntN(30), "expand": []string{a.field(object), one(a, "maker", "owner", "account")},
		"view": "part_gold", "fields": []string{a.field(object), a.field(object)},
	}
	for _, key := range sorted(some) {
		if a.sometimes(5) {
			query[key] = some[key]
		}
	}
	return query
}

func (a *asker) sort(object string) []string {
	if a.sometimes(8) {
		return []string{one(a, "created_at", "-created_at")} // the ids break its ties
	}
	sort := []string{}
	for range a.random.IntN(4) {
		sort = append(sort, one(a, "", "-")+a.field(object))
	}
	if a.sometimes(2) {
		sort = append(sort, one(a, "id", "-id"))
	}
	return sort
}

func (a *asker) figures(object string) doc {
	figures := doc{"where": a.where(object, 1), "limit": 500}
	if !a.sometimes(3) {
		groups := []any{doc{"field": a.field(object)}}
		if a.sometimes(3) {
			groups = append(groups, doc{"field": a.field(object)})
		}
		if a.sometimes(2) {
			groups = []any{doc{"field": one(a, "moment", "day", "date_1", "datetime_1", "due", "created_at"), "by": one(a, "day", "week", "month", "quarter", "year", "fiscal_quarter", "fiscal_year")}}
		}
		figures["groups"] = groups
	}
	figures["measures"] = []any{doc{"as": "n", "function": "count"}, doc{"as": "m", "function": one(a, "sum", "avg", "min", "max", "count", "count_distinct"), "field": a.field(object)}}
	if a.sometimes(3) {
		figures["having"] = one(a, "n > 3", "m != null", "m > 1", "n + 1 == 3", "m == n")
	}
	if a.sometimes(3) {
		figures["sort"] = []any{one(a, "-n", "n", "m")}
	}
	return figures
}

// where is a random condition of some depth.
func (a *asker) where(object string, depth int) string {
	if depth > 0 && a.sometimes(2) {
		left, right := a.where(object, depth-1), a.where(object, depth-1)
		return one(a, "("+left+" && "+right+")", "("+left+" || "+right+")", "!("+left+")", "("+left+" ? "+right+" : false)", "("+left+") == ("+right+")")
	}
	switch {
	case a.sometimes(6):
		return a.field(object) + one(a, " == null", " != null", ` == "x"`, " > 0", ` < "b"`, " == "+a.field(object), " > "+a.field(object))
	case object == "every":
		return a.whereKind()
	case object == "part":
		return a.wherePart()
	case object == "account" || object == "area":
		return one(a, "total > 10", "total == 0", `name == "one"`, "deals >= 2", "mean > largest", `grade == "A"`, "next < today()", "region.total > 1", "region.name == \"Süd\"", "good == 1")
	case object == "deal":
		return one(a, "net > 5", "amount * chance / 100 > 3", "account.total > amount", `account.region.name == "North"`, "won", "due < addDays(today(), -300)", "net == amount", "round(net, 1) == 0.9", `account.grade == "A"`, "owner == me.id")
	default:
		return one(a, "pieces > 3", "pieces == null", `name == "A"`, "count + 1 > 2", "offer.pieces > 2", `what.contains("e")`, "place == null", `offer.name == "B"`, "true", "version > 1", "owner == me.id", `town == "Town"`)
	}
}

var valueName = regexp.MustCompile(`\bvalue`)

// whereKind is a condition about one kind: that of an example, or one that
// orders, counts or converts.
func (a *asker) whereKind() string {
	name := one(a, sorted(a.every)...)
	conditions := []string{}
	for _, v := range a.every[name].valid {
		if v.is != "" {
			conditions = append(conditions, v.is, strings.Replace(v.is, " == ", " != ", 1), "!("+v.is+")")
			if !strings.Contains(v.is, `"`) {
				conditions = append(conditions, strings.Replace(v.is, " == ", one(a, " < ", " >= "), 1))
			}
		}
	}
	conditions = append(conditions,
		`value.contains("a")`, `value.startsWith("B")`, `value.endsWith("%")`, `lower(value) == "ab"`, `upper(value) == "AB"`, "len(value) > 2", `pinyin(value) == "zhangsan"`, `trim(value) == "a"`, `text(value) == "5"`, "number(value) > 1", "round(value) == 1",
		"value + 1 > 5", "-value < 0", "value * value > 10", "value / 3 < 1", "abs(value) == 1", "year(value) == 2026", "days(value, today()) > 0", `within(value, "last_7_days")`, `date(value) == date("2026-11-21")`, `under(value, "330000")`, `value in [1, 2, 5]`, `value == me.id`, `domain(value) == "example.com"`, "value == value",
	)
	return valueName.ReplaceAllString(one(a, conditions...), name)
}

func (a *asker) wherePart() string {
	number := one(a, "size", "price", "version", "size * price", "size + 1", "-price", "price / size", "round(price)", "len(name)", "days(day, today())", "year(moment)", "number(name)")
	text := one(a, "name", "note", "mail", "metal", "maker", "owner", "maker.name", "owner.email", "number", `name + note`, "lower(name)", "upper(note)", "text(size)", "text(day)", "text(price)", "trim(name)", "domain(mail)", "me.email")
	day := one(a, "day", "date(moment)", `date("2024-02-29")`, "addDays(day, size)")
	return one(a,
		number+one(a, " == ", " != ", " < ", " >= ")+one(a, "0", "1.25", "-5", "3", "size", "null"),
		text+one(a, " == ", " != ")+one(a, `"a"`, `"A"`, `"gold"`, `""`, "null", "mail", `"`+makerID(1)+`"`, `"张三"`),
		strings.Replace(text, "owner", "name", 1)+one(a, `.contains("A")`, `.contains("%")`, `.startsWith("a")`, `.endsWith("5")`, `.contains("STRASSE")`, `.contains("")`, ".contains(name)"),
		day+one(a, " < ", " == ", " >= ")+one(a, `date("2024-02-29")`, "day", `date("1999-12-31")`),
		"moment"+one(a, " < ", " >= ", " != ")+one(a, `datetime("2026-03-29T01:00:00Z")`, "null", "created_at"),
		one(a, "done", "!done", "done == null", "true", "done == (size > 0)", `within(day, "this_year")`, `size in [1, 3, -5]`, `name in ["a", "10"]`),
		"id"+one(a, " == ", " != ")+one(a, `"`+partID(7)+`"`, `"x"`, "maker", "me.id"), `"gold" in metals`, "len(metals)"+one(a, " == 1", " > 1", " == 0"), "metals == null", "nothing == 1", "name > 1", "secret == null",
	)
}
