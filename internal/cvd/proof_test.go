package cvd

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"steward/internal/base/acl"
	"steward/internal/base/db"
	"steward/internal/base/db/dbtest"
	"steward/internal/base/errs"
	"steward/internal/intake"
	"steward/internal/proof"
)

// interpret stands in for the interpreter: a file that says "overflow" shows
// one, and "broken" ends it.
func interpret(_ context.Context, q proof.Request) (proof.Answer, error) {
	a := proof.Answer{Interpreter: "a stand-in"}
	text := ""
	for _, s := range append(slices.Clone(q.Sources), q.Fixed...) {
		if proof.IsC(s.Name) {
			text = string(s.Data) // a fixed one comes last
		}
	}
	p := proof.Program{Name: "poc.c", Verdict: proof.Finished, Files: []proof.File{{Name: "poc.c"}}}
	switch {
	case strings.Contains(text, "broken"):
		return a, errors.New("broken")
	case text == "":
		a.Nothing = "There is no C among the files."
		return a, nil
	case strings.Contains(text, "overflow") || strings.Contains(text, "main(){}"):
		p.Verdict = proof.Undefined
		p.Finding = &proof.Finding{Kind: "out-of-bounds-write", CWE: 787, Tier: "A", Text: "birdproof", Place: proof.Place{File: "poc.c", Line: 7, Column: 2}}
	case strings.Contains(text, "formal"):
		p.Verdict, p.Finding = proof.Undefined, &proof.Finding{Kind: "main-form", CWE: 758, Tier: "C"}
	}
	a.Programs = []proof.Program{p}
	return a, nil
}

// program sends a report with a file of C.
func (k *kit) program(text string, edit ...func(*intake.Submission)) arrival {
	k.t.Helper()
	return k.withFile("poc.c", text, edit...)
}

func (k *kit) withFile(name, text string, edit ...func(*intake.Submission)) arrival {
	k.t.Helper()
	env, err := k.NewReport(k.ctx, acl.Nobody())
	k.must(err)
	attach(k, env, name, text)
	sub := submission()
	for _, f := range edit {
		f(&sub)
	}
	r, err := k.Receive(k.ctx, acl.Nobody(), env, sub, nil)
	k.must(err)
	return k.arrived(r)
}

// letter sends a file with a letter of the reporter.
func (k *kit) letter(a arrival, name, text string) Message {
	k.t.Helper()
	env, err := k.NewReply(k.ctx, a.caller)
	k.must(err)
	attach(k, env, name, text)
	m, err := k.Reply(k.ctx, a.caller, Reply{Body: "See the file.", Files: env.Files()})
	k.must(err)
	return m
}

// told has the files of a case's report, or of a letter, interpreted.
func (k *kit) told(caseID, message string, fixed ...proof.Source) string {
	k.t.Helper()
	id, err := k.AskProof(k.ctx, second, caseID, Ask{Message: message, Fixed: fixed})
	k.must(err)
	k.must(k.RunProof(k.ctx, system, caseID, id, false))
	return id
}

// run does all that was asked for.
func (k *kit) run(a arrival) {
	k.t.Helper()
	for _, t := range k.view(lead, a.caseID).Trials {
		for _, p := range t.Proofs {
			if p.State == ProofWaiting {
				k.must(k.RunProof(k.ctx, system, t.Case, p.ID, false))
			}
		}
	}
}

