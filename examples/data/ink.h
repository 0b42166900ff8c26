/* ink.h: curves for the recogniser, from pen recordings (pen.h) and from the .ts files of time series archives.

   A .ts file has lines that begin with # (remarks) or @ (the header); after "@data" every line is a sample: its channels
   separated by ":", the numbers of a channel by ",", the class last.  "?" is a missing number; a point that misses one
   is left out, and the others keep their times.  The last channel may say where strokes begin: 0 at the first point of each,
   1 elsewhere.  It is taken to do so if it holds nothing but zeros and ones, of both some, and begins with a zero in every sample. */
#ifndef INK_H
#define INK_H

#include "invclass.h"
#include "letters.h"
#include "uci.h"

typedef struct ink {
    ic_samples samples;         /* the arrays below, as the library takes them */
    ic_curve *curve;
    int *label, *writer;        /* writer NULL: unknown */
    const char **name;          /* [classes] */
    float *number, *time;       /* points and times of all curves */
    unsigned char *begins;      /* NULL: no channel says where strokes begin */
    char *text;                 /* the file, which holds the names */
} ink;

PEN_FN void ink_free(ink *k)
{
    free(k->curve);
    free(k->label);
    free(k->writer);
    free((void *)k->name);
    free(k->number);
    free(k->time);
    free(k->begins);
    free(k->text);
    memset(k, 0, sizeof *k);
}

/* Room for n curves with so many numbers in all and, where times and strokes are told, points; 0 if there is none. */
PEN_FN int ink_make(ink *k, int n, size_t numbers, size_t points)
{
    memset(k, 0, sizeof *k);
    k->curve = (ic_curve *)calloc((size_t)n + 1, sizeof *k->curve);
    k->label = (int *)calloc((size_t)n + 1, sizeof *k->label);
    k->number = (float *)calloc(numbers + 1, sizeof *k->number);
    k->time = (float *)calloc(points + 1, sizeof *k->time);
    k->begins = (unsigned char *)calloc(points + 1, 1);
    k->samples.n = n;
    k->samples.curve = k->curve;
    k->samples.label = k->label;
    return k->curve && k->label && k->number && k->time && k->begins;
}

/* The letters of a recording: positions, each letter over its own length. */
PEN_FN int ink_from_pen(const pen_samples *s, ink *k, char *why, size_t size)
{
    static const char *const letters[PEN_CLASSES] = { "a", "b", "c", "d", "e", "g", "h", "l", "m", "n",
                                                      "o", "p", "q", "r", "s", "u", "v", "w", "y", "z" };
    size_t points = 0;
    float *to;
    int i, t;
    for (i = 0; i < s->n; i++)
        points += (size_t)s->length[i];
    if (!ink_make(k, s->n, 2 * points, 0)) {
        ink_free(k);
        return pen_fail(why, size, "out of memory");
    }
    for (i = 0, to = k->number; i < s->n; i++) {
        double x = 0, y = 0;
        k->label[i] = s->label[i];
        k->curve[i].n = s->length[i];
        k->curve[i].point = to;
        for (t = 0; t < s->length[i]; t++) {
            x += s->v[s->first[i] + 3 * (size_t)t];
            y += s->v[s->first[i] + 3 * (size_t)t + 1];
            *to++ = (float)x;
            *to++ = (float)y;
        }
    }
    k->samples.dims = 2;
    k->samples.classes = PEN_CLASSES;
    k->samples.name = letters;
    return 0;
}

/* Built-in letters (letters.h): so many of each of the twenty. */
PEN_FN int ink_letters(uint64_t seed, int each, ink *k, char *why, size_t size)
{
    pen_samples pen;
    int failed = letters_make(seed, each, &pen, why, size);
    if (!failed) {
        failed = ink_from_pen(&pen, k, why, size);
        pen_samples_free(&pen);
    }
    return failed;
}

/* One sample line, cut into its channels (and, last, the class); returns how many pieces. */
#define INK_CHANNELS 16
PEN_FN int ink_cut(char *line, char *piece[INK_CHANNELS])
{
    int n = 0;
    do
        piece[n++] = line;
    while (n < INK_CHANNELS && (line = strchr(line, ':')) != NULL && (*line++ = 0, 1));
    return n;
}

