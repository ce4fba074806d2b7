/* 6.2.4p6: a local object lives from the entry of its block, however that is entered. */
#include <stdio.h>

int main(void)
{
	int turns = 0;
	goto inside;
	{
		int n;
inside:
		n = 3;
		turns += n;
		if (turns < 9)
			goto inside;
	}
	printf("%d\n", turns);
	return 0;
}
