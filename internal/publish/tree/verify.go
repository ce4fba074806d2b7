package tree

import (
	"context"
	"crypto/sha256"
	"crypto/sha512"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"steward/internal/base/sign"
)

// Verify reads every byte of the published tree as it lies in its bundles and
// names the files, lists and companions that are not as they were published.
func (t *Tree) Verify(ctx context.Context) ([]Finding, error) {
	s := t.pin()
	defer t.unpin()
	var all []Finding
	for e := range s.all {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		o, err := t.openStored(e)
		if err != nil {
			all = append(all, Finding{e.path, fmt.Sprintf("%s: %v", unreadable, err)})
			continue
		}
		for kind, suffix := range suffixes {
			if err := t.intact(&found{o, e, kind}); err != nil {
				all = append(all, Finding{e.path + suffix, err.Error()})
			}
		}
		if err := o.Close(); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// intact compares a file, or a companion, with the hash in the signed list.
func (t *Tree) intact(f *found) error {
	err := f.intact()
	if err == nil && strings.HasPrefix(f.entry.path, listFolder) {
		err = t.listIntact(f)
	}
	if err != nil {
		return fmt.Errorf("%s in bundle %s: %w", altered, f.entry.bundle(), err)
	}
	return nil
}

func (f *found) intact() error {
	h := sha256.New()
	if _, err := io.Copy(h, f.companion(f.entry, f.kind)); err != nil {
		return err
	}
	if sum(h.Sum(nil)) != f.entry.sums[f.kind] {
		return fmt.Errorf("its hash is %x", h.Sum(nil))
	}
	return nil
}

// listIntact checks what no list tells of a list: that its hash and its
// signature are those of its text.
func (t *Tree) listIntact(f *found) error {
	if f.kind != signature && f.kind != hash512 {
		return nil
	}
	text, err := io.ReadAll(f.section(sectionFile))
	if err != nil {
		return err
	}
	if f.kind == hash512 {
		if sha512.Sum512(text) != f.sum {
			return errors.New("it does not hold the hash of the file")
		}
		return nil
	}
	sig, err := io.ReadAll(f.section(sectionSig))
	if err != nil {
		return err
	}
	key, err := t.Read(KeyPath)
	if err != nil {
		return err
	}
	return sign.Verify(key, text, sig, time.Time{})
}
