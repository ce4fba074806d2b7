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

// osvSchema is the format's own JSON schema, with formats asserted.
var osvSchema = sync.OnceValues(func() (*jsonschema.Schema, error) {
	path, err := cached("osv-schema-1.7.5.json")
	if err != nil {
		return nil, err
	}
	compiler := jsonschema.NewCompiler()
	compiler.AssertFormat()
	schema, err := compiler.Compile(path)
	if err != nil {
		return nil, fmt.Errorf("reading OSV's schema: %w", err)
	}
	return schema, nil
})

func osv(files []string) ([]finding, error) {
	schema, err := osvSchema()
	if err != nil {
		return nil, err
	}
	var found []finding
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			return nil, fmt.Errorf("reading an OSV entry: %w", err)
		}
		entry, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
		if err == nil {
			err = schema.Validate(entry)
		}
		if err != nil {
			found = append(found, finding{file, fmt.Sprintf("OSV's schema: %v", err)})
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
