package identity

import (
	"context"
	"crypto/subtle"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"github.com/trellis-crm/trellis/engine/fault"
)

// clockSkew is how far ahead of ours a provider's clock may be.
const clockSkew = 5 * time.Minute

// maxSubject is how long a subject may be, as the standard says.
const maxSubject = 255

// arrival is whom a provider names.
type arrival struct {
	issuer, subject string
	email           string // verified, as a person's record holds it; or ""
	name            string
	claims          map[string]any
}

// refusedBy makes a stumble of what is not to be believed.
func refusedBy(step, reason, expected, got string) *stumble {
	return &stumble{step: step, reason: reason, expected: expected, got: shownText(got), code: fault.SignInRefused}
}

// arrive redeems what a browser brought back. The arrival has whatever was
// learned, though the error, a stumble, says at which step it ended.
func (s *Service) arrive(ctx context.Context, row *providerRow, visit *visitRow, brought Brought) (*arrival, error) {
	to, err := s.connect(ctx, row)
	if err != nil {
		return nil, err
	}
	issuer := to.settings.Issuer
	switch {
	case brought.Issuer != "" && brought.Issuer != issuer, brought.Issuer == "" && to.namesIt:
		return nil, refusedBy(stepAuthorization, "issuer", issuer, brought.Issuer)
	case brought.Error != "":
		refused := refusedBy(stepAuthorization, "denied", "", strings.TrimSpace(brought.Error+" "+brought.Description))
		refused.code = fault.ProviderRefused
		return nil, refused
	case brought.Code == "":
		return nil, refusedBy(stepAuthorization, "no_code", "", "")
	}
	ctx = oidc.ClientContext(ctx, s.client)
	token, err := to.oauth(visit.Callback).Exchange(ctx, brought.Code, oauth2.VerifierOption(visit.Verifier))
	if refused, ok := errors.AsType[*oauth2.RetrieveError](err); ok {
		return nil, refusedBy(stepExchange, "refused", "", strings.TrimSpace(fmt.Sprint(refused.Response.StatusCode, " ", refused.ErrorCode, " ", refused.ErrorDescription)))
	}
	if err != nil {
		return nil, unreached(stepExchange, to.provider.Endpoint().TokenURL, err)
	}
	raw, ok := token.Extra("id_token").(string)
	if !ok {
		return nil, refusedBy(stepExchange, "no_id_token", "", "")
	}
	found, err := s.believe(ctx, to, visit, token, raw)
	if err != nil {
		return found, err
	}
	return found, s.ask(ctx, to, token, found)
}

// believe verifies an id token. The library does; what it leaves to its caller,
// or takes more freely than the standard, is asked beside it.
func (s *Service) believe(ctx context.Context, to *connection, visit *visitRow, token *oauth2.Token, raw string) (*arrival, error) {
	found := &arrival{issuer: to.settings.Issuer, claims: unverified(raw)}
	verified, err := to.provider.Verifier(&oidc.Config{ClientID: to.settings.ClientID, Now: s.clock.Now}).Verify(ctx, raw)
	if err != nil {
		return found, s.unbelieved(to, found.claims, err)
	}
	found.claims = map[string]any{}
	if err := verified.Claims(&found.claims); err != nil {
		return found, refusedBy(stepToken, "malformed", "", "")
	}
	party, named := found.claims["azp"]
	_, expires := found.claims["exp"].(float64)
	issued, dated := found.claims["iat"].(float64)
	switch {
	case !expires:
		return found, refusedBy(stepToken, "expiry", "number", told(found.claims["exp"]))
	case !dated || time.Unix(int64(issued), 0).After(s.clock.Now().Add(clockSkew)):
		return found, refusedBy(stepToken, "issued", s.clock.Now().Format(time.RFC3339), told(found.claims["iat"]))
	case named && party != to.settings.ClientID, !named && len(verified.Audience) > 1:
		return found, refusedBy(stepToken, "party", to.settings.ClientID, told(party))
	case subtle.ConstantTimeCompare([]byte(verified.Nonce), []byte(visit.Nonce)) != 1:
		return found, refusedBy(stepToken, "nonce", "", verified.Nonce)
	case verified.Subject == "" || len(verified.Subject) > maxSubject || strings.ContainsRune(verified.Subject, 0):
		return found, refusedBy(stepToken, "subject", "", verified.Subject)
	case verified.AccessTokenHash != "" && verified.VerifyAccessToken(token.AccessToken) != nil:
		return found, refusedBy(stepToken, "access_token", "", verified.AccessTokenHash)
	}
	found.subject = verified.Subject
	return found, nil
}

