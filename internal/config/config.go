// Package config is the manual of Steward's settings: one struct, read from
// steward.toml in the data directory. The zero value of every field works, or
// the error says what to write.
package config

import (
	"fmt"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"steward/internal/base/errs"
	"steward/internal/base/settings"
)

// File is the name of the settings in the data directory.
const File = "steward.toml"

// Config is everything that an operator can set.
type Config struct {
	// BaseURL is where people reach Steward, without a path. Passkeys are
	// bound to its host, so it is a name and not an address.
	BaseURL string `toml:"base_url"`
	// Listen is the address that the server binds. Put a TLS proxy before it
	// unless it is on loopback.
	Listen string `toml:"listen"`
	// Proxies are the addresses or networks of proxies before Steward, whose
	// X-Forwarded-For is believed: limits then count the client and not the proxy.
	Proxies []string `toml:"proxies"`
	// Database is a postgres:// URL; empty: SQLite in the data directory.
	Database string `toml:"database"`
	// MetricsListen is the address where Prometheus reads how the server does;
	// empty: nowhere. It is for no one else: it tells how busy the team is.
	MetricsListen string `toml:"metrics_listen"`
	// Log is how lines are written to the error output: "text" or "json".
	Log string `toml:"log"`

	Team       Team       `toml:"team"`
	Policy     PolicyFile `toml:"policy"`
	Advisories Advisories `toml:"advisories"`
	Intake     Intake     `toml:"intake"`
	Mail       Mail       `toml:"mail"`
	Census     Census     `toml:"census"`
	Products   []Product  `toml:"product"`
	Rules      []Rule     `toml:"not_a_vulnerability"`
}

// Team is who answers.
type Team struct {
	Name  string `toml:"name"`  // "The Example security team"
	Email string `toml:"email"` // in security.txt and on the OpenPGP key
	// Policy is a Markdown file in the data directory: how the team handles
	// vulnerabilities. It opens the security page.
	Policy string `toml:"policy"`
	// Languages that the team reads, as RFC 5646 tags, the preferred first.
	Languages []string `toml:"languages"`
}

// PolicyFile is where the policy as data is: what it promises to reporters and
// how long a matter stays private, by severity. steward policy shows it.
type PolicyFile struct {
	// File is TOML in the data directory. Where it says what a setting says
	// too, the setting is left out, or says the same.
	File string `toml:"file"`
}

// Advisories is what every advisory has in common.
type Advisories struct {
	Prefix    string   `toml:"prefix"`    // PREFIX-YEAR-NNNN
	Namespace string   `toml:"namespace"` // URL that identifies the publisher; empty: BaseURL
	Terms     string   `toml:"terms"`     // terms of use, one sentence
	Audience  string   `toml:"audience"`  // for whom they are written
	Countries []string `toml:"countries"` // ISO 3166 codes: no release on their public holidays; empty: the policy's
	Zone      string   `toml:"zone"`      // IANA zone in which the team thinks of hours; empty: the policy's, or else UTC
}

// Intake is what the team promises and what it takes.
type Intake struct {
	AckWithin       Duration `toml:"ack_within"`        // a person acknowledges within this time; 0: what the policy says
	AttachmentBytes int64    `toml:"attachment_bytes"`  // the largest attachment
	Attachments     int      `toml:"attachments"`       // how many in one report or message
	ReportsPerHour  int      `toml:"reports_per_hour"`  // from one address; more are asked to wait
	PhrasesPerHour  int      `toml:"phrases_per_hour"`  // mistyped phrases from one address
	SignInsPerHour  int      `toml:"sign_ins_per_hour"` // attempts from one address
	Interpret       string   `toml:"interpret"`         // whether attached C is run in the interpreter: "on" or "off"
	CheckChannels   Duration `toml:"check_channels"`    // how often Steward sends a report to itself by each channel; negative: never
}

// Mail is how letters come in and go out. Left out, Steward neither takes nor
// sends mail, and the pages say what is new.
type Mail struct {
	// Listen is where security@ is received by SMTP, as 0.0.0.0:25; empty:
	// nowhere. It takes mail for team.email and its subaddresses alone.
	Listen string `toml:"listen"`
	// LMTPListen is where a mail server of the team's hands mail over.
	LMTPListen string `toml:"lmtp_listen"`
	// Host is the name by which Steward greets other servers, and that stands
	// in Message-IDs; empty: the host of base_url.
	Host string `toml:"host"`
	// Certificate and Key are PEM files for STARTTLS; empty: none is offered.
	Certificate string `toml:"certificate"`
	Key         string `toml:"key"`
	// Relay is the server that takes what goes out, as smtp.example.org:587;
	// empty: no letter is sent.
	Relay string `toml:"relay"`
	// RelayTLS is "starttls", "tls" from the first byte, or "none", which works
	// to an address of this machine alone.
	RelayTLS string `toml:"relay_tls"`
	// RelayUser and RelayPasswordFile sign in at the relay; empty: nobody does.
	RelayUser         string `toml:"relay_user"`
	RelayPasswordFile string `toml:"relay_password_file"`
	// MaxBytes is the largest mail that is taken.
	MaxBytes int64 `toml:"max_bytes"`
	// LookUpKeys looks for the OpenPGP key of a sender by Web Key Directory. It
	// tells the sender's domain that someone has written to you.
	LookUpKeys bool `toml:"look_up_keys"`
}

