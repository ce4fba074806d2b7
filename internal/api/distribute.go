package api

import (
	"context"
	"errors"
	"io"
	"mime"
	"net/http"

	"steward/internal/base/acl"
	"steward/internal/base/errs"
	"steward/internal/cvd"
	"steward/internal/mail"
)

// distributeRoutes are the deeds with those who are told before the release,
// and the answer to a leak.
func (s *Server) distributeRoutes() []Route {
	type ctx = context.Context
	cases := s.Cases
	return []Route{
		{"POST", "/cases/{id}/distribution/check", "who of a list may be told now, and what stands against it", deed(func(c ctx, who acl.Caller, id string, in Members) (*cvd.Distribution, error) {
			return cases.CheckDistribution(c, who, id, in.List, in.Members)
		})},
		{"POST", "/cases/{id}/distribution", "tell members of a list under embargo", act(func(c ctx, who acl.Caller, id string, in Send) error {
			return cases.Distribute(c, who, id, in.Version, in.Send)
		})},
		{"GET", "/cases/{id}/told", "who was told, and how the letters of each notice fare", deed(func(c ctx, who acl.Caller, id string, _ none) ([]mail.Notified, error) {
			return some(s.Mail.Told(c, who, id))
		})},
		{"GET", "/cases/{id}/portal", "a case as those see it who were told", deed(func(c ctx, who acl.Caller, id string, _ none) (*cvd.Portal, error) {
			return cases.Portal(c, who, id)
		})},
		{"POST", "/cases/{id}/status", "say how far one's organisation is with the fix", act(func(c ctx, who acl.Caller, id string, in Status) error {
			return cases.SetStatus(c, who, id, cvd.FixStatus(in.Status), in.Statement)
		})},
		{"POST", "/cases/{id}/patches", "give a patch to distributors: the diff itself; Content-Type: text/x-diff; name=…", s.addPatch},
		{"POST", "/cases/{id}/patches/remove", "give a patch to nobody any more", act(func(c ctx, who acl.Caller, id string, in Named) error {
			return cases.RemovePatchFile(c, who, id, in.ID)
		})},
		{"GET", "/cases/{id}/patches/{file}", "a patch: a copy of one's own, or the original for the team", s.patchCopy},
		{"GET", "/cases/{id}/listtext/{kind}", "a text for a person to send: linux-distros, or once it is public oss-security", s.listText},
		{"POST", "/cases/{id}/posted", "where it was posted as a list asks for", act(func(c ctx, who acl.Caller, id string, in Address) error {
			return cases.NotePosted(c, who, id, in.URL)
		})},
		{"POST", "/cases/{id}/burn", "end the embargo after a leak: propose, confirm, or do it alone", deed(s.burn)},
		{"POST", "/cases/{id}/burn/withdraw", "take a proposal to end the embargo back", act(func(c ctx, who acl.Caller, id string, in Reason) error {
			return cases.KeepEmbargo(c, who, id, in.Reason)
		})},
		{"POST", "/cases/{id}/trace", "whose copy a leak is: the leaked text itself", s.trace},
	}
}

// The inputs and outputs of the routes above.
type (
	// Members names members of a list.
	Members struct {
		List    string   `json:"list"`
		Members []string `json:"members"`
	}
	// Send is a notice, on the case as it was in Version.
	Send struct {
		Version int64 `json:"version"`
		cvd.Send
	}
	// Status is how far an organisation is.
	Status struct {
		Status    string `json:"status"`
		Statement string `json:"statement"`
	}
	// Named names a record by its id.
	Named struct {
		ID string `json:"id"`
	}
	// Address is that of a public page.
	Address struct {
		URL string `json:"url"`
	}
	// Burn says why the embargo ends, and whether one person does it alone.
	Burn struct {
		Reason string `json:"reason"`
		Alone  bool   `json:"alone"`
	}
	// Text is a text for a person to send.
	Text struct {
		Text string `json:"text"`
	}
)

func (s *Server) listText(w http.ResponseWriter, r *http.Request, c acl.Caller) error {
	text, err := s.Cases.ListText(r.Context(), c, r.PathValue("id"), cvd.ListTextKind(r.PathValue("kind")))
	if err != nil {
		return err
	}
	return reply(w, http.StatusOK, Text{Text: text})
}

// burn waits, as a release does, until what became public can be read.
func (s *Server) burn(ctx context.Context, c acl.Caller, id string, in Burn) (cvd.Burned, error) {
	b, err := s.Cases.Burn(ctx, c, id, in.Reason, in.Alone)
	if err == nil && b.Advisory+b.Prenotice != "" {
		err = s.Published(ctx)
	}
	return b, err
}

// maxLeak bounds what is taken of a leak, in bytes.
const maxLeak = 2 << 20

func (s *Server) addPatch(w http.ResponseWriter, r *http.Request, c acl.Caller) error {
	diff, err := whole(w, r, maxBody)
	if err != nil {
		return err
	}
	// Not in the address, which machines on the way write down.
	_, params, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil {
		params = nil
	}
	p, err := s.Cases.AddPatchFile(r.Context(), c, r.PathValue("id"), params["name"], diff)
	if err != nil {
		return err
	}
	return reply(w, http.StatusCreated, p)
}

func (s *Server) patchCopy(w http.ResponseWriter, r *http.Request, c acl.Caller) error {
	_, diff, err := s.Cases.PatchCopy(r.Context(), c, r.PathValue("id"), r.PathValue("file"))
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/octet-stream")
	_, err = w.Write(diff)
	return err
}

func (s *Server) trace(w http.ResponseWriter, r *http.Request, c acl.Caller) error {
	leak, err := whole(w, r, maxLeak)
	if err != nil {
		return err
	}
	t, err := s.Cases.Trace(r.Context(), c, r.PathValue("id"), leak)
	if err != nil {
		return err
	}
	return reply(w, http.StatusOK, t)
}

// whole reads a body that is no JSON.
func whole(w http.ResponseWriter, r *http.Request, limit int64) ([]byte, error) {
	b, err := io.ReadAll(http.MaxBytesReader(w, r.Body, limit))
	if _, long := errors.AsType[*http.MaxBytesError](err); long {
		return nil, errs.Invalidf("body", "is longer than %d bytes", limit)
	}
	if err != nil {
		return nil, errs.Invalidf("body", "did not come in as a whole").WithCause(err)
	}
	return b, nil
}
