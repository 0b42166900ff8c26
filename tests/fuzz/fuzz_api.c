/* The public interface, called with whatever the bytes say: small networks and curves, every option, and in
   half of the cases outlandish values among them.  Arrays have exactly the sizes that are claimed.  What
   must hold: no fault that a sanitizer sees; an ordinary case succeeds; a success leaves finite numbers in
   range, and the same bytes with other kernels and threads; a failure leaves nothing to free. */
#include <stdlib.h>
static size_t in_use, most_bytes = 1u << 20;       /* blocks; bytes a block may have */
static void *limited_malloc(size_t size) { return size > most_bytes ? NULL : (in_use++, malloc(size)); }
static void limited_free(void *p) { in_use -= p != NULL; free(p); }
#define IC_MALLOC(size) limited_malloc(size)
#define IC_FREE(p) limited_free(p)
#define INVCLASS_IMPLEMENTATION
#include "invclass.h"
#include "fuzz.h"
#include <limits.h>

/* -- choices ------------------------------------------------------------------------------------------ */

static const unsigned char *source;      /* the bytes that decide, and then numbers drawn from their hash */
static size_t left;
static uint64_t key, draws;
static int wild;                         /* does this case have outlandish values? */
static int outlandish;                   /* has it had one? */

static int pick(int n)                   /* 0 .. n - 1 */
{
    uint32_t word[4];
    if (left > 0) {
        left--;
        return *source++ % n;
    }
    ic_random(key, 0, draws++, word);
    return (int)(word[0] % (uint32_t)n);
}

static int strange(void) { return wild && pick(12) == 11 ? (outlandish = 1) : 0; }

static int whole(int low, int high)
{
    static const int odd[] = { -1, 0, 1, 3, 65, 1 << 20, INT_MAX, INT_MIN };
    return strange() ? odd[pick(8)] : low + pick(high - low + 1);
}

static double real(double low, double high)
{
    static const double odd[] = { -1, 0, 1e-320, 1e-30, 1, 1e20, 1e38, 1e39, 1e300 };
    if (!strange())
        return low + (high - low) * pick(256) / 255;
    switch (pick(12)) {
    case 0: return (double)NAN;
    case 1: return HUGE_VAL;
    case 2: return -HUGE_VAL;
    default: return odd[pick(9)];
    }
}

/* An array on the heap of exactly n numbers, of deviation `size`; the caller frees it. */
static ic_real *numbers(size_t n, double size)
{
    ic_real *x = (ic_real *)malloc(n * sizeof *x + !n);
    const uint64_t seed = (uint64_t)pick(256);
    size_t k;
    for (k = 0; k < n; k++)
        x[k] = (ic_real)(size * ic_normal(seed, 0, k));
    if (n > 0 && wild && pick(4) == 3)
        x[(size_t)pick(256) % n] = (ic_real)real(-3, 3);
    return x;
}

static int *labels(int n, int classes)
{
    int *label = (int *)malloc((size_t)n * sizeof *label + !n), k;
    for (k = 0; k < n; k++)
        label[k] = k % classes;
    if (n > 0 && strange())
        label[pick(256) % n] = whole(0, classes < 9 ? classes : 9);
    return label;
}

/* -- what must hold ------------------------------------------------------------------------------------ */

static void must_be_finite(const ic_real *x, size_t n)
{
    size_t k;
    for (k = 0; k < n; k++)
        MUST(x[k] - x[k] == 0);
}

/* Ordinary cases succeed, or say that they have too few curves or a covariance that is none. */
static void must_be_expected(ic_status status)
{
    MUST(status >= IC_OK && status < IC_STATUS_COUNT && status != IC_E_ARITHMETIC);
    MUST(outlandish || status == IC_OK || status == IC_E_SAMPLES || status == IC_E_CONFLICT || status == IC_E_STOPPED);
}

/* -- the parts of the interface -------------------------------------------------------------------------- */

