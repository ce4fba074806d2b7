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
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"steward/internal/base/blob"
	"steward/internal/base/db"
	"steward/internal/base/errs"
	"steward/internal/config"
)

// A backup is a gzipped tar archive: settings and policy, the database as one
// dump that either engine restores, the attachments as they lie sealed on the
// disk, and an end mark. Each entry carries its SHA-256, so that a restore
// notices any change and any cut.
const (
	backupHash = "STEWARD.sha256"
	backupDump = "database.ndjson"
	backupEnd  = "END"
	blobPrefix = "blobs/"
)

// Backup writes a backup and gives its SHA-256 in hexadecimal. The server may
// run: the dump is of one moment, and it comes first, so that every attachment
// that it names is there. Keys are not in it.
func (a *App) Backup(ctx context.Context, w io.Writer) (string, error) {
	sum := sha256.New()
	packed := gzip.NewWriter(io.MultiWriter(w, sum))
	t := tar.NewWriter(packed)
	for _, name := range []string{config.File, a.Config.Team.Policy} {
		if err := addFile(t, name, a.Dir.path(name)); err != nil {
			return "", err
		}
	}
	if err := a.addDump(ctx, t); err != nil {
		return "", err
	}
	for item, err := range a.Blobs.List() {
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			return "", err
		}
		if err := a.addBlob(t, item.ID); err != nil {
			return "", err
		}
	}
	if err := addEntry(t, backupEnd, strings.NewReader(""), 0); err != nil {
		return "", err
	}
	if err := errors.Join(t.Close(), packed.Close()); err != nil {
		return "", fmt.Errorf("writing the backup: %w", err)
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}

// addDump writes the dump by way of a file beside the database, since an
// archive wants to know the length first. All private text in it is sealed.
func (a *App) addDump(ctx context.Context, t *tar.Writer) error {
	f, err := os.CreateTemp(string(a.Dir), "dump-*")
	if err != nil {
		return fmt.Errorf("backing up the database: %w", err)
	}
	defer os.Remove(f.Name())
	defer f.Close()
	if err := a.DB.Dump(ctx, f); err != nil {
		return fmt.Errorf("backing up the database: %w", err)
	}
	return addOpen(t, backupDump, f)
}

// addBlob adds an attachment; one that was removed meanwhile is left out.
func (a *App) addBlob(t *tar.Writer, id string) error {
	f, err := a.Blobs.OpenSealed(id)
	if errs.Is(err, errs.NotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	defer f.Close()
	return addOpen(t, blobPrefix+id, f)
}

func addFile(t *tar.Writer, name, path string) error {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("backing up %s: %w", name, err)
	}
	defer f.Close()
	return addOpen(t, name, f)
}

func addOpen(t *tar.Writer, name string, f *os.File) error {
	size, err := f.Seek(0, io.SeekEnd)
	if err != nil {
		return fmt.Errorf("backing up %s: %w", name, err)
	}
	return addEntry(t, name, f, size)
}

func addEntry(t *tar.Writer, name string, r io.ReadSeeker, size int64) error {
	sum := sha256.New()
	read := func(w io.Writer) error {
		_, err := r.Seek(0, io.SeekStart)
		if err == nil {
			_, err = io.CopyN(w, r, size)
		}
		return err
	}
	err := read(sum)
	if err == nil {
		err = t.WriteHeader(&tar.Header{
			Name: name, Size: size, Mode: 0o600, Typeflag: tar.TypeReg, Format: tar.FormatPAX,
			PAXRecords: map[string]string{backupHash: hex.EncodeToString(sum.Sum(nil))},
		})
	}
	if err == nil {
		err = read(t)
	}
	if err != nil {
		return fmt.Errorf("backing up %s: %w", name, err)
	}
	return nil
}

// damaged is every way in which a file is not the backup that was written.
func damaged(cause error) error {
	return errs.Invalidf("FILE", "is not a whole backup of Steward: it is cut off or altered").WithCause(cause)
}

