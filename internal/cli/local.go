package cli

import (
	"io"
	"net/http"
	"sync"
)

// roundTrip runs a handler on a request and gives its answer, whose body is
// streamed, so that a large download takes no memory.
func roundTrip(h http.Handler, r *http.Request) (*http.Response, error) {
	body, pipe := io.Pipe()
	w := &answer{header: http.Header{}, pipe: pipe, ready: make(chan struct{})}
	if r.Body == nil {
		r.Body = http.NoBody
	}
	r.RequestURI = r.URL.RequestURI()
	go func() {
		var broken error
		defer func() {
			if p := recover(); p != nil {
				broken = io.ErrUnexpectedEOF
			}
			w.WriteHeader(http.StatusOK)
			pipe.CloseWithError(broken)
		}()
		h.ServeHTTP(w, r)
	}()
	<-w.ready
	return &http.Response{
		StatusCode: w.status, Status: http.StatusText(w.status), Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: w.sent, Body: body, ContentLength: -1, Request: r,
	}, nil
}

// answer is the http.ResponseWriter of roundTrip.
type answer struct {
	header, sent http.Header
	status       int
	pipe         *io.PipeWriter
	once         sync.Once
	ready        chan struct{}
}

func (w *answer) Header() http.Header { return w.header }

func (w *answer) WriteHeader(status int) {
	w.once.Do(func() {
		w.status, w.sent = status, w.header.Clone()
		close(w.ready)
	})
}

func (w *answer) Write(p []byte) (int, error) {
	w.WriteHeader(http.StatusOK)
	return w.pipe.Write(p)
}
