package bombs

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"time"
)

const asForm = "application/x-www-form-urlencoded"

// bodyBombs are bodies that are not what they say, have more parts than any
// form, or do not end.
func bodyBombs() []bomb {
	post := func(path, body string, header ...string) func(*server) answer {
		return func(s *server) answer { return s.send("POST", path, strings.NewReader(body), header...) }
	}
	const reports = "/api/v1/reports"
	multi := "multipart/form-data; boundary=b"
	part := func(head, body string) string { return "--b\r\n" + head + "\r\n\r\n" + body + "\r\n" }
	field := func(name, body string) string {
		return part(`Content-Disposition: form-data; name="`+name+`"`, body)
	}
	file := func(name, body string) string {
		return part(`Content-Disposition: form-data; name="f"; filename="`+name+`"`, body)
	}
	list := []bomb{
		{"compressed body", "gzip that says so", post(reports, string(bytes.Repeat(gzipped(1<<20), 500)), "Content-Encoding", "gzip", "Content-Type", "application/json"), refused},
		{"compressed body", "a form in gzip", post("/report", string(gzipped(100<<20)), "Content-Encoding", "gzip", "Content-Type", asForm), either(refused, harmless)},
		{"compressed body", "brotli", post(reports, string(brotliBomb()), "Content-Encoding", "br"), refused},
		{"many parts", "100,000 fields at the API", post(reports, strings.Repeat(field("x", ""), 100_000)+"--b--", "Content-Type", multi), either(refused, closed)},
		{"many parts", "the report 10,000 times", post(reports, strings.Repeat(field("report", honest), 10_000)+"--b--", "Content-Type", multi), either(refused, closed)},
		{"many parts", "100,000 empty files", post(reports, field("report", honest)+strings.Repeat(file("a", ""), 100_000)+"--b--", "Content-Type", multi), either(refused, closed)},
		{"many parts", "20,000 fields of a form", post("/report", strings.Repeat(field("x", ""), 20_000)+"--b--", "Content-Type", multi), refused},
		{"head of a part", "8 MiB in one line", post("/report", part("Content-Disposition: form-data; name=x; y="+strings.Repeat("y", 8<<20), "")+"--b--", "Content-Type", multi), refused},
		{"head of a part", "9,000 lines", post(reports, part("Content-Disposition: form-data; name=report\r\n"+strings.Repeat("X: y\r\n", 9_000)+"X: y", honest)+"--b--", "Content-Type", multi), either(refused, harmless)},
		{"head of a part", "a name of 1 MiB", post("/report", field(strings.Repeat("n", 1<<20), "")+"--b--", "Content-Type", multi), refused},
		{"nested parts", "a form in a form", post("/report", part("Content-Disposition: form-data; name=x\r\nContent-Type: multipart/mixed; boundary=c", strings.Repeat("--c\r\n\r\n\r\n", 50_000))+"--b--", "Content-Type", multi), refused},
		{"nested parts", "500 levels", post(reports, part("Content-Disposition: form-data; name=report\r\nContent-Type: multipart/mixed; boundary=c", string(nestedMIME(500)))+"--b--", "Content-Type", multi), refused},
		{"many fields", "400,000 in 2 MiB", post("/report", strings.Repeat("a=b&", 400_000), "Content-Type", asForm), refused},
		{"many fields", "one name 400,000 times empty", post("/mailbox/sign-in", strings.Repeat("&a", 400_000), "Content-Type", asForm), refused},
		{"many fields", "escapes", post("/report", "summary="+strings.Repeat("%41", 600_000), "Content-Type", asForm), refused},
		{"boundary", "70 dashes, and only dashes", post("/report", strings.Repeat("-", 2<<20), "Content-Type", "multipart/form-data; boundary="+strings.Repeat("-", 70)), refused},
		{"XML", "billion laughs as a report", post(reports, billionLaughs, "Content-Type", "application/xml"), refused},
		{"XML", "billion laughs as a form", post("/report", billionLaughs, "Content-Type", "text/xml"), refused},
		{"passkey", "CBOR in CBOR", passkeyBomb("\x9f"), refused},
		{"passkey", "a map of 2^64", passkeyBomb("\xbb\xff\xff\xff\xff\xff\xff\xff\xff"), refused},
	}
	return append(list, chunkBombs()...)
}

