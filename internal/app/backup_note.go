package app

import (
	"errors"
	"io/fs"
	"os"
	"strings"
	"time"

	"steward/internal/base/checkup"
)

// backupNote is where it is kept when the last backup was made, and its
// SHA-256: for the doctor, and for whoever looks for that file.
func (d Dir) backupNote() string { return d.path("last-backup") }

// noteBackup keeps that a backup was made. That it cannot be kept spoils no
// backup.
func (a *App) noteBackup(sum string) {
	text := a.clock().UTC().Format(time.RFC3339) + " " + sum + "\n"
	if err := os.WriteFile(a.Dir.backupNote(), []byte(text), 0o600); err != nil {
		a.log.Warn("it cannot be kept that a backup was made", "error", err)
	}
}

// oldBackup is how old the last backup may be.
const oldBackup = 3 * 24 * time.Hour

// backups looks when the last one was made. Whether it can be restored, only a
// restore tells.
func (e *exam) backups() {
	const about = "backups"
	raw, err := os.ReadFile(e.dir.backupNote())
	word, _, _ := strings.Cut(string(raw), " ")
	at, perr := time.Parse(time.RFC3339, word)
	day := at.Format("2 January 2006")
	switch {
	case errors.Is(err, fs.ErrNotExist):
		e.add(checkup.Look(about, "Make one each day, keep it on another machine, and try to restore it.", "None was ever made of this directory.").
			By("steward backup FILE --data %s", e.dir))
	case err != nil || perr != nil:
		e.add(checkup.Look(about, "Make one.", "It cannot be read when the last one was made.").By("steward backup FILE --data %s", e.dir))
	case e.now.Sub(at) > oldBackup:
		e.add(checkup.Look(about, "Make one each day, and keep it on another machine.", "The last one is of %s.", day).By("steward backup FILE --data %s", e.dir))
	default:
		e.add(checkup.Fine(about, "The last one is of %s. The keys are not in it.", day))
	}
}
