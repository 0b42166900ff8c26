/* test_explain: styles ([G5] of invclass.h) against eigenvectors found here; and the explainer ([E]) against its
   definition, computed here in double precision with full matrices and Gauss-Jordan inverses.
   Not under valgrind: takes minutes there. */
#define INVCLASS_IMPLEMENTATION
#include "invclass.h"
#include "check.h"

enum { C = 3, EACH = 12, N = C * EACH };

/* -- styles ------------------------------------------------------------------------------------------ */

enum { T = 5, O = 2, D = T * O };

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

/* -- the explainer ---------------------------------------------------------------------------------- */

/* Curves of two views, [STEPS][2 views][2], longer than the basis: there is a part outside. */
enum { STEPS = 24, VIEWS = 2, OUTPUTS = 2 * VIEWS, SIZE = STEPS * OUTPUTS, VIEW = SIZE / VIEWS, B = IC_BASIS, I = C + 1, V = C + 1 };

static ic_model writer;
static float drawn_curves[N * SIZE];
static int class_of[N], vertex_of[N];
static float code[V * I];
static int code_label[V];
static const ic_vertices corners = { V, C, code, code_label };

static ic_curves writer_curves(void)
{
    const ic_curves all = { N, STEPS, OUTPUTS, C, drawn_curves, class_of };
    return all;
}

/* A network that draws three curves in a style; class 0 has two vertices, one for each sign of its style. */
static void make_writer(void)
{
    const ic_config config = { I, 16, 1, OUTPUTS, STEPS, IC_SIGMOID, IC_EVERY_STEP, IC_LINEAR };
    const ic_curves all = writer_curves();
    ic_train_options train;
    ic_augment augment;
    ic_pairs pairs;
    int k, t, v, count[V] = { 0 };
    for (k = 0; k < N; k++) {
        const double style = ic_normal(7, (uint64_t)k, 0);
        class_of[k] = k % C;
        for (t = 0; t < SIZE; t++) {
            const double tau = (double)(t / OUTPUTS) / (STEPS - 1), turn = 3 * tau * (1 + 0.5 * class_of[k]) + (t % 2) * 1.5;
            const double late = (t % OUTPUTS) / 2 ? 0.2 * sin(3.14159 * tau) : 0;
            drawn_curves[k * SIZE + t] = (float)(sin(turn + late) + 0.25 * style * cos(2 * turn + class_of[k])
                                                 + 0.05 * ic_normal(8, (uint64_t)k, (uint64_t)t));
        }
    }
    memset(&augment, 0, sizeof augment), memset(&train, 0, sizeof train);
    augment.styles = 1;
    train.updates = 400, train.rate = 0.01;
    CHECK(ic_pairs_make(&pairs, &all, &augment) == IC_OK && ic_model_init(&writer, &config, NULL) == IC_OK);
    CHECK(ic_train(&writer, &pairs, NULL, &train, NULL) == IC_OK);
    for (v = 0; v < V; v++) {
        code_label[v] = v < C ? v : 0;
        code[v * I + code_label[v]] = 1;
    }
    code[C] = -0.8f, code[C * I + C] = 0.8f;
    for (k = 0; k < N; k++) {
        vertex_of[k] = class_of[k] == 0 && pairs.x[k * I + C] > 0 ? C : class_of[k];
        count[vertex_of[k]]++;
    }
    for (v = 0; v < V; v++)
        CHECK(count[v] > 1);
    ic_pairs_free(&pairs);
}

static double number(const float *y, int view, int i) { return (double)y[i / 2 * OUTPUTS + view * 2 + i % 2]; }

/* Sigma_0 of [E1] between numbers i and j of a view. */
static double expected(const ic_explainer_options *o, int i, int j)
{
    const double apart = (i / 2 - j / 2) / (o->length * STEPS);
    return i % 2 == j % 2 ? o->smooth * exp(-0.5 * apart * apart) : 0;
}

