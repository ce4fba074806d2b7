package yardstick

import (
	"context"
	"math"
	"testing"

	"pgregory.net/rapid"
)

// TestAUC holds the area against its definition: pairs.
func TestAUC(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(2, 60).Draw(t, "sources")
		scores, hit := make([]float64, n), make([]bool, n)
		for i := range n {
			scores[i], hit[i] = float64(rapid.IntRange(0, 9).Draw(t, "score")), rapid.Bool().Draw(t, "hit")
		}
		above, pairs := 0.0, 0.0
		for i := range n {
			for j := range n {
				if !hit[i] || hit[j] {
					continue
				}
				pairs++
				switch {
				case scores[i] > scores[j]:
					above++
				case scores[i] == scores[j]:
					above += .5
				}
			}
		}
		want := .5
		if pairs > 0 {
			want = above / pairs
		}
		v, err := Judge(context.Background(), scores, hit)
		if err != nil || math.Abs(v.AUC-want) > 1e-12 {
			t.Fatalf("%v, not %v: %v", v.AUC, want, err)
		}
		if pairs > 0 && (v.Low > v.AUC+.05 || v.High < v.AUC-.05) {
			t.Fatalf("%v lies between %v and %v", v.AUC, v.Low, v.High)
		}
	})
}

// TestVerdict looks at figures that can be counted by hand.
func TestVerdict(t *testing.T) {
	t.Parallel()
	scores, hit := make([]float64, 2000), make([]bool, 2000)
	for i := range scores {
		scores[i] = float64(-i)
	}
	for _, i := range []int{0, 50, 99, 100, 150, 250, 999, 1500} {
		hit[i] = true
	}
	v, err := Judge(context.Background(), scores, hit)
	if err != nil {
		t.Fatal(err)
	}
	if v.Hits != 8 || v.Decile != 5.0/8 || v.Top[0] != (Top{100, 3}) || v.Top[1] != (Top{300, 6}) || v.Top[2] != (Top{1000, 7}) {
		t.Errorf("%+v", v)
	}
	if len(v.Bins) != 10 || v.Bins[0].Hits != 5 || v.Bins[0].Sources != 200 || v.Bins[0].Score != -99.5 || v.Bins[4].Hits != 1 || v.Bins[7].Hits != 1 {
		t.Errorf("%+v", v.Bins)
	}
	// Equal scores are cut where they stand, in shares.
	same := make([]float64, 2000)
	if v, err = Judge(context.Background(), same, hit); err != nil || v.AUC != .5 || v.Decile != .1 || math.Abs(v.Top[0].Hits-.4) > 1e-12 {
		t.Errorf("all the same: %+v, %v", v, err)
	}
}

func TestOutcome(t *testing.T) {
	t.Parallel()
	o := ReadOutcome([]byte(`Package: one
Version: 1.2-3+deb13u2

Package: two
Version: 1.2-3~deb13u1

Package: three
Version: 1.2-3

Package: linux
Version: 6.12.9-1

Package: tzdata
Version: 2026a-0+deb13u1

Package: four
Version: 1-1+deb13u1
Extra-Source-Only: yes
`), []byte("Package: five\nVersion: 1:2-3+deb13u1+b2\n"))
	want := map[string]bool{"one": true, "two": true, "linux": true, "five": true}
	if len(o.Hit) != len(want) || o.Uploads != 7 || o.Extra != 1 || o.Data != 1 || o.Rebuilds != 1 {
		t.Errorf("%+v", o)
	}
	for name := range want {
		if !o.Hit[name] {
			t.Errorf("%s was not hit", name)
		}
	}
}
