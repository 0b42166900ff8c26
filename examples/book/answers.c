/* answers: the figures that the answers to the exercises of chapters [G], [E], [D], [K] and [S] of invclass.h cite.

       make build/bin/answers && build/bin/answers

   A line a figure, after the exercise that it belongs to. */
#define INVCLASS_IMPLEMENTATION
#include "small.h"

enum { STEPS = 32, D = 2 * STEPS, EACH = 10, CLASSES = 3 };

static ic_pairs pairs_of(const ic_curves *c, const ic_augment *augment)
{
    ic_pairs pairs;
    check(ic_pairs_make(&pairs, c, augment), "pairs");
    return pairs;
}

/* The mean of the curves of class 0 among n, each with its weight. */
static void first_mean(int n, const int *label, const float *y, const float *weight, float mean[D])
{
    double sum[D] = { 0 }, count = 0;
    int k, j;
    for (k = 0; k < n; k++)
        for (j = 0; j < D && label[k] == 0; j++) {
            const double w = weight ? (double)weight[k] : 1;
            sum[j] += w * (double)y[k * D + j];
            count += w / D;
        }
    for (j = 0; j < D; j++)
        mean[j] = (float)(sum[j] / count);
}

static void augmentations(void)
{
    const ic_curves c = small_letters(1, CLASSES, EACH, STEPS);
    ic_train_options train;
    ic_augment augment;
    ic_pairs pairs;
    ic_model model;
    float mean[D], centres[D], x[CLASSES * CLASSES] = { 0 }, y[CLASSES * D];
    double variance = 0, loss = 0, moment[3] = { 0 };
    int k, label[CLASSES * 4];
    /* 1: all samples, class codes. */
    memset(&augment, 0, sizeof augment);
    memset(&train, 0, sizeof train);
    train.updates = 3000, train.rate = 0.01, train.schedule = IC_DECAY, train.clip = 1;
    pairs = pairs_of(&c, &augment);
    model = small_network(&c, &pairs, 48, &train);
    for (k = 0; k < CLASSES; k++)
        x[k * CLASSES + k] = 1;
    check(ic_generate(&model, CLASSES, x, y, 1), "network");
    ic_pairs_free(&pairs);
    augment.means = 1;
    pairs = pairs_of(&c, &augment);
    for (k = 0; k < c.n; k++) {
        variance += mean_square(small_curve(&c, k), pairs.y + c.label[k] * D, D) / c.n;
        loss += mean_square(small_curve(&c, k), y + c.label[k] * D, D) / c.n;
    }
    printf("[G] 1\tvariance within classes\t%.4f\n[G] 1\tloss after training\t%.4f\n", variance, loss);
    memcpy(mean, pairs.y, sizeof mean);
    ic_pairs_free(&pairs);
    ic_model_free(&model);
    /* 2: the mean of four centres. */
    memset(&augment, 0, sizeof augment);
    augment.centres = 4;
    pairs = pairs_of(&c, &augment);
    for (k = 0; k < pairs.n; k++)
        label[k] = k / 4;
    first_mean(pairs.n, label, pairs.y, NULL, centres);
    printf("[G] 2\tmean of 4 centres, from the class mean\t%.4f\n", sqrt(mean_square(centres, mean, D)));
    ic_pairs_free(&pairs);
    augment.centres = 0, augment.types = 4, augment.means = 1;
    pairs = pairs_of(&c, &augment);
    first_mean(pairs.n, label, pairs.y, pairs.weight, centres);
    printf("[G] 2\tthe same, weighted by counts\t%.1e\n", sqrt(mean_square(centres, mean, D)));
    ic_pairs_free(&pairs);
    /* 3: moments of the styles. */
    memset(&augment, 0, sizeof augment);
    augment.styles = 2;
    pairs = pairs_of(&c, &augment);
    for (k = 0; k < EACH; k++) {
        const float *s = pairs.x + k * pairs.inputs + CLASSES;
        moment[0] += (double)s[0] * (double)s[0] / EACH;
        moment[1] += (double)s[1] * (double)s[1] / EACH;
        moment[2] += (double)s[0] * (double)s[1] / EACH;
    }
    printf("[G] 3\tvariances and covariance of two styles\t%.4f %.4f %.0e\n", moment[0], moment[1], fabs(moment[2]));
    ic_pairs_free(&pairs);
}

