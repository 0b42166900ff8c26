/* Dynamic time warping: against the enumeration of all walks and the table row by row, in all vector
   widths, and its properties.
   Not under threads: starts none. */
#define INVCLASS_IMPLEMENTATION
#include "invclass.h"
#include "check.h"
#include <math.h>
#include <stdlib.h>

static double point_distance(const ic_real *p, const ic_real *q, int dims)
{
    double sum = 0;
    int k;
    for (k = 0; k < dims; k++)
        sum += ((double)p[k] - (double)q[k]) * ((double)p[k] - (double)q[k]);
    return sqrt(sum);
}

/* Within r of the line from corner to corner, in steps of the shorter curve; r = 0: anywhere. */
static int in_band(int i, int n, int j, int m, int r)
{
    if (r == 0)
        return 1;
    if (n < m)
        return in_band(j, m, i, n, r);
    if (n == 1)
        return 1;
    return j >= ceil((double)i * (m - 1) / (n - 1)) - r
        && j <= floor((double)i * (m - 1) / (n - 1)) + r;
}

/* The cheapest of all walks from (i, j) to the last points, by trying each. */
static double walk(const ic_real *a, int i, int n, const ic_real *b, int j, int m, int dims, int r)
{
    double here, best = HUGE_VAL;
    if (i >= n || j >= m || !in_band(i, n, j, m, r))
        return HUGE_VAL;
    here = point_distance(a + i * dims, b + j * dims, dims);
    if (i == n - 1 && j == m - 1)
        return here;
    best = fmin(best, walk(a, i + 1, n, b, j, m, dims, r));
    best = fmin(best, walk(a, i, n, b, j + 1, m, dims, r));
    best = fmin(best, walk(a, i + 1, n, b, j + 1, m, dims, r));
    return here + best;
}

static double dtw(int n, const ic_real *a, int m, const ic_real *b, int dims, int band,
                  double cutoff)
{
    static double scratch[2000];
    ic_dtw_options options = { 0, 0, NULL, IC_ISA_BEST };
    double d = -1, other = -1;
    int isa;
    options.band = band;
    options.cutoff = cutoff;
    options.scratch = (n + m) % 2 ? scratch : NULL;
    CHECK(ic_dtw_bytes(n, m, dims) < sizeof scratch);
    CHECK(ic_dtw(n, a, m, b, dims, &options, &d) == IC_OK);
    for (isa = IC_ISA_PLAIN; isa <= IC_ISA_FMA; isa++)      /* every width, to the bit */
        if (ic_isa_name((ic_isa)isa)) {
            options.isa = (ic_isa)isa;
            CHECK(ic_dtw(n, a, m, b, dims, &options, &other) == IC_OK);
            CHECK(memcmp(&other, &d, sizeof d) == 0);
        }
    options.scratch = (char *)scratch + 1, options.isa = IC_ISA_BEST;
    CHECK(ic_dtw(n, a, m, b, dims, &options, &other) == IC_E_OPTION);
    return d;
}

static void test_all_walks(void)
{
    ic_real a[18], b[18];
    int n, m, dims, r;
    uint64_t i = 0;
    for (n = 1; n <= 6; n++)
        for (m = 1; m <= 6; m++)
            for (dims = 1; dims <= 3; dims++)
                for (r = 0; r <= 6; r++, i++) {
                    double want, got;
                    ic_normal_fill(1, i, 18, a);
                    ic_normal_fill(2, i, 18, b);
                    want = walk(a, 0, n, b, 0, m, dims, r);
                    got = dtw(n, a, m, b, dims, r, 0);
                    CHECK(want < HUGE_VAL);                 /* there is always a path */
                    CHECK_NEAR(got, want, 1e-12 * want);
                }
}

static void test_by_hand(void)
{
    const ic_real a[5] = { 0, 0, 1, 2, 2 }, b[3] = { 0, 1, 2 }, c[3] = { 1, 1, 1 };
    const ic_real p[4] = { 0, 0, 3, 4 }, q[2] = { 0, 0 };
    CHECK_NEAR(dtw(5, a, 3, b, 1, 0, 0), 0, 0);             /* the same curve, slower */
    CHECK_NEAR(dtw(3, b, 3, c, 1, 0, 0), 2, 0);
    CHECK_NEAR(dtw(2, p, 1, q, 2, 0, 0), 5, 0);
    /* A border of zeros would skip the start of a for nothing. */
    CHECK_NEAR(dtw(3, a + 2, 3, c, 1, 0, 0), 2, 0);
}

static void random_walk(uint64_t key, int n, ic_real *x)
{
    int k;
    ic_normal_fill(key, 0, 2 * (size_t)n, x);
    for (k = 2; k < 2 * n; k++)
        x[k] += x[k - 2];
}

