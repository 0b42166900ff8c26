/* common.h: what the example programs share: data, the table of rows, and files.

   A program that fails prints one line, "program: file: what is wrong", and exits with 1.  Files are
   written with ic_write_file, whole: what was there before stays until something better is there. */
#ifndef COMMON_H
#define COMMON_H

#define _POSIX_C_SOURCE 200809L
#include "invclass.h"
#include "data/letters.h"
#include "data/uci.h"
#include <limits.h>
#include <time.h>
#include <unistd.h>

static const char *program = "program";

#if defined(__GNUC__)
__attribute__((noreturn, format(printf, 2, 3)))
#endif
PEN_FN void die(const char *file, const char *format, ...)
{
    va_list arguments;
    fprintf(stderr, "%s: %s%s", program, file ? file : "", file ? ": " : "");
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fputc('\n', stderr);
    exit(1);
}

PEN_FN void *get_memory(size_t count, size_t size)
{
    void *p = count > 0 && size > ((size_t)-1) / count ? NULL : calloc(count + !count, size);
    if (!p)
        die(NULL, "out of memory");
    return p;
}

PEN_FN float *get_floats(size_t rows, size_t cols)
{
    return (float *)get_memory(rows, cols * sizeof(float));
}

PEN_FN void check(ic_status status, const char *file)
{
    if (status != IC_OK)
        die(file, "%s", ic_status_text(status));
}

PEN_FN double seconds_now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* A whole number from the command line. */
PEN_FN int get_number(const char *what, const char *text, long low, long high)
{
    char *end;
    const long value = strtol(text, &end, 10);
    if (*text == 0 || *end != 0 || value < low || value > high)
        die(NULL, "%s: \"%s\" is not a whole number from %ld to %ld", what, text, low, high);
    return (int)value;
}

/* -- data -------------------------------------------------------------------------------------- */

/* The data set: the UCI file, or (path empty) the built-in letters. */
PEN_FN void load_data(const char *path, pen_set *set)
{
    pen_samples samples;
    char why[200];
    if (*path ? uci_read(path, &samples, why, sizeof why)
              : letters_make(2018, 0, &samples, why, sizeof why))
        die(*path ? path : "built-in letters", "%s", why);
    if (pen_prepare(&samples, set, why, sizeof why))
        die(*path ? path : "built-in letters", "%s", why);
    pen_samples_free(&samples);
}

/* The samples of the first k classes, shuffled and cut in three: training, validation (20 % of the
   training set) and test (20 % of all).  One split for every row and instance. */
typedef struct split {
    pen_set set;                      /* shuffled */
    int train, valid, test;           /* how many; they follow each other in this order */
} split;

PEN_FN void split_data(pen_set *set, int classes, split *out)
{
    const size_t d = PEN_STEPS * 2;
    int *order, i, rest;
    pen_keep_classes(set, classes);
    if (set->n < 5)
        die(NULL, "there are only %d samples of the first %d classes", set->n, classes);
    out->set = *set;
    out->set.xy = get_floats((size_t)set->n, d);
    out->set.label = (int *)get_memory((size_t)set->n, sizeof(int));
    out->set.length = (int *)get_memory((size_t)set->n, sizeof(int));
    order = (int *)get_memory((size_t)set->n, sizeof(int));
    ic_permutation(ic_random_key(2018, (uint64_t)classes), 0, set->n, order);
    for (i = 0; i < set->n; i++) {
        memcpy(out->set.xy + (size_t)i * d, set->xy + (size_t)order[i] * d, d * sizeof(float));
        out->set.label[i] = set->label[order[i]];
        out->set.length[i] = set->length[order[i]];
    }
    rest = set->n * 4 / 5;
    out->test = set->n - rest;
    out->valid = rest / 5;
    out->train = rest - out->valid;
    free(order);
    pen_set_free(set);
}

PEN_FN float *split_xy(const split *s, int first) { return s->set.xy + (size_t)first * PEN_STEPS * 2; }

/* -- files ------------------------------------------------------------------------------------- */

typedef struct outfile { FILE *file; char path[1024], *bytes; size_t size; } outfile;

/* What is printed to the stream is kept in memory, and written when it is whole. */
PEN_FN FILE *out_open(outfile *o, const char *path)
{
    if (strlen(path) >= sizeof o->path)
        die(path, "the name is too long");
    strcpy(o->path, path);
    o->file = open_memstream(&o->bytes, &o->size);
    if (!o->file)
        die(path, "out of memory");
    return o->file;
}

PEN_FN void out_close(outfile *o)
{
    if (ferror(o->file) | fclose(o->file))
        die(o->path, "out of memory");
    check(ic_write_file(o->path, o->bytes, o->size), o->path);
    free(o->bytes);
}

