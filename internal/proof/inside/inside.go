// Package inside is the process in which files from outside are interpreted:
// it takes archives apart, sees which programs there are, and runs them within
// limits. What reaches it is hostile, and so it bounds itself before it reads.
package inside

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"runtime"
	"runtime/debug"
	"strings"
	"syscall"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"

	"steward/internal/cinterp"
	"steward/internal/proof"
)

// The limits of the process and of each program.
const (
	processMemory  = 1536 << 20 // bytes of data, by the kernel
	processSeconds = 60         // of processors
	softMemory     = 1 << 30    // from here on the garbage is collected without mercy
	programTime    = 8 * time.Second
	programSteps   = 100_000_000
	programMemory  = 256 << 20 // bytes
	programOutput  = 1 << 20   // bytes
	mostPrograms   = 4
	keptOutput     = 2_000 // bytes of what a program printed
	keptText       = 300   // bytes of one text of a finding
	keptStack      = 10
	keptNotes      = 5
	keptLines      = 60
	keptFiles      = 40
)

// Main bounds the process, reads a request and writes the answer.
func Main(in io.Reader, out io.Writer) error {
	if err := bound(); err != nil {
		return err
	}
	var q proof.Request
	// base64 makes a third more of the bytes
	if err := json.NewDecoder(io.LimitReader(in, 3*proof.MaxSources)).Decode(&q); err != nil {
		return fmt.Errorf("reading what is asked: %w", err)
	}
	return json.NewEncoder(out).Encode(Answer(context.Background(), q))
}

// bound sets the limits that hold whatever the code does: no file can be
// written, and nothing but what is open stays open.
func bound() error {
	runtime.GOMAXPROCS(2)
	debug.SetMemoryLimit(softMemory)
	for what, n := range map[int]uint64{
		unix.RLIMIT_DATA: processMemory, unix.RLIMIT_CPU: processSeconds, unix.RLIMIT_FSIZE: 0, unix.RLIMIT_CORE: 0, unix.RLIMIT_NOFILE: 16,
	} {
		if err := unix.Setrlimit(what, &unix.Rlimit{Cur: n, Max: n}); err != nil {
			return fmt.Errorf("bounding the process: %w", err)
		}
	}
	if err := unix.Setpriority(unix.PRIO_PROCESS, 0, 10); err != nil { // the server comes first
		return fmt.Errorf("bounding the process: %w", err)
	}
	seclude()
	return nil
}

// seclude takes from the process the right to open any file and to reach the
// network, as far as the kernel can do that (Landlock); it tells whether it can.
// All that is needed is open.
func seclude() bool {
	const (
		askVersion = 1
		files      = 1<<13 - 1 // what the first version knows
		network    = 1<<2 - 1  // since the fourth: TCP
	)
	version, _, e := unix.Syscall(unix.SYS_LANDLOCK_CREATE_RULESET, 0, 0, askVersion)
	if e != 0 {
		return false // a kernel without it
	}
	attr := unix.LandlockRulesetAttr{Handled_access_fs: files}
	size := unsafe.Sizeof(attr.Handled_access_fs)
	if version >= 4 {
		attr.Handled_access_net, size = network, size+unsafe.Sizeof(attr.Handled_access_net)
	}
	fd, _, e := unix.Syscall(unix.SYS_LANDLOCK_CREATE_RULESET, uintptr(unsafe.Pointer(&attr)), size, 0)
	if e != 0 {
		return false
	}
	defer unix.Close(int(fd))
	if _, _, e := syscall.AllThreadsSyscall6(unix.SYS_PRCTL, unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0, 0); e != 0 {
		return false // a program built with cgo, which ours is not
	}
	_, _, e = syscall.AllThreadsSyscall(unix.SYS_LANDLOCK_RESTRICT_SELF, fd, 0, 0)
	return e == 0
}

// Answer interprets the programs of a request.
func Answer(ctx context.Context, q proof.Request) proof.Answer {
	a := proof.Answer{Interpreter: Version()}
	files, err := unpack(q.Sources)
	if err == nil {
		files, err = replace(files, q.Fixed)
	}
	if err != nil {
		a.Nothing = err.Error()
		return a
	}
	programs, why := plan(files)
	a.Nothing = why
	for _, p := range programs {
		a.Programs = append(a.Programs, p.run(ctx))
	}
	return a
}

// Version names the interpreter: the version of this program, or the commit
// that it was made from.
func Version() string {
	b, ok := debug.ReadBuildInfo()
	if !ok {
		return "steward"
	}
	v := b.Main.Version
	for _, s := range b.Settings {
		if s.Key == "vcs.revision" && (v == "" || v == "(devel)") {
			v = s.Value[:min(12, len(s.Value))]
		}
	}
	return strings.TrimSpace("steward " + strings.TrimPrefix(v, "(devel)"))
}

