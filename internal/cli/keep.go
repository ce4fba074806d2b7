package cli

import (
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/spf13/cobra"

	"steward/internal/app"
	"steward/internal/base/errs"
	"steward/internal/publish"
	"steward/internal/publish/tree"
)

// progress prints how far long work is, on a terminal's error stream, at most
// twice a second.
func (s *shell) progress(what string) func(done int64) {
	last := time.Now()
	return func(done int64) {
		if !s.json && time.Since(last) > 500*time.Millisecond {
			last = time.Now()
			fmt.Fprintf(s.Stderr, "\r%s: %d", what, done)
		}
	}
}

func (s *shell) publishCmd() *cobra.Command {
	var out string
	c := &cobra.Command{
		Use: "publish", Short: "Bring the public pages up to date, and copy them out", Args: noArgs,
		Long: `The server publishes by itself. This copies the signed tree to a directory that
any static host can serve; a second run writes only what changed.`,
		RunE: func(cmd *cobra.Command, _ []string) error {
			a, err := s.open(cmd.Context(), nil)
			if err != nil {
				return err
			}
			defer a.Close()
			if err := a.Publish(cmd.Context()); err != nil {
				return err
			}
			if out != "" {
				if err := a.Publisher.Export(cmd.Context(), out); err != nil {
					return err
				}
			}
			return s.show(map[string]string{"out": out}, func(w io.Writer) {
				if out == "" {
					fmt.Fprintln(w, "The public pages are up to date.")
					return
				}
				fmt.Fprintf(w, "The public pages are in %s. Check them with:\n  steward check %s\n", out, out)
			})
		},
	}
	c.Flags().StringVar(&out, "out", "", "copy the tree to this `directory`")
	return c
}

func (s *shell) checkCmd() *cobra.Command {
	var key string
	c := &cobra.Command{
		Use: "check DIR", Short: "Verify every byte of a published tree; exit 1 if any is wrong", Args: takes("DIR"),
		Long: `Verifies signatures, hashes and formats of a copied tree, and that nothing is
missing or added. It needs no data directory: the key is in the tree. Give --key
with the fingerprint that you know to be the team's.`,
		RunE: func(cmd *cobra.Command, a []string) error {
			r, err := publish.Check(cmd.Context(), a[0], key, s.progress("files checked"))
			if err != nil {
				return err
			}
			if err := s.show(r, func(w io.Writer) { printCheck(w, r) }); err != nil {
				return err
			}
			if len(r.Findings) > 0 {
				return errs.Conflictf("%s is not as it was published: %d to look at.", a[0], len(r.Findings))
			}
			return nil
		},
	}
	c.Flags().StringVar(&key, "key", "", "the `fingerprint` that must have signed")
	return c
}

func printCheck(w io.Writer, r *tree.Report) {
	for _, f := range r.Findings {
		fmt.Fprintf(w, "%s %s\n", safe(f.Path), f.Problem)
	}
	if len(r.Findings) == 0 {
		fmt.Fprintf(w, "%d files, all as they were signed by %s.\n", r.Files, r.Fingerprint)
	}
}

func (s *shell) backupCmd() *cobra.Command {
	return &cobra.Command{
		Use: "backup FILE", Short: "Write everything but the keys into one file", Args: takes("FILE"),
		Long: `The file holds the database as it is at one moment, the sealed attachments and the
settings. Private text in it is sealed: it can be read only with the keys, which
are NOT in it: copy the directory keys elsewhere, once. The public pages are made
again from the records. The server may run.`,
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := existing(args[0]); err != nil {
				return err
			}
			a, err := s.open(cmd.Context(), nil)
			if err != nil {
				return err
			}
			defer a.Close()
			f, err := os.OpenFile(args[0], os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
			if err != nil {
				return usage{err}
			}
			sum, err := a.Backup(cmd.Context(), f)
			if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
				return errors.Join(err, os.Remove(args[0]))
			}
			return s.show(map[string]string{"file": args[0], "sha256": sum}, func(w io.Writer) {
				fmt.Fprintf(w, "%s\nsha256 %s\nThe keys are not in it: they are in %s.\n", args[0], sum, a.Dir.Keys())
			})
		},
	}
}

func (s *shell) restoreCmd() *cobra.Command {
	var keys, database string
	c := &cobra.Command{
		Use: "restore FILE", Short: "Make a data directory from a backup and the keys", Args: takes("FILE"),
		Long: `Restores into the directory named by --data, which must not exist or be empty.
With --database the records go to PostgreSQL, or with "sqlite" to SQLite,
whichever engine they came from. The whole file is checked first; a restore that
fails leaves nothing behind.`,
		RunE: func(cmd *cobra.Command, args []string) error {
			if keys == "" {
				return usage{errors.New("--keys is missing: the directory with the keys that belong to the backup")}
			}
			f, err := os.Open(args[0])
			if err != nil {
				return usage{err}
			}
			defer f.Close()
			if err := app.Restore(cmd.Context(), app.Dir(s.data), f, keys, database); err != nil {
				return err
			}
			return s.show(map[string]string{"data": s.data}, func(w io.Writer) {
				fmt.Fprintf(w, "Restored into %s. Run it with:\n  steward serve --data %s\n", s.data, s.data)
			})
		},
	}
	c.Flags().StringVar(&keys, "keys", "", "`directory` with the keys")
	c.Flags().StringVar(&database, "database", "", "postgres:// `URL`, or sqlite; default: as the backup's settings say")
	return c
}
