/* The network, forward and backward, against the plain one of examples/plain.c, in double precision, in
   shapes of every kind; the same bytes from every kernel, thread count and company in the batch; and a
   network that the author of the thesis trained in 2018, if its file is at hand. */
#define INVCLASS_IMPLEMENTATION
#include "invclass.h"
#include "check.h"
#define main plain_main
#include "../examples/plain.c"
#undef main

static float *numbers(uint64_t key, size_t n, double scale)
{
    float *x = (float *)malloc((n + 16) * sizeof *x);
    size_t k;
    for (k = 0; k < n; k++)
        x[k] = (float)(scale * ic_normal(key, k, 0));
    return x;
}

/* -- the plain network: layers of examples/plain.c, one sequence, in double precision ----------------- */

enum { MOST_STEPS = 16, MOST_LAYERS = 3, MOST_UNITS = 80, MOST_NUMBERS = 160, STATES = (MOST_STEPS + 1) * MOST_UNITS };

typedef struct plain {                   /* rows lie one after the other, as wide as the network has it */
    int steps, input_steps;
    double x[MOST_STEPS * MOST_NUMBERS], dx[MOST_STEPS * MOST_NUMBERS];            /* zero from input_steps on */
    double a[MOST_LAYERS][4 * STATES];
    double h[MOST_LAYERS][STATES], c[MOST_LAYERS][STATES];                          /* row 0: initial */
    double dh[MOST_LAYERS][STATES], dc[MOST_LAYERS][STATES];
    double y[MOST_STEPS][MOST_NUMBERS];                                             /* of a last-step head one */
} plain;

static size_t at(const ic_config *c, int tensor)       /* where a tensor begins */
{
    ic_tensor t;
    ic_model_tensor(c, tensor, &t);
    return t.offset;
}

static int out_steps(const ic_config *c, const plain *p) { return c->head == IC_EVERY_STEP ? p->steps : 1; }

/* The hidden state that output s reads: after step s + 1, or after the last. */
static int out_state(const ic_config *c, const plain *p, int s) { return c->head == IC_EVERY_STEP ? s + 1 : p->steps; }

static void plain_forward(const ic_config *c, double *param, plain *p)
{
    const int layers = c->layers, h = c->hidden;
    int l, s, j;
    logistic = c->gate == IC_SIGMOID;
    for (l = 0; l < layers; l++)
        lstm_forward(p->steps, l == 0 ? c->inputs : h, h, (void *)(param + at(c, 3 * l)), (void *)(param + at(c, 3 * l + 1)),
                     (void *)(param + at(c, 3 * l + 2)), l == 0 ? (void *)p->x : (void *)(p->h[l - 1] + h), (void *)p->a[l],
                     (void *)p->c[l], (void *)p->h[l]);
    for (s = 0; s < out_steps(c, p); s++) {
        double sum = 0;
        output_forward(h, c->outputs, (void *)(param + at(c, 3 * layers)), param + at(c, 3 * layers + 1),
                       p->h[layers - 1] + out_state(c, p, s) * h, p->y[s]);
        for (j = 0; c->link == IC_SOFTMAX && j < c->outputs; j++)
            sum += exp(p->y[s][j]);
        for (j = 0; c->link == IC_SOFTMAX && j < c->outputs; j++)
            p->y[s][j] = exp(p->y[s][j]) / sum;
    }
}

/* From dy, the derivatives by the outputs: dx, row 0 of dh and dc, and those by the parameters are added up. */
static void plain_backward(const ic_config *c, double *param, plain *p, double (*dy)[MOST_NUMBERS], double *dparam)
{
    const int layers = c->layers, h = c->hidden;
    int l, s, j;
    memset(p->dx, 0, sizeof p->dx);
    memset(p->dh, 0, sizeof p->dh);
    memset(p->dc, 0, sizeof p->dc);
    for (s = 0; s < out_steps(c, p); s++) {
        double mean = 0, d[MOST_NUMBERS];
        for (j = 0; j < c->outputs; j++)
            mean += p->y[s][j] * dy[s][j];
        for (j = 0; j < c->outputs; j++)
            d[j] = c->link == IC_SOFTMAX ? p->y[s][j] * (dy[s][j] - mean) : dy[s][j];
        output_backward(h, c->outputs, (void *)(param + at(c, 3 * layers)), p->h[layers - 1] + out_state(c, p, s) * h, d,
                       p->dh[layers - 1] + out_state(c, p, s) * h, (void *)(dparam + at(c, 3 * layers)),
                       dparam + at(c, 3 * layers + 1));
    }
    for (l = layers - 1; l >= 0; l--)
        lstm_backward(p->steps, l == 0 ? c->inputs : h, h, (void *)(param + at(c, 3 * l)), (void *)(param + at(c, 3 * l + 1)),
                      l == 0 ? (void *)p->x : (void *)(p->h[l - 1] + h), (void *)p->a[l], (void *)p->c[l], (void *)p->h[l],
                      (void *)p->dh[l], (void *)p->dc[l], l == 0 ? (void *)p->dx : (void *)(p->dh[l - 1] + h),
                      (void *)(dparam + at(c, 3 * l)), (void *)(dparam + at(c, 3 * l + 1)), (void *)(dparam + at(c, 3 * l + 2)));
}

