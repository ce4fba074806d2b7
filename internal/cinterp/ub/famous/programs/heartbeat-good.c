/*
 * A heartbeat is answered with as many bytes as the request says it has, not
 * as it has: what lies behind it in memory goes out, too.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { REQUEST = 1, ANSWER = 2, HEAD = 3 };

struct message { unsigned char *bytes; size_t size; };

static struct message receive(unsigned claimed, const char *payload)
{
	struct message m = {NULL, HEAD + strlen(payload)};
	m.bytes = malloc(m.size);
	if (m.bytes == NULL)
		exit(1);
	m.bytes[0] = REQUEST;
	m.bytes[1] = (unsigned char)(claimed >> 8);
	m.bytes[2] = (unsigned char)(claimed & 0xff);
	memcpy(m.bytes + HEAD, payload, strlen(payload));
	return m;
}

static struct message answer(struct message in)
{
	struct message out = {NULL, 0};
	size_t payload = (size_t)in.bytes[1] << 8 | in.bytes[2];
	if (in.size < HEAD || payload > in.size - HEAD)
		return out;
	out.bytes = malloc(HEAD + payload);
	if (out.bytes == NULL)
		exit(1);
	out.size = HEAD + payload;
	out.bytes[0] = ANSWER;
	out.bytes[1] = in.bytes[1];
	out.bytes[2] = in.bytes[2];
	memcpy(out.bytes + HEAD, in.bytes + HEAD, payload);
	return out;
}

int main(void)
{
	struct message in = receive(16384, "bird");
	struct message out = answer(in);
	printf("%d bytes of answer\n", (int)out.size);
	free(in.bytes);
	free(out.bytes);
	return 0;
}
