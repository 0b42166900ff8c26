/* tables: puts measured figures beside the published ones.

       tables DIRECTORY published.tsv RESULT.tsv...

   Writes DIRECTORY/ID.tsv, ID.md and ID.html for every table that the results allow, and names those of the slides that they
   do not; and what the report and three figures are made of: origin.txt, verdicts.html, ID.points.  A mean "agrees" with the published one if the 95 % interval of their difference (Welch 1947)
   holds zero; the interval stands beside the verdict, for one that is wide agrees with much. */
#define INVCLASS_IMPLEMENTATION
#include "../study.h"
#include "rows.h"

#define MOST 4096

typedef struct figure {
    int classes, instance;
    char row[32], hash[20];           /* hash: of the weights */
    double accuracy, rmse;
    double share, means, fit;         /* of the latent space, loss against class means and targets: see network.c */
    double updates;
    double last;                      /* accuracy with the weights of the last update, of the paper profile; else NaN */
} figure;
typedef struct figures { int n; figure *at; } figures;

static double accuracy_of(const figure *f) { return f->accuracy; }
static double rmse_of(const figure *f) { return f->rmse; }
static double means_of(const figure *f) { return f->means; }
static double fit_of(const figure *f) { return f->fit; }
static double updates_of(const figure *f) { return f->updates; }
static double last_of(const figure *f) { return f->last; }

/* One number of every instance of a row that has it. */
static sample summarise(const figures *f, int classes, const char *row, double (*number)(const figure *))
{
    static double x[MOST];
    int n = 0, k;
    for (k = 0; k < f->n; k++)
        if (f->at[k].classes == classes && strcmp(f->at[k].row, row) == 0 && !isnan(number(&f->at[k])))
            x[n++] = number(&f->at[k]);
    return summarise_numbers(x, n);
}

static const figure *find_figure(const figures *f, int classes, const char *row, int instance)
{
    int k;
    for (k = 0; k < f->n; k++)
        if (f->at[k].classes == classes && f->at[k].instance == instance && strcmp(f->at[k].row, row) == 0)
            return &f->at[k];
    return NULL;
}

/* Share of Student's t distribution between -t and t, by Simpson's rule over its density. */
static double student_share(double t, double freedom)
{
    const double scale = exp(lgamma((freedom + 1) / 2) - lgamma(freedom / 2)) / sqrt(freedom * 3.14159265358979324);
    const int steps = 2000;
    double sum = 0;
    int k;
    for (k = 0; k <= steps; k++) {
        const double x = t * k / steps, weight = k == 0 || k == steps ? 1 : k % 2 ? 4 : 2;
        sum += weight * pow(1 + x * x / freedom, -(freedom + 1) / 2);
    }
    return 2 * scale * sum * t / steps / 3;
}

/* The t between whose two signs 95 % of the distribution lie. */
static double student_95(double freedom)
{
    double low = 0, high = 200;
    int k;
    for (k = 0; k < 60; k++) {
        const double t = (low + high) / 2;
        if (student_share(t, freedom) < 0.95)
            low = t;
        else
            high = t;
    }
    return low;
}

/* Half the width of the 95 % interval of a difference of means (Welch); negative if there is none. */
static double half_width(const sample *a, const sample *b)
{
    const double va = a->variance / a->n, vb = b->variance / b->n;
    if (a->n < 2 || b->n < 2)
        return -1;
    if (va + vb <= 0)
        return 0;
    return sqrt(va + vb) * student_95((va + vb) * (va + vb) / (va * va / (a->n - 1) + vb * vb / (b->n - 1)));
}

/* -- published and measured -------------------------------------------------------------------- */

static const char *directory;
static char origin[320], told[320];    /* data and profile of the results, in full, and as figures tell them */
static const char welch[] = "Difference: measured minus published, 95 % interval after Welch.";

static void end_table(table *t, const char *note)
{
    char text[1000];
    snprintf(text, sizeof text, "%s. %s", origin, note);
    table_end(t, text);
}

/* Every published mean that was put to the test, for the report's first lines. */
typedef struct verdict { char table[16], row[40]; double difference, half; } verdict;
static verdict verdicts[200];
static int verdict_count;

static int holds_zero(double difference, double half) { return fabs(difference) <= half + 1e-9; }

/* What is said of an interval that holds zero and of one that does not, and how the report shows it. */
typedef struct wording { const char *zero, *not_zero, *zero_kind, *not_zero_kind; } wording;
static const wording agreement = { "agrees", "differs", "yes", "no" };
static const wording of_readings = { "no difference shown", "differs", "", "no" };
static const wording of_data = { "no difference shown", "matters", "", "" };

