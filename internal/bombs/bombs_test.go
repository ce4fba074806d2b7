package bombs

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"text/tabwriter"
	"time"
)

// What one bomb may cost. CPU time is that of the server alone, so that a
// machine which is busy with other tests does not matter much.
const (
	maxCPU    = 2 * time.Second
	maxMemory = 256 << 20 // bytes
)

// honest is a report as it should be.
const honest = `{"summary":"overflow in lib/file1.c","what":"A long name overflows the buffer in lib/file1.c:12.","product":"example","versions":"1.0",
	"reproduce":"1. Build it.\n2. Run ./poc","impact":"An attacker can run code.","reporter":{"name":"Ada"},"credit":{"want":"later"}}`

// bomb is one input that is made to cost much.
type bomb struct {
	kind, name string
	send       func(s *server) answer
	want       []int // the codes that are fair
}

// The codes that tell a person what is wrong, those that take the input as
// harmless, and the one for a connection that the server closed early.
var (
	refused  = []int{400, 404, 405, 408, 409, 411, 413, 414, 415, 416, 422, 431}
	harmless = []int{200, 201, 204, 304, 307, 301, 303}
	closed   = []int{0}
)

func either(lists ...[]int) []int { return slices.Concat(lists...) }

// line is what the table says of a bomb.
type line struct {
	bomb
	code int
	wall time.Duration
	cost
}

// TestBombs sends every bomb to a server and asks it for honest work after
// each.
func TestBombs(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	var all []bomb
	for _, list := range [][]bomb{attachmentBombs(), bodyBombs(), jsonBombs(), headerBombs(), markdownBombs(), lintBombs(), textBombs(), factBombs(), keyBombs()} {
		all = append(all, list...)
	}
	var lines []line
	for _, b := range all {
		s.forget()
		before, start := s.used(), time.Now()
		got := b.send(s)
		for range 100 {
			if got.code != http.StatusServiceUnavailable {
				break
			}
			time.Sleep(100 * time.Millisecond) // bodies of the bomb before may still hold all places
			got = b.send(s)
		}
		l := line{bomb: b, code: got.code, wall: time.Since(start), cost: s.used()}
		l.cpu -= before.cpu
		lines = append(lines, l)
		if !slices.Contains(b.want, got.code) {
			t.Errorf("%s, %s: the answer is %d %.300s", b.kind, b.name, got.code, got.body)
		}
		if l.cpu > maxCPU || l.peak > maxMemory {
			t.Errorf("%s, %s: it took %v of CPU time and %d MiB of memory", b.kind, b.name, l.cpu, l.peak>>20)
		}
		if got := s.send("GET", "/report", nil); got.code != http.StatusOK || !strings.Contains(string(got.body), "<form") {
			t.Fatalf("after %s, %s the form answers %d %.300s\n%s", b.kind, b.name, got.code, got.body, s.out.String())
		}
	}
	if got := s.api("POST", "/reports", honest); got.code != http.StatusCreated {
		t.Errorf("afterwards an honest report is answered by %d %s", got.code, got.body)
	}
	show(t, lines)
	kinds := map[string]bool{}
	for _, l := range lines {
		kinds[l.kind] = true
	}
	if len(kinds) < 20 {
		t.Errorf("only %d kinds of bomb were sent", len(kinds))
	}
	for entry := range strings.Lines(s.out.String()) {
		if strings.Contains(entry, "panic") || strings.Contains(entry, "level=ERROR") {
			t.Errorf("the server failed on its side: %.1000s", entry)
		}
	}
}

// show prints the table.
func show(t *testing.T, lines []line) {
	t.Helper()
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "kind\tbomb\tstatus\ttime\tCPU\tpeak memory")
	for _, l := range lines {
		code := fmt.Sprint(l.code)
		if l.code == 0 {
			code = "closed"
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%d ms\t%d ms\t%d MiB\n", l.kind, l.name, code, l.wall.Milliseconds(), l.cpu.Milliseconds(), l.peak>>20)
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	t.Logf("%d bombs\n%s", len(lines), b.String())
}
