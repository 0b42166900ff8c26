/* page.h: what the page in the browser computes, the same natively and in WebAssembly.

   A generator draws 20 letters, each in a style of 6 numbers.  To recognise a curve, every letter tries
   to explain it: its style descends on the energy of the explanation,

       E_k(s) = 1/2 |z|^2 + 1/2 |s|^2,     z = L^-1 (y - f_k(s) - r_k)

   where L is the Cholesky factor of how letters differ from what the generator makes of their codes.
   All classes run side by side, a row of a batch each, and the probability of a class is proportional
   to exp(-E / temperature).  A sign taught to the page is a class more, its weights frozen: the code
   that explains it best, and r, what that leaves over (0 for the letters). */
#ifndef PAGE_H
#define PAGE_H

#if defined(__GNUC__)
#define PAGE_FN static __attribute__((unused))
#else
#define PAGE_FN static
#endif

#include "invclass.h"

enum { LETTERS = 20, STYLES = 6, INPUTS = LETTERS + STYLES, HIDDEN = 64, STEPS = 40, D = 2 * STEPS,
       SIGNS = 12, ROWS = LETTERS + SIGNS, KEPT = 512, EXAMPLES = 3 * LETTERS, LONGEST = 4096 };

/* What `teach` writes beside the networks: float32, least significant byte first. */
typedef struct page_facts {
    float factor[D * (D + 1) / 2];       /* L, row after row up to the diagonal */
    float temperature;
    float energy[KEPT];                  /* of letters the generator was not trained on, rising */
    float size[LETTERS], height[LETTERS];            /* mean radius and height of the centre above the
                                            baseline, in heights of an x */
    float example[EXAMPLES][D];          /* such letters, others again: number k is of class k % LETTERS */
} page_facts;

typedef struct page_row {                /* a class at work */
    int class;
    float s[STYLES], m[STYLES], v[STYLES];
} page_row;

typedef struct page {
    page_facts facts;
    ic_model model;
    ic_work *work;
    int classes;                         /* LETTERS, and the signs taught */
    float base[ROWS][INPUTS], rest[ROWS][D];         /* x and r of each class, at style 0 */
    float plain[LETTERS][D];             /* the letters at style 0 */
    float target[D];                     /* the curve at hand */
    int step, active;
    page_row row[ROWS];                  /* [active], the others after them */
    float style[ROWS][STYLES], drawn[ROWS][D], energy[ROWS], chance[ROWS];   /* by class */
} page;

/* From the point before to this one. */
PAGE_FN double page_piece(const float *point)
{
    const double x = (double)point[0] - (double)point[-2], y = (double)point[1] - (double)point[-1];
    return sqrt(x * x + y * y);
}

/* Brings a pen's path [n][2] to STEPS points equally far apart, centred, of unit root mean square
   radius.  Returns that radius and the centre, or 0 for a path that goes nowhere. */
PAGE_FN float page_normalise(int n, const float *path, float *out, float *centre)
{
    double length = 0, walked = 0, square = 0, mean[2] = { 0, 0 };
    int k, t, axis;
    for (k = 1; k < n; k++)
        length += page_piece(path + 2 * k);
    if (n < 2 || !(length > 1e-6))
        return 0;
    for (k = 1, t = 0; t < STEPS; t++) {
        const double want = length * t / (STEPS - 1);
        double piece = page_piece(path + 2 * k), u;
        while (k < n - 1 && walked + piece < want) {
            walked += piece;
            k++;
            piece = page_piece(path + 2 * k);
        }
        u = piece > 0 ? (want - walked) / piece : 0;
        u = u < 1 ? u : 1;
        for (axis = 0; axis < 2; axis++) {
            out[2 * t + axis] = (float)((double)path[2 * k - 2 + axis]
                + u * ((double)path[2 * k + axis] - (double)path[2 * k - 2 + axis]));
            mean[axis] += (double)out[2 * t + axis] / STEPS;
        }
    }
    for (t = 0; t < D; t++) {
        const double d = (double)out[t] - mean[t % 2];
        square += d * d;
    }
    square = sqrt(square / D);
    for (t = 0; t < D; t++)
        out[t] = (float)(((double)out[t] - mean[t % 2]) / square);
    centre[0] = (float)mean[0], centre[1] = (float)mean[1];
    return (float)square;
}

