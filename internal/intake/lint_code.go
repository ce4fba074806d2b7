package intake

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"

	"steward/internal/base/pattern"
)

// Limits of one look into a mirror.
const (
	maxViews      = 3   // states of the code in which citations are looked up, and HEAD
	maxUnknown    = 5   // findings of one kind
	maxSameName   = 8   // files that a name alone may mean; with more nothing is said
	maxQuotedName = 200 // bytes of a tag or a path in a message
)

// codeCheck looks up what one report says on one product.
type codeCheck struct {
	product Product
	mirror  *Mirror
	own     map[string]bool // words of the product's names, lower case
	tags    []Tag           // newest first
	views   []view
	out     []Finding
}

// view is a state of the code in which citations are looked up.
type view struct {
	label string // as a sentence names it
	tree  *tree
	asked bool // the report names this state; else it is only HEAD, for a hint
}

// versions checks the releases and commits that the report names, and
// collects the states of the code to look into.
func (c *codeCheck) versions(ctx context.Context, text string) error {
	var written []string
	written = append(written, c.product.Released...)
	for _, t := range c.tags {
		written = append(written, t.Name)
	}
	known := newReleases(written)
	mentions := findMentions(text, c.own)
	var failed error
	unknown := 0
	for _, m := range mentions {
		switch m.kind {
		case aRelease:
			if len(known.rows) > 0 && !known.knows(m.text) {
				if unknown++; unknown <= maxUnknown {
					c.out = append(c.out, unknownVersion(m.text, c.product.Name, known))
				}
			}
		case aCommit:
			failed = errors.Join(failed, c.commit(ctx, m.text))
		}
	}
	if c.mirror == nil {
		return failed
	}
	return errors.Join(failed, c.collectViews(ctx, mentions, known, rangeWord().MatchString(text)))
}

// rangeWord tells that a text on versions means more than those it names.
var rangeWord = pattern.Late(`(?i)\b(?:since|from|later|newer|above|onwards?|all|any|through|thru|to|until|before|below|prior|earlier|older|up)\b|[<>≤≥+–—]|\.\.|\d\s*-\s+v?\d`)

func unknownVersion(version, product string, known *releases) Finding {
	return Finding{
		Field: "versions", Code: VersionUnknown,
		Message: fmt.Sprintf("We could not find version %s among the releases of %s that we know.", version, product),
		Why:     "The team looks at the same code that you saw; with another version it may see something else.",
		Hint:    "Releases with a similar number: " + strings.Join(printable(known.nearest(version, 3)), ", ") + ". A commit is good as well.",
	}
}

// printable drops names that are not fit for a sentence.
func printable(names []string) []string {
	return slices.DeleteFunc(names, func(n string) bool {
		return len(n) > maxQuotedName || strings.ContainsFunc(n, unfitForLine)
	})
}

func (c *codeCheck) commit(ctx context.Context, hash string) error {
	if c.mirror == nil {
		return nil
	}
	_, ok, err := c.mirror.Commit(ctx, hash)
	if err != nil || ok {
		return err
	}
	c.out = append(c.out, Finding{
		Field: "versions", Code: CommitUnknown,
		Message: fmt.Sprintf("We could not find the commit %s in our copy of the repository of %s.", hash, c.product.Name),
		Why:     "The team looks at the same code that you saw; with another commit it may see something else.",
		Hint:    "If it is in a fork or a branch of your own, say where; else name the release that it comes from.",
	})
	return nil
}

