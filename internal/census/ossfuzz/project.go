package ossfuzz

import (
	"errors"
	"fmt"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Project is one of OSS-Fuzz.
type Project struct {
	Name     string
	Homepage string
	Repo     string // where its code is kept (main_repo)
	Language string // as OSS-Fuzz calls it: c, c++, go, javascript, jvm, python, ruby, rust, swift
	Disabled bool   // it is not fuzzed at present
}

// Bounds of the file of a project. The longest have two kilobytes.
const (
	maxYAML = 64 << 10 // bytes
	maxText = 1 << 10  // bytes of a field
)

var (
	errLarge = fmt.Errorf("it has more than %d bytes", maxYAML)
	errForm  = errors.New("it is not of the form of a project")
)

// ParseProject reads the file of a project. It follows no alias, so that a short
// text stays short.
func ParseProject(name string, raw []byte) (Project, error) {
	p := Project{Name: name}
	if len(raw) > maxYAML {
		return p, errLarge
	}
	var doc yaml.Node
	if err := yaml.Unmarshal(raw, &doc); err != nil {
		return p, errForm
	}
	if doc.Kind != yaml.DocumentNode || len(doc.Content) != 1 || doc.Content[0].Kind != yaml.MappingNode {
		return p, errForm
	}
	fields := doc.Content[0].Content
	for i := 0; i+1 < len(fields); i += 2 {
		to, ok := map[string]*string{"homepage": &p.Homepage, "main_repo": &p.Repo, "language": &p.Language}[fields[i].Value]
		if !ok && fields[i].Value != "disabled" {
			continue
		}
		if v := fields[i+1]; v.Kind != yaml.ScalarNode || len(v.Value) > maxText {
			return p, fmt.Errorf("its %s is no short text", fields[i].Value)
		}
		if value := strings.TrimSpace(fields[i+1].Value); ok {
			*to = value
		} else {
			p.Disabled = strings.EqualFold(value, "true") || strings.EqualFold(value, "yes")
		}
	}
	return p, nil
}
