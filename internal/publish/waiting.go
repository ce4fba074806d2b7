package publish

import (
	"context"
	"time"
)

// Waiting is how many entries of the public record are not in the tree yet.
func (p *Publisher) Waiting(ctx context.Context) (int64, error) {
	if err := p.Tree.Refresh(); err != nil {
		return 0, err
	}
	now, err := readState(p.Tree.State())
	if err != nil {
		return 0, err
	}
	head, err := p.Store.Head(ctx)
	return head - now.lists, err
}

// SecurityExpires is when the published security.txt expires, as its signed
// text says; zero: none is published.
func (p *Publisher) SecurityExpires() time.Time {
	text, err := p.Tree.Read(securityPath)
	if err != nil {
		return time.Time{}
	}
	return expiry(text)
}
