package web

import (
	"steward/internal/base/acl"
	"steward/internal/cvd"
)

// route is one address: who may come in, and what is done there.
type route struct {
	pattern string // as net/http.ServeMux wants it, and as the log has it
	door    door
	asks    acl.Action // of a page of a case: what one must be allowed there; "" elsewhere
	shows   cvd.Parts  // of a case, what its page shows beside where it stands
	do      func(*visit) error
	files   bool   // its form may bring files
	click   bool   // one click of a mail program is enough, without a token (rfc8058:3.2)
	away    string // where who is not signed in is led; "" for an open door
}

// The addresses where sessions are opened.
const (
	signInPath  = "/team/sign-in"
	mailboxPath = "/mailbox/sign-in"
)

// routes is the whole of the dynamic face.
func (s *server) routes() []route {
	anyone := []route{
		{pattern: "GET /report", do: s.report},
		{pattern: "POST /report", do: s.sendReport, files: true},
		{pattern: "GET " + mailboxPath, do: s.mailboxSignIn},
		{pattern: "POST " + mailboxPath, do: s.mailboxSignIn},
		{pattern: "GET /mailbox/claim", do: s.claim},
		{pattern: "POST /mailbox/claim", do: s.claim},
		{pattern: "GET /calendar/{secret}", do: s.calendar},
		{pattern: "GET " + signInPath, do: s.signIn},
		{pattern: "POST " + signInPath, do: s.signIn},
		{pattern: "GET /enrol", do: s.link},
		{pattern: "POST /enrol", do: s.link},
		{pattern: "POST /enrol/passkey", do: s.enrol},
		{pattern: "GET /subscribe", do: s.subscribe},
		{pattern: "POST /subscribe", do: s.askNotices},
		{pattern: "GET /subscribe/{token}", do: s.subscription},
		{pattern: subscriptionPattern, do: s.keepSubscription, click: true},
	}
	reporter := []route{
		{pattern: "GET /mailbox", do: s.mailbox},
		{pattern: "POST /mailbox/reply", do: s.reply, files: true},
		{pattern: "POST /mailbox/credit", do: s.credit},
		{pattern: "GET /mailbox/files/{file}", do: s.mailboxFile},
		{pattern: "POST /mailbox/sign-out", do: s.out(mailboxCookie, mailboxPath)},
	}
	// The team, and who is invited to a case.
	user := []route{
		{pattern: "GET /team", do: s.queue},
		{pattern: "GET /team/new", do: s.internal},
		{pattern: "POST /team/new", do: s.openInternal, files: true},
		{pattern: "POST /team/sign-out", do: s.out(teamCookie, signInPath)},

		{pattern: "GET /team/people", do: s.people},
		{pattern: "POST /team/people", do: s.addPerson},
		{pattern: "GET /team/people/{id}", do: s.person},
		{pattern: "POST /team/people/{id}", do: s.editPerson},
		{pattern: "POST /team/people/{id}/link", do: s.makeLink},
		{pattern: "POST /team/people/{id}/disable", do: s.disablePerson},
		{pattern: "POST /team/people/{id}/enable", do: s.enablePerson},
		{pattern: "POST /team/people/{id}/key", do: s.setPersonKey},
		{pattern: "POST /team/people/{id}/key/remove", do: s.removePersonKey},
		{pattern: "GET /team/me", do: s.me},
		{pattern: "POST /team/me/key", do: s.setOwnKey},
		{pattern: "POST /team/me/key/remove", do: s.removeOwnKey},
		{pattern: "POST /team/me/calendar", do: s.makeCalendar},
		{pattern: "POST /team/me/calendar/remove", do: s.removeCalendar},
		{pattern: "POST /team/me/passkey", do: s.addPasskey},
		{pattern: "POST /team/me/remove", do: s.removeOwn},
		{pattern: "POST /team/me/token", do: s.addToken},
		{pattern: "GET /team/audit", do: s.auditPage},
		{pattern: "POST /team/audit", do: s.auditPage},
		{pattern: "GET /team/system", do: s.system},
		{pattern: "GET /team/subscribers", do: s.subscribers},
		{pattern: "POST /team/subscribers", do: s.addWebhook},
		{pattern: "GET /team/subscribers/{id}", do: s.webhook},
		{pattern: "POST /team/subscribers/{id}", do: s.changeWebhook},
		{pattern: "POST /team/subscribers/{id}/{deed}", do: s.doWebhook},

		{pattern: "GET /team/mail", do: s.mail},
		{pattern: "GET /team/mail/{id}", do: s.oneMail},
		{pattern: "GET /team/mail/{id}/eml", do: s.mailFile},
		{pattern: "POST /team/mail/{id}/release", do: s.releaseMail},
		{pattern: "POST /team/mail/{id}/discard", do: s.discardMail},
		{pattern: "GET /team/mail/out", do: s.mailOut},
		{pattern: "POST /team/mail/out/{delivery}/retry", do: s.retryOut},
		{pattern: "GET /team/rota", do: s.rota},
		{pattern: "POST /team/rota", do: s.editRota},
	}
	anyone = append(anyone, s.listRoutes()...)
	readers := []route{{pattern: "GET /census/{path...}", do: s.census}}
	user = append(append(user, s.listTeamRoutes()...), s.membershipRoutes()...)
	user = append(user, s.distributionRoutes()...)
	var all []route
	for _, g := range []struct {
		routes []route
		door   door
		away   string
	}{{anyone, open, ""}, {readers, censusDoor, ""}, {reporter, mailbox, mailboxPath}, {user, team, signInPath}, {s.caseRoutes(), team, signInPath}} {
		for _, rt := range g.routes {
			rt.door, rt.away = g.door, g.away
			all = append(all, rt)
		}
	}
	return all
}

