package app

import (
	"context"
	"sync"
	"time"

	"steward/internal/base/acl"
	"steward/internal/intake"
	"steward/internal/publish/render"
)

// proofs are how the channels stood when they were last looked at, for the
// security page, and whether a list takes applications.
type proofs struct {
	mu    sync.Mutex
	at    time.Time // by the machine's own running
	list  []render.Channel
	lists string // where they are sent
}

// proofsKept is how long they are shown before they are looked at again.
const proofsKept = time.Minute

// siteNow is the site with what is known of the channels and lists by now.
func (a *App) siteNow(ctx context.Context) (render.Site, error) {
	s, p := a.site, &a.proofs
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.at.IsZero() || time.Since(p.at) > proofsKept {
		states, err := a.Cases.Channels(ctx)
		if err != nil {
			return s, err
		}
		lists, err := a.Lists.Lists(ctx, acl.Nobody())
		if err != nil {
			return s, err
		}
		p.at, p.list, p.lists = time.Now(), nil, ""
		if len(lists) > 0 {
			p.lists = "/lists"
		}
		for _, c := range states {
			name := map[intake.Channel]string{intake.Web: "Web form", intake.API: "API", intake.Mail: "Encrypted mail"}[c.Channel]
			p.list = append(p.list, render.Channel{Name: name, Proved: c.Proved.Truncate(time.Hour), Failed: c.Problem != ""})
		}
	}
	s.Channels, s.Lists = p.list, p.lists
	return s, nil
}

// lookAgain has the channels looked at before the next publication.
func (p *proofs) lookAgain() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.at = time.Time{}
}
