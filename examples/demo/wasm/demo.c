/* demo: the page's part in WebAssembly, built by clang and wasm-ld alone, without a C library.  The
   functions below are called by demo.js; numbers pass through `buffer` and the arrays of `p`. */
#include <stddef.h>
#include <stdint.h>

static void *take(size_t size);
static void give(void *block);

#define IC_MALLOC(size) take(size)
#define IC_FREE(block) give(block)
#define IC_ASSERT(condition) ((condition) ? (void)0 : __builtin_trap())
#define IC_NO_STDIO
#define IC_STATIC
#define INVCLASS_IMPLEMENTATION
#include "page.h"

#define EXPORT __attribute__((visibility("default")))

enum { SIDE = 33, PATH = 201 };

static page p;
static ic_model two[2];                  /* letters a and b, without and with noise */
static ic_work *two_work[2];
static float buffer[2 * LONGEST];

/* -- what a C library would do ------------------------------------------------------------------ */

/* Blocks one after the other, each behind its size; a block that is given back is taken again for what
   is no larger.  The page takes few, and the same sizes again and again. */
typedef struct block { size_t size; struct block *next; uint64_t align[1]; } block;
extern unsigned char __heap_base;
static unsigned char *end_of_heap = &__heap_base;
static block *free_blocks;

static void *take(size_t size)
{
    block **at, *b;
    size_t pages;
    size = (size + 15) / 16 * 16;
    for (at = &free_blocks; *at; at = &(*at)->next)
        if ((*at)->size >= size && (*at)->size / 2 <= size) {
            b = *at;
            *at = b->next;
            return b + 1;
        }
    end_of_heap += -(uintptr_t)end_of_heap % 16;
    b = (block *)(void *)end_of_heap;
    pages = ((uintptr_t)end_of_heap + sizeof *b + size + 65535) / 65536;
    if (pages > __builtin_wasm_memory_size(0)
        && __builtin_wasm_memory_grow(0, pages - __builtin_wasm_memory_size(0)) == (size_t)-1)
        return NULL;
    b->size = size;
    end_of_heap += sizeof *b + size;
    return b + 1;
}

static void give(void *memory)
{
    block *b = (block *)memory;
    if (!b)
        return;
    b--;
    b->next = free_blocks;
    free_blocks = b;
}

int memcmp(const void *a, const void *b, size_t n)
{
    const unsigned char *x = (const unsigned char *)a, *y = (const unsigned char *)b;
    for (; n > 0; n--, x++, y++)
        if (*x != *y)
            return *x - *y;
    return 0;
}

size_t strlen(const char *s)
{
    size_t n = 0;
    while (s[n])
        n++;
    return n;
}

double frexp(double x, int *exponent)    /* of a normal number or 0 */
{
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    *exponent = 0;
    if (x == 0)
        return x;
    *exponent = (int)(bits >> 52 & 2047) - 1022;
    bits = (bits & ~((uint64_t)2047 << 52)) | (uint64_t)1022 << 52;
    memcpy(&x, &bits, sizeof x);
    return x;
}

double ldexp(double x, int exponent)     /* where neither 2^exponent nor the result is subnormal */
{
    uint64_t bits = (uint64_t)(exponent + 1023) << 52;
    double power;
    if (exponent < -1022 || exponent > 1023)
        return exponent < 0 ? 0 : x * HUGE_VAL;
    memcpy(&power, &bits, sizeof power);
    return x * power;
}

/* -- exports ------------------------------------------------------------------------------------ */

EXPORT void *demo_take(size_t size) { return take(size); }
EXPORT float *demo_buffer(void) { return buffer; }
EXPORT float *demo_examples(void) { return p.example[0]; }
EXPORT float *demo_style(void) { return p.style[0]; }
EXPORT float *demo_drawn(void) { return p.drawn[0]; }
EXPORT float *demo_error(void) { return p.error; }
EXPORT float *demo_target(void) { return p.target; }
EXPORT double *demo_chance(void) { return p.answer.probability; }

/* Network 0 is the recogniser, as it is before it is taught anything; 1 and 2 are those of two letters. */
EXPORT int demo_open(int which, const unsigned char *bytes, size_t size)
{
    ic_work_options options;
    ic_status status;
    if (which == 0)
        return (int)page_open(&p, bytes, size);
    status = ic_decode(&two[which - 1], bytes, size);
    memset(&options, 0, sizeof options);
    options.rows = SIDE;
    if (status == IC_OK)
        status = ic_work_new(&two_work[which - 1], &two[which - 1].config, &options, NULL);
    if (status == IC_OK)
        ic_work_load(two_work[which - 1], &two[which - 1]);
    return (int)status;
}

/* The path in the buffer, n points, becomes the curve at hand.  Its centre is then in the buffer; returns its size, 0
   of a dot. */
