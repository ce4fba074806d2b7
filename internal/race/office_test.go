package race

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"steward/internal/app"
	"steward/internal/base/db"
	"steward/internal/config"
	"steward/internal/mail"
	"steward/internal/mail/mailtest"
	"steward/internal/mail/relay"
)

// BenchmarkLetters brings an advisory of 20 KB to 500 people, to each a letter
// of their own, signed and encrypted to their key, over SMTP into a server on
// this machine that takes all. Steward does it as it always does: from its
// queue, on the disk, eight at once, and each letter is written down before and
// after; once with keys that it reads for the first time, and once more. gpg
// does it as in a script, a process for each letter, eight at once, with the
// keys in its key ring and a warm agent; its text comes from memory, its message
// goes from memory to the same server over sessions that are kept open, and
// nothing is written down. The time of processors is compared, too, since who
// shares this machine gives eight processes more of it than one: Steward's with
// the server's, gpg's without its agent's and the server's.
func BenchmarkLetters(b *testing.B) {
	for b.Loop() {
		made := time.Now().Add(-time.Hour)
		a, sink := newSender(b, made)
		text := strings.Repeat("A heap overflow, found by fuzzing.\n", 20<<10/36)
		people, armored := crowd(b, made)
		self := cpu(b, syscall.RUSAGE_SELF)
		first := sendAll(b, a, sink, "first", text, armored)
		again := sendAll(b, a, sink, "again", text, armored)
		self = cpu(b, syscall.RUSAGE_SELF) - self

		gpg := newGPG(b, a.Signer)
		ring := filepath.Join(b.TempDir(), "ring.asc")
		var all []byte
		for _, k := range armored {
			all = append(all, k...)
		}
		if err := os.WriteFile(ring, all, 0o600); err != nil {
			b.Fatal(err)
		}
		gpg.run(b, "--import", ring)
		_ = gpg.message(b, text, people[0].Fingerprint()) // the agent starts
		children := cpu(b, syscall.RUSAGE_CHILDREN)
		lines := &relay.Pool{Relay: relay.Relay{Address: sink.Addr, TLS: relay.None, Helo: "localhost"}}
		began := time.Now()
		var eight sync.WaitGroup
		for hand := range 8 {
			eight.Go(func() {
				for n := hand; n < letters; n += 8 {
					message := gpg.message(b, text, people[n].Fingerprint())
					err := lines.Send(b.Context(), "security@example.org", fmt.Sprintf("p%03d@example.net", n),
						[]byte("Subject: ...\r\n\r\n"+strings.ReplaceAll(string(message), "\n", "\r\n")), nil)
					if err != nil {
						b.Error(err)
					}
				}
			})
		}
		eight.Wait()
		theirs := time.Since(began)
		children = cpu(b, syscall.RUSAGE_CHILDREN) - children
		_ = lines.Close() // all that was sent is there
		b.ReportMetric(ms(first)/letters, "first-ms")
		b.ReportMetric(ms(again)/letters, "ms")
		b.ReportMetric(ms(theirs)/letters, "gpg-ms")
		b.ReportMetric(float64(theirs)/float64(first), "first-times-faster")
		b.ReportMetric(float64(theirs)/float64(again), "times-faster")
		b.ReportMetric(ms(self)/letters/2, "cpu-ms")
		b.ReportMetric(ms(children)/letters, "gpg-cpu-ms")
		b.ReportMetric(2*float64(children)/float64(self), "cpu-times-less")
		if err := a.Close(); err != nil {
			b.Fatal(err)
		}
	}
}

// cpu is the processors' time so far.
func cpu(b *testing.B, who int) time.Duration {
	var r syscall.Rusage
	if err := syscall.Getrusage(who, &r); err != nil {
		b.Fatal(err)
	}
	return time.Duration(r.Utime.Nano() + r.Stime.Nano())
}

// newSender is a Steward that sends into a sink.
func newSender(b *testing.B, made time.Time) (*app.App, *mailtest.Server) {
	sink := mailtest.Sink(b, mailtest.SinkOptions{})
	dir := app.Dir(filepath.Join(b.TempDir(), "data"))
	err := app.Init(dir, config.Answers{Team: "Example", Email: "security@example.org", Prefix: "EX", BaseURL: "http://localhost:1"}, made)
	if err != nil {
		b.Fatal(err)
	}
	f, err := os.OpenFile(dir.Settings(), os.O_APPEND|os.O_WRONLY, 0)
	if err == nil {
		_, err = fmt.Fprintf(f, "\n[mail]\nrelay = %q\nrelay_tls = \"none\"\n", sink.Addr)
		err = errors.Join(err, f.Close())
	}
	if err != nil {
		b.Fatal(err)
	}
	a, err := app.Open(b.Context(), dir, app.Options{})
	if err != nil {
		b.Fatal(err)
	}
	return a, sink
}

// sendAll posts a letter to each key and works until all are out.
func sendAll(b *testing.B, a *app.App, sink *mailtest.Server, key, text string, armored [][]byte) time.Duration {
	err := a.DB.Write(b.Context(), func(tx *db.Tx) error {
		for n, k := range armored {
			m := mail.Memo{Key: fmt.Sprint(key, n), To: fmt.Sprintf("p%03d@example.net", n), Subject: "An advisory", Text: text, PGPKey: string(k)}
			if err := a.Mail.PostMemo(b.Context(), tx, m); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
	before := len(sink.Messages())
	ctx, stop := context.WithCancel(b.Context())
	var work sync.WaitGroup
	began := time.Now()
	work.Go(func() { a.Work(ctx) })
	for len(sink.Messages()) < before+letters {
		time.Sleep(time.Millisecond)
	}
	took := time.Since(began)
	stop()
	work.Wait()
	return took
}
