/* Training, inverse classification and files: against references written plainly here, with damaged
   bytes, and interrupted and resumed.
   Not under valgrind: takes minutes there.
   Not under x87: compares bits. */
#include <stdlib.h>
static int allocations, living;               /* the allocator that counts */
static void *counting_malloc(size_t size)
{
    void *p = malloc(size);
    allocations++;
    living += p != NULL;
    return p;
}
static void counting_free(void *p) { living--; free(p); }
#define IC_MALLOC(size) counting_malloc(size)
#define IC_FREE(p) counting_free(p)
#define INVCLASS_IMPLEMENTATION
#include "invclass.h"
#include "check.h"

enum { C = 3, H = 12, T = 14, D = 2 * T, N = 23 };

static float curves[N * D], mean[C * D], count[C], code[C * C], codes[N * C];
static int label[N];
static ic_model model;
static ic_config config;

/* The class means, plainly. */
static void make_means(void)
{
    int n, t;
    memset(mean, 0, sizeof mean);
    memset(count, 0, sizeof count);
    for (n = 0; n < N; n++) {
        count[label[n]] += 1;
        for (t = 0; t < D; t++)
            mean[label[n] * D + t] += curves[n * D + t];
    }
    for (n = 0; n < C * D; n++)
        mean[n] /= count[n / D];
}

static void make_data(void)
{
    int n, t;
    for (n = 0; n < N; n++) {
        label[n] = n * 7 % C;
        codes[n * C + label[n]] = 1;
        for (t = 0; t < D; t++)
            curves[n * D + t] = (float)(sin(0.2 * t * (label[n] + 1)) + 0.1 * ic_normal(1, (uint64_t)n, (uint64_t)t));
    }
    for (n = 0; n < C; n++)
        code[n * C + n] = 1;
    make_means();
    config.inputs = C, config.hidden = H, config.outputs = 2, config.steps = T;
}

static ic_pairs all_pairs(void) { ic_pairs p = { N, 1, C, T, 2, codes, curves, NULL, NULL }; return p; }
static ic_pairs mean_pairs(void) { ic_pairs p = { C, 1, C, T, 2, code, mean, count, NULL }; return p; }

static ic_train_options some_options(void)
{
    ic_train_options o;
    memset(&o, 0, sizeof o);
    o.seed = 5, o.updates = 40, o.draws = 2, o.rate = 0.01, o.noise = 0.2, o.clip = 0.5;
    o.schedule = IC_DECAY, o.warmup = 0.1, o.check_every = 7;
    return o;
}

static uint64_t weights(void) { return ic_hash_reals(0, model.param, model.count); }

/* The gradient on class means is the gradient on all samples: [G1]. */
static void check_mean_targets(void)
{
    ic_pairs many = all_pairs(), few = mean_pairs();
    ic_train_options o;
    ic_trainer a, b;
    ic_model copy;
    double difference = 0, size = 0;
    size_t k;
    memset(&o, 0, sizeof o);
    o.updates = 1;
    CHECK(ic_model_init(&copy, &config, NULL) == IC_OK);
    CHECK(ic_model_randomise(&model, 3, 0) == IC_OK && ic_model_randomise(&copy, 3, 0) == IC_OK);
    CHECK(ic_trainer_init(&a, &model, &many, NULL, &o) == IC_OK && ic_trainer_init(&b, &copy, &few, NULL, &o) == IC_OK);
    CHECK(ic_trainer_step(&a) == IC_OK && ic_trainer_step(&b) == IC_OK);
    for (k = 0; k < model.count; k++) {
        const double d = (double)a.gradient[k] - (double)b.gradient[k];
        difference += d * d;
        size += (double)a.gradient[k] * (double)a.gradient[k];
    }
    CHECK(size > 0 && difference < 1e-10 * size);
    ic_trainer_free(&a);
    ic_trainer_free(&b);
    ic_model_free(&copy);
}

