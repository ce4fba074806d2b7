package cinterp

import (
	"context"
	"os"
	"testing"
)

func BenchmarkSHA256(b *testing.B) {
	t, err := os.ReadFile("testdata/speed/sha256.c")
	if err != nil {
		b.Fatal(err)
	}
	p := Program{Files: []File{{Name: "sha256.c", Text: t}}}
	c, err := Compile(b.Context(), p, Options{})
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		r, err := c.Run(context.Background(), p, Options{})
		if err != nil || r.Verdict != Clean {
			b.Fatal(err, r.Verdict)
		}
	}
}
