package cvd

import (
	"crypto/rand"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"steward/internal/account"
	"steward/internal/base/acl"
	"steward/internal/base/db"
	"steward/internal/base/seal"
	"steward/internal/base/sign"
	"steward/internal/predisclosure"
)

// smallDiff is a patch that is taken.
const smallDiff = `From: Fixer <fixer@example.org>
Subject: check the length of a header

diff --git a/parse.c b/parse.c
index 1f0c2d3..9a8b7c6 100644
--- a/parse.c
+++ b/parse.c
@@ -10,5 +10,7 @@ int parse(const char *s)
 {
 	char buf[64];
 
+	if (strlen(s) >= sizeof buf)
+		return -1;
 	strcpy(buf, s);
 	return 0;
`

// distroKey is one public key for all members.
var distroKey = sync.OnceValue(func() string {
	s, err := sign.Generate(rand.Reader, "Some distribution", "security@distro.example", day0.AddDate(-10, 0, 0))
	if err != nil {
		panic(err)
	}
	return string(s.PublicKey())
})

// org is an organisation on a list, with a contact who can sign in.
type org struct {
	name    string
	member  string
	contact acl.Caller
}

const listID = "distributors"

// withLists gives a kit pre-disclosure lists, one of which is named distributors.
func (k *kit) withLists(ids ...string) {
	k.t.Helper()
	k.Lists = &predisclosure.Store{DB: k.DB, Keys: k.Keys, Audit: k.Audit, Clock: k.Clock, Rand: k.Rand}
	for _, id := range append([]string{listID}, ids...) {
		l := predisclosure.DefaultList()
		l.ID, l.Name, l.Open = id, id, true
		_, err := k.Lists.CreateList(k.ctx, lead, l)
		k.must(err)
	}
}

// joins brings an organisation onto a list.
func (k *kit) joins(list, name string) org {
	k.t.Helper()
	ack, err := k.Lists.Apply(k.ctx, acl.Nobody(), list, predisclosure.Application{
		Token: newToken(), Organisation: name, Product: name + " 9", Available: "https://distro.example/get",
		Why: "We ship it.", Users: "Many.", Ships: "In two days.", SecurityPage: "https://distro.example/security",
		Contacts: []predisclosure.Applicant{
			{Name: "Person of " + name, Email: "person-" + newToken()[:6] + "@distro.example", Key: distroKey()},
			{Name: "Team of " + name, Email: "team-" + newToken()[:6] + "@distro.example", Key: distroKey()},
		},
		Zone: "Europe/Berlin", Agreement: 1, AcceptedBy: "Person of " + name,
	})
	k.must(err)
	people := &account.Store{DB: k.DB, Audit: k.Audit, Clock: k.Clock, Rand: k.Rand}
	u, err := people.AddUser(k.ctx, acl.Myself(), account.Profile{Name: "Person of " + name + " " + newToken()[:6]})
	k.must(err)
	v, err := k.Lists.Member(k.ctx, lead, ack.Reference)
	k.must(err)
	k.must(k.Lists.LinkContact(k.ctx, lead, ack.Reference, v.Contacts[0].ID, u.ID))
	k.must(k.Lists.Vet(k.ctx, handler, ack.Reference, ""))
	k.must(k.Lists.Vet(k.ctx, second, ack.Reference, ""))
	return org{name: name, member: ack.Reference, contact: u.Caller()}
}

// embargoed brings a written draft under an embargo for so long.
func (k *kit) embargoed(a arrival, d time.Duration) time.Time {
	k.t.Helper()
	until := k.now().Add(d).Truncate(time.Second)
	k.must(k.Embargo(k.ctx, handler, a.caseID, EmbargoPropose, Terms{Until: until, Zone: "Europe/Stockholm", Reason: "next release"}))
	k.must(k.Embargo(k.ctx, lead, a.caseID, EmbargoAccept, Terms{}))
	return until
}

// tell sends a notice to some members.
func (k *kit) tell(a arrival, list string, override string, orgs ...org) error {
	send := Send{List: list, Override: override, Message: "Please test."}
	for _, o := range orgs {
		send.Members = append(send.Members, o.member)
	}
	return k.Distribute(k.ctx, handler, a.caseID, k.version(a.caseID), send)
}

// patch gives the id of a patch of a case.
func (k *kit) patch(caseID string) string {
	k.t.Helper()
	if all := k.view(lead, caseID).Patches; len(all) > 0 {
		return all[0].ID
	}
	p, err := k.AddPatchFile(k.ctx, lead, caseID, "fix.patch", []byte(smallDiff))
	k.must(err)
	return p.ID
}

// longProse is long enough for marks to tell copies apart.
func (k *kit) longProse() Text {
	k.t.Helper()
	raw, err := os.ReadFile("../base/watermark/testdata/advisory.txt")
	k.must(err)
	paragraphs := strings.Split(string(raw), "\n\n")[1:]
	t := prose()
	t.Overview = strings.Join(paragraphs[:4], "\n\n")
	t.Impact = strings.Join(paragraphs[4:], "\n\n")
	return t
}

// prepared is a written case with a long draft under an embargo, with patches
// settled as far as the rules of lists ask.
func (k *kit) prepared(d time.Duration) (arrival, time.Time) {
	k.t.Helper()
	a := k.report()
	k.written(a)
	k.must(k.EditDraft(k.ctx, handler, a.caseID, k.version(a.caseID), k.longProse()))
	for _, e := range []PatchEvent{PatchStart, PatchSubmit} {
		k.must(k.MovePatch(k.ctx, handler, a.caseID, e, ""))
	}
	k.must(k.MovePatch(k.ctx, second, a.caseID, PatchApprove, ""))
	return a, k.embargoed(a, d)
}

// wholeCase reads a case as it is kept.
func (k *kit) wholeCase(id string) (out *Case) {
	k.t.Helper()
	k.must(k.DB.Read(k.ctx, func(q db.Queryer) error {
		o, err := k.load(k.ctx, q, id)
		if err == nil {
			out = o.Case
		}
		return err
	}))
	return out
}

// newKitStore is a store of which nothing but its keys is used.
func newKitStore(t testing.TB) *Store {
	t.Helper()
	keys, err := seal.OpenKeyring(seal.NewMaster(rand.Reader))
	if err != nil {
		t.Fatal(err)
	}
	return &Store{Keys: keys}
}
