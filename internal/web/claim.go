package web

import (
	"net/http"
	"net/url"

	"steward/internal/base/errs"
	"steward/internal/base/look"
)

// claimPage takes the code of a receipt that came by mail. Opening it does
// nothing: programs that look after mail open the links in it.
type claimPage struct {
	look.Shell
	form
}

// claim gives the receipt with the case phrase, once, to whoever shows the code
// of the letter. What was typed is never shown again nor logged.
func (s *server) claim(v *visit) error {
	if !v.post() {
		f, err := s.newForm(v)
		if err != nil {
			return err
		}
		return s.render(v, http.StatusOK, "claim", claimPage{s.shell(v, "Show your code"), f})
	}
	if err := s.Phrases.Visit(v.r); err != nil {
		return err
	}
	receipt, err := s.Cases.Claim(v.ctx(), v.field("code"))
	if err == nil {
		return s.showReceipt(v, receipt, false)
	}
	if errs.Is(err, errs.NotFound) {
		err = errs.Invalidf("code", "No letter of ours has this code.").WithHint("compare it with the letter, sign by sign")
	}
	f, code, err := s.again(v, url.Values{}, err)
	if err != nil {
		return err
	}
	return s.render(v, code, "claim", claimPage{s.shell(v, "Show your code"), f})
}
