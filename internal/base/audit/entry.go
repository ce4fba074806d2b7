package audit

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"steward/internal/base/db"
	"steward/internal/base/seal"
)

// Entry is one deed.
type Entry struct {
	Seq       int64 // 1, 2, 3 …
	At        time.Time
	Actor     string // user id, or "reporter", "system", "anonymous"
	ActorName string // the name at that time
	Role      string
	Action    string            // as package acl names it
	Subject   string            // "case/<id>", "user/<id>" or ""
	Sealed    bool              // whether Detail is sealed in the database
	Detail    map[string]string // nil if it is sealed and no key was given
	Prev      string            // hash of the entry before; "" for the first
	Hash      string            // hexadecimal SHA-256
}

// stored is an entry as the database has it.
type stored struct {
	Entry
	at     int64  // microseconds UTC
	detail []byte // JSON, or that sealed
}

// sum computes the hash over everything stored but the hash itself. Every
// field is preceded by its length or has a fixed one, so that no two
// different entries give the same bytes.
func (s *stored) sum() string {
	b := []byte("steward audit 1\n")
	b = binary.BigEndian.AppendUint64(b, uint64(s.Seq))
	b = binary.BigEndian.AppendUint64(b, uint64(s.at))
	for _, text := range []string{s.Actor, s.ActorName, s.Role, s.Action, s.Subject, strconv.FormatBool(s.Sealed), string(s.detail), s.Prev} {
		b = binary.BigEndian.AppendUint64(b, uint64(len(text)))
		b = append(b, text...)
	}
	h := sha256.Sum256(b)
	return hex.EncodeToString(h[:])
}

// place is the context in which the detail of an entry is sealed.
func place(seq int64) string { return "audit/" + strconv.FormatInt(seq, 10) }

// open gives the entry with its detail readable, as far as key allows.
func (s *stored) open(key *seal.Key) (Entry, error) {
	e := s.Entry
	plain := s.detail
	if s.Sealed {
		if key == nil {
			return e, nil
		}
		var err error
		if plain, err = key.Open(place(s.Seq), s.detail); err != nil {
			return e, fmt.Errorf("opening audit entry %d: %w", s.Seq, err)
		}
	}
	if err := json.Unmarshal(plain, &e.Detail); err != nil {
		return e, fmt.Errorf("reading audit entry %d: %w", s.Seq, err)
	}
	return e, nil
}

const columns = "seq, at, actor, actor_name, role, action, subject, sealed, detail, prev, hash"

type scanner interface{ Scan(dest ...any) error }

func scan(row scanner) (*stored, error) {
	var s stored
	err := row.Scan(&s.Seq, &s.at, &s.Actor, &s.ActorName, &s.Role, &s.Action, &s.Subject, &s.Sealed, &s.detail, &s.Prev, &s.Hash)
	if err != nil {
		return nil, fmt.Errorf("reading the audit record: %w", err)
	}
	s.At = db.FromMicros(s.at)
	return &s, nil
}
