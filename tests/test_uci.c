/* The reader of the UCI file and its inflate, on files built here: every kind of element, every kind
   of block, cut at every byte, every bit flipped.  And on the real file, if it is at hand.
   Not under threads: starts none. */
#define INVCLASS_IMPLEMENTATION
#include "invclass.h"
#include "../examples/data/uci.h"
#include "../examples/data/letters.h"
#include "check.h"
#include <time.h>

/* -- writing a small MAT-file --------------------------------------------------------------------- */

typedef struct bytes { unsigned char p[20000]; size_t n; } bytes;

static void put(bytes *b, uint64_t value, int n)
{
    while (n-- > 0) {
        b->p[b->n++] = (unsigned char)value;
        value >>= 8;
    }
}

static void put_double(bytes *b, double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    put(b, bits, 8);
}

static void pad(bytes *b) { while (b->n % 8) put(b, 0, 1); }

/* Begins an element whose size is filled in by end_element. */
static size_t element(bytes *b, int type) { put(b, (uint64_t)type, 4); put(b, 0, 4); return b->n; }

static void end_element(bytes *b, size_t begin)
{
    const size_t n = b->n - begin, end = b->n;
    b->n = begin - 4;
    put(b, n, 4);
    b->n = end;
    pad(b);
}

static size_t matrix(bytes *b, int class_id, int rows, int cols, const char *name)
{
    const size_t begin = element(b, 14), length = strlen(name);
    put(b, 6, 4), put(b, 8, 4), put(b, (uint64_t)class_id, 8);
    put(b, 5, 4), put(b, 8, 4), put(b, (uint64_t)rows, 4), put(b, (uint64_t)cols, 4);
    if (length <= 4) {                                   /* a small element */
        put(b, 1 | (uint64_t)length << 16, 4);
        memcpy(b->p + b->n, name, length);
        b->n += length;
        pad(b);
    } else {
        const size_t at = element(b, 1);
        memcpy(b->p + b->n, name, length);
        b->n += length;
        end_element(b, at);
    }
    return begin;
}

enum { SAMPLES = 3 };
static const int lengths[SAMPLES] = { 5, 2, 205 }, labels[SAMPLES] = { 1, 20, 7 };

static double value_at(int sample, int k) { return sample == 1 ? 3 * k - 2 : 0.25 * k - sample; }

/* mixout; samples 0 and 2 as doubles, sample 1 as 16-bit integers. */
static void put_mixout(bytes *b)
{
    const size_t begin = matrix(b, 1, 1, SAMPLES, "mixout");
    int s, k;
    for (s = 0; s < SAMPLES; s++) {
        const size_t cell = matrix(b, 6, 3, lengths[s], ""), at = element(b, s == 1 ? 3 : 9);
        for (k = 0; k < 3 * lengths[s]; k++)
            if (s == 1)
                put(b, (uint64_t)(int64_t)value_at(s, k), 2);
            else
                put_double(b, value_at(s, k));
        end_element(b, at);
        end_element(b, cell);
    }
    end_element(b, begin);
}

static void put_consts(bytes *b)
{
    static const char names[2][16] = { "comment", "charlabels" };
    const size_t begin = matrix(b, 2, 1, 1, "consts");
    size_t at, field;
    int k;
    put(b, 5 | (uint64_t)4 << 16, 4), put(b, 16, 4);     /* length of a name */
    at = element(b, 1);
    memcpy(b->p + b->n, names, sizeof names);
    b->n += sizeof names;
    end_element(b, at);
    field = matrix(b, 4, 1, 2, "");                      /* a field to be stepped over */
    put(b, 4 | (uint64_t)4 << 16, 4), put(b, 'h' | 'i' << 16, 4);
    end_element(b, field);
    field = matrix(b, 6, 1, SAMPLES, "");
    at = element(b, 2);
    for (k = 0; k < SAMPLES; k++)
        put(b, (uint64_t)labels[k], 1);
    end_element(b, at);
    end_element(b, field);
    end_element(b, begin);
}

static void put_header(bytes *b)
{
    memset(b->p, ' ', 128);
    memcpy(b->p, "MATLAB 5.0 MAT-file", 19);
    b->n = 124;
    put(b, 0x0100, 2), put(b, 'I' | 'M' << 8, 2);
}

