/* inflate.h: decompression of DEFLATE (RFC 1951) and its zlib wrapping (RFC 1950), for the UCI file,
   whose elements are compressed, and the archive it comes in.

   DEFLATE is a stream of blocks.  A block is either stored, or a mixture of literal bytes and of
   copies "go back D bytes, repeat L of them", both written in Huffman codes that are fixed or stand
   at the head of the block.  Bits are read from the least significant end of each byte.

   A Huffman code is given by the length of each symbol's code alone: codes of equal length are
   consecutive numbers in the order of their symbols, shorter ones come first.  So a code is the list
   of its symbols in that order and how many there are of each length; reading one bit by bit, it is
   known to be whole when it is less than the first code of the next length would be.  Most codes are
   short, and those are looked up in a small table instead, all at once.

   Time and memory follow the sizes of input and output: the longest work between two bytes of input
   is the filling of that table, the output is bounded by the caller's limit. */
#ifndef INFLATE_H
#define INFLATE_H

#include "pen.h"

#define INFLATE_BITS 15                 /* of the longest code */
#define INFLATE_QUICK 9                 /* of the longest that is looked up; all but a few are */

typedef struct inflate_code {
    uint16_t quick[1 << INFLATE_QUICK];     /* by the next bits: symbol * 16 + length, 0 if not quick */
    uint16_t number[INFLATE_BITS + 1];      /* codes of each length */
    uint16_t symbol[288];                   /* in the order of their codes */
} inflate_code;

typedef struct inflate_state {
    const unsigned char *in;
    size_t    in_size, in_at;
    uint32_t  bits;                     /* not yet used, least significant first */
    int       count;                    /* how many */
    unsigned char *out;
    size_t    out_size, out_room, limit;
    const char *fault;                  /* first thing that went wrong, NULL if nothing */
    inflate_code literal, distance;     /* of this block */
    int       fixed;                    /* they are the fixed ones */
} inflate_state;

/* Makes sure that n bits are there; past the end of the data they are zero. */
PEN_FN void inflate_need(inflate_state *s, int n)
{
    while (s->count < n) {
        if (s->in_at < s->in_size)
            s->bits |= (uint32_t)s->in[s->in_at] << s->count;
        s->in_at++;
        s->count += 8;
    }
}

PEN_FN uint32_t inflate_take(inflate_state *s, int n)
{
    uint32_t value;
    inflate_need(s, n);
    value = s->bits & ((1u << n) - 1u);
    s->bits >>= n;
    s->count -= n;
    if (s->in_at - (size_t)(s->count / 8) > s->in_size && !s->fault)
        s->fault = "the compressed data end too early";
    return value;
}

/* Makes a code from code lengths 0..15; 0 = the symbol is not used. */
PEN_FN void inflate_make(inflate_state *s, inflate_code *code, const unsigned char *length, int symbols)
{
    int next[INFLATE_BITS + 2] = { 0 }, place[INFLATE_BITS + 2] = { 0 };   /* first code, where its symbol is */
    int symbol, n, left = 1;
    memset(code, 0, sizeof *code);
    for (symbol = 0; symbol < symbols; symbol++)
        code->number[length[symbol]]++;
    code->number[0] = 0;
    for (n = 1; n <= INFLATE_BITS; n++) {
        left = 2 * left - code->number[n];                  /* codes of this length still free */
        next[n + 1] = (next[n] + code->number[n]) << 1;
        place[n + 1] = place[n] + code->number[n];
        if (left < 0) {
            s->fault = "a Huffman code in the compressed data is impossible";
            return;
        }
    }
    for (symbol = 0; symbol < symbols; symbol++) {
        int bits, reversed = 0, k;
        n = length[symbol];
        if (n == 0)
            continue;
        code->symbol[place[n]++] = (uint16_t)symbol;
        bits = next[n]++;
        for (k = 0; k < n; k++)                             /* codes are sent from the other end */
            reversed |= ((bits >> k) & 1) << (n - 1 - k);
        for (k = reversed; k < 1 << INFLATE_QUICK && n <= INFLATE_QUICK; k += 1 << n)
            code->quick[k] = (uint16_t)(symbol * 16 + n);
    }
}

