package audit

import (
	"testing"
)

// FuzzSum: no two entries that differ have the same hash, wherever the border
// between two texts lies.
func FuzzSum(f *testing.F) {
	f.Add("ab", "c", "", "a", "bc", "", []byte("{}"), true)
	f.Add("", "\x00\x00", "x", "\x00", "\x00", "x", []byte{}, false)
	f.Fuzz(func(t *testing.T, a1, a2, a3, b1, b2, b3 string, detail []byte, sealed bool) {
		a := stored{Entry: Entry{Seq: 1, Actor: a1, ActorName: a2, Subject: a3, Sealed: sealed}, detail: detail}
		b := stored{Entry: Entry{Seq: 1, Actor: b1, ActorName: b2, Subject: b3, Sealed: sealed}, detail: detail}
		same := a1 == b1 && a2 == b2 && a3 == b3
		if (a.sum() == b.sum()) != same {
			t.Errorf("%q and %q: %s, %s", []string{a1, a2, a3}, []string{b1, b2, b3}, a.sum(), b.sum())
		}
		b = a
		b.detail, b.Prev = nil, string(detail)
		if len(detail) > 0 && a.sum() == b.sum() {
			t.Error("the detail can be passed off as the hash before")
		}
	})
}

// FuzzEntry: an entry that someone wrote into the database is read or refused.
func FuzzEntry(f *testing.F) {
	f.Add([]byte(`{"ref":"2026-0001"}`), false)
	f.Add([]byte(`null`), false)
	f.Add([]byte(`{"a":1}`), false)
	f.Add([]byte{}, true)
	f.Fuzz(func(t *testing.T, detail []byte, sealed bool) {
		s := stored{Entry: Entry{Seq: 1, Sealed: sealed}, detail: detail}
		e, err := s.open(nil)
		if sealed && (err != nil || e.Detail != nil) {
			t.Errorf("without a key %q shows %v, %v", detail, e.Detail, err)
		}
		if s.follows(Head{}) == "" {
			t.Errorf("an entry without its hash follows: %+v", s)
		}
	})
}
