package intake

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode"

	"github.com/tyler-smith/go-bip39"

	"steward/internal/base/errs"
)

// phraseWords is the number of words of a case phrase: 128 bits and 4 bits of
// checksum (BIP 39).
const phraseWords = 12

// maxPhraseInput is the most bytes that ParsePhrase looks at; twelve of the
// longest words need 107.
const maxPhraseInput = 1_000

// Phrase opens the mailbox of one report. It prints as "[case phrase]"
// whatever the format, so that no log shows it; Words spells it out. Keep it in
// exported fields: fmt does not ask a field that it may not touch.
type Phrase struct {
	entropy [16]byte
}

// Format keeps the phrase out of every print and log.
func (p Phrase) Format(s fmt.State, _ rune) { io.WriteString(s, "[case phrase]") } // fmt has no way to report it

// MarshalText keeps the phrase out of JSON and structured logs.
func (p Phrase) MarshalText() ([]byte, error) { return []byte("[case phrase]"), nil }

// Words spells the phrase out: twelve lower-case words with spaces between.
func (p Phrase) Words() string {
	words, err := bip39.NewMnemonic(p.entropy[:])
	if err != nil {
		panic(fmt.Sprintf("intake: spelling out 128 bits: %v", err)) // the length is fixed and right
	}
	return words
}

// ParsePhrase reads a phrase as people type, paste and dictate it: the case of
// letters, line breaks, numbering and punctuation between the words do not
// matter. Its errors (errs.Invalid, field "phrase") name words of the phrase:
// show them to the person, never log them.
func ParsePhrase(text string) (Phrase, error) {
	if len(text) > maxPhraseInput {
		return Phrase{}, phraseFault("This is far longer than a case phrase, which has %d words.", phraseWords)
	}
	words := splitPhrase(text)
	if len(words) != phraseWords {
		return Phrase{}, phraseFault("A case phrase has %d words; this has %d.", phraseWords, len(words)).
			WithHint("copy the whole phrase from your receipt")
	}
	var ps errs.Problems
	for i, w := range words {
		if _, ok := bip39.GetWordIndex(w); ok {
			continue
		}
		e := ps.Add("phrase", "Word %d, %q, is not a word of any case phrase.", i+1, w)
		if near := nearWord(w); near != "" {
			e.WithHint("perhaps %q", near) // returns e for chaining
		}
	}
	if err := ps.Err(); err != nil {
		return Phrase{}, err
	}
	entropy, err := bip39.EntropyFromMnemonic(strings.Join(words, " "))
	if errors.Is(err, bip39.ErrChecksumIncorrect) {
		return Phrase{}, phraseFault("Each word is right, but together they are no case phrase.").
			WithHint("one word is mistaken for another, or two changed places; compare with your receipt")
	}
	if err != nil {
		return Phrase{}, fmt.Errorf("reading a case phrase: %w", err)
	}
	return Phrase{entropy: [16]byte(entropy)}, nil
}

func phraseFault(format string, args ...any) *errs.Error {
	return errs.Invalidf("phrase", format, args...)
}

// splitPhrase gives the words in lower case. What is no letter separates;
// marks that do not show (a soft hyphen, a zero-width space) are dropped, since
// programs put them inside words.
func splitPhrase(text string) []string {
	text = strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Cf, r) {
			return -1
		}
		return unicode.ToLower(r)
	}, text)
	return strings.FieldsFunc(text, func(r rune) bool { return !unicode.IsLetter(r) })
}

// nearWord gives the word of the list that w most likely was meant to be, or
// nothing: the one that starts with the same four letters (they tell the words
// of the list apart), else one that is at most two slips of the finger away.
func nearWord(w string) string {
	best, bestSlips := "", 3
	for _, candidate := range bip39.GetWordList() {
		if len(w) >= 4 && strings.HasPrefix(candidate, w[:4]) {
			return candidate
		}
		if n := slips(w, candidate, bestSlips); n < bestSlips && n < len(candidate)-1 {
			best, bestSlips = candidate, n
		}
	}
	return best
}

// derivePhrase makes the phrase of a report from the token of its form and the
// hash of its text, so that a form that is sent again gets the same receipt
// and nothing secret is kept.
func derivePhrase(key []byte, token string, sum [sha256.Size]byte) Phrase {
	m := hmac.New(sha256.New, key)
	m.Write([]byte(token))
	m.Write([]byte{0}) // no token holds this byte
	m.Write(sum[:])
	return Phrase{entropy: [16]byte(m.Sum(nil)[:16])}
}

// lookup is the keyed hash under which the phrase is found again.
func (p Phrase) lookup(key []byte) string { return keyedHash(key, p.entropy[:]) }

func keyedHash(key, data []byte) string {
	m := hmac.New(sha256.New, key)
	m.Write(data)
	return hex.EncodeToString(m.Sum(nil))
}
