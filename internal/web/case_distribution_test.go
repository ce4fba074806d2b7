package web

import (
	"errors"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"steward/internal/base/acl"
	"steward/internal/base/jobs"
	"steward/internal/cvd"
)

const aPatch = "--- a/quill.c\n+++ b/quill.c\n@@ -1 +1 @@\n-copy(name);\n+check(name);\n"

var (
	patchLink = regexp.MustCompile(`href="(/team/cases/[a-z2-7]+/patches/[a-z2-7]+)"`)
	inMember  = regexp.MustCompile(`name="members" value="([a-z2-7]+)"`)
)

// underEmbargo is a case with a draft and an agreed hour, and a distributor
// whose contact can sign in.
func underEmbargo(h *house) (at string, lead, handler, ann *browser) {
	h.t.Helper()
	lead, handler = h.member("Lovisa", acl.Lead), h.member("Hal", acl.Handler)
	h.openList(lead)
	h.browser().get("/lists/distributors/apply").submit("/lists/distributors/apply", applicationForm()).expect(200)
	member := handler.get("/team/lists/distributors").find(memberLink)
	handler.get(member).submit(member+"/vet", nil).expect(200)
	lead.get(member).submit(member+"/vet", nil).expect(200)
	ann = h.enrolled(lead, member)
	at, _ = openCase(h, handler)
	handler.get(at+"/decide").submit(at+"/acknowledge", one("body", "Thank you.", "nextStatus", "2026-03-10")).expect(200)
	handler.get(at+"/decide").submit(at+"/dispose", one("disposition", "valid", "reason", "We see it too.")).expect(200)
	handler.get(at+"/facts").submit(at+"/facts", one("do", "save", "title", "libquill: heap overflow when reading a long header name", "severity.level", "critical",
		"affected.0.product", "libquill", "affected.0.introduced", "8.0.0", "affected.0.fixed", "8.3.7")).expect(200)
	handler.get(at+"/draft").submit(at+"/draft", one("do", "save", "overview", "The parser copies a name into a buffer of 256 bytes.", "impact", "Who sends a request can run code in the server.", "remedy", "Upgrade to 8.3.7.")).expect(200)
	return at, lead, handler, ann
}

// TestDistribution tells a distributor of a case under embargo, and leads it
// to the hour in which it leaks, by the forms of the pages alone.
func TestDistribution(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	at, lead, handler, ann := underEmbargo(h)
	auditor := h.member("Aud", acl.Auditor)

	handler.get(at+"/distribution").expect(200, "Nobody outside was told by a notice.", "No embargo is agreed on")
	auditor.get(at+"/distribution").expect(200, "Nobody outside was told").lacks("Tell a list")
	ann.get(at + "/portal").expect(404)
	handler.get(at+"/embargo").submit(at+"/embargo", one("event", "propose", "until", "2026-03-12", "until.time", "15:00", "until.zone", "Europe/Stockholm", "reason", "A Thursday.")).expect(200)
	handler.submit(at+"/embargo", one("event", "accept")).expect(200)

	handler.get(at+"/distribution").submit(at+"/distribution", one("do", "check", "list", "linux-distros")).expect(200, "This list is kept elsewhere.", "The rules of linux-distros")
	handler.submit(at+"/distribution", one("do", "send", "list", "distributors")).expect(409, "You chose another list than the one that is shown.")
	handler.submit(at+"/distribution", one("do", "check", "list", "distributors")).expect(200, "Canary Linux", "Nothing stands in the way.", "For linux-distros", "[vs] libquill")
	handler.submit(at+"/distribution", url.Values{"do": {"send"}, "members": nil}).expect(422, "Nobody is chosen.")
	handler.get(at+"/distribution").submit(at+"/distribution/patches", nil, file{"fix.patch", "no patch at all"}).expect(422, "This is not a unified diff")
	handler.submit(at+"/distribution/patches", nil).expect(422, "No patch is chosen.")
	handler.submit(at+"/distribution/patches", nil, file{"fix.patch", aPatch}).expect(200, "The patch is there", "fix.patch")
	original := handler.find(patchLink)
	if handler.get(original); string(handler.page) != aPatch {
		t.Errorf("the team got %q", handler.page)
	}
	member := handler.get(at + "/distribution").find(inMember)
	handler.submit(at+"/distribution", one("do", "send", "members", member, "message", "Do not deploy it before the hour.")).expect(200, "They are told.", "Canary Linux", "Silent")

	portal := ann.get(at+"/portal").expect(200, "TLP:AMBER", "12 March 2026, 14:00 UTC", "Europe/Berlin", "Do not deploy it before the hour.", "buffer of 256 bytes", "fix.patch", "By joining this list we agree", "How far are you?").words()
	if ann.get(original); !strings.HasSuffix(string(ann.page), aPatch) || string(ann.page) == aPatch {
		t.Errorf("the distributor got %q", ann.page)
	}
	leaked := string(ann.page)
	ann.get(at+"/portal").submit(at+"/portal/status", nil).expect(422, "This is no status.")
	ann.submit(at+"/portal/status", one("status", string(cvd.Affected), "statement", "Version 9 has it.")).expect(200, "The team sees it at once.")
	ann.submit(at+"/portal/propose", one("until", "2026-03-17", "until.time", "15:00", "until.zone", "Europe/Berlin", "reason", "")).expect(422)
	ann.submit(at+"/portal/propose", one("until", "2026-03-17", "reason", "Our builders are slow.")).expect(200, "Until it answers, the agreed hour holds.", "17 March 2026")
	ann.get(at + "/distribution").expect(403)
	ann.get(at + "/burn").expect(403)
	handler.get(at+"/distribution").expect(200, "Affected", "Version 9 has it.", "3 March 2026", "Proposes another hour").lacks("Not yet")

	h.leak(at, lead, handler, leaked)
	ann.get(at+"/portal").expect(200, "The embargo has ended").lacks("way-inside")
	for _, words := range []string{"Canary", "builders", "Version 9", "overflow"} {
		if strings.Contains(h.log.String(), words) {
			t.Errorf("the log holds %q", words)
		}
	}
	if !strings.Contains(portal, "Your copy") {
		t.Error("the portal has no copy")
	}
}

