package cvd

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"steward/internal/base/db"
	"steward/internal/base/db/dbtest"
	"steward/internal/base/errs"
)

func TestDiffs(t *testing.T) {
	t.Parallel()
	head := "--- a/x\n+++ b/x\n"
	for _, c := range []struct {
		name, diff string
		good       bool
	}{
		{"of git format-patch", smallDiff, true},
		{"of diff -u", head + "@@ -1 +1 @@\n-a\n+b\n", true},
		{"without a last line feed", head + "@@ -1 +1 @@\n-a\n\\ No newline at end of file\n+b", true},
		{"a new file", "--- /dev/null\n+++ b/x\n@@ -0,0 +1,2 @@\n+a\n+b\n", true},
		{"an empty line of context", head + "@@ -1,2 +1,2 @@\n\n-a\n+b\n", true},
		{"in other line ends", strings.ReplaceAll(head+"@@ -1 +1 @@\n-a\n+b\n", "\n", "\r\n"), true},
		{"nothing", "", false},
		{"prose", "See the attached file.\n", false},
		{"a hunk of no file", "@@ -1 +1 @@\n-a\n+b\n", false},
		{"cut off", head + "@@ -1,3 +1,3 @@\n a\n-b\n", false},
		{"a context diff", "*** a/x\n--- b/x\n***************\n*** 1 ****\n! a\n", false},
		{"a hunk with letters for numbers", head + "@@ -a +b @@\n", false},
		{"too large", head + "@@ -1 +1 @@\n-a\n+" + strings.Repeat("b", maxPatch) + "\n", false},
		{"binary", head + "@@ -1 +1 @@\n-a\n+\x00\n", false},
	} {
		if err := checkDiff([]byte(c.diff)); (err == nil) != c.good || err != nil && !errs.Is(err, errs.Invalid) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

// TestCopiesOfPatchesApply: git and patch take a copy for what the original is.
func TestCopiesOfPatchesApply(t *testing.T) {
	t.Parallel()
	k := &kit{Store: newKitStore(t)}
	m, err := k.mark("case", "recipient")
	if err != nil {
		t.Fatal(err)
	}
	own, err := ownPatch([]byte(smallDiff), ambered("Heron Linux"), m)
	if err != nil {
		t.Fatal(err)
	}
	source := strings.Repeat("//\n", 9) + "{\n\tchar buf[64];\n\n\tstrcpy(buf, s);\n\treturn 0;\n}\n"
	for _, tool := range [][]string{{"git", "apply"}, {"patch", "-s", "-p1", "-i"}} {
		var got []string
		for _, diff := range [][]byte{[]byte(smallDiff), own} {
			dir := t.TempDir()
			for name, b := range map[string][]byte{"parse.c": []byte(source), "x.patch": diff} {
				if err := os.WriteFile(filepath.Join(dir, name), b, 0o600); err != nil {
					t.Fatal(err)
				}
			}
			cmd := exec.Command(tool[0], append(tool[1:], "x.patch")...)
			cmd.Dir = dir
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Fatalf("%s: %v: %s", tool[0], err, out)
			}
			b, err := os.ReadFile(filepath.Join(dir, "parse.c"))
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, string(b))
		}
		if got[0] != got[1] || got[0] == source {
			t.Errorf("%s makes another file of a copy:\n%s", tool[0], got[1])
		}
	}
}

// TestPatchesAreGivenAndTaken: what was removed is given to nobody, and a leak
// of it is traced all the same.
func TestPatchesAreGivenAndTaken(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k := newKit(t, d)
		k.withLists()
		heron := k.joins(listID, "Heron Linux")
		a, _ := k.prepared(240 * 3600e9)
		_, err := k.AddPatchFile(k.ctx, handler, a.caseID, "fix.patch", []byte("no diff"))
		k.refused(err, errs.Invalid)
		_, err = k.AddPatchFile(k.ctx, handler, a.caseID, "two\nlines", []byte(smallDiff))
		k.refused(err, errs.Invalid)
		for range maxPatches {
			_, err := k.AddPatchFile(k.ctx, handler, a.caseID, "../fix.patch", []byte(smallDiff))
			k.must(err)
		}
		_, err = k.AddPatchFile(k.ctx, handler, a.caseID, "fix.patch", []byte(smallDiff))
		k.refused(err, errs.Conflict)
		k.must(k.tell(a, listID, "", heron))
		list := k.view(heron.contact, a.caseID).Patches
		if len(list) != maxPatches || list[0].SHA256 != "" || list[0].By != (Person{}) || strings.Contains(list[0].Name, "/") {
			t.Errorf("a distributor is shown %+v", list[0])
		}
		c := k.wholeCase(a.caseID)
		k.must(d.Read(k.ctx, func(q db.Queryer) error {
			o, err := k.load(k.ctx, q, a.caseID)
			k.must(err)
			files, tooLarge, err := k.ownPatches(k.ctx, q, o, &c.Recipients[0], 3*len(smallDiff)+600)
			if len(files) == 0 || len(tooLarge) == 0 || len(files)+len(tooLarge) != maxPatches {
				t.Errorf("a letter with little room takes %d patches, and leaves %d to the page", len(files), len(tooLarge))
			}
			return err
		}))
		_, own, err := k.PatchCopy(k.ctx, heron.contact, a.caseID, list[0].ID)
		k.must(err)
		if bytes.Equal(own, []byte(smallDiff)) || !bytes.Contains(own, []byte("Heron Linux")) {
			t.Error("a distributor gets the original")
		}
		if strings.Contains(k.everything(), "strlen(s) >= sizeof") {
			t.Error("a patch is kept in the clear")
		}
		other := k.report()
		k.refused(k.RemovePatchFile(k.ctx, handler, other.caseID, list[0].ID), errs.NotFound)
		k.must(k.RemovePatchFile(k.ctx, handler, a.caseID, list[0].ID))
		k.refused(k.RemovePatchFile(k.ctx, handler, a.caseID, list[0].ID), errs.NotFound)
		for _, c := range []string{list[0].ID, "nonsense"} {
			_, _, err = k.PatchCopy(k.ctx, heron.contact, a.caseID, c)
			k.refused(err, errs.NotFound)
		}
		k.traces(t, a, string(own), "Heron Linux")
	})
}

func FuzzCheckDiff(f *testing.F) {
	for _, s := range []string{smallDiff, "", "@@", "--- a\n+++ b\n@@ -1,9999999 +1 @@\n", "--- a\n+++ b\n@@ -1 +1 @@\n-a\n+b\n@@ -x"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, diff []byte) {
		err := checkDiff(diff)
		if err != nil && !errs.Is(err, errs.Invalid) {
			t.Fatal(err)
		}
		if err == nil && (!bytes.Contains(diff, []byte("@@ -")) || len(diff) > maxPatch) {
			t.Fatal("taken without a hunk, or too large")
		}
	})
}
