package api

import (
	"context"
	"time"

	"steward/internal/advisory"
	"steward/internal/base/acl"
	"steward/internal/base/errs"
	"steward/internal/cvd"
)

// Route is one endpoint under /api/v1.
type Route struct {
	Method, Path string
	About        string
	Do           handler
}

// Routes is the whole API. {id} of a case is its id or its reference.
func (s *Server) Routes() []Route {
	routes := []Route{
		{"GET", "/{$}", "this list", s.index},

		{"POST", "/reports", "send a report: JSON, or a form with files", s.report},
		{"POST", "/reports/lint", "what a report lacks, without sending it", s.lint},
		{"POST", "/reports/internal", "open a case for what the team found", s.internalReport},
		{"GET", "/mailbox", "the mailbox of a report", s.mailbox},
		{"POST", "/mailbox/messages", "write to the team", s.reply},
		{"POST", "/mailbox/credit", "say whether and how to be named", s.credit},
		{"GET", "/mailbox/files/{file}", "a file of the mailbox", s.mailboxFile},

		{"GET", "/cases", "the queue", s.queue},
		{"GET", "/mine", "the cases that one is invited to", s.mine},
		{"GET", "/cases/{id}", "a case", deed(s.view)},
		{"GET", "/cases/{id}/timeline", "all that happened in a case", deed(s.timeline)},
		{"GET", "/cases/{id}/files/{file}", "a file of a case", s.caseFile},
		{"GET", "/cases/{id}/original/{report}", "a report's bytes as they came", s.original},

		{"GET", "/advisories", "what is public, the latest first", s.advisories},
		{"GET", "/advisories/{id}", "one advisory", deed(s.advisory)},

		{"GET", "/audit", "verify the audit record", s.auditVerify},
	}
	routes = append(routes, s.caseRoutes()...)
	routes = append(routes, s.proofRoutes()...)
	routes = append(routes, s.draftRoutes()...)
	routes = append(routes, s.listRoutes()...)
	routes = append(routes, s.distributeRoutes()...)
	routes = append(routes, s.subscriberRoutes()...)
	routes = append(routes, s.lawRoutes()...)
	routes = append(routes, s.mailRoutes()...)
	routes = append(routes, s.keyRoutes()...)
	routes = append(routes, s.rotaRoutes()...)
	return append(routes, s.peopleRoutes()...)
}

// caseRoutes are the deeds on a case before its draft.
func (s *Server) caseRoutes() []Route {
	type ctx = context.Context
	cases := s.Cases
	return []Route{
		{"POST", "/cases/{id}/acknowledge", "answer the reporter for the first time", act(func(c ctx, who acl.Caller, id string, in Letter) error {
			return cases.Acknowledge(c, who, id, in.letter())
		})},
		{"POST", "/cases/{id}/dispose", "decide on the report and tell the reporter why", act(cases.Dispose)},
		{"POST", "/cases/{id}/move", "move the case", act(func(c ctx, who acl.Caller, id string, in Move) error {
			return cases.Move(c, who, id, cvd.Event(in.Event), in.Reason)
		})},
		{"POST", "/cases/{id}/merge", "close as a duplicate of another case", act(s.merge)},
		{"POST", "/cases/{id}/facts", "edit title, severity, CWE, versions, CVE", act(func(c ctx, who acl.Caller, id string, in Facts) error {
			return cases.Edit(c, who, id, in.Version, in.Fields)
		})},
		{"POST", "/cases/{id}/promise", "dates agreed with the reporter", act(func(c ctx, who acl.Caller, id string, in Promise) error {
			return cases.Promise(c, who, id, in.NextStatus, in.ReporterPlan)
		})},
		{"POST", "/cases/{id}/notes", "write a note for the team alone", deed(func(c ctx, who acl.Caller, id string, in Body) (cvd.Note, error) {
			return cases.Note(c, who, id, in.Body)
		})},
		{"POST", "/cases/{id}/messages", "write to the reporter", deed(func(c ctx, who acl.Caller, id string, in Letter) (cvd.Message, error) {
			return cases.Message(c, who, id, in.Report, in.letter())
		})},
		{"POST", "/cases/{id}/read", "messages were read and need no answer", act(func(c ctx, who acl.Caller, id string, _ none) error {
			return cases.MarkRead(c, who, id)
		})},
		{"POST", "/cases/{id}/people", "invite a user to this case", act(s.invite)},
		{"POST", "/cases/{id}/people/remove", "take a role in this case back", act(s.uninvite)},
		{"POST", "/cases/{id}/embargo", "propose, accept, reject, revise or exit the embargo", act(func(c ctx, who acl.Caller, id string, in Embargo) error {
			return cases.Embargo(c, who, id, cvd.EmbargoEvent(in.Event), in.Terms)
		})},
		{"POST", "/cases/{id}/patch", "where the fix is and who works on it", act(func(c ctx, who acl.Caller, id string, in Patch) error {
			return cases.EditPatch(c, who, id, in.Version, in.PatchFields)
		})},
		{"POST", "/cases/{id}/patch/move", "move the patch", act(func(c ctx, who acl.Caller, id string, in Move) error {
			return cases.MovePatch(c, who, id, cvd.PatchEvent(in.Event), in.Reason)
		})},
	}
}

