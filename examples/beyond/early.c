/* early: which letter is it, when only the first part has been written?

       early FOLDER [data=FILE]

   The recogniser is shown one point after the other, and is told nothing else.  The other methods compare the part that
   is there with the same part of the training letters: so they are told which part it is.  Where "placed" the part lies,
   and is as large, as in the whole letter, which says more than anybody can know before the letter is finished; else it is
   centred and scaled by itself, as the recogniser's.  Table C2. */
#define INVCLASS_IMPLEMENTATION
#include "handwriting.h"
#include "gaussian.h"

enum { PARTS = 10, COLUMNS = 5 };

/* Draws a letter for the recogniser; right[p] grows if it is recognised after (p + 1) / PARTS of it. */
static void draw_slowly(const ic_recogniser *r, ic_recognition *a, const ic_curve *c, int label, double *right)
{
    int t, part = 0;
    ic_recognise_begin(a);
    for (t = 0; t < c->n; t++) {
        check(ic_recognise_point(r, c->point + 2 * t, 0, a), "a point");
        for (; part < PARTS && (part + 1) * c->n <= PARTS * (t + 1); part++)
            right[part] += a->label == label;
    }
}

/* One Gaussian a letter, of `size` numbers each. */
static double gaussian_accuracy(const letters *train, const letters *test, const float *shown, const float *tested, int size)
{
    gaussians g = fit_gaussians(train->n, shown, train->label, train->classes, size, 2, &usual_weights);
    double energy[PEN_CLASSES], right = 0;
    int k;
    for (k = 0; k < test->n; k++)
        right += gaussian_energies(&g, tested + (size_t)k * (size_t)size, energy) == test->label[k];
    free_gaussians(&g);
    return right / test->n;
}

/* Brings the mean of the points of each of n curves to 0, and their mean square distance from it to 1. */
static void centre_all(int n, float *xy, int size)
{
    int k, j;
    for (k = 0; k < n; k++, xy += size) {
        double mean[2] = { 0, 0 }, square = 0;
        for (j = 0; j < size; j++)
            mean[j % 2] += 2.0 * (double)xy[j] / size;
        for (j = 0; j < size; j++)
            square += 2.0 * ((double)xy[j] - mean[j % 2]) * ((double)xy[j] - mean[j % 2]) / size;
        for (j = 0; j < size; j++)
            xy[j] = (float)(((double)xy[j] - mean[j % 2]) / (square > 0 ? sqrt(square) : 1));
    }
}

int main(int argc, char **argv)
{
    static const column columns[] = {
        { "% seen", "%.4g" }, { "recogniser", "%.4g" }, { "gaussian", "%.4g" }, { "gaussian, placed", "%.4g" },
        { "nearest letter, placed", "%.4g" },
    };
    const char *data, *folder = read_arguments(argc, argv, "early", &data);
    double cells[PARTS][COLUMNS], right[PARTS] = { 0 }, far;
    letters all = load_letters(data), train, test;
    ic_recogniser recogniser;
    ic_recognition answer;
    int part, k;
    cut_letters(&all, &train, &test);
    fit_recogniser(&recogniser, &train, 1);
    check(ic_recognition_init(&answer, &recogniser), "recogniser");
    for (k = 0; k < test.n; k++)
        draw_slowly(&recogniser, &answer, &test.curve[k], test.label[k], right);
    for (part = 0; part < PARTS; part++) {
        const int steps = points_of_tenths(part + 1);
        unsigned char seen[LETTER_STEPS];
        float *shown, *tested;
        double *r = cells[part];
        int size;
        for (k = 0; k < LETTER_STEPS; k++)
            seen[k] = k < steps;
        size = seen_numbers(&train, seen, &shown);
        seen_numbers(&test, seen, &tested);
        r[0] = 100.0 * (part + 1) / PARTS;
        r[1] = right[part] / test.n;
        r[3] = gaussian_accuracy(&train, &test, shown, tested, size);
        centre_all(train.n, shown, size);
        centre_all(test.n, tested, size);
        r[2] = gaussian_accuracy(&train, &test, shown, tested, size);
        for (k = 0, r[4] = 0; k < test.n; k++)
            r[4] += (double)(train.label[nearest_letter(&train, letter(&test, k), seen, &far)] == test.label[k]) / test.n;
        free(shown);
        free(tested);
    }
    write_numbers(folder, "C2", "accuracy when only the first part was seen", columns, COUNT(columns), PARTS, NULL, cells[0],
                  &all);
    ic_recognition_free(&answer);
    ic_recogniser_free(&recogniser);
    return 0;
}
