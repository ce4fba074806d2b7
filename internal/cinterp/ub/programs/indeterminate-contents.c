/* A record that was cut short is used. */
#include <stdio.h>
#include <string.h>

struct record { char key[4]; char value[4]; };

int main(void)
{
	struct record r;
	FILE *f = tmpfile();
	if (f == NULL)
		return 1;
	fwrite("key1val", 1, 7, f);
	rewind(f);
	size_t got = fread(&r, sizeof r, 1, f);
	fclose(f);
	printf("%d %d\n", (int)got, r.value[0] == 'v'); /* UB */
	return 0;
}
