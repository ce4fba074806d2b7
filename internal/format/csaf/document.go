package csaf

import "time"

// Advisory is a whole CSAF document. csaf:3.2
type Advisory struct {
	Document        Document        `json:"document"`                  // csaf:3.2.1
	ProductTree     *ProductTree    `json:"product_tree,omitempty"`    // csaf:3.2.2
	Vulnerabilities []Vulnerability `json:"vulnerabilities,omitempty"` // csaf:3.2.3
}

// Document is what is said of the document itself. csaf:3.2.1
type Document struct {
	Acknowledgments   []Acknowledgment   `json:"acknowledgments,omitempty"`    // csaf:3.2.1.1
	AggregateSeverity *AggregateSeverity `json:"aggregate_severity,omitempty"` // csaf:3.2.1.2
	Category          Category           `json:"category"`                     // csaf:3.2.1.3
	CSAFVersion       CSAFVersion        `json:"csaf_version"`                 // csaf:3.2.1.4
	Distribution      *Distribution      `json:"distribution,omitempty"`       // csaf:3.2.1.5
	Lang              Lang               `json:"lang,omitempty"`               // csaf:3.2.1.6
	Notes             []Note             `json:"notes,omitempty"`              // csaf:3.2.1.7
	Publisher         Publisher          `json:"publisher"`                    // csaf:3.2.1.8
	References        []Reference        `json:"references,omitempty"`         // csaf:3.2.1.9
	SourceLang        Lang               `json:"source_lang,omitempty"`        // csaf:3.2.1.10
	Title             string             `json:"title"`                        // csaf:3.2.1.11
	Tracking          Tracking           `json:"tracking"`                     // csaf:3.2.1.12
}

// Acknowledgment thanks those who helped; at least one field is set. csaf:3.1.1
type Acknowledgment struct {
	Names        []string `json:"names,omitempty"`        // csaf:3.1.1.1
	Organization string   `json:"organization,omitempty"` // csaf:3.1.1.2
	Summary      string   `json:"summary,omitempty"`      // csaf:3.1.1.3
	URLs         []URI    `json:"urls,omitempty"`         // csaf:3.1.1.4
}

// AggregateSeverity is the publisher's own word for the severity. csaf:3.2.1.2
type AggregateSeverity struct {
	Namespace URI    `json:"namespace,omitempty"` // what the word is defined by
	Text      string `json:"text"`
}

// Category names the profile. csaf:3.2.1.3
type Category string

// The values that stand for a profile of section 4.
const (
	Base                     Category = "csaf_base"                       // csaf:4.1
	SecurityIncidentResponse Category = "csaf_security_incident_response" // csaf:4.2
	InformationalAdvisory    Category = "csaf_informational_advisory"     // csaf:4.3
	SecurityAdvisory         Category = "csaf_security_advisory"          // csaf:4.4
	VEX                      Category = "csaf_vex"                        // csaf:4.5
)

// CSAFVersion is the version of the standard. csaf:3.2.1.4
type CSAFVersion string

// Version20 is the only version that this package reads and writes.
const Version20 CSAFVersion = "2.0"

// Distribution says with whom the document may be shared; at least one field
// is set. csaf:3.2.1.5
type Distribution struct {
	Text string `json:"text,omitempty"` // csaf:3.2.1.5.1
	TLP  *TLP   `json:"tlp,omitempty"`  // csaf:3.2.1.5.2
}

// TLP is the Traffic Light Protocol, in version 1. csaf:3.2.1.5.2
type TLP struct {
	Label TLPLabel `json:"label"`
	URL   URI      `json:"url,omitempty"` // where the label is defined
}

// TLPLabel is one of the four colours. csaf:3.2.1.5.2
type TLPLabel string

// The labels. TLP 2.0 calls White "CLEAR".
const (
	TLPAmber TLPLabel = "AMBER"
	TLPGreen TLPLabel = "GREEN"
	TLPRed   TLPLabel = "RED"
	TLPWhite TLPLabel = "WHITE"
)

// Note is a text with a purpose. csaf:3.1.5
type Note struct {
	Audience string       `json:"audience,omitempty"`
	Category NoteCategory `json:"category"`
	Text     string       `json:"text"`
	Title    string       `json:"title,omitempty"`
}