/* The last cells of a line: the interval of a difference, and what it says. */
static void put_interval(table *t, double d, double half, const wording *says)
{
    if (half < 0) {
        put_none(t, 2);
        put_text(t, "too few");
    } else {
        put_number(t, d - half);
        put_number(t, d + half);
        if (holds_zero(d, half))
            put_cell(t, says->zero, says->zero_kind);
        else
            put_cell(t, says->not_zero, says->not_zero_kind);
    }
}

static const column comparison_columns[] = {
    { "row", NULL }, { "published", "%.3f" }, { "measured", "%.3f" }, { "deviation", "%.3f" }, { "n", "%.0f" },
    { "difference_low", "%+.3f" }, { "difference_high", "%+.3f" }, { "verdict", NULL },
};

static void comparison_line(table *t, const char *name, const sample *published, const sample *measured)
{
    put_text(t, name);
    put_mean(t, published);
    put_number(t, measured->mean);
    put_deviation(t, measured);
    put_number(t, measured->n);
    put_interval(t, measured->mean - published->mean, half_width(published, measured), &agreement);
}

/* The same, of a mean that no other table compares. */
static void judged_line(table *t, const char *id, const char *name, const sample *published, const sample *measured)
{
    const double half = half_width(published, measured);
    comparison_line(t, name, published, measured);
    if (half >= 0 && verdict_count < COUNT(verdicts)) {
        verdict *v = &verdicts[verdict_count++];
        snprintf(v->table, sizeof v->table, "%s", id);
        snprintf(v->row, sizeof v->row, "%s", name);
        v->difference = measured->mean - published->mean;
        v->half = half;
    }
}

static void write_verdicts(void)
{
    outfile out;
    int k, agree = 0;
    table_open(&out, directory, "verdicts", "html");
    for (k = 0; k < verdict_count; k++)
        agree += holds_zero(verdicts[k].difference, verdicts[k].half);
    if (verdict_count > 0)
        fprintf(out.file, "<p>Of %d published means put to the test, %d agree%s</p>\n", verdict_count, agree,
                agree < verdict_count ? ". The others differ; measured minus published (95&nbsp;%&nbsp;interval):" : ".");
    fputs("<ul class=columns>\n", out.file);
    for (k = 0; k < verdict_count; k++) {
        const verdict *v = &verdicts[k];
        if (!holds_zero(v->difference, v->half))
            fprintf(out.file, "<li><a href=\"#%s\">%s</a> &nbsp;%s %+.3f (%+.3f to %+.3f)</li>\n", v->table, v->table, v->row,
                    v->difference, v->difference - v->half, v->difference + v->half);
    }
    fputs("</ul>\n", out.file);
    out_close(&out);
}

/* T1: every instance of one row. */
static int instances_table(const char *id, const char *title, int classes, const char *row,
                           const figures *published, const figures *measured)
{
    static const column columns[] = {
        { "instance", NULL }, { "published_accuracy", "%.4f" }, { "published_rmse", "%.4f" }, { "accuracy", "%.4f" },
        { "rmse", "%.4f" }, { "difference_low", "%+.3f" }, { "difference_high", "%+.3f" }, { "verdict", NULL },
    };
    const sample p = summarise(published, classes, row, accuracy_of), m = summarise(measured, classes, row, accuracy_of);
    const sample pr = summarise(published, classes, row, rmse_of), mr = summarise(measured, classes, row, rmse_of);
    table t;
    int instance;
    if (m.n == 0)
        return remove_table(directory, id);
    table_begin(&t, directory, id, title, columns, COUNT(columns));
    for (instance = 0; instance < 1000; instance++) {
        const figure *ours = find_figure(measured, classes, row, instance);
        const figure *theirs = find_figure(published, classes, row, instance);
        char name[16];
        if (!ours)
            continue;
        snprintf(name, sizeof name, "v%d", instance);
        put_text(&t, name);
        if (theirs) {
            put_number(&t, theirs->accuracy);
            put_number(&t, theirs->rmse);
        } else
            put_none(&t, 2);
        put_number(&t, ours->accuracy);
        put_number(&t, ours->rmse);
        put_none(&t, 3);
    }
    put_text(&t, "mean");
    put_mean(&t, &p);
    put_mean(&t, &pr);
    put_number(&t, m.mean);
    put_number(&t, mr.mean);
    put_interval(&t, m.mean - p.mean, half_width(&p, &m), &agreement);
    put_text(&t, "deviation");
    put_deviation(&t, &p);
    put_deviation(&t, &pr);
    put_deviation(&t, &m);
    put_deviation(&t, &mr);
    put_none(&t, 3);
    end_table(&t, welch);
    return 1;
}