// Restore makes a data directory from a backup and the keys that belong to
// it. database replaces the setting: a postgres:// URL, or "sqlite"; empty
// keeps what the backup says. A failure leaves no settings behind, so that the
// directory is no Steward.
func Restore(ctx context.Context, dir Dir, backup io.Reader, keys, database string) error {
	if list, err := os.ReadDir(string(dir)); err == nil && len(list) > 0 {
		return errs.Conflictf("%s is not empty.", dir).WithHint("restore into a new directory")
	}
	if err := copyKeys(dir, keys); err != nil {
		return err
	}
	packed, err := gzip.NewReader(backup)
	if err != nil {
		return damaged(err)
	}
	r := &restore{dir: dir, database: database, blobs: &blob.Store{Dir: dir.Blobs()}}
	if err := r.entries(ctx, tar.NewReader(packed)); err != nil {
		return err
	}
	// Reading to the end checks the checksum of the archive itself.
	if _, err := io.Copy(io.Discard, packed); err != nil {
		return damaged(err)
	}
	if err := writeNew(dir.Settings(), r.settings, 0o600); err != nil {
		return err
	}
	return tryOpen(ctx, dir)
}

// tryOpen opens what was restored and publishes: keys that do not belong to
// the backup show here.
func tryOpen(ctx context.Context, dir Dir) error {
	a, err := Open(ctx, dir, Options{})
	if err != nil {
		return errors.Join(err, os.Remove(dir.Settings()))
	}
	err = a.DB.Read(ctx, func(q db.Queryer) error { return a.Keys.Check(ctx, q) })
	if err == nil {
		err = a.Publish(ctx)
	}
	if err = errors.Join(err, a.Close()); err != nil {
		return errors.Join(err, os.Remove(dir.Settings()))
	}
	return nil
}

func copyKeys(dir Dir, from string) error {
	if err := os.MkdirAll(dir.Keys(), 0o700); err != nil {
		return fmt.Errorf("making the data directory: %w", err)
	}
	for _, path := range []string{dir.Master(), dir.Signing()} {
		raw, err := os.ReadFile(filepath.Join(from, filepath.Base(path)))
		if err != nil {
			return errs.Invalidf("--keys", "%s is not there", filepath.Join(from, filepath.Base(path))).WithCause(err)
		}
		if err := writeNew(path, raw, 0o600); err != nil {
			return err
		}
	}
	return nil
}

// restore is a restore under way.
type restore struct {
	dir      Dir
	database string
	blobs    *blob.Store
	settings []byte
	policy   string
	dsn      string
}

const maxSettings = 1 << 20

func (r *restore) entries(ctx context.Context, t *tar.Reader) error {
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		h, err := t.Next()
		if err != nil {
			return damaged(err)
		}
		body := &verified{r: t, sum: sha256.New(), want: h.PAXRecords[backupHash]}
		switch {
		case h.Name == backupEnd:
			return nil
		case h.Name == config.File:
			err = r.readSettings(body)
		case r.settings == nil:
			err = errors.New("the settings do not come first")
		case h.Name == r.policy:
			err = r.writePolicy(body)
		case h.Name == backupDump:
			err = db.Restore(ctx, r.dsn, body)
		case strings.HasPrefix(h.Name, blobPrefix):
			err = r.blobs.PutSealed(strings.TrimPrefix(h.Name, blobPrefix), body)
		default:
			err = fmt.Errorf("an entry that is no part of a backup: %q", h.Name)
		}
		if err == nil && !body.done {
			_, err = io.Copy(io.Discard, body)
		}
		if err != nil {
			if errs.KindOf(err) == errs.Conflict {
				return err // a database that is not empty
			}
			return damaged(err)
		}
	}
}

// readSettings takes the settings over, which say where the dump goes.
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
	r.policy = c.Team.Policy
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

func (r *restore) writePolicy(body io.Reader) error {
	if !filepath.IsLocal(r.policy) || strings.ContainsRune(r.policy, filepath.Separator) {
		return errors.New("the policy lies outside of the data directory")
	}
	raw, err := io.ReadAll(io.LimitReader(body, maxSettings))
	if err != nil {
		return err
	}
	return writeNew(r.dir.path(r.policy), raw, 0o644)
}

// verified reads an entry and gives an error in place of the end if its hash
// is not the one it was written with.
type verified struct {
	r    io.Reader
	sum  hash.Hash
	want string
	done bool
}

func (v *verified) Read(p []byte) (int, error) {
	n, err := v.r.Read(p)
	v.sum.Write(p[:n])
	if errors.Is(err, io.EOF) {
		v.done = true
		if got := hex.EncodeToString(v.sum.Sum(nil)); got != v.want {
			return n, fmt.Errorf("an entry has the hash %s in place of %s", got, v.want)
		}
	}
	return n, err
}
