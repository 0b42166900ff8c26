/* The edges: NaN and infinity in data, weights and options; one class, one sample, one step, one unit;
   curves that never move; batches larger than the data.  Each is a defined result or a status.  And the
   states of a workspace, which asserts guard. */
static int broken;                                         /* assertions, so far */
#define IC_ASSERT(condition) ((condition) ? (void)0 : (void)broken++)
#define INVCLASS_IMPLEMENTATION
#include "invclass.h"
#include "check.h"

enum { C = 2, T = 6, D = 2 * T, N = 7, H = 5 };

static float curves[N * D], codes[N * C], big[N * D * 4];
static int label[N];

static void make_data(void)
{
    int n, t;
    for (n = 0; n < N; n++) {
        label[n] = n % C;
        for (t = 0; t < C; t++)
            codes[n * C + t] = (float)(t == label[n]);
        for (t = 0; t < D; t++)
            curves[n * D + t] = (float)ic_normal(1, (uint64_t)n, (uint64_t)t);
    }
}

static ic_config make_config(int inputs, int hidden, int outputs, int steps)
{
    ic_config c;
    memset(&c, 0, sizeof c);
    c.inputs = inputs, c.hidden = hidden, c.outputs = outputs, c.steps = steps;
    return c;
}

/* Every public function that takes numbers, with `bad` in one of them. */
static void check_not_finite(float bad)
{
    const ic_config config = make_config(C, H, 2, T);
    ic_pairs pairs = { N, 1, C, T, 2, codes, curves, NULL, NULL };
    const ic_curves all = { N, T, 2, C, curves, label };
    ic_augment augment;
    ic_train_options train;
    ic_descend_options invert;
    float x[N * C], weight[N];
    ic_descended out = { x, NULL, NULL, NULL };
    ic_model model;
    ic_pairs made;
    ic_trainer trainer;
    ic_som map;
    float kept;
    double number;
    int k;
    memset(&augment, 0, sizeof augment), memset(&train, 0, sizeof train), memset(&invert, 0, sizeof invert);
    CHECK(ic_model_init(&model, &config, NULL) == IC_OK && ic_model_randomise(&model, 1, 0) == IC_OK);
    for (k = 0; k < 2; k++) {                              /* in data: the first number, or the last */
        float *in = k ? &curves[N * D - 1] : &curves[0];
        kept = *in, *in = bad;
        CHECK(ic_train(&model, &pairs, NULL, &train, NULL) == IC_E_NOT_FINITE);
        CHECK(ic_descend(&model, N, curves, &invert, &out) == IC_E_NOT_FINITE);
        CHECK(ic_pairs_make(&made, &all, &augment) == IC_E_NOT_FINITE && !made.owned);
        CHECK(ic_kmeans(N, D, curves, 2, NULL, big, NULL, NULL) == IC_E_NOT_FINITE);
        CHECK(ic_som_train(&map, N, D, curves, NULL) == IC_E_NOT_FINITE && !map.owned);
        CHECK(ic_dtw(N * T, curves, T, curves + D, 2, NULL, &number) == IC_E_NOT_FINITE);
        CHECK(ic_dtw(T, curves + D, N * T, curves, 2, NULL, &number) == IC_E_NOT_FINITE);
        *in = kept;
    }
    codes[N * C - 1] = bad;
    CHECK(ic_train(&model, &pairs, NULL, &train, NULL) == IC_E_NOT_FINITE);
    CHECK(ic_generate(&model, N, codes, big, 1) == IC_E_NOT_FINITE);
    invert.start = IC_START_GIVEN, invert.start_x = codes;
    CHECK(ic_descend(&model, N, curves, &invert, &out) == IC_E_NOT_FINITE);
    make_data();
    for (k = 0; k < N; k++)
        weight[k] = 1;
    weight[N - 1] = bad, pairs.weight = weight;
    CHECK(ic_train(&model, &pairs, NULL, &train, NULL) != IC_OK);
    weight[N - 1] = 0;
    CHECK(ic_train(&model, &pairs, NULL, &train, NULL) == IC_E_ARGUMENT);
    pairs.weight = NULL;
    for (k = 0; k < (int)model.count; k++) {               /* in each weight */
        unsigned char *bytes = (unsigned char *)malloc(ic_encoded_bytes(&model));
        ic_model back;
        CHECK(ic_model_randomise(&model, 1, 0) == IC_OK);
        model.param[k] = bad;
        CHECK(ic_generate(&model, N, codes, big, 1) == IC_E_NOT_FINITE);
        memset(&invert, 0, sizeof invert);
        CHECK(ic_descend(&model, N, curves, &invert, &out) == IC_E_NOT_FINITE);
        ic_encode(&model, bytes);
        CHECK(ic_decode(&back, bytes, ic_encoded_bytes(&model)) == IC_E_NOT_FINITE && !back.owned);
        free(bytes);
    }
    CHECK(ic_trainer_init(&trainer, &model, &pairs, NULL, &train) == IC_OK);
    CHECK(ic_trainer_step(&trainer) == IC_E_DIVERGED);
    ic_trainer_free(&trainer);
    train.rate = (double)bad;                              /* in options: refused, or found out */
    CHECK(ic_train(&model, &pairs, NULL, &train, NULL) != IC_OK);
    train.rate = 0, train.noise = (double)NAN;
    CHECK(ic_train(&model, &pairs, NULL, &train, NULL) == IC_E_OPTION);
    train.noise = 0, train.clip = (double)NAN;
    CHECK(ic_train(&model, &pairs, NULL, &train, NULL) == IC_E_OPTION);
    ic_model_free(&model);
}