// draftRoutes are the deeds from the draft to the public.
func (s *Server) draftRoutes() []Route {
	type ctx = context.Context
	cases := s.Cases
	return []Route{
		{"GET", "/cases/{id}/draft", "the draft and what stands before its release", deed(func(c ctx, who acl.Caller, id string, _ none) (*cvd.DraftView, error) {
			return cases.Draft(c, who, id)
		})},
		{"POST", "/cases/{id}/draft", "edit the advisory's prose", act(func(c ctx, who acl.Caller, id string, in DraftText) error {
			return cases.EditDraft(c, who, id, in.Version, in.Text)
		})},
		{"POST", "/cases/{id}/draft/share", "show the draft to the reporter", act(func(c ctx, who acl.Caller, id string, in Share) error {
			return cases.ShareDraft(c, who, id, in.Report)
		})},
		{"POST", "/cases/{id}/draft/review", "sign the draft, or ask for changes", act(func(c ctx, who acl.Caller, id string, in Word) error {
			return cases.ReviewDraft(c, who, id, in.Version, in.OK, in.Comment)
		})},
		{"POST", "/cases/{id}/draft/approve", "approve the reviewed draft, or send it back", act(func(c ctx, who acl.Caller, id string, in Word) error {
			return cases.ApproveDraft(c, who, id, in.Version, in.OK, in.Comment)
		})},
		{"POST", "/cases/{id}/schedule", "set the hour of the release", act(func(c ctx, who acl.Caller, id string, in Slot) error {
			return cases.Schedule(c, who, id, in.Version, in.Slot)
		})},
		{"POST", "/cases/{id}/unschedule", "take the hour back", act(func(c ctx, who acl.Caller, id string, in Reason) error {
			return cases.Unschedule(c, who, id, in.Reason)
		})},
		{"POST", "/cases/{id}/release", "make the approved advisory public now", deed(func(c ctx, who acl.Caller, id string, in Slot) (advisory.Advisory, error) {
			a, err := cases.Release(c, who, id, in.Version, in.Slot)
			return s.public(c, a, err)
		})},
		{"POST", "/cases/{id}/withdraw", "say that the advisory no longer holds", deed(func(c ctx, who acl.Caller, id string, in Reason) (advisory.Advisory, error) {
			a, err := cases.Withdraw(c, who, id, in.Reason)
			return s.public(c, a, err)
		})},
		{"POST", "/cases/{id}/prenotice", "announce that a fix comes", deed(func(c ctx, who acl.Caller, id string, in cvd.Announcement) (advisory.Prenotice, error) {
			p, err := cases.Announce(c, who, id, in)
			if err == nil {
				err = s.Published(c)
			}
			return p, err
		})},
	}
}

// public waits until what was released is on the public pages, so that the
// answer to a release means that people can read it.
func (s *Server) public(ctx context.Context, a advisory.Advisory, err error) (advisory.Advisory, error) {
	if err != nil {
		return a, err
	}
	return a, s.Published(ctx)
}