// passkeyBomb answers a question about a passkey that was never asked, with an
// attestation of nested CBOR.
func passkeyBomb(cbor string) func(*server) answer {
	return func(s *server) answer {
		token := s.formToken("/report")
		object := strings.NewReplacer("+", "-", "/", "_", "=", "").Replace(base64(strings.Repeat(cbor, 40_000/len(cbor))))
		body := fmt.Sprintf(`token=%s&ceremony=x&credential={"id":"aWQ","rawId":"aWQ","type":"public-key","response":{"clientDataJSON":"e30","attestationObject":"%s"}}`, token, object)
		return s.send("POST", "/team/sign-in", strings.NewReader(body), "Content-Type", asForm)
	}
}

// chunkBombs come in pieces.
func chunkBombs() []bomb {
	return []bomb{
		{"chunks", "1 MiB of one byte each", func(s *server) answer {
			return s.raw("POST /api/v1/reports HTTP/1.1\r\nHost: x\r\nIdempotency-Key: chunks-chunks-chunks\r\nTransfer-Encoding: chunked\r\n\r\n"+strings.Repeat("1\r\n[\r\n", 1<<20)+"0\r\n\r\n", time.Minute)
		}, either(refused, closed)},
		{"chunks", "64 KiB of a chunk's extension", func(s *server) answer {
			return s.raw("POST /api/v1/reports HTTP/1.1\r\nHost: x\r\nIdempotency-Key: chunks-chunks-chunks\r\nTransfer-Encoding: chunked\r\n\r\n"+strings.Repeat("1;"+strings.Repeat("x", 4000)+"\r\n{\r\n", 200), time.Minute)
		}, either(refused, closed)},
		{"chunks", "40 bodies that do not end", func(s *server) answer {
			var open []net.Conn
			defer func() {
				for _, c := range open {
					c.Close()
				}
			}()
			for range 40 {
				c, err := net.Dial("tcp", s.addr)
				if err != nil {
					s.t.Fatal(err)
				}
				open = append(open, c)
				// What the server did not read when it closed is of no matter.
				_, _ = io.WriteString(c, "POST /api/v1/reports HTTP/1.1\r\nHost: x\r\nIdempotency-Key: chunks-chunks-chunks\r\nContent-Type: multipart/form-data; boundary=b\r\nTransfer-Encoding: chunked\r\n\r\n"+
					"10000\r\n--b\r\nContent-Disposition: form-data; name=f; filename=a\r\n\r\n"+strings.Repeat("x", 1<<16-58))
			}
			return s.send("GET", "/report", nil)
		}, harmless},
		{"chunks", "a trailer of 10,000 lines", func(s *server) answer {
			return s.raw("POST /api/v1/reports HTTP/1.1\r\nHost: x\r\nIdempotency-Key: chunks-chunks-chunks\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n"+strings.Repeat("X-Y: z\r\n", 10_000)+"\r\n", time.Minute)
		}, either(refused, closed)},
	}
}

// raw writes bytes to the server and reads the answer, if one comes.
func (s *server) raw(request string, patience time.Duration) answer {
	s.t.Helper()
	c, err := net.Dial("tcp", s.addr)
	if err != nil {
		s.t.Fatal(err)
	}
	defer c.Close()
	if err := c.SetDeadline(time.Now().Add(patience)); err != nil {
		s.t.Fatal(err)
	}
	sent := make(chan struct{})
	go func() {
		defer close(sent)
		// A server that has seen enough answers and closes.
		_, _ = io.WriteString(c, request)
	}()
	defer func() { <-sent }()
	defer c.Close()
	res, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil {
		return answer{body: []byte(err.Error())}
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		return answer{body: []byte(err.Error())}
	}
	return answer{res.StatusCode, body, res.Header}
}

