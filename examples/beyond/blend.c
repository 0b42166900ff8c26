/* blend: what a curve between two letters is made of.

       blend FOLDER [data=FILE]

   Test letters of two classes are mixed point by point, w of one and 1 - w of the other; what were they?
   The generator has learned mixtures of mean letters too, so that a code between two classes draws what
   is between two letters.  The descent starts in the middle of every pair of classes, with the whole code
   free.  Beside it: the descent of the thesis on the same network; and, without a network, the pair
   of mean letters that fits best, by least squares.  Table C6. */
#define INVCLASS_IMPLEMENTATION
#include "explain.h"

enum { BLENDS = 400, MIXTURES = 6000, WEIGHTS = 5 };

/* Both letters named, and how far the weight is off where they are. */
static void judge(const float *x, int a, int b, double w, double *named, double *off, int *count)
{
    const int first = largest(x, PEN_CLASSES);
    int j, second = -1;
    for (j = 0; j < PEN_CLASSES; j++)
        if (j != first && (second < 0 || x[j] > x[second]))
            second = j;
    if ((first == a && second == b) || (first == b && second == a)) {
        *named += 1.0 / BLENDS;
        *off += fabs((double)x[a] / (double)(x[a] + x[b]) - w);
        ++*count;
    }
}

/* Starts between any two classes, at five places; every number of the code is free. */
static void pursue_pairs(const ic_model *model, const ic_gaussian *g, const float *y, float *x)
{
    enum { PLACES = 5, STARTS = PLACES * PEN_CLASSES * (PEN_CLASSES - 1) / 2 };
    static float start[STARTS * PEN_CLASSES];
    const ic_inverted out = { x, NULL, NULL, NULL, NULL };
    ic_invert_options o;
    int a, b, k, n = 0;
    memset(start, 0, sizeof start);
    for (a = 0; a < PEN_CLASSES; a++)
        for (b = a + 1; b < PEN_CLASSES; b++)
            for (k = 0; k < PLACES; k++, n++) {
                start[n * PEN_CLASSES + a] = 0.1f + 0.2f * (float)k;
                start[n * PEN_CLASSES + b] = 0.9f - 0.2f * (float)k;
            }
    memset(&o, 0, sizeof o);
    o.rule = IC_RULE_EXPLAIN;
    o.styles = PEN_CLASSES;
    o.spread = 0.1;
    o.vertices = STARTS;
    o.vertex = start;
    o.residual = g;
    check(ic_invert(model, BLENDS, y, &o, &out), "pairs");
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
                const double ya = (double)mean[a * LETTER_D + j], yb = (double)mean[b * LETTER_D + j];
                const double d = (double)y[j] - w * ya - (1 - w) * yb;
                rest += d * d;
            }
            if (rest < least) {
                least = rest;
                memset(x, 0, PEN_CLASSES * sizeof *x);
                x[a] = (float)w;
                x[b] = (float)(1 - w);
            }
        }
}

/* A network that draws mixtures of mean letters: an eighth of the pairs are single letters, the others
   mixtures of two. */
static void train_mixed(ic_model *model, const letters *means)
{
    const ic_train_options t = usual_training(1, 32, 6000);
    ic_pairs pairs;
    float *codes = get_floats(MIXTURES, PEN_CLASSES), *curves = get_floats(MIXTURES, LETTER_D);
    int k, j;
    for (k = 0; k < MIXTURES; k++) {
        const int a = (int)(PEN_CLASSES * ic_uniform(1, (uint64_t)k, 0));
        const int b = (int)(PEN_CLASSES * ic_uniform(1, (uint64_t)k, 1));
        const float w = k < MIXTURES / 8 ? 1 : (float)ic_uniform(1, (uint64_t)k, 2);
        codes[k * PEN_CLASSES + a] += w;
        codes[k * PEN_CLASSES + b] += 1 - w;
        for (j = 0; j < LETTER_D; j++)
            curves[k * LETTER_D + j] = w * letter(means, a)[j] + (1 - w) * letter(means, b)[j];
    }
    memset(&pairs, 0, sizeof pairs);
    pairs.n = MIXTURES;
    pairs.input_steps = 1;
    pairs.inputs = PEN_CLASSES;
    pairs.x = codes;
    pairs.output_steps = LETTER_STEPS;
    pairs.outputs = 2;
    pairs.y = curves;
    make_network(model, PEN_CLASSES, 0);
    check(ic_train(model, &pairs, NULL, &t, NULL), "training");
    free(codes);
    free(curves);
}

