package proof

import "slices"

// Proposal is where to begin with the severity. It is a draft: an interpreter
// knows what goes wrong, and not who can reach it.
type Proposal struct {
	CVSS31  string   `json:"cvss31"`
	CVSS4   string   `json:"cvss4"`
	Reasons []string `json:"reasons"` // for what the draft says
	Unknown []string `json:"unknown"` // what a person has to look at
}

// The weaknesses by what they give to an attacker at the worst.
var (
	writes = []int{415, 416, 562, 590, 761, 787, 822, 825}
	reads  = []int{125, 170, 457, 908}
)

// Propose gives a draft for a finding; false if it is formal only.
func Propose(f *Finding) (Proposal, bool) {
	if f == nil || f.Tier != "A" && f.Tier != "B" {
		return Proposal{}, false
	}
	var p Proposal
	const reach31, reach4 = "CVSS:3.1/AV:L/AC:L/PR:N/UI:R/S:U", "CVSS:4.0/AV:L/AC:L/AT:N/PR:N/UI:P"
	among := func(list []int) bool {
		return slices.ContainsFunc(append([]int{f.CWE}, f.CWEAlso...), func(n int) bool { return slices.Contains(list, n) })
	}
	switch {
	case among(writes) && f.Tier == "A":
		p.CVSS31, p.CVSS4 = reach31+"/C:H/I:H/A:H", reach4+"/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N"
		p.Reasons = []string{"Memory that is not the object's own can be changed or misused: count on code of the attacker's until someone shows that it is less."}
	case among(reads):
		p.CVSS31, p.CVSS4 = reach31+"/C:H/I:N/A:L", reach4+"/VC:H/VI:N/VA:L/SC:N/SI:N/SA:N"
		p.Reasons = []string{"What is read may be someone's secret, if the program gives it away; if it does not, C is L or N.", "It may also end the program."}
	case f.Tier == "A":
		p.CVSS31, p.CVSS4 = reach31+"/C:N/I:N/A:H", reach4+"/VC:N/VI:N/VA:H/SC:N/SI:N/SA:N"
		p.Reasons = []string{"It ends the program; that more follows is not shown."}
	default:
		p.CVSS31, p.CVSS4 = reach31+"/C:N/I:L/A:L", reach4+"/VC:N/VI:L/VA:L/SC:N/SI:N/SA:N"
		p.Reasons = []string{"What happens depends on what the compiler made of it: look at what the value is used for next."}
	}
	p.Unknown = []string{
		"Where the input comes from: AV is N if it can come over a network. The draft has a file that a person opens.",
		"Whether the attacker needs rights (PR) or luck (AC).",
		"Whether the fault is in your code, or in the program that was sent.",
	}
	return p, true
}
