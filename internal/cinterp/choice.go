package cinterp

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"steward/internal/cinterp/code"
	"steward/internal/cinterp/run"
)

// choice is an order of evaluation and of threads.
type choice struct {
	all  bool  // every place goes from right to left
	back []int // these do, by number; in order
	only bool  // the seed is for threads only
	plan run.Plan
}

// parseChoice reads what String writes: words such as "seed=7", "turns=7" (a
// seed for threads only), "back=2,5", "back=all", "stay", "last" and "turn=12:3"
// (at point 12, thread 3).
func parseChoice(s string) (choice, error) {
	var c choice
	for _, w := range strings.Fields(s) {
		k, v, _ := strings.Cut(w, "=")
		ok := true
		switch k {
		case "seed", "turns":
			n, err := strconv.ParseUint(v, 10, 64)
			c.plan.Seed, ok, c.only = n, err == nil && n > 0, k == "turns"
		case "back":
			if c.all = v == "all"; c.all {
				break
			}
			for _, x := range strings.Split(v, ",") {
				n, err := strconv.Atoi(x)
				ok = ok && err == nil && n >= 0
				c.back = append(c.back, n)
			}
		case "stay":
			c.plan.Stay, ok = true, v == ""
		case "last":
			c.plan.Last, ok = true, v == ""
		case "turn":
			var n, id int
			if _, err := fmt.Sscanf(v, "%d:%d", &n, &id); err != nil {
				ok = false
				break
			}
			if c.plan.Turns == nil {
				c.plan.Turns = map[int]int{}
			}
			c.plan.Turns[n] = id
		default:
			ok = false
		}
		if !ok {
			return c, fmt.Errorf("%q is no choice of an exploration", w)
		}
	}
	return c, nil
}

// String writes a choice so that it can be given again; "" is none.
func (c choice) String() string {
	var w []string
	switch {
	case c.plan.Seed != 0 && c.only:
		w = append(w, fmt.Sprintf("turns=%d", c.plan.Seed))
	case c.plan.Seed != 0:
		w = append(w, fmt.Sprintf("seed=%d", c.plan.Seed))
	}
	if c.all {
		w = append(w, "back=all")
	} else if len(c.back) > 0 {
		var n []string
		for _, i := range c.back {
			n = append(n, strconv.Itoa(i))
		}
		w = append(w, "back="+strings.Join(n, ","))
	}
	if c.plan.Stay {
		w = append(w, "stay")
	}
	if c.plan.Last {
		w = append(w, "last")
	}
	var points []int
	for n := range c.plan.Turns {
		points = append(points, n)
	}
	slices.Sort(points)
	for _, n := range points {
		w = append(w, fmt.Sprintf("turn=%d:%d", n, c.plan.Turns[n]))
	}
	return strings.Join(w, " ")
}

// orders tells whether the program must be compiled for the choice.
func (c choice) orders() bool { return c.all || len(c.back) > 0 || c.plan.Seed != 0 && !c.only }

// backwards tells whether a place goes from right to left.
func (c choice) backwards(i int) bool {
	return c.all || slices.Contains(c.back, i) || c.plan.Seed != 0 && !c.only && run.Mix(c.plan.Seed, uint64(i)|1<<40)&1 != 0
}

// ordered compiles the program for a choice. The places get their numbers when
// it is first compiled with o, from left to right.
func (c *Compiled) ordered(ch choice, o *code.Orders) (*code.Program, error) {
	opts := c.source.options
	opts.Orders = o
	if o.Numbered() == 0 {
		o.Backwards = nil
		p, err := code.CompileMarked(c.source.units, c.source.machine, opts)
		if err != nil || !ch.orders() {
			return p, err
		}
	}
	o.Backwards = func(i int, _ code.Place) bool { return ch.backwards(i) }
	return code.CompileMarked(c.source.units, c.source.machine, opts)
}