/* T2D and its kind: the mean accuracy of every row. */
static int classes_table(const char *id, int classes, const figures *published, const figures *measured)
{
    char title[64];
    table t;
    int k, lines = 0;
    for (k = 0; k < ROWS; k++)
        lines += summarise(measured, classes, table_rows[k].name, accuracy_of).n > 0;
    if (lines == 0)
        return remove_table(directory, id);
    snprintf(title, sizeof title, "mean accuracy, %d classes", classes);
    table_begin(&t, directory, id, title, comparison_columns, COUNT(comparison_columns));
    for (k = 0; k < ROWS; k++) {
        const sample m = summarise(measured, classes, table_rows[k].name, accuracy_of);
        const sample p = summarise(published, classes, table_rows[k].name, accuracy_of);
        if (m.n > 0)
            judged_line(&t, id, table_rows[k].name, &p, &m);
    }
    put_text(&t, "random_values");
    put_number(&t, 1.0 / classes);
    put_number(&t, 1.0 / classes);
    put_none(&t, 5);
    end_table(&t, welch);
    return 1;
}

/* The name a row has with so many classes: those with noise on types or sparse data change theirs. */
static const char *row_name(const char *stem, int classes)
{
    static char name[40];
    snprintf(name, sizeof name, "%s%s", stem, classes == 20 ? "_03" : "_04");
    return find_row(name) ? name : stem;
}

/* T2: one centre a class, accuracy and RMSE over the numbers of classes. */
static int sparse_table(const char *id, const figures *published, const figures *measured)
{
    column columns[COUNT(comparison_columns)];
    table t;
    int k, rmse, lines = 0;
    for (k = 0; k < 3; k++)
        lines += summarise(measured, class_counts[k], row_name("sparse1_noise", class_counts[k]), accuracy_of).n > 0;
    if (lines == 0)
        return remove_table(directory, id);
    memcpy(columns, comparison_columns, sizeof columns);
    columns[0].name = "figure";
    table_begin(&t, directory, id, "one centre a class, with noise (sparse1_noise)", columns, COUNT(columns));
    for (rmse = 0; rmse < 2; rmse++)
        for (k = 0; k < 3; k++) {
            const char *row = row_name("sparse1_noise", class_counts[k]);
            const sample m = summarise(measured, class_counts[k], row, rmse ? rmse_of : accuracy_of);
            const sample p = summarise(published, class_counts[k], row, rmse ? rmse_of : accuracy_of);
            char name[48];
            snprintf(name, sizeof name, "%s %d classes", rmse ? "RMSE" : "accuracy", class_counts[k]);
            if (m.n > 0 && rmse)
                judged_line(&t, id, name, &p, &m);
            else if (m.n > 0)                /* T2D, T4D and T20D have it too */
                comparison_line(&t, name, &p, &m);
        }
    end_table(&t, welch);
    return 1;
}

/* -- beyond the slides ------------------------------------------------------------------------- */

/* The author's first conclusion: does the quality of the latent space predict accuracy?  Spearman's rank
   correlation over all generators; the same with the error on the training targets held fixed, a partial
   correlation; and over the networks of one row, from their ranks within it.  Networks of a row are alike,
   so rows, not networks, are what the intervals count: each comes from the jackknife that leaves out one row
   at a time, on Fisher's scale. */
enum { OVERALL, AT_ONE_FIT, WITHIN_ROWS, CORRELATIONS };
typedef struct latent_data { int n, row[MOST]; double share[MOST], fit[MOST], accuracy[MOST]; } latent_data;

static void ranks(const double *x, int n, double *rank)      /* of equals the mean of their ranks */
{
    int *order = order_of(x, n), first, last, k;
    for (first = 0; first < n; first = last) {
        for (last = first; last < n && !(x[order[last]] > x[order[first]]); last++)
            ;
        for (k = first; k < last; k++)
            rank[order[k]] = (first + last - 1) / 2.0;
    }
    free(order);
}

static double correlation(const double *a, const double *b, int n)
{
    const sample sa = summarise_numbers(a, n), sb = summarise_numbers(b, n);
    double ab = 0;
    int k;
    for (k = 0; k < n; k++)
        ab += (a[k] - sa.mean) * (b[k] - sb.mean) / (n > 1 ? n - 1 : 1);
    return sa.variance > 0 && sb.variance > 0 ? ab / sqrt(sa.variance * sb.variance) : 0;
}

static double rank_correlation(const double *x, const double *y, int n)
{
    static double a[MOST], b[MOST];
    ranks(x, n, a);
    ranks(y, n, b);
    return correlation(a, b, n);
}

/* Ranks within each row, from the row's mean rank. */
static void ranks_within(const latent_data *d, const double *x, double *rank)
{
    int k, j;
    for (k = 0; k < d->n; k++)
        for (rank[k] = 0, j = 0; j < d->n; j++)
            if (d->row[j] == d->row[k])
                rank[k] += (x[k] > x[j]) - 0.5 + 0.5 * (x[k] == x[j]);
}

