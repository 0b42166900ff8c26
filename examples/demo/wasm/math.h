/* What the library needs of math.h: instructions of WebAssembly, and functions of demo.c. */
#ifndef MATH_H
#define MATH_H
#define HUGE_VAL __builtin_huge_val()
#define sqrt(x) __builtin_sqrt(x)
#define sqrtf(x) __builtin_sqrtf(x)
#define fabs(x) __builtin_fabs(x)
#define floor(x) __builtin_floor(x)
#define ceil(x) __builtin_ceil(x)
double frexp(double x, int *exponent);
double ldexp(double x, int exponent);
#endif
