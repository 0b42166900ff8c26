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
EXPORT page_facts *demo_facts(void) { return &p.facts; }
EXPORT float *demo_style(void) { return p.style[0]; }
EXPORT float *demo_drawn(void) { return p.drawn[0]; }
EXPORT float *demo_energy(void) { return p.energy; }
EXPORT float *demo_chance(void) { return p.chance; }
EXPORT float *demo_target(void) { return p.target; }
EXPORT float *demo_example(int k) { return p.facts.example[k]; }
EXPORT float demo_size(int k) { return p.facts.size[k]; }
EXPORT float demo_height(int k) { return p.facts.height[k]; }
EXPORT const char *demo_kernels(void) { return ic_isa_name(IC_ISA_BEST); }

/* Network 0 is the page's, 1 and 2 are those of two letters. */
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

/* The path in the buffer, n points, becomes the curve at hand.  Returns its radius, 0 if it is none; its
   centre follows in the buffer. */
EXPORT float demo_begin(int n)
{
    float y[D], centre[2];
    const float radius = page_normalise(n, buffer, y, centre);
    if (radius > 0)
        page_begin(&p, y);
    buffer[0] = centre[0], buffer[1] = centre[1];
    return radius;
}

EXPORT int demo_step(void) { return page_step(&p); }
EXPORT int demo_best(void) { return page_best(&p); }
EXPORT uint64_t demo_hash(void) { return page_hash(&p); }
EXPORT int demo_known(void) { return page_known(&p); }
EXPORT int demo_in(int k)                /* is class k still in it? */
{
    int r;
    for (r = 0; r < p.active; r++)
        if (p.row[r].class == k)
            return 1;
    return 0;
}

/* What the generator makes of classes k and other, mixed, the style in the buffer: there the curve goes. */
EXPORT void demo_mix(int k, int other, float share)
{
    float x[INPUTS], y[INPUTS];
    int j;
    page_code(&p, k, buffer, x);
    page_code(&p, other, buffer, y);
    for (j = 0; j < INPUTS; j++)
        x[j] = (1 - share) * x[j] + share * y[j];
    page_draw(&p, x, buffer);
    for (j = 0; j < D; j++)
        buffer[j] += (1 - share) * p.rest[k][j] + share * p.rest[other][j];
}

EXPORT int demo_classes(void) { return p.classes; }
/* Teaches the curve at hand; the sign's curve and code are then in the buffer, for demo_restore. */
EXPORT int demo_teach(void)
{
    float y[D];
    int k;
    memcpy(y, p.target, sizeof y);
    k = page_teach(&p, y);
    memcpy(buffer, y, sizeof y);
    if (k >= 0)
        memcpy(buffer + D, p.base[k], sizeof p.base[k]);
    return k;
}
EXPORT int demo_restore(void) { return page_add(&p, buffer, buffer + D); }
EXPORT void demo_forget(int k) { page_forget(&p, k); }

/* The path in the buffer is the beginning of something: of what?  Returns the class; the rest of the
   curve, in the path's own coordinates, is in the buffer, its length the first number. */
EXPORT int demo_finish(int n, float x_height, float baseline)
{
    float rest[D];
    int count, k = page_finish(&p, n, buffer, x_height, baseline, rest, &count);
    buffer[0] = (float)count;
    memcpy(buffer + 1, rest, (size_t)count * 2 * sizeof *rest);
    return k;
}

/* -- two letters ---------------------------------------------------------------------------------- */

/* Row i of the heat map: the errors against an example of input (i, j) / (SIDE - 1), j = 0 .. SIDE - 1. */
EXPORT void demo_map(int which, int example, int i)
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
            const double d = (double)(ic_output(two_work[which], t / 2, j)[t % 2] - p.facts.example[example][t]);
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
EXPORT int demo_descend(int which, int example, float a, float b)
{
    float start[2], x[2];
    int iterations = 0;
    ic_descend_options options;
    ic_descended out = { x, NULL, NULL, NULL };
    memset(&options, 0, sizeof options);
    start[0] = a, start[1] = b;
    options.start = IC_START_GIVEN, options.start_x = start, options.iterations = PATH - 1, options.trace = trace;
    out.iterations = &iterations;
    return ic_descend(&two[which], 1, p.facts.example[example], &options, &out) == IC_OK ? iterations + 1 : 0;
}
