package identity

import (
	"encoding/json"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/trellis-crm/trellis/engine/fault"
)

// The limits of what is said of a provider, in characters and in entries.
const (
	maxTitle    = 60
	maxIssuer   = 500
	maxClientID = 500
	maxSecret   = 2000
	maxDomains  = 50
	maxRoles    = 50
)

func isProviderName(name string) bool {
	return regexp.MustCompile(`^[a-z][a-z0-9_]{0,39}$`).MatchString(name)
}

// changed puts a change into a provider's row. Fault: invalid_values with all
// that is wrong.
func (s *Service) changed(row *providerRow, settings ProviderSettings, change ProviderChange, faults *fault.Fault) error {
	before := settings
	put(&settings.Titles, change.Titles)
	put(&settings.Issuer, change.Issuer)
	put(&settings.ClientID, change.ClientID)
	put(&settings.Enabled, change.Enabled)
	put(&settings.Adds, change.Adds)
	put(&settings.Domains, change.Domains)
	put(&settings.Roles, change.Roles)
	settings.Titles = Titles{strings.TrimSpace(settings.Titles.Chinese), strings.TrimSpace(settings.Titles.English)}
	settings.Issuer, settings.ClientID = strings.TrimSpace(settings.Issuer), strings.TrimSpace(settings.ClientID)
	settings.Roles = listOf(settings.Roles)
	settings.Domains = domains(settings.Domains)
	settings.check(faults)
	if err := s.checkRoles(settings.Roles, faults); err != nil {
		return err
	}
	moved := settings.Issuer != before.Issuer || settings.ClientID != before.ClientID
	if moved && row.Secret != nil && change.Secret == nil {
		faults.At("/secret", fault.Required) // it is told to nobody but whom it was meant for
	}
	if change.Secret != nil {
		plainText(faults, "/secret", *change.Secret, maxSecret, false)
	}
	if err := faults.OrNil(); err != nil {
		return err
	}
	if change.Secret != nil {
		row.Secret = nil
		if *change.Secret != "" {
			sealed, err := s.seal(sealedProviders, row.Name, *change.Secret)
			if err != nil {
				return err
			}
			row.Secret = sealed
		}
	}
	if moved || change.Secret != nil {
		row.Trial = nil
		row.Version++
	}
	kept, err := json.Marshal(settings)
	if err != nil {
		return fmt.Errorf("keep a provider: %w", err)
	}
	row.Settings = string(kept)
	return nil
}

func put[T any](place, value *T) {
	if value != nil {
		*place = *value
	}
}

// domains are those of mail addresses, as they are compared.
func domains(typed []string) []string {
	list := []string{}
	for _, domain := range typed {
		domain = strings.ToLower(strings.TrimPrefix(strings.TrimSpace(domain), "@"))
		if !slices.Contains(list, domain) {
			list = append(list, domain)
		}
	}
	return list
}

// check finds what is wrong with the settings themselves.
func (p ProviderSettings) check(faults *fault.Fault) {
	plainText(faults, "/title/zh-CN", p.Titles.Chinese, maxTitle, true)
	plainText(faults, "/title/en", p.Titles.English, maxTitle, true)
	plainText(faults, "/client_id", p.ClientID, maxClientID, true)
	plainText(faults, "/issuer", p.Issuer, maxIssuer, true)
	if address, err := url.Parse(p.Issuer); p.Issuer != "" && (err != nil || address.Host == "" || address.User != nil || address.Scheme != "https" && address.Scheme != "http" || strings.ContainsAny(p.Issuer, "?#")) {
		faults.At("/issuer", fault.InvalidURL)
	}
	if len(p.Domains) > maxDomains {
		faults.At("/domains", fault.TooManyItems, "max", maxDomains, "count", len(p.Domains))
	}
	if p.Adds && len(p.Domains) == 0 {
		faults.At("/domains", fault.Required)
	}
	domain := regexp.MustCompile(`^[\pL\pN]([\pL\pN.-]*[\pL\pN])?$`)
	for i, one := range p.Domains {
		if _, ok := canonicalEmail("a@" + one); !ok || !domain.MatchString(one) {
			faults.At(fmt.Sprintf("/domains/%d", i), fault.InvalidText)
		}
	}
}

// checkRoles refuses roles that there are not, and those that make an
// administrator: nobody becomes one by what another server says of him.
func (s *Service) checkRoles(roles []string, faults *fault.Fault) error {
	if len(roles) > maxRoles {
		faults.At("/roles", fault.TooManyItems, "max", maxRoles, "count", len(roles))
		return nil
	}
	policy := s.policies.Current()
	for i, role := range roles {
		pointer := fmt.Sprintf("/roles/%d", i)
		if _, ok := policy.Catalog().Role(role); !ok {
			faults.At(pointer, fault.UnknownOption, "value", role)
			continue
		}
		administers, err := policy.Administers([]string{role})
		if err != nil {
			return err
		}
		if administers {
			faults.At(pointer, fault.NotAllowed, "what", role)
		}
	}
	return nil
}

// plainText refuses a text that is missing, too long or more than one line.
func plainText(faults *fault.Fault, pointer, value string, most int, required bool) {
	switch length := utf8.RuneCountInString(value); {
	case value == "" && required:
		faults.At(pointer, fault.Required)
	case length > most:
		faults.At(pointer, fault.TooLong, "max", most, "length", length)
	case strings.ContainsFunc(value, unicode.IsControl):
		faults.At(pointer, fault.InvalidText)
	}
}
