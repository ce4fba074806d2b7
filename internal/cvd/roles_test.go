package cvd

import (
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"steward/internal/base/acl"
	"steward/internal/base/db"
	"steward/internal/base/db/dbtest"
	"steward/internal/base/errs"
	"steward/internal/duty"
	"steward/internal/intake"
)

// world is a case in which every role has someone, and another without.
type world struct {
	*kit
	a, other arrival
	file     string // of the report
	people   map[string]acl.Caller
}

func newWorld(t *testing.T, d *db.DB) *world {
	k := newKit(t, d)
	w := &world{kit: k, people: map[string]acl.Caller{}}
	env, err := k.NewReport(k.ctx, acl.Nobody())
	k.must(err)
	attach(k, env, "poc.c", "int main(){}")
	r, err := k.Receive(k.ctx, acl.Nobody(), env, submission(), nil)
	k.must(err)
	w.a, w.other = k.arrived(r), k.report()
	w.file = k.view(lead, w.a.caseID).Reports[0].Files[0].ID
	for _, role := range acl.All {
		switch {
		case slices.Contains(acl.Invited, role):
			w.people[string(role)] = k.invited(w.a.caseID, role)
			w.people[string(role)+" of another case"] = k.invited(w.other.caseID, role)
		case role == acl.Reporter:
			w.people["reporter"] = w.a.caller
			w.people["reporter of another report"] = w.other.caller
			w.people["reporter of nothing"] = acl.HolderOf("")
		default:
			w.people[string(role)] = acl.Caller{ID: "u-" + string(role), Name: "Some " + string(role), Role: role}
		}
	}
	w.people["stranger"] = stranger
	w.people["a forged role in a case"] = acl.Caller{ID: "u-forged", Name: "Forged", Role: acl.Fixer}
	return w
}

// rolesOf gives the roles that someone has in case a.
func (w *world) rolesOf(name string) []acl.Role {
	c := w.people[name]
	if slices.Contains(acl.Invited, acl.Role(name)) {
		return []acl.Role{acl.Role(name)}
	}
	return ownRoles(c)
}

// ask is a method of Store asked of case a.
type ask struct {
	action acl.Action
	see    acl.Action // what tells a denial from nothing there; CaseRead if empty
	reads  bool       // no deed: the record of a member of the team stays as it is
	mail   bool       // of the caller's own mailbox, which every reporter has
	own    bool       // of something in the mailbox of case a
	call   func(w *world, c acl.Caller) error
}

