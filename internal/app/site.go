package app

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strconv"
	"time"

	"steward/internal/base/errs"
	"steward/internal/publish/render"
)

// maxPolicy is the largest policy in bytes.
const maxPolicy = 256 << 10

// readSite is what the settings say of the public pages.
func (a *App) readSite() (render.Site, error) {
	policy, err := os.ReadFile(a.Dir.path(a.Config.Team.Policy))
	if errors.Is(err, fs.ErrNotExist) {
		return render.Site{}, errs.Invalidf("team.policy", "%s is missing", a.Dir.path(a.Config.Team.Policy)).
			WithHint("write there how the team handles vulnerabilities")
	}
	if err != nil {
		return render.Site{}, fmt.Errorf("reading the policy: %w", err)
	}
	if len(policy) > maxPolicy {
		return render.Site{}, errs.Invalidf("team.policy", "is longer than %d bytes", maxPolicy)
	}
	s := render.Site{
		TeamName: a.Config.Team.Name, BaseURL: a.Config.BaseURL, Publisher: a.publisherIdentity(), Policy: string(policy),
		ContactEmail: a.Config.Team.Email,
		AckPromise:   promise(time.Duration(a.Config.Intake.AckWithin)),
		ReportURL:    a.Config.BaseURL + "/report", MailboxURL: a.Config.BaseURL + "/mailbox", Demo: a.demo,
	}
	for _, p := range a.Config.Products {
		s.Products = append(s.Products, render.Product{Name: p.Name, URL: p.Repo})
	}
	for _, r := range a.Config.Rules {
		s.Rules = append(s.Rules, render.Rule{Title: r.Title, Why: r.Why})
	}
	return s, nil
}

var numbers = []string{"no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"}

// number writes small numbers out.
func number(n int) string {
	if n >= 0 && n < len(numbers) {
		return numbers[n]
	}
	return strconv.Itoa(n)
}
