/* page.h: what the page in the browser computes, the same natively and in WebAssembly.

   The answers are the recogniser's ([Q] of invclass.h).  The page adds a look at how a letter comes to explain a curve
   y: its style s, the rest of the generator's input, changes until the drawing f_k(s) is as near to y as it can be,

       minimise over s   |y - f_k(s)|^2 / noise + |s|^2,   each number of s within +-3

   [E7] solves this in one linear step.  Here it is descended through the network in steps that can be watched, by all
   letters side by side, a row of a batch each. */
#ifndef PAGE_H
#define PAGE_H

#if defined(__GNUC__)
#define PAGE_FN static __attribute__((unused))
#else
#define PAGE_FN static
#endif

#include "invclass.h"

enum { LETTERS = 20, STYLES = 6, INPUTS = LETTERS + STYLES, STEPS = 32, D = 2 * STEPS, SIGNS = 12,
       CLASSES = LETTERS + SIGNS, EXAMPLES = 3 * LETTERS, LONGEST = 4096, DESCENT = 48 };

typedef struct page {
    ic_recogniser recogniser;
    ic_recognition answer;
    ic_work *work;
    float example[EXAMPLES][D];          /* paths of letters nobody was trained on, the height of an x being 1 and the
                                            baseline at 0; number k is of class k % LETTERS */
    float target[D];                     /* the curve at hand, prepared */
    int label, step;                     /* what it was taken for; steps of the descent */
    int active, row[LETTERS];            /* the letters still in it */
    float x[LETTERS * INPUTS];           /* their codes */
    float m[LETTERS][STYLES], v[LETTERS][STYLES];    /* mean gradient and square, as in [T] */
    float style[CLASSES][STYLES], drawn[CLASSES][D], error[CLASSES];     /* by class; error: mean square distance */
} page;

PAGE_FN double page_distance(const float *a, const float *b)
{
    double square = 0;
    int t;
    for (t = 0; t < D; t++)
        square += ((double)a[t] - (double)b[t]) * ((double)a[t] - (double)b[t]);
    return square / STEPS;
}

/* Draws the letters still in it, and says how far that is from the curve.  Curves that were taught have no style: the
   nearest is what a sign draws, or a letter if it is nearer than the letter's own. */
PAGE_FN void page_look(page *p)
{
    const ic_explainer *e = &p->recogniser.explainer;
    ic_batch batch = { 0, 0, 1, NULL, NULL, NULL };
    int r, t, k;
    memset(p->x, 0, sizeof p->x);
    for (r = 0; r < p->active; r++) {
        p->x[r * INPUTS + p->row[r]] = 1;
        memcpy(p->x + r * INPUTS + LETTERS, p->style[p->row[r]], sizeof *p->style);
    }
    batch.rows = p->active, batch.x = p->x;
    if (p->active > 0)
        ic_forward(p->work, &batch);
    for (r = 0; r < p->active; r++) {
        float *drawn = p->drawn[p->row[r]];
        for (t = 0; t < D; t++) {
            drawn[t] = ic_output(p->work, t / 2, r)[t % 2];
            ic_output_gradient(p->work, t / 2, r)[t % 2] = (drawn[t] - p->target[t]) / (float)e->options.noise;
        }
        p->error[p->row[r]] = (float)page_distance(drawn, p->target);
    }
    for (k = LETTERS; k < p->recogniser.classes; k++)
        p->error[k] = FLT_MAX;
    for (k = LETTERS; k < e->vertices; k++) {
        const float *taught = e->drawn + k * D, error = (float)page_distance(taught, p->target);
        if (error < p->error[e->label[k]]) {
            p->error[e->label[k]] = error;
            memcpy(p->drawn[e->label[k]], taught, sizeof *p->drawn);
        }
    }
}

/* The path, n points, becomes the curve at hand, and is recognised. */
PAGE_FN ic_status page_begin(page *p, int n, const float *path)
{
    ic_curve curve = { 0, NULL, NULL, NULL };
    ic_status status;
    int k;
    curve.n = n, curve.point = path;
    status = ic_recognise(&p->recogniser, &curve, &p->answer);
    if (status == IC_OK) {
        memcpy(p->target, p->answer.prepared, sizeof p->target);
        memset(p->style, 0, sizeof p->style);
        memset(p->m, 0, sizeof p->m);
        memset(p->v, 0, sizeof p->v);
        for (k = 0; k < LETTERS; k++)
            p->row[k] = k;
        p->label = p->answer.label;
        p->step = 0, p->active = LETTERS;
        page_look(p);
    }
    return status;
}

/* One step of every letter that is still in it: the style moves against its gradient, by Adam ([T]) at a falling rate, and
   the letter is drawn again.  A letter leaves when it is far behind and has had time to catch up.  Returns 0 when the
   descent is over. */