// NoteCategory is the purpose of a note. csaf:3.1.5
type NoteCategory string

// The purposes of a note.
const (
	NoteDescription     NoteCategory = "description"
	NoteDetails         NoteCategory = "details"
	NoteFAQ             NoteCategory = "faq"
	NoteGeneral         NoteCategory = "general"
	NoteLegalDisclaimer NoteCategory = "legal_disclaimer"
	NoteOther           NoteCategory = "other"
	NoteSummary         NoteCategory = "summary"
)

// Publisher is who stands behind the document. csaf:3.2.1.8
type Publisher struct {
	Category         PublisherCategory `json:"category"`                    // csaf:3.2.1.8.1
	ContactDetails   string            `json:"contact_details,omitempty"`   // csaf:3.2.1.8.2
	IssuingAuthority string            `json:"issuing_authority,omitempty"` // csaf:3.2.1.8.3
	Name             string            `json:"name"`                        // csaf:3.2.1.8.4
	Namespace        URI               `json:"namespace"`                   // csaf:3.2.1.8.5
}

// PublisherCategory is the part that the publisher plays. csaf:3.2.1.8.1
type PublisherCategory string

// The parts that a publisher can play. A project that writes about its own
// software is a vendor.
const (
	PublisherCoordinator PublisherCategory = "coordinator"
	PublisherDiscoverer  PublisherCategory = "discoverer"
	PublisherOther       PublisherCategory = "other"
	PublisherTranslator  PublisherCategory = "translator"
	PublisherUser        PublisherCategory = "user"
	PublisherVendor      PublisherCategory = "vendor"
)

// Reference is a link with a line on what lies behind it. csaf:3.1.10
type Reference struct {
	Category ReferenceCategory `json:"category,omitempty"` // empty: external
	Summary  string            `json:"summary"`
	URL      URI               `json:"url"`
}

// ReferenceCategory tells links to this document from all others. csaf:3.1.10
type ReferenceCategory string

// The kinds of link.
const (
	ReferenceExternal ReferenceCategory = "external"
	ReferenceSelf     ReferenceCategory = "self"
)

// Tracking is the document's name and history. csaf:3.2.1.12
type Tracking struct {
	Aliases            []string   `json:"aliases,omitempty" csaf:"unique"` // csaf:3.2.1.12.1
	CurrentReleaseDate time.Time  `json:"current_release_date"`            // csaf:3.2.1.12.2
	Generator          *Generator `json:"generator,omitempty"`             // csaf:3.2.1.12.3
	ID                 TrackingID `json:"id"`                              // csaf:3.2.1.12.4
	InitialReleaseDate time.Time  `json:"initial_release_date"`            // csaf:3.2.1.12.5
	RevisionHistory    []Revision `json:"revision_history"`                // csaf:3.2.1.12.6
	Status             Status     `json:"status"`                          // csaf:3.2.1.12.7
	Version            Version    `json:"version"`                         // csaf:3.2.1.12.8
}

// Generator is the program that wrote the document. csaf:3.2.1.12.3
type Generator struct {
	Date   time.Time `json:"date,omitzero"`
	Engine Engine    `json:"engine"`
}

// Engine names the program that wrote the document. csaf:3.2.1.12.3
type Engine struct {
	Name    string `json:"name"`
	Version string `json:"version,omitempty"`
}

// TrackingID is the document's identifier, never used twice by its publisher.
// csaf:3.2.1.12.4
type TrackingID string

// Revision is one entry of the history. csaf:3.2.1.12.6
type Revision struct {
	Date          time.Time `json:"date"`
	LegacyVersion string    `json:"legacy_version,omitempty"`
	Number        Version   `json:"number"`
	Summary       string    `json:"summary"`
}

// Status says how far the document can be relied upon. csaf:3.2.1.12.7
type Status string

// The three stages of a document.
const (
	Draft   Status = "draft"
	Final   Status = "final"
	Interim Status = "interim"
)

// Version is an integer ("2") or a semantic version ("1.4.0"). csaf:3.1.11
type Version string

// Lang is a language tag. csaf:3.1.4
type Lang string

// URI is an absolute URI.
type URI string
