package judges

import (
	"bytes"
	"os"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	osvformat "steward/internal/format/osv"
)

// FuzzOSVSchema: an entry that our validator has nothing against is valid by
// the format's own schema.
func FuzzOSVSchema(f *testing.F) {
	schema, err := osvSchema()
	if err != nil {
		f.Fatal(err)
	}
	entry, err := os.ReadFile("../format/osv/testdata/entry.json")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(entry)
	f.Add([]byte(`{"id":"x_A-1","modified":"2026-03-03T00:00:00Z","affected":[{"ranges":[{"type":"GIT","repo":"https://example.org","events":[{"introduced":"0"}]}]}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(osvformat.Validate(data)) > 0 {
			return
		}
		value, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
		if err != nil {
			t.Fatalf("we take it, the schema's reader says %v of\n%s", err, data)
		}
		if err := schema.Validate(value); err != nil {
			t.Errorf("we take it, the schema says %v of\n%s", err, data)
		}
	})
}
