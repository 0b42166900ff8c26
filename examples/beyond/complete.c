/* complete: finishes letters that were begun.

       complete FOLDER [data=FILE]

   The recogniser is shown the first points of a letter, and its generator draws what explains them best, to the end.  Error: root
   mean square over the unseen points, in deviations of the data, after the drawing was moved to where the pen is.
   Beside it: the rest of the training letter that began most alike, and of the mean of the true class, which
   only one who knows the class can use; both are told how much of the letter is there, the recogniser is not.
   Table C4; the curves of the figure go to C4.points. */
#define INVCLASS_IMPLEMENTATION
#include "handwriting.h"

enum { SHOWN = 4 };                      /* tenths seen of the letters in the figure */

static float shift_of(const float *y, const float *other, int steps, int axis)
{
    return y[2 * (steps - 1) + axis] - other[2 * (steps - 1) + axis];
}

/* The rest of `other`, moved so that it goes on where the seen part ends. */
static double rest_error(const float *y, const float *other, int steps)
{
    double sum = 0;
    int j;
    for (j = 2 * steps; j < LETTER_D; j++) {
        const double d = (double)y[j] - (double)other[j] - (double)shift_of(y, other, steps, j % 2);
        sum += d * d;
    }
    return sum / (LETTER_D - 2 * steps);
}

/* Shows the recogniser the first `steps` of the LETTER_STEPS parts of a letter, and lets it draw all of it. */
static void finish(const ic_recogniser *r, ic_recognition *a, const ic_curve *c, int steps, float *drawn)
{
    const int points = 1 + (steps - 1) * (c->n - 1) / (LETTER_STEPS - 1);
    int t;
    ic_recognise_begin(a);
    for (t = 0; t < points; t++)
        check(ic_recognise_point(r, c->point + 2 * t, 0, a), "a point");
    check(ic_recognition_explain(r, a, NULL, drawn, NULL), "a letter");
}

/* A block of C4.points: class, seen or not, the letter, the drawing. */
static void put_points(FILE *f, int class_id, const float *y, const float *drawn, int steps)
{
    int j;
    for (j = 0; j < LETTER_STEPS; j++)
        fprintf(f, "%d\t%d\t%g\t%g\t%g\t%g\n", class_id, j < steps, (double)y[2 * j], (double)y[2 * j + 1],
                (double)(drawn[2 * j] + shift_of(y, drawn, steps, 0)), (double)(drawn[2 * j + 1] + shift_of(y, drawn, steps, 1)));
    fputs("\n\n", f);
}

int main(int argc, char **argv)
{
    static const column columns[] = {
        { "% seen", "%.4g" }, { "recogniser", "%.4g" }, { "nearest letter", "%.4g" },
        { "mean of the true class", "%.4g" }, { "class found", "%.4g" },
    };
    const char *data, *folder = read_arguments(argc, argv, "complete", &data);
    double cells[9][5], far;
    float drawn[LETTER_D];
    letters all = load_letters(data), train, test, means;
    ic_recogniser recogniser;
    ic_recognition answer;
    outfile points;
    int tenth, k, j, next;
    cut_letters(&all, &train, &test);
    means = mean_letters(&train);
    fit_recogniser(&recogniser, &train, 1);
    check(ic_recognition_init(&answer, &recogniser), "recogniser");
    table_open(&points, folder, "C4", "points");
    for (tenth = 1; tenth <= 9; tenth++) {
        const int steps = points_of_tenths(tenth);
        unsigned char seen[LETTER_STEPS];
        double *r = cells[tenth - 1];
        memset(r, 0, sizeof cells[0]);
        r[0] = 10 * tenth;
        for (k = 0; k < LETTER_STEPS; k++)
            seen[k] = k < steps;
        for (k = 0; k < test.n; k++) {
            const float *y = letter(&test, k);
            finish(&recogniser, &answer, &test.curve[k], steps, drawn);
            r[1] += rest_error(y, drawn, steps) / test.n;
            r[2] += rest_error(y, letter(&train, nearest_letter(&train, y, seen, &far)), steps) / test.n;
            r[3] += rest_error(y, letter(&means, test.label[k]), steps) / test.n;
            r[4] += (double)(answer.label == test.label[k]) / test.n;
        }
        for (j = 1; j < 4; j++)
            r[j] = sqrt(r[j]);
        for (next = 0; tenth == SHOWN && next < test.classes; next++) {      /* the first of each class */
            for (k = 0; k < test.n - 1 && test.label[k] != next; k++)
                ;
            finish(&recogniser, &answer, &test.curve[k], steps, drawn);
            put_points(points.file, next, letter(&test, k), drawn, steps);
        }
    }
    out_close(&points);
    write_numbers(folder, "C4", "error of the unseen part, completed", columns, COUNT(columns), 9, NULL, cells[0],
                  &all);
    ic_recognition_free(&answer);
    ic_recogniser_free(&recogniser);
    return 0;
}
