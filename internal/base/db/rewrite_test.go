package db

import "testing"

func TestNumbered(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, in, want string }{
		{"none", "SELECT 1", "SELECT 1"},
		{"one", "SELECT $1", "SELECT ?1"},
		{"any order", "SELECT $2, $1, $12", "SELECT ?2, ?1, ?12"},
		{"close together", "($1,$2)=$3||$4", "(?1,?2)=?3||?4"},
		{"at the start", "$1", "?1"},
		{"text", "SELECT '$1', $1", "SELECT '$1', ?1"},
		{"text with a quote", "SELECT 'it''s $1', $1", "SELECT 'it''s $1', ?1"},
		{"empty text", "SELECT '', $1, ''", "SELECT '', ?1, ''"},
		{"quoted name", `SELECT "a$1", $1`, `SELECT "a$1", ?1`},
		{"quote in a quoted name", `SELECT "a""$1'", $1`, `SELECT "a""$1'", ?1`},
		{"name with a dollar", "SELECT a$1, $1", "SELECT a$1, ?1"},
		{"line comment", "SELECT 1 -- $1 it's\n, $1", "SELECT 1 -- $1 it's\n, ?1"},
		{"comment", "SELECT /* $1 ' */ $1", "SELECT /* $1 ' */ ?1"},
		{"minus", "SELECT 3 - $1", "SELECT 3 - ?1"},
		{"dollar alone", "SELECT $ $a $", "SELECT $ $a $"},
		{"text not closed", "SELECT '$1", "SELECT '$1"},
		{"comment not closed", "SELECT /* $1", "SELECT /* $1"},
		{"quote at the end", "SELECT $1 '", "SELECT ?1 '"},
		{"beyond ASCII", "SELECT 'ü', $1, ü$1", "SELECT 'ü', ?1, ü$1"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if got := numbered(c.in); got != c.want {
				t.Errorf("numbered(%q)\n got %q\nwant %q", c.in, got, c.want)
			}
		})
	}
}

func FuzzNumbered(f *testing.F) {
	f.Add("SELECT 'a''$1' \"$2\" $3 -- $4\n/* $5 */ x$6")
	f.Fuzz(func(t *testing.T, in string) {
		got := numbered(in)
		if len(got) != len(in) {
			t.Fatalf("the length changed: %q, %q", in, got)
		}
		for i := range len(in) {
			if got[i] != in[i] && (in[i] != '$' || got[i] != '?') {
				t.Fatalf("more than a $ changed: %q, %q", in, got)
			}
		}
	})
}
