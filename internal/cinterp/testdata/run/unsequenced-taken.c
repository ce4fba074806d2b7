// want: unsequenced 6
// The conflict is there only when the condition holds.
int main(void)
{
	int x = 0, c = 3;
	return (c == 3 && (x = 1)) + x;
}
