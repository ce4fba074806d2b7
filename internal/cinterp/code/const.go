package code

import (
	"math"
	"math/big"

	"modernc.org/cc/v4"
)

// constOf gives an integer or floating constant that cc computed for a leaf.
func (f *fn) constOf(n cc.ExpressionNode) val {
	t := typeOf(n.Type())
	v := val{k: true, t: t, ct: n.Type()}
	switch x := n.Value().(type) {
	case cc.Int64Value:
		v.n = uint64(x)
		if t.isFloat() {
			v.n = math.Float64bits(float64(x))
		}
	case cc.UInt64Value:
		v.n = uint64(x)
		if t.isFloat() {
			v.n = math.Float64bits(float64(x))
		}
	case cc.Float64Value:
		v.n = math.Float64bits(roundTo(float64(x), t))
	case *cc.LongDoubleValue:
		d, _ := (*big.Float)(x).Float64()
		v.n = math.Float64bits(d)
	case *cc.ZeroValue:
	default:
		f.fail(n, "this constant is not supported")
	}
	if t.isInt() {
		v.n = extend(v.n, t)
	}
	if !t.isScalar() {
		f.fail(n, "a constant of type %s is not supported", n.Type())
	}
	return v
}

func roundTo(d float64, t T) float64 {
	if t == F32 {
		return float64(float32(d))
	}
	return d
}

// extend wraps an integer into its type, extended to 64 bits.
func extend(n uint64, t T) uint64 {
	switch t {
	case I8:
		return uint64(int64(int8(n)))
	case U8:
		return uint64(uint8(n))
	case I16:
		return uint64(int64(int16(n)))
	case U16:
		return uint64(uint16(n))
	case I32:
		return uint64(int64(int32(n)))
	case U32:
		return uint64(uint32(n))
	case TBool:
		if n != 0 {
			return 1
		}
		return 0
	}
	return n
}
