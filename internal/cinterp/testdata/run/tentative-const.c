// want: clean
int f(void) { return 3; }
static int (*const get)(void) = f;
static int (*const get)(void);
static const int k = 4;
static const int k;
const int m;
const int m = 6;
int main(void) { return get() + k + m - 13; }
