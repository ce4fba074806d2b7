package web

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"net/url"
	"slices"
	"strings"
	"time"

	"steward/internal/base/acl"
	"steward/internal/base/errs"
	"steward/internal/cvd"
	"steward/internal/intake"
	"steward/internal/mail"
	"steward/internal/policy"
	"steward/internal/predisclosure"
)

// distributionRoutes are who is told of a case before its release, what each of
// them may use, and what is done when it has leaked.
func (s *server) distributionRoutes() []route {
	return []route{
		{pattern: "GET /team/cases/{id}/distribution", asks: acl.QueueRead, do: s.distribution},
		{pattern: "POST /team/cases/{id}/distribution", asks: acl.Distribute, do: s.distribute},
		{pattern: "POST /team/cases/{id}/distribution/retry", asks: acl.MessageWrite, do: s.retryNotice},
		{pattern: "POST /team/cases/{id}/distribution/posted", asks: acl.Distribute, do: s.notePosted},
		{pattern: "POST /team/cases/{id}/distribution/patches", asks: acl.PatchEdit, do: s.addPatchFile, files: true},
		{pattern: "POST /team/cases/{id}/distribution/remove", asks: acl.PatchEdit, do: s.removePatchFile},
		{pattern: "GET /team/cases/{id}/patches/{file}", asks: acl.PatchTest, do: s.patchCopy},
		{pattern: "GET /team/cases/{id}/portal", asks: acl.DraftRead, do: s.portal},
		{pattern: "POST /team/cases/{id}/portal/status", asks: acl.StatusWrite, do: s.setFixStatus},
		{pattern: "POST /team/cases/{id}/portal/propose", asks: acl.EmbargoPropose, do: s.proposeHour},
		{pattern: "GET /team/cases/{id}/burn", asks: acl.Burn, shows: cvd.Parts{Reports: true, People: true, Told: true}, do: s.burnPage},
		{pattern: "POST /team/cases/{id}/burn", asks: acl.Burn, do: s.burn},
		{pattern: "POST /team/cases/{id}/burn/keep", asks: acl.Burn, do: s.keepEmbargo},
		{pattern: "POST /team/cases/{id}/burn/trace", asks: acl.Burn, do: s.trace},
	}
}

// distributionPage is who was told, and the form by which others are.
type distributionPage struct {
	casePage
	Told    []toldRow
	Lists   []listChoice
	Check   *cvd.Distribution // of the list that is chosen
	Hard    bool              // something stands in the way that no reason mends
	Soft    bool              // something that a reason mends
	Texts   []listText
	Largest int64 // bytes of a patch
}

// listChoice is a list that can be told.
type listChoice struct{ ID, Name string }

// listText is a text for a person to send elsewhere.
type listText struct {
	Kind cvd.ListTextKind
	Text string
}

// toldRow is one organisation that was told, with how it stands.
type toldRow struct {
	mail.Notified
	Mark mark      // of its status
	Seen time.Time // when a contact of it looked last, by the day; zero: never, or who asks may not know
	Own  bool      // a contact of it can sign in
	Asks bool      // it has proposed another hour, and nobody has answered
}

// statusMarks says what each status looks like.
var statusMarks = map[cvd.FixStatus]mark{
	"":                {"warn", "bell", "Silent"},
	cvd.Affected:      {"bad", "warning", "Affected"},
	cvd.NotAffected:   {"good", "check", "Not affected"},
	cvd.Fixed:         {"good", "check", "Fixed"},
	cvd.Investigating: {"accent", "eye", "Under investigation"},
	answered:          {"accent", "envelope", "Answered"},
}

// answered stands in the place of a status for who wrote by mail and has set
// none: silent they are not.
const answered cvd.FixStatus = "answered"

// maxPatchBytes is as much as the store takes of one patch.
const maxPatchBytes = 1 << 20

func (s *server) distribution(v *visit) error { return s.showDistribution(v, nil) }

func (s *server) showDistribution(v *visit, r *refusal) error {
	p, err := s.casePage(v, "Distribution", r)
	if err != nil {
		return err
	}
	d := distributionPage{casePage: p, Largest: maxPatchBytes}
	if d.Told, err = s.toldRows(v, p.View); err != nil {
		return err
	}
	if !p.May(string(acl.Distribute)) {
		return s.render(v, r.status(), "distribution", d)
	}
	if d.Lists, err = s.listChoices(v); err != nil {
		return err
	}
	list := p.For("distribute").Get("list")
	if list == "" && len(d.Lists) > 0 {
		list = d.Lists[0].ID
		p.Values.Set("list", list)
	}
	if !public(p.View) && list != "" {
		d.Check, err = s.Cases.CheckDistribution(v.ctx(), v.c, p.View.ID, list, p.For("distribute").Values["members"])
		if err != nil && !errs.Is(err, errs.Invalid) {
			return err
		}
	}
	if d.Check != nil {
		for _, o := range d.Check.Obstacles {
			d.Soft, d.Hard = d.Soft || o.Soft, d.Hard || !o.Soft
		}
	}
	for _, kind := range cvd.ListTextKinds {
		text, err := s.Cases.ListText(v.ctx(), v.c, p.View.ID, kind)
		switch {
		case err == nil:
			d.Texts = append(d.Texts, listText{kind, text})
		case !errs.Is(err, errs.Conflict): // not the time for it
			return err
		}
	}
	return s.render(v, r.status(), "distribution", d)
}

