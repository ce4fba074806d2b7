package app

import (
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"strconv"
	"strings"

	"steward/internal/base/errs"
	"steward/internal/policy"
	"steward/internal/publish/render"
)

// maxPolicy is the largest policy in bytes.
const maxPolicy = 256 << 10

// readSite is what the settings say of the public pages.
func (a *App) readSite() (render.Site, error) {
	own, err := os.ReadFile(a.Dir.path(a.Config.Team.Policy))
	if errors.Is(err, fs.ErrNotExist) {
		return render.Site{}, errs.Invalidf("team.policy", "%s is missing", a.Dir.path(a.Config.Team.Policy)).
			WithHint("write there how the team handles vulnerabilities")
	}
	if err != nil {
		return render.Site{}, fmt.Errorf("reading the policy: %w", err)
	}
	if len(own) > maxPolicy {
		return render.Site{}, errs.Invalidf("team.policy", "is longer than %d bytes", maxPolicy)
	}
	s := render.Site{
		TeamName: a.Config.Team.Name, BaseURL: a.Config.BaseURL, Publisher: a.publisherIdentity(), Policy: string(own),
		ContactEmail: a.Config.Team.Email,
		AckPromise:   a.ackPromise(),
		Handling:     policy.Page(a.Policy), SecurityMD: policy.SecurityMD(a.pointed()), PolicyURL: a.Policy.URL,
		Contacts:   policy.SecurityTXTFields(a.Policy).Contact,
		KeyAddress: keyAddress(a.Config.Team.Email, a.Config.BaseURL),
		ReportURL:  a.Config.BaseURL + "/report", MailboxURL: a.Config.BaseURL + "/mailbox", SubscribeURL: "/subscribe", Demo: a.demo,
	}
	if a.Config.Census.Public() {
		s.Census = a.Config.BaseURL + censusPath
	}
	for _, p := range a.Config.Products {
		s.Products = append(s.Products, render.Product{Name: p.Name, URL: p.Repo})
	}
	for _, r := range a.Config.Rules {
		s.Rules = append(s.Rules, render.Rule{Title: r.Title, Why: r.Why})
	}
	return s, nil
}

// pointed is the policy with the address of its page here, unless it is public
// elsewhere.
func (a *App) pointed() policy.Policy {
	p := a.Policy
	if p.URL == "" {
		p.URL = a.Config.BaseURL + "/" + strings.TrimSuffix(render.HandlingPath, "index.html")
	}
	return p
}

// keyAddress is the address whose key is found on this site by Web Key
// Directory: the team's, where it is the site of the address's domain.
func keyAddress(email, base string) string {
	u, err := url.Parse(base)
	_, domain, ok := strings.Cut(email, "@")
	if err != nil || !ok {
		return ""
	}
	host := strings.ToLower(u.Hostname())
	if domain = strings.ToLower(domain); host != domain && host != "openpgpkey."+domain {
		return ""
	}
	return email
}

var numbers = []string{"no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"}

// number writes small numbers out.
func number(n int) string {
	if n >= 0 && n < len(numbers) {
		return numbers[n]
	}
	return strconv.Itoa(n)
}
