package cii_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"steward/internal/census/cii"
)

// paper lists table 3 of the paper, "Riskiest OSS Programs (straight from scores)".
const paper = "ftp netcat-traditional tcpd whois at libwrap0 traceroute xauth bzip2 hostname libacl1 libaudit0 " +
	"libbz2-1.0 libept1.4.12 libreadline6 libtasn1-3 linux-base telnet"

// people lists whom the paper's authors found "especially concerning" when they
// had looked at the leading projects themselves.
const people = "bzip2 gzip libexpat1 zlib1g libjpeg8 libpng12-0 unzip libapache2-mod-gnutls"

// ranked gives the projects from the highest index down; those with the same
// index stay in the order of the list, as in the published table.
func ranked(rows []row, points []cii.Points) []string {
	order := make([]int, len(rows))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return points[b].Index - points[a].Index })
	names := make([]string, len(rows))
	for i, at := range order {
		names[i] = rows[at].project
	}
	return names
}

// without gives those of a that are not in b.
func without(a, b []string) []string {
	return slices.DeleteFunc(slices.Clone(a), func(s string) bool { return slices.Contains(b, s) })
}

// TestPaper: the table of the riskiest in the paper is that of the fault. What
// the paper's own text describes gives another.
func TestPaper(t *testing.T) {
	t.Parallel()
	rows := table(t, "2015-03-17")
	want := strings.Fields(paper)
	for _, c := range []struct {
		model string
		same  int
	}{{"census-2015-v1.0", 18}, {"census-2015-v1.0-intended", 0}} {
		points, err := scored(c.model, rows)
		if err != nil {
			t.Fatal(err)
		}
		first := ranked(rows, points)[:len(want)]
		if same := len(want) - len(without(want, first)); same != c.same {
			t.Errorf("%s: %d of the paper's %d lead, not %d: %v", c.model, same, len(want), c.same, first)
		}
	}
}

// Example_fault tells what the fault of version 1.0 did to the published ranking.
func Example_fault() {
	rows, err := readTable("2015-03-17")
	if err != nil {
		fmt.Println(err)
		return
	}
	ran, err := scored("census-2015-v1.0", rows)
	if err != nil {
		fmt.Println(err)
		return
	}
	meant, err := scored("census-2015-v1.0-intended", rows)
	if err != nil {
		fmt.Println(err)
		return
	}
	shift := map[int]int{}
	var a, b []float64
	for i := range rows {
		shift[ran[i].Index-meant[i].Index]++
		a, b = append(a, float64(ran[i].Index)), append(b, float64(meant[i].Index))
	}
	fmt.Printf("%d of %d projects have another index\n", len(rows)-shift[0], len(rows))
	for by := 9; by >= -9; by-- {
		if shift[by] > 0 {
			fmt.Printf("%+d: %d\n", by, shift[by])
		}
	}
	fmt.Printf("rank correlation %.3f\n", spearman(a, b))
	was, is := ranked(rows, ran)[:20], ranked(rows, meant)[:20]
	out, in := without(was, is), without(is, was)
	fmt.Println(len(out), "of the first 20 fall out:", strings.Join(out, " "))
	fmt.Println(len(in), "come in:", strings.Join(in, " "))
	for _, project := range strings.Fields(people) {
		fmt.Printf("%s: place %d, meant %d\n", project,
			slices.Index(ranked(rows, ran), project)+1, slices.Index(ranked(rows, meant), project)+1)
	}
	// Output:
	// 313 of 394 projects have another index
	// +3: 136
	// +2: 40
	// +1: 19
	// +0: 81
	// -1: 37
	// -2: 40
	// -3: 19
	// -4: 19
	// -5: 3
	// rank correlation 0.534
	// 19 of the first 20 fall out: ftp netcat-traditional tcpd whois at libwrap0 traceroute xauth bzip2 hostname libacl1 libaudit0 libbz2-1.0 libept1.4.12 libreadline6 libtasn1-3 linux-base telnet bind9-host
	// 19 come in: libexpat1 unzip procmail libjpeg8 acpi-support-base acpid bash cpio file libc-bin libc-dev-bin libc6 libc6-dev libfuse2 libgpgme11 libmagic1 libxau6 linux-headers-3.2.0-4-amd64 locales
	// bzip2: place 9, meant 54
	// gzip: place 77, meant 32
	// libexpat1: place 84, meant 1
	// zlib1g: place 115, meant 50
	// libjpeg8: place 120, meant 5
	// libpng12-0: place 121, meant 165
	// unzip: place 127, meant 2
	// libapache2-mod-gnutls: place 133, meant 27
}
