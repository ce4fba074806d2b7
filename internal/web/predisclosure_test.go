package web

import (
	"crypto/rand"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"steward/internal/account"
	"steward/internal/base/acl"
	"steward/internal/base/sign"
	"steward/internal/predisclosure"
)

// distroKey is one public key for all tests: to make one takes longer than to
// use it.
var distroKey = sync.OnceValue(func() string {
	s, err := sign.Generate(rand.Reader, "Canary Linux", "security@canary.example", time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC))
	if err != nil {
		panic(err)
	}
	return string(s.PublicKey())
})

// wish is what a good applicant types.
func applicationForm() url.Values {
	return one("organisation", "Canary Linux", "product", "Canary Linux 9", "available", "https://canary.example/get", "why", "We ship libquill.\nFor years.",
		"users", "Many people.", "ships", "Within two days.", "security_page", "https://canary.example/security",
		"contacts.0.name", "Ann Canary", "contacts.0.email", "ann@canary.example", "contacts.0.key", distroKey(),
		"zone", "Europe/Berlin", "agreement", "1", "accepted_by", "Ann Canary", "do", "send")
}

var (
	inPhrase   = regexp.MustCompile(`<p class="phrase">([^<]+)</p>`)
	memberLink = regexp.MustCompile(`href="(/team/lists/[a-z]+/members/[a-z2-7]{26})"`)
	inContact  = regexp.MustCompile(`name="contact" value="([a-z2-7]+)"`)
)

func (b *browser) find(what *regexp.Regexp) string {
	b.h.t.Helper()
	m := what.FindSubmatch(b.page)
	if m == nil {
		b.h.t.Fatalf("%s has no %s; it says: %s", b.at, what, b.words())
	}
	return string(m[1])
}

// openList makes the list that the product suggests, and opens it.
func (h *house) openList(lead *browser) {
	h.t.Helper()
	lead.get("/team/lists").expect(200, "There is no list yet.")
	lead.get("/team/lists/new").submit("/team/lists", one("open", "yes")).expect(200, "The list is kept.", "Nobody has applied yet.", "/lists/distributors/apply")
}

