/* pen.h: pen trajectories, wherever they come from.

   A recording is what a digitiser gives: velocity in x and y and the force of the pen, 200 times a
   second, of different length for every sample.  The library wants curves of one length.  The way
   from one to the other is the thesis's: drop the force, append zeros up to 205 steps, add the
   velocities up (so a short sample ends with its last point repeated), then shift and scale x and y,
   each over the whole set, to mean 0 and variance 1.  The padding counts. */
#ifndef PEN_H
#define PEN_H

#include <math.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#if defined(__GNUC__)
#define PEN_FN static __attribute__((unused))
#define PEN_PRINTF __attribute__((format(printf, 3, 4)))
#else
#define PEN_FN static
#define PEN_PRINTF
#endif

#define PEN_LETTERS "abcdeghlmnopqrsuvwyz"     /* those that need a single stroke */
#define PEN_CLASSES 20
#define PEN_STEPS 205

/* How many samples of each letter the UCI set has. */
static const int pen_counts[PEN_CLASSES] = { 171, 141, 142, 157, 186, 138, 127, 174, 125, 130,
                                             141, 131, 124, 119, 133, 131, 155, 125, 137, 171 };

typedef struct pen_samples {      /* recordings */
    int       n;
    int      *label;              /* [n] position in PEN_LETTERS */
    int      *length;             /* [n] steps */
    size_t   *first;              /* [n] where in v the sample begins */
    double   *v;                  /* of each sample [length][3]: x velocity, y velocity, force */
    char      source[64];
    uint64_t  hash;               /* over labels, lengths and values: identifies the data */
} pen_samples;

typedef struct pen_set {          /* curves, ready for the library */
    int       n, classes;
    float    *xy;                 /* [n][PEN_STEPS][2] */
    int      *label;              /* [n] */
    int      *length;             /* [n] steps before the padding */
    double    mean[2], deviation[2];   /* what was taken off and divided by */
    char      source[64];
    uint64_t  hash;
} pen_set;

/* Writes a message, if there is room for one, and returns -1: "return pen_fail(...)". */
PEN_FN PEN_PRINTF int pen_fail(char *why, size_t size, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    if (why && size > 0)
        vsnprintf(why, size, format, arguments);
    va_end(arguments);
    return -1;
}

/* The next line of a text, cut off at its end; NULL at the end of the text. */
PEN_FN char *pen_line(char **text)
{
    char *line = *text, *end;
    if (!*line)
        return NULL;
    end = line + strcspn(line, "\n");
    *text = *end ? end + 1 : end;
    while (end > line && (end[-1] == '\r' || end[-1] == ' '))
        end--;
    *end = 0;
    return line;
}

PEN_FN void pen_samples_free(pen_samples *s)
{
    free(s->label);
    free(s->length);
    free(s->first);
    free(s->v);
    memset(s, 0, sizeof *s);
}

PEN_FN void pen_set_free(pen_set *s)
{
    free(s->xy);
    free(s->label);
    free(s->length);
    memset(s, 0, sizeof *s);
}

/* Room for n samples with `values` numbers in all. */
PEN_FN int pen_samples_make(pen_samples *s, int n, size_t values)
{
    memset(s, 0, sizeof *s);
    s->n = n;
    s->label = (int *)calloc((size_t)n + 1, sizeof *s->label);
    s->length = (int *)calloc((size_t)n + 1, sizeof *s->length);
    s->first = (size_t *)calloc((size_t)n + 1, sizeof *s->first);
    s->v = (double *)calloc(values + 1, sizeof *s->v);
    if (s->label && s->length && s->first && s->v)
        return 0;
    pen_samples_free(s);
    return -1;
}

/* FNV-1a over the bytes of an integer or of a double's bits, least significant first. */
PEN_FN uint64_t pen_hash(uint64_t hash, uint64_t value, int bytes)
{
    int k;
    for (k = 0; k < bytes; k++)
        hash = (hash ^ ((value >> (8 * k)) & 255u)) * 0x100000001b3u;
    return hash;
}