PEN_FN int inflate_symbol(inflate_state *s, const inflate_code *code)
{
    int entry, n, first = 0, place = 0, bits = 0;
    inflate_need(s, INFLATE_BITS);
    entry = code->quick[s->bits & ((1u << INFLATE_QUICK) - 1u)];
    if (entry != 0) {
        inflate_take(s, entry % 16);
        return entry / 16;
    }
    for (n = 1; n <= INFLATE_BITS; n++) {                   /* first, place: of the codes of n bits */
        bits = bits << 1 | (int)(s->bits >> (n - 1) & 1u);
        if (bits - first < code->number[n]) {
            inflate_take(s, n);
            return code->symbol[place + bits - first];
        }
        place += code->number[n];
        first = (first + code->number[n]) << 1;
    }
    if (!s->fault)
        s->fault = "a code in the compressed data stands for nothing";
    return 0;
}

/* Room for n more bytes.  The buffer doubles, up to the limit. */
PEN_FN int inflate_room(inflate_state *s, size_t n)
{
    unsigned char *bigger;
    size_t room = s->out_room ? s->out_room : 65536;
    if (n > s->limit - s->out_size) {
        s->fault = "the decompressed data are larger than any file of this kind";
        return 0;
    }
    while (room < s->out_size + n)
        room *= 2;
    if (room > s->out_room) {
        bigger = (unsigned char *)realloc(s->out, room);
        if (!bigger) {
            s->fault = "out of memory";
            return 0;
        }
        s->out = bigger;
        s->out_room = room;
    }
    return 1;
}

PEN_FN void inflate_stored(inflate_state *s)
{
    size_t n, complement;
    inflate_take(s, s->count % 8);                          /* to the next whole byte */
    n = inflate_take(s, 16);
    complement = inflate_take(s, 16);
    if (!s->fault && n != (complement ^ 0xffffu))
        s->fault = "a stored block of the compressed data contradicts its own length";
    for (; n > 0 && !s->fault; n--)
        if (inflate_room(s, 1))
            s->out[s->out_size++] = (unsigned char)inflate_take(s, 8);
}

/* Reads the two codes at the head of a dynamic block: their lengths, themselves Huffman-coded. */
PEN_FN void inflate_codes(inflate_state *s)
{
    static const unsigned char order[19] = { 16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2,
                                             14, 1, 15 };
    unsigned char length[320] = { 0 };
    const int literals = (int)inflate_take(s, 5) + 257, distances = (int)inflate_take(s, 5) + 1;
    const int codes = (int)inflate_take(s, 4) + 4;
    int k, repeat, symbol, value;
    s->fixed = 0;
    for (k = 0; k < codes; k++)
        length[order[k]] = (unsigned char)inflate_take(s, 3);
    inflate_make(s, &s->literal, length, 19);
    memset(length, 0, sizeof length);
    for (k = 0; k < literals + distances && !s->fault; ) {
        symbol = inflate_symbol(s, &s->literal);
        value = symbol < 16 ? symbol : symbol == 16 && k > 0 ? length[k - 1] : 0;
        repeat = symbol < 16 ? 1 : symbol == 16 ? 3 + (int)inflate_take(s, 2)
               : symbol == 17 ? 3 + (int)inflate_take(s, 3) : 11 + (int)inflate_take(s, 7);
        if ((symbol == 16 && k == 0) || k + repeat > literals + distances) {
            s->fault = "the code lengths of the compressed data do not fit";
            return;
        }
        while (repeat-- > 0)
            length[k++] = (unsigned char)value;
    }
    if (!s->fault)
        inflate_make(s, &s->literal, length, literals);
    if (!s->fault)
        inflate_make(s, &s->distance, length + literals, distances);
}

PEN_FN void inflate_fixed_codes(inflate_state *s)
{
    unsigned char length[288];
    int k;
    if (s->fixed)                            /* a block may have 10 bits: they are made once */
        return;
    s->fixed = 1;
    for (k = 0; k < 288; k++)
        length[k] = k < 144 ? 8 : k < 256 ? 9 : k < 280 ? 7 : 8;
    inflate_make(s, &s->literal, length, 288);
    memset(length, 5, 30);
    inflate_make(s, &s->distance, length, 30);
}

