package app

import (
	"archive/tar"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"steward/internal/base/blob"
	"steward/internal/base/db"
	"steward/internal/base/errs"
	"steward/internal/base/seal"
	"steward/internal/base/sign"
	"steward/internal/config"
)

// damaged says which part of a file is not as the backup was written.
func damaged(part string, cause error) error {
	return errs.Invalidf("FILE", "is not a whole backup of Steward: %s is cut off or altered (%v)", part, cause).
		WithHint("take another copy of this backup, or the one before it").WithCause(cause)
}

// Restore makes a data directory from a backup and the keys that belong to
// it. database replaces the setting: a postgres:// URL, or "sqlite"; empty
// keeps what the backup says. All of the backup is read and checked before
// anything is made, and the records come last, in one transaction; a failure
// leaves nothing behind.
func Restore(ctx context.Context, dir Dir, backup io.ReadSeeker, keys, database string) (err error) {
	list, missing := os.ReadDir(string(dir))
	if len(list) > 0 {
		return errs.Conflictf("%s is not empty.", dir).WithHint("restore into a new directory")
	}
	r := &restore{ctx: ctx, dir: dir, database: database, backup: backup, seen: map[string]bool{}}
	if err := r.each(r.check); err != nil {
		return err
	}
	if !r.seen[backupDump] {
		return damaged("the list of its parts", errors.New("the records are missing"))
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, r.undo(missing != nil))
		}
	}()
	ring, err := copyKeys(dir, keys)
	if err != nil {
		return err
	}
	if err := r.each(r.files); err != nil {
		return err
	}
	err = r.each(func(name string, body io.Reader) error {
		if name != backupDump {
			return nil
		}
		return db.Restore(ctx, r.dsn, body, func(q db.Queryer) error { return ring.Check(ctx, q) })
	})
	if err != nil {
		return err
	}
	if err := writeNew(dir.Settings(), r.settings, 0o600); err != nil {
		return err
	}
	return republish(ctx, dir)
}

// republish opens what was restored and makes the public pages.
func republish(ctx context.Context, dir Dir) error {
	a, err := Open(ctx, dir, Options{})
	if err != nil {
		return err
	}
	return errors.Join(a.Publish(ctx), a.Close())
}

// copyKeys copies the keys into the directory, if they are keys.
func copyKeys(dir Dir, from string) (*seal.Keyring, error) {
	if err := os.MkdirAll(dir.Keys(), 0o700); err != nil {
		return nil, fmt.Errorf("making the data directory: %w", err)
	}
	for _, path := range []string{dir.Master(), dir.Signing()} {
		raw, err := os.ReadFile(filepath.Join(from, filepath.Base(path)))
		if err != nil {
			return nil, errs.Invalidf("--keys", "%s is not there", filepath.Join(from, filepath.Base(path))).WithCause(err)
		}
		if err := writeNew(path, raw, 0o600); err != nil {
			return nil, err
		}
		if path != dir.Signing() {
			continue
		}
		if _, err := sign.Load(raw); err != nil {
			return nil, errs.Invalidf("--keys", "%s is not a signing key of Steward", filepath.Join(from, filepath.Base(path))).WithCause(err)
		}
	}
	master, err := readMaster(dir.Master())
	if err != nil {
		return nil, err
	}
	return seal.OpenKeyring(master)
}

// restore is a restore under way.
type restore struct {
	ctx      context.Context
	dir      Dir
	database string
	backup   io.ReadSeeker
	seen     map[string]bool
	settings []byte
	policies []string
	dsn      string
}

// undo removes what was made in the directory, which was empty, or not there.
func (r *restore) undo(missing bool) error {
	if missing {
		return os.RemoveAll(string(r.dir))
	}
	list, err := os.ReadDir(string(r.dir))
	for _, d := range list {
		err = errors.Join(err, os.RemoveAll(r.dir.path(d.Name())))
	}
	return err
}

