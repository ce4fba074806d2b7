package cli

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"steward/internal/base/errs"
	"steward/internal/census"
	"steward/internal/census/index"
	"steward/internal/census/report"
	"steward/internal/census/yardstick"
)

// trusts are where a verdict on a model goes besides the terminal.
type trusts struct{ svg, into string }

func (t *trusts) flags(c *cobra.Command) {
	c.Flags().StringVar(&t.svg, "svg", "", "draw the verdict into this `file`: what was foretold and came, and what the first of the ranking held")
	c.Flags().StringVar(&t.into, "trust-into", "", "write the verdict into the `file` of a model, which ends in .json, as how far to trust it")
}

// write keeps the verdict where one wants it.
func (t *trusts) write(s *shell, m *census.Model, p past, v yardstick.Verdict) error {
	judged := *m
	judged.Trust = v.Trust(filepath.Base(filepath.Clean(p.before)), afterOf(p.after))
	if t.svg != "" {
		picture, err := report.TrustPicture(&judged)
		if err != nil {
			return err
		}
		if err := os.WriteFile(t.svg, picture, 0o644); err != nil {
			return errs.Invalidf("svg", "The file %s cannot be written.", t.svg).WithHint("is its folder there?").WithCause(err)
		}
	}
	if t.into == "" {
		return nil
	}
	return s.trustInto(t.into, judged)
}

// trustInto changes of a model's file what it says of its trust, and nothing else.
func (s *shell) trustInto(file string, judged census.Model) error {
	if !strings.HasSuffix(file, ".json") {
		return errs.Invalidf("trust-into", "%s is no file of a model: those end in .json.", file).WithHint("export the model first, or name the one that train wrote")
	}
	there, err := s.model(file)
	if err != nil {
		return err
	}
	if there.Name != judged.Name {
		return errs.Conflictf("%s holds the model %q, and what was judged is %q.", file, there.Name, judged.Name).WithHint("judge it with --model %s", file)
	}
	there.Trust = judged.Trust
	raw, err := json.MarshalIndent(there, "", " ")
	if err != nil {
		return fmt.Errorf("writing the model: %w", err)
	}
	if err := os.WriteFile(file, append(raw, '\n'), 0o644); err != nil {
		return errs.Invalidf("trust-into", "The file %s cannot be written.", file).WithCause(err)
	}
	return nil
}

// afterOf is what the archives are called by which a model was judged.
func afterOf(paths []string) string {
	var names []string
	for _, path := range paths {
		name := index.Named(path)
		if name == "" {
			name = filepath.Base(path)
		}
		names = append(names, name)
	}
	return strings.Join(names, ", ")
}
