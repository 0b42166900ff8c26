/* Self-organising map: training against a plain double-precision version, the measures by hand.
   Not under threads: starts none.
   Not under x87: compares bits. */
#define INVCLASS_IMPLEMENTATION
#include "invclass.h"
#include "check.h"
#include <math.h>
#include <stdlib.h>

enum { CODES = 286 };

/* The vectors of tenths, four components, that sum to 1. */
static void make_codes(ic_real *x)
{
    int a, b, c, n = 0;
    for (a = 0; a <= 10; a++)
        for (b = 0; a + b <= 10; b++)
            for (c = 0; a + b + c <= 10; c++, n++) {
                x[4 * n] = (ic_real)a / 10;
                x[4 * n + 1] = (ic_real)b / 10;
                x[4 * n + 2] = (ic_real)c / 10;
                x[4 * n + 3] = (ic_real)(10 - a - b - c) / 10;
            }
    CHECK(n == CODES);
}

static double squared(const ic_real *a, const ic_real *b, int d)
{
    double sum = 0;
    int j;
    for (j = 0; j < d; j++)
        sum += ((double)a[j] - (double)b[j]) * ((double)a[j] - (double)b[j]);
    return sum;
}

static double axis_steps(int a, int b, int n, int torus)
{
    const double d = fabs((double)(a - b));
    return torus ? fmin(d, n - d) : d;
}

/* The rule of the map, written down a second time, from the start the library makes. */
static void train_plainly(ic_som *map, int n, const ic_real *x, const ic_som_options *o)
{
    const uint64_t pick = ic_random_key(o->seed, 2);
    int t, r, c, j;
    for (t = 0; t < o->iterations; t++) {
        const int drawn = (int)(ic_uniform(pick, 0, (uint64_t)t) * n);
        const ic_real *p = x + drawn * map->dims;
        const int winner = ic_som_winner(map, p);
        const double sigma = o->sigma / (1 + t / (o->sigma_half * o->iterations));
        const double rate = o->rate / (1 + t / (o->rate_half * o->iterations));
        for (r = 0; r < map->rows; r++)
            for (c = 0; c < map->cols; c++) {
                const double dr = axis_steps(r, winner / map->cols, map->rows, map->torus);
                const double dc = axis_steps(c, winner % map->cols, map->cols, map->torus);
                const double h = exp(-(dr * dr + dc * dc) / (2 * sigma * sigma));
                ic_real *w = map->weight + (r * map->cols + c) * map->dims;
                for (j = 0; j < map->dims; j++)
                    w[j] = (ic_real)((double)w[j] + rate * h * ((double)p[j] - (double)w[j]));
            }
    }
}

static void test_training(void)
{
    static ic_real x[4 * CODES];
    int variant, k;
    make_codes(x);
    for (variant = 0; variant < 4; variant++) {
        ic_som_options o;
        ic_som map, plain;
        double worst = 0;
        memset(&o, 0, sizeof o);
        o.seed = 3 + (uint64_t)variant;
        o.rows = 9, o.cols = 12, o.torus = variant % 2;
        o.sigma = variant < 2 ? 1 : 3.5, o.rate = 0.5, o.iterations = 100;
        o.sigma_half = variant == 3 ? 0.1 : 0.5, o.rate_half = variant == 2 ? 1e30 : 0.5;
        CHECK(ic_som_train(&map, CODES, 4, x, &o) == IC_OK);
        plain = map;
        plain.weight = (ic_real *)malloc(9 * 12 * 4 * sizeof(ic_real));
        if (!CHECK(plain.weight != NULL))
            return;
        ic_p_som_start_data(&plain, CODES, x, ic_random_key(o.seed, 1));
        train_plainly(&plain, CODES, x, &o);
        for (k = 0; k < 9 * 12 * 4; k++)
            worst = fmax(worst, fabs((double)map.weight[k] - (double)plain.weight[k]));
        CHECK_NEAR(worst, 0, 1e-5);
        free(plain.weight);
        ic_som_free(&map);
        CHECK(map.weight == NULL);
    }
}

