package lib

import (
	"math/big"

	"modernc.org/cc/v4"

	"steward/internal/cinterp/code"
	"steward/internal/cinterp/run"
)

// overflow is GNU's __builtin_add_overflow and its kin: the exact result,
// stored as the type that the third argument points to.
func overflow(f func(z, a, b *big.Int) *big.Int) run.LibFunc {
	return func(c *call) (slot, bool) {
		if len(c.Site.Args) != 3 {
			return slot{}, c.VM.Cannot("%s needs three arguments", c.Name)
		}
		pt, ok := c.Site.Args[2].Type.(*cc.PointerType)
		if !ok || !cc.IsIntegerType(pt.Elem()) {
			return slot{}, c.VM.Cannot("%s of this type is not supported", c.Name)
		}
		z := f(new(big.Int), exact(c, 0), exact(c, 1))
		t := code.TypeOf(pt.Elem())
		n := uint(t.Bits())
		low := new(big.Int).And(z, new(big.Int).Sub(new(big.Int).Lsh(big.NewInt(1), n), big.NewInt(1))).Uint64()
		stored := new(big.Int).SetUint64(low)
		if t.Signed() {
			stored.SetInt64(int64(low<<(64-n)) >> (64 - n))
		}
		if !c.VM.Store(arg(c, 2), t, slot{N: low}) {
			return slot{}, false
		}
		return yes(stored.Cmp(z) != 0)
	}
}

func exact(c *call, i int) *big.Int {
	if c.Site.Args[i].T.Signed() {
		return big.NewInt(int64(arg(c, i).N))
	}
	return new(big.Int).SetUint64(arg(c, i).N)
}
