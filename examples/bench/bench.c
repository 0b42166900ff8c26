/* bench.c: how fast, and how close to what the machine can do.

       bench FOLDER [data=FILE] [quick]   the table: FOLDER/bench.tsv; the data for the peers go there too
       bench sizes FOLDER [quick]         cost against size: FOLDER/sizes.tsv, drawn by plots/bench.gp;
                                          smallest: two sizes of each, for the tests

   data: the UCI file, for RECOGNISE (none: built-in letters).

   Measures on the spot what one core can do at most (fused multiply-adds a second, bytes a second
   from the second-level cache), then the library at its work, each time beside other libraries where
   they are installed (examples/bench/setup.sh), one thread: see peers.py and onednn.cpp.

   What is counted.  A step of one sequence has one product with the recurrent matrix forward, 4H*H
   multiply-adds or 8H^2 operations; backward one for the state's gradient and one for the weights'.
   GENERATE needs the first, INVERT the first two, TRAIN all three.  Everything else (the input, the
   gates, the output layer, Adam, packing the weights) takes time but does not count, so 100 % of the
   peak cannot be reached.  With two threads the peak is that of two cores.

   With one sequence a step is a matrix times a vector: every weight is used once, and what counts
   is how fast the recurrent matrix comes out of the cache.  The row "INVERT L2" says so for the two
   sweeps of INVERT, in GB/s and in % of what the cache can deliver.

   How it is timed.  Library and peers in turn, some rounds, each time for 50 ms or more after one run to
   warm up; a row says the medians, and the median of the ratios within a round.  With one thread
   times are the processor's, so that other programs disturb less; with two they are the clock's. */
#define INVCLASS_IMPLEMENTATION
#include "../common.h"
#include "machine.h"
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>

#define STEPS   205
#define INPUTS  20
#define OUTPUTS 2

enum { PEERS = 8 };
static int smallest;                   /* two sizes of each */

/* -- the table -------------------------------------------------------------------------------- */

static FILE *table;
static double peak_gflops, l2_gbytes;

typedef struct row {
    const char *workload, *label;      /* for the peer, for the reader; NULL: the same */
    int hidden, batch, threads;        /* 0: does not apply */
    double operations, bytes;          /* of a run, 0: not counted */
} row;

static const char *number(char *text, double x, int digits)
{
    snprintf(text, 32, x > 0 ? "%.*f" : "-", digits, x);
    return text;
}

#define LINE "%-30s %6s %5s %7s %10s %7s %6s  %-38s %10s %6s\n"

