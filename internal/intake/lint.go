package intake

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"

	"steward/internal/base/pattern"
)

// lintTimeout bounds the whole lint of one submission.
const lintTimeout = 20 * time.Second

// Product is what the lint knows of one product of the team.
type Product struct {
	Name     string   // as published
	Aliases  []string // other names that reporters use
	Released []string // versions that were released; the tags of the mirror count as well
}

// Linter remarks on submissions. The same submission, settings and mirror give
// the same findings. The zero value only looks at the text.
type Linter struct {
	Products           []Product
	NotVulnerabilities []Rule
	Mirrors            map[string]*Mirror // by Product.Name
}

// Lint remarks on what the team will miss in a submission, and on what it
// names that could not be found. It never stops a report, and it would rather
// say nothing than be wrong. The error is for the operator: it says which
// looks into a mirror failed, holds nothing of the report, and the findings
// are good without them.
func (l *Linter) Lint(ctx context.Context, s Submission) ([]Finding, error) {
	ctx, cancel := context.WithTimeout(ctx, lintTimeout)
	defer cancel()
	s = clipped(s)
	var out []Finding
	out = append(out, lintReproducer(s)...)
	out = append(out, lintImpact(s)...)
	product, found := l.lintProduct(s)
	out = append(out, found...)
	var failed error
	if product != nil {
		found, failed = lintCode(ctx, *product, l.Mirrors[product.Name], s)
		out = append(out, found...)
	}
	return append(out, l.lintList(s)...), failed
}

// clipped bounds every text that is looked at: a form may be linted before
// its limits are checked.
func clipped(s Submission) Submission {
	s.Product = clip(s.Product, MaxLine)
	s.Versions = clip(s.Versions, MaxVersions)
	s.Summary = clip(s.Summary, MaxLine)
	s.What = clip(s.What, maxScan)
	s.Reproduce = clip(s.Reproduce, maxScan)
	s.Impact = clip(s.Impact, MaxImpact)
	return s
}

const whyReproduce = "A team that can see it happen can confirm it in hours; without that it may take weeks or fail."

// lintReproducer looks for a way to see it happen.
func lintReproducer(s Submission) []Finding {
	if len(s.Attachments) > 0 || hasRecipe(s.Reproduce) || hasRecipe(s.What) ||
		codePiece().MatchString(s.Reproduce) || len(strings.Fields(s.Reproduce)) >= enoughWords {
		return nil
	}
	f := Finding{
		Field: "reproduce", Code: NoReproducer, Why: whyReproduce,
		Message: "The report does not say how to see it happen.",
		Hint:    "Give the commands, the input or a small program, with what you expected and what happened; or attach a file.",
	}
	if strings.TrimSpace(s.Reproduce) != "" {
		f.Message = "We could not find commands, code, input or steps in the way to reproduce it."
	}
	return []Finding{f}
}

var (
	// stepLine: 1. … 2) … - … Step 3
	stepLine = pattern.Late(`^(?i:\(?[0-9]{1,2}[.):]\s|[-*+•]\s|step\s+[0-9]+)`)
	// codeLine: a prompt, a request.
	codeLine = pattern.Late(`^(?:[$#>] \S|(?:GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS) /)`)
	// codeMarks stand anywhere in code.
	codeMarks = []string{"```", "~~~", "<script", "#include"}
	// codePiece: code between backticks, a call, bytes, an option of a command,
	// an address with a parameter, a line set in.
	codePiece = pattern.Late("(?m)`[^`\n]{3,}`|\\w\\([^()\n]*\\)|\\\\x[0-9a-fA-F]{2}|(?:^|\\s)--?[a-zA-Z][\\w-]*[= ]\\S|https?://\\S+[?&]\\S+=|^(?:    |\t)\\S")
	// commandLine: a line that starts as a command does.
	commandLine = pattern.Late(`^(?:sudo\s+)?(?:\./\S+|(?:curl|wget|nc|ncat|openssl|ssh|git|make|cmake|gcc|g\+\+|clang|cc|go|cargo|python[23]?|perl|ruby|php|node|npm|npx|java|docker|podman|echo|printf|cat|bash|sh|telnet|nmap|psql|mysql|sqlite3|gdb|valgrind|afl-fuzz)\s+\S)`)
)

// enoughWords is a length of prose that is fair to take for instructions.
const enoughWords = 60

// hasRecipe tells whether a text has code, commands or two steps. It goes by
// lines, since a search at every letter is the dearest part of a report.
func hasRecipe(text string) bool {
	for _, mark := range codeMarks {
		if strings.Contains(text, mark) {
			return true
		}
	}
	steps := 0
	for line := range strings.Lines(text) {
		line = strings.TrimLeftFunc(line, unicode.IsSpace)
		if end := strings.TrimRightFunc(line, unicode.IsSpace); end != "" && strings.ContainsRune(";{}", rune(end[len(end)-1])) {
			return true
		}
		if codeLine().MatchString(line) || commandLine().MatchString(line) {
			return true
		}
		if stepLine().MatchString(line) {
			steps++
		}
		if steps == 2 {
			return true
		}
	}
	return false
}