static ic_config some_config(void)
{
    ic_config c;
    memset(&c, 0, sizeof c);
    c.inputs = whole(1, 5), c.hidden = whole(1, 20), c.layers = whole(0, 3), c.outputs = whole(1, 4), c.steps = whole(1, 9);
    c.gate = (ic_gate)pick(2), c.head = (ic_head)pick(2), c.link = (ic_link)pick(2);
    if (c.outputs == 1)                   /* whose softmax is 1 */
        c.link = IC_LINEAR;
    return c;
}

/* A size that the claimed array can have here: what is outlandish stays outlandish, and gets no array. */
static size_t room(int a, int b, int c)
{
    return a > 0 && b > 0 && c > 0 && (double)a * b * c < 1e5 ? (size_t)a * (size_t)b * (size_t)c : 0;
}

static int stop(void *user, const ic_progress *p) { (void)p; return --*(int *)user <= 0; }

static ic_train_options some_training(int *calls)
{
    ic_train_options o;
    memset(&o, 0, sizeof o);
    o.seed = (uint64_t)pick(256);
    *calls = 6 + pick(20);
    if (pick(2))
        o.updates = whole(1, 12);
    else
        o.epochs = whole(0, 3);
    o.batch = whole(0, 6);
    o.rate = real(0, 0.1), o.beta1 = real(0, 0.99), o.beta2 = real(0, 0.999), o.epsilon = real(0, 0.01);
    o.schedule = (ic_schedule)pick(2), o.warmup = real(0, 1), o.clip = real(0, 2);
    if (pick(2))
        o.noise = real(0.01, 0.5), o.noise_steps = whole(0, 1), o.draws = whole(0, 3);
    o.check_every = whole(0, 5), o.memory = pick(2) ? real(2, 9) : 0;
    if (pick(3) == 0)
        o.stuck = real(0.001, 2), o.restarts = whole(0, 3);
    if (strange())
        o.loss = (ic_loss)pick(4), o.schedule = (ic_schedule)pick(4), o.isa = (ic_isa)pick(9);
    o.callback = stop, o.user = calls;
    return o;
}

/* Runs the trained network, and takes it through bytes and back. */
static void use_model(const ic_model *model)
{
    const ic_config *c = &model->config;
    const size_t size = ic_encoded_bytes(model);
    const int n = 1 + pick(9), writes = c->head == IC_EVERY_STEP, threads = 1 + (pick(8) == 7);
    const size_t in = (size_t)n * (size_t)(writes ? 1 : c->steps) * (size_t)c->inputs;
    const size_t out = (size_t)n * (size_t)(writes ? c->steps : 1) * (size_t)c->outputs;
    unsigned char *bytes = (unsigned char *)malloc(size), *again = (unsigned char *)malloc(size);
    ic_real *x = numbers(in, 0.5), *y = numbers(out, 1), *z = numbers(out, 1);
    ic_model back;
    ic_status status = writes ? ic_generate(model, n, x, y, 0) : ic_classify(model, n, x, y, 0);
    must_be_expected(status);
    MUST((writes ? ic_classify(model, n, x, y, 0) : ic_generate(model, n, x, y, 0)) == IC_E_MISMATCH);
    if (status == IC_OK) {
        must_be_finite(y, out);
        MUST((writes ? ic_generate(model, n, x, z, threads) : ic_classify(model, n, x, z, threads)) == IC_OK);
        MUST(memcmp(y, z, out * sizeof *y) == 0);
    }
    ic_encode(model, bytes);
    MUST(ic_decode(&back, bytes, size) == IC_OK);
    ic_encode(&back, again);
    MUST(memcmp(bytes, again, size) == 0);
    ic_model_free(&back);
    free(bytes), free(again), free(x), free(y), free(z);
}

