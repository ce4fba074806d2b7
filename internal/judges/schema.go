package judges

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"sync"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// The formats' own JSON schemas, with formats asserted.
var (
	osvSchema   = schemaIn("osv-schema-1.7.5.json")
	sarifSchema = schemaIn("sarif-schema-2.1.0.json")
)

func schemaIn(name string) func() (*jsonschema.Schema, error) {
	return sync.OnceValues(func() (*jsonschema.Schema, error) {
		path, err := cached(name)
		if err != nil {
			return nil, err
		}
		compiler := jsonschema.NewCompiler()
		compiler.AssertFormat()
		schema, err := compiler.Compile(path)
		if err != nil {
			return nil, fmt.Errorf("reading the schema %s: %w", name, err)
		}
		return schema, nil
	})
}

func osv(files []string) ([]finding, error) { return bySchema("OSV", osvSchema, files) }

func sarif(files []string) ([]finding, error) { return bySchema("SARIF", sarifSchema, files) }

func bySchema(format string, read func() (*jsonschema.Schema, error), files []string) ([]finding, error) {
	schema, err := read()
	if err != nil {
		return nil, err
	}
	var found []finding
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			return nil, fmt.Errorf("reading %s: %w", format, err)
		}
		entry, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
		if err == nil {
			err = schema.Validate(entry)
		}
		if err != nil {
			found = append(found, finding{file, fmt.Sprintf("%s's schema: %v", format, err)})
		}
	}
	return found, nil
}

func atom(files []string) ([]finding, error) {
	grammar, err := cached("atom.rng")
	if err != nil {
		return nil, err
	}
	program, err := exec.LookPath("xmllint")
	if err != nil {
		return nil, missing("xmllint")
	}
	var found []finding
	for _, file := range files {
		out, err := exec.Command(program, "--nonet", "--noout", "--relaxng", grammar, file).CombinedOutput()
		if _, ok := errors.AsType[*exec.ExitError](err); ok {
			found = append(found, finding{file, fmt.Sprintf("xmllint: %s", out)})
		} else if err != nil {
			return nil, fmt.Errorf("running xmllint: %w", err)
		}
	}
	return found, nil
}
