package web

import (
	"net/http"

	"steward/internal/base/acl"
	"steward/internal/base/checkup"
	"steward/internal/base/look"
)

// systemPage is how Steward itself does, for those who manage it and have no
// shell on its machine.
type systemPage struct {
	look.Shell
	Groups  []checkGroup // the most serious first
	Summary string
}

// checkGroup is all that is in one state.
type checkGroup struct {
	State checkup.State
	Lines []checkup.Line
}

func (s *server) system(v *visit) error {
	if err := acl.Check(acl.SystemRead, acl.SystemRead, v.c.Role); err != nil {
		return err
	}
	lines := s.Checkup(v.ctx())
	p := systemPage{Shell: s.shell(v, "System"), Summary: checkup.Summary(lines)}
	for _, state := range []checkup.State{checkup.Wrong, checkup.Attention, checkup.OK} {
		g := checkGroup{State: state}
		for _, l := range lines {
			if l.State == state {
				g.Lines = append(g.Lines, l)
			}
		}
		if len(g.Lines) > 0 {
			p.Groups = append(p.Groups, g)
		}
	}
	return s.render(v, http.StatusOK, "system", p)
}
