package census

import (
	"cmp"
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
	"math"
	"path"
	"slices"
	"strings"

	"steward/internal/base/errs"
	"steward/internal/census/cii"
)

// Method is how a model turns signals into a score.
type Method string

// The methods.
const (
	// RankSum adds up, for each signal, the share of sources that have less of
	// it, times the weight. The score goes from 0 to 100.
	RankSum Method = "rank-sum"
	// Logistic adds up weighted signals and terms to the logarithm of odds. The
	// score is the chance in percent.
	Logistic Method = "logistic"
	// Points adds up the points that each column of the census of 2015 gets. The
	// score is that index.
	Points Method = "points"
)

// Model says how much each signal counts.
type Model struct {
	Name    string                    `json:"name"`
	About   string                    `json:"about"`          // what it is, in a sentence
	Made    string                    `json:"made,omitempty"` // how its weights came about
	Method  Method                    `json:"method"`
	Bias    float64                   `json:"bias,omitempty"` // Logistic: where the sum begins
	Signals []Weight                  `json:"signals,omitempty"`
	Terms   []TermWeight              `json:"terms,omitempty"`
	Points  *cii.Model                `json:"points,omitempty"` // Points: what each column is worth
	Trust   *Trust                    `json:"trust,omitempty"`
	index   map[Kind]map[string]int32 // of Terms
}

// Weight is how much a signal counts. Below 0: less of it is worse.
type Weight struct {
	Signal string  `json:"signal"`
	Weight float64 `json:"weight"`
	Mean   float64 `json:"mean,omitempty"`   // Logistic: is taken from what is weighed,
	Spread float64 `json:"spread,omitempty"` // which is then divided by this
	Why    string  `json:"why,omitempty"`    // why it counts so much
}

// TermWeight is how much a term counts.
type TermWeight struct {
	Term
	Weight float64 `json:"weight"`
}

//go:embed models/*.json
var shipped embed.FS

// Models gives the names of the models that come with Steward.
func Models() (names []string) {
	files, _ := fs.Glob(shipped, "models/*.json")
	for _, f := range files {
		names = append(names, strings.TrimSuffix(path.Base(f), ".json"))
	}
	slices.Sort(names)
	return names
}

// ModelNamed gives a model that comes with Steward; errs.Invalid if there is none
// of that name.
func ModelNamed(name string) (*Model, error) {
	if !slices.Contains(Models(), name) {
		return nil, errs.Invalidf("model", "There is no model %q.", name).WithHint("choose one of %s, or give a file that ends in .json", strings.Join(Models(), ", "))
	}
	raw, err := shipped.ReadFile("models/" + name + ".json")
	if err != nil {
		return nil, fmt.Errorf("reading the model %s: %w", name, err)
	}
	return ParseModel(raw)
}

// MaxModel is how large the file of a model may be, in bytes.
const MaxModel = 16 << 20

// ParseModel reads a model.
func ParseModel(raw []byte) (*Model, error) {
	if len(raw) > MaxModel {
		return nil, errs.Invalidf("model", "The file has more than %d bytes.", MaxModel)
	}
	m := &Model{}
	if err := json.Unmarshal(raw, m); err != nil {
		return nil, errs.Invalidf("model", "The file is no model: %s.", strings.TrimPrefix(err.Error(), "json: "))
	}
	return m, m.ready()
}

// ready checks a model and prepares it.
func (m *Model) ready() error {
	if m.Method != RankSum && m.Method != Logistic && m.Method != Points {
		return errs.Invalidf("model.method", "There is no method %q.", m.Method).WithHint("%s, %s and %s are", RankSum, Logistic, Points)
	}
	if (m.Method == Points) != (m.Points != nil) {
		return errs.Invalidf("model.points", "A model of the method %s has points, and no other has.", Points)
	}
	if m.Method == Points {
		if err := m.Points.Check(); err != nil {
			return err
		}
	}
	if m.Name == "" || m.Method != Points && len(m.Signals) == 0 {
		return errs.Invalidf("model", "A model has a name and at least one signal.")
	}
	if m.Method == Points && len(m.Signals)+len(m.Terms) > 0 {
		return errs.Invalidf("model.signals", "A model of points weighs no signals.").WithHint("take signals and terms away, or choose another method")
	}
	if m.Method == RankSum && len(m.Terms) > 0 {
		return errs.Invalidf("model.terms", "A rank-sum weighs signals alone.").WithHint("take the terms away, or choose the method logistic")
	}
	for _, w := range m.Signals {
		if _, ok := signalNamed(w.Signal); !ok {
			return errs.Invalidf("model.signals", "There is no signal %q.", w.Signal)
		}
		if !finite(w.Weight, w.Mean, w.Spread) || m.Method == Logistic && w.Spread <= 0 {
			return errs.Invalidf("model.signals", "The signal %q has a weight that cannot be.", w.Signal).WithHint("a logistic model divides by spread, which is above 0")
		}
	}
	if m.Trust != nil && !m.Trust.ready() {
		return errs.Invalidf("model.trust", "What the model says of its trust cannot be.").WithHint("make it anew: steward census validate --trust-into FILE")
	}
	if !finite(m.Bias) {
		return errs.Invalidf("model.bias", "The bias is no number.")
	}
	m.index = map[Kind]map[string]int32{}
	for i, t := range m.Terms {
		if !slices.Contains(Kinds(), t.Kind) || !finite(t.Weight) {
			return errs.Invalidf("model.terms", "The term %q of kind %q cannot be.", t.Name, t.Kind)
		}
		if m.index[t.Kind] == nil {
			m.index[t.Kind] = map[string]int32{}
		}
		m.index[t.Kind][t.Name] = int32(i)
	}
	return nil
}

// Most is the highest score that a model can give.
func (m *Model) Most() float64 {
	if m.Method == Points {
		return float64(m.Points.Max())
	}
	return 100
}

func finite(xs ...float64) bool {
	return !slices.ContainsFunc(xs, func(x float64) bool { return math.IsNaN(x) || math.IsInf(x, 0) })
}

func compareTerms(a, b Term) int {
	return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Name, b.Name))
}
