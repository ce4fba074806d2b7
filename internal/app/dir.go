package app

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"steward/internal/base/errs"
	"steward/internal/base/seal"
	"steward/internal/base/sign"
	"steward/internal/config"
	"steward/internal/policy"
)

// Dir is a data directory: all that Steward keeps, in one place.
type Dir string

func (d Dir) path(names ...string) string {
	return filepath.Join(append([]string{string(d)}, names...)...)
}

// Settings is the file that an operator edits.
func (d Dir) Settings() string { return d.path(config.File) }

// Keys is the directory to copy to a safe place: without it nothing private
// can be read again, and no advisory be signed as before.
func (d Dir) Keys() string { return d.path("keys") }

// Master is the key that wraps the key of each case.
func (d Dir) Master() string { return d.path("keys", "master.key") }

// Signing is the team's OpenPGP key.
func (d Dir) Signing() string { return d.path("keys", "signing.key") }

// Database is where SQLite keeps its file.
func (d Dir) Database() string { return d.path("steward.db") }

// Blobs is where attachments lie, sealed.
func (d Dir) Blobs() string { return d.path("blobs") }

// Public is the published tree.
func (d Dir) Public() string { return d.path("public") }

const masterHeader = "steward master key 1"

func writeMaster(path string, key []byte) error {
	text := masterHeader + "\n" + base64.StdEncoding.EncodeToString(key) + "\n" + masterCheck(key) + "\n"
	return writeNew(path, []byte(text), 0o600)
}

// masterCheck is a line that shows whether the key is the one that was written.
// It tells nothing of the key, which is random.
func masterCheck(key []byte) string {
	sum := sha256.Sum256(append([]byte(masterHeader), key...))
	return "check " + hex.EncodeToString(sum[:8])
}

func readMaster(path string) ([]byte, error) {
	raw, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, errs.Invalidf("keys", "%s is missing: without it nothing private can be read", path).
			WithHint("copy it back from where you keep it")
	}
	if err != nil {
		return nil, fmt.Errorf("reading the master key: %w", err)
	}
	lines := strings.Split(strings.TrimSuffix(string(raw), "\n"), "\n")
	var key []byte
	if lines[0] == masterHeader && (len(lines) == 2 || len(lines) == 3) {
		key, err = base64.StdEncoding.Strict().DecodeString(lines[1])
	}
	if err != nil || len(key) != seal.KeySize || len(lines) == 3 && lines[2] != masterCheck(key) { // older ones have no third line
		return nil, errs.Invalidf("keys", "%s is not a master key of Steward as it was written", path).
			WithHint("copy it back from where you keep it")
	}
	return key, nil
}

// writeNew writes a file that must not exist yet, and syncs it.
func writeNew(path string, data []byte, mode fs.FileMode) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if errors.Is(err, fs.ErrExist) {
		return errs.Conflictf("%s exists already.", path)
	}
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	if err == nil {
		err = f.Sync()
	}
	return errors.Join(err, f.Close())
}

// initContacts are the contacts for a new policy.toml; none where the settings
// name none that a policy takes.
func initContacts(c config.Config) []string {
	all := contacts(c)
	if u, err := url.Parse(c.BaseURL); c.Team.Email == "" && (err != nil || u.Scheme != "https" && u.Hostname() != "localhost") {
		return nil
	}
	return all
}

// Init makes a new data directory: settings, both policies, master key and
// signing key. It touches nothing that exists.
func Init(dir Dir, a config.Answers, now time.Time) error {
	settings, err := config.Template(a)
	if err != nil {
		return fmt.Errorf("writing settings: %w", err)
	}
	c, err := config.Parse(settings)
	if err != nil {
		return err
	}
	if _, err := os.Stat(dir.Settings()); err == nil {
		return errs.Conflictf("There is a Steward in %s already.", dir).WithHint("run it with: steward serve --data %s", dir)
	}
	rules, err := policy.Template(a.Preset(), c.Team.Name, initContacts(c))
	if err != nil {
		return err
	}
	if err := os.MkdirAll(dir.Keys(), 0o700); err != nil {
		return fmt.Errorf("making the data directory: %w", err)
	}
	if err := writeMaster(dir.Master(), seal.NewMaster(rand.Reader)); err != nil {
		return err
	}
	signer, err := sign.Generate(rand.Reader, c.Team.Name, c.Team.Email, now)
	if err != nil {
		return fmt.Errorf("making the signing key: %w", err)
	}
	private, err := signer.Private()
	if err != nil {
		return fmt.Errorf("writing the signing key: %w", err)
	}
	if err := writeNew(dir.Signing(), private, 0o600); err != nil {
		return err
	}
	if err := writeNew(dir.path(c.Team.Policy), config.Policy, 0o644); err != nil {
		return err
	}
	if err := writeNew(dir.Policy(c), rules, 0o644); err != nil {
		return err
	}
	// Last: a directory without settings is no Steward yet, so that an
	// interrupted init shows.
	return writeNew(dir.Settings(), bytes.TrimLeft(settings, "\n"), 0o600)
}
