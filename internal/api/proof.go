package api

import (
	"context"

	"steward/internal/base/acl"
	"steward/internal/cvd"
)

// proofRoutes are the deeds on what the interpreter shows. The answers stand in
// the case, under trials.
func (s *Server) proofRoutes() []Route {
	type ctx = context.Context
	return []Route{
		{"POST", "/cases/{id}/proofs", "have files of a report interpreted, as they came or with fixed ones", deed(func(c ctx, who acl.Caller, id string, in cvd.Ask) (Named, error) {
			proof, err := s.Cases.AskProof(c, who, id, in)
			return Named{ID: proof}, err
		})},
		{"POST", "/cases/{id}/proofs/weakness", "write the weakness that a proof proposes into the facts", act(func(c ctx, who acl.Caller, id string, in Named) error {
			return s.Cases.TakeWeakness(c, who, id, in.ID)
		})},
	}
}
