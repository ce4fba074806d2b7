package web

import (
	"context"
	"strings"
	"testing"

	"steward/internal/base/acl"
	"steward/internal/base/db"
	"steward/internal/cvd"
	"steward/internal/proof"
)

// prove has the house interpret by a stand-in: "fixed" is clean, "odd" cannot
// be said.
func (h *house) prove() {
	h.cases.Prove = func(context.Context, *db.Tx, string, string) error { return nil }
	h.cases.Interpret = func(_ context.Context, q proof.Request) (proof.Answer, error) {
		text := ""
		for _, s := range append(q.Sources, q.Fixed...) {
			text = string(s.Data)
		}
		at := proof.Place{File: "poc.c", Line: 3, Column: 2}
		p := proof.Program{Name: "poc.c", Verdict: proof.Undefined, Output: "hello", Lines: []proof.Line{{File: "poc.c", Line: 3, Text: "\tp[<b>4] = 1;"}},
			Finding: &proof.Finding{Kind: "out-of-bounds-write", Number: "UB-002", Clause: "6.5.6p8", CWE: 787, Tier: "A", Rule: "The rule.", Text: "it writes at offset 16",
				Expression: "p[<b>4]", Place: at, Stack: []proof.Step{{Function: "main", Place: at}}, Object: &proof.Object{What: "allocated memory", Size: 16, Made: &at, Ended: &at, EndedBy: "freed"}},
			Files: []proof.File{{Name: "poc.c", Size: 5, SHA256: strings.Repeat("a", 64)}}}
		switch {
		case strings.Contains(text, "fixed"):
			p.Verdict, p.Finding = proof.Finished, nil
		case strings.Contains(text, "odd"):
			p.Verdict, p.Finding, p.Why, p.At = proof.CannotSay, nil, "the function fork is not supported", &at
		}
		return proof.Answer{Interpreter: "a stand-in", Programs: []proof.Program{p}}, nil
	}
}

// interpreted does what the worker would.
func (h *house) interpreted(at string) {
	h.t.Helper()
	id := at[strings.LastIndexByte(at, '/')+1:]
	v := must(h.cases.View(h.t.Context(), acl.Caller{ID: "u-any", Name: "Any", Role: acl.Lead}, id))(h.t)
	for _, t := range v.Trials {
		for _, p := range t.Proofs {
			if p.State != cvd.ProofWaiting {
				continue
			}
			if err := h.cases.RunProof(h.t.Context(), acl.Myself(), id, p.ID, false); err != nil {
				h.t.Fatal(err)
			}
		}
	}
}

// TestEvidence: what the interpreter says, by the pages alone.
func TestEvidence(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.prove()
	hal, aud := h.member("Hal", acl.Handler), h.member("Aud", acl.Auditor)
	at, _ := openCase(h, hal, file{"poc.c", "int main(void) { }"})
	hal.get(at+"/evidence").expect(200, "Being interpreted", "poc.c").lacks("Proved")
	h.interpreted(at)
	hal.get("/team").expect(200, "Proved")
	hal.get(at).expect(200, "Proved: out-of-bounds-write, CWE-787")
	hal.get(at+"/report").expect(200, "What the interpreter of C says")
	hal.get(at+"/evidence").expect(200, "It writes at offset 16", "The rule.", "CWE-787", "poc.c:3", "Allocated memory, 16 bytes: allocated", "Freed", "main", "CVSS:3.1/AV:L", "As it came", "hello")
	if !strings.Contains(string(hal.page), "<mark>p[&lt;b&gt;4]</mark>") {
		t.Errorf("the expression is not marked, or not escaped: %s", hal.page)
	}
	hal.submit(at+"/evidence", one("do", "fixed")).expect(422, "No file is chosen")
	hal.get(at+"/evidence").submit(at+"/evidence", one("do", "fixed"), file{"poc.c", "the fixed one"}).expect(200, "are being interpreted", "Being interpreted")
	h.interpreted(at)
	hal.get(at+"/evidence").expect(200, "Proved before, clean after", "With the fixed version", "That does not mean that there is none")
	hal.submit(at+"/evidence", one("do", "fixed"), file{"poc.c", "an odd one"}).expect(200)
	h.interpreted(at)
	hal.get(at+"/evidence").expect(200, "of the fixed version it cannot be said", "fork is not supported", "Nobody is to blame", "1 earlier answer")
	hal.submit(at+"/evidence", one("do", "fixed"), file{"poc.c", "nothing new"}).expect(200)
	h.interpreted(at)
	hal.get(at+"/evidence").expect(200, "Proved before, and still there after")
	hal.submit(at+"/evidence", one("do", "again"), file{"poc.c", "the fixed one"}).expect(200)
	h.interpreted(at)
	hal.get(at+"/evidence").expect(200, "Asked for by Hal")
	hal.submit(at+"/evidence/weakness", nil).expect(200, "The weakness stands in the facts now", "CWE-787 stands in the facts")
	hal.get(at+"/facts").expect(200, "CWE-787")

	aud.get(at + "/evidence").expect(403)
	aud.get(at).expect(200).lacks("Proved", "out-of-bounds")
	aud.get("/team").expect(200).lacks("Proved")
	h.browser().get(at+"/evidence").expect(200, "Sign in").lacks("Proved")
	if s := h.log.String(); strings.Contains(s, "poc.c") || strings.Contains(s, "offset 16") {
		t.Error("something of it is in the log")
	}
}
