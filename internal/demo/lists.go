package demo

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"strings"

	"steward/internal/advisory"
	"steward/internal/api"
	"steward/internal/base/acl"
	"steward/internal/base/browse"
	"steward/internal/cvd"
	"steward/internal/predisclosure"
)

// distro is a distributor of the replay. They are made up.
type distro struct {
	*member
	organisation, product, zone, site string
	id                                string // of the membership
}

func (r *replay) newDistros(ctx context.Context) error {
	for _, d := range []distro{
		{organisation: "Heron Linux", product: "Heron", zone: "Europe/Berlin", site: "https://heron.example"},
		{organisation: "Osprey OS", product: "Osprey", zone: "America/New_York", site: "https://osprey.example"},
		{organisation: "Wren BSD", product: "Wren", zone: "Asia/Tokyo", site: "https://wren.example"},
	} {
		name := map[string]string{"Heron Linux": "Dilara", "Osprey OS": "Emre", "Wren BSD": "Fumi"}[d.organisation]
		var err error
		if d.member, err = r.join(ctx, name, strings.ToLower(name)+"@"+strings.TrimPrefix(d.site, "https://"), ""); err != nil {
			return err
		}
		r.distros = append(r.distros, &d)
	}
	return nil
}

// list opens a pre-disclosure list: three distributors apply, and two people
// vet each.
func (r *replay) list(ctx context.Context) error {
	l := predisclosure.DefaultList()
	l.Open = true
	l, err := r.app.Lists.CreateList(ctx, r.lead.Caller, l)
	if err != nil {
		return err
	}
	for _, d := range r.distros {
		applicants := []predisclosure.Applicant{{Name: d.person.name, Email: d.email, Key: string(d.key)}}
		second, err := r.person(ctx, d.person.name+"-colleague", "security@"+strings.TrimPrefix(d.site, "https://"))
		if err != nil {
			return err
		}
		applicants = append(applicants, predisclosure.Applicant{Name: "Security team", Email: second.email, Key: string(second.key)})
		ack, err := r.app.Lists.Apply(ctx, acl.Nobody(), l.ID, predisclosure.Application{
			Token: "replay-" + strings.ToLower(d.product) + "-application", Organisation: d.organisation, Product: d.product, Available: d.site,
			Why: "We ship curl to everyone who uses our system.", Users: "Some hundred thousand machines.", Ships: "Within a day of a release.",
			SecurityPage: d.site + "/security", Contacts: applicants, Zone: d.zone, Agreement: l.Agreement.Version, AcceptedBy: d.person.name,
		})
		if err != nil {
			return err
		}
		d.id = ack.Reference
		for _, who := range []*member{r.lead, r.handler} {
			if err := r.app.Lists.Vet(ctx, who.Caller, d.id, "Their site and their releases were looked at."); err != nil {
				return err
			}
		}
		v, err := r.app.Lists.Member(ctx, r.lead.Caller, d.id)
		if err != nil {
			return err
		}
		if err := r.app.Lists.LinkContact(ctx, r.lead.Caller, d.id, v.Contacts[0].ID, d.ID); err != nil {
			return err
		}
	}
	r.listID = l.ID
	r.step("Three distributors apply to the pre-disclosure list. Linnea and Hugo vet each of them.")
	return nil
}

// notify sends the notice and has each gpg open its own copy.
func (r *replay) notify(ctx context.Context) error {
	r.clock.set(distros)
	v, err := r.view(ctx)
	if err != nil {
		return err
	}
	send := cvd.Send{List: r.listID, Message: "Please tell us in the portal whether you are affected."}
	for _, d := range r.distros {
		send.Members = append(send.Members, d.id)
	}
	err = r.handler.post(ctx, r.on("distribution"), api.Send{Version: v.Version, Send: send}, nil)
	if err != nil { // what the list merely dislikes, a person may override
		send.Override = "the release is moved forward for this fix"
		err = r.handler.post(ctx, r.on("distribution"), api.Send{Version: v.Version, Send: send}, nil)
	}
	if err != nil {
		return err
	}
	copies := map[string]bool{}
	for _, d := range r.distros {
		text, err := r.getsAbout(ctx, d.person, "TLP:AMBER")
		if err != nil {
			return err
		}
		if err := expect(strings.Contains(text, d.organisation), "the copy of %s does not say whose it is: %.300s", d.organisation, text); err != nil {
			return err
		}
		copies[text] = true
	}
	if err := expect(len(copies) == len(r.distros), "two distributors got the same copy"); err != nil {
		return err
	}
	r.step("Three distributors are told under embargo. Each gets a copy of their own, TLP:AMBER, encrypted to")
	r.detail("their key, with the hour in UTC and in their zone; the three copies differ.")
	return r.portal(ctx)
}