// TestMembership leads an organisation from its application to the end of its
// membership, by the forms of the pages alone.
func TestMembership(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	lead, handler, auditor := h.member("Lovisa", acl.Lead), h.member("Hal", acl.Handler), h.member("Aud", acl.Auditor)
	anyone := h.browser()
	anyone.get("/lists").expect(200, "No list takes applications now.")
	anyone.get("/lists/distributors/apply").expect(404)
	h.openList(lead)

	anyone.get("/lists").expect(200, "Distributors", "Takes applications").get("/lists/distributors/apply").expect(200, "Who qualifies", "By joining this list we agree")
	const apply = "/lists/distributors/apply"
	anyone.submit(apply, one("do", "send")).expect(422, "The name of the organisation is missing.", "Say that you accept the agreement.", "Give a name, a mail address and an OpenPGP key")
	anyone.submit(apply, one("do", "more", "organisation", "Canary Linux", "contacts.0.name", "Ann")).expect(200, "Contact 2")
	typed := applicationForm()
	typed.Set("contacts.0.name", "")
	typed.Set("contacts.0.email", "")
	typed.Set("contacts.0.key", "")
	typed.Set("contacts.1.name", "Ann Canary")
	typed.Set("contacts.1.email", "not an address")
	typed.Set("contacts.1.key", "not a key")
	anyone.submit(apply, typed).expect(422, "This is not a mail address.", "This is not an OpenPGP public key")
	if !strings.Contains(string(anyone.page), `id="contacts.1.email-wrong"`) {
		t.Error("the problem does not stand by its contact")
	}
	typed.Set("contacts.1.email", "ann@canary.example")
	typed.Set("contacts.1.key", distroKey())
	form, other := *anyone, *anyone
	reference := anyone.submit(apply, typed).expect(200, "Thank you. Your application is with us.", "Two people look at it").find(inPhrase)
	if again := form.submit(apply, typed).expect(200).find(inPhrase); again != reference {
		t.Errorf("sent twice it is %s and %s", reference, again)
	}
	typed.Set("product", "Another")
	other.submit(apply, typed).expect(409, "An application was already sent with this form")

	handler.get("/team/lists").expect(200, "1 application waits")
	at := handler.get("/team/lists/distributors").expect(200, "Waits for a first look", "Canary Linux").find(memberLink)
	if !strings.HasSuffix(at, reference) {
		t.Errorf("the reference %s is not of %s", reference, at)
	}
	auditor.get(at).expect(200, "We ship libquill.", "ann@canary.example").lacks("It qualifies")
	handler.get(at).submit(at+"/decline", one("reason", "")).expect(422, "Say why")
	handler.submit(at+"/vet", one("reason", "Their page has the same key.")).expect(200, "Recorded.", "Waits for a second look", "You have looked at it")
	lead.get(at).expect(200, "Second look", "Their page has the same key.").submit(at+"/vet", nil).expect(200, "No contact who can sign in")

	ann := h.enrolled(lead, at)
	lead.get(at).expect(200, "In good standing", "Can sign in")
	h.keepMembership(ann, lead, at)

	lead.get(at).submit(at+"/suspend", one("reason", "")).expect(422, "Say why")
	lead.submit(at+"/suspend", one("reason", "We look into a leak.")).expect(200, "Suspended")
	ann.get("/team/membership").expect(200, "Suspended", "We look into a leak.").lacks("Lovisa")
	lead.submit(at+"/restore", one("reason", "It was not them.")).expect(200, "In good standing")
	h.pass(400 * 24 * time.Hour)
	lead = h.member("Lia", acl.Lead)
	lead.get("/team/lists/distributors").expect(200, "Attestation overdue since", "0 of 1 member")
	lead.get(at).submit(at+"/unlink", nil).expect(200, "The contact has no login any more.", "No login")
	lead.submit(at+"/remove", one("reason", "They are gone.")).expect(200, "Removed")
	lead.submit("/team/sign-out", nil)
	for _, words := range []string{"Canary", "ann@", "leak"} {
		if strings.Contains(h.log.String(), words) {
			t.Errorf("the log holds %q", words)
		}
	}
}

// enrolled makes a login for the first contact of a member and signs it in.
func (h *house) enrolled(lead *browser, at string) *browser {
	h.t.Helper()
	lead.get(at).submit(at+"/user", one("contact", lead.find(inContact))).expect(200, "The link, shown this once", "Signs in as Ann Canary")
	if !strings.Contains(lead.find(inPhrase), "/enrol#") {
		h.t.Error("no link to enrol is shown")
	}
	u := must(h.accounts.UserNamed(h.t.Context(), acl.Myself(), "Ann Canary"))(h.t)
	if u.Role != "" || u.Email != "ann@canary.example" {
		h.t.Errorf("the contact became %+v", u)
	}
	_, secret, err := h.accounts.CreateLink(h.t.Context(), acl.Myself(), u.ID, account.SignIn)
	if err != nil {
		h.t.Fatal(err)
	}
	ann := h.browser()
	ann.get("/enrol").submit("/enrol", one("code", secret)).expect(200)
	return ann
}

