package change

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"

	"steward/internal/base/errs"
	"steward/internal/census"
)

// What a file may have. That of Debian has 15 MB and 40,000 sources.
const (
	MaxBytes   = 1 << 30
	maxSources = 2_000_000
	maxSignals = 500
	maxText    = 4096 // bytes of a name or a version
	maxQuiet   = 100_000
	maxFields  = 100 // of the run as a whole
)

// head is what a file says of the run.
type head struct {
	About    string        `json:"about"`
	Method   census.Method `json:"method"`
	Model    string        `json:"model"`
	Packages int           `json:"packages"`
	Quiet    []string      `json:"quiet"`
	Trust    *census.Trust `json:"trust"`
}

// line is what a file says of a source.
type line struct {
	Source  string              `json:"source"`
	Version string              `json:"version"`
	Rank    int                 `json:"rank"`
	Score   float64             `json:"score"`
	High    float64             `json:"high"`
	Signals map[string]*float64 `json:"signals"`
}

const wayOut = "give a file that steward census run --json wrote"

// Read reads what census.WriteJSON wrote. Fields that it does not know are left
// out. errs.Invalid: the file is another, is broken, or is too large.
func Read(r io.Reader) (*Run, error) {
	limited := &io.LimitedReader{R: r, N: MaxBytes + 1}
	p := &reader{dec: json.NewDecoder(limited), run: &Run{}, names: map[string]bool{}}
	err := p.object()
	switch e, ours := errors.AsType[*errs.Error](err); {
	case limited.N <= 0:
		return nil, errs.Invalidf("", "The file has more than %d bytes.", int64(MaxBytes))
	case ours:
		return nil, e
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return nil, errs.Invalidf("", "The file ends too early.").WithHint("write it anew with steward census run --json").WithCause(err)
	case err != nil:
		return nil, errs.Invalidf("", "The file is no ranking: %s.", strings.TrimPrefix(err.Error(), "json: ")).WithHint(wayOut).WithCause(err)
	}
	p.run.order()
	return p.run, nil
}

// reader reads a run piece by piece, so that little more than the run is held.
type reader struct {
	dec   *json.Decoder
	run   *Run
	names map[string]bool // sources that were read
}

// object reads the whole file: one object, and nothing behind it.
func (p *reader) object() error {
	if err := p.expect('{'); err != nil {
		return err
	}
	fields := map[string]json.RawMessage{}
	listed := false
	for p.dec.More() {
		key, err := p.dec.Token()
		if err != nil {
			return err
		}
		name, _ := key.(string) // of an object it is one
		if name == "sources" {
			if listed {
				return errs.Invalidf("sources", "The file has two lists of sources.").WithHint(wayOut)
			}
			if listed, err = true, p.sources(); err != nil {
				return err
			}
			continue
		}
		var raw json.RawMessage
		if err := p.dec.Decode(&raw); err != nil {
			return err
		}
		if fields[name] = raw; len(fields) > maxFields {
			return errs.Invalidf("", "The file is no ranking: it says too much of itself.").WithHint(wayOut)
		}
	}
	if err := p.expect('}'); err != nil {
		return err
	}
	if _, err := p.dec.Token(); !errors.Is(err, io.EOF) {
		return errs.Invalidf("", "Something follows behind the ranking.").WithHint(wayOut)
	}
	return p.head(fields, listed)
}

// head takes what the file says of the run as a whole.
func (p *reader) head(fields map[string]json.RawMessage, listed bool) error {
	raw, err := json.Marshal(fields)
	if err != nil {
		return err
	}
	var h head
	if err := json.Unmarshal(raw, &h); err != nil {
		return err
	}
	if h.Model == "" || h.Method == "" || !listed {
		return errs.Invalidf("", "The file is no ranking: it lacks the model, the method or the sources.").WithHint(wayOut)
	}
	if len(h.Quiet) > maxQuiet || len(h.Model) > maxText || len(h.Method) > maxText || len(h.About) > maxText {
		return errs.Invalidf("", "The file is no ranking: it says too much of itself.").WithHint(wayOut)
	}
	p.run.Model, p.run.About, p.run.Method, p.run.Trust, p.run.Packages = h.Model, h.About, h.Method, h.Trust, h.Packages
	if len(h.Quiet) > 0 {
		p.run.Quiet = h.Quiet
	}
	return nil
}

// expect takes the one mark that must come next.
func (p *reader) expect(mark json.Delim) error {
	switch got, err := p.dec.Token(); {
	case err != nil:
		return err
	case got != mark:
		return errs.Invalidf("", "The file is no ranking: there is no %q where there should be one.", mark.String()).WithHint(wayOut)
	}
	return nil
}

// sources reads the list of sources, one at a time.
func (p *reader) sources() error {
	if err := p.expect('['); err != nil {
		return err
	}
	for p.dec.More() {
		if len(p.run.Sources) == maxSources {
			return errs.Invalidf("sources", "The file has more than %d sources.", maxSources)
		}
		var l line
		if err := p.dec.Decode(&l); err != nil {
			return err
		}
		if err := p.source(&l); err != nil {
			return err
		}
	}
	return p.expect(']')
}

// source checks a source and takes it. The first one says which signals there are.
func (p *reader) source(l *line) error {
	where := fmt.Sprintf("sources[%d]", len(p.run.Sources))
	switch {
	case l.Source == "" || len(l.Source) > maxText || len(l.Version) > maxText:
		return errs.Invalidf(where, "A source has no name, or one that is too long.").WithHint(wayOut)
	case p.names[l.Source]:
		return errs.Invalidf(where, "The source %.100q is there twice.", l.Source).WithHint(wayOut)
	case l.Rank < 1:
		return errs.Invalidf(where, "The source %.100q has no rank.", l.Source).WithHint(wayOut)
	case len(l.Signals) > maxSignals:
		return errs.Invalidf(where, "The source %.100q has more than %d signals.", l.Source, maxSignals).WithHint(wayOut)
	}
	p.names[l.Source] = true
	if len(p.run.Sources) == 0 {
		p.run.Signals = inOrder(l.Signals)
	}
	values, found := make([]float64, len(p.run.Signals)), 0
	for i, name := range p.run.Signals {
		v, ok := l.Signals[name]
		if values[i] = math.NaN(); v != nil {
			values[i] = *v
		}
		if ok {
			found++
		}
	}
	if found < len(values) || found < len(l.Signals) {
		return errs.Invalidf(where, "The source %.100q has not the signals that the first one has.", l.Source).WithHint(wayOut)
	}
	p.run.Sources = append(p.run.Sources, Source{Name: l.Source, Version: l.Version, Rank: l.Rank, Score: l.Score, High: l.High, Values: values})
	return nil
}

// inOrder gives the names of signals in the order of the catalogue; those that it
// has not come behind, by name.
func inOrder(signals map[string]*float64) (names []string) {
	for _, s := range census.Signals() {
		if _, ok := signals[s.Name]; ok {
			names = append(names, s.Name)
		}
	}
	known := len(names)
	for name := range signals {
		if !slices.Contains(names[:known], name) {
			names = append(names, name)
		}
	}
	slices.Sort(names[known:])
	return names
}
