/* study.h: what programs share that measure something: ways to name curves, numbers in order and in summary, and tables. */
#ifndef STUDY_H
#define STUDY_H

#include "common.h"

#define COUNT(list) ((int)(sizeof(list) / sizeof(list)[0]))

/* -- numbers ----------------------------------------------------------------------------------- */

/* Position of the largest; of equals the first. */
PEN_FN int largest(const float *x, int n)
{
    int k, best = 0;
    for (k = 1; k < n; k++)
        if (x[k] > x[best])
            best = k;
    return best;
}

PEN_FN int most_likely(const double *p, int n)
{
    int k, best = 0;
    for (k = 1; k < n; k++)
        if (p[k] > p[best])
            best = k;
    return best;
}

/* The point of a curve of n points [n][2] at the time `at`, 0 to n - 1: on the line between its neighbours. */
PEN_FN void point_at(const float *point, int n, double at, float *out)
{
    const int k = (int)at < n - 1 ? (int)at : n - 1, next = k < n - 1 ? 2 : 0;
    int j;
    for (j = 0; j < 2; j++) {
        const double here = (double)point[2 * k + j];
        out[j] = (float)(here + (at - k) * ((double)point[2 * k + next + j] - here));
    }
}

/* A curve of n points over its own length in `steps` points, evenly spaced in time. */
PEN_FN void resample(const float *point, int n, int steps, float *out)
{
    int t;
    for (t = 0; t < steps; t++)
        point_at(point, n, (double)t * (n - 1) / (steps - 1), out + 2 * t);
}

/* Which of n curves [n][steps][dims], but for `self`, is nearest to y by DTW; of equals the first. */
PEN_FN int nearest_by_dtw(int n, const float *to, int steps, int dims, const float *y, int self, ic_dtw_options *o,
                          double *least)
{
    double d;
    int k, best = -1;
    for (k = 0, *least = o->cutoff = 0; k < n; k++) {
        if (k == self)
            continue;
        check(ic_dtw(steps, y, steps, to + (size_t)k * (size_t)(steps * dims), dims, o, &d), "curves");
        if (best < 0 || d < *least)
            best = k, *least = o->cutoff = d;
    }
    return best;
}

/* What a recogniser says of n curves: labels [n], probabilities [n][classes], energies [n]; NULL: not wanted.  Returns how
   many are of no class it knows. */
PEN_FN int recognise_all(const ic_recogniser *r, int n, const ic_curve *curve, int *label, double *p, double *energy)
{
    const size_t classes = (size_t)r->classes;
    ic_recognition a;
    char what[40];
    int k, unknown = 0;
    check(ic_recognition_init(&a, r), "recogniser");
    for (k = 0; k < n; k++) {
        const ic_status status = ic_recognise(r, &curve[k], &a);
        snprintf(what, sizeof what, "curve %d", k + 1);
        check(status, what);
        if (label)
            label[k] = a.label;
        if (p)
            memcpy(p + (size_t)k * classes, a.probability, classes * sizeof *p);
        if (energy)
            energy[k] = a.energy;
        unknown += !a.known;
    }
    ic_recognition_free(&a);
    return unknown;
}

/* The ordinary way, to compare with: an LSTM of 96 units that reads curves and names them, trained on cross-entropy.  `held`:
   the curves by which the best weights are chosen; NULL: the last are. */
PEN_FN void train_reader(ic_model *model, const ic_curves *curves, const ic_curves *held, uint64_t seed, int batch, long updates)
{
    ic_config config;
    ic_augment augment;
    ic_train_options t;
    ic_pairs pairs, valid;
    memset(&config, 0, sizeof config);
    memset(&augment, 0, sizeof augment);
    memset(&t, 0, sizeof t);
    config.inputs = curves->dims, config.hidden = 96, config.outputs = curves->classes, config.steps = curves->steps;
    config.gate = IC_SIGMOID, config.head = IC_LAST_STEP, config.link = IC_SOFTMAX;
    augment.classifier = 1;
    t.seed = seed, t.batch = batch, t.updates = updates, t.rate = 0.004, t.schedule = IC_DECAY, t.warmup = 0.02, t.clip = 0.5;
    t.loss = IC_CROSS_ENTROPY, t.check_every = held ? updates / 20 : updates;
    check(ic_pairs_make(&pairs, curves, &augment), "LSTM classifier");
    if (held)
        check(ic_pairs_make(&valid, held, &augment), "LSTM classifier");
    check(ic_model_init(model, &config, NULL), "LSTM classifier");
    check(ic_train(model, &pairs, held ? &valid : NULL, &t, NULL), "LSTM classifier");
    ic_pairs_free(&pairs);
    if (held)
        ic_pairs_free(&valid);
}

