/* k-means: against all partitions of small sets, and its invariants on larger ones.
   Not under threads: starts none. */
#define INVCLASS_IMPLEMENTATION
#include "invclass.h"
#include "check.h"
#include <math.h>
#include <stdlib.h>

/* Inertia of a partition around the means of its parts; HUGE_VAL if a part is empty. */
static double partition_inertia(int n, int d, const ic_real *x, int k, const int *label)
{
    double sum = 0;
    int i, j, c;
    for (c = 0; c < k; c++) {
        int count = 0;
        for (i = 0; i < n; i++)
            count += label[i] == c;
        if (count == 0)
            return HUGE_VAL;
        for (j = 0; j < d; j++) {
            double mean = 0;
            for (i = 0; i < n; i++)
                mean += label[i] == c ? (double)x[i * d + j] / count : 0;
            for (i = 0; i < n; i++)
                if (label[i] == c)
                    sum += ((double)x[i * d + j] - mean) * ((double)x[i * d + j] - mean);
        }
    }
    return sum;
}

static double least_inertia(int n, int d, const ic_real *x, int k)
{
    int label[8] = { 0 }, i;
    double best = HUGE_VAL;
    for (;;) {
        best = fmin(best, partition_inertia(n, d, x, k, label));
        for (i = 0; i < n && ++label[i] == k; i++)
            label[i] = 0;
        if (i == n)
            return best;
    }
}

static void test_all_partitions(void)
{
    ic_real x[14], centre[6];
    int label[7], k;
    uint64_t set;
    for (set = 0; set < 30; set++)
        for (k = 1; k <= 3; k++) {
            ic_kmeans_options options = { 0, 300, 0 };
            double got = -1, want;
            options.seed = set;
            ic_normal_fill(3, set, 14, x);
            CHECK(ic_kmeans(7, 2, x, k, &options, centre, label, &got) == IC_OK);
            want = least_inertia(7, 2, x, k);
            CHECK_NEAR(got, want, 1e-5 * want);
            CHECK_NEAR(partition_inertia(7, 2, x, k, label), want, 1e-5 * want);
        }
}

static double squared(const ic_real *a, const ic_real *b, int d)
{
    double sum = 0;
    int j;
    for (j = 0; j < d; j++)
        sum += ((double)a[j] - (double)b[j]) * ((double)a[j] - (double)b[j]);
    return sum;
}

/* What holds for every result: full clusters, centres that are their means, the inertia; and if
   the rounds were not cut short, no point that is nearer to another centre. */
static void check_result(int n, int d, const ic_real *x, int k, const ic_real *centre,
                         const int *label, double inertia, int finished)
{
    double sum = 0;
    int i, j, c, strays = 0;
    for (c = 0; c < k; c++) {
        int count = 0;
        for (i = 0; i < n; i++)
            count += label[i] == c;
        CHECK(count > 0);
        for (j = 0; j < d; j++) {
            double mean = 0;
            for (i = 0; i < n; i++)
                mean += label[i] == c ? (double)x[i * d + j] : 0;
            CHECK_NEAR(centre[c * d + j], mean / count, 1e-5);
        }
    }
    for (i = 0; i < n; i++) {
        const double own = squared(x + i * d, centre + label[i] * d, d);
        sum += own;
        for (c = 0; c < k; c++)
            strays += squared(x + i * d, centre + c * d, d) < own * (1 - 1e-5) - 1e-6;
    }
    CHECK_NEAR(inertia, sum, 1e-4 * sum + 1e-6);
    CHECK(!finished || strays == 0);
}

static void test_invariants(void)
{
    static const int dims[6] = { 1, 2, 15, 16, 33, 410 };
    static ic_real x[60 * 410], centre[60 * 410], again[60 * 410];
    static int label[60], label2[60];
    int s, k;
    for (s = 0; s < 6; s++)
        for (k = 1; k <= 60; k = k * 2 + 1) {
            const int d = dims[s], n = 60;
            const size_t bytes = (size_t)(k * d) * sizeof(ic_real);
            ic_kmeans_options options = { 5, 3, 0 };
            double inertia = -1, more = -1;
            ic_normal_fill(8, (uint64_t)s, (size_t)(n * d), x);
            CHECK(ic_kmeans(n, d, x, k, &options, centre, label, &inertia) == IC_OK);
            check_result(n, d, x, k, centre, label, inertia, 1);
            CHECK(ic_kmeans(n, d, x, k, &options, again, label2, NULL) == IC_OK);
            CHECK(memcmp(centre, again, bytes) == 0);             /* the same again */
            CHECK(memcmp(label, label2, sizeof label) == 0);
            options.restarts = 6;                                 /* more starts never hurt */
            CHECK(ic_kmeans(n, d, x, k, &options, again, NULL, &more) == IC_OK);
            CHECK(more <= inertia);
            options.iterations = 1;
            CHECK(ic_kmeans(n, d, x, k, &options, centre, label, &inertia) == IC_OK);
            check_result(n, d, x, k, centre, label, inertia, 0);
        }
}