/* Appends zlib data for `in`: kind 0 stored, 1 the fixed code with literals alone. */
static void put_zlib(bytes *b, const bytes *in, int kind)
{
    uint32_t a = 1, c = 0, hold = 0;
    int held = 0, code, length, j;
    size_t k;
    put(b, 0x78, 1), put(b, 0x01, 1);
    if (kind == 0) {
        put(b, 1, 1), put(b, in->n, 2), put(b, ~in->n, 2);
        memcpy(b->p + b->n, in->p, in->n);
        b->n += in->n;
    } else {
        hold = 1 | 1 << 1, held = 3;
        for (k = 0; k <= in->n; k++) {
            const int symbol = k < in->n ? in->p[k] : 256;
            code = symbol < 144 ? 0x30 + symbol : symbol < 256 ? 0x190 + symbol - 144 : 0;
            length = symbol < 144 ? 8 : symbol < 256 ? 9 : 7;
            for (j = length - 1; j >= 0; j--) {
                hold |= (uint32_t)(code >> j & 1) << held;
                if (++held == 8)
                    put(b, hold, 1), hold = 0, held = 0;
            }
        }
        if (held)
            put(b, hold, 1);
    }
    for (k = 0; k < in->n; k++)
        a = (a + in->p[k]) % 65521, c = (c + a) % 65521;
    put(b, c >> 8, 1), put(b, c, 1), put(b, a >> 8, 1), put(b, a, 1);
}

static void build(bytes *b, int packing)                 /* -1: not compressed */
{
    static bytes part;
    int k;
    put_header(b);
    for (k = 0; k < 2; k++) {
        part.n = 0;
        if (k == 0)
            put_consts(&part);
        else
            put_mixout(&part);
        if (packing < 0) {
            memcpy(b->p + b->n, part.p, part.n);
            b->n += part.n;
        } else {
            size_t at = element(b, 15), end;
            put_zlib(b, &part, packing);
            end = b->n;                                   /* compressed elements are not padded */
            b->n = at - 4;
            put(b, end - at, 4);
            b->n = end;
        }
    }
}

static void check_good(const bytes *b)
{
    pen_samples s;
    char why[200] = "";
    int i, k;
    if (!CHECK(uci_parse(b->p, b->n, &s, why, sizeof why) == 0)) {
        printf("    %s\n", why);
        return;
    }
    CHECK(s.n == SAMPLES);
    for (i = 0; i < SAMPLES; i++) {
        CHECK(s.length[i] == lengths[i] && s.label[i] == labels[i] - 1);
        for (k = 0; k < 3 * lengths[i]; k++)
            CHECK(s.v[s.first[i] + (size_t)k] == value_at(i, k));
    }
    pen_samples_free(&s);
}

/* Whatever the bytes, the answer is a message or samples. */
static int survives(const unsigned char *p, size_t n)
{
    unsigned char *exact = (unsigned char *)malloc(n + !n);       /* so that a sanitizer sees the end */
    pen_samples s;
    char why[200] = "";
    int status;
    memcpy(exact, p, n);
    status = uci_parse(exact, n, &s, why, sizeof why);
    free(exact);
    if (status == 0)
        pen_samples_free(&s);
    else
        CHECK(why[0] != 0);
    return status;
}

static void check_damage(bytes *b)
{
    size_t k;
    int bit;
    for (k = 0; k < b->n; k++)
        if (survives(b->p, k) == 0)
            CHECK(b->n - k < 8);                           /* only padding was lost */
    for (k = 0; k < b->n; k += k < 600 ? 1 : 13)
        for (bit = 0; bit < 8; bit++) {
            b->p[k] ^= (unsigned char)(1 << bit);
            survives(b->p, b->n);
            b->p[k] ^= (unsigned char)(1 << bit);
        }
}

/* Made by another program's deflate: a block with codes of its own. */
static const char dynamic_hex[] =
    "78da85d2bb0dc2400044c156ae0002dfffae1c908c4058768025daa78371fcb2d95dc2e338cf6dfd86e319defb271c7b"
    "385f6bf8ddb7ed163a6b2ccc293a0fe65c994b729eccb531b76c95c5d96ac36ad36ad36a468b468b464b46cb462b462b"
    "46ab466b466b46eb561b561b569b176a5ec468d168c968d968d968c568d568d568cd68dd6ac36ac36ad36a46b359b459"
    "b259b259b659b159b559b559b359375ab7dab0dab4dabc789a0733da1f6a5a6b2b";