/* A whole text file; the caller frees *text. */
PEN_FN int text_read(const char *path, char **text, char *why, size_t size)
{
    unsigned char *bytes;
    size_t n = 0;
    if (uci_slurp(path, &bytes, &n, why, size))
        return -1;
    *text = (char *)bytes;
    (*text)[n] = 0;                     /* there is room for it */
    if (strlen(*text) == n)
        return 0;
    free(*text);
    return pen_fail(why, size, "is not text: it holds a zero byte");
}

/* A result file holds "key<tab>value" lines. */
#define RESULT_LINES 160
typedef struct result {
    int  n;
    char key[RESULT_LINES][32], value[RESULT_LINES][96];
} result;

/* Of its text, which is cut into pieces. */
PEN_FN int result_parse(result *r, char *text, char *why, size_t size)
{
    memset(r, 0, sizeof *r);
    while (*text) {
        char *tab = strchr(text, '\t'), *end = strchr(text, '\n');
        if (!tab || !end || tab > end || r->n == RESULT_LINES || tab - text > 31 || end - tab > 96)
            return pen_fail(why, size, "line %d is not \"key<tab>value\"", r->n + 1);
        *tab = *end = 0;
        strcpy(r->key[r->n], text);
        strcpy(r->value[r->n++], tab + 1);
        text = end + 1;
    }
    return 0;
}

PEN_FN int result_read(result *r, const char *path, char *why, size_t size)
{
    char *text;
    int status = text_read(path, &text, why, size);
    if (status == 0) {
        status = result_parse(r, text, why, size);
        free(text);
    }
    return status;
}

PEN_FN const char *result_get(const result *r, const char *key)
{
    int k;
    for (k = 0; k < r->n; k++)
        if (strcmp(r->key[k], key) == 0)
            return r->value[k];
    return "";
}

/* -- the rows of the tables -------------------------------------------------------------------- */

typedef struct budget { int updates, batch, draws; double rate; } budget;   /* batch 0: all pairs in every update */

/* What makes one row differ from the next: data, not code.  `budget`: of the quick profile, for 2, 4
   and 20 classes; no updates: the slides do not have it. */
typedef struct table_row {
    const char *name;
    double noise;        /* deviation of the noise on the input */
    int layers, types, centres, repeller, classifier;
    budget budget[3];
} table_row;

static const table_row table_rows[] = {
/*    name        noise layers types centres repeller classifier  2 classes             4 classes             20 classes */
    { "naked",             0.0, 1, 0, 0, 0, 0, { { 1000, 0, 1, .005 }, { 1500, 2, 1, .005 }, { 3600, 2, 1, .005 } } },
    { "ds",                0.0, 2, 0, 0, 0, 0, { { 1000, 0, 1, .005 }, { 1500, 2, 1, .005 }, { 2000, 2, 1, .005 } } },
    { "noise_01",          0.1, 1, 0, 0, 0, 0, { { 1500, 0, 1, .003 }, { 2000, 0, 1, .003 }, { 2200, 5, 1, .003 } } },
    { "noise_02",          0.2, 1, 0, 0, 0, 0, { { 1000, 0, 4, .003 }, { 2000, 0, 1, .003 }, { 2200, 5, 1, .003 } } },
    { "noise_03",          0.3, 1, 0, 0, 0, 0, { { 1000, 0, 4, .003 }, { 3000, 0, 1, .003 }, { 2200, 5, 1, .003 } } },
    { "noise_04",          0.4, 1, 0, 0, 0, 0, { { 1000, 0, 4, .003 }, { 3000, 0, 1, .003 }, { 2200, 5, 1, .003 } } },
    { "repeller",          0.0, 1, 0, 0, 1, 0, { { 1000, 0, 1, .005 }, { 1500, 2, 1, .005 }, { 3600, 2, 1, .005 } } },
    { "types",             0.0, 1, 4, 0, 0, 0, { { 1500, 2, 1, .005 }, { 2000, 2, 1, .005 }, { 3600, 2, 1, .005 } } },
    { "types_noise_03",    0.3, 1, 4, 0, 0, 0, { {    0, 0, 1, .003 }, {    0, 0, 1, .003 }, {  600, 5, 1, .003 } } },
    { "types_noise_04",    0.4, 1, 4, 0, 0, 0, { { 1200, 0, 1, .003 }, { 2800, 8, 1, .003 }, {    0, 0, 1, .003 } } },
    { "sparse_noise_03",   0.3, 1, 0, 4, 0, 0, { {    0, 0, 1, .003 }, {    0, 0, 1, .003 }, { 2200, 5, 1, .003 } } },
    { "sparse_noise_04",   0.4, 1, 0, 4, 0, 0, { { 1000, 0, 4, .003 }, { 3000, 0, 1, .003 }, {    0, 0, 1, .003 } } },
    { "sparse1_noise_03",  0.3, 1, 0, 1, 0, 0, { {    0, 0, 1, .003 }, {    0, 0, 1, .003 }, { 2200, 5, 1, .003 } } },
    { "sparse1_noise_04",  0.4, 1, 0, 1, 0, 0, { { 1000, 0, 4, .003 }, { 3000, 0, 1, .003 }, {    0, 0, 1, .003 } } },
    { "comparison_mse",    0.0, 1, 0, 0, 0, 1, { {  600, 8, 1, .001 }, { 1000, 8, 1, .002 }, { 2600, 8, 1, .002 } } },
    { "comparison_sparse", 0.0, 1, 0, 4, 0, 1, { {  600, 8, 1, .001 }, { 1000, 8, 1, .002 }, { 1000, 8, 1, .002 } } },
};
#define ROWS ((int)(sizeof table_rows / sizeof table_rows[0]))

