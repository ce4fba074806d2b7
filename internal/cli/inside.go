package cli

import (
	"os"

	"github.com/spf13/cobra"

	"steward/internal/proof"
	"steward/internal/proof/inside"
)

// insideWord is what this program is called with by itself, to be the process
// in which files from outside are interpreted.
const insideWord = "interpret-inside"

// interpreter is this program in that part.
func interpreter() (*proof.Runner, error) { return proof.Own("steward", insideWord) }

func (s *shell) insideCmd() *cobra.Command {
	return &cobra.Command{
		Use: insideWord, Short: "Be the process in which a server runs attached C", Args: noArgs, Hidden: true,
		RunE: func(*cobra.Command, []string) error { return inside.Main(os.Stdin, os.Stdout) },
	}
}