static void explaining(void)
{
    const ic_curves c = small_letters(1, CLASSES, EACH, STEPS);
    const double freedom[] = { 5, 1e9 };
    ic_explainer_options o;
    ic_augment augment;
    ic_train_options train;
    ic_vertices vertices = { CLASSES, CLASSES, NULL, NULL };
    ic_pairs pairs;
    ic_model model;
    ic_explainer e;
    ic_explained out;
    ic_adjustment a;
    double energy[CLASSES];
    float y[D];
    int label[CLASSES], k, far, i;
    memset(&augment, 0, sizeof augment);
    memset(&train, 0, sizeof train);
    memset(&o, 0, sizeof o);
    memset(&out, 0, sizeof out);
    augment.means = 1;
    train.updates = 2000, train.rate = 0.01, train.schedule = IC_DECAY, train.clip = 1;
    pairs = pairs_of(&c, &augment);
    model = small_network(&c, &pairs, 48, &train);
    for (k = 0; k < CLASSES; k++)
        label[k] = k;
    vertices.code = pairs.x;
    vertices.label = label;
    out.energy = energy;
    for (k = 0; k < COUNT(freedom); k++) {
        o.freedom = freedom[k];
        check(ic_explainer_init(&e, &model, &vertices, &c, c.label, &o), "explainer");
        printf("[E] 1\tenergy 1, 2, 4, 8 times as far, nu = %g\t", freedom[k]);
        for (far = 1; far <= 8; far *= 2) {
            for (i = 0; i < D; i++)
                y[i] = e.drawn[i] + (float)far * (small_curve(&c, 0)[i] - e.drawn[i]);
            check(ic_explain(&e, y, &out), "a curve");
            printf("%.1f%s", energy[0], far < 8 ? " " : "\n");
        }
        ic_explainer_free(&e);
    }
    o.freedom = 0;
    check(ic_explainer_init(&e, &model, &vertices, &c, c.label, &o), "explainer");
    for (i = 0; i < D; i++)
        y[i] = (float)1.1 * e.drawn[i];
    ic_explainer_adjust(&e, 0, y, &a);
    printf("[E] 3\tpose of a drawing enlarged by a tenth\t%.3f %.3f %.3f %.3f\n", (double)a.pose[0][0], (double)a.pose[0][1],
           (double)a.pose[1][0], (double)a.pose[1][1]);
    printf("[E] 3\tsquared lengths of the derivatives by G_11, G_22\t");
    for (k = 0; k < 4; k += 3) {
        float j[IC_BASIS];
        double square = 0;
        ic_p_reduce_tangent(&e, e.drawn, k, j);
        for (i = 0; i < IC_BASIS; i++)
            square += (double)j[i] * (double)j[i];
        printf("%.1f%s", square, k ? "\n" : " ");
    }
    ic_explainer_free(&e);
    ic_pairs_free(&pairs);
    ic_model_free(&model);
}

/* One gradient of 1000 among those of 1 and -1: how far Adam moves its parameter from where it would be, in learning rates. */
static void exploding(void)
{
    enum { ONCE, NEVER, UPDATES = 200, FIRST = 10000 };
    static float p[16], g[16], m[16], v[16];
    ic_adam adam = { 1, 0.9f, 0.999f, 1e-8f, 1 };
    int k;
    for (k = 0; k < FIRST + UPDATES; k++) {
        g[ONCE] = g[NEVER] = k % 2 ? -1.0f : 1.0f;
        if (k == FIRST)
            g[ONCE] = 1000;
        ic_adam_step(16, &adam, p, g, m, v);
    }
    printf("[T] 2\ta gradient of 1000 among those of 1 moves its parameter by\t%.0f\n", fabs((double)(p[ONCE] - p[NEVER])));
}

static double warped(int na, const float *a, int nb, const float *b, int dims, int band)
{
    ic_dtw_options o;
    double distance;
    memset(&o, 0, sizeof o);
    o.band = band;
    check(ic_dtw(na, a, nb, b, dims, &o, &distance), "curves");
    return distance;
}

static void warping(void)
{
    const ic_curves c = small_letters(1, 1, 1, STEPS);
    float faster[D];
    const float one[] = { 0 }, two[] = { 1, 2 }, three[] = { 1, 2, 2 }, *p = small_curve(&c, 0), *q = faster;
    double walks[5][5], sum = 0;
    int i, j, band;
    for (i = 0; i < 5; i++)
        for (j = 0; j < 5; j++)
            walks[i][j] = i && j ? walks[i - 1][j] + walks[i][j - 1] + walks[i - 1][j - 1] : 1;
    printf("[D] 1\twalks along 5 and 5 points\t%.0f\n", walks[4][4]);
    printf("[D] 2\tdistances\t%g %g %g\n", warped(1, one, 2, two, 1, 0), warped(2, two, 3, three, 1, 0), warped(1, one, 3, three, 1, 0));
    small_accelerated(p, STEPS, faster);
    for (i = 0; i < STEPS; i++)
        sum += hypot((double)(p[2 * i] - q[2 * i]), (double)(p[2 * i + 1] - q[2 * i + 1]));
    printf("[D] 3\tbands of 1, 2, 4, 8, none; point by point\t");
    for (band = 1; band <= 8; band *= 2)
        printf("%.3f ", warped(STEPS, p, STEPS, q, 2, band));
    printf("%.3f; %.3f\n", warped(STEPS, p, STEPS, q, 2, 0), sum);
}