// On tells whether mail comes in or goes out.
func (m Mail) On() bool { return m.Listen != "" || m.LMTPListen != "" || m.Relay != "" }

// Census is a report that steward census run --html wrote, shown at /census/.
type Census struct {
	// Report is its folder; a path that does not begin with a slash begins in the
	// data directory. Empty: there is none.
	Report string `toml:"report"`
	// For says who may read it: "public", or the signed-in "team". To all others
	// there is nothing.
	For string `toml:"for"`
}

// Public tells whether anyone may read the report.
func (c Census) Public() bool { return c.Report != "" && c.For == "public" }

// Product is something that reports can be about.
type Product struct {
	Name      string   `toml:"name"`
	Ecosystem string   `toml:"ecosystem"` // OSV's word; empty: none
	Package   string   `toml:"package"`   // its name there
	PURL      string   `toml:"purl"`      // package URL without version
	Repo      string   `toml:"repo"`      // https URL of the public repository
	Mirror    string   `toml:"mirror"`    // path of a local clone, to check versions, files and lines that a report cites
	Versions  []string `toml:"versions"`  // released versions; empty: the mirror's tags
}

// Rule is one line of the published list of what is not a vulnerability.
type Rule struct {
	Title string   `toml:"title"`
	Why   string   `toml:"why"`
	Match []string `toml:"match"` // words or RE2 expressions that a report on it would hold
}

// Duration reads "72h".
type Duration time.Duration

// UnmarshalText implements encoding.TextUnmarshaler.
func (d *Duration) UnmarshalText(b []byte) error {
	v, err := time.ParseDuration(string(b))
	*d = Duration(v)
	return err
}

// MarshalText implements encoding.TextMarshaler.
func (d Duration) MarshalText() ([]byte, error) { return []byte(time.Duration(d).String()), nil }

// Load reads the settings of a data directory and fills what is empty.
func Load(dir string) (Config, error) {
	raw, err := os.ReadFile(filepath.Join(dir, File))
	if os.IsNotExist(err) {
		return Config{}, errs.Invalidf("--data", "there is no Steward in %s", dir).
			WithHint("make one with: steward init --data %s", dir)
	}
	if err != nil {
		return Config{}, fmt.Errorf("reading settings: %w", err)
	}
	return Parse(raw)
}

// maxSize bounds the text of settings, in bytes.
const maxSize = 1 << 20

// Parse reads settings from TOML text. A word that is no setting is an error:
// a mistyped name must not silently do nothing.
func Parse(raw []byte) (Config, error) {
	var c Config
	unknown, err := settings.Decode(File, raw, maxSize, &c)
	if err == nil && unknown != "" {
		err = errs.Invalidf(unknown, "is not a setting").WithHint("see the settings that steward init writes")
	}
	if err != nil {
		return Config{}, err
	}
	c.fill()
	return c, c.check()
}

func (c *Config) fill() {
	def := func(p *string, v string) {
		if *p == "" {
			*p = v
		}
	}
	def(&c.BaseURL, "http://localhost:8080")
	c.BaseURL = strings.TrimSuffix(c.BaseURL, "/")
	def(&c.Listen, "127.0.0.1:8080")
	def(&c.Log, "text")
	def(&c.Team.Name, "The security team")
	def(&c.Team.Policy, "policy.md")
	def(&c.Policy.File, "policy.toml")
	def(&c.Advisories.Prefix, "SEC")
	def(&c.Advisories.Namespace, c.BaseURL)
	def(&c.Advisories.Terms, "You may copy and share this advisory as long as you keep its source.")
	def(&c.Advisories.Audience, "Users, packagers and operators of the affected versions.")
	def(&c.Census.For, "team")
	if len(c.Team.Languages) == 0 {
		c.Team.Languages = []string{"en"}
	}
	num := func(p *int, v int) {
		if *p == 0 {
			*p = v
		}
	}
	num(&c.Intake.Attachments, 8)
	num(&c.Intake.ReportsPerHour, 20)
	num(&c.Intake.PhrasesPerHour, 30)
	num(&c.Intake.SignInsPerHour, 60)
	def(&c.Mail.RelayTLS, "starttls")
	def(&c.Intake.Interpret, "on")
	if c.Mail.Host == "" {
		if u, err := url.Parse(c.BaseURL); err == nil {
			c.Mail.Host = u.Hostname()
		}
	}
	if c.Mail.MaxBytes == 0 {
		c.Mail.MaxBytes = 25 << 20
	}
	if c.Intake.CheckChannels == 0 {
		c.Intake.CheckChannels = Duration(24 * time.Hour)
	}
	if c.Intake.AttachmentBytes == 0 {
		c.Intake.AttachmentBytes = 16 << 20
	}
}

