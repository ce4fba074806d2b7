package api

import (
	"context"
	"net/http"

	"steward/internal/base/acl"
	"steward/internal/cvd"
	"steward/internal/duty"
)

type (
	// Matter says since when the team is aware of a trigger of the law, and what
	// it knows for the forms. It replaces what was said before.
	Matter struct {
		Version int64 `json:"version"`
		cvd.Matter
	}
	// Filing is a notification that a person has submitted.
	Filing struct {
		Trigger duty.Trigger `json:"trigger"`
		duty.Filing
	}
)

// lawRoutes are about what the law wants reported of a case.
func (s *Server) lawRoutes() []Route {
	type ctx = context.Context
	return []Route{
		{"GET", "/cases/{id}/law", "the clocks of the law", deed(func(x ctx, c acl.Caller, id string, _ none) ([]cvd.MatterView, error) {
			return some(s.Cases.Matters(x, c, id))
		})},
		{"POST", "/cases/{id}/law", "say that one is aware: the clocks run", act(func(x ctx, c acl.Caller, id string, in Matter) error {
			return s.Cases.SetMatter(x, c, id, in.Version, in.Matter)
		})},
		{"POST", "/cases/{id}/law/file", "note a notification that a person has submitted", act(func(x ctx, c acl.Caller, id string, in Filing) error {
			return s.Cases.FileNotice(x, c, id, in.Trigger, in.Filing)
		})},
		{"GET", "/cases/{id}/law/dossier", "a notification to copy: ?trigger= and kind=", s.dossier},
	}
}

func (s *Server) dossier(w http.ResponseWriter, r *http.Request, c acl.Caller) error {
	ask := r.URL.Query()
	d, err := s.Cases.Dossier(r.Context(), c, r.PathValue("id"), duty.Trigger(ask.Get("trigger")), duty.Kind(ask.Get("kind")))
	if err != nil {
		return err
	}
	return reply(w, http.StatusOK, d)
}