/* Inverse and log of the determinant of a symmetric matrix, by elimination. */
static double invert_matrix(double a[B][B], double inverse[B][B])
{
    double w[B][2 * B], log_det = 0;
    int i, j, k;
    for (i = 0; i < B; i++)
        for (j = 0; j < B; j++)
            w[i][j] = a[i][j], w[i][B + j] = i == j;
    for (i = 0; i < B; i++) {
        const double pivot = w[i][i];
        log_det += log(pivot);
        for (j = 0; j < 2 * B; j++)
            w[i][j] /= pivot;
        for (k = 0; k < B; k++) {
            const double f = w[k][i];
            for (j = 0; k != i && j < 2 * B; j++)
                w[k][j] -= f * w[i][j];
        }
    }
    for (i = 0; i < B; i++)
        for (j = 0; j < B; j++)
            inverse[i][j] = w[i][B + j];
    return log_det;
}

/* B^T x of a view, x [VIEW]. */
static void project(const ic_explainer *e, int view, const double *x, double p[B])
{
    int i, k;
    for (k = 0; k < B; k++)
        for (p[k] = 0, i = 0; i < VIEW; i++)
            p[k] += (double)e->basis[(view * VIEW + i) * B + k] * x[i];
}

static void project_curve(const ic_explainer *e, int view, const float *y, double p[B], double *outside)
{
    double x[VIEW], square = 0;
    int i, k;
    for (i = 0; i < VIEW; i++) {
        x[i] = number(y, view, i) - (double)e->centre[view * VIEW + i];
        square += x[i] * x[i];
    }
    project(e, view, x, p);
    for (k = 0; k < B; k++)
        square -= p[k] * p[k];
    *outside = square;
}

/* The basis: orthonormal eigenvectors of what [E1] says, and no direction beside them has a larger variance. */
static void check_basis(const ic_explainer *e)
{
    static double a[VIEW][VIEW];
    int view, i, j, k, m, round;
    for (view = 0; view < VIEWS; view++) {
        double last = 1e300, mean[VIEW] = { 0 };
        for (k = 0; k < N; k++)
            for (i = 0; i < VIEW; i++)
                mean[i] += number(drawn_curves + k * SIZE, view, i) / N;
        for (i = 0; i < VIEW; i++)
            for (j = 0; j < VIEW; j++) {
                a[i][j] = e->options.shrink * expected(&e->options, i, j);
                for (k = 0; k < N; k++)
                    a[i][j] += (number(drawn_curves + k * SIZE, view, i) - mean[i])
                             * (number(drawn_curves + k * SIZE, view, j) - mean[j]);
            }
        for (k = 0; k < B; k++) {
            double ab[VIEW] = { 0 }, value = 0;
            for (m = 0; m <= k; m++) {
                double dot = 0;
                for (i = 0; i < VIEW; i++)
                    dot += (double)e->basis[(view * VIEW + i) * B + k] * (double)e->basis[(view * VIEW + i) * B + m];
                CHECK_NEAR(dot, m == k, 1e-5);
            }
            for (i = 0; i < VIEW; i++) {
                for (j = 0; j < VIEW; j++)
                    ab[i] += a[i][j] * (double)e->basis[(view * VIEW + j) * B + k];
                value += ab[i] * (double)e->basis[(view * VIEW + i) * B + k];
            }
            for (i = 0; i < VIEW; i++)
                CHECK_NEAR(ab[i], value * (double)e->basis[(view * VIEW + i) * B + k], 1e-4);
            CHECK(value <= last + 1e-4);
            last = value;
        }
        for (round = 0; round < 20; round++) {
            double x[VIEW], p[B], length = 0, value = 0;
            for (i = 0; i < VIEW; i++)
                x[i] = ic_normal(5, (uint64_t)round, (uint64_t)i);
            project(e, view, x, p);
            for (i = 0; i < VIEW; i++) {
                for (k = 0; k < B; k++)
                    x[i] -= p[k] * (double)e->basis[(view * VIEW + i) * B + k];
                length += x[i] * x[i];
            }
            for (i = 0; i < VIEW; i++)
                for (j = 0; j < VIEW; j++)
                    value += x[i] * a[i][j] * x[j];
            CHECK(value / length <= last * (1 + 1e-3) + 1e-5);
        }
    }
}