// gain are words that say what an attacker gains, wherever they stand.
var gain = pattern.Late(`(?i)\b(?:attackers?|adversary|malicious|exploit\w*|denial[ -]of[ -]service|dos|rce|xss|csrf|ssrf|` +
	`(?:remote|arbitrary) (?:code|command|file)|execut\w+ (?:arbitrary|code|commands?)|privileges?|escalat\w+|disclos\w+|leak\w*|` +
	`bypass\w*|crash\w*|overwrit\w+|corrupt\w*|hijack\w*|steal\w*|spoof\w*|impersonat\w*|unauthori[sz]ed)\b`)

// lintImpact looks for what an attacker gains.
func lintImpact(s Submission) []Finding {
	if strings.TrimSpace(s.Impact) != "" || gain().MatchString(s.What) || gain().MatchString(s.Summary) {
		return nil
	}
	return []Finding{{
		Field: "impact", Code: NoImpact,
		Message: "The report does not say what an attacker gains.",
		Why:     "It decides how fast the team must act, and whether this is a vulnerability or a bug that can be fixed in the open.",
		Hint:    "Say who could do this, from where, and what they would then be able to do. A guess is fine; say that it is one.",
	}}
}

// lintProduct finds the product that the submission is about; nil if that is
// not clear. A team with one product needs no name.
func (l *Linter) lintProduct(s Submission) (*Product, []Finding) {
	named := nameWords(s.Product)
	if len(l.Products) == 0 {
		return nil, nil
	}
	if len(named) == 0 {
		if len(l.Products) == 1 {
			return &l.Products[0], nil
		}
		return nil, []Finding{{
			Field: "product", Code: NoProduct,
			Message: "The report does not say which product it is about.",
			Why:     "The team looks after several, and different people know each.",
			Hint:    "We look after " + l.productList() + ".",
		}}
	}
	var best *Product
	longest := 0
	for i := range l.Products {
		for _, name := range append([]string{l.Products[i].Name}, l.Products[i].Aliases...) {
			if w := nameWords(name); len(w) > longest && (hasRun(named, w) || strings.Join(named, "") == strings.Join(w, "")) {
				best, longest = &l.Products[i], len(w)
			}
		}
	}
	if best != nil {
		return best, nil
	}
	return nil, []Finding{{
		Field: "product", Code: ProductUnknown,
		Message: fmt.Sprintf("We could not find %q among the products of this team.", strings.TrimSpace(s.Product)),
		Why:     "A report on the work of others reaches the people who can fix it sooner if it is sent to them.",
		Hint:    "We look after " + l.productList() + ". If it is one of these, or you are not sure, send the report all the same.",
	}}
}

// productList names the products for a sentence.
func (l *Linter) productList() string {
	const most = 10
	names := make([]string, 0, most)
	for _, p := range l.Products[:min(most, len(l.Products))] {
		names = append(names, p.Name)
	}
	if more := len(l.Products) - most; more > 0 {
		names = append(names, fmt.Sprintf("%d more", more))
	}
	if n := len(names); n > 1 {
		return strings.Join(names[:n-1], ", ") + " and " + names[n-1]
	}
	return names[0]
}

// nameWords gives the words of a name in lower case, without punctuation.
func nameWords(name string) []string {
	return strings.FieldsFunc(strings.ToLower(name), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '+' && r != '#'
	})
}

// hasRun tells whether the words stand in the text one after the other.
func hasRun(text, words []string) bool {
	for i := 0; i+len(words) <= len(text); i++ {
		if slices.Equal(text[i:i+len(words)], words) {
			return true
		}
	}
	return false
}

// lintList looks the report up in the team's list of what is not a
// vulnerability.
func (l *Linter) lintList(s Submission) []Finding {
	var out []Finding
	for _, r := range l.NotVulnerabilities {
		for _, f := range []struct{ name, text string }{{"summary", s.Summary}, {"what", s.What}, {"impact", s.Impact}} {
			if !r.matches(f.text) {
				continue
			}
			out = append(out, Finding{
				Field: f.name, Code: NotVulnerability,
				Message: fmt.Sprintf("This reads like something on the team's list of what is not a vulnerability: %q.", r.Title),
				Why:     r.Why,
				Hint:    "If your case is another, say in what it differs, and send the report.",
			})
			break
		}
	}
	return out
}

// lintCode looks up versions, commits and places in the code.
func lintCode(ctx context.Context, p Product, m *Mirror, s Submission) ([]Finding, error) {
	own := map[string]bool{}
	for _, name := range append([]string{p.Name}, p.Aliases...) {
		for _, w := range nameWords(name) {
			own[w] = true
		}
		own[strings.ToLower(strings.TrimSpace(name))] = true
	}
	c := &codeCheck{product: p, mirror: m, own: own}
	if m != nil {
		var err error
		if c.tags, err = m.Tags(ctx); err != nil {
			return nil, err // without the tags a good version would seem unknown
		}
	}
	failed := c.versions(ctx, s.Versions)
	return c.out, errors.Join(failed, c.citations(ctx, findCitations(s)))
}
