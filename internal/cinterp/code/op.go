package code

// Op is an operation. Typed families are in the order of T's arithmetic
// types (I32, U32, I64, U64, F32, F64) or of memory types (I8 to Ptr), so that
// the compiler adds the type to the first of a family.
type Op uint16

// Instr is one instruction: registers A, B and C and a constant.
type Instr struct {
	Op      Op
	A, B, C uint16
	K       int64
}

// The operations. dst is A unless said otherwise.
const (
	OpNop     Op = iota
	OpMov        // A = B
	OpK          // A = K
	OpStatic     // A = pointer to static object K
	OpFuncPtr    // A = pointer to function K
	OpCannot     // stop: message K

	OpLdI8 // A = *(B+K); C = access
	OpLdU8
	OpLdI16
	OpLdU16
	OpLdI32
	OpLdU32
	OpLdI64
	OpLdU64
	OpLdF32
	OpLdF64
	OpLdPtr
	OpLdxI8 // A = B[C], K = scale | access<<16 | bound<<32
	OpLdxU8
	OpLdxI16
	OpLdxU16
	OpLdxI32
	OpLdxU32
	OpLdxI64
	OpLdxU64
	OpLdxF32
	OpLdxF64
	OpLdxPtr
	OpSt8 // *(B+K) = A; C = access
	OpSt16
	OpSt32
	OpSt64
	OpStF32
	OpStPtr
	OpStx8 // B[C] = A, K = scale | access<<16 | bound<<32
	OpStx16
	OpStx32
	OpStx64
	OpStxF32
	OpStxPtr
	OpCopyByte // *A = *B, K = 1: a character that may have no value
	OpLdAny    // A = *(B+int32(K)) of type C, at any address; access in K>>32
	OpStAny    // *(B+int32(K)) = A of type C, at any address; access in K>>32
	OpLdBits   // A = bit-field at B; K packed by Bits
	OpStBits   // bit-field at B = A
	OpCopy     // K bytes from B to A; C = access
	OpZero     // K bytes at A+C are zero
	OpFill     // string object C's bytes to A, K = size | offset<<32

	OpMember   // A = B+K, inside the object
	OpDecay    // A = B+off with bounds: K = off | length<<32
	OpIdx      // A = address of B[C], K = scale | bound<<32, for an access
	OpPtrAdd   // A = B + C*K
	OpPtrSub   // A = B - C*K
	OpPtrAddK  // A = B + K
	OpPtrDiff  // A = (B-C)/K
	OpPtrToInt // A = integer of pointer B
	OpIntToPtr // A = pointer of integer B
	OpPtrCast  // A = B without the bounds of a sub-object

	OpAddI32
	OpAddU32
	OpAddI64
	OpAddU64
	OpAddF32
	OpAddF64
	OpSubI32
	OpSubU32
	OpSubI64
	OpSubU64
	OpSubF32
	OpSubF64
	OpMulI32
	OpMulU32
	OpMulI64
	OpMulU64
	OpMulF32
	OpMulF64
	OpDivI32
	OpDivU32
	OpDivI64
	OpDivU64
	OpDivF32
	OpDivF64
	OpModI32
	OpModU32
	OpModI64
	OpModU64
	OpShlI32
	OpShlU32
	OpShlI64
	OpShlU64
	OpShrI32
	OpShrU32
	OpShrI64
	OpShrU64
	OpAnd
	OpOr
	OpXor

	OpAddKI32 // A = B op K
	OpAddKU32
	OpAddKI64
	OpAddKU64
	OpMulKI32
	OpMulKU32
	OpMulKI64
	OpMulKU64
	OpShlKU32 // K is in range
	OpShlKU64
	OpShrKI32
	OpShrKU32
	OpShrKI64
	OpShrKU64
	OpAndK
	OpOrK
	OpXorK
	OpRotK32 // A = B rotated left by K, 32 bits

	OpNegI32
	OpNegU32
	OpNegI64
	OpNegU64
	OpNegF
	OpCpl // ~, signed
	OpCplU32

	OpExtI8 // A = B wrapped and extended
	OpExtU8
	OpExtI16
	OpExtU16
	OpExtI32
	OpExtU32
	OpBool   // A = B != 0
	OpBoolF  // A = B != 0.0
	OpStoF64 // signed integer to double
	OpUtoF64 //
	OpStoF32 //
	OpUtoF32 //
	OpF64toF32
	OpFtoInt // A = integer of B, C = T of the target

	OpLtS // A = B < C
	OpLtU
	OpLtF
	OpLtP
	OpLeS
	OpLeU
	OpLeF
	OpLeP
	OpEq
	OpEqF
	OpEqP
	OpNe
	OpNeF
	OpNeP
	OpNot // A = !B

	OpJmp // to K
	OpJz  // to K if A == 0
	OpJnz
	OpJLtS // to K if A < B
	OpJLtU
	OpJLeS
	OpJLeU
	OpJEq
	OpJNe
	OpJLtKS // to K>>32 if A < int32(K)
	OpJLtKU
	OpJLeKS
	OpJLeKU
	OpJGtKS
	OpJGtKU
	OpJGeKS
	OpJGeKU
	OpJEqK
	OpJNeK
	OpJInd   // to the place that A says, K: number of the function's labels
	OpSwitch // table K by A

	OpCall      // A = function K, arguments from B, C = call site
	OpCallQuick // as OpCall, for a function that it surely fits
	OpCallPtr   // A = function that register K points to, arguments from B
	OpRet       // return A; B = 1: there is a value
	OpRetMem    // copy K bytes from A to the hidden result, return it
	OpEnd       // the end of a function with a result was reached
	OpMissing   // B, a missing result, is used

	OpFresh  // local object K begins (again): A = pointer to it
	OpKill   // local object K of register A ends
	OpVLA    // A = pointer to a new array of B bytes, K = local
	OpCheckN // the VLA's length B must be positive: type K

	OpCheck       // variable A must have a value; B = its flag
	OpSet         // variable A has a value now; B = its flag
	OpUnset       // variable A has none; B = its flag
	OpUB          // finding K of Program.Static
	OpVaType      // the argument that A points to has type C; K is its size
	OpCplx        // complex *A = *B op *C: K = T of a part | 1<<8 to divide | size of a part<<16
	OpSeqIn       // an access for the table of the full expression
	OpSeqEnd      // forget the table
	OpConst       // the object A points to is constant now
	OpPlace       // place K of Orders is reached
	OpThread      // A = pointer to this thread's object K
	OpAtomic      // A = result of atomic operation K on the registers from B, see Atomic
	OpRestrict    // restrict pointer K has a new value, in A; B = 1: its first
	OpRestrictNew // the block of restrict pointer K begins
	OpRestrictEnd // the block of restrict pointer K ends
	OpLive        // the value of pointer A is used: its object must not have ended
	OpAligned     // pointer A becomes one to a type that is aligned to K
	OpIsBool      // A, read from memory, must be 0 or 1
	OpOverlap     // K>>32 bytes are assigned to A from K&0xffffffff bytes at B
	OpSizes       // the lengths A and B of two arrays must be the same
	OpCount
)

// Bits packs what a bit-field's access needs.
func Bits(off int64, bit, width, bytes int, signed bool) int64 {
	k := off<<32 | int64(bit)<<16 | int64(width)<<8 | int64(bytes)<<1
	if signed {
		k |= 1
	}
	return k
}