/* Derivative of a drawing, one number of it, by coefficient `which` of pose (four) or pace. */
static double derivative(const float *f, int view, int i, int which)
{
    const int t = i / 2, k = i % 2, next = t < STEPS - 1 ? t + 1 : t, before = t > 0 ? t - 1 : t;
    const double tau = (double)t / (STEPS - 1), order = which - 3;
    if (which < 4)
        return which / 2 == k ? number(f, view, 2 * t + which % 2) : 0;
    return (number(f, view, 2 * next + k) - number(f, view, 2 * before + k)) / ((double)(next - before) / (STEPS - 1))
         * sin(3.14159265358979 * order * tau) / (3.14159265358979 * order);
}

typedef struct scatter { double s[B][B]; int n; } scatter;

static void lean(scatter *s, int freedom, double above[B][B], double k)
{
    int i, j;
    for (i = 0; i < B; i++)
        for (j = 0; j < B; j++)
            s->s[i][j] = (s->s[i][j] + k * above[i][j]) / (freedom + k);
}

/* Everything [E2], [E4] and [E5] say, from their formulas: energy[n][V] of all curves. */
static void plain_energies(const ic_explainer *e, double energy[N][V])
{
    const ic_explainer_options *o = &e->options;
    static scatter all, of_class[C], of_vertex[V];
    static double p[N][B], f[V][B], outside[N], inverse[B][B], prior[B][B];
    int view, k, v, i, j, c, which, count[V] = { 0 }, in_class[C] = { 0 };
    for (k = 0; k < N; k++)
        count[vertex_of[k]]++, in_class[class_of[k]]++;
    for (k = 0; k < N; k++)
        for (v = 0; v < V; v++)
            energy[k][v] = -log((double)count[v] / in_class[code_label[v]]);
    for (view = 0; view < VIEWS; view++) {
        double variance = 0, none, kb[VIEW];
        memset(&all, 0, sizeof all), memset(of_class, 0, sizeof of_class), memset(of_vertex, 0, sizeof of_vertex);
        for (v = 0; v < V; v++)
            project_curve(e, view, e->drawn + v * SIZE, f[v], &none);
        for (k = 0; k < N; k++) {
            project_curve(e, view, drawn_curves + k * SIZE, p[k], &outside[k]);
            variance += outside[k] / N / (VIEW - B);
            for (i = 0; i < B; i++)
                for (j = 0; j < B; j++) {
                    const double x = (p[k][i] - f[vertex_of[k]][i]) * (p[k][j] - f[vertex_of[k]][j]);
                    all.s[i][j] += x, of_class[class_of[k]].s[i][j] += x, of_vertex[vertex_of[k]].s[i][j] += x;
                }
        }
        variance += o->noise;
        for (j = 0; j < B; j++) {                             /* B^T K B */
            double column[B];
            for (i = 0; i < VIEW; i++)
                for (kb[i] = 0, c = 0; c < VIEW; c++)
                    kb[i] += expected(o, i, c) * (double)e->basis[(view * VIEW + c) * B + j];
            project(e, view, kb, column);
            for (i = 0; i < B; i++)
                prior[i][j] = column[i];
        }
        lean(&all, N - V, prior, o->shrink);
        for (c = 0; c < C; c++)
            lean(&of_class[c], in_class[c] - (c == 0 ? 2 : 1), all.s, o->shrink);
        for (v = 0; v < V; v++) {
            scatter *s = &of_vertex[v];
            double log_det;
            lean(s, count[v] - 1, of_class[code_label[v]].s, o->shrink);
            for (i = 0; i < B; i++)
                for (j = 0; j < B; j++)
                    s->s[i][j] = s->s[i][j] * (1 + 1.0 / count[v]) + (i == j ? o->noise : 0);
            for (which = 0; which < 4 + IC_PACE; which++) {
                const double weight = o->shrink / (N - V + o->shrink) * (which < 4 ? o->pose : o->pace);
                double d[VIEW], q[B];
                for (i = 0; i < VIEW; i++)
                    d[i] = derivative(e->drawn + v * SIZE, view, i, which);
                project(e, view, d, q);
                for (i = 0; i < B; i++)
                    for (j = 0; j < B; j++)
                        s->s[i][j] += weight * q[i] * q[j];
            }
            log_det = invert_matrix(s->s, inverse);
            for (k = 0; k < N; k++) {
                double q = outside[k] / variance;
                for (i = 0; i < B; i++)
                    for (j = 0; j < B; j++)
                        q += (p[k][i] - f[v][i]) * inverse[i][j] * (p[k][j] - f[v][j]);
                energy[k][v] += 0.5 * log_det + 0.5 * (VIEW - B) * log(variance)
                              + (o->freedom > 1e11 ? 0.5 * q : 0.5 * (o->freedom + B) * log(1 + q / o->freedom));
            }
        }
    }
}