/* The augmentations: what they promise about the pairs they make. */
static void check_augmentations(void)
{
    const ic_curves all = { N, T, 2, C, curves, label };
    ic_augment a;
    ic_pairs p;
    int k, j, n;
    double total;
    memset(&a, 0, sizeof a);
    CHECK(ic_pairs_make(&p, &all, &a) == IC_OK && p.n == N && p.input_steps == 1);
    CHECK(memcmp(p.x, codes, sizeof codes) == 0 && memcmp(p.y, curves, sizeof curves) == 0);
    ic_pairs_free(&p);
    a.means = 1, a.repeller = 1;
    CHECK(ic_pairs_make(&p, &all, &a) == IC_OK && p.n == C + 1);
    for (k = 0; k < C * D; k++)
        CHECK_NEAR(p.y[k], mean[k], 1e-6);
    for (k = 0; k < C; k++)
        CHECK(p.weight[k] == count[k] && p.x[k * C + k] == 1);
    CHECK(p.weight[C] == N / C && p.x[C * C] == (float)(1.0 / C) && p.x[C * C + 2] == p.x[C * C]);
    for (k = 0; k < D; k++)
        CHECK(p.y[C * D + k] == 0);
    ic_pairs_free(&p);
    a.repeller = 0, a.types = 2;                          /* the types' means, weighted, are the class's */
    CHECK(ic_pairs_make(&p, &all, &a) == IC_OK && p.n == 2 * C);
    for (k = 0; k < C; k++)
        for (j = 0; j < D; j++)
            CHECK_NEAR((p.weight[2 * k] * p.y[2 * k * D + j] + p.weight[2 * k + 1] * p.y[(2 * k + 1) * D + j]) / count[k],
                       mean[k * D + j], 1e-5);
    ic_pairs_free(&p);
    a.means = 0;                                          /* every curve keeps its class's codes */
    CHECK(ic_pairs_make(&p, &all, &a) == IC_OK && p.n == N);
    for (n = 0; n < N; n++)
        CHECK(p.x[n * 2 * C + 2 * label[n]] + p.x[n * 2 * C + 2 * label[n] + 1] == 1);
    ic_pairs_free(&p);
    a.types = 0, a.centres = 1;                           /* one centre a class: its mean */
    CHECK(ic_pairs_make(&p, &all, &a) == IC_OK && p.n == C);
    for (k = 0; k < C * D; k++)
        CHECK_NEAR(p.y[k], mean[k], 1e-6);
    ic_pairs_free(&p);
    a.centres = 3, a.classifier = 1;
    CHECK(ic_pairs_make(&p, &all, &a) == IC_OK && p.n == 3 * C && p.input_steps == T);
    for (k = 0, total = 0; k < 3 * C * C; k++)
        total += (double)p.y[k];
    CHECK(total == 3 * C);
    ic_pairs_free(&p);
    a.centres = N;                                        /* more than a class has */
    CHECK(ic_pairs_make(&p, &all, &a) == IC_E_SAMPLES && p.owned == NULL);
    a.centres = 2, a.types = 2;
    CHECK(ic_pairs_make(&p, &all, &a) == IC_E_CONFLICT);
}

/* Adam as in section 2 of its paper, in double, on a gradient that changes. */
static void check_adam(void)
{
    enum { STEPS = 50 };
    float p[16] = { 0 }, g[16], m[16] = { 0 }, v[16] = { 0 };
    double pd[16] = { 0 }, md[16] = { 0 }, vd[16] = { 0 };
    ic_adam o;
    int t, k;
    for (t = 1; t <= STEPS; t++) {
        const double c1 = 1 - pow(0.9, t), c2 = 1 - pow(0.999, t);
        o.rate = (float)(0.01 * sqrt(c2) / c1), o.beta1 = 0.9f, o.beta2 = 0.999f, o.epsilon = 1e-7f, o.scale = 0.5f;
        for (k = 0; k < 16; k++)
            g[k] = (float)ic_normal(2, (uint64_t)t, (uint64_t)k);
        ic_adam_step(16, &o, p, g, m, v);
        for (k = 0; k < 16; k++) {
            const double half = 0.5 * (double)g[k];
            md[k] = 0.9 * md[k] + 0.1 * half;
            vd[k] = 0.999 * vd[k] + 0.001 * half * half;
            pd[k] -= 0.01 * sqrt(c2) / c1 * md[k] / (sqrt(vd[k]) + 1e-7);
        }
    }
    for (k = 0; k < 16; k++)
        CHECK_NEAR(p[k], pd[k], 2e-5);
}

static int stop_at_ten(void *user, const ic_progress *p) { ++*(int *)user; return p->update == 10; }

