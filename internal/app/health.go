package app

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"

	"golang.org/x/sys/unix"

	"steward/internal/base/db"
	"steward/internal/publish/tree"
)

const (
	healthKept = 2 * time.Second  // an answer is given again, so that asking costs nothing
	healthTime = 2 * time.Second  // what takes longer does not work
	workTime   = 30 * time.Second // since all that was due was last done
	diskLeast  = 32 << 20         // bytes
)

// health is what was found the last time someone asked.
type health struct {
	mu    sync.Mutex
	at    time.Time
	sick  []string
	write chan error // of the write that is being tried; nil: none is
}

// Sick names each part of the server that cannot do its work, and says how.
// Nothing in it is a secret.
func (a *App) Sick(ctx context.Context) []string {
	h := &a.health
	h.mu.Lock()
	defer h.mu.Unlock()
	if time.Since(h.at) < healthKept {
		return h.sick
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), healthTime)
	defer cancel()
	h.sick = nil
	for _, part := range []struct {
		name string
		try  func(context.Context) error
	}{
		{"the database cannot be read", a.tryRead}, {"the database cannot be written", a.tryWrite},
		{"the public pages cannot be read", a.tryTree}, {"the disk is full", a.tryDisk}, {"what is due is not done", a.heart.try},
	} {
		if err := part.try(ctx); err != nil {
			h.sick = append(h.sick, part.name)
			if a.heart.say(fmt.Errorf("%s: %w", part.name, err)) {
				a.log.Error("not healthy: "+part.name, "error", err)
			}
		}
	}
	h.at = time.Now()
	return h.sick
}

func (a *App) tryRead(ctx context.Context) error {
	return a.DB.Read(ctx, func(q db.Queryer) error {
		var n int
		return q.QueryRow(ctx, "SELECT COUNT(*) FROM audit_head").Scan(&n)
	})
}

// tryWrite waits for its turn among the writes, and writes nothing. A write
// that is taken and hangs is not tried again beside itself.
func (a *App) tryWrite(ctx context.Context) error {
	h := &a.health
	if h.write == nil {
		done := make(chan error, 1)
		h.write = done
		go func() { done <- a.DB.Write(context.WithoutCancel(ctx), func(*db.Tx) error { return nil }) }()
	}
	select {
	case err := <-h.write:
		h.write = nil
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (a *App) tryTree(context.Context) error {
	_, err := a.Publisher.Tree.Read(tree.KeyPath)
	return err
}

func (a *App) tryDisk(context.Context) error {
	free, err := diskFree(string(a.Dir))
	if err == nil && free < diskLeast {
		err = fmt.Errorf("%d bytes are free", free)
	}
	return err
}

// try tells whether the work goes on.
func (h *heart) try(context.Context) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if since := time.Since(h.good); since > workTime {
		return fmt.Errorf("not for %s: %w", since.Round(time.Second), h.failed)
	}
	return nil
}

// last is when all that was due was last done; zero: not in this process.
func (h *heart) last() time.Time {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.good
}

// answerHealth answers whether the server can do its work: 200, or 503 and which
// part of it fails. Anyone may ask.
func (a *App) answerHealth(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		w.WriteHeader(http.StatusMethodNotAllowed)
		return
	}
	words := "ok\n"
	if sick := a.Sick(r.Context()); len(sick) > 0 {
		w.WriteHeader(http.StatusServiceUnavailable)
		words = strings.Join(sick, "\n") + "\n"
	}
	_, _ = io.WriteString(w, words) // who has gone needs nothing
}

// diskFree is how many bytes more a directory's disk takes from this process.
func diskFree(dir string) (uint64, error) {
	var s unix.Statfs_t
	if err := unix.Statfs(dir, &s); err != nil {
		return 0, fmt.Errorf("asking how much room %s has: %w", dir, err)
	}
	return s.Bavail * uint64(s.Bsize), nil
}
