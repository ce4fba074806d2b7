package app

import "context"

// Bounded bounds what is kept for a connection.
var Bounded = bounded

// Remind is what the hourly sweep does for the members of lists.
var Remind = (*App).remind

// Step does what waits in the queue.
func (a *App) Step(ctx context.Context) (int, error) { return a.runner.Step(ctx) }
