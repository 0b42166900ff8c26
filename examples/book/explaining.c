/* explaining: what the three classes that explain a letter best make of it, for a figure of chapter [E] of invclass.h.

   Prints, for each of them, a remark with its name and the energy of its best vertex, then, a line a step, the letter,
   the drawing of the vertex and the explanation: the drawing in the style, pose and pace that suit the letter best, all
   in the letter's own coordinates.  Two blank lines between. */
#define INVCLASS_IMPLEMENTATION
#include "small.h"

enum { LETTER = 5, RANKS = 3 };               /* a letter g */

int main(void)
{
    const ink train = small_ink(1, 10), test = small_ink(2, 1);
    ic_recogniser r;
    ic_recognition a;
    ic_explained out;
    float *explained;
    int rank, t, k, v;
    program = "explaining";
    memset(&out, 0, sizeof out);
    check(ic_recogniser_fit(&r, &train.samples, NULL, NULL), "recogniser");
    check(ic_recognition_init(&a, &r), "recogniser");
    check(ic_recognise(&r, &test.curve[LETTER], &a), "a letter");
    out.energy = (double *)get_memory((size_t)r.explainer.vertices, sizeof(double));
    explained = get_floats((size_t)r.explainer.steps, 2);
    check(ic_explain(&r.explainer, a.prepared, &out), "a letter");
    for (rank = 0; rank < RANKS; rank++) {
        const int label = a.order[rank];
        a.vertex = -1;                         /* the best of this class */
        for (v = 0; v < r.explainer.vertices; v++)
            if (r.explainer.label[v] == label && (a.vertex < 0 || out.energy[v] < out.energy[a.vertex]))
                a.vertex = v;
        check(ic_recognition_explain(&r, &a, NULL, explained, NULL), "a letter");
        printf("# %s\t%.1f\n", r.name[label], out.energy[a.vertex]);
        for (t = 0; t < r.explainer.steps; t++) {
            const float *p = a.prepared + t * r.explainer.outputs,
                        *f = r.explainer.drawn + (a.vertex * r.explainer.steps + t) * r.explainer.outputs;
            for (k = 0; k < 2; k++)
                printf("%.4f\t", a.frame.place[k] + a.frame.size * (double)p[k]);
            for (k = 0; k < 2; k++)
                printf("%.4f\t", a.frame.place[k] + a.frame.size * (double)f[k]);
            printf("%.4f\t%.4f\n", (double)explained[2 * t], (double)explained[2 * t + 1]);
        }
        printf("\n\n");
    }
    ic_recognition_free(&a);
    ic_recogniser_free(&r);
    return printed();
}