// leak traces what leaked and burns the embargo, in two persons' hands.
func (h *house) leak(at string, lead, handler *browser, leaked string) {
	h.t.Helper()
	handler.get(at+"/burn").expect(200, "Burn the embargo", "The advisory is not ready", "Canary Linux, all contacts", "Own copy of the draft")
	handler.submit(at+"/burn/trace", one("leak", "")).expect(422, "There is no text.")
	handler.submit(at+"/burn/trace", one("leak", "Something else entirely.")).expect(200, "No copy fits.")
	handler.submit(at+"/burn/trace", one("leak", leaked)).expect(200, "this is their copy", "A trace proves whose copy it was")
	handler.get(at+"/burn").submit(at+"/burn", one("do", "propose", "reason", "It is on a forum.")).expect(422, "Say that you mean it.")
	handler.submit(at+"/burn", one("do", "propose", "sure", "yes")).expect(200, "A second person has to confirm")
	handler.submit(at+"/burn", one("do", "confirm", "sure", "yes")).expect(409, "someone else confirms it")
	lead.get(at+"/burn").expect(200, "Hal wants to burn the embargo", "It is on a forum.").submit(at+"/burn/keep", nil).expect(422, "Say why")
	lead.submit(at+"/burn/keep", one("reason", "It was another matter.")).expect(200, "Saved.", "Burn the embargo")
	lead.submit(at+"/burn", one("do", "alone", "sure", "yes", "reason", "Because.")).expect(422, "at least 20 characters")
	handler.get(at+"/burn").submit(at+"/burn", one("do", "propose", "sure", "yes", "reason", "It is on a forum, with a link.")).expect(200)
	lead.get(at+"/burn").submit(at+"/burn", one("do", "confirm", "sure", "yes")).expect(200, "The embargo has ended.", "Hal and Lovisa")
	lead.get(at+"/burn").expect(200, "Whose copy was it?").lacks("What becomes public").lacks("Who is told")
}

// TestWhatABurnPublishes holds the page's words against the states of a draft.
func TestWhatABurnPublishes(t *testing.T) {
	t.Parallel()
	for state, want := range map[cvd.DraftState]string{
		cvd.DraftWriting: "not ready", cvd.DraftReviewed: "not ready",
		cvd.DraftApproved: "becomes public at once", cvd.DraftScheduled: "becomes public at once",
	} {
		v := &cvd.View{Draft: &cvd.DraftView{State: state}}
		if lines := willBePublic(v); nothingToEnd(v) || !strings.Contains(lines[0].Text, want) {
			t.Errorf("%s: %+v", state, lines)
		}
	}
	for _, state := range []cvd.DraftState{cvd.DraftReleased, cvd.DraftWithdrawn} {
		if !nothingToEnd(&cvd.View{Draft: &cvd.DraftView{State: state}}) {
			t.Errorf("%s: an embargo is left to end", state)
		}
	}
}