static void train(ic_model *model, const ic_pairs *pairs)
{
    int calls, calls_again;
    const ic_train_options o = some_training(&calls);
    ic_train_options other = o;
    ic_progress report;
    ic_status status;
    calls_again = calls;
    other.user = &calls_again, other.threads = pick(8) == 7 ? 2 : 1;      /* threads take their time under sanitizers */
    if (o.isa == IC_ISA_BEST)
        other.isa = IC_ISA_PLAIN;
    status = ic_train(model, pairs, NULL, &o, &report);
    MUST(outlandish || status == IC_OK || status == IC_E_CONFLICT || status == IC_E_STOPPED);
    if (status == IC_OK || status == IC_E_STOPPED || status == IC_E_DIVERGED) {
        const uint64_t hash = ic_hash_reals(0, model->param, model->count);
        const double best = report.best;
        must_be_finite(model->param, model->count);
        MUST(ic_train(model, pairs, pick(2) ? pairs : NULL, &other, &report) == status);
        MUST(ic_hash_reals(0, model->param, model->count) == hash);
        MUST(memcmp(&best, &report.best, sizeof best) == 0);
        use_model(model);
    }
}

/* Pairs of the caller's own, which may or may not be the network's. */
static void case_pairs(void)
{
    const ic_config c = some_config();
    ic_model model;
    ic_pairs p;
    ic_real *x, *y, *weight = NULL;
    size_t k;
    if (ic_model_init(&model, &c, NULL) != IC_OK) {
        MUST(outlandish && !model.owned);
        return;
    }
    memset(&p, 0, sizeof p);
    p.n = whole(1, 9);
    p.inputs = strange() ? whole(0, 6) : c.inputs;
    p.outputs = strange() ? whole(0, 6) : c.outputs;
    p.input_steps = strange() ? whole(0, 10) : c.head == IC_EVERY_STEP ? 1 : c.steps;
    p.output_steps = strange() ? whole(0, 10) : c.head == IC_EVERY_STEP ? c.steps : 1;
    x = numbers(room(p.n, p.input_steps, p.inputs), 0.5);
    y = numbers(room(p.n, p.output_steps, p.outputs), 1);
    if (pick(3) == 0) {
        weight = numbers(room(p.n, 1, 1), 1);
        for (k = 0; k < room(p.n, 1, 1); k++)
            weight[k] = weight[k] < 0 ? -weight[k] : weight[k];
        outlandish |= wild;                              /* one of them may be 0 */
    }
    p.x = x, p.y = y, p.weight = weight;
    if (p.n < 1 || (room(p.n, p.input_steps, p.inputs) > 0 && room(p.n, p.output_steps, p.outputs) > 0))
        train(&model, &p);
    ic_model_free(&model);
    free(x), free(y), free(weight);
}

