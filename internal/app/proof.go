package app

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"steward/internal/base/acl"
	"steward/internal/base/db"
	"steward/internal/base/errs"
	"steward/internal/base/jobs"
)

const (
	kindProof   = "proof"
	proofTime   = 3 * time.Minute // of one attempt: twice the deadline of a process, and time to spare
	proofTries  = 3               // then it is told that the interpreter cannot be started
	proofBroken = "the interpreter could not be started"
)

// proofBody is what a job to interpret knows.
type proofBody struct {
	Case  string `json:"case"`
	Proof string `json:"proof"`
}

// proving has files interpreted that came with reports and letters, if the
// settings say so, and gives the worker that does it. One runs at a time, so
// that a crowd of them takes no more than one processor.
func (a *App) proving() jobs.Worker {
	if a.interpreter != nil && a.Config.Intake.Interpret == "on" {
		a.Cases.Interpret = a.interpreter.Run
		a.Cases.Prove = func(ctx context.Context, tx *db.Tx, caseID, proofID string) error {
			body, err := json.Marshal(proofBody{caseID, proofID})
			if err != nil {
				return err
			}
			_, err = a.Jobs.Put(ctx, tx, jobs.Job{Kind: kindProof, Key: proofID, Scope: "case/" + caseID, Body: body})
			return err
		}
	}
	return jobs.Worker{Kind: kindProof, Limit: proofTime, Do: func(ctx context.Context, t jobs.Task) error {
		var b proofBody
		if err := json.Unmarshal(t.Body, &b); err != nil {
			return jobs.Permanent("what is to be interpreted cannot be read", err)
		}
		err := a.Cases.RunProof(ctx, acl.Myself(), b.Case, b.Proof, t.Attempts >= proofTries)
		if err == nil {
			return nil
		}
		if errs.Is(err, errs.NotFound) {
			return jobs.Unwanted
		}
		// Its words are for a log: they name nothing of the case.
		return jobs.Temporary(proofBroken, errors.New("interpreting: "+string(errs.KindOf(err))))
	}}
}