// asks has a row for every exported method of Store. Those with their own
// tests for the caller have no call.
var asks = map[string]ask{
	"Acknowledge": {action: acl.CaseAcknowledge, call: func(w *world, c acl.Caller) error {
		return w.Acknowledge(w.ctx, c, w.a.caseID, Letter{Body: "Hello."})
	}},
	"Announce": {action: acl.PrenoticeWrite, call: func(w *world, c acl.Caller) error {
		_, err := w.Announce(w.ctx, c, w.a.caseID, Announcement{})
		return err
	}},
	"ApproveDraft": {action: acl.DraftApprove, call: func(w *world, c acl.Caller) error {
		return w.ApproveDraft(w.ctx, c, w.a.caseID, w.version(w.a.caseID), true, "")
	}},
	"AskProof": {action: acl.ProofAsk, call: func(w *world, c acl.Caller) error {
		_, err := w.AskProof(w.ctx, c, w.a.caseID, Ask{})
		return err
	}},
	"RunProof": {action: acl.ProofRun, call: func(w *world, c acl.Caller) error {
		id, err := w.AskProof(w.ctx, second, w.a.caseID, Ask{})
		w.must(err)
		return w.RunProof(w.ctx, c, w.a.caseID, id, false)
	}},
	"TakeWeakness": {action: acl.CaseEdit, call: func(w *world, c acl.Caller) error {
		return w.TakeWeakness(w.ctx, c, w.a.caseID, w.told(w.a.caseID, ""))
	}},
	"Attachment": {action: acl.ReportRead, see: acl.ReportRead, reads: true, call: func(w *world, c acl.Caller) error {
		r, _, err := w.Attachment(w.ctx, c, w.a.caseID, w.file)
		if err == nil {
			return r.Close()
		}
		return err
	}},
	"SetMatter": {action: acl.LawEdit, call: func(w *world, c acl.Caller) error {
		return w.SetMatter(w.ctx, c, w.a.caseID, w.version(w.a.caseID), exploited(day0))
	}},
	"FileNotice": {action: acl.LawEdit, call: func(w *world, c acl.Caller) error {
		if w.noMatter(w.a.caseID) {
			w.must(w.SetMatter(w.ctx, lead, w.a.caseID, w.version(w.a.caseID), exploited(day0)))
		}
		return w.FileNotice(w.ctx, c, w.a.caseID, duty.Exploited, duty.Filing{Kind: duty.EarlyWarning, At: day0})
	}},
	"Dossier": {action: acl.LawRead, reads: true, call: func(w *world, c acl.Caller) error {
		if w.noMatter(w.a.caseID) {
			w.must(w.SetMatter(w.ctx, lead, w.a.caseID, w.version(w.a.caseID), exploited(day0)))
		}
		_, err := w.Dossier(w.ctx, c, w.a.caseID, duty.Exploited, duty.EarlyWarning)
		return err
	}},
	"Matters": {action: acl.LawRead, reads: true, call: func(w *world, c acl.Caller) error {
		_, err := w.Matters(w.ctx, c, w.a.caseID)
		return err
	}},
	"BeginCheck": {action: acl.ChannelTry, see: acl.ChannelTry, reads: true, call: func(w *world, c acl.Caller) error {
		_, err := w.BeginCheck(w.ctx, c, intake.Web)
		return err
	}},
	"EndCheck": {action: acl.ChannelTry, see: acl.ChannelTry, reads: true, call: func(w *world, c acl.Caller) error {
		k, err := w.BeginCheck(w.ctx, acl.Myself(), intake.Web)
		w.must(err)
		_, err = w.EndCheck(w.ctx, c, k.ID, true, "")
		return err
	}},
	"Channels": {}, // TestChannelCheck: anyone may know
	"Wake": {action: acl.Wake, see: acl.Wake, reads: true, call: func(w *world, c acl.Caller) error {
		_, err := w.Wake(w.ctx, c)
		return err
	}},
	"AddPatchFile": {action: acl.PatchEdit, call: func(w *world, c acl.Caller) error {
		if len(w.view(lead, w.a.caseID).Patches) >= maxPatches/2 {
			w.must(w.RemovePatchFile(w.ctx, lead, w.a.caseID, w.patch(w.a.caseID)))
		}
		_, err := w.AddPatchFile(w.ctx, c, w.a.caseID, "fix.patch", []byte(smallDiff))
		return err
	}},
	"RemovePatchFile": {action: acl.PatchEdit, call: func(w *world, c acl.Caller) error {
		return w.RemovePatchFile(w.ctx, c, w.a.caseID, w.patch(w.a.caseID))
	}},
	"PatchCopy": {action: acl.PatchTest, reads: true, call: func(w *world, c acl.Caller) error {
		_, _, err := w.PatchCopy(w.ctx, c, w.a.caseID, w.patch(w.a.caseID))
		return err
	}},
	"CheckDistribution": {action: acl.Distribute, reads: true, call: func(w *world, c acl.Caller) error {
		_, err := w.CheckDistribution(w.ctx, c, w.a.caseID, "linux-distros", nil)
		return err
	}},
	"Distribute": {action: acl.Distribute, call: func(w *world, c acl.Caller) error {
		return w.Distribute(w.ctx, c, w.a.caseID, w.version(w.a.caseID), Send{List: "linux-distros", Override: "why"})
	}},
	"Portal": {action: acl.DraftRead, reads: true, call: func(w *world, c acl.Caller) error {
		_, err := w.Portal(w.ctx, c, w.a.caseID)
		return err
	}},
	"SetStatus": {action: acl.StatusWrite, call: func(w *world, c acl.Caller) error {
		return w.SetStatus(w.ctx, c, w.a.caseID, Fixed, "")
	}},
	"NotePosted": {action: acl.Distribute, call: func(w *world, c acl.Caller) error {
		return w.NotePosted(w.ctx, c, w.a.caseID, "https://example.org/post")
	}},
	"ListText": {action: acl.Distribute, reads: true, call: func(w *world, c acl.Caller) error {
		_, err := w.ListText(w.ctx, c, w.a.caseID, LinuxDistros)
		return err
	}},
	"Burn": {action: acl.Burn, call: func(w *world, c acl.Caller) error {
		_, err := w.Burn(w.ctx, c, w.a.caseID, "why", false)
		return err
	}},
	"KeepEmbargo": {action: acl.Burn, call: func(w *world, c acl.Caller) error {
		return w.KeepEmbargo(w.ctx, c, w.a.caseID, "why")
	}},
	"Trace": {action: acl.Burn, call: func(w *world, c acl.Caller) error {
		_, err := w.Trace(w.ctx, c, w.a.caseID, []byte("a leak"))
		return err
	}},
	"Claim":         {},                   // TestClaimOnce: the code is the permission
	"Deadlines":     {},                   // TestDeadlinesOfEachCaller
	"Correspondent": {}, "KeepAnswer": {}, // TestAnswersOfThoseWhoWereTold
	"Parcel": {action: acl.MailSend, see: acl.MailSend, reads: true, call: func(w *world, c acl.Caller) error {
		_, err := w.Parcel(w.ctx, c, Posting{On: OnAcknowledge, Case: w.a.caseID, Report: w.a.report})
		return err
	}},
	"ConfirmCredit": {action: acl.CreditConfirm, mail: true, call: func(w *world, c acl.Caller) error {
		return w.ConfirmCredit(w.ctx, c, CreditWish{Agree: true, Name: "Dana"})
	}},
	"Dispose": {action: acl.CaseDispose, call: func(w *world, c acl.Caller) error {
		return w.Dispose(w.ctx, c, w.a.caseID, Decision{Disposition: Valid})
	}},
	"Draft": {action: acl.DraftRead, reads: true, call: func(w *world, c acl.Caller) error {
		_, err := w.Draft(w.ctx, c, w.a.caseID)
		return err
	}},
	"Edit": {action: acl.CaseEdit, call: func(w *world, c acl.Caller) error {
		return w.Edit(w.ctx, c, w.a.caseID, w.version(w.a.caseID), facts())
	}},
	"EditDraft": {action: acl.DraftEdit, call: func(w *world, c acl.Caller) error {
		return w.EditDraft(w.ctx, c, w.a.caseID, w.version(w.a.caseID), prose())
	}},
	"EditPatch": {action: acl.PatchEdit, call: func(w *world, c acl.Caller) error {
		return w.EditPatch(w.ctx, c, w.a.caseID, w.version(w.a.caseID), PatchFields{})
	}},
	"Embargo": {action: acl.EmbargoPropose, call: func(w *world, c acl.Caller) error {
		return w.Embargo(w.ctx, c, w.a.caseID, EmbargoPropose, Terms{Until: day0.Add(99 * time.Hour), Zone: "UTC"})
	}},
	"Find": {action: acl.CaseRead, reads: true, call: func(w *world, c acl.Caller) error {
		_, err := w.Find(w.ctx, c, "2026-0001")
		return err
	}},
	"Invite": {action: acl.CaseInvite, call: func(w *world, c acl.Caller) error {
		return w.Invite(w.ctx, c, w.a.caseID, Person{ID: "u-new", Name: "New"}, acl.Coordinator)
	}},
	"Kept": {action: acl.Sweep, see: acl.Sweep, reads: true, call: func(w *world, c acl.Caller) error {
		_, err := w.Kept(w.ctx, c)
		return err
	}},
	"VerifyFiles": {action: acl.Sweep, see: acl.Sweep, reads: true, call: func(w *world, c acl.Caller) error {
		return w.VerifyFiles(w.ctx, c, func(string, error) {})
	}},
	"Mailbox": {action: acl.MailboxRead, mail: true, reads: true, call: func(w *world, c acl.Caller) error {
		_, err := w.Mailbox(w.ctx, c)
		return err
	}},
	"MailboxFile": {action: acl.MailboxRead, mail: true, own: true, reads: true, call: func(w *world, c acl.Caller) error {
		r, _, err := w.MailboxFile(w.ctx, c, w.file)
		if err == nil {
			return r.Close()
		}
		return err
	}},
	"MarkRead": {action: acl.MessageWrite, call: func(w *world, c acl.Caller) error {
		return w.MarkRead(w.ctx, c, w.a.caseID)
	}},
	"Merge": {action: acl.CaseMerge, call: func(w *world, c acl.Caller) error {
		return w.Merge(w.ctx, c, w.a.caseID, w.a.caseID, "")
	}},
	"Message": {action: acl.MessageWrite, call: func(w *world, c acl.Caller) error {
		_, err := w.Message(w.ctx, c, w.a.caseID, "", Letter{Body: "Hello."})
		return err
	}},
	"Mine": {}, // TestMineIsNobodyElses
	"Move": {action: acl.CaseDispose, call: func(w *world, c acl.Caller) error {
		return w.Move(w.ctx, c, w.a.caseID, EventReopen, "why")
	}},
	"MovePatch": {action: acl.PatchReview, call: func(w *world, c acl.Caller) error {
		return w.MovePatch(w.ctx, c, w.a.caseID, PatchApprove, "")
	}},
	"NewLetter": {action: acl.MessageWrite, reads: true, call: func(w *world, c acl.Caller) error {
		_, err := w.NewLetter(w.ctx, c, w.a.caseID, "")
		return err
	}},
	"NewReply": {action: acl.MailboxWrite, mail: true, reads: true, call: func(w *world, c acl.Caller) error {
		_, err := w.NewReply(w.ctx, c)
		return err
	}},
	"NewReport": {action: acl.ReportSubmit, see: acl.ReportSubmit, reads: true, call: func(w *world, c acl.Caller) error {
		_, err := w.NewReport(w.ctx, c)
		return err
	}},
	"Note": {action: acl.NoteWrite, call: func(w *world, c acl.Caller) error {
		_, err := w.Note(w.ctx, c, w.a.caseID, "A note.")
		return err
	}},
	"NoteOnce": {action: acl.NoteWrite, call: func(w *world, c acl.Caller) error {
		_, err := w.NoteOnce(w.ctx, c, w.a.caseID, "key", "A note.")
		return err
	}},
	"Original": {action: acl.MessageRead, reads: true, call: func(w *world, c acl.Caller) error { // all who may have also acl.ReportRead
		_, err := w.Original(w.ctx, c, w.a.caseID, "")
		return err
	}},
	"Promise": {action: acl.CaseEdit, call: func(w *world, c acl.Caller) error {
		return w.Promise(w.ctx, c, w.a.caseID, day0.Add(99*time.Hour), time.Time{})
	}},
	"Pulse": {action: acl.SystemRead, see: acl.SystemRead, reads: true, call: func(w *world, c acl.Caller) error {
		_, err := w.Pulse(w.ctx, c)
		return err
	}},
	"Queue": {action: acl.QueueRead, see: acl.QueueRead, reads: true, call: func(w *world, c acl.Caller) error {
		_, err := w.Queue(w.ctx, c, Filter{})
		return err
	}},
	"Receive": {action: acl.ReportSubmit, see: acl.ReportSubmit, call: func(w *world, c acl.Caller) error {
		_, err := w.Receive(w.ctx, c, nil, submission(), nil)
		return err
	}},
	"Release": {action: acl.Release, call: func(w *world, c acl.Caller) error {
		_, err := w.Release(w.ctx, c, w.a.caseID, w.version(w.a.caseID), Slot{Zone: "UTC"})
		return err
	}},
	"ReleaseDue": {action: acl.ReleaseDue, see: acl.ReleaseDue, reads: true, call: func(w *world, c acl.Caller) error {
		_, err := w.ReleaseDue(w.ctx, c)
		return err
	}},
	"Reply": {action: acl.MailboxWrite, mail: true, call: func(w *world, c acl.Caller) error {
		_, err := w.Reply(w.ctx, c, Reply{Body: "Hello."})
		return err
	}},
	"ReviewDraft": {action: acl.DraftReview, call: func(w *world, c acl.Caller) error {
		return w.ReviewDraft(w.ctx, c, w.a.caseID, w.version(w.a.caseID), false, "no")
	}},
	"Schedule": {action: acl.Schedule, call: func(w *world, c acl.Caller) error {
		return w.Schedule(w.ctx, c, w.a.caseID, w.version(w.a.caseID), Slot{At: day0.Add(99 * time.Hour), Zone: "UTC"})
	}},
	"ShareDraft": {action: acl.DraftShare, call: func(w *world, c acl.Caller) error {
		return w.ShareDraft(w.ctx, c, w.a.caseID, "")
	}},
	"Timeline": {action: acl.TimelineRead, reads: true, call: func(w *world, c acl.Caller) error {
		_, err := w.Timeline(w.ctx, c, w.a.caseID)
		return err
	}},
	"Uninvite": {action: acl.CaseInvite, call: func(w *world, c acl.Caller) error {
		p := w.invited(w.a.caseID, acl.Fixer)
		return w.Uninvite(w.ctx, c, w.a.caseID, p.ID, acl.Fixer)
	}},
	"Unlock": {}, // TestReceiveOpensACase: whoever knows the phrase
	"Unschedule": {action: acl.Unschedule, call: func(w *world, c acl.Caller) error {
		return w.Unschedule(w.ctx, c, w.a.caseID, "")
	}},
	"View": {action: acl.CaseRead, reads: true, call: func(w *world, c acl.Caller) error {
		_, err := w.View(w.ctx, c, w.a.caseID)
		return err
	}},
	"ViewParts": {action: acl.CaseRead, reads: true, call: func(w *world, c acl.Caller) error {
		_, err := w.ViewParts(w.ctx, c, w.a.caseID, Parts{})
		return err
	}},
	"Withdraw": {action: acl.Withdraw, call: func(w *world, c acl.Caller) error {
		_, err := w.Withdraw(w.ctx, c, w.a.caseID, "why")
		return err
	}},
}

