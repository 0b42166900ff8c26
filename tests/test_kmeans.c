/* k-means: against all partitions of small sets, its invariants on larger ones, and to the bit against
   Lloyd's rounds with every distance computed. */
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
            ic_kmeans_options options = { 0, 300, 0, 0, IC_ISA_BEST };
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
            ic_kmeans_options options = { 5, 3, 0, 0, IC_ISA_BEST };
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

/* The same procedure without bounds: every distance in every round, one after the other. */
typedef struct plain {
    int n, d, k;
    const ic_real *x;
    ic_real *centre;         /* [k][d] */
    double *sum;             /* [k][d] */
    int *label, *summed, *count;
} plain;

static ic_real plain_distance(const ic_real *a, const ic_real *b, int d)
{
    ic_real sum[16] = { 0 };
    int k, j;
    for (k = 0; k < d; k++)
        sum[k % 16] = ic_p_fma(a[k] - b[k], a[k] - b[k], sum[k % 16]);   /* not fmaf: mingw's rounds twice */
    for (k = 8; k > 0; k /= 2)
        for (j = 0; j < k; j++)
            sum[j] += sum[j + k];
    return sum[0];
}

static ic_real plain_own(const plain *p, int i)
{
    return plain_distance(p->x + i * p->d, p->centre + p->label[i] * p->d, p->d);
}

/* Greedy k-means++: of 2 + log2(k) points, drawn by their share of the sum, the one that leaves least. */
static void plain_start(plain *p, uint64_t seed, uint64_t restart)
{
    ic_real *distance = (ic_real *)malloc((size_t)p->n * sizeof *distance);
    int tries = 2, c, i, j, begin;
    double total = 0;
    for (i = p->k; i > 1; i /= 2)
        tries++;
    for (i = 0; i < p->n; i++)
        distance[i] = (ic_real)HUGE_VAL, p->label[i] = 0, p->summed[i] = -1;
    for (c = 0; c < p->k; c++) {
        int taken = -1;
        double least = HUGE_VAL;
        for (j = 0; j < tries; j++) {
            const double u = ic_uniform(seed, restart, (uint64_t)(c * tries + j));
            double left = 0, running = 0;
            int at = (int)(u * p->n);
            if (c > 0)                         /* sums of 64, then one by one */
                for (at = begin = 0; begin < p->n; begin += 64) {
                    double block = 0;
                    for (i = begin; i < p->n && i < begin + 64; i++)
                        block += (double)distance[i];
                    if (running + block > u * total) {
                        for (i = begin; running <= u * total && i < p->n && i < begin + 64; i++)
                            if (distance[i] > 0)
                                running += (double)distance[i], at = i;
                        break;
                    }
                    running += block;
                }
            for (begin = 0; begin < p->n; begin += 64) {
                double block = 0;
                for (i = begin; i < p->n && i < begin + 64; i++) {
                    const ic_real near = plain_distance(p->x + i * p->d, p->x + at * p->d, p->d);
                    block += (double)(near < distance[i] ? near : distance[i]);
                }
                left += block;
            }
            if (taken < 0 || left < least)
                least = left, taken = at;
        }
        total = least;
        memcpy(p->centre + c * p->d, p->x + taken * p->d, (size_t)p->d * sizeof *p->centre);
        for (i = 0; i < p->n; i++) {
            const ic_real near = plain_distance(p->x + i * p->d, p->centre + c * p->d, p->d);
            distance[i] = near < distance[i] ? near : distance[i];
        }
    }
    free(distance);
}

static int plain_follow(plain *p)
{
    int i, j, moved = 0;
    for (i = 0; i < p->n; i++) {
        const int from = p->summed[i], to = p->label[i];
        moved += from != to;
        if (from == to)
            continue;
        for (j = 0; j < p->d; j++) {
            if (from >= 0)
                p->sum[from * p->d + j] -= (double)p->x[i * p->d + j];
            p->sum[to * p->d + j] += (double)p->x[i * p->d + j];
        }
        if (from >= 0)
            p->count[from]--;
        p->count[to]++;
        p->summed[i] = to;
    }
    return moved;
}

static void plain_sum_anew(plain *p)
{
    int i;
    memset(p->sum, 0, (size_t)(p->k * p->d) * sizeof *p->sum);
    memset(p->count, 0, (size_t)p->k * sizeof *p->count);
    for (i = 0; i < p->n; i++)
        p->summed[i] = -1;
    plain_follow(p);
}