/* Differences of all letters alike: which two are in a blend is not known. */
static ic_gaussian one_gaussian(letters *train, const letters *means)
{
    ic_gaussian gaussian;
    ic_curves errors;
    int k, j;
    for (k = 0; k < train->n; k++)
        for (j = 0; j < LETTER_D; j++)
            letter(train, k)[j] -= letter(means, train->label[k])[j];
    memset(train->label, 0, (size_t)train->n * sizeof *train->label);
    train->classes = 1;
    errors = curves_of(train);
    check(ic_gaussian_fit(&gaussian, &errors, &usual_weights), "covariance");
    return gaussian;
}

/* Blends of test letters of two classes, w of one, y [BLENDS][LETTER_D]. */
static void make_blends(const letters *test, double w, float *y, int *first, int *second)
{
    int k, j;
    for (k = 0; k < BLENDS; k++) {
        int a, b, n = 0;
        do {
            a = (int)(test->n * ic_uniform(2, (uint64_t)k, (uint64_t)(2 * n)));
            b = (int)(test->n * ic_uniform(2, (uint64_t)k, (uint64_t)(2 * n + 1)));
            n++;
        } while (test->label[a] == test->label[b]);
        first[k] = test->label[a];
        second[k] = test->label[b];
        for (j = 0; j < LETTER_D; j++)
            y[k * LETTER_D + j] = (float)(w * (double)letter(test, a)[j] + (1 - w) * (double)letter(test, b)[j]);
    }
}

int main(int argc, char **argv)
{
    static const column columns[] = {
        { "weight", "%.4g" }, { "inversion: both named", "%.4g" }, { "inversion: weight off by", "%.4g" },
        { "thesis: both named", "%.4g" }, { "thesis: weight off by", "%.4g" },
        { "best pair of means: both named", "%.4g" }, { "best pair of means: weight off by", "%.4g" },
    };
    const char *data, *folder = read_arguments(argc, argv, "blend", &data);
    static double cells[WEIGHTS][7];
    letters all, train, test, means;
    ic_model mixed;
    ic_gaussian gaussian;
    float *y, *x;
    int k, row, way, *first, *second;
    all = load_letters(data);
    cut_letters(&all, 0, &train, &test);
    means = set_of_means(&train);

    train_mixed(&mixed, &means);
    gaussian = one_gaussian(&train, &means);
    y = get_floats(BLENDS, LETTER_D);
    x = get_floats(BLENDS, PEN_CLASSES);
    first = (int *)get_memory(BLENDS, sizeof(int));
    second = (int *)get_memory(BLENDS, sizeof(int));
    for (row = 0; row < WEIGHTS; row++) {
        const double w = 0.5 + 0.1 * row;
        const ic_inverted out = { x, NULL, NULL, NULL, NULL };
        ic_invert_options o;
        make_blends(&test, w, y, first, second);
        cells[row][0] = w;
        memset(&o, 0, sizeof o);
        for (way = 0; way < 3; way++) {
            int count = 0;
            if (way == 0)
                pursue_pairs(&mixed, &gaussian, y, x);
            else if (way == 1)
                check(ic_invert(&mixed, BLENDS, y, &o, &out), "descent");
            for (k = 0; k < BLENDS; k++) {
                if (way == 2)
                    best_pair(means.xy, y + k * LETTER_D, x + k * PEN_CLASSES);
                judge(x + k * PEN_CLASSES, first[k], second[k], w, &cells[row][1 + 2 * way], &cells[row][2 + 2 * way],
                      &count);
            }
            cells[row][2 + 2 * way] /= count > 0 ? count : 1;
        }
    }
    write_numbers(folder, "C6", "the two letters of a blend, and their weights", columns, COUNT(columns), WEIGHTS, NULL,
                  cells[0], &all);
    return 0;
}
