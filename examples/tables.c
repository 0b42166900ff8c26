/* tables: puts measured figures beside the published ones.

       tables DIRECTORY published.tsv RESULT.tsv...

   Writes DIRECTORY/ID.tsv and ID.md for every table that the results allow, and names those they do
   not.  A mean "agrees" with the published one if the 95 % interval of their difference (Welch 1947)
   holds zero; the interval stands beside the verdict, for one that is wide agrees with much. */
#define INVCLASS_IMPLEMENTATION
#include "common.h"

#define MOST 4096

typedef struct figure { int classes, instance; char row[32]; double accuracy, rmse; } figure;
typedef struct figures { int n; figure *at; } figures;

typedef struct sample { int n; double mean, variance; } sample;   /* variance: with n - 1 */

static sample summarise(const figures *f, int classes, const char *row, int rmse)
{
    sample s = { 0, 0, 0 };
    int k;
    for (k = 0; k < f->n; k++)
        if (f->at[k].classes == classes && strcmp(f->at[k].row, row) == 0)
            s.n++, s.mean += rmse ? f->at[k].rmse : f->at[k].accuracy;
    s.mean /= s.n ? s.n : 1;
    for (k = 0; k < f->n; k++)
        if (f->at[k].classes == classes && strcmp(f->at[k].row, row) == 0) {
            const double d = (rmse ? f->at[k].rmse : f->at[k].accuracy) - s.mean;
            s.variance += d * d;
        }
    s.variance /= s.n > 1 ? s.n - 1 : 1;
    return s;
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

/* Half the width of the 95 % interval of a difference of means; negative if there is none. */
static double half_width(const sample *a, const sample *b)
{
    const double va = a->variance / a->n, vb = b->variance / b->n;
    double freedom, low = 0, high = 200;
    int k;
    if (a->n < 2 || b->n < 2)
        return -1;
    if (va + vb <= 0)
        return 0;
    freedom = (va + vb) * (va + vb) / (va * va / (a->n - 1) + vb * vb / (b->n - 1));
    for (k = 0; k < 60; k++) {
        const double t = (low + high) / 2;
        if (student_share(t, freedom) < 0.95)
            low = t;
        else
            high = t;
    }
    return low * sqrt(va + vb);
}

/* -- a table is lines of cells, written twice -------------------------------------------------- */

typedef struct table { FILE *tsv, *md; outfile tsv_out, md_out; int column; } table;

static char directory[900], origin[256];

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

static void table_end(table *t)
{
    fprintf(t->tsv, "# %s\n", origin);
    fprintf(t->md, "\n%s. Difference: measured minus published, 95 %% interval after Welch.\n", origin);
    out_close(&t->tsv_out);
    out_close(&t->md_out);
}

/* The last cells of a line: interval of the difference and verdict. */
static void verdict(table *t, const sample *published, const sample *measured)
{
    const double d = measured->mean - published->mean, half = half_width(published, measured);
    if (half < 0) {
        cell(t, "-"), cell(t, "-"), cell(t, "too few");
    } else {
        cell(t, "%+.3f", d - half), cell(t, "%+.3f", d + half);
        cell(t, d - half <= 1e-9 && d + half >= -1e-9 ? "agrees" : "differs");
    }
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
    const sample p = summarise(published, classes, row, 0), m = summarise(measured, classes, row, 0);
    const sample pr = summarise(published, classes, row, 1), mr = summarise(measured, classes, row, 1);
    table t;
    int instance, k, j;
    if (m.n == 0)
        return 0;
    table_begin(&t, id, title);
    cell(&t, "instance"), cell(&t, "published_accuracy"), cell(&t, "published_rmse"), cell(&t, "accuracy");
    cell(&t, "rmse"), cell(&t, "difference_low"), cell(&t, "difference_high"), cell(&t, "verdict");
    line_end(&t, 1);
    for (instance = 0; instance < 1000; instance++) {
        for (k = 0; k < measured->n && !(measured->at[k].classes == classes && measured->at[k].instance == instance
                                         && strcmp(measured->at[k].row, row) == 0); k++)
            ;
        if (k == measured->n)
            continue;
        cell(&t, "v%d", instance);
        for (j = 0; j < published->n && !(published->at[j].classes == classes && published->at[j].instance == instance
                                          && strcmp(published->at[j].row, row) == 0); j++)
            ;
        if (j < published->n)
            cell(&t, "%.4f", published->at[j].accuracy), cell(&t, "%.4f", published->at[j].rmse);
        else
            cell(&t, "-"), cell(&t, "-");
        cell(&t, "%.4f", measured->at[k].accuracy), cell(&t, "%.4f", measured->at[k].rmse);
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
    table_end(&t);
    return 1;
}

/* T2D and its kind: the mean accuracy of every row. */
static int classes_table(const char *id, int classes, const figures *published, const figures *measured)
{
    char title[64];
    table t;
    int k, lines = 0;
    for (k = 0; k < ROWS; k++)
        lines += summarise(measured, classes, rows[k].name, 0).n > 0;
    if (lines == 0)
        return 0;
    snprintf(title, sizeof title, "mean accuracy, %d classes", classes);
    table_begin(&t, id, title);
    comparison_header(&t, "row");
    for (k = 0; k < ROWS; k++) {
        const sample m = summarise(measured, classes, rows[k].name, 0);
        const sample p = summarise(published, classes, rows[k].name, 0);
        if (m.n > 0)
            comparison_line(&t, rows[k].name, &p, &m);
    }
    cell(&t, "random_values"), cell(&t, "%.3f", 1.0 / classes), cell(&t, "%.3f", 1.0 / classes);
    for (k = 0; k < 5; k++)
        cell(&t, "-");
    line_end(&t, 0);
    table_end(&t);
    return 1;
}

static const int class_counts[3] = { 2, 4, 20 };

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
        lines += summarise(measured, class_counts[k], row_name("sparse1_noise", class_counts[k]), 0).n > 0;
    if (lines == 0)
        return 0;
    table_begin(&t, id, "one centre a class, with noise (sparse1_noise)");
    comparison_header(&t, "figure");
    for (rmse = 0; rmse < 2; rmse++)
        for (k = 0; k < 3; k++) {
            const char *row = row_name("sparse1_noise", class_counts[k]);
            const sample m = summarise(measured, class_counts[k], row, rmse);
            const sample p = summarise(published, class_counts[k], row, rmse);
            char name[48];
            snprintf(name, sizeof name, "%s %d classes", rmse ? "RMSE" : "accuracy", class_counts[k]);
            if (m.n > 0)
                comparison_line(&t, name, &p, &m);
        }
    table_end(&t);
    return 1;
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
                m = summarise(measured, class_counts[c], row, 0);
                p = summarise(published, class_counts[c], row, 0);
            }
            for (j = 1; k == 2 && j <= 4; j++) {              /* the best of noise_01 .. noise_04 */
                char row[16];
                sample one;
                snprintf(row, sizeof row, "noise_0%d", j);
                one = summarise(measured, class_counts[c], row, 0);
                m = one.n > 0 && one.mean > m.mean ? one : m;
                one = summarise(published, class_counts[c], row, 0);
                p = one.n > 0 && one.mean > p.mean ? one : p;
            }
            fprintf(out.file, "%s\t%d\t", series[k], class_counts[c]);
            fprintf(out.file, m.n ? "%.4f\t%.4f\t" : "-\t-\t", m.mean, deviation(&m));
            fprintf(out.file, p.n ? "%.4f\n" : "-\n", p.mean);
        }
    out_close(&out);
}

