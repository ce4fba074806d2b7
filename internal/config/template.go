package config

import (
	"bytes"
	_ "embed"
	"text/template"
)

//go:embed steward.toml.tmpl
var tomlTemplate string

// Answers is what a new team says of itself; empty answers take the defaults.
type Answers struct {
	BaseURL, Listen, Database, Team, Email, Prefix string
	Policy                                         string // the preset that policy.toml starts from
}

// Preset names the preset that policy.toml starts from.
func (a Answers) Preset() string {
	if a.Policy == "" {
		return "default"
	}
	return a.Policy
}

// Template is the steward.toml that a new data directory starts with: every
// setting with a word on what it does.
func Template(a Answers) ([]byte, error) {
	t, err := template.New(File).Parse(tomlTemplate)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	err = t.Execute(&b, a)
	return b.Bytes(), err
}

// Policy is the policy.md that a new data directory starts with, to be edited.
//
//go:embed policy.md
var Policy []byte
