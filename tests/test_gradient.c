/* Hand-derived gradients against central differences, in double precision: every parameter, the
   input and the initial states, for every kind of gate, head and link, one to three layers, and
   shapes that do not fit any vector.  The tolerance is relative, tensor by tensor.
   Not under valgrind: takes minutes there.
   Not under threads: starts none. */
#define IC_DOUBLE
#define INVCLASS_IMPLEMENTATION
#include "invclass.h"
#include "check.h"

static ic_model model;
static ic_work *work;
static ic_batch batch;
static double *target;

/* E = sum over outputs of (1 + t/10) (y - target)^2 / 2: every step weighs differently. */
static double error(const ic_gradients *wanted)
{
    const int outputs = model.config.outputs, steps = model.config.head == IC_LAST_STEP ? 1 : batch.steps;
    double sum = 0;
    int b, t, k;
    ic_work_load(work, &model);
    ic_forward(work, &batch);
    for (b = 0; b < batch.rows; b++)
        for (t = 0; t < steps; t++)
            for (k = 0; k < outputs; k++) {
                const double d = ic_output(work, t, b)[k] - target[(b * steps + t) * outputs + k];
                sum += (1 + 0.1 * t) * d * d / 2;
                if (wanted)
                    ic_output_gradient(work, t, b)[k] = (1 + 0.1 * t) * d;
            }
    if (wanted)
        ic_backward(work, wanted);
    return sum;
}

/* |numeric - analytic| / |numeric| over the n numbers at x; also demands that they are not all 0. */
static double disagreement(double *x, int n, const double *analytic)
{
    double difference = 0, size = 0;
    int k;
    for (k = 0; k < n; k++) {
        const double kept = x[k], h = 1e-5;
        double numeric;
        x[k] = kept + h;
        numeric = error(NULL);
        x[k] = kept - h;
        numeric = (numeric - error(NULL)) / (2 * h);
        x[k] = kept;
        difference += (numeric - analytic[k]) * (numeric - analytic[k]);
        size += numeric * numeric;
    }
    CHECK(size > 0);
    return sqrt(difference / size);
}

static double *numbers(uint64_t key, int n, double scale)
{
    double *x = (double *)malloc((size_t)n * sizeof *x);
    int k;
    for (k = 0; k < n; k++)
        x[k] = scale * ic_normal(key, (uint64_t)k, 0);
    return x;
}

static void check_shape(int inputs, int hidden, int layers, int outputs, int steps, int rows,
                        int input_steps, ic_gate gate, ic_head head, ic_link link)
{
    const int states = layers * rows * hidden;
    ic_config config;
    ic_work_options options;
    ic_gradients g;
    ic_tensor t;
    double *x = numbers(1, input_steps * rows * inputs, 1), *h0 = numbers(2, states, 0.5);
    double *c0 = numbers(3, states, 1);
    int k;
    memset(&config, 0, sizeof config);
    config.inputs = inputs, config.hidden = hidden, config.layers = layers, config.outputs = outputs;
    config.steps = steps, config.gate = gate, config.head = head, config.link = link;
    memset(&options, 0, sizeof options);
    options.rows = rows;
    options.purpose = IC_TRAIN;
    CHECK(ic_model_init(&model, &config, NULL) == IC_OK);
    CHECK(ic_model_randomise(&model, 42, 0) == IC_OK);
    for (k = 0; k < (int)model.count; k++)
        model.param[k] += 0.3 * ic_normal(9, (uint64_t)k, 1);      /* biases too */
    CHECK(ic_work_new(&work, &config, &options, NULL) == IC_OK);
    memset(&batch, 0, sizeof batch);
    batch.rows = rows, batch.steps = steps, batch.input_steps = input_steps;
    batch.x = x, batch.h0 = h0, batch.c0 = c0;
    target = numbers(4, rows * steps * outputs, 1);
    g.param = numbers(5, (int)model.padded, 1);
    g.x = numbers(6, input_steps * rows * inputs, 1);
    g.h0 = numbers(7, states, 1);
    g.c0 = numbers(8, states, 1);
    error(&g);
    for (k = 0; ic_model_tensor(&config, k, &t); k++)
        CHECK(disagreement(model.param + t.offset, t.rows * t.cols, g.param + t.offset) < 1e-6);
    CHECK(disagreement(x, input_steps * rows * inputs, g.x) < 1e-6);
    CHECK(disagreement(h0, states, g.h0) < 1e-6);
    CHECK(disagreement(c0, states, g.c0) < 1e-6);
    /* The check can fail: a gradient of the wrong sign must be noticed. */
    g.x[0] = -g.x[0];
    CHECK(disagreement(x, 1, g.x) > 1);
    ic_work_free(work);
    ic_model_free(&model);
    free(x), free(h0), free(c0), free(target), free(g.param), free(g.x), free(g.h0), free(g.c0);
}

/* The file holds floats: what none of them can be does not replace a good model. */
static void check_saved(void)
{
    const ic_config c = { 1, 1, 1, 1, 1, IC_SIGMOID, IC_EVERY_STEP, IC_LINEAR };
    ic_model saved;
    CHECK(ic_model_init(&saved, &c, NULL) == IC_OK && ic_model_randomise(&saved, 1, 0) == IC_OK);
    saved.param[0] = 1e60;
    CHECK(ic_save(&saved, "/nowhere/at/all.model") == IC_E_NOT_FINITE);
    ic_model_free(&saved);
}

int main(void)
{
    int gate, head, link, layers;
    for (gate = 0; gate < 2; gate++)
        for (head = 0; head < 2; head++)
            for (link = 0; link < 2; link++)
                for (layers = 1; layers <= 3; layers++)
                    check_shape(3, 5, layers, 4, 6, 2, 5, (ic_gate)gate, (ic_head)head, (ic_link)link);
    check_shape(1, 1, 1, 1, 1, 1, 1, IC_SIGMOID, IC_EVERY_STEP, IC_LINEAR);
    check_shape(2, 17, 1, 2, 9, 7, 1, IC_HARD_SIGMOID, IC_EVERY_STEP, IC_LINEAR);
    check_shape(20, 3, 2, 18, 4, 3, 4, IC_HARD_SIGMOID, IC_LAST_STEP, IC_SOFTMAX);
    check_shape(70, 2, 1, 3, 3, 2, 2, IC_SIGMOID, IC_EVERY_STEP, IC_LINEAR);
    check_saved();
    return check_report();
}
