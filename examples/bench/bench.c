/* bench.c: how fast, and how close to what the machine can do.

       bench [OUT.tsv] [quick]

   Measures on the spot what one core can do at most (fused multiply-adds a second, bytes a second
   from the second-level cache), then the library at its work, each time beside other LSTMs where
   they are installed, one thread: PyTorch (examples/bench/bench_torch.py, run by python3 or by what the
   environment variable PYTHON names) and oneDNN (bench_onednn, in this program's folder).  Prints a table and writes it to OUT.tsv.

   What is counted.  A step of one sequence has one product with the recurrent matrix forward, 4H*H
   multiply-adds or 8H^2 operations; backward one for the state's gradient and one for the weights'.
   GENERATE needs the first, INVERT the first two, TRAIN all three.  Everything else (the input, the
   gates, the dense layer, Adam, packing the weights) takes time but does not count, so 100 % of the
   peak cannot be reached.  With two threads the peak is that of two cores.

   With one sequence a step is a matrix times a vector: every weight is used once, and what counts
   is how fast the recurrent matrix comes out of the cache.  The row "INVERT L2" says so for the two
   sweeps of INVERT, in GB/s and in % of what the cache can deliver.

   A time is the median of several measurements of at least 50 ms each, after one run to warm up. */
#define INVCLASS_IMPLEMENTATION
#include "../common.h"

#define STEPS   205
#define HIDDEN  205
#define INPUTS  20
#define OUTPUTS 2

static int quick;

/* -- time ------------------------------------------------------------------------------------- */

typedef void work_fn(void *context);

