/* 6.2.5p9: unsigned arithmetic has no overflow; 6.3.1.3p2: conversion to it reduces. */
#include <limits.h>
#include <stdio.h>

int main(void)
{
	unsigned u = UINT_MAX;
	unsigned char c = 255;
	u = u + 1U;
	c++;
	unsigned big = (unsigned)-1 * 2U;
	unsigned long s = 1UL << (sizeof(unsigned long) * CHAR_BIT - 1);
	printf("%u %d %d %d\n", u, c, big == UINT_MAX - 1, (s << 1) == 0);
	return 0;
}