/* `peer` NULL: none. */
static void print_row(const row *r, double seconds, const char *peer, double peer_ms, double ratio)
{
    const double rate = (r->operations > 0 ? r->operations : r->bytes) / seconds * 1e-9;
    const double most = r->operations > 0 ? peak_gflops * r->threads : l2_gbytes;
    const char *label = r->label ? r->label : r->workload;
    char text[8][32];
    number(text[0], r->hidden, 0), number(text[1], r->batch, 0), number(text[2], r->threads, 0);
    number(text[3], 1e3 * seconds, 3), number(text[4], rate, 1), number(text[5], 100 * rate / most, 1);
    number(text[6], peer_ms, 3), number(text[7], ratio, 2);
    printf(LINE, label, text[0], text[1], text[2], text[3], text[4], text[5], peer ? peer : "-", text[6], text[7]);
    fflush(stdout);
    fprintf(table, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n", label, text[0], text[1], text[2],
            text[3], text[4], text[5], peer ? peer : "-", text[6], text[7]);
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

/* What this machine can do at most; with its lines in the table, or without. */
static void measure_machine(int with_lines)
{
    const char *best = ic_isa_name(IC_ISA_BEST);
    size_t k;
    printf("%s; kernels in use: %s\n", processor(), best);
    for (k = 0; k < sizeof widths / sizeof widths[0]; k++) {
        const width *w = &widths[k];
        const char *name = ic_isa_name(w->isa);
        double gflops, gbytes;
        if (!measure_width(w, &gflops, &gbytes))
            continue;
        printf("one core, %-8s %6.1f GFLOP/s at most; reads %zu KB again and again at %.0f GB/s\n",
               name, gflops, sizeof l2_array / 1000, gbytes);
        if (with_lines)
            fprintf(table, "%s peak\t-\t-\t1\t-\t%.1f\t100\t-\t-\t-\n"
                    "%s L2, GB/s\t-\t-\t1\t-\t%.1f\t100\t-\t-\t-\n", name, gflops, name, gbytes);
        if (strcmp(name, best) == 0)
            peak_gflops = gflops;
        if (gbytes > l2_gbytes)        /* the cache's, whichever width got it out */
            l2_gbytes = gbytes;
    }
}

/* -- others ----------------------------------------------------------------------------------- */

/* A peer is a program that says its name when it is ready and then answers every line with the
   milliseconds one run takes. */
typedef struct peer { pid_t id; FILE *to, *from; char name[64]; } peer;

static const char *python = "python3";
static char own_folder[1000] = ".";

/* Starts one, with a workload and its arguments; returns whether it is ready.  The first time one is
   not, that is said. */
static int peer_start(peer *p, const char *which, const char *workload, const char *arguments)
{
    static char missing[200];
    char command[4000];
    int there[2], back[2];
    if (strcmp(which, "onednn") == 0)
        snprintf(command, sizeof command, "exec '%s/bench_onednn' %s %s", own_folder, workload, arguments);
    else
        snprintf(command, sizeof command, "exec '%s' examples/bench/peers.py %s %s %s", python, which, workload, arguments);
    /* Our ends stay out of the peers started later: one that has a copy would keep this one waiting. */
    if (pipe(there) || pipe(back) || fcntl(there[1], F_SETFD, FD_CLOEXEC) || fcntl(back[0], F_SETFD, FD_CLOEXEC))
        die(NULL, "no pipe");
    fflush(stdout);
    p->id = fork();
    if (p->id < 0)
        die(NULL, "no process");
    if (p->id == 0) {
        dup2(there[0], 0), dup2(back[1], 1);
        if (!freopen("/dev/null", "w", stderr))
            _exit(1);
        close(there[0]), close(there[1]), close(back[0]), close(back[1]);
        execl("/bin/sh", "sh", "-c", command, (char *)NULL);
        _exit(1);
    }
    close(there[0]), close(back[1]);
    p->to = fdopen(there[1], "w"), p->from = fdopen(back[0], "r");
    if (p->to && p->from && fgets(p->name, sizeof p->name, p->from)) {
        p->name[strcspn(p->name, "\n")] = 0;
        return 1;
    }
    if (p->to)
        fclose(p->to);
    if (p->from)
        fclose(p->from);
    waitpid(p->id, NULL, 0);
    if (!strstr(missing, which)) {
        printf("%s: not installed, left out\n", which);
        strncat(missing, which, sizeof missing - strlen(missing) - 1);
    }
    return 0;
}

static double peer_ask(peer *p)
{
    char answer[64];
    if (fputs("\n", p->to) < 0 || fflush(p->to) || !fgets(answer, sizeof answer, p->from))
        die(p->name, "the peer is gone");
    return strtod(answer, NULL);
}

static void peer_end(peer *p)
{
    fclose(p->to), fclose(p->from);
    waitpid(p->id, NULL, 0);
}

/* Measures a workload and its peers in turn and prints a row for each peer, or one.  `which`: their
   names, with blanks between. */
static double bench(const row *r, work_fn *fn, void *context, const char *which, const char *arguments)
{
    peer peers[PEERS];
    double own[ROUNDS] = { 0 }, ms[PEERS][ROUNDS] = { { 0 } }, ratio[PEERS][ROUNDS] = { { 0 } }, seconds;
    char name[32];
    int calls, count = 0, k, j, length;
    for (; sscanf(which, "%31s%n", name, &length) == 1; which += length)
        if (count < PEERS && peer_start(&peers[count], name, r->workload, arguments))
            count++;
    calls = calls_for(fn, context, r->threads > 1);
    for (k = 0; k < rounds(); k++) {
        own[k] = measure_once(fn, context, calls, r->threads > 1);
        for (j = 0; j < count; j++) {
            ms[j][k] = peer_ask(&peers[j]);
            ratio[j][k] = ms[j][k] / (1e3 * own[k]);
        }
    }
    seconds = median(own);
    for (j = 0; j < count; j++) {
        print_row(r, seconds, peers[j].name, median(ms[j]), median(ratio[j]));
        peer_end(&peers[j]);
    }
    if (count == 0)
        print_row(r, seconds, NULL, 0, 0);
    return seconds;
}

/* -- the LSTM --------------------------------------------------------------------------------- */

/* One workload: what it needs, and what runs it. */
typedef struct lstm {
    int products, hidden, steps, batch, threads;       /* products: 3 TRAIN, 2 INVERT, 1 GENERATE */
    ic_model model;
    float *x, *y, *dx;                 /* [batch][I], [batch][T][O], [batch][I] */
    ic_trainer trainer;
    ic_work *work;
    int group;                         /* rows worked on side by side */
} lstm;

static float *random_floats(int purpose, int count, int size)
{
    float *x = get_floats((size_t)count, (size_t)size);
    ic_normal_fill(2018, (uint64_t)purpose, (size_t)count * (size_t)size, x);
    return x;
}

/* TRAIN: one update, everything included.  GENERATE and INVERT: a batch is worked off in groups, as the
   library does it, so that what is kept for the backward pass stays in the caches. */
#define GROUP 6                        /* rows a thread */

static void lstm_init(lstm *l)
{
    ic_config config = { 0 };
    config.inputs = INPUTS, config.hidden = l->hidden, config.outputs = OUTPUTS, config.steps = l->steps;
    check(ic_model_init(&l->model, &config, NULL), NULL);
    check(ic_model_randomise(&l->model, 1, 0), NULL);
    l->x = random_floats(1, l->batch, INPUTS), l->y = random_floats(2, l->batch, l->steps * OUTPUTS);
    l->dx = get_floats((size_t)l->batch, INPUTS);
    if (l->products == 3) {
        ic_train_options options = { 0 };
        ic_pairs pairs = { 0 };
        pairs.n = l->batch, pairs.input_steps = 1, pairs.x = l->x, pairs.y = l->y;
        pairs.inputs = INPUTS, pairs.output_steps = l->steps, pairs.outputs = OUTPUTS;
        options.updates = options.check_every = 1000000000;
        options.threads = l->threads;
        check(ic_trainer_init(&l->trainer, &l->model, &pairs, NULL, &options), NULL);
    } else {
        ic_work_options options = { 0 };
        l->group = l->batch < GROUP * l->threads ? l->batch : GROUP * l->threads;
        options.rows = l->group, options.threads = l->threads;
        options.purpose = l->products == 2 ? IC_INVERT : IC_GENERATE;
        check(ic_work_new(&l->work, &config, &options, NULL), NULL);
        ic_work_load(l->work, &l->model);
    }
}

static void lstm_free(lstm *l)
{
    if (l->products == 3)
        ic_trainer_free(&l->trainer);
    else
        ic_work_free(l->work);
    ic_model_free(&l->model);
    free(l->x), free(l->y), free(l->dx);
}

static void lstm_run(void *context)
{
    lstm *l = (lstm *)context;
    int first, b, t, k;
    if (l->products == 3) {
        check(ic_trainer_step(&l->trainer), NULL);
        return;
    }
    for (first = 0; first < l->batch; first += l->group) {
        ic_gradients wanted = { 0 };
        ic_batch batch = { 0 };
        batch.rows = l->batch - first < l->group ? l->batch - first : l->group;
        batch.input_steps = 1;
        batch.x = l->x + (size_t)first * INPUTS;
        ic_forward(l->work, &batch);
        if (l->products == 1)
            continue;
        for (b = 0; b < batch.rows; b++)
            for (t = 0; t < l->steps; t++)
                for (k = 0; k < OUTPUTS; k++)
                    ic_output_gradient(l->work, t, b)[k] = ic_output(l->work, t, b)[k]
                        - l->y[((size_t)(first + b) * (size_t)l->steps + (size_t)t) * OUTPUTS + (size_t)k];
        wanted.x = l->dx + (size_t)first * INPUTS;
        ic_backward(l->work, &wanted);
    }
}

static const char *const workloads[4] = { "", "GENERATE", "INVERT", "TRAIN" };
static const char *const peers_of[4] = { "", "torch jax onnxruntime onednn", "torch jax", "torch jax onednn" };

static double operations(const lstm *l)
{
    return l->products * 8.0 * l->hidden * l->hidden * l->steps * l->batch;
}

/* One workload on one thread beside the peers, and on two beside itself on one, in turn. */
static void bench_lstm(int products, int hidden, int batch, int both)
{
    lstm one = { 0 }, two;
    row r = { 0 };
    char arguments[64];
    double seconds;
    one.products = products, one.hidden = hidden, one.steps = STEPS, one.batch = batch, one.threads = 1;
    two = one;
    two.threads = 2;
    snprintf(arguments, sizeof arguments, "%d %d", hidden, batch);
    r.workload = workloads[products], r.hidden = hidden, r.batch = batch, r.threads = 1;
    r.operations = operations(&one);
    lstm_init(&one);
    seconds = bench(&r, lstm_run, &one, peers_of[products], arguments);
    if (batch == 1 && products == 2) {
        row l2 = { "INVERT L2", NULL, 0, 1, 1, 0, 0 };
        l2.hidden = hidden, l2.bytes = 2 * STEPS * (double)sizeof l2_array;
        print_row(&l2, seconds, NULL, 0, 0);
    }
    if (both) {
        double alone[ROUNDS] = { 0 }, pair[ROUNDS] = { 0 }, ratio[ROUNDS] = { 0 };
        int calls, k;
        lstm_init(&two);
        calls = calls_for(lstm_run, &one, 1);
        calls_for(lstm_run, &two, 1);
        for (k = 0; k < rounds(); k++) {
            alone[k] = measure_once(lstm_run, &one, calls, 1);
            pair[k] = measure_once(lstm_run, &two, calls, 1);
            ratio[k] = alone[k] / pair[k];
        }
        r.threads = 2;
        print_row(&r, median(pair), "itself on one thread", 1e3 * median(alone), median(ratio));
        lstm_free(&two);
    }
    lstm_free(&one);
}

/* -- recognising ------------------------------------------------------------------------------ */

/* RECOGNISE: learning, and then one curve at a time, of curves held out. */
typedef struct recognising {
    ic_samples train, test;
    ic_recogniser recogniser;
    ic_recognition answer;
    int next;
} recognising;

/* The first `train` curves are learned; their labels and points stay the caller's. */
static void recognising_init(recognising *g, int n, int train, int classes, const ic_curve *curve, const int *label)
{
    memset(g, 0, sizeof *g);
    g->train.n = train, g->train.dims = 2, g->train.classes = classes;
    g->test = g->train;
    g->test.n = n - train;
    g->train.curve = curve, g->train.label = label;
    g->test.curve = curve + train, g->test.label = label + train;
}

static void recognising_free(recognising *g)
{
    ic_recognition_free(&g->answer);
    ic_recogniser_free(&g->recogniser);
}

static void fit_once(void *context)
{
    recognising *g = (recognising *)context;
    recognising_free(g);
    check(ic_recogniser_fit(&g->recogniser, &g->train, NULL, NULL), NULL);
    check(ic_recognition_init(&g->answer, &g->recogniser), NULL);
}

static void recognise_once(void *context)
{
    recognising *g = (recognising *)context;
    g->next = (g->next + 1) % g->test.n;
    check(ic_recognise(&g->recogniser, &g->test.curve[g->next], &g->answer), NULL);
}

static double share_right(recognising *g)
{
    int k, right = 0;
    for (k = 0; k < g->test.n; k++) {
        recognise_once(g);
        right += g->answer.label == g->test.label[g->next];
    }
    return (double)right / g->test.n;
}

/* -- cost against size: one thread, no peers ------------------------------------------------------ */

static void size_row(const char *sweep, int products, int hidden, int steps, int batch)
{
    lstm l = { 0 };
    double own[ROUNDS] = { 0 };
    int calls, k;
    l.products = products, l.hidden = hidden, l.steps = steps, l.batch = batch, l.threads = 1;
    lstm_init(&l);
    calls = calls_for(lstm_run, &l, 0);
    for (k = 0; k < rounds(); k++)
        own[k] = measure_once(lstm_run, &l, calls, 0);
    fprintf(table, "%s\t%s\t%d\t%d\t%d\t%.4f\t%.2f\t-\t-\t-\n", sweep, workloads[products], hidden, steps, batch,
            1e3 * median(own), operations(&l) / median(own) * 1e-9);
    printf("%-8s %-8s hidden %4d steps %4d batch %3d: %9.3f ms %6.1f GFLOP/s\n", sweep, workloads[products], hidden,
           steps, batch, 1e3 * median(own), operations(&l) / median(own) * 1e-9);
    fflush(stdout);
    lstm_free(&l);
}

/* The recogniser, of as many classes: each a smooth random curve, which five samples follow with less
   random ones added; a sixth is recognised. */
static void classes_row(int classes)
{
    enum { EACH = 6, POINTS = 64, WAVES = 4 };
    const int n = EACH * classes;
    float *xy = get_floats((size_t)n, 2 * POINTS);
    ic_curve *curve = (ic_curve *)get_memory((size_t)n, sizeof *curve);
    int *label = (int *)get_memory((size_t)n, sizeof *label), i, t, k, w;
    double fit, one;
    unsigned long bytes;
    recognising g;
    for (i = 0; i < n; i++) {
        float *point = xy + (size_t)i * 2 * POINTS;
        curve[i].n = POINTS, curve[i].point = point;
        label[i] = i % classes;
        for (t = 0; t < POINTS; t++)
            for (k = 0; k < 2; k++)
                for (w = 1; w <= WAVES; w++)
                    point[2 * t + k] += (float)((ic_normal(6, (uint64_t)label[i], (uint64_t)(WAVES * k + w))
                                                 + 0.2 * ic_normal(7, (uint64_t)i, (uint64_t)(WAVES * k + w)))
                                                * cos(3.141592653589793 * w * t / (POINTS - 1)) / w);
    }
    recognising_init(&g, n, n - classes, classes, curve, label);
    fit = measure_once(fit_once, &g, 1, 0);
    one = measure_once(recognise_once, &g, calls_for(recognise_once, &g, 0), 0);
    bytes = (unsigned long)ic_recogniser_encoded_bytes(&g.recogniser);
    fprintf(table, "classes\tRECOGNISE\t-\t-\t-\t%.4f\t-\t%d\t%.4f\t%lu\n", 1e3 * one, classes, fit, bytes);
    printf("classes  %4d: fit %7.2f s, a curve %7.4f ms, model %9lu bytes, %.4f right\n", classes, fit, 1e3 * one, bytes,
           share_right(&g));
    fflush(stdout);
    recognising_free(&g);
    free(xy), free(curve), free(label);
}

static void bench_sizes(void)
{
    static const int classes[] = { 2, 5, 10, 20, 50, 100, 200, 500, 1000 };
    static const int batches[] = { 1, 2, 3, 4, 6, 8, 10, 12, 16, 24, 32, 64, 128, 256, 512 };
    int products, k;
    fprintf(table, "# %s, %s\n", processor(), ic_isa_name(IC_ISA_BEST));
    fprintf(table, "sweep\tworkload\thidden\tsteps\tbatch\tms\tgflops\tclasses\tfit_seconds\tbytes\n"
            "machine\tpeak\t-\t-\t-\t-\t%.2f\t-\t-\t-\nmachine\tL2, GB/s\t-\t-\t-\t-\t%.2f\t-\t-\t-\n", peak_gflops, l2_gbytes);
    for (products = 1; products <= 3; products++) {
        for (k = 16; k <= (smallest ? 32 : quick ? 256 : 1024); k *= 2)
            size_row("hidden", products, k, STEPS, 10);
        for (k = 32; k <= (smallest ? 64 : quick ? 256 : 1024); k *= 2)
            size_row("steps", products, HIDDEN, k, 10);
        for (k = 0; k < (smallest ? 2 : quick ? 10 : 15); k++)
            size_row("batch", products, HIDDEN, STEPS, batches[k]);
    }
    for (k = 0; k < (smallest ? 2 : quick ? 5 : 9); k++)
        classes_row(classes[k]);
}

/* -- comparing and grouping ------------------------------------------------------------------- */

typedef struct points { int n, d, k; float *x; char path[PATH]; const char *kind; } points;

/* Writes the points to a file for the peers. */
static void points_write(points *p, const char *folder, const char *name)
{
    const int32_t shape[2] = { p->n, p->d };
    FILE *file;
    path_of(p->path, "%s/%s.bin", folder, name);
    file = fopen(p->path, "wb");
    if (!file || fwrite(shape, sizeof shape, 1, file) != 1
        || fwrite(p->x, sizeof *p->x * (size_t)p->d, (size_t)p->n, file) != (size_t)p->n || fclose(file))
        die(p->path, "cannot be written");
}

static void dtw_once(void *context)
{
    const points *p = (const points *)context;
    double distance;
    check(ic_dtw(p->d / 2, p->x, p->d / 2, p->x + p->d, 2, NULL, &distance), NULL);
    sink = (float)distance;
}

static void kmeans_once(void *context)
{
    static uint64_t seed;
    const points *p = (const points *)context;
    float *centre = get_floats((size_t)p->k, (size_t)p->d);
    ic_kmeans_options o = { 0 };
    o.seed = seed++;
    check(ic_kmeans(p->n, p->d, p->x, p->k, &o, centre, NULL, NULL), NULL);
    free(centre);
}

static void som_once(void *context)
{
    const points *p = (const points *)context;
    ic_som som;
    check(ic_som_train(&som, p->n, p->d, p->x, NULL), NULL);
    ic_som_free(&som);
}

static void bench_points(const char *workload, work_fn *fn, points *p, const char *folder, const char *which)
{
    char arguments[1200], title[64];
    row r = { 0 };
    snprintf(title, sizeof title, p->k ? "%s %dx%d k %d%s" : "%s %dx%d", workload, p->n, p->d, p->k, p->kind ? p->kind : "");
    points_write(p, folder, workload);
    snprintf(arguments, sizeof arguments, p->k > 0 ? "'%s' %d" : "'%s'", p->path, p->k);
    r.workload = workload, r.label = title, r.threads = 1;
    bench(&r, fn, p, which, arguments);
    remove(p->path);
}

/* Half of the letters are learned, as in the UEA split (an eighth when it is to be quick), the others recognised.
   The peer gets a row a letter: its class, its length, and the points. */
static void bench_recognise(const char *folder, const char *data)
{
    enum { ROW = 2 + 2 * PEN_STEPS };
    const char *const which = *data ? "UCI" : "built-in";
    char arguments[1200], label[64];
    points p = { 0 };
    recognising g;
    row r = { 0 };
    ic_curve *curve;
    int *order, *class_of, i;
    pen_set set;
    load_data(data, &set);
    order = shuffled(0, 1, set.n);
    curve = (ic_curve *)get_memory((size_t)set.n, sizeof *curve);
    class_of = (int *)get_memory((size_t)set.n, sizeof *class_of);
    p.n = set.n, p.d = ROW, p.x = get_floats((size_t)set.n, ROW);
    for (i = 0; i < set.n; i++) {
        float *to = p.x + (size_t)i * ROW;
        memcpy(to + 2, set.xy + (size_t)order[i] * 2 * PEN_STEPS, 2 * PEN_STEPS * sizeof *to);
        curve[i].n = set.length[order[i]], curve[i].point = to + 2;
        class_of[i] = set.label[order[i]];
        to[0] = (float)class_of[i], to[1] = (float)curve[i].n;
    }
    recognising_init(&g, set.n, set.n / (quick ? 8 : 2), set.classes, curve, class_of);
    points_write(&p, folder, "RECOGNISE");
    snprintf(arguments, sizeof arguments, "'%s' %d", p.path, g.train.n);
    snprintf(label, sizeof label, "RECOGNISE fit, %d %s", g.train.n, which);
    r.workload = "FIT", r.label = label, r.threads = 1;
    bench(&r, fit_once, &g, "minirocket", arguments);
    snprintf(label, sizeof label, "RECOGNISE one, %.4f right", share_right(&g));
    r.workload = "RECOGNISE";
    bench(&r, recognise_once, &g, "minirocket", arguments);
    remove(p.path);
    recognising_free(&g);
    free(p.x), free(order), free(curve), free(class_of);
    pen_set_free(&set);
}

static void bench_others(const char *folder)
{
    enum { CURVES = 150, MANY = 2858, LONG = 1000 };
    points p = { 0 };
    pen_set set;
    int i, j;
    load_data("", &set);
    if (set.n < MANY)
        die("built-in letters", "there are only %d", set.n);
    p.n = MANY, p.d = 2 * STEPS, p.k = 20, p.x = set.xy;
    bench_points("KMEANS", kmeans_once, &p, folder, "lloyd elkan");
    pen_keep_classes(&set, 1);
    if (set.n < CURVES)
        die("built-in letters", "there are only %d samples of the first class", set.n);
    p.n = CURVES, p.k = 4;
    bench_points("KMEANS", kmeans_once, &p, folder, "lloyd elkan");
    p.k = 0;
    bench_points("SOM", som_once, &p, folder, "minisom");
    p.n = 2;
    bench_points("DTW", dtw_once, &p, folder, "aeon dtaidistance");
    p.d = 2 * LONG, p.x = random_floats(3, 2, 2 * LONG);           /* two random walks */
    for (i = 0; i < 2; i++)
        for (j = 2; j < 2 * LONG; j++)
            p.x[i * p.d + j] += p.x[i * p.d + j - 2];
    bench_points("DTW", dtw_once, &p, folder, "aeon dtaidistance");
    free(p.x);
    pen_set_free(&set);
}

/* Random numbers, the hardest case, and then the same around 50 places. */
static void bench_large(const char *folder)
{
    points p = { 20000, 64, 50, NULL, "", ", noise" };
    int i, j;
    p.x = random_floats(4, p.n, p.d);
    bench_points("KMEANS", kmeans_once, &p, folder, "lloyd elkan");
    for (i = 0; i < p.n; i++)
        for (j = 0; j < p.d; j++)
            p.x[i * p.d + j] += (float)ic_normal(5, (uint64_t)(i % p.k), (uint64_t)j);
    p.kind = ", 50 clusters";
    bench_points("KMEANS", kmeans_once, &p, folder, "lloyd elkan");
    free(p.x);
}

int main(int argc, char **argv)
{
    static const struct { int products, hidden, batch, two_threads, when_quick; } lstms[] = {
        { 3, HIDDEN, 1, 1, 1 }, { 3, HIDDEN, 10, 1, 1 }, { 3, HIDDEN, 32, 1, 1 },  { 3, HIDDEN, 128, 1, 0 },
        { 2, HIDDEN, 1, 0, 1 }, { 2, HIDDEN, 256, 1, 1 }, { 1, HIDDEN, 1, 0, 1 },  { 1, HIDDEN, 256, 1, 1 },
        { 3, 16, 10, 0, 0 },    { 3, 64, 10, 0, 1 },      { 3, 512, 10, 0, 0 },    { 3, 1024, 10, 0, 0 },
    };
    const char *slash = strrchr(argv[0], '/'), *data = "";
    const option options[] = { { "data", &data } };
    char path[PATH];
    outfile out;
    int k, by_size;
    program = "bench";
    argc = take_options(argc, argv, options, 1);
    smallest = argc > 1 && strcmp(argv[argc - 1], "smallest") == 0;
    quick = smallest || (argc > 1 && strcmp(argv[argc - 1], "quick") == 0);
    argc -= quick;
    by_size = argc > 1 && strcmp(argv[1], "sizes") == 0;
    if (argc != 2 + by_size)
        die(NULL, "usage: bench [sizes] FOLDER [data=FILE] [quick]");
    if (slash)
        snprintf(own_folder, sizeof own_folder, "%.*s", (int)(slash - argv[0]), argv[0]);
    if (getenv("PYTHON"))
        python = getenv("PYTHON");
    setenv("OMP_NUM_THREADS", "1", 1);
    unsetenv("OPENBLAS_CORETYPE");         /* where set, these slow the peers down */
    unsetenv("OPENBLAS_L2_SIZE");
    signal(SIGPIPE, SIG_IGN);
    path_of(path, "%s/%s.tsv", argv[argc - 1], by_size ? "sizes" : "bench");
    table = out_open(&out, path);
    warn_if_busy();
    if (by_size) {
        measure_machine(0);
        bench_sizes();
        out_close(&out);
        return 0;
    }
    fputs("workload\thidden\tbatch\tthreads\tms\tgflops\tpercent_of_peak\tpeer\tpeer_ms\tratio\n", table);
    measure_machine(1);
    printf("\n" LINE, "workload", "hidden", "batch", "threads", "ms", "GFLOP/s", "% peak", "peer", "ms", "ratio");
    for (k = 0; k < (int)(sizeof lstms / sizeof lstms[0]); k++)
        if (!quick || lstms[k].when_quick)
            bench_lstm(lstms[k].products, lstms[k].hidden, lstms[k].batch, lstms[k].two_threads);
    bench_others(argv[1]);
    if (!quick)
        bench_large(argv[1]);
    bench_recognise(argv[1], data);
    out_close(&out);
    return 0;
}