/* Twenty updates; then the caller puts back the best of the first eight, or the checkpoint of them, into the same
   trainer or a new one: whose the trainer is makes no difference. */
static void check_going_back(const ic_pairs *pairs, const ic_train_options *options)
{
    uint64_t end[2][2];
    int fresh, best;
    for (fresh = 0; fresh < 2; fresh++)
        for (best = 0; best < 2; best++) {
            ic_train_options o = *options;
            ic_progress progress;
            ic_trainer t;
            float *state, *param = (float *)malloc(model.padded * sizeof(float));
            o.threads = 1;
            CHECK(ic_model_randomise(&model, 4, 0) == IC_OK && ic_trainer_init(&t, &model, pairs, NULL, &o) == IC_OK);
            state = (float *)malloc(t.state_count * sizeof(float));
            while (t.progress.update < 8)
                CHECK(ic_trainer_step(&t) == IC_OK);
            if (best)
                ic_trainer_finish(&t);
            progress = t.progress;
            memcpy(state, t.state, t.state_count * sizeof(float));
            memcpy(param, model.param, model.padded * sizeof(float));
            while (t.progress.update < 20)
                CHECK(ic_trainer_step(&t) == IC_OK);
            if (fresh) {
                ic_trainer_free(&t);
                CHECK(ic_trainer_init(&t, &model, pairs, NULL, &o) == IC_OK);
            }
            t.progress = progress;
            memcpy(t.state, state, t.state_count * sizeof(float));
            memcpy(model.param, param, model.padded * sizeof(float));
            t.progress.updates++;                            /* a checkpoint of a longer training */
            CHECK(ic_trainer_step(&t) == IC_E_CONFLICT);
            t.progress.updates--;
            while (t.progress.update < t.progress.updates)
                CHECK(ic_trainer_step(&t) == IC_OK);
            end[fresh][best] = weights();
            ic_trainer_free(&t);
            free(state), free(param);
        }
    CHECK(end[0][0] == end[1][0] && end[0][1] == end[1][1] && end[0][0] != end[0][1]);
}

static void check_training(void)
{
    ic_pairs few = mean_pairs(), many = all_pairs();
    ic_train_options o = some_options(), batches = some_options();
    ic_trainer t;
    ic_progress report;
    FILE *checkpoint;
    uint64_t once;
    int k, calls = 0;
    CHECK(ic_train(&model, &few, NULL, &o, &report) == IC_OK);
    once = weights();
    CHECK(report.update == 40 && report.best < 1);
    o.threads = 2;                                           /* neither threads ... */
    CHECK(ic_train(&model, &few, NULL, &o, &report) == IC_OK && weights() == once);
    o.isa = IC_ISA_PLAIN;                                    /* ... nor kernels change a bit */
    CHECK(ic_train(&model, &few, NULL, &o, &report) == IC_OK && weights() == once);
    o.seed = 6;
    CHECK(ic_train(&model, &few, NULL, &o, &report) == IC_OK && weights() != once);

    /* Interrupted after 17 updates, everything thrown away but the checkpoint, and resumed. */
    o = some_options();
    o.seed = ic_random_key(5, 0);                            /* as ic_train derives them */
    CHECK(ic_model_randomise(&model, ic_random_key(o.seed, 0), 0) == IC_OK);
    CHECK(ic_trainer_init(&t, &model, &few, NULL, &o) == IC_OK);
    for (k = 0; k < 17; k++)
        CHECK(ic_trainer_step(&t) == IC_OK);
    checkpoint = tmpfile();
    CHECK(checkpoint && fwrite(t.state, sizeof *t.state, t.state_count, checkpoint) == t.state_count
          && fwrite(model.param, sizeof *model.param, model.padded, checkpoint) == model.padded
          && fwrite(&t.progress, sizeof t.progress, 1, checkpoint) == 1);
    ic_trainer_free(&t);
    CHECK(ic_model_randomise(&model, 99, 0) == IC_OK);
    o.threads = 2;                                           /* on another machine, say */
    CHECK(ic_trainer_init(&t, &model, &few, NULL, &o) == IC_OK);
    rewind(checkpoint);
    CHECK(fread(t.state, sizeof *t.state, t.state_count, checkpoint) == t.state_count
          && fread(model.param, sizeof *model.param, model.padded, checkpoint) == model.padded
          && fread(&t.progress, sizeof t.progress, 1, checkpoint) == 1);
    fclose(checkpoint);
    while (t.progress.update < t.progress.updates)
        CHECK(ic_trainer_step(&t) == IC_OK);
    CHECK(ic_trainer_step(&t) == IC_E_ARGUMENT);             /* it is over */
    t.progress.update = -1;                                  /* of a damaged checkpoint */
    CHECK(ic_trainer_step(&t) == IC_E_ARGUMENT);
    ic_trainer_finish(&t);
    ic_trainer_free(&t);
    CHECK(weights() == once);

    /* A running trainer takes the model as it is, and can be put back: the same as one resumed. */
    check_going_back(&few, &o);

    /* Minibatches that do not divide the data, and epochs. */
    batches.batch = 5, batches.updates = 0, batches.epochs = 3, batches.check_every = 0;
    CHECK(ic_train(&model, &many, &few, &batches, &report) == IC_OK && report.updates == 15);
    CHECK(report.best < 1e9);

    o.callback = stop_at_ten, o.user = &calls;
    CHECK(ic_train(&model, &few, NULL, &o, &report) == IC_E_STOPPED && calls == 10);
    o = some_options();
    o.updates = 3, o.stuck = 1e-9, o.restarts = 2;
    CHECK(ic_train(&model, &few, NULL, &o, &report) == IC_OK && report.attempt == 2);
    o.rate = -1;
    CHECK(ic_train(&model, &few, NULL, &o, &report) == IC_E_OPTION);
    o.rate = 1e38, o.clip = 0;
    CHECK(ic_train(&model, &few, NULL, &o, &report) == IC_E_DIVERGED);
    mean[3] = NAN;
    CHECK(ic_train(&model, &few, NULL, &o, &report) == IC_E_NOT_FINITE);
    make_means();
    few.n = 0;
    CHECK(ic_train(&model, &few, NULL, &o, &report) == IC_E_ARGUMENT);
}

