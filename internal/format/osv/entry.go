package osv

import (
	"bytes"
	"encoding/json"
	"fmt"
	"time"
)

// SchemaVersion is the version of the format that this package writes.
// osv:schema_version
const SchemaVersion = "1.7.5"

// Entry is one vulnerability.
type Entry struct {
	SchemaVersion    string          `json:"schema_version"`              // osv:schema_version
	ID               string          `json:"id"`                          // osv:id, modified; see LocalID
	Modified         Timestamp       `json:"modified"`                    // osv:id, modified
	Published        Timestamp       `json:"published,omitempty"`         // osv:published
	Withdrawn        Timestamp       `json:"withdrawn,omitempty"`         // osv:withdrawn
	Aliases          []string        `json:"aliases,omitempty"`           // osv:aliases: the same vulnerability elsewhere
	Upstream         []string        `json:"upstream,omitempty"`          // osv:upstream
	Related          []string        `json:"related,omitempty"`           // osv:related
	Summary          string          `json:"summary,omitempty"`           // osv:summary, details: one line of plain text
	Details          string          `json:"details,omitempty"`           // osv:summary, details: CommonMark
	Severity         []Severity      `json:"severity,omitempty"`          // osv:severity
	Affected         []Affected      `json:"affected,omitempty"`          // osv:affected
	References       []Reference     `json:"references,omitempty"`        // osv:references
	Credits          []Credit        `json:"credits,omitempty"`           // osv:credits
	DatabaseSpecific json.RawMessage `json:"database_specific,omitempty"` // osv:database_specific: an object of the database's own
}

// Timestamp is a moment in UTC as the format writes it: RFC 3339 with a Z.
type Timestamp string

// At gives the timestamp of a moment.
func At(t time.Time) Timestamp {
	return Timestamp(t.UTC().Format(time.RFC3339Nano))
}

// Severity is a score by one method. osv:severity
type Severity struct {
	Type  SeverityType `json:"type"`  // osv:severity[].type
	Score string       `json:"score"` // osv:severity[].score: a vector, not a number
}

// SeverityType is the method of a score. osv:severity[].type
type SeverityType string

// The methods.
const (
	CVSSV2 SeverityType = "CVSS_V2"
	CVSSV3 SeverityType = "CVSS_V3" // 3.0 and 3.1
	CVSSV4 SeverityType = "CVSS_V4"
	Ubuntu SeverityType = "Ubuntu"
)

// Affected is a package and the versions of it that have the vulnerability.
// osv:affected
type Affected struct {
	Package           *Package        `json:"package,omitempty"`            // osv:affected[].package
	Severity          []Severity      `json:"severity,omitempty"`           // osv:affected[].severity: only where the entry has none
	Ranges            []Range         `json:"ranges,omitempty"`             // osv:affected[].ranges[]
	Versions          []string        `json:"versions,omitempty"`           // osv:affected[].versions: one by one
	EcosystemSpecific json.RawMessage `json:"ecosystem_specific,omitempty"` // osv:affected[].ecosystem_specific
	DatabaseSpecific  json.RawMessage `json:"database_specific,omitempty"`  // osv:affected[].database_specific
}

// Package names a package in its ecosystem. osv:affected[].package
type Package struct {
	Ecosystem string `json:"ecosystem"` // "Go", "Debian:12"
	Name      string `json:"name"`
	PURL      string `json:"purl,omitempty"` // without a version
}

// Range is a span of versions. osv:affected[].ranges[]
type Range struct {
	Type             RangeType       `json:"type"`                        // osv:affected[].ranges[].type
	Repo             string          `json:"repo,omitempty"`              // osv:affected[].ranges[].repo: what git can clone
	Events           []Event         `json:"events"`                      // osv:affected[].ranges[].events
	DatabaseSpecific json.RawMessage `json:"database_specific,omitempty"` // osv:affected[].ranges[].database_specific
}

// RangeType says how the versions of a range are ordered.
// osv:affected[].ranges[].type
type RangeType string

// The orders.
const (
	Semver    RangeType = "SEMVER"    // semantic versions, without a leading v
	Ecosystem RangeType = "ECOSYSTEM" // as the package's ecosystem has it
	Git       RangeType = "GIT"       // full commit hashes, by ancestry
)

// Event is one turn in the life of the vulnerability; exactly one field is
// set. osv:affected[].ranges[].events
type Event struct {
	Introduced   string `json:"introduced,omitempty"` // "0": from the beginning
	Fixed        string `json:"fixed,omitempty"`
	LastAffected string `json:"last_affected,omitempty"` // not in one range with fixed
	Limit        string `json:"limit,omitempty"`
}

// Reference is a link and what it leads to. osv:references
type Reference struct {
	Type ReferenceType `json:"type"`
	URL  string        `json:"url"`
}

// ReferenceType is what a link leads to. osv:references
type ReferenceType string

// What a link can lead to. The JSON schema knows GIT too, the text does not.
const (
	ReferenceAdvisory   ReferenceType = "ADVISORY"
	ReferenceArticle    ReferenceType = "ARTICLE"
	ReferenceDetection  ReferenceType = "DETECTION"
	ReferenceDiscussion ReferenceType = "DISCUSSION"
	ReferenceReport     ReferenceType = "REPORT"
	ReferenceFix        ReferenceType = "FIX"
	ReferenceIntroduced ReferenceType = "INTRODUCED"
	ReferenceGit        ReferenceType = "GIT"
	ReferencePackage    ReferenceType = "PACKAGE"
	ReferenceEvidence   ReferenceType = "EVIDENCE"
	ReferenceWeb        ReferenceType = "WEB"
)

// Credit names one who helped. osv:credits
type Credit struct {
	Name    string     `json:"name"`              // osv:credits[].name
	Contact []string   `json:"contact,omitempty"` // osv:credits[].contact[]: URLs
	Type    CreditType `json:"type,omitempty"`    // osv:credits[].type
}

// CreditType is how one helped. osv:credits[].type
type CreditType string

// The ways to help.
const (
	CreditFinder               CreditType = "FINDER"
	CreditReporter             CreditType = "REPORTER"
	CreditAnalyst              CreditType = "ANALYST"
	CreditCoordinator          CreditType = "COORDINATOR"
	CreditRemediationDeveloper CreditType = "REMEDIATION_DEVELOPER"
	CreditRemediationReviewer  CreditType = "REMEDIATION_REVIEWER"
	CreditRemediationVerifier  CreditType = "REMEDIATION_VERIFIER"
	CreditTool                 CreditType = "TOOL"
	CreditSponsor              CreditType = "SPONSOR"
	CreditOther                CreditType = "OTHER"
)

// Marshal writes the entry as it is to be published: indented by two spaces,
// and the same bytes for the same entry. It does not validate.
func Marshal(e *Entry) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(e); err != nil {
		return nil, fmt.Errorf("writing OSV entry %q: %w", e.ID, err)
	}
	return b.Bytes(), nil
}
