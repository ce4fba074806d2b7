package cli

import (
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"steward/internal/base/errs"
	"steward/internal/census"
	"steward/internal/census/change"
	"steward/internal/census/index"
)

func (s *shell) censusDiff() *cobra.Command {
	var first, lines int
	c := &cobra.Command{
		Use: "diff OLD NEW", Short: "What changed between two rankings", Args: cobra.ExactArgs(2),
		Long: `Compares two files that census run wrote with --json, packed or not: what came,
what went, what moved, and which signals of it changed.

  steward census run --json > now.json
  steward census diff last-month.json now.json`,
		RunE: func(_ *cobra.Command, args []string) error {
			if first < 1 {
				return errs.Invalidf("top", "There are no first %d sources.", first).WithHint("the least is 1")
			}
			var runs [2]*change.Run
			for i, path := range args {
				r, err := readRun(path)
				if err != nil {
					return err
				}
				runs[i] = r
			}
			c := change.Between(runs[0], runs[1]).Within(first)
			return s.show(c, func(w io.Writer) {
				d := diffed{w: w, c: c, names: [2]string{filepath.Base(args[0]), filepath.Base(args[1])}, first: first, lines: max(0, lines), signals: map[string]census.Signal{}}
				for _, sig := range census.Signals() {
					d.signals[sig.Name] = sig
				}
				d.show()
			})
		},
	}
	c.Flags().IntVar(&first, "top", 1000, "look at what stands, or stood, among the first so many")
	c.Flags().IntVar(&lines, "lines", 12, "how much of each list to show; JSON has all")
	return c
}

// readRun reads a run; a fault of it is told by the name of its file.
func readRun(path string) (*change.Run, error) {
	f, err := index.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	r, err := change.Read(f)
	if e, ok := errors.AsType[*errs.Error](err); ok {
		if e.Field != "" {
			path += ", " + e.Field
		}
		e.Field = path
	}
	return r, err
}

// diffed shows a change on a terminal of 80 columns.
type diffed struct {
	w            io.Writer
	c            *change.Change
	names        [2]string // of the files
	signals      map[string]census.Signal
	first, lines int
}

const columnsOfTerminal = 80

func (d *diffed) show() {
	c := d.c
	fmt.Fprintf(d.w, "%s → %s\n", safe(d.names[0]), safe(d.names[1]))
	fmt.Fprintf(d.w, "%d → %d sources: %d came, %d went.\nOf the %d that both have, %d rose and %d fell.\n",
		c.Old.Sources, c.New.Sources, c.Counts.Came, c.Counts.Went, c.Counts.Both, c.Counts.Rose, c.Counts.Fell)
	d.models()
	fmt.Fprintf(d.w, "\nBelow is what stands, or stood, among the first %d.\n", d.first)
	d.moves("▲", "rose: nearer to the top, where the risk is", c.Rose)
	d.moves("▼", "fell", c.Fell)
	d.moves("●", "kept their rank, with something changed", c.Stayed)
	d.stands("+", "came", "after", c.Came)
	d.stands("−", "went", "before", c.Went)
	d.quiet()
}

// models says how far the two compare.
func (d *diffed) models() {
	c := d.c
	switch {
	case len(c.Models) == 0:
		fmt.Fprintf(d.w, "Both were ranked by %s.\n", safe(c.Old.Model))
	case c.Old.Model != c.New.Model:
		fmt.Fprintf(d.w, "The first was ranked by %s, the second by %s: only ranks compare, no scores.\n", safe(c.Old.Model), safe(c.New.Model))
	default:
		fmt.Fprintf(d.w, "Both were ranked by a model named %s, but not by the same one (%s differs): only\nranks compare, no scores.\n", safe(c.Old.Model), strings.Join(c.Models, ", "))
	}
	for _, only := range []struct {
		names []string
		where string
	}{{c.OnlyOld, "first"}, {c.OnlyNew, "second"}} {
		if len(only.names) > 0 {
			d.flow("", fmt.Sprintf("Known in the %s alone, and so not compared: ", only.where), only.names)
		}
	}
}

