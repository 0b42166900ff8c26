/* uci.h: reads the UCI "Character Trajectories" file, mixoutALL_shifted.mat (Williams, Toussaint &
   Storkey 2006), 2858 letters written by one person.

   The file is a MATLAB level 5 MAT-file: 128 bytes of header, then elements.

       element   tag, data, padding to 8 bytes         tag: type (4 bytes), size of the data (4)
       small     size in the upper half of the first word: up to 4 bytes of data stand in the tag
       type 15   zlib data that hold one element, without padding
       type 14   a matrix: itself a row of elements, namely
                     flags (class in the lowest byte), dimensions, name, and
                     cell: a matrix for each entry         numbers: one element of data
                     struct: length of a field name, all field names, a matrix for each field

   Wanted are the cell `mixout`, 1 x N with a 3 x T matrix each (rows x velocity, y velocity, force),
   and of the struct `consts` the field `charlabels` (1..20).  Everything else is stepped over.
   Numbers may be stored in any type that holds them.  No size is believed before it is compared
   with what is left of its surroundings, so any bytes are safe to read. */
#ifndef UCI_H
#define UCI_H

#include "inflate.h"

/* Caps, in bytes: no file above the first is read (the real one has 7.8 million), and its elements
   may unpack to no more than the second in all (of the real one, to 1.6 times its size).  A small
   file that claims to hold gigabytes is refused after a moment, in memory in proportion to its size. */
#define UCI_FILE_LIMIT ((size_t)64 << 20)
#define UCI_UNPACKED_LIMIT(n) ((n) < UCI_FILE_LIMIT / 32 ? 32 * (n) : UCI_FILE_LIMIT)

typedef struct uci_span { const unsigned char *p; size_t n; } uci_span;

typedef struct uci_matrix {
    int class_id;               /* 1 cell, 2 struct, 4 char, 6..15 numbers */
    long rows, cols;
    char name[32];
    uci_span rest;              /* what follows the name */
} uci_matrix;

