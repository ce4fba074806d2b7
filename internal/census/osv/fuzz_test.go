package osv

import (
	"bytes"
	"encoding/json"
	"testing"
)

// FuzzRecord reads one record. What a general reader of JSON finds by the same
// names, and without doubles, is found here too.
func FuzzRecord(f *testing.F) {
	f.Add([]byte(`{"id":"DEBIAN-CVE-2024-3094","published":"2024-03-29T16:51:12Z","upstream":["CVE-2024-3094"],"affected":[{"package":{"ecosystem":"Debian:12","name":"xz-utils"},"ranges":[{"type":"ECOSYSTEM","events":[{"introduced":"0"},{"fixed":"5.6.1+really5.4.5-1"}]}]}]}`))
	f.Add([]byte(`{"id":"DSA-1-1","withdrawn":null,"x":["\\\"",{}],"affected":null}`))
	f.Add([]byte(`{"id":"A\u0041","aliases":["B",""],"affected":[{"package":{"name":"a","ecosystem":"Debian"}}]}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		want := Want{Ecosystem: "Debian", Release: "12"}
		var r record
		facts := 0
		v, wrong := r.read(raw, &want, func(fc fact) {
			facts++
			if fc.source == "" || fc.id == "" || fc.day < 0 || fc.fix > fixed {
				t.Errorf("%+v", fc)
			}
		})
		if (v == broken) != (wrong != "") && v != taken || facts > maxPairs || (v == taken) != (facts > 0) {
			t.Errorf("%v %q, %d facts", v, wrong, facts)
		}
		var general map[string]json.RawMessage
		if json.Unmarshal(raw, &general) != nil || general == nil || v == broken {
			return
		}
		var id string
		if bytes.Count(raw, []byte(`"id"`)) == 1 && json.Unmarshal(general["id"], &id) == nil && id != r.id {
			t.Errorf("id %q, want %q", r.id, id)
		}
	})
}

// FuzzZip reads an export.
func FuzzZip(f *testing.F) {
	raw, _ := export(f, 6)
	f.Add(raw)
	f.Add([]byte("PK\x05\x06" + "\x00\x00\x00\x00\x01\x00\x01\x00" + "\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		k, err := ReadZip(t.Context(), bytes.NewReader(raw), int64(len(raw)), Want{Ecosystem: "Debian", Release: "12"})
		if err == nil && (k.Records < 0 || len(k.Gaps) > maxGaps) {
			t.Errorf("%+v", k)
		}
	})
}
