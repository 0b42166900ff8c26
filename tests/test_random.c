/* Random numbers: known answers, accuracy, distribution, independence, permutations.
   Not under threads: starts none.
   Not under x87: compares bits. */
#define INVCLASS_IMPLEMENTATION
#include "invclass.h"
#include "check.h"
#include <math.h>
#include <stdlib.h>

#define MANY 1000000
#define PI 3.14159265358979323846

/* The published known answers: counter and key all zeros, all ones, the digits of pi. */
static void test_known_answers(void)
{
    static const uint64_t ask[3][3] = {          /* key, i, j */
        { 0, 0, 0 },
        { 0xffffffffffffffffu, 0xffffffffffffffffu, 0xffffffffffffffffu },
        { 0x299f31d0a4093822u, 0x0370734413198a2eu, 0x85a308d3243f6a88u }
    };
    static const uint32_t answer[3][4] = {
        { 0x6627e8d5u, 0xe169c58du, 0xbc57ac4cu, 0x9b00dbd8u },
        { 0x408f276du, 0x41c83b0eu, 0xa20bc7c6u, 0x6d5451fdu },
        { 0xd16cfe09u, 0x94fdccebu, 0x5001e420u, 0x24126ea1u }
    };
    uint32_t out[4];
    int k, w;
    for (k = 0; k < 3; k++) {
        ic_random(ask[k][0], ask[k][1], ask[k][2], out);
        for (w = 0; w < 4; w++)
            CHECK(out[w] == answer[k][w]);
    }
}

/* The same bits on every compiler, optimisation level and vector width. */
static void test_same_bits(ic_real *x)
{
    uint64_t hash = 0;
    int k;
    ic_normal_fill(7, 1, 100000, x);
    CHECK(ic_hash_reals(0, x, 100000) == 0xe7c93164a56a123du);
    for (k = 0; k < 1000; k++) {
        const double u = ic_uniform(7, 1, (uint64_t)k);
        hash = hash * 31 + (uint64_t)(u * 9007199254740992.0);
    }
    CHECK(hash == 0x2142cd80b004d283u);
}

static void test_keys(void)
{
    uint64_t key[64];
    int a, b, equal = 0;
    for (a = 0; a < 64; a++)
        key[a] = ic_random_key((uint64_t)(a / 8), (uint64_t)(a % 8));
    for (a = 0; a < 64; a++)
        for (b = 0; b < a; b++)
            equal += key[a] == key[b];
    CHECK(equal == 0);
}

static void test_uniform(void)
{
    double sum = 0, squares = 0, least = 1, most = 0;
    int k;
    for (k = 0; k < MANY; k++) {
        const double u = ic_uniform(3, 4, (uint64_t)k);
        sum += u;
        squares += u * u;
        least = u < least ? u : least;
        most = u > most ? u : most;
    }
    CHECK(least >= 0 && most < 1);
    CHECK(least < 1e-5 && most > 1 - 1e-5);
    CHECK_NEAR(sum / MANY, 0.5, 4 * sqrt(1.0 / 12 / MANY));
    CHECK_NEAR(squares / MANY, 1.0 / 3, 4 * sqrt(4.0 / 45 / MANY));
}

/* Against Box and Muller's formula, computed in double from the same words. */
static void test_accuracy(void)
{
    double worst = 0;
    int k;
    for (k = 0; k < 100000; k++) {
        uint32_t w[4];
        double u, angle, want, error;
        ic_random(11, 5, (uint64_t)k, w);
        u = (double)((float)(int32_t)(w[0] >> 1) + 0.5f) / 2147483648.0;
        angle = (((w[1] >> 7 & 0x7fffffu) + 0.5) / 8388608.0 - 0.5) * PI / 2
              + (w[1] >> 31) * PI + (w[1] >> 30 & 1u) * PI / 2;
        want = sqrt(-2 * log(u)) * cos(angle);
        error = fabs(ic_normal(11, 5, (uint64_t)k) - want);
        worst = error > worst ? error : worst;
    }
    CHECK_NEAR(worst, 0, 1e-6);
}

/* One value at a time and many at once are the same; the length asked for changes no value. */
static void test_fill(ic_real *x)
{
    ic_real part[700];
    size_t n, k, bad = 0;
    ic_normal_fill(9, 2, 700, x);
    for (k = 0; k < 32; k++)
        bad += (double)x[k] != ic_normal(9, 2, k);
    for (n = 0; n < 700; n += n < 140 ? 1 : 37) {
        part[n] = 77;
        ic_normal_fill(9, 2, n, part);
        for (k = 0; k < n; k++)
            bad += part[k] != x[k];
        bad += part[n] != 77;
    }
    CHECK(bad == 0);
}

