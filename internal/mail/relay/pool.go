package relay

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"
)

// Limits of a session that is kept: servers end those that are quiet for
// longer, or bring more.
const (
	idleTime   = 20 * time.Second
	mostOnOne  = 100 // messages
	mostUnused = 16  // sessions
)

// Pool keeps sessions open for a while after a message, so that the next one
// finds the way encrypted and signed in at. It may be used by many goroutines
// at once; there are as many sessions as messages at the same time. A password
// that is changed counts for sessions that are opened after it.
type Pool struct {
	Relay Relay

	mu     sync.Mutex
	idle   []*resting
	closed bool
}

// resting is a session that waits for the next message.
type resting struct {
	*Session
	sent  int
	timer *time.Timer
}

// Send sends one message, as Relay.Send does. A session that the server ended
// while nobody used it is no failure of a message: another is opened.
func (p *Pool) Send(ctx context.Context, from, to string, msg []byte, last func() error) error {
	if r := p.take(); r != nil {
		err := r.Send(ctx, from, to, msg, last)
		p.rest(r)
		if !ended(err) || ctx.Err() != nil {
			return err
		}
	}
	s, err := p.Relay.Open(ctx)
	if err != nil {
		return err
	}
	r := &resting{Session: s}
	err = r.Send(ctx, from, to, msg, last)
	p.rest(r)
	return err
}

// ended tells that a session was over before anything of the message was said
// but its sender.
func ended(err error) bool {
	e, ok := errors.AsType[*Error](err)
	return ok && e.Step == StepMail && e.Kind == Temporary && (e.Code == 0 || e.Code == 421)
}

// take gives the session that was used last; nil if there is none.
func (p *Pool) take() *resting {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.idle) == 0 {
		return nil
	}
	r := p.idle[len(p.idle)-1]
	p.idle = p.idle[:len(p.idle)-1]
	r.timer.Stop() // one that runs already finds it gone
	return r
}

// rest keeps a session for the next message, or closes it.
func (p *Pool) rest(r *resting) {
	r.sent++
	p.mu.Lock()
	keep := r.Alive() && !p.closed && r.sent < mostOnOne && len(p.idle) < mostUnused
	if keep {
		r.timer = time.AfterFunc(idleTime, func() { p.forget(r) })
		p.idle = append(p.idle, r)
	}
	p.mu.Unlock()
	if !keep {
		_ = r.Session.Close() // what it was for is done
	}
}

func (p *Pool) forget(r *resting) {
	p.mu.Lock()
	i := slices.Index(p.idle, r)
	if i >= 0 {
		p.idle = slices.Delete(p.idle, i, i+1)
	}
	p.mu.Unlock()
	if i >= 0 {
		_ = r.Session.Close()
	}
}

// Close ends the sessions that nobody uses, and keeps none from now on.
func (p *Pool) Close() error {
	p.mu.Lock()
	idle := p.idle
	p.idle, p.closed = nil, true
	p.mu.Unlock()
	for _, r := range idle {
		r.timer.Stop()
		_ = r.Session.Close()
	}
	return nil
}
