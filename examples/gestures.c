/* gestures: the recogniser in a program that people draw in.  It learns three gestures, follows one while it is drawn, says how
   it was drawn, refuses what it does not know, is taught that from three drawings, and is saved and loaded.  One second. */
#define INVCLASS_IMPLEMENTATION
#include "invclass.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { CIRCLE, TRIANGLE, ZIGZAG, SPIRAL, KNOWN = 3, EACH = 8, POINTS = 60 };
static const char *const names[] = { "circle", "triangle", "zigzag", "spiral" };
typedef struct gesture { float point[POINTS][2]; ic_curve curve; } gesture;

static void must(ic_status status)
{
    if (status == IC_OK)
        return;
    fprintf(stderr, "gestures: %s\n", ic_status_text(status));
    exit(1);
}

/* As a hand might draw it: anywhere, of any size, never twice the same. */
static void draw(int kind, uint64_t hand, gesture *g)
{
    static const double corner[2][4][2] = { { { 0, 1 }, { 0.9, -0.5 }, { -0.9, -0.5 }, { 0, 1 } },
                                            { { -1, 1 }, { 1, 0.6 }, { -1, -0.4 }, { 1, -1 } } };
    const double size = 100 + 50 * ic_uniform(hand, 0, 0), left = 300 * ic_uniform(hand, 0, 1);
    int t, k;
    for (t = 0; t < POINTS; t++) {
        const double at = (double)t / (POINTS - 1), turns = 6.2832 * (kind == SPIRAL ? 3 : 1) * at;
        const double radius = kind == SPIRAL ? 0.2 + 0.8 * at : 1, part = 2.999 * at;
        const double *from = corner[kind == ZIGZAG][(int)part], *to = corner[kind == ZIGZAG][(int)part + 1];
        const double round[2] = { radius * sin(turns), radius * cos(turns) };
        for (k = 0; k < 2; k++) {
            const double bend = 0.15 * ic_normal(hand, 1, (uint64_t)k) * sin(3 * at) + 0.01 * ic_normal(hand, 2 + (uint64_t)k, (uint64_t)t);
            const double straight = from[k] + (part - (int)part) * (to[k] - from[k]);
            g->point[t][k] = (float)(left + size * ((kind == CIRCLE || kind == SPIRAL ? round[k] : straight) + bend));
        }
    }
    g->curve.n = POINTS, g->curve.point = g->point[0];
    g->curve.time = NULL, g->curve.begins = NULL;            /* points come at equal times, in one stroke */
}

int main(int argc, char **argv)
{
    static gesture drawn[KNOWN * EACH], now;
    const char *path = argc > 1 ? argv[1] : "gestures.model";
    ic_curve curve[KNOWN * EACH];
    float line[32 * 2];                                       /* of options.steps points, 32 by default */
    int label[KNOWN * EACH], k, t;
    ic_samples samples = { KNOWN * EACH, 2, KNOWN, curve, label, NULL, names };
    ic_recogniser recogniser;
    ic_recognition answer;
    ic_adjustment how;

    /* Learn eight drawings of each. */
    for (k = 0; k < samples.n; k++) {
        draw(k % KNOWN, (uint64_t)k, &drawn[k]);
        curve[k] = drawn[k].curve, label[k] = k % KNOWN;
    }
    must(ic_recogniser_fit(&recogniser, &samples, NULL, NULL));
    must(ic_recognition_init(&answer, &recogniser));

    /* Follow a new one, point by point; when the pen is up, ask about the whole. */
    draw(TRIANGLE, 1000, &now);
    ic_recognise_begin(&answer);
    for (t = 0; t < POINTS; t++) {
        must(ic_recognise_point(&recogniser, now.point[t], t == 0, &answer));
        if (t % 15 == 14)
            printf("after %2d points: %s, probability %.2f, as it seems %.0f %% of it\n", t + 1, recogniser.name[answer.label],
                   answer.probability[answer.label], 100 * answer.done);
    }
    must(ic_recognise(&recogniser, &now.curve, &answer));
    printf("the whole: %s, probability %.2f\n", recogniser.name[answer.label], answer.probability[answer.label]);

    /* How it was drawn, beside the gesture as it was learned: the line that explains it, and what had to be changed for that. */
    must(ic_recognition_explain(&recogniser, &answer, &how, line, NULL));
    printf("it begins at (%.0f, %.0f), its explanation at (%.0f, %.0f);", (double)now.point[0][0], (double)now.point[0][1], (double)line[0],
           (double)line[1]);
    printf(" style %.1f and %.1f deviations from the mean, stretched by %+.0f %% and %+.0f %%\n", (double)how.style[0], (double)how.style[1],
           100 * (double)how.pose[0][0], 100 * (double)how.pose[1][1]);

    /* What was never learned is refused: `label` is the nearest class, but `known` is 0. */
    draw(SPIRAL, 2000, &now);
    must(ic_recognise(&recogniser, &now.curve, &answer));
    printf("a spiral: %s\n", answer.known ? recogniser.name[answer.label] : "nothing I know");

    /* Teach it: the number of classes as the label makes a new one, which is named then.  Answers must be made anew. */
    for (k = 0; k < 3; k++) {
        draw(SPIRAL, 3000 + (uint64_t)k, &now);
        must(ic_recogniser_add(&recogniser, &now.curve, KNOWN, k == 0 ? names[SPIRAL] : NULL));
    }
    must(ic_recogniser_save(&recogniser, path));
    ic_recognition_free(&answer);
    ic_recogniser_free(&recogniser);

    must(ic_recogniser_load(&recogniser, path));
    must(ic_recognition_init(&answer, &recogniser));
    draw(SPIRAL, 4000, &now);
    must(ic_recognise(&recogniser, &now.curve, &answer));
    printf("taught from three and loaded again: %s, probability %.2f\n", recogniser.name[answer.label], answer.probability[answer.label]);
    ic_recognition_free(&answer);
    ic_recogniser_free(&recogniser);
    return 0;
}
