/* unknown: a letter that was never learned: refuse it; then learn it from one or four samples, with all
   weights frozen.

       unknown FOLDER [data=FILE]

   Each letter in turn is left out of training.  C1: can the energy of the best explanation tell it from
   the others?  Area under the ROC curve (the chance that an unknown letter has a higher energy than a
   known one), and the share of known letters refused when 95 % of the unknown are.  C5: the recogniser is given
   samples of the letter, one after the other; how many of its test letters are recognised then, and what happens to the
   others. */
#define INVCLASS_IMPLEMENTATION
#include "handwriting.h"
#include "gaussian.h"

enum { KNOWN = PEN_CLASSES - 1 };

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
    letters known;               /* those behind the one left out have moved up by one */
    ic_recogniser recogniser;
    int *label;                  /* [test] */
    double *value;               /* [test] */
    unsigned char *is_new;       /* [test] */
} absence;

static void leave_out(absence *a, int left)
{
    int *which = (int *)get_memory((size_t)a->train->n, sizeof(int)), k, n = 0;
    a->left = left;
    for (k = 0; k < a->test->n; k++)
        a->is_new[k] = a->test->label[k] == left;
    for (k = 0; k < a->train->n; k++)
        if (a->train->label[k] != left)
            which[n++] = k;
    a->known = take_letters(a->train, which, n);
    a->known.classes = KNOWN;
    for (k = 0; k < n; k++)
        a->known.label[k] -= a->known.label[k] > left;
    fit_recogniser(&a->recogniser, &a->known, 1 + (uint64_t)left);
    free(which);
}

/* Energies and labels of all test letters; the class that was learned last is the one left out. */
static void name_all(absence *a)
{
    int k;
    recognise_all(&a->recogniser, a->test->n, a->test->curve, a->label, NULL, a->value);
    for (k = 0; k < a->test->n; k++)
        a->label[k] = a->label[k] == KNOWN ? a->left : a->label[k] + (a->label[k] >= a->left);
}

/* A line of C1; returns how many of the known letters are recognised. */
static double refuse(absence *a, double *line)
{
    const letters *known = &a->known;
    gaussians g = fit_gaussians(known->n, known->xy, known->label, KNOWN, LETTER_D, 2, &usual_weights);
    double energy[KNOWN] = { 0 };
    int k;
    name_all(a);
    line[0] = area_under_roc(a->test->n, a->is_new, a->value, &line[1]);
    for (k = 0; k < a->test->n; k++) {
        const int best = gaussian_energies(&g, letter(a->test, k), energy);
        a->value[k] = energy[best];
    }
    line[2] = area_under_roc(a->test->n, a->is_new, a->value, &line[3]);
    for (k = 0; k < a->test->n; k++)
        nearest_letter(known, letter(a->test, k), NULL, &a->value[k]);
    line[4] = area_under_roc(a->test->n, a->is_new, a->value, &line[5]);
    free_gaussians(&g);
    return share_right(a->test, a->label, a->left, 0);
}

/* Share of the test letters of the class left out that the nearest letter names, if `shots` of them are known. */
static double nearest_names(const absence *a, const int *shown, int shots)
{
    const letters some = take_letters(a->train, shown, shots);
    int n = 0, right = 0, k;
    for (k = 0; k < a->test->n; k++)
        if (a->test->label[k] == a->left) {
            double known, shot;
            nearest_letter(&a->known, letter(a->test, k), NULL, &known);
            nearest_letter(&some, letter(a->test, k), NULL, &shot);
            n++;
            right += shot < known;
        }
    return (double)right / n;
}

/* A line of C5: four samples of the class, one after the other; after the first and the last it is tested. */
static void learn(absence *a, double before, double *line)
{
    int shown[4], shots = 0, k;
    for (k = 0; k < a->train->n && shots < 4; k++)
        if (a->train->label[k] == a->left) {
            shown[shots++] = k;
            check(ic_recogniser_add(&a->recogniser, &a->train->curve[k], KNOWN, NULL), "a new letter");
            if (shots > 1 && shots < 4)
                continue;
            name_all(a);
            *line++ = share_right(a->test, a->label, a->left, 1);
            *line++ = share_right(a->test, a->label, a->left, 0) - before;
            *line++ = nearest_names(a, shown, shots);
        }
}

static const column c1_columns[] = {
    { "letter", NULL }, { "recogniser AUROC", "%.4g" }, { "recogniser false alarms", "%.4g" },
    { "gaussian AUROC", "%.4g" }, { "gaussian false alarms", "%.4g" }, { "nearest letter AUROC", "%.4g" },
    { "nearest letter false alarms", "%.4g" },
};

static const column c5_columns[] = {
    { "letter", NULL }, { "one: recognised", "%.4g" }, { "one: change of the others", "%.4g" },
    { "one: nearest letter", "%.4g" }, { "four: recognised", "%.4g" }, { "four: change of the others", "%.4g" },
    { "four: nearest letter", "%.4g" },
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
    static double c1[PEN_CLASSES + 1][6], c5[PEN_CLASSES + 1][6];
    const char *data, *folder = read_arguments(argc, argv, "unknown", &data), *names[PEN_CLASSES + 1];
    letters all = load_letters(data), train, test;
    absence a;
    int left;
    cut_letters(&all, &train, &test);
    memset(&a, 0, sizeof a);
    a.train = &train;
    a.test = &test;
    a.label = (int *)get_memory((size_t)test.n, sizeof(int));
    a.value = (double *)get_memory((size_t)test.n, sizeof(double));
    a.is_new = (unsigned char *)get_memory((size_t)test.n, 1);
    for (left = 0; left < PEN_CLASSES; left++) {
        double before;
        letter_name[left][0] = PEN_LETTERS[left];
        names[left] = letter_name[left];
        leave_out(&a, left);
        before = refuse(&a, c1[left]);
        learn(&a, before, c5[left]);
        printf("  without %s: AUROC %.3f; learned from one sample %.2f, from four %.2f\n", names[left], c1[left][0],
               c5[left][0], c5[left][3]);
        fflush(stdout);
        ic_recogniser_free(&a.recogniser);
        free_letters(&a.known);
    }
    names[PEN_CLASSES] = "mean";
    add_mean(c1[0], 6);
    add_mean(c5[0], 6);
    write_numbers(folder, "C1", "refusing a letter that was never learned", c1_columns, COUNT(c1_columns), PEN_CLASSES + 1,
                  names, c1[0], &all);
    write_numbers(folder, "C5", "a new letter from one or four samples, all weights frozen", c5_columns, COUNT(c5_columns),
                  PEN_CLASSES + 1, names, c5[0], &all);
    return 0;
}
