/* What the library needs of string.h, as instructions of WebAssembly (-mbulk-memory). */
#ifndef STRING_H
#define STRING_H
#include <stddef.h>
#define memcpy(to, from, n) __builtin_memcpy(to, from, n)
#define memmove(to, from, n) __builtin_memmove(to, from, n)
#define memset(to, byte, n) __builtin_memset(to, byte, n)
int memcmp(const void *a, const void *b, size_t n);
size_t strlen(const char *s);
#endif