// TestEveryRoleAndEveryMethod asks every method as everyone: who may is not
// refused for who they are, who sees the case is denied, for all others there
// is nothing; and what was done is in the record, what was refused is not.
func TestEveryRoleAndEveryMethod(t *testing.T) {
	t.Parallel()
	typ := reflect.TypeFor[*Store]()
	for i := range typ.NumMethod() {
		if _, ok := asks[typ.Method(i).Name]; !ok {
			t.Errorf("no row for Store.%s", typ.Method(i).Name)
		}
	}
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		for name, q := range asks {
			if _, ok := typ.MethodByName(name); !ok {
				t.Errorf("Store has no method %s", name)
			}
			if q.call == nil {
				continue
			}
			for who, c := range w.people {
				want := w.verdict(q, who)
				before := w.entriesOf(c)
				err := q.call(w, c)
				if got := errs.KindOf(err); err != nil && (got == errs.Denied || got == errs.NotFound || got == errs.Internal) {
					if got != want {
						t.Errorf("%s by %s: %v; want %q", name, who, err, want)
					}
				} else if want != "" {
					t.Errorf("%s by %s: %v; want %q", name, who, err, want)
				}
				after := w.entriesOf(c)
				switch {
				case err != nil && after != before:
					t.Errorf("%s by %s was refused and is in the record", name, who)
				case err == nil && !q.reads && after == before:
					t.Errorf("%s by %s was done and is not in the record", name, who)
				}
			}
		}
	})
}

