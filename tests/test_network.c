/* The network against a slow one written plainly here, in double precision; the same bytes from every
   kernel, thread count and company in the batch; and a network that the author of the thesis trained
   in 2018, if its file is at hand. */
#define INVCLASS_IMPLEMENTATION
#include "invclass.h"
#include "check.h"

static float *numbers(uint64_t key, size_t n, double scale)
{
    float *x = (float *)malloc((n + 16) * sizeof *x);
    size_t k;
    for (k = 0; k < n; k++)
        x[k] = (float)(scale * ic_normal(key, k, 0));
    return x;
}

/* -- the plain network: equations (1) to (4) of invclass.h, one sequence, no tricks --------------- */

static double gate_of(const ic_config *c, double z)
{
    return c->gate == IC_SIGMOID ? 1 / (1 + exp(-z)) : fmin(fmax(0.2 * z + 0.5, 0), 1);
}

/* x [input_steps][I] at stride x_row; writes y [T][O]. */
static void plain_network(const ic_model *m, int input_steps, const float *x, size_t x_row, double *y)
{
    const ic_config *c = &m->config;
    const int h = c->hidden;
    double *state = (double *)calloc((size_t)(2 * c->layers * h + 4 * h), sizeof *state), *z = state + 2 * c->layers * h;
    ic_tensor t;
    int step, l, j, k;
    for (step = 0; step < c->steps; step++) {
        for (l = 0; l < c->layers; l++) {
            double *hidden = state + 2 * l * h, *cell = hidden + h;
            const float *w, *u, *b;
            ic_model_tensor(c, 3 * l, &t), w = m->param + t.offset;
            ic_model_tensor(c, 3 * l + 1, &t), u = m->param + t.offset;
            ic_model_tensor(c, 3 * l + 2, &t), b = m->param + t.offset;
            for (j = 0; j < 4 * h; j++) {
                z[j] = (double)b[j];
                if (l > 0)
                    for (k = 0; k < h; k++)
                        z[j] += (state + 2 * (l - 1) * h)[k] * (double)w[k * 4 * h + j];
                else if (step < input_steps)
                    for (k = 0; k < c->inputs; k++)
                        z[j] += (double)x[(size_t)step * x_row + (size_t)k] * (double)w[k * 4 * h + j];
                for (k = 0; k < h; k++)
                    z[j] += hidden[k] * (double)u[k * 4 * h + j];
            }
            for (j = 0; j < h; j++) {
                cell[j] = gate_of(c, z[h + j]) * cell[j] + gate_of(c, z[j]) * tanh(z[2 * h + j]);
                hidden[j] = gate_of(c, z[3 * h + j]) * tanh(cell[j]);
            }
        }
        ic_model_tensor(c, 3 * c->layers, &t);
        for (j = 0; j < c->outputs; j++) {
            y[step * c->outputs + j] = (double)m->param[t.offset + (size_t)(h * c->outputs + j)];
            for (k = 0; k < h; k++)
                y[step * c->outputs + j] += (state + 2 * (c->layers - 1) * h)[k]
                                          * (double)m->param[t.offset + (size_t)(k * c->outputs + j)];
        }
    }
    free(state);
}

