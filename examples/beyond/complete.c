/* complete: finishes letters that were begun.

       complete FOLDER [data=FILE]

   The first steps are seen, the style and the class that explain them best are found, and the generator
   draws the rest.  Error: root mean square over the unseen points, in deviations of the data.
   Beside it: the rest of the training letter that began most alike, and of the mean of the true class, which
   only one who knows the class can use.  Table C4; the curves of the figure go to C4.points. */
#define INVCLASS_IMPLEMENTATION
#include "explain.h"

/* The rest of `other`, moved so that it goes on where the seen part ends. */
static double rest_error(const float *y, const float *other, int steps)
{
    double sum = 0;
    int j;
    for (j = 2 * steps; j < LETTER_D; j++) {
        const int last = 2 * (steps - 1) + j % 2;
        const double shift = steps > 0 ? (double)y[last] - (double)other[last] : 0;
        sum += ((double)y[j] - (double)other[j] - shift) * ((double)y[j] - (double)other[j] - shift);
    }
    return sum / (LETTER_D - 2 * steps);
}

int main(int argc, char **argv)
{
    static const column columns[] = {
        { "% seen", "%.4g" }, { "inversion", "%.4g" }, { "nearest letter", "%.4g" },
        { "mean of the true class", "%.4g" }, { "class found", "%.4g" },
    };
    const char *data, *folder = read_arguments(argc, argv, "complete", &data);
    double cells[9][5];
    letters all, train, test;
    explainer e;
    float *x, *drawn;
    unsigned char *seen;
    outfile out_points;
    FILE *f;
    int tenth, k, c, j, *label;
    all = load_letters(data);
    cut_letters(&all, 0, &train, &test);
    train_explainer(&e, &train, STYLES, 1);
    judge_by(&e, &train, &usual_weights);
    x = get_floats((size_t)test.n, (size_t)(test.classes + STYLES));
    drawn = get_floats((size_t)test.n, LETTER_D);
    label = (int *)get_memory((size_t)test.n, sizeof(int));
    seen = (unsigned char *)get_memory((size_t)test.n, LETTER_STEPS);
    table_open(&out_points, folder, "C4", "points");
    f = out_points.file;
    for (tenth = 1; tenth <= 9; tenth++) {
        const ic_inverted out = { x, label, NULL, NULL, NULL };
        const int steps = (tenth * LETTER_STEPS + 5) / 10;
        double *r = cells[tenth - 1], far;
        memset(r, 0, sizeof cells[0]);
        r[0] = 10 * tenth;
        for (k = 0; k < test.n * LETTER_STEPS; k++)
            seen[k] = k % LETTER_STEPS < steps;
        explain(&e, test.n, test.xy, seen, 3, &out);
        check(ic_generate(&e.model, test.n, x, drawn, 1), "model");
        for (k = 0; k < test.n; k++) {
            const float *y = letter(&test, k);
            r[1] += rest_error(y, drawn + (size_t)k * LETTER_D, steps) / test.n;
            r[2] += rest_error(y, letter(&train, nearest_letter(&train, y, seen, &far)), steps) / test.n;
            r[3] += rest_error(y, e.mean + test.label[k] * LETTER_D, steps) / test.n;
            r[4] += (double)(label[k] == test.label[k]) / test.n;
        }
        for (j = 1; j < 4; j++)
            r[j] = sqrt(r[j]);
        for (c = 0, k = 0; tenth == 4 && k < test.n && c < test.classes; k++)      /* one of each class, 40 % seen */
            if (test.label[k] == c) {
                for (j = 0; j < LETTER_STEPS; j++) {
                    const float *y = letter(&test, k) + 2 * j, *d = drawn + (size_t)k * LETTER_D + 2 * j;
                    fprintf(f, "%d\t%d\t%g\t%g\t%g\t%g\n", c, j < steps, (double)y[0], (double)y[1], (double)d[0],
                            (double)d[1]);
                }
                fputs("\n\n", f);
                c++;
                k = -1;
            }
    }
    out_close(&out_points);
    write_numbers(folder, "C4", "error of the unseen part, completed", columns, COUNT(columns), 9, NULL, cells[0],
                  &all);
    return 0;
}
