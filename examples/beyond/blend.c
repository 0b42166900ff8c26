/* blend: what a curve between two letters is made of.

       blend FOLDER [data=FILE]

   Test letters of two classes are mixed point by point, w of one and 1 - w of the other; what were they?  A recogniser
   names one letter, not two, but it holds a drawing for every way to write one: the pair of drawings of different letters whose
   sum, with weights by least squares, comes closest.  Beside it: the pair of mean letters that fits best; and
   the descent of the thesis, on a network that has learned mixtures of mean letters too.  Table C6. */
#define INVCLASS_IMPLEMENTATION
#include "handwriting.h"

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

/* The products of all drawings with each other, [n][n]. */
static double *products_of(const ic_explainer *e)
{
    const int size = e->steps * e->outputs, n = e->vertices;
    double *p = (double *)get_memory((size_t)n, (size_t)n * sizeof(double));
    int u, v, j;
    for (u = 0; u < n; u++)
        for (v = 0; v < n; v++)
            for (j = 0; j < size; j++)
                p[u * n + v] += (double)e->drawn[u * size + j] * (double)e->drawn[v * size + j];
    return p;
}

/* The two drawings f and g of different classes that come nearest to y, as a f + b g with a, b > 0 by least squares.  What the
   sum takes off |y|^2 is a fy + b gy. */
static void best_drawings(const ic_explainer *e, const double *product, const float *y, float *x)
{
    const int size = e->steps * e->outputs, n = e->vertices;
    double *along = (double *)get_memory((size_t)n, sizeof(double)), most = -1;
    int u, v, j;
    for (u = 0; u < n; u++)
        for (j = 0; j < size; j++)
            along[u] += (double)e->drawn[u * size + j] * (double)y[j];
    memset(x, 0, PEN_CLASSES * sizeof *x);
    for (u = 0; u < n; u++)
        for (v = 0; v < u; v++) {
            const double ff = product[u * n + u], fg = product[u * n + v], gg = product[v * n + v], det = ff * gg - fg * fg;
            const double a = (gg * along[u] - fg * along[v]) / det, b = (ff * along[v] - fg * along[u]) / det;
            if (e->label[u] == e->label[v] || !(a > 0 && b > 0) || a * along[u] + b * along[v] <= most)
                continue;
            most = a * along[u] + b * along[v];
            memset(x, 0, PEN_CLASSES * sizeof *x);
            x[e->label[u]] = (float)(a / (a + b));
            x[e->label[v]] = (float)(b / (a + b));
        }
    free(along);
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
    make_network(model, PEN_CLASSES);
    check(ic_train(model, &pairs, NULL, &t, NULL), "training");
    free(codes);
    free(curves);
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
        { "weight", "%.4g" }, { "best pair of drawings: both named", "%.4g" }, { "best pair of drawings: weight off by", "%.4g" },
        { "thesis: both named", "%.4g" }, { "thesis: weight off by", "%.4g" },
        { "best pair of means: both named", "%.4g" }, { "best pair of means: weight off by", "%.4g" },
    };
    const char *data, *folder = read_arguments(argc, argv, "blend", &data);
    static double cells[WEIGHTS][7];
    letters all = load_letters(data), train, test, means;
    ic_recogniser recogniser;
    ic_recognition answer;
    ic_model mixed;
    double *products;
    float *y = get_floats(BLENDS, LETTER_D), *x = get_floats(BLENDS, PEN_CLASSES);
    int k, row, way, first[BLENDS], second[BLENDS];
    const ic_descended out = { x, NULL, NULL, NULL };
    cut_letters(&all, &train, &test);
    means = mean_letters(&train);
    train_mixed(&mixed, &means);
    fit_recogniser(&recogniser, &train, 1);
    check(ic_recognition_init(&answer, &recogniser), "recogniser");
    products = products_of(&recogniser.explainer);
    for (row = 0; row < WEIGHTS; row++) {
        const double w = 0.5 + 0.1 * row;
        make_blends(&test, w, y, first, second);
        cells[row][0] = w;
        for (way = 0; way < 3; way++) {
            int count = 0;
            if (way == 1)
                check(ic_descend(&mixed, BLENDS, y, NULL, &out), "descent");
            for (k = 0; k < BLENDS; k++) {
                const ic_curve curve = curve_of_points(y + k * LETTER_D);
                if (way == 0) {
                    check(ic_recognise(&recogniser, &curve, &answer), "a blend");
                    best_drawings(&recogniser.explainer, products, answer.prepared, x + k * PEN_CLASSES);
                } else if (way == 2)
                    best_pair(means.xy, curve.point, x + k * PEN_CLASSES);
                judge(x + k * PEN_CLASSES, first[k], second[k], w, &cells[row][1 + 2 * way], &cells[row][2 + 2 * way],
                      &count);
            }
            cells[row][2 + 2 * way] /= count > 0 ? count : 1;
        }
    }
    write_numbers(folder, "C6", "the two letters of a blend, and their weights", columns, COUNT(columns), WEIGHTS, NULL,
                  cells[0], &all);
    free(products);
    ic_recognition_free(&answer);
    ic_recogniser_free(&recogniser);
    return 0;
}
