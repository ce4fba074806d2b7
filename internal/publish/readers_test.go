package publish

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"steward/internal/base/db/dbtest"
	"steward/internal/base/sign"
	"steward/internal/base/trial"
	"steward/internal/publish/render"
	"steward/internal/publish/tree"
)

// polled is what readers ask for again and again.
var polled = []struct {
	path  string
	count func(body []byte) (int, error) // of what never becomes less; an error: it is torn
	all   bool                           // every advisory counts
}{
	{render.CSAFFolder + indexName, countLines, true},
	{render.CSAFFolder + changesName, countRows, true},
	{osvListPath, countRows, true},
	{render.ListPath, countTotal, true},
	{render.FrontPath, countTotal, true},
	{render.Archive{Year: 2026}.Path(), countItems, false},
	{roliePath(render.Archive{Year: 2026}), countEntries, false},
	{render.FeedPath, countFeed, false},
	{providerPath, countUpdated, false},
	{servicePath, countEntries, false},
	{tree.RootPath, countSequence, false},
}

func countLines(body []byte) (int, error) {
	if !bytes.HasSuffix(body, []byte(".json\n")) {
		return 0, fmt.Errorf("it ends within a line")
	}
	return bytes.Count(body, []byte("\n")), nil
}

func countRows(body []byte) (int, error) {
	rows, err := csv.NewReader(bytes.NewReader(body)).ReadAll()
	return len(rows), err
}

var totalWords = regexp.MustCompile(`The latest \d+ of (\d+)\.`)

func countTotal(body []byte) (int, error) {
	if m := totalWords.FindSubmatch(body); m != nil && bytes.HasSuffix(body, []byte("</html>\n")) {
		return strconv.Atoi(string(m[1]))
	}
	return countItems(body) // it shows all
}

func countItems(body []byte) (int, error) {
	if !bytes.HasSuffix(body, []byte("</html>\n")) {
		return 0, fmt.Errorf("the page is not whole")
	}
	return bytes.Count(body, []byte(`<li class="tagged">`)), nil
}

func countEntries(body []byte) (int, error) {
	var v struct {
		Feed    struct{ Entry []json.RawMessage }
		Service struct {
			Workspace []struct{ Collection []json.RawMessage }
		}
	}
	err := json.Unmarshal(body, &v)
	n := len(v.Feed.Entry)
	for _, w := range v.Service.Workspace {
		n += len(w.Collection)
	}
	if n == 0 && err == nil {
		err = fmt.Errorf("it is empty")
	}
	return n, err
}

func countFeed(body []byte) (int, error) {
	var v struct {
		Updated time.Time  `xml:"updated"`
		Entry   []struct{} `xml:"entry"`
	}
	if err := xml.Unmarshal(body, &v); err != nil || len(v.Entry) == 0 {
		return 0, fmt.Errorf("%d entries, %w", len(v.Entry), err)
	}
	return int(v.Updated.Unix()), nil
}

func countUpdated(body []byte) (int, error) {
	var m metadata
	err := json.Unmarshal(body, &m)
	return int(m.LastUpdated.Unix()), err
}

func countSequence(body []byte) (int, error) {
	_, rest, _ := strings.Cut(string(body), "\n# sequence ")
	n, _, _ := strings.Cut(rest, "\n")
	return strconv.Atoi(n)
}

// readers poll a site while it is published.
type readers struct {
	*testing.T
	url    string
	client *http.Client
	key    *sign.Verifier
	acked  atomic.Int64 // advisories that a publisher was told are out
	left   atomic.Int64 // reads to do
	enough atomic.Bool  // the publisher has published often enough meanwhile
	faults atomic.Int64 // reads that found something torn, gone or less than before
	done   sync.WaitGroup
}

// read lets eight readers do that many reads. Wait for done.
func read(t *testing.T, p *Publisher, reads, acked int) *readers {
	t.Helper()
	server := httptest.NewServer(p.Handler())
	t.Cleanup(server.Close)
	key, err := sign.NewVerifier(p.Signer.PublicKey(), time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	r := &readers{T: t, url: server.URL, key: key,
		client: &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 8, DisableCompression: true}}}
	t.Cleanup(r.client.CloseIdleConnections)
	r.acked.Store(int64(acked))
	r.left.Store(int64(reads))
	for i := range 8 {
		r.done.Go(func() {
			seen := map[string]int{}
			for n := i; r.left.Add(-1) >= 0 || !r.enough.Load(); n++ {
				if err := r.one(n, seen); err != nil {
					if r.faults.Add(1) < 10 {
						t.Error(err)
					}
				}
			}
		})
	}
	return r
}