/* The whole table, row by row, as the recurrence says. */
static double table(int n, const ic_real *a, int m, const ic_real *b, int dims, int r)
{
    static double d[201][201];
    int i, j;
    for (i = 0; i <= n; i++)
        for (j = 0; j <= m; j++)
            if (i == 0 || j == 0 || !in_band(i - 1, n, j - 1, m, r))
                d[i][j] = i == 0 && j == 0 ? 0 : HUGE_VAL;
            else
                d[i][j] = point_distance(a + (i - 1) * dims, b + (j - 1) * dims, dims)
                        + fmin(d[i - 1][j - 1], fmin(d[i - 1][j], d[i][j - 1]));
    return d[n][m];
}

static void test_properties(void)
{
    ic_real a[400], b[400];
    uint64_t key;
    int r;
    for (key = 0; key < 40; key++) {
        const int n = 2 + (int)(key * 37 % 198), m = 2 + (int)(key * 91 % 198);
        double exact, before = HUGE_VAL;
        random_walk(100 + key, 200, a);
        random_walk(200 + key, 200, b);
        exact = dtw(n, a, m, b, 2, 0, 0);
        CHECK(exact == table(n, a, m, b, 2, 0));
        CHECK(exact == dtw(m, b, n, a, 2, 0, 0));           /* symmetry, to the bit */
        CHECK(dtw(n, a, n, a, 2, 0, 0) == 0);               /* identity */
        CHECK(exact == dtw(n, a, m, b, 2, 1000000, 0));     /* a wide band is none */
        for (r = 1; r < 200; r += 9) {                      /* a wider band costs no more */
            const double banded = dtw(n, a, m, b, 2, r, 0);
            CHECK(banded >= exact && banded <= before);
            CHECK(banded == table(n, a, m, b, 2, r));       /* the same operations, the same bits */
            CHECK(banded == dtw(m, b, n, a, 2, r, 0));
            before = banded;
        }
        CHECK(exact == dtw(n, a, m, b, 2, 0, exact));       /* abandoning changes nothing below */
        CHECK(exact == dtw(n, a, m, b, 2, 0, exact * 1.5));
        CHECK(dtw(n, a, m, b, 2, 0, exact * 0.999) == HUGE_VAL);
        CHECK(dtw(n, a, m, b, 2, 0, exact * 0.1) == HUGE_VAL);
    }
}

static void test_errors(void)
{
    ic_real a[4] = { 1, 2, 3, 4 };
    ic_dtw_options options = { 0, 0, NULL, IC_ISA_BEST };
    double d = 0, nan_value;
    CHECK(ic_dtw(0, a, 2, a, 2, NULL, &d) == IC_E_ARGUMENT);
    CHECK(ic_dtw(2, a, -1, a, 2, NULL, &d) == IC_E_ARGUMENT);
    CHECK(ic_dtw(2, a, 2, a, 0, NULL, &d) == IC_E_ARGUMENT);
    CHECK(ic_dtw(2, NULL, 2, a, 2, NULL, &d) == IC_E_ARGUMENT);
    CHECK(ic_dtw(2, a, 2, a, 2, NULL, NULL) == IC_E_ARGUMENT);
    CHECK(ic_dtw(2, a, 2, a, 2, NULL, &d) == IC_OK && d == 0);
    options.band = -1;
    CHECK(ic_dtw(2, a, 2, a, 2, &options, &d) == IC_E_OPTION);
    options.band = 0;
    options.cutoff = -1;
    CHECK(ic_dtw(2, a, 2, a, 2, &options, &d) == IC_E_OPTION);
    CHECK(ic_dtw_bytes(0, 5, 2) == 0 && ic_dtw_bytes(3, 5, 0) == 0);
    CHECK(ic_dtw_bytes(3, 5, 2) == ic_dtw_bytes(5, 3, 2) && ic_dtw_bytes(3, 5, 2) > 8 * 2 * sizeof(double));
    /* Sizes that cannot be: refused before the curves are touched. */
    CHECK(ic_dtw_bytes(2147483647, 2147483647, 2147483647) == 0);
    CHECK(ic_dtw(2147483647, a, 2147483647, a, 2147483647, NULL, &d) == IC_E_SIZE);
    CHECK(sizeof(size_t) > 4 || ic_dtw_bytes(1 << 28, 1 << 28, 1) == 0);
    options.isa = (ic_isa)99;
    CHECK(ic_dtw(2, a, 2, a, 2, &options, &d) == IC_E_OPTION);
    options.isa = IC_ISA_BEST;
    a[3] = (ic_real)HUGE_VAL;
    CHECK(ic_dtw(2, a, 2, a, 2, NULL, &d) == IC_E_NOT_FINITE);
    nan_value = (double)a[3] - (double)a[3];
    a[3] = (ic_real)nan_value;
    CHECK(ic_dtw(2, a, 1, a, 2, NULL, &d) == IC_E_NOT_FINITE);
    options.cutoff = nan_value;
    CHECK(ic_dtw(1, a, 1, a, 2, &options, &d) == IC_E_OPTION);
}

int main(void)
{
    test_all_walks();
    test_by_hand();
    test_properties();
    test_errors();
    return check_report();
}