/* A classifier: the same network the other way round. */
static void check_classifier(void)
{
    ic_config c = config;
    ic_model classifier;
    ic_pairs pairs = { N, T, 2, 1, C, curves, codes, NULL, NULL };
    ic_train_options o = some_options();
    float y[N * C];
    int k, j, loss, right;
    c.inputs = 2, c.outputs = C, c.head = IC_LAST_STEP, c.link = IC_SOFTMAX;
    for (loss = 0; loss < 2; loss++) {
        CHECK(ic_model_init(&classifier, &c, NULL) == IC_OK);
        o.noise = 0, o.draws = 1, o.updates = 150, o.loss = (ic_loss)loss;
        CHECK(ic_train(&classifier, &pairs, NULL, &o, NULL) == IC_OK);
        CHECK(ic_classify(&classifier, N, curves, y, 1) == IC_OK);
        for (k = right = 0; k < N; k++) {
            double sum = 0;
            int best = 0;
            for (j = 0; j < C; j++) {
                sum += (double)y[k * C + j];
                best = y[k * C + j] > y[k * C + best] ? j : best;
            }
            CHECK_NEAR(sum, 1, 1e-5);
            right += best == label[k];
        }
        CHECK(right >= N - 1);
        ic_model_free(&classifier);
    }
}

/* The thesis's procedure, one sample at a time, with no early end: must give the very same numbers. */
static void plain_inversion(const float *y, int iterations, float *x)
{
    float m[C] = { 0 }, v[C] = { 0 }, g[C];
    ic_work_options o;
    ic_work *work;
    ic_batch batch;
    ic_gradients wanted;
    int i, j, t;
    memset(&o, 0, sizeof o);
    o.rows = 1, o.purpose = IC_INVERT;
    CHECK(ic_work_new(&work, &config, &o, NULL) == IC_OK);
    ic_work_load(work, &model);
    memset(&batch, 0, sizeof batch);
    batch.rows = batch.input_steps = 1, batch.x = x;
    memset(&wanted, 0, sizeof wanted);
    wanted.x = g;
    for (j = 0; j < C; j++)
        x[j] = (float)(1.0 / C);
    for (i = 0; i < iterations; i++) {
        float sum = 0;
        ic_forward(work, &batch);
        for (t = 0; t < D; t++)
            ic_output_gradient(work, t / 2, 0)[t % 2] =
                (float)(2.0 / D * ((double)ic_output(work, t / 2, 0)[t % 2] - (double)y[t]));
        ic_backward(work, &wanted);
        for (j = 0; j < C; j++) {
            const float b1 = 0.9f, b2 = 0.99f, one = 1;
            const float mj = b1 * m[j], gj = (one - b1) * g[j], vj = b2 * v[j], square = g[j] * g[j];
            const float hj = (one - b2) * square;
            m[j] = mj + gj;
            v[j] = vj + hj;
            x[j] = x[j] - 0.05f * m[j] / ((float)sqrt((double)v[j]) + 1e-8f);
            x[j] = x[j] < 0 ? 0 : x[j] > 1 ? 1 : x[j];
            sum += x[j];
        }
        for (j = 0; j < C; j++)
            x[j] /= sum + 1e-8f;
    }
    ic_work_free(work);
}

