package api

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"

	"steward/internal/base/acl"
	"steward/internal/base/errs"
)

// maxBody bounds a JSON request. Attachments do not come this way in one
// piece of JSON; see files.go.
const maxBody = 1 << 20

// handler is an endpoint that may fail; serve maps the failure to an answer.
type handler func(w http.ResponseWriter, r *http.Request, c acl.Caller) error

// none is the input or output of a deed that has none.
type none struct{}

// deed makes an endpoint of a store method that takes a record's id and an
// input, and gives an output.
func deed[In, Out any](f func(ctx context.Context, c acl.Caller, id string, in In) (Out, error)) handler {
	return func(w http.ResponseWriter, r *http.Request, c acl.Caller) error {
		var in In
		if _, empty := any(in).(none); !empty && r.Method != http.MethodGet {
			if err := decode(w, r, &in); err != nil {
				return err
			}
		}
		out, err := f(r.Context(), c, r.PathValue("id"), in)
		if err != nil {
			return err
		}
		if _, empty := any(out).(none); empty {
			w.WriteHeader(http.StatusNoContent)
			return nil
		}
		return reply(w, http.StatusOK, out)
	}
}

// act is deed for a method that gives nothing back.
func act[In any](f func(ctx context.Context, c acl.Caller, id string, in In) error) handler {
	return deed(func(ctx context.Context, c acl.Caller, id string, in In) (none, error) {
		return none{}, f(ctx, c, id, in)
	})
}

// decode reads one JSON object strictly: an unknown field is a fault, since a
// mistyped name must not silently do nothing.
func decode(w http.ResponseWriter, r *http.Request, into any) error {
	d := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxBody))
	d.DisallowUnknownFields()
	err := d.Decode(into)
	var tooLong *http.MaxBytesError
	switch {
	case errors.As(err, &tooLong):
		return errs.Invalidf("body", "is longer than %d bytes", int64(maxBody))
	case errors.Is(err, io.EOF):
		return errs.Invalidf("body", "is empty: send a JSON object")
	case err != nil:
		return errs.Invalidf("body", "%v", err)
	case d.More():
		return errs.Invalidf("body", "holds more than one JSON value")
	}
	return nil
}

func reply(w http.ResponseWriter, status int, v any) error {
	raw, err := json.Marshal(v)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, err = w.Write(append(raw, '\n'))
	return err
}

// failure is the body of every refusal.
type failure struct {
	Error problem `json:"error"`
}

type problem struct {
	Kind     errs.Kind `json:"kind"`
	Field    string    `json:"field,omitempty"`
	Message  string    `json:"message"`
	Hint     string    `json:"hint,omitempty"`
	Request  string    `json:"request,omitempty"`  // what to tell the operator when something failed on the server's side
	Problems []problem `json:"problems,omitempty"` // when there are several
}

// status is the one place where a kind of error becomes a status code.
var status = map[errs.Kind]int{
	errs.Invalid:     http.StatusBadRequest,
	errs.NotFound:    http.StatusNotFound,
	errs.Conflict:    http.StatusConflict,
	errs.Denied:      http.StatusForbidden,
	errs.Internal:    http.StatusInternalServerError,
	errs.Unavailable: http.StatusServiceUnavailable,
}

func problemOf(err error) problem {
	if ps, ok := errors.AsType[errs.Problems](err); ok {
		p := problem{Kind: errs.Invalid, Message: ps.Error()}
		for _, e := range ps {
			p.Problems = append(p.Problems, problemOf(e))
		}
		return p
	}
	if e, ok := errors.AsType[*errs.Error](err); ok && e.Kind != errs.Internal {
		return problem{Kind: e.Kind, Field: e.Field, Message: e.Message, Hint: e.Hint}
	}
	return problem{Kind: errs.KindOf(err), Message: errs.Public(err)}
}