/* What the generator draws when told x. */
PAGE_FN void page_draw(page *p, const float *x, float *out)
{
    ic_batch batch = { 1, 0, 1, NULL, NULL, NULL };
    int t;
    batch.x = x;
    ic_forward(p->work, &batch);
    for (t = 0; t < D; t++)
        out[t] = ic_output(p->work, t / 2, 0)[t % 2];
}

/* z = L^-1 d, and L^-T z in its place; returns |z|^2. */
PAGE_FN double page_whiten(const float *factor, double *d)
{
    double sum = 0;
    int i, j;
    for (i = 0; i < D; i++) {
        const float *row = factor + i * (i + 1) / 2;
        for (j = 0; j < i; j++)
            d[i] -= (double)row[j] * d[j];
        d[i] /= (double)row[i];
        sum += d[i] * d[i];
    }
    for (i = D - 1; i >= 0; i--) {
        const float *row = factor + i * (i + 1) / 2;
        d[i] /= (double)row[i];
        for (j = 0; j < i; j++)
            d[j] -= (double)row[j] * d[i];
    }
    return sum;
}

PAGE_FN void page_begin(page *p, const float *target)
{
    int k;
    memcpy(p->target, target, sizeof p->target);
    memset(p->row, 0, sizeof p->row);
    for (k = 0; k < p->classes; k++)
        p->row[k].class = k;
    p->active = p->classes;
    p->step = 0;
}

/* The code of class k in style s. */
PAGE_FN void page_code(const page *p, int k, const float *s, float *x)
{
    int j;
    memcpy(x, p->base[k], INPUTS * sizeof *x);
    for (j = 0; j < STYLES; j++)
        x[LETTERS + j] += s[j];
}

PAGE_FN void page_chances(page *p)
{
    double least = 1e300, sum = 0;
    int k;
    for (k = 0; k < p->classes; k++)
        least = (double)p->energy[k] < least ? (double)p->energy[k] : least;
    for (k = 0; k < p->classes; k++)
        sum += (double)(p->chance[k] = ic_exp((float)((least - (double)p->energy[k]) / (double)p->facts.temperature)));
    for (k = 0; k < p->classes; k++)
        p->chance[k] = (float)((double)p->chance[k] / sum);
}

/* One step of every class that is still in it: draw, judge, then move the style against the gradient
   (Adam, its rate falling).  A class leaves when it is far behind and has had time to catch up. */
PAGE_FN int page_step(page *p)
{
    enum { PATIENCE = 12, STEPS_IN_ALL = 48 };
    float x[ROWS * INPUTS], gradient[ROWS * INPUTS], least = 1e30f;
    ic_batch batch = { 0, 0, 1, NULL, NULL, NULL };
    ic_gradients wanted = { NULL, NULL, NULL, NULL };
    int r, j, t, kept = 0;
    const float rate = 0.3f * (1 - (float)p->step / STEPS_IN_ALL) + 0.02f;
    if (p->step >= STEPS_IN_ALL)
        return 0;
    for (r = 0; r < p->active; r++)
        page_code(p, p->row[r].class, p->row[r].s, x + r * INPUTS);
    batch.rows = p->active, batch.x = x;
    ic_forward(p->work, &batch);
    for (r = 0; r < p->active; r++) {
        const int k = p->row[r].class;
        double d[D], square = 0;
        for (t = 0; t < D; t++) {
            p->drawn[k][t] = ic_output(p->work, t / 2, r)[t % 2] + p->rest[k][t];
            d[t] = (double)p->target[t] - (double)p->drawn[k][t];
        }
        for (j = 0; j < STYLES; j++) {
            p->style[k][j] = p->row[r].s[j];
            square += (double)p->row[r].s[j] * (double)p->row[r].s[j];
        }
        p->energy[k] = (float)(0.5 * (page_whiten(p->facts.factor, d) + square));
        least = p->energy[k] < least ? p->energy[k] : least;
        for (t = 0; t < D; t++)
            ic_output_gradient(p->work, t / 2, r)[t % 2] = (float)-d[t];
    }
    wanted.x = gradient;
    ic_backward(p->work, &wanted);
    for (r = 0; r < p->active; r++) {
        page_row row = p->row[r];
        for (j = 0; j < STYLES; j++) {
            const float g = gradient[r * INPUTS + LETTERS + j] + row.s[j];
            row.m[j] = 0.8f * row.m[j] + 0.2f * g;
            row.v[j] = 0.95f * row.v[j] + 0.05f * g * g;
            row.s[j] -= rate * row.m[j] / ((float)sqrt((double)row.v[j]) + 1e-6f);
        }
        if (p->step < PATIENCE || p->energy[row.class] < least + 60) {
            const page_row leaving = p->row[kept];
            p->row[r] = leaving;
            p->row[kept++] = row;
        }
    }
    p->active = kept;
    p->step++;
    page_chances(p);
    return 1;
}

