package publish

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"
	"time"

	"steward/internal/base/sign"
	"steward/internal/publish/tree"
)

// Check verifies a copied tree to the last byte, as tree.Check does, and then
// every file by the rules of its format. With a fingerprint it insists on that
// key. progress, which may be nil, is told how many files were looked at.
func Check(ctx context.Context, dir, fingerprint string, progress func(done int64)) (*tree.Report, error) {
	return check(ctx, dir, fingerprint, time.Now(), progress)
}

func check(ctx context.Context, dir, fingerprint string, now time.Time, progress func(done int64)) (*tree.Report, error) {
	o := tree.CheckOptions{Now: now, Fingerprint: fingerprint}
	if progress != nil {
		o.Progress = func(done int, _ string) { progress(int64(done)) }
	}
	r, err := tree.Check(ctx, dir, o)
	if err != nil {
		return nil, err
	}
	named := map[string]bool{}
	for _, f := range r.Findings {
		named[f.Path] = true
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("checking %s: %w", dir, err)
	}
	defer root.Close()
	err = fs.WalkDir(root.FS(), ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() || named[path] || ctx.Err() != nil {
			return err
		}
		if path != securityPath && !hasFormat(path) {
			return nil
		}
		data, err := root.ReadFile(path)
		if err != nil {
			return err
		}
		found := faults(path, data)
		if path == securityPath {
			found = securityFaults(root, data, now)
		}
		for _, f := range found {
			r.Findings = append(r.Findings, tree.Finding{Path: path, Problem: f})
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("checking %s: %w", dir, err)
	}
	slices.SortStableFunc(r.Findings, func(a, b tree.Finding) int { return strings.Compare(a.Path, b.Path) })
	return r, ctx.Err()
}

// hasFormat tells the files that faults knows the rules of.
func hasFormat(path string) bool {
	return strings.HasSuffix(path, ".json") || isFeed(path)
}

// securityFaults gives what is wrong with a security.txt of the tree.
func securityFaults(root *os.Root, data []byte, now time.Time) []string {
	public, err := root.ReadFile(tree.KeyPath)
	if err != nil {
		return nil // and the missing key is among the findings
	}
	plain, err := sign.VerifyClearsigned(public, data)
	if err != nil {
		return []string{"the signature in it: " + err.Error()}
	}
	if expires := expiry(plain); !now.Before(expires) {
		return []string{"has expired on " + expires.Format(time.DateOnly) + ": reporters may no longer trust it"}
	}
	return nil
}
