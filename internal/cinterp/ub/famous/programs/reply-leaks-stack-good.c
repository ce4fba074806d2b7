/*
 * A reply is filled for the fields that are known; all of it is sent, and its
 * bytes are looked at on the way.
 */
#include <stdio.h>
#include <string.h>

struct reply { int code; char text[12]; };

static unsigned checksum(const struct reply *r)
{
	unsigned sum = (unsigned)r->code;
	for (size_t i = 0; i < sizeof r->text; i++)
		sum = sum * 31 + (unsigned char)r->text[i];
	return sum;
}

static unsigned make(int code, const char *text)
{
	struct reply r;
	memset(&r, 0, sizeof r);
	r.code = code;
	strcpy(r.text, text);
	return checksum(&r);
}

int main(void)
{
	printf("%d\n", make(200, "ok") == make(200, "ok"));
	return 0;
}
