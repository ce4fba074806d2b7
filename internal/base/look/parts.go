package look

import (
	"errors"
	"fmt"
	"html/template"
	"strings"
	"time"
)

// parts are the functions that every template may call.
func parts() template.FuncMap {
	return template.FuncMap{
		"icon":        icon,
		"metaPolicy":  func() string { return MetaPolicy },
		"when":        func(t time.Time) stamp { return stamp{At: t.UTC()} },
		"day":         func(t time.Time) stamp { return stamp{At: t.UTC(), Day: true} },
		"hour":        func(t time.Time) stamp { return stamp{At: t.UTC(), Hour: true} },
		"whenOwn":     func(t time.Time) stamp { return stamp{At: t.UTC(), Own: true} },
		"severity":    func(level any) chip { return severityChip(fmt.Sprint(level)) },
		"fingerprint": GroupFingerprint,
		"size":        Size,
		"join":        strings.Join,
		"add":         func(a, b int) int { return a + b },
		"plural":      Plural,
		"args":        pairs,
	}
}

// stamp is a moment as the part "when" shows it.
type stamp struct {
	At   time.Time
	Day  bool // the day is enough
	Hour bool // the hour is enough: the day stands above it
	Own  bool // the reader's own zone is shown beside it
}

// Words gives the moment for people; always UTC.
func (s stamp) Words() string {
	switch {
	case s.Day:
		return s.At.Format("2 January 2006")
	case s.Hour:
		return s.At.Format("15:04 UTC")
	}
	return s.At.Format("2 January 2006, 15:04 UTC")
}

// Machine gives the moment as <time datetime> wants it.
func (s stamp) Machine() string {
	if s.Day {
		return s.At.Format(time.DateOnly)
	}
	return s.At.Format("2006-01-02T15:04:05Z")
}

// chip is a short label that says its meaning in words, with colour second.
type chip struct {
	Kind string // class: critical, high, moderate, low, good, warn, bad, accent
	Text string
	Bars int // 1–4 filled bars of four; 0: no bars
}

func severityChip(level string) chip {
	bars := map[string]int{"low": 1, "moderate": 2, "high": 3, "critical": 4}[level]
	if bars == 0 {
		return chip{Text: "Not assessed"}
	}
	return chip{Kind: level, Text: strings.ToUpper(level[:1]) + level[1:], Bars: bars}
}

// Glyph draws the four bars of the chip, the last ones pale.
func (c chip) Glyph() template.HTML { return glyphs[c.Bars] }

// glyphs are drawn once, because long lists show one on every line.
var glyphs = func() (all [5]template.HTML) {
	for bars := 1; bars < len(all); bars++ {
		var b strings.Builder
		b.WriteString(`<svg class="bars" viewBox="0 0 15 12" aria-hidden="true">`)
		for i := range 4 {
			off := ""
			if i >= bars {
				off = ` class="off"`
			}
			fmt.Fprintf(&b, `<rect x="%d" y="%d" width="3" height="%d"%s/>`, i*4, 9-3*i, 3+3*i, off)
		}
		b.WriteString("</svg>")
		all[bars] = template.HTML(b.String())
	}
	return all
}()

// GroupFingerprint writes a hexadecimal fingerprint in groups of four, as gpg
// does, so that two of them can be compared by eye.
func GroupFingerprint(hex string) string {
	hex = strings.ToUpper(strings.ReplaceAll(hex, " ", ""))
	var b strings.Builder
	for i, r := range hex {
		switch {
		case i > 0 && i == len(hex)/2 && len(hex)%8 == 0:
			b.WriteString("  ")
		case i > 0 && i%4 == 0:
			b.WriteByte(' ')
		}
		b.WriteRune(r)
	}
	return b.String()
}

// Size writes a number of bytes for people.
func Size(n int64) string {
	switch {
	case n < 1000:
		return Plural(int(n), "byte", "bytes")
	case n < 1000*1000:
		return fmt.Sprintf("%.1f kB", float64(n)/1e3)
	case n%(1<<20) == 0: // a limit that someone set: it is a little more than this
		return fmt.Sprintf("%d MB", n>>20)
	default:
		return fmt.Sprintf("%.1f MB", float64(n)/1e6)
	}
}

// Plural writes a count with the right form of its noun.
func Plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// pairs makes a map from names and values, so that a template can hand several
// values to a part.
func pairs(args ...any) (map[string]any, error) {
	if len(args)%2 != 0 {
		return nil, errors.New("a name without a value")
	}
	m := make(map[string]any, len(args)/2)
	for i := 0; i < len(args); i += 2 {
		name, ok := args[i].(string)
		if !ok {
			return nil, fmt.Errorf("name %d is not a text", i)
		}
		m[name] = args[i+1]
	}
	return m, nil
}