var prefix = regexp.MustCompile(`^[A-Z][A-Z0-9]{1,15}$`)

func (c *Config) check() error {
	var ps errs.Problems
	checkURL(&ps, "base_url", c.BaseURL, true)
	checkURL(&ps, "advisories.namespace", c.Advisories.Namespace, false)
	if c.Database != "" && !strings.HasPrefix(c.Database, "postgres://") && !strings.HasPrefix(c.Database, "postgresql://") {
		ps.Add("database", "must be a postgres:// URL, or be left out for SQLite")
	}
	if c.Log != "text" && c.Log != "json" {
		ps.Add("log", "%q must be text or json", c.Log)
	}
	if c.MetricsListen != "" {
		if _, _, err := net.SplitHostPort(c.MetricsListen); err != nil {
			ps.Add("metrics_listen", "%q is not an address with a port", c.MetricsListen).WithHint("write it as 127.0.0.1:9464")
		}
	}
	if !prefix.MatchString(c.Advisories.Prefix) {
		ps.Add("advisories.prefix", "%q must be 2 to 16 capital letters and digits, a letter first", c.Advisories.Prefix)
	}
	if c.Advisories.Prefix == "PRE" {
		ps.Add("advisories.prefix", "PRE is kept for announcements of releases")
	}
	if _, err := time.LoadLocation(c.Advisories.Zone); err != nil {
		ps.Add("advisories.zone", "%q is not a time zone", c.Advisories.Zone).WithHint("write it as Europe/Stockholm")
	}
	if c.Intake.AckWithin < 0 || c.Intake.AttachmentBytes < 0 || c.Intake.Attachments < 0 {
		ps.Add("intake", "limits cannot be negative")
	}
	if c.Intake.Interpret != "on" && c.Intake.Interpret != "off" {
		ps.Add("intake.interpret", "%q must be on or off", c.Intake.Interpret)
	}
	if strings.ContainsAny(c.Team.Email, " \t\r\n<>") {
		ps.Add("team.email", "%q is not a mail address", c.Team.Email)
	}
	if f := c.Policy.File; !filepath.IsLocal(f) || filepath.Base(f) != f || f == c.Team.Policy || f == File {
		ps.Add("policy.file", "%q must be the name of a file of its own in the data directory", f).WithHint("write it as policy.toml")
	}
	c.Mail.check(&ps, c.Team.Email)
	if c.Census.For != "public" && c.Census.For != "team" {
		ps.Add("census.for", "%q must be public or team", c.Census.For)
	}
	seen := map[string]bool{}
	for i, p := range c.Products {
		field := fmt.Sprintf("product[%d].name", i)
		switch {
		case strings.TrimSpace(p.Name) == "":
			ps.Add(field, "a product needs a name")
		case seen[p.Name]:
			ps.Add(field, "%q is there twice", p.Name)
		}
		seen[p.Name] = true
	}
	for i, r := range c.Rules {
		if r.Title == "" || r.Why == "" {
			ps.Add(fmt.Sprintf("not_a_vulnerability[%d]", i), "needs a title and a why: it is shown to reporters")
		}
	}
	return ps.Err()
}

func (m Mail) check(ps *errs.Problems, email string) {
	for _, a := range []struct{ field, value string }{{"mail.listen", m.Listen}, {"mail.lmtp_listen", m.LMTPListen}, {"mail.relay", m.Relay}} {
		if a.value == "" {
			continue
		}
		if _, _, err := net.SplitHostPort(a.value); err != nil {
			ps.Add(a.field, "%q is not an address with a port", a.value).WithHint("write it as 127.0.0.1:25")
		}
	}
	if m.On() && !strings.Contains(email, "@") {
		ps.Add("team.email", "is missing: mail comes in and goes out by it")
	}
	switch m.RelayTLS {
	case "starttls", "tls", "none":
	default:
		ps.Add("mail.relay_tls", "%q must be starttls, tls or none", m.RelayTLS)
	}
	if (m.Certificate == "") != (m.Key == "") {
		ps.Add("mail.certificate", "a certificate and its key go together")
	}
	if (m.RelayUser == "") != (m.RelayPasswordFile == "") {
		ps.Add("mail.relay_user", "a user and the file with the password go together")
	}
	if m.MaxBytes < 64<<10 || m.MaxBytes > 64<<20 {
		ps.Add("mail.max_bytes", "must be between 64 KiB and 64 MiB")
	}
}

func checkURL(ps *errs.Problems, field, s string, bare bool) {
	u, err := url.Parse(s)
	if err != nil || (u.Scheme != "https" && u.Scheme != "http") || u.Host == "" {
		ps.Add(field, "%q is not an http or https URL", s)
		return
	}
	if bare && (u.Path != "" || u.RawQuery != "" || u.Fragment != "" || u.User != nil) {
		ps.Add(field, "%q must hold a scheme and a host only", s)
	}
}