// verdict is how a method must answer someone: "" if it may be done.
func (w *world) verdict(q ask, who string) errs.Kind {
	roles := w.rolesOf(who)
	see := q.see
	if see == "" {
		see = acl.CaseRead
	}
	switch {
	case q.mail:
		c := w.people[who]
		if c.Role == acl.Reporter && (c.Report == w.a.report || c.Report == w.other.report && !q.own) {
			return ""
		}
		return errs.NotFound
	case q.see == acl.ReportSubmit && len(roles) == 0:
		return "" // like anyone on the internet
	case acl.Allow(q.action, roles...):
		return ""
	case acl.Allow(see, roles...):
		return errs.Denied
	}
	return errs.NotFound
}

// entriesOf counts what the record holds of someone.
func (w *world) entriesOf(c acl.Caller) int {
	w.t.Helper()
	var n int
	w.must(w.DB.Read(w.ctx, func(q db.Queryer) error {
		return q.QueryRow(w.ctx, `SELECT COUNT(*) FROM audit WHERE actor = $1`, c.ID).Scan(&n)
	}))
	return n
}

// sections are the parts of a View by what acl.Table must allow for each: any
// of the actions.
var sections = []struct {
	name    string
	actions []acl.Action
	text    string // that the world holds in this section alone
	has     func(v *View) bool
}{
	{"report", []acl.Action{acl.ReportRead}, "birdreport", func(v *View) bool { return v.Reports != nil }},
	{"reporter", []acl.Action{acl.MessageRead}, "birdperson", nil},
	{"messages", []acl.Action{acl.MessageRead}, "birdmessage", func(v *View) bool { return v.Threads != nil }},
	{"notes", []acl.Action{acl.NoteRead}, "birdnote", func(v *View) bool { return v.Notes != nil }},
	{"people", []acl.Action{acl.QueueRead}, "birdguest", func(v *View) bool { return v.People != nil }},
	{"dates", []acl.Action{acl.QueueRead}, "", func(v *View) bool { return v.Deadlines != nil }},
	{"decisions", []acl.Action{acl.ReportRead}, "", func(v *View) bool { return v.Decisions != nil }},
	{"embargo", []acl.Action{acl.DraftRead}, "birdembargo", func(v *View) bool { return v.Embargo != nil }},
	{"patch", []acl.Action{acl.PatchEdit, acl.PatchReview, acl.PatchTest}, "birdpatch", func(v *View) bool { return v.Patch != nil }},
	{"draft", []acl.Action{acl.DraftRead}, "birddraft", func(v *View) bool { return v.Draft != nil }},
	{"draft's making", []acl.Action{acl.CaseEdit, acl.DraftEdit}, "birdhelper", nil},
	{"review", []acl.Action{acl.DraftReview}, "birdreview", nil},
}

