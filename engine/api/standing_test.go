package api_test

import (
	"testing"

	"github.com/trellis-crm/trellis/engine"
	"github.com/trellis-crm/trellis/engine/enginetest"
)

// TestAChangeOfRightsHoldsOnEveryServerAtOnce: whoever loses a right, his key
// or his place is refused at the next request, also by a server that has just
// answered him and knows of the change only from the database; and whoever is
// given a right has it.
func TestAChangeOfRightsHoldsOnEveryServerAtOnce(t *testing.T) {
	t.Parallel()
	url := enginetest.Database(t)
	here := enginetest.New(t, engine.Config{Directory: t.TempDir(), DatabaseURL: url})
	there := enginetest.Open(t, engine.Config{Directory: t.TempDir(), DatabaseURL: url})
	kim := here.Person(t, "Kim")
	lead := here.Admin.Post(t, "/records/lead", doc{"name": "Wang", "company": "Acme", "owner": kim.UserID}).Want(t, 201).Data(t)
	at := "/records/lead/" + lead["id"].(string)
	tokens := kim.Get(t, "/tokens").Want(t, 200).List(t)
	kim.URL = there.URL
	user := "/records/user/" + kim.UserID

	answers := func(status int) {
		t.Helper()
		kim.Get(t, at).Want(t, status)
		kim.Get(t, at+"/changes").Want(t, status)
		kim.Get(t, "/records/lead?where=name+%3D%3D+%22nobody%22").Want(t, status)
		kim.Post(t, "/records/lead/_query", doc{}).Want(t, status)
		kim.Post(t, "/records/lead/_aggregate", doc{"measures": []doc{{"as": "n", "function": "count"}}}).Want(t, status)
	}
	answers(404)
	here.Admin.Patch(t, user, doc{"roles": []string{"sales_rep"}}).Want(t, 200)
	for range 5 {
		answers(200)
		kim.Patch(t, at, doc{"company": "Acme " + kim.UserID}).Want(t, 200)
		here.Admin.Patch(t, user, doc{"roles": []string{}}).Want(t, 200)
		kim.Patch(t, at, doc{"company": "taken"}).Want(t, 404)
		kim.Post(t, "/records/lead", doc{"name": "x", "company": "y"}).Want(t, 404)
		answers(404)
		here.Admin.Patch(t, user, doc{"roles": []string{"sales_rep"}}).Want(t, 200)
		answers(200)
		kim.Patch(t, at, doc{"company": "given back"}).Want(t, 200)
		here.Admin.Patch(t, user, doc{"active": false}).Want(t, 200)
		answers(401)
		kim.Post(t, "/records/lead", doc{"name": "x", "company": "y"}).Want(t, 401)
		here.Admin.Patch(t, user, doc{"active": true}).Want(t, 200)
	}
	answers(200)
	kim.URL = here.URL
	for _, token := range tokens {
		kim.Delete(t, "/tokens/"+token["id"].(string)).Want(t, 204)
	}
	kim.URL = there.URL
	answers(401)
}
