/* blend: what a curve between two letters is made of.

       blend TABLE [data=FILE]

   Test letters of two classes are mixed point by point, w of one and 1 - w of the other.  The procedure
   of the thesis, descending on the input, should find the two weights.  With a generator that learned
   single letters it cannot; with one that also learned mixtures of their means, it can.  Beside them:
   of all pairs of mean letters the one that fits best, by least squares.  Table C6. */
#define INVCLASS_IMPLEMENTATION
#include "explain.h"

enum { BLENDS = 400, MIXTURES = 6000, WEIGHTS = 5 };

/* Both letters named, and how far the weight is off where they are. */
static void judge(const float *x, int a, int b, double w, double *named, double *off, int *count)
{
    int j, first = 0, second = -1;
    for (j = 1; j < PEN_CLASSES; j++)
        first = x[j] > x[first] ? j : first;
    for (j = 0; j < PEN_CLASSES; j++)
        if (j != first && (second < 0 || x[j] > x[second]))
            second = j;
    if ((first == a && second == b) || (first == b && second == a)) {
        *named += 1.0 / BLENDS;
        *off += fabs((double)x[a] / (double)(x[a] + x[b]) - w);
        ++*count;
    }
}

static void best_pair(const float *mean, const float *y, float *x)
{
    double least = 1e300;
    int a, b, j;
    for (a = 0; a < PEN_CLASSES; a++)
        for (b = a + 1; b < PEN_CLASSES; b++) {
            double yd = 0, dd = 0, rest = 0, w;
            for (j = 0; j < LETTER_D; j++) {
                const double d = (double)(mean[a * LETTER_D + j] - mean[b * LETTER_D + j]);
                yd += (double)(y[j] - mean[b * LETTER_D + j]) * d;
                dd += d * d;
            }
            w = fmax(0, fmin(1, yd / dd));
            for (j = 0; j < LETTER_D; j++) {
                const double d = (double)y[j] - w * (double)mean[a * LETTER_D + j] - (1 - w) * (double)mean[b * LETTER_D + j];
                rest += d * d;
            }
            if (rest < least) {
                least = rest;
                memset(x, 0, PEN_CLASSES * sizeof *x);
                x[a] = (float)w, x[b] = (float)(1 - w);
            }
        }
}

int main(int argc, char **argv)
{
    const char *data;
    static double rows[WEIGHTS][7];
    letters all, train, test, means;
    explainer plain;
    ic_model mixed;
    ic_train_options t;
    ic_pairs pairs;
    float *codes, *curves, *y, *x;
    int k, j, row, way, *first, *second;
    read_arguments(argc, argv, "blend", &data);
    all = load_letters(data);
    cut_letters(&all, 0, &train, &test);
    means = set_of_means(&train);
    train_explainer(&plain, &means, 0, 1);

    /* The same network, trained on the means and on mixtures of any two. */
    codes = get_floats(MIXTURES, PEN_CLASSES);
    curves = get_floats(MIXTURES, LETTER_D);
    for (k = 0; k < MIXTURES; k++) {
        const int a = (int)(PEN_CLASSES * ic_uniform(1, (uint64_t)k, 0)), b = (int)(PEN_CLASSES * ic_uniform(1, (uint64_t)k, 1));
        const float w = k < MIXTURES / 8 ? 1 : (float)ic_uniform(1, (uint64_t)k, 2);
        codes[k * PEN_CLASSES + a] += w;
        codes[k * PEN_CLASSES + b] += 1 - w;
        for (j = 0; j < LETTER_D; j++)
            curves[k * LETTER_D + j] = w * letter(&means, a)[j] + (1 - w) * letter(&means, b)[j];
    }
    memset(&t, 0, sizeof t);
    memset(&pairs, 0, sizeof pairs);
    pairs.n = MIXTURES, pairs.input_steps = 1, pairs.x = codes, pairs.y = curves;
    t.seed = 1, t.batch = 32, t.updates = 6000, t.rate = 0.006, t.beta2 = 0.99, t.schedule = IC_DECAY, t.warmup = 0.02;
    t.clip = 0.5, t.check_every = 1000;
    check(ic_model_init(&mixed, &plain.model.config, NULL), "model");
    check(ic_train(&mixed, &pairs, NULL, &t, NULL), "training");

    y = get_floats(BLENDS, LETTER_D);
    x = get_floats(BLENDS, PEN_CLASSES);
    first = (int *)get_memory(BLENDS, sizeof(int));
    second = (int *)get_memory(BLENDS, sizeof(int));
    for (row = 0; row < WEIGHTS; row++) {
        const double w = 0.5 + 0.1 * row;
        const ic_inverted out = { x, NULL, NULL, NULL, NULL };
        ic_invert_options o;
        for (k = 0; k < BLENDS; k++) {
            int a, b, n = 0;
            do {
                a = (int)(test.n * ic_uniform(2, (uint64_t)k, (uint64_t)(2 * n)));
                b = (int)(test.n * ic_uniform(2, (uint64_t)k, (uint64_t)(2 * n + 1)));
                n++;
            } while (test.label[a] == test.label[b]);
            first[k] = test.label[a], second[k] = test.label[b];
            for (j = 0; j < LETTER_D; j++)
                y[k * LETTER_D + j] = (float)(w * (double)letter(&test, a)[j] + (1 - w) * (double)letter(&test, b)[j]);
        }
        rows[row][0] = w;
        memset(&o, 0, sizeof o);
        for (way = 0; way < 3; way++) {
            int count = 0;
            if (way < 2)
                check(ic_invert(way ? &plain.model : &mixed, BLENDS, y, &o, &out), "descent");
            for (k = 0; k < BLENDS; k++) {
                if (way == 2)
                    best_pair(means.xy, y + k * LETTER_D, x + k * PEN_CLASSES);
                judge(x + k * PEN_CLASSES, first[k], second[k], w, &rows[row][1 + 2 * way], &rows[row][2 + 2 * way], &count);
            }
            rows[row][2 + 2 * way] /= count > 0 ? count : 1;
        }
    }
    write_table(argv[1], "C6: the two letters of a blend, and their weights",
                "weight\tmixtures learned: both named\tweight off by\tsingle letters learned: both named\tweight off by \t"
                "best pair of means: both named\tweight off by  ", WEIGHTS, 7, rows[0], NULL, &all);
    return 0;
}
