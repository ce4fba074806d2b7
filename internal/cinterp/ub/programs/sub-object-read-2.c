/* Reading past the array in a structure reaches the next member. */
#include <stdio.h>

struct account { int digits[4]; int balance; };

int main(void)
{
	struct account a = {{1, 2, 3, 4}, 100};
	int sum = 0;
	for (int i = 0; i <= 4; i++)
		sum += a.digits[i]; /* UB */
	printf("%d\n", sum + a.balance - a.balance);
	return 0;
}