/* Sums of squares of a difference and of what it is a difference from. */
typedef struct gap { double difference, size; } gap;
static void compare(gap *g, double is, double should)
{
    g->difference += (is - should) * (is - should);
    g->size += should * should;
}
static int close_enough(const gap *g) { return g->difference <= 1e-9 * g->size + 1e-13; }   /* 3e-5, relative */

static float dy_at(int row, int k) { return (float)ic_normal(11, (uint64_t)row, (uint64_t)k); }

/* One network, one batch, forward and backward: the library against the plain network. */
static void check_against_plain(const ic_model *model, int rows, int steps, int input_steps, int initial, int threads)
{
    static plain p;
    static double dy[MOST_STEPS][MOST_NUMBERS];
    const ic_config *c = &model->config;
    const size_t states = (size_t)(c->layers * rows * c->hidden), xs = (size_t)(input_steps * rows * c->inputs);
    float *x = numbers(3, xs, 1), *h0 = numbers(5, states, 0.5), *c0 = numbers(6, states, 1), *dx = numbers(7, xs, 1);
    float *dh0 = numbers(8, states, 1), *dc0 = numbers(9, states, 1), *dparam = numbers(10, model->padded, 1);
    double *plain_param = (double *)malloc(model->count * sizeof *plain_param);
    double *param = (double *)calloc(model->count, sizeof *param);
    ic_work_options o;
    ic_work *work;
    ic_batch batch;
    ic_gradients wanted;
    gap y = { 0, 0 }, hidden = { 0, 0 }, input = { 0, 0 }, start = { 0, 0 }, weights = { 0, 0 };
    int b, t, l, k;
    size_t i;
    memset(&o, 0, sizeof o), memset(&batch, 0, sizeof batch);
    o.rows = rows, o.purpose = IC_TRAIN, o.threads = threads;
    CHECK(ic_work_new(&work, c, &o, NULL) == IC_OK);
    ic_work_load(work, model);
    batch.rows = rows, batch.steps = steps, batch.input_steps = input_steps, batch.x = x;
    batch.h0 = initial & 1 ? h0 : NULL, batch.c0 = initial & 2 ? c0 : NULL;
    ic_forward(work, &batch);
    p.steps = steps, p.input_steps = input_steps;
    for (i = 0; i < model->count; i++)
        plain_param[i] = (double)model->param[i];
    for (t = 0; t < (c->head == IC_EVERY_STEP ? steps : 1); t++)
        for (b = 0; b < rows; b++)
            for (k = 0; k < c->outputs; k++)
                ic_output_gradient(work, t, b)[k] = dy_at(t * rows + b, k);
    wanted.param = dparam, wanted.x = dx, wanted.h0 = dh0, wanted.c0 = dc0;
    for (i = 0; i < 2 * (size_t)rows; i++) {                        /* all rows forward, then all backward */
        b = (int)i % rows;
        if (i == (size_t)rows)
            ic_backward(work, &wanted);
        memset(p.x, 0, sizeof p.x);
        for (t = 0; t < input_steps; t++)
            for (k = 0; k < c->inputs; k++)
                p.x[t * c->inputs + k] = (double)x[(t * rows + b) * c->inputs + k];
        for (l = 0; l < c->layers; l++)
            for (k = 0; k < c->hidden; k++) {
                p.h[l][k] = batch.h0 ? (double)h0[(l * rows + b) * c->hidden + k] : 0;
                p.c[l][k] = batch.c0 ? (double)c0[(l * rows + b) * c->hidden + k] : 0;
            }
        plain_forward(c, plain_param, &p);
        if (i < (size_t)rows) {
            for (t = 0; t < out_steps(c, &p); t++)
                for (k = 0; k < c->outputs; k++)
                    compare(&y, (double)ic_output(work, t, b)[k], p.y[t][k]);
            for (t = 0; t <= steps; t++)
                for (l = 0; l < c->layers; l++)
                    for (k = 0; k < c->hidden; k++)
                        compare(&hidden, (double)ic_hidden(work, l, t, b)[k], p.h[l][t * c->hidden + k]);
            continue;
        }
        for (t = 0; t < out_steps(c, &p); t++)
            for (k = 0; k < c->outputs; k++)
                dy[t][k] = (double)dy_at(t * rows + b, k);
        plain_backward(c, plain_param, &p, dy, param);
        for (t = 0; t < input_steps; t++)
            for (k = 0; k < c->inputs; k++)
                compare(&input, (double)dx[(t * rows + b) * c->inputs + k], p.dx[t * c->inputs + k]);
        for (l = 0; l < c->layers; l++)
            for (k = 0; k < c->hidden; k++) {
                compare(&start, (double)dh0[(l * rows + b) * c->hidden + k], p.dh[l][k]);
                compare(&start, (double)dc0[(l * rows + b) * c->hidden + k], p.dc[l][k]);
            }
    }
    for (i = 0; i < model->count; i++)
        compare(&weights, (double)dparam[i], param[i]);
    if (!(CHECK(close_enough(&y)) & CHECK(close_enough(&hidden)) & CHECK(close_enough(&input)) & CHECK(close_enough(&start))
          & CHECK(close_enough(&weights))))
        printf("    I %d H %d L %d O %d T %d, gate %d head %d link %d, B %d t %d Tx %d initial %d: %g %g %g %g %g\n", c->inputs,
               c->hidden, c->layers, c->outputs, c->steps, (int)c->gate, (int)c->head, (int)c->link, rows, steps,
               input_steps, initial, y.difference / y.size, hidden.difference / hidden.size,
               input.difference / input.size, start.difference / start.size, weights.difference / weights.size);
    for (; i < model->padded; i++)
        CHECK(dparam[i] == 0);                                     /* the padding stays zero */
    ic_work_free(work);
    free(x), free(h0), free(c0), free(dx), free(dh0), free(dc0), free(dparam), free(param), free(plain_param);
}

