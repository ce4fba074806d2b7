/* 6.2.6.1p4: a pointer that is copied byte by byte is the same pointer. */
#include <stdio.h>
#include <string.h>

int main(void)
{
	int n = 6;
	int *p = &n, *q;
	unsigned char bytes[sizeof p];
	memcpy(bytes, &p, sizeof p);
	for (size_t i = 0; i < sizeof q; i++)
		((unsigned char *)&q)[i] = bytes[i];
	*q += 1;
	printf("%d\n", n);
	return 0;
}