static uint64_t run(const ic_model *model, int rows, int input_steps, const float *x, ic_isa isa, int threads)
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
    o.rows = rows, o.purpose = IC_TRAIN, o.threads = threads, o.isa = isa;
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
    g.param = param, g.x = dx;
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
    static const ic_isa isas[4] = { IC_ISA_PLAIN, IC_ISA_NEON, IC_ISA_AVX2, IC_ISA_AVX512 };
    ic_config c;
    ic_model model;
    ic_work_options o;
    ic_work *work;
    ic_batch batch;
    float *x = numbers(3, (size_t)(input_steps * rows * inputs), 1);
    double *want = (double *)malloc((size_t)(steps * outputs) * sizeof *want), worst = 0;
    uint64_t first;
    int b, t, k;
    memset(&c, 0, sizeof c);
    c.inputs = inputs, c.hidden = hidden, c.layers = layers, c.outputs = outputs, c.steps = steps, c.gate = gate;
    CHECK(ic_model_init(&model, &c, NULL) == IC_OK && ic_model_randomise(&model, (uint64_t)(hidden + rows)) == IC_OK);
    for (k = 0; k < (int)model.count; k++)
        model.param[k] += (float)(0.2 * ic_normal(4, (uint64_t)k, 0));
    memset(&o, 0, sizeof o);
    o.rows = rows;
    CHECK(ic_work_new(&work, &model.config, &o, NULL) == IC_OK);
    ic_work_load(work, &model);
    memset(&batch, 0, sizeof batch);
    batch.rows = rows, batch.input_steps = input_steps, batch.x = x;
    ic_forward(work, &batch);
    for (b = 0; b < rows; b++) {
        plain_network(&model, input_steps, x + b * inputs, (size_t)(rows * inputs), want);
        for (t = 0; t < steps; t++)
            for (k = 0; k < outputs; k++)
                worst = fmax(worst, fabs(want[t * outputs + k] - (double)ic_output(work, t, b)[k]));
    }
    CHECK_NEAR(worst, 0, 2e-5);
    ic_work_free(work);
    first = run(&model, rows, input_steps, x, IC_ISA_PLAIN, 1);
    for (k = 0; k < 4; k++)
        if (ic_isa_name(isas[k])) {
            CHECK(run(&model, rows, input_steps, x, isas[k], 1) == first);
            CHECK(run(&model, rows, input_steps, x, isas[k], 2) == first);
            CHECK(run(&model, rows, input_steps, x, isas[k], 7) == first);
        }
    ic_model_free(&model);
    free(x), free(want);
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
    CHECK(ic_model_init(&model, &c, NULL) == IC_OK && ic_model_randomise(&model, 1) == IC_OK);
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
    memset(&c, 0, sizeof c);
    memset(&o, 0, sizeof o);
    CHECK(ic_model_init(&model, &c, NULL) == IC_E_ARGUMENT && ic_model_bytes(&c) == 0);
    c.inputs = c.hidden = c.outputs = c.steps = 1;
    c.layers = 9;
    CHECK(ic_model_init(&model, &c, NULL) == IC_E_ARGUMENT);
    c.layers = 1;
    CHECK(ic_work_new(&work, &c, &o, NULL) == IC_E_ARGUMENT && ic_work_bytes(&c, &o) == 0);
    c.hidden = 1 << 20, c.steps = 1 << 20, c.layers = 8;
    o.rows = 1 << 20;
    CHECK(ic_work_bytes(&c, &o) == 0 || ic_work_bytes(&c, &o) > (size_t)1 << 60);
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
    ic_invert_options invert;
    ic_inverted out = { x, label, measured, iterations };
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
    CHECK(ic_invert(&model, N, test, &invert, &out) == IC_OK);
    for (k = 0; k < 2 * N; k++)
        CHECK_NEAR(x[k], one_step[k], 1e-4);
    invert.iterations = 0;
    CHECK(ic_invert(&model, N, test, &invert, &out) == IC_OK);
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

int main(int argc, char **argv)
{
    check_shape(2, 5, 1, 2, 7, 1, 1, IC_HARD_SIGMOID);
    check_shape(3, 16, 1, 3, 6, 2, 6, IC_SIGMOID);
    check_shape(1, 1, 1, 1, 1, 1, 1, IC_HARD_SIGMOID);
    check_shape(4, 33, 2, 5, 5, 7, 2, IC_HARD_SIGMOID);
    check_shape(5, 17, 3, 18, 4, 13, 4, IC_SIGMOID);
    check_shape(2, 65, 2, 33, 3, 29, 1, IC_HARD_SIGMOID);
    check_shape(21, 47, 1, 2, 9, 12, 9, IC_HARD_SIGMOID);
    check_shape(150, 3, 1, 90, 3, 5, 2, IC_HARD_SIGMOID);       /* wider than its hidden layer */
    check_company();
    check_arguments();
    check_original(argc > 1 ? argv[1] : "../shared/data/original_2_noise_clip.bin");
    return check_report();
}