static void make_model(ic_model *model, const ic_config *c, uint64_t key)
{
    size_t k;
    CHECK(ic_model_init(model, c, NULL) == IC_OK && ic_model_randomise(model, key, 0) == IC_OK);
    for (k = 0; k < model->count; k++)
        model->param[k] += (float)(0.2 * ic_normal(4, k, 0));       /* biases too */
}

/* Networks and batches drawn at random. */
static void check_random_shapes(int n)
{
    int k;
    for (k = 0; k < n; k++) {
        uint32_t r[4], q[4];
        ic_config c;
        ic_model model;
        int steps;
        ic_random(77, (uint64_t)k, 0, r);
        ic_random(77, (uint64_t)k, 1, q);
        memset(&c, 0, sizeof c);
        c.inputs = 1 + (int)(r[0] % 12);
        c.hidden = 1 + (int)((r[0] >> 8) % (k % 4 ? 20 : 70));
        c.layers = 1 + (int)((r[0] >> 16) % 3);
        c.outputs = 1 + (int)((r[0] >> 24) % 20);
        c.steps = 1 + (int)(r[1] % 12);
        c.gate = (ic_gate)(r[1] >> 8 & 1), c.head = (ic_head)(r[1] >> 9 & 1), c.link = (ic_link)(c.outputs > 1 && (r[1] >> 10 & 1));
        steps = 1 + (int)(r[2] % (uint32_t)c.steps);
        make_model(&model, &c, (uint64_t)k);
        check_against_plain(&model, 1 + (int)(q[0] % 15), steps, 1 + (int)((r[2] >> 8) % (uint32_t)steps), (int)(q[1] % 4),
                            1 + (int)(q[2] % 3));
        ic_model_free(&model);
    }
}

