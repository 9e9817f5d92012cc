package metadata

import (
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/trellis-crm/trellis/engine/clock"
	"github.com/trellis-crm/trellis/engine/fault"
	"github.com/trellis-crm/trellis/engine/field"
)

// Organisation is who the installation is for, and by which rules it works.
type Organisation struct {
	Name     string `json:"name"`
	Currency string `json:"currency"` // in which amounts are compared and added up
	Timezone string `json:"timezone"`
	// Locale is the language of who prefers none that is offered.
	Locale string `json:"locale"`
	// Calendar is the name of the calendar of who names none; "" is none.
	Calendar string `json:"calendar"`
	// Languages are those offered; none is all that the product speaks.
	Languages []string `json:"languages"`
	// Currencies are those that may be chosen for an amount; none is all there are.
	Currencies []string `json:"currencies"`
	// FiscalYearStart is the month, 1 to 12, in which the fiscal year begins.
	FiscalYearStart int   `json:"fiscal_year_start"`
	Brand           Brand `json:"brand"`
	// Version counts the changes of all this.
	Version int64 `json:"version"`
}

// Brand is how the product looks here.
type Brand struct {
	Name   string `json:"name"`   // of the product; "" is its own
	Accent string `json:"accent"` // a colour as #2f54c9; "" is the product's own
	Logo   string `json:"logo"`   // the name of its picture, which follows from what is in it; "" is none
}

// maxBrandName is how many characters the name of the product has.
const maxBrandName = 40

var accentColour = regexp.MustCompile(`^#[0-9a-f]{6}$`)

// maxOrganisationName is how many characters the name of an organisation has.
const maxOrganisationName = 300

// Locales are the languages the product speaks.
func Locales() []string { return []string{"zh-CN", "en"} }

// Settled is the organisation as it is kept: without blanks around its name, with
// each language and currency once and in order, and what nobody said filled in.
func (o Organisation) Settled() Organisation {
	o.Name = strings.TrimSpace(o.Name)
	o.Brand.Name = strings.TrimSpace(o.Brand.Name)
	o.Brand.Accent = strings.ToLower(strings.TrimSpace(o.Brand.Accent))
	if len(o.Languages) == 0 {
		o.Languages = Locales()
	}
	o.Languages = slices.Clone(o.Languages)
	slices.SortStableFunc(o.Languages, func(a, b string) int { return slices.Index(Locales(), a) - slices.Index(Locales(), b) })
	o.Languages = slices.Compact(o.Languages)
	o.Currencies = slices.Compact(slices.Sorted(slices.Values(o.Currencies)))
	if o.Currencies == nil {
		o.Currencies = []string{}
	}
	if o.FiscalYearStart == 0 {
		o.FiscalYearStart = int(time.January)
	}
	return o
}

// Check adds what is wrong with a settled organisation to the faults, with
// pointers into it.
func (o Organisation) Check(faults *fault.Fault) {
	if o.Name == "" {
		faults.At("/name", fault.Required)
	}
	checkName(faults, "/name", o.Name, maxOrganisationName)
	checkName(faults, "/brand/name", o.Brand.Name, maxBrandName)
	if o.Brand.Accent != "" && !accentColour.MatchString(o.Brand.Accent) {
		faults.At("/brand/accent", fault.InvalidColour, "value", o.Brand.Accent)
	}
	if _, err := clock.Zone(o.Timezone); err != nil {
		faults.At("/timezone", fault.UnknownTimezone, "value", o.Timezone)
	}
	for _, language := range o.Languages {
		if !slices.Contains(Locales(), language) {
			faults.At("/languages", fault.UnknownOption, "value", language)
		}
	}
	if !slices.Contains(Locales(), o.Locale) {
		faults.At("/locale", fault.UnknownOption, "value", o.Locale)
	} else if !o.Speaks(o.Locale) {
		faults.At("/locale", fault.LanguageNotOffered)
	}
	if o.FiscalYearStart < int(time.January) || o.FiscalYearStart > int(time.December) {
		faults.At("/fiscal_year_start", fault.OutOfRange, "min", 1, "max", 12)
	}
	if !field.IsCurrency(o.Currency) {
		faults.At("/currency", fault.UnknownCurrency, "value", o.Currency)
	}
	for _, code := range o.Currencies {
		if !field.IsCurrency(code) {
			faults.At("/currencies", fault.UnknownCurrency, "value", code)
		}
	}
	if !o.Uses(o.Currency) {
		faults.At("/currencies", fault.OwnCurrency, "value", o.Currency)
	}
}

func checkName(faults *fault.Fault, pointer, name string, most int) {
	switch length := utf8.RuneCountInString(name); {
	case length > most:
		faults.At(pointer, fault.TooLong, "max", most, "length", length)
	case strings.ContainsFunc(name, unicode.IsControl):
		faults.At(pointer, fault.InvalidText)
	}
}

// Speaks tells whether a language is offered.
func (o Organisation) Speaks(language string) bool {
	return slices.Contains(o.Languages, language)
}

// Uses tells whether a currency may be chosen for an amount.
func (o Organisation) Uses(currency string) bool {
	return len(o.Currencies) == 0 || slices.Contains(o.Currencies, currency)
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
