/* test_explain: styles ([G5] of invclass.h) against eigenvectors found here. */
#define INVCLASS_IMPLEMENTATION
#include "invclass.h"
#include "check.h"

enum { C = 3, T = 5, O = 2, D = T * O, EACH = 12, N = C * EACH };

static float curves[N * D];
static int label[N];

/* Letters with one way to vary each, and a little of everything. */
static void make_curves(void)
{
    int k, j;
    for (k = 0; k < N; k++) {
        label[k] = k % C;
        for (j = 0; j < D; j++)
            curves[k * D + j] = (float)(sin(0.5 * j * (1 + k % C)) + 0.4 * ic_normal(7, (uint64_t)k, 0) * cos(0.3 * j + k % C)
                                        + 0.02 * ic_normal(8, (uint64_t)k, (uint64_t)j));
    }
}

/* Styles are the scores on the first eigenvectors: uncorrelated, of mean 0 and deviation 1, and no
   direction has more variance than the first. */
static void test_styles(void)
{
    enum { S = 3 };
    const ic_curves all = { N, T, O, C, curves, label };
    ic_augment a;
    ic_pairs pairs;
    int c, k, s, u, j, round;
    memset(&a, 0, sizeof a);
    a.styles = S;
    CHECK(ic_pairs_make(&pairs, &all, &a) == IC_OK && pairs.n == N);
    for (c = 0; c < C; c++) {
        double mean[D] = { 0 }, first = 0;
        for (s = 0; s < S; s++)
            for (u = 0; u <= s; u++) {
                double sum = 0, product = 0;
                for (k = 0; k < N; k++)
                    if (label[k] == c) {
                        const float *x = pairs.x + k * (C + S);
                        CHECK(x[c] > 0 && x[(c + 1) % C] == 0);
                        sum += (double)x[C + s];
                        product += (double)x[C + s] * (double)x[C + u];
                    }
                CHECK_NEAR(sum / EACH, 0, 1e-5);
                CHECK_NEAR(product / EACH, s == u, s == u ? 1e-4 : 2e-2);
            }
        for (k = 0; k < N; k++)
            for (j = 0; label[k] == c && j < D; j++)
                mean[j] += (double)curves[k * D + j] / EACH;
        /* Variance along the first direction = sum of squares of the slope of the curves over the style. */
        for (j = 0; j < D; j++) {
            double slope = 0;
            for (k = 0; k < N; k++)
                if (label[k] == c)
                    slope += (double)pairs.x[k * (C + S) + C] * ((double)curves[k * D + j] - mean[j]) / EACH;
            first += slope * slope;
        }
        for (round = 0; round < 50; round++) {
            double v[D], length = 0, variance = 0;
            for (j = 0; j < D; j++) {
                v[j] = ic_normal(5, (uint64_t)round, (uint64_t)j);
                length += v[j] * v[j];
            }
            for (k = 0; k < N; k++)
                if (label[k] == c) {
                    double along = 0;
                    for (j = 0; j < D; j++)
                        along += v[j] * ((double)curves[k * D + j] - mean[j]);
                    variance += along * along / length / EACH;
                }
            CHECK(variance <= first * (1 + 1e-6));
        }
    }
    ic_pairs_free(&pairs);
    a.means = 1;
    CHECK(ic_pairs_make(&pairs, &all, &a) == IC_E_CONFLICT);
    a.means = 0, a.classifier = 1;
    CHECK(ic_pairs_make(&pairs, &all, &a) == IC_E_CONFLICT);
}

int main(void)
{
    make_curves();
    test_styles();
    return check_report();
}
