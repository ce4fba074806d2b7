/* A literal is cut into words in place. */
#include <stdio.h>
#include <string.h>

int main(void)
{
	char *line = "one two";
	char *word = strtok(line, " "); /* UB */
	printf("%d\n", word == NULL);
	return 0;
}
