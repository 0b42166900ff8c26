/* quickstart: learn twenty letters from ten samples of each, recognise 200 others; about two seconds. */
#define INVCLASS_IMPLEMENTATION
#include "invclass.h"
#include "data/ink.h"

int main(void)
{
    ink train, test;                    /* curves with their labels: here of built-in letters */
    ic_recogniser recogniser;
    ic_recognition answer;
    ic_status status;
    char why[200];
    int k, right = 0;
    if (ink_letters(1, 10, &train, why, sizeof why) || ink_letters(2, 10, &test, why, sizeof why))
        return fprintf(stderr, "quickstart: %s\n", why), 1;
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
