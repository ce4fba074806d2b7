package cli_test

import (
	"context"
	"os"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"steward/internal/cli"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"steward": func() { os.Exit(cli.Run(context.Background(), os.Args[1:], cli.OS())) },
	})
}

// TestScripts runs the command line as a person would; each script reads as a
// page of a manual.
func TestScripts(t *testing.T) {
	t.Parallel()
	testscript.Run(t, testscript.Params{Dir: "testdata", RequireExplicitExec: true, Setup: func(e *testscript.Env) error {
		e.Setenv("STEWARD_DATA", e.WorkDir+"/data")
		// A Monday some weeks ahead, for what must lie in the future.
		day := time.Now().UTC().AddDate(0, 0, 14)
		for day.Weekday() != time.Monday {
			day = day.AddDate(0, 0, 1)
		}
		e.Setenv("MONDAY", day.Format(time.DateOnly))
		e.Setenv("SOON", time.Now().UTC().AddDate(0, 0, 5).Format(time.DateOnly))
		return nil
	}})
}