// unbelieved says what is wrong with a token that the library refused, as far
// as can be seen from what it says unverified.
func (s *Service) unbelieved(to *connection, claims map[string]any, err error) error {
	expires, _ := claims["exp"].(float64)
	switch audience := claims["aud"].(type) {
	case string:
		if audience != to.settings.ClientID {
			return refusedBy(stepToken, "audience", to.settings.ClientID, audience)
		}
	case []any:
		if !slices.Contains(audience, any(to.settings.ClientID)) {
			return refusedBy(stepToken, "audience", to.settings.ClientID, told(audience))
		}
	}
	if issuer := told(claims["iss"]); issuer != to.settings.Issuer {
		return refusedBy(stepToken, "issuer", to.settings.Issuer, issuer)
	}
	if _, late := errors.AsType[*oidc.TokenExpiredError](err); late {
		return refusedBy(stepToken, "expired", s.clock.Now().Format(time.RFC3339), time.Unix(int64(expires), 0).UTC().Format(time.RFC3339))
	}
	return refusedBy(stepToken, "signature", "", err.Error())
}

// unverified is what a token says, for who tries to find out what is wrong
// with it.
func unverified(raw string) map[string]any {
	claims := map[string]any{}
	if parts := strings.Split(raw, "."); len(parts) == 3 {
		if said, err := base64.RawURLEncoding.DecodeString(parts[1]); err == nil && json.Unmarshal(said, &claims) != nil {
			return map[string]any{}
		}
	}
	return claims
}

// told is a claim as a text.
func told(claim any) string {
	if text, ok := claim.(string); ok {
		return shownText(text)
	}
	said, err := json.Marshal(claim)
	if err != nil {
		return ""
	}
	return shownText(string(said))
}

// ask asks a provider for what the token left out, and finds the mail address.
func (s *Service) ask(ctx context.Context, to *connection, token *oauth2.Token, found *arrival) error {
	_, mailed := found.claims["email"]
	if _, verified := found.claims["email_verified"]; (!mailed || !verified) && to.provider.UserInfoEndpoint() != "" {
		profile, err := to.provider.UserInfo(ctx, oauth2.StaticTokenSource(token))
		if err != nil {
			return unreached(stepProfile, to.provider.UserInfoEndpoint(), err)
		}
		if profile.Subject != found.subject {
			return refusedBy(stepProfile, "subject", found.subject, profile.Subject)
		}
		more := map[string]any{}
		if err := profile.Claims(&more); err != nil {
			return refusedBy(stepProfile, "malformed", "", "")
		}
		if _, says := more["email"]; says { // whether it is verified is said of this one
			delete(found.claims, "email")
			delete(found.claims, "email_verified")
		}
		for name, claim := range more {
			if _, known := found.claims[name]; !known {
				found.claims[name] = claim
			}
		}
	}
	found.name = nameIn(found.claims)
	email, _ := found.claims["email"].(string)
	canonical, ok := canonicalEmail(email)
	if verified, _ := found.claims["email_verified"].(bool); ok && verified {
		found.email = canonical
	}
	return nil
}

// nameIn is what a person is called.
func nameIn(claims map[string]any) string {
	text := func(name string) string {
		value, _ := claims[name].(string)
		return strings.TrimSpace(shownText(value))
	}
	if name := text("name"); name != "" {
		return name
	}
	return strings.TrimSpace(text("given_name") + " " + text("family_name"))
}