static double plain_run(plain *p, uint64_t seed, uint64_t restart, int iterations)
{
    int round, i, c, anew = 0;
    double inertia = 0;
    plain_start(p, seed, restart);
    for (round = 0; round < iterations; round++) {
        int moved;
        for (i = 0; i < p->n; i++) {
            ic_real least = plain_own(p, i);
            for (c = 0; c < p->k; c++) {
                const ic_real near = plain_distance(p->x + i * p->d, p->centre + c * p->d, p->d);
                if (near < least)
                    least = near, p->label[i] = c;
            }
        }
        if (round == 0)
            plain_sum_anew(p);
        moved = round == 0 ? p->n : plain_follow(p);
        for (c = 0; c < p->k; c++) {
            int far = -1;
            if (p->count[c] > 0)
                continue;
            for (i = 0; i < p->n; i++)
                if (p->count[p->label[i]] > 1 && (far < 0 || plain_own(p, i) > plain_own(p, far)))
                    far = i;
            p->label[far] = c;
            memcpy(p->centre + c * p->d, p->x + far * p->d, (size_t)p->d * sizeof *p->centre);
            moved += plain_follow(p);
        }
        if (moved == 0 && anew)
            break;
        anew = moved == 0 || round + 1 == iterations;
        if (anew)
            plain_sum_anew(p);
        for (i = 0; i < p->k * p->d; i++)
            p->centre[i] = (ic_real)(p->sum[i] / p->count[i / p->d]);
    }
    for (i = 0; i < p->n; i++)
        inertia += (double)plain_own(p, i);
    return inertia;
}

/* Sets that try the bounds: noise, clusters, points of a grid with many equal distances and many equal
   points, tiny and large numbers, an outlier beside which all others are equal. */
static void make_set(int kind, uint64_t key, int n, int d, ic_real *x)
{
    int i, j;
    ic_normal_fill(key, 0, (size_t)(n * d), x);
    for (i = 0; i < n; i++)
        for (j = 0; j < d; j++) {
            ic_real *v = x + i * d + j;
            if (kind == 1)
                *v = *v / 8 + (ic_real)((i * 7 + j * 3) % 11);
            if (kind == 2)
                *v = (ic_real)floor((double)*v);
            if (kind == 3)
                *v *= (ic_real)1e-22;
            if (kind == 4)
                *v = *v * (ic_real)1e12 + (ic_real)1e15;
            if (kind == 5 && i == n / 2)
                *v = (ic_real)1e9;
        }
}

static void test_bounds(void)
{
    enum { N = 333, D = 37, K = 40 };
    static ic_real x[N * D], centre[K * D], want[K * D];
    static double sums[K * D];
    static int label[N], want_label[N], summed[N], count[K];
    static const int ks[6] = { 1, 2, 5, 16, 17, 40 };
    int kind, s, isa;
    for (kind = 0; kind <= 5; kind++)
        for (s = 0; s < 24; s++) {
            const int n = s % 2 ? N : 64, d = s % 3 == 0 ? 1 : s % 3 == 1 ? 16 : D, k = ks[s / 4];
            ic_kmeans_options options = { 0, 1, 0, 0, IC_ISA_BEST };
            double got = -1, inertia;
            plain p;
            options.seed = (uint64_t)(100 * kind + s);
            options.iterations = s % 5 == 4 ? 3 : 0;
            make_set(kind, options.seed, n, d, x);
            p.n = n, p.d = d, p.k = k, p.x = x, p.centre = want, p.sum = sums;
            p.label = want_label, p.summed = summed, p.count = count;
            inertia = plain_run(&p, options.seed, 0, options.iterations ? options.iterations : 300);
            for (isa = IC_ISA_BEST; isa <= IC_ISA_FMA; isa++) {
                if (!ic_isa_name((ic_isa)isa))
                    continue;
                options.isa = (ic_isa)isa;
                options.threads = isa % 3 + 1;
                CHECK(ic_kmeans(n, d, x, k, &options, centre, label, &got) == IC_OK);
                CHECK(memcmp(centre, want, (size_t)(k * d) * sizeof *want) == 0);
                CHECK(memcmp(label, want_label, (size_t)n * sizeof *label) == 0);
                CHECK(fabs(got - inertia) <= 1e-12 * inertia);     /* the sum of the test is rounded by its own compiler */
            }
        }
}

/* A set of numbers on a line in the middle of a run: all in cluster 0, no bound known. */
typedef struct line {
    ic_real point[5 * IC_PAD], centre[3 * IC_PAD], mean[IC_PAD], distance[5], upper[5], lower[5 * IC_PAD], moved[IC_PAD];
    double sum[3 * IC_PAD];
    int label[5], summed[5], count[3], at[IC_PAD];
} line;