// jsonBombs are JSON that is deep, long, or says the same again and again.
func jsonBombs() []bomb {
	var list []bomb
	for _, j := range []struct{ kind, name, body string }{
		{"deep JSON", "a million arrays", strings.Repeat("[", 1<<20-1)},
		{"deep JSON", "100,000 objects", strings.Repeat(`{"reporter":`, 80_000)},
		{"deep JSON", "in a field", `{"summary":` + strings.Repeat("[", 500_000) + strings.Repeat("]", 500_000) + `}`},
		{"JSON number", "a million digits", `{"summary":` + strings.Repeat("1", 1<<20-20) + `}`},
		{"JSON number", "exponents", `{"credit":{"want":1e999999999}}`},
		{"JSON text", "1 MiB", `{"summary":"` + strings.Repeat("a", 1<<20-20) + `"}`},
		{"JSON text", "escapes", `{"what":"` + strings.Repeat(`\u0000`, 170_000) + `"}`},
		{"JSON text", "longer than is read", `{"what":"` + strings.Repeat("a", 8<<20) + `"}`},
		{"JSON names", "one name 50,000 times", `{` + strings.Repeat(`"summary":"a",`, 50_000) + `"what":"b"}`},
		{"JSON names", "100,000 names", func() string {
			var b strings.Builder
			for i := range 100_000 {
				fmt.Fprintf(&b, `,"a%d":1`, i)
			}
			return `{"summary":"a"` + b.String()[:1<<20-40] + `}`
		}()},
	} {
		for _, path := range []string{"/reports", "/reports/lint"} {
			list = append(list, bomb{j.kind, j.name + " to " + path, func(s *server) answer { return s.api("POST", path, j.body) }, either(refused, harmless, closed)})
		}
	}
	return append(list, bomb{"JSON names", "300,000 attachments", func(s *server) answer {
		return s.api("POST", "/reports", `{"attachments":[`+strings.Repeat("{},", 300_000)+`{}]}`)
	}, refused})
}

// headerBombs are requests whose head is the bomb.
func headerBombs() []bomb {
	get := func(path string, header ...string) func(*server) answer {
		return func(s *server) answer { return s.send("GET", path, nil, header...) }
	}
	long := func(s string, n int) string { return strings.Repeat(s, n/len(s)) }
	const room = 30 << 10 // a little less than a head may have
	return []bomb{
		{"header", "one of 1 MiB", get("/", "X-Y", long("y", 1<<20)), either(refused, closed)},
		{"header", "10,000 of them", func(s *server) answer {
			return s.raw("GET / HTTP/1.1\r\nHost: x\r\n"+strings.Repeat("X: y\r\n", 10_000)+"\r\n", time.Minute)
		}, either(refused, closed)},
		{"header", "as long as is read", get("/", "X-Y", long("y", room)), harmless},
		{"address", "1 MiB", get("/" + long("a", 1<<20)), either(refused, closed)},
		{"address", "climbs 9,000 times", get("/team" + long("/..", room)), either(refused, harmless)},
		{"address", "escapes", get("/advisories/" + long("%2e%2e%2f", room)), refused},
		{"query", "30 KiB of names", get("/report?" + long("a&", room)), harmless},
		{"query", "states", func(s *server) answer { return s.api("GET", "/cases?"+long("state=received&", room), "") }, either(refused, harmless)},
		{"query", "a place in the queue", func(s *server) answer { return s.api("GET", "/cases?after="+long("9", room), "") }, refused},
		{"cookies", "30 KiB of them", get("/team", "Cookie", long("a=b; ", room)), harmless},
		{"conditions", "tags", get("/", "If-None-Match", long(`"a",`, room)), harmless},
		{"conditions", "codings", get("/", "Accept-Encoding", long("gzip;q=0.5,", room)), harmless},
		{"conditions", "languages", get("/", "Accept-Language", long("en-x-a;q=0.5,", room)), harmless},
		{"conditions", "ranges", get("/", "Range", "bytes=0-"+long(",0-", room)), either(refused, harmless, []int{206})},
		{"credentials", "a phrase of 30 KiB", get("/api/v1/mailbox", "Authorization", "Phrase "+long("zoo ", room)), refused},
		{"credentials", "twelve words that are none", get("/api/v1/mailbox", "Authorization", "Phrase "+strings.Repeat(long("zoox", 80)+" ", 12)), either(refused, []int{403})},
		{"credentials", "a token of 30 KiB", get("/api/v1/cases", "Authorization", "Bearer stw_"+long("a", room)), either(refused, []int{401, 403})},
		{"forwarded", "5,000 clients", get("/report", "X-Forwarded-For", long("a, ", room)), harmless},
	}
}