static int ascending(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Seconds a call of fn takes: the median, or (best = 1) the least. */
static double measure(work_fn *fn, void *context, int best)
{
    double time[9] = { 0 }, start;
    const int repetitions = quick ? 3 : 9;
    int calls, r, k;
    fn(context);
    start = seconds_now();
    for (calls = 0; calls == 0 || seconds_now() - start < 0.05; calls++)
        fn(context);
    for (r = 0; r < repetitions; r++) {
        start = seconds_now();
        for (k = 0; k < calls; k++)
            fn(context);
        time[r] = (seconds_now() - start) / calls;
    }
    qsort(time, (size_t)repetitions, sizeof time[0], ascending);
    return time[best ? 0 : repetitions / 2];
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

/* -- the table -------------------------------------------------------------------------------- */

typedef struct row {
    const char *workload;
    int hidden, batch, threads;
    double ms, gflops, percent;        /* 0: does not apply */
    const char *peer;                  /* NULL: none */
    double peer_ms;
} row;

static FILE *table;                    /* OUT.tsv, or NULL */
static double peak_gflops, l2_gbytes;

static const char *number(char *text, double x, int digits)
{
    snprintf(text, 32, x > 0 ? "%.*f" : "-", digits, x);
    return text;
}

#define LINE "%-13s %6s %5s %7s %10s %7s %6s  %-22s %10s %6s\n"

static void print_row(const row *r)
{
    char text[8][32];
    number(text[0], r->hidden, 0), number(text[1], r->batch, 0), number(text[2], r->threads, 0);
    number(text[3], r->ms, 3), number(text[4], r->gflops, 1), number(text[5], r->percent, 1);
    number(text[6], r->peer_ms, 3), number(text[7], r->ms > 0 ? r->peer_ms / r->ms : 0, 2);
    printf(LINE, r->workload, text[0], text[1], text[2], text[3], text[4], text[5],
           r->peer ? r->peer : "-", text[6], text[7]);
    fflush(stdout);
    if (table)
        fprintf(table, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n", r->workload, text[0], text[1],
                text[2], text[3], text[4], text[5], r->peer ? r->peer : "-", text[6], text[7]);
}

/* Programs that were running before this one make every time too long, so the reader is told. */
static void warn_if_busy(void)
{
    double load = 0;
    FILE *file = fopen("/proc/loadavg", "r");
    if (file && fscanf(file, "%lf", &load) == 1 && load > 0.5)
        printf("note: other programs are running (load %.1f): the times below are too long\n",
               load);
    if (file)
        fclose(file);
}

static void measure_machine(void)
{
    const char *best = ic_isa_name(IC_ISA_BEST);
    size_t k;
    printf("%s; kernels in use: %s\n", processor(), best);
    for (k = 0; k < sizeof widths / sizeof widths[0]; k++) {
        const width *w = &widths[k];
        const char *name = ic_isa_name(w->isa);
        double gflops, gbytes;
        if (!name)
            continue;
        gflops = 24.0 * w->lanes * PEAK_ROUNDS / measure(w->peak, NULL, 1) * 1e-9;
        gbytes = sizeof l2_array / measure(w->read, NULL, 1) * 1e-9;
        printf("one core, %-8s %6.1f GFLOP/s at most; reads %zu KB again and again at %.0f GB/s\n",
               name, gflops, sizeof l2_array / 1000, gbytes);
        if (table)
            fprintf(table, "%s peak\t-\t-\t1\t-\t%.1f\t100\t-\t-\t-\n"
                    "%s L2, GB/s\t-\t-\t1\t-\t%.1f\t100\t-\t-\t-\n", name, gflops, name, gbytes);
        if (strcmp(name, best) == 0)
            peak_gflops = gflops;
        if (gbytes > l2_gbytes)        /* the cache's, whichever width got it out */
            l2_gbytes = gbytes;
    }
}

/* -- others ----------------------------------------------------------------------------------- */

/* A peer is a command.  Without arguments it prints its name and version, or fails; with a
   workload, H and B it prints the milliseconds one run takes. */
typedef struct peer { char command[1000], name[64]; int present; } peer;
static peer peers[2];

static int ask(const peer *p, const char *arguments, char *answer, int size)
{
    char command[1100];
    FILE *pipe;
    int ok;
    snprintf(command, sizeof command, "%s %s 2>/dev/null", p->command, arguments);
    pipe = popen(command, "r");
    ok = pipe && fgets(answer, size, pipe);
    if (pipe && pclose(pipe) != 0)
        ok = 0;
    if (ok)
        answer[strcspn(answer, "\n")] = 0;
    return ok;
}

static void find_peers(const char *own_path)
{
    const char *slash = strrchr(own_path, '/');
    int k;
    snprintf(peers[0].command, sizeof peers[0].command, "'%s' examples/bench/bench_torch.py",
             getenv("PYTHON") ? getenv("PYTHON") : "python3");
    snprintf(peers[1].command, sizeof peers[1].command, "'%.*s/bench_onednn'",
             slash ? (int)(slash - own_path) : 1, slash ? own_path : ".");
    setenv("OMP_NUM_THREADS", "1", 1);
    unsetenv("OPENBLAS_CORETYPE");         /* where set, these slow the peers down */
    unsetenv("OPENBLAS_L2_SIZE");
    for (k = 0; k < 2; k++) {
        peers[k].present = ask(&peers[k], "", peers[k].name, sizeof peers[k].name);
        if (peers[k].present)
            printf("beside it, one thread: %s\n", peers[k].name);
        else
            printf("%s: not installed, left out\n", k == 0 ? "PyTorch" : "oneDNN");
    }
}

static double ask_peer(const peer *p, const char *workload, int hidden, int batch)
{
    char arguments[64], answer[64];
    if (!p->present)
        return 0;
    snprintf(arguments, sizeof arguments, "%s %d %d%s", workload, hidden, batch,
             quick ? " quick" : "");
    return ask(p, arguments, answer, sizeof answer) ? strtod(answer, NULL) : 0;
}

/* -- the LSTM --------------------------------------------------------------------------------- */

static void make_model(ic_model *model, int hidden)
{
    ic_config config;
    memset(&config, 0, sizeof config);
    config.inputs = INPUTS, config.hidden = hidden, config.outputs = OUTPUTS, config.steps = STEPS;
    check(ic_model_init(model, &config, NULL), NULL);
    check(ic_model_randomise(model, 1, 0), NULL);
}

static float *random_floats(int purpose, int count, int size)
{
    float *x = get_floats((size_t)count, (size_t)size);
    ic_normal_fill(2018, (uint64_t)purpose, (size_t)count * (size_t)size, x);
    return x;
}

/* TRAIN: one update, everything included. */
static void train_once(void *context) { check(ic_trainer_step((ic_trainer *)context), NULL); }

static double time_train(int hidden, int batch, int threads)
{
    float *x = random_floats(1, batch, INPUTS), *y = random_floats(2, batch, STEPS * OUTPUTS);
    ic_train_options options;
    ic_trainer trainer;
    ic_model model;
    ic_pairs pairs;
    double seconds;
    make_model(&model, hidden);
    memset(&pairs, 0, sizeof pairs);
    pairs.n = batch, pairs.input_steps = 1, pairs.inputs = INPUTS, pairs.x = x;
    pairs.output_steps = STEPS, pairs.outputs = OUTPUTS, pairs.y = y;
    memset(&options, 0, sizeof options);
    options.updates = options.check_every = 1000000000;
    options.threads = threads;
    check(ic_trainer_init(&trainer, &model, &pairs, NULL, &options), NULL);
    seconds = measure(train_once, &trainer, 0);
    ic_trainer_free(&trainer);
    ic_model_free(&model);
    free(x);
    free(y);
    return seconds;
}

/* GENERATE and INVERT: a batch is worked off in groups, as ic_generate and ic_invert do, so that
   what is kept for the backward pass stays in the caches. */
#define GROUP 6                        /* rows a thread */
typedef struct inference {
    ic_work *work;
    int rows, group;
    const float *x, *y;                /* [rows][I], [rows][T][O] */
    float *dx;                         /* [rows][I], NULL: forward only */
} inference;

static void infer_once(void *context)
{
    const inference *f = (const inference *)context;
    int first, b, t, k;
    for (first = 0; first < f->rows; first += f->group) {
        ic_gradients wanted;
        ic_batch batch;
        memset(&batch, 0, sizeof batch);
        batch.rows = f->rows - first < f->group ? f->rows - first : f->group;
        batch.input_steps = 1;
        batch.x = f->x + (size_t)first * INPUTS;
        ic_forward(f->work, &batch);
        if (!f->dx)
            continue;
        for (b = 0; b < batch.rows; b++)
            for (t = 0; t < STEPS; t++)
                for (k = 0; k < OUTPUTS; k++)
                    ic_output_gradient(f->work, t, b)[k] = ic_output(f->work, t, b)[k]
                        - f->y[((size_t)(first + b) * STEPS + (size_t)t) * OUTPUTS + (size_t)k];
        memset(&wanted, 0, sizeof wanted);
        wanted.x = f->dx + (size_t)first * INPUTS;
        ic_backward(f->work, &wanted);
    }
}

static double time_inference(ic_purpose purpose, int batch, int threads)
{
    float *x = random_floats(1, batch, INPUTS), *y = random_floats(2, batch, STEPS * OUTPUTS);
    float *dx = get_floats((size_t)batch, INPUTS);
    ic_work_options options;
    inference f;
    ic_model model;
    double seconds;
    make_model(&model, HIDDEN);
    memset(&options, 0, sizeof options);
    options.rows = batch < GROUP * threads ? batch : GROUP * threads;
    options.purpose = purpose;
    options.threads = threads;
    check(ic_work_new(&f.work, &model.config, &options, NULL), NULL);
    ic_work_load(f.work, &model);
    f.rows = batch, f.group = options.rows, f.x = x, f.y = y;
    f.dx = purpose == IC_INVERT ? dx : NULL;
    seconds = measure(infer_once, &f, 0);
    ic_work_free(f.work);
    ic_model_free(&model);
    free(x);
    free(y);
    free(dx);
    return seconds;
}

/* One workload: alone, beside the peers, and on two threads. */
static void bench_lstm(const char *workload, int products, int hidden, int batch, int both)
{
    double one = 0;
    int threads, k, shown = 0;
    for (threads = 1; threads <= 1 + both; threads++) {
        const double seconds = products == 3 ? time_train(hidden, batch, threads)
                             : products == 2 ? time_inference(IC_INVERT, batch, threads)
                                             : time_inference(IC_GENERATE, batch, threads);
        row r = { workload, hidden, batch, threads, 1e3 * seconds, 0, 0, NULL, 0 };
        r.gflops = products * 8.0 * hidden * hidden * STEPS * batch / seconds * 1e-9;
        r.percent = 100 * r.gflops / (peak_gflops * threads);
        if (threads == 1)
            one = 1e3 * seconds;
        for (k = 0; k < 2 && threads == 1; k++) {
            r.peer_ms = ask_peer(&peers[k], workload, hidden, batch);
            r.peer = peers[k].name;
            if (r.peer_ms > 0) {
                print_row(&r);
                shown = 1;
            }
        }
        r.peer = threads > 1 ? "itself on one thread" : NULL;
        r.peer_ms = threads > 1 ? one : 0;
        if (threads > 1 || !shown)
            print_row(&r);
        if (batch == 1 && products == 2) {
            row l2 = { "INVERT L2", hidden, 1, threads, 1e3 * seconds, 0, 0, NULL, 0 };
            l2.gflops = 2 * STEPS * (double)sizeof l2_array / seconds * 1e-9;
            l2.percent = 100 * l2.gflops / l2_gbytes;
            print_row(&l2);
        }
    }
}

/* -- comparing and grouping ------------------------------------------------------------------- */

#define CURVES 150

static void dtw_once(void *context)
{
    const pen_set *set = (const pen_set *)context;
    double distance;
    check(ic_dtw(STEPS, set->xy, STEPS, set->xy + 2 * STEPS, 2, NULL, &distance), NULL);
    sink = (float)distance;
}

static void kmeans_once(void *context)
{
    static float centre[4][2 * STEPS];
    const pen_set *set = (const pen_set *)context;
    check(ic_kmeans(CURVES, 2 * STEPS, set->xy, 4, NULL, centre[0], NULL, NULL), NULL);
}

static void som_once(void *context)
{
    const pen_set *set = (const pen_set *)context;
    ic_som som;
    check(ic_som_train(&som, CURVES, 2 * STEPS, set->xy, NULL), NULL);
    ic_som_free(&som);
}

static void bench_other(const char *workload, work_fn *fn, pen_set *set, int batch)
{
    row r = { workload, 0, batch, 1, 0, 0, 0, NULL, 0 };
    r.ms = 1e3 * measure(fn, set, 0);
    print_row(&r);
}

int main(int argc, char **argv)
{
    static const int sizes[] = { 16, 64, 512, 1024 };
    outfile out;
    pen_set set;
    int k;
    program = "bench";
    if (argc > 1 && strcmp(argv[argc - 1], "quick") == 0)
        quick = 1, argc--;
    if (argc > 2)
        die(NULL, "usage: bench [OUT.tsv] [quick]");
    if (argc == 2)
        table = out_open(&out, argv[1]);
    if (table)
        fputs("workload\thidden\tbatch\tthreads\tms\tgflops\tpercent_of_peak\tpeer\tpeer_ms\t"
              "ratio\n", table);
    warn_if_busy();
    measure_machine();
    find_peers(argv[0]);
    printf("\n" LINE, "workload", "hidden", "batch", "threads", "ms", "GFLOP/s", "% peak", "peer",
           "ms", "ratio");
    bench_lstm("TRAIN", 3, HIDDEN, 1, 1);
    bench_lstm("TRAIN", 3, HIDDEN, 10, 1);
    bench_lstm("TRAIN", 3, HIDDEN, 32, 1);
    bench_lstm("TRAIN", 3, HIDDEN, 128, 1);
    bench_lstm("INVERT", 2, HIDDEN, 1, 0);
    bench_lstm("INVERT", 2, HIDDEN, 256, 1);
    bench_lstm("GENERATE", 1, HIDDEN, 1, 0);
    bench_lstm("GENERATE", 1, HIDDEN, 256, 1);
    for (k = 0; k < (quick ? 2 : 4); k++)
        bench_lstm("TRAIN", 3, sizes[k], 10, 0);
    load_data("", &set);
    pen_keep_classes(&set, 1);
    if (set.n < CURVES)
        die("built-in letters", "there are only %d samples of the first class", set.n);
    bench_other("k-means", kmeans_once, &set, CURVES);
    bench_other("DTW", dtw_once, &set, 1);
    bench_other("SOM", som_once, &set, CURVES);
    pen_set_free(&set);
    if (table)
        out_close(&out);
    return 0;
}