/* The next number of a channel: 1, or 0 if there is none left, or -1 if what stands there is no number. */
PEN_FN int ink_number(char **at, float *value, int *missing)
{
    char *end;
    while (**at == ' ')
        ++*at;
    if (**at == 0)
        return 0;
    *missing = **at == '?';
    if (*missing)
        end = *at + 1;
    else
        *value = strtof(*at, &end);
    while (*end == ' ')
        end++;
    if (end == *at || (*end != ',' && *end != 0) || (*end == ',' && end[1 + strspn(end + 1, " ")] == 0) || (!*missing && !(*value - *value == 0)))
        return -1;
    *at = *end ? end + 1 : end;
    return 1;
}

/* Whether a channel may say where strokes begin: zeros and ones, first a zero.  Counts the ones. */
PEN_FN int ink_is_pen(char *channel, int *ones)
{
    float value = 0;
    int missing = 0, first = 1;
    while (ink_number(&channel, &value, &missing) == 1) {
        if (missing || (value != 0 && value != 1) || (first && value != 0))
            return 0;
        first = 0;
        *ones += value == 1;
    }
    return !first;
}

/* What a line is: 0 nothing or a remark, 1 of the header, 2 "@data", 3 a sample. */
PEN_FN int ink_kind(const char *line)
{
    static const char data[] = "@data";
    int k;
    line += strspn(line, " \t");
    if (*line != '@')
        return *line == 0 || *line == '#' ? 0 : 3;
    for (k = 0; data[k] && (line[k] == data[k] || line[k] == data[k] - 'a' + 'A'); k++)
        ;
    return data[k] || line[k] ? 1 : 2;
}

/* Whether the last channel of all samples says where strokes begin. */
PEN_FN int ink_has_pen(char *text, int labelled)
{
    int ones = 0, pen = 1, in_data = !labelled;
    while (pen && *text) {
        char *end = text + strcspn(text, "\r\n"), was = *end, *class_at = NULL, *channel;
        *end = 0;
        in_data |= ink_kind(text) == 2;
        if (in_data && ink_kind(text) == 3) {
            class_at = labelled ? strrchr(text, ':') : NULL;
            if (class_at)
                *class_at = 0;
            channel = strrchr(text, ':');
            pen = channel && ink_is_pen(channel + 1, &ones);
            if (class_at)
                *class_at = ':';
        }
        *end = was;
        text = end + (was != 0);
    }
    return pen && ones > 0;
}

/* Reads one curve from its channels; `point`, `time` and `begins` have room for it.  Returns 0, or -1. */
PEN_FN int ink_curve(char **channel, int dims, int pen, ic_curve *c, float *point, float *time, unsigned char *begins,
                     char *why, size_t size)
{
    float value[INK_CHANNELS] = { 0 };
    int k, n = 0, all, missing, got, pending = 0;
    for (all = 0;; all++) {
        int lost = 0, ended = 0;
        for (k = 0; k < dims + pen; k++) {
            got = ink_number(&channel[k], &value[k], &missing);
            if (got < 0)
                return pen_fail(why, size, "channel %d, number %d is not a number", k + 1, all + 1);
            ended += got == 0;
            lost |= got == 1 && missing;
        }
        if (ended == dims + pen)
            break;
        if (ended)
            return pen_fail(why, size, "its channels have different lengths");
        if (pen && !lost && value[dims] != 0 && value[dims] != 1)
            return pen_fail(why, size, "channel %d says where strokes begin, by 0 or 1: number %d is neither", dims + 1, all + 1);
        pending |= pen && value[dims] == 0;
        if (lost)
            continue;
        for (k = 0; k < dims; k++)
            point[n * dims + k] = value[k];
        time[n] = (float)all;
        begins[n++] = (unsigned char)pending;
        pending = 0;
    }
    if (n == 0)
        return pen_fail(why, size, "it has no point");
    c->n = n;
    c->point = point;
    c->time = time;
    c->begins = pen ? begins : NULL;
    return 0;
}

/* The class `name` among the names so far, which it joins if it is new; -1: no room. */
PEN_FN int ink_class(const char **name, int *classes, int most, const char *text)
{
    int c;
    for (c = 0; c < *classes; c++)
        if (strcmp(name[c], text) == 0)
            return c;
    if (*classes == most)
        return -1;
    name[*classes] = text;
    return (*classes)++;
}

/* Takes a .ts text apart, which it keeps.  `known` [classes] are names that have their numbers already (NULL: none);
   others follow them as they come.  `labelled` 0: no class stands in the lines, and no header need be there.  `dims`:
   numbers a point; 0: as the samples have them. */
