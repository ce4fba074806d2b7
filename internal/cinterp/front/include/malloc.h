#ifndef _MALLOC_H
#define _MALLOC_H 1
#include <stdlib.h>
void *memalign(size_t alignment, size_t size);
size_t malloc_usable_size(void *p);
#endif
