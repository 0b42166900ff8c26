/* descent: the error over all inputs of two generators of two letters, and the paths of the descent on it, for a figure
   of chapter [V] of invclass.h.

   One network is trained without noise, the other with noise on its input; both are asked for one letter a.  Prints, for
   each, a grid of inputs with their errors, then the paths, a block a start; two blank lines between. */
#define INVCLASS_IMPLEMENTATION
#include "small.h"

enum { STEPS = 64, CELLS = 51, STARTS = 3, KINDS = 2 };

static void print_point(void *user, const ic_trace *t)
{
    FILE **file = (FILE **)user;
    fprintf(file[t->sample], "%d\t%d\t%.5f\t%.5f\t%.5f\n", t->sample, t->iteration, (double)t->x[0], (double)t->x[1], t->loss);
}

int main(void)
{
    static const float start[STARTS * 2] = { 0.5f, 0.5f, 0.1f, 0.9f, 0.9f, 0.1f };
    static float x[CELLS * CELLS * 2], y[CELLS * CELLS * STEPS * 2], target[STARTS * STEPS * 2];
    const ic_curves train = small_letters(1, 2, 20, STEPS), test = small_letters(2, 2, 1, STEPS);
    ic_train_options options;
    ic_descend_options descend;
    ic_descended found = { NULL, NULL, NULL, NULL };
    ic_augment augment;
    ic_pairs pairs;
    int kind, k, i, j;
    program = "descent";
    memset(&augment, 0, sizeof augment);
    augment.means = 1;
    check(ic_pairs_make(&pairs, &train, &augment), "pairs");
    for (k = 0; k < STARTS; k++)
        memcpy(target + k * STEPS * 2, small_curve(&test, 0), sizeof target / STARTS);
    for (kind = 0; kind < KINDS; kind++) {
        FILE *path[STARTS];
        ic_model model;
        int c;
        memset(&options, 0, sizeof options);
        options.updates = 1000, options.rate = 0.005, options.schedule = IC_DECAY, options.clip = 0.5, options.seed = 1;
        options.noise = kind * 0.3;
        options.draws = kind ? 4 : 1;
        model = small_network(&train, &pairs, 32, &options);
        for (i = 0; i < CELLS; i++)
            for (j = 0; j < CELLS; j++) {
                x[(i * CELLS + j) * 2] = (float)i / (CELLS - 1);
                x[(i * CELLS + j) * 2 + 1] = (float)j / (CELLS - 1);
            }
        check(ic_generate(&model, CELLS * CELLS, x, y, 1), "network");
        printf("# first input\tsecond input\terror\n");
        for (i = 0; i < CELLS * CELLS; i++)
            printf("%.2f\t%.2f\t%.5f\n", (double)x[2 * i], (double)x[2 * i + 1],
                   mean_square(y + i * STEPS * 2, small_curve(&test, 0), STEPS * 2));
        memset(&descend, 0, sizeof descend);
        descend.start = IC_START_GIVEN;
        descend.start_x = start;
        descend.trace = print_point;
        descend.user = path;
        for (k = 0; k < STARTS; k++)
            if (!(path[k] = tmpfile()))
                die(NULL, "no room for a temporary file");
        check(ic_descend(&model, STARTS, target, &descend, &found), "letter a");
        printf("\n\n# start\titeration\tfirst input\tsecond input\terror\n");
        for (k = 0; k < STARTS; k++) {
            for (rewind(path[k]); (c = fgetc(path[k])) != EOF;)
                putchar(c);
            fclose(path[k]);
            printf("\n");
        }
        printf("\n");
        ic_model_free(&model);
    }
    ic_pairs_free(&pairs);
    return printed();
}
