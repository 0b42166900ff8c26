/* calibration: how often answers are right that are given with a certain probability, for a figure of chapter [E] of
   invclass.h.

   Built-in letters are bent until the recogniser is often wrong; it learns from 15 of each of 20 and answers for 200
   others of each.  Prints, a line a tenth of the probabilities, the mean probability of the answers in it, the share
   that is right, and their number; first with the temperature that was chosen on held-out letters, then, after two
   blank lines, with the temperature 1. */
#define INVCLASS_IMPLEMENTATION
#include "small.h"

enum { BINS = 10, KNOTS = 7 };

/* Bends every letter by random displacements at some of its points, linear in between. */
static ink bent_letters(uint64_t seed, int each, double size)
{
    ink k = small_ink(seed, each);
    float *to;
    int i, t, j;
    for (to = k.number, i = 0; i < k.samples.n; i++)
        for (t = 0; t < k.curve[i].n; t++)
            for (j = 0; j < 2; j++, to++) {
                const double at = (double)t * (KNOTS - 1) / k.curve[i].n, share = at - (int)at;
                const uint64_t knot = (uint64_t)((int)at * 2 + j);
                *to += (float)(size * ((1 - share) * ic_normal(seed, (uint64_t)i, knot) + share * ic_normal(seed, (uint64_t)i, knot + 2)));
            }
    return k;
}

/* One answer, with probabilities p: its tenth gets its probability and whether it is right. */
static void count_answer(const double *p, int classes, int label, double bin[BINS][3])
{
    const int best = most_likely(p, classes), at = p[best] < 1 ? (int)(BINS * p[best]) : BINS - 1;
    bin[at][0] += p[best];
    bin[at][1] += best == label;
    bin[at][2]++;
}

int main(void)
{
    const ink train = bent_letters(1, 15, 12), test = bent_letters(2, 200, 12);
    ic_recogniser r;
    ic_recognition a;
    double bin[2][BINS][3] = { { { 0 } } }, *energy, *p;
    int k, c, kind;
    program = "calibration";
    check(ic_recogniser_fit(&r, &train.samples, NULL, NULL), "recogniser");
    check(ic_recognition_init(&a, &r), "recogniser");
    energy = (double *)get_memory((size_t)r.explainer.vertices, sizeof *energy);
    p = (double *)get_memory((size_t)r.classes, sizeof *p);
    for (k = 0; k < test.samples.n; k++) {
        ic_explained out = { energy, p, 0, 0, 0 };
        check(ic_recognise(&r, &test.curve[k], &a), "a letter");
        check(ic_explain(&r.explainer, a.prepared, &out), "a letter");
        count_answer(a.probability, r.classes, test.label[k], bin[0]);
        count_answer(p, r.classes, test.label[k], bin[1]);
    }
    for (kind = 0; kind < 2; kind++) {
        double right = 0;
        for (c = 0; c < BINS; c++)
            right += bin[kind][c][1] / test.samples.n;
        printf("# temperature %.2f, accuracy %.4f\n# probability\tshare right\tanswers\n", kind ? 1 : r.temperature, right);
        for (c = 0; c < BINS; c++)
            if (bin[kind][c][2] > 0)
                printf("%.4f\t%.4f\t%.0f\n", bin[kind][c][0] / bin[kind][c][2], bin[kind][c][1] / bin[kind][c][2], bin[kind][c][2]);
        printf("\n\n");
    }
    ic_recognition_free(&a);
    ic_recogniser_free(&r);
    return printed();
}