/* Curves, what is made of them, and networks trained on that. */
static void case_curves(void)
{
    ic_curves c;
    ic_augment a;
    ic_pairs pairs;
    ic_real *y;
    int *label;
    ic_status status;
    memset(&a, 0, sizeof a), memset(&c, 0, sizeof c);
    c.n = whole(1, 14), c.steps = whole(1, 9), c.dims = whole(1, 3), c.classes = whole(1, 4);
    if (room(c.n, c.steps, c.dims) == 0 || c.classes < 1)
        c.n = c.n < 1 ? c.n : 0;
    y = numbers(room(c.n, c.steps, c.dims), 1);
    label = labels(c.n > 0 ? c.n : 0, c.classes > 0 ? c.classes : 1);
    if (pick(4) == 3)                                    /* curves that do not differ */
        memset(y, 0, room(c.n, c.steps, c.dims) * sizeof *y);
    c.y = y, c.label = label;
    a.seed = (uint64_t)pick(256);
    switch (pick(6)) {
    case 0: a.types = whole(1, 3), a.means = pick(2), a.repeller = pick(2); break;
    case 1: a.centres = whole(1, 3), a.classifier = pick(2); break;
    case 2: a.styles = whole(1, 4), a.types = whole(0, 2); break;
    case 3: a.classifier = 1; break;
    case 4: a.means = 1, a.repeller = pick(2); break;
    default: a.repeller = pick(2); break;
    }
    if (strange())
        a.types = whole(0, 2), a.centres = whole(0, 2), a.styles = whole(0, 2), a.classifier = pick(2);
    status = ic_pairs_make(&pairs, &c, pick(8) ? &a : NULL);
    must_be_expected(status);
    MUST((pairs.owned != NULL) == (status == IC_OK));
    if (status == IC_OK) {
        ic_config config;
        ic_model model;
        must_be_finite(pairs.x, (size_t)pairs.n * (size_t)pairs.input_steps * (size_t)pairs.inputs);
        must_be_finite(pairs.y, (size_t)pairs.n * (size_t)pairs.output_steps * (size_t)pairs.outputs);
        must_be_finite(pairs.weight, (size_t)pairs.n);
        memset(&config, 0, sizeof config);
        config.inputs = pairs.inputs, config.outputs = pairs.outputs, config.hidden = 1 + pick(9);
        config.steps = c.steps;
        if (pairs.output_steps == 1)
            config.head = IC_LAST_STEP;
        if (pairs.inputs <= 200 && pairs.outputs <= 200 && ic_model_init(&model, &config, NULL) == IC_OK) {
            train(&model, &pairs);
            ic_model_free(&model);
        }
    }
    ic_pairs_free(&pairs);
    free(y), free(label);
}

static void case_work(void)
{
    const ic_config c = some_config();
    ic_work_options o;
    ic_work *work;
    ic_model model;
    ic_status status;
    memset(&o, 0, sizeof o);
    o.rows = whole(0, 7), o.steps = whole(0, 11), o.purpose = (ic_purpose)pick(3), o.threads = pick(8) == 7 ? whole(0, 3) : 0;
    if (strange())
        o.purpose = (ic_purpose)pick(7), o.isa = (ic_isa)pick(9);
    status = ic_work_new(&work, &c, &o, NULL);
    must_be_expected(status);
    MUST((work != NULL) == (status == IC_OK));
    MUST(status == IC_E_MEMORY || (ic_work_bytes(&c, &o) > 0) == (status == IC_OK));
    if (status == IC_OK && ic_model_init(&model, &c, NULL) == IC_OK) {
        const int rows = o.rows ? o.rows : 1, layers = c.layers ? c.layers : 1;
        const int steps = 1 + pick(o.steps ? o.steps : c.steps), given = pick(steps + 1);
        if (room(rows, steps, c.inputs) && room(layers * rows, c.hidden, 1) && ic_model_randomise(&model, 1, pick(2) ? 0 : 5) == IC_OK) {
            ic_batch b;
            ic_gradients g;
            ic_real *x = numbers(room(rows, given, c.inputs), 1), *dx = numbers(room(rows, given, c.inputs), 1);
            ic_real *h0 = numbers(room(layers * rows, c.hidden, 1), 1), *dh0 = numbers(room(layers * rows, c.hidden, 1), 1);
            ic_real *param = numbers(model.padded, 1);
            int t, r;
            memset(&b, 0, sizeof b), memset(&g, 0, sizeof g);
            b.rows = 1 + pick(rows), b.steps = steps, b.input_steps = given;
            b.x = given ? x : NULL, b.h0 = pick(2) ? h0 : NULL, b.c0 = pick(2) ? h0 : NULL;
            ic_work_load(work, &model);
            ic_forward(work, &b);
            if (o.purpose != IC_GENERATE) {
                for (t = 0; t < (c.head == IC_EVERY_STEP ? steps : 1); t++)
                    for (r = 0; r < b.rows; r++)
                        memcpy(ic_output_gradient(work, t, r), ic_output(work, t, r), (size_t)c.outputs * sizeof *x);
                g.x = pick(2) ? dx : NULL, g.h0 = pick(2) ? dh0 : NULL;
                g.param = o.purpose == IC_TRAIN ? param : NULL;
                ic_backward(work, &g);
                if (g.param && !outlandish)
                    must_be_finite(param, model.padded);
            }
            free(x), free(dx), free(h0), free(dh0), free(param);
        }
        ic_model_free(&model);
    }
    ic_work_free(work);
}

