package api

import (
	"net/http"

	"github.com/trellis-crm/trellis/engine/identity"
)

const (
	singleSignOnPath = "/api/v1/single_sign_on"
	providersPath    = singleSignOnPath + "/providers"
	providerPath     = providersPath + "/:name"
)

func (s *Server) singleSignOnRoutes() []Route {
	return []Route{
		{Method: http.MethodGet, Path: singleSignOnPath, Ability: identity.ManageAbility, Whole: true, Summary: "Who may sign in with a password", handle: s.singleSignOn},
		{Method: http.MethodPut, Path: singleSignOnPath, Ability: identity.ManageAbility, Whole: true, Summary: "Say who may sign in with a password", handle: s.keepSingleSignOn},
		{Method: http.MethodGet, Path: providersPath, Ability: identity.ManageAbility, Whole: true, Summary: "The providers by which people sign in", handle: s.providers},
		{Method: http.MethodPost, Path: providersPath, Ability: identity.ManageAbility, Whole: true, Summary: "Add a provider", handle: s.addProvider},
		{Method: http.MethodGet, Path: providerPath, Ability: identity.ManageAbility, Whole: true, Summary: "A provider", handle: s.provider},
		{Method: http.MethodPatch, Path: providerPath, Ability: identity.ManageAbility, Whole: true, Summary: "Change a provider", handle: s.changeProvider},
		{Method: http.MethodDelete, Path: providerPath, Ability: identity.ManageAbility, Whole: true, Summary: "Take a provider away", handle: s.deleteProvider},
		{Method: http.MethodPost, Path: providerPath + "/test", Ability: identity.ManageAbility, Whole: true, Summary: "Try a provider", handle: s.tryProvider},
		{Method: http.MethodPost, Path: providerPath + "/connect", Ability: identity.ManageAbility, Whole: true, Summary: "Be known to a provider by what it said in the test", handle: s.connectProvider},
	}
}

// toldSingleSignOn is who may sign in with a password, and who could be named.
type toldSingleSignOn struct {
	identity.SingleSignOn
	Administrators []identity.Administrator `json:"administrators"`
	Callback       string                   `json:"callback"` // of a provider whose name is in place of *; "" as long as the server has no address
}

func (s *Server) singleSignOn(r *request) error {
	setting, administrators, err := s.People.SingleSignOn(r.ctx, r.actor)
	if err != nil {
		return err
	}
	callback, err := s.callback(r, "*")
	if err != nil {
		callback = ""
	}
	return r.data(http.StatusOK, toldSingleSignOn{*setting, administrators, callback})
}

func (s *Server) keepSingleSignOn(r *request) error {
	var ask identity.SingleSignOn
	if err := r.into(smallBody, &ask); err != nil {
		return err
	}
	if err := r.himself(); err != nil {
		return err
	}
	if err := s.People.KeepSingleSignOn(r.ctx, r.actor, ask); err != nil {
		return err
	}
	return s.singleSignOn(r)
}

// toldProvider is a provider, and where it is to send people back to.
type toldProvider struct {
	*identity.Provider
	Callback string `json:"callback"` // "" as long as the server has no address
}

func (s *Server) told(r *request, provider *identity.Provider) toldProvider {
	callback, err := s.callback(r, provider.Name)
	if err != nil {
		callback = ""
	}
	return toldProvider{provider, callback}
}

func (s *Server) providers(r *request) error {
	list, err := s.People.Providers(r.ctx, r.actor)
	if err != nil {
		return err
	}
	told := make([]toldProvider, len(list))
	for i := range list {
		told[i] = s.told(r, &list[i])
	}
	return r.data(http.StatusOK, told)
}

func (s *Server) provider(r *request) error {
	provider, err := s.People.Provider(r.ctx, r.actor, r.Params("name"))
	if err != nil {
		return err
	}
	return r.data(http.StatusOK, s.told(r, provider))
}

// newProvider is a provider that is to be added.
type newProvider struct {
	Name string `json:"name"`
	identity.ProviderChange
}

func (s *Server) addProvider(r *request) error {
	var ask newProvider
	if err := r.into(smallBody, &ask); err != nil {
		return err
	}
	if err := r.himself(); err != nil {
		return err
	}
	provider, err := s.People.AddProvider(r.ctx, r.actor, ask.Name, ask.ProviderChange)
	if err != nil {
		return err
	}
	return r.data(http.StatusCreated, s.told(r, provider))
}

func (s *Server) changeProvider(r *request) error {
	var ask identity.ProviderChange
	if err := r.into(smallBody, &ask); err != nil {
		return err
	}
	if err := r.himself(); err != nil {
		return err
	}
	provider, err := s.People.ChangeProvider(r.ctx, r.actor, r.Params("name"), ask)
	if err != nil {
		return err
	}
	return r.data(http.StatusOK, s.told(r, provider))
}

func (s *Server) deleteProvider(r *request) error {
	if err := r.himself(); err != nil {
		return err
	}
	if err := s.People.DeleteProvider(r.ctx, r.actor, r.Params("name")); err != nil {
		return err
	}
	return r.nothing()
}

// trial is where the browser is to go on to; null when the trial has ended
// already, which the provider then tells of.
type trial struct {
	Location *string `json:"location"`
}

func (s *Server) tryProvider(r *request) error {
	if err := r.himself(); err != nil {
		return err
	}
	name := r.Params("name")
	callback, err := s.callback(r, name)
	if err != nil {
		return err
	}
	visit, err := s.People.Try(r.ctx, r.actor, name, callback, r.origin())
	if err != nil {
		return err
	}
	if visit == nil {
		return r.data(http.StatusOK, trial{})
	}
	s.setCookie(r, s.visitCookie(), visit.Browser, identity.VisitLife)
	return r.data(http.StatusOK, trial{&visit.Location})
}

func (s *Server) connectProvider(r *request) error {
	password, err := r.password()
	if err != nil {
		return err
	}
	if err := s.People.Connect(r.ctx, r.actor, r.Params("name"), password, r.origin()); err != nil {
		return err
	}
	return r.nothing()
}

func singleSignOnExchanges() map[string]exchange {
	setting, one := data(answered[toldSingleSignOn]()), answered[toldProvider]()
	return map[string]exchange{
		"GET " + singleSignOnPath:           {status: http.StatusOK, gives: setting},
		"PUT " + singleSignOnPath:           {status: http.StatusOK, takes: sent[identity.SingleSignOn](), gives: setting},
		"GET " + providersPath:              {status: http.StatusOK, gives: data(listOf(one))},
		"POST " + providersPath:             {status: http.StatusCreated, takes: sent[newProvider](), gives: data(one)},
		"GET " + providerPath:               {status: http.StatusOK, gives: data(one)},
		"PATCH " + providerPath:             {status: http.StatusOK, takes: sent[identity.ProviderChange](), gives: data(one)},
		"DELETE " + providerPath:            {status: http.StatusNoContent},
		"POST " + providerPath + "/test":    {status: http.StatusOK, gives: data(answered[trial]())},
		"POST " + providerPath + "/connect": {status: http.StatusNoContent, takes: sent[passwordAsk]()},
	}
}