PEN_FN const table_row *find_row(const char *name)
{
    int k;
    for (k = 0; k < ROWS; k++)
        if (strcmp(table_rows[k].name, name) == 0)
            return &table_rows[k];
    return NULL;
}

/* Where the original's text and its code disagree, the rows follow the code (but for the drifting
   start).  A reading is a row with one of the other choices; zero = as the row has it. */
typedef struct reading {
    const char *name, *row, *text;
    int same_network;        /* the choice concerns inverse classification: take the row's networks */
    ic_start start;
    double beta2;            /* of inverse classification */
    int noise_steps;
    int epochs, batch;       /* train on the samples, not on their means, as the original did */
    double rate;
} reading;

static const reading readings[] = {
    { "naked_drift",    "naked",    "start drifts",                        1, IC_START_DRIFT,   0,     0, 0,   0,  0 },
    { "noise_03_drift", "noise_03", "start drifts",                        1, IC_START_DRIFT,   0,     0, 0,   0,  0 },
    { "naked_beta",     "naked",    "beta2 0.999 in the descent",          1, IC_START_UNIFORM, 0.999, 0, 0,   0,  0 },
    { "noise_03_beta",  "noise_03", "beta2 0.999 in the descent",          1, IC_START_UNIFORM, 0.999, 0, 0,   0,  0 },
    { "noise_03_first", "noise_03", "noise on the first step",             0, IC_START_UNIFORM, 0,     1, 0,   0,  0 },
    { "naked_batch1",   "naked",    "100 epochs, batch 1, rate 0.001",     0, IC_START_UNIFORM, 0,     0, 100, 1,  .001 },
    { "noise_01_batch1", "noise_01", "100 epochs, batch 1, rate 0.001",    0, IC_START_UNIFORM, 0,     0, 100, 1,  .001 },
    { "naked_batch10",  "naked",    "100 epochs, batch 10, rate 0.001",    0, IC_START_UNIFORM, 0,     0, 100, 10, .001 },
    { "naked_rate",     "naked",    "100 epochs, batch 1, rate 0.0001",    0, IC_START_UNIFORM, 0,     0, 100, 1,  .0001 },
};
#define READINGS ((int)(sizeof readings / sizeof readings[0]))

PEN_FN const reading *find_reading(const char *name)
{
    int k;
    for (k = 0; k < READINGS; k++)
        if (strcmp(readings[k].name, name) == 0)
            return &readings[k];
    return NULL;
}

/* Which column of the budget: 2, 4 or 20 classes, or the next below. */
PEN_FN int budget_column(int classes) { return classes < 4 ? 0 : classes < 20 ? 1 : 2; }

/* What a file name says: CLASSES_ROW_vINSTANCE. */
typedef struct network {
    char name[32];           /* of the row or the reading */
    const table_row *row;    /* of a reading: the row it is one of */
    const reading *reading;  /* NULL: none */
    int classes, instance;
} network;

/* Takes a path apart; 0 if it is none of a network's. */
PEN_FN int parse_name(const char *path, network *out)
{
    const char *base = strrchr(path, '/') ? strrchr(path, '/') + 1 : path, *v;
    char *end;
    long classes, instance;
    size_t n;
    memset(out, 0, sizeof *out);
    classes = strtol(base, &end, 10);
    if (end == base || *end != '_' || classes < 1 || classes > PEN_CLASSES)
        return 0;
    base = end + 1;
    for (v = base; *v && !(v[0] == '_' && v[1] == 'v' && v[2] >= '0' && v[2] <= '9'); v++)
        ;
    n = (size_t)(v - base);
    if (!*v || n >= sizeof out->name)
        return 0;
    instance = strtol(v + 2, &end, 10);
    memcpy(out->name, base, n);
    out->reading = find_reading(out->name);
    out->row = find_row(out->reading ? out->reading->row : out->name);
    out->classes = (int)classes;
    out->instance = (int)instance;
    return (*end == '.' || *end == 0) && instance < INT_MAX && out->row;
}

#endif