/* What [V2] says of the rule, by itself: where it ends if the gradient g is constant. */
static void check_rule(void)
{
    const struct { float x[3], g[3], end[3]; } cases[] = {
        { { 0.6f, 0.3f, 0.1f }, { -1, -2, -3 }, { 1 / 3.0f, 1 / 3.0f, 1 / 3.0f } },      /* equal parts of all that help */
        { { 0.2f, 0.3f, 0.5f }, { -3, -1, 2 }, { 0.5f, 0.5f, 0 } },
        { { 0.4f, 0.3f, 0.3f }, { 3, 2, 1 }, { 1, 0, 0 } },                              /* what is ahead, though it helps least */
        { { 1 / 3.0f, 1 / 3.0f, 1 / 3.0f }, { 3, 2.5f, 0.5f }, { 0, 0, 0 } } };          /* stands still, see below */
    ic_descend_options o;
    float x[20], m[20], v[20], g[20];
    int k, i, j, up = 0;
    memset(&o, 0, sizeof o);
    o.rate = 0.05, o.beta1 = 0.9, o.beta2 = 0.99, o.epsilon = 1e-8;
    for (k = 0; k < 4; k++) {
        memset(m, 0, sizeof m), memset(v, 0, sizeof v);
        memcpy(x, cases[k].x, sizeof cases[k].x);
        for (i = 0; i < (k < 3 ? 300 : 20); i++)
            ic_p_descend_step(&o, 3, cases[k].g, x, m, v);
        for (j = 0; j < 3; j++)
            CHECK_NEAR(x[j], k < 3 ? cases[k].end[j] : cases[k].x[j], 1e-3);
    }
    for (j = 0; j < 20; j++) {                    /* 20 classes: after one step the equal mixture */
        g[j] = (float)ic_normal(1, 0, (uint64_t)j);
        x[j] = 0.05f, m[j] = v[j] = 0;
        up += g[j] < 0;
    }
    ic_p_descend_step(&o, 20, g, x, m, v);
    for (j = 0; j < 20; j++)
        CHECK_NEAR(x[j], g[j] < 0 ? 1.0 / up : 0, 1e-5);
}

static int traced;
static void count_trace(void *user, const ic_trace *trace) { (void)user; traced += trace->loss >= 0; }

