package blob

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"

	"filippo.io/age"

	"steward/internal/base/db"
	"steward/internal/base/errs"
	"steward/internal/base/seal"
)

// Store keeps attachments in a folder, which is made when it is needed.
type Store struct {
	Dir string
}

// Ref describes an attachment that is stored.
type Ref struct {
	ID     string // random; the name of the file
	Size   int64  // bytes in clear
	SHA256 string // of the bytes in clear, hexadecimal
}

// Put stores what r gives, sealed with the key of its case. When it returns,
// the file is on the disk for good. More than limit bytes are refused with an
// errs.Invalid, and then, as with every error, nothing stays behind.
func (s *Store) Put(ctx context.Context, key *seal.Key, r io.Reader, limit int64) (Ref, error) {
	ref := Ref{ID: db.NewID(rand.Reader)}
	err := s.place(ref.ID, func(w io.Writer) error {
		sealed, err := age.Encrypt(w, lock{key, ref.ID})
		if err != nil {
			return err
		}
		sum := sha256.New()
		// One byte over the limit is enough to know that it is too much.
		ref.Size, err = io.Copy(io.MultiWriter(sealed, sum), io.LimitReader(patient{ctx, r}, limit+1))
		if err != nil {
			return err
		}
		if ref.Size > limit {
			return errs.Invalidf("attachment", "The attachment is larger than %s.", size(limit))
		}
		ref.SHA256 = hex.EncodeToString(sum.Sum(nil))
		return sealed.Close()
	})
	if err != nil {
		return Ref{}, fmt.Errorf("storing an attachment: %w", err)
	}
	return ref, nil
}

// Open gives the plain bytes of an attachment. A file that was cut short or
// belongs to another case or identifier is refused here; a piece that was
// altered is refused when the reader comes to it. A file that is not there is
// an errs.NotFound.
func (s *Store) Open(ctx context.Context, key *seal.Key, id string) (io.ReadCloser, error) {
	f, err := s.OpenSealed(id)
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	if err != nil {
		return nil, errors.Join(fmt.Errorf("opening an attachment: %w", err), f.Close())
	}
	// This reads the last piece before all others, and so finds a cut.
	plain, n, err := age.DecryptReaderAt(f, info.Size(), lock{key, id})
	if err != nil {
		return nil, errors.Join(fmt.Errorf("opening attachment %s: %w", id, err), f.Close())
	}
	return struct {
		io.Reader
		io.Closer
	}{patient{ctx, io.NewSectionReader(plain, 0, n)}, f}, nil
}

// patient reads until its context is done.
type patient struct {
	ctx context.Context
	r   io.Reader
}

func (p patient) Read(b []byte) (int, error) {
	if err := p.ctx.Err(); err != nil {
		return 0, err
	}
	return p.r.Read(b)
}

// size writes a number of bytes for people.
func size(n int64) string {
	for _, unit := range []struct {
		bytes int64
		name  string
	}{{1 << 30, "GiB"}, {1 << 20, "MiB"}, {1 << 10, "KiB"}} {
		if n >= unit.bytes && n%unit.bytes == 0 {
			return fmt.Sprintf("%d %s", n/unit.bytes, unit.name)
		}
	}
	return fmt.Sprintf("%d bytes", n)
}