PAGE_FN int page_step(page *p)
{
    enum { PATIENCE = 24 };
    const float reach = 3, rate = 0.2f * (float)(DESCENT - p->step) / DESCENT;
    float gradient[LETTERS * INPUTS], least = FLT_MAX;
    ic_gradients wanted = { NULL, NULL, NULL, NULL };
    int r, j, k, kept = 0;
    if (p->step == DESCENT)
        return 0;
    wanted.x = gradient;
    if (p->active > 0)
        ic_backward(p->work, &wanted);
    for (k = 0; k < p->recogniser.classes; k++)
        least = p->error[k] < least ? p->error[k] : least;
    for (r = 0; r < p->active; r++) {
        k = p->row[r];
        for (j = 0; j < STYLES; j++) {
            float *at = &p->style[k][j], *m = &p->m[k][j], *v = &p->v[k][j];
            const float g = gradient[r * INPUTS + LETTERS + j] + *at;
            *m = 0.8f * *m + 0.2f * g;
            *v = 0.95f * *v + 0.05f * g * g;
            *at -= rate * *m / ((float)sqrt((double)*v) + 1e-6f);
            *at = *at < -reach ? -reach : *at > reach ? reach : *at;
        }
        if (p->step < PATIENCE || p->error[k] < 3 * least || k == p->label)
            p->row[kept++] = k;
    }
    p->active = kept;
    p->step++;
    page_look(p);
    return 1;
}

/* How well known the curve at hand is: 2, explained as well as nearly all letters are that were held out; 1, as far
   beyond that, at most, as that is beyond the middle one; 0, never seen. */
PAGE_FN int page_known(const page *p)
{
    const ic_recogniser *r = &p->recogniser;
    const double middle = (double)r->held_out[r->held / 2];
    return p->answer.known ? 2 : p->answer.energy <= 2 * r->threshold - middle;
}

/* What the generator makes of two classes mixed, in a style; what was taught takes part as it is. */
PAGE_FN ic_status page_mix(const page *p, int first, int second, float share, const float *style, float *out)
{
    float x[INPUTS] = { 0 }, other[D];
    ic_status status;
    int t;
    if (share > 0 && first < LETTERS && second < LETTERS) {
        x[first] = 1 - share;
        x[second] += share;
        memcpy(x + LETTERS, style, STYLES * sizeof *x);
        return ic_generate(&p->recogniser.model, 1, x, out, 1);
    }
    status = ic_recogniser_draw(&p->recogniser, first, style, out, NULL);
    if (status == IC_OK && share > 0)
        status = ic_recogniser_draw(&p->recogniser, second, style, other, NULL);
    for (t = 0; t < D && share > 0 && status == IC_OK; t++)
        out[t] = (1 - share) * out[t] + share * other[t];
    return status;
}

/* A curve more, of a class that is known or of the next one; the rest is as it was. */
PAGE_FN ic_status page_teach(page *p, int n, const float *path, int label)
{
    ic_curve curve = { 0, NULL, NULL, NULL };
    ic_status status;
    if (label >= CLASSES)
        return IC_E_SIZE;
    curve.n = n, curve.point = path;
    status = ic_recogniser_add(&p->recogniser, &curve, label, NULL);
    if (status == IC_OK) {
        ic_recognition_free(&p->answer);
        status = ic_recognition_init(&p->answer, &p->recogniser);
    }
    return status;
}

/* The page as it is before anybody has taught it anything. */
PAGE_FN ic_status page_open(page *p, const unsigned char *bytes, size_t size)
{
    ic_work_options options;
    ic_recogniser fresh;
    ic_status status = ic_recogniser_decode(&fresh, bytes, size);
    if (status != IC_OK)
        return status;
    if (fresh.classes != LETTERS || fresh.explainer.vertices != LETTERS || fresh.options.styles != STYLES
        || fresh.explainer.steps != STEPS || fresh.explainer.outputs != 2) {
        ic_recogniser_free(&fresh);
        return IC_E_MISMATCH;
    }
    ic_recognition_free(&p->answer);
    ic_recogniser_free(&p->recogniser);
    p->recogniser = fresh;
    status = ic_recognition_init(&p->answer, &p->recogniser);
    memset(&options, 0, sizeof options);
    options.rows = LETTERS, options.purpose = IC_INVERT;
    if (status == IC_OK && !p->work)
        status = ic_work_new(&p->work, &p->recogniser.model.config, &options, NULL);
    if (status == IC_OK)
        ic_work_load(p->work, &p->recogniser.model);
    return status;
}

/* A hash of what is made of some examples: the same natively and in the browser. */
PAGE_FN uint64_t page_hash(page *p)
{
    uint64_t hash = 0;
    int k, t;
    for (k = 0; k < EXAMPLES; k += 7) {
        const float *path = p->example[k];
        float drawn[D];
        ic_recognise_begin(&p->answer);
        for (t = 0; t < STEPS / 2; t++)
            ic_recognise_point(&p->recogniser, path + 2 * t, 0, &p->answer);
        ic_recognition_explain(&p->recogniser, &p->answer, NULL, drawn, NULL);
        hash = ic_hash_reals(hash, drawn, D);
        page_begin(p, STEPS, path);
        hash = ic_hash(hash, p->answer.probability, sizeof(double) * (size_t)p->answer.classes);
        while (page_step(p))
            hash = ic_hash_reals(hash, p->error, LETTERS);
        page_mix(p, 0, k % LETTERS, 0.5f, p->style[k % LETTERS], drawn);
        hash = ic_hash_reals(hash, drawn, D);
    }
    return hash;
}

#endif