static void check_inversion(void)
{
    ic_pairs few = mean_pairs();
    ic_train_options train = some_options();
    ic_descend_options o;
    float x[N * C], other[N * C], y[D];
    double loss[N];
    int found[N], again[N], iterations[N], k, j, right = 0, early = 0, total = 0;
    ic_descended out = { x, found, loss, iterations }, out2 = { other, again, NULL, NULL };
    train.updates = 400, train.noise = 0.3;
    CHECK(ic_train(&model, &few, NULL, &train, NULL) == IC_OK);
    memset(&o, 0, sizeof o);
    CHECK(ic_descend(&model, N, curves, &o, &out) == IC_OK);
    for (k = 0; k < N; k++) {
        double sum = 0;
        plain_inversion(curves + k * D, 200, other);
        CHECK(memcmp(other, x + k * C, sizeof(float) * C) == 0);
        right += found[k] == label[k];
        early += iterations[k] < 200;
        total += iterations[k] + 1;
        CHECK(ic_generate(&model, 1, x + k * C, y, 1) == IC_OK);
        for (j = 0; j < D; j++)
            sum += ((double)y[j] - (double)curves[k * D + j]) * ((double)y[j] - (double)curves[k * D + j]) / D;
        CHECK_NEAR(loss[k], sum, 1e-6);
    }
    CHECK(right >= N - 3);
    CHECK(early > 0);                       /* or the exact early end was not exercised */
    for (k = 1; k < 30; k += 7) {           /* company, threads, kernels, the trace: no influence */
        o.rows = k, o.threads = k % 3 + 1, o.isa = k == 8 ? IC_ISA_PLAIN : IC_ISA_BEST;
        o.trace = count_trace, traced = 0;
        CHECK(ic_descend(&model, N, curves, &o, &out2) == IC_OK);
        CHECK(memcmp(x, other, sizeof x) == 0 && memcmp(found, again, sizeof found) == 0);
        CHECK(traced == total);
    }
    /* Drift: the first sample starts uniform, the next where the first was after one iteration. */
    memset(&o, 0, sizeof o);
    o.start = IC_START_DRIFT, o.iterations = 1;
    CHECK(ic_descend(&model, 2, curves, &o, &out) == IC_OK);
    o.start = IC_START_GIVEN;
    for (j = 0; j < C; j++)
        other[j] = (float)(1.0 / C), other[C + j] = x[j];
    o.start_x = other;
    { float given[2 * C]; ic_descended to = { given, NULL, NULL, NULL };
      CHECK(ic_descend(&model, 2, curves, &o, &to) == IC_OK && memcmp(given, x, sizeof given) == 0);
      for (k = 0; k < 2; k++) {             /* a start that is no mixture */
          other[C + 1] = k ? -0.1f : 1.1f;
          CHECK(ic_descend(&model, 2, curves, &o, &to) == IC_E_ARGUMENT);
      } }
    /* Several codes a class: their sum decides. */
    { const float three[3] = { 0.4f, 0.3f, 0.3f }; ic_descend_options few_codes = o;
      few_codes.codes = 1; CHECK(ic_p_decide(&few_codes, 3, three) == 0);
      few_codes.codes = 3; CHECK(ic_p_decide(&few_codes, 3, three) == 0);
      { const float four[4] = { 0.4f, 0.0f, 0.3f, 0.3f }; few_codes.codes = 2; CHECK(ic_p_decide(&few_codes, 4, four) == 1); }
      few_codes.codes = 1, few_codes.decision = IC_DECIDE_REPELLER;
      CHECK(ic_p_decide(&few_codes, 3, three) == 0);
      { const float even[3] = { 0.34f, 0.29f, 0.37f }; CHECK(ic_p_decide(&few_codes, 3, even) == 3); }
      for (k = 2; k < 200; k++) {           /* "none" is the uniform code and what lies near it, whatever 1/k is */
          float even[200], sum = 0;
          for (j = 0; j < k; j++)
              even[j] = (float)(1.0 / k), sum += even[j];
          for (j = 0; j < k; j++)
              even[j] /= sum + 1e-8f;
          CHECK(ic_p_decide(&few_codes, k, even) == k);
          even[0] -= 0.04f, even[1] += 0.04f;
          CHECK(ic_p_decide(&few_codes, k, even) == k);
          even[0] -= 0.02f, even[1] += 0.02f;
          CHECK(ic_p_decide(&few_codes, k, even) == 1);
      } }
    o.codes = 2;
    CHECK(ic_descend(&model, 2, curves, &o, &out) == IC_E_MISMATCH);        /* 3 inputs */
    o.codes = 1, o.start = IC_START_UNIFORM, o.start_x = NULL;
    for (k = 0; k < D; k++)                 /* so large that g^2 is no number: no step was taken, no class found */
        curves[k] *= 1e25f;
    CHECK(ic_descend(&model, 1, curves, &o, &out) == IC_E_NOT_FINITE);
    curves[0] = INFINITY;
    CHECK(ic_descend(&model, 2, curves, &o, &out) == IC_E_NOT_FINITE);
    make_data();
}

static char path[4200];                 /* a file of this program's own: others may run beside it */

