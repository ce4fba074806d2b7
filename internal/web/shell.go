package web

import (
	"fmt"
	"html/template"
	"strings"
	"time"
	"unicode"

	"steward/internal/base/acl"
	"steward/internal/base/errs"
	"steward/internal/base/look"
	"steward/internal/cvd"
	"steward/internal/predisclosure"
)

// functions are what templates may call beside those of package look.
func functions() template.FuncMap {
	return template.FuncMap{
		"until":    look.Until,
		"firstUp":  firstUp,
		"sentence": sentence,
		"problem":  problem,
		"lines":    func(s []string) string { return strings.Join(s, "\n") },
		"occasion": occasion,
		"done":     done,
		"ordinal":  func(n int) string { return fmt.Sprint(n+1, ".") },
		"seq":      func(n int) []struct{} { return make([]struct{}, n) },
	}
}

// occasion says why a letter goes out.
func occasion(on cvd.Occasion) string {
	words, ok := map[cvd.Occasion]string{
		cvd.OnReceipt: "the receipt", cvd.OnMessage: "a message of the team", cvd.OnReport: "a new report",
		cvd.OnReply: "a reporter’s answer", cvd.OnAcknowledge: "the report is taken up", cvd.OnDraft: "the draft",
		cvd.OnInvitation: "the invitation", cvd.OnEmbargo: "the embargo", cvd.OnPublic: "the advisory is public",
		cvd.OnUnanswered: "nobody has answered a report", cvd.OnDeadline: "a deadline", cvd.OnNotice: "a notice under embargo", cvd.OnAnswer: "an organisation’s answer", cvd.OnBurn: "the embargo ended because of a leak",
	}[on]
	if !ok {
		return string(on)
	}
	return words
}

// done says what was done to a member of a list.
func done(e predisclosure.Event) string {
	words, ok := map[predisclosure.Event]string{
		predisclosure.EventVet: "Vetted", predisclosure.EventDecline: "Declined", predisclosure.EventSuspend: "Suspended",
		predisclosure.EventRestore: "Restored", predisclosure.EventRemove: "Removed", predisclosure.EventWithdraw: "Withdrawn",
		predisclosure.EventAttest: "Attested", predisclosure.EventAccept: "Agreement accepted",
		predisclosure.EventContacts: "Contacts changed", predisclosure.EventLink: "Contact and login joined",
	}[e]
	if !ok {
		return firstUp(e)
	}
	return words
}

// firstUp writes a state as the beginning of a line.
func firstUp(s any) string {
	text := fmt.Sprint(s)
	if text == "" {
		return ""
	}
	return strings.ToUpper(text[:1]) + text[1:]
}

// sentence writes a hint, of which there are with and without a capital and a
// full stop, as a sentence.
func sentence(s string) string {
	s = firstUp(s)
	for _, end := range []string{".", "!", "?"} {
		if strings.HasSuffix(s, end) {
			return s
		}
	}
	return s + "."
}

// problem writes what is wrong as a sentence. A message that goes on from the
// field's name gets it back.
func problem(e *errs.Error) string {
	if e.Message == "" || e.Field == "" || !unicode.IsLower(rune(e.Message[0])) {
		return sentence(e.Message)
	}
	name := e.Field[strings.LastIndexByte(e.Field, '.')+1:]
	return sentence(name + " " + e.Message)
}

// shell is the frame of a page for this visit.
func (s *server) shell(v *visit, title string) look.Shell {
	site := s.Site()
	sh := look.Shell{
		Title: title, Team: site.TeamName, Section: "Security", Root: "/", Private: true, Demo: site.Demo, Notice: v.notice,
		Foot: []look.Link{{Label: "Security page", Href: "/"}},
	}
	at := func(label, href string) look.Link {
		path := v.r.URL.Path
		return look.Link{Label: label, Href: href, Current: path == href || (href != "/team" && strings.HasPrefix(path, href+"/"))}
	}
	switch {
	case v.session.UserID != "":
		sh.Section = "Security team"
		sh.Nav = append(sh.Nav, at("Cases", "/team"))
		if v.may(acl.MailRead) {
			link := at("Mail", "/team/mail")
			link.Badge, link.Waits = s.heldBack(v)
			sh.Nav = append(sh.Nav, link)
		}
		if v.may(acl.ListRead) {
			sh.Nav = append(sh.Nav, at("Lists", "/team/lists"))
		}
		if s.isContact(v) {
			sh.Nav = append(sh.Nav, at("Membership", "/team/membership"))
		}
		if v.may(acl.UserRead) {
			sh.Nav = append(sh.Nav, at("People", "/team/people"))
		}
		if v.may(acl.SubscriberRead) {
			sh.Nav = append(sh.Nav, at("Subscribers", "/team/subscribers"))
		}
		if v.may(acl.RotaRead) {
			link := at("On call", "/team/rota")
			if name := s.onCallNow(v); name != "" {
				link.More = "· " + name
			}
			sh.Nav = append(sh.Nav, link)
		}
		if s.Census != nil && v.may(acl.CensusRead) {
			sh.Nav = append(sh.Nav, at("Census", "/census/"))
		}
		if v.may(acl.AuditRead) {
			sh.Nav = append(sh.Nav, at("Record", "/team/audit"))
		}
		if v.may(acl.SystemRead) {
			sh.Nav = append(sh.Nav, at("System", "/team/system"))
		}
		sh.Nav = append(sh.Nav, at(v.c.Name, "/team/me"))
		sh.SignedIn = &look.SignedIn{Token: v.session.FormToken, Out: "/team/sign-out"}
	case v.session.Report != "":
		sh.Nav = append(s.publicNav(), at("Your report", "/mailbox"))
		sh.SignedIn = &look.SignedIn{Token: v.session.FormToken, Out: "/mailbox/sign-out"}
	default:
		sh.Nav = append(s.publicNav(), at("Your report", mailboxPath))
	}
	return sh
}

// publicNav leads to the public pages.
func (s *server) publicNav() []look.Link {
	nav := []look.Link{{Label: "Security", Href: "/"}, {Label: "Advisories", Href: "/advisories/"}}
	if s.Census != nil && s.CensusPublic {
		nav = append(nav, look.Link{Label: "Census", Href: "/census/"})
	}
	return nav
}

// now is the time of the visit, to the second: pages show no more.
func (s *server) now() time.Time { return s.Clock().UTC().Truncate(time.Second) }
