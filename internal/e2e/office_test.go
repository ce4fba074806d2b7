package e2e

import (
	"strings"
	"time"

	"steward/internal/mail"
)

// stranger is a mail of which only a person can say what it is.
const stranger = "From: Someone <someone@elsewhere.example>\r\nTo: security@brindle.example\r\nSubject: An offer for your team\r\n" +
	"X-Spam-Flag: YES\r\nMessage-ID: <offer@elsewhere.example>\r\n\r\nDear sir, your website is missing a header. <script>alert(1)</script>\r\n"

// office is what the team does beside the cases: mail that is held back,
// letters in trouble, keys, who is on call, the calendar.
func (w *walk) office() {
	b := w.lead
	b.open("/team/mail")
	b.sees("Nothing is held back")
	b.judge("mail, none")
	env := mail.Envelope{By: "smtp", Sender: "someone@elsewhere.example", To: []string{"security@brindle.example"}, Delivery: "SPF fail (elsewhere.example)"}
	if err := w.app.Mail.Keep(w.t.Context(), env, []byte(stranger)); err != nil {
		w.t.Fatal(err)
	}
	b.until("the mail is looked at", func() bool {
		n, err := w.app.Mail.Held(w.t.Context(), w.caller(lead))
		return err == nil && n == 1
	})
	b.open("/team/mail")
	b.sees("An offer for your team", "SPF fail")
	b.judge("mail, held back")
	b.follow("main", "An offer for your team")
	b.sees("<script>alert(1)</script>", "Take it in", "Discard it")
	b.judge("mail, one")
	b.open("/team/mail/out")
	b.judge("letters in trouble")
	b.open("/mailbox/claim")
	b.judge("claim")

	b.open("/team/me")
	b.fill(`form[action="/team/me/key"]`, "key", "no key at all")
	b.refused(`form[action="/team/me/key"]`, "Keep the key", 422)
	b.judge("own account, key refused")
	b.fill(`form[action="/team/me/key"]`, "key", strings.TrimSpace(string(w.app.Signer.PublicKey())))
	b.press(`form[action="/team/me/key"]`, "Keep the key")
	b.press(`form[action="/team/me/calendar"]`, "Make the feed")
	b.sees("Its address, shown this once", "Fingerprint")
	b.judge("own account, key and calendar")
	w.onCall()
	w.law()
}

// onCall makes a rota.
func (w *walk) onCall() {
	b := w.lead
	b.open("/team/rota")
	b.judge("rota, none")
	form := `main form[action="/team/rota"]`
	b.fill(form, "order.0", w.caller(handler).ID)
	b.press(form, "More rows")
	day := w.clock.now().Add(48 * time.Hour).Format(time.DateOnly)
	b.fill(form, "order.1", w.caller(lead).ID, "zone", "Europe/Nowhere", "overrides.0.who", w.caller(lead).ID, "overrides.0.reason", "Away",
		"overrides.0.from", day, "overrides.0.from.time", "10:00", "overrides.0.to", day, "overrides.0.to.time", "09:00")
	b.refused(form, "Save the rota", 422)
	b.judge("rota, refused")
	b.fill(form, "zone", "Europe/Berlin", "overrides.0.to.time", "18:00")
	b.press(form, "Save the rota")
	b.sees("On call now", "The next shifts", "Away")
	b.judge("rota")
}

// law says that a vulnerability is being exploited, and looks at the forms.
func (w *walk) law() {
	b := w.lead
	b.open(w.caseID + "/law")
	b.sees("submits nothing and gives no legal advice")
	b.judge("case, law, none")
	b.follow("main", "It is being exploited")
	b.judge("case, law, say so")
	form := w.form("law/exploited")
	at := w.clock.now().Add(-24 * time.Hour)
	b.fill(form, "awareness", at.Format(time.DateOnly), "awareness.time", "10:00", "evidence", "A user's logs.", "zone", "Europe/Nowhere")
	b.refused(form, "Say so: the clocks run", 422)
	b.judge("case, law, refused")
	b.fill(form, "zone", "Europe/Berlin", "memberStates", "DE FR")
	b.press(form, "Say so: the clocks run")
	b.sees("Early warning", "Article 14(2)(a)")
	b.judge("case, law")
	b.open(w.caseID + "/law/exploited/notification")
	b.sees("required field", "Germany")
	b.judge("case, law, form")
}
