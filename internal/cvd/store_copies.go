package cvd

import (
	"context"
	"fmt"
	"strings"

	"steward/internal/base/acl"
	"steward/internal/base/db"
	"steward/internal/base/errs"
	"steward/internal/base/watermark"
)

const copyContext = "copy" // of a wording of the draft within its scope

// maxWordings is how many wordings of a draft a leak is held against, the
// latest first.
const maxWordings = 50

// keepCopy keeps the wording of the draft of which there may be copies.
func (d *deed) keepCopy() error {
	d.Copied = true
	body := d.key.Seal(copyContext, []byte(copyText(d.Draft())))
	_, err := d.tx.Exec(d.ctx, `INSERT INTO case_copies (case_id, at, body) VALUES ($1, $2, $3)
		ON CONFLICT (case_id, at) DO UPDATE SET body = $3`, d.ID, db.Micros(d.now), body)
	if err != nil {
		return fmt.Errorf("keeping what copies are made of: %w", err)
	}
	return nil
}

// wordings reads them, the latest first, each once.
func wordings(ctx context.Context, q db.Queryer, o *opened) ([]string, error) {
	out := []string{copyText(o.Draft())}
	err := db.Each(ctx, q, "reading what copies are made of", `SELECT body FROM case_copies WHERE case_id = $1 ORDER BY at DESC`,
		[]any{o.ID}, func(scan db.Scan) error {
			var body []byte
			if err := scan(&body); err != nil || len(out) >= maxWordings {
				return err
			}
			plain, err := o.key.Open(copyContext, body)
			out = append(out, string(plain))
			return err
		})
	return unique(out), err
}

// Traced is what a leak tells, held against one thing of which there are
// copies: the draft, or a patch by its name.
type Traced struct {
	Of       string         `json:"of"`
	Places   int            `json:"places"` // that were found and told copies apart
	Verdicts []TraceVerdict `json:"verdicts"`
}

// TraceVerdict is how well the leak fits the copy of one holder.
type TraceVerdict struct {
	Recipient string  `json:"recipient,omitempty"` // id; empty for a person who is let in by themselves
	Name      string  `json:"name"`
	Bits      float64 `json:"bits"`   // weight of evidence in powers of two; below 0: against
	Fit       int     `json:"fit"`    // places that show what this copy has
	Chance    float64 `json:"chance"` // that another's copy fits as well, at most
	Line      bool    `json:"line"`   // its visible line is in the leak, which anyone can type
	Traced    bool    `json:"traced"`
}

// Trace tells of a leak whose copy it was: of the draft in the wording that it
// fits best, and of each patch. It proves whose copy leaked and not who leaked it.
func (s *Store) Trace(ctx context.Context, c acl.Caller, caseID string, leak []byte) ([]Traced, error) {
	if len(leak) == 0 {
		leak = []byte(" ")
	}
	var texts []string
	var holders []holding
	var patches []patchBody
	err := s.DB.Read(ctx, func(q db.Queryer) error {
		o, _, err := s.access(ctx, q, c, caseID, acl.Burn)
		if err != nil {
			return err
		}
		if texts, err = wordings(ctx, q, o); err != nil {
			return err
		}
		if patches, err = patchBodies(ctx, q, o); err != nil {
			return err
		}
		holders, err = s.holders(ctx, q, o)
		return err
	})
	if err != nil {
		return nil, err
	}
	if len(leak) > watermark.MaxBytes {
		return nil, errs.Invalidf("leak", "The text is larger than %d bytes.", watermark.MaxBytes).WithHint("a page of it is enough")
	}
	candidates := make([]watermark.Candidate, len(holders))
	for i, h := range holders {
		candidates[i] = watermark.Candidate{ID: h.holder, Mark: h.mark, Line: ambered(h.name)}
	}
	var best watermark.Report
	for _, t := range texts { // by the places alone, which no mark has a part in
		if r := watermark.TraceText(t, leak, candidates); best.Verdicts == nil || r.Places > best.Places {
			best = r
		}
	}
	out := []Traced{traced("the draft", best, holders)}
	for _, p := range patches {
		out = append(out, traced(p.Name, tracePatch(p.diff, leak, candidates), holders))
	}
	return out, s.deedOnAny(ctx, c, caseID, acl.Burn, func(d *deed) error {
		var names []string
		for _, t := range out {
			for _, v := range t.Verdicts {
				if v.Traced {
					names = append(names, v.Name)
				}
			}
		}
		d.note("traced", "%d copies", len(holders))
		d.note("to", "%s", strings.Join(unique(names), ", "))
		return nil
	})
}

// holding is someone who has copies of their own.
type holding struct {
	holder, recipient, name string
	mark                    watermark.Mark
}

// holders lists who has or had copies: organisations, and distributors who were
// let in by themselves.
func (s *Store) holders(ctx context.Context, q db.Queryer, o *opened) (out []holding, err error) {
	for _, r := range o.Recipients {
		out = append(out, holding{holder: r.ID, recipient: r.ID, name: r.Name})
	}
	list, err := people(ctx, q, o)
	if err != nil {
		return nil, err
	}
	for _, p := range list {
		if p.Role == acl.Distributor && o.recipientOf(p.User) == nil {
			out = append(out, holding{holder: o.holder(p.User), name: p.Name})
		}
	}
	for i := range out {
		if out[i].mark, err = s.mark(o.ID, out[i].holder); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func traced(of string, r watermark.Report, holders []holding) Traced {
	t := Traced{Of: of, Places: r.Places}
	for _, v := range r.Verdicts {
		x := TraceVerdict{Bits: v.Bits, Fit: v.Fit, Chance: v.Chance, Line: v.Line, Traced: v.Traced}
		for _, h := range holders {
			if h.holder == v.ID {
				x.Recipient, x.Name = h.recipient, h.name
			}
		}
		t.Verdicts = append(t.Verdicts, x)
	}
	return t
}