// collectViews opens the states of the code that the report names: a commit, a
// tag, the newest release. If it names none, several or a range, HEAD is as
// good; and HEAD is always looked at, for a hint.
func (c *codeCheck) collectViews(ctx context.Context, mentions []mention, known *releases, isRange bool) error {
	type state struct{ label, rev string }
	var states []state
	headAsked := isRange || len(mentions) != 1 || mentions[0].kind == aBranch || mentions[0].kind == aLatest
	for _, m := range mentions {
		switch m.kind {
		case aCommit:
			states = append(states, state{"commit " + m.text, m.text})
		case aLatest:
			if len(c.tags) > 0 {
				states = append(states, state{c.tags[0].Name, c.tags[0].Commit})
			}
		case aRelease:
			at := slices.IndexFunc(c.tags, func(t Tag) bool { return slices.Contains(known.exact(m.text), t.Name) })
			if at >= 0 {
				states = append(states, state{c.tags[at].Name, c.tags[at].Commit})
			} else {
				headAsked = true
			}
		}
	}
	for _, s := range states[:min(len(states), maxViews)] {
		if err := c.addView(ctx, s.label, s.rev, true); err != nil {
			return err
		}
	}
	return c.addView(ctx, "the newest state", "HEAD", headAsked || len(c.views) == 0)
}

func (c *codeCheck) addView(ctx context.Context, label, rev string, asked bool) error {
	commit, ok, err := c.mirror.Commit(ctx, rev)
	if err != nil || !ok {
		return err
	}
	for i := range c.views {
		if c.views[i].tree.commit == commit {
			c.views[i].asked = c.views[i].asked || asked
			return nil
		}
	}
	tree, err := c.mirror.files(ctx, commit)
	if err != nil {
		return err
	}
	c.views = append(c.views, view{label: label, tree: tree, asked: asked})
	return nil
}

// citations looks up the places in the code. What is found in one of the
// states that the report names is good.
func (c *codeCheck) citations(ctx context.Context, cited []citation) error {
	if len(c.views) == 0 || len(cited) == 0 {
		return nil
	}
	texts, err := c.readCited(ctx, cited)
	if err != nil {
		return err
	}
	count := map[Code]int{}
	said := map[string]bool{}
	for _, one := range cited {
		f, ok := c.judge(one, texts)
		if !ok || said[f.Message] {
			continue
		}
		said[f.Message] = true
		if count[f.Code]++; count[f.Code] <= maxUnknown {
			c.out = append(c.out, f)
		}
	}
	return nil
}

// readCited reads the files whose text is needed, all at once.
func (c *codeCheck) readCited(ctx context.Context, cited []citation) (map[string][]byte, error) {
	var objects []string
	for _, one := range cited {
		if one.line == 0 && one.name == "" {
			continue
		}
		for _, v := range c.views {
			files := v.tree.find(one.path)
			for _, file := range files[:min(len(files), maxSameName)] {
				if o := v.tree.object[file]; o != "" {
					objects = append(objects, o)
				}
			}
		}
	}
	slices.Sort(objects)
	return c.mirror.read(ctx, slices.Compact(objects))
}

// sight is what became of a citation in one state of the code, the better the
// higher.
type sight int

const (
	noFile sight = iota
	noLine
	noName
	seen
)

// judge says what became of a citation in the state that shows most of it.
func (c *codeCheck) judge(one citation, texts map[string][]byte) (Finding, bool) {
	best, bestFile, at, hint := noFile, "", -1, ""
	for i, v := range c.views {
		s, file := look(v.tree, one, texts)
		if !v.asked {
			if s == seen {
				hint = "It is there in " + v.label + " of our copy. If you looked at that, say so under the versions."
			}
			continue
		}
		if at < 0 || s > best {
			best, bestFile, at = s, file, i
		}
	}
	if at < 0 || best == seen {
		return Finding{}, false
	}
	v := c.views[at]
	if best == noFile {
		if !c.ours(v.tree, one) {
			return Finding{}, false
		}
		return c.unknownFile(one, v, hint), true
	}
	if hint == "" {
		hint = "If you looked at another version, name it; if the place was given by a tool, check it by hand."
	}
	return unknownPlace(one, bestFile, v, best, texts[v.tree.object[bestFile]], hint), true
}

