package cvd

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"

	"steward/internal/base/acl"
	"steward/internal/base/db"
	"steward/internal/base/errs"
	"steward/internal/intake"
	"steward/internal/proof"
)

func proofContext(id string) string { return "proof/" + id }
func givenContext(id string) string { return "proof given/" + id }

// tryFiles has files interpreted that have come in, if they may hold a program:
// it is part of the deed by which they came, and has no record of its own.
func (s *Store) tryFiles(ctx context.Context, tx *db.Tx, o *opened, message string, files []string) error {
	if s.Prove == nil || !proof.Worth(files) {
		return nil
	}
	n, err := countProofs(ctx, tx, o.ID)
	if err != nil || n >= maxUnasked {
		return err
	}
	me := acl.Myself()
	p := Proof{ID: db.NewID(s.Rand), Report: o.Report, Message: message, Asked: s.now(), By: Person{ID: me.ID, Name: me.Name}, State: ProofWaiting}
	return s.insertProof(ctx, tx, o, p, nil)
}

func countProofs(ctx context.Context, q db.Queryer, caseID string) (n int, err error) {
	if err = q.QueryRow(ctx, `SELECT COUNT(*) FROM case_proofs WHERE case_id = $1`, caseID).Scan(&n); err != nil {
		return 0, fmt.Errorf("counting proofs: %w", err)
	}
	return n, nil
}

func (s *Store) insertProof(ctx context.Context, tx *db.Tx, o *opened, p Proof, fixed []proof.Source) error {
	body, err := sealed(o.key, proofContext(p.ID), p)
	if err != nil {
		return err
	}
	given, err := sealed(o.key, givenContext(p.ID), fixed)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `INSERT INTO case_proofs (id, case_id, report_id, at, body, given) VALUES ($1, $2, $3, $4, $5, $6)`,
		p.ID, o.ID, p.Report, db.Micros(p.Asked), body, given)
	if err != nil {
		return fmt.Errorf("keeping a proof: %w", err)
	}
	return s.Prove(ctx, tx, o.ID, p.ID)
}

// AskProof has files of the case interpreted, as they came or with fixed ones in
// the place of some, and gives the proof that will be told. Who may not read the
// files is told that they are not there.
func (s *Store) AskProof(ctx context.Context, c acl.Caller, caseID string, a Ask) (string, error) {
	id := ""
	err := s.deedOnAny(ctx, c, caseID, acl.ProofAsk, func(d *deed) error {
		if s.Prove == nil {
			return errs.Conflictf("This Steward interprets nothing.").WithHint("ask its operator: interpret in the settings")
		}
		if err := a.check(); err != nil {
			return err
		}
		part, files, err := s.filesAsked(ctx, d.tx, d.opened, a, d.roles)
		if err != nil {
			return err
		}
		if !proof.Worth(names(files)) {
			return errs.Invalidf("report", "None of these files is C source or an archive.")
		}
		n, err := countProofs(ctx, d.tx, part.ID)
		if err != nil {
			return err
		}
		if n >= maxProofs {
			return errs.Conflictf("The files of this case were interpreted %d times.", n)
		}
		p := Proof{ID: db.NewID(s.Rand), Report: part.Report, Message: a.Message, Asked: d.now, By: d.by, State: ProofWaiting}
		for _, f := range a.Fixed {
			sum := sha256.Sum256(f.Data)
			p.Fixed = append(p.Fixed, FixedFile{Name: intake.DisplayName(f.Name), Size: int64(len(f.Data)), SHA256: hex.EncodeToString(sum[:])})
		}
		d.note("proof", "%s", p.ID)
		if len(p.Fixed) > 0 {
			d.note("fixed", "%d", len(p.Fixed))
		}
		id = p.ID
		return s.insertProof(ctx, d.tx, part, p, a.Fixed)
	})
	return id, err
}

// filesAsked finds the files that an Ask means, as far as the roles reach.
func (s *Store) filesAsked(ctx context.Context, q db.Queryer, o *opened, a Ask, roles []acl.Role) (*opened, []intake.Attachment, error) {
	if !acl.Allow(acl.ReportRead, roles...) || a.Message != "" && !acl.Allow(acl.MessageRead, roles...) || !isLine(a.Message+a.Report) {
		return nil, nil, errs.Missing()
	}
	parts, err := s.parts(ctx, q, o)
	if err != nil {
		return nil, nil, err
	}
	for _, p := range parts {
		if a.Report != "" && a.Report != p.Report {
			continue
		}
		files, err := attached(ctx, q, p, a.Message)
		if err != nil {
			return nil, nil, err
		}
		if len(files) > 0 {
			return p, files, nil
		}
		break
	}
	return nil, nil, errs.Missing()
}

