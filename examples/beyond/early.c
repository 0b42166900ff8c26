/* early: which letter is it, when only the first part has been written?

       early FOLDER [data=FILE]

   Nothing is trained for it: the steps to come are marked as not seen, and drop out of the energy.
   Letters stand as they come, in time; 10 to 100 % of the 205 steps are seen.  Table C2. */
#define INVCLASS_IMPLEMENTATION
#include "explain.h"

int main(int argc, char **argv)
{
    static const column columns[] = {
        { "% seen", "%.4g" }, { "inversion", "%.4g" }, { "no descent", "%.4g" }, { "gaussian", "%.4g" },
        { "nearest letter", "%.4g" },
    };
    const char *data, *folder = read_arguments(argc, argv, "early", &data);
    double cells[10][5];
    letters all, train, test, means;
    explainer e, one;
    int *label, tenth, k;
    unsigned char *seen;
    all = load_letters_in_time(data, 1);
    cut_letters(&all, 0, &train, &test);
    train_explainer(&e, &train, STYLES, 1);
    judge_by(&e, &train, &usual_weights);
    means = set_of_means(&train);
    train_explainer(&one, &means, 0, 1);                    /* one mean letter a class, no style */
    judge_by(&one, &train, &usual_weights);
    label = (int *)get_memory((size_t)test.n, sizeof(int));
    seen = (unsigned char *)get_memory((size_t)test.n, LETTER_STEPS);
    for (tenth = 1; tenth <= 10; tenth++) {
        const ic_inverted out = { NULL, label, NULL, NULL, NULL };
        const int steps = (tenth * LETTER_STEPS + 5) / 10;
        double *r = cells[tenth - 1], far;
        int way;
        memset(r, 0, sizeof cells[0]);
        r[0] = 10 * tenth;
        for (k = 0; k < test.n * LETTER_STEPS; k++)
            seen[k] = k % LETTER_STEPS < steps;
        for (way = 0; way < 3; way++) {
            explain(way == 2 ? &one : &e, test.n, test.xy, seen, way == 0 ? 3 : -1, &out);
            for (k = 0; k < test.n; k++)
                r[1 + way] += (double)(label[k] == test.label[k]) / test.n;
        }
        for (k = 0; k < test.n; k++)
            r[4] += (double)(train.label[nearest_letter(&train, letter(&test, k), seen, &far)] == test.label[k])
                  / test.n;
    }
    write_numbers(folder, "C2", "accuracy when only the first part was seen", columns, COUNT(columns), 10, NULL, cells[0],
                  &all);
    return 0;
}
