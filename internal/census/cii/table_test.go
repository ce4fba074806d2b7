package cii_test

import (
	"encoding/csv"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"

	"steward/internal/census/cii"
)

// row is one project of a published table.
type row struct {
	project, source string
	facts           cii.Facts
	index           int
	parts           []int // published points, in the order of Points.Parts; none in 2015-03-17
}

// readCSV gives the records below the header of a file in testdata.
func readCSV(name string) ([][]string, error) {
	file, err := os.Open(filepath.Join("testdata", name))
	if err != nil {
		return nil, err
	}
	defer file.Close()
	r := csv.NewReader(file)
	r.Comment = '#'
	records, err := r.ReadAll()
	if err != nil {
		return nil, err
	}
	return records[1:], nil
}

// readTable reads a published table.
func readTable(date string) ([]row, error) {
	records, err := readCSV(date + ".csv")
	if err != nil {
		return nil, err
	}
	var rows []row
	for _, rec := range records {
		n := numbers{}
		r := row{project: rec[0], source: rec[1], facts: cii.Facts{
			Homepage:          rec[2] == "1",
			Languages:         []string{rec[3]},
			CVEs:              n.of(rec[4]),
			Contributors:      n.of(rec[5]),
			ContributorsKnown: rec[5] != "",
			Installs:          n.of(rec[6]),
			Network:           rec[7] == "1",
			NetworkData:       rec[8] == "1",
			Privilege:         rec[9] == "1",
			Role:              cii.Role(rec[10]),
		}, index: n.of(rec[11])}
		for _, p := range rec[12:] {
			r.parts = append(r.parts, n.of(p))
		}
		if n.err != nil {
			return nil, n.err
		}
		rows = append(rows, r)
	}
	return rows, nil
}

// numbers reads whole numbers and keeps the first error; blank is 0.
type numbers struct{ err error }

func (n *numbers) of(text string) int {
	if text == "" {
		return 0
	}
	v, err := strconv.Atoi(text)
	if n.err == nil {
		n.err = err
	}
	return v
}

// table is what readTable reads, or the end of the test.
func table(t *testing.T, date string) []row {
	t.Helper()
	rows, err := readTable(date)
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

// cuts gives the cuts of a model for a table. The ranks in the whole archive
// were not published: between the least popular of one share and the most
// popular of the next lie 52,893 and 55,630 installs, 1,808 and 2,479, and any
// cut between does.
func cuts(m *cii.Model, rows []row) []cii.Cut {
	if m.Population == cii.Archive {
		return []cii.Cut{{Installs: 55630, Points: 2}, {Installs: 2479, Points: 1}}
	}
	var installs []int
	for _, r := range rows {
		installs = append(installs, r.facts.Installs)
	}
	return m.Cuts(installs)
}

// scored gives the points of each row, as the model has it.
func scored(name string, rows []row) ([]cii.Points, error) {
	m, err := find(name)
	if err != nil {
		return nil, err
	}
	at := cuts(m, rows)
	points := make([]cii.Points, len(rows))
	for i, r := range rows {
		points[i] = m.Score(r.facts, at)
	}
	return points, nil
}

// TestReproduced computes every row of the published tables again.
func TestReproduced(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		date, model string
		rows, parts int // parts: the table of 2015-03-17 has none
	}{
		{"2015-03-17", "census-2015-v1.0", 394, 0},
		{"2015-07-28", "census-2015-v1.1", 412, 7},
		{"2015-08-07", "census-2015-v1.2", 412, 7},
		{"2016-07-21", "census-2015-v1.2", 428, 7},
	} {
		t.Run(c.date, func(t *testing.T) {
			t.Parallel()
			rows := table(t, c.date)
			points, err := scored(c.model, rows)
			if err != nil {
				t.Fatal(err)
			}
			same := 0
			for i, r := range rows {
				var parts []int
				for _, p := range points[i].Parts() {
					parts = append(parts, p.Points)
				}
				if points[i].Index != r.index || (r.parts != nil && !slices.Equal(parts, r.parts)) {
					t.Errorf("%s: computed %v, index %d; published %v, index %d", r.project, parts, points[i].Index, r.parts, r.index)
					continue
				}
				same++
			}
			if same != c.rows {
				t.Errorf("%d rows are as published, not %d", same, c.rows)
			}
			if got := len(rows[0].parts); got != c.parts {
				t.Errorf("%d components were compared, not %d", got, c.parts)
			}
		})
	}
}

// TestCutsBetween tries the other ends of what is known of the cuts.
func TestCutsBetween(t *testing.T) {
	t.Parallel()
	m, err := find("census-2015-v1.2")
	if err != nil {
		t.Fatal(err)
	}
	for _, date := range []string{"2015-08-07", "2016-07-21"} {
		for _, at := range [][2]int{{52894, 1809}, {55630, 1809}, {52894, 2479}} {
			for _, r := range table(t, date) {
				got := m.Score(r.facts, []cii.Cut{{Installs: at[0], Points: 2}, {Installs: at[1], Points: 1}})
				if got.Index != r.index {
					t.Errorf("%s, cuts %v: %s has %d, not %d", date, at, r.project, got.Index, r.index)
				}
			}
		}
	}
}

// TestMistaken sees that the tables tell the models apart: with another's
// points some rows differ.
func TestMistaken(t *testing.T) {
	t.Parallel()
	right := map[string]string{
		"2015-03-17": "census-2015-v1.0",
		"2015-07-28": "census-2015-v1.1",
		"2015-08-07": "census-2015-v1.2",
	}
	for date, own := range right {
		rows := table(t, date)
		for _, m := range models() {
			points, err := scored(m.Name, rows)
			if err != nil {
				t.Fatal(err)
			}
			wrong := 0
			for i, r := range rows {
				if points[i].Index != r.index {
					wrong++
				}
			}
			if (wrong == 0) != (m.Name == own) {
				t.Errorf("%s has %d wrong rows in the table of %s", m.Name, wrong, date)
			}
		}
	}
}