/* Weights and targets so large that products overflow are found out at the end. */
static void check_overflow(void)
{
    const ic_config config = make_config(C, H, 2, T);
    ic_pairs pairs = { N, 1, C, T, 2, codes, curves, NULL, NULL };
    ic_train_options train;
    ic_descend_options invert;
    ic_progress report;
    float x[N * C];
    ic_descended out = { x, NULL, NULL, NULL };
    ic_model model;
    size_t k;
    memset(&train, 0, sizeof train), memset(&invert, 0, sizeof invert);
    CHECK(ic_model_init(&model, &config, NULL) == IC_OK && ic_model_randomise(&model, 1, 0) == IC_OK);
    for (k = 0; k < model.count; k++)
        model.param[k] = 3e38f;
    CHECK(ic_generate(&model, N, codes, big, 1) == IC_E_NOT_FINITE);
    CHECK(ic_descend(&model, N, curves, &invert, &out) == IC_E_NOT_FINITE);
    train.updates = 50, train.rate = 1e38;
    CHECK(ic_train(&model, &pairs, NULL, &train, &report) == IC_E_DIVERGED);
    ic_model_free(&model);
}

/* Train, generate, invert, encode at sizes of one and odd sizes. */
static void check_size(int classes, int n, int steps, int hidden, int layers, int batch, int threads)
{
    ic_config config = make_config(classes, hidden, 2, steps);
    ic_curves all = { n, steps, 2, classes, curves, label };
    ic_augment augment;
    ic_train_options train;
    ic_descend_options invert;
    float x[N * C];
    int found[N], k;
    ic_descended out = { x, found, NULL, NULL };
    ic_progress report;
    ic_model model, back;
    ic_pairs pairs;
    unsigned char *bytes;
    memset(&augment, 0, sizeof augment), memset(&train, 0, sizeof train), memset(&invert, 0, sizeof invert);
    config.layers = layers;
    for (k = 0; k < N; k++)
        label[k] = k % classes;
    CHECK(ic_model_init(&model, &config, NULL) == IC_OK);
    CHECK(ic_pairs_make(&pairs, &all, &augment) == IC_OK && pairs.n == n);
    train.updates = 3, train.batch = batch, train.draws = 3, train.noise = 0.1, train.threads = threads;
    CHECK(ic_train(&model, &pairs, NULL, &train, &report) == IC_OK && report.best >= 0 && report.best < 1e3);
    invert.iterations = 5, invert.threads = threads, invert.rows = batch;
    CHECK(ic_descend(&model, n, curves, &invert, &out) == IC_OK);
    for (k = 0; k < n; k++)
        CHECK(found[k] >= 0 && found[k] < classes && x[k * classes] >= 0 && x[k * classes] <= 1);
    if (classes == 1)
        CHECK_NEAR(x[0], 1, 1e-6);                         /* the one code there is */
    bytes = (unsigned char *)malloc(ic_encoded_bytes(&model));
    ic_encode(&model, bytes);
    CHECK(ic_decode(&back, bytes, ic_encoded_bytes(&model)) == IC_OK);
    free(bytes);
    ic_model_free(&back);
    ic_model_free(&model);
    ic_pairs_free(&pairs);
    make_data();
}

