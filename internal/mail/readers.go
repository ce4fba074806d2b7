package mail

import (
	"container/list"
	"crypto/sha256"
	"sync"
	"time"

	"steward/internal/base/sign"
)

// mostReaders is how many keys are kept, a few tens of KiB each.
const mostReaders = 1024

// readers keeps the keys that letters were encrypted to lately, since to read a
// key and check its signatures takes longer than to write a letter with it. A
// key is found by its bytes alone, so that no other is ever taken for it.
type readers struct {
	mu     sync.Mutex
	byHash map[[sha256.Size]byte]*list.Element
	latest list.List // of reader, the one that was used last at its front
}

type reader struct {
	hash [sha256.Size]byte
	key  *sign.Recipient
}

// key reads an armored key, as sign.ParseRecipient does, with the same errors.
func (r *readers) key(armored string, at time.Time) (*sign.Recipient, error) {
	hash := sha256.Sum256([]byte(armored))
	if k := r.find(hash); k != nil {
		return k, k.UsableAt(at) // it may have expired meanwhile
	}
	k, err := sign.ParseRecipient([]byte(armored), at)
	if err == nil {
		r.add(reader{hash, k})
	}
	return k, err
}

func (r *readers) find(hash [sha256.Size]byte) *sign.Recipient {
	r.mu.Lock()
	defer r.mu.Unlock()
	e, ok := r.byHash[hash]
	if !ok {
		return nil
	}
	r.latest.MoveToFront(e)
	return e.Value.(reader).key
}

func (r *readers) add(k reader) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.byHash == nil {
		r.byHash = map[[sha256.Size]byte]*list.Element{}
	}
	if _, ok := r.byHash[k.hash]; ok {
		return // another letter to the same reader was as fast
	}
	r.byHash[k.hash] = r.latest.PushFront(k)
	if r.latest.Len() > mostReaders {
		delete(r.byHash, r.latest.Remove(r.latest.Back()).(reader).hash)
	}
}
