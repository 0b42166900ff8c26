/* quickstart: learn letters from a few samples, recognise others.  Expected: 200 of 200, in two seconds. */
#define INVCLASS_IMPLEMENTATION
#include "invclass.h"
#include "data/letters.h"
#include "data/ink.h"

/* Built-in letters, so many of each of 20 kinds, as curves with labels. */
static int letters(uint64_t seed, int each, ink *out)
{
    pen_samples pen;
    char why[200];
    if (letters_make(seed, each, &pen, why, sizeof why) || ink_from_pen(&pen, out, why, sizeof why))
        return 1;
    pen_samples_free(&pen);
    return 0;
}

int main(void)
{
    ink train, test;
    ic_recogniser recogniser;
    ic_recognition answer;
    ic_status status;
    int k, right = 0;
    if (letters(1, 10, &train) || letters(2, 10, &test))
        return 1;
    status = ic_recogniser_fit(&recogniser, &train.samples, NULL, NULL);
    if (status == IC_OK)
        status = ic_recognition_init(&answer, &recogniser);
    for (k = 0; k < test.samples.n && status == IC_OK; k++) {
        status = ic_recognise(&recogniser, &test.curve[k], &answer);
        right += answer.label == test.label[k];
    }
    if (status != IC_OK)
        return fprintf(stderr, "quickstart: %s\n", ic_status_text(status)), 1;
    printf("%d of %d letters recognised; the last is %s with probability %.3f\n", right, test.samples.n,
           recogniser.name[answer.label], answer.probability[answer.label]);
    ic_recognition_free(&answer);
    ic_recogniser_free(&recogniser);
    ink_free(&train);
    ink_free(&test);
    return 0;
}