static void case_points(void)
{
    const int n = whole(1, 20), d = whole(1, 20), k = whole(1, 5);
    const size_t count = room(n, d, 1);
    ic_real *x = numbers(count, pick(4) ? 1 : 1e17), *u;
    ic_som_options so;
    ic_som map;
    ic_status status;
    if (count > 0 && room(k, d, 1) > 0 && k <= 1000) {
        ic_real *centre = numbers((size_t)k * (size_t)d, 1), *other = numbers((size_t)k * (size_t)d, 1);
        int *label = labels(n, 1), *others = labels(n, 1), j;
        double inertia = 0, again = 0;
        ic_kmeans_options o;
        memset(&o, 0, sizeof o);
        o.seed = (uint64_t)pick(256), o.restarts = whole(0, 3), o.iterations = whole(0, 9);
        o.restarts = o.restarts > 65 ? 65 : o.restarts;
        status = ic_kmeans(n, d, x, k, &o, centre, label, &inertia);
        must_be_expected(n < k && status == IC_E_ARGUMENT ? IC_OK : status);
        if (status == IC_OK) {
            must_be_finite(centre, (size_t)k * (size_t)d);
            MUST(inertia >= 0 && inertia - inertia == 0);
            for (j = 0; j < n; j++)
                MUST(label[j] >= 0 && label[j] < k);
            o.isa = IC_ISA_PLAIN, o.threads = 1 + (pick(8) == 7);
            MUST(ic_kmeans(n, d, x, k, &o, other, others, &again) == IC_OK);
            MUST(memcmp(centre, other, (size_t)k * (size_t)d * sizeof *centre) == 0);
            MUST(memcmp(label, others, (size_t)n * sizeof *label) == 0 && memcmp(&inertia, &again, sizeof again) == 0);
        }
        free(centre), free(other), free(label), free(others);
    }
    memset(&so, 0, sizeof so);
    so.seed = (uint64_t)pick(256), so.rows = whole(0, 6), so.cols = whole(0, 6), so.torus = pick(4) == 3;
    so.iterations = whole(0, 30), so.iterations = so.iterations > 100 ? 100 : so.iterations;
    so.sigma = real(0, 3), so.rate = real(0, 1), so.sigma_half = real(0, 2), so.rate_half = real(0, 2);
    so.start = strange() ? (ic_som_start)pick(5) : (ic_som_start)pick(2);
    if (count > 0 || n < 1 || d < 1) {
        status = ic_som_train(&map, n, d, x, pick(8) ? &so : NULL);
        MUST((map.owned != NULL) == (status == IC_OK));
        must_be_expected(status);
        if (status == IC_OK) {
            const size_t units = (size_t)map.rows * (size_t)map.cols;
            u = numbers(units, 1);
            must_be_finite(map.weight, units * (size_t)d);
            ic_som_u_matrix(&map, u);
            must_be_finite(u, units);
            MUST(ic_som_quantisation_error(&map, n, x) >= 0 && ic_som_quantisation_error(&map, n, x) < HUGE_VAL);
            MUST(ic_som_topographic_error(&map, n, x) >= 0 && ic_som_topographic_error(&map, n, x) <= 1);
            free(u);
        }
        ic_som_free(&map);
    }
    free(x);
}

