package scale

import (
	"slices"
	"sync"
	"testing"

	"github.com/ncruces/go-sqlite3"
)

// touched counts the pages that SQLite fetched, from its cache or the file, on
// all connections of this process since the last count. It is a measure of
// work that no other load of the machine changes: who finds a row by an index
// touches one page more when the table is fifty times as large, who reads the
// table touches fifty times as many.
func touched(tb testing.TB) (pages int) {
	tb.Helper()
	connections.mu.Lock()
	defer connections.mu.Unlock()
	for _, c := range connections.all {
		for _, what := range []sqlite3.DBStatus{sqlite3.DBSTATUS_CACHE_HIT, sqlite3.DBSTATUS_CACHE_MISS} {
			const reset = true
			n, _, err := c.Status(what, reset)
			if err != nil {
				tb.Fatalf("SQLite does not tell its work: %v", err)
			}
			pages += int(n)
		}
	}
	return pages
}

// connections are all that this process has open.
var connections struct {
	mu  sync.Mutex
	all []*sqlite3.Conn
}

func init() {
	sqlite3.AutoExtension(func(c *sqlite3.Conn) error {
		connections.mu.Lock()
		defer connections.mu.Unlock()
		connections.all = append(connections.all, c)
		return c.Trace(sqlite3.TRACE_CLOSE, func(sqlite3.TraceEvent, any, any) error {
			connections.mu.Lock()
			defer connections.mu.Unlock()
			connections.all = slices.DeleteFunc(connections.all, func(o *sqlite3.Conn) bool { return o == c })
			return nil
		})
	})
}
