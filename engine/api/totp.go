package api

import (
	"net/http"

	"github.com/trellis-crm/trellis/engine/identity"
)

const totpPath = "/api/v1/auth/totp"

func (s *Server) totpRoutes() []Route {
	return []Route{
		{Method: http.MethodPost, Path: totpPath, Need: Open, Summary: "End a sign-in with the second factor", handle: s.secondStep},
		{Method: http.MethodGet, Path: totpPath, Whole: true, Private: true, Enrols: true, Summary: "One’s own second factor", handle: s.secondFactor},
		{Method: http.MethodPost, Path: totpPath + "/enrol", Whole: true, Enrols: true, Summary: "Begin to use a second factor", handle: s.enrol},
		{Method: http.MethodPost, Path: totpPath + "/confirm", Whole: true, Enrols: true, Summary: "Turn the second factor on with its first code", handle: s.confirm},
		{Method: http.MethodPost, Path: totpPath + "/recovery_codes", Whole: true, Summary: "Make new recovery codes", handle: s.renewRecoveryCodes},
		{Method: http.MethodPost, Path: totpPath + "/off", Whole: true, Summary: "Turn one’s own second factor off", handle: s.turnOff},
	}
}

// codeAsk is a code of an app, or a recovery code.
type codeAsk struct {
	Code string `json:"code"`
}

// passwordAsk is the password of who does what takes himself.
type passwordAsk struct {
	Password string `json:"password"`
}

func (s *Server) secondStep(r *request) error {
	if err := r.sameSite(); err != nil {
		return err
	}
	var ask codeAsk
	if err := r.into(smallBody, &ask); err != nil {
		return err
	}
	entered, err := s.People.SecondStep(r.ctx, r.Cookies(s.challengeCookie()), ask.Code, r.origin())
	if err != nil {
		return err
	}
	s.setCookie(r, s.challengeCookie(), "", 0)
	return s.enter(r, http.StatusOK, entered)
}

func (s *Server) secondFactor(r *request) error {
	factor, err := s.People.SecondFactor(r.ctx, r.actor)
	if err != nil {
		return err
	}
	return r.data(http.StatusOK, factor)
}

// password reads the password of a request that takes the person himself.
func (r *request) password() (string, error) {
	var ask passwordAsk
	if err := r.into(smallBody, &ask); err != nil {
		return "", err
	}
	return ask.Password, r.himself()
}

func (s *Server) enrol(r *request) error {
	password, err := r.password()
	if err != nil {
		return err
	}
	enrolment, err := s.People.Enrol(r.ctx, r.actor, password, r.origin())
	if err != nil {
		return err
	}
	return r.data(http.StatusOK, enrolment)
}

// toldCodes are recovery codes, which are told once.
type toldCodes struct {
	RecoveryCodes []string `json:"recovery_codes"`
}

func (s *Server) confirm(r *request) error {
	var ask codeAsk
	if err := r.into(smallBody, &ask); err != nil {
		return err
	}
	if err := r.himself(); err != nil {
		return err
	}
	codes, fresh, err := s.People.Confirm(r.ctx, r.actor, ask.Code, r.secret, r.origin())
	if err != nil {
		return err
	}
	s.renew(r, fresh)
	return r.data(http.StatusOK, toldCodes{codes})
}

func (s *Server) renewRecoveryCodes(r *request) error {
	password, err := r.password()
	if err != nil {
		return err
	}
	codes, err := s.People.RenewRecoveryCodes(r.ctx, r.actor, password, r.origin())
	if err != nil {
		return err
	}
	return r.data(http.StatusOK, toldCodes{codes})
}

func (s *Server) turnOff(r *request) error {
	password, err := r.password()
	if err != nil {
		return err
	}
	if err := s.People.TurnOff(r.ctx, r.actor, password, r.origin()); err != nil {
		return err
	}
	return r.nothing()
}

func totpExchanges() map[string]exchange {
	code, password, codes := members(map[string]any{"code": text()}), members(map[string]any{"password": text()}), data(answered[toldCodes]())
	return map[string]exchange{
		"POST " + totpPath:                     {status: http.StatusOK, takes: code, gives: data(answered[identity.Me]())},
		"GET " + totpPath:                      {status: http.StatusOK, gives: data(answered[identity.SecondFactor]())},
		"POST " + totpPath + "/enrol":          {status: http.StatusOK, takes: password, gives: data(answered[identity.Enrolment]())},
		"POST " + totpPath + "/confirm":        {status: http.StatusOK, takes: code, gives: codes},
		"POST " + totpPath + "/recovery_codes": {status: http.StatusOK, takes: password, gives: codes},
		"POST " + totpPath + "/off":            {status: http.StatusNoContent, takes: password},
	}
}
