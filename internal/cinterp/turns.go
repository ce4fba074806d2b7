package cinterp

import (
	"context"

	"steward/internal/cinterp/run"
)

// turnsSteps is how many steps a run may have that is made again in other orders
// of threads.
const turnsSteps = 200_000

// otherTurns runs a program with threads, which ended without a finding, in a few
// other orders of them: what races may be ordered by chance in one. It gives the
// report of the first that shows undefined behaviour, or else the one it has.
func (c *Compiled) otherTurns(ctx context.Context, p Program, o Options, r *Report) (*Report, error) {
	if r.Steps > turnsSteps {
		return r, nil
	}
	o.Limits.Steps = 4*r.Steps + 100_000
	for _, plan := range []run.Plan{{Stay: true}, {Last: true}, {Seed: 1}, {Seed: 2}, {Seed: 3}} {
		again, _, err := c.execute(ctx, c.p, p, o, &plan, false)
		if err != nil {
			return nil, err
		}
		if again.Verdict == Undefined {
			again.Choice = choice{only: true, plan: plan}.String()
			return again, nil
		}
	}
	return r, nil
}
