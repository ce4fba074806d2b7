package osv

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"
)

// export makes one of so many records that look like Debian's: a CVE each, with
// the releases that it touches and all versions that there were, and an advisory
// for every fifth.
func export(t testing.TB, records int) (raw []byte, unpacked int) {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	put := func(id, text string) {
		w, err := z.Create(id + ".json")
		if err == nil {
			_, err = io.WriteString(w, text)
		}
		if err != nil {
			t.Fatal(err)
		}
		unpacked += len(text)
	}
	for i := range records * 5 / 6 {
		source := fmt.Sprintf("source-%d", i%7919*i%3001)
		day := fmt.Sprintf("20%02d-%02d-%02dT10:20:30.123456Z", 10+i%15, 1+i%12, 1+i%28)
		var aff []string
		for r := 11; r <= 14; r++ {
			var versions []string
			for v := range 5 + i%60 {
				versions = append(versions, fmt.Sprintf("%d.%d.%d-%d+deb%du%d", i%9, v/10, v%10, 1+i%4, r, v%7))
			}
			events := `{"introduced":"0"}`
			if i%3 > 0 {
				events += fmt.Sprintf(`,{"fixed":"%d.9-1"}`, i%9)
			}
			aff = append(aff, fmt.Sprintf(`{"package":{"name":%q,"ecosystem":"Debian:%d","purl":"pkg:deb/debian/%s?arch=source"},"ranges":[{"type":"ECOSYSTEM","events":[%s]}],"versions":["%s"],"ecosystem_specific":{"urgency":"not yet assigned"},"database_specific":{"source":"https://storage.googleapis.com/debian-osv/debian-cve-osv/DEBIAN-CVE.json"}}`,
				source, r, source, events, strings.Join(versions, `","`)))
		}
		cve := fmt.Sprintf("CVE-20%02d-%d", 10+i%15, 10000+i)
		put("DEBIAN-"+cve, fmt.Sprintf(`{"id":"DEBIAN-%s","modified":"2026-01-02T03:04:05Z","published":%q,"details":%q,"upstream":[%q],"affected":[%s],"schema_version":"1.7.3","severity":[{"type":"CVSS_V3","score":"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}]}`,
			cve, day, strings.Repeat("A fault in a \"parser\" lets who sends a file run code. ", 8), cve, strings.Join(aff, ",")))
		if i%5 == 0 {
			put(fmt.Sprintf("DSA-%d-1", i), fmt.Sprintf(`{"id":"DSA-%d-1","published":%q,"upstream":[%q],"affected":[{"package":{"name":%q,"ecosystem":"Debian:12"},"ranges":[{"type":"ECOSYSTEM","events":[{"introduced":"0"},{"fixed":"1"}]}]}]}`, i, day, cve, source))
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes(), unpacked
}

// BenchmarkRead reads an export somewhat larger than Debian's.
func BenchmarkRead(b *testing.B) {
	raw, unpacked := export(b, 100_000)
	b.SetBytes(int64(unpacked))
	b.ReportAllocs()
	var k *Known
	for b.Loop() {
		var err error
		if k, err = ReadZip(b.Context(), bytes.NewReader(raw), int64(len(raw)), Want{Ecosystem: "Debian", Release: "12"}); err != nil || len(k.Gaps) > 0 || k.Records < 99_000 {
			b.Fatal(err, k)
		}
	}
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	b.ReportMetric(float64(m.HeapAlloc-uint64(len(raw)))/1e6, "MB-held")
	runtime.KeepAlive(k)
	b.Logf("%d records in %d MB, %d MB unpacked", k.Records, len(raw)>>20, unpacked>>20)
}
