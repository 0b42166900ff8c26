/* quickstart: teach a small LSTM to write two letters, then recognise letters with it, by asking
   which input would have made it write them.  Expected: "20 of 20 recognised" or one less, in two seconds. */
#define INVCLASS_IMPLEMENTATION
#include "invclass.h"
#include "data/letters.h"

enum { EACH = 30, LETTERS = 2, STEPS = PEN_STEPS, D = STEPS * 2 };

int main(void)
{
    /* Thirty samples each of a and b: [n][STEPS][2] numbers and n labels. */
    pen_samples drawn;
    pen_set set;
    char why[200];
    if (letters_make(1, EACH, &drawn, why, sizeof why) || pen_prepare(&drawn, &set, why, sizeof why)) {
        fprintf(stderr, "quickstart: %s\n", why);
        return 1;
    }
    pen_keep_classes(&set, LETTERS);

    /* A generator: the class goes in at the first step, a pen position comes out at every step. */
    ic_config config = { 0 };
    config.inputs = LETTERS;
    config.hidden = 48;
    config.outputs = 2;
    config.steps = STEPS;
    ic_model model;
    ic_status status = ic_model_init(&model, &config, NULL);

    /* Train it: one-hot class -> mean letter of the class, with noise on the input. */
    ic_curves curves = { set.n, STEPS, 2, LETTERS, set.xy, set.label };
    ic_augment augment = { 0 };
    augment.means = 1;
    ic_pairs pairs = { 0 };
    if (status == IC_OK)
        status = ic_pairs_make(&pairs, &curves, &augment);
    ic_train_options train = { 0 };
    train.updates = 1500;
    train.draws = 4;
    train.rate = 0.005;
    train.schedule = IC_DECAY;
    train.clip = 0.2;
    train.noise = 0.3;
    if (status == IC_OK)
        status = ic_train(&model, &pairs, NULL, &train, NULL);

    /* Recognise ten of each: descend on the input until it explains the curve. */
    int label[2 * 10], right = 0, k;
    float test[2 * 10 * D], x[2 * 10 * LETTERS];
    for (k = 0; k < 2 * 10; k++)
        memcpy(test + k * D, set.xy + (k / 10 * EACH + k % 10) * D, D * sizeof *test);
    ic_invert_options invert = { 0 };
    ic_inverted found = { x, label, NULL, NULL, NULL };
    if (status == IC_OK)
        status = ic_invert(&model, 2 * 10, test, &invert, &found);
    if (status != IC_OK) {
        fprintf(stderr, "quickstart: %s\n", ic_status_text(status));
        return 1;
    }
    for (k = 0; k < 2 * 10; k++)
        right += label[k] == k / 10;
    printf("the first letter was explained by %.2f a + %.2f b\n", (double)x[0], (double)x[1]);
    printf("%d of %d recognised\n", right, 2 * 10);
    ic_pairs_free(&pairs);
    ic_model_free(&model);
    pen_samples_free(&drawn);
    pen_set_free(&set);
    return 0;
}
