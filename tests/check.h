/* check.h: the least a test needs.  CHECK counts; the closing line is for people and for CI. */
#ifndef CHECK_H
#define CHECK_H

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int check_passed, check_failed;

#define CHECK(condition) check_count((condition) != 0, #condition, __FILE__, __LINE__)
#define CHECK_NEAR(a, b, tolerance) check_near((double)(a), (double)(b), (double)(tolerance), #a, __FILE__, __LINE__)

static int check_count(int ok, const char *what, const char *file, int line)
{
    if (ok)
        check_passed++;
    else if (++check_failed <= 20)
        printf("%s:%d: failed: %s\n", file, line, what);
    return ok;
}

static __attribute__((unused)) int check_near(double a, double b, double tolerance, const char *what,
                                              const char *file, int line)
{
    const int ok = fabs(a - b) <= tolerance;            /* false for NaN */
    if (!ok && check_failed < 20)
        printf("%s:%d: %s is %.9g, not %.9g within %g\n", file, line, what, a, b, tolerance);
    return check_count(ok, what, file, line);
}

static int check_report(void)
{
    printf("%d passed, %d failed\n", check_passed, check_failed);
    return check_failed != 0;
}

#endif
