package cii_test

import (
	"fmt"
	"math/rand/v2"
	"slices"

	"steward/internal/census/cii"
)

// measured is what the yardstick is laid on: by column, the values of each
// source package, and whether it later had a security upload.
type measured struct {
	names  []string // of the columns; "index" is the first
	values [][]float64
	hit    []bool
}

// outcome tells for each source package that Debian still has whether it had a
// security upload since.
func outcome() (map[string]bool, error) {
	records, err := readCSV("outcome.csv")
	hit := map[string]bool{}
	for _, rec := range records {
		hit[rec[0]] = rec[1] == "1" || rec[2] == "1"
	}
	return hit, err
}

// measure scores a table and keeps what the outcome knows. By source, the
// project with the highest index stands for all of its source package.
func measure(date, model string, bySource bool) (*measured, error) {
	rows, err := readTable(date)
	if err != nil {
		return nil, err
	}
	points, err := scored(model, rows)
	if err != nil {
		return nil, err
	}
	later, err := outcome()
	if err != nil {
		return nil, err
	}
	order := make([]int, len(rows))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return points[b].Index - points[a].Index })
	m := &measured{names: []string{"index"}}
	for _, part := range (cii.Points{}).Parts() {
		m.names = append(m.names, part.Name)
	}
	m.names = append(m.names, count, "all parts but CVEs", "CVEs, language and exposure")
	m.values = make([][]float64, len(m.names))
	seen := map[string]bool{}
	for _, i := range order {
		source := rows[i].source
		hit, known := later[source]
		if !known || (bySource && seen[source]) {
			continue
		}
		seen[source] = true
		m.hit = append(m.hit, hit)
		p := points[i]
		line := []int{p.Index}
		sum := 0
		for _, part := range p.Parts() {
			line = append(line, part.Points)
			sum += part.Points
		}
		line = append(line, rows[i].facts.CVEs, sum-p.CVEs, p.CVEs+p.Language+p.Exposure)
		for c, v := range line {
			m.values[c] = append(m.values[c], float64(v))
		}
	}
	return m, nil
}

// drawn draws as many packages as there are, with replacement.
func (m *measured) drawn(r *rand.Rand) *measured {
	d := &measured{names: m.names, values: make([][]float64, len(m.values))}
	for range m.hit {
		i := r.IntN(len(m.hit))
		d.hit = append(d.hit, m.hit[i])
		for c := range m.values {
			d.values[c] = append(d.values[c], m.values[c][i])
		}
	}
	return d
}

// aucs gives the AUC of each column.
func (m *measured) aucs() []float64 {
	var out []float64
	for _, v := range m.values {
		out = append(out, auc(v, m.hit))
	}
	return out
}

// column gives the values of one column.
func (m *measured) column(name string) []float64 { return m.values[slices.Index(m.names, name)] }

// among is how many of the k packages with the highest values were hit. Those
// that are level at the end of the k count by their part.
func (m *measured) among(values []float64, k int) float64 {
	edge := slices.Sorted(slices.Values(values))[len(values)-k]
	var above, level, aboveHit, levelHit float64
	for i, v := range values {
		hit := 0.0
		if m.hit[i] {
			hit = 1
		}
		switch {
		case v > edge:
			above, aboveHit = above+1, aboveHit+hit
		case v == edge:
			level, levelHit = level+1, levelHit+hit
		}
	}
	return aboveHit + levelHit*(float64(k)-above)/level
}

// hits counts the packages that had a security upload.
func (m *measured) hits() int {
	n := 0
	for _, h := range m.hit {
		if h {
			n++
		}
	}
	return n
}

const count = "count of CVEs"

// middle gives the bounds of the middle 95 of 100 values.
func middle(values []float64) (low, high float64) {
	values = slices.Sorted(slices.Values(values))
	return values[len(values)*25/1000], values[len(values)*975/1000]
}

