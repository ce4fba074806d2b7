package race

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"steward/internal/base/sign"
)

// BenchmarkSign signs a thousand CSAF documents with one Ed25519 key: Steward
// in process, and gpg as one would in a script, a process for each document
// and one key agent for all, which is warm. Each reads the document from a file
// and writes the armored signature beside it; neither syncs. Then Steward does
// it once more as it does when it publishes, from memory to memory. They take
// turns of a hundred, and the median turn counts. gpg accepts what Steward
// signs.
func BenchmarkSign(b *testing.B) {
	for b.Loop() {
		s := newPublic(b, 1)
		files := documents(b, s.document(s.release()))
		gpg := newGPG(b, s.Signer)
		gpg.sign(b, files[0]) // the agent starts
		var ours, bare, theirs, start []float64
		for turn := range 10 {
			some := files[100*turn : 100*turn+100]
			began := time.Now()
			for _, f := range some {
				if err := signFile(s.Signer, f); err != nil {
					b.Fatal(err)
				}
			}
			ours = append(ours, ms(time.Since(began))/100)
			data, err := os.ReadFile(some[0])
			if err != nil {
				b.Fatal(err)
			}
			began = time.Now()
			for range some {
				if _, err := s.Signer.Detach(data, time.Now()); err != nil {
					b.Fatal(err)
				}
			}
			bare = append(bare, ms(time.Since(began))/100)
			gpg.run(b, "--verify", some[turn]+".asc", some[turn])
			began = time.Now()
			for _, f := range some {
				gpg.sign(b, f)
			}
			theirs = append(theirs, ms(time.Since(began))/100)
			began = time.Now()
			gpg.run(b, "--version")
			start = append(start, ms(time.Since(began)))
		}
		b.ReportMetric(1000*middle(ours), "files-µs")
		b.ReportMetric(1000*middle(bare), "memory-µs")
		b.ReportMetric(1000*middle(theirs), "gpg-µs")
		b.ReportMetric(middle(theirs)/middle(ours), "files-times-faster")
		b.ReportMetric(middle(theirs)/middle(bare), "memory-times-faster")
		b.Logf("to start gpg takes %.1f ms of its time", middle(start))
	}
}

// documents writes a thousand documents to files.
func documents(b *testing.B, sample document) []string {
	dir := b.TempDir()
	var files []string
	for n := range 1000 {
		d := sample.like(fmt.Sprintf("NEW-2026-%05d", n))
		name := filepath.Join(dir, d.name())
		if err := os.WriteFile(name, d.data, 0o600); err != nil {
			b.Fatal(err)
		}
		files = append(files, name)
	}
	return files
}

func signFile(s *sign.Signer, name string) error {
	data, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	sig, err := s.Detach(data, time.Now())
	return errors.Join(err, os.WriteFile(name+".asc", sig, 0o600))
}

// gpg is a GnuPG with a key ring of its own.
type gpg struct{ home string }

// newGPG gives gpg the key that Steward signs with.
func newGPG(b *testing.B, s *sign.Signer) gpg {
	home, err := os.MkdirTemp("", "gpg") // not b.TempDir: a socket's path has at most 107 bytes
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		_ = exec.Command("gpgconf", "--homedir", home, "--kill", "all").Run()
		_ = os.RemoveAll(home)
	})
	private, err := s.Private()
	if err != nil {
		b.Fatal(err)
	}
	name := filepath.Join(home, "key.asc")
	if err := os.WriteFile(name, private, 0o600); err != nil {
		b.Fatal(err)
	}
	g := gpg{home}
	g.run(b, "--import", name)
	return g
}

func (g gpg) sign(b *testing.B, name string) {
	g.run(b, "--yes", "--detach-sign", "--armor", name)
}

func (g gpg) run(b *testing.B, args ...string) {
	args = append([]string{"--homedir", g.home, "--batch", "--no-tty", "--trust-model", "always"}, args...)
	if out, err := exec.Command("gpg", args...).CombinedOutput(); err != nil {
		b.Fatalf("gpg: %v\n%s", err, out)
	}
}
