package e2e

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"
)

// TestPolicyHoldsAlone writes the payloads into our pages as they are, as if
// nothing were escaped: the content security policy alone must keep every one
// from running and from asking another host. Without the policy they run.
func TestPolicyHoldsAlone(t *testing.T) {
	t.Parallel()
	s := serve(t, before)
	list := somePayloads(t)
	var parts []string
	for _, p := range list {
		for _, home := range p.homes {
			parts = append(parts, strings.ToValidUTF8(carelessPage(home, p.as(p.no)), "\ufffd"))
		}
	}
	args, err := json.Marshal(parts)
	if err != nil {
		t.Fatal(err)
	}
	write := fmt.Sprintf(`for (const part of %s) {
		const place = document.body.appendChild(document.createElement("div"));
		place.append(document.createRange().createContextualFragment(part)); // scripts run
		touch(place.ownerDocument, place);
	} true`, args)
	guarded, open := setTrap(t, s, true), setTrap(t, s, false)
	for _, path := range []string{"/report", "/", "/advisories/", "/team/sign-in"} {
		enough := len(list) / 2
		for _, p := range []*trap{open, guarded} {
			p.load(func() error { return p.navigate(path) })
			if doc, _ := p.watch.shown(); len(policyFaults(doc)) > 0 {
				t.Errorf("%s: %v", path, policyFaults(doc))
			}
			ask[bool](p.tab, write)
			if p == open {
				if ran := p.settle(enough); len(ran) < enough {
					t.Errorf("%s: without the policy only %d of %d payloads run: the test shows nothing", path, len(ran), len(list))
				}
				continue
			}
			if ran := p.settle(0); len(ran) > 0 {
				t.Errorf("%s: the policy lets these payloads run: %v", path, ran)
			}
			for _, w := range p.watch.take() {
				if strings.HasPrefix(w, "a request to another place: http") {
					t.Errorf("%s: %s", path, w)
				}
			}
		}
	}
}

// settle waits until nothing more runs, but at least, if it comes to that,
// until enough has run, and gives what ran.
func (p *trap) settle(enough int) (all []int) {
	p.t.Helper()
	end := time.Now().Add(patience)
	for still := 0; still < 5 || len(all) < enough && time.Now().Before(end); still++ {
		time.Sleep(30 * time.Millisecond)
		numbers, _ := p.ran()
		if all = append(all, numbers...); len(numbers) > 0 {
			still = 0
		}
	}
	return all
}
