package mailtrial

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"steward/internal/base/db"
	"steward/internal/base/sign"
	"steward/internal/mail"
	"steward/internal/mail/mailtest"
	"steward/internal/mail/read/readtest"
)

// TestOddMail sends every odd mail to one office, by SMTP and by LMTP: none
// ends the server, none is lost, none is in the way of the next, and nothing of
// any is in a letter that goes out in clear.
func TestOddMail(t *testing.T) {
	t.Parallel()
	for engine, hello := range map[string]string{"sqlite": "EHLO", "postgres": "LHLO"} {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			sink := mailtest.Sink(t, mailtest.SinkOptions{})
			o := newOffice(t, plan{engine: engine, relay: sink.Addr, at: readtest.Noon})
			world := readtest.NewWorld(t)
			world.Us = o.Signer
			all := readtest.Corpus(world)
			if len(all) < 130 {
				t.Errorf("%d mails", len(all))
			}
			o.start()
			addr := map[string]string{"EHLO": o.smtp, "LHLO": o.lmtp}[hello]
			sent := map[[32]byte]string{}
			for i, odd := range all {
				raw := odd.Wire()
				a := send(addr, fmt.Sprintf("127.9.%d.1", i), hello, o.email, raw)
				switch {
				case a.code == 250:
					sent[sha256.Sum256(asSent(raw))] = odd.Name
				case a.code == 550 && loose(asSent(raw)), a.code == 552 && len(raw) > 25<<20:
				default:
					t.Errorf("%s: %d %s", odd.Name, a.code, a.text)
				}
			}
			o.settle()
			if res, err := http.Get(o.url + "/"); err != nil || res.StatusCode != 200 {
				t.Errorf("after all that: %v", err)
			}
			o.kill()
			kept := len(sent)
			o.allKept(sent)
			o.noTrouble()
			for _, m := range sink.Messages() {
				saysNothing(t, world, all, m)
			}
			t.Logf("%d mails: %d kept, %d letters went out", len(all), kept, len(sink.Messages()))
			if kept < len(all)-12 || len(sink.Messages()) < 50 {
				t.Error("the trial tried nothing")
			}
		})
	}
}

// asSent is a mail with the line end that SMTP puts before the last dot.
func asSent(raw []byte) []byte {
	if !bytes.HasSuffix(raw, []byte("\r\n")) {
		raw = append(bytes.Clone(raw), "\r\n"...)
	}
	return raw
}

// loose tells whether a CR or LF stands alone.
func loose(raw []byte) bool {
	return bytes.ContainsAny(bytes.ReplaceAll(raw, []byte("\r\n"), nil), "\r\n")
}

// allKept looks for each mail that was taken, byte for byte.
func (o *office) allKept(sent map[[32]byte]string) {
	o.t.Helper()
	found := 0
	for _, state := range mail.States {
		for before, more := "", true; more; {
			list, rest, err := o.Mail.List(o.t.Context(), o.lead.Caller(), state, before)
			o.must(err)
			more = rest
			for _, m := range list {
				before = m.Place()
				raw, _, err := o.Mail.Raw(o.t.Context(), o.lead.Caller(), m.ID)
				o.must(err)
				for range 2 { // Return-Path and Received are ours
					_, raw, _ = bytes.Cut(raw, []byte("\r\n"))
				}
				name, ok := sent[sha256.Sum256(raw)]
				if !ok || state == mail.Received {
					o.t.Errorf("a mail that is %s: %q %.100q", state, name, raw)
				}
				delete(sent, sha256.Sum256(raw))
				found++
			}
		}
	}
	for _, name := range sent {
		o.t.Errorf("%s is lost", name)
	}
	if found == 0 {
		o.t.Error("no mail was kept")
	}
}

// noTrouble wants every attempt to have succeeded at once.
func (o *office) noTrouble() {
	o.t.Helper()
	o.must(o.DB.Read(o.t.Context(), func(q db.Queryer) error {
		list, err := o.Jobs.Troubled(o.t.Context(), q, 10, 1)
		for _, s := range list {
			o.t.Errorf("a job of kind %s is %s after %d attempts: %s", s.Kind, s.State, s.Attempts, s.Problem)
		}
		return err
	}))
	if log := o.out.String(); strings.Contains(log, "an attempt failed") || strings.Contains(log, "panic") {
		o.t.Errorf("the log tells of trouble: %s", tail(log))
	}
}

// saysNothing looks in a letter that goes out for what came in.
func saysNothing(t *testing.T, world *readtest.World, all []readtest.Odd, m mailtest.Message) {
	t.Helper()
	words := []string{"A hole", "Hello there", "The secret", "PGP MESSAGE-----\r\n\r\n!!!!"}
	for _, o := range all {
		for _, w := range append([]string{o.Text, o.Subject, o.Outside}, o.Files...) {
			if len(w) > 5 && !strings.HasPrefix(w, "-----") && w != "encrypted.asc" { // ours has the name, too
				words = append(words, w)
			}
		}
	}
	for _, w := range words {
		if bytes.Contains(bytes.ToLower(m.Raw), bytes.ToLower([]byte(w))) {
			t.Errorf("a letter to %v holds %q in clear:\n%.2000s", m.To, w, m.Raw)
		}
	}
	_, armored, ok := strings.Cut(string(m.Raw), "-----BEGIN PGP MESSAGE-----")
	if !ok {
		return
	}
	opened, err := world.Them.Open([]byte("-----BEGIN PGP MESSAGE-----"+armored), 1<<20, [][]byte{world.Us.PublicKey()}, readtest.Noon.Add(time.Hour))
	if err != nil || opened.Signature.Verdict != sign.Good || !strings.Contains(string(opened.Plain), "We have your report") {
		t.Errorf("an encrypted letter to %v: %v", m.To, err)
	}
	if _, err := world.Us.Open([]byte("-----BEGIN PGP MESSAGE-----"+armored), 1<<20, nil, readtest.Noon.Add(time.Hour)); err == nil {
		t.Error("the team's key opens a letter to a reporter")
	}
}
