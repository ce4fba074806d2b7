package lib_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"steward/internal/cinterp"
)

// formats reads a way to go, a format and a text from its input.
const formats = `#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <wchar.h>
static char in[1000], b[300] = "text", o[500];
int main(void) {
	int i = 1; long l = 2; double d = 3.5; char *end; wchar_t w[500];
	size_t n = fread(in, 1, 900, stdin);
	char *f = in + 1, *t = f + strlen(f) + 1;
	time_t now = 0;
	switch (in[0]) {
	case 0: snprintf(o, sizeof o, f, 5, b, 2.5, b, 7L); break;
	case 1: snprintf(o, sizeof o, f, b, 2.5, 3, 1e300, -0.0); break;
	case 2: sscanf(t, f, b, b + 100, b + 200); break;
	case 3: sscanf(t, f, &i, &l, &d); break;
	case 4: strtod(t, &end); strtof(t, &end); break;
	case 5: strtol(t, &end, 0); strtoull(t, &end, f[0]); break;
	case 6: strftime(o, sizeof o, f, gmtime(&now)); break;
	case 7: mbstowcs(w, f, 499); swprintf(w + 300, 200, w, 1, b); break;
	}
	return n > 900;
}
`

// FuzzFormats gives printf, scanf and strftime formats, texts and numbers of
// all kinds: whatever they are, a run ends with a verdict, and never because
// the interpreter itself fails.
func FuzzFormats(f *testing.F) {
	for v, s := range []string{"%d %s", "%5.3f|%-8s", "%[^a-z]%n", "%hhd%lld", "%*d%*s", "%%", "%", "%9999d", "%.99s", "%#x%+e", "%a%p", "%ls", "%mc", "%Y-%j %V"} {
		f.Add(byte(v), []byte(s), []byte("12 abc 3.5e10 0x1p-4 nan(1)"))
		f.Add(byte(3), []byte(s), []byte("-1 0x 1e+ "))
	}
	p := cinterp.Program{Files: []cinterp.File{{Name: "t.c", Text: []byte(formats)}}}
	c, err := cinterp.Compile(f.Context(), p, cinterp.Options{})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, way byte, format, text []byte) {
		if len(format) > 200 || len(text) > 600 {
			return
		}
		p := p
		p.Input = slices.Concat([]byte{way % 8}, format, []byte{0}, text, []byte{0})
		r, err := c.Run(context.Background(), p, cinterp.Options{Limits: cinterp.Limits{Time: 10 * time.Second, Memory: 64 << 20}})
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(r.Why, "interpreter failed") {
			t.Fatal(r.Why)
		}
	})
}
