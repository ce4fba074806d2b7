package duty

import (
	"strings"
	"time"
)

// Form names the form that the fields follow. There is no implementing act
// under Article 14(10) that fixes a form; this is what ENISA has published of
// its platform.
const Form = "ENISA, CRA SRP Glossary, version 1.3, September 2026"

// Need says how much a field is asked for.
type Need string

// The needs.
const (
	Required Need = "required"                     // the platform, or the Article without condition
	IfKnown  Need = "where it applies or is known" // the Article names it under a condition
	Optional Need = "optional"                     // the form has it; the Article does not name it
	absent   Need = ""                             // not on the form at this step
)

// row is one field of the form.
type row struct {
	number   string    // in the glossary
	name     string    // as the platform labels it
	trigger  Trigger   // empty: both
	basis    [3]string // points of Article 14 for an exploited vulnerability, at the three steps; empty: the form alone
	incident [3]string // the same for an incident
	need     [3]Need
	limit    int // characters; 0: the glossary names none
	help     string
	value    func(*Facts, *Subject) string
}

// The rows by section, in the order of the form.
var formSections = []struct {
	name string
	rows []row
}{
	{"Notification", notificationRows},
	{"Product", productRows},
	{"Measures", measureRows},
	{"Actively exploited vulnerability", exploitedRows},
	{"Severe incident", incidentRows},
}

var (
	always   = [3]Need{Required, Required, Required}
	optional = [3]Need{Optional, Optional, Optional}
	atFinal  = [3]Need{Optional, Optional, Required}
	from72   = [3]Need{Optional, Required, Optional}
)

var notificationRows = []row{
	{number: "1", name: "Notification type (Vulnerability/Incident)", need: always,
		basis: [3]string{"14(1)", "14(1)", "14(1)"}, incident: [3]string{"14(3)", "14(3)", "14(3)"},
		help: "Chosen once; it decides which fields follow.",
		value: func(f *Facts, _ *Subject) string {
			if f.Trigger == Incident {
				return "Incident"
			}
			return "Vulnerability"
		}},
	{number: "2", name: "Title", need: always, limit: 255,
		help:  "Product and matter in one line, without detail that need not be there.",
		value: func(_ *Facts, s *Subject) string { return s.Title }},
	{number: "3", name: "Summary", need: always, limit: 4000,
		help:  "What happened, to which product, with what effect, and how far the remedy is.",
		value: func(_ *Facts, s *Subject) string { return s.Summary }},
	{number: "4", name: "Manufacturer name", need: always,
		help:  "The platform fills it in from the account. Compare only.",
		value: func(_ *Facts, s *Subject) string { return s.Manufacturer }},
	{number: "5", name: "Member States where product available (Concerned CSIRT)", need: always,
		basis: [3]string{"14(2)(a)", "", ""}, incident: [3]string{"14(4)(a)", "", ""},
		help:  "Those where you know that the product was made available. The platform adds the one of your own CSIRT.",
		value: func(_ *Facts, s *Subject) string { return stateNames(s.MemberStates) }},
}

var productRows = []row{
	{number: "6", name: "Product Name", need: always, limit: 255, basis: [3]string{"", "14(2)(b)", ""},
		help:  "As in the product's documentation.",
		value: func(_ *Facts, s *Subject) string { return s.Product }},
	{number: "7", name: "Product Version", need: always, limit: 255, basis: [3]string{"", "14(2)(b)", ""},
		help:  "Every affected version, or the range.",
		value: func(_ *Facts, s *Subject) string { return s.Versions }},
	{number: "8", name: "Product Type (Default/Important/Critical)", need: optional,
		help:  "Annexes III and IV; most products are default.",
		value: func(_ *Facts, s *Subject) string { return capital(s.ProductType) }},
	{number: "9", name: "Product class", need: optional,
		help:  "I or II, of an important product only.",
		value: func(_ *Facts, s *Subject) string { return s.ProductClass }},
	{number: "10", name: "Product category", need: optional,
		help:  "By core function, from the list of the platform.",
		value: func(_ *Facts, s *Subject) string { return s.Category }},
	{number: "11", name: "End of support indicator", need: optional,
		help:  "Yes once the support period is over.",
		value: func(_ *Facts, s *Subject) string { return yesNo(s.EndOfSupport) }},
	{number: "12", name: "Component name", need: optional, limit: 255,
		help:  "The part in which it lies, with its version.",
		value: func(_ *Facts, s *Subject) string { return s.Component }},
}