// getsAbout reads letters to a person until one holds the words.
func (r *replay) getsAbout(ctx context.Context, p *person, words string) (string, error) {
	for {
		text, err := r.gets(ctx, p)
		if err != nil {
			return "", fmt.Errorf("no letter to %s holds %q: %w", p.name, words, err)
		}
		if strings.Contains(text, words) {
			return text, nil
		}
	}
}

// portal is what a distributor sees and says.
func (r *replay) portal(ctx context.Context) error {
	first, last := r.distros[0], r.distros[2]
	var v cvd.View
	if err := first.get(ctx, "/cases/"+r.ref, &v); err != nil {
		return err
	}
	if err := expect(v.Reports == nil && v.Notes == nil && v.Threads == nil && v.Told == nil, "a distributor sees what is the team's alone"); err != nil {
		return err
	}
	for _, d := range r.distros[:2] {
		if err := d.post(ctx, r.on("status"), api.Status{Status: string(cvd.Affected), Statement: "We ship 8.3.0 and prepare 8.4.0."}, nil); err != nil {
			return err
		}
	}
	r.step("In the portal Dilara sees her copy and the hour, and neither the report, nor the talk, nor the others.")
	r.detail("She and Emre say that they are affected. Fumi is silent so far.")
	earlier := cvd.Terms{Until: release.AddDate(0, 0, -1), Zone: last.zone, Reason: "Wednesday is a holiday for half of our team"}
	if err := last.post(ctx, r.on("embargo"), api.Embargo{Event: string(cvd.EmbargoPropose), Terms: earlier}, nil); err != nil {
		return err
	}
	if err := r.lead.post(ctx, r.on("embargo"), api.Embargo{Event: string(cvd.EmbargoReject), Terms: cvd.Terms{Reason: "the release cannot be ready before"}}, nil); err != nil {
		return err
	}
	r.step("Fumi proposes a day earlier. Linnea rejects it, with the reason; the agreed hour stands.")
	return nil
}

// subscribe has someone ask for letters, and confirm by the link in the first.
func (r *replay) subscribe(ctx context.Context) error {
	b, err := browse.New(r.base)
	if err != nil {
		return err
	}
	if err := b.Open(ctx, "/subscribe"); err != nil {
		return err
	}
	if err := b.Submit(ctx, "/subscribe", map[string]string{"address": subscriber, "least": string(advisory.Moderate), "prenotices": "yes"}, ""); err != nil {
		return err
	}
	path, err := r.linkIn(ctx)
	if err != nil {
		return err
	}
	if err := b.Open(ctx, path); err != nil {
		return err
	}
	if err := b.Submit(ctx, path, nil, "do=confirm"); err != nil {
		return err
	}
	r.step("Someone subscribes by mail, and confirms by the link in the first letter.")
	return nil
}

var link = regexp.MustCompile(`/subscribe/[A-Za-z0-9_.-]+`)

// linkIn finds the link in the next letter to the subscriber.
func (r *replay) linkIn(ctx context.Context) (string, error) {
	raw, err := r.post.await(ctx, subscriber)
	if err != nil {
		return "", err
	}
	text, err := plainText(raw)
	if err != nil {
		return "", err
	}
	found := link.FindString(text)
	if found == "" {
		return "", errors.New("the letter to the subscriber has no link")
	}
	u, err := url.Parse(found)
	return u.Path, err
}

// noticed waits until the subscriber is told of something.
func (r *replay) noticed(ctx context.Context, words string) error {
	raw, err := r.post.await(ctx, subscriber)
	if err != nil {
		return err
	}
	text, err := plainText(raw)
	if err != nil {
		return err
	}
	if err := expect(r.advisory != "" || !strings.Contains(text, "SOCKS5"), "the subscriber is told what is fixed: %.400s", text); err != nil {
		return err
	}
	return expect(strings.Contains(text, words), "the subscriber is not told of %s: %.400s", words, text)
}
