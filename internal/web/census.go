package web

import (
	"steward/internal/base/acl"
	"steward/internal/base/errs"
)

// censusDoor lets those in for whom the census is. To all others it is not there,
// as it is where there is none: who it is for is nobody's matter.
func censusDoor(s *server, v *visit) error {
	if s.Census == nil {
		return errs.Missing()
	}
	if s.CensusPublic {
		return nil
	}
	if err := team(s, v); err != nil {
		if errs.KindOf(err).Ours() {
			return err
		}
		return errs.Missing()
	}
	if !v.may(acl.CensusRead) {
		return errs.Missing()
	}
	return nil
}

// census answers with a file of the report.
func (s *server) census(v *visit) error {
	return s.Census(v.w, v.r, v.r.PathValue("path"))
}
