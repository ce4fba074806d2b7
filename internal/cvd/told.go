package cvd

import (
	"slices"

	"steward/internal/base/acl"
	"steward/internal/predisclosure"
)

// Told is who was told of a case under embargo, for the team.
type Told struct {
	Recipients []RecipientView `json:"recipients,omitempty"`
	Sendings   []Sending       `json:"sendings,omitempty"`
	Posted     *PublicPost     `json:"posted,omitempty"`
	Collisions []Collision     `json:"collisions,omitempty"`
}

// RecipientView is an organisation that was told, with how it stands by now.
// What it knew and said stays, whatever became of it: it counts for the embargo
// and for the tracing of a leak.
type RecipientView struct {
	Recipient
	// Place is its state on its list; empty if nothing of it is left there, or
	// nobody asked (Parts.Told).
	Place predisclosure.State `json:"place,omitempty"`
	// Barred: it is suspended or off its list. The case does not exist for its
	// contacts, and no letters of it go to them, but that the embargo has ended.
	Barred bool          `json:"barred,omitempty"`
	People []ContactView `json:"people,omitempty"` // with Parts.Told
}

// ContactView is a contact of an organisation that was told, now or then.
type ContactView struct {
	Contact string        `json:"contact,omitempty"` // id on the list; empty: it is not there any more
	Name    string        `json:"name"`
	User    string        `json:"user,omitempty"` // whom they sign in as
	Access  ContactAccess `json:"access"`
}

// ContactAccess is what a contact sees of the case.
type ContactAccess string

// What a contact sees.
const (
	AccessPortal ContactAccess = "signs in"     // sees the case
	AccessMail   ContactAccess = "by mail"      // has no login: gets letters and can answer them
	AccessLater  ContactAccess = "not told yet" // has a login since the notice went out: tell them again
	AccessEnded  ContactAccess = "ended"        // neither sees the case nor gets letters of it
)

// bars tells whether a place on a list keeps an organisation from what it was
// told of.
func bars(place predisclosure.State) bool { return place != predisclosure.Joined }

// hears tells whether an organisation that was told gets a letter about it now.
//
// Who is suspended or off the list is told nothing more of the work. It keeps
// knowing what it knew, though, and is still bound to silence. So it is told
// when that ends: that it has leaked, or that the advisory is public. Both
// letters hold nothing that is not public, or that its reader does not know
// already; and whoever is not told goes on being silent, with users who could
// be helped, or hears it elsewhere first.
func hears(on Occasion, place predisclosure.State) bool {
	return on == OnBurn || on == OnPublic || !bars(place)
}

// contactViews lists the contacts of an organisation: those on its list, then
// those who were let into the case for it and are on it no more.
func (r *Recipient) contactViews(p predisclosure.Place, people []Participant) (out []ContactView) {
	in := func(user string) (name string, sees bool) {
		for _, x := range people {
			if x.User == user && x.Role == acl.Distributor {
				return x.Name, x.Removed.IsZero() && !x.Barred
			}
		}
		return "", false
	}
	var listed []string
	for _, c := range p.Contacts {
		v := ContactView{Contact: c.ID, Name: c.Name, User: c.UserID, Access: AccessEnded}
		_, sees := in(c.UserID)
		switch {
		case bars(p.State):
		case c.UserID == "":
			v.Access = AccessMail
		case sees && c.CanSignIn:
			v.Access = AccessPortal
		case c.CanSignIn && !slices.Contains(r.Contacts, c.UserID):
			v.Access = AccessLater
		}
		listed, out = append(listed, c.UserID), append(out, v)
	}
	for _, user := range r.Contacts {
		if name, _ := in(user); !slices.Contains(listed, user) {
			out = append(out, ContactView{Name: name, User: user, Access: AccessEnded})
		}
	}
	return out
}
