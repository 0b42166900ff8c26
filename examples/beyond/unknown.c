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

static double share_right(const letters *test, const int *label, int unknown, int of_unknown)
{
    int n = 0, right = 0, k;
    for (k = 0; k < test->n; k++)
        if ((test->label[k] == unknown) == of_unknown)
            n++, right += label[k] == test->label[k];
    return (double)right / n;
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

int main(int argc, char **argv)
{
    static const char *names[PEN_CLASSES + 1];
    static char letter_name[PEN_CLASSES][2];
    static double c1[PEN_CLASSES + 1][6], c5[PEN_CLASSES + 1][8];
    const char *data, *folder = read_arguments(argc, argv, "unknown", &data);
    letters all, train, test;
    double *energy, *near;
    int *label, *which, left, k, j, n, shots;
    all = load_letters(data);
    cut_letters(&all, 0, &train, &test);
    label = (int *)get_memory((size_t)test.n, sizeof(int));
    which = (int *)get_memory((size_t)train.n, sizeof(int));
    energy = (double *)get_memory((size_t)test.n, sizeof(double));
    near = (double *)get_memory((size_t)test.n, sizeof(double));
    for (left = 0; left < PEN_CLASSES; left++) {
        const ic_inverted out = { NULL, label, energy, NULL, NULL };
        explainer e;
        letters known;
        ic_tensor w;
        double gauss[PEN_CLASSES], before;
        for (k = n = 0; k < train.n; k++)
            if (train.label[k] != left)
                which[n++] = k;
        known = take_letters(&train, which, n);
        train_explainer_for(&e, &known, SOME_STYLES, 1 + (uint64_t)left, 2000);
        judge_by(&e, &known, &usual_weights);
        explain(&e, test.n, test.xy, NULL, 3, &out);
        letter_name[left][0] = PEN_LETTERS[left];
        names[left] = letter_name[left];
        c1[left][0] = roc(&test, left, energy, &c1[left][1]);
        before = share_right(&test, label, left, 0);
        for (k = 0; k < test.n; k++)
            nearest_letter(&known, letter(&test, k), NULL, &near[k]);
        c1[left][4] = roc(&test, left, near, &c1[left][5]);
        for (k = 0; k < test.n; k++) {                      /* the class left out is not among the candidates */
            int c, best = -1;
            nearest_gaussian(&e.gaussian, e.mean, letter(&test, k), gauss);
            for (c = 0; c < PEN_CLASSES; c++)
                best = c != left && (best < 0 || gauss[c] < gauss[best]) ? c : best;
            near[k] = gauss[best];
        }
        c1[left][2] = roc(&test, left, near, &c1[left][3]);

        /* Learning it.  Its input was never used: it is cut off and serves as the name of the new code. */
        ic_model_tensor(&e.model.config, 0, &w);
        memset(e.model.param + w.offset + (size_t)left * (size_t)w.cols, 0, (size_t)w.cols * sizeof(float));
        for (shots = 1; shots <= 4; shots += 3) {
            float *codes = get_floats((size_t)e.pairs.n + 1, I), *x = codes + (size_t)e.pairs.n * I, mean[LETTER_D] = { 0 };
            const ic_inverted found = { x, NULL, NULL, NULL, NULL };
            letters more = make_letters(known.n + shots);
            explainer with = e;
            double right_old = 0, right_new = 0, far, d = 0;
            float drawn[LETTER_D];
            int old = 0, news = 0;
            memcpy(more.xy, known.xy, (size_t)known.n * LETTER_D * sizeof(float));
            memcpy(more.label, known.label, (size_t)known.n * sizeof(int));
            for (k = n = 0; k < train.n && n < shots; k++)
                if (train.label[k] == left) {
                    memcpy(letter(&more, known.n + n), letter(&train, k), LETTER_D * sizeof(float));
                    more.label[known.n + n++] = left;
                    for (j = 0; j < LETTER_D; j++)
                        mean[j] += letter(&train, k)[j] / (float)shots;
                }
            memcpy(codes, e.pairs.x, (size_t)e.pairs.n * I * sizeof(float));
            explain(&e, 1, mean, NULL, 3, &found);
            find_code(&e, mean, x);
            check(ic_generate(&e.model, 1, x, drawn, 1), "model");
            for (j = 0; j < LETTER_D; j++)
                d += (double)(drawn[j] - mean[j]) * (double)(drawn[j] - mean[j]) / LETTER_D;
            x[left] = 100;                                  /* its name */
            with.pairs.n++;
            with.pairs.x = codes;
            explain(&with, test.n, test.xy, NULL, -1, &out);
            c5[left][shots == 1 ? 0 : 4] = share_right(&test, label, left, 1);
            c5[left][shots == 1 ? 1 : 5] = share_right(&test, label, left, 0) - before;
            for (k = 0; k < test.n; k++) {
                const int right = more.label[nearest_letter(&more, letter(&test, k), NULL, &far)] == test.label[k];
                if (test.label[k] == left)
                    news++, right_new += right;
                else
                    old++, right_old += right;
            }
            c5[left][shots == 1 ? 2 : 6] = right_new / news;
            c5[left][shots == 1 ? 3 : 7] = sqrt(d);
            free(codes);
            free_letters(&more);
        }
        printf("  without %s: AUROC %.3f; learned from one sample %.2f, from four %.2f\n", names[left], c1[left][0], c5[left][0], c5[left][4]);
        fflush(stdout);
        free_explainer(&e);
        free_letters(&known);
    }
    names[PEN_CLASSES] = "mean";
    for (k = 0; k < PEN_CLASSES; k++) {
        for (j = 0; j < 6; j++)
            c1[PEN_CLASSES][j] += c1[k][j] / PEN_CLASSES;
        for (j = 0; j < 8; j++)
            c5[PEN_CLASSES][j] += c5[k][j] / PEN_CLASSES;
    }
    write_numbers(folder, "C1", "refusing a letter that was never learned", c1_columns, COUNT(c1_columns), PEN_CLASSES + 1, names,
                  c1[0], &all);
    write_numbers(folder, "C5", "a new letter from one or four samples, all weights frozen", c5_columns, COUNT(c5_columns),
                  PEN_CLASSES + 1, names, c5[0], &all);
    return 0;
}