static void case_warp(void)
{
    const int na = whole(1, 20), nb = whole(1, 20), dims = whole(1, 4);
    ic_real *a = numbers(room(na, dims, 1), 1), *b = numbers(room(nb, dims, 1), 1);
    ic_dtw_options o;
    double distance = 0, again = 0;
    ic_status status;
    memset(&o, 0, sizeof o);
    o.band = whole(0, 6), o.cutoff = pick(2) ? real(0, 9) : 0;
    if ((room(na, dims, 1) > 0 && room(nb, dims, 1) > 0) || na < 1 || nb < 1 || dims < 1) {
        const int chosen = pick(8) != 0;
        o.band = chosen ? o.band : 0;                    /* used again below */
        status = ic_dtw(na, a, nb, b, dims, chosen ? &o : NULL, &distance);
        must_be_expected(status);
        if (status == IC_OK) {
            MUST(distance >= 0);
            o.cutoff = 0;
            MUST(ic_dtw(na, a, nb, b, dims, &o, &distance) == IC_OK && distance < HUGE_VAL);
            o.isa = IC_ISA_PLAIN;
            MUST(ic_dtw(nb, b, na, a, dims, &o, &again) == IC_OK && memcmp(&distance, &again, sizeof again) == 0);
        }
    }
    free(a), free(b);
}

/* What a recogniser says of a curve: a class, and probabilities that are some. */
static void must_be_an_answer(const ic_recogniser *r, const ic_recognition *a)
{
    double sum = 0;
    int k;
    MUST(a->label >= 0 && a->label < r->classes && a->order[0] == a->label);
    MUST(a->p_value >= 0 && a->p_value <= 1 && a->energy - a->energy == 0);
    for (k = 0; k < r->classes; k++) {
        MUST(a->probability[k] >= 0 && a->probability[k] <= 1);
        sum += a->probability[k];
    }
    MUST(sum > 1 - 1e-6 && sum < 1 + 1e-6);
}

static ic_curve some_curve(int dims)
{
    ic_curve c;
    ic_real *time = NULL;
    unsigned char *begins = NULL;
    int k;
    c.n = 1 + pick(14);
    c.point = numbers((size_t)c.n * (size_t)dims, pick(8) ? 1 : 1e6);
    if (pick(3) == 0) {
        time = numbers((size_t)c.n, 1);
        for (k = 1; k < c.n; k++)
            time[k] = time[k - 1] + (ic_real)fabs((double)time[k]);
        outlandish |= wild;
    }
    if (pick(3) == 0) {
        begins = (unsigned char *)malloc((size_t)c.n);
        for (k = 0; k < c.n; k++)
            begins[k] = pick(4) == 0;
    }
    c.time = time, c.begins = begins;
    return c;
}

static void free_curve(const ic_curve *c)
{
    free((void *)(uintptr_t)c->point), free((void *)(uintptr_t)c->time), free((void *)(uintptr_t)c->begins);
}

/* Any answer, or a status; at once, point by point, and from a copy that went through bytes. */
static void ask(const ic_recogniser *r, const ic_recogniser *copy)
{
    ic_curve c = some_curve(r->dims);
    ic_recognition answer, other;
    ic_adjustment adjustment;
    ic_real *drawn = numbers((size_t)r->options.steps * (size_t)r->dims, 1);
    ic_status status;
    int k;
    MUST(ic_recognition_init(&answer, r) == IC_OK && ic_recognition_init(&other, copy) == IC_OK);
    status = ic_recognise(r, &c, &answer);
    MUST(outlandish || status == IC_OK || status == IC_E_SIZE);           /* more strokes than are told apart */
    if (status == IC_OK) {
        must_be_an_answer(r, &answer);
        MUST(ic_recognise(copy, &c, &other) == IC_OK);
        MUST(memcmp(answer.probability, other.probability, (size_t)r->classes * sizeof(double)) == 0);
        if (ic_recognition_explain(r, &answer, &adjustment, drawn, NULL) == IC_OK)
            must_be_finite(drawn, (size_t)r->options.steps * (size_t)r->dims);
    }
    ic_recognise_begin(&answer);
    for (k = 0; k < c.n; k++)
        if (ic_recognise_point(r, c.point + k * r->dims, c.begins && c.begins[k], &answer) == IC_OK)
            must_be_an_answer(r, &answer);
    ic_recognition_free(&answer);
    ic_recognition_free(&other);
    free_curve(&c);
    free(drawn);
}

