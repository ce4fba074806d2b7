package bombs

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"encoding/json"
	"hash/crc32"
	"mime"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"strings"

	"github.com/andybalholm/brotli"
)

// attachmentBombs are files that would be large or dangerous if anyone opened
// them. All are taken, kept as they came and given out as bytes.
func attachmentBombs() []bomb {
	var list []bomb
	for _, f := range []struct {
		name string
		data []byte
	}{
		{"random.bin", bytes.Repeat([]byte("not a bomb "), 100_000)}, // to compare with
		{"bomb.zip", zipBomb()},
		{"nested.zip", nestedZip(6)},
		{"bomb.gz", bytes.Repeat(gzipped(1<<20), 1000)}, // a gibibyte
		{"bomb.br", brotliBomb()},
		{"bomb.tar", tarBomb()},
		{"bomb.xz", []byte("\xfd7zXZ\x00\x00\x04" + strings.Repeat("\x00", 500))},
		{"bomb.png", pngClaims(65535, 65535)},
		{"bomb.svg", []byte(`<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)">` + strings.Repeat(`<g filter="url(#f)">`, 10_000))},
		{"bomb.html", []byte("<script>for(;;);</script>" + strings.Repeat("<div>", 100_000))},
		{"bomb.xml", []byte(billionLaughs)},
		{"bomb.eml", nestedMIME(500)},
	} {
		list = append(list, bomb{"attached " + f.name[strings.LastIndexByte(f.name, '.')+1:], f.name, func(s *server) answer { return s.attach(f.name, f.data) }, harmless})
	}
	return list
}

// attach sends a report with a file, and looks whether it comes back byte for
// byte and as nothing that a browser opens.
func (s *server) attach(name string, data []byte) answer {
	s.t.Helper()
	got := s.form("application/json", honest, name, data)
	if got.code != http.StatusCreated {
		return got
	}
	var queue struct {
		Cases []struct {
			Ref, Report string
		}
	}
	var receipt struct{ Phrase string }
	if err := json.Unmarshal(got.body, &receipt); err != nil {
		s.t.Fatal(err)
	}
	mailbox := s.send("GET", "/api/v1/mailbox", nil, "Authorization", "Phrase "+receipt.Phrase)
	var box struct {
		Files []struct {
			ID   string
			Size int
		}
	}
	if err := json.Unmarshal(mailbox.body, &box); err != nil || len(box.Files) != 1 || box.Files[0].Size != len(data) {
		s.t.Errorf("the mailbox with %s: %v, %s %v", name, err, mailbox.body, queue)
		return got
	}
	file := s.send("GET", "/api/v1/mailbox/files/"+box.Files[0].ID, nil, "Authorization", "Phrase "+receipt.Phrase)
	kind, params, err := mime.ParseMediaType(file.header.Get("Content-Disposition"))
	if !bytes.Equal(file.body, data) || err != nil || kind != "attachment" || params["filename"] != name ||
		file.header.Get("Content-Type") != "application/octet-stream" || file.header.Get("X-Content-Type-Options") != "nosniff" {
		s.t.Errorf("%s came back as %d bytes, %v", name, len(file.body), file.header)
	}
	return got
}

// form sends a report as a form with a file.
func (s *server) form(kind, report, name string, data []byte) answer {
	s.t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	part, err := w.CreatePart(textproto.MIMEHeader{"Content-Disposition": {`form-data; name="report"`}, "Content-Type": {kind}})
	if err == nil {
		_, err = part.Write([]byte(report))
	}
	if err == nil {
		part, err = w.CreateFormFile("file", name)
	}
	if err == nil {
		_, err = part.Write(data)
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		s.t.Fatal(err)
	}
	return s.send("POST", "/api/v1/reports", &b, "Content-Type", w.FormDataContentType())
}

// must is for writers into memory, which take all.
func must(err error) {
	if err != nil {
		panic(err)
	}
}

func gzipped(n int) []byte {
	var b bytes.Buffer
	w, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	must(err)
	_, err = w.Write(make([]byte, n))
	must(err)
	must(w.Close())
	return b.Bytes()
}

func zipBomb() []byte {
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, name := range []string{"../../etc/passwd", "a", "b", "c"} {
		f, err := w.Create(name)
		must(err)
		_, err = f.Write(make([]byte, 8<<20))
		must(err)
	}
	must(w.Close())
	return b.Bytes()
}

func nestedZip(depth int) []byte {
	inner := make([]byte, 1<<20)
	for range depth {
		var b bytes.Buffer
		w := zip.NewWriter(&b)
		for i := range 10 {
			f, err := w.Create(strings.Repeat("x", i+1) + ".zip")
			must(err)
			_, err = f.Write(inner)
			must(err)
		}
		must(w.Close())
		inner = b.Bytes()
	}
	return inner
}

func brotliBomb() []byte {
	var b bytes.Buffer
	w := brotli.NewWriterLevel(&b, 4)
	_, err := w.Write(make([]byte, 64<<20))
	must(err)
	must(w.Close())
	return b.Bytes()
}

func tarBomb() []byte {
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	must(w.WriteHeader(&tar.Header{Name: "../../../x", Size: 1 << 60, Mode: 0o777, Format: tar.FormatGNU}))
	return b.Bytes()
}

// pngClaims is a picture that says it has so many points, and none of them.
func pngClaims(width, height uint32) []byte {
	b := []byte("\x89PNG\r\n\x1a\n")
	chunk := func(kind string, data []byte) {
		b = binary.BigEndian.AppendUint32(b, uint32(len(data)))
		body := append([]byte(kind), data...)
		b = binary.BigEndian.AppendUint32(append(b, body...), crc32.ChecksumIEEE(body))
	}
	head := binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, width), height)
	chunk("IHDR", append(head, 16, 6, 0, 0, 0))
	chunk("IEND", nil)
	return b
}

const billionLaughs = `<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">
<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;"><!ENTITY d "&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;"><!ENTITY e "&d;&d;&d;&d;&d;&d;&d;&d;&d;&d;">
<!ENTITY f "&e;&e;&e;&e;&e;&e;&e;&e;&e;&e;"><!ENTITY g "&f;&f;&f;&f;&f;&f;&f;&f;&f;&f;">]><feed xmlns="http://www.w3.org/2005/Atom">&g;</feed>`

// nestedMIME is a message in a message, again and again.
func nestedMIME(depth int) []byte {
	inner := []byte("x")
	for i := range depth {
		boundary := "b" + strings.Repeat("x", i%20) + string(rune('a'+i%26))
		inner = []byte("Content-Type: multipart/mixed; boundary=" + boundary + "\r\n\r\n--" + boundary + "\r\n" + string(inner) + "\r\n--" + boundary + "--\r\n")
	}
	return inner
}
