package cli

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"
	"unicode"
)

// failure is how a command says in JSON that it did not do what it was asked.
type failure struct {
	Error failureBody `json:"error"`
}

type failureBody struct {
	Kind    string `json:"kind"`
	Field   string `json:"field,omitempty"`
	Message string `json:"message"`
	Hint    string `json:"hint,omitempty"`
}

// readJSON reads a JSON file strictly.
func (s *shell) readJSON(path string, into any) error {
	raw, err := s.readFile(path)
	if err != nil {
		return err
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		return usage{fmt.Errorf("%s: %w", path, err)}
	}
	return nil
}

func writeJSON(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(v)
}

// show prints v as JSON when that was asked for, and else what human prints.
func (s *shell) show(v any, human func(w io.Writer)) error {
	if s.json {
		return writeJSON(s.Stdout, v)
	}
	human(s.Stdout)
	return nil
}

// say prints a line for people; JSON output has no such lines.
func (s *shell) say(format string, args ...any) {
	if !s.json {
		fmt.Fprintf(s.Stdout, format+"\n", args...)
	}
}

// table prints rows under a heading, in columns.
func table(w io.Writer, heading []string, rows [][]string) {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, strings.Join(heading, "\t"))
	for _, r := range rows {
		for i := range r {
			r[i] = safe(r[i])
		}
		fmt.Fprintln(t, strings.Join(r, "\t"))
	}
	_ = t.Flush()
}

// safe makes text from outside harmless for a terminal: no escape sequence,
// no change of writing direction, one line.
func safe(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) {
			return ' '
		}
		return r
	}, s)
}

// safeBlock is safe for a text of many lines.
func safeBlock(s string) string {
	lines := strings.Split(strings.ReplaceAll(s, "\r\n", "\n"), "\n")
	for i := range lines {
		lines[i] = safe(strings.ReplaceAll(lines[i], "\t", "    "))
	}
	return strings.Join(lines, "\n")
}

// when prints a time as people say it, always in UTC.
func when(t time.Time) string {
	if t.IsZero() {
		return "-"
	}
	return t.UTC().Format("2006-01-02 15:04 UTC")
}
