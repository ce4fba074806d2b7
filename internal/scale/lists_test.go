package scale

import (
	"crypto/rand"
	"fmt"
	"sync"
	"time"

	"steward/internal/base/acl"
	"steward/internal/base/sign"
	"steward/internal/predisclosure"
)

// busyMembers is how many organisations the list has.
const busyMembers = 40

// anyKey is the key of all their contacts: to make one takes longer than to use it.
var anyKey = sync.OnceValues(func() (string, error) {
	s, err := sign.Generate(rand.Reader, "Some distribution", "security@distro.example", time.Now().AddDate(-1, 0, 0))
	if err != nil {
		return "", err
	}
	return string(s.PublicKey()), nil
})

// members makes a list with organisations on it and a contact who can sign
// in.
func (w *world) members() {
	w.tb.Helper()
	ctx, lead, handler := w.tb.Context(), w.team[acl.Lead], w.team[acl.Handler]
	must := func(err error) {
		w.tb.Helper()
		if err != nil {
			w.tb.Fatal(err)
		}
	}
	key, err := anyKey()
	must(err)
	l := predisclosure.DefaultList()
	l.Open = true
	_, err = w.Lists.CreateList(ctx, lead, l)
	must(err)
	for i := range busyMembers {
		ack, err := w.Lists.Apply(ctx, acl.Nobody(), l.ID, predisclosure.Application{
			Token: fmt.Sprintf("token-of-member-%04d", i), Organisation: numbered("Distribution", i), Product: "Linux", Available: "https://distro.example",
			Why: paragraph, Users: paragraph, Ships: paragraph, SecurityPage: "https://distro.example/security", Zone: "Europe/Berlin", Agreement: 1, AcceptedBy: "Ann",
			Contacts: []predisclosure.Applicant{{Name: "Ann", Email: "ann@distro.example", Key: key}},
		})
		must(err)
		w.find.member = ack.Reference
		must(w.Lists.Vet(ctx, lead, ack.Reference, ""))
		must(w.Lists.Vet(ctx, handler, ack.Reference, ""))
	}
	m, err := w.Lists.Member(ctx, lead, w.find.member)
	must(err)
	w.find.contact = w.person("The contact", "")
	must(w.Lists.LinkContact(ctx, lead, m.ID, m.Contacts[0].ID, w.find.contact.ID))
}