/* Literals and copies until the end-of-block symbol, 256. */
PEN_FN void inflate_coded(inflate_state *s)
{
    static const uint16_t length_base[29] = { 3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31,
        35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258 };
    static const uint16_t distance_base[30] = { 1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129,
        193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097, 6145, 8193, 12289, 16385, 24577 };
    while (!s->fault) {
        int symbol = inflate_symbol(s, &s->literal), code;
        size_t n, back;
        if (s->fault || symbol == 256)
            return;
        if (symbol < 256) {
            if (inflate_room(s, 1))
                s->out[s->out_size++] = (unsigned char)symbol;
            continue;
        }
        symbol -= 257;                       /* the last length has no extra bits, the first eight neither */
        if (symbol > 28)
            break;
        n = length_base[symbol] + inflate_take(s, symbol < 8 || symbol == 28 ? 0 : symbol / 4 - 1);
        code = inflate_symbol(s, &s->distance);
        if (s->fault || code > 29)
            break;
        back = distance_base[code] + inflate_take(s, code < 4 ? 0 : code / 2 - 1);
        if (back > s->out_size)
            break;
        if (!inflate_room(s, n))
            return;
        for (; n > 0; n--, s->out_size++)    /* byte by byte: a copy may overlap itself */
            s->out[s->out_size] = s->out[s->out_size - back];
    }
    if (!s->fault)
        s->fault = "a copy in the compressed data points before its beginning or has no meaning";
}

/* Decompresses raw DEFLATE data into a new buffer of at most `limit` bytes; the caller frees *out.
   *used receives how many bytes of the input were read.  NULL or a message. */
PEN_FN const char *inflate_raw(const unsigned char *in, size_t size, size_t limit,
                               unsigned char **out, size_t *out_size, size_t *used)
{
    inflate_state *s = (inflate_state *)calloc(1, sizeof *s);
    const char *fault;
    int last;
    *out = NULL;
    *out_size = 0;
    if (!s)
        return "out of memory";
    s->in = in;
    s->in_size = size;
    s->limit = limit;
    do {
        const uint32_t head = inflate_take(s, 3);
        last = (int)(head & 1u);
        switch (head >> 1) {
        case 0: inflate_stored(s); break;
        case 1: inflate_fixed_codes(s); break;
        case 2: inflate_codes(s); break;
        default: if (!s->fault) s->fault = "a block of the compressed data is of no known kind";
        }
        if ((head >> 1) != 0 && !s->fault)
            inflate_coded(s);
    } while (!last && !s->fault);
    fault = s->fault;
    *used = s->in_at - (size_t)(s->count / 8);
    if (fault)
        free(s->out);
    else
        *out = s->out, *out_size = s->out_size;
    free(s);
    return fault;
}

/* The same for zlib data: two bytes before, the Adler-32 checksum of the result behind. */
PEN_FN const char *inflate_zlib(const unsigned char *in, size_t size, size_t limit,
                                unsigned char **out, size_t *out_size)
{
    const char *fault;
    size_t used = 0, k;
    uint32_t a = 1, b = 0;
    const unsigned char *sum;
    *out = NULL;
    if (size < 6 || (in[0] & 15) != 8 || (in[0] * 256 + in[1]) % 31 != 0 || (in[1] & 32))
        return "the compressed data do not begin as zlib data do";
    fault = inflate_raw(in + 2, size - 2, limit, out, out_size, &used);
    if (fault)
        return fault;
    for (k = 0; k < *out_size; k++) {
        a = (a + (*out)[k]) % 65521u;
        b = (b + a) % 65521u;
    }
    sum = in + 2 + used;
    if (size < used + 6)
        fault = "the compressed data end too early";
    else if (((uint32_t)sum[0] << 24 | (uint32_t)sum[1] << 16 | (uint32_t)sum[2] << 8 | sum[3])
             != (b << 16 | a))
        fault = "the compressed data are damaged: their checksum does not match";
    if (fault) {
        free(*out);
        *out = NULL;
    }
    return fault;
}

#endif
