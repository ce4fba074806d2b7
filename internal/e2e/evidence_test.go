package e2e

import (
	"path/filepath"
	"time"

	"steward/internal/base/acl"
	"steward/internal/cvd"
)

// evidence is what the interpreter of C says of the program that came along.
func (w *walk) evidence(b *tab) {
	b.t.Helper()
	w.told(1)
	b.follow("main", "What the interpreter of C says of them")
	b.sees("Proved", "CWE-124", "As it came", "sparse.c", "allocated", "Whether the fault is in your code")
	b.judge("case, evidence")
	b.press(w.form("evidence/weakness"), "Take CWE-124 into the facts")
	b.sees("The weakness stands in the facts now", "CWE-124 stands in the facts")
	b.refused(w.form("evidence"), "Run the fixed version", 422)
	b.sees("No file is chosen")
	b.judge("case, evidence, refused")
	b.open("/team")
	b.sees("Proved")
	b.judge("queue, proved")
	b.open(w.caseID)
	b.sees("Proved: ")
}

// mended is the fix of the one who is invited, run beside it.
func (w *walk) mended() {
	b := w.fixer
	b.t.Helper()
	b.open(w.caseID + "/evidence")
	b.attach(w.form("evidence"), "attachments", filepath.Join("testdata", "fixed", "sparse.c"))
	b.press(w.form("evidence"), "Run the fixed version")
	b.sees("being interpreted")
	w.told(2)
	b.open(w.caseID + "/evidence")
	b.sees("Proved before, clean after", "With the fixed version")
	b.judge("case, evidence, fixed")
	b.keep("evidence")
}

// told waits until so many answers are in the case.
func (w *walk) told(n int) {
	w.t.Helper()
	id := filepath.Base(w.caseID)
	for range 400 {
		v, err := w.app.Cases.View(w.t.Context(), acl.Caller{ID: "u-test", Name: "Test", Role: acl.Lead}, id)
		if err != nil {
			w.t.Fatal(err)
		}
		have := 0
		for _, t := range v.Trials {
			for _, p := range t.Proofs {
				if p.State == cvd.ProofTold {
					have++
				}
			}
		}
		if have >= n {
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
	w.t.Fatal("the interpreter gives no answer")
}
