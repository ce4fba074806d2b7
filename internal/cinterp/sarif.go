package cinterp

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"steward/internal/cinterp/ub"
)

// Named is the report of one run among several, by the run's name.
type Named struct {
	Name   string
	Report *Report
}

// The parts of SARIF 2.1.0 that are used; the comments name its sections.
type (
	sarifLog struct { // 3.13
		Schema  string     `json:"$schema"`
		Version string     `json:"version"`
		Runs    []sarifRun `json:"runs"`
	}
	sarifRun struct { // 3.14
		Tool        sarifTool         `json:"tool"`
		Automation  sarifAutomation   `json:"automationDetails"`
		Invocations []sarifInvocation `json:"invocations"`
		Columns     string            `json:"columnKind"`
		Taxonomies  []sarifTaxonomy   `json:"taxonomies,omitempty"`
		Results     []sarifResult     `json:"results"`
	}
	sarifTool struct { // 3.18
		Driver sarifDriver `json:"driver"`
	}
	sarifDriver struct { // 3.19
		Name       string           `json:"name"`
		Taxonomies []sarifComponent `json:"supportedTaxonomies,omitempty"`
		Rules      []sarifRule      `json:"rules"`
	}
	sarifAutomation struct { // 3.17
		ID string `json:"id"`
	}
	sarifComponent struct { // 3.54
		Name string `json:"name"`
	}
	sarifTaxonomy struct { // 3.19
		Name         string       `json:"name"`
		Organization string       `json:"organization"`
		Summary      sarifText    `json:"shortDescription"`
		Taxa         []sarifTaxon `json:"taxa"`
	}
	sarifTaxon struct {
		ID string `json:"id"`
	}
	sarifRule struct { // 3.49
		ID            string              `json:"id"`
		Name          string              `json:"name"`
		Summary       sarifText           `json:"shortDescription"`
		Help          sarifText           `json:"help"`
		Level         sarifLevel          `json:"defaultConfiguration"`
		Relationships []sarifRelationship `json:"relationships"`
		Properties    sarifTags           `json:"properties"`
	}
	sarifLevel struct {
		Level string `json:"level"`
	}
	sarifTags struct {
		Tags []string `json:"tags"`
	}
	sarifRelationship struct { // 3.53
		Target sarifReference `json:"target"`
		Kinds  []string       `json:"kinds"`
	}
	sarifReference struct { // 3.52
		ID        string         `json:"id"`
		Component sarifComponent `json:"toolComponent"`
	}
	sarifInvocation struct { // 3.20
		Successful    bool                `json:"executionSuccessful"`
		ExitCode      int                 `json:"exitCode"`
		Notifications []sarifNotification `json:"toolExecutionNotifications,omitempty"`
	}
	sarifNotification struct { // 3.58
		Level     string          `json:"level"`
		Message   sarifText       `json:"message"`
		Locations []sarifLocation `json:"locations,omitempty"`
	}
	sarifText struct {
		Text string `json:"text"`
	}
	sarifResult struct { // 3.27
		RuleID       string            `json:"ruleId"`
		RuleIndex    int               `json:"ruleIndex"`
		Level        string            `json:"level"`
		Message      sarifText         `json:"message"`
		Taxa         []sarifReference  `json:"taxa"` // the weaknesses that fit here
		Locations    []sarifLocation   `json:"locations"`
		Related      []sarifLocation   `json:"relatedLocations,omitempty"`
		Stacks       []sarifStack      `json:"stacks,omitempty"`
		CodeFlows    []sarifFlow       `json:"codeFlows,omitempty"`
		Fingerprints map[string]string `json:"partialFingerprints"`
		Suppressed   []sarifSuppressed `json:"suppressions,omitempty"`
	}
	sarifSuppressed struct { // 3.35
		Kind          string `json:"kind"`
		Justification string `json:"justification"`
	}
	sarifLocation struct { // 3.28
		ID       int            `json:"id,omitempty"`
		Message  *sarifText     `json:"message,omitempty"`
		Physical *sarifPhysical `json:"physicalLocation,omitempty"`
		Logical  []sarifLogical `json:"logicalLocations,omitempty"`
	}
	sarifPhysical struct { // 3.29
		Artifact struct {
			URI string `json:"uri"`
		} `json:"artifactLocation"`
		Region sarifRegion `json:"region"`
	}
	sarifRegion struct { // 3.30
		Line    int        `json:"startLine"`
		Column  int        `json:"startColumn"`
		End     int        `json:"endColumn,omitempty"`
		Snippet *sarifText `json:"snippet,omitempty"`
	}
	sarifLogical struct { // 3.33
		Name string `json:"name"`
		Kind string `json:"kind"`
	}
	sarifStack struct { // 3.44
		Frames []sarifFrame `json:"frames"`
	}
	sarifFrame struct { // 3.45
		Location sarifLocation `json:"location"`
	}
	sarifFlow struct { // 3.36
		Threads []sarifThread `json:"threadFlows"`
	}
	sarifThread struct { // 3.37
		Locations []sarifStep `json:"locations"`
	}
	sarifStep struct { // 3.38
		Location sarifLocation `json:"location"`
		Order    int           `json:"executionOrder"`
	}
)

