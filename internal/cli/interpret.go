package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"math"
	"os"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"steward/internal/base/errs"
	"steward/internal/cinterp"
	"steward/internal/cinterp/ub"
)

// Exit codes of interpret, as its help tells.
const (
	exitUndefined = 1
	exitCannotSay = 3
)

// maxSource is the most bytes of one file of C.
const maxSource = 32 << 20

// interpretation is what the command was asked for.
type interpretation struct {
	define, include, environ []string
	machine                  string
	strict, status, leaks    bool
	loose                    bool
	allow                    []string
	exact                    bool
	steps                    int64
	memory                   uint64
	limit                    time.Duration
	order                    ordering
	given                    given
	sarif                    bool
	failMalloc               string
	versions                 versions
	corpus                   []string
}

func (s *shell) interpretCmd() *cobra.Command {
	var q interpretation
	c := &cobra.Command{
		Use:   "interpret FILE.c... [-- ARG...]",
		Short: "Run C, and say exactly which undefined behaviour happens",
		Long: `Runs a program of C in an interpreter that stops at the first undefined
behaviour and says which rule of the standard it breaks, where, and what the
object is. It needs no compiler, and the program cannot reach this machine.

Several files are linked to one program. Arguments behind -- are the program's.

Exit codes: 0 the program finished (its own status is in the report; --status
passes it on), 1 undefined behaviour, 2 used wrongly or no C, 3 cannot say:
something is not supported, or a limit was reached.`,
		Example: "  steward interpret poc.c\n  steward interpret -I include -D NDEBUG lib.c test.c -- ARG",
		Args: func(c *cobra.Command, args []string) error {
			if n := c.ArgsLenAtDash(); len(args) == 0 || n == 0 {
				return usage{fmt.Errorf("FILE.c is missing")}
			}
			return nil
		},
		RunE: func(c *cobra.Command, args []string) error {
			n := c.ArgsLenAtDash()
			if n < 0 {
				n = len(args)
			}
			return s.interpret(c.Context(), q, args[:n], args[n:])
		},
	}
	f := c.Flags()
	f.StringArrayVarP(&q.define, "define", "D", nil, "define a macro, `NAME[=VALUE]`")
	f.StringArrayVarP(&q.include, "include", "I", nil, "`folder` in which #include looks")
	f.StringArrayVar(&q.environ, "env", nil, "`NAME=VALUE` that the program sees in its environment")
	f.StringVar(&q.machine, "machine", "lp64", "abstract machine: lp64, ilp32, llp64, lp64be (big-endian), lp64u (char has no sign), or all of them")
	f.BoolVar(&q.strict, "strict", false, "exit 1 for what is formal only, too")
	f.BoolVar(&q.status, "status", false, "exit with the program's own status when it finished")
	f.BoolVar(&q.exact, "exact-provenance", false, "an integer leads to an object only after a pointer to that was made an integer or printed")
	f.BoolVar(&q.loose, "no-strict-aliasing", false, "objects may be read and written as any type, as with gcc -fno-strict-aliasing")
	f.StringSliceVar(&q.allow, "allow", nil, "note a `kind` and go on: "+allowable())
	f.BoolVar(&q.leaks, "leaks", false, "note allocated memory that is lost at the end")
	f.Int64Var(&q.steps, "steps", 0, "limit of jumps and calls; 0: two billion")
	f.Uint64Var(&q.memory, "memory", 0, "limit of memory in `bytes`; 0: a gigabyte")
	f.DurationVar(&q.limit, "time", 0, "limit of time")
	f.Uint64Var(&q.order.seed, "seed", 0, "choose the order of evaluation and of threads by a number; 0: left to right, in turn")
	f.StringVar(&q.order.choice, "choice", "", "the order that an exploration told of")
	f.BoolVar(&q.order.explore, "explore", false, "run the orders of evaluation and of threads that may matter")
	f.IntVar(&q.order.runs, "runs", 0, "the most runs of an exploration; 0: 64")
	q.given.flags(f)
	q.versions.flags(f)
	f.BoolVar(&q.sarif, "sarif", false, "print SARIF 2.1.0")
	f.StringVar(&q.failMalloc, "fail-malloc", "", "let the `N`th allocation fail; all: each in turn, one a run")
	f.StringArrayVar(&q.corpus, "corpus", nil, "run the fuzz target, LLVMFuzzerTestOneInput, on each file of a `folder`, or on a file")
	return c
}

// allowable lists the kinds that --allow takes.
func allowable() string { return strings.Join(slices.Sorted(maps.Keys(ub.Allowable())), ", ") }