// TestViewShowsWhatTheRoleMaySee puts a canary into every section of a case
// and looks for each in what each role is shown, by every way to see it.
func TestViewShowsWhatTheRoleMaySee(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.a = w.report(func(s *intake.Submission) {
			s.Summary, s.What, s.Versions, s.Product = "birdreport", "birdreport", "birdreport", "birdreport"
			s.Reporter = intake.Reporter{Name: "birdperson", Contact: "birdperson"}
			s.PublicPlan = "birdperson"
		})
		w.fill()
		for who, c := range w.people {
			if strings.HasSuffix(who, "of another case") {
				continue
			}
			roles := w.rolesOf(who)
			if slices.Contains(acl.Invited, acl.Role(who)) {
				c = w.invited(w.a.caseID, acl.Role(who))
			}
			v, err := w.View(w.ctx, c, w.a.caseID)
			if !acl.Allow(acl.CaseRead, roles...) {
				w.refused(err, errs.NotFound)
				continue
			}
			w.must(err)
			w.seen(t, who, roles, v, c)
		}
	})
}

func (w *world) seen(t *testing.T, who string, roles []acl.Role, v *View, c acl.Caller) {
	text := jsonOf(t, v)
	if draft, err := w.Draft(w.ctx, c, w.a.caseID); err == nil {
		text += jsonOf(t, draft)
	}
	if page, err := w.Queue(w.ctx, c, Filter{}); err == nil {
		text += jsonOf(t, page)
	}
	if mine, err := w.Mine(w.ctx, c, ""); err == nil {
		text += jsonOf(t, mine)
	}
	if original, err := w.Original(w.ctx, c, w.a.caseID, ""); err == nil {
		text += string(original)
	}
	for _, s := range sections {
		want := slices.ContainsFunc(s.actions, func(a acl.Action) bool { return acl.Allow(a, roles...) })
		if got := strings.Contains(text, s.text); s.text != "" && got != want {
			t.Errorf("%s sees %s (%s): %t, want %t", who, s.name, s.text, got, want)
		}
		if s.has != nil && s.has(v) != want {
			t.Errorf("%s has the section %s: %t, want %t", who, s.name, !want, want)
		}
	}
	for _, it := range v.Checklist {
		if !acl.Allow(acl.QueueRead, roles...) && !acl.Allow(it.Action, roles...) {
			t.Errorf("%s is shown the task %s", who, it.Code)
		}
	}
	if !acl.Allow(acl.QueueRead, roles...) && v.Next != nil && v.Next.What != DueEmbargo && v.Next.What != DueRelease {
		t.Errorf("%s is shown the date on which %s", who, v.Next.What)
	}
}