/* Curves that never move, and none at all. */
static void check_constant(void)
{
    static float still[N * D];
    const ic_curves none = { 0, T, 2, C, still, label }, short_ones = { N, 0, 2, C, still, label };
    const ic_curves all = { N, T, 2, C, still, label };
    ic_augment augment;
    ic_pairs pairs;
    ic_som map;
    float u[9], centre[2 * D];
    double number;
    int k;
    memset(&augment, 0, sizeof augment);
    CHECK(ic_pairs_make(&pairs, &none, &augment) == IC_E_ARGUMENT);
    CHECK(ic_pairs_make(&pairs, &short_ones, &augment) == IC_E_ARGUMENT);
    augment.types = 2;                                     /* clusters of equal curves: none is empty */
    CHECK(ic_pairs_make(&pairs, &all, &augment) == IC_OK && pairs.n == N);
    ic_pairs_free(&pairs);
    CHECK(ic_kmeans(N, D, still, 2, NULL, centre, NULL, &number) == IC_OK && number == 0);
    CHECK(ic_dtw(T, still, T, still, 2, NULL, &number) == IC_OK && number == 0);
    CHECK(ic_dtw(0, still, T, still, 2, NULL, &number) == IC_E_ARGUMENT);
    CHECK(ic_dtw(1, curves, 1, curves + 2, 1, NULL, &number) == IC_OK);
    CHECK_NEAR(number, fabs((double)curves[0] - (double)curves[2]), 1e-6);
    CHECK(ic_som_train(&map, N, D, still, NULL) == IC_OK && map.rows * map.cols <= 9);
    ic_som_u_matrix(&map, u);
    for (k = 0; k < map.rows * map.cols; k++)
        CHECK(u[k] == 0);
    CHECK(ic_som_quantisation_error(&map, N, still) == 0);
    ic_som_free(&map);
    CHECK(ic_som_train(&map, 1, 1, still, NULL) == IC_OK && map.rows == 1 && map.cols == 1);
    ic_som_free(&map);
}

/* Sizes that do not fit an int are refused before they are computed with. */
static void check_absurd(void)
{
    const ic_curves all = { N, T, 2, C, curves, label };
    ic_augment augment;
    ic_pairs pairs = { N, 1, C, T, 2, codes, curves, NULL, NULL };
    const ic_config config = make_config(C, H, 2, T);
    ic_train_options train;
    ic_model model;
    memset(&augment, 0, sizeof augment), memset(&train, 0, sizeof train);
    CHECK(ic_model_init(&model, &config, NULL) == IC_OK);
    train.draws = 2147483647, train.noise = 0.1;
    CHECK(ic_train(&model, &pairs, NULL, &train, NULL) == IC_E_SIZE);
    train.draws = 100, train.threads = 1000;     /* 64 will do */
    CHECK(ic_train(&model, &pairs, NULL, &train, NULL) == IC_OK);
    CHECK(ic_generate(&model, 2147483647, codes, curves, 1) == IC_E_SIZE);
    pairs.n = 2147483647;
    CHECK(ic_train(&model, &pairs, NULL, NULL, NULL) == IC_E_SIZE);
    augment.types = 2147483647;
    CHECK(ic_pairs_make(&pairs, &all, &augment) == IC_E_SIZE);
    augment.types = 0, augment.centres = 2147483647;
    CHECK(ic_pairs_make(&pairs, &all, &augment) == IC_E_SIZE);
    ic_model_free(&model);
}

/* Load before forward, forward before backward, once: [C3]. */
static void check_states(void)
{
    const ic_config config = make_config(C, H, 2, T);
    ic_work_options options;
    ic_gradients none;
    ic_batch batch;
    ic_model model;
    ic_work *work;
    memset(&options, 0, sizeof options), memset(&none, 0, sizeof none), memset(&batch, 0, sizeof batch);
    options.purpose = IC_INVERT;
    batch.rows = batch.input_steps = 1, batch.x = codes;
    CHECK(broken == 0 && ic_model_init(&model, &config, NULL) == IC_OK);
    CHECK(ic_work_new(&work, &config, &options, NULL) == IC_OK);
    ic_forward(work, &batch);                              /* nothing is loaded */
    CHECK(broken == 1);
    ic_work_load(work, &model);
    ic_forward(work, &batch);
    ic_forward(work, &batch);
    ic_backward(work, &none);
    CHECK(broken == 1);
    ic_backward(work, &none);                              /* the gates are gone */
    CHECK(broken == 2);
    ic_forward(work, &batch);
    ic_work_load(work, &model);
    ic_backward(work, &none);                              /* not the weights that went forward */
    CHECK(broken == 3);
    ic_work_free(work);
    ic_model_free(&model);
}

int main(void)
{
    int hidden;
    make_data();
    check_not_finite(NAN);
    check_not_finite(INFINITY);
    check_not_finite(-INFINITY);
    check_overflow();
    check_size(1, 1, 1, 1, 1, 0, 1);
    check_size(1, N, T, H, 1, 100, 3);                     /* a batch larger than the data */
    check_size(2, 2, 1, 1, 3, 1, 2);
    check_size(2, N, 1, 1, 1, 3, 64);                      /* more threads than rows */
    for (hidden = 1; hidden <= 35; hidden += 2)
        check_size(2, N, T, hidden, 1 + hidden % 3, 4, 2);
    check_constant();
    check_absurd();
    check_states();
    return check_report();
}