static void clustering(void)
{
    static const float corner[] = { 0, 0, 0, 1, 2, 0, 2, 1 };
    const ic_curves c = small_letters(1, 1, EACH, STEPS);
    const int tries = 100000;
    ic_kmeans_options o;
    float centre[D];
    double inertia, pairs = 0, spread[] = { 1, 0.5, 0.25 };
    int k, i, worse = 0;
    memset(&o, 0, sizeof o);
    o.restarts = 1;
    for (k = 0; k < tries; k++) {
        o.seed = (uint64_t)k;
        check(ic_kmeans(4, 2, corner, 2, &o, centre, NULL, &inertia), "corners");
        worse += inertia > 2;
    }
    printf("[K] 1\tstarts of %d that end in the worse partition\t%d\n", tries, worse);
    check(ic_kmeans(EACH, D, c.y, 1, NULL, centre, NULL, &inertia), "letters");
    for (k = 0; k < EACH; k++)
        for (i = 0; i < k; i++)
            pairs += D * mean_square(small_curve(&c, k), small_curve(&c, i), D);
    printf("[K] 2\tsquared distances of all pairs, n times the inertia\t%.3f %.3f\n", pairs, EACH * inertia);
    for (k = 0; k < COUNT(spread); k++)
        printf("[K] 3\tresponsibility of the nearer centre, deviation %g\t%.4f\n", spread[k],
               1 / (1 + exp((0.6 * 0.6 - 0.4 * 0.4) / (-2 * spread[k] * spread[k]))));
}

/* A map of points in a square, the first ones of `points` after `seed`. */
static ic_som map_of(int n, int dims, const float *points, const ic_som_options *options, int seed)
{
    ic_som_options o = *options;
    ic_som som;
    o.seed = (uint64_t)seed;
    check(ic_som_train(&som, n, dims, points, &o), "map");
    return som;
}

static void maps(void)
{
    enum { N = 1000, SEEDS = 10, MEANS = 1000 };
    static float points[2 * N];
    static const double radius[] = { 1, 3, 5 };
    ic_som_options o;
    double mean = 0, variance = 0;
    int k, shown, seed;
    for (k = 0; k < 2 * N; k++)
        points[k] = (float)ic_uniform(1, 0, (uint64_t)k);
    memset(&o, 0, sizeof o);
    o.rows = o.cols = 10;
    for (k = 0; k <= COUNT(radius); k++) {
        o.sigma = radius[k % COUNT(radius)];
        o.start = k < COUNT(radius) ? IC_SOM_DATA : IC_SOM_PCA;
        printf("[S] 2\tradius %g, %s, 100, 1000 and 10000 points\t", o.sigma, o.start == IC_SOM_PCA ? "from the plane" : "from points");
        for (shown = 100; shown <= 10000; shown *= 10) {
            double apart = 0;
            o.iterations = shown;
            for (seed = 0; seed < SEEDS; seed++) {
                ic_som som = map_of(N, 2, points, &o, seed);
                apart += ic_som_topographic_error(&som, N, points) / SEEDS;
                ic_som_free(&som);
            }
            printf("%.2f ", apart);
        }
        printf("\n");
    }
    for (k = 0; k < N; k++)
        mean += (double)points[k] / N;
    for (k = 0; k < N; k++)
        variance += ((double)points[k] - mean) * ((double)points[k] - mean) / N;
    memset(&o, 0, sizeof o);
    o.rows = o.cols = 1, o.iterations = N;
    for (k = 0; k < 2; k++) {
        double squares = 0;
        if (k == 1)
            o.rate = 1, o.rate_half = 1.0 / N;
        for (seed = 0; seed < MEANS; seed++) {
            ic_som som = map_of(N, 1, points, &o, seed);
            squares += ((double)som.weight[0] - mean) * ((double)som.weight[0] - mean) / MEANS;
            ic_som_free(&som);
        }
        printf("[S] 3\t%s: from the mean, in deviations\t%.3f\n", k ? "rate 1 / (1 + t)" : "rates as they are", sqrt(squares / variance));
    }
}

int main(void)
{
    program = "answers";
    exploding();
    augmentations();
    explaining();
    warping();
    clustering();
    maps();
    return printed();
}
