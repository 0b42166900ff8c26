/* small.h: built-in letters of a few steps, on which the programs of the book need seconds. */
#ifndef SMALL_H
#define SMALL_H

#include "../study.h"
#include "../data/ink.h"

/* All letters, so many of each, for a recogniser. */
PEN_FN ink small_ink(uint64_t seed, int each)
{
    ink k;
    char why[200];
    if (ink_letters(seed, each, &k, why, sizeof why))
        die("built-in letters", "%s", why);
    return k;
}

/* The first `classes` letters, so many of each, every one over its own length in so many steps. */
PEN_FN ic_curves small_letters(uint64_t seed, int classes, int each, int steps)
{
    ic_curves c = { 0, 0, 2, 0, NULL, NULL };
    pen_samples samples;
    pen_set set;
    char why[200];
    float *y;
    int *label, k;
    if (letters_make(seed, each, &samples, why, sizeof why) || pen_prepare(&samples, &set, why, sizeof why))
        die("built-in letters", "%s", why);
    pen_keep_classes(&set, classes);
    c.n = set.n, c.steps = steps, c.classes = classes;
    c.y = y = get_floats((size_t)set.n, (size_t)steps * 2);
    c.label = label = (int *)get_memory((size_t)set.n, sizeof(int));
    for (k = 0; k < set.n; k++) {
        label[k] = set.label[k];
        resample(set.xy + (size_t)k * PEN_STEPS * 2, set.length[k], steps, y + k * steps * 2);
    }
    pen_set_free(&set);
    pen_samples_free(&samples);
    return c;
}

PEN_FN const float *small_curve(const ic_curves *c, int k) { return c->y + (size_t)k * (size_t)c->steps * (size_t)c->dims; }

/* The curve of two outputs drawn ever faster: its point at the time tau is that at tau squared. */
PEN_FN void small_accelerated(const float *y, int steps, float *out)
{
    int t;
    for (t = 0; t < steps; t++)
        point_at(y, steps, (double)t * t / (steps - 1), out + 2 * t);
}

/* A network for class codes of these letters, with so many units, trained on `pairs`. */
PEN_FN ic_model small_network(const ic_curves *c, const ic_pairs *pairs, int hidden, const ic_train_options *train)
{
    ic_config config;
    ic_model model;
    memset(&config, 0, sizeof config);
    config.inputs = pairs->inputs, config.hidden = hidden, config.layers = 1;
    config.outputs = c->dims, config.steps = c->steps;
    check(ic_model_init(&model, &config, NULL), "network");
    check(ic_train(&model, pairs, NULL, train, NULL), "network");
    return model;
}

PEN_FN double mean_square(const float *a, const float *b, int n)
{
    double sum = 0;
    int i;
    for (i = 0; i < n; i++)
        sum += ((double)a[i] - (double)b[i]) * ((double)a[i] - (double)b[i]) / n;
    return sum;
}

#endif
