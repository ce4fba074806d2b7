package web

import (
	"net/http"
	"net/url"

	"steward/internal/advisory"
	"steward/internal/base/acl"
	"steward/internal/base/errs"
	"steward/internal/base/look"
	"steward/internal/subscribe"
)

// subscribersPage tells the team who is told of what is made public: how many
// by mail, which no page names, and each webhook.
type subscribersPage struct {
	look.Shell
	form
	interestForm
	Counts  []stateCount
	Behind  int // entries of the public record that not all have a letter for yet
	Hooks   []subscribe.Webhook
	ByMail  bool
	MayEdit bool
}

// stateCount is how many subscriptions are in a state.
type stateCount struct {
	State subscribe.State
	N     int
}

// webhookPage is one webhook.
type webhookPage struct {
	look.Shell
	form
	interestForm
	Hook    subscribe.Webhook
	Secret  string // that was just made: shown this once
	MayEdit bool
}

func (s *server) subscribers(v *visit) error {
	f, err := s.newForm(v)
	if err != nil {
		return err
	}
	f.setInterest(nil, advisory.Low, false)
	return s.showSubscribers(v, http.StatusOK, f)
}

func (s *server) showSubscribers(v *visit, code int, f form) error {
	figures, err := s.Subscribers.Figures(v.ctx(), v.c)
	if err != nil {
		return err
	}
	p := subscribersPage{
		Shell: s.shell(v, "Subscribers"), form: f, interestForm: s.interestForm(), Behind: int(figures.Head - figures.Told),
		ByMail: s.ByMail, MayEdit: v.may(acl.WebhookEdit),
	}
	for _, state := range subscribe.States {
		p.Counts = append(p.Counts, stateCount{state, figures.Subscriptions[state]})
	}
	if p.Hooks, err = s.Subscribers.Webhooks(v.ctx(), v.c); err != nil {
		return err
	}
	return s.render(v, code, "subscribers", p)
}

func hookWish(v *visit) subscribe.HookWish {
	w := wish(v)
	return subscribe.HookWish{URL: v.field("url"), Products: w.Products, Least: w.Least}
}

// addWebhook answers with the page of the webhook, and with its secret: no
// other answer holds it.
func (s *server) addWebhook(v *visit) error {
	w, secret, err := s.Subscribers.AddWebhook(v.ctx(), v.c, hookWish(v))
	if err == nil {
		return s.showWebhook(v, http.StatusOK, nil, w, secret)
	}
	f, code, err := s.again(v, v.r.PostForm, err)
	if err != nil {
		return err
	}
	return s.showSubscribers(v, code, f)
}

func (s *server) webhook(v *visit) error {
	w, err := s.Subscribers.Webhook(v.ctx(), v.c, v.r.PathValue("id"))
	if err != nil {
		return err
	}
	return s.showWebhook(v, http.StatusOK, nil, w, "")
}

// showWebhook shows a webhook; f is nil for what is kept.
func (s *server) showWebhook(v *visit, code int, f *form, w subscribe.Webhook, secret string) error {
	p := webhookPage{Shell: s.shell(v, "Webhook"), interestForm: s.interestForm(), Hook: w, Secret: secret, MayEdit: v.may(acl.WebhookEdit)}
	if f == nil {
		kept, err := s.newForm(v)
		if err != nil {
			return err
		}
		kept.Values = url.Values{"url": {w.URL}}
		kept.setInterest(w.Products, w.Least, false)
		f = &kept
	}
	p.form = *f
	return s.render(v, code, "webhook", p)
}

func (s *server) changeWebhook(v *visit) error {
	id := v.r.PathValue("id")
	_, err := s.Subscribers.ChangeWebhook(v.ctx(), v.c, id, hookWish(v))
	return s.webhookDeed(v, "saved", err)
}

// webhookDeed ends a deed on a webhook, or shows it again with what is wrong.
func (s *server) webhookDeed(v *visit, notice string, err error) error {
	id := v.r.PathValue("id")
	if err == nil {
		return s.done(v, notice, "/team/subscribers/"+id)
	}
	f, code, err := s.again(v, v.r.PostForm, err)
	if err != nil {
		return err
	}
	w, err := s.Subscribers.Webhook(v.ctx(), v.c, id)
	if err != nil {
		return err
	}
	return s.showWebhook(v, code, &f, w, "")
}

// doWebhook does the deed that the address names.
func (s *server) doWebhook(v *visit) error {
	id := v.r.PathValue("id")
	switch v.r.PathValue("deed") {
	case "rotate":
		w, secret, err := s.Subscribers.RotateWebhook(v.ctx(), v.c, id)
		if err != nil {
			return err
		}
		return s.showWebhook(v, http.StatusOK, nil, w, secret)
	case "disable":
		if _, err := s.Subscribers.DisableWebhook(v.ctx(), v.c, id); err != nil {
			return err
		}
		return s.done(v, "hook-off", "/team/subscribers/"+id)
	case "enable":
		if _, err := s.Subscribers.EnableWebhook(v.ctx(), v.c, id); err != nil {
			return err
		}
		return s.done(v, "hook-on", "/team/subscribers/"+id)
	case "remove":
		if err := s.Subscribers.RemoveWebhook(v.ctx(), v.c, id); err != nil {
			return err
		}
		return s.done(v, "removed", "/team/subscribers")
	}
	return errs.Missing()
}
