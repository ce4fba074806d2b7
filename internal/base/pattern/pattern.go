// Package pattern holds regular expressions that are compiled when they are
// first asked for. Some hundred of them are in the program, and few commands
// use any: compiled at the start, they took a third of the time of a short run.
package pattern

import (
	"regexp"
	"sync"
)

// Late gives the expression in the syntax of package regexp, compiled at the
// first call; that call panics when it does not compile. It is safe for
// concurrent use.
func Late(expr string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(expr) })
}
