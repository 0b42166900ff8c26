/* methods.h: the recogniser and the simple methods beside it, measured on the same curves: accuracy, how good the
   probabilities are, and what a curve costs.  All see curves as the recogniser prepares them ([Q1] of invclass.h). */
#ifndef METHODS_H
#define METHODS_H

#include "../study.h"
#include "gaussian.h"

typedef struct method_result {
    double accuracy, log_loss;        /* log_loss: of methods that give probabilities, else NAN */
    double calibration_error;         /* mean difference between probability and accuracy, over ten bins */
    int sure, sure_wrong;             /* curves with a probability above .99, and how many of them are wrong */
    double unknown;                   /* share taken for something unknown */
    double ms_per_curve, fit_seconds; /* of the processor; the LSTM gets all curves at once, the recogniser one after the other */
} method_result;

enum { METHOD_NEAREST, METHOD_DTW, METHOD_GAUSSIAN, METHOD_LSTM, METHODS };
static const char *const method_names[METHODS] = { "nearest_curve", "nearest_by_dtw", "one_gaussian_a_class", "lstm_classifier" };

/* From n rows of probabilities [n][classes]; a label beyond the classes is never right.  In the log loss 1e-12
   is the least probability. */
PEN_FN void judge(int n, int classes, const int *label, const double *p, method_result *m)
{
    double right[10] = { 0 }, claimed[10] = { 0 };
    int k;
    m->accuracy = m->log_loss = m->calibration_error = 0;
    m->sure = m->sure_wrong = 0;
    for (k = 0; k < n; k++) {
        const double *row = p + (size_t)k * (size_t)classes;
        const int best = most_likely(row, classes), ok = best == label[k], bin = row[best] < 1 ? (int)(10 * row[best]) : 9;
        m->accuracy += (double)ok / n;
        m->log_loss -= log(fmax(label[k] < classes ? row[label[k]] : 0, 1e-12)) / n;
        m->sure += row[best] > 0.99;
        m->sure_wrong += row[best] > 0.99 && !ok;
        right[bin] += ok;
        claimed[bin] += row[best];
    }
    for (k = 0; k < 10; k++)
        m->calibration_error += fabs(right[k] - claimed[k]) / n;
}

/* far [n], unless NULL: how far each is from all that was learned. */
PEN_FN void measure_recogniser(const ic_recogniser *r, const ic_samples *test, method_result *m, double *far)
{
    double *p = (double *)get_memory((size_t)test->n * (size_t)r->classes, sizeof(double));
    const double begun = processor_seconds();
    m->unknown = (double)recognise_all(r, test->n, test->curve, NULL, p, far) / test->n;
    m->ms_per_curve = 1000 * (processor_seconds() - begun) / test->n;
    judge(test->n, r->classes, test->label, p, m);
    free(p);
}

/* All curves as the recogniser prepares them, [n][T][O]. */
PEN_FN float *prepare_all(const ic_recogniser *r, const ic_samples *s)
{
    const size_t size = (size_t)r->explainer.steps * (size_t)r->explainer.outputs;
    float *y = get_floats((size_t)s->n, size);
    ic_recognition a;
    int k;
    check(ic_recognition_init(&a, r), "recogniser");
    for (k = 0; k < s->n; k++) {
        check(ic_recognise(r, &s->curve[k], &a), "a curve");
        memcpy(y + (size_t)k * size, a.prepared, size * sizeof *y);
    }
    ic_recognition_free(&a);
    return y;
}

/* What the methods work with. */
typedef struct contest {
    int n, tested, classes, steps, dims, outputs, size, band;
    const int *label;                 /* [n] */
    float *train, *test;              /* [n][size], [tested][size] */
    float *path;                      /* [n + tested][steps][dims]: the last view alone, for DTW */
    gaussians normal;
    ic_model model;
} contest;

