package publish

import (
	"steward/internal/base/wkd"
	"steward/internal/publish/tree"
)

// ownKey gives the files by which mail programs find the team's key on this site
// by Web Key Directory; none if the site is not the one where its address is
// looked for, or if the key has another address: one made before the team had
// this address signs all the same.
func (u *update) ownKey() []tree.File {
	if u.site.KeyAddress == "" {
		return nil
	}
	files, err := wkd.Publish(u.site.KeyAddress, u.Signer.PublicKey(), u.now)
	if err != nil {
		return nil
	}
	out := make([]tree.File, len(files))
	for i, f := range files {
		out[i] = tree.File{Path: f.Path, Data: f.Body}
	}
	return out
}