PEN_FN uint32_t uci_word(const unsigned char *p)
{
    return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

/* Takes the next element off the front of a span; 0 if there is no whole one. */
PEN_FN int uci_element(uci_span *from, int *type, uci_span *data)
{
    uint32_t first;
    size_t whole;
    if (from->n < 8)
        return 0;
    first = uci_word(from->p);
    if (first >> 16) {                                    /* a small element */
        *type = (int)(first & 0xffff);
        data->p = from->p + 4;
        data->n = first >> 16;
        if (data->n > 4)
            return 0;
        whole = 8;
    } else {
        *type = (int)first;
        data->p = from->p + 8;
        data->n = uci_word(from->p + 4);
        if (data->n > from->n - 8)
            return 0;
        whole = 8 + data->n;
        if (*type != 15)
            whole = (whole + 7) / 8 * 8;
        if (whole > from->n)                              /* the last one may lack its padding */
            whole = from->n;
    }
    from->p += whole;
    from->n -= whole;
    return 1;
}

/* Reads flags, dimensions and name of a matrix.  A matrix of no bytes is an empty one. */
PEN_FN int uci_open_matrix(uci_span data, uci_matrix *m)
{
    uci_span part;
    int type;
    memset(m, 0, sizeof *m);
    m->rest = data;
    if (data.n == 0)
        return 1;
    if (!uci_element(&m->rest, &type, &part) || type != 6 || part.n < 8)
        return 0;
    m->class_id = part.p[0];
    if (!uci_element(&m->rest, &type, &part) || type != 5 || part.n < 8)
        return 0;
    m->rows = (long)uci_word(part.p);
    m->cols = (long)uci_word(part.p + 4);
    if (!uci_element(&m->rest, &type, &part) || type != 1)
        return 0;
    memcpy(m->name, part.p, part.n < sizeof m->name - 1 ? part.n : sizeof m->name - 1);
    return 1;
}

/* Takes the next matrix off a span. */
PEN_FN int uci_next_matrix(uci_span *from, uci_matrix *m)
{
    uci_span data;
    int type;
    return uci_element(from, &type, &data) && type == 14 && uci_open_matrix(data, m);
}

/* Bytes of a number of each type; 0: the type has none. */
static const unsigned char uci_width[10] = { 0, 1, 1, 2, 2, 4, 4, 4, 0, 8 };

/* Number k of an element of numbers, whatever type it is stored in. */
PEN_FN double uci_number(int type, const unsigned char *p, size_t k)
{
    uint64_t bits = 0;
    float single;
    double value;
    int b;
    for (b = 0; b < uci_width[type]; b++)
        bits |= (uint64_t)p[k * uci_width[type] + (size_t)b] << (8 * b);
    switch (type) {
    case 1: return (double)(int8_t)(uint8_t)bits;
    case 3: return (double)(int16_t)(uint16_t)bits;
    case 5: return (double)(int32_t)(uint32_t)bits;
    case 7: { const uint32_t word = (uint32_t)bits; memcpy(&single, &word, 4); return (double)single; }
    case 9: memcpy(&value, &bits, 8); return value;
    default: return (double)bits;                         /* unsigned: 2, 4, 6 */
    }
}

/* How many numbers an element holds; 0 if it is of a type without numbers. */
PEN_FN size_t uci_count(int type, size_t bytes)
{
    return type >= 1 && type <= 9 && uci_width[type] ? bytes / uci_width[type] : 0;
}

/* The two things wanted, where they were found. */
typedef struct uci_found { uci_matrix mixout, labels; int have_mixout, have_labels; } uci_found;

/* The fields of `consts`: an element with the length of a name, one with all names, the matrices. */
PEN_FN int uci_find_labels(uci_matrix *m, uci_found *found)
{
    uci_span part, names;
    int type;
    size_t width, k;
    if (!uci_element(&m->rest, &type, &part) || part.n < 4 || !uci_element(&m->rest, &type, &names))
        return 0;
    width = uci_word(part.p);
    if (width < 1 || width > 64)
        return 0;
    for (k = 0; (k + 1) * width <= names.n; k++) {
        uci_matrix field;
        if (!uci_next_matrix(&m->rest, &field))
            return 0;
        if (width > 10 && memcmp(names.p + k * width, "charlabels", 11) == 0) {
            found->labels = field;
            found->have_labels = 1;
        }
    }
    return 1;
}

PEN_FN int uci_look_at(uci_span data, uci_found *found)
{
    uci_matrix m;
    if (!uci_open_matrix(data, &m))
        return 0;
    if (m.class_id == 1 && strcmp(m.name, "mixout") == 0) {
        found->mixout = m;
        found->have_mixout = 1;
    }
    return !(m.class_id == 2 && strcmp(m.name, "consts") == 0) || uci_find_labels(&m, found);
}

/* Turns what was found into samples. */
PEN_FN int uci_collect(const uci_found *found, pen_samples *out, char *why, size_t size)
{
    const long n = found->mixout.cols;
    uci_span cells = found->mixout.rest, labels = found->labels.rest, part;
    uci_matrix cell;
    int type, label_type, i;
    size_t values = 0, k;
    if (found->mixout.rows != 1 || n < 1 || (size_t)n > cells.n / 8)
        return pen_fail(why, size, "mixout should be a row of samples, but its size is %ld x %ld",
                        found->mixout.rows, n);
    if (!uci_element(&labels, &label_type, &part) || uci_count(label_type, part.n) < (size_t)n)
        return pen_fail(why, size, "charlabels holds fewer labels than there are samples (%ld)", n);
    labels = part;
    for (i = 0; i < n; i++) {                              /* first look: shapes */
        if (!uci_next_matrix(&cells, &cell) || !uci_element(&cell.rest, &type, &part))
            return pen_fail(why, size, "sample %d of mixout is damaged", i);
        if (cell.class_id < 6 || cell.rows != 3 || cell.cols < 1 || cell.cols > PEN_STEPS
            || uci_count(type, part.n) < 3 * (size_t)cell.cols)
            return pen_fail(why, size, "sample %d of mixout should be 3 x T with T at most %d, "
                            "but is %ld x %ld", i, PEN_STEPS, cell.rows, cell.cols);
        values += 3 * (size_t)cell.cols;
    }
    if (pen_samples_make(out, (int)n, values))
        return pen_fail(why, size, "out of memory");
    cells = found->mixout.rest;
    for (i = 0, values = 0; i < n; i++) {
        const double label = uci_number(label_type, labels.p, (size_t)i);
        uci_next_matrix(&cells, &cell);
        uci_element(&cell.rest, &type, &part);
        if (!(label >= 1 && label <= PEN_CLASSES && label == floor(label))) {
            pen_samples_free(out);
            return pen_fail(why, size, "the label of sample %d is not one of 1 to %d", i, PEN_CLASSES);
        }
        out->label[i] = (int)label - 1;
        out->length[i] = (int)cell.cols;
        out->first[i] = values;
        for (k = 0; k < 3 * (size_t)cell.cols; k++) {      /* columns first: x, y, force of each step */
            const double value = uci_number(type, part.p, k);
            if (!(fabs(value) < 1e9)) {
                pen_samples_free(out);
                return pen_fail(why, size, "sample %d holds a value that is NaN, infinite or absurd", i);
            }
            out->v[values++] = value;
        }
    }
    snprintf(out->source, sizeof out->source, "UCI Character Trajectories");
    pen_identify(out);
    return 0;
}

/* Reads the bytes of a MAT-file. */
PEN_FN int uci_parse(const unsigned char *bytes, size_t n, pen_samples *out, char *why, size_t size)
{
    unsigned char *unpacked[64];              /* elements stay in memory until the samples are made */
    size_t room = UCI_UNPACKED_LIMIT(n), at;
    uci_span rest, data, inner;
    uci_found found;
    int count = 0, type, status = 0;
    memset(out, 0, sizeof *out);
    memset(&found, 0, sizeof found);
    if (n >= 8 && memcmp(bytes, "\211HDF\r\n\032\n", 8) == 0)
        return pen_fail(why, size, "this is a MATLAB 7.3 (HDF5) file; the UCI file is level 5");
    if (n < 128 || memcmp(bytes, "MATLAB 5.0", 10) != 0)
        return pen_fail(why, size, "this is not a MATLAB level 5 file");
    if (bytes[126] != 'I' || bytes[127] != 'M')
        return pen_fail(why, size, "the byte order is not little-endian");
    rest.p = bytes + 128;
    rest.n = n - 128;
    while (status == 0 && rest.n > 0) {
        at = n - rest.n;
        if (!uci_element(&rest, &type, &data)) {
            status = pen_fail(why, size, "the file is truncated: the element at byte %lu is not whole",
                              (unsigned long)at);
        } else if (type == 15 && count < 64) {
            size_t unpacked_size;
            const char *fault = inflate_zlib(data.p, data.n, room, &unpacked[count], &unpacked_size);
            if (fault) {
                status = pen_fail(why, size, "element at byte %lu: %s", (unsigned long)at, fault);
                break;
            }
            room -= unpacked_size;
            inner.p = unpacked[count++];
            inner.n = unpacked_size;
            if (!uci_element(&inner, &type, &data))
                data.n = 0, type = 0;
        }
        if (status == 0 && type == 14 && !uci_look_at(data, &found))
            status = pen_fail(why, size, "the matrix at byte %lu is damaged", (unsigned long)at);
    }
    if (status == 0 && !(found.have_mixout && found.have_labels))
        status = pen_fail(why, size, "the file has no %s", found.have_mixout ? "consts.charlabels" : "mixout");
    if (status == 0)
        status = uci_collect(&found, out, why, size);
    while (count > 0)
        free(unpacked[--count]);
    return status;
}

/* Reads a whole file (NULL: standard input), with room for one byte more; the caller frees *bytes. */
PEN_FN int uci_slurp(const char *path, unsigned char **bytes, size_t *n, char *why, size_t size)
{
    FILE *file = path ? fopen(path, "rb") : stdin;
    const char *fault = file ? NULL : "cannot be opened";
    size_t room = 0, got = 1;
    *bytes = NULL;
    for (*n = 0; !fault && got > 0; *n += got) {
        if (*n + 1 >= room) {
            unsigned char *more = (unsigned char *)realloc(*bytes, room = 2 * room + 65536);
            if (!more) {
                fault = "out of memory";
                break;
            }
            *bytes = more;
        }
        got = fread(*bytes + *n, 1, room - *n - 1, file);
        if (ferror(file))
            fault = "cannot be read";
        else if (*n + got > UCI_FILE_LIMIT)
            fault = "is larger than 64 MB, the most that is read";
    }
    if (path && file)
        fclose(file);
    if (!fault)
        return 0;
    free(*bytes);
    *bytes = NULL;
    return pen_fail(why, size, "%s", fault);
}

PEN_FN int uci_read(const char *path, pen_samples *out, char *why, size_t size)
{
    unsigned char *bytes;
    size_t n = 0;
    int status;
    memset(out, 0, sizeof *out);
    if (uci_slurp(path, &bytes, &n, why, size))
        return -1;
    status = uci_parse(bytes, n, out, why, size);
    free(bytes);
    return status;
}

/* Is this the UCI set, the whole set and nothing but the set?  The hash is of the decoded samples, for
   files of different bytes hold the same ones. */
#define UCI_HASH 0x047818b14c396da0u
PEN_FN int uci_verify(const pen_samples *s, char *why, size_t size)
{
    int count[PEN_CLASSES] = { 0 }, i;
    if (s->n != 2858)
        return pen_fail(why, size, "it holds %d samples, the UCI set has 2858", s->n);
    for (i = 0; i < s->n; i++) {
        count[s->label[i]]++;
        if (s->length[i] < 109 || s->length[i] > 205)
            return pen_fail(why, size, "sample %d has %d steps, in the UCI set they have 109 to 205", i,
                            s->length[i]);
    }
    for (i = 0; i < PEN_CLASSES; i++)
        if (count[i] != pen_counts[i])
            return pen_fail(why, size, "it holds %d samples of the letter %c, the UCI set has %d",
                            count[i], PEN_LETTERS[i], pen_counts[i]);
    if (s->hash != UCI_HASH)
        return pen_fail(why, size, "its samples are not those of the UCI set: their hash is %016llx, not %016llx",
                        (unsigned long long)s->hash, (unsigned long long)UCI_HASH);
    return 0;
}

#endif