static double correlation_of(const latent_data *d, int which)
{
    if (which == WITHIN_ROWS) {
        static double a[MOST], b[MOST];
        ranks_within(d, d->share, a);
        ranks_within(d, d->accuracy, b);
        return correlation(a, b, d->n);
    } else {
        const double r = rank_correlation(d->share, d->accuracy, d->n);
        const double a = rank_correlation(d->fit, d->accuracy, d->n), b = rank_correlation(d->fit, d->share, d->n);
        return which == OVERALL ? r : (r - a * b) / sqrt((1 - a * a) * (1 - b * b) + 1e-12);
    }
}

static double fisher(double r) { return 0.5 * log((1 + r + 1e-12) / (1 - r + 1e-12)); }

/* The cells of a correlation: itself, and its 95 % interval.  1 or -1 if that lies above or below zero. */
static int put_correlation(table *t, const latent_data *d, int which)
{
    static latent_data less;
    static double pseudo[ROWS];
    const double r = correlation_of(d, which);
    int rows = 0, n = 0, row, k;
    double half = HUGE_VAL;
    sample s;
    for (k = 0; k < d->n; k++)
        rows += k == 0 || d->row[k] != d->row[k - 1];
    for (row = 0; row < ROWS; row++) {
        for (less.n = 0, k = 0; k < d->n; k++)
            if (d->row[k] != row) {
                less.row[less.n] = d->row[k], less.share[less.n] = d->share[k];
                less.fit[less.n] = d->fit[k], less.accuracy[less.n++] = d->accuracy[k];
            }
        if (less.n < d->n && less.n > 0)
            pseudo[n++] = rows * fisher(r) - (rows - 1) * fisher(correlation_of(&less, which));
    }
    s = summarise_numbers(pseudo, n);
    if (n > 2)
        half = student_95(n - 1) * sqrt(s.variance / n);
    put_number(t, r);
    put_number(t, tanh(fisher(r) - half));
    put_number(t, tanh(fisher(r) + half));
    return fisher(r) - half > 0 ? 1 : fisher(r) + half < 0 ? -1 : 0;
}

static void latent_table(const figures *measured)
{
    static const column columns[] = {
        { "classes", "%.0f" }, { "networks", "%.0f" }, { "rank_correlation", "%.2f" }, { "low", "%.2f" }, { "high", "%.2f" },
        { "given_the_fit", "%.2f" }, { "low", "%.2f" }, { "high", "%.2f" },
        { "within_rows", "%.2f" }, { "low", "%.2f" }, { "high", "%.2f" }, { "verdict", NULL },
    };
    static latent_data d;
    outfile points;
    table t;
    int c, r, k;
    table_open(&points, directory, "latent", "points");
    fprintf(points.file, "# classes\trow\tlatent_share\taccuracy\n");
    table_begin(&t, directory, "latent", "quality of the latent space and accuracy, over all generators", columns, COUNT(columns));
    for (c = 0; c < 3; c++) {
        d.n = 0;
        for (r = 0; r < ROWS; r++)
            for (k = 0; k < measured->n && !table_rows[r].classifier; k++) {
                const figure *f = &measured->at[k];
                if (f->classes != class_counts[c] || strcmp(f->row, table_rows[r].name) != 0)
                    continue;
                d.row[d.n] = r;
                d.share[d.n] = f->share;
                d.fit[d.n] = f->fit;
                d.accuracy[d.n++] = f->accuracy;
                fprintf(points.file, "%d\t%s\t%.4f\t%.4f\n", f->classes, f->row, f->share, f->accuracy);
            }
        if (d.n > 4) {
            int says[CORRELATIONS];
            put_number(&t, class_counts[c]);
            put_number(&t, d.n);
            for (k = 0; k < CORRELATIONS; k++)
                says[k] = put_correlation(&t, &d, k);
            put_text(&t, says[OVERALL] < 0 ? "misleads" : says[OVERALL] == 0 ? "no relation shown"
                         : says[WITHIN_ROWS] > 0 ? "predicts" : "predicts between rows");
        }
    }
    end_table(&t, "Quality: share of 300 mixtures of two classes for which the generated curve is nearest, by DTW, to the mean of "
                  "the class that is the larger part. Spearman's rank correlation; given the fit: with the error on the training "
                  "targets held fixed (partial correlation); within rows: of the ranks within each row. 95 % intervals: jackknife "
                  "over rows.");
    out_close(&points);
}

/* How well each row was learned: of a generator, between what it draws for a code and the mean of the training
   curves that have it; of a classifier, its validation loss. */
