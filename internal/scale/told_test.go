package scale

import (
	"context"
	"fmt"
	"strings"

	"steward/internal/base/acl"
	"steward/internal/base/jobs"
	"steward/internal/subscribe"
)

// told gives the token of a subscription and a webhook, for the pages about one.
func (w *world) told() (token, hook string) {
	w.tb.Helper()
	ctx := w.tb.Context()
	lead := w.team[acl.Lead]
	h, _, err := w.Subscribers.AddWebhook(ctx, lead, subscribe.HookWish{URL: "https://hooks.example.org/in"})
	if err != nil {
		w.tb.Fatal(err)
	}
	wish := subscribe.Wish{Address: fmt.Sprintf("reader%d@example.org", w.cases)}
	if err := w.Subscribers.Ask(ctx, acl.Nobody(), wish); err != nil {
		w.tb.Fatal(err)
	}
	workers := w.Subscribers.Workers(func(_ context.Context, m subscribe.Mail) error {
		if _, after, ok := strings.Cut(m.Text, "/subscribe/"); ok {
			token = after[:subscribe.TokenChars]
		}
		return nil
	})
	if _, err := (&jobs.Runner{Queue: w.Jobs, Workers: workers}).Step(ctx); err != nil || token == "" {
		w.tb.Fatalf("no letter: %v", err)
	}
	return token, h.ID
}
