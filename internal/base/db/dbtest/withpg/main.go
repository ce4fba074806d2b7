// Withpg runs a command with a PostgreSQL server for tests, so that many test
// processes share one:
//
//	go run ./internal/base/db/dbtest/withpg go test ./...
package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"syscall"

	"steward/internal/base/db/dbtest"
)

func main() {
	code, err := run(os.Args[1:])
	if err != nil {
		fmt.Fprintln(os.Stderr, "withpg:", err)
	}
	os.Exit(code)
}

func run(command []string) (int, error) {
	if len(command) == 0 {
		return 2, errors.New("which command? Try: withpg go test ./...")
	}
	address, stop, err := dbtest.Start()
	if err != nil {
		return 1, err
	}
	defer stop()
	// An interrupt reaches the command too; this waits for it to end, and then
	// ends the server. (Ignoring the signal would make the command ignore it.)
	signal.Notify(make(chan os.Signal, 1), os.Interrupt, syscall.SIGTERM)
	cmd := exec.Command(command[0], command[1:]...)
	cmd.Env = append(os.Environ(), dbtest.EnvServer+"="+address)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	err = cmd.Run()
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		return max(exit.ExitCode(), 1), nil
	}
	if err != nil {
		return 1, err
	}
	return 0, nil
}
