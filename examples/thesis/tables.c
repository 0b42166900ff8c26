/* tables: puts measured figures beside the published ones.

       tables DIRECTORY published.tsv RESULT.tsv...

   Writes DIRECTORY/ID.tsv and ID.md for every table that the results allow, and names those they do
   not.  A mean "agrees" with the published one if the 95 % interval of their difference (Welch 1947)
   holds zero; the interval stands beside the verdict, for one that is wide agrees with much. */
#define INVCLASS_IMPLEMENTATION
#include "../common.h"
#include "rows.h"

#define MOST 4096

typedef struct figure {
    int classes, instance;
    char row[32];
    double accuracy, rmse;
    double share, means, fit;         /* of the latent space, loss against class means and targets: see network.c */
} figure;
typedef struct figures { int n; figure *at; } figures;

typedef struct sample { int n; double mean, variance; } sample;   /* variance: with n - 1 */

static sample summarise_numbers(const double *x, int n)
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

static double accuracy_of(const figure *f) { return f->accuracy; }
static double rmse_of(const figure *f) { return f->rmse; }
static double means_of(const figure *f) { return f->means; }

/* One number of every instance of a row. */
static sample summarise(const figures *f, int classes, const char *row, double (*number)(const figure *))
{
    static double x[MOST];
    int n = 0, k;
    for (k = 0; k < f->n; k++)
        if (f->at[k].classes == classes && strcmp(f->at[k].row, row) == 0)
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

/* The deviation as the slides give it: over n, not n - 1. */
static double deviation(const sample *s) { return s->n > 0 ? sqrt(s->variance * (s->n - 1) / s->n) : 0; }

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

/* -- a table is lines of cells, written twice -------------------------------------------------- */

typedef struct table { FILE *tsv, *md; outfile tsv_out, md_out; int column; } table;

static char directory[900], origin[320];    /* origin: the data and the profile of the results */
static const char welch[] = "Difference: measured minus published, 95 % interval after Welch.";

static void table_begin(table *t, const char *id, const char *title)
{
    char path[1000];
    snprintf(path, sizeof path, "%s/%s.tsv", directory, id);
    t->tsv = out_open(&t->tsv_out, path);
    snprintf(path, sizeof path, "%s/%s.md", directory, id);
    t->md = out_open(&t->md_out, path);
    t->column = 0;
    fprintf(t->md, "**%s: %s**\n\n", id, title);
}

static void cell(table *t, const char *format, ...)
{
    char text[96];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    fprintf(t->tsv, "%s%s", t->column ? "\t" : "", text);
    fprintf(t->md, "%s%s ", t->column ? "| " : "| ", text);
    t->column++;
}

static void line_end(table *t, int header)
{
    int k;
    fputs("\n", t->tsv);
    fputs("|\n", t->md);
    for (k = 0; header && k < t->column; k++)
        fprintf(t->md, k ? "---:|" : "|---|");
    if (header)
        fputs("\n", t->md);
    t->column = 0;
}

static void table_end(table *t, const char *note)
{
    fprintf(t->tsv, "# %s. %s\n", origin, note);
    fprintf(t->md, "\n%s. %s\n", origin, note);
    out_close(&t->tsv_out);
    out_close(&t->md_out);
}

/* The last cells of a line: interval of a difference, and what is said if it holds zero or does not. */
static void interval(table *t, double d, double half, const char *holds, const char *does_not)
{
    if (half < 0) {
        cell(t, "-"), cell(t, "-"), cell(t, "too few");
    } else {
        cell(t, "%+.3f", d - half), cell(t, "%+.3f", d + half);
        cell(t, "%s", d - half <= 1e-9 && d + half >= -1e-9 ? holds : does_not);
    }
}

static void verdict(table *t, const sample *published, const sample *measured)
{
    interval(t, measured->mean - published->mean, half_width(published, measured), "agrees", "differs");
}

static void comparison_line(table *t, const char *name, const sample *published, const sample *measured)
{
    cell(t, "%s", name);
    cell(t, "%.3f", published->mean);
    cell(t, "%.3f", measured->mean);
    cell(t, "%.3f", deviation(measured));
    cell(t, "%d", measured->n);
    verdict(t, published, measured);
    line_end(t, 0);
}

static void comparison_header(table *t, const char *first)
{
    static const char *const names[] = { "published", "measured", "deviation", "n", "difference_low",
                                         "difference_high", "verdict" };
    int k;
    cell(t, "%s", first);
    for (k = 0; k < 7; k++)
        cell(t, "%s", names[k]);
    line_end(t, 1);
}

/* T1: every instance of one row. */
static int instances_table(const char *id, const char *title, int classes, const char *row,
                           const figures *published, const figures *measured)
{
    const sample p = summarise(published, classes, row, accuracy_of), m = summarise(measured, classes, row, accuracy_of);
    const sample pr = summarise(published, classes, row, rmse_of), mr = summarise(measured, classes, row, rmse_of);
    table t;
    int instance;
    if (m.n == 0)
        return 0;
    table_begin(&t, id, title);
    cell(&t, "instance"), cell(&t, "published_accuracy"), cell(&t, "published_rmse"), cell(&t, "accuracy");
    cell(&t, "rmse"), cell(&t, "difference_low"), cell(&t, "difference_high"), cell(&t, "verdict");
    line_end(&t, 1);
    for (instance = 0; instance < 1000; instance++) {
        const figure *ours = find_figure(measured, classes, row, instance);
        const figure *theirs = find_figure(published, classes, row, instance);
        if (!ours)
            continue;
        cell(&t, "v%d", instance);
        if (theirs)
            cell(&t, "%.4f", theirs->accuracy), cell(&t, "%.4f", theirs->rmse);
        else
            cell(&t, "-"), cell(&t, "-");
        cell(&t, "%.4f", ours->accuracy), cell(&t, "%.4f", ours->rmse);
        cell(&t, "-"), cell(&t, "-"), cell(&t, "-");
        line_end(&t, 0);
    }
    cell(&t, "mean"), cell(&t, "%.4f", p.mean), cell(&t, "%.4f", pr.mean);
    cell(&t, "%.4f", m.mean), cell(&t, "%.4f", mr.mean);
    verdict(&t, &p, &m);
    line_end(&t, 0);
    cell(&t, "deviation"), cell(&t, "%.4f", deviation(&p)), cell(&t, "%.4f", deviation(&pr));
    cell(&t, "%.4f", deviation(&m)), cell(&t, "%.4f", deviation(&mr));
    cell(&t, "-"), cell(&t, "-"), cell(&t, "-");
    line_end(&t, 0);
    table_end(&t, welch);
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
        return 0;
    snprintf(title, sizeof title, "mean accuracy, %d classes", classes);
    table_begin(&t, id, title);
    comparison_header(&t, "row");
    for (k = 0; k < ROWS; k++) {
        const sample m = summarise(measured, classes, table_rows[k].name, accuracy_of);
        const sample p = summarise(published, classes, table_rows[k].name, accuracy_of);
        if (m.n > 0)
            comparison_line(&t, table_rows[k].name, &p, &m);
    }
    cell(&t, "random_values"), cell(&t, "%.3f", 1.0 / classes), cell(&t, "%.3f", 1.0 / classes);
    for (k = 0; k < 5; k++)
        cell(&t, "-");
    line_end(&t, 0);
    table_end(&t, welch);
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
    table t;
    int k, rmse, lines = 0;
    for (k = 0; k < 3; k++)
        lines += summarise(measured, class_counts[k], row_name("sparse1_noise", class_counts[k]), accuracy_of).n > 0;
    if (lines == 0)
        return 0;
    table_begin(&t, id, "one centre a class, with noise (sparse1_noise)");
    comparison_header(&t, "figure");
    for (rmse = 0; rmse < 2; rmse++)
        for (k = 0; k < 3; k++) {
            const char *row = row_name("sparse1_noise", class_counts[k]);
            const sample m = summarise(measured, class_counts[k], row, rmse ? rmse_of : accuracy_of);
            const sample p = summarise(published, class_counts[k], row, rmse ? rmse_of : accuracy_of);
            char name[48];
            snprintf(name, sizeof name, "%s %d classes", rmse ? "RMSE" : "accuracy", class_counts[k]);
            if (m.n > 0)
                comparison_line(&t, name, &p, &m);
        }
    table_end(&t, welch);
    return 1;
}

/* -- beyond the slides ------------------------------------------------------------------------- */

/* The author's first conclusion: does the quality of the latent space predict accuracy?  Spearman's
   rank correlation over all generators, with the interval of Fieller, Hartley & Pearson 1957. */
static int by_number(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void ranks(const double *x, int n, double *rank)      /* of equals the mean of their ranks */
{
    static double sorted[MOST];
    int k, j;
    memcpy(sorted, x, (size_t)n * sizeof *x);
    qsort(sorted, (size_t)n, sizeof *sorted, by_number);
    for (k = 0; k < n; k++) {
        double sum = 0;
        int equal = 0;
        for (j = 0; j < n; j++)
            if (!(sorted[j] < x[k]) && !(sorted[j] > x[k]))
                sum += j, equal++;
        rank[k] = sum / equal;
    }
}

static double rank_correlation(const double *x, const double *y, int n)
{
    static double a[MOST], b[MOST];
    double ab = 0;
    sample sa, sb;
    int k;
    ranks(x, n, a);
    ranks(y, n, b);
    sa = summarise_numbers(a, n), sb = summarise_numbers(b, n);
    for (k = 0; k < n; k++)
        ab += (a[k] - sa.mean) * (b[k] - sb.mean) / (n > 1 ? n - 1 : 1);
    return sa.variance > 0 && sb.variance > 0 ? ab / sqrt(sa.variance * sb.variance) : 0;
}

/* The cells of a correlation r of n networks: itself, and its interval, with so many other variables held. */
static int correlation_cells(table *t, double r, int n, int held)
{
    const double z = 0.5 * log((1 + r + 1e-12) / (1 - r + 1e-12)), half = 1.96 * sqrt(1.06 / (n - 3 - held));
    cell(t, "%.2f", r), cell(t, "%.2f", tanh(z - half)), cell(t, "%.2f", tanh(z + half));
    return z - half > 0 ? 1 : z + half < 0 ? -1 : 0;
}

static void latent_table(const figures *measured)
{
    static double share[MOST], accuracy[MOST], fit[MOST];
    char path[1000];
    outfile points;
    table t;
    int c, k;
    snprintf(path, sizeof path, "%s/latent.points", directory);
    out_open(&points, path);
    fprintf(points.file, "# classes\trow\tlatent_share\taccuracy\n");
    table_begin(&t, "latent", "quality of the latent space and accuracy, over all generators");
    cell(&t, "classes"), cell(&t, "networks"), cell(&t, "rank_correlation"), cell(&t, "low"), cell(&t, "high");
    cell(&t, "given_the_fit"), cell(&t, "low"), cell(&t, "high"), cell(&t, "verdict");
    line_end(&t, 1);
    for (c = 0; c < 3; c++) {
        int n = 0;
        for (k = 0; k < measured->n; k++) {
            const figure *f = &measured->at[k];
            const table_row *row = find_row(f->row);
            if (f->classes != class_counts[c] || !row || row->classifier)
                continue;
            share[n] = f->share, fit[n] = f->fit, accuracy[n++] = f->accuracy;
            fprintf(points.file, "%d\t%s\t%.4f\t%.4f\n", f->classes, f->row, f->share, f->accuracy);
        }
        if (n > 4) {
            const double r = rank_correlation(share, accuracy, n);
            const double a = rank_correlation(fit, accuracy, n), b = rank_correlation(fit, share, n);
            int says;
            cell(&t, "%d", class_counts[c]), cell(&t, "%d", n);
            says = correlation_cells(&t, r, n, 0);
            correlation_cells(&t, (r - a * b) / sqrt((1 - a * a) * (1 - b * b) + 1e-12), n, 1);
            cell(&t, "%s", says > 0 ? "predicts" : says < 0 ? "misleads" : "no relation shown");
            line_end(&t, 0);
        }
    }
    table_end(&t, "Quality: share of 300 mixtures of two classes for which the generated curve is nearest, by DTW, to the mean of "
                  "the class that is the larger part. Spearman's rank correlation, 95 % interval; given the fit: with what "
                  "the error on the training targets explains of both taken away.");
    out_close(&points);
}

/* The second: does the amount of training data matter?  The same noise with all samples, 4 centres and
   1 centre a class. */
static void data_table(const figures *measured)
{
    static const char *const stem[3] = { "noise", "sparse_noise", "sparse1_noise" };
    static const char *const what[3] = { "all samples", "4 centres a class", "1 centre a class" };
    table t;
    int c, k, lines = 0;
    for (c = 0; c < 3; c++)
        for (k = 1; k < 3; k++)
            lines += summarise(measured, class_counts[c], row_name(stem[k], class_counts[c]), accuracy_of).n;
    if (lines == 0)
        return;
    table_begin(&t, "training_data", "does the amount of training data matter?");
    cell(&t, "classes"), cell(&t, "trained_on"), cell(&t, "accuracy"), cell(&t, "deviation"), cell(&t, "n");
    cell(&t, "distance_to_class_means"), cell(&t, "difference_low"), cell(&t, "difference_high"), cell(&t, "verdict");
    line_end(&t, 1);
    for (c = 0; c < 3; c++)
        for (k = 0; k < 3; k++) {
            const char *row = row_name(stem[k], class_counts[c]);
            const sample m = summarise(measured, class_counts[c], row, accuracy_of);
            const sample d = summarise(measured, class_counts[c], row, means_of);
            const sample all = summarise(measured, class_counts[c], row_name(stem[0], class_counts[c]), accuracy_of);
            if (m.n == 0)
                continue;
            cell(&t, "%d", class_counts[c]), cell(&t, "%s", what[k]), cell(&t, "%.3f", m.mean);
            cell(&t, "%.3f", deviation(&m)), cell(&t, "%d", m.n), cell(&t, "%.4f", d.mean);
            if (k == 0)
                cell(&t, "-"), cell(&t, "-"), cell(&t, "-");
            else
                interval(&t, m.mean - all.mean, half_width(&all, &m), "no difference shown", "matters");
            line_end(&t, 0);
        }
    table_end(&t, "Distance: mean squared error between what the network draws for each class and the mean of all training "
                  "samples of that class. Difference: to all samples, 95 % interval after Welch.");
}

/* Where text and code disagree: a row beside its other readings.  Readings that differ in the descent
   alone share the row's networks, and are compared network by network. */
static void readings_table(const figures *measured, const figures *published)
{
    table t;
    int c, k, j, lines = 0;
    for (j = 0; j < measured->n; j++)
        lines += find_reading(measured->at[j].row) != NULL;
    if (lines == 0)
        return;
    table_begin(&t, "readings", "where text and code of the original disagree");
    cell(&t, "classes"), cell(&t, "row"), cell(&t, "published"), cell(&t, "measured"), cell(&t, "reading");
    cell(&t, "measured"), cell(&t, "deviation"), cell(&t, "n");
    cell(&t, "difference_low"), cell(&t, "difference_high"), cell(&t, "verdict");
    line_end(&t, 1);
    for (k = 0; k < READINGS; k++)
        for (c = 0; c < 3; c++) {
            const reading *r = &readings[k];
            const int classes = class_counts[c];
            const sample m = summarise(measured, classes, r->name, accuracy_of);
            const sample base = summarise(measured, classes, r->row, accuracy_of);
            const sample p = summarise(published, classes, r->row, accuracy_of);
            double half = half_width(&base, &m);
            if (m.n == 0 || base.n == 0)
                continue;
            if (r->same_network) {
                static double difference[MOST];
                int n = 0;
                sample d;
                for (j = 0; j < measured->n; j++) {
                    const figure *f = &measured->at[j], *of;
                    if (f->classes != classes || strcmp(f->row, r->name) != 0)
                        continue;
                    of = find_figure(measured, classes, r->row, f->instance);
                    if (of)
                        difference[n++] = f->accuracy - of->accuracy;
                }
                d = summarise_numbers(difference, n);
                half = n > 1 ? student_95(n - 1) * sqrt(d.variance / n) : -1;
            }
            cell(&t, "%d", classes), cell(&t, "%s", r->row), cell(&t, "%.3f", p.mean), cell(&t, "%.3f", base.mean);
            cell(&t, "%s", r->text), cell(&t, "%.3f", m.mean), cell(&t, "%.3f", deviation(&m)), cell(&t, "%d", m.n);
            interval(&t, m.mean - base.mean, half, "no difference shown", "differs");
            line_end(&t, 0);
        }
    table_end(&t, "Difference: reading minus row, 95 % interval; network by network where both use the same, else after "
                  "Welch.");
}

/* F5's points: series, classes, measured, deviation, published ("-" where there is none). */
static void accuracy_points(const figures *published, const figures *measured)
{
    static const char *const series[5] = { "sparse1_noise", "sparse_noise", "noise_best", "comparison_sparse",
                                           "comparison_mse" };
    char path[1000];
    outfile out;
    int k, c, j;
    snprintf(path, sizeof path, "%s/F5.points", directory);
    out_open(&out, path);
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
    char row[32], fault[64], *next;
    int line, classes, instance;
    double accuracy, rmse;
    for (line = 1; *text; text = next, line++) {
        next = strchr(text, '\n');
        if (next)
            *next++ = 0;
        else
            next = text + strlen(text);
        if (*text < '0' || *text > '9')
            continue;
        if (sscanf(text, "%6d\t%31s\t%6d\t%lf\t%lf", &classes, row, &instance, &accuracy, &rmse) != 5)
            return pen_fail(why, size, "line %d is not classes, row, instance, accuracy, rmse", line);
        if (add_figure(f, classes, instance, row, accuracy, rmse, fault, sizeof fault))
            return pen_fail(why, size, "line %d: %s", line, fault);
    }
    return f->n > 0 ? 0 : pen_fail(why, size, "holds no published figures");
}

/* Adds one result to the figures; `origin` is empty or where those before it come from. */
static int add_result(const result *r, const network *name, figures *f, char *why, size_t size)
{
    const char *accuracy = result_get(r, "accuracy"), *rmse = result_get(r, "rmse");
    char from[sizeof origin], *accuracy_end, *rmse_end;
    const double a = strtod(accuracy, &accuracy_end), e = strtod(rmse, &rmse_end);
    const double share = strtod(result_get(r, "latent_share"), NULL), means = strtod(result_get(r, "loss_means"), NULL);
    const double fit = strtod(result_get(r, "loss_fit"), NULL);
    if (accuracy_end == accuracy || rmse_end == rmse)
        return pen_fail(why, size, "has no accuracy and rmse between 0 and 1");
    snprintf(from, sizeof from, "Data: %s (%s), profile %s", result_get(r, "data"), result_get(r, "data_hash"),
             result_get(r, "profile"));
    if (origin[0] && strcmp(origin, from) != 0)
        return pen_fail(why, size, "comes from another run (\"%s\") than the results before it (\"%s\")", from, origin);
    strcpy(origin, from);
    if (!(share >= 0 && share <= 1 && means >= 0 && means < 1e9 && fit >= 0 && fit < 1e9))
        return pen_fail(why, size, "has a latent_share, loss_means or loss_fit that is no such number");
    if (add_figure(f, name->classes, name->instance, name->name, a, e, why, size))
        return -1;
    f->at[f->n - 1].share = share;
    f->at[f->n - 1].means = means;
    f->at[f->n - 1].fit = fit;
    return 0;
}

static void read_published(const char *path, figures *f)
{
    char *text, why[200];
    if (text_read(path, &text, why, sizeof why) || parse_published(text, f, why, sizeof why))
        die(path, "%s", why);
    free(text);
}

static void read_results(int n, char **paths, figures *f)
{
    static result r;
    char why[800];
    int k;
    for (k = 0; k < n; k++) {
        network name;
        if (!parse_name(paths[k], &name))
            die(paths[k], "the name is not CLASSES_ROW_vINSTANCE.tsv");
        if (result_read(&r, paths[k], why, sizeof why)
            || add_result(&r, &name, f, why, sizeof why))
            die(paths[k], "%s", why);
    }
}

int main(int argc, char **argv)
{
    figures published = { 0, NULL }, measured = { 0, NULL };
    int k, c;
    program = "tables";
    if (argc < 3)
        die(NULL, "usage: tables DIRECTORY published.tsv RESULT.tsv...");
    if (argc == 3)
        die(NULL, "there are no results");
    published.at = (figure *)get_memory(MOST, sizeof(figure));
    measured.at = (figure *)get_memory(MOST, sizeof(figure));
    snprintf(directory, sizeof directory, "%s", argv[1]);
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
    latent_table(&measured);
    data_table(&measured);
    readings_table(&measured, &published);
    accuracy_points(&published, &measured);
    printf("tables: %d results of %d networks put beside the published figures in %s\n", measured.n, argc - 3,
           directory);
    free(published.at);
    free(measured.at);
    return 0;
}
