// Command steward is a security programme in one binary: it takes reports of
// vulnerabilities, keeps cases under embargo and publishes signed advisories.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
	_ "time/tzdata" // hours are chosen in zones, also where the system has none

	"steward/internal/cli"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := cli.Run(ctx, os.Args[1:], cli.OS())
	stop()
	os.Exit(code)
}
