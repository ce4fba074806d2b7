package predisclosure

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"regexp"
	"sync"
	"testing"
	"time"

	"steward/internal/account"
	"steward/internal/base/acl"
	"steward/internal/base/audit"
	"steward/internal/base/db"
	"steward/internal/base/errs"
	"steward/internal/base/seal"
	"steward/internal/base/sign"
)

var day0 = time.Date(2026, 3, 2, 10, 0, 0, 0, time.UTC)

// armored is one public key for all tests: to make one takes longer than to use it.
var armored = sync.OnceValue(func() string {
	s, err := sign.Generate(rand.Reader, "Some distribution", "security@distro.example", day0.AddDate(-10, 0, 0))
	if err != nil {
		panic(err)
	}
	return string(s.PublicKey())
})

// kit is a store on a database of its own, with a clock that tests set and
// people who exist.
type kit struct {
	*Store
	t      testing.TB
	ctx    context.Context
	mu     sync.Mutex
	at     time.Time
	n      int
	people *account.Store

	lead, handler, second, third acl.Caller
}

func newKit(t testing.TB, d *db.DB) *kit {
	t.Helper()
	k := &kit{t: t, ctx: t.Context(), at: day0}
	clock := func() time.Time {
		k.mu.Lock()
		defer k.mu.Unlock()
		return k.at
	}
	keys, err := seal.OpenKeyring(seal.NewMaster(rand.Reader))
	k.must(err)
	k.Store = &Store{DB: d, Keys: keys, Audit: &audit.Log{Clock: clock}, Clock: clock, Rand: rand.Reader}
	k.people = &account.Store{DB: d, Audit: k.Audit, Clock: clock, Rand: rand.Reader}
	k.lead = k.user("Lena Lead", acl.Lead, "")
	k.handler = k.user("Hana Handler", acl.Handler, "")
	k.second = k.user("Sami Second", acl.Handler, "")
	k.third = k.user("Thea Third", acl.Handler, "")
	l := DefaultList()
	l.Open = true
	_, err = k.CreateList(k.ctx, k.lead, l)
	k.must(err)
	return k
}

const listID = "distributors"

func (k *kit) pass(d time.Duration) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.at = k.at.Add(d)
}

func (k *kit) user(name string, role acl.Role, email string) acl.Caller {
	k.t.Helper()
	u, err := k.people.AddUser(k.ctx, acl.Myself(), account.Profile{Name: name, Role: role, Email: email})
	k.must(err)
	return u.Caller()
}

// someone is a new user, of a role in the team or of none.
func (k *kit) someone(role acl.Role) acl.Caller {
	k.t.Helper()
	k.n++
	return k.user(fmt.Sprintf("Someone %d", k.n), role, "")
}

func (k *kit) must(err error) {
	k.t.Helper()
	if err != nil {
		k.t.Fatalf("%v (%+v)", err, err)
	}
}

func (k *kit) refused(what string, err error, kind errs.Kind) {
	k.t.Helper()
	if kind == "" && err != nil || kind != "" && !errs.Is(err, kind) {
		k.t.Errorf("%s: %v; want kind %q", what, err, kind)
	}
}

// application is one that is taken.
func application() Application {
	return Application{
		Token:        db.NewID(rand.Reader),
		Organisation: "Canary Linux", Product: "Canary Linux 9", Available: "https://canary.example/get",
		Why: "We ship it.", Users: "Many people.", Ships: "In two days.", SecurityPage: "https://canary.example/security",
		Contacts: []Applicant{
			{Name: "Ann Canary", Email: "ann@canary.example", Key: armored()},
			{Name: "Security team", Email: "security@canary.example", Key: armored()},
		},
		Zone: "Europe/Berlin", Agreement: 1, AcceptedBy: "Ann Canary",
	}
}

// apply sends an application and gives the id of what came of it.
func (k *kit) apply(edit ...func(*Application)) string {
	k.t.Helper()
	a := application()
	for _, f := range edit {
		f(&a)
	}
	ack, err := k.Apply(k.ctx, acl.Nobody(), listID, a)
	k.must(err)
	return ack.Reference
}

func (k *kit) read(id string) View {
	k.t.Helper()
	v, err := k.Member(k.ctx, k.lead, id)
	k.must(err)
	return v
}

// link makes a new user of a contact.
func (k *kit) link(id string, contact int) acl.Caller {
	k.t.Helper()
	c := k.someone("")
	k.must(k.LinkContact(k.ctx, k.lead, id, k.read(id).Contacts[contact].ID, c.ID))
	return c
}

// in brings a new organisation to a state, with a contact who can sign in.
func (k *kit) in(state State) (id string, contact acl.Caller) {
	k.t.Helper()
	id = k.apply()
	contact = k.link(id, 0)
	switch state {
	case Applied:
	case VettedOnce:
		k.must(k.Vet(k.ctx, k.handler, id, ""))
	case Declined:
		k.must(k.Decline(k.ctx, k.handler, id, "Not yet."))
	case Withdrawn:
		k.must(k.Withdraw(k.ctx, contact, id, ""))
	default:
		k.must(k.Vet(k.ctx, k.handler, id, ""))
		k.must(k.Vet(k.ctx, k.second, id, ""))
		switch state {
		case Suspended:
			k.must(k.Suspend(k.ctx, k.handler, id, "A leak."))
		case Removed:
			k.must(k.Remove(k.ctx, k.handler, id, "A leak."))
		}
	}
	if got := k.read(id).State; got != state {
		k.t.Fatalf("brought to %q instead of %q", got, state)
	}
	return id, contact
}

func (k *kit) now() time.Time { return k.Clock() }

func (k *kit) eligible() Eligible {
	k.t.Helper()
	e, err := k.Eligible(k.ctx, k.lead, listID, k.now())
	k.must(err)
	return e
}

// entries counts the audit record.
func (k *kit) entries() (n int) {
	k.t.Helper()
	k.must(k.DB.Read(k.ctx, func(q db.Queryer) error {
		return q.QueryRow(k.ctx, `SELECT COUNT(*) FROM audit`).Scan(&n)
	}))
	return n
}

// newest is the last entry of the record, its detail in clear.
func (k *kit) newest() audit.Entry {
	k.t.Helper()
	var list []audit.Entry
	k.must(k.DB.Read(k.ctx, func(q db.Queryer) (err error) {
		list, err = audit.Page(k.ctx, q, 0, 1)
		return err
	}))
	return list[0]
}

var base64Word = regexp.MustCompile(`[A-Za-z0-9+/]{8,}=*`)

// everything is all that is stored in the database.
func (k *kit) everything() string {
	k.t.Helper()
	var b bytes.Buffer
	k.must(k.DB.Dump(k.ctx, &b))
	for _, word := range base64Word.FindAll(bytes.Clone(b.Bytes()), -1) { // how a dump writes bytes
		if plain, err := base64.StdEncoding.DecodeString(string(word)); err == nil {
			b.Write(plain)
		}
	}
	return b.String()
}
