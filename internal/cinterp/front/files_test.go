package front

import (
	"io/fs"
	"sync"
	"sync/atomic"
	"testing"
	"testing/fstest"
	"time"
)

// oneAtATime is a file system that counts what is opened, and whether two are at
// a time.
type oneAtATime struct {
	fstest.MapFS
	inside, clashes, opened atomic.Int32
}

func (o *oneAtATime) Open(name string) (fs.File, error) {
	if o.inside.Add(1) > 1 {
		o.clashes.Add(1)
	}
	defer o.inside.Add(-1)
	time.Sleep(time.Millisecond) // so that another comes in, if it may
	o.opened.Add(1)
	return o.MapFS.Open(name)
}

// TestFilesShared: units that are read side by side share what they include.
func TestFilesShared(t *testing.T) {
	t.Parallel()
	from := &oneAtATime{MapFS: fstest.MapFS{"h.h": {Data: []byte("enum { a = 1 };\n")}, "i/g.h": {Data: []byte("enum { b = 2 };\n")}}}
	o := Options{Machine: Machines[0], Files: NewFiles(from), Include: []string{"i"}}
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			if _, err := Parse("u.c", []byte("#include \"h.h\"\n#include <g.h>\nint x[a + b == 3 ? 1 : -1];\n"), o); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if n := from.opened.Load(); n == 0 || n > 4 || from.clashes.Load() > 0 {
		t.Errorf("opened %d times, %d of them while another was", n, from.clashes.Load())
	}
}