static void add_figure(figures *f, int classes, int instance, const char *row, double accuracy, double rmse)
{
    figure *to;
    if (f->n == MOST)
        die(NULL, "more than %d results", MOST);
    to = &f->at[f->n++];
    to->classes = classes;
    to->instance = instance;
    snprintf(to->row, sizeof to->row, "%s", row);
    to->accuracy = accuracy;
    to->rmse = rmse;
}

static void read_published(const char *path, figures *f)
{
    char line[256], row[32];
    FILE *file = fopen(path, "rb");
    int classes, instance;
    double accuracy, rmse;
    if (!file)
        die(path, "cannot be opened");
    while (fgets(line, sizeof line, file))
        if (sscanf(line, "%d %31s %d %lf %lf", &classes, row, &instance, &accuracy, &rmse) == 5)
            add_figure(f, classes, instance, row, accuracy, rmse);
    fclose(file);
    if (f->n == 0)
        die(path, "holds no published figures");
}

static void read_results(int n, char **paths, figures *f)
{
    static result r;
    char first[256] = "", this_one[256], why[200], *end;
    int k;
    double accuracy, rmse;
    for (k = 0; k < n; k++) {
        network name;
        if (!parse_name(paths[k], &name))
            die(paths[k], "the name is not CLASSES_ROW_vINSTANCE.tsv");
        if (result_read(&r, paths[k], why, sizeof why))
            die(paths[k], "%s", why);
        accuracy = strtod(result_get(&r, "accuracy"), &end);
        rmse = strtod(result_get(&r, "rmse"), NULL);
        if (end == result_get(&r, "accuracy") || !(accuracy >= 0 && accuracy <= 1) || !(rmse >= 0 && rmse <= 1))
            die(paths[k], "has no accuracy and rmse between 0 and 1");
        snprintf(this_one, sizeof this_one, "Data: %s (%s), profile %s", result_get(&r, "data"),
                 result_get(&r, "data_hash"), result_get(&r, "profile"));
        if (k > 0 && strcmp(first, this_one) != 0)
            die(paths[k], "comes from another run (\"%s\") than the results before it (\"%s\")", this_one, first);
        strcpy(first, this_one);
        add_figure(f, name.classes, name.instance, name.name, accuracy, rmse);
    }
    snprintf(origin, sizeof origin, "%s", first);
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
            snprintf(id, sizeof id, "instances_%d_%s", class_counts[c], rows[k].name);
            snprintf(title, sizeof title, "%s, %d classes, every instance", rows[k].name, class_counts[c]);
            instances_table(id, title, class_counts[c], rows[k].name, &published, &measured);
        }
    accuracy_points(&published, &measured);
    printf("tables: %d results of %d networks put beside the published figures in %s\n", measured.n, argc - 3,
           directory);
    free(published.at);
    free(measured.at);
    return 0;
}
