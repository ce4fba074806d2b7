package proof

import (
	"path"
	"strings"
)

// Source is a file as it came.
type Source struct {
	Name string `json:"name"`
	Data []byte `json:"data"`
}

// Request is what the other process is asked.
type Request struct {
	Sources []Source `json:"sources"`
	Fixed   []Source `json:"fixed,omitempty"` // each takes the place of the source of its name
}

// Limits of what is taken, in bytes.
const (
	MaxSource  = 2 << 20 // one file
	MaxSources = 6 << 20 // all of them
	maxAnswer  = 512 << 10
)

// The verdicts of a run, in the interpreter's words.
const (
	Undefined = "undefined behaviour"
	Finished  = "finished"
	CannotSay = "cannot say"
)

// Place is a place in a file; Line and Column count from 1.
type Place struct {
	File   string `json:"file"`
	Line   int    `json:"line"`
	Column int    `json:"column"`
}

// Step is a call on the stack.
type Step struct {
	Function string `json:"function"`
	Place    Place  `json:"place"`
}

// Object is what a finding is about. Size and Offset are bytes.
type Object struct {
	What    string `json:"what"`
	Name    string `json:"name,omitempty"`
	Type    string `json:"type,omitempty"`
	Size    uint64 `json:"size"`
	Offset  int64  `json:"offset"`
	Made    *Place `json:"made,omitempty"`
	Ended   *Place `json:"ended,omitempty"`
	EndedBy string `json:"ended_by,omitempty"`
}

// Finding is one undefined behaviour, with the rule of C17 that it breaks.
type Finding struct {
	Kind       string  `json:"kind"`
	Number     string  `json:"number"`
	Clause     string  `json:"clause"`
	CWE        int     `json:"cwe"`                // the most specific that fits
	CWEAlso    []int   `json:"cwe_also,omitempty"` // true as well
	CERT       string  `json:"cert,omitempty"`
	Tier       string  `json:"tier"` // A memory safety, B what compilers rely on, C formal, N a note
	Rule       string  `json:"rule"`
	Text       string  `json:"text"`
	Expression string  `json:"expression,omitempty"`
	Place      Place   `json:"place"`
	Also       []Place `json:"also,omitempty"`
	Stack      []Step  `json:"stack,omitempty"`
	Object     *Object `json:"object,omitempty"`
	Allowed    bool    `json:"allowed,omitempty"`
}

// Line is a line of a source that an answer speaks of.
type Line struct {
	File string `json:"file"`
	Line int    `json:"line"`
	Text string `json:"text"`
}

// File is a file that was part of a program.
type File struct {
	Name   string `json:"name"`
	Size   int    `json:"size"` // bytes
	SHA256 string `json:"sha256"`
}

// Program is a program of the sources, and how its run ended.
type Program struct {
	Name    string    `json:"name"`            // the file with main, or with a fuzz target
	Input   string    `json:"input,omitempty"` // of a fuzz target: the file that showed it
	Files   []File    `json:"files"`
	Verdict string    `json:"verdict"`
	Status  int       `json:"status"`        // the program's own, when it finished
	Why     string    `json:"why,omitempty"` // it cannot be said
	At      *Place    `json:"at,omitempty"`  // of that
	Finding *Finding  `json:"finding,omitempty"`
	Notes   []Finding `json:"notes,omitempty"`
	Output  string    `json:"output,omitempty"` // the beginning of what it printed
	Lines   []Line    `json:"lines,omitempty"`
}

// Answer is what the sources showed.
type Answer struct {
	Interpreter string    `json:"interpreter"` // which one it was
	Programs    []Program `json:"programs,omitempty"`
	Nothing     string    `json:"nothing,omitempty"` // why there is no program
}

// Proved tells whether the run showed undefined behaviour that is more than
// formal.
func (p *Program) Proved() bool {
	return p.Verdict == Undefined && p.Finding != nil && (p.Finding.Tier == "A" || p.Finding.Tier == "B")
}

// LineAt gives a line that the answer brought along.
func (p *Program) LineAt(at Place) (string, bool) {
	for _, l := range p.Lines {
		if l.File == at.File && l.Line == at.Line {
			return l.Text, true
		}
	}
	return "", false
}

// Proved gives the first program that showed something; nil if none did.
func (a *Answer) Proved() *Program {
	for i := range a.Programs {
		if a.Programs[i].Proved() {
			return &a.Programs[i]
		}
	}
	return nil
}

// IsC tells whether a file's name is that of C source.
func IsC(name string) bool { return strings.EqualFold(path.Ext(name), ".c") }

// IsArchive tells whether a file's name is that of an archive that is looked into.
func IsArchive(name string) bool {
	n := strings.ToLower(name)
	for _, end := range []string{".zip", ".tar", ".tar.gz", ".tgz"} {
		if strings.HasSuffix(n, end) {
			return true
		}
	}
	return false
}

// Worth tells whether files of these names may hold a program.
func Worth(names []string) bool {
	for _, n := range names {
		if IsC(n) || IsArchive(n) {
			return true
		}
	}
	return false
}
