package app

import (
	"context"
	"fmt"
	"path/filepath"

	"steward/internal/base/errs"
	"steward/internal/intake"
)

// linter makes the report lint of the settings. A mirror that cannot be opened
// is a mistake in the settings, said at start and not at a reporter's expense.
func (a *App) linter(ctx context.Context) (*intake.Linter, error) {
	l := &intake.Linter{Mirrors: map[string]*intake.Mirror{}}
	for i, p := range a.Config.Products {
		l.Products = append(l.Products, intake.Product{Name: p.Name, Aliases: aliases(p.Package), Released: p.Versions})
		if p.Mirror == "" {
			continue
		}
		dir := p.Mirror
		if !filepath.IsAbs(dir) {
			dir = a.Dir.path(dir)
		}
		m, err := intake.OpenMirror(ctx, dir)
		if err != nil {
			return nil, errs.Invalidf(fmt.Sprintf("product[%d].mirror", i), "cannot be used: %v", err)
		}
		l.Mirrors[p.Name] = m
	}
	for i, r := range a.Config.Rules {
		rule, err := intake.ParseRule(r.Title, r.Why, r.Match)
		if err != nil {
			return nil, errs.Invalidf(fmt.Sprintf("not_a_vulnerability[%d]", i), "%v", err)
		}
		l.NotVulnerabilities = append(l.NotVulnerabilities, rule)
	}
	return l, nil
}

func aliases(names ...string) (out []string) {
	for _, n := range names {
		if n != "" {
			out = append(out, n)
		}
	}
	return out
}