PEN_FN int ink_parse(char *text, int labelled, const char *const *known, int classes, int dims, ink *out, char *why, size_t size)
{
    enum { MOST = 4096 };
    size_t numbers = 1, at = 0;                           /* as many as there can be; points so far */
    int n = 0, number = 0, pen = 0, given = dims > 0, in_data = !labelled, k;
    char *p = strncmp(text, "\xef\xbb\xbf", 3) == 0 ? text + 3 : text, *line, *piece[INK_CHANNELS];      /* without a byte order mark */
    const int strokes = !given && ink_has_pen(p, labelled);
    for (k = 0; text[k]; k++) {
        numbers += text[k] == ',' || text[k] == ':' || text[k] == '\n';
        n += text[k] == '\n';
    }
    if (!ink_make(out, n + 1, numbers, numbers) || (out->name = (const char **)calloc(MOST, sizeof *out->name)) == NULL) {
        ink_free(out);
        free(text);
        return pen_fail(why, size, "out of memory");
    }
    out->text = text;
    for (k = 0; known && k < classes; k++)
        out->name[k] = known[k];
    out->samples.classes = known ? classes : 0;
    for (n = 0; (line = pen_line(&p)) != NULL; ) {
        int pieces, failed, label = 0;
        char here[160] = "";
        number++;
        in_data |= ink_kind(line) == 2;
        if (ink_kind(line) < 3)
            continue;
        if (!in_data) {
            ink_free(out);
            return pen_fail(why, size, "line %d: a sample before @data: is this a .ts file?", number);
        }
        pieces = ink_cut(line, piece) - labelled;
        if (n == 0) {                                     /* what the channels are, by the first sample */
            pen = given ? pieces == dims + 1 : strokes;
            dims = given ? dims : pieces - pen;
        }
        if (!labelled && !strchr(piece[pieces - 1], ',') && !strchr(piece[pieces - 1], ':') && piece[pieces - 1][strspn(piece[pieces - 1], "+-.0123456789eE ?")])
            failed = pen_fail(here, sizeof here, "its last field is no channel: does a class stand in it?");
        else if (strchr(piece[pieces - !labelled], ':'))
            failed = pen_fail(here, sizeof here, "it has more than %d channels", INK_CHANNELS - labelled);
        else if (labelled && strchr(piece[pieces], ','))
            failed = pen_fail(here, sizeof here, "its last field has commas: is its class missing?");
        else if (pieces != dims + pen || dims < 1 || dims > IC_MAX_SPACE)
            failed = pen_fail(here, sizeof here, n ? "it has %d channels, those before %d" : given ? "it has %d channels, not %d and perhaps one for the pen"
                              : "it has %d channels; 1 to 4 are possible, and one for the pen", pieces, n ? dims + pen : dims);
        else
            failed = ink_curve(piece, dims, pen, &out->curve[n], out->number + at * (size_t)dims, out->time + at, out->begins + at,
                               here, sizeof here);
        if (!failed && labelled) {
            label = *piece[pieces] && strlen(piece[pieces]) < IC_NAME ? ink_class(out->name, &out->samples.classes, MOST, piece[pieces]) : -2;
            if (label < 0)
                failed = label == -1 ? pen_fail(here, sizeof here, "it is of one class more than %d", MOST)
                                     : pen_fail(here, sizeof here, "its class should have a name of 1 to %d bytes", IC_NAME - 1);
        }
        if (failed) {
            ink_free(out);
            return pen_fail(why, size, "line %d: %s", number, here);
        }
        out->label[n] = label;
        at += (size_t)out->curve[n++].n;
    }
    out->samples.n = n;
    out->samples.dims = dims;
    out->samples.name = out->name;
    if (n == 0) {
        ink_free(out);
        return pen_fail(why, size, "it has no samples");
    }
    return 0;
}

/* The writers of the samples, from a table whose second column names them: a heading, then a line a sample. */
PEN_FN int ink_writers(char *text, ink *k, char *why, size_t size)
{
    char *p = text, *line = pen_line(&p);
    const char **name = (const char **)calloc((size_t)k->samples.n + 1, sizeof *name);
    int n = 0, writers = 0;
    k->writer = (int *)calloc((size_t)k->samples.n + 1, sizeof *k->writer);
    while (line && k->writer && name && (line = pen_line(&p)) != NULL) {
        char *tab = strchr(line, '\t'), *end = tab ? tab + 1 + strcspn(tab + 1, "\t") : NULL;
        if (!tab || n == k->samples.n)
            break;
        *end = 0;
        k->writer[n++] = ink_class(name, &writers, k->samples.n, tab + 1);
    }
    free((void *)name);
    k->samples.writer = k->writer;
    if (n == k->samples.n && !line)
        return 0;
    return pen_fail(why, size, "line %d: it should name the writers of %d samples, one a line, in its second column", n + 2, k->samples.n);
}

#endif
