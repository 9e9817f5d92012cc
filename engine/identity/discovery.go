package identity

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"github.com/trellis-crm/trellis/engine/fault"
	"github.com/trellis-crm/trellis/engine/outgoing"
)

// discoveryLife is how long what a provider says of itself is believed. Its
// keys are asked for anew whenever one is not known.
const discoveryLife = time.Hour

// connection is a provider as it is to be spoken to.
type connection struct {
	name     string
	version  int64
	settings ProviderSettings
	secret   string
	provider *oidc.Provider
	style    oauth2.AuthStyle
	namesIt  bool // it says in every answer who it is
	at       time.Time
}

// connections remembers what providers say of themselves. The zero value is
// ready.
type connections struct {
	mutex  sync.Mutex
	byName map[string]*connection
}

func (c *connections) get(name string, version int64) *connection {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	if known := c.byName[name]; known != nil && known.version == version {
		return known
	}
	return nil
}

func (c *connections) put(made *connection) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	if c.byName == nil {
		c.byName = map[string]*connection{}
	}
	c.byName[made.name] = made
}

// connect finds out how a provider is to be spoken to. What it said an hour ago
// stands in while it does not answer. The error is a stumble.
func (s *Service) connect(ctx context.Context, row *providerRow) (*connection, error) {
	settings, err := row.settings()
	if err != nil {
		return nil, err
	}
	known, now := s.connections.get(row.Name, row.Version), s.clock.Now()
	if known != nil {
		current := *known
		current.settings = settings
		known = &current
		if now.Sub(known.at).Abs() < discoveryLife {
			return known, nil
		}
	}
	made := &connection{name: row.Name, version: row.Version, settings: settings, at: now}
	if row.Secret != nil {
		if made.secret, err = s.unseal(sealedProviders, row.Name, row.Secret); err != nil {
			return nil, err
		}
	}
	if err := made.discover(oidc.ClientContext(ctx, s.client)); err != nil {
		if known != nil {
			return known, nil
		}
		return nil, err
	}
	s.connections.put(made)
	return made, nil
}

// discover asks a provider what it says of itself.
func (c *connection) discover(ctx context.Context) error {
	issuer := c.settings.Issuer
	provider, err := oidc.NewProvider(ctx, issuer)
	if mismatch, ok := errors.AsType[*oidc.IssuerMismatchError](err); ok {
		return &stumble{step: stepDiscovery, reason: "issuer", expected: issuer, got: mismatch.Discovered, code: fault.ProviderUnavailable}
	}
	if err != nil {
		return unreached(stepDiscovery, issuer, err)
	}
	var said struct {
		Methods []string `json:"token_endpoint_auth_methods_supported"`
		NamesIt bool     `json:"authorization_response_iss_parameter_supported"`
		Keys    string   `json:"jwks_uri"`
	}
	if err := provider.Claims(&said); err != nil {
		return &stumble{step: stepDiscovery, reason: "malformed", code: fault.ProviderUnavailable}
	}
	for _, address := range []string{provider.Endpoint().AuthURL, provider.Endpoint().TokenURL, said.Keys} {
		if parsed, err := url.Parse(address); err != nil || parsed.Host == "" || parsed.Scheme != "https" && parsed.Scheme != "http" {
			return &stumble{step: stepDiscovery, reason: "malformed", got: address, code: fault.ProviderUnavailable}
		}
	}
	c.provider, c.namesIt, c.style = provider, said.NamesIt, oauth2.AuthStyleInHeader
	if c.secret == "" || len(said.Methods) > 0 && !slices.Contains(said.Methods, "client_secret_basic") {
		c.style = oauth2.AuthStyleInParams
	}
	return nil
}

// oauth is the provider for the library that speaks OAuth.
func (c *connection) oauth(callback string) *oauth2.Config {
	endpoint := c.provider.Endpoint()
	endpoint.AuthStyle = c.style
	return &oauth2.Config{
		ClientID: c.settings.ClientID, ClientSecret: c.secret, Endpoint: endpoint, RedirectURL: callback,
		Scopes: []string{oidc.ScopeOpenID, "email", "profile"},
	}
}

// The steps of a sign-in by a provider.
const (
	stepDiscovery     = "discovery"
	stepAuthorization = "authorization"
	stepExchange      = "exchange"
	stepToken         = "token"
	stepProfile       = "profile"
	stepEmail         = "email"
	stepPerson        = "person"
)

func steps() []string {
	return []string{stepDiscovery, stepAuthorization, stepExchange, stepToken, stepProfile, stepEmail, stepPerson}
}

// stumble is the step at which a sign-in by a provider failed, and why. The
// person himself is told its code only.
type stumble struct {
	step, reason  string
	expected, got string
	email         string
	code          fault.Code
}

// Error names the step and the reason.
func (s *stumble) Error() string {
	return fmt.Sprintf("sign-in by a provider: %s: %s", s.step, s.reason)
}

// maxShown is how much of what a provider says is shown, in bytes.
const maxShown = 500

// shownText is what a provider says, as it can be kept and shown.
func shownText(said string) string {
	return cut(strings.Map(func(r rune) rune {
		if r < ' ' {
			return ' '
		}
		return r
	}, said), maxShown)
}

// unreached says why a provider could not be asked at an address.
func unreached(step, address string, err error) *stumble {
	reason, got := "unreachable", ""
	switch {
	case errors.Is(err, outgoing.ErrPrivate):
		reason = "private"
	case errors.Is(err, outgoing.ErrTooLarge):
		reason = "malformed"
	case !asked(err):
		got = shownText(err.Error())
		reason = "malformed"
	}
	return &stumble{step: step, reason: reason, expected: address, got: got, code: fault.ProviderUnavailable}
}

// asked reports whether an error is that nobody answered.
func asked(err error) bool {
	_, ok := errors.AsType[*url.Error](err)
	return ok
}