static void fit_table(const figures *measured)
{
    static const column columns[] = {
        { "classes", "%.0f" }, { "row", NULL }, { "n", "%.0f" }, { "mean", "%.5f" }, { "worst", "%.5f" },
    };
    table t;
    int c, k, j;
    table_begin(&t, directory, "fit", "the error left after training", columns, COUNT(columns));
    for (c = 0; c < 3; c++)
        for (k = 0; k < ROWS; k++) {
            const sample m = summarise(measured, class_counts[c], table_rows[k].name, fit_of);
            double worst = 0;
            for (j = 0; j < measured->n; j++) {
                const figure *f = &measured->at[j];
                if (f->classes == class_counts[c] && strcmp(f->row, table_rows[k].name) == 0 && f->fit > worst)
                    worst = f->fit;
            }
            if (m.n == 0)
                continue;
            put_number(&t, class_counts[c]);
            put_text(&t, table_rows[k].name);
            put_number(&t, m.n);
            put_number(&t, m.mean);
            put_number(&t, worst);
        }
    end_table(&t, "Of a generator: mean squared error between what it draws for each code and the mean of the training curves "
                  "with that code (of rows sparse: of the class's centres). Of a classifier: the loss on the validation set.");
}

/* The original's own recipe, and what was tried of it, beside what was published. */
static void paper_profile_table(const figures *published, const figures *measured)
{
    static const column columns[] = {
        { "classes", "%.0f" }, { "row", NULL }, { "reading", NULL }, { "updates", "%.0f" }, { "error_left", "%.4f" }, { "published", "%.3f" },
        { "measured", "%.3f" }, { "deviation", "%.3f" }, { "n", "%.0f" }, { "difference_low", "%+.3f" },
        { "difference_high", "%+.3f" }, { "verdict", NULL }, { "last_update", "%.3f" },
    };
    table t;
    int c, k;
    if (!strstr(origin, "profile paper")) {
        remove_table(directory, "paper_profile");
        return;
    }
    table_begin(&t, directory, "paper_profile", "trained by the original's own recipe", columns, COUNT(columns));
    for (c = 0; c < 3; c++)
        for (k = 0; k < ROWS + READINGS; k++) {
            const reading *r = k < ROWS ? NULL : &readings[k - ROWS];
            const char *row = r ? r->name : table_rows[k].name;
            const sample m = summarise(measured, class_counts[c], row, accuracy_of);
            const sample p = summarise(published, class_counts[c], r ? r->row : row, accuracy_of);
            const sample last = summarise(measured, class_counts[c], row, last_of);
            if (m.n == 0)
                continue;
            put_number(&t, class_counts[c]);
            put_text(&t, row);
            put_text(&t, r ? r->text : "-");
            put_number(&t, summarise(measured, class_counts[c], row, updates_of).mean);
            put_number(&t, summarise(measured, class_counts[c], row, fit_of).mean);
            put_mean(&t, &p);
            put_number(&t, m.mean);
            put_deviation(&t, &m);
            put_number(&t, m.n);
            put_interval(&t, m.mean - p.mean, half_width(&p, &m), &agreement);
            put_mean(&t, &last);
        }
    end_table(&t, "Batches of one, Adam at a constant rate of 0.001 where no reading says otherwise, the weights of the best "
                  "validation check (last_update: those of the last update), 200 iterations of inverse classification. Error left: "
                  "as in table fit. Difference: measured minus published, 95 % interval after Welch.");
}

/* What a network of the paper profile could do on the way: a file beside its result.  NULL: there is none. */
static char *read_way(const char *of)
{
    char path[PATH];
    path_of(path, "%.*s.way", (int)(strrchr(of, '.') - of), of);
    return text_if_there(path);
}

/* The points of the figure ways: what networks of the paper profile could do on the way.  After each
   network, and between two of them, a blank line; two between rows. */
static void way_points(int n, char **paths, const figures *published)
{
    char last[48] = "";
    outfile out;
    int k, j;
    table_open(&out, directory, "ways", "points");
    fprintf(out.file, "# row\tlow\tmean\thigh of the published five\tcurves shown\tloss\terror\taccuracy_25\taccuracy_200\t"
                      "rmse_25\trmse_200\tlatent_share\n");
    for (k = 0; k < n; k++) {
        char *text = read_way(paths[k]), *line, kind[48];
        double low = 1, high = 0;
        network net;
        parse_name(paths[k], &net);
        if (!text)
            continue;
        for (j = 0; j < published->n; j++) {
            const figure *f = &published->at[j];
            if (f->classes == net.classes && strcmp(f->row, net.row->name) == 0)
                low = fmin(low, f->accuracy), high = fmax(high, f->accuracy);
        }
        snprintf(kind, sizeof kind, "%s, %d classes", net.name, net.classes);
        fprintf(out.file, *last && strcmp(kind, last) != 0 ? "\n\n" : *last ? "\n" : "");
        strcpy(last, kind);
        for (line = strtok(text, "\n"); line; line = strtok(NULL, "\n"))
            if (*line >= '0' && *line <= '9') {
                const long updates = strtol(line, &line, 10);
                fprintf(out.file, "%s\t%.4f\t%.4f\t%.4f\t%ld%s\n", kind, low,
                        summarise(published, net.classes, net.row->name, accuracy_of).mean, high,
                        updates * (net.reading && net.reading->batch > 1 ? net.reading->batch : 1), line);
            }
        free(text);
    }
    out_close(&out);
}