static int ascending(const void *a, const void *b)
{
    const ic_real x = *(const ic_real *)a, y = *(const ic_real *)b;
    return (x > y) - (x < y);
}

/* Moments within four standard errors; then Kolmogorov's largest distance between the empirical
   and the true distribution: sqrt(n) D stays below 1.95 with probability 0.999. */
static void test_distribution(ic_real *x)
{
    double moment[5] = { 0, 0, 0, 0, 0 }, d = 0;
    int k, p;
    ic_normal_fill(2024, 0, MANY, x);
    for (k = 0; k < MANY; k++) {
        double power = 1;
        for (p = 1; p <= 4; p++)
            moment[p] += (power *= (double)x[k]);
    }
    CHECK_NEAR(moment[1] / MANY, 0, 4 * sqrt(1.0 / MANY));
    CHECK_NEAR(moment[2] / MANY, 1, 4 * sqrt(2.0 / MANY));
    CHECK_NEAR(moment[3] / MANY, 0, 4 * sqrt(15.0 / MANY));
    CHECK_NEAR(moment[4] / MANY, 3, 4 * sqrt(96.0 / MANY));
    qsort(x, MANY, sizeof x[0], ascending);
    for (k = 0; k < MANY; k++) {
        const double f = 0.5 * erfc(-(double)x[k] / sqrt(2.0));
        d = fmax(d, fmax(f - (double)k / MANY, (double)(k + 1) / MANY - f));
    }
    CHECK_NEAR(sqrt((double)MANY) * d, 0, 1.95);
}

static double correlation(const ic_real *x, const ic_real *y, int n)
{
    double sum = 0;
    int k;
    for (k = 0; k < n; k++)
        sum += (double)x[k] * (double)y[k];
    return sum / sqrt((double)n);          /* itself standard normal, if independent */
}

static void test_independence(ic_real *x)
{
    const int n = 100000;
    ic_real *y = x + n + 200;
    int lag;
    ic_normal_fill(1, 0, (size_t)n + 200, x);
    for (lag = 1; lag <= 128; lag *= 2)                     /* neighbours in k */
        CHECK_NEAR(correlation(x, x + lag, n), 0, 4);
    for (lag = 96; lag <= 160; lag += 32)
        CHECK_NEAR(correlation(x, x + lag, n), 0, 4);
    ic_normal_fill(1, 1, (size_t)n, y);                     /* neighbours in i */
    CHECK_NEAR(correlation(x, y, n), 0, 4);
    ic_normal_fill(2, 0, (size_t)n, y);                     /* neighbouring keys */
    CHECK_NEAR(correlation(x, y, n), 0, 4);
    ic_normal_fill(ic_random_key(1, 0), 0, (size_t)n, y);   /* a derived key */
    CHECK_NEAR(correlation(x, y, n), 0, 4);
    for (lag = 0; lag < n; lag++)                           /* magnitudes of neighbours too */
        y[lag] = x[lag] * x[lag] - 1;
    CHECK_NEAR(correlation(y, y + 1, n - 1) / 2, 0, 4);
}

static void test_permutation(void)
{
    enum { N = 1000, DRAWS = 24000 };
    static int order[N], seen[N], count[24];
    const double expected = DRAWS / 24;
    double chi2 = 0;
    int n, k, bad = 0;
    for (n = 0; n <= N; n = n * 3 + 1) {
        ic_permutation(5, (uint64_t)n, n, order);
        for (k = 0; k < N; k++)
            seen[k] = 0;
        for (k = 0; k < n; k++)
            bad += order[k] < 0 || order[k] >= n || seen[order[k]]++;
    }
    CHECK(bad == 0);
    for (k = 0; k < DRAWS; k++) {                     /* the 24 orders of four are as likely */
        const int *o = order;
        ic_permutation(6, (uint64_t)k, 4, order);
        count[o[0] * 6 + (o[1] - (o[1] > o[0])) * 2 + (o[2] > o[3])]++;
    }
    for (k = 0; k < 24; k++)
        chi2 += (count[k] - expected) * (count[k] - expected) / expected;
    CHECK(chi2 > 7 && chi2 < 50);                           /* 23 degrees of freedom, 99.9 % */
}

int main(void)
{
    ic_real *x = (ic_real *)malloc(MANY * sizeof *x);
    CHECK(x != NULL);
    if (!x)
        return 1;
    test_known_answers();
    test_same_bits(x);
    test_keys();
    test_uniform();
    test_accuracy();
    test_fill(x);
    test_distribution(x);
    test_independence(x);
    test_permutation();
    free(x);
    return check_report();
}
