/* damage: letters with noise on every point, and letters with points missing.

       damage FOLDER [data=FILE]

   Noise: its variance is added to that of the differences, no more.  Missing points: not seen, so
   they drop out of the energy; the nearest letter is found by the points that are there.  Nothing
   is trained for either.  Table C3. */
#define INVCLASS_IMPLEMENTATION
#include "explain.h"

enum { ROWS_C3 = 10 };

int main(int argc, char **argv)
{
    static const double noise[ROWS_C3] = { 0, 0.25, 0.5, 1, 1.5, 0, 0, 0, 0, 0 };
    static const double missing[ROWS_C3] = { 0, 0, 0, 0, 0, 0.25, 0.5, 0.75, 0.85, 0.9 };
    static const column columns[] = {
        { "noise", "%.4g" }, { "% missing", "%.4g" }, { "inversion", "%.4g" }, { "gaussian", "%.4g" },
        { "nearest letter", "%.4g" },
    };
    const char *data, *folder = read_arguments(argc, argv, "damage", &data);
    double cells[ROWS_C3][5];
    letters all, train, test, worse, means;
    explainer e, one;
    int *label, row, k;
    unsigned char *seen;
    all = load_letters(data);
    cut_letters(&all, 0, &train, &test);
    means = set_of_means(&train);
    train_explainer(&e, &train, STYLES, 1);
    train_explainer(&one, &means, 0, 1);
    worse = make_letters(test.n);
    label = (int *)get_memory((size_t)test.n, sizeof(int));
    seen = (unsigned char *)get_memory((size_t)test.n, LETTER_STEPS);
    for (row = 0; row < ROWS_C3; row++) {
        const ic_inverted out = { NULL, label, NULL, NULL, NULL };
        ic_gaussian_options o = usual_weights;
        double *r = cells[row], far;
        int way;
        memset(r, 0, sizeof cells[0]);
        r[0] = noise[row];
        r[1] = 100 * missing[row];
        /* The same steps are missing of a few letters that follow each other: one factor serves them all. */
        for (k = 0; k < test.n * LETTER_STEPS; k++)
            seen[k] = ic_uniform(9, (uint64_t)(k / LETTER_STEPS / 26), (uint64_t)(k % LETTER_STEPS)) >= missing[row];
        for (k = 0; k < test.n * LETTER_D; k++)
            worse.xy[k] = test.xy[k] + (float)(noise[row] * ic_normal(8, (uint64_t)row, (uint64_t)k));
        o.noise += noise[row] * noise[row];
        for (way = 0; way < 2; way++) {
            explainer *x = way ? &one : &e;
            judge_by(x, &train, &o);
            explain(x, test.n, worse.xy, missing[row] > 0 ? seen : NULL, 3, &out);
            for (k = 0; k < test.n; k++)
                r[2 + way] += (double)(label[k] == test.label[k]) / test.n;
        }
        for (k = 0; k < test.n; k++)
            r[4] += (double)(train.label[nearest_letter(&train, letter(&worse, k), seen + k * LETTER_STEPS, &far)]
                             == test.label[k]) / test.n;
    }
    write_numbers(folder, "C3", "accuracy with noise on the points, and with points missing", columns, COUNT(columns),
                  ROWS_C3, NULL, cells[0], &all);
    return 0;
}