PEN_FN int nearest_curve(const contest *c, const float *y, double *least)
{
    int k, j, best = 0;
    *least = 1e300;
    for (k = 0; k < c->n; k++) {
        const float *b = c->train + (size_t)k * (size_t)c->size;
        double d = 0;
        for (j = 0; j < c->size; j++)
            d += (double)((y[j] - b[j]) * (y[j] - b[j]));
        if (d < *least) {
            *least = d;
            best = k;
        }
    }
    return c->label[best];
}

/* The class of the nearest of the training curves by DTW, leaving out curve `self`. */
PEN_FN int nearest_warped(const contest *c, const float *path, int self, double *least)
{
    ic_dtw_options o;
    int best;
    memset(&o, 0, sizeof o);
    o.band = c->band;
    best = nearest_by_dtw(c->n, c->path, c->steps, c->dims, path, self, &o, least);
    return best < 0 ? 0 : c->label[best];
}

/* The band that recognises most of 200 training curves by the others; of equals the narrowest. */
PEN_FN void choose_band(contest *c)
{
    static const int bands[] = { 1, 2, 3, 4, 6, 8 };
    int b, k, right, most = -1, chosen = 1;
    double distance;
    for (b = 0; b < COUNT(bands); b++) {
        c->band = bands[b];
        for (k = right = 0; k < 200 && k < c->n; k++) {
            const int i = (int)((long)k * c->n / (c->n < 200 ? c->n : 200));
            right += nearest_warped(c, c->path + (size_t)i * (size_t)(c->steps * c->dims), i, &distance) == c->label[i];
        }
        if (right > most) {
            most = right;
            chosen = bands[b];
        }
    }
    c->band = chosen;
}

/* The curves as the recogniser prepares them. */
PEN_FN contest begin_contest(const ic_recogniser *r, const ic_samples *train, const ic_samples *test)
{
    contest c;
    int k, j, t;
    memset(&c, 0, sizeof c);
    c.n = train->n, c.tested = test->n, c.classes = r->classes, c.label = train->label;
    c.steps = r->explainer.steps, c.dims = r->dims, c.outputs = r->explainer.outputs, c.size = c.steps * c.outputs;
    c.train = prepare_all(r, train);
    c.test = prepare_all(r, test);
    c.path = get_floats((size_t)(c.n + c.tested), (size_t)(c.steps * c.dims));
    for (k = 0; k < c.n + c.tested; k++)
        for (t = 0; t < c.steps; t++)
            for (j = 0; j < c.dims; j++)
                c.path[(k * c.steps + t) * c.dims + j]
                    = (k < c.n ? c.train + (size_t)k * (size_t)c.size : c.test + (size_t)(k - c.n) * (size_t)c.size)
                          [t * c.outputs + c.outputs - c.dims - r->pen + j];
    return c;
}

PEN_FN void end_contest(contest *c)
{
    free(c->train);
    free(c->test);
    free(c->path);
    free_gaussians(&c->normal);
}

/* Fits method `kind` to the training curves; p [tested][classes], zeroed before, receives what it makes of the others.
   far [tested], unless NULL: how far each is from all that was learned, for the methods that can say so.  Adds the times
   of both to those of m. */