var measureRows = []row{
	{number: "13", name: "Mitigating measure expected shortly", need: optional,
		help:  "Yes only with a plan. The CSIRT may then hold the notification back (Delegated Regulation (EU) 2026/881).",
		value: func(_ *Facts, s *Subject) string { return yesNo(s.MeasureSoon) }},
	{number: "14", name: "User Action able to reduce impact", need: optional, limit: 4000,
		help:  "What a user can do at once.",
		value: func(_ *Facts, s *Subject) string { return s.UserAction }},
	{number: "15", name: "Considered sensitivity of information", need: [3]Need{Optional, IfKnown, Required}, limit: 255,
		basis: [3]string{"", "14(2)(b)", ""}, incident: [3]string{"", "14(4)(b)", ""},
		help:  "Which detail is sensitive, and what its spread would do.",
		value: func(_ *Facts, s *Subject) string { return s.Sensitivity }},
	{number: "16", name: "Corrective or mitigating measures taken", need: [3]Need{Optional, IfKnown, Required}, limit: 2000,
		basis: [3]string{"", "14(2)(b)", ""}, incident: [3]string{"", "14(4)(b)", ""},
		help:  "What was done, with dates.",
		value: func(_ *Facts, s *Subject) string { return s.MeasuresTaken }},
	{number: "17", name: "Corrective or mitigating measures that users can take", need: [3]Need{Optional, IfKnown, Required}, limit: 4000,
		basis: [3]string{"", "14(2)(b)", ""}, incident: [3]string{"", "14(4)(b)", ""},
		help:  "The fix first, then what helps until it is installed.",
		value: func(_ *Facts, s *Subject) string { return s.MeasuresUsers }},
	{number: "18", name: "Attack vector", need: [3]Need{absent, Optional, Optional}, limit: 255,
		help:  "Interface, access and user interaction; no guesses.",
		value: func(_ *Facts, s *Subject) string { return s.AttackVector }},
}

var exploitedRows = []row{
	{number: "v19", name: "CVE ID", trigger: Exploited, need: optional, limit: 255,
		help:  "Only if one was assigned.",
		value: func(_ *Facts, s *Subject) string { return s.CVE }},
	{number: "v20", name: "EUVD ID", trigger: Exploited, need: optional, limit: 255,
		help:  "Only if ENISA assigned one.",
		value: func(_ *Facts, s *Subject) string { return s.EUVD }},
	{number: "v21", name: "General information", trigger: Exploited, need: from72, limit: 4000, basis: [3]string{"", "14(2)(b)", ""},
		help:  "The general nature of the vulnerability and of the exploit.",
		value: func(_ *Facts, s *Subject) string { return s.Nature }},
	{number: "v22", name: "Date when corrective or mitigating measure has been available", trigger: Exploited, need: atFinal, basis: [3]string{"", "", "14(2)(c)"},
		help:  "The 14 days of the final report run from it.",
		value: func(f *Facts, _ *Subject) string { return stamp(f.FixAvailable) }},
	{number: "v23", name: "Details about the security update/corrective measure available", trigger: Exploited, need: atFinal, limit: 2000, basis: [3]string{"", "", "14(2)(c)(iii)"},
		help:  "Versions that mend it, and where they are.",
		value: func(_ *Facts, s *Subject) string { return s.FixDetails }},
	{number: "v24", name: "Full description of the Severity of the vulnerability", trigger: Exploited, need: atFinal, limit: 4000, basis: [3]string{"", "", "14(2)(c)(i)"},
		help:  "Description with rating, and what it rests on.",
		value: func(_ *Facts, s *Subject) string { return s.Severity }},
	{number: "v25", name: "Full description of the Impact of the vulnerability", trigger: Exploited, need: atFinal, limit: 4000, basis: [3]string{"", "", "14(2)(c)(i)"},
		help:  "On systems, data, users and services.",
		value: func(_ *Facts, s *Subject) string { return s.Impact }},
	{number: "v26", name: "Date and time when you become aware of the Actively Exploited Vulnerability", trigger: Exploited, need: always, basis: [3]string{"14(2)(a)", "14(2)(b)", ""},
		help:  "The hours run from it.",
		value: func(f *Facts, _ *Subject) string { return stamp(f.Awareness.At) }},
	{number: "", name: "Date and time the exploitation occurred", trigger: Exploited, need: from72,
		help:  "An estimate, named as one, if the hour is not known.",
		value: func(_ *Facts, s *Subject) string { return stamp(s.OccurredAt) }},
	{number: "v27", name: "Malicious actor that has exploited/is exploiting the vulnerability", trigger: Exploited, need: [3]Need{Optional, Optional, IfKnown}, limit: 100, basis: [3]string{"", "", "14(2)(c)(ii)"},
		help:  "Where available. Say so if nobody knows who it was.",
		value: func(_ *Facts, s *Subject) string { return s.Actor }},
	{number: "v28", name: "Particular Exceptional Circumstances (PEC)", trigger: Exploited, need: [3]Need{absent, Optional, absent}, basis: [3]string{"", "16(2)", ""},
		help: "Only if the condition of the law holds. ENISA then sees less of the notification until it is passed on.",
		value: func(_ *Facts, s *Subject) string {
			if len(s.Exceptions) == 0 {
				return ""
			}
			return "Yes"
		}},
	{number: "v29", name: "PEC Delay Reason", trigger: Exploited, need: [3]Need{absent, Optional, absent}, basis: [3]string{"", "16(2)", ""},
		help:  "The circumstances to tick.",
		value: func(_ *Facts, s *Subject) string { return exceptionLines(s.Exceptions) }},
	{number: "v30", name: "Please provide further information", trigger: Exploited, need: optional, limit: 800,
		help:  "What helps the CSIRT to decide.",
		value: func(_ *Facts, s *Subject) string { return s.Further }},
}