// keepMembership does all that a contact does for the membership, while the
// team gives itself another agreement.
func (h *house) keepMembership(ann, lead *browser, at string) {
	h.t.Helper()
	ann.get("/team/membership").expect(200, "Confirm that all is right", "In good standing").lacks("Their page has the same key.", "Hal")
	own := ann.at
	if own != "/team/membership/"+at[strings.LastIndexByte(at, '/')+1:] {
		h.t.Fatalf("led to %s", own)
	}
	ann.get(at).expect(404)
	ann.get("/team/lists").expect(404)
	ann.get(own).submit(own+"/attest", one("qualifies", "yes")).expect(422, "Confirm that the contacts are right.", "Confirm that the keys are right.")
	ann.submit(own+"/attest", one("qualifies", "yes", "contacts_right", "yes", "keys_right", "yes")).expect(200, "It is recorded")

	const edit = "/team/lists/distributors/edit"
	lead.get(edit).submit(edit, one("agreement", "We keep it to ourselves.")).expect(422, "members must know by when")
	lead.submit(edit, one("agreement", "We keep it to ourselves.", "accept_by", "2026-04-30")).expect(200, "The list is kept.")
	lead.get(at).expect(200, "Agreement to be accepted in")
	ann.get(own).expect(200, "The agreement has changed", "We keep it to ourselves.").submit(own+"/accept", nil).expect(422, "Say that you accept")
	ann.submit(own+"/accept", one("agreement", "2")).expect(200, "The agreement is accepted.").lacks("The agreement has changed")

	ann.submit(own+"/contacts", one("do", "more")).expect(200, "Contact 2")
	ann.submit(own+"/contacts", one("do", "save", "contacts.1.name", "The team", "contacts.1.email", "team", "contacts.1.key", distroKey())).expect(422, "This is not a mail address.")
	ann.submit(own+"/contacts", one("do", "save", "contacts.1.email", "team@canary.example", "zone", "Europe/Paris")).expect(200, "The contacts are kept.", "team@canary.example", "Europe/Paris")
	ann.submit(own+"/contacts", one("do", "save", "contacts.1.name", "", "contacts.1.email", "", "contacts.1.key", "")).expect(200, "The contacts are kept.").lacks("team@canary.example")
	ann.submit(own+"/withdraw", nil).expect(422, "Say that you mean it")
}

// TestLeavingAList: a contact ends the membership; who is none has no such page.
func TestLeavingAList(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	lead, handler, other := h.member("Lea", acl.Lead), h.member("Hal", acl.Handler), h.member("Ivo", "")
	h.openList(lead)
	h.browser().get("/lists/distributors/apply").submit("/lists/distributors/apply", applicationForm()).expect(200)
	at := handler.get("/team/lists/distributors").find(memberLink)
	ann := h.enrolled(lead, at)
	own := ann.get("/team/membership").at
	other.get("/team/membership").expect(200, "You are not a contact of any member.")
	other.get(own).expect(404)
	lead.get(own).expect(404)
	ann.get(own).submit(own+"/withdraw", one("sure", "yes", "reason", "We stop.")).expect(200, "You have left the list.", "Withdrawn")
	lead.get(at).expect(200, "Withdrawn", "We stop.").lacks("It qualifies")
	if v := must(h.lists.Member(t.Context(), acl.Caller{ID: "x", Role: acl.Auditor}, at[strings.LastIndexByte(at, '/')+1:]))(t); v.State != predisclosure.Withdrawn {
		t.Errorf("the member is %s", v.State)
	}
}

// TestOddLists: what no page offers is refused.
func TestOddLists(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	lead, auditor := h.member("Lea", acl.Lead), h.member("Aud", acl.Auditor)
	h.openList(lead)
	lead.get("/team/lists/new").submit("/team/lists", one("id", "new")).expect(422, "This name is taken by a page.")
	lead.submit("/team/lists", one("id", "Not this")).expect(422, "letters a to z")
	lead.submit("/team/lists", one("id", "distributors")).expect(422, "There is a list of this name already.")
	lead.get("/team/lists/nowhere").expect(404)
	lead.get("/team/lists/distributors/edit").submit("/team/lists/distributors/edit", one("attest_months", "many")).expect(422, "every 1 to 36 months")
	auditor.get("/team/lists/new").expect(403)
	auditor.get("/team/lists/distributors/edit").expect(403)
	h.browser().get("/lists/distributors/apply").submit("/lists/distributors/apply", applicationForm()).expect(200)
	at := lead.get("/team/lists/distributors").find(memberLink)
	lead.get(strings.Replace(at, "distributors", "others", 1)).expect(404)
	lead.get(at).submit(at+"/link", one("user", "Nobody Here")).expect(422, "There is no person of that name.")
	if !strings.Contains(string(lead.page), "<details open><summary class=\"small\">Link") {
		t.Error("the form that was refused is closed")
	}
	lead.submit(at+"/link", one("user", "Lea")).expect(409, "Nobody makes themselves a contact.")
	lead.submit(at+"/link", one("user", "Aud")).expect(200, "The contact can sign in as this user.", "Signs in as Aud")
	auditor.get(at).expect(200, "You are a contact of this member.")
}
