/* unknown: a letter that was never learned: refuse it; then learn it from one or four samples, with all
   weights frozen.

       unknown FOLDER [data=FILE]

   Each letter in turn is left out of training.  C1: can the energy of the best explanation tell it from
   the others?  Area under the ROC curve (the chance that an unknown letter has a higher energy than a
   known one), and the share of known letters refused when 95 % of the unknown are.  C5: the code
   of the new letter is found by Gauss-Newton over all inputs, and joins the codes that explain;
   how many of its test letters are recognised then, and what happens to the others. */
#define INVCLASS_IMPLEMENTATION
#include "explain.h"

enum { SOME_STYLES = 4, I = PEN_CLASSES + SOME_STYLES };

/* Area under the ROC curve, ties count half; and how many of the known lie above the value that 95 % of the
   unknown exceed. */
static double roc(const letters *test, int unknown, const double *v, double *false_alarms)
{
    int *order = order_of(v, test->n), k, new_ones = 0, known_below = 0, passed = 0;
    double area = 0, limit = 0;
    for (k = 0; k < test->n; k++)
        new_ones += test->label[k] == unknown;
    for (k = 0; k < test->n; k++)
        if (test->label[order[k]] == unknown) {
            area += known_below;
            if (++passed == new_ones / 20 + 1)
                limit = v[order[k]];
        } else
            known_below++;
    for (k = 0, *false_alarms = 0; k < test->n; k++)
        *false_alarms += (double)(test->label[k] != unknown && v[k] >= limit) / known_below;
    free(order);
    return area / new_ones / known_below;
}

/* The code, all inputs free, that draws a curve best; it starts from `x`. */
static void find_code(const explainer *e, const float *y, float *x)
{
    float start[I];
    const ic_inverted out = { x, NULL, NULL, NULL, NULL };
    ic_invert_options o;
    memcpy(start, x, sizeof start);
    memset(&o, 0, sizeof o);
    o.rule = IC_RULE_EXPLAIN;
    o.styles = I;
    o.vertices = 1;
    o.vertex = start;
    o.spread = 10;
    o.iterations = 20;
    check(ic_invert(&e->model, 1, y, &o, &out), "code");
}

/* Of the test letters that are the unknown one, or of the others: how many have the right label. */
static double share_right(const letters *test, const int *label, int unknown, int of_unknown)
{
    int n = 0, right = 0, k;
    for (k = 0; k < test->n; k++)
        if ((test->label[k] == unknown) == of_unknown) {
            n++;
            right += label[k] == test->label[k];
        }
    return (double)right / n;
}

/* A class left out of training, and what was learned without it. */
typedef struct absence {
    int left;
    const letters *train, *test;
    letters known;
    explainer e;
    int *label;                  /* [test] */
    double *value;               /* [test] */
} absence;

static void leave_out(absence *a, int left)
{
    int *which = (int *)get_memory((size_t)a->train->n, sizeof(int)), k, n = 0;
    a->left = left;
    for (k = 0; k < a->train->n; k++)
        if (a->train->label[k] != left)
            which[n++] = k;
    a->known = take_letters(a->train, which, n);
    train_explainer_for(&a->e, &a->known, SOME_STYLES, 1 + (uint64_t)left, 2000);
    judge_by(&a->e, &a->known, &usual_weights);
    free(which);
}

/* Energy of the nearest of the classes that were learned. */
static double known_energy(const absence *a, const float *y)
{
    double energy[PEN_CLASSES];
    int c, best = -1;
    nearest_gaussian(&a->e.gaussian, a->e.mean, y, energy);
    for (c = 0; c < PEN_CLASSES; c++)
        best = c != a->left && (best < 0 || energy[c] < energy[best]) ? c : best;
    return energy[best];
}

/* A line of C1; returns how many of the known letters are recognised. */
static double refuse(const absence *a, double *line)
{
    const ic_inverted out = { NULL, a->label, a->value, NULL, NULL };
    int k;
    explain(&a->e, a->test->n, a->test->xy, NULL, 3, &out);
    line[0] = roc(a->test, a->left, a->value, &line[1]);
    for (k = 0; k < a->test->n; k++)
        a->value[k] = known_energy(a, letter(a->test, k));
    line[2] = roc(a->test, a->left, a->value, &line[3]);
    for (k = 0; k < a->test->n; k++)
        nearest_letter(&a->known, letter(a->test, k), NULL, &a->value[k]);
    line[4] = roc(a->test, a->left, a->value, &line[5]);
    return share_right(a->test, a->label, a->left, 0);
}

/* The letters that are known, and so many of the one left out, whose mean is `mean`. */
static letters show_some(const absence *a, int shots, float *mean)
{
    letters more = make_letters(a->known.n + shots);
    int k, j, n = 0;
    memcpy(more.xy, a->known.xy, (size_t)a->known.n * LETTER_D * sizeof(float));
    memcpy(more.label, a->known.label, (size_t)a->known.n * sizeof(int));
    memset(mean, 0, LETTER_D * sizeof *mean);
    for (k = 0; k < a->train->n && n < shots; k++)
        if (a->train->label[k] == a->left) {
            memcpy(letter(&more, a->known.n + n), letter(a->train, k), LETTER_D * sizeof(float));
            more.label[a->known.n + n++] = a->left;
            for (j = 0; j < LETTER_D; j++)
                mean[j] += letter(a->train, k)[j] / (float)shots;
        }
    return more;
}

