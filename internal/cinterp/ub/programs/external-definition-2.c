/* refused: link */
/* A function is called that nobody defines. */
#include <stdio.h>

int answer(void);

int main(void)
{
	printf("%d\n", answer()); /* UB */
	return 0;
}
