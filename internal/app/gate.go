package app

import (
	"errors"
	"time"

	"steward/internal/advisory"
	"steward/internal/base/errs"
	"steward/internal/publish"
)

// gate asks the publisher whether an advisory could be published in every
// form, and says what it finds as the lint does. It holds no case, only the
// draft that is meant to become public.
func (a *App) gate(adv advisory.Advisory, at time.Time) (found []advisory.Problem) {
	err := publish.Gate(a.site, adv, at)
	if err == nil {
		return nil
	}
	problems, ok := errors.AsType[errs.Problems](err)
	if !ok {
		a.log.Error("the gate of publication failed", "error", err)
		return []advisory.Problem{{Path: "publication", Message: "The forms of the advisory cannot be made.", Hint: "ask the operator to look at the log", Blocking: true}}
	}
	for _, p := range problems {
		found = append(found, advisory.Problem{Path: p.Field, Message: p.Message, Hint: p.Hint, Blocking: true})
	}
	return found
}
