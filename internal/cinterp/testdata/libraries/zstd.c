/* Packs and unpacks by zstd at several levels, with a dictionary, and in a
   stream; what was damaged is refused. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "zstd.h"

enum { SIZE = 20000 };
static char text[SIZE], packed[SIZE + 1000], back[SIZE];

static void at(int level, const void *dict, size_t dict_size)
{
	ZSTD_CCtx *c = ZSTD_createCCtx();
	ZSTD_DCtx *d = ZSTD_createDCtx();
	size_t n = ZSTD_compress_usingDict(c, packed, sizeof packed, text, SIZE, dict, dict_size, level);
	size_t m = ZSTD_decompress_usingDict(d, back, SIZE, packed, n, dict, dict_size);
	printf("level %d: %s\n", level, !ZSTD_isError(n) && m == SIZE && memcmp(text, back, SIZE) == 0 ? "same" : "lost");
	if (n > 30) {
		packed[n / 2] ^= 0x55;
		m = ZSTD_decompress_usingDict(d, back, SIZE, packed, n, dict, dict_size);
		printf("damaged: %s\n", ZSTD_isError(m) || memcmp(text, back, SIZE) ? "seen" : "not seen");
	}
	ZSTD_freeCCtx(c);
	ZSTD_freeDCtx(d);
}

static void in_pieces(void)
{
	ZSTD_CStream *c = ZSTD_createCStream();
	ZSTD_DStream *d = ZSTD_createDStream();
	ZSTD_outBuffer out = {packed, sizeof packed, 0};
	ZSTD_initCStream(c, 3);
	for (size_t i = 0; i < SIZE; i += 1000) {
		ZSTD_inBuffer in = {text + i, 1000, 0};
		while (in.pos < in.size)
			ZSTD_compressStream(c, &out, &in);
	}
	size_t left = ZSTD_endStream(c, &out);
	ZSTD_inBuffer all = {packed, out.pos, 0};
	ZSTD_outBuffer plain = {back, SIZE, 0};
	ZSTD_initDStream(d);
	while (all.pos < all.size)
		if (ZSTD_isError(ZSTD_decompressStream(d, &plain, &all)))
			break;
	printf("stream: %s\n", left == 0 && plain.pos == SIZE && memcmp(text, back, SIZE) == 0 ? "same" : "lost");
	ZSTD_freeCStream(c);
	ZSTD_freeDStream(d);
}

int main(void)
{
	static const char words[] = "the quick brown fox jumps over the lazy dog ";
	for (unsigned i = 0, x = 1; i < SIZE; i++) {
		x = x * 1103515245u + 12345u;
		text[i] = words[(i + (x >> 16) % 3) % (sizeof words - 1)];
	}
	at(-5, NULL, 0);
	for (int level = 1; level <= 19; level += 3)
		at(level, NULL, 0);
	at(3, words, sizeof words - 1);
	in_pieces();
	return 0;
}
