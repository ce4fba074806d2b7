// Package mutant changes programs of C by whole tokens, for fuzzing: what comes
// out is often still C, or nearly, where changed bytes would seldom be.
package mutant

import (
	"bytes"
	"math/rand/v2"
)

// maxTokens bounds what comes out.
const maxTokens = 20_000

// pool are tokens and pieces that programs of C are made of, among them those
// at the ends of what is allowed.
var pool = []string{
	"+", "-", "*", "/", "%", "&", "|", "^", "~", "!", "<<", ">>", "<", ">", "<=", ">=", "==", "!=", "&&", "||", "?", ":", "=", "+=", "-=", "*=", "<<=", ">>=", "++", "--", ",", ";", ".", "->", "...", "#", "##",
	"(", ")", "[", "]", "{", "}", "()", "[]", "{}", "[0]", "[1]", "(void)", "(0)", "{0}", "{{0}}", "(int)", "(char)", "(void*)", "(unsigned long long)", "(float)", "(_Bool)",
	"int", "char", "short", "long", "signed", "unsigned", "float", "double", "void", "_Bool", "struct", "union", "enum", "typedef", "extern", "static", "const", "volatile", "restrict", "register", "inline", "auto", "_Noreturn", "_Alignas(16)", "_Atomic", "_Thread_local", "_Complex",
	"if", "else", "while", "do", "for", "switch", "case", "default", "break", "continue", "return", "goto", "sizeof", "_Alignof", "_Generic", "_Static_assert",
	"0", "1", "-1", "2", "7", "31", "32", "63", "64", "127", "128", "255", "256", "32767", "65535", "2147483647", "2147483648", "4294967295u", "9223372036854775807", "18446744073709551615u", "0x80000000", "1e308", "1e-400", "0x1p-1074", "1.0f", "0.0", "'a'", "'\\0'", "'\\377'", "L'x'", "u8\"x\"", "\"\"", "\"abc\"", "L\"abc\"", "\"%d%s%n\"",
	"int x;", "int *p;", "int a[3];", "char s[] = \"abc\";", "struct s { int a; struct s *n; } v;", "struct { int b : 3; unsigned c : 31; char d[]; }", "union { int i; float f; char c[8]; }", "enum { A, B = 5, C }", "typedef int t;", "int f(int, ...);", "int (*q)(void);", "int m[n][2];", "x: ;", "goto x;", "case 3:", "default:", "({ 1; })", "(int[]){1, 2}", "(struct s){.a = 1}", "&&x", "goto *p;", "__attribute__((packed))", "__attribute__((aligned(32)))", "__typeof__(x)", "__builtin_va_arg(v, int)", "asm(\"\")",
	"\n#define m(x) x x\n", "\n#define m m m\n", "\n#include <stdio.h>\n", "\n#include <stdlib.h>\n", "\n#if 1\n", "\n#else\n", "\n#endif\n", "\n#undef m\n", "\n#pragma pack(1)\n", "\n#line 7 \"x\"\n", "m(1)", "__LINE__", "__func__", "__COUNTER__",
	"printf(\"%d\", 1);", "memcpy(a, a + 1, 2);", "free(p);", "p = malloc(3);", "abort();", "exit(1);", "qsort(a, 3, 4, q);", "setjmp(j)", "longjmp(j, 1);",
}

// Source gives a program that is like text, changed as seed says.
func Source(text []byte, seed uint64) []byte {
	r := rand.New(rand.NewPCG(seed, 17))
	t := tokens(text)
	if len(t) == 0 {
		return text
	}
	for range 1 + r.IntN(6) {
		if len(t) == 0 || len(t) > maxTokens {
			break
		}
		t = change(r, t)
	}
	return bytes.Join(t[:min(len(t), maxTokens)], []byte(" "))
}

func change(r *rand.Rand, t [][]byte) [][]byte {
	at := r.IntN(len(t))
	end := min(len(t), at+1+r.IntN(12))
	part := bytes.Join(t[at:end], []byte(" "))
	piece := []byte(pool[r.IntN(len(pool))])
	if r.IntN(3) == 0 { // a token of the program itself
		piece = t[r.IntN(len(t))]
	}
	put := func(where, upTo int, with ...[]byte) [][]byte {
		out := append([][]byte{}, t[:where]...)
		return append(append(out, with...), t[upTo:]...)
	}
	switch r.IntN(9) {
	case 0:
		return put(at, end)
	case 1:
		return put(at, at+1, piece)
	case 2, 3:
		return put(at, at, piece)
	case 4: // twice
		return put(at, at, part)
	case 5: // somewhere else
		to := r.IntN(len(t))
		return put(to, to, part)
	case 6: // many times
		l := [][]byte{}
		for range 1 << r.IntN(11) {
			l = append(l, part)
		}
		return put(at, at, l...)
	case 7: // in brackets
		b := [][2]string{{"(", ")"}, {"{", "}"}, {"[", "]"}, {"(", ") +"}, {"sizeof (", ")"}, {"if (", ")"}, {"(struct s){", "}"}}[r.IntN(7)]
		return put(at, end, []byte(b[0]), part, []byte(b[1]))
	default: // two tokens change places
		other := r.IntN(len(t))
		t[at], t[other] = t[other], t[at]
		return t
	}
}

// tokens cuts a text in pieces that are tokens, more or less: a directive is one.
func tokens(s []byte) (t [][]byte) {
	for i := 0; i < len(s); {
		n := 1
		switch c := s[i]; {
		case c == ' ' || c == '\t' || c == '\n' || c == '\r':
			i++
			continue
		case c == '#':
			n = bytes.IndexByte(append(s[i:len(s):len(s)], '\n'), '\n')
			t = append(t, []byte("\n"+string(s[i:i+n])+"\n"))
			i += n
			continue
		case c == '"' || c == '\'':
			for n < len(s)-i-1 && s[i+n] != c && s[i+n] != '\n' {
				if s[i+n] == '\\' && n < len(s)-i-2 {
					n++
				}
				n++
			}
			n++
		case word(c):
			for i+n < len(s) && word(s[i+n]) {
				n++
			}
		case c == '/' && i+1 < len(s) && s[i+1] == '*':
			if n = bytes.Index(s[i:], []byte("*/")) + 2; n < 2 {
				n = len(s) - i
			}
			i += n
			continue
		case c == '/' && i+1 < len(s) && s[i+1] == '/':
			n = bytes.IndexByte(append(s[i:len(s):len(s)], '\n'), '\n')
			i += n
			continue
		default:
			for i+n < len(s) && n < 3 && bytes.IndexByte([]byte("+-*/&|<>=!^%.#"), s[i+n]) >= 0 && bytes.IndexByte([]byte("+-*/&|<>=!^%.#"), c) >= 0 {
				n++
			}
		}
		n = min(n, len(s)-i)
		t = append(t, s[i:i+n])
		i += n
	}
	return t
}

func word(c byte) bool {
	return c == '_' || c == '.' || '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || c >= 0x80
}