/* Energies, posterior, label and vertex of every curve: with heavy tails, and with the normal distribution. */
static void test_energies(void)
{
    static double plain[N][V];
    const ic_curves all = writer_curves();
    ic_explainer_options o;
    ic_explainer e;
    int k, v, c, wide, right = 0;
    memset(&o, 0, sizeof o);
    o.views = VIEWS, o.styles = 1;
    for (wide = 0; wide < 2; wide++) {
        o.freedom = wide ? 1e12 : 0;
        CHECK(ic_explainer_init(&e, &writer, &corners, &all, vertex_of, &o) == IC_OK);
        CHECK(e.options.freedom == (wide ? 1e12 : 5));
        if (!wide)
            check_basis(&e);
        plain_energies(&e, plain);
        for (k = 0; k < N; k++) {
            double energy[V], posterior[C], share[C] = { 0 }, sum = 0, total = 0;
            ic_explained out = { energy, posterior, 0, 0, 0 };
            int best = 0;
            CHECK(ic_explain(&e, drawn_curves + k * SIZE, &out) == IC_OK);
            for (v = 0; v < V; v++) {
                CHECK_NEAR(energy[v], plain[k][v], 2e-3 * (1 + fabs(plain[k][v])));
                best = plain[k][v] < plain[k][best] ? v : best;
            }
            CHECK(out.vertex == best && out.least == energy[best]);
            for (v = 0; v < V; v++)
                share[code_label[v]] += exp(energy[best] - energy[v]);
            for (c = 0; c < C; c++)
                total += share[c];
            for (c = 0; c < C; c++) {
                CHECK_NEAR(posterior[c], share[c] / total, 1e-9);
                CHECK(posterior[out.label] >= posterior[c]);
                sum += posterior[c];
            }
            CHECK_NEAR(sum, 1, 1e-12);
            right += out.label == class_of[k];
            out.posterior = NULL;                             /* not wanted */
            CHECK(ic_explain(&e, drawn_curves + k * SIZE, &out) == IC_OK && out.label == code_label[best]);
        }
        ic_explainer_free(&e);
        CHECK(!e.owned && !e.drawn);
    }
    CHECK(right > 2 * N - 4);
}

