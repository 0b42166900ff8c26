/* latent.h: what a generator draws when it is told a mixture of classes.

   The inputs of a generator that sum to 1 form a simplex, its corners the classes.  A generated curve
   is called after the class whose mean curve, over the training set, is nearest by dynamic time
   warping.  How good a latent space is, in one number: the share of the simplex in which the curve is
   called after the largest component of the input.  Descending on the input decides for the largest
   component, so this is how often a perfect descent could be right about such a curve. */
#ifndef LATENT_H
#define LATENT_H

#include "common.h"

/* The mean curve of each class over the training set, [classes][PEN_STEPS][2]. */
PEN_FN float *class_means(const split *s)
{
    const size_t d = PEN_STEPS * 2;
    const int classes = s->set.classes;
    float *means = get_floats((size_t)classes, d);
    int *count = (int *)get_memory((size_t)classes, sizeof(int));
    int k;
    size_t j;
    for (k = 0; k < s->train; k++)
        count[s->set.label[k]]++;
    for (j = 0; j < d; j++) {
        double sum[PEN_CLASSES] = { 0 };
        for (k = 0; k < s->train; k++)
            sum[s->set.label[k]] += (double)split_xy(s, k)[j];
        for (k = 0; k < classes; k++)
            means[(size_t)k * d + j] = count[k] ? (float)(sum[k] / count[k]) : 0;
    }
    free(count);
    return means;
}

/* The class whose mean is nearest, and how near. */
PEN_FN int nearest_mean(const float *curve, const float *means, int classes, double *distance)
{
    ic_dtw_options o;
    int k, best = 0;
    memset(&o, 0, sizeof o);
    *distance = 0;
    for (k = 0; k < classes; k++) {
        double d;
        o.cutoff = k > 0 ? *distance : 0;
        check(ic_dtw(PEN_STEPS, curve, PEN_STEPS, means + (size_t)k * PEN_STEPS * 2, 2, &o, &d), "curves");
        if (k == 0 || d < *distance)
            *distance = d, best = k;
    }
    return best;
}

/* Position of the largest; -1 if two are equally large. */
PEN_FN int largest(const float *x, int n)
{
    int k, best = 0, equal = 0;
    for (k = 1; k < n; k++)
        if (x[k] > x[best])
            best = k, equal = 0;
        else
            equal |= x[k] >= x[best];
    return equal ? -1 : best;
}

/* Points of the simplex, x [n][classes], to be freed; returns n.  A grid of as many parts a side as
   give 300 points at most (4 classes: tenths, 286 points, as in the thesis); where that would be
   fewer than ten parts, 300 points drawn uniformly. */
#define LATENT_MOST 300

PEN_FN double grid_points(int classes, int parts)      /* parts + classes - 1 over classes - 1 */
{
    double n = 1;
    int k;
    for (k = 1; k < classes; k++)
        n = n * (parts + k) / k;
    return n;
}

PEN_FN int latent_points(int classes, float **x)
{
    float *to = *x = get_floats(LATENT_MOST, (size_t)classes);
    int part[PEN_CLASSES] = { 0 }, parts = 1, n = 0, k;
    while (parts < 1000 && grid_points(classes, parts + 1) <= LATENT_MOST)
        parts++;
    if (parts < 10) {
        for (; n < LATENT_MOST; n++, to += classes) {
            double sum = 0;
            for (k = 0; k < classes; k++) {
                const double e = -(double)log(1 - ic_uniform(286, (uint64_t)n, (uint64_t)k));
                to[k] = (float)e;
                sum += e;
            }
            for (k = 0; k < classes; k++)
                to[k] = (float)((double)to[k] / sum);
        }
        return n;
    }
    /* Count up through all part[0..classes-2] whose sum is at most `parts`; the rest goes to the last. */
    for (k = classes - 1; k >= 0; n++, to += classes) {
        int rest = parts;
        for (k = 0; k < classes - 1; k++)
            to[k] = (float)part[k] / (float)parts, rest -= part[k];
        to[classes - 1] = (float)rest / (float)parts;
        for (k = classes - 2; k >= 0; k--) {
            if (rest > 0) {
                part[k]++;
                break;
            }
            rest += part[k], part[k] = 0;
        }
    }
    return n;
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

/* The share described above, over the points without a tie. */
PEN_FN double argmax_share(const ic_model *model, int classes, const float *means)
{
    float *x, *y;
    const int n = latent_points(classes, &x);
    int k, sure = 0, right = 0;
    double distance;
    y = get_floats((size_t)n, PEN_STEPS * 2);
    generate_mixtures(model, classes, n, x, y);
    for (k = 0; k < n; k++) {
        const int told = largest(x + k * classes, classes);
        if (told < 0)
            continue;
        sure++;
        right += nearest_mean(y + (size_t)k * PEN_STEPS * 2, means, classes, &distance) == told;
    }
    free(x);
    free(y);
    return (double)right / sure;
}

#endif