// TestProofOfReport: a program that comes with a report is interpreted, the
// case goes before the others, and the team takes the weakness over itself.
func TestProofOfReport(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k := newKit(t, d)
		first := k.report()
		k.withFile("notes.txt", "overflow")
		a := k.program("the overflow")
		if len(k.proofs) != 1 {
			t.Fatalf("asked for: %v", k.proofs)
		}
		if v := k.view(lead, a.caseID); len(v.Trials) != 1 || v.Trials[0].Proofs[0].State != ProofWaiting || v.Proved != nil {
			t.Fatalf("before: %+v", v.Trials)
		}
		order := func() (ids []string) {
			page, err := k.Queue(k.ctx, handler, Filter{})
			k.must(err)
			for _, c := range page.Cases {
				ids = append(ids, c.ID)
			}
			return ids
		}
		if order()[0] != first.caseID {
			t.Error("it stands before what came first, and nothing is known of it")
		}
		k.run(a)
		v := k.view(lead, a.caseID)
		p := v.Trials[0].Proofs[0]
		if p.State != ProofTold || p.Answer.Proved() == nil || len(p.SHA256) != 64 || v.Proved == nil || v.Proved.Line != 7 || v.Proved.Proof != p.ID {
			t.Errorf("after: %+v, %+v", p, v.Proved)
		}
		if order()[0] != a.caseID {
			t.Error("what was proved does not stand first")
		}
		if len(v.Draft.Fields.CWE) != 0 {
			t.Errorf("the weakness was set by itself: %v", v.Draft.Fields.CWE)
		}
		k.must(k.TakeWeakness(k.ctx, handler, a.caseID, p.ID))
		k.must(k.TakeWeakness(k.ctx, handler, a.caseID, p.ID))
		if got := k.view(lead, a.caseID).Draft.Fields.CWE; !slices.Equal(got, []string{"CWE-787"}) {
			t.Errorf("taken: %v", got)
		}
		k.refused(k.TakeWeakness(k.ctx, handler, first.caseID, p.ID), errs.NotFound)
		k.must(k.RunProof(k.ctx, system, a.caseID, p.ID, false)) // a job that is done twice
		again := k.told(a.caseID, "")
		if x := k.view(lead, a.caseID).Trials[0].Proofs; len(x) != 2 || x[1].ID != again || x[1].SHA256 != x[0].SHA256 || x[1].By.ID != second.ID {
			t.Errorf("again: %+v", x)
		}
		if all := k.everything(); strings.Contains(all, "birdproof") || strings.Contains(all, "out-of-bounds") || strings.Contains(all, "the overflow") {
			t.Error("something of it is kept in clear")
		}
	})
}

// TestProofAndFix: a fixed version beside it is evidence, and takes nothing back.
func TestProofAndFix(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k := newKit(t, d)
		a := k.program("the overflow")
		k.run(a)
		fixer := k.invited(a.caseID, acl.Fixer)
		id, err := k.AskProof(k.ctx, fixer, a.caseID, Ask{Fixed: []proof.Source{{Name: "poc.c", Data: []byte("the mended one")}}})
		k.must(err)
		k.must(k.RunProof(k.ctx, system, a.caseID, id, false))
		v := k.view(fixer, a.caseID)
		before, after := v.Trials[0].Last()
		if before.Answer.Proved() == nil || after == nil || after.Answer.Proved() != nil || after.Fixed[0].Name != "poc.c" || after.Fixed[0].Size != 14 || v.Proved == nil {
			t.Errorf("%+v, %+v", before, after)
		}
		if strings.Contains(k.everything(), "the mended one") {
			t.Error("the fixed version is kept in clear")
		}
		for _, bad := range []Ask{
			{Fixed: []proof.Source{{Name: "a\nb"}}}, {Fixed: []proof.Source{{Name: "a.c", Data: make([]byte, maxFixed+1)}}},
			{Fixed: slices.Repeat([]proof.Source{{Name: "a.c"}}, maxFixedList+1)},
		} {
			_, err := k.AskProof(k.ctx, handler, a.caseID, bad)
			k.refused(err, errs.Invalid)
		}
		other := k.report()
		for _, none := range []Ask{{Message: id}, {Report: other.report}, {Report: "nothing"}} {
			_, err := k.AskProof(k.ctx, handler, a.caseID, none)
			k.refused(err, errs.NotFound)
		}
	})
}