static uint64_t run(const ic_model *model, int rows, int input_steps, const float *x, ic_purpose purpose, ic_isa isa, int threads)
{
    const ic_config *c = &model->config;
    float *param = numbers(1, model->padded, 1), *dx = numbers(1, (size_t)(input_steps * rows * c->inputs), 1);
    const int steps = c->head == IC_EVERY_STEP ? c->steps : 1;
    ic_work_options o;
    ic_work *work;
    ic_batch batch;
    ic_gradients g;
    uint64_t hash = 0;
    int b, t, k;
    memset(&o, 0, sizeof o);
    o.rows = rows, o.purpose = purpose, o.threads = threads, o.isa = isa;
    CHECK(ic_work_new(&work, c, &o, NULL) == IC_OK);
    ic_work_load(work, model);
    memset(&batch, 0, sizeof batch);
    batch.rows = rows, batch.input_steps = input_steps, batch.x = x;
    ic_forward(work, &batch);
    for (t = 0; t < steps; t++)
        for (b = 0; b < rows; b++) {
            hash = ic_hash_reals(hash, ic_output(work, t, b), (size_t)c->outputs);
            for (k = 0; k < c->outputs; k++)
                ic_output_gradient(work, t, b)[k] = ic_output(work, t, b)[k] - 0.3f * (float)(k + 1);
        }
    memset(&g, 0, sizeof g);
    g.param = purpose == IC_TRAIN ? param : NULL, g.x = dx;
    ic_backward(work, &g);
    hash = ic_hash_reals(hash, param, model->count);
    hash = ic_hash_reals(hash, dx, (size_t)(input_steps * rows * c->inputs));
    ic_work_free(work);
    free(param), free(dx);
    return hash;
}

static void check_shape(int inputs, int hidden, int layers, int outputs, int steps, int rows, int input_steps,
                        ic_gate gate)
{
    ic_config c;
    ic_model model;
    float *x = numbers(3, (size_t)(input_steps * rows * inputs), 1);
    ic_purpose purpose;
    int k;
    memset(&c, 0, sizeof c);
    c.inputs = inputs, c.hidden = hidden, c.layers = layers, c.outputs = outputs, c.steps = steps, c.gate = gate;
    make_model(&model, &c, (uint64_t)(hidden + rows));
    check_against_plain(&model, rows, steps, input_steps, 0, 1);
    for (purpose = IC_INVERT; purpose <= IC_TRAIN; purpose = (ic_purpose)(purpose + 1)) {
        const uint64_t first = run(&model, rows, input_steps, x, purpose, IC_ISA_PLAIN, 1);
        for (k = IC_ISA_PLAIN; k <= IC_ISA_FMA; k++)
            if (ic_isa_name((ic_isa)k)) {
                CHECK(run(&model, rows, input_steps, x, purpose, (ic_isa)k, 1) == first);
                CHECK(run(&model, rows, input_steps, x, purpose, (ic_isa)k, 2) == first);
                CHECK(run(&model, rows, input_steps, x, purpose, (ic_isa)k, 7) == first);
            }
    }
    ic_model_free(&model);
    free(x);
}

/* A row's output must not depend on who else is in the batch. */
static void check_company(void)
{
    enum { N = 31, T = 12 };
    ic_config c;
    ic_model model;
    float *code = numbers(5, N * 3, 1), all[N * T * 2], one[T * 2];
    int k;
    memset(&c, 0, sizeof c);
    c.inputs = 3, c.hidden = 21, c.outputs = 2, c.steps = T;
    CHECK(ic_model_init(&model, &c, NULL) == IC_OK && ic_model_randomise(&model, 1, 0) == IC_OK);
    CHECK(ic_generate(&model, N, code, all, 2) == IC_OK);
    for (k = 0; k < N; k++) {
        CHECK(ic_generate(&model, 1, code + 3 * k, one, 1) == IC_OK);
        CHECK(memcmp(one, all + k * T * 2, sizeof one) == 0);
    }
    code[4] = NAN;
    CHECK(ic_generate(&model, N, code, all, 1) == IC_E_NOT_FINITE);
    CHECK(ic_generate(&model, 0, code, all, 1) == IC_E_ARGUMENT);
    ic_model_free(&model);
    free(code);
}

