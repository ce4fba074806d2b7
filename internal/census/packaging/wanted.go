package packaging

import (
	"bytes"
	"cmp"
	"encoding/hex"
	"slices"
	"strconv"
	"strings"

	"steward/internal/census/archive"
	"steward/internal/census/control"
)

// MaxPacked is the largest packaging file that is fetched, in bytes. Of Debian's
// 34,000 all but two or three are smaller: those carry data.
const MaxPacked = 128 << 20

// Wanted is a packaging file that a mirror has.
type Wanted struct {
	Source, Version string
	Path            string // below the mirror: pool/main/b/bzip2/…
	Size            int64  // bytes
	SHA256          [32]byte
}

// name is the name of the file alone.
func (w *Wanted) name() string { return w.Path[strings.LastIndexByte(w.Path, '/')+1:] }

// Wants reads an index of sources for the packaging file of each, in its highest
// version, by name; of a native source that is its archive. Left counts sources of
// which none is named with its size and SHA-256, or one that is too large.
func Wants(sources []byte) (wanted []Wanted, left int) {
	best := map[string]Wanted{}
	for st := range control.Stanzas(sources, 0) {
		w, ok, extra := want(st)
		known, twice := best[w.Source]
		switch {
		case extra || w.Source == "":
		case !twice || archive.Compare(w.Version, known.Version) > 0:
			if !ok {
				w.Path = ""
			}
			best[w.Source] = w
		}
	}
	for _, w := range best {
		if w.Path == "" {
			left++
			continue
		}
		wanted = append(wanted, w)
	}
	slices.SortFunc(wanted, func(a, b Wanted) int { return cmp.Compare(a.Source, b.Source) })
	return wanted, left
}

func want(st control.Stanza) (w Wanted, ok, extra bool) {
	var sums []byte
	var folder string
	for field, value := range st.Fields(nil) {
		switch string(field) {
		case "Package":
			if isName(value) {
				w.Source = string(value)
			}
		case "Version":
			w.Version = string(value)
		case "Directory":
			folder = string(value)
		case "Checksums-Sha256":
			sums = value
		case "Extra-Source-Only":
			extra = string(value) == "yes"
		}
	}
	folder, inside := within(folder)
	if !inside || len(folder) > maxPath || !isVersion(w.Version) {
		return w, false, extra
	}
	native := 0
	for line := range bytes.Lines(sums) {
		words := bytes.Fields(line)
		if len(words) != 3 {
			continue
		}
		file := words[2]
		packaging := bytes.Contains(file, []byte(".debian.tar.")) || bytes.HasSuffix(file, []byte(".diff.gz"))
		if bytes.HasSuffix(file, []byte(".asc")) || bytes.HasSuffix(file, []byte(".dsc")) || bytes.Contains(file, []byte("/")) || ok {
			continue
		}
		one, sound := sized(words)
		if !packaging {
			if native++; native > 1 || bytes.Contains(file, []byte(".orig")) || !bytes.Contains(file, []byte(".tar.")) || !sound {
				native = 2 // it is upstream's archive
				continue
			}
		}
		w.Path, w.Size, w.SHA256, ok = folder+"/"+string(file), one.Size, one.SHA256, packaging && sound
	}
	return w, (ok || native == 1) && w.Size <= MaxPacked, extra
}

// sized reads "sum size file".
func sized(words [][]byte) (w Wanted, ok bool) {
	var err error
	if w.Size, err = strconv.ParseInt(string(words[1]), 10, 64); err != nil || w.Size <= 0 || !printable(words[2]) || len(words[2]) > maxPath {
		return w, false
	}
	n, err := hex.Decode(w.SHA256[:], words[0][:min(len(words[0]), 64)])
	return w, err == nil && n == len(w.SHA256) && len(words[0]) == 64
}