// fill puts a canary into every section of case a.
func (w *world) fill() {
	w.t.Helper()
	id := w.a.caseID
	_, err := w.Message(w.ctx, handler, id, "", Letter{Body: "birdmessage", NextStatus: day0.Add(9 * time.Hour)})
	w.must(err)
	_, err = w.Reply(w.ctx, w.a.caller, Reply{Body: "birdmessage"})
	w.must(err)
	_, err = w.Note(w.ctx, handler, id, "birdnote")
	w.must(err)
	w.must(w.Dispose(w.ctx, handler, id, Decision{Disposition: Valid, Reason: "birdmessage"}))
	w.must(w.Embargo(w.ctx, handler, id, EmbargoPropose, Terms{Until: day0.Add(99 * time.Hour), Zone: "UTC", Reason: "birdembargo"}))
	w.must(w.EditPatch(w.ctx, handler, id, w.version(id), PatchFields{Branches: []Branch{{Name: "birdpatch", URL: "birdpatch"}}}))
	f := facts()
	f.Title = "birddraft"
	w.must(w.Edit(w.ctx, handler, id, w.version(id), f))
	text := prose()
	text.Overview = "birddraft"
	text.Credits = []Helper{{}}
	text.Credits[0].Name = "birdhelper"
	w.must(w.EditDraft(w.ctx, handler, id, w.version(id), text))
	w.must(w.ReviewDraft(w.ctx, second, id, w.version(id), false, "birdreview"))
	w.must(w.ConfirmCredit(w.ctx, w.a.caller, CreditWish{Comment: "birdperson"}))
	w.must(w.Invite(w.ctx, lead, id, Person{ID: "u-guest", Name: "birdguest"}, acl.Coordinator))
}