PAGE_FN int page_best(const page *p)
{
    int k, best = 0;
    for (k = 1; k < p->classes; k++)
        if (p->energy[k] < p->energy[best])
            best = k;
    return best;
}

/* How well known the curve at hand is: 2, explained as well as new letters are; 1, somewhat worse; 0,
   never seen.  How much a sign varies that was taught by one drawing nobody knows: it is given more. */
PAGE_FN int page_known(const page *p)
{
    const int best = page_best(p);
    const float usual = p->facts.energy[KEPT - 1] * (best < LETTERS ? 1 : 2);
    return p->energy[best] <= usual ? 2 : p->energy[best] <= 4 * usual;
}

/* A class more: the code x, and what the generator leaves over of the curve.  Returns its number, -1 if
   there are too many. */
PAGE_FN int page_add(page *p, const float *curve, const float *x)
{
    const int k = p->classes;
    int j;
    if (k == ROWS)
        return -1;
    memcpy(p->base[k], x, sizeof p->base[k]);
    page_draw(p, x, p->rest[k]);
    for (j = 0; j < D; j++)
        p->rest[k][j] = curve[j] - p->rest[k][j];
    return p->classes++;
}

/* The sign is the best explanation of its one drawing, and what that leaves over. */
PAGE_FN int page_teach(page *p, const float *curve)
{
    float x[INPUTS];
    page_begin(p, curve);
    while (page_step(p))
        ;
    page_code(p, page_best(p), p->style[page_best(p)], x);
    return page_add(p, curve, x);
}

/* Forgets the sign k; those after it move up. */
PAGE_FN void page_forget(page *p, int k)
{
    for (p->classes--; k < p->classes; k++) {
        memcpy(p->base[k], p->base[k + 1], sizeof p->base[k]);
        memcpy(p->rest[k], p->rest[k + 1], sizeof p->rest[k]);
    }
}

/* Points 0, 1, ..., n - 1 of y scaled and moved to lie on those of f as well as they can: f is near
   scale y + shift.  Returns the squared distance left. */
PAGE_FN double page_align(int n, const float *y, const float *f, double *scale, double *shift)
{
    double my[2] = { 0, 0 }, mf[2] = { 0, 0 }, yy = 1e-12, yf = 0, ff = 0;
    int t;
    for (t = 0; t < 2 * n; t++)
        my[t % 2] += (double)y[t] / n, mf[t % 2] += (double)f[t] / n;
    for (t = 0; t < 2 * n; t++) {
        const double a = (double)y[t] - my[t % 2], b = (double)f[t] - mf[t % 2];
        yy += a * a, yf += a * b, ff += b * b;
    }
    *scale = yf > 0 ? yf / yy : 1e-6;
    shift[0] = mf[0] - *scale * my[0], shift[1] = mf[1] - *scale * my[1];
    return ff - 2 * *scale * yf + *scale * *scale * yy;
}

