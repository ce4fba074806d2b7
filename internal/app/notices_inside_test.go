package app

import (
	"errors"
	"testing"

	"steward/internal/base/jobs"
	"steward/internal/mail/relay"
)

// TestWhatCountsAsBounce: a subscription is ended by what the relay says of its
// address, and by nothing that it says of us or of the letter.
func TestWhatCountsAsBounce(t *testing.T) {
	t.Parallel()
	refused := func(step relay.Step) error {
		return jobs.Permanent("refused", &relay.Error{Kind: relay.Permanent, Step: step, Code: 550, Enhanced: "5.7.1"})
	}
	for name, c := range map[string]struct {
		err       error
		permanent bool
	}{
		"at RCPT": {refused(relay.StepRcpt), true}, "at MAIL": {refused(relay.StepMail), false}, "after the dot": {refused(relay.StepEnd), false},
		"for now": {jobs.Temporary("later", &relay.Error{Kind: relay.Temporary, Step: relay.StepRcpt, Code: 450}), false},
		"ours":    {errors.New("no letter could be written"), false}, "not at all": {nil, false},
	} {
		got := ofThisAddress(c.err)
		f, ok := errors.AsType[*jobs.Failure](got)
		if permanent := ok && f.Permanent; permanent != c.permanent {
			t.Errorf("%s: permanent %t", name, permanent)
		}
		if (got == nil) != (c.err == nil) {
			t.Errorf("%s: %v", name, got)
		}
	}
}