func (s *shell) interpret(ctx context.Context, q interpretation, files, args []string) error {
	for _, k := range q.allow {
		if ub.Allowable()[k] == "" {
			return usage{errs.Invalidf("--allow", "a run cannot go on after %q.", k).WithHint("it can after %s", allowable())}
		}
	}
	q.collectSeldom(s.Getenv("GOGC") != "")
	silence()
	p := cinterp.Program{Define: q.define, Include: q.include, FS: hostFiles{}, Args: args, Environ: q.environ}
	lines := map[string][]string{}
	for _, name := range files {
		text, err := readSource(name)
		if err != nil {
			return usage{err}
		}
		p.Files = append(p.Files, cinterp.File{Name: name, Text: text})
		lines[name] = strings.Split(string(text), "\n")
	}
	o := cinterp.Options{Machine: q.machine, Strict: q.strict, Leaks: q.leaks, Seed: q.order.seed, Choice: q.order.choice, Loose: q.loose, Allow: q.allow, ExactProvenance: q.exact,
		Limits: q.limits()}
	if err := q.given.into(s.Stdin, &p, &o); err != nil {
		return usage{err}
	}
	if q.order.explore {
		return s.explore(ctx, p, o, q.order.runs, lineOf(lines))
	}
	if q.versions.asked() {
		return s.interpretVersions(ctx, q, p, o)
	}
	if q.many() {
		return s.interpretMany(ctx, q, p, o, lines)
	}
	if err := q.failing(&o); err != nil {
		return usage{err}
	}
	if len(q.corpus) > 0 {
		return s.interpretCorpus(ctx, q, p, o, lines)
	}
	r, err := cinterp.Run(ctx, p, o)
	if err != nil {
		return s.noProgram(err)
	}
	if q.sarif {
		err = s.showSARIF([]cinterp.Named{{Name: o.Machine, Report: r}}, lines)
	} else {
		err = s.showRun(r, lines)
	}
	if err != nil {
		return err
	}
	if code := r.Exit(); code != exitDone {
		return exitStatus(code)
	}
	if q.status && r.Status != 0 {
		return exitStatus(r.Status & 255)
	}
	return nil
}

// noProgram tells what is wrong with the source, as compilers do: each mistake in
// a line that begins with its place.
func (s *shell) noProgram(err error) error {
	if s.json || !errors.Is(err, cinterp.ErrSource) {
		return usage{errs.Invalidf("", "%v", err)}
	}
	fmt.Fprintln(s.Stderr, cinterp.Plain(err.Error()))
	return exitStatus(exitUsage)
}

// limits are those of the run. The process is the interpreter's alone: what is
// nested too deep is to be told, and not to end in a trace of Go's.
func (q interpretation) limits() cinterp.Limits {
	l := cinterp.Limits{Steps: q.steps, Memory: q.memory, Time: q.limit}
	l.Total = 2<<30 + 2*cmp.Or(min(q.memory, 1<<40), 1<<30)
	debug.SetMaxStack(math.MaxInt32)
	return l
}

// silence keeps what the parser writes on standard error, for its own authors,
// from who reads a report. The process is the interpreter's alone.
func silence() {
	if null, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0); err == nil {
		os.Stderr = null
	}
}

// unlooked is how many bytes a process takes before garbage is looked for.
const unlooked = 256 << 20

// collectSeldom lets Go look for garbage seldom, unless the user has said how
// often. Nearly all of what a source becomes is kept to the end, so looking costs
// a third of the time and finds none. What stays small is never looked at: the
// first look comes at the limit, and sets what holds from then on.
func (q interpretation) collectSeldom(told bool) {
	limit := int64(q.limits().Total / 4 * 3)
	if told {
		debug.SetMemoryLimit(limit)
		return
	}
	debug.SetGCPercent(-1)
	debug.SetMemoryLimit(unlooked)
	runtime.AddCleanup(new([16]byte), func(limit int64) {
		debug.SetMemoryLimit(limit)
		debug.SetGCPercent(300)
	}, limit)
}

// showRun prints what the program wrote, and then the report. With --json the
// report alone is on standard output.
func (s *shell) showRun(r *cinterp.Report, lines map[string][]string) error {
	if s.json {
		b, err := r.JSON()
		if err != nil {
			return err
		}
		_, err = s.Stdout.Write(b)
		return err
	}
	if err := s.showPrinted(r); err != nil {
		return err
	}
	_, err := io.WriteString(s.Stderr, r.Text(lineOf(lines)))
	return err
}

// showPrinted shows what the program printed: byte by byte, but to a terminal as
// text, which a hostile program cannot command.
func (s *shell) showPrinted(r *cinterp.Report) error {
	for _, o := range []struct {
		to      io.Writer
		printed []byte
	}{{s.Stdout, r.Output}, {s.Stderr, r.Errors}} {
		if isTerminal(o.to) {
			o.printed = []byte(cinterp.Plain(string(o.printed)))
		}
		if _, err := o.to.Write(o.printed); err != nil {
			return err
		}
	}
	return nil
}

func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	if !ok {
		return false
	}
	i, err := f.Stat()
	return err == nil && i.Mode()&os.ModeCharDevice != 0
}

// lineOf gives lines of the files that were named, and of headers. A program may
// name any file by #line, and a report is shown to others: only what is called
// as headers are is looked at.
func lineOf(lines map[string][]string) func(string, int) (string, bool) {
	return func(file string, n int) (string, bool) {
		l, ok := lines[file]
		if !ok && (strings.HasSuffix(file, ".h") || strings.HasSuffix(file, ".inc")) {
			if at, err := os.Stat(file); err == nil && at.Mode().IsRegular() {
				if text, err := readSource(file); err == nil {
					l = strings.Split(string(text), "\n")
				}
			}
			lines[file] = l
		}
		if n < 1 || n > len(l) {
			return "", false
		}
		return l[n-1], true
	}
}

func readSource(name string) ([]byte, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, maxSource+1))
	if err == nil && len(b) > maxSource {
		err = fmt.Errorf("%s is larger than %d bytes", name, maxSource)
	}
	return b, err
}

// hostFiles lets #include reach the files that whoever runs the command can
// read: names are as the program and -I spell them.
type hostFiles struct{}

func (hostFiles) Open(name string) (fs.File, error) { return os.Open(name) }