var incidentRows = []row{
	{number: "i31", name: "Incident is suspected of unlawful or malicious acts", trigger: Incident, need: always, incident: [3]string{"14(4)(a)", "", ""},
		help:  "Yes, no, or unknown while the cause is open.",
		value: func(_ *Facts, s *Subject) string { return capital(string(s.Suspected)) }},
	{number: "i32", name: "General information, about the nature of the incident", trigger: Incident, need: from72, limit: 4000, incident: [3]string{"", "14(4)(b)", ""},
		help:  "What occurred, and which functions it touched.",
		value: func(_ *Facts, s *Subject) string { return s.Nature }},
	{number: "i33", name: "Applied and ongoing mitigation measures", trigger: Incident, need: atFinal, limit: 4000, incident: [3]string{"", "", "14(4)(c)(iii)"},
		help:  "What was done and what goes on, with dates.",
		value: func(_ *Facts, s *Subject) string { return s.Mitigation }},
	{number: "i34", name: "Detailed description of the Severity of the incident", trigger: Incident, need: atFinal, limit: 4000, incident: [3]string{"", "", "14(4)(c)(i)"},
		help:  "Course, scope, evidence and how severe it is held to be.",
		value: func(_ *Facts, s *Subject) string { return s.Severity }},
	{number: "i35", name: "Detailed description of the Impact of the incident", trigger: Incident, need: atFinal, limit: 4000, incident: [3]string{"", "", "14(4)(c)(i)"},
		help:  "On product, data, functions, users and connected systems.",
		value: func(_ *Facts, s *Subject) string { return s.Impact }},
	{number: "i36", name: "Type of Threat or root cause that is likely to have triggered incident", trigger: Incident, need: atFinal, limit: 255, incident: [3]string{"", "", "14(4)(c)(ii)"},
		help:  "The likely one; say if the analysis is not done.",
		value: func(_ *Facts, s *Subject) string { return s.Cause }},
	{number: "i37", name: "Date and time when you become aware of the incident (UTC time)", trigger: Incident, need: [3]Need{Required, Required, Optional}, incident: [3]string{"14(4)(a)", "14(4)(b)", ""},
		help:  "The hours run from it. At first the platform labels it “Date and time when the incident was detected”.",
		value: func(f *Facts, _ *Subject) string { return stamp(f.Awareness.At) }},
	{number: "i38", name: "Date and time when the incident occurred (UTC time)", trigger: Incident, need: from72,
		help:  "An estimate, named as one, if the hour is not known.",
		value: func(_ *Facts, s *Subject) string { return stamp(s.OccurredAt) }},
	{number: "i39", name: "Initial assessment of the incident", trigger: Incident, need: from72, limit: 4000, incident: [3]string{"", "14(4)(b)", ""},
		help:  "Severity, scope and likely impact; what is confirmed and what is not.",
		value: func(_ *Facts, s *Subject) string { return s.Assessment }},
}

// stamp writes a time as the platform's glossary does.
func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format("2006-01-02 15:04 UTC")
}

// yesNo is an answer to a question to which the form takes yes or no only.
func yesNo(a Answer) string {
	if a == Yes || a == No {
		return capital(string(a))
	}
	return ""
}

func capital(s string) string {
	if s == "" {
		return ""
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

// exceptionLines writes the circumstances in the order of the law.
func exceptionLines(list []Exception) string {
	var lines []string
	for i, e := range Exceptions() {
		for _, x := range list {
			if x == e {
				lines = append(lines, "("+string(rune('a'+i))+") "+string(e))
				break
			}
		}
	}
	return strings.Join(lines, "\n")
}
