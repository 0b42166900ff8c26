/* test_explain: Gaussians over differences, styles, and explaining ([V3], [V4], [G5] of invclass.h), against
   what is written down plainly here: inverses by Gauss-Jordan, energies on a grid, eigenvectors.
   Not under valgrind: takes minutes there. */
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

/* Inverse and log of the determinant of a symmetric matrix, by elimination. */
static double invert_matrix(int d, const double *a, double *inverse)
{
    double w[D][2 * D], log_det = 0;
    int i, j, k;
    for (i = 0; i < d; i++)
        for (j = 0; j < d; j++)
            w[i][j] = a[i * d + j], w[i][d + j] = i == j;
    for (i = 0; i < d; i++) {
        const double pivot = w[i][i];
        log_det += log(pivot);
        for (j = 0; j < 2 * d; j++)
            w[i][j] /= pivot;
        for (k = 0; k < d; k++) {
            const double f = w[k][i];
            for (j = 0; k != i && j < 2 * d; j++)
                w[k][j] -= f * w[i][j];
        }
    }
    for (i = 0; i < d; i++)
        for (j = 0; j < d; j++)
            inverse[i * d + j] = w[i][d + j];
    return log_det;
}

/* The covariance of a class by its definition. */
static void covariance_of(int c, const ic_gaussian_options *o, double *s)
{
    int i, j, k, other;
    for (i = 0; i < D; i++)
        for (j = 0; j < D; j++) {
            const double apart = (i / O - j / O) / (o->length * T);
            double own = 0, pooled = 0;
            for (other = 0; other < C; other++) {
                double sum = 0;
                for (k = 0; k < N; k++)
                    sum += label[k] == other ? (double)curves[k * D + i] * (double)curves[k * D + j] / EACH : 0;
                pooled += sum / C;
                own = other == c ? sum : own;
            }
            s[i * D + j] = o->own * own + o->pooled * pooled + (i == j ? o->noise : 0)
                         + (i % O == j % O ? o->smooth * exp(-0.5 * apart * apart) : 0);
        }
}

/* Energy of a difference by the definition, of the numbers whose step was seen. */
static double plain_energy(int c, const ic_gaussian_options *o, const double *r, const unsigned char *seen)
{
    double s[D * D], part[D * D], inverse[D * D], z[D], sum;
    int i, j, m = 0, index[D];
    covariance_of(c, o, s);
    for (i = 0; i < D; i++)
        if (!seen || seen[i / O])
            z[m] = r[i], index[m++] = i;
    for (i = 0; i < m; i++)
        for (j = 0; j < m; j++)
            part[i * m + j] = s[index[i] * D + index[j]];
    sum = 0.5 * invert_matrix(m, part, inverse);
    for (i = 0; i < m; i++)
        for (j = 0; j < m; j++)
            sum += 0.5 * z[i] * inverse[i * m + j] * z[j];
    return sum;
}

static ic_gaussian_options weights = { 0.7, 0.2, 0.05, 0.3, 0.01 };

