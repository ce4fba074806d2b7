/* The self-tests of ciphers, hashes, modes and codes. */
#include <stdio.h>

#include <tomcrypt_test.h>

static int one(const char *name, int (*test)(void))
{
	int r = test();

	printf("%s: %s\n", name, r == CRYPT_OK ? "passed" : error_to_string(r));
	return r != CRYPT_OK;
}

int main(void)
{
	static const unsigned char seed[16] = "0123456789abcde";

	if (register_all_ciphers() != CRYPT_OK || register_all_hashes() != CRYPT_OK || register_all_prngs() != CRYPT_OK) {
		return 2;
	}
	if (yarrow_start(&yarrow_prng) != CRYPT_OK || yarrow_add_entropy(seed, sizeof seed, &yarrow_prng) != CRYPT_OK || yarrow_ready(&yarrow_prng) != CRYPT_OK) {
		return 3;
	}
	return one("ciphers and hashes", cipher_hash_test) | one("modes", modes_test) | one("macs", mac_test) |
		one("base64", base64_test) | one("misc", misc_test);
}
