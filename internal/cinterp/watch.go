package cinterp

import (
	"context"
	"errors"
	"fmt"
	"runtime/metrics"
	"time"

	"steward/internal/cinterp/front"
)

// What watches a piece of work: how often it looks, how long work that was told
// to stop may take to say so itself, and how long a program may take to be
// translated when no time is given.
const (
	lookEvery    = 10 * time.Millisecond
	grace        = 200 * time.Millisecond
	maxTranslate = 5 * time.Minute
)

// maxStacks is how many bytes Go's stacks may take in a watched process. Only
// what is nested beyond all reason fills so much, and Go ends a process whose
// stack is full, with no report.
const maxStacks = 400 << 20

// The work is done in this process and not in a child of it: starting another
// would double the 20 to 30 milliseconds that a small program takes, and what a
// child would add is an end for what these limits let pass and Go cannot catch.
// The command raises Go's limit of the stack, so that maxStacks comes first.

// watched does work that may not be interruptible, and gives up waiting for it
// when ctx is done or the process takes more than total bytes (0: not asked). It
// then tells why, and the work goes on until it ends or the process does: who
// cannot live with that runs programs in a process of their own. What panics is
// given up, too.
func watched[T any](ctx context.Context, total uint64, work func() T) (t T, why string) {
	type end struct {
		t   T
		why string
	}
	done := make(chan end, 1)
	go func() {
		var e end
		defer func() {
			if p := recover(); p != nil {
				e.why = fmt.Sprintf("the interpreter failed: %v", p)
			}
			done <- e
		}()
		e.t = work()
	}()
	look := time.NewTicker(lookEvery)
	defer look.Stop()
	for {
		select {
		case e := <-done:
			return e.t, e.why
		case <-look.C:
			if why := tooMuch(total); why != "" {
				return t, why
			}
		case <-ctx.Done():
			select {
			case e := <-done:
				return e.t, e.why
			case <-time.After(grace):
			}
			return t, stopped(ctx)
		}
	}
}

// stopped tells why ctx is done.
func stopped(ctx context.Context) string {
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return "the time is up"
	}
	return "it was told to stop"
}

// tooMuch tells what of the process is more than it may be, or nothing.
func tooMuch(total uint64) string {
	if total == 0 {
		return ""
	}
	s := []metrics.Sample{{Name: "/memory/classes/total:bytes"}, {Name: "/memory/classes/heap/released:bytes"}, {Name: "/memory/classes/heap/stacks:bytes"}}
	metrics.Read(s)
	switch {
	case s[0].Value.Uint64()-s[1].Value.Uint64() > total:
		return fmt.Sprintf("the limit of %d bytes for all of the interpreter is reached", total)
	case s[2].Value.Uint64() > maxStacks:
		return "the program is nested too deep to be read or run"
	}
	return ""
}

// Compile parses and translates a program. The error says what is wrong, one
// line a mistake, and wraps ErrSource. What is beyond a limit is no error: runs
// of what is given then tell so, and so they do when ctx or a limit of o ended
// it. What then still goes on in the process ends some time, or never.
func Compile(ctx context.Context, p Program, o Options) (*Compiled, error) {
	limit := o.Limits.Time
	if limit <= 0 {
		limit = maxTranslate
	}
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	type result struct {
		c   *Compiled
		err error
	}
	r, why := watched(ctx, o.Limits.Total, func() result {
		c, err := compile(p, o.Machine)
		return result{c, err}
	})
	var beyond *front.Beyond
	switch {
	case why != "":
		return &Compiled{given: &Report{Verdict: CannotSay, Why: why, Strict: o.Strict}}, nil
	case errors.As(r.err, &beyond):
		c := &Compiled{given: &Report{Verdict: CannotSay, Why: beyond.Text, WhyPlace: &Place{File: beyond.File, Line: beyond.Line, Column: 1}, Strict: o.Strict}}
		if beyond.Line == 0 {
			c.given.Why, c.given.WhyPlace = beyond.Error(), nil
		}
		return c, nil
	}
	return r.c, r.err
}

// Run compiles and runs a program. An error is a program that is not C or a
// wrong option; all else is in the report. The limit of time is for both.
func Run(ctx context.Context, p Program, o Options) (*Report, error) {
	ctx, cancel := o.Limits.timed(ctx)
	defer cancel()
	c, err := Compile(ctx, p, o)
	if err != nil {
		return nil, err
	}
	return c.Run(ctx, p, o)
}

// Run runs the program once.
func (c *Compiled) Run(ctx context.Context, p Program, o Options) (*Report, error) {
	if c.given != nil {
		r := *c.given
		return &r, nil
	}
	ctx, cancel := o.Limits.timed(ctx)
	defer cancel()
	type result struct {
		r   *Report
		err error
	}
	r, why := watched(ctx, o.Limits.Total, func() result {
		r, err := c.run(ctx, p, o)
		return result{r, err}
	})
	if why != "" {
		return &Report{Verdict: CannotSay, Why: why, Strict: o.Strict}, nil
	}
	return r.r, r.err
}

// timed gives a context that ends when the time is up.
func (l Limits) timed(ctx context.Context) (context.Context, context.CancelFunc) {
	if l.Time <= 0 {
		return ctx, func() {}
	}
	return context.WithTimeout(ctx, l.Time)
}