static void check_arguments(void)
{
    ic_config c;
    ic_model model;
    ic_work *work;
    ic_work_options o;
    size_t alone;
    memset(&c, 0, sizeof c);
    memset(&o, 0, sizeof o);
    CHECK(ic_model_init(&model, &c, NULL) == IC_E_ARGUMENT && ic_model_bytes(&c) == 0);
    c.inputs = c.hidden = c.outputs = c.steps = 1;
    c.layers = 9;
    CHECK(ic_model_init(&model, &c, NULL) == IC_E_ARGUMENT);
    c.layers = 1;
    o.rows = -1;
    CHECK(ic_work_new(&work, &c, &o, NULL) == IC_E_OPTION && ic_work_bytes(&c, &o) == 0);
    c.hidden = 205, c.steps = 100;
    o.rows = 3, o.threads = 1, o.purpose = IC_INVERT;         /* threads that rows cannot be shared out to take no room for it */
    alone = ic_work_bytes(&c, &o);
    o.threads = 8;
    CHECK(alone > 0 && ic_work_bytes(&c, &o) < 2 * alone);
    c.hidden = 1 << 20, c.steps = 1 << 20, c.layers = 8;
    o.rows = 1 << 20;
    CHECK(ic_work_bytes(&c, &o) == 0 || (double)ic_work_bytes(&c, &o) > 1e18);   /* 64 bits address that */
    c.hidden = -1;
    CHECK(ic_model_init(&model, &c, NULL) == IC_E_ARGUMENT);
}

/* -- the network of 2018: weights the author trained, reference values in double precision -------- */

static void check_original(const char *path)
{
    enum { D = 410, N = 63 };
    static float made[3 * D], test[N * D], loss[N], gradient[N * 2], one_step[N * 2], end[N * 2], y[3 * D], x[N * 2];
    static int truth[N], label[N], iterations[N];
    static double measured[N];
    const float code[6] = { 1, 0, 0, 1, 0.5f, 0.5f };
    ic_config c;
    ic_model model;
    ic_work_options o;
    ic_work *work;
    ic_batch batch;
    ic_gradients g;
    ic_descend_options invert;
    ic_descended out = { x, label, measured, iterations };
    float start[N * 2];
    double worst = 0, rmse = 0;
    int k, t, right = 0, near = 0, whole;
    FILE *file = fopen(path, "rb");
    if (!file) {
        printf("%s is not here: the original's network was not compared\n", path);
        return;
    }
    memset(&c, 0, sizeof c);
    c.inputs = 2, c.hidden = 205, c.outputs = 2, c.steps = 205;
    CHECK(ic_model_init(&model, &c, NULL) == IC_OK);
    whole = fread(model.param, 4, model.count, file) == model.count && fread(made, 4, 3 * D, file) == 3 * D
         && fread(test, 4, N * D, file) == N * D && fread(truth, 4, N, file) == N && fread(loss, 4, N, file) == N
         && fread(gradient, 4, 2 * N, file) == 2 * N && fread(one_step, 4, 2 * N, file) == 2 * N
         && fread(end, 4, 2 * N, file) == 2 * N && fgetc(file) == EOF;
    fclose(file);
    if (!CHECK(whole))
        return;
    CHECK(ic_generate(&model, 3, code, y, 1) == IC_OK);
    for (k = 0; k < 3 * D; k++)
        worst = fmax(worst, fabs((double)y[k] - (double)made[k]));
    CHECK_NEAR(worst, 0, 1e-4);
    printf("the original's network: generated trajectories within %.1e, ", worst);

    memset(&o, 0, sizeof o);
    o.rows = N, o.purpose = IC_INVERT;
    CHECK(ic_work_new(&work, &model.config, &o, NULL) == IC_OK);
    ic_work_load(work, &model);
    for (k = 0; k < 2 * N; k++)
        start[k] = 0.5f;
    memset(&batch, 0, sizeof batch);
    batch.rows = N, batch.input_steps = 1, batch.x = start;
    ic_forward(work, &batch);
    for (k = 0, worst = 0; k < N; k++) {
        double sum = 0;
        for (t = 0; t < D; t++) {
            const double d = (double)ic_output(work, t / 2, k)[t % 2] - (double)test[k * D + t];
            sum += d * d / D;
            ic_output_gradient(work, t / 2, k)[t % 2] = (float)(2 * d / D);
        }
        worst = fmax(worst, fabs(sum / (double)loss[k] - 1));
    }
    CHECK_NEAR(worst, 0, 1e-4);
    printf("losses within %.1e, ", worst);
    memset(&g, 0, sizeof g);
    g.x = x;
    ic_backward(work, &g);
    for (k = 0, worst = 0; k < N; k++) {
        const double a = (double)gradient[2 * k], b = (double)gradient[2 * k + 1];
        worst = fmax(worst, hypot((double)x[2 * k] - a, (double)x[2 * k + 1] - b) / hypot(a, b));
    }
    CHECK_NEAR(worst, 0, 1e-4);
    printf("gradients within %.1e (relative);\n", worst);
    ic_work_free(work);

    memset(&invert, 0, sizeof invert);
    invert.iterations = 1;
    CHECK(ic_descend(&model, N, test, &invert, &out) == IC_OK);
    for (k = 0; k < 2 * N; k++)
        CHECK_NEAR(x[k], one_step[k], 1e-4);
    invert.iterations = 0;
    CHECK(ic_descend(&model, N, test, &invert, &out) == IC_OK);
    for (k = 0; k < N; k++) {
        const double a = (double)x[2 * k] - (truth[k] == 0), b = (double)x[2 * k + 1] - (truth[k] == 1);
        right += label[k] == truth[k];
        near += fabs((double)x[2 * k] - (double)end[2 * k]) < 1e-3;
        rmse += sqrt((a * a + b * b) / 2) / N;
    }
    printf("by inversion it classifies %d of 63 (reference 61), RMSE %.3f (reference 0.157), %d end within 1e-3\n",
           right, rmse, near);
    CHECK(right >= 60 && right <= 62);
    CHECK_NEAR(rmse, 0.157, 0.02);
    ic_model_free(&model);
}

