/* common.h: what the example programs share: failing, arguments, data, files.

   A program that fails prints one line, "program: file: what is wrong", and exits with 1.  Files are
   written with ic_write_file, whole: what was there before stays until something better is there. */
#ifndef COMMON_H
#define COMMON_H

#define _POSIX_C_SOURCE 200809L
#include "invclass.h"
#include "data/letters.h"
#include "data/uci.h"
#include <errno.h>
#include <limits.h>
#include <sys/stat.h>
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
    if (status == IC_E_OPEN && (errno == ENOENT || errno == EACCES || errno == EISDIR || errno == ENOTDIR || errno == EROFS))
        die(file, "%s: %s", ic_status_text(status), strerror(errno));
    if (status != IC_OK)
        die(file, "%s", ic_status_text(status));
}

/* A file that will be written after long work: if it could not be, that is said now. */
PEN_FN void must_be_writable(const char *path)
{
    const char *slash = strrchr(path, '/');
    char folder[4096];
    struct stat there;
    if (stat(path, &there) == 0 && S_ISDIR(there.st_mode) && slash != path + strlen(path) - 1)
        die(path, "cannot be written: %s", strerror(EISDIR));
    snprintf(folder, sizeof folder, "%.*s", slash ? (int)(slash - path) + 1 : 1, slash ? path : ".");
    if (access(folder, W_OK | X_OK) != 0)
        die(path, "cannot be written: %s", strerror(errno));
}

/* What a program that prints its results ends with: were they all written? */
PEN_FN int printed(void)
{
    if (fflush(stdout) | ferror(stdout))
        die(NULL, "the output cannot be written");
    return 0;
}

PEN_FN double seconds_now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* Of the processor: what else the machine does is not counted. */
PEN_FN double processor_seconds(void) { return (double)clock() / CLOCKS_PER_SEC; }

/* A whole number from the command line. */
PEN_FN int get_number(const char *what, const char *text, long low, long high)
{
    char *end;
    const long value = strtol(text, &end, 10);
    if (*text == 0 || *end != 0 || value < low || value > high)
        die(NULL, "%s: \"%s\" is not a whole number from %ld to %ld", what, text, low, high);
    return (int)value;
}

PEN_FN double get_real(const char *what, const char *text, double low, double high)
{
    char *end;
    const double value = strtod(text, &end);
    if (*text == 0 || *end != 0 || !(value >= low && value <= high))
        die(NULL, "%s: \"%s\" is not a number from %g to %g", what, text, low, high);
    return value;
}

/* An argument "name=value". */
typedef struct option { const char *name, **value; } option;

/* Takes them out of argv, and returns how many other arguments are left, argv[0] counted. */
PEN_FN int take_options(int argc, char **argv, const option *options, int n)
{
    int k, j, left = 0;
    for (k = 0; k < argc; k++) {
        const char *sign = k > 0 ? strchr(argv[k], '=') : NULL;
        for (j = 0; sign && j < n; j++)
            if (strlen(options[j].name) == (size_t)(sign - argv[k])
                && strncmp(argv[k], options[j].name, (size_t)(sign - argv[k])) == 0)
                break;
        if (!sign)
            argv[left++] = argv[k];
        else if (j < n)
            *options[j].value = sign + 1;
        else
            die(NULL, "unknown argument \"%s\"", argv[k]);
    }
    return left;
}

/* -- data -------------------------------------------------------------------------------------- */

/* What was recorded: the UCI file, or (path empty) the built-in letters. */
PEN_FN void load_samples(const char *path, pen_samples *samples)
{
    char why[200];
    if (*path ? uci_read(path, samples, why, sizeof why) : letters_make(2018, 0, samples, why, sizeof why))
        die(*path ? path : "built-in letters", "%s", why);
}

/* The data set made of it. */
PEN_FN void load_data(const char *path, pen_set *set)
{
    pen_samples samples;
    char why[200];
    load_samples(path, &samples);
    if (pen_prepare(&samples, set, why, sizeof why))
        die(*path ? path : "built-in letters", "%s", why);
    pen_samples_free(&samples);
}

/* The positions 0..n-1 in random order, to be freed: the first four fifths are to train on, the rest to test. */
PEN_FN int *shuffled(uint64_t seed, uint64_t stream, int n)
{
    int *order = (int *)get_memory((size_t)n, sizeof(int));
    ic_permutation(ic_random_key(2018, seed), stream, n, order);
    return order;
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
    order = shuffled((uint64_t)classes, 0, set->n);
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

enum { PATH = 1024 };

/* Puts a path together; one that is too long ends the program. */
PEN_FN void path_of(char path[PATH], const char *format, ...)
{
    va_list arguments;
    int n;
    va_start(arguments, format);
    n = vsnprintf(path, PATH, format, arguments);
    va_end(arguments);
    if (n >= PATH)
        die(path, "the name is too long");
}

typedef struct outfile { FILE *file; char path[PATH], *bytes; size_t size; } outfile;

/* What is printed to the stream is kept in memory, and written when it is whole. */
PEN_FN FILE *out_open(outfile *o, const char *path)
{
    path_of(o->path, "%s", path);
    o->file = open_memstream(&o->bytes, &o->size);
    if (!o->file)
        die(path, "out of memory");
    return o->file;
}

PEN_FN void out_close(outfile *o)
{
    int failed = ferror(o->file);
    failed |= fclose(o->file);
    if (failed)
        die(o->path, "out of memory");
    check(ic_write_file(o->path, o->bytes, o->size), o->path);
    free(o->bytes);
}

/* A whole text file (NULL: standard input); the caller frees *text. */
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

/* The same, or NULL if there is no such file. */
PEN_FN char *text_if_there(const char *path)
{
    char *text, why[200];
    if (access(path, F_OK) != 0)
        return NULL;
    if (text_read(path, &text, why, sizeof why))
        die(path, "%s", why);
    return text;
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

#endif
