package app

import (
	"crypto/rand"
	"encoding/base32"
	"io"
	"log/slog"
	"net/http"
	"time"
)

// requestHeader carries the name of a request. It is made here and believed
// from nobody.
const requestHeader = "Request-Id"

// observe counts every request and, unless route is given, gives it a name and
// logs it in a line: the pattern of its route, never its address, which may
// name a case; and nobody's network, which is not ours to keep. Reads of the
// public pages, and of styles and pictures, are given a route and are counted
// only: who reads what is no one's matter.
func (a *App) observe(route string, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		rec := &recorder{ResponseWriter: w, status: http.StatusOK}
		name := ""
		if route == "" {
			name = requestName()
			w.Header().Set(requestHeader, name)
		}
		began := time.Now()
		defer func() { // also when the handler panics
			took, at := time.Since(began), route
			if at == "" {
				if at = r.Pattern; at == "" {
					at = "elsewhere"
				}
				a.log.LogAttrs(r.Context(), slog.LevelInfo, "request", slog.String("request", name), slog.String("route", at),
					slog.String("method", method(r.Method)), slog.Int("status", rec.status), slog.Int64("bytes", rec.bytes),
					slog.Float64("ms", float64(took.Microseconds())/1000))
			}
			a.meter.answered(at, rec.status, took)
		}()
		next.ServeHTTP(rec, r)
	})
}

// method keeps a request's own words out of the log.
func method(m string) string {
	switch m {
	case http.MethodGet, http.MethodHead, http.MethodPost:
		return m
	}
	return "other"
}

var nameEncoding = base32.NewEncoding("0123456789ABCDEFGHJKMNPQRSTVWXYZ").WithPadding(base32.NoPadding)

// requestName makes a name that a person can say to the operator: 7F3K-9QXM.
func requestName() string {
	var b [5]byte
	_, _ = rand.Read(b[:]) // never fails
	s := nameEncoding.EncodeToString(b[:])
	return s[:4] + "-" + s[4:]
}

// recorder sees what is answered.
type recorder struct {
	http.ResponseWriter
	status int
	bytes  int64
	wrote  bool
}

func (r *recorder) WriteHeader(status int) {
	if !r.wrote && status >= 200 {
		r.status, r.wrote = status, true
	}
	r.ResponseWriter.WriteHeader(status)
}

func (r *recorder) Write(b []byte) (int, error) {
	r.wrote = true
	n, err := r.ResponseWriter.Write(b)
	r.bytes += int64(n)
	return n, err
}

// ReadFrom lets the kernel copy a file where it can.
func (r *recorder) ReadFrom(src io.Reader) (int64, error) {
	r.wrote = true
	n, err := io.Copy(r.ResponseWriter, src)
	r.bytes += n
	return n, err
}

// Unwrap lets http.ResponseController reach what is behind.
func (r *recorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }
