package web

import "steward/internal/duty"

// subjectText is a field of text that a person fills in for the forms.
type subjectText struct {
	Name    string // as problems name it
	Label   string
	Hint    string
	Rows    int    // 1: a line
	Group   string // heading under which it stands
	trigger duty.Trigger
	in      func(*duty.Subject) *string
}

// The headings of the fields, in the order of the platform's form.
const (
	groupMatter  = "The matter"
	groupProduct = "The product"
	groupMeasure = "Measures"
	groupDetail  = "In detail"
)

// allSubjectTexts are the fields, in the order of the platform's form.
var allSubjectTexts = []subjectText{
	{"title", "Title", "Product and matter in one line", 1, groupMatter, "", func(s *duty.Subject) *string { return &s.Title }},
	{"summary", "Summary", "What happened, to which product, with what effect, and how far the remedy is", 4, groupMatter, "", func(s *duty.Subject) *string { return &s.Summary }},
	{"manufacturer", "Name of who reports", "As the account on the platform has it", 1, groupMatter, "", func(s *duty.Subject) *string { return &s.Manufacturer }},
	{"contact", "Contact", "Whom the CSIRT may ask", 1, groupMatter, "", func(s *duty.Subject) *string { return &s.Contact }},

	{"product", "Product", "Empty: as the facts of the case have it", 1, groupProduct, "", func(s *duty.Subject) *string { return &s.Product }},
	{"versions", "Versions", "Every affected one, or the range", 1, groupProduct, "", func(s *duty.Subject) *string { return &s.Versions }},
	{"productClass", "Class", "I or II, of an important product only", 1, groupProduct, "", func(s *duty.Subject) *string { return &s.ProductClass }},
	{"category", "Category", "By core function, from the platform's list", 1, groupProduct, "", func(s *duty.Subject) *string { return &s.Category }},
	{"component", "Component", "The part in which it lies, with its version", 1, groupProduct, "", func(s *duty.Subject) *string { return &s.Component }},

	{"userAction", "What a user can do at once", "", 2, groupMeasure, "", func(s *duty.Subject) *string { return &s.UserAction }},
	{"measuresTaken", "Measures taken", "What was done, with dates", 3, groupMeasure, "", func(s *duty.Subject) *string { return &s.MeasuresTaken }},
	{"measuresUsers", "Measures that users can take", "The fix first, then what helps until it is installed", 3, groupMeasure, "", func(s *duty.Subject) *string { return &s.MeasuresUsers }},
	{"sensitivity", "How sensitive the information is", "Which detail, and what its spread would do", 2, groupMeasure, "", func(s *duty.Subject) *string { return &s.Sensitivity }},
	{"attackVector", "Attack vector", "Interface, access and user interaction; no guesses", 1, groupMeasure, "", func(s *duty.Subject) *string { return &s.AttackVector }},

	{"cve", "CVE number", "Only if one was assigned", 1, groupDetail, duty.Exploited, func(s *duty.Subject) *string { return &s.CVE }},
	{"euvd", "EUVD number", "Only if ENISA assigned one", 1, groupDetail, duty.Exploited, func(s *duty.Subject) *string { return &s.EUVD }},
	{"nature", "General nature", "Of the vulnerability and the exploit, or of the incident", 4, groupDetail, "", func(s *duty.Subject) *string { return &s.Nature }},
	{"fixDetails", "The security update", "Versions that mend it, and where they are", 3, groupDetail, duty.Exploited, func(s *duty.Subject) *string { return &s.FixDetails }},
	{"severity", "Severity", "How severe, and what that rests on", 4, groupDetail, "", func(s *duty.Subject) *string { return &s.Severity }},
	{"impact", "Impact", "On systems, data, users and services", 4, groupDetail, "", func(s *duty.Subject) *string { return &s.Impact }},
	{"actor", "Malicious actor", "Where available; say so if nobody knows", 1, groupDetail, duty.Exploited, func(s *duty.Subject) *string { return &s.Actor }},
	{"assessment", "Initial assessment", "What is confirmed and what is not", 4, groupDetail, duty.Incident, func(s *duty.Subject) *string { return &s.Assessment }},
	{"mitigation", "Mitigation, applied and ongoing", "With dates", 4, groupDetail, duty.Incident, func(s *duty.Subject) *string { return &s.Mitigation }},
	{"cause", "Type of threat or root cause", "The likely one", 1, groupDetail, duty.Incident, func(s *duty.Subject) *string { return &s.Cause }},
	{"further", "Further information", "What else helps the CSIRT to decide", 3, groupDetail, duty.Exploited, func(s *duty.Subject) *string { return &s.Further }},
}

// subjectTexts are the fields that a trigger has; all of them for none.
func subjectTexts(t duty.Trigger) []subjectText {
	var out []subjectText
	for _, f := range allSubjectTexts {
		if t == "" || f.trigger == "" || f.trigger == t {
			out = append(out, f)
		}
	}
	return out
}