// each reads the backup from its beginning to its end and hands each entry to
// f. It tells a damaged backup from a file that cannot be read, and both from a
// failure of f.
func (r *restore) each(f func(name string, body io.Reader) error) error {
	if _, err := r.backup.Seek(0, io.SeekStart); err != nil {
		return fmt.Errorf("reading the backup: %w", err)
	}
	file := &source{r: r.backup}
	packed, err := gzip.NewReader(file)
	if err != nil {
		return file.or(damaged("its beginning", err))
	}
	t := tar.NewReader(packed)
	for last := "its beginning"; ; {
		if err := r.ctx.Err(); err != nil {
			return err
		}
		h, err := t.Next()
		if err != nil {
			return file.or(damaged("what follows "+last, err))
		}
		if h.Name == backupEnd {
			break
		}
		body := &verified{r: t, sum: sha256.New(), want: h.PAXRecords[backupHash]}
		err = f(h.Name, body)
		// A part that is altered may fail in any way: its hash tells.
		if _, bad := io.Copy(io.Discard, body); bad != nil {
			return file.or(damaged(h.Name, bad))
		}
		if err != nil {
			return err
		}
		last = h.Name
	}
	// Reading to the end checks the checksum of the archive itself.
	if _, err := io.Copy(io.Discard, packed); err != nil {
		return file.or(damaged("its end", err))
	}
	return nil
}

// check looks whether an entry belongs where it is, and takes the settings over,
// which say where the dump goes.
func (r *restore) check(name string, body io.Reader) error {
	r.seen[name] = true
	switch {
	case name == backupRead:
	case name == config.File:
		return r.readSettings(body)
	case r.settings == nil:
		return damaged("its beginning", errors.New("the settings do not come first"))
	case slices.Contains(r.policies, name), name == backupDump:
	case strings.HasPrefix(name, blobPrefix) && db.ValidID(strings.TrimPrefix(name, blobPrefix)):
	default:
		return damaged("the list of its parts", fmt.Errorf("%q is no part of a backup", name))
	}
	return nil
}

// files writes what is neither settings nor records.
func (r *restore) files(name string, body io.Reader) error {
	switch {
	case slices.Contains(r.policies, name):
		return r.writePolicy(name, body)
	case strings.HasPrefix(name, blobPrefix):
		store := &blob.Store{Dir: r.dir.Blobs()}
		return store.PutSealed(strings.TrimPrefix(name, blobPrefix), body)
	}
	return nil
}

const maxSettings = 1 << 20

func (r *restore) readSettings(body io.Reader) error {
	raw, err := io.ReadAll(io.LimitReader(body, maxSettings))
	if err != nil {
		return err
	}
	raw = withDatabase(raw, r.database)
	c, err := config.Parse(raw)
	if err != nil {
		return err
	}
	r.policies = policyFiles(c)
	if r.dsn = c.Database; r.dsn == "" {
		r.dsn = r.dir.Database()
	}
	r.settings = raw
	return nil
}

// withDatabase replaces the database setting in the text, so that the
// operator's comments stay.
func withDatabase(raw []byte, database string) []byte {
	if database == "" {
		return raw
	}
	var out []string
	for line := range strings.Lines(string(raw)) {
		name, _, ok := strings.Cut(line, "=")
		if !ok || strings.TrimSpace(name) != "database" {
			out = append(out, line)
		}
	}
	text := strings.Join(out, "")
	if database != "sqlite" {
		text = fmt.Sprintf("database = %q\n", database) + text
	}
	return []byte(text)
}

func (r *restore) writePolicy(name string, body io.Reader) error {
	if !filepath.IsLocal(name) || strings.ContainsRune(name, filepath.Separator) {
		return errs.Invalidf("FILE", "names a policy that lies outside of the data directory: %q", name)
	}
	raw, err := io.ReadAll(io.LimitReader(body, maxSettings))
	if err != nil {
		return err
	}
	return writeNew(r.dir.path(name), raw, 0o644)
}

// source notes when the file itself cannot be read.
type source struct {
	r   io.Reader
	bad error
}

func (s *source) Read(p []byte) (int, error) {
	n, err := s.r.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		s.bad = err
	}
	return n, err
}

// or gives the failure to read the file, or else the error.
func (s *source) or(err error) error {
	if s.bad != nil {
		return fmt.Errorf("reading the backup: %w", s.bad)
	}
	return err
}

// verified reads an entry and gives an error in place of the end if its hash
// is not the one it was written with.
type verified struct {
	r    io.Reader
	sum  hash.Hash
	want string
	err  error // how it ended
}

func (v *verified) Read(p []byte) (int, error) {
	if v.err != nil {
		return 0, v.err
	}
	n, err := v.r.Read(p)
	v.sum.Write(p[:n])
	if errors.Is(err, io.EOF) {
		if got := hex.EncodeToString(v.sum.Sum(nil)); got != v.want {
			err = fmt.Errorf("it has the hash %s in place of %s", got, v.want)
		}
	}
	v.err = err
	return n, err
}