/* Four cells of C5: learning the class from so many letters.  The input of the class was never used; cut off
   from the network, it serves as the name of the new code. */
static void learn(absence *a, int shots, double before, double *cells)
{
    const size_t old = (size_t)a->e.pairs.n;
    float *codes = get_floats(old + 1, I), *x = codes + old * I, mean[LETTER_D], drawn[LETTER_D];
    const ic_inverted found = { x, NULL, NULL, NULL, NULL }, out = { NULL, a->label, a->value, NULL, NULL };
    letters more = show_some(a, shots, mean);
    explainer with = a->e;
    double far, d = 0;
    ic_tensor w;
    int k;
    ic_model_tensor(&a->e.model.config, 0, &w);
    memset(a->e.model.param + w.offset + (size_t)a->left * (size_t)w.cols, 0, (size_t)w.cols * sizeof(float));
    memcpy(codes, a->e.pairs.x, old * I * sizeof(float));
    explain(&a->e, 1, mean, NULL, 3, &found);
    find_code(&a->e, mean, x);
    check(ic_generate(&a->e.model, 1, x, drawn, 1), "model");
    for (k = 0; k < LETTER_D; k++)
        d += (double)(drawn[k] - mean[k]) * (double)(drawn[k] - mean[k]) / LETTER_D;
    x[a->left] = 100;
    with.pairs.n++;
    with.pairs.x = codes;
    explain(&with, a->test->n, a->test->xy, NULL, -1, &out);
    cells[0] = share_right(a->test, a->label, a->left, 1);
    cells[1] = share_right(a->test, a->label, a->left, 0) - before;
    for (k = 0; k < a->test->n; k++)
        a->label[k] = more.label[nearest_letter(&more, letter(a->test, k), NULL, &far)];
    cells[2] = share_right(a->test, a->label, a->left, 1);
    cells[3] = sqrt(d);
    free(codes);
    free_letters(&more);
}

static const column c1_columns[] = {
    { "letter", NULL }, { "inversion AUROC", "%.4g" }, { "inversion false alarms", "%.4g" },
    { "gaussian AUROC", "%.4g" }, { "gaussian false alarms", "%.4g" }, { "nearest letter AUROC", "%.4g" },
    { "nearest letter false alarms", "%.4g" },
};

static const column c5_columns[] = {
    { "letter", NULL }, { "one: recognised", "%.4g" }, { "one: change of the others", "%.4g" },
    { "one: nearest letter", "%.4g" }, { "one: error of the drawing", "%.4g" }, { "four: recognised", "%.4g" },
    { "four: change of the others", "%.4g" }, { "four: nearest letter", "%.4g" },
    { "four: error of the drawing", "%.4g" },
};

/* The last line is the mean of the others, one a class. */
static void add_mean(double *numbers, int cols)
{
    int k;
    for (k = 0; k < PEN_CLASSES * cols; k++)
        numbers[PEN_CLASSES * cols + k % cols] += numbers[k] / PEN_CLASSES;
}

int main(int argc, char **argv)
{
    static char letter_name[PEN_CLASSES][2];
    static double c1[PEN_CLASSES + 1][6], c5[PEN_CLASSES + 1][8];
    const char *data, *folder = read_arguments(argc, argv, "unknown", &data), *names[PEN_CLASSES + 1];
    letters all = load_letters(data), train, test;
    absence a;
    int left;
    cut_letters(&all, 0, &train, &test);
    memset(&a, 0, sizeof a);
    a.train = &train;
    a.test = &test;
    a.label = (int *)get_memory((size_t)test.n, sizeof(int));
    a.value = (double *)get_memory((size_t)test.n, sizeof(double));
    for (left = 0; left < PEN_CLASSES; left++) {
        double before;
        letter_name[left][0] = PEN_LETTERS[left];
        names[left] = letter_name[left];
        leave_out(&a, left);
        before = refuse(&a, c1[left]);
        learn(&a, 1, before, c5[left]);
        learn(&a, 4, before, c5[left] + 4);
        printf("  without %s: AUROC %.3f; learned from one sample %.2f, from four %.2f\n", names[left], c1[left][0],
               c5[left][0], c5[left][4]);
        fflush(stdout);
        free_explainer(&a.e);
        free_letters(&a.known);
    }
    names[PEN_CLASSES] = "mean";
    add_mean(c1[0], 6);
    add_mean(c5[0], 8);
    write_numbers(folder, "C1", "refusing a letter that was never learned", c1_columns, COUNT(c1_columns), PEN_CLASSES + 1,
                  names, c1[0], &all);
    write_numbers(folder, "C5", "a new letter from one or four samples, all weights frozen", c5_columns, COUNT(c5_columns),
                  PEN_CLASSES + 1, names, c5[0], &all);
    return 0;
}