/* The second: does the amount of training data matter?  The same noise with all samples, 4 centres and
   1 centre a class. */
static void data_table(const figures *measured)
{
    static const char *const stem[3] = { "noise", "sparse_noise", "sparse1_noise" };
    static const char *const what[3] = { "all samples", "4 centres a class", "1 centre a class" };
    static const column columns[] = {
        { "classes", "%.0f" }, { "trained_on", NULL }, { "accuracy", "%.3f" }, { "deviation", "%.3f" }, { "n", "%.0f" },
        { "distance_to_class_means", "%.4f" }, { "difference_low", "%+.3f" }, { "difference_high", "%+.3f" }, { "verdict", NULL },
    };
    table t;
    int c, k, lines = 0;
    for (c = 0; c < 3; c++)
        for (k = 1; k < 3; k++)
            lines += summarise(measured, class_counts[c], row_name(stem[k], class_counts[c]), accuracy_of).n;
    if (lines == 0) {
        remove_table(directory, "training_data");
        return;
    }
    table_begin(&t, directory, "training_data", "does the amount of training data matter?", columns, COUNT(columns));
    for (c = 0; c < 3; c++)
        for (k = 0; k < 3; k++) {
            const char *row = row_name(stem[k], class_counts[c]);
            const sample m = summarise(measured, class_counts[c], row, accuracy_of);
            const sample d = summarise(measured, class_counts[c], row, means_of);
            const sample all = summarise(measured, class_counts[c], row_name(stem[0], class_counts[c]), accuracy_of);
            if (m.n == 0)
                continue;
            put_number(&t, class_counts[c]);
            put_text(&t, what[k]);
            put_number(&t, m.mean);
            put_deviation(&t, &m);
            put_number(&t, m.n);
            put_number(&t, d.mean);
            if (k == 0)
                put_none(&t, 3);
            else
                put_interval(&t, m.mean - all.mean, half_width(&all, &m), &of_data);
        }
    end_table(&t, "Distance: mean squared error between what the network draws for each class and the mean of all training "
                  "samples of that class. Difference: to all samples, 95 % interval after Welch.");
}

/* Where text and code disagree: a row beside its other readings.  Readings that differ in the descent
   alone share the row's networks, and are compared network by network. */
static void readings_table(const figures *measured, const figures *published)
{
    static const column columns[] = {
        { "classes", "%.0f" }, { "row", NULL }, { "published", "%.3f" }, { "measured", "%.3f" }, { "reading", NULL },
        { "measured", "%.3f" }, { "deviation", "%.3f" }, { "n", "%.0f" }, { "difference_low", "%+.3f" },
        { "difference_high", "%+.3f" }, { "verdict", NULL },
    };
    table t;
    int c, k, j, lines = 0;
    for (j = 0; j < measured->n; j++)
        lines += find_reading(measured->at[j].row) != NULL;
    if (lines == 0) {
        remove_table(directory, "readings");
        return;
    }
    table_begin(&t, directory, "readings", "where text and code of the original disagree", columns, COUNT(columns));
    for (k = 0; k < READINGS; k++)
        for (c = 0; c < 3; c++) {
            const reading *r = &readings[k];
            const int classes = class_counts[c];
            const sample p = summarise(published, classes, r->row, accuracy_of);
            sample m = summarise(measured, classes, r->name, accuracy_of);
            sample base = summarise(measured, classes, r->row, accuracy_of);
            double half = half_width(&base, &m);
            if (r->same_network) {                           /* both of the networks that have both */
                static double first[MOST], second[MOST], each[MOST];
                int n = 0;
                sample d;
                for (j = 0; j < measured->n; j++) {
                    const figure *f = &measured->at[j], *of;
                    if (f->classes != classes || strcmp(f->row, r->name) != 0)
                        continue;
                    of = find_figure(measured, classes, r->row, f->instance);
                    if (!of || strcmp(of->hash, f->hash) != 0)
                        continue;
                    first[n] = of->accuracy, second[n] = f->accuracy;
                    each[n++] = f->accuracy - of->accuracy;
                }
                base = summarise_numbers(first, n);
                m = summarise_numbers(second, n);
                d = summarise_numbers(each, n);
                half = n > 1 ? student_95(n - 1) * sqrt(d.variance / n) : -1;
            }
            if (m.n == 0 || base.n == 0)
                continue;
            put_number(&t, classes);
            put_text(&t, r->row);
            put_mean(&t, &p);
            put_number(&t, base.mean);
            put_text(&t, r->text);
            put_number(&t, m.mean);
            put_deviation(&t, &m);
            put_number(&t, m.n);
            put_interval(&t, m.mean - base.mean, half, &of_readings);
        }
    end_table(&t, "Difference: reading minus row, 95 % interval; where both use the same networks these alone count, "
                  "one by one; else after Welch.");
}