/* Zeroed options: the map of the thesis, the same bits everywhere. */
static void test_defaults(void)
{
    static ic_real x[4 * CODES], u[17 * 17];
    ic_som_options o;
    ic_som map, again;
    int k, outside = 0, ones = 0;
    make_codes(x);
    memset(&o, 0, sizeof o);
    CHECK(ic_som_train(&map, CODES, 4, x, NULL) == IC_OK);
    CHECK(map.rows == 17 && map.cols == 17 && map.dims == 4 && map.torus == 0);
    o.rows = 17, o.cols = 17, o.iterations = 100;
    o.sigma = 1, o.rate = 0.5, o.sigma_half = 0.5, o.rate_half = 0.5;
    CHECK(ic_som_train(&again, CODES, 4, x, &o) == IC_OK);
    CHECK(memcmp(map.weight, again.weight, 17 * 17 * 4 * sizeof(ic_real)) == 0);
#ifndef IC_DOUBLE
    CHECK(ic_hash_reals(0, map.weight, 17 * 17 * 4) == 0x0609604ca713ef4bu);
#endif
    for (k = 0; k < 17 * 17 * 4; k++)                    /* mixtures of the points */
        outside += map.weight[k] < 0 || map.weight[k] > 1;
    CHECK(outside == 0);
    ic_som_u_matrix(&map, u);
    for (k = 0; k < 17 * 17; k++) {
        outside += !(u[k] >= 0 && u[k] <= 1);
        ones += u[k] == 1;
    }
    CHECK(outside == 0 && ones >= 1);
    ic_som_free(&again);
    ic_som_free(&map);
}

/* A long training with a wide start makes a better map than the short one. */
static void test_quality(void)
{
    static ic_real x[4 * CODES];
    ic_som_options o;
    ic_som shorter, longer;
    int k;
    make_codes(x);
    memset(&o, 0, sizeof o);
    CHECK(ic_som_train(&shorter, CODES, 4, x, &o) == IC_OK);
    for (k = 0; k < 2; k++) {
        o.start = k == 0 ? IC_SOM_DATA : IC_SOM_PCA;
        o.iterations = 20000, o.sigma = 8, o.sigma_half = 0.05;
        CHECK(ic_som_train(&longer, CODES, 4, x, &o) == IC_OK);
        CHECK(ic_som_quantisation_error(&longer, CODES, x) < 0.1);
        CHECK(ic_som_topographic_error(&longer, CODES, x) < 0.2);
        CHECK(ic_som_topographic_error(&shorter, CODES, x) > 0.5);
        ic_som_free(&longer);
    }
    ic_som_free(&shorter);
}

static void test_winner(void)
{
    ic_real w[5 * 7 * 3], x[200 * 3];
    ic_som map;
    double sum = 0;
    int i, unit, apart = 0;
    memset(&map, 0, sizeof map);
    map.rows = 5, map.cols = 7, map.dims = 3, map.weight = w;
    ic_normal_fill(1, 0, 105, w);
    ic_normal_fill(1, 1, 600, x);
    for (i = 0; i < 200; i++) {
        int best = 0, second = -1;
        for (unit = 1; unit < 35; unit++)
            if (squared(x + 3 * i, w + 3 * unit, 3) < squared(x + 3 * i, w + 3 * best, 3))
                best = unit;
        for (unit = 0; unit < 35; unit++)
            if (unit != best && (second < 0 || squared(x + 3 * i, w + 3 * unit, 3)
                                                < squared(x + 3 * i, w + 3 * second, 3)))
                second = unit;
        CHECK(ic_som_winner(&map, x + 3 * i) == best);
        sum += sqrt(squared(x + 3 * i, w + 3 * best, 3));
        apart += abs(best / 7 - second / 7) > 1 || abs(best % 7 - second % 7) > 1;
    }
    CHECK_NEAR(ic_som_quantisation_error(&map, 200, x), sum / 200, 1e-6);
    CHECK_NEAR(ic_som_topographic_error(&map, 200, x), apart / 200.0, 1e-12);
    for (unit = 0; unit < 105; unit++)                   /* of equals the first */
        w[unit] = 1;
    CHECK(ic_som_winner(&map, x) == 0);
}

/* One unit at 1 amid units at 0: the mean over 3 neighbours in a corner, 5 at an edge, 8 inside. */
static void test_u_matrix(void)
{
    ic_real w[15] = { 0 }, u[15];
    ic_som map;
    memset(&map, 0, sizeof map);
    map.rows = 3, map.cols = 5, map.dims = 1, map.weight = w;
    w[6] = 1;                                            /* row 1, column 1 */
    ic_som_u_matrix(&map, u);
    CHECK_NEAR(u[6], 1, 0);
    CHECK_NEAR(u[0], 1.0 / 3, 1e-6);
    CHECK_NEAR(u[1], 1.0 / 5, 1e-6);
    CHECK_NEAR(u[7], 1.0 / 8, 1e-6);
    CHECK(u[3] == 0 && u[4] == 0 && u[9] == 0 && u[14] == 0);
    map.torus = 1;                                       /* now all have eight */
    ic_som_u_matrix(&map, u);
    CHECK_NEAR(u[0], 1.0 / 8, 1e-6);
    CHECK_NEAR(u[12], 1.0 / 8, 1e-6);
    CHECK(u[6] == 1 && u[3] == 0 && u[4] == 0);
    w[6] = 1e-30f;                                       /* whose square no float can hold */
    ic_som_u_matrix(&map, u);
    CHECK(u[6] == 1);
    CHECK_NEAR(u[0], 1.0 / 8, 1e-6);
    w[6] = 0, w[5] = 4;                                  /* column 0: a neighbour of column 4 */
    ic_som_u_matrix(&map, u);
    CHECK_NEAR(u[4], 1.0 / 8, 1e-6);
    w[5] = 0;
    ic_som_u_matrix(&map, u);
    CHECK(u[0] == 0 && u[5] == 0);                       /* a flat map: nothing to divide by */
}