static const double *order_value;               /* what qsort has no argument for */

PEN_FN int order_compare(const void *a, const void *b)
{
    const int i = *(const int *)a, j = *(const int *)b;
    const double x = order_value[i], y = order_value[j];
    return x < y ? -1 : x > y ? 1 : i - j;
}

/* The positions 0..n-1 in the order of their values, to be freed; equals stay in their order. */
PEN_FN int *order_of(const double *value, int n)
{
    int *order = (int *)get_memory((size_t)n, sizeof(int)), k;
    for (k = 0; k < n; k++)
        order[k] = k;
    order_value = value;
    qsort(order, (size_t)n, sizeof *order, order_compare);
    return order;
}

typedef struct sample { int n; double mean, variance; } sample;   /* variance: with n - 1 */

PEN_FN sample summarise_numbers(const double *x, int n)
{
    sample s = { 0, 0, 0 };
    int k;
    s.n = n;
    for (k = 0; k < n; k++)
        s.mean += x[k] / n;
    for (k = 0; k < n; k++)
        s.variance += (x[k] - s.mean) * (x[k] - s.mean) / (n > 1 ? n - 1 : 1);
    return s;
}

/* Area under the ROC curve: the chance that a new one has a higher value than one that is not, ties counted by
   position; and how many of the others lie above the value that 95 % of the new exceed. */
PEN_FN double area_under_roc(int n, const unsigned char *is_new, const double *value, double *false_alarms)
{
    int *order = order_of(value, n), k, fresh = 0, below = 0, passed = 0;
    double area = 0, limit = 0;
    for (k = 0; k < n; k++)
        fresh += is_new[k];
    for (k = 0; k < n; k++)
        if (is_new[order[k]]) {
            area += below;
            if (++passed == fresh / 20 + 1)
                limit = value[order[k]];
        } else
            below++;
    for (k = 0, *false_alarms = 0; k < n; k++)
        *false_alarms += (double)(!is_new[k] && value[k] >= limit) / below;
    free(order);
    return area / fresh / below;
}

/* The deviation as the slides give it: over n, not n - 1. */
PEN_FN double deviation(const sample *s) { return s->n > 0 ? sqrt(s->variance * (s->n - 1) / s->n) : 0; }

/* p to the power 1 / t, normalised, of n rows. */
PEN_FN void temper(int n, int classes, const double *p, double t, double *q)
{
    int k, j;
    for (k = 0; k < n; k++, p += classes, q += classes) {
        double sum = 0;
        for (j = 0; j < classes; j++)
            sum += q[j] = pow(p[j] + 1e-30, 1 / t);
        for (j = 0; j < classes; j++)
            q[j] /= sum;
    }
}

/* The temperature (Guo et al. 2017) with which probabilities of held-out curves have the least log loss; and that. */
PEN_FN double best_temperature(int n, int classes, const int *label, const double *p, double *loss)
{
    double *q = (double *)get_memory((size_t)n * (size_t)classes, sizeof(double)), t, best = 1;
    *loss = 1e300;
    for (t = 0.5; t < 60; t *= 1.1) {
        double here = 0;
        int k;
        temper(n, classes, p, t, q);
        for (k = 0; k < n; k++)
            here -= log(q[k * classes + label[k]] + 1e-300) / n;
        if (here < *loss)
            *loss = here, best = t;
    }
    free(q);
    return best;
}

/* An index file: positions in a data set of `most`, a line each. */
PEN_FN int *read_index(const char *path, int most, int *n)
{
    int *index = (int *)get_memory((size_t)most, sizeof(int));
    char *text, *at, *end, why[200];
    if (text_read(path, &text, why, sizeof why))
        die(path, "%s", why);
    for (*n = 0, at = text; *(at += strspn(at, "\r\n")); at = end) {
        const long k = strtol(at, &end, 10);
        if (end == at || (*end != '\n' && *end != '\r' && *end != 0) || k < 0 || k >= most || *n == most)
            die(path, "line %d is not a position from 0 to %d", *n + 1, most - 1);
        index[(*n)++] = (int)k;
    }
    free(text);
    return index;
}

/* -- tables ------------------------------------------------------------------------------------ */

