package app

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"sync"
	"syscall"
	"time"

	"steward/internal/base/errs"
)

// Limits of a connection. The header of a request may not take long; its body
// may as long as it comes in steadily (throttle.Bodies).
const (
	headerTime  = 10 * time.Second
	requestTime = 5 * time.Minute
	idleTime    = 2 * time.Minute
	headerBytes = 32 << 10
	goodbyeTime = 10 * time.Second

	// The kernel keeps as much of an answer for who does not read it, and
	// doubles it; left to itself it would keep megabytes for each. With 100 ms
	// to the reader and back, one connection still carries 10 Mbit/s.
	unreadBytes = 64 << 10
)

// Serve answers on the listener, and does what falls due, until the context
// ends; then it lets requests under way finish.
func (a *App) Serve(ctx context.Context, ln net.Listener) error {
	h, err := a.Handler()
	if err != nil {
		return err
	}
	srv := &http.Server{
		Handler: h, ReadHeaderTimeout: headerTime, ReadTimeout: requestTime, WriteTimeout: requestTime,
		IdleTimeout: idleTime, MaxHeaderBytes: headerBytes, ConnState: a.limits.Load().conns.Watch,
		ConnContext: bounded, ErrorLog: slog.NewLogLogger(a.log.Handler(), slog.LevelWarn),
	}
	a.noteStart()
	if err := a.Due(ctx); err != nil {
		if ctx.Err() != nil {
			return nil // told to stop before it began
		}
		// What stands in the way of publishing keeps no report out.
		if a.heart.say(err) {
			a.log.Error("what is due was not done at the start; trying again", "error", err)
		}
	}
	work, stop := context.WithCancel(ctx)
	var working sync.WaitGroup
	working.Go(func() { a.Work(work) })
	defer func() {
		stop()
		working.Wait()
	}()
	if err := a.serveMetrics(work, &working); err != nil {
		return err
	}
	if err := a.receiveMail(work, &working); err != nil {
		return err
	}

	failed := make(chan error, 1)
	go func() { failed <- srv.Serve(ln) }()
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	bye, cancel := context.WithTimeout(context.WithoutCancel(ctx), goodbyeTime)
	defer cancel()
	if err := srv.Shutdown(bye); err != nil {
		_ = srv.Close()
	}
	if err := <-failed; !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// bounded bounds what is kept for a connection.
func bounded(ctx context.Context, c net.Conn) context.Context {
	if t, ok := c.(*net.TCPConn); ok {
		_ = t.SetWriteBuffer(unreadBytes) // else it has gone already
	}
	return ctx
}

// serveMetrics answers operators, at an address of their own if one is set,
// until the context ends.
func (a *App) serveMetrics(ctx context.Context, working *sync.WaitGroup) error {
	if a.Config.MetricsListen == "" {
		return nil
	}
	ln, err := net.Listen("tcp", a.Config.MetricsListen)
	if err != nil {
		return errs.Invalidf("metrics_listen", "cannot be bound: %v", err).WithHint("is another program there?")
	}
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", a.Metrics())
	mux.HandleFunc("GET /healthz", a.answerHealth)
	srv := &http.Server{Handler: mux, ReadTimeout: headerTime, WriteTimeout: time.Minute, MaxHeaderBytes: headerBytes,
		ErrorLog: slog.NewLogLogger(a.log.Handler(), slog.LevelWarn)}
	working.Go(func() { _ = srv.Serve(ln) }) // until it is closed
	working.Go(func() {
		<-ctx.Done()
		_ = srv.Close()
	})
	a.log.Info("metrics", "listen", ln.Addr().String())
	return nil
}

// behind lets requests that a trusted proxy passes on count as those of the
// client that it names, the last address in X-Forwarded-For. From anyone else
// that header is nobody's word.
func behind(proxies []netip.Prefix, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		from, err := netip.ParseAddrPort(r.RemoteAddr)
		if err == nil && trusted(proxies, from.Addr()) {
			list := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
			if client, err := netip.ParseAddr(strings.TrimSpace(list[len(list)-1])); err == nil {
				r.RemoteAddr = netip.AddrPortFrom(client, 0).String()
			}
		}
		next.ServeHTTP(w, r)
	})
}

func trusted(proxies []netip.Prefix, a netip.Addr) bool {
	for _, p := range proxies {
		if p.Contains(a.Unmap()) {
			return true
		}
	}
	return false
}

// openFiles is how many files and connections this process may have open.
func openFiles() int {
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil {
		return connections
	}
	return int(min(limit.Cur, 2*connections))
}