/* The path is the beginning of something: of which letter, and how much of it?  Every letter, cut off
   after n points, is laid on the path; it costs what lies apart, how far its size and place on the line
   are from usual, and a little what is missing.  Returns the letter, and the rest of it in the path's coordinates. */
PAGE_FN int page_finish(page *p, int points, const float *path, float x_height, float baseline, float *rest,
                       int *count)
{
    enum { LEAST = 8 };
    float even[D], now[D], centre[2], letter[D];
    double best = 1e300, best_scale = 1, best_shift[2] = { 0, 0 };
    int k, n, t, best_n = STEPS, winner = 0;
    const float radius = page_normalise(points, path, even, centre);
    *count = 0;
    if (!(radius > 0))
        return -1;
    for (n = LEAST; n <= STEPS; n++) {
        for (t = 0; t < n; t++) {                    /* n points of the path, evenly spaced */
            const float at = (float)t * (STEPS - 1) / (float)(n - 1);
            const int i = (int)at < STEPS - 1 ? (int)at : STEPS - 2;
            const float u = at - (float)i;
            now[2 * t] = even[2 * i] + u * (even[2 * i + 2] - even[2 * i]);
            now[2 * t + 1] = even[2 * i + 1] + u * (even[2 * i + 3] - even[2 * i + 1]);
        }
        for (k = 0; k < LETTERS; k++) {
            double scale, shift[2], cost = page_align(n, now, p->plain[k], &scale, shift) / (2 * 0.12 * 0.12) / 4;
            const double size = (ic_p_log((double)radius / ((double)x_height * scale)) - ic_p_log((double)p->facts.size[k])) / 0.2;
            const double height = (((double)centre[1] - (double)baseline - shift[1] / scale * (double)radius)
                                   / (double)x_height - (double)p->facts.height[k]) / 0.25;
            cost += 0.5 * (size * size + height * height) + 3.0 * (STEPS - n) / STEPS;
            if (cost < best) {
                best = cost, winner = k, best_n = n, best_scale = scale / (double)radius;
                best_shift[0] = shift[0], best_shift[1] = shift[1];
            }
        }
    }
    memcpy(letter, p->plain[winner], sizeof letter);
    for (t = best_n - 1; t < STEPS; t++, (*count)++)   /* back: the letter's point to the path's place */
        for (k = 0; k < 2; k++)
            rest[2 * *count + k] = (float)(((double)letter[2 * t + k] - best_shift[k]) / best_scale) + centre[k];
    return winner;
}

PAGE_FN ic_status page_open(page *p, const unsigned char *network, size_t size)
{
    ic_work_options options;
    ic_status status = ic_decode(&p->model, network, size);
    int k;
    memset(&options, 0, sizeof options);
    options.rows = ROWS, options.purpose = IC_INVERT;
    if (status == IC_OK)
        status = ic_work_new(&p->work, &p->model.config, &options, NULL);
    if (status != IC_OK)
        return status;
    ic_work_load(p->work, &p->model);
    p->classes = LETTERS;
    memset(p->base, 0, sizeof p->base);
    memset(p->rest, 0, sizeof p->rest);
    for (k = 0; k < LETTERS; k++)
        p->base[k][k] = 1;
    for (k = 0; k < LETTERS; k++)
        page_draw(p, p->base[k], p->plain[k]);
    return IC_OK;
}

/* A hash of the explanations of some examples: the same natively and in the browser. */
PAGE_FN uint64_t page_hash(page *p)
{
    uint64_t hash = 0;
    int k;
    for (k = 0; k < EXAMPLES; k += 7) {
        page_begin(p, p->facts.example[k]);
        while (page_step(p))
            hash = ic_hash_reals(hash, p->chance, (size_t)p->classes);
        hash = ic_hash_reals(hash, p->drawn[0], (size_t)p->classes * D);
        hash = ic_hash_reals(hash, p->energy, (size_t)p->classes);
    }
    return hash;
}

#endif