static void case_recogniser(void)
{
    enum { MOST = 12 };
    ic_curve curve[MOST];
    ic_samples s;
    ic_recogniser_options o;
    ic_recogniser_report report;
    ic_recogniser r;
    ic_status status;
    int *label, k, calls = 40;
    memset(&s, 0, sizeof s), memset(&o, 0, sizeof o);
    s.dims = strange() ? 0 : 1 + pick(3), s.classes = whole(1, 3), s.n = 1 + pick(MOST);
    for (k = 0; k < s.n; k++)
        curve[k] = some_curve(s.dims);
    label = labels(s.n, s.classes > 0 ? s.classes : 1);
    s.curve = curve, s.label = label;
    o.seed = (uint64_t)pick(256), o.steps = whole(4, 9), o.steps = o.steps > 20 ? 20 : o.steps;
    o.view = strange() ? (ic_view)pick(5) : (ic_view)pick(3);
    o.keep_size = pick(2), o.any_order = pick(4) == 0;
    if (pick(2))
        o.any_rotation = s.dims == 2;
    else
        o.keep_place = o.keep_size && pick(2);
    if (o.any_rotation)
        o.any_order = 0;
    o.types = whole(0, 2), o.styles = whole(-1, 2), o.hidden = whole(1, 6), o.updates = whole(1, 4);
    o.false_alarm = real(0, 0.2), o.callback = stop, o.user = &calls;
    most_bytes = 1u << 24;
    status = ic_recogniser_fit(&r, &s, &o, &report);
    MUST((r.owned != NULL) == (status == IC_OK));
    MUST(outlandish || status == IC_OK || status == IC_E_SAMPLES || status == IC_E_STOPPED || status == IC_E_SIZE);
    if (status == IC_OK) {
        const size_t size = ic_recogniser_encoded_bytes(&r);
        unsigned char *bytes = (unsigned char *)malloc(size);
        ic_curve more = some_curve(s.dims);
        ic_recogniser copy, bad;
        ic_recogniser_encode(&r, bytes);
        MUST(ic_recogniser_decode(&copy, bytes, size) == IC_OK);
        ask(&r, &copy);
        ic_recogniser_free(&copy);
        for (k = 0; k < 4; k++) {                        /* any bytes, with the right checksum */
            bytes[(size_t)(pick(256) * 256 + pick(256)) % (size - 8)] = (unsigned char)pick(256);
            ic_p_put(bytes + size - 8, ic_hash(0, bytes, size - 8), 8);
            if (ic_recogniser_decode(&bad, bytes, size) == IC_OK)
                ic_recogniser_free(&bad);
            else
                MUST(bad.owned == NULL);
        }
        status = ic_recogniser_add(&r, &more, pick(r.classes + 1), NULL);
        MUST(outlandish || status == IC_OK || status == IC_E_SIZE);
        if (status == IC_OK)
            ask(&r, &r);
        free_curve(&more);
        free(bytes);
    }
    ic_recogniser_free(&r);
    for (k = 0; k < s.n; k++)
        free_curve(&curve[k]);
    free(label);
}

int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t n)
{
    source = bytes, left = n, outlandish = 0;
    key = ic_hash(0, bytes, n), draws = 0;
    wild = pick(2);
    most_bytes = 1u << 20;
    switch (pick(6)) {
    case 5: case_recogniser(); break;
    case 0: case_pairs(); break;
    case 1: case_curves(); break;
    case 2: case_work(); break;
    case 3: case_points(); break;
    default: case_warp(); break;
    }
    MUST(in_use == 0);
    return 0;
}