static void check_inflate(void)
{
    static unsigned char packed[sizeof dynamic_hex / 2], bomb[4096];
    unsigned char *out;
    char want[4000];
    size_t n = 0, want_n = 0, k;
    int i;
    for (k = 0; k < sizeof packed; k++) {
        unsigned value;
        sscanf(dynamic_hex + 2 * k, "%2x", &value);
        packed[k] = (unsigned char)value;
    }
    for (i = 0; i < 60; i++)
        want_n += (size_t)snprintf(want + want_n, sizeof want - want_n, "%d bottles of ink on the wall, ", i * 7 % 100);
    CHECK((packed[2] >> 1 & 3) == 2);                       /* the block is of that kind */
    CHECK(inflate_zlib(packed, sizeof packed, 1 << 20, &out, &n) == NULL);
    CHECK(n == want_n && memcmp(out, want, n) == 0);
    free(out);
    CHECK(inflate_zlib(packed, sizeof packed, 100, &out, &n) != NULL && out == NULL);     /* over the limit */
    for (k = 0; k < sizeof packed; k++) {
        CHECK(inflate_zlib(packed, k, 1 << 20, &out, &n) != NULL);
        for (i = 0; i < 8; i++) {
            packed[k] ^= (unsigned char)(1 << i);
            /* the header's spare bits aside, the checksum finds every flip */
            if (inflate_zlib(packed, sizeof packed, 1 << 20, &out, &n) == NULL) {
                CHECK(k < 2 || (n == want_n && memcmp(out, want, n) == 0));
                free(out);
            }
            packed[k] ^= (unsigned char)(1 << i);
        }
    }
    for (k = 0; k < 20000; k++) {                           /* noise */
        ic_normal_fill(3, k, 64, (ic_real *)(void *)bomb);
        bomb[0] = 0x78, bomb[1] = 0x01;
        if (inflate_zlib(bomb, 256, 1 << 20, &out, &n) == NULL)
            free(out);
    }
}

/* Files made to cost time or memory: what they get is in proportion to their size. */
static void put_bits(bytes *b, int *held, unsigned code, int length)     /* first bit of a code first */
{
    while (length-- > 0) {
        if (*held == 0)
            b->p[b->n++] = 0;
        b->p[b->n - 1] |= (unsigned char)((code >> length & 1u) << *held);
        *held = (*held + 1) % 8;
    }
}

static void check_hostile(void)
{
    static bytes b;
    static unsigned char blocks[1 << 20];
    unsigned char *out;
    pen_samples s;
    char why[200] = "";
    size_t at, n, used, bit;
    clock_t begun = clock();
    int held = 0, last, k;
    for (bit = 1; bit < 8 * sizeof blocks; bit += 10)        /* empty blocks of 10 bits each */
        blocks[bit / 8] |= (unsigned char)(1u << bit % 8);
    CHECK(inflate_raw(blocks, sizeof blocks, 1 << 20, &out, &n, &used) != NULL);
    for (b.n = 0, last = 0; !last; ) {                       /* and with a code of its own, of 15 bits */
        last = b.n > sizeof b.p - 32;
        put_bits(&b, &held, last ? 5 : 1, 3), put_bits(&b, &held, 0xf, 14);
        for (k = 0; k < 19; k++)                             /* lengths 1 of symbol 18, 2 of 0 and 15 */
            put_bits(&b, &held, k == 2 ? 4 : k == 3 || k == 18 ? 2 : 0, 3);
        put_bits(&b, &held, 0x7f, 8), put_bits(&b, &held, 0x6b, 8);           /* 138 and 118 zeros */
        put_bits(&b, &held, 0xe, 4), put_bits(&b, &held, 0, 15);              /* 15, 0; end of block */
    }
    CHECK(inflate_raw(b.p, b.n, 1 << 20, &out, &n, &used) == NULL && n == 0 && used == b.n);
    free(out);
    CHECK((double)(clock() - begun) / CLOCKS_PER_SEC < 5);
    /* a bomb: after a zero, copies of 258 bytes in 13 bits each */
    put_header(&b);
    at = element(&b, 15);
    put(&b, 0x78, 1), put(&b, 0x01, 1);
    held = 0;
    put_bits(&b, &held, 6, 3), put_bits(&b, &held, 0x30, 8);
    while (b.n < sizeof b.p - 8)
        put_bits(&b, &held, 0xc5, 8), put_bits(&b, &held, 0, 5);
    end_element(&b, at);
    CHECK(uci_parse(b.p, b.n, &s, why, sizeof why) == -1 && strstr(why, "larger than any file"));
}