PEN_FN void put_html(FILE *f, const char *text)
{
    for (; *text; text++)
        if (*text == '&')
            fputs("&amp;", f);
        else if (*text == '<')
            fputs("&lt;", f);
        else if (*text == '>')
            fputs("&gt;", f);
        else if (*text == '"')
            fputs("&quot;", f);
        else
            fputc(*text, f);
}

/* A table is filled cell by cell, line by line, and written three times: ID.tsv for programs, ID.md for the
   write-up, ID.html for the report.  `format` is that of the numbers of a column. */
typedef struct column { const char *name, *format; } column;

typedef struct table {
    const column *columns;
    int cols, col;                    /* how many; the next to be filled */
    outfile tsv, md, html;
} table;

PEN_FN void table_open(outfile *o, const char *directory, const char *id, const char *ending)
{
    char path[PATH];
    path_of(path, "%s/%s.%s", directory, id, ending);
    out_open(o, path);
}

PEN_FN void table_begin(table *t, const char *directory, const char *id, const char *title, const column *columns,
                        int cols)
{
    int k;
    const char *c;
    t->columns = columns;
    t->cols = cols;
    t->col = 0;
    table_open(&t->tsv, directory, id, "tsv");
    table_open(&t->md, directory, id, "md");
    table_open(&t->html, directory, id, "html");
    fprintf(t->md.file, "**%s: %s**\n\n", id, title);
    fputs("<div class=scroll tabindex=0><table>\n<tr>", t->html.file);
    for (k = 0; k < cols; k++) {
        fprintf(t->tsv.file, "%s%s", k ? "\t" : "", columns[k].name);
        fprintf(t->md.file, "| %s ", columns[k].name);
        fputs("<th scope=col>", t->html.file);
        for (c = columns[k].name; *c; c++)
            fputc(*c == '_' ? ' ' : *c, t->html.file);
        fputs("</th>", t->html.file);
    }
    fputs("\n", t->tsv.file);
    fputs("|\n|---|", t->md.file);
    for (k = 1; k < cols; k++)
        fputs("---:|", t->md.file);
    fputs("\n", t->md.file);
    fputs("</tr>\n", t->html.file);
}

/* The next cell, of a kind that the report's style sheet knows: "", "yes" or "no". */
PEN_FN void put_cell(table *t, const char *text, const char *kind)
{
    const int first = t->col == 0, last = t->col + 1 == t->cols;
    fprintf(t->tsv.file, "%s%s", text, last ? "\n" : "\t");
    fprintf(t->md.file, "| %s %s", text, last ? "|\n" : "");
    fprintf(t->html.file, "%s%s%s>", first ? "<tr><th scope=row" : "<td", *kind ? " class=" : "", kind);
    put_html(t->html.file, text);
    fprintf(t->html.file, "%s%s", first ? "</th>" : "</td>", last ? "</tr>\n" : "");
    t->col = last ? 0 : t->col + 1;
}

PEN_FN void put_text(table *t, const char *text) { put_cell(t, text, ""); }

PEN_FN void put_number(table *t, double x)
{
    char text[64];
    snprintf(text, sizeof text, t->columns[t->col].format, x);
    if (*text == '-' && !text[strspn(text, "-0.")])
        snprintf(text, sizeof text, t->columns[t->col].format, 0.);      /* no minus before what rounds to zero */
    put_cell(t, text, "");
}

/* n cells that hold no number. */
PEN_FN void put_none(table *t, int n)
{
    for (; n > 0; n--)
        put_cell(t, "-", "");
}

PEN_FN void put_mean(table *t, const sample *s)
{
    if (s->n > 0)
        put_number(t, s->mean);
    else
        put_none(t, 1);
}

PEN_FN void put_deviation(table *t, const sample *s)
{
    if (s->n > 1)
        put_number(t, deviation(s));
    else
        put_none(t, 1);
}

PEN_FN void table_end(table *t, const char *note)
{
    fprintf(t->tsv.file, "# %s\n", note);
    fprintf(t->md.file, "\n%s\n", note);
    fputs("</table></div>\n<p class=note>", t->html.file);
    put_html(t->html.file, note);
    fputs("</p>\n", t->html.file);
    out_close(&t->tsv);
    out_close(&t->md);
    out_close(&t->html);
}

/* There is nothing to put into a table: an earlier run's goes, too.  Returns 0. */
PEN_FN int remove_table(const char *directory, const char *id)
{
    static const char *const ending[] = { "tsv", "md", "html" };
    char path[PATH];
    int k;
    for (k = 0; k < COUNT(ending); k++) {
        path_of(path, "%s/%s.%s", directory, id, ending[k]);
        remove(path);
    }
    return 0;
}

#endif
