package app

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"
	"time"

	"steward/internal/base/calendar"
	"steward/internal/base/errs"
	"steward/internal/config"
	"steward/internal/policy"
)

// defaultAnswer is how soon a person answers where neither the policy nor the
// settings say it: receipts always name an hour.
const defaultAnswer = 72 * time.Hour

// Policy is the file in which the policy is, as data.
func (d Dir) Policy(c config.Config) string { return d.path(c.Policy.File) }

// ReadPolicy reads the policy of a data directory and settles what the
// settings say too: both results say the same. A contradiction is errs.Invalid
// and names the two lines. Without the file it is the preset named default,
// filled from the settings.
func ReadPolicy(dir Dir, c config.Config) (policy.Policy, config.Config, error) {
	p, err := loadPolicy(dir, c)
	if err != nil {
		return policy.Policy{}, c, err
	}
	var ps errs.Problems
	settleAnswer(&ps, &p, c)
	settleCalendar(&ps, &p, &c)
	if err := ps.Err(); err != nil {
		return policy.Policy{}, c, err
	}
	return p, c, nil
}

func loadPolicy(dir Dir, c config.Config) (policy.Policy, error) {
	path := dir.Policy(c)
	text, err := readBounded(path, maxPolicy)
	if errors.Is(err, fs.ErrNotExist) {
		p, _, err := policy.Preset("default")
		if p.Name, p.Contacts = c.Team.Name, contacts(c); len(c.Products) == 1 {
			p.Name = c.Products[0].Name
		}
		p.Calendar = calendar.Calendar{}
		if within := time.Duration(c.Intake.AckWithin); within != 0 {
			p.Acknowledge = calendar.Span{} // the setting's
		}
		return p, err
	}
	if err != nil {
		return policy.Policy{}, fmt.Errorf("reading the policy: %w", err)
	}
	p, err := policy.Parse(text)
	if err == nil {
		return p, nil
	}
	// A policy on its own says which field is at fault; here it also matters in
	// which file.
	var all errs.Problems
	if e, ok := errors.AsType[*errs.Error](err); ok {
		all = errs.Problems{e}
	}
	if several, ok := errors.AsType[errs.Problems](err); ok {
		all = several
	}
	if len(all) == 0 {
		return policy.Policy{}, fmt.Errorf("reading %s: %w", path, err)
	}
	var named errs.Problems
	for _, e := range all {
		hint := e.Hint
		if hint == "" {
			hint = "mend it, and look with: steward policy check " + path
		}
		named.Add(c.Policy.File+": "+e.Field, "%s", e.Message).WithHint("%s", hint)
	}
	return policy.Policy{}, named.Err()
}

// contacts are the ways to reach a team that its settings name, as a policy has
// them: the mail address, and the form where it can be reached.
func contacts(c config.Config) []string {
	var all []string
	if c.Team.Email != "" {
		all = append(all, c.Team.Email)
	}
	if strings.HasPrefix(c.BaseURL, "https:") || len(all) == 0 {
		all = append(all, c.BaseURL+"/report")
	}
	return all
}

// settleAnswer takes the time of an answer from where it is said. The setting
// may repeat the policy.
func settleAnswer(ps *errs.Problems, p *policy.Policy, c config.Config) {
	setting, span := time.Duration(c.Intake.AckWithin), p.Acknowledge
	switch {
	case setting == 0 || hours(span) == setting:
	case !span.IsZero():
		contradiction(ps, "[intake]", fmt.Sprintf("ack_within = %q", short(setting)), c.Policy.File, fmt.Sprintf("acknowledge = %q", span))
	case setting%time.Hour == 0:
		p.Acknowledge = calendar.Span{N: int(setting / time.Hour), Unit: calendar.Hours}
	}
}

// settleCalendar takes zone and countries from where they are said.
func settleCalendar(ps *errs.Problems, p *policy.Policy, c *config.Config) {
	set, cal := &c.Advisories, &p.Calendar
	switch {
	case cal.Zone == "":
		cal.Zone = set.Zone
	case set.Zone == "":
		set.Zone = cal.Zone
	case set.Zone != cal.Zone:
		contradiction(ps, "[advisories]", fmt.Sprintf("zone = %q", set.Zone), c.Policy.File, fmt.Sprintf("[calendar] zone = %q", cal.Zone))
	}
	if set.Zone == "" {
		set.Zone, cal.Zone = "UTC", "UTC"
	}
	switch sorted := func(all []string) []string { return slices.Sorted(slices.Values(all)) }; {
	case len(cal.Countries) == 0:
		cal.Countries = set.Countries
	case len(set.Countries) == 0:
		set.Countries = cal.Countries
	case !slices.Equal(sorted(set.Countries), sorted(cal.Countries)):
		contradiction(ps, "[advisories]", fmt.Sprintf("countries = %q", set.Countries), c.Policy.File, fmt.Sprintf("[calendar] countries = %q", cal.Countries))
	}
}

func contradiction(ps *errs.Problems, table, setting, file, line string) {
	ps.Add(file, "says %s, and %s says %s %s", line, config.File, table, setting).
		WithHint("take the line out of %s, or make both the same", config.File)
}

// hours is how long a span is, where that is the same on all days or as good as
// that: a day that the clocks make longer is no contradiction.
func hours(s calendar.Span) time.Duration {
	switch s.Unit {
	case calendar.Hours:
		return time.Duration(s.N) * time.Hour
	case calendar.Days:
		return time.Duration(s.N) * 24 * time.Hour
	case calendar.Weeks:
		return time.Duration(s.N) * 7 * 24 * time.Hour
	}
	return 0
}

// short writes a time as settings have it: 72h, and not 72h0m0s.
func short(d time.Duration) string {
	if d%time.Hour == 0 {
		return fmt.Sprintf("%dh", d/time.Hour)
	}
	return d.String()
}

// answerDue gives when an answer is due to what came at a time.
func (a *App) answerDue(came time.Time) time.Time {
	span := a.Policy.Acknowledge
	if span.IsZero() {
		return came.Add(a.answerWithin())
	}
	due, err := a.Policy.Calendar.After(came, span)
	if err != nil { // the clock is beyond the calendar
		return came.Add(defaultAnswer)
	}
	return due
}

// answerWithin is the setting, or what stands for none.
func (a *App) answerWithin() time.Duration {
	if set := time.Duration(a.Config.Intake.AckWithin); set != 0 {
		return set
	}
	return defaultAnswer
}

// ackPromise is the sentence in which the security page says how soon a person
// answers; empty: nobody promises it.
func (a *App) ackPromise() string {
	switch span := a.Policy.Acknowledge; {
	case !span.IsZero():
		if d := hours(span); d != 0 {
			return promise(d)
		}
		return "A person answers within " + span.Words() + "."
	case a.Config.Intake.AckWithin != 0:
		return promise(time.Duration(a.Config.Intake.AckWithin))
	}
	return ""
}

// readBounded reads a file of at most limit bytes.
func readBounded(path string, limit int64) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if info.Size() > limit {
		return nil, errs.Invalidf(path, "is longer than %d bytes", limit)
	}
	return os.ReadFile(path)
}
