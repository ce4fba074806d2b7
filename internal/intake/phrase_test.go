package intake

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"steward/internal/base/errs"
)

// letterPhrase is a phrase with few words alike.
const letterPhrase = "letter advice cage absurd amount doctor acoustic avoid letter advice cage above"

func TestParsePhraseTakesWhatPeopleType(t *testing.T) {
	t.Parallel()
	want, err := ParsePhrase(letterPhrase)
	if err != nil {
		t.Fatal(err)
	}
	words := strings.Fields(letterPhrase)
	numbered := ""
	for i, w := range words {
		numbered += fmt.Sprintf("%d. %s\n", i+1, w)
	}
	for name, in := range map[string]string{
		"capitals":      strings.ToUpper(letterPhrase),
		"lines":         strings.Join(words, "\r\n"),
		"commas":        strings.Join(words, ", "),
		"hyphens":       strings.Join(words, "-"),
		"dashes":        strings.Join(words, " – "),
		"spaces":        "  " + strings.Join(words, "\u00a0\t ") + " \n",
		"numbers":       numbered,
		"quotes":        "“" + letterPhrase + "”.",
		"soft hyphens":  strings.ReplaceAll(letterPhrase, "advice", "ad\u00advice"),
		"a zero-width":  "\ufeff" + letterPhrase,
		"mixed letters": "Letter Advice" + letterPhrase[len("letter advice"):],
	} {
		if got, err := ParsePhrase(in); err != nil || got != want {
			t.Errorf("%s: %v", name, err)
		}
	}
	if want.Words() != letterPhrase {
		t.Errorf("spelled out: %q", want.Words())
	}
}

func TestParsePhraseSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	change := func(old, new string) string { return strings.Replace(letterPhrase, old, new, 1) }
	tests := []struct{ name, in, want string }{
		{"empty", "", "A case phrase has 12 words; this has 0."},
		{"eleven", strings.TrimSuffix(letterPhrase, " above"), "A case phrase has 12 words; this has 11."},
		{"twenty-four", letterPhrase + " " + letterPhrase, "A case phrase has 12 words; this has 24."},
		{"far too long", strings.Repeat("letter ", 1000), "far longer than a case phrase"},
		{"a letter mistaken", change("doctor", "dictor"), `Word 6, "dictor", is not a word of any case phrase. (perhaps "doctor")`},
		{"letters swapped", change("cage", "caeg"), `Word 3, "caeg", is not a word of any case phrase. (perhaps "cage")`},
		{"an ending", change("doctor", "doctors"), `(perhaps "doctor")`},
		{"a word cut short", change("acoustic", "acous"), `(perhaps "acoustic")`},
		{"like none", change("cage", "qqqqq"), `Word 3, "qqqqq", is not a word of any case phrase.`},
		{"two wrong", strings.Replace(change("cage", "cagee"), "above", "abovee", 1), `Word 12, "abovee"`},
		{"swapped words", "advice letter" + letterPhrase[len("letter advice"):], "together they are no case phrase"},
		{"another language", strings.Repeat("слово ", 12), `Word 1, "слово"`},
	}
	for _, tt := range tests {
		_, err := ParsePhrase(tt.in)
		if !errs.Is(err, errs.Invalid) || !strings.Contains(errs.Public(err), tt.want) {
			t.Errorf("%s: got %v, want %q", tt.name, err, tt.want)
		}
	}
}

// The spelling is that of BIP 39: these are vectors of its own list
// (https://github.com/trezor/python-mnemonic/blob/master/vectors.json).
func TestPhraseWordsAreBIP39(t *testing.T) {
	t.Parallel()
	fill := func(b byte) (p Phrase) {
		for i := range p.entropy {
			p.entropy[i] = b
		}
		return p
	}
	for b, want := range map[byte]string{
		0x00: strings.Repeat("abandon ", 11) + "about",
		0x7f: "legal winner thank year wave sausage worth useful legal winner thank yellow",
		0x80: letterPhrase,
		0xff: strings.Repeat("zoo ", 11) + "wrong",
	} {
		if got := fill(b).Words(); got != want {
			t.Errorf("%x: %q, want %q", b, got, want)
		}
		if got, err := ParsePhrase(want); err != nil || got != fill(b) {
			t.Errorf("%x: read as %x, %v", b, got.entropy, err)
		}
	}
}

func TestPhraseIsNeverPrinted(t *testing.T) {
	t.Parallel()
	p, err := ParsePhrase(letterPhrase)
	if err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	slog.New(slog.NewTextHandler(&log, nil)).Info("x", "phrase", p, "receipt", Receipt{Phrase: p})
	slog.New(slog.NewJSONHandler(&log, nil)).Info("x", "phrase", p, "receipt", Receipt{Phrase: p})
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		fmt.Fprintf(&log, verb+"\n", p)
		fmt.Fprintf(&log, verb+"\n", Receipt{Phrase: p})
	}
	if err := json.NewEncoder(&log).Encode(Receipt{Phrase: p}); err != nil {
		t.Fatal(err)
	}
	// The bits of this phrase are 0x80 again and again.
	for _, secret := range []string{"letter", "doctor", "8080", "128 128", "128, 128", "128,128", "0x80"} {
		if strings.Contains(log.String(), secret) {
			t.Errorf("%q is printed:\n%s", secret, log.String())
		}
	}
}

func TestDerivePhrase(t *testing.T) {
	t.Parallel()
	key, sum := []byte("a key"), sha256.Sum256([]byte("text"))
	first := derivePhrase(key, "token", sum)
	if first != derivePhrase(key, "token", sum) {
		t.Error("the same token and text give another phrase")
	}
	if first == derivePhrase(key, "token2", sum) || first == derivePhrase([]byte("b key"), "token", sum) ||
		first == derivePhrase(key, "token", sha256.Sum256([]byte("text2"))) {
		t.Error("another key, token or text gives the same phrase")
	}
	if got, err := ParsePhrase(first.Words()); err != nil || got != first {
		t.Errorf("it is not read back: %v", err)
	}
}

func FuzzParsePhrase(f *testing.F) {
	f.Add(letterPhrase)
	f.Add("1. Letter, advice-cage")
	f.Add(strings.Repeat("zoo ", 11) + "wrong")
	f.Add(strings.Repeat("\u00ad\xff", 100))
	f.Fuzz(func(t *testing.T, in string) {
		p, err := ParsePhrase(in)
		if err != nil {
			if !errs.Is(err, errs.Invalid) {
				t.Fatalf("the error is no fault of the input: %v", err)
			}
			return
		}
		if again, err := ParsePhrase(p.Words()); err != nil || again != p {
			t.Fatalf("the phrase as spelled out is another: %v", err)
		}
	})
}

func TestSlips(t *testing.T) {
	t.Parallel()
	tests := []struct {
		a, b  string
		limit int
		want  int
	}{
		{"", "", 3, 0}, {"abc", "abc", 3, 0}, {"abc", "abd", 3, 1}, {"abc", "acb", 3, 1}, {"abc", "ab", 3, 1},
		{"abc", "xabc", 3, 1}, {"doctor", "dcotro", 3, 2}, {"abc", "xyz", 3, 3}, {"abc", "xyz", 2, 2}, {"a", "abcdef", 3, 3},
	}
	for _, tt := range tests {
		if got := slips(tt.a, tt.b, tt.limit); got != tt.want {
			t.Errorf("slips(%q, %q, %d) = %d, want %d", tt.a, tt.b, tt.limit, got, tt.want)
		}
	}
}