// look looks a citation up in one state of the code, and gives the file in
// which most of it was found.
func look(t *tree, one citation, texts map[string][]byte) (sight, string) {
	files := t.find(one.path)
	if len(files) == 0 {
		return noFile, ""
	}
	if len(files) > maxSameName || system(one) {
		return seen, files[0]
	}
	best, bestFile := noFile, ""
	for _, file := range files {
		s := seen
		text, read := texts[t.object[file]]
		switch {
		case !read: // no plain file, too large, or no need
		case one.line > countLines(text):
			s = noLine
		case one.name != "" && !hasName(text, one.name):
			s = noName
		}
		if s > best {
			best, bestFile = s, file
		}
	}
	return best, bestFile
}

// system tells paths of the machine, whose ends may be in the repository too.
func system(one citation) bool {
	return one.place && (strings.HasPrefix(one.path, "usr/include/") || strings.HasPrefix(one.path, "usr/lib"))
}

func countLines(text []byte) int {
	n := bytes.Count(text, []byte("\n"))
	if len(text) > 0 && text[len(text)-1] != '\n' {
		n++
	}
	return n
}

// hasName tells whether a name stands in a text as a whole word.
func hasName(text []byte, name string) bool {
	for at := 0; ; {
		i := bytes.Index(text[at:], []byte(name))
		if i < 0 {
			return false
		}
		from, to := at+i, at+i+len(name)
		if (from == 0 || !isWord(rune(text[from-1]))) && (to == len(text) || !isWord(rune(text[to]))) {
			return true
		}
		at = from + 1
	}
}

var (
	// reporterMade are names that reporters give to files of their own.
	reporterMade = pattern.Late(`(?i)poc|proof|exploit|repro|crash|harness|payload|trigger|fuzz`)
	// reporterMadeAlone are more of them, where no directory of ours stands before.
	reporterMadeAlone = pattern.Late(`(?i)test|demo|attack|evil|malicious|sample|example|client|server|main|solve|run|script|gen|check|verify|^.{1,2}\.`)
	// ports are numbers after "name.tld:" that are no line.
	ports = []int{21, 22, 25, 53, 80, 110, 143, 443, 465, 587, 993, 995, 3000, 5000, 8000, 8080, 8081, 8443, 8888, 9000, 9090}
)

// ours tells whether a file that was not found is clearly said to be in the
// project's repository.
func (c *codeCheck) ours(t *tree, one citation) bool {
	base := path.Base(one.path)
	top, rest, inDir := strings.Cut(one.path, "/")
	switch {
	case one.place, reporterMade().MatchString(base):
		return false
	case one.field == "reproduce" && one.line == 0:
		return false
	case inDir:
		if c.own[strings.ToLower(top)] && !t.top[top] {
			top, _, inDir = strings.Cut(rest, "/")
		}
		return inDir && t.top[top]
	default:
		return one.field != "reproduce" && one.line > 0 && !slices.Contains(ports, one.line) && !reporterMadeAlone().MatchString(base)
	}
}

func (c *codeCheck) unknownFile(one citation, v view, hint string) Finding {
	if hint == "" {
		hint = "If it is in another project, or a file of your own, say so."
		if near := v.tree.near(one.path); near != "" && len(printable([]string{near})) == 1 {
			hint = fmt.Sprintf("Do you mean %s?", near)
		}
	}
	return Finding{
		Field: one.field, Code: FileUnknown,
		Message: fmt.Sprintf("We could not find the file %s in %s of %s.", one.path, v.label, c.product.Name),
		Why:     "The team starts at the place that the report names.",
		Hint:    hint,
	}
}

func unknownPlace(one citation, file string, v view, s sight, text []byte, hint string) Finding {
	if len(printable([]string{file})) == 0 {
		file = one.path
	}
	f := Finding{
		Field: one.field, Code: NameUnknown,
		Message: fmt.Sprintf("We could not find the name %s in %s, in %s.", one.name, file, v.label),
		Why:     "The team starts at the place that the report names.",
		Hint:    hint,
	}
	if s == noLine {
		f.Code = LineBeyondEnd
		f.Message = fmt.Sprintf("We could not find line %d of %s: in %s it has %d lines.", one.line, file, v.label, countLines(text))
	}
	return f
}