static void check_preparation(void)
{
    pen_samples s;
    pen_set set;
    char why[200];
    double sum = 0, square = 0;
    int k;
    CHECK(letters_make(4, 6, &s, why, sizeof why) == 0 && s.n == 120);
    CHECK(pen_prepare(&s, &set, why, sizeof why) == 0);
    for (k = 0; k < set.n * PEN_STEPS; k++)
        sum += (double)set.xy[2 * k], square += (double)set.xy[2 * k] * (double)set.xy[2 * k];
    CHECK_NEAR(sum / (set.n * PEN_STEPS), 0, 1e-5);
    CHECK_NEAR(square / (set.n * PEN_STEPS), 1, 1e-5);
    for (k = 0; k < set.n; k++)                             /* the padding repeats the last point */
        CHECK(set.xy[(k * PEN_STEPS + 204) * 2] == set.xy[(k * PEN_STEPS + set.length[k] - 1) * 2]);
    pen_set_free(&set);
    s.v[10] = (double)NAN;
    CHECK(pen_prepare(&s, &set, why, sizeof why) == -1 && strstr(why, "NaN"));
    s.v[10] = 0;
    s.length[3] = 206;
    CHECK(pen_prepare(&s, &set, why, sizeof why) == -1 && strstr(why, "sample 3"));
    s.length[3] = 0;
    CHECK(pen_prepare(&s, &set, why, sizeof why) == -1 && strstr(why, "sample 3"));
    s.length[3] = 120;
    memset(s.v, 0, (s.first[119] + 3 * (size_t)s.length[119]) * sizeof *s.v);
    CHECK(pen_prepare(&s, &set, why, sizeof why) == -1 && strstr(why, "never changes"));
    s.n = 0;
    CHECK(pen_prepare(&s, &set, why, sizeof why) == -1 && strstr(why, "no samples"));
    pen_samples_free(&s);
}

static void check_real(const char *given)
{
    char place[1000];
    const char *path = given ? given : place;
    pen_samples s;
    pen_set set;
    char why[200];
    FILE *file;
    snprintf(place, sizeof place, "%s/mixoutALL_shifted.mat", getenv("IC_DATA") ? getenv("IC_DATA") : "data");
    file = fopen(path, "rb");
    if (!file) {
        printf("%s is not here: the real file was not read\n", path);
        return;
    }
    fclose(file);
    if (!CHECK(uci_read(path, &s, why, sizeof why) == 0 && uci_verify(&s, why, sizeof why) == 0))
        return;
    s.v[1000] = nextafter(s.v[1000], 1e9);               /* one bit of one sample */
    pen_identify(&s);
    CHECK(uci_verify(&s, why, sizeof why) == -1 && strstr(why, "not those of the UCI set"));
    s.v[1000] = nextafter(s.v[1000], -1e9);
    CHECK(pen_prepare(&s, &set, why, sizeof why) == 0);
    CHECK_NEAR(set.mean[0], 6.10642646, 5e-9);
    CHECK_NEAR(set.mean[1], -10.94731164, 5e-9);
    CHECK_NEAR(set.deviation[0], 28.03317245, 5e-9);
    CHECK_NEAR(set.deviation[1], 17.36569924, 5e-9);
    pen_samples_free(&s);
    pen_set_free(&set);
}

int main(int argc, char **argv)
{
    static bytes b[3];
    int packing;
    pen_samples s;
    char why[200];
    for (packing = -1; packing < 2; packing++) {
        build(&b[packing + 1], packing);
        check_good(&b[packing + 1]);
        check_damage(&b[packing + 1]);
    }
    CHECK(uci_parse((const unsigned char *)"\211HDF\r\n\032\n......", 14, &s, why, sizeof why) == -1 && strstr(why, "HDF5"));
    b[0].p[126] = 'M', b[0].p[127] = 'I';
    CHECK(uci_parse(b[0].p, b[0].n, &s, why, sizeof why) == -1 && strstr(why, "byte order"));
    check_inflate();
    check_hostile();
    check_preparation();
    check_real(argc > 1 ? argv[1] : NULL);
    return check_report();
}
