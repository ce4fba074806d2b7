package app_test

import (
	"steward/internal/api"
	"steward/internal/base/acl"
	"steward/internal/predisclosure"
)

// listID is the list that openList makes.
const listID = "distributors"

// openList makes a list that takes applications, and someone who applied.
func (w *world) openList(lead *person) {
	w.t.Helper()
	d := predisclosure.DefaultList()
	lead.api("/lists", api.List{ID: listID, Name: d.Name, Conditions: d.Conditions, Agreement: d.Agreement.Text, AttestMonths: d.AttestMonths, Open: true}, nil)
	ack, err := w.Lists.Apply(w.t.Context(), acl.Nobody(), listID, predisclosure.Application{
		Token: "a-token-of-one-wish", Organisation: "Canary Linux", Product: "Canary", Available: "https://canary.example", Why: "x", Users: "x", Ships: "x",
		SecurityPage: "https://canary.example/s", Zone: "UTC", Agreement: 1, AcceptedBy: "Ann",
		Contacts: []predisclosure.Applicant{{Name: "Ann", Email: "ann@canary.example", Key: string(w.Signer.PublicKey())}},
	})
	if err != nil {
		w.t.Fatal(err)
	}
	w.member = ack.Reference
}

// linkContact lets the first contact of who applied sign in as a user.
func (w *world) linkContact(as *person) {
	w.t.Helper()
	who := w.person("Who links", acl.Lead).Caller
	m, err := w.Lists.Member(w.t.Context(), who, w.member)
	if err == nil {
		err = w.Lists.LinkContact(w.t.Context(), who, m.ID, m.Contacts[0].ID, as.ID)
	}
	if err != nil {
		w.t.Fatal(err)
	}
}
