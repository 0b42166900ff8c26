/* gaussian.h: one normal distribution a class, its covariance shrunk: a simple way to recognise curves, to compare with.

   The covariance of class c is  own S_c + pooled S + smooth K + noise 1:  S_c from its own curves, S the mean over all curves
   of the same (Friedman 1989, Regularized discriminant analysis), K that of errors which neighbouring steps share,
   exp(-(t - t')^2 / 2 l^2) between steps t and t' of the same coordinate, l = length * steps. */
#ifndef GAUSSIAN_H
#define GAUSSIAN_H

#include "../study.h"

typedef struct gaussian_weights { double own, pooled, smooth, length, noise; } gaussian_weights;
static const gaussian_weights usual_weights = { 0.8, 0.2, 0, 0.1, 0.006 };

typedef struct gaussians {
    int classes, size;
    double *centre, *factor;              /* [classes][size], [classes][size][size]: Cholesky factors */
} gaussians;

PEN_FN void free_gaussians(gaussians *g)
{
    free(g->centre);
    free(g->factor);
    memset(g, 0, sizeof *g);
}

/* From curves y [n][size], size / width steps each. */
PEN_FN gaussians fit_gaussians(int n, const float *y, const int *label, int classes, int size, int width,
                               const gaussian_weights *w)
{
    const size_t d = (size_t)size;
    const double reach = w->length * size / width;
    double *pooled = (double *)get_memory(d, d * sizeof(double));
    int *count = (int *)get_memory((size_t)classes, sizeof(int)), k, i, j, l;
    gaussians g;
    g.classes = classes;
    g.size = size;
    g.centre = (double *)get_memory((size_t)classes, d * sizeof(double));
    g.factor = (double *)get_memory((size_t)classes * d, d * sizeof(double));
    for (k = 0; k < n; k++) {
        count[label[k]]++;
        for (i = 0; i < size; i++)
            g.centre[(size_t)label[k] * d + (size_t)i] += (double)y[(size_t)k * d + (size_t)i];
    }
    for (l = 0; l < classes; l++)
        for (i = 0; i < size; i++)
            g.centre[(size_t)l * d + (size_t)i] /= count[l] ? count[l] : 1;
    for (k = 0; k < n; k++) {
        const double *m = g.centre + (size_t)label[k] * d;
        const float *at = y + (size_t)k * d;
        double *s = g.factor + (size_t)label[k] * d * d;
        for (i = 0; i < size; i++)
            for (j = 0; j <= i; j++) {
                const double x = ((double)at[i] - m[i]) * ((double)at[j] - m[j]);
                s[(size_t)i * d + (size_t)j] += x / count[label[k]];
                pooled[(size_t)i * d + (size_t)j] += x / n;
            }
    }
    for (l = 0; l < classes; l++)
        for (i = 0; i < size; i++)
            for (j = 0; j <= i; j++) {
                double *row = g.factor + ((size_t)l * d + (size_t)i) * d;
                const double *above = g.factor + ((size_t)l * d + (size_t)j) * d, apart = (i / width - j / width) / reach;
                double sum = w->own * row[j] + w->pooled * pooled[(size_t)i * d + (size_t)j] + (i == j ? w->noise : 0);
                if (w->smooth > 0 && i % width == j % width)
                    sum += w->smooth * exp(-0.5 * apart * apart);
                for (k = 0; k < j; k++)
                    sum -= row[k] * above[k];
                row[j] = i == j ? sqrt(sum) : sum / above[j];
            }
    free(pooled);
    free(count);
    return g;
}

/* -log of the density of y [size] in each class, but for a constant; returns the class of the lowest. */
PEN_FN int gaussian_energies(const gaussians *g, const float *y, double *energy)
{
    const size_t d = (size_t)g->size;
    double *z = (double *)get_memory(d, sizeof(double));
    int l, i, j, best = 0;
    for (l = 0; l < g->classes; l++) {
        energy[l] = 0;
        for (i = 0; i < g->size; i++) {
            const double *row = g->factor + ((size_t)l * d + (size_t)i) * d;
            z[i] = (double)y[i] - g->centre[(size_t)l * d + (size_t)i];
            for (j = 0; j < i; j++)
                z[i] -= row[j] * z[j];
            z[i] /= row[i];
            energy[l] += 0.5 * z[i] * z[i] + log(row[i]);
        }
        best = energy[l] < energy[best] ? l : best;
    }
    free(z);
    return best;
}

/* Probabilities, the classes equally likely beforehand.  energy and p may be the same array. */
PEN_FN void energies_to_probabilities(int n, const double *energy, double *p)
{
    double least = energy[0], sum = 0;
    int k;
    for (k = 1; k < n; k++)
        least = energy[k] < least ? energy[k] : least;
    for (k = 0; k < n; k++)
        sum += p[k] = exp(least - energy[k]);
    for (k = 0; k < n; k++)
        p[k] /= sum;
}

#endif