// listChoices are the lists of the team, and those elsewhere whose rules are
// known.
func (s *server) listChoices(v *visit) ([]listChoice, error) {
	lists, err := s.Lists.Lists(v.ctx(), v.c)
	if err != nil {
		return nil, err
	}
	var all []listChoice
	for _, l := range lists {
		all = append(all, listChoice{l.ID, l.Name})
	}
	outside := append(slices.Clone(s.Cases.Settings.Policy.Lists), policy.Known()...)
	for _, l := range outside {
		if !slices.ContainsFunc(all, func(c listChoice) bool { return c.ID == l.Name }) {
			all = append(all, listChoice{l.Name, l.Name + " (elsewhere: a person writes there)"})
		}
	}
	return all, nil
}

// toldRows are the organisations that were told, in the order of a table.
func (s *server) toldRows(v *visit, view *cvd.View) ([]toldRow, error) {
	if view.Told == nil {
		return nil, nil
	}
	seen := map[string]time.Time{}
	if slices.Contains(view.May, acl.TimelineRead) {
		entries, err := s.Cases.Timeline(v.ctx(), v.c, view.ID)
		if err != nil {
			return nil, err
		}
		for _, e := range entries {
			if e.Detail["seen"] != "" && e.At.After(seen[e.Actor]) {
				seen[e.Actor] = e.At
			}
		}
	}
	var rows []toldRow
	all, err := s.Mail.Told(v.ctx(), v.c, view.ID)
	if err != nil {
		return nil, err
	}
	for _, r := range all {
		if r.Status == "" && !r.Answered.IsZero() {
			r.Status = answered
		}
		row := toldRow{Notified: r, Mark: statusMarks[r.Status], Own: slices.ContainsFunc(r.Letters, func(l mail.ToContact) bool { return l.Access == cvd.AccessPortal })}
		if e := view.Embargo; e != nil && e.Proposal != nil && r.Proposed != nil {
			row.Asks = r.Proposed.At.Equal(e.Proposal.At)
		}
		for _, user := range r.Contacts {
			if seen[user].After(row.Seen) {
				row.Seen = seen[user]
			}
		}
		rows = append(rows, row)
	}
	slices.SortStableFunc(rows, func(a, b toldRow) int { return a.order() - b.order() })
	return rows, nil
}

// noticeMarks says what each state of a notice looks like.
var noticeMarks = map[mail.NoticeState]mark{
	mail.NoticeMissed:  {"bad", "warning", "Not delivered"},
	mail.NoticeNone:    {"bad", "warning", "No letter"},
	mail.NoticePartly:  {"warn", "warning", "Not to everyone"},
	mail.NoticeDelayed: {"warn", "clock", "Delayed"},
	mail.NoticeUnder:   {"", "clock", "On its way"},
	mail.NoticeSent:    {"good", "check", "Sent"},
}

// Noticed is how the notice of an organisation is marked.
func (r toldRow) Noticed() mark { return cmp.Or(noticeMarks[r.Notice], noticeMarks[mail.NoticeNone]) }

// Missed tells whether an organisation that may be told does not know of its
// notice: no letter came to it, and nobody of it has looked.
func (r toldRow) Missed() bool { return !r.Barred && r.Lost() && r.Seen.IsZero() }

// Trouble tells whether a letter of the notice waits for a person.
func (r toldRow) Trouble() bool {
	return slices.ContainsFunc(r.Letters, func(l mail.ToContact) bool { return l.Delivery != nil && l.Delivery.Stuck() })
}

// Missed names the organisations that do not know of their notice.
func (p distributionPage) Missed() (names []string) {
	for _, r := range p.Told {
		if r.Missed() {
			names = append(names, r.Name)
		}
	}
	return names
}

// retryNotice tries a letter of a notice again.
func (s *server) retryNotice(v *visit) error {
	err := s.Mail.RetryOf(v.ctx(), v.c, v.r.PathValue("id"), v.field("delivery"))
	return s.deed(v, "retry", "retried", "/distribution", err, s.showDistribution)
}