static ic_p_kmeans line_of(line *l, int n, const ic_real *x, int k, const ic_real *centre)
{
    ic_p_kmeans m;
    int i, c;
    memset(l, 0, sizeof *l);
    memset(&m, 0, sizeof m);
    m.n = n, m.k = k, m.dp = m.kp = IC_PAD, m.kernels = ic_p_kernels_for(IC_ISA_BEST);
    m.x = l->point, m.centre = l->centre, m.mean = l->mean, m.distance = l->distance, m.upper = l->upper, m.lower = l->lower;
    m.moved = l->moved, m.sum = l->sum, m.label = l->label, m.summed = l->summed, m.count = l->count, m.at = l->at;
    for (c = 0; c < k; c++)
        l->centre[c * IC_PAD] = centre[c];
    for (i = 0; i < n; i++) {
        l->point[i * IC_PAD] = x[i];
        l->upper[i] = (ic_real)HUGE_VAL;
        for (c = 0; c < IC_PAD; c++)
            l->lower[i * IC_PAD + c] = c > 0 && c < k ? 0 : (ic_real)HUGE_VAL;
    }
    return m;
}

/* Two centres far from every point: each receives the farthest point that can be spared. */
static void test_empty_clusters(void)
{
    const ic_real x[5] = { 0, 1, 2, 9, 12 }, centre[3] = { 1, 1000, -1000 };
    line l;
    ic_p_kmeans m = line_of(&l, 5, x, 3, centre);
    ic_p_kmeans_assign(&m, 0, 0, 5);
    ic_p_kmeans_sum_anew(&m);
    CHECK(l.count[0] == 5 && l.sum[0] == 24);
    CHECK(ic_p_kmeans_fill(&m) == 2);
    CHECK(l.label[4] == 1 && l.label[3] == 2 && l.label[2] == 0);
    CHECK(l.count[0] == 3 && l.count[1] == 1 && l.count[2] == 1);
    ic_p_kmeans_update(&m);
    CHECK(l.centre[0] == 1 && l.centre[IC_PAD] == 12 && l.centre[2 * IC_PAD] == 9);
    ic_p_kmeans_assign(&m, 0, 0, 5);
    CHECK(ic_p_kmeans_follow(&m) == 0 && ic_p_kmeans_fill(&m) == 0);
}

/* Of equals the first: a point between two centres goes to the first of them, but stays where it is. */
static void test_ties(void)
{
    const ic_real x[3] = { 0, 1, 2 }, centre[2] = { 0, 2 };
    line l;
    ic_p_kmeans m = line_of(&l, 3, x, 2, centre);
    ic_p_kmeans_assign(&m, 0, 0, 3);
    CHECK(l.label[0] == 0 && l.label[1] == 0 && l.label[2] == 1);
    m = line_of(&l, 3, x, 2, centre);
    l.label[1] = 1, l.lower[IC_PAD] = 0, l.lower[IC_PAD + 1] = (ic_real)HUGE_VAL;
    ic_p_kmeans_assign(&m, 0, 0, 3);
    CHECK(l.label[0] == 0 && l.label[1] == 1 && l.label[2] == 1);
}

static void test_errors(void)
{
    ic_real x[4] = { 1, 2, 3, 4 }, centre[4];
    ic_kmeans_options options = { 0, -1, 0, 0, IC_ISA_BEST };
    CHECK(ic_kmeans(2, 2, x, 3, NULL, centre, NULL, NULL) == IC_E_ARGUMENT);
    CHECK(ic_kmeans(2, 2, x, 0, NULL, centre, NULL, NULL) == IC_E_ARGUMENT);
    CHECK(ic_kmeans(2, 0, x, 1, NULL, centre, NULL, NULL) == IC_E_ARGUMENT);
    CHECK(ic_kmeans(2, 2, NULL, 1, NULL, centre, NULL, NULL) == IC_E_ARGUMENT);
    CHECK(ic_kmeans(2, 2, x, 1, NULL, NULL, NULL, NULL) == IC_E_ARGUMENT);
    CHECK(ic_kmeans(2, 2, x, 1, &options, centre, NULL, NULL) == IC_E_OPTION);
    options.restarts = 0, options.threads = -1;
    CHECK(ic_kmeans(2, 2, x, 1, &options, centre, NULL, NULL) == IC_E_OPTION);
    options.threads = 0, options.isa = (ic_isa)99;
    CHECK(ic_kmeans(2, 2, x, 1, &options, centre, NULL, NULL) == IC_E_OPTION);
    CHECK(ic_kmeans(2147483647, 2147483647, x, 1, NULL, centre, NULL, NULL) == IC_E_SIZE);
    x[3] = (ic_real)3e38;                                         /* finite, but its square is not */
    CHECK(ic_kmeans(2, 2, x, 1, NULL, centre, NULL, NULL) == IC_E_NOT_FINITE);
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
    test_bounds();
    test_ties();
    test_errors();
    return check_report();
}
