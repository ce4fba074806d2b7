package app

import (
	"archive/tar"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"

	"steward/internal/base/errs"
	"steward/internal/config"
)

// A backup is a gzipped tar archive: a word to who finds it, settings and
// policy, the database as one dump that either engine restores, the attachments
// as they lie sealed on the disk, and an end mark. Each entry carries its
// SHA-256, so that a restore notices any change and any cut.
const (
	backupRead = "READ-ME.txt"
	backupHash = "STEWARD.sha256"
	backupDump = "database.ndjson"
	backupEnd  = "END"
	blobPrefix = "blobs/"
)

const readMe = `This is a backup of Steward: its settings, its records and the attachments.

The keys are NOT in it. Without the directory "keys" of the Steward that wrote
it, nothing private in it can be read by anyone, and it cannot be restored. They
are to be kept elsewhere: keys/master.key and keys/signing.key.

The public pages are not in it either: they are made again from the records.

  steward restore FILE --data NEW-DIRECTORY --keys DIRECTORY-WITH-THE-KEYS
`

// Backup writes a backup and gives its SHA-256 in hexadecimal. The server may
// run: the dump is of one moment, and it comes first, so that every attachment
// that it names is there. Keys are not in it.
func (a *App) Backup(ctx context.Context, w io.Writer) (string, error) {
	sum := sha256.New()
	packed := gzip.NewWriter(io.MultiWriter(w, sum))
	t := tar.NewWriter(packed)
	if err := addEntry(t, backupRead, strings.NewReader(readMe), int64(len(readMe))); err != nil {
		return "", err
	}
	for _, name := range append([]string{config.File}, policyFiles(a.Config)...) {
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
	made := hex.EncodeToString(sum.Sum(nil))
	a.noteBackup(made)
	return made, nil
}

// addDump writes the dump by way of a file beside the database, since an
// archive wants to know the length first. All private text in it is sealed.
func (a *App) addDump(ctx context.Context, t *tar.Writer) error {
	f, err := os.CreateTemp(string(a.Dir), "dump-*")
	if err != nil {
		return fmt.Errorf("backing up the database: %w", err)
	}
	defer f.Close()
	if err := os.Remove(f.Name()); err != nil { // it goes with the process, however that ends
		return fmt.Errorf("backing up the database: %w", err)
	}
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