/* F5's points: series, classes, measured, deviation, published ("-" where there is none). */
static void accuracy_points(const figures *published, const figures *measured)
{
    static const char *const series[5] = { "sparse1_noise", "sparse_noise", "noise_best", "comparison_sparse",
                                           "comparison_mse" };
    outfile out;
    int k, c, j;
    table_open(&out, directory, "F5", "points");
    fprintf(out.file, "# series\tclasses\tmeasured\tdeviation\tpublished\n");
    for (k = 0; k < 5; k++)
        for (c = 0; c < 3; c++) {
            sample m = { 0, 0, 0 }, p = { 0, 0, 0 };
            if (k != 2) {
                const char *row = row_name(series[k], class_counts[c]);
                m = summarise(measured, class_counts[c], row, accuracy_of);
                p = summarise(published, class_counts[c], row, accuracy_of);
            }
            for (j = 1; k == 2 && j <= 4; j++) {              /* the best of noise_01 .. noise_04 */
                char row[16];
                sample one;
                snprintf(row, sizeof row, "noise_0%d", j);
                one = summarise(measured, class_counts[c], row, accuracy_of);
                m = one.n > 0 && one.mean > m.mean ? one : m;
                one = summarise(published, class_counts[c], row, accuracy_of);
                p = one.n > 0 && one.mean > p.mean ? one : p;
            }
            fprintf(out.file, "%s\t%d\t", series[k], class_counts[c]);
            fprintf(out.file, m.n ? "%.4f\t%.4f\t" : "-\t-\t", m.mean, deviation(&m));
            fprintf(out.file, p.n ? "%.4f\n" : "-\n", p.mean);
        }
    out_close(&out);
}

/* The readers return 0, or -1 and a message. */
static int add_figure(figures *f, int classes, int instance, const char *row, double accuracy, double rmse,
                      char *why, size_t size)
{
    figure *to = &f->at[f->n];
    if (f->n == MOST)
        return pen_fail(why, size, "more than %d results", MOST);
    if (!(accuracy >= 0 && accuracy <= 1 && rmse >= 0 && rmse <= 1))         /* false for NaN */
        return pen_fail(why, size, "has no accuracy and rmse between 0 and 1");
    f->n++;
    to->classes = classes;
    to->instance = instance;
    snprintf(to->row, sizeof to->row, "%s", row);
    to->accuracy = accuracy;
    to->rmse = rmse;
    return 0;
}

/* Lines that begin with a digit are figures, others headings and comments. */
static int parse_published(char *text, figures *f, char *why, size_t size)
{
    char row[32], fault[64], *at;
    int line, classes, instance;
    double accuracy, rmse;
    for (line = 1; (at = pen_line(&text)) != NULL; line++) {
        if (*at < '0' || *at > '9')
            continue;
        if (sscanf(at, "%6d\t%31s\t%6d\t%lf\t%lf", &classes, row, &instance, &accuracy, &rmse) != 5)
            return pen_fail(why, size, "line %d is not classes, row, instance, accuracy, rmse", line);
        if (add_figure(f, classes, instance, row, accuracy, rmse, fault, sizeof fault))
            return pen_fail(why, size, "line %d: %s", line, fault);
    }
    return f->n > 0 ? 0 : pen_fail(why, size, "holds no published figures");
}

/* From 0 to `most`; -1: no such number. */
static double number_of(const result *r, const char *key, double most)
{
    const char *text = result_get(r, key);
    char *end;
    const double x = strtod(text, &end);
    return end != text && x >= 0 && x <= most ? x : -1;
}

/* The same, but 0 where the line says that there is none. */
static double number_if_any(const result *r, const char *key, double most)
{
    return strcmp(result_get(r, key), "-") == 0 ? 0 : number_of(r, key, most);
}

