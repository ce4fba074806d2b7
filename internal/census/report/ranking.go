package report

import (
	"bytes"
	"encoding/json"
	"strconv"

	"steward/internal/base/look"
)

// perPage is how many rows a page of the ranking has. census.js knows it too.
const perPage = 1000

// scripts are those of the pages that search and plot.
var scripts = []string{"sources.js", "census.js"}

// rankingPart is one page of the ranking.
type rankingPart struct {
	look.Shell
	First, Last, All string
	Logistic         bool
	Lineage          *lineage
	Rows             []rankingRow
	Pages            []look.Link
	Before, After    string // neighbouring pages; empty: none
}

type rankingRow struct {
	link
	Rank  int
	Score scored
	Move  *move // nil: no earlier release was ranked
}

// rankingPages is how many there are: one at least.
func (b *book) rankingPages() int { return max(1, (len(b.r.Rows)+perPage-1)/perPage) }

func (b *book) ranking(n int) *rankingPart {
	from, to := n*perPage, min((n+1)*perPage, len(b.r.Rows))
	p := &rankingPart{First: count(from + 1), Last: count(to), All: count(len(b.r.Rows)), Logistic: b.r.Model.Method == "logistic"}
	title := "The full ranking"
	if n > 0 {
		title += ", from " + p.First
	}
	p.Shell = b.shell("", title, "", "ranking.html")
	p.Scripts, p.Lineage = scripts, b.lineage()
	for _, row := range b.r.Rows[from:to] {
		p.Rows = append(p.Rows, rankingRow{link: b.link("", row.Source), Rank: row.Rank, Score: scoreOf(row), Move: b.move(row.Source)})
	}
	for i := range b.rankingPages() {
		p.Pages = append(p.Pages, look.Link{Label: count(i*perPage + 1), Href: rankingPage(i), Current: i == n})
	}
	if n > 0 {
		p.Before = rankingPage(n - 1)
	}
	if n+1 < b.rankingPages() {
		p.After = rankingPage(n + 1)
	}
	return p
}

// sources is the ranking for the script: one text, a line for each source in
// order: its name, score and reach, then "=" if its rank is that of the line
// before, and "p" if it has a page that is named by its stem. It is a script and
// no JSON, since a page from a disk may not fetch.
func (b *book) sources() ([]byte, error) {
	var lines []byte
	for n, row := range b.r.Rows {
		name := b.name(row.Source)
		lines = append(lines, name...)
		lines = append(append(lines, ' '), percent(row.Score)...)
		lines = strconv.AppendInt(append(lines, ' '), int64(b.reach[row.Source]), 10)
		lines = append(lines, ' ')
		if n > 0 && row.Rank == b.r.Rows[n-1].Rank {
			lines = append(lines, '=')
		}
		if _, whole := stem(name); whole && b.hasPage[row.Source] {
			lines = append(lines, 'p')
		}
		lines = append(lines, '\n')
	}
	quoted, err := json.Marshal(string(lines))
	if err != nil {
		return nil, err
	}
	return bytes.Join([][]byte{[]byte("\"use strict\";\nvar censusSources = "), quoted, []byte(";\n")}, nil), nil
}