// RunProof interprets what a proof asks for, and keeps the answer. c is
// acl.Myself(). With giveUp, an interpreter that cannot be started is an answer
// that cannot say.
func (s *Store) RunProof(ctx context.Context, c acl.Caller, caseID, id string, giveUp bool) error {
	var q proof.Request
	waiting := false
	err := s.DB.Read(ctx, func(r db.Queryer) error {
		o, _, err := s.access(ctx, r, c, caseID, acl.ProofRun)
		if err != nil {
			return err
		}
		p, given, err := readProof(ctx, r, o, id)
		if err != nil || p.State != ProofWaiting {
			return err
		}
		waiting, q.Fixed = true, given
		files, err := attached(ctx, r, o, p.Message)
		if err != nil {
			return err
		}
		q.Sources, err = s.sources(ctx, o, files)
		return err
	})
	if err != nil || !waiting {
		return err
	}
	if s.Interpret == nil {
		return errors.New("there is no interpreter")
	}
	answer, err := s.Interpret(ctx, q)
	if err != nil {
		if !giveUp {
			return err
		}
		answer = proof.Answer{Nothing: "The interpreter could not be started on this server."}
	}
	return s.tell(ctx, c, caseID, id, answer)
}

// sources reads files, as far as they are taken.
func (s *Store) sources(ctx context.Context, o *opened, files []intake.Attachment) (list []proof.Source, err error) {
	total := int64(0)
	for _, f := range files {
		if f.Ref.Size > proof.MaxSource || total+f.Ref.Size > proof.MaxSources {
			continue
		}
		total += f.Ref.Size
		r, err := s.Blobs.Open(ctx, o.key, f.Ref.ID)
		if err != nil {
			return nil, fmt.Errorf("reading a file to interpret: %w", err)
		}
		b, err := io.ReadAll(io.LimitReader(r, proof.MaxSource))
		if err := errors.Join(err, r.Close()); err != nil {
			return nil, fmt.Errorf("reading a file to interpret: %w", err)
		}
		list = append(list, proof.Source{Name: f.Name, Data: b})
	}
	return list, nil
}

// tell keeps an answer, and what of it the case and the queue show.
func (s *Store) tell(ctx context.Context, c acl.Caller, caseID, id string, answer proof.Answer) error {
	return s.deedOnAny(ctx, c, caseID, acl.ProofRun, func(d *deed) error {
		p, _, err := readProof(ctx, d.tx, d.opened, id)
		if err != nil {
			return err
		}
		if p.State, err = proofTable.step(p.State, ProofAnswer, ""); err != nil {
			return err
		}
		raw, err := json.Marshal(answer)
		if err != nil {
			return fmt.Errorf("keeping an answer: %w", err)
		}
		sum := sha256.Sum256(raw)
		p.Told, p.Answer, p.SHA256 = d.now, &answer, hex.EncodeToString(sum[:])
		body, err := sealed(d.key, proofContext(id), p)
		if err != nil {
			return err
		}
		if _, err := d.tx.Exec(ctx, `UPDATE case_proofs SET body = $1 WHERE id = $2`, body, id); err != nil {
			return fmt.Errorf("keeping an answer: %w", err)
		}
		d.note("proof", "%s", id)
		d.note("programs", "%d", len(answer.Programs))
		return d.proved(&p)
	})
}

// proved brings what the case shows up to an answer on the reporter's files:
// what other files of it have shown stands.
func (d *deed) proved(p *Proof) error {
	if len(p.Fixed) > 0 {
		return nil
	}
	all, err := proofs(d.ctx, d.tx, d.opened)
	if err != nil {
		return err
	}
	last := map[string]*Proved{} // by the letter
	var order []string
	for i := range all {
		x := &all[i]
		if x.State != ProofTold || len(x.Fixed) > 0 {
			continue
		}
		if !slices.Contains(order, x.Message) {
			order = append(order, x.Message)
		}
		last[x.Message] = x.proved()
	}
	d.Proved = nil
	for _, m := range order {
		if d.Proved == nil {
			d.Proved = last[m]
		}
	}
	if d.State != Merged || d.Proved == nil {
		return nil
	}
	into, err := d.s.load(d.ctx, d.tx, d.MergedInto)
	if err != nil || into.Proved != nil {
		return err
	}
	into.Proved = d.Proved
	return into.save(d.ctx, d.tx)
}

// TakeWeakness writes the weaknesses that a proof proposes into the facts of the
// case, behind those that are there. It is a person's decision always.
func (s *Store) TakeWeakness(ctx context.Context, c acl.Caller, caseID, id string) error {
	return s.work(ctx, c, caseID, acl.CaseEdit, func(d *deed) error {
		parts, err := s.parts(ctx, d.tx, d.opened)
		if err != nil {
			return err
		}
		for _, part := range parts {
			p, _, err := readProof(ctx, d.tx, part, id)
			if errs.Is(err, errs.NotFound) {
				continue
			}
			if err != nil {
				return err
			}
			if !acl.Allow(acl.ReportRead, d.roles...) || p.Message != "" && !acl.Allow(acl.MessageRead, d.roles...) {
				break
			}
			list := p.Weaknesses()
			if len(list) == 0 {
				return errs.Conflictf("This proof proposes no weakness.")
			}
			for _, n := range list {
				if w := fmt.Sprintf("CWE-%d", n); !slices.Contains(d.Fields.CWE, w) {
					d.Fields.CWE = append(d.Fields.CWE, w)
				}
			}
			d.note("proof", "%s", id)
			d.note("changed", "cwe")
			return d.Fields.check()
		}
		return errs.Missing()
	})
}