static void test_gaussian(void)
{
    const ic_curves errors = { N, T, O, C, curves, label };
    ic_curves some = errors;
    ic_gaussian_options o = weights;
    ic_gaussian g;
    double scratch[D], r[D];
    int k, j;
    CHECK(ic_gaussian_fit(&g, &errors, &o) == IC_OK);
    for (k = 0; k < N; k++) {
        for (j = 0; j < D; j++)
            r[j] = (double)curves[k * D + j];
        CHECK_NEAR(ic_gaussian_energy(&g, label[k], curves + k * D, scratch), plain_energy(label[k], &o, r, NULL), 1e-5);
        CHECK_NEAR(ic_gaussian_energy(&g, (label[k] + 1) % C, curves + k * D, scratch),
                   plain_energy((label[k] + 1) % C, &o, r, NULL), 1e-5);
    }
    ic_gaussian_free(&g);
    some.classes = C + 1;                              /* a class without differences: the mean of the others */
    CHECK(ic_gaussian_fit(&g, &some, &o) == IC_OK);
    CHECK(ic_gaussian_energy(&g, C, curves, scratch) < 1e9);
    ic_gaussian_free(&g);
    CHECK(g.factor == NULL);
    o.own = -1;
    CHECK(ic_gaussian_fit(&g, &errors, &o) == IC_E_ARGUMENT);
    o = weights;
    some = errors, some.classes = 2;
    CHECK(ic_gaussian_fit(&g, &some, &o) == IC_E_ARGUMENT);
    curves[3] = (float)NAN;
    CHECK(ic_gaussian_fit(&g, &errors, &o) == IC_E_NOT_FINITE);
    make_curves();
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

static ic_model model;

static void draw(const float *x, double *y)
{
    float out[D];
    int j;
    CHECK(ic_generate(&model, 1, x, out, 1) == IC_OK);
    for (j = 0; j < D; j++)
        y[j] = (double)out[j];
}

/* One style: every energy on a grid is above the one found, and the posterior is that of integrals. */
static void test_explain(void)
{
    const ic_curves all = { N, T, O, C, curves, label };
    const ic_config config = { C + 1, 12, 1, O, T, IC_SIGMOID, IC_EVERY_STEP, IC_LINEAR };
    static unsigned char seen[N * T];
    static float x[N * (C + 1)], again[N * (C + 1)], changed[N * D];
    static double loss[N], posterior[N * C], other[N * C];
    static int found[N];
    const ic_inverted out = { x, found, loss, NULL, posterior }, out2 = { again, NULL, NULL, NULL, other };
    ic_train_options t;
    ic_augment a;
    ic_pairs pairs;
    ic_gaussian g;
    ic_gaussian_options o = weights;
    ic_invert_options v;
    int k, j, c, i, masked, right = 0;
    memset(&t, 0, sizeof t), memset(&a, 0, sizeof a), memset(&v, 0, sizeof v);
    a.styles = 1;
    t.updates = 600, t.rate = 0.01;
    CHECK(ic_pairs_make(&pairs, &all, &a) == IC_OK && ic_model_init(&model, &config, NULL) == IC_OK);
    CHECK(ic_train(&model, &pairs, NULL, &t, NULL) == IC_OK);
    o.own = 0.01, o.pooled = 0, o.smooth = 0, o.noise = 0.02;
    CHECK(ic_gaussian_fit(&g, &all, &o) == IC_OK);
    v.rule = IC_RULE_EXPLAIN, v.styles = 1, v.residual = &g, v.iterations = 12;
    for (masked = 0; masked < 2; masked++) {
        for (k = 0; k < N * T; k++)
            seen[k] = !masked || ic_uniform(3, (uint64_t)(k / T / 3), (uint64_t)(k % T)) < 0.7 || k % T == 0;
        v.seen = masked ? seen : NULL;
        CHECK(ic_invert(&model, N, curves, &v, &out) == IC_OK);
        for (k = 0; k < N; k++) {
            double part[C], total = 0, least = 1e300;
            right += found[k] == label[k];
            for (c = 0; c < C; c++) {
                part[c] = 0;
                for (i = -600; i <= 600; i++) {                /* p(y | c) = integral over the style */
                    const double s = 0.01 * i;
                    float code[C + 1] = { 0 };
                    double y[D], e;
                    if (k > 5 && i % 8)
                        continue;
                    code[c] = 1, code[C] = (float)s;
                    draw(code, y);
                    for (j = 0; j < D; j++)
                        y[j] = (double)curves[k * D + j] - y[j];
                    e = plain_energy(c, &o, y, seen + k * T) + 0.5 * s * s;
                    part[c] += exp(-e) * (k > 5 ? 0.08 : 0.01) / sqrt(2 * 3.14159265358979);
                    least = e < least ? e : least;
                    if (c == found[k] && x[k * (C + 1) + c] > 0) {
                        double z[D], here;
                        const double at = (double)x[k * (C + 1) + C];
                        draw(x + k * (C + 1), z);
                        for (j = 0; j < D; j++)
                            z[j] = (double)curves[k * D + j] - z[j];
                        here = plain_energy(c, &o, z, seen + k * T) + 0.5 * at * at;
                        CHECK(here <= e + 2e-3);
                    }
                }
                total += part[c];
            }
            for (c = 0; c < C; c++)
                CHECK_NEAR(posterior[k * C + c], part[c] / total, 0.05);
        }
        /* What was not seen has no influence at all. */
        for (j = 0; j < N * D; j++)
            changed[j] = seen[j / D * T + j % D / O] ? curves[j] : 99.0f;
        CHECK(ic_invert(&model, N, changed, &v, &out2) == IC_OK);
        CHECK(memcmp(x, again, sizeof x) == 0 && memcmp(posterior, other, sizeof other) == 0);
    }
    CHECK(right > 2 * N - 8);
    memset(seen, 1, sizeof seen);                      /* all seen is the same as no mask; nor do threads count */
    v.seen = NULL;
    CHECK(ic_invert(&model, N, curves, &v, &out) == IC_OK);
    v.seen = seen, v.threads = 2, v.isa = IC_ISA_PLAIN;
    CHECK(ic_invert(&model, N, curves, &v, &out2) == IC_OK);
    CHECK(memcmp(x, again, sizeof x) == 0 && memcmp(posterior, other, sizeof other) == 0);
    /* Codes to start from: the training codes themselves. */
    v.seen = NULL, v.vertices = N, v.vertex = pairs.x, v.spread = 0.3;
    CHECK(ic_invert(&model, N, curves, &v, &out) == IC_OK);
    for (k = right = 0; k < N; k++) {
        double sum = 0;
        for (c = 0; c < C; c++)
            sum += posterior[k * C + c];
        CHECK_NEAR(sum, 1, 1e-9);
        right += found[k] == label[k];
    }
    CHECK(right > N - 4);
    /* A code without a class part, all of it free: what the network draws it can also find. */
    {
        float code[C + 1] = { 0.4f, 0.5f, 0.1f, 0.3f }, y[D], z[D];
        ic_inverted only = { again, NULL, NULL, NULL, NULL };
        memset(&v, 0, sizeof v);
        v.rule = IC_RULE_EXPLAIN, v.styles = C + 1, v.vertices = 1, v.iterations = 30, v.spread = 100;
        CHECK(ic_generate(&model, 1, code, y, 1) == IC_OK);
        CHECK(ic_invert(&model, 1, y, &v, &only) == IC_OK);
        CHECK(ic_generate(&model, 1, again, z, 1) == IC_OK);
        for (j = 0; j < D; j++)
            CHECK_NEAR(z[j], y[j], 0.02);
    }
    memset(&v, 0, sizeof v);
    v.rule = IC_RULE_EXPLAIN, v.styles = C + 2;
    CHECK(ic_invert(&model, N, curves, &v, &out) == IC_E_ARGUMENT);
    v.styles = 1, v.rule = IC_RULE_CLIP_NORMALISE;
    CHECK(ic_invert(&model, N, curves, &v, &out2) == IC_E_ARGUMENT);
    ic_gaussian_free(&g);
    ic_pairs_free(&pairs);
    ic_model_free(&model);
}

int main(void)
{
    make_curves();
    test_gaussian();
    test_styles();
    test_explain();
    return check_report();
}
