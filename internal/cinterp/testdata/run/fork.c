// want: cannot-say 5
int fork(void);
int main(void)
{
	return fork() == 0;
}
