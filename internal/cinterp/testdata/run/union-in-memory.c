// A member of a union in allocated memory is read after another was stored
// (C17 6.5.2.3, footnote 95).
// want: clean
// out: ok
#include <stdlib.h>
#include <stdio.h>
typedef struct op { unsigned char t; int p1; union p4union { int i; void *p; char *z; long long *l; } p4; } Op;
static void fr(int t, void *p) { if (t == 2) free(p); }
static void full(Op *o) { if (o->t) { fr(o->t, o->p4.p); o->t = 0; o->p4.p = 0; } }
int main(void) {
  Op *o = malloc(4 * sizeof *o); 
  o[1].t = 1; o[1].p4.p = 0; o[1].p4.i = 5;
  full(&o[1]);
  Op *q = &o[2]; q->p4.p = 0; q->t = 1; q->p4.i = 1; full(q);
  Op z = {0}; o[3] = z; o[3].t = 3; o[3].p4.i = 7; full(&o[3]);
  o = realloc(o, 8 * sizeof *o); o[1].t = 1; o[1].p4.i = 4; full(&o[1]);
  puts("ok"); return 0; }