// Standing is how an organisation is marked that is suspended or off its list.
func (r toldRow) Standing() mark {
	if r.Place == "" {
		return mark{"bad", "lock", "Off the list"}
	}
	return mark{"bad", "lock", firstUp(string(r.Place))}
}

// Sentence says what that means, and the way back where there is one.
func (r toldRow) Sentence() string {
	s := "It no longer sees this case and gets no letters of it until the embargo ends. What it was told it knows."
	if r.Place == predisclosure.Suspended {
		s += " Restored on its list, it sees the case again."
	}
	return s
}

// order is that in which a table shows those who were told: who has not got the
// notice first.
func (r toldRow) order() int {
	if r.Missed() {
		return -1
	}
	return slices.Index([]cvd.FixStatus{"", answered, cvd.Affected, cvd.Investigating, cvd.Fixed, cvd.NotAffected}, r.Status)
}

// Chosen tells whether a member is ticked: as it was typed, or else whoever may
// be told and was not.
func (p distributionPage) Chosen(m cvd.MayTell) bool {
	f := p.For("distribute")
	if f.Get("checked") == f.Get("list") && f.Get("checked") != "" {
		return f.Has("members", m.Member)
	}
	return m.Told.IsZero()
}

// Public tells whether the advisory is out.
func (p distributionPage) Public() bool { return public(p.View) }

// Outside tells which lists elsewhere a case's notices went to, for a sentence.
func (p distributionPage) Outside() (names []string) {
	if p.View.Told == nil {
		return nil
	}
	for _, s := range p.View.Told.Sendings {
		if s.Outside {
			names = append(names, fmt.Sprintf("%s on %s, by %s", s.Name, s.At.UTC().Format("2 January 2006, 15:04 UTC"), s.By.Name))
		}
	}
	return names
}

// distribute looks what would come of telling a list, or tells it.
func (s *server) distribute(v *visit) error {
	typed := v.r.PostForm
	if typed.Get("do") != "send" {
		if typed.Get("checked") != typed.Get("list") { // another list has other members
			typed.Del("members")
		}
		return s.refused(v, "distribute", typed, nil, s.showDistribution)
	}
	at, err := version(typed)
	if err == nil && typed.Get("checked") != typed.Get("list") {
		err = errs.Conflictf("You chose another list than the one that is shown.").WithHint("look at it first, then send")
	}
	if err == nil {
		err = s.Cases.Distribute(v.ctx(), v.c, v.r.PathValue("id"), at, cvd.Send{
			List: typed.Get("list"), Members: typed["members"], Message: lineBreaks(typed.Get("message")),
			Override: strings.TrimSpace(lineBreaks(typed.Get("override"))),
		})
	}
	return s.deed(v, "distribute", "told", "/distribution", err, s.showDistribution)
}

func (s *server) notePosted(v *visit) error {
	err := s.Cases.NotePosted(v.ctx(), v.c, v.r.PathValue("id"), strings.TrimSpace(v.field("url")))
	return s.deed(v, "posted", "saved", "/distribution", err, s.showDistribution)
}

// addPatchFile keeps the patches that a form brings, each as it comes in.
func (s *server) addPatchFile(v *visit) error {
	u, err := s.readUpload(v, func(url.Values) (attach, error) {
		return func(ctx context.Context, name, _ string, r io.Reader) (intake.Attachment, error) {
			diff, err := io.ReadAll(io.LimitReader(r, maxPatchBytes+1)) // one too many is the store's to refuse
			if err != nil {
				return intake.Attachment{}, err
			}
			_, err = s.Cases.AddPatchFile(ctx, v.c, v.r.PathValue("id"), name, diff)
			return intake.Attachment{}, err
		}, nil
	})
	if err == nil && u.Files == 0 {
		err = errs.Invalidf("attachments", "No patch is chosen.").WithHint("choose a file made by git format-patch")
	}
	if err == nil {
		return s.done(v, "patch", "/team/cases/"+v.r.PathValue("id")+"/distribution")
	}
	return s.refused(v, "patches", u.Values, err, s.showDistribution)
}

func (s *server) removePatchFile(v *visit) error {
	err := s.Cases.RemovePatchFile(v.ctx(), v.c, v.r.PathValue("id"), v.field("patch"))
	return s.deed(v, "remove", "removed", "/distribution", err, s.showDistribution)
}

// patchCopy gives a patch: to a distributor a copy of their own.
func (s *server) patchCopy(v *visit) error {
	f, diff, err := s.Cases.PatchCopy(v.ctx(), v.c, v.r.PathValue("id"), v.r.PathValue("file"))
	if err != nil {
		return err
	}
	return download(v, io.NopCloser(strings.NewReader(string(diff))), f.Name, int64(len(diff)))
}