/* Left to itself, all weights zero, a cell that holds 1 at the start shows what its forget gate keeps. */
static void check_memory(ic_gate gate, double memory)
{
    enum { H = 3, MOST = 205 };
    const float x = 0, h0[H] = { 0 }, c0[H] = { 1, 1, 1 };
    const ic_work_options options = { 1, 0, IC_GENERATE, 0, IC_ISA_BEST };
    const ic_batch batch = { 1, 0, 1, &x, h0, c0 };
    const int steps = (int)memory;
    ic_config c;
    ic_model model;
    ic_tensor bias;
    ic_work *work;
    memset(&c, 0, sizeof c);
    c.inputs = c.outputs = 1, c.hidden = H, c.steps = MOST, c.gate = gate;
    CHECK(ic_model_init(&model, &c, NULL) == IC_OK && ic_model_randomise(&model, 1, memory) == IC_OK);
    CHECK(ic_model_tensor(&c, 2, &bias) && bias.name[0] == 'b');
    {                                                         /* what is no network has no tensors */
        ic_config odd = c;
        ic_tensor none;
        odd.layers = 20;
        CHECK(!ic_model_tensor(&odd, 33, &none) && ic_model_bytes(&odd) == 0);
        odd.layers = 1, odd.hidden = 1 << 30;
        CHECK(!ic_model_tensor(&odd, 0, &none));
    }
    memset(model.param, 0, bias.offset * sizeof *model.param);
    CHECK(ic_work_new(&work, &c, &options, NULL) == IC_OK);
    ic_work_load(work, &model);
    ic_forward(work, &batch);
    CHECK_NEAR((double)ic_hidden(work, 0, steps, 0)[H - 1], 0.5 * tanh(pow(1 - 1 / memory, steps)), 1e-5);
    ic_work_free(work);
    ic_model_free(&model);
}

int main(int argc, char **argv)
{
    double memory;
    char original[1000];
    check_shape(2, 5, 1, 2, 7, 1, 1, IC_HARD_SIGMOID);
    check_shape(3, 16, 1, 3, 6, 2, 6, IC_SIGMOID);
    check_shape(1, 1, 1, 1, 1, 1, 1, IC_HARD_SIGMOID);
    check_shape(4, 33, 2, 5, 5, 7, 2, IC_HARD_SIGMOID);
    check_shape(5, 17, 3, 18, 4, 13, 4, IC_SIGMOID);
    check_shape(2, 65, 2, 33, 3, 29, 1, IC_HARD_SIGMOID);
    check_shape(21, 47, 1, 2, 9, 12, 9, IC_HARD_SIGMOID);
    check_shape(3, 100, 2, 3, 6, 3, 2, IC_SIGMOID);              /* few rows: threads share the units */
    check_shape(150, 3, 1, 90, 3, 5, 2, IC_HARD_SIGMOID);       /* wider than its hidden layer */
    check_random_shapes(getenv("CHECK_SHORT") ? 60 : 300);
    check_company();
    for (memory = 2; memory < 206; memory += 29) {
        check_memory(IC_HARD_SIGMOID, memory);
        check_memory(IC_SIGMOID, memory);
    }
    check_arguments();
    snprintf(original, sizeof original, "%s/original_2_noise_clip.bin", getenv("IC_DATA") ? getenv("IC_DATA") : "data");
    if (!getenv("CHECK_SHORT"))                                  /* set where everything is slow */
        check_original(argc > 1 ? argv[1] : original);
    return check_report();
}
