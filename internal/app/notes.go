package app

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"steward/internal/base/db"
	"steward/internal/config"
)

// startNote says with which settings a server ran last. Nothing depends on it
// but what the operator is told.
const startNote = "last-start.json"

type start struct {
	At    time.Time         `json:"at"`
	Files map[string]string `json:"files"` // name → SHA-256
}

// policyFiles are the files beside the settings that an operator edits.
func policyFiles(c config.Config) []string { return []string{c.Team.Policy, c.Policy.File} }

// Edited names the settings that are not what a server ran with last. Whoever
// edited them knows; if nobody did, the disk has altered them.
func (d Dir) Edited(c config.Config) (found []db.Finding) {
	var last start
	raw, err := os.ReadFile(d.path(startNote))
	if err != nil || json.Unmarshal(raw, &last) != nil {
		return nil // it tells nothing
	}
	for _, name := range append([]string{config.File}, policyFiles(c)...) {
		if was := last.Files[name]; was != "" && was != d.sum(name) {
			found = append(found, db.Finding{Where: filepath.Base(name),
				Problem: "is not what the server ran with on " + last.At.Format("2 January 2006, 15:04 UTC") + ": if nobody edited it, the disk has altered it"})
		}
	}
	return found
}

// noteStart logs what was edited since the last start, and notes this one.
func (a *App) noteStart() {
	for _, f := range a.Dir.Edited(a.Config) {
		a.log.Warn("settings have changed", "file", f.Where, "problem", f.Problem)
	}
	now := start{At: a.clock().UTC(), Files: map[string]string{}}
	for _, name := range append([]string{config.File}, policyFiles(a.Config)...) {
		now.Files[name] = a.Dir.sum(name)
	}
	raw, err := json.MarshalIndent(now, "", "  ")
	if err == nil {
		err = os.WriteFile(a.Dir.path(startNote), append(raw, '\n'), 0o600)
	}
	if err != nil {
		a.log.Warn("the start is not noted: a later change of the settings will not be told", "error", err)
	}
}

// sum is the SHA-256 of a file; "none" if there is no such file.
func (d Dir) sum(name string) string {
	raw, err := os.ReadFile(d.path(name))
	if errors.Is(err, fs.ErrNotExist) {
		return "none"
	}
	h := sha256.Sum256(raw)
	return hex.EncodeToString(h[:])
}
