/*
 * A count from a file is multiplied by a size in 32 bits: the product is
 * small, the allocation, too, and the loop is not.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

struct pixel { uint32_t red, green, blue, alpha; };

static struct pixel *load(uint32_t count)
{
	uint32_t bytes = count * (uint32_t)sizeof(struct pixel);
	struct pixel *image = malloc(bytes);
	if (image == NULL)
		return NULL;
	for (uint32_t i = 0; i < count; i++) {
		image[i].red = i; /* UB */
		image[i].alpha = 255;
	}
	return image;
}

int main(void)
{
	struct pixel *image = load(0x10000001);
	puts(image == NULL ? "refused" : "loaded");
	free(image);
	return 0;
}