// moves shows each move in two lines: where to, and because of what.
func (d *diffed) moves(mark, what string, all []change.Move) {
	if len(all) == 0 {
		return
	}
	fmt.Fprintf(d.w, "\n%s %d %s\n", mark, len(all), what)
	for _, m := range all[:min(d.lines, len(all))] {
		left := fmt.Sprintf("  %6d → %-6d %s", m.Old.Rank, m.New.Rank, moved(m.Places))
		name := short(safe(m.Source), 34)
		version := ""
		if m.Old.Version != m.New.Version {
			room := (columnsOfTerminal - width(left) - width(name) - 7) / 2
			version = "  " + short(safe(m.Old.Version), room) + " → " + short(safe(m.New.Version), room)
		}
		fmt.Fprintln(d.w, strings.TrimRight(left+"  "+name+version, " "))
		d.shifts(strings.Repeat(" ", width(left)+2), m.Shifts)
	}
	d.more(len(all))
}

// moved writes by how many places, in eight columns.
func moved(places int) string {
	switch {
	case places > 0:
		return fmt.Sprintf("▲%-6d", places)
	case places < 0:
		return fmt.Sprintf("▼%-6d", -places)
	}
	return "       "
}

// slight is a shift that is not told: less than so many standard deviations.
const slight = .1

// shifts shows those that are largest, as many as a line holds; at least one.
func (d *diffed) shifts(indent string, all []change.Shift) {
	line := indent
	for i, s := range all {
		word := safe(s.Signal) + " " + d.value(s.Signal, s.Old) + " → " + d.value(s.Signal, s.New)
		if i > 0 {
			word = " · " + word
		}
		if i > 0 && (width(line)+width(word) > columnsOfTerminal || s.Size < slight) {
			break
		}
		line += word
	}
	if line != indent {
		fmt.Fprintln(d.w, line)
	}
}

func (d *diffed) value(signal string, v *float64) string {
	if v == nil {
		return "?"
	}
	if sig, ok := d.signals[signal]; ok {
		return sig.Shown(*v)
	}
	return strings.TrimSuffix(fmt.Sprintf("%.2f", *v), ".00")
}

// stands shows what only one run has: the rank, the name, and its kin in the
// other run.
func (d *diffed) stands(mark, what, side string, all []change.Stand) {
	if len(all) == 0 {
		return
	}
	fmt.Fprintf(d.w, "\n%s %d %s\n", mark, len(all), what)
	for _, one := range all[:min(d.lines, len(all))] {
		kin := ""
		if one.Kin != "" {
			kin = "  " + side + " " + short(safe(one.Kin), 30)
		}
		left := fmt.Sprintf("  %6d  %s", one.Rank, short(safe(one.Source), 34))
		fmt.Fprintln(d.w, left+"  "+short(safe(one.Version), columnsOfTerminal-width(left)-width(kin)-2)+kin)
	}
	d.more(len(all))
}

func (d *diffed) more(all int) {
	if n := all - d.lines; n > 0 {
		fmt.Fprintf(d.w, "          and %d more\n", n)
	}
}

func (d *diffed) quiet() {
	q := d.c.Quiet
	if !q.Known {
		fmt.Fprint(d.w, "\nQuiet and load-bearing: not compared. One of the two has no such list, as without\n--older.\n")
		return
	}
	fmt.Fprintf(d.w, "\nQuiet and load-bearing: %d joined, %d left\n", len(q.Joined), len(q.Left))
	for _, list := range []struct {
		mark  string
		names []string
	}{{"  joined  ", q.Joined}, {"  left    ", q.Left}} {
		if len(list.names) > 0 {
			d.flow(strings.Repeat(" ", len(list.mark)), list.mark, list.names)
		}
	}
}

// flow shows names as a text, no more of them than four for each line of a list.
func (d *diffed) flow(indent, start string, names []string) {
	line := start
	shown := names[:min(4*d.lines, len(names))]
	for i, name := range shown {
		word := short(safe(name), 40)
		if i < len(shown)-1 {
			word += ","
		}
		if line != start && line != indent && width(line)+width(word)+1 > columnsOfTerminal {
			fmt.Fprintln(d.w, line)
			line = indent
		}
		if line != start && line != indent {
			word = " " + word
		}
		line += word
	}
	if n := len(names) - len(shown); n > 0 {
		line += fmt.Sprintf(" and %d more", n)
	}
	fmt.Fprintln(d.w, line)
}

func width(s string) int { return utf8.RuneCountInString(s) }

// short cuts a text to so many characters, and shows that it did.
func short(s string, room int) string {
	room = max(room, 4)
	if width(s) <= room {
		return s
	}
	return string([]rune(s)[:room-1]) + "…"
}
