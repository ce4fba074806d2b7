package csaf

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
)

// Marshal writes the document as it is to be published: indented by two
// spaces, its keys sorted (csaf:5.3), and the same bytes for the same
// document. It does not validate.
func Marshal(a *Advisory) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(a); err != nil {
		return nil, fmt.Errorf("writing CSAF document %q: %w", a.Document.Tracking.ID, err)
	}
	return b.Bytes(), nil
}

var outsideFilename = late(`[^+\-a-z0-9]+`)

// Filename is the name that the document's file must have. csaf:5.1
func Filename(id TrackingID) string {
	return outsideFilename().ReplaceAllString(strings.ToLower(string(id)), "_") + ".json"
}
