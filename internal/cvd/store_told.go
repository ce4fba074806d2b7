package cvd

import (
	"context"

	"steward/internal/base/acl"
	"steward/internal/base/db"
	"steward/internal/base/errs"
	"steward/internal/predisclosure"
)

// viewTold fills in what was told, the patches and the leak.
func (s *Store) viewTold(ctx context.Context, q db.Queryer, o *opened, v *View, roles []acl.Role, show bool) (err error) {
	if acl.Allow(acl.QueueRead, roles...) && (o.toldAny() || len(o.Collisions) > 0) {
		v.Told = &Told{Sendings: o.Sendings, Posted: o.Posted, Collisions: o.Collisions}
		if v.Told.Recipients, err = s.recipientViews(ctx, q, o, show); err != nil {
			return err
		}
	}
	v.Burned = o.burnedFor(roles)
	if acl.Allow(acl.PatchTest, roles...) || acl.Allow(acl.Distribute, roles...) {
		v.Patches, err = patchFiles(ctx, q, o)
		for i := range v.Patches {
			if guarded(roles) {
				v.Patches[i] = v.Patches[i].forCopy()
			}
		}
	}
	return err
}

// recipientViews are those who were told; places says whether their lists are
// asked how they stand.
func (s *Store) recipientViews(ctx context.Context, q db.Queryer, o *opened, places bool) ([]RecipientView, error) {
	var list []Participant
	var err error
	if places && len(o.Recipients) > 0 {
		if list, err = people(ctx, q, o); err != nil {
			return nil, err
		}
	}
	var out []RecipientView
	for i := range o.Recipients {
		r := RecipientView{Recipient: o.Recipients[i]}
		if places {
			place, err := s.placeOf(ctx, q, &r.Recipient)
			if err != nil {
				return nil, err
			}
			r.Place, r.Barred, r.People = place.State, bars(place.State), r.contactViews(place, list)
		}
		out = append(out, r)
	}
	return out, nil
}

// placeOf asks the list of an organisation; none if it is not there.
func (s *Store) placeOf(ctx context.Context, q db.Queryer, r *Recipient) (predisclosure.Place, error) {
	if s.Lists == nil {
		return predisclosure.Place{}, nil
	}
	p, err := s.Lists.PlaceIn(ctx, acl.Myself(), q, r.Member)
	if errs.Is(err, errs.NotFound) {
		return predisclosure.Place{}, nil
	}
	return p, err
}
