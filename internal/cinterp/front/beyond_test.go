package front

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/fstest"
)

func program(statement string) string {
	return "int x;\nint main(void) {\n" + statement + "\nreturn 0;\n}\n"
}

// doubling defines macros that expand to 2 to the power of n of a token.
func doubling(token string, n int) string {
	var b strings.Builder
	fmt.Fprintf(&b, "#define A0 %s\n", token)
	for i := range n {
		fmt.Fprintf(&b, "#define A%d A%d A%d\n", i+1, i, i)
	}
	return b.String()
}

// numbered gives a text for each number up to n.
func numbered(format string, n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, strings.ReplaceAll(format, "#", "%[1]d"), i)
	}
	return b.String()
}

// TestBeyond: what would fill the parser's stack, or never end, is refused
// before the parser sees it, and the error tells where it is.
func TestBeyond(t *testing.T) {
	t.Parallel()
	const n = 30_000
	many := strings.Repeat
	for name, c := range map[string]struct {
		text string
		line int
	}{
		"brackets":         {program("return " + many("(", n) + "1" + many(")", n) + ";"), 3},
		"blocks":           {program(many("{", n) + many("}", n)), 3},
		"initialiser":      {"int a[1] = " + many("{", n) + "1" + many("}", n) + ";\n", 1},
		"declarator":       {"int " + many("(", n) + "p" + many(")", n) + ";\n", 1},
		"signs":            {program("return " + many("!", n) + "x;"), 3},
		"casts":            {program("return " + many("(int)", n) + "x;"), 3},
		"sizes":            {program("return " + many("sizeof ", n) + "x;"), 3},
		"sums":             {program("return x" + many(" + x", n) + ";"), 3},
		"assignments":      {program("x" + many(" = x", n) + ";"), 3},
		"choices":          {program("return x" + many(" ? x : x", n) + ";"), 3},
		"choices inside":   {program("return x" + many(" ? x, x", n) + many(": x", n) + ";"), 3},
		"indices":          {program("return x" + many("[0]", n) + ";"), 3},
		"literals":         {program("return 0" + many(" + (int){1}", n) + ";"), 3},
		"stars":            {"int " + many("*", n) + "p;\n", 1},
		"arrays":           {"int a" + many("[1]", n) + ";\n", 1},
		"else":             {program("if (x) ;" + many(" else if (x) ;", n)), 3},
		"else of blocks":   {program("if (x) {}" + many(" else if (x) { x++; }", n)), 3},
		"conditions":       {program(many("if (x) ", n) + ";"), 3},
		"loops":            {program(many("do ", n) + ";" + many(" while (0);", n)), 3},
		"labels":           {program(numbered("l#: ", n) + ";"), 3},
		"cases":            {program("switch (x) {" + numbered("case #: ", n) + ";}"), 3},
		"types":            {numbered("typedef int *t#;", maxTypes+1), 1},
		"conditionals":     {many("#if 1\n", n) + many("#endif\n", n), maxNested + 1},
		"a condition":      {"\n#if " + many("! ", 2*n) + many("!", n) + "1\n#endif\n", 2},
		"spliced":          {many("#i\\\nf 1\n", n), 2*maxNested + 1},
		"macros":           {doubling("x", 20) + program("A20;"), 24},
		"macros of signs":  {doubling("!", 16) + program("return A16 1;"), 20},
		"brackets of them": {doubling("(", 12) + program("return A12 1;"), 16},
		"itself":           {"int a;\n#include \"itself\"\n", 1},
		"twice itself":     {"int a;\n#include \"twice itself\"\n#include \"twice itself\"\n", 1},
		"another":          {"int a;\n#include \"other.h\"\n", 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := Options{Machine: Machines[0], Files: NewFiles(fstest.MapFS{
				name:      {Data: []byte(c.text)},
				"other.h": {Data: []byte(many("(", maxNested+1))},
			})}
			_, err := Parse(name, []byte(c.text), o)
			var b *Beyond
			if !errors.As(err, &b) || b.Line != c.line {
				t.Errorf("line %d expected: %v", c.line, err)
			}
		})
	}
}

// TestWithin: what is large or deep and not beyond all reason is read, and the
// lines of what is included are its own.
func TestWithin(t *testing.T) {
	t.Parallel()
	const n = 1500
	many := strings.Repeat
	for name, text := range map[string]string{
		"brackets":     program("return " + many("(", n) + "1" + many(")", n) + ";"),
		"blocks":       program(many("{", n) + many("}", n)),
		"signs":        program("return " + many("!", n) + "x;"),
		"sums":         program("return x" + many(" + x", n) + ";"),
		"else":         program("if (x) { x = 1; }" + many(" else if (x) { x = 2; x = 3; }", n)),
		"cases":        program("switch (x) {" + numbered("case #: ", n) + ";}"),
		"statements":   program(many("x = x + 1;\n", 10*n)),
		"initialisers": "int a[] = {" + many("1, ", 10*n) + "};\n",
		"rows":         "int a[][2] = {" + many("{1, 2}, ", 10*n) + "};\n",
		"strings":      "char a[] = " + many(`"a" `, 10*n) + ";\n",
		"enumeration":  "enum e {" + numbered("e#, ", 10*n) + "};\n",
		"included":     many("#include \"x.h\"\n", 1000),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if _, err := Parse(name, []byte(text), Options{Machine: Machines[0], Files: NewFiles(fstest.MapFS{"x.h": {Data: []byte("int x;\n")}})}); err != nil {
				t.Error(err)
			}
		})
	}
	_, err := Parse("t.c", []byte("int a;\n#include \"x.h\"\n"), Options{Machine: Machines[0], Files: NewFiles(fstest.MapFS{"x.h": {Data: []byte("int b;\n\nint c = ;\n")}})})
	if err == nil || !strings.HasPrefix(err.Error(), "x.h:3:9:") {
		t.Error(err)
	}
}
