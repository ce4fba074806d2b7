package house

import (
	"bytes"
	"encoding/json"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// pkg is what `go list` tells of a package.
type pkg struct {
	ImportPath   string
	Imports      []string
	TestImports  []string
	XTestImports []string
	Deps         []string
}

const module = "steward/"

// packages lists every package of the project with all that it reaches.
func packages(t *testing.T) map[string]pkg {
	t.Helper()
	cmd := exec.Command("go", "list", "-json=ImportPath,Imports,TestImports,XTestImports,Deps", "./...")
	cmd.Dir = "../.."
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	all := map[string]pkg{}
	for dec := json.NewDecoder(bytes.NewReader(out)); dec.More(); {
		var p pkg
		if err := dec.Decode(&p); err != nil {
			t.Fatal(err)
		}
		all[p.ImportPath] = p
	}
	if len(all) < 10 {
		t.Fatalf("go list found %d packages only", len(all))
	}
	return all
}

// within tells whether a package is the named folder under internal, or below it.
func within(path, folder string) bool {
	p := module + "internal/" + folder
	return path == p || strings.HasPrefix(path, p+"/")
}

// floor is one rule of the house: what a folder may import of ours directly,
// and what it may not reach however indirectly.
type floor struct {
	folder string
	may    []string // folders it may import; its own is always allowed
	never  []string // folders it may not reach at all
}

// Data flows one way: intake → cvd → advisory → publish. Whatever publishes
// may not reach what is private: the compiler keeps the embargo.
var floors = []floor{
	{folder: "base", may: []string{"base"}, never: []string{"cvd", "intake", "advisory", "publish", "account", "web", "api", "cli", "app"}},
	{folder: "format", may: nil, never: []string{"base", "cvd", "intake", "advisory", "publish", "account", "web", "api", "cli", "app"}},
	{folder: "config", may: []string{"base"}, never: []string{"cvd", "intake", "web"}},
	{folder: "policy", may: []string{"base"}, never: []string{"cvd", "intake", "advisory", "publish", "account", "web", "api", "cli", "app"}},
	{folder: "account", may: []string{"base"}, never: []string{"cvd", "intake", "advisory", "publish", "web"}},
	{folder: "rota", may: []string{"base"}, never: []string{"cvd", "intake", "advisory", "publish", "account", "web"}},
	{folder: "intake", may: []string{"base"}, never: []string{"cvd", "advisory", "publish", "account", "web"}},
	{folder: "advisory", may: []string{"base"}, never: []string{"cvd", "intake", "account", "web", "publish"}},
	{folder: "publish", may: []string{"base", "advisory", "format"}, never: []string{"cvd", "intake", "account", "web"}},
	{folder: "duty", may: []string{"base"}, never: []string{"cvd", "intake", "advisory", "publish", "account", "web", "api", "cli", "app"}},
	{folder: "predisclosure", may: []string{"base", "account"}, never: []string{"cvd", "intake", "advisory", "publish", "web", "api", "cli", "app"}},
	{folder: "mail", may: []string{"base", "intake", "cvd", "account"}, never: []string{"publish", "web", "api", "cli", "app"}},
	{folder: "cvd", may: []string{"base", "intake", "advisory", "account", "duty", "policy", "predisclosure", "proof"}, never: []string{"publish", "web", "api", "cli", "app", "cinterp"}},
	{folder: "web", may: []string{"base", "intake", "advisory", "publish", "cvd", "account", "mail", "rota", "duty", "policy", "predisclosure", "subscribe", "format", "proof"}, never: []string{"api", "cli", "app"}},
	{folder: "api", may: []string{"base", "intake", "advisory", "publish", "cvd", "account", "mail", "rota", "duty", "policy", "predisclosure", "subscribe"}, never: []string{"web", "cli", "app"}},
	{folder: "census", may: []string{"base"}, never: []string{"cvd", "intake", "advisory", "publish", "account", "web", "api", "cli", "app"}},
	{folder: "cinterp", may: []string{"base"}, never: []string{"cvd", "intake", "advisory", "publish", "account", "web", "api", "cli", "app"}},
	{folder: "proof", may: []string{"base", "cinterp"}, never: []string{"cvd", "intake", "advisory", "publish", "account", "web", "api", "cli", "app"}},
	{folder: "subscribe", may: []string{"base", "advisory"}, never: []string{"cvd", "intake", "account", "publish", "web", "api", "cli", "app"}},
}

func TestFloors(t *testing.T) {
	t.Parallel()
	all := packages(t)
	for _, f := range floors {
		found := false
		for path, p := range all {
			if !within(path, f.folder) {
				continue
			}
			found = true
			for _, imp := range p.Imports {
				if !strings.HasPrefix(imp, module) || within(imp, f.folder) {
					continue
				}
				if !slices.ContainsFunc(f.may, func(m string) bool { return within(imp, m) }) {
					t.Errorf("%s imports %s: %s may import %v only", path, imp, f.folder, f.may)
				}
			}
			for _, dep := range p.Deps {
				for _, n := range f.never {
					if within(dep, n) {
						t.Errorf("%s reaches %s: nothing of %s may reach %s, however indirectly", path, dep, f.folder, n)
					}
				}
			}
		}
		if !found {
			t.Errorf("the house has no room %q: mend the table of floors", f.folder)
		}
	}
}

// TestNoCgo: the default build needs no C compiler.
func TestNoCgo(t *testing.T) {
	t.Parallel()
	cmd := exec.Command("go", "list", "-deps", "-f", "{{if .CgoFiles}}{{.ImportPath}}{{end}}", "./cmd/steward")
	cmd.Dir = "../.."
	cmd.Env = append(cmd.Environ(), "CGO_ENABLED=0")
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	if s := strings.TrimSpace(string(out)); s != "" {
		t.Errorf("packages with cgo in the default build:\n%s", s)
	}
}
