/* Packs a text of SIZE bytes with zlib, unpacks it and compares. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "zlib.h"

#ifndef SIZE
#define SIZE 102400
#endif

static const char *const words[] = {
	"the ", "object ", "is ", "read ", "before ", "it ", "has ", "a ", "value ", "and ",
	"its ", "pointer ", "ends ", "with ", "block, ", "memory ", "of ", "another ", "kind.\n", "42 ",
};

/* Older zlibs copy fields that nobody wrote. */
static voidpf cleared(voidpf opaque, uInt n, uInt size)
{
	(void)opaque;
	return calloc(n, size);
}

static void drop(voidpf opaque, voidpf p)
{
	(void)opaque;
	free(p);
}

int main(void)
{
	unsigned char *text = malloc(SIZE), *back = malloc(SIZE);
	uLong most = compressBound(SIZE);
	unsigned char *packed = malloc(most);
	z_stream in = {.zalloc = cleared, .zfree = drop}, out = in;
	unsigned seed = 1;
	size_t used = 0;
	if (text == NULL || back == NULL || packed == NULL)
		return 1;
	while (used < SIZE) {
		seed = seed * 1103515245u + 12345u;
		for (const char *w = words[(seed >> 16) % 20]; *w != 0 && used < SIZE; w++)
			text[used++] = (unsigned char)*w;
	}
	if (deflateInit(&in, 6) != Z_OK || inflateInit(&out) != Z_OK)
		return 1;
	in.next_in = text;
	in.avail_in = SIZE;
	in.next_out = packed;
	in.avail_out = (uInt)most;
	if (deflate(&in, Z_FINISH) != Z_STREAM_END)
		return 1;
	out.next_in = packed;
	out.avail_in = (uInt)in.total_out;
	out.next_out = back;
	out.avail_out = SIZE;
	if (inflate(&out, Z_FINISH) != Z_STREAM_END || out.total_out != SIZE || memcmp(text, back, SIZE) != 0)
		return 1;
	printf("%lu %lx\n", in.total_out, crc32(adler32(1, text, SIZE), packed, (uInt)in.total_out));
	deflateEnd(&in);
	inflateEnd(&out);
	free(text);
	free(back);
	free(packed);
	return 0;
}