PEN_FN void apply_method(int kind, const ic_recogniser *r, const ic_samples *train, const ic_samples *test, uint64_t seed,
                         double *p, double *far, method_result *m)
{
    contest c = begin_contest(r, train, test);
    double begun = processor_seconds(), distance;
    int k;
    if (kind == METHOD_DTW)
        choose_band(&c);
    if (kind == METHOD_GAUSSIAN)
        c.normal = fit_gaussians(c.n, c.train, c.label, c.classes, c.size, c.outputs, &usual_weights);
    if (kind == METHOD_LSTM) {
        const ic_curves curves = { c.n, c.steps, c.outputs, c.classes, c.train, c.label };
        train_reader(&c.model, &curves, NULL, seed, 32, 3000);
    }
    m->fit_seconds += processor_seconds() - begun;
    begun = processor_seconds();
    for (k = 0; k < c.tested && kind != METHOD_LSTM; k++) {
        const float *y = c.test + (size_t)k * (size_t)c.size;
        double *row = p + (size_t)k * (size_t)c.classes;
        if (kind == METHOD_NEAREST)
            row[nearest_curve(&c, y, &distance)] = 1;
        else if (kind == METHOD_DTW)
            row[nearest_warped(&c, c.path + (size_t)(c.n + k) * (size_t)(c.steps * c.dims), -1, &distance)] = 1;
        else {
            distance = row[gaussian_energies(&c.normal, y, row)];
            energies_to_probabilities(c.classes, row, row);
        }
        if (far)
            far[k] = distance;
    }
    if (kind == METHOD_LSTM) {
        float *out = get_floats((size_t)c.tested, (size_t)c.classes);
        check(ic_classify(&c.model, c.tested, c.test, out, 1), "LSTM classifier");
        for (k = 0; k < c.tested * c.classes; k++)
            p[k] = (double)out[k];
        free(out);
        ic_model_free(&c.model);
    }
    m->ms_per_curve = 1000 * (processor_seconds() - begun) / c.tested;
    end_contest(&c);
}

/* The temperature of method `kind`, chosen as the recogniser chooses its own, on training curves held out: a fifth of the
   writers, or, if not two are known, of each class.  1 where a class would have no other curve. */
PEN_FN double temperature_of(int kind, const ic_recogniser *r, const ic_samples *train, uint64_t seed, method_result *m)
{
    const size_t n = (size_t)train->n;
    ic_curve *curve = (ic_curve *)get_memory(n, sizeof *curve);
    int *label = (int *)get_memory(n, sizeof(int)), *count = (int *)get_memory((size_t)r->classes, sizeof(int));
    int first = 0, last = train->n, k, left = r->classes, writers = 0;
    double *p, t = 1, loss;
    ic_samples rest = *train, held = *train;
    for (k = 1; train->writer && k < train->n; k++)
        writers |= train->writer[k] != train->writer[0];
    for (k = 0; k < train->n; k++) {                      /* the rest from the start on, those held out from the end */
        const int out = writers ? train->writer[k] % 5 == 0 : count[train->label[k]] % 5 == 1;
        const int to = out ? --last : first++;
        left -= !out && count[train->label[k]] == 0;
        count[train->label[k]] += !writers || !out;
        curve[to] = train->curve[k];
        label[to] = train->label[k];
    }
    rest.n = first, rest.curve = curve, rest.label = label;
    held.n = train->n - last, held.curve = curve + last, held.label = label + last;
    if (held.n > 0 && left == 0) {
        p = (double *)get_memory((size_t)held.n * (size_t)r->classes, sizeof(double));
        apply_method(kind, r, &rest, &held, seed, p, NULL, m);
        t = best_temperature(held.n, r->classes, held.label, p, &loss);
        free(p);
    }
    free(curve);
    free(label);
    free(count);
    return t;
}

/* Fits and calibrates method `kind`, and measures it on the test curves.  far: as in apply_method. */
PEN_FN void measure_method(int kind, const ic_recogniser *r, const ic_samples *train, const ic_samples *test, uint64_t seed,
                           method_result *m, double *far)
{
    const int speaks = kind == METHOD_GAUSSIAN || kind == METHOD_LSTM;
    double *p = (double *)get_memory((size_t)test->n * (size_t)r->classes, sizeof(double));
    memset(m, 0, sizeof *m);
    if (speaks) {
        const double t = temperature_of(kind, r, train, seed, m);
        apply_method(kind, r, train, test, seed, p, far, m);
        temper(test->n, r->classes, p, t, p);
    } else
        apply_method(kind, r, train, test, seed, p, far, m);
    judge(test->n, r->classes, test->label, p, m);
    if (!speaks)
        m->log_loss = (double)NAN;
    free(p);
}

#endif
