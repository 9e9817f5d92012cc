package metadata

import (
	"time"

	"github.com/trellis-crm/trellis/engine/clock"
)

// Organisation is who the installation is for.
type Organisation struct {
	Name     string `json:"name"`
	Currency string `json:"currency"`
	Timezone string `json:"timezone"`
	Locale   string `json:"locale"`
	// Calendar is the name of the calendar of who names none; "" is none.
	Calendar string `json:"calendar"`
}

// Region is the country of the organisation's currency, such as CN of CNY; a
// currency of several countries has none.
func (o Organisation) Region() string {
	if len(o.Currency) != 3 || o.Currency == "EUR" || o.Currency[0] == 'X' {
		return ""
	}
	return o.Currency[:2]
}

// Zone is the organisation's time zone, UTC before set-up.
func (o Organisation) Zone() *time.Location {
	zone, err := clock.Zone(o.Timezone)
	if err != nil {
		return time.UTC
	}
	return zone
}