PEN_FN void pen_identify(pen_samples *s)
{
    size_t k;
    int i;
    s->hash = 0xcbf29ce484222325u;
    for (i = 0; i < s->n; i++) {
        s->hash = pen_hash(s->hash, (uint64_t)s->label[i], 4);
        s->hash = pen_hash(s->hash, (uint64_t)s->length[i], 4);
        for (k = 0; k < 3 * (size_t)s->length[i]; k++) {
            uint64_t bits;
            memcpy(&bits, &s->v[s->first[i] + k], sizeof bits);
            s->hash = pen_hash(s->hash, bits, 8);
        }
    }
}

PEN_FN int pen_prepare(const pen_samples *in, pen_set *out, char *why, size_t size)
{
    const int n = in->n;
    double *sum = (double *)malloc((size_t)(n > 0 ? n : 1) * PEN_STEPS * 2 * sizeof *sum);
    int i, t, axis;
    size_t k, count = (size_t)(n > 0 ? n : 0) * PEN_STEPS;
    memset(out, 0, sizeof *out);
    if (!sum || n < 1) {
        free(sum);
        return pen_fail(why, size, n < 1 ? "there are no samples" : "out of memory");
    }
    for (i = 0; i < n; i++) {
        const double *v = in->v + in->first[i];
        double at[2] = { 0, 0 };
        if (in->length[i] < 1 || in->length[i] > PEN_STEPS || in->label[i] < 0
            || in->label[i] >= PEN_CLASSES) {
            free(sum);
            return pen_fail(why, size, "sample %d: length %d (1 to %d allowed), class %d (0 to %d)", i,
                            in->length[i], PEN_STEPS, in->label[i], PEN_CLASSES - 1);
        }
        for (t = 0; t < PEN_STEPS; t++)
            for (axis = 0; axis < 2; axis++) {
                if (t < in->length[i])
                    at[axis] += v[3 * t + axis];
                sum[((size_t)i * PEN_STEPS + (size_t)t) * 2 + (size_t)axis] = at[axis];
            }
        if (!(fabs(at[0]) < 1e12 && fabs(at[1]) < 1e12)) {        /* false for NaN too */
            free(sum);
            return pen_fail(why, size, "sample %d holds a value that is NaN, infinite or absurd", i);
        }
    }
    for (axis = 0; axis < 2; axis++) {
        double mean = 0, square = 0;
        for (k = 0; k < count; k++)
            mean += sum[2 * k + (size_t)axis];
        mean /= (double)count;
        for (k = 0; k < count; k++)
            square += (sum[2 * k + (size_t)axis] - mean) * (sum[2 * k + (size_t)axis] - mean);
        out->mean[axis] = mean;
        out->deviation[axis] = sqrt(square / (double)count);
        if (!(out->deviation[axis] > 0)) {
            free(sum);
            return pen_fail(why, size, "the %c coordinate never changes", "xy"[axis]);
        }
    }
    out->xy = (float *)malloc(2 * count * sizeof *out->xy);
    out->label = (int *)malloc((size_t)n * sizeof *out->label);
    out->length = (int *)malloc((size_t)n * sizeof *out->length);
    if (!out->xy || !out->label || !out->length) {
        free(sum);
        pen_set_free(out);
        return pen_fail(why, size, "out of memory");
    }
    for (k = 0; k < 2 * count; k++)
        out->xy[k] = (float)((sum[k] - out->mean[k % 2]) / out->deviation[k % 2]);
    memcpy(out->label, in->label, (size_t)n * sizeof *out->label);
    memcpy(out->length, in->length, (size_t)n * sizeof *out->length);
    memcpy(out->source, in->source, sizeof out->source);
    out->n = n;
    out->classes = PEN_CLASSES;
    out->hash = in->hash;
    free(sum);
    return 0;
}

/* Keeps the samples of the first k classes, in their order, scaled as they are. */
PEN_FN void pen_keep_classes(pen_set *set, int k)
{
    int i, kept = 0;
    for (i = 0; i < set->n; i++)
        if (set->label[i] < k) {
            memmove(set->xy + (size_t)kept * PEN_STEPS * 2, set->xy + (size_t)i * PEN_STEPS * 2,
                    PEN_STEPS * 2 * sizeof *set->xy);
            set->label[kept] = set->label[i];
            set->length[kept++] = set->length[i];
        }
    set->n = kept;
    set->classes = k;
}

#endif
