/* machine.h: how long work takes, and what a core can do at most; for bench.c and steps.c. */
#ifndef MACHINE_H
#define MACHINE_H

#define HIDDEN 205                     /* units of the LSTMs measured */

/* -- time ------------------------------------------------------------------------------------- */

typedef void work_fn(void *context);

/* Seconds by the clock, or of this process's processor time. */
static double now(int by_clock)
{
    struct timespec t;
    clock_gettime(by_clock ? CLOCK_MONOTONIC : CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* How often each is measured. */
enum { ROUNDS = 9 };
static int quick;

static int rounds(void) { return quick ? 3 : ROUNDS; }

static int ascending(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

PEN_FN double median(const double *x)
{
    double sorted[ROUNDS];
    memcpy(sorted, x, sizeof sorted);
    qsort(sorted, (size_t)rounds(), sizeof sorted[0], ascending);
    return sorted[rounds() / 2];
}

/* How many calls take 50 ms, after one to warm up. */
static int calls_for(work_fn *fn, void *context, int by_clock)
{
    double start;
    int calls;
    fn(context);
    start = now(by_clock);
    for (calls = 0; calls == 0 || now(by_clock) - start < 0.05; calls++)
        fn(context);
    return calls;
}

/* Seconds a call takes. */
static double measure_once(work_fn *fn, void *context, int calls, int by_clock)
{
    const double start = now(by_clock);
    int k;
    for (k = 0; k < calls; k++)
        fn(context);
    return (now(by_clock) - start) / calls;
}

/* The least of some measurements: what is possible. */
static double measure_best(work_fn *fn, void *context)
{
    const int calls = calls_for(fn, context, 0);
    double best = HUGE_VAL;
    int r;
    for (r = 0; r < rounds(); r++) {
        const double t = measure_once(fn, context, calls, 0);
        best = t < best ? t : best;
    }
    return best;
}

/* -- the machine ----------------------------------------------------------------------------------

   Peak: twelve sums in registers, each waiting for nobody but itself; two operations a lane.
   Bandwidth: reading an array the size of the recurrent matrix (205 x 4 x 205 floats, 672 KB) from
   end to end, again and again, eight vectors at a time. */
#define PEAK_ROUNDS 1000000
#define L2_FLOATS   (HIDDEN * 4 * HIDDEN / 128 * 128)

static float l2_array[L2_FLOATS];
static volatile float sink;               /* keeps the compiler from leaving the work out */

#define MACHINE(LANES, TARGET, V, SET, LOAD, ADD, FMA, STORE)                                      \
    TARGET static void peak_##LANES(void *context)                                                 \
    {                                                                                              \
        V s[12], a = SET(0.999f), b = SET(0.001f);                                                 \
        float out[LANES];                                                                          \
        int j, k;                                                                                  \
        (void)context;                                                                             \
        UNROLL for (j = 0; j < 12; j++) s[j] = SET((float)j);                                      \
        for (k = 0; k < PEAK_ROUNDS; k++)                                                          \
            UNROLL for (j = 0; j < 12; j++) s[j] = FMA(s[j], a, b);                                \
        UNROLL for (j = 1; j < 12; j++) s[0] = ADD(s[0], s[j]);                                    \
        STORE(out, s[0]);                                                                          \
        sink = out[0];                                                                             \
    }                                                                                              \
    TARGET static void read_##LANES(void *context)                                                 \
    {                                                                                              \
        V s[8];                                                                                    \
        float out[LANES];                                                                          \
        int j, k;                                                                                  \
        (void)context;                                                                             \
        UNROLL for (j = 0; j < 8; j++) s[j] = SET(0);                                              \
        for (k = 0; k < L2_FLOATS; k += 8 * LANES)                                                 \
            UNROLL for (j = 0; j < 8; j++) s[j] = ADD(s[j], LOAD(l2_array + k + j * LANES));       \
        UNROLL for (j = 1; j < 8; j++) s[0] = ADD(s[0], s[j]);                                     \
        STORE(out, s[0]);                                                                          \
        sink = out[0];                                                                             \
    }

#if defined(__clang__)
#define UNROLL _Pragma("clang loop unroll(full)")
#else
#define UNROLL _Pragma("GCC unroll 12")
#endif

#define SET_1(x) (x)
#define LOAD_1(p) (*(p))
#define ADD_1(a, b) ((a) + (b))
#define FMA_1(a, b, c) ((a) * (b) + (c))
#define STORE_1(p, a) (*(p) = (a))
MACHINE(1, , float, SET_1, LOAD_1, ADD_1, FMA_1, STORE_1)
#if defined(IC_P_X86)
MACHINE(8, __attribute__((target("avx2,fma"))), __m256, _mm256_set1_ps, _mm256_loadu_ps,
        _mm256_add_ps, _mm256_fmadd_ps, _mm256_storeu_ps)
MACHINE(16, __attribute__((target("avx512f"))), __m512, _mm512_set1_ps, _mm512_loadu_ps,
        _mm512_add_ps, _mm512_fmadd_ps, _mm512_storeu_ps)
#elif defined(IC_P_NEON)
#define FMA_4(a, b, c) vfmaq_f32(c, a, b)
MACHINE(4, , float32x4_t, vdupq_n_f32, vld1q_f32, vaddq_f32, FMA_4, vst1q_f32)
#endif

typedef struct width { ic_isa isa; int lanes; work_fn *peak, *read; } width;

static const width widths[] = {
    { IC_ISA_PLAIN, 1, peak_1, read_1 },
#if defined(IC_P_X86)
    { IC_ISA_AVX2, 8, peak_8, read_8 },
    { IC_ISA_AVX512, 16, peak_16, read_16 },
#elif defined(IC_P_NEON)
    { IC_ISA_NEON, 4, peak_4, read_4 },
#endif
};

/* GFLOP/s and GB/s of a width; 0 if this machine does not have it. */
static int measure_width(const width *w, double *gflops, double *gbytes)
{
    if (!ic_isa_name(w->isa))
        return 0;
    *gflops = 24.0 * w->lanes * PEAK_ROUNDS / measure_best(w->peak, NULL) * 1e-9;
    *gbytes = sizeof l2_array / measure_best(w->read, NULL) * 1e-9;
    return 1;
}

static const char *processor(void)
{
    static char line[256];
    FILE *file = fopen("/proc/cpuinfo", "r");
    const char *name = "unknown processor";
    while (file && fgets(line, sizeof line, file))
        if (strncmp(line, "model name", 10) == 0 && strchr(line, ':')) {
            line[strcspn(line, "\n")] = 0;
            name = strchr(line, ':') + 2;
            break;
        }
    if (file)
        fclose(file);
    return name;
}

#endif