// one reads one file, checks that it is whole by its form and by the hash in
// its tag, and that it says no less than this reader has seen and
// than publishers had been told before.
func (r *readers) one(n int, seen map[string]int) error {
	p := polled[n%len(polled)]
	floor := int(r.acked.Load())
	coding := []string{"identity", "gzip"}[n/len(polled)%2]
	body, sum, err := r.get(p.path, coding)
	if err != nil {
		return err
	}
	count, err := p.count(body)
	if err != nil {
		return fmt.Errorf("%s is torn: %w", p.path, err)
	}
	if count < seen[p.path] || p.all && count < floor {
		return fmt.Errorf("%s says %d after %d and %d that were acknowledged", p.path, count, seen[p.path], floor)
	}
	seen[p.path] = count
	if n%5 > 0 {
		return nil
	}
	return r.companions(p.path, body, sum)
}

// companions reads the hash and the signature of a file. Both fit it, unless
// the file has changed meanwhile.
func (r *readers) companions(path string, body []byte, sum string) error {
	hash, _, err := r.get(path+".sha256", "identity")
	if err != nil {
		return err
	}
	signature, _, err := r.get(path+".asc", "identity")
	if err != nil {
		return err
	}
	_, again, err := r.get(path, "identity")
	if err != nil || again != sum {
		return err
	}
	if !strings.HasPrefix(string(hash), sum+" ") {
		return fmt.Errorf("%s.sha256 is of another version", path)
	}
	if err := r.key.Verify(body, signature); err != nil {
		return fmt.Errorf("%s.asc: %w", path, err)
	}
	return nil
}

// get reads a file, compares what was sent with the hash in its tag, and gives
// the hash of the file itself.
func (r *readers) get(path, coding string) (body []byte, sum string, err error) {
	req, err := http.NewRequestWithContext(r.Context(), http.MethodGet, r.url+"/"+path, nil)
	if err != nil {
		return nil, "", err
	}
	req.Header.Set("Accept-Encoding", coding)
	res, err := r.client.Do(req)
	if err != nil {
		return nil, "", err
	}
	defer res.Body.Close()
	if body, err = io.ReadAll(res.Body); err != nil {
		return nil, "", fmt.Errorf("%s is torn: %w", path, err)
	}
	sent, tag := sha256.Sum256(body), strings.Trim(res.Header.Get("Etag"), `"`)
	if res.StatusCode != http.StatusOK || tag != hex.EncodeToString(sent[:16]) {
		return nil, "", fmt.Errorf("%s: status %d, tag %s of other bytes than %x", path, res.StatusCode, tag, sent)
	}
	if res.Header.Get("Content-Encoding") == "gzip" {
		from, err := gzip.NewReader(bytes.NewReader(body))
		if err != nil {
			return nil, "", fmt.Errorf("%s is torn: %w", path, err)
		}
		if body, err = io.ReadAll(from); err != nil {
			return nil, "", fmt.Errorf("%s is torn: %w", path, err)
		}
	}
	return body, fmt.Sprintf("%x", sha256.Sum256(body)), nil
}

// Readers who poll while advisories are released, one after the other and as
// fast as it goes, never find a file torn, one that says less than before, one
// that lacks what a publisher was told is out, or one that its hash or
// signature does not fit. STEWARD_READS says how many reads that are.
func TestReaders(t *testing.T) {
	t.Parallel()
	w := newWorld(t, dbtest.Open(t, "sqlite"))
	const before = 60 // more than the feed and the front page show
	w.release(before)
	w.update(site())
	r := read(t, w.Publisher, trial.Setting(t, "STEWARD_READS", 2000), before)
	published := 0
	for ; r.left.Load() > 0 || published < 5; published++ {
		w.release(1)
		w.update(site())
		r.acked.Add(1)
	}
	r.enough.Store(true)
	r.done.Wait()
	t.Logf("%d publications; %d reads at fault", published, r.faults.Load())
}
