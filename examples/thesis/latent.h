/* latent.h: what a generator draws when it is told a mixture of classes.

   The inputs of a generator that sum to 1 form a simplex, its corners the classes.  A generated curve
   is called after the class whose mean curve, over the training set, is nearest by dynamic time
   warping.  How good a latent space is, in one number: the share of mixtures of two classes for which the
   curve is called after the larger part.  Descending on the input decides for the largest component,
   so this is how often a perfect descent could be right about such a curve. */
#ifndef LATENT_H
#define LATENT_H

#include "../study.h"

/* The class codes, x [classes][classes], and the mean curve of each class over the training set, y [classes][PEN_STEPS][2]. */
PEN_FN ic_pairs class_means(const split *s)
{
    const ic_curves curves = { s->train, PEN_STEPS, 2, s->set.classes, split_xy(s, 0), s->set.label };
    ic_augment a;
    ic_pairs means;
    memset(&a, 0, sizeof a);
    a.means = 1;
    check(ic_pairs_make(&means, &curves, &a), "class means");
    return means;
}

/* The class whose mean is nearest, and how near. */
PEN_FN int nearest_mean(const float *curve, const float *means, int classes, double *distance)
{
    ic_dtw_options o;
    memset(&o, 0, sizeof o);
    return nearest_by_dtw(classes, means, PEN_STEPS, 2, curve, -1, &o, distance);
}

/* Where quality is measured, x [EDGE_POINTS][classes], to be freed: points of the edges between the
   corners, each a mixture (1 - w) of one class and w of another, both drawn, with w spread evenly from
   0 to a half.  With two classes that is the whole simplex.  Were the points spread over all of it with
   many classes, nearly all would be mixtures of many letters, which no network draws as any one. */
#define EDGE_POINTS 300

PEN_FN float *edge_points(int classes)
{
    float *x = get_floats(EDGE_POINTS, (size_t)classes);
    int k;
    for (k = 0; k < EDGE_POINTS; k++) {
        const float w = ((float)k + 0.5f) / (2 * EDGE_POINTS);
        const int most = (int)(ic_uniform(286, (uint64_t)k, 0) * classes);
        const int step = 1 + (int)(ic_uniform(286, (uint64_t)k, 1) * (classes - 1));
        x[k * classes + (most + step) % classes] = w;
        x[k * classes + most] = 1 - w;
    }
    return x;
}

/* What the generator draws, y [n][PEN_STEPS][2], for mixtures x [n][classes] of classes.  With types,
   the weight of a class is divided evenly among them. */
PEN_FN void generate_mixtures(const ic_model *model, int classes, int n, const float *x, float *y)
{
    const int types = model->config.inputs / classes;
    float *code = get_floats((size_t)n, (size_t)model->config.inputs);
    int k, j;
    for (k = 0; k < n * classes; k++)
        for (j = 0; j < types; j++)
            code[k * types + j] = x[k] / (float)types;
    check(ic_generate(model, n, code, y, 1), "model");
    free(code);
}

/* Reads a generator of so many classes, with types or without. */
PEN_FN void load_generator(const char *path, int classes, ic_model *model)
{
    check(ic_load(model, path), path);
    if (model->config.inputs % classes != 0 || model->config.outputs != 2 || model->config.steps != PEN_STEPS
        || model->config.head != IC_EVERY_STEP)
        die(path, "is no generator of %d classes and %d steps", classes, PEN_STEPS);
}

/* The share described above. */
PEN_FN double argmax_share(const ic_model *model, int classes, const float *means)
{
    float *x = edge_points(classes), *y = get_floats(EDGE_POINTS, PEN_STEPS * 2);
    int k, right = 0;
    generate_mixtures(model, classes, EDGE_POINTS, x, y);
    for (k = 0; k < EDGE_POINTS; k++) {
        double distance;
        const int drawn = nearest_mean(y + (size_t)k * PEN_STEPS * 2, means, classes, &distance);
        right += drawn == largest(x + k * classes, classes);
    }
    free(x);
    free(y);
    return (double)right / EDGE_POINTS;
}

#endif
