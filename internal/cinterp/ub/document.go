package ub

import (
	"fmt"
	"strings"
)

// Document writes the catalogue as a part of a page in Markdown: the kinds by
// chapters, then what is not shown, with the reason. Same catalogue, same bytes.
func Document() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d kinds, with %d example programs, cover %d of the %d items of Annex J.2 (C17).\n", len(All()), len(Examples()), Items-len(missing), Items)
	b.WriteString("Tiers: A memory safety, B what compilers rely on, C formal only, N a note and no undefined behaviour.\n")
	for _, g := range groups {
		fmt.Fprintf(&b, "\n### %s\n\n| Number | Name | Tier | C17 | J.2 | CWE | CERT | Rule |\n| --- | --- | --- | --- | --- | --- | --- | --- |\n", g.Title)
		for _, k := range g.Kinds {
			fmt.Fprintf(&b, "| %s | %s | %s | %s | %s | %d | %s | %s |\n", k.Number, k.Name, k.Tier, k.Clause, items(k.J2), k.CWE, k.CERT, cell(k.Rule))
		}
	}
	b.WriteString("\n### Not shown\n\n| J.2 | C17 | What | Why not |\n| --- | --- | --- | --- |\n")
	for _, m := range missing {
		fmt.Fprintf(&b, "| %d | %s | %s | %s |\n", m.J2, m.Clause, cell(m.What), cell(m.Why))
	}
	return b.String()
}

func items(j2 []int) string {
	return strings.Trim(strings.ReplaceAll(fmt.Sprint(j2), " ", ", "), "[]")
}

// cell makes a text safe in a table of Markdown.
func cell(s string) string {
	return strings.NewReplacer("|", "\\|", "<", "&lt;", "_", "\\_", "*", "\\*").Replace(s)
}