const sarifSchema = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"

// sarif writes one log.
type sarif struct {
	line func(file string, n int) (string, bool)
}

// SARIF gives reports as one log of SARIF 2.1.0, a run for each. line gives a
// line of the source, or false; nil: there is no source to show.
func SARIF(runs []Named, line func(file string, n int) (string, bool)) ([]byte, error) {
	w := sarif{line}
	if line == nil {
		w.line = func(string, int) (string, bool) { return "", false }
	}
	log := sarifLog{Schema: sarifSchema, Version: "2.1.0", Runs: []sarifRun{}}
	for _, r := range runs {
		log.Runs = append(log.Runs, w.run(r))
	}
	return written(log)
}

func (w sarif) run(n Named) sarifRun {
	r := n.Report
	out := sarifRun{Columns: "unicodeCodePoints", Results: []sarifResult{}, Automation: sarifAutomation{"steward interpret/" + n.Name}}
	out.Tool.Driver = sarifDriver{Name: "steward interpret", Rules: []sarifRule{}}
	inv := sarifInvocation{Successful: r.Verdict != CannotSay, ExitCode: r.Exit()}
	if r.Verdict == CannotSay {
		note := sarifNotification{Level: "error", Message: sarifText{"cannot say: " + r.Why}}
		if r.WhyPlace != nil {
			note.Locations = []sarifLocation{w.location(*r.WhyPlace, "")}
		}
		inv.Notifications = append(inv.Notifications, note)
	}
	out.Invocations = []sarifInvocation{inv}
	if r.Finding != nil {
		w.add(&out, r, r.Finding)
	}
	for i := range r.Notes {
		w.add(&out, r, &r.Notes[i])
	}
	return out
}

// add adds a finding, with its rule and its weakness when they are new.
func (w sarif) add(run *sarifRun, r *Report, f *Finding) {
	d := &run.Tool.Driver
	index := -1
	for i := range d.Rules {
		if d.Rules[i].Name == f.Kind {
			index = i
		}
	}
	if index < 0 {
		index = len(d.Rules)
		d.Rules = append(d.Rules, sarifRuleOf(f))
		if len(run.Taxonomies) == 0 {
			d.Taxonomies = []sarifComponent{{"CWE"}}
			run.Taxonomies = []sarifTaxonomy{{Name: "CWE", Organization: "MITRE", Summary: sarifText{"Common Weakness Enumeration"}}}
		}
	}
	t := &run.Taxonomies[0]
	for _, n := range append([]int{ruleCWE(f), f.CWE}, f.CWEAlso...) {
		if x := (sarifTaxon{fmt.Sprint(n)}); !slices.Contains(t.Taxa, x) {
			t.Taxa = append(t.Taxa, x)
		}
	}
	run.Results = append(run.Results, w.result(r, f, index))
}

// ruleCWE is the weakness of a kind, whatever the object.
func ruleCWE(f *Finding) int {
	if k := ub.ByName(f.Kind); k != nil {
		return k.CWE
	}
	return f.CWE
}

func weakness(n int) sarifReference { return sarifReference{fmt.Sprint(n), sarifComponent{"CWE"}} }