/* Points spread by 3 along one direction, by 1 along another, hardly along the third: the corners
   of the sheet lie where the two say, the longer side along the first. */
static void test_pca(void)
{
    enum { N = 2000 };
    static ic_real x[3 * N], z[3 * N];
    const double e1[3] = { 0.6, 0, 0.8 }, e2[3] = { 0, 1, 0 }, e3[3] = { -0.8, 0, 0.6 };
    ic_som_options o;
    ic_som map;
    int i, j;
    ic_normal_fill(5, 0, 3 * N, z);
    for (i = 0; i < N; i++)
        for (j = 0; j < 3; j++)
            x[3 * i + j] = (ic_real)(10 + 3 * (double)z[3 * i] * e1[j]
                                     + (double)z[3 * i + 1] * e2[j]
                                     + 0.01 * (double)z[3 * i + 2] * e3[j]);
    memset(&o, 0, sizeof o);
    o.rows = 3, o.cols = 5, o.start = IC_SOM_PCA, o.rate = 1e-30;
    CHECK(ic_som_train(&map, N, 3, x, &o) == IC_OK);
    for (j = 0; j < 3; j++) {
        CHECK_NEAR(map.weight[3 * 7 + j], 10, 0.2);      /* the middle */
        CHECK_NEAR((double)map.weight[3 * 14 + j] - (double)map.weight[3 * 10 + j],
                   2 * 3 * e1[j], 0.3);
        CHECK_NEAR((double)map.weight[3 * 14 + j] - (double)map.weight[3 * 4 + j],
                   2 * e2[j], 0.1);
    }
    ic_som_free(&map);
    for (i = 0; i < 3 * N; i++)
        x[i] = 7;                                        /* no spread at all */
    CHECK(ic_som_train(&map, N, 3, x, &o) == IC_OK);
    CHECK_NEAR(map.weight[0], 7, 1e-5);
    CHECK_NEAR(ic_som_quantisation_error(&map, N, x), 0, 1e-5);
    ic_som_free(&map);
}

static void test_edges(void)
{
    ic_real x[4] = { 1, 2, 3, 4 }, u[1];
    ic_som_options o;
    ic_som map;
    CHECK(ic_som_train(&map, 1, 4, x, NULL) == IC_OK);   /* one point, one unit */
    CHECK(map.rows == 1 && map.cols == 1 && ic_som_winner(&map, x) == 0);
    CHECK(ic_som_quantisation_error(&map, 1, x) == 0);
    CHECK(ic_som_topographic_error(&map, 1, x) == 0);
    ic_som_u_matrix(&map, u);
    CHECK(u[0] == 0);
    ic_som_free(&map);
    ic_som_free(&map);                                   /* twice does no harm */
    memset(&o, 0, sizeof o);
    o.sigma = 1e-300;                                    /* the winner alone */
    CHECK(ic_som_train(&map, 4, 1, x, &o) == IC_OK);
    ic_som_free(&map);
    CHECK(ic_som_train(&map, 0, 4, x, NULL) == IC_E_ARGUMENT);
    CHECK(ic_som_train(&map, 1, 0, x, NULL) == IC_E_ARGUMENT);
    CHECK(ic_som_train(&map, 1, 4, NULL, NULL) == IC_E_ARGUMENT);
    o.sigma = -1;
    CHECK(ic_som_train(&map, 1, 4, x, &o) == IC_E_OPTION);
    o.sigma = 0, o.rate = 1.5;
    CHECK(ic_som_train(&map, 1, 4, x, &o) == IC_E_OPTION);
    o.rate = 0, o.rows = 2, o.torus = 1;
    CHECK(ic_som_train(&map, 1, 4, x, &o) == IC_E_CONFLICT);
    o.torus = 0, o.rows = 1 << 20, o.cols = 1 << 20;
    CHECK(ic_som_train(&map, 1, 4, x, &o) == IC_E_SIZE);
    x[2] = (ic_real)HUGE_VAL;
    CHECK(ic_som_train(&map, 1, 4, x, NULL) == IC_E_NOT_FINITE);
    CHECK(map.weight == NULL && map.owned == NULL);
}

int main(void)
{
    test_training();
    test_defaults();
    test_quality();
    test_winner();
    test_u_matrix();
    test_pca();
    test_edges();
    return check_report();
}
