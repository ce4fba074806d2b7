package race

import (
	"bytes"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"mime/multipart"
	"net/http"
	"net/http/cgi"
	"net/http/httptest"
	"net/textproto"
	"os"
	"path"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"steward/internal/base/sign"
)

// provider is gocsaf's csaf_provider as its manual sets it up: started by a web
// server for each upload, beside the folder that it fills. Its checks are the
// schema's alone; of Steward's work it does the CSAF document, its hashes and
// signature, the feed, the index and the list of changes, and syncs nothing.
type provider struct {
	*testing.B
	url    string
	white  string // the link to the folder of the documents
	signer *sign.Signer
}

const (
	providerFeed  = "/.well-known/csaf/white/csaf-feed-tlp-white.json"
	providerEntry = "/cgi-bin/csaf_provider.go"
)

const providerSettings = `folder = %[1]q
web = %[2]q
openpgp_public_key = %[3]q
openpgp_private_key = %[4]q
no_passphrase = true
canonical_url_prefix = "https://localhost"
tlps = ["csaf", "white"]
write_indices = true
create_service_document = true
[provider_metadata.publisher]
category = "vendor"
name = "Example"
namespace = "https://example.org"
`

func newProvider(b *testing.B) *provider {
	dir := b.TempDir()
	p := &provider{B: b, white: filepath.Join(dir, "web", ".well-known", "csaf", "white")}
	var err error
	if p.signer, err = sign.Generate(nil, "Example", "security@example.org", time.Now().Add(-time.Hour)); err != nil {
		b.Fatal(err)
	}
	private, err := p.signer.Private()
	if err != nil {
		b.Fatal(err)
	}
	settings, public, secret := filepath.Join(dir, "provider.toml"), filepath.Join(dir, "public.asc"), filepath.Join(dir, "private.asc")
	for name, data := range map[string][]byte{
		public: p.signer.PublicKey(), secret: private,
		settings: fmt.Appendf(nil, providerSettings, filepath.Join(dir, "folder"), filepath.Join(dir, "web"), public, secret),
	} {
		if err := os.WriteFile(name, data, 0o600); err != nil {
			b.Fatal(err)
		}
	}
	for _, folder := range []string{"folder", "web"} {
		if err := os.Mkdir(filepath.Join(dir, folder), 0o755); err != nil {
			b.Fatal(err)
		}
	}
	mux := http.NewServeMux()
	mux.Handle("/", http.FileServer(http.Dir(filepath.Join(dir, "web"))))
	mux.Handle(providerEntry+"/", &cgi.Handler{
		Path: installed(b, "csaf_provider-*/csaf_provider"), Root: providerEntry, Dir: dir,
		// The web server has checked who uploads.
		Env:    []string{"CSAF_CONFIG=" + settings, "SSL_CLIENT_VERIFY=SUCCESS"},
		Logger: log.New(io.Discard, "", 0), Stderr: io.Discard,
	})
	server := httptest.NewServer(mux)
	b.Cleanup(server.Close)
	p.url = server.URL
	if status, said := p.post("/api/create", "", nil); status != http.StatusOK {
		b.Fatalf("csaf_provider: create: %d %s", status, said)
	}
	return p
}

// post calls csaf_provider as csaf_uploader does.
func (p *provider) post(call, name string, document []byte) (status int, said string) {
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	part, err := form.CreatePart(textproto.MIMEHeader{
		"Content-Disposition": {fmt.Sprintf(`form-data; name="csaf"; filename=%q`, name)}, "Content-Type": {"application/json"},
	})
	if err != nil {
		panic(err)
	}
	_, _ = part.Write(document) // into memory
	_ = form.WriteField("tlp", "csaf")
	_ = form.Close()
	res, err := http.Post(p.url+providerEntry+call, form.FormDataContentType(), &body)
	if err != nil {
		return 0, err.Error()
	}
	defer res.Body.Close()
	text, _ := io.ReadAll(res.Body)
	return res.StatusCode, string(text)
}

// upload publishes a document and tells how long that took.
func (p *provider) upload(d document) time.Duration {
	start := time.Now()
	status, said := p.post("/api/upload", d.name(), d.data)
	took := time.Since(start)
	if status != http.StatusOK {
		p.Fatalf("csaf_provider: upload of %s: %d %s", d.id, status, said)
	}
	return took
}

// document is a CSAF document.
type document struct {
	id   string
	data []byte
}

func (d document) name() string { return strings.ToLower(d.id) + ".json" }

