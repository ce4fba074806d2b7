package cli

import (
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/sys/unix"

	"steward/internal/app"
	"steward/internal/base/checkup"
	"steward/internal/base/errs"
)

func (s *shell) doctorCmd() *cobra.Command {
	return &cobra.Command{
		Use: "doctor", Short: "Look whether all is well; exit 1 if something is wrong", Args: noArgs,
		Long: `Looks at the data directory and all that works on it: settings, keys, disk,
server, clock, database, public pages, people, and what should be done by now.
It says what it saw and what to do about it. The server may run.`,
		RunE: func(cmd *cobra.Command, _ []string) error {
			lines := app.Doctor(cmd.Context(), app.Dir(s.data), s.Clock())
			n := checkup.Count(lines)
			err := s.show(map[string]any{"lines": lines, "attention": n[checkup.Attention], "wrong": n[checkup.Wrong]}, func(w io.Writer) {
				printCheckup(w, lines, s.colours())
			})
			if err == nil && n[checkup.Wrong] > 0 {
				err = errs.Conflictf("Something is wrong in %s.", s.data).WithHint("mend it, and ask the doctor again")
			}
			return err
		},
	}
}

// colours tells whether the output goes to a terminal that may be coloured;
// see https://no-color.org.
func (s *shell) colours() bool {
	f, ok := s.Stdout.(*os.File)
	if !ok || s.Getenv("NO_COLOR") != "" || s.Getenv("TERM") == "dumb" {
		return false
	}
	_, err := unix.IoctlGetTermios(int(f.Fd()), unix.TCGETS)
	return err == nil
}

var stateColours = map[checkup.State]string{checkup.OK: "32", checkup.Attention: "33", checkup.Wrong: "31;1"}

// printCheckup prints a line for each thing in columns, and below it what to do.
func printCheckup(w io.Writer, lines []checkup.Line, colours bool) {
	const wide, state, about = 80, 11, 14
	indent := strings.Repeat(" ", state+about)
	for _, l := range lines {
		word := fmt.Sprintf("%-*s", state, l.State)
		if colours {
			word = "\x1b[" + stateColours[l.State] + "m" + word + "\x1b[0m"
		}
		saw := wrap(safe(l.Saw), wide-len(indent))
		fmt.Fprintf(w, "%s%-*s%s\n", word, about, l.About, saw[0])
		for _, more := range saw[1:] {
			fmt.Fprintln(w, indent+more)
		}
		if l.Do != "" {
			for i, do := range wrap(safe(l.Do), wide-len(indent)-2) {
				fmt.Fprintln(w, indent+map[bool]string{true: "→ ", false: "  "}[i == 0]+do)
			}
		}
		if l.Command != "" {
			fmt.Fprintln(w, indent+"  "+safe(l.Command))
		}
	}
	fmt.Fprintf(w, "\n%s\n", checkup.Summary(lines))
}

// wrap cuts a text into lines between its words.
func wrap(text string, wide int) []string {
	lines := []string{""}
	for _, word := range strings.Fields(text) {
		last := &lines[len(lines)-1]
		switch {
		case *last == "":
			*last = word
		case len([]rune(*last))+1+len([]rune(word)) <= wide:
			*last += " " + word
		default:
			lines = append(lines, word)
		}
	}
	return lines
}