/* Adds one result to the figures; `origin` is empty or where those before it come from. */
static int add_result(const result *r, const network *name, figures *f, char *why, size_t size)
{
    char from[sizeof origin];
    const double share = number_if_any(r, "latent_share", 1), means = number_if_any(r, "loss_means", 1e9);
    const double fit = number_of(r, "loss_fit", 1e9), updates = number_of(r, "updates", INT_MAX);
    snprintf(from, sizeof from, "Data: %s (%s), profile %s", result_get(r, "data"), result_get(r, "data_hash"),
             result_get(r, "profile"));
    if (origin[0] && strcmp(origin, from) != 0)
        return pen_fail(why, size, "comes from another run (\"%s\") than the results before it (\"%s\")", from, origin);
    strcpy(origin, from);
    snprintf(told, sizeof told, "%s, profile %s", result_get(r, "data"), result_get(r, "profile"));
    if (add_figure(f, name->classes, name->instance, name->name, number_of(r, "accuracy", 1), number_of(r, "rmse", 1), why, size))
        return -1;
    if (share < 0 || means < 0 || fit < 0 || updates < 0)
        return pen_fail(why, size, "has a latent_share, loss_means, loss_fit or updates that is no such number");
    f->at[f->n - 1].share = share;
    f->at[f->n - 1].means = means;
    f->at[f->n - 1].fit = fit;
    f->at[f->n - 1].updates = updates;
    snprintf(f->at[f->n - 1].hash, sizeof f->at[f->n - 1].hash, "%s", result_get(r, "weights_hash"));
    return 0;
}

static void read_published(const char *path, figures *f)
{
    char *text, why[200];
    if (text_read(path, &text, why, sizeof why) || parse_published(text, f, why, sizeof why))
        die(path, "%s", why);
    free(text);
}

/* Accuracy after 200 iterations, in the last line of a way. */
static double last_accuracy(const char *of)
{
    char *way = read_way(of), *line;
    double last = (double)NAN;
    for (line = way ? strtok(way, "\n") : NULL; line; line = strtok(NULL, "\n"))
        sscanf(line, "%*d %*f %*f %*f %lf", &last);
    free(way);
    return last;
}

static void read_results(int n, char **paths, figures *f)
{
    static result r;
    char why[800];
    int k, j;
    for (k = 0; k < n; k++) {
        network name;
        if (!parse_name(paths[k], &name) || !is_result(paths[k]))
            die(paths[k], "the name is not CLASSES_ROW_vINSTANCE.tsv");
        for (j = 0; j < f->n; j++)
            if (f->at[j].classes == name.classes && f->at[j].instance == name.instance && strcmp(f->at[j].row, name.name) == 0)
                die(paths[k], "this result is given twice");
        if (result_read(&r, paths[k], why, sizeof why)
            || add_result(&r, &name, f, why, sizeof why))
            die(paths[k], "%s", why);
        f->at[f->n - 1].last = last_accuracy(paths[k]);
    }
}

int main(int argc, char **argv)
{
    figures published = { 0, NULL }, measured = { 0, NULL };
    outfile told_file;
    int k, c;
    program = "tables";
    if (argc < 3)
        die(NULL, "usage: tables DIRECTORY published.tsv RESULT.tsv...");
    if (argc == 3)
        die(NULL, "there are no results");
    published.at = (figure *)get_memory(MOST, sizeof(figure));
    measured.at = (figure *)get_memory(MOST, sizeof(figure));
    directory = argv[1];
    read_published(argv[2], &published);
    read_results(argc - 3, argv + 3, &measured);
    if (!instances_table("T1", "naked, 2 classes, every instance", 2, "naked", &published, &measured))
        printf("tables: T1 left out: it needs the row naked with 2 classes\n");
    for (k = 0; k < 3; k++) {
        char id[16];
        snprintf(id, sizeof id, "T%dD", class_counts[k]);
        if (!classes_table(id, class_counts[k], &published, &measured))
            printf("tables: %s left out: no results with %d classes\n", id, class_counts[k]);
    }
    if (!sparse_table("T2", &published, &measured))
        printf("tables: T2 left out: it needs the rows sparse1_noise_04 (2, 4 classes), sparse1_noise_03 (20)\n");
    for (c = 0; c < 3; c++)                      /* beyond the slides: every instance of every row */
        for (k = 0; k < ROWS; k++) {
            char id[64], title[96];
            snprintf(id, sizeof id, "instances_%d_%s", class_counts[c], table_rows[k].name);
            snprintf(title, sizeof title, "%s, %d classes, every instance", table_rows[k].name, class_counts[c]);
            instances_table(id, title, class_counts[c], table_rows[k].name, &published, &measured);
        }
    fit_table(&measured);
    paper_profile_table(&published, &measured);
    way_points(argc - 3, argv + 3, &published);
    latent_table(&measured);
    data_table(&measured);
    readings_table(&measured, &published);
    accuracy_points(&published, &measured);
    write_verdicts();
    printf("tables: %d results put beside the published figures in %s\n", measured.n, directory);
    free(published.at);
    free(measured.at);
    table_open(&told_file, directory, "origin", "txt");
    fprintf(told_file.file, "%s\n", told);
    out_close(&told_file);
    return 0;
}