func TestMineIsNobodyElses(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		for who, c := range w.people {
			mine, err := w.Mine(w.ctx, c, "")
			switch {
			case slices.Contains(acl.Invited, acl.Role(who)):
				if err != nil || len(mine.Cases) != 1 || mine.Cases[0].ID != w.a.caseID {
					t.Errorf("%s has the cases %v, %v", who, mine, err)
				}
			case strings.HasSuffix(who, "of another case"):
				if err != nil || len(mine.Cases) != 1 || mine.Cases[0].ID != w.other.caseID {
					t.Errorf("%s has the cases %v, %v", who, mine, err)
				}
			case len(mine.Cases) != 0:
				t.Errorf("%s has the cases %v", who, mine)
			}
		}
	})
}

func TestInvitationsEndAndAreRecorded(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k := newKit(t, d)
		a := k.report()
		fixer := k.invited(a.caseID, acl.Fixer)
		k.must(k.Invite(k.ctx, lead, a.caseID, Person{ID: fixer.ID, Name: fixer.Name}, acl.Reviewer))
		seen := func() int {
			n := 0
			entries, err := k.Timeline(k.ctx, lead, a.caseID)
			k.must(err)
			for _, e := range entries {
				if e.Actor == fixer.ID && e.Detail["seen"] == seenCase && e.Role == string(acl.Fixer) {
					n++
				}
			}
			return n
		}
		k.view(fixer, a.caseID)
		k.view(fixer, a.caseID)
		if seen() != 1 {
			t.Errorf("seen twice a day is recorded %d times", seen())
		}
		k.pass(24 * time.Hour)
		if v := k.view(fixer, a.caseID); len(v.Roles) != 2 {
			t.Errorf("roles: %v", v.Roles)
		}
		if seen() != 2 {
			t.Errorf("seen on two days is recorded %d times", seen())
		}
		k.must(k.Uninvite(k.ctx, lead, a.caseID, fixer.ID, acl.Fixer))
		if v := k.view(fixer, a.caseID); !slices.Equal(v.Roles, []acl.Role{acl.Reviewer}) {
			t.Errorf("roles after one was taken back: %v", v.Roles)
		}
		k.must(k.Uninvite(k.ctx, lead, a.caseID, fixer.ID, acl.Reviewer))
		_, err := k.View(k.ctx, fixer, a.caseID)
		k.refused(err, errs.NotFound)
		k.refused(k.Uninvite(k.ctx, lead, a.caseID, fixer.ID, acl.Reviewer), errs.NotFound)
		people := k.view(lead, a.caseID).People
		if len(people) != 2 || people[0].Name != fixer.Name || people[0].Removed.IsZero() {
			t.Errorf("people: %+v", people)
		}
		k.must(k.Invite(k.ctx, lead, a.caseID, Person{ID: fixer.ID, Name: fixer.Name}, acl.Fixer))
		k.view(fixer, a.caseID)
		k.refused(k.Invite(k.ctx, lead, a.caseID, Person{ID: "u-x", Name: "X"}, acl.Lead), errs.Invalid)
		k.refused(k.Invite(k.ctx, lead, a.caseID, Person{Name: "X"}, acl.Fixer), errs.Invalid)
	})
}
