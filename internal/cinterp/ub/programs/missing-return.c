/* One way through the function returns nothing. */
#include <stdio.h>

static int grade(int points)
{
	if (points > 90)
		return 1;
	if (points > 50)
		return 2;
} /* UB */

int main(void)
{
	int g = grade(10); /* UB */
	printf("%d\n", g == 100);
	return 0;
}