// run interprets one program.
func (p program) run(ctx context.Context) proof.Program {
	out := proof.Program{Name: p.main}
	c := cinterp.Program{Include: p.folders, FS: p.rest, Mount: p.rest}
	for _, f := range p.units {
		c.Files = append(c.Files, cinterp.File{Name: f.Name, Text: f.Data})
	}
	for _, f := range p.all[:min(len(p.all), keptFiles)] {
		sum := sha256.Sum256(f.Data)
		out.Files = append(out.Files, proof.File{Name: f.Name, Size: len(f.Data), SHA256: hex.EncodeToString(sum[:])})
	}
	o := cinterp.Options{Limits: cinterp.Limits{Steps: programSteps, Memory: programMemory, Output: programOutput, Time: programTime}}
	var r *cinterp.Report
	var err error
	if p.target {
		r, out.Input, err = p.fuzz(ctx, c, o)
	} else {
		r, err = cinterp.Run(ctx, c, o)
	}
	if err != nil {
		out.Verdict, out.Why = proof.CannotSay, "It could not be translated: "+short(firstLine(err))
		if !errors.Is(err, cinterp.ErrSource) {
			out.Why = short(firstLine(err))
		}
		return out
	}
	out.Verdict, out.Status, out.Why, out.At = string(r.Verdict), r.Status, short(r.Why), place(r.WhyPlace)
	out.Output = cut(string(r.Output), keptOutput)
	if r.Finding != nil {
		f := finding(*r.Finding)
		out.Finding = &f
	}
	for _, n := range r.Notes[:min(len(r.Notes), keptNotes)] {
		out.Notes = append(out.Notes, finding(n))
	}
	out.Lines = p.lines(out)
	return out
}

// fuzz calls a fuzz target with the files that came along, or with nothing if
// there are none. What any of them shows is the answer.
func (p program) fuzz(ctx context.Context, c cinterp.Program, o cinterp.Options) (r *cinterp.Report, input string, err error) {
	compiled, err := cinterp.Compile(ctx, c, o)
	if err != nil {
		return nil, "", err
	}
	inputs := p.inputs
	if len(inputs) == 0 {
		inputs = []proof.Source{{}}
	}
	f, err := compiled.Fuzz(ctx, c, func(yield func(cinterp.Input, error) bool) {
		for _, s := range inputs {
			if !yield(cinterp.Input{Name: s.Name, Data: s.Data}, nil) {
				return
			}
		}
	}, cinterp.FuzzOptions{Options: o})
	if err != nil {
		return nil, "", err
	}
	r = &cinterp.Report{Verdict: cinterp.Clean}
	for _, n := range f.Notes {
		r.Notes = append(r.Notes, *n.Finding)
	}
	switch {
	case len(f.Findings) > 0:
		x := f.Findings[0]
		r.Verdict, r.Finding, input = cinterp.Undefined, x.Finding, x.Input
	case len(f.Why) > 0:
		r.Verdict, r.Why, r.WhyPlace, input = cinterp.CannotSay, f.Why[0].Why, f.Why[0].Place, f.Why[0].Input
	case f.Stopped:
		r.Verdict, r.Why = cinterp.CannotSay, "the limit of time was reached before the last input"
	}
	return r, input, nil
}

func finding(f cinterp.Finding) proof.Finding {
	x := proof.Finding{
		Kind: f.Kind, Number: f.Number, Clause: f.Clause, CWE: f.CWE, CWEAlso: f.CWEAlso, CERT: f.CERT, Tier: f.Tier, Rule: f.Rule,
		Text: short(f.Text), Expression: short(f.Expression), Place: *place(&f.Place),
	}
	for _, p := range f.Also[:min(len(f.Also), keptStack)] {
		x.Also = append(x.Also, *place(&p))
	}
	for _, s := range f.Stack[:min(len(f.Stack), keptStack)] {
		x.Stack = append(x.Stack, proof.Step{Function: short(s.Function), Place: *place(&s.Place)})
	}
	if o := f.Object; o != nil {
		x.Object = &proof.Object{
			What: short(o.What), Name: short(o.Name), Type: short(o.Type), Size: o.Size, Offset: o.Offset,
			Made: place(o.Made), Ended: place(o.Ended), EndedBy: short(o.EndedBy),
		}
	}
	return x
}

func place(p *cinterp.Place) *proof.Place {
	if p == nil {
		return nil
	}
	return &proof.Place{File: short(p.File), Line: p.Line, Column: p.Column}
}

// lines gives the lines of the sources that an answer speaks of.
func (p program) lines(out proof.Program) []proof.Line {
	var want []proof.Place
	add := func(l ...*proof.Place) {
		for _, x := range l {
			if x != nil {
				want = append(want, *x)
			}
		}
	}
	add(out.At)
	all := out.Notes
	if out.Finding != nil {
		all = append([]proof.Finding{*out.Finding}, all...)
	}
	for i := range all {
		f := &all[i]
		add(&f.Place)
		if f.Object != nil {
			add(f.Object.Made, f.Object.Ended)
		}
		for j := range f.Also {
			add(&f.Also[j])
		}
		for j := range f.Stack {
			add(&f.Stack[j].Place)
		}
	}
	var list []proof.Line
	seen := map[proof.Place]bool{}
	for _, at := range want {
		key := proof.Place{File: at.File, Line: at.Line}
		if seen[key] || len(list) >= keptLines {
			continue
		}
		seen[key] = true
		for _, f := range p.all {
			if f.Name != at.File {
				continue
			}
			if l := strings.Split(string(f.Data), "\n"); at.Line >= 1 && at.Line <= len(l) && len(l[at.Line-1]) <= 400 {
				list = append(list, proof.Line{File: at.File, Line: at.Line, Text: cinterp.Plain(strings.TrimSuffix(l[at.Line-1], "\r"))})
			}
		}
	}
	return list
}

func short(s string) string { return cut(s, keptText) }

// cut shortens a text to so many bytes at most.
func cut(s string, most int) string {
	if s = cinterp.Plain(s); len(s) <= most {
		return s
	}
	return strings.ToValidUTF8(s[:most-3], "") + "..."
}

func firstLine(err error) string {
	s, _, _ := strings.Cut(err.Error(), "\n")
	return s
}