// TestProofOfLetter: what a letter brought is for those alone who may read
// letters.
func TestProofOfLetter(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k := newKit(t, d)
		a := k.report()
		m := k.letter(a, "poc.c", "the overflow")
		k.run(a)
		fixer, coordinator, distributor := k.invited(a.caseID, acl.Fixer), k.invited(a.caseID, acl.Coordinator), k.invited(a.caseID, acl.Distributor)
		for who, want := range map[*acl.Caller]bool{&handler: true, &manager: true, &coordinator: true, &fixer: false, &distributor: false} {
			v := k.view(*who, a.caseID)
			if got := strings.Contains(jsonOf(t, v), "birdproof"); got != want || (v.Proved != nil) != want {
				t.Errorf("%s sees it: %t, %+v", who.Name, got, v.Proved)
			}
		}
		_, err := k.AskProof(k.ctx, fixer, a.caseID, Ask{Message: m.ID})
		k.refused(err, errs.NotFound)
		// What the report itself shows later comes first.
		if p := k.view(lead, a.caseID).Proved; p.Message != m.ID {
			t.Errorf("%+v", p)
		}
		box := jsonOf(t, k.box(a))
		if strings.Contains(box, "birdproof") || strings.Contains(box, "proof") {
			t.Error("the mailbox tells of it")
		}
	})
}

// TestProofOfNothing: what is no proof blames nobody, and moves nothing.
func TestProofOfNothing(t *testing.T) {
	t.Parallel()
	d := dbtest.Open(t, "sqlite")
	k := newKit(t, d)
	for _, text := range []string{"the formal one", "a good one"} {
		a := k.program(text)
		k.run(a)
		if v := k.view(lead, a.caseID); v.Proved != nil || v.Trials[0].Proofs[0].State != ProofTold {
			t.Errorf("%s: %+v", text, v.Trials)
		}
		k.refused(k.TakeWeakness(k.ctx, handler, a.caseID, k.view(lead, a.caseID).Trials[0].Proofs[0].ID), errs.Conflict)
	}
	a := k.program("a broken one")
	id := k.view(lead, a.caseID).Trials[0].Proofs[0].ID
	if err := k.RunProof(k.ctx, system, a.caseID, id, false); err == nil {
		t.Error("what failed is done")
	}
	k.must(k.RunProof(k.ctx, system, a.caseID, id, true))
	if p := k.view(lead, a.caseID).Trials[0].Proofs[0]; p.State != ProofTold || p.Answer.Nothing == "" {
		t.Errorf("given up: %+v", p)
	}
	for range maxUnasked + 5 {
		k.letter(a, "poc.c", "the overflow")
	}
	if n := len(k.view(lead, a.caseID).Trials); n != maxUnasked+6 {
		t.Errorf("%d sets of files", n)
	}
	n := 0
	for _, x := range k.view(lead, a.caseID).Trials {
		n += len(x.Proofs)
	}
	if n != maxUnasked {
		t.Errorf("%d were interpreted unasked, at most %d may be", n, maxUnasked)
	}
	k.Crowd = func() bool { return true }
	b := k.program("the overflow")
	if v := k.view(lead, b.caseID); len(v.Trials) != 1 || len(v.Trials[0].Proofs) != 0 {
		t.Errorf("of a crowd: %+v", v.Trials)
	}
	k.told(b.caseID, "")
	if k.view(lead, b.caseID).Proved == nil {
		t.Error("asked for, and not proved")
	}
	k.Prove = nil
	c := k.program("the overflow")
	_, err := k.AskProof(k.ctx, handler, c.caseID, Ask{})
	k.refused(err, errs.Conflict)
}

// TestProofOfMerged: a duplicate's program is evidence in the case that goes on.
func TestProofOfMerged(t *testing.T) {
	t.Parallel()
	d := dbtest.Open(t, "sqlite")
	k := newKit(t, d)
	into, dup := k.report(), k.program("the overflow")
	k.must(k.Merge(k.ctx, handler, dup.caseID, into.caseID, "the same"))
	k.run(into)
	v := k.view(lead, into.caseID)
	if v.Proved == nil || len(v.Trials) != 1 || v.Trials[0].Case != dup.caseID || v.Trials[0].Proofs[0].State != ProofTold {
		t.Fatalf("%+v, %+v", v.Proved, v.Trials)
	}
	k.must(k.TakeWeakness(k.ctx, handler, into.caseID, v.Trials[0].Proofs[0].ID))
	if _, err := k.AskProof(k.ctx, handler, into.caseID, Ask{Report: dup.report}); err != nil {
		t.Error(err)
	}
}