// The inputs of the routes above.
type (
	// Body is a text in Markdown.
	Body struct {
		Body string `json:"body"`
	}
	// Reason says why.
	Reason struct {
		Reason string `json:"reason"`
	}
	// Letter is a message to a reporter; Report names the thread where a case
	// has several.
	Letter struct {
		Body       string    `json:"body"`
		NextStatus time.Time `json:"nextStatus"`
		Report     string    `json:"report"`
	}
	// Move is an event of a case or of its patch.
	Move struct {
		Event  string `json:"event"`
		Reason string `json:"reason"`
	}
	// Merge names the case that goes on.
	Merge struct {
		Into   string `json:"into"`
		Reason string `json:"reason"`
	}
	// Facts replaces the facts of a case as they were in Version.
	Facts struct {
		Version int64 `json:"version"`
		cvd.Fields
	}
	// Promise sets the two dates agreed with a reporter; a zero one is cleared.
	Promise struct {
		NextStatus   time.Time `json:"nextStatus"`
		ReporterPlan time.Time `json:"reporterPlan"`
	}
	// Invite names a user and a role in one case.
	Invite struct {
		User string   `json:"user"`
		Role acl.Role `json:"role"`
	}
	// Embargo is an event of the embargo with its terms.
	Embargo struct {
		Event string `json:"event"`
		cvd.Terms
	}
	// Patch replaces what is recorded of the patch.
	Patch struct {
		Version int64 `json:"version"`
		cvd.PatchFields
	}
	// DraftText replaces the advisory's prose.
	DraftText struct {
		Version int64 `json:"version"`
		cvd.Text
	}
	// Share names the report whose reporter is shown the draft.
	Share struct {
		Report string `json:"report"`
	}
	// Word is a review or an approval of exactly one version of the draft.
	Word struct {
		Version int64  `json:"version"`
		OK      bool   `json:"ok"`
		Comment string `json:"comment"`
	}
	// Slot is when to release exactly one version of the draft.
	Slot struct {
		Version int64 `json:"version"`
		cvd.Slot
	}
)

func (l Letter) letter() cvd.Letter { return cvd.Letter{Body: l.Body, NextStatus: l.NextStatus} }

func (s *Server) view(ctx context.Context, c acl.Caller, id string, _ none) (*cvd.View, error) {
	return s.Cases.View(ctx, c, id)
}

func (s *Server) merge(ctx context.Context, c acl.Caller, id string, in Merge) error {
	if refPattern.MatchString(in.Into) {
		// A reference that leads nowhere is left for the store, which asks for
		// permission before it says so.
		if found, err := s.Cases.Find(ctx, c, in.Into); err == nil {
			in.Into = found
		} else if errs.KindOf(err).Ours() {
			return err
		}
	}
	return s.Cases.Merge(ctx, c, id, in.Into, in.Reason)
}

func (s *Server) invite(ctx context.Context, c acl.Caller, id string, in Invite) error {
	who, err := s.named(ctx, c, in.User)
	if err != nil {
		return err
	}
	return s.Cases.Invite(ctx, c, id, who, in.Role)
}

func (s *Server) uninvite(ctx context.Context, c acl.Caller, id string, in Invite) error {
	who, err := s.named(ctx, c, in.User)
	if err != nil {
		return err
	}
	return s.Cases.Uninvite(ctx, c, id, who.ID, in.Role)
}

// named finds a user. One whom the caller may not know of has no id: whether
// that matters is for the store to say, after it has asked for permission.
func (s *Server) named(ctx context.Context, c acl.Caller, name string) (cvd.Person, error) {
	u, err := s.Accounts.UserNamed(ctx, c, name)
	if err != nil && errs.KindOf(err).Ours() {
		return cvd.Person{}, err
	}
	return cvd.Person{ID: u.ID, Name: name}, nil
}

func (s *Server) advisory(ctx context.Context, _ acl.Caller, id string, _ none) (advisory.Advisory, error) {
	return s.Advisories.Get(ctx, id)
}