static void check_files(void)
{
    const size_t size = ic_encoded_bytes(&model);
    unsigned char *bytes = (unsigned char *)malloc(size + 1), *copy = (unsigned char *)malloc(size + 1);
    ic_model back;
    size_t k;
    ic_encode(&model, bytes);
    CHECK(ic_decode(&back, bytes, size) == IC_OK && back.count == model.count);
    CHECK(memcmp(back.param, model.param, model.padded * sizeof(float)) == 0);
    CHECK(memcmp(&back.config, &model.config, sizeof back.config) == 0);
    ic_model_free(&back);
    for (k = 0; k < size; k++) {                               /* cut anywhere, flipped anywhere */
        CHECK(ic_decode(&back, bytes, k) != IC_OK);
        memcpy(copy, bytes, size);
        copy[k] ^= (unsigned char)(1 << k % 8);
        CHECK(ic_decode(&back, copy, size) != IC_OK);
    }
    CHECK(ic_decode(&back, bytes, size + 1) == IC_E_TRUNCATED);
    memcpy(copy, bytes, size);
    copy[8] = 2;
    CHECK(ic_decode(&back, copy, size) == IC_E_VERSION);
    memcpy(copy, bytes, size);
    copy[0] = 'x';
    CHECK(ic_decode(&back, copy, size) == IC_E_FORMAT);
    for (k = 12; k < 48; k += 4) {                             /* no size is 0, no choice beyond its list */
        uint64_t sum;
        memcpy(copy, bytes, size);
        copy[k] = k < 32 ? 0 : 7;
        sum = ic_hash(0, copy, size - 8);
        ic_p_put(copy + size - 8, sum, 8);
        CHECK(ic_decode(&back, copy, size) == IC_E_FORMAT);
    }
    for (k = 0; k < 20000; k++) {                              /* noise behind a good beginning */
        uint32_t r[4];
        ic_random(8, k, 0, r);
        memcpy(copy, bytes, size);
        copy[8 + r[0] % 48] = (unsigned char)r[1];
        copy[8 + r[2] % 48] = (unsigned char)r[3];
        if (memcmp(copy, bytes, size) != 0)
            CHECK(ic_decode(&back, copy, size) != IC_OK);
    }
    CHECK(ic_save(&model, "/nowhere/at/all") == IC_E_OPEN);
    memset(&back, 0, sizeof back);
    CHECK(ic_save(&back, path) == IC_E_ARGUMENT);
    CHECK(ic_load(&back, "/nowhere/at/all") == IC_E_OPEN);
    CHECK(ic_load(&back, "tests/check.h") == IC_E_FORMAT);
    if (CHECK(ic_save(&model, path) == IC_OK)) {
        CHECK(ic_load(&back, path) == IC_OK);
        CHECK(memcmp(back.param, model.param, model.padded * sizeof(float)) == 0);
        ic_model_free(&back);
    }
    remove(path);
    free(bytes);
    free(copy);
}

/* The caller's memory will do. */
static void check_own_memory(void)
{
    ic_work_options o;
    ic_model own;
    ic_work *work;
    unsigned char *a, *b;
    memset(&o, 0, sizeof o);
    o.rows = 2;
    a = (unsigned char *)malloc(ic_model_bytes(&config) + 64);
    b = (unsigned char *)malloc(ic_work_bytes(&config, &o) + 64);
    allocations = 0;
    CHECK(ic_model_init(&own, &config, a + (64 - (uintptr_t)a % 64)) == IC_OK);
    CHECK(ic_work_new(&work, &config, &o, b + (64 - (uintptr_t)b % 64)) == IC_OK && allocations == 0);
    ic_work_free(work);
    ic_model_free(&own);
    CHECK(ic_model_init(&own, &config, a + (65 - (uintptr_t)a % 64)) == IC_E_ARGUMENT);
    ic_model_free(NULL), ic_work_free(NULL), ic_pairs_free(NULL), ic_trainer_free(NULL), ic_som_free(NULL), ic_explainer_free(NULL);
    free(a), free(b);
}

int main(int argc, char **argv)
{
    int k;
    snprintf(path, sizeof path, "%.4000s.model", argc > 0 ? argv[0] : "test");
    make_data();
    CHECK(ic_model_init(&model, &config, NULL) == IC_OK);
    for (k = 0; k < IC_STATUS_COUNT; k++)
        CHECK(strlen(ic_status_text((ic_status)k)) > 5);
    check_mean_targets();
    check_augmentations();
    check_adam();
    check_training();
    check_classifier();
    check_rule();
    check_inversion();
    check_files();
    check_own_memory();
    ic_model_free(&model);
    CHECK(living == 0);
    return check_report();
}