static void test_clear_clusters(void)
{
    enum { N = 200, D = 20, K = 4 };
    static ic_real x[N * D], centre[K * D];
    static int label[N];
    int i, j, wrong = 0;
    double inertia;
    ic_normal_fill(4, 0, N * D, x);
    for (i = 0; i < N; i++)
        for (j = 0; j < D; j++)
            x[i * D + j] += (ic_real)(i % K == j % K ? 5 : 0);
    CHECK(ic_kmeans(N, D, x, K, NULL, centre, label, &inertia) == IC_OK);
    for (i = 0; i < N; i++)
        wrong += label[i] != label[i % K];
    CHECK(wrong == 0);
    CHECK_NEAR(inertia / ((N - K) * D), 1, 0.1);                  /* the noise that was put in */
}

static void test_edges(void)
{
    ic_real x[12] = { 1, 2, 1, 2, 5, 6, 5, 6, 1, 2, 5, 6 }, centre[12];
    int label[6], k, i, seen;
    double inertia = -1;
    for (k = 1; k <= 6; k++) {                                    /* two distinct points only */
        CHECK(ic_kmeans(6, 2, x, k, NULL, centre, label, &inertia) == IC_OK);
        check_result(6, 2, x, k, centre, label, inertia, 1);
        CHECK_NEAR(inertia, k == 1 ? 48 : 0, 1e-5);
    }
    for (i = 0, seen = 0; i < 6; i++)                             /* k = n: one point each */
        seen |= 1 << label[i];
    CHECK(seen == 63);
    CHECK(ic_kmeans(6, 2, x, 1, NULL, centre, label, &inertia) == IC_OK);
    CHECK_NEAR(centre[0], 3, 1e-6);                               /* k = 1: the mean */
    CHECK_NEAR(centre[1], 4, 1e-6);
    CHECK(ic_kmeans(1, 2, x, 1, NULL, centre, NULL, NULL) == IC_OK);
    CHECK(centre[0] == 1 && centre[1] == 2);
}

/* Two centres far from every point: each receives the farthest point that can be spared. */
static void test_empty_clusters(void)
{
    const ic_real x[5] = { 0, 1, 2, 9, 12 };
    ic_real centre[3] = { 1, 1000, -1000 }, distance[5];
    int label[5] = { -1, -1, -1, -1, -1 }, count[3];
    double sum[1];
    ic_p_kmeans m;
    memset(&m, 0, sizeof m);
    m.n = 5, m.d = 1, m.k = 3, m.x = x, m.centre = centre;
    m.distance = distance, m.sum = sum, m.label = label, m.count = count;
    CHECK(ic_p_kmeans_assign(&m) == 5);
    CHECK(label[0] == 0 && label[4] == 0);
    CHECK(ic_p_kmeans_fill(&m) == 2);
    CHECK(label[4] == 1 && label[3] == 2 && label[2] == 0);
    CHECK(count[0] == 3 && count[1] == 1 && count[2] == 1);
    ic_p_kmeans_update(&m);
    CHECK(centre[0] == 1 && centre[1] == 12 && centre[2] == 9);
    CHECK(ic_p_kmeans_assign(&m) == 0 && ic_p_kmeans_fill(&m) == 0);
}

/* A point between two centres goes to the first of them, but stays where it is. */
static void test_ties(void)
{
    const ic_real x[3] = { 0, 1, 2 };
    ic_real centre[2] = { 0, 2 }, distance[3];
    int label[3] = { -1, -1, -1 };
    ic_p_kmeans m;
    memset(&m, 0, sizeof m);
    m.n = 3, m.d = 1, m.k = 2, m.x = x, m.centre = centre;
    m.distance = distance, m.label = label;
    CHECK(ic_p_kmeans_assign(&m) == 3);
    CHECK(label[0] == 0 && label[1] == 0 && label[2] == 1);
    label[1] = 1;
    CHECK(ic_p_kmeans_assign(&m) == 0 && label[1] == 1);
}

static void test_errors(void)
{
    ic_real x[4] = { 1, 2, 3, 4 }, centre[4];
    ic_kmeans_options options = { 0, -1, 0 };
    CHECK(ic_kmeans(2, 2, x, 3, NULL, centre, NULL, NULL) == IC_E_ARGUMENT);
    CHECK(ic_kmeans(2, 2, x, 0, NULL, centre, NULL, NULL) == IC_E_ARGUMENT);
    CHECK(ic_kmeans(2, 0, x, 1, NULL, centre, NULL, NULL) == IC_E_ARGUMENT);
    CHECK(ic_kmeans(2, 2, NULL, 1, NULL, centre, NULL, NULL) == IC_E_ARGUMENT);
    CHECK(ic_kmeans(2, 2, x, 1, NULL, NULL, NULL, NULL) == IC_E_ARGUMENT);
    CHECK(ic_kmeans(2, 2, x, 1, &options, centre, NULL, NULL) == IC_E_ARGUMENT);
    x[3] = (ic_real)HUGE_VAL;
    CHECK(ic_kmeans(2, 2, x, 1, NULL, centre, NULL, NULL) == IC_E_NOT_FINITE);
    x[3] = x[3] - x[3];
    CHECK(ic_kmeans(2, 2, x, 1, NULL, centre, NULL, NULL) == IC_E_NOT_FINITE);
}

int main(void)
{
    test_all_partitions();
    test_invariants();
    test_clear_clusters();
    test_edges();
    test_empty_clusters();
    test_ties();
    test_errors();
    return check_report();
}
