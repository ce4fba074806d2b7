package web

import (
	"errors"
	"net/http"
	"net/url"
	"time"

	"steward/internal/advisory"
	"steward/internal/base/errs"
	"steward/internal/base/look"
	"steward/internal/subscribe"
)

// subscribePage is where anyone asks to be told by mail of what is public.
type subscribePage struct {
	look.Shell
	form
	interestForm
	ByMail bool
	Days   int // that the link of the letter works
}

// askedPage answers whoever has asked, and says the same to all.
type askedPage struct {
	look.Shell
	Days int
}

// subscriptionPage shows a subscription to whoever holds one of its links.
type subscriptionPage struct {
	look.Shell
	form
	interestForm
	Sub   subscribe.Subscription
	Keeps bool // by the link that changes it
	Path  string
}

// endedPage says that nothing more is sent.
type endedPage struct{ look.Shell }

// subscriptionPattern is the route of forms about one subscription.
const subscriptionPattern = "POST /subscribe/{token}"

// interestForm is what the fields of an interest offer.
type interestForm struct {
	Products []string
	Levels   []advisory.Level
}

func (s *server) interestForm() interestForm {
	return interestForm{Products: s.Subscribers.Site.Products, Levels: advisory.Levels}
}

// unconfirmedDays is how many days the link of the first letter works.
const unconfirmedDays = int(subscribe.Unconfirmed / (24 * time.Hour))

// wish reads the fields of an interest.
func wish(v *visit) subscribe.Wish {
	return subscribe.Wish{
		Address: v.field("address"), Products: v.r.PostForm["products"], Least: advisory.Level(v.field("least")),
		Prenotices: v.field("prenotices") != "",
	}
}

// setInterest fills the fields of an interest with what is kept.
func (f form) setInterest(products []string, least advisory.Level, prenotices bool) {
	f.Values["products"] = products
	f.set("least", string(least))
	if prenotices {
		f.set("prenotices", "yes")
	}
}

func (s *server) subscribe(v *visit) error {
	f, err := s.newForm(v)
	if err != nil {
		return err
	}
	f.setInterest(nil, advisory.Low, false)
	return s.showSubscribe(v, http.StatusOK, f)
}

func (s *server) showSubscribe(v *visit, code int, f form) error {
	return s.render(v, code, "subscribe", subscribePage{
		Shell: s.shell(v, "Security notices by mail"), form: f, interestForm: s.interestForm(), ByMail: s.ByMail, Days: unconfirmedDays,
	})
}

// askNotices asks for a subscription. The answer is the same whether the address is
// known or not: all else is in the letter.
func (s *server) askNotices(v *visit) error {
	err := s.Subscribes.Visit(v.r)
	if err == nil && !s.ByMail {
		err = errs.Conflictf("No letters go out from here.").WithHint("follow the feed")
	}
	if err == nil {
		err = s.Subscribers.Ask(v.ctx(), v.c, wish(v))
	}
	if err == nil {
		return s.render(v, http.StatusOK, "asked", askedPage{Shell: s.shell(v, "Look into your mail"), Days: unconfirmedDays})
	}
	f, code, err := s.again(v, v.r.PostForm, err)
	if err != nil {
		return err
	}
	return s.showSubscribe(v, code, f)
}

// subscription shows what a link of a letter is for. It changes nothing: mail
// servers open the links of letters, too.
func (s *server) subscription(v *visit) error {
	sub, err := s.Subscribers.View(v.ctx(), v.c, v.r.PathValue("token"))
	if err != nil {
		return s.guessed(v, err)
	}
	f, err := s.newForm(v)
	if err != nil {
		return err
	}
	f.setInterest(sub.Products, sub.Least, sub.Prenotices)
	return s.showSubscription(v, http.StatusOK, f, sub)
}

func (s *server) showSubscription(v *visit, code int, f form, sub subscribe.Subscription) error {
	token := v.r.PathValue("token")
	return s.render(v, code, "subscription", subscriptionPage{
		Shell: s.shell(v, "Security notices by mail"), form: f, interestForm: s.interestForm(),
		Sub: sub, Keeps: subscribe.Keeps(token), Path: "/subscribe/" + token,
	})
}

// guessed counts a link that opens nothing. One that does is never counted:
// the servers of a mail provider end the subscriptions of all its users.
func (s *server) guessed(v *visit, err error) error {
	if errs.Is(err, errs.NotFound) {
		if often := s.Subscribes.Visit(v.r); often != nil {
			return often
		}
	}
	return err
}

// keepSubscription confirms, changes or ends a subscription.
func (s *server) keepSubscription(v *visit) error {
	token, do := v.r.PathValue("token"), v.field("do")
	if oneClick(v.r) {
		do = "end"
	}
	var err error
	notice := "saved"
	switch do {
	case "confirm":
		notice = "subscribed"
		_, err = s.Subscribers.Confirm(v.ctx(), v.c, token)
	case "change":
		_, err = s.Subscribers.Change(v.ctx(), v.c, token, wish(v))
	case "end":
		// No redirect: who ends it by one click follows none (rfc8058:3.1), and
		// there may be nothing left to show.
		if err = s.Subscribers.End(v.ctx(), v.c, token); err == nil {
			return s.render(v, http.StatusOK, "ended", endedPage{s.shell(v, "Nothing more will be sent")})
		}
	default:
		err = errs.Invalidf("", "The form does not say what to do.").WithHint("open the link of your letter and use its buttons")
	}
	if err == nil {
		return s.done(v, notice, "/subscribe/"+token)
	}
	if do != "change" || errs.Is(err, errs.NotFound) {
		return s.guessed(v, err)
	}
	f, code, err := s.again(v, v.r.PostForm, err)
	if err != nil {
		return err
	}
	sub, err := s.Subscribers.View(v.ctx(), v.c, token)
	if err != nil {
		return err
	}
	return s.showSubscription(v, code, f, sub)
}

// oneClick tells whether a form that was read is what a provider of mail sends
// for its user, and nothing else (rfc8058:3.2).
func oneClick(r *http.Request) bool {
	want := url.Values{"List-Unsubscribe": {"One-Click"}}
	files := r.MultipartForm != nil && len(r.MultipartForm.File) > 0
	return !files && r.PostForm.Encode() == want.Encode()
}

// enterOneClick reads the form of a route where one click is enough: it comes
// from a server or from a page of another site, with no token of ours; what it
// may do is in its address. Any other form is guarded as all are. One click
// may be sent as multipart/form-data, too (rfc8058:3.1).
func (s *server) enterOneClick(v *visit) error {
	if err := v.r.ParseForm(); err != nil {
		return formFault(err)
	}
	// The body is no larger than what is kept in memory.
	if err := v.r.ParseMultipartForm(maxFields); err != nil && !errors.Is(err, http.ErrNotMultipart) {
		return formFault(err)
	}
	if oneClick(v.r) {
		return nil
	}
	if v.r.MultipartForm != nil { // no page of ours sends this so
		return errStale
	}
	if s.foreign.Check(v.r) != nil {
		return errForeign
	}
	return s.checkToken(v, v.field("token"))
}
