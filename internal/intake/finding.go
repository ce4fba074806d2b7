package intake

// Finding is a remark of the lint on a submission: something that the team
// will miss or could not find. It never stops a report. Its texts may quote
// the report and are as private.
type Finding struct {
	Field   string `json:"field"`          // the input that it is about, as the form names it
	Code    Code   `json:"code"`           // which check
	Message string `json:"message"`        // what was noticed
	Why     string `json:"why"`            // why it matters to the team
	Hint    string `json:"hint,omitempty"` // what would help
}

// Code names a check of the lint.
type Code string

const (
	NoReproducer     Code = "no-reproducer"       // there is no way to see it happen
	NoImpact         Code = "no-impact"           // it is not said what an attacker gains
	NoProduct        Code = "no-product"          // one of several products, and none is named
	ProductUnknown   Code = "product-unknown"     // not a product of the team
	VersionUnknown   Code = "version-unknown"     // no release of that version is known
	CommitUnknown    Code = "commit-unknown"      // no such commit in the mirror
	FileUnknown      Code = "file-unknown"        // no such file in the repository
	LineBeyondEnd    Code = "line-beyond-end"     // the file is shorter
	NameUnknown      Code = "name-unknown"        // the named function is not in the named file
	NotVulnerability Code = "not-a-vulnerability" // matches the team's published list
)