/* A drawing that was scaled, turned, drawn at another pace or in another style: what was done to it is found. */
static void test_adjust(void)
{
    static const double pose[2][2] = { { 0.06, -0.03 }, { 0.02, -0.05 } };
    const ic_curves all = writer_curves();
    ic_explainer_options o;
    ic_explainer e;
    ic_adjustment a;
    float y[SIZE], z[SIZE], moved[SIZE], other[I];
    int v, t, i, j, k, way;
    memset(&o, 0, sizeof o);
    o.views = VIEWS, o.styles = 1, o.noise = 1e-5;
    CHECK(ic_explainer_init(&e, &writer, &corners, &all, vertex_of, &o) == IC_OK);
    for (v = 0; v < V; v++)
        for (way = 0; way < 4; way++) {
            const float *f = e.drawn + v * SIZE;
            double before = 0, after = 0;
            for (t = 0; t < SIZE; t++) {
                const int first = t - t % 2;
                const double tau = (double)(t / OUTPUTS) / (STEPS - 1), at = (tau + 0.08 * sin(3.14159265358979 * tau) / 3.14159265358979) * (STEPS - 1);
                const int step = at < STEPS - 1 ? (int)at : STEPS - 2;
                y[t] = f[t];
                if (way == 1)
                    y[t] += (float)(pose[t % 2][0] * (double)f[first] + pose[t % 2][1] * (double)f[first + 1]);
                else if (way == 2)
                    y[t] = (float)((step + 1 - at) * (double)f[step * OUTPUTS + t % OUTPUTS] + (at - step) * (double)f[(step + 1) * OUTPUTS + t % OUTPUTS]);
            }
            if (way == 3) {
                memcpy(other, code + v * I, sizeof other);
                other[C] += 0.3f;
                CHECK(ic_generate(&writer, 1, other, y, 1) == IC_OK);
            }
            ic_explainer_adjust(&e, v, y, &a);
            for (i = 0; i < 2; i++)
                for (j = 0; j < 2; j++)
                    CHECK_NEAR(a.pose[i][j], way == 1 ? pose[i][j] : 0, 0.02);
            for (k = 0; k < IC_PACE; k++)
                CHECK_NEAR(a.pace[k], way == 2 && k == 0 ? 0.08 : 0, 0.03);
            CHECK_NEAR(a.style[0], way == 3 ? 0.3 : 0, 0.06);
            /* And what the adjustment draws is the curve, or nearly. */
            memcpy(other, code + v * I, sizeof other);
            other[C] += a.style[0];
            CHECK(ic_generate(&writer, 1, other, z, 1) == IC_OK);
            ic_p_apply(&e, z, &a, moved);
            for (t = 0; t < SIZE; t++) {
                before += ((double)y[t] - (double)f[t]) * ((double)y[t] - (double)f[t]);
                after += ((double)y[t] - (double)moved[t]) * ((double)y[t] - (double)moved[t]);
            }
            CHECK(after <= 0.05 * before + 1e-6);
        }
    ic_explainer_free(&e);
}

static ic_status refused(const ic_explainer_options *o, const ic_vertices *v, const ic_curves *c, const int *vertex)
{
    ic_explainer e;
    const ic_status status = ic_explainer_init(&e, &writer, v, c, vertex, o);
    CHECK(status == IC_OK || (!e.owned && !e.drawn));
    if (status == IC_OK)
        ic_explainer_free(&e);
    return status;
}

