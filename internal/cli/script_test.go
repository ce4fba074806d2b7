package cli_test

import (
	"context"
	"os"
	"testing"

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
		return nil
	}})
}
