package demo

import (
	"context"
	"errors"
	"strings"
	"time"

	"steward/internal/api"
	"steward/internal/cvd"
	"steward/internal/proof"
)

// proved waits until the reporter's program has been interpreted.
func (r *replay) proved(ctx context.Context) error {
	if r.app.Cases.Prove == nil {
		return nil
	}
	p, err := r.told(ctx, 1)
	if err != nil {
		return err
	}
	x := p.Answer.Proved()
	if err := expect(x != nil && x.Finding.CWE == 122, "the reporter's program shows nothing: %+v", p.Answer); err != nil {
		return err
	}
	r.step("Steward has run the attached %s in its interpreter of C, apart and twice: proved.", x.Name)
	r.detail("%s, at line %d: %s, CWE-%d.", x.Finding.Kind, x.Finding.Place.Line, x.Finding.Text, x.Finding.CWE)
	return nil
}

// mended has the program run beside it with the fix.
func (r *replay) mended(ctx context.Context) error {
	if r.app.Cases.Prove == nil {
		return nil
	}
	fixed := strings.NewReplacer(
		"	int step;\n", "	int step, local; /* shall we resolve the name ourselves? */\n",
		"	int local = 0; /* shall we resolve the name ourselves? */\n", "",
		"			local = 1;", "			c->local = 1;", "if (!local)", "if (!c->local)", "{ 0, NULL, 16384 }", "{ 0, 0, NULL, 16384 }",
	).Replace(program)
	ask := cvd.Ask{Fixed: []proof.Source{{Name: "handshake.c", Data: []byte(fixed)}}}
	if err := r.fixer.post(ctx, r.on("proofs"), ask, &api.Named{}); err != nil {
		return err
	}
	p, err := r.told(ctx, 2)
	if err != nil {
		return err
	}
	programs := p.Answer.Programs
	if err := expect(len(programs) == 1 && programs[0].Verdict == proof.Finished, "the mended program: %+v", p.Answer); err != nil {
		return err
	}
	r.step("Felix has the program run with his fix: proved before, clean after. Both stay as evidence.")
	return nil
}

// told waits until the case has so many answers, and gives the last.
func (r *replay) told(ctx context.Context, n int) (*cvd.Proof, error) {
	for range 600 {
		v, err := r.view(ctx)
		if err != nil {
			return nil, err
		}
		for _, t := range v.Trials {
			if len(t.Proofs) >= n && t.Proofs[n-1].State == cvd.ProofTold {
				return &t.Proofs[n-1], nil
			}
		}
		time.Sleep(50 * time.Millisecond)
	}
	return nil, errors.New("the interpreter gives no answer")
}