// answers keeps what the first contact of who was told wrote by mail.
func (h *house) answers(caseID string) {
	h.t.Helper()
	all, err := h.mail.Told(h.t.Context(), acl.Caller{ID: "any", Role: acl.Handler}, caseID)
	if err == nil {
		err = h.cases.KeepAnswer(h.t.Context(), acl.Myself(), cvd.Correspondence{Case: caseID, Recipient: all[0].ID, Contact: all[0].Letters[0].Contact},
			cvd.Answer{Body: "We build tonight.", Key: "one", Via: &cvd.Via{From: "ann@canary.example", Encrypted: true, Signed: "0123"}, Mail: strings.Repeat("a", 26)})
	}
	if err != nil {
		h.t.Fatal(err)
	}
}

// TestFateOfANotice: an organisation that has not got its notice stands out,
// with the way out; once a letter is out it does not; and a suspended one is
// shown as what it is and asked for nothing.
func TestFateOfANotice(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	at, lead, handler, ann := underEmbargo(h)
	auditor := h.member("Aud", acl.Auditor)
	handler.get(at+"/embargo").submit(at+"/embargo", one("event", "propose", "until", "2026-03-12", "until.time", "14:00", "until.zone", "UTC", "reason", "next release")).expect(200)
	lead.get(at+"/embargo").submit(at+"/embargo", one("event", "accept")).expect(200)
	member := handler.get(at + "/distribution").find(inMember)
	handler.submit(at+"/distribution", one("do", "send", "members", member, "message", "Please test.")).expect(200, "On its way").lacks("has not got the notice")

	h.refuse = jobs.Temporary("temporary at RCPT TO: 451 4.7.1", errors.New("later"))
	h.work()
	handler.get(at+"/distribution").expect(200, "Delayed", "451 4.7.1").lacks("Try again")
	h.refuse = jobs.Permanent("permanent at RCPT TO: 550 5.1.1", errors.New("no such user"))
	h.pass(time.Hour)
	h.work()
	handler.get(at+"/distribution").expect(200, "Canary Linux has not got the notice.", "tell it by other means", "Not delivered", "550 5.1.1", "Try again", "How it is reached")
	auditor.get(at+"/distribution").expect(200, "Canary Linux has not got the notice.").lacks("Try again")
	handler.get(at+"/people").expect(200, "a notice", "Canary Linux")
	handler.get(at + "/messages").expect(200)
	ann.get(at + "/distribution").expect(403)

	h.refuse = nil
	again := handler.get(at + "/distribution").find(regexp.MustCompile(`name="delivery" value="([a-z2-7]+)"`))
	handler.get(at+"/distribution").submit(at+"/distribution/retry", one("delivery", again)).expect(200, "The letter is tried again.")
	h.work()
	handler.get(at+"/distribution").expect(200, "Sent").lacks("has not got the notice", "Try again")

	h.answers(strings.TrimPrefix(at, "/team/cases/"))
	handler.get(at+"/distribution").expect(200, "Answered", "Wrote by mail").lacks("Silent")
	handler.get(at+"/notes").expect(200, "Canary Linux, Ann Canary", "We build tonight.", "By mail from ann@canary.example", "Neither the reporter nor the others", "The mail as it came")
	auditor.get(at+"/distribution").expect(200, "Wrote by mail").lacks("the notes")
	ann.get(at + "/portal").expect(200).lacks("We build tonight.")

	lists := handler.get("/team/lists/distributors").find(memberLink)
	handler.get(lists).submit(lists+"/suspend", one("reason", "It spoke.")).expect(200)
	handler.get(at+"/distribution").expect(200, "Suspended", "It no longer sees this case", "access ended").lacks("has not got the notice", "signs in")
	handler.get(at+"/people").expect(200, "Sees nothing")
	handler.get(at+"/burn").expect(200, "Canary Linux, all contacts: it is told nothing else any more")
	ann.get(at + "/portal").expect(404)
	handler.get(lists).submit(lists+"/restore", one("reason", "It was another.")).expect(200)
	handler.get(at + "/distribution").lacks("Suspended")
	ann.get(at+"/portal").expect(200, "Canary Linux")
}