// like is the document under another identifier.
func (d document) like(id string) document { return document{id, d.renamed(d.data, id)} }

func (d document) renamed(text []byte, id string) []byte {
	text = bytes.ReplaceAll(text, []byte(d.id), []byte(id))
	return bytes.ReplaceAll(text, []byte(strings.ToLower(d.id)), []byte(strings.ToLower(id)))
}

// load makes the folder what it is after that many uploads. Most of it is
// written here, since as many uploads would take an hour; the last is a real
// one, after which csaf_provider has written its lists itself, and they name
// them all.
func (p *provider) load(sample document, n int) {
	first := sample.like("OLD-2026-00001")
	p.upload(first)
	var ids []string
	for i := 2; i < n; i++ {
		ids = append(ids, fmt.Sprintf("OLD-2026-%05d", i))
	}
	for _, id := range ids {
		p.write(first.like(id))
	}
	p.edit("index.txt", func(text []byte) []byte {
		line := text
		for _, id := range ids {
			text = append(text, first.renamed(line, id)...)
		}
		return text
	})
	p.edit("changes.csv", func(text []byte) []byte {
		line := text
		for _, id := range ids {
			text = append(text, first.renamed(line, id)...)
		}
		return text
	})
	p.edit(path.Base(providerFeed), func(text []byte) []byte {
		var doc struct {
			Feed map[string]json.RawMessage `json:"feed"`
		}
		var entries []json.RawMessage
		if err := json.Unmarshal(text, &doc); err != nil {
			p.Fatal(err)
		}
		if err := json.Unmarshal(doc.Feed["entry"], &entries); err != nil {
			p.Fatal(err)
		}
		for _, id := range ids {
			entries = append(entries, first.renamed(entries[0], id))
		}
		doc.Feed["entry"], _ = json.Marshal(entries)
		text, err := json.Marshal(doc)
		if err != nil {
			p.Fatal(err)
		}
		return text
	})
	p.upload(sample.like(fmt.Sprintf("OLD-2026-%05d", n)))
	if in, on := len(p.listed()), p.lines("index.txt"); in != n || on != n || p.lines("changes.csv") != n {
		p.Fatalf("csaf_provider lists %d documents in its feed and %d in its index, want %d", in, on, n)
	}
}

// edit changes a file of the documents' folder.
func (p *provider) edit(name string, change func([]byte) []byte) {
	name = filepath.Join(p.white, name)
	text, err := os.ReadFile(name)
	if err == nil {
		err = os.WriteFile(name, change(text), 0o644)
	}
	if err != nil {
		p.Fatal(err)
	}
}

// write puts a document where csaf_provider has those of its year.
func (p *provider) write(d document) {
	found, err := filepath.Glob(filepath.Join(p.white, "[0-9]*"))
	if err != nil || len(found) != 1 {
		p.Fatalf("csaf_provider has the folders %v, %v", found, err)
	}
	sig, err := p.signer.Detach(d.data, time.Now())
	if err != nil {
		p.Fatal(err)
	}
	for suffix, data := range map[string][]byte{
		"": d.data, ".asc": sig,
		".sha256": fmt.Appendf(nil, "%x %s\n", sha256.Sum256(d.data), d.name()),
		".sha512": fmt.Appendf(nil, "%x %s\n", sha512.Sum512(d.data), d.name()),
	} {
		if err := os.WriteFile(filepath.Join(found[0], d.name()+suffix), data, 0o644); err != nil {
			p.Fatal(err)
		}
	}
}

// listed gives the identifiers in the feed.
func (p *provider) listed() map[string]bool {
	text, err := os.ReadFile(filepath.Join(p.white, path.Base(providerFeed)))
	if err != nil {
		return nil
	}
	ids, _ := feedIDs(text)
	return ids
}

func (p *provider) lines(name string) int {
	text, err := os.ReadFile(filepath.Join(p.white, name))
	if err != nil {
		return 0
	}
	return bytes.Count(text, []byte("\n"))
}

// feedIDs gives the identifiers in a ROLIE feed.
func feedIDs(text []byte) (map[string]bool, error) {
	var doc struct {
		Feed struct {
			Entry []struct{ ID string }
		}
	}
	if err := json.Unmarshal(text, &doc); err != nil {
		return nil, err
	}
	ids := map[string]bool{}
	for _, e := range doc.Feed.Entry {
		ids[e.ID] = true
	}
	return ids, nil
}
