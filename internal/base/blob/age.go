package blob

import (
	"errors"
	"fmt"

	"filippo.io/age"

	"steward/internal/base/seal"
)

// stanza names our way of sealing the file key in the header of an age file.
const stanza = "steward-case"

// lock is the age.Recipient and age.Identity of one attachment of one case.
type lock struct {
	key *seal.Key
	id  string
}

// place binds the file key to the identifier: a file moved to another name
// does not open there.
func (l lock) place() string { return "blob/" + l.id }

// Wrap seals the file key.
func (l lock) Wrap(fileKey []byte) ([]*age.Stanza, error) {
	return []*age.Stanza{{Type: stanza, Body: l.key.Seal(l.place(), fileKey)}}, nil
}

// Unwrap opens the file key.
func (l lock) Unwrap(stanzas []*age.Stanza) ([]byte, error) {
	if len(stanzas) != 1 || stanzas[0].Type != stanza || len(stanzas[0].Args) != 0 {
		return nil, errors.New("the head of the file is not one that Steward writes")
	}
	fileKey, err := l.key.Open(l.place(), stanzas[0].Body)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", age.ErrIncorrectIdentity, err)
	}
	return fileKey, nil
}
