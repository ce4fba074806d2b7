package proof_test

import (
	"testing"

	"steward/internal/advisory"
	"steward/internal/cinterp/ub"
	"steward/internal/proof"
)

// TestDrafts: each kind that counts has a draft of the severity that can be
// scored as it is, with reasons; what is formal has none.
func TestDrafts(t *testing.T) {
	t.Parallel()
	worst, least := 0, 0
	for _, k := range ub.All() {
		for _, seen := range []ub.Seen{{}, {Stack: true}, {Heap: true}, {Before: true}, {Format: true}} {
			f := proof.Finding{Kind: k.Name, Tier: string(k.Tier)}
			f.CWE, f.CWEAlso = k.Weakness(seen)
			p, ok := proof.Propose(&f)
			if ok != k.Tier.Fails() {
				t.Errorf("%s: a draft: %t", k.Name, ok)
			}
			if !ok {
				continue
			}
			scores, err := advisory.Severity{CVSS31: p.CVSS31, CVSS4: p.CVSS4}.Scores()
			if err != nil || len(scores) != 2 || len(p.Reasons) == 0 || len(p.Unknown) == 0 {
				t.Fatalf("%s: %+v, %v, %v", k.Name, p, scores, err)
			}
			for _, s := range scores {
				if s.Version == "3.1" && s.Value >= 7.5 {
					worst++
				} else if s.Version == "3.1" && s.Value < 5.5 {
					least++
				}
			}
		}
	}
	if worst == 0 || least == 0 {
		t.Errorf("%d of the worst, %d of the least", worst, least)
	}
	if _, ok := proof.Propose(nil); ok {
		t.Error("a draft of nothing")
	}
}

// TestWords: what of an answer counts as proved, and which files may hold C.
func TestWords(t *testing.T) {
	t.Parallel()
	f := func(tier string) *proof.Finding { return &proof.Finding{Tier: tier} }
	for want, p := range map[bool][]proof.Program{
		true:  {{Verdict: proof.Undefined, Finding: f("A")}, {Verdict: proof.Undefined, Finding: f("B")}},
		false: {{}, {Verdict: proof.Undefined}, {Verdict: proof.Undefined, Finding: f("C")}, {Verdict: proof.Finished}, {Verdict: proof.CannotSay, Finding: f("A")}},
	} {
		for _, x := range p {
			a := proof.Answer{Programs: []proof.Program{{Verdict: proof.Finished}, x}}
			if got := a.Proved() != nil; got != want {
				t.Errorf("%+v: %t", x, got)
			}
		}
	}
	for name, want := range map[string]bool{"poc.c": true, "POC.C": true, "a.tar.gz": true, "a.tgz": true, "a.zip": true, "a.h": false, "c": false, "a.gz": false, "a.cpp": false} {
		if proof.Worth([]string{"notes.txt", name}) != want {
			t.Errorf("%s is worth a run: %t", name, !want)
		}
	}
}
