/* A number is read into an object of another type. */
#include <stdio.h>

int main(void)
{
	double d = 0;
	int got = sscanf("12.5", "%lf", &d);
	printf("%d\n", got);
	return 0;
}
