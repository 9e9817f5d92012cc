package analytics_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trellis-crm/trellis/engine"
	"github.com/trellis-crm/trellis/engine/enginetest"
	"github.com/trellis-crm/trellis/engine/setup"
)

// TestTheSalesBoardCountsOpportunities: the figures of the crm template, as
// counting by hand gives them.
func TestTheSalesBoardCountsOpportunities(t *testing.T) {
	t.Parallel()
	for name, config := range map[string]engine.Config{"sqlite": {}, "postgres": {DatabaseURL: enginetest.EmptyDatabase(t)}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			config.Directory = t.TempDir()
			board(t, enginetest.Open(t, config))
		})
	}
}

func board(t *testing.T, i *enginetest.Installation) {
	t.Helper()
	_, err := i.Setup.Run(t.Context(), setup.Request{
		Locale: "en", Name: "Ada Admin", Email: enginetest.AdminEmail, Password: enginetest.Password,
		Organisation: "Acme", Timezone: "UTC", Currency: "CNY", Templates: []string{"crm"},
	})
	require.NoError(t, err)
	i.Admin = i.Client(t, enginetest.AdminEmail)
	account := i.Admin.Post(t, "/records/account", doc{"name": "Northwind"}).Want(t, 201).Data(t)["id"]
	today := i.Clock.Now().Format("2006-01-02")
	for _, deal := range []doc{
		{"stage": "contacted", "amount": "1000"},
		{"stage": "contract", "amount": "200"},
		{"stage": "proposal", "amount": "300", "own_probability": "20"},
		{"stage": "needs"},
		{"stage": "won", "amount": "5000"},
		{"stage": "won", "amount": "700", "close_date": "2020-01-31"},
		{"stage": "lost", "amount": "90", "lost_reason": "price"},
		{"stage": "canceled", "amount": "8"},
	} {
		deal["name"], deal["account"] = "x", account
		if deal["close_date"] == nil {
			deal["close_date"] = today
		}
		if amount, ok := deal["amount"]; ok {
			deal["amount"] = doc{"amount": amount, "currency": "CNY"}
		}
		i.Admin.Post(t, "/records/opportunity", deal).Want(t, 201)
	}
	for name, want := range map[string]any{
		"opportunity_pipeline": "1500", "opportunity_weighted": "340", "opportunity_won": "5000", "opportunity_win_rate": "50",
	} {
		require.Equal(t, want, metric(t, i.Admin, name, doc{})["value"], name)
	}
	require.Equal(t, "100", metric(t, i.Admin, "opportunity_win_rate", doc{"from": "2020-01-01", "to": "2020-01-31"})["value"])
	require.Equal(t, map[any]float64{"contacted": 6, "needs": 5, "proposal": 4, "contract": 3, "won": 2}, listed(t, i.Admin, report(t, i.Admin, "opportunity_funnel", doc{}), "stage", "n"))
	require.Len(t, listed(t, i.Admin, report(t, i.Admin, "opportunity_by_owner", doc{}), "owner", "n"), 1)
}
