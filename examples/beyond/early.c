/* early: which letter is it, when only the first part has been written?

       early FOLDER [data=FILE]

   The recogniser is shown one point after the other, and does not know how many there will be.  The other two are told
   which part of the letter they see, and compare it with that part of the training letters.  Table C2. */
#define INVCLASS_IMPLEMENTATION
#include "handwriting.h"
#include "gaussian.h"

enum { PARTS = 10 };

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

int main(int argc, char **argv)
{
    static const column columns[] = {
        { "% seen", "%.4g" }, { "recogniser", "%.4g" }, { "gaussian", "%.4g" }, { "nearest letter", "%.4g" },
    };
    const char *data, *folder = read_arguments(argc, argv, "early", &data);
    double cells[PARTS][4], right[PARTS] = { 0 }, energy[PEN_CLASSES], far;
    letters all = load_letters(data), train, test;
    ic_recogniser recogniser;
    ic_recognition answer;
    int part, k;
    cut_letters(&all, 0, &train, &test);
    fit_recogniser(&recogniser, &train, 1);
    check(ic_recognition_init(&answer, &recogniser), "recogniser");
    for (k = 0; k < test.n; k++)
        draw_slowly(&recogniser, &answer, &test.curve[k], test.label[k], right);
    for (part = 0; part < PARTS; part++) {
        const int steps = ((part + 1) * LETTER_STEPS + PARTS / 2) / PARTS;
        unsigned char seen[LETTER_STEPS];
        float *shown, *tested;
        double *r = cells[part];
        gaussians g;
        int size;
        for (k = 0; k < LETTER_STEPS; k++)
            seen[k] = k < steps;
        size = seen_numbers(&train, seen, &shown);
        seen_numbers(&test, seen, &tested);
        g = fit_gaussians(train.n, shown, train.label, train.classes, size, 2, &usual_weights);
        r[0] = 100.0 * (part + 1) / PARTS;
        r[1] = right[part] / test.n;
        r[2] = r[3] = 0;
        for (k = 0; k < test.n; k++) {
            const int near = nearest_letter(&train, letter(&test, k), seen, &far);
            r[2] += (double)(gaussian_energies(&g, tested + (size_t)k * (size_t)size, energy) == test.label[k]) / test.n;
            r[3] += (double)(train.label[near] == test.label[k]) / test.n;
        }
        free_gaussians(&g);
        free(shown);
        free(tested);
    }
    write_numbers(folder, "C2", "accuracy when only the first part was seen", columns, COUNT(columns), PARTS, NULL, cells[0],
                  &all);
    ic_recognition_free(&answer);
    ic_recogniser_free(&recogniser);
    return 0;
}
