package cii_test

import (
	"fmt"
	"strings"

	"steward/internal/census"
	"steward/internal/census/cii"
)

// named is a model with its name.
type named struct {
	Name string
	*cii.Model
}

// find gives a model of 2015 as it is shipped.
func find(name string) (*cii.Model, error) {
	m, err := census.ModelNamed(name)
	if err != nil {
		return nil, err
	}
	if m.Points == nil {
		return nil, fmt.Errorf("%s gives no points", name)
	}
	return m.Points, nil
}

// models gives all of them.
func models() (all []named) {
	for _, name := range census.Models() {
		if strings.HasPrefix(name, "census-2015-") {
			m, err := find(name)
			if err != nil {
				panic(err)
			}
			all = append(all, named{name, m})
		}
	}
	return all
}