EXPORT double demo_begin(int n)
{
    int t;
    if (page_begin(&p, n, buffer) != IC_OK)
        return 0;
    buffer[0] = (float)p.answer.frame.place[0], buffer[1] = (float)p.answer.frame.place[1];
    for (t = 0; t < D && p.target[t] == 0; t++)
        ;
    return t < D ? p.answer.frame.size : 0;
}

EXPORT int demo_step(void) { return page_step(&p); }
EXPORT int demo_label(void) { return p.answer.label; }
EXPORT int demo_known(void) { return page_known(&p); }
EXPORT int demo_in(int k)                /* is letter k still in it? */
{
    int r;
    for (r = 0; r < p.active && p.row[r] != k; r++)
        ;
    return r < p.active;
}
EXPORT uint64_t demo_hash(void) { return page_hash(&p); }

/* The line grows by the point in the buffer, the first one if begins is 1.  What it seems to be the beginning of is
   then the answer, and the rest of that in the buffer, as many points as are returned. */
EXPORT int demo_point(int begins)
{
    float drawn[D];
    int from;
    if (begins)
        ic_recognise_begin(&p.answer);
    if (ic_recognise_point(&p.recogniser, buffer, 0, &p.answer) != IC_OK
        || ic_recognition_explain(&p.recogniser, &p.answer, NULL, drawn, NULL) != IC_OK)
        return 0;
    from = (int)(p.answer.done * (STEPS - 1)) + 1;
    if (from < STEPS)
        memcpy(buffer, drawn + 2 * from, (size_t)(STEPS - from) * 2 * sizeof *buffer);
    return from < STEPS ? STEPS - from : 0;
}

/* What class k draws in its usual style. */
EXPORT int demo_plain(int k) { return (int)ic_recogniser_draw(&p.recogniser, k, NULL, buffer, NULL); }
/* What the generator makes of two classes, mixed, in the style in the buffer: there the curve goes. */
EXPORT int demo_mix(int first, int second, float share)
{
    float style[STYLES];
    memcpy(style, buffer, sizeof style);
    return (int)page_mix(&p, first, second, share, style, buffer);
}
/* Teaches the path in the buffer, n points; label: a class that is known or the next one. */
EXPORT int demo_teach(int n, int label) { return (int)page_teach(&p, n, buffer, label); }

/* -- two letters ---------------------------------------------------------------------------------- */

static float letter[D];                  /* the one to explain */
EXPORT float *demo_choose(int example)
{
    if (ic_recognise(&p.recogniser, &(ic_curve){ STEPS, p.example[example], NULL, NULL }, &p.answer) == IC_OK)
        memcpy(letter, p.answer.prepared, sizeof letter);
    return letter;
}

/* Row i of the heat map: the letter's errors for input (i, j) / (SIDE - 1), j = 0 .. SIDE - 1. */
EXPORT void demo_map(int which, int i)
{
    float x[SIDE][2];
    ic_batch batch = { SIDE, 0, 1, NULL, NULL, NULL };
    int j, t;
    for (j = 0; j < SIDE; j++)
        x[j][0] = (float)i / (SIDE - 1), x[j][1] = (float)j / (SIDE - 1);
    batch.x = x[0];
    ic_forward(two_work[which], &batch);
    for (j = 0; j < SIDE; j++) {
        double sum = 0;
        for (t = 0; t < D; t++) {
            const double d = (double)(ic_output(two_work[which], t / 2, j)[t % 2] - letter[t]);
            sum += d * d;
        }
        buffer[j] = (float)(sum / D);
    }
}

EXPORT void demo_draw_two(int which, float a, float b)
{
    float x[2];
    ic_batch batch = { 1, 0, 1, NULL, NULL, NULL };
    int t;
    x[0] = a, x[1] = b;
    batch.x = x;
    ic_forward(two_work[which], &batch);
    for (t = 0; t < D; t++)
        buffer[t] = ic_output(two_work[which], t / 2, 0)[t % 2];
}

static void trace(void *user, const ic_trace *now)
{
    float *at = buffer + 3 * now->iteration;
    (void)user;
    at[0] = now->x[0], at[1] = now->x[1], at[2] = (float)now->loss;
}

/* The thesis's descent from (a, b): PATH inputs and errors in the buffer.  A descent that has come to
   rest ends early; returns how many there are. */
EXPORT int demo_descend(int which, float a, float b)
{
    float start[2], x[2];
    int iterations = 0;
    ic_descend_options options;
    ic_descended out = { x, NULL, NULL, NULL };
    memset(&options, 0, sizeof options);
    start[0] = a, start[1] = b;
    options.start = IC_START_GIVEN, options.start_x = start, options.iterations = PATH - 1, options.trace = trace;
    out.iterations = &iterations;
    return ic_descend(&two[which], 1, letter, &options, &out) == IC_OK ? iterations + 1 : 0;
}