// Example_yardstick asks of the last table of the census which of its packages
// later needed a security upload in Debian (AUC: 1 is all right, 0.5 a coin,
// less points the wrong way), and which of its columns knew. The intervals are
// of 1000 draws of packages.
//
// An upload shows that a fault was found and mended. It says nothing of faults
// that nobody looks for, and those were on the census's mind when it counted
// few contributors as risk. Packages that Debian dropped or renamed since are
// left out.
func Example_yardstick() {
	m, err := measure("2016-07-21", "census-2015-v1.2", true)
	if err != nil {
		fmt.Println(err)
		return
	}
	rows, err := measure("2016-07-21", "census-2015-v1.2", false)
	if err != nil {
		fmt.Println(err)
		return
	}
	draws := make([][]float64, len(m.names))
	var ahead []float64 // of the count of CVEs before the index
	r := rand.New(rand.NewPCG(2015, 2016))
	for range 1000 {
		d := m.drawn(r)
		at := d.aucs()
		for c, v := range at {
			draws[c] = append(draws[c], v)
		}
		ahead = append(ahead, auc(d.column(count), d.hit)-at[0])
	}
	fmt.Printf("| column | AUC, %d sources, %d hit | 95 %% | AUC, %d projects, %d hit |\n|---|---|---|---|\n",
		len(m.hit), m.hits(), len(rows.hit), rows.hits())
	projects := rows.aucs()
	for c, v := range m.aucs() {
		low, high := middle(draws[c])
		fmt.Printf("| %s | %.3f | %.2f–%.2f | %.3f |\n", m.names[c], v, low, high, projects[c])
	}
	low, high := middle(ahead)
	fmt.Printf("the count of CVEs alone is ahead of the index by %.2f to %.2f\n", low, high)
	fmt.Printf("of the first 20, by index %.1f were hit, by the count of CVEs %.1f, by chance %.1f\n",
		m.among(m.column("index"), 20), m.among(m.column(count), 20), 20*float64(m.hits())/float64(len(m.hit)))
	// Output:
	// | column | AUC, 247 sources, 45 hit | 95 % | AUC, 341 projects, 78 hit |
	// |---|---|---|---|
	// | index | 0.683 | 0.60–0.76 | 0.668 |
	// | website | 0.436 | 0.40–0.48 | 0.441 |
	// | CVEs | 0.815 | 0.74–0.88 | 0.836 |
	// | contributors | 0.364 | 0.27–0.45 | 0.319 |
	// | popularity | 0.462 | 0.40–0.52 | 0.488 |
	// | language | 0.652 | 0.60–0.71 | 0.647 |
	// | exposure | 0.708 | 0.62–0.78 | 0.680 |
	// | data only | 0.500 | 0.50–0.50 | 0.500 |
	// | count of CVEs | 0.836 | 0.76–0.90 | 0.857 |
	// | all parts but CVEs | 0.541 | 0.46–0.63 | 0.501 |
	// | CVEs, language and exposure | 0.845 | 0.78–0.90 | 0.852 |
	// the count of CVEs alone is ahead of the index by 0.07 to 0.23
	// of the first 20, by index 6.5 were hit, by the count of CVEs 16.0, by chance 3.6
}

// Example_versions lays the same yardstick on each version of the index.
func Example_versions() {
	for _, v := range [][2]string{
		{"2015-03-17", "census-2015-v1.0"},
		{"2015-03-17", "census-2015-v1.0-intended"},
		{"2015-07-28", "census-2015-v1.1"},
		{"2015-08-07", "census-2015-v1.2"},
		{"2016-07-21", "census-2015-v1.2"},
	} {
		m, err := measure(v[0], v[1], true)
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Printf("| %s of %s | %d of %d | index %.3f | count of CVEs %.3f |\n",
			v[1], v[0], m.hits(), len(m.hit), auc(m.column("index"), m.hit), auc(m.column(count), m.hit))
	}
	// Output:
	// | census-2015-v1.0 of 2015-03-17 | 34 of 228 | index 0.710 | count of CVEs 0.800 |
	// | census-2015-v1.0-intended of 2015-03-17 | 34 of 228 | index 0.694 | count of CVEs 0.800 |
	// | census-2015-v1.1 of 2015-07-28 | 44 of 244 | index 0.664 | count of CVEs 0.828 |
	// | census-2015-v1.2 of 2015-08-07 | 44 of 244 | index 0.661 | count of CVEs 0.828 |
	// | census-2015-v1.2 of 2016-07-21 | 45 of 247 | index 0.683 | count of CVEs 0.836 |
}