static void test_refusals(void)
{
    const ic_curves all = writer_curves();
    ic_curves other = all;
    ic_vertices few = corners;
    ic_explainer_options o;
    ic_explainer e;
    ic_explained out = { NULL, NULL, 0, 0, 0 };
    double energy[V];
    int wrong[N], k;
    memset(&o, 0, sizeof o);
    CHECK(refused(NULL, &corners, &all, vertex_of) == IC_OK);
#define REFUSE(change, back, status) do { change; CHECK(refused(&o, &few, &other, wrong) == (status)); back; } while (0)
    memcpy(wrong, vertex_of, sizeof wrong);
    REFUSE(o.views = 3, o.views = 0, IC_E_MISMATCH);
    REFUSE(o.views = 5, o.views = 0, IC_E_OPTION);
    REFUSE(o.views = -1, o.views = 0, IC_E_OPTION);
    REFUSE(o.space = 5, o.space = 0, IC_E_OPTION);
    REFUSE((o.space = 3, o.views = 2), (o.space = 0, o.views = 0), IC_E_OPTION);
    REFUSE(o.styles = IC_MAX_STYLES + 1, o.styles = 0, IC_E_OPTION);
    REFUSE(o.styles = I, o.styles = 0, IC_E_MISMATCH);
    REFUSE(o.freedom = (double)NAN, o.freedom = 0, IC_E_OPTION);
    REFUSE(o.freedom = 1e-310, o.freedom = 0, IC_E_OPTION);
    REFUSE(o.shrink = -1, o.shrink = 0, IC_E_OPTION);
    REFUSE(o.noise = (double)INFINITY, o.noise = 0, IC_E_OPTION);
    REFUSE(o.noise = 1e-60, o.noise = 0, IC_E_OPTION);
    REFUSE(o.smooth = -1, o.smooth = 0, IC_E_OPTION);
    REFUSE(o.length = -1, o.length = 0, IC_E_OPTION);
    REFUSE(o.pose = (double)NAN, o.pose = 0, IC_E_OPTION);
    REFUSE(o.pace = 1e9, o.pace = 0, IC_E_OPTION);
    REFUSE(few.n = 0, few.n = V, IC_E_ARGUMENT);
    REFUSE(few.classes = C + 1, few.classes = C, IC_E_MISMATCH);
    REFUSE(few.classes = other.classes = C + 1, few.classes = other.classes = C, IC_E_SAMPLES);    /* a class without a vertex */
    REFUSE(code_label[1] = C, code_label[1] = 1, IC_E_ARGUMENT);
    REFUSE(code[0] = (float)NAN, code[0] = 1, IC_E_NOT_FINITE);
    REFUSE(other.steps = STEPS - 1, other.steps = STEPS, IC_E_MISMATCH);
    REFUSE(other.dims = OUTPUTS - 1, other.dims = OUTPUTS, IC_E_MISMATCH);
    REFUSE(drawn_curves[7] += INFINITY, drawn_curves[7] = 0, IC_E_NOT_FINITE);
    REFUSE(wrong[0] = V, wrong[0] = vertex_of[0], IC_E_ARGUMENT);
    REFUSE(wrong[1] = 0, wrong[1] = vertex_of[1], IC_E_ARGUMENT);              /* a vertex of another class */
    for (k = 0; k < N; k++)
        wrong[k] = wrong[k] == C ? 0 : wrong[k];
    CHECK(refused(&o, &few, &other, wrong) == IC_E_SAMPLES);                   /* a vertex without a curve */
    for (k = 0; k < N * STEPS * OUTPUTS; k++)                                  /* finite, but not their squares */
        drawn_curves[k] *= 1e25f;
    CHECK(refused(NULL, &corners, &all, vertex_of) == IC_E_NOT_FINITE);
    for (k = 0; k < N * STEPS * OUTPUTS; k++)
        drawn_curves[k] /= 1e25f;
    CHECK(ic_explainer_init(&e, &writer, &corners, &all, vertex_of, NULL) == IC_OK);
    CHECK(ic_explain(&e, drawn_curves, &out) == IC_E_ARGUMENT);
    out.energy = energy;
    CHECK(ic_explain(&e, NULL, &out) == IC_E_ARGUMENT);
    drawn_curves[3] = (float)NAN;
    CHECK(ic_explain(&e, drawn_curves, &out) == IC_E_NOT_FINITE);
    ic_explainer_free(&e);
    ic_explainer_free(&e);                                                     /* twice does no harm */
}

int main(void)
{
    make_curves();
    test_styles();
    make_writer();
    test_energies();
    test_adjust();
    test_refusals();
    ic_model_free(&writer);
    return check_report();
}
