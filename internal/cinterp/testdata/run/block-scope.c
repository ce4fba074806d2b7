// want: use-after-scope 10
int main(void)
{
	int *p = 0;
	for (int i = 0; i < 3; i++) {
		int x = i;
		if (i == 1)
			p = &x;
		if (i == 2)
			return *p;
	}
	return 0;
}