// caseRoutes are the pages of a case, for the team and who is invited to it.
func (s *server) caseRoutes() []route {
	return []route{
		{pattern: "GET /team/cases/{id}", asks: acl.CaseRead, do: s.overview},
		{pattern: "GET /team/cases/{id}/decide", asks: acl.CaseDispose, do: s.decide},
		{pattern: "POST /team/cases/{id}/acknowledge", asks: acl.CaseAcknowledge, do: s.acknowledge},
		{pattern: "POST /team/cases/{id}/dispose", asks: acl.CaseDispose, do: s.dispose},
		{pattern: "POST /team/cases/{id}/move", asks: acl.CaseDispose, do: s.move},
		{pattern: "POST /team/cases/{id}/merge", asks: acl.CaseMerge, do: s.merge},
		{pattern: "POST /team/cases/{id}/promise", asks: acl.CaseEdit, do: s.promise},
		{pattern: "GET /team/cases/{id}/report", asks: acl.ReportRead, shows: cvd.Parts{Reports: true}, do: s.reports},
		{pattern: "GET /team/cases/{id}/report/{report}", asks: acl.MessageRead, do: s.original},
		{pattern: "GET /team/cases/{id}/evidence", asks: acl.ReportRead, shows: cvd.Parts{Trials: true}, do: s.evidence},
		{pattern: "POST /team/cases/{id}/evidence", asks: acl.ProofAsk, do: s.askProof, files: true},
		{pattern: "POST /team/cases/{id}/evidence/weakness", asks: acl.CaseEdit, do: s.takeWeakness},
		{pattern: "GET /team/cases/{id}/files/{file}", asks: acl.CaseRead, do: s.caseFile},
		{pattern: "GET /team/cases/{id}/messages", asks: acl.MessageRead, shows: cvd.Parts{Threads: true, Messages: true}, do: s.messages},
		{pattern: "POST /team/cases/{id}/messages", asks: acl.MessageWrite, do: s.message, files: true},
		{pattern: "POST /team/cases/{id}/read", asks: acl.MessageWrite, do: s.markRead},
		{pattern: "POST /team/cases/{id}/deliveries/{delivery}/retry", asks: acl.MessageWrite, do: s.retry},
		{pattern: "GET /team/cases/{id}/notes", asks: acl.NoteRead, shows: cvd.Parts{Notes: true}, do: s.notes},
		{pattern: "POST /team/cases/{id}/notes", asks: acl.NoteWrite, do: s.note},
		{pattern: "GET /team/cases/{id}/facts", asks: acl.CaseEdit, do: s.facts},
		{pattern: "POST /team/cases/{id}/facts", asks: acl.CaseEdit, do: s.editFacts},
		{pattern: "GET /team/cases/{id}/embargo", asks: acl.DraftRead, do: s.embargo},
		{pattern: "POST /team/cases/{id}/embargo", asks: acl.EmbargoPropose, do: s.moveEmbargo},
		{pattern: "GET /team/cases/{id}/patch", asks: acl.PatchTest, do: s.patch},
		{pattern: "POST /team/cases/{id}/patch", asks: acl.PatchEdit, do: s.editPatch},
		{pattern: "POST /team/cases/{id}/patch/move", asks: acl.PatchTest, do: s.movePatch},
		{pattern: "GET /team/cases/{id}/draft", asks: acl.DraftEdit, do: s.draft},
		{pattern: "POST /team/cases/{id}/draft", asks: acl.DraftEdit, do: s.editDraft},
		{pattern: "GET /team/cases/{id}/preview", asks: acl.DraftRead, do: s.preview},
		{pattern: "GET /team/cases/{id}/release", asks: acl.DraftRead, shows: cvd.Parts{Threads: true}, do: s.release},
		{pattern: "POST /team/cases/{id}/release/{deed}", asks: acl.DraftRead, do: s.releaseDeed},
		{pattern: "GET /team/cases/{id}/people", asks: acl.QueueRead, shows: cvd.Parts{People: true}, do: s.participants},
		{pattern: "POST /team/cases/{id}/people", asks: acl.CaseInvite, do: s.invite},
		{pattern: "POST /team/cases/{id}/people/remove", asks: acl.CaseInvite, do: s.uninvite},
		{pattern: "GET /team/cases/{id}/law", asks: acl.LawRead, do: s.law},
		{pattern: "GET /team/cases/{id}/law/{trigger}", asks: acl.LawEdit, do: s.matter},
		{pattern: "POST /team/cases/{id}/law/{trigger}", asks: acl.LawEdit, do: s.setMatter},
		{pattern: "POST /team/cases/{id}/law/{trigger}/file", asks: acl.LawEdit, do: s.fileNotice},
		{pattern: "GET /team/cases/{id}/law/{trigger}/{kind}", asks: acl.LawRead, do: s.dossier},
		{pattern: "GET /team/cases/{id}/law/{trigger}/{kind}/text", asks: acl.LawRead, do: s.dossierText},
		{pattern: "GET /team/cases/{id}/timeline", asks: acl.TimelineRead, do: s.timeline},
	}
}

// Patterns lists every address of the dynamic face, as net/http.ServeMux wants
// it, so that a test can walk them all.
func Patterns() []string {
	var list []string
	for _, rt := range (&server{}).routes() {
		list = append(list, rt.pattern)
	}
	return list
}
