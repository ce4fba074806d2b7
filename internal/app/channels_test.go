package app

import (
	"context"
	"net"
	"net/http"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"steward/internal/base/trial"
	"steward/internal/config"
	"steward/internal/intake"
)

// channelApp is a server on loopback with the settings changed by edit.
func channelApp(t *testing.T, edit func(string) string) *App {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	dir := Dir(t.TempDir())
	if err := Init(dir, config.Answers{BaseURL: strings.Replace("http://"+ln.Addr().String(), "127.0.0.1", "localhost", 1), Email: "security@example.org"}, time.Now()); err != nil {
		t.Fatal(err)
	}
	raw, err := os.ReadFile(dir.Settings())
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(dir.Settings(), []byte(edit(string(raw))), 0o600); err != nil {
		t.Fatal(err)
	}
	a, err := Open(t.Context(), dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	h, err := a.Handler()
	if err != nil {
		t.Fatal(err)
	}
	srv := &http.Server{Handler: h}
	go func() { _ = srv.Serve(ln) }()
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	var working sync.WaitGroup
	if err := a.receiveMail(ctx, &working); err != nil {
		t.Fatal(err)
	}
	working.Go(func() { a.runner.Run(ctx) })
	t.Cleanup(func() {
		cancel()
		working.Wait()
		_ = srv.Close()
		_ = a.Close()
	})
	return a
}

// TestCheckChannels: the form, the API and encrypted mail are tried over real
// connections, and each is proved.
func TestCheckChannels(t *testing.T) {
	t.Parallel()
	at := trial.Addr(t)
	a := channelApp(t, func(s string) string { return s + "\n[mail]\nlisten = \"" + at + "\"\n" })
	if err := a.checkChannels(t.Context()); err != nil {
		t.Fatal(err)
	}
	states, err := a.Cases.Channels(t.Context())
	if err != nil || len(states) != 3 {
		t.Fatalf("%+v %v", states, err)
	}
	for _, s := range states {
		if s.Problem != "" || time.Since(s.Proved) > time.Minute {
			t.Errorf("%s: %+v", s.Channel, s)
		}
	}
	if due, err := a.channelsDue(t.Context()); due || err != nil {
		t.Errorf("due again at once: %t %v", due, err)
	}
}

// TestDeadChannel: a form that cannot be reached is told.
func TestDeadChannel(t *testing.T) {
	t.Parallel()
	a := channelApp(t, func(s string) string { return s })
	real := a.Config.BaseURL
	a.Config.BaseURL = "http://" + trial.Addr(t)
	if err := a.checkChannels(t.Context()); err != nil {
		t.Fatal(err)
	}
	a.Config.BaseURL = real
	states, err := a.Cases.Channels(t.Context())
	if err != nil || len(states) != 2 {
		t.Fatalf("%+v %v", states, err)
	}
	for _, s := range states {
		if s.Problem == "" || !s.Proved.IsZero() || s.Channel == intake.Mail || strings.Contains(s.Problem, "127.0.0.1") {
			t.Errorf("%s: %+v", s.Channel, s)
		}
	}
}

func TestWarnsBeforeTheEnd(t *testing.T) {
	t.Parallel()
	until := time.Date(2026, 12, 31, 12, 0, 0, 0, time.UTC)
	for days, want := range map[int]int{100: 0, 61: 0, 60: 60, 31: 60, 30: 30, 8: 30, 7: 7, 2: 7, 1: 1, 0: 1, -5: 1} {
		if got := (expiring{until: until}).warning(until.AddDate(0, 0, -days)); got != want {
			t.Errorf("%d days before the end: %d, want %d", days, got, want)
		}
	}
}
