package api

import (
	"net/http"
	"strings"

	"github.com/trellis-crm/trellis/engine/field"
	"github.com/trellis-crm/trellis/engine/identity"
	"github.com/trellis-crm/trellis/engine/record"
)

const (
	invitationsPath = "/api/v1/invitations"
	acceptPath      = "/api/v1/auth/invitation"
	joinPage        = "/join"
)

func (s *Server) invitationRoutes() []Route {
	return []Route{
		{Method: http.MethodGet, Path: invitationsPath, Ability: identity.ManageAbility, Summary: "Who is invited", handle: s.invitations},
		{Method: http.MethodPost, Path: invitationsPath, Ability: identity.ManageAbility, Summary: "Invite somebody by a link", handle: s.invite},
		{Method: http.MethodPost, Path: invitationsPath + "/:id/resend", Ability: identity.ManageAbility, Summary: "Make a new link for an invitation", handle: s.renewInvitation},
		{Method: http.MethodDelete, Path: invitationsPath + "/:id", Ability: identity.ManageAbility, Summary: "Take an invitation back", handle: s.takeInvitationBack},
		{Method: http.MethodPost, Path: acceptPath, Need: Open, Summary: "What an invitation is", handle: s.welcome},
		{Method: http.MethodPost, Path: acceptPath + "/accept", Need: Open, Summary: "Accept an invitation", handle: s.accept},
	}
}

// sentInvitation is an invitation with its link, which is told once.
type sentInvitation struct {
	*identity.Invitation
	Link string `json:"link"`
}

// sent answers an invitation that was just made.
func (s *Server) sent(r *request, invitation *identity.Invitation) error {
	link := s.link(joinPage, invitation.Token)
	invitation.Token = ""
	return r.data(http.StatusCreated, sentInvitation{invitation, link})
}

// link is the address of a page for who has a secret. Without a base URL it
// begins at the host, wherever people find it. The secret is not sent to any
// server.
func (s *Server) link(page, secret string) string {
	return strings.TrimRight(s.BaseURL, "/") + page + "#" + secret
}

// linkAsk is the secret of a link.
type linkAsk struct {
	Token string `json:"token"`
}

// inviteAsk is who is invited, and for how long.
type inviteAsk struct {
	identity.Invited
	Days *int `json:"expires_in_days"`
}

func (s *Server) invite(r *request) error {
	var ask inviteAsk
	if err := r.into(smallBody, &ask); err != nil {
		return err
	}
	if err := r.himself(); err != nil {
		return err
	}
	days := identity.InvitationDays
	if ask.Days != nil {
		days = *ask.Days
	}
	invitation, err := s.People.Invite(r.ctx, r.actor, ask.Invited, days)
	if err != nil {
		return err
	}
	return s.sent(r, invitation)
}

func (s *Server) renewInvitation(r *request) error {
	if err := r.himself(); err != nil {
		return err
	}
	invitation, err := s.People.Renew(r.ctx, r.actor, r.Params("id"))
	if err != nil {
		return err
	}
	return s.sent(r, invitation)
}

func (s *Server) invitations(r *request) error {
	list, err := s.People.Invitations(r.ctx)
	if err != nil {
		return err
	}
	people := make([]string, len(list))
	for i := range list {
		people[i] = list[i].By
	}
	included, err := s.Records.Named(r.ctx, r.actor, field.UserObject, people)
	if err != nil {
		return err
	}
	return r.raw(http.StatusOK, record.AppendValue(nil, map[string]any{"data": list, "included": included}))
}

func (s *Server) takeInvitationBack(r *request) error {
	if err := s.People.TakeBack(r.ctx, r.actor, r.Params("id")); err != nil {
		return err
	}
	return r.nothing()
}

// joinAsk is the secret of an invitation's link, and who the invited person
// says he is.
type joinAsk struct {
	Token    string `json:"token"`
	Name     string `json:"name"`
	Password string `json:"password"`
}

func (s *Server) welcome(r *request) error {
	var ask linkAsk
	if err := r.into(smallBody, &ask); err != nil {
		return err
	}
	welcome, err := s.People.Welcome(r.ctx, ask.Token, r.origin())
	if err != nil {
		return err
	}
	return r.data(http.StatusOK, welcome)
}

func (s *Server) accept(r *request) error {
	if err := r.sameSite(); err != nil {
		return err
	}
	var ask joinAsk
	if err := r.into(smallBody, &ask); err != nil {
		return err
	}
	entered, err := s.People.Accept(r.ctx, ask.Token, ask.Name, ask.Password, r.origin())
	if err != nil {
		return err
	}
	return s.enter(r, http.StatusCreated, entered)
}

func invitationExchanges() map[string]exchange {
	one := data(answered[sentInvitation]())
	return map[string]exchange{
		"GET " + invitationsPath: {status: http.StatusOK, gives: members(map[string]any{
			"data": listOf(answered[identity.Invitation]()), "included": mapOf(mapOf(anyObject())),
		})},
		"POST " + invitationsPath:                 {status: http.StatusCreated, takes: sent[inviteAsk](), gives: one},
		"POST " + invitationsPath + "/:id/resend": {status: http.StatusCreated, gives: one},
		"DELETE " + invitationsPath + "/:id":      {status: http.StatusNoContent},
		"POST " + acceptPath:                      {status: http.StatusOK, takes: sent[linkAsk](), gives: data(answered[identity.Welcome]())},
		"POST " + acceptPath + "/accept":          {status: http.StatusCreated, takes: sent[joinAsk](), gives: data(answered[identity.Me]())},
	}
}