func sarifRuleOf(f *Finding) sarifRule {
	help := "C17 " + f.Clause
	if f.CERT != "" {
		help += ", CERT C " + f.CERT
	}
	r := sarifRule{ID: f.Number, Name: f.Kind, Summary: sarifText{f.Rule}, Help: sarifText{help}, Level: sarifLevel{level(f)}}
	r.Relationships = []sarifRelationship{{weakness(ruleCWE(f)), []string{"superset"}}}
	r.Properties.Tags = []string{"security", "undefined-behaviour", "tier-" + f.Tier, fmt.Sprintf("external/cwe/cwe-%d", ruleCWE(f))}
	return r
}

// level is how grave a finding is: error for what counts.
func level(f *Finding) string {
	switch ub.Tier(f.Tier) {
	case ub.TierFormal:
		return "warning"
	case ub.TierNote:
		return "note"
	}
	return "error"
}

func (w sarif) result(r *Report, f *Finding, index int) sarifResult {
	in := ""
	if len(f.Stack) > 0 {
		in = f.Stack[0].Function
	}
	at := w.location(f.Place, in)
	if p := at.Physical; p != nil && f.Expression != "" {
		if s, ok := w.line(f.Place.File, f.Place.Line); ok && strings.HasPrefix(s[min(max(f.Place.Column-1, 0), len(s)):], f.Expression) {
			p.Region.End = p.Region.Column + utf8.RuneCountInString(f.Expression)
		}
	}
	out := sarifResult{RuleID: f.Number, RuleIndex: index, Level: level(f), Message: sarifText{f.Text}, Locations: []sarifLocation{at}}
	if f.Allowed {
		out.Suppressed = []sarifSuppressed{{"external", "--allow " + f.Kind}}
	}
	for _, n := range append([]int{f.CWE}, f.CWEAlso...) {
		out.Taxa = append(out.Taxa, weakness(n))
	}
	var flow []sarifStep
	add := func(p *Place, text string) {
		if p == nil {
			return
		}
		l := w.location(*p, "")
		l.Message = &sarifText{text}
		flow = append(flow, sarifStep{l, len(flow) + 1})
		l.ID = len(out.Related) + 1
		out.Related = append(out.Related, l)
	}
	if o := f.Object; o != nil {
		add(o.Made, fmt.Sprintf("%s of %d bytes was made here", o.what(), o.Size))
		add(o.Ended, o.EndedBy+" here")
	}
	add(r.FailedAlloc, "this allocation was made to fail")
	if len(flow) > 0 {
		last := at
		last.Message = &sarifText{f.Text}
		out.CodeFlows = []sarifFlow{{[]sarifThread{{append(flow, sarifStep{last, len(flow) + 1})}}}}
	}
	for _, p := range f.Also {
		add(&p, "the other place")
	}
	if len(f.Stack) > 0 {
		var s sarifStack
		for _, x := range f.Stack {
			s.Frames = append(s.Frames, sarifFrame{w.location(x.Place, x.Function)})
		}
		out.Stacks = []sarifStack{s}
	}
	sum := sha256.Sum256([]byte(strings.Join([]string{f.Kind, f.Place.File, in, f.Expression}, "\x00")))
	out.Fingerprints = map[string]string{"kindFunctionExpression/v1": hex.EncodeToString(sum[:16])}
	return out
}

// what names the object.
func (o *Object) what() string {
	if o.Name != "" && o.Name != o.What {
		return o.What + " " + o.Name
	}
	return o.What
}

// location is a place, within a function if that is known. A place that is not
// known has no file.
func (w sarif) location(p Place, function string) sarifLocation {
	var l sarifLocation
	if function != "" {
		l.Logical = []sarifLogical{{function, "function"}}
	}
	if p.File == "" || p.Line < 1 {
		return l
	}
	x := &sarifPhysical{Region: sarifRegion{Line: p.Line, Column: max(p.Column, 1)}}
	x.Artifact.URI = (&url.URL{Path: p.File}).String()
	if s, ok := w.line(p.File, p.Line); ok && len(s) <= 200 {
		x.Region.Column = utf8.RuneCountInString(s[:min(max(p.Column-1, 0), len(s))]) + 1
		x.Region.Snippet = &sarifText{strings.ToValidUTF8(s, "\uFFFD")}
	}
	l.Physical = x
	return l
}
