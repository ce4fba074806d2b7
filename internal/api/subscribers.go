package api

import (
	"context"
	"net/http"

	"steward/internal/advisory"
	"steward/internal/base/acl"
	"steward/internal/subscribe"
)

type (
	// HookWish is how a webhook is to be.
	HookWish struct {
		URL      string         `json:"url"`                // https
		Products []string       `json:"products,omitempty"` // empty: all
		Least    advisory.Level `json:"least,omitempty"`    // lowest severity of interest; empty: low
	}
	// Hook is a webhook, with its secret where that was just made.
	Hook struct {
		subscribe.Webhook
		Secret string `json:"secret,omitempty"` // shown this once
	}
)

// subscriberRoutes are about who is told of what is made public.
func (s *Server) subscriberRoutes() []Route {
	type ctx = context.Context
	return []Route{
		{"GET", "/subscribers", "how many are told of what becomes public", deed(func(c ctx, who acl.Caller, _ string, _ none) (subscribe.Figures, error) {
			return s.Subscribers.Figures(c, who)
		})},
		{"GET", "/webhooks", "the webhooks, and how each went last", s.webhooks},
		{"POST", "/webhooks", "add a webhook; its secret is shown once", s.addWebhook},
		{"GET", "/webhooks/{id}", "a webhook", deed(func(c ctx, who acl.Caller, id string, _ none) (subscribe.Webhook, error) {
			return s.Subscribers.Webhook(c, who, id)
		})},
		{"POST", "/webhooks/{id}", "change where a webhook is and what it is told", deed(func(c ctx, who acl.Caller, id string, in HookWish) (subscribe.Webhook, error) {
			return s.Subscribers.ChangeWebhook(c, who, id, subscribe.HookWish(in))
		})},
		{"POST", "/webhooks/{id}/rotate", "make a new secret; it is shown once", deed(func(c ctx, who acl.Caller, id string, _ none) (Hook, error) {
			w, secret, err := s.Subscribers.RotateWebhook(c, who, id)
			return Hook{w, secret}, err
		})},
		{"POST", "/webhooks/{id}/disable", "call a webhook no more, for the time being", deed(func(c ctx, who acl.Caller, id string, _ none) (subscribe.Webhook, error) {
			return s.Subscribers.DisableWebhook(c, who, id)
		})},
		{"POST", "/webhooks/{id}/enable", "call a webhook again", deed(func(c ctx, who acl.Caller, id string, _ none) (subscribe.Webhook, error) {
			return s.Subscribers.EnableWebhook(c, who, id)
		})},
		{"POST", "/webhooks/{id}/remove", "remove a webhook for good", act(func(c ctx, who acl.Caller, id string, _ none) error {
			return s.Subscribers.RemoveWebhook(c, who, id)
		})},
	}
}

func (s *Server) webhooks(w http.ResponseWriter, r *http.Request, c acl.Caller) error {
	all, err := s.Subscribers.Webhooks(r.Context(), c)
	if err != nil {
		return err
	}
	return reply(w, http.StatusOK, append([]subscribe.Webhook{}, all...))
}

func (s *Server) addWebhook(w http.ResponseWriter, r *http.Request, c acl.Caller) error {
	var in HookWish
	if err := decode(w, r, &in); err != nil {
		return err
	}
	hook, secret, err := s.Subscribers.AddWebhook(r.Context(), c, subscribe.HookWish(in))
	if err != nil {
		return err
	}
	return reply(w, http.StatusCreated, Hook{hook, secret})
}
