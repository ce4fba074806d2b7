package sign

import "encoding/base64"

// enarmor writes the one armor that we use (rfc4880:6.2): no headers, lines of
// 64, a checksum because older readers ask for it, and a newline at the end.
// The library's does the same; its checksum, bit by bit, took longer than all
// the cryptography of a letter.
func enarmor(block string, raw []byte) ([]byte, error) {
	const perLine = 48 // bytes that make 64 characters
	size := 2*len("-----BEGIN -----\n") + 2*len(block) + len("\n=AAAA\n") + base64.StdEncoding.EncodedLen(len(raw)) + len(raw)/perLine + 1
	b := make([]byte, 0, size)
	b = append(b, "-----BEGIN "+block+"-----\n\n"...)
	for rest := raw; len(rest) > 0; {
		line := rest[:min(perLine, len(rest))]
		rest = rest[len(line):]
		b = base64.StdEncoding.AppendEncode(b, line)
		b = append(b, '\n')
	}
	sum := crc24(raw)
	b = append(b, '=')
	b = base64.StdEncoding.AppendEncode(b, []byte{byte(sum >> 16), byte(sum >> 8), byte(sum)})
	return append(b, "\n-----END "+block+"-----\n"...), nil
}

// crcTables are the remainders of each byte at the end of four, rfc4880:6.1.
var crcTables = func() (tables [4][256]uint32) {
	const polynomial = 0x864cfb << 8 // in the upper 24 bits
	for i := range 256 {
		crc := uint32(i) << 24
		for range 8 {
			carry := crc >> 31
			crc = crc<<1 ^ carry*polynomial
		}
		tables[0][i] = crc
	}
	for n := 1; n < 4; n++ {
		for i := range 256 {
			before := tables[n-1][i]
			tables[n][i] = before<<8 ^ tables[0][before>>24]
		}
	}
	return tables
}()

// crc24 is the checksum of armor, four bytes at a time.
func crc24(data []byte) uint32 {
	crc := uint32(0xb704ce) << 8
	for len(data) >= 4 {
		crc ^= uint32(data[0])<<24 | uint32(data[1])<<16 | uint32(data[2])<<8 | uint32(data[3])
		crc = crcTables[3][crc>>24] ^ crcTables[2][crc>>16&0xff] ^ crcTables[1][crc>>8&0xff] ^ crcTables[0][crc&0xff]
		data = data[4:]
	}
	for _, c := range data {
		crc = crc<<8 ^ crcTables[0][byte(crc>>24)^c]
	}
	return crc >> 8
}
