/* What the interface promises beyond right results: what makes no sense is refused and says which kind
   of rule it broke, training keeps the best, weights count whatever the batch, numbers stay finite or
   a status says so, and files are whole.
   Not under windows: forks. */
#define _POSIX_C_SOURCE 200809L
static int broken;                       /* rules broken so far, as a debug build sees them */
#define IC_REFUSED(rule) (broken += (rule)[0] != 0)

/* Someone who knows a temporary name just before it is used, and puts a link there. */
#include <fcntl.h>
#include <unistd.h>
static const char *planted;
static mode_t opened;                    /* with which permissions a file was created */
static int planting_open(const char *path, int how, mode_t mode)
{
    opened = mode;
    if (planted && symlink(planted, path) == 0)
        planted = NULL;
    return open(path, how, mode);
}
#define open planting_open
#define INVCLASS_IMPLEMENTATION
#include "invclass.h"
#include "check.h"
#include <dirent.h>
#include <limits.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>

enum { C = 3, H = 10, T = 12, O = 2, D = T * O, N = 21 };

static float curves[N * D], codes[N * C];
static int label[N];
static ic_config config;
static ic_model model;

static void make_data(void)
{
    int n, t;
    memset(codes, 0, sizeof codes);
    for (n = 0; n < N; n++) {
        label[n] = n % C;
        codes[n * C + label[n]] = 1;
        for (t = 0; t < D; t++)
            curves[n * D + t] = (float)(sin(0.2 * t * (label[n] + 1)) + 0.1 * ic_normal(1, (uint64_t)n, (uint64_t)t));
    }
    memset(&config, 0, sizeof config);
    config.inputs = C, config.hidden = H, config.outputs = O, config.steps = T;
}

static ic_pairs all_pairs(void) { ic_pairs p = { N, 1, C, T, O, codes, curves, NULL, NULL }; return p; }

/* Refused with this status, by a rule that was named, and nothing was touched. */
#define CHECK_REFUSED(call, wanted) \
    do { \
        const int before = broken; \
        const uint64_t weights = ic_hash_reals(0, model.param, model.count); \
        CHECK((call) == (wanted)); \
        CHECK(broken == before + 1); \
        CHECK(ic_hash_reals(0, model.param, model.count) == weights); \
    } while (0)

/* -- options --------------------------------------------------------------------------------------- */

static ic_status train_with(const ic_train_options *o)
{
    const ic_pairs pairs = all_pairs();
    return ic_train(&model, &pairs, NULL, o, NULL);
}

static void check_train_options(void)
{
    const double wild[] = { -1, (double)NAN, HUGE_VAL, -HUGE_VAL };
    ic_train_options none, o;
    ic_trainer trainer;
    ic_pairs pairs = all_pairs();
    size_t k;
    memset(&none, 0, sizeof none);
    none.updates = 2;
#define REFUSE(set, wanted) do { o = none; set; CHECK_REFUSED(train_with(&o), wanted); } while (0)
    REFUSE(o.updates = -1, IC_E_OPTION);
    REFUSE((o.updates = 0, o.epochs = -1), IC_E_OPTION);
    REFUSE(o.batch = INT_MIN, IC_E_OPTION);
    REFUSE(o.draws = -1, IC_E_OPTION);
    REFUSE(o.check_every = -1, IC_E_OPTION);
    REFUSE((o.restarts = -1, o.stuck = 1), IC_E_OPTION);
    REFUSE(o.threads = -1, IC_E_OPTION);
    REFUSE(o.isa = (ic_isa)99, IC_E_OPTION);
    REFUSE(o.loss = (ic_loss)9, IC_E_OPTION);
    REFUSE(o.schedule = (ic_schedule)9, IC_E_OPTION);
    REFUSE(o.noise_steps = -1, IC_E_OPTION);
    REFUSE((o.noise = 0.1, o.noise_steps = T + 1), IC_E_OPTION);
    for (k = 0; k < sizeof wild / sizeof *wild; k++) {
        REFUSE(o.memory = wild[k], IC_E_OPTION);
        CHECK_REFUSED(ic_model_randomise(&model, 1, wild[k]), IC_E_OPTION);
        REFUSE(o.rate = wild[k], IC_E_OPTION);
        REFUSE(o.beta1 = wild[k], IC_E_OPTION);
        REFUSE(o.beta2 = wild[k], IC_E_OPTION);
        REFUSE(o.epsilon = wild[k], IC_E_OPTION);
        REFUSE(o.warmup = wild[k], IC_E_OPTION);
        REFUSE(o.clip = wild[k], IC_E_OPTION);
        REFUSE(o.noise = wild[k], IC_E_OPTION);
        REFUSE(o.stuck = wild[k], IC_E_OPTION);
    }
    REFUSE(o.memory = 1, IC_E_OPTION);                       /* a gate that is shut */
    REFUSE(o.rate = 1e39, IC_E_OPTION);
    REFUSE(o.beta1 = 1, IC_E_OPTION);
    REFUSE(o.beta2 = 1, IC_E_OPTION);
    REFUSE(o.beta2 = 1 - 1e-12, IC_E_OPTION);                /* 1 as a float: nothing would be learned */
    REFUSE(o.epsilon = 1e-60, IC_E_OPTION);                  /* 0 as a float */
    REFUSE(o.epsilon = 1e-30, IC_E_OPTION);                  /* squares of gradients are 0 long before */
    REFUSE(o.clip = 1e-30, IC_E_OPTION);                     /* would shorten gradients to 0 */
    REFUSE(o.clip = 2e18, IC_E_OPTION);                      /* longer ones diverge */
    REFUSE(o.rate = 1e-60, IC_E_OPTION);
    REFUSE(o.clip = 1e-60, IC_E_OPTION);
    REFUSE(o.noise = 1e-60, IC_E_OPTION);
    REFUSE(o.warmup = 1.1, IC_E_OPTION);
    REFUSE(o.epochs = 1, IC_E_CONFLICT);                     /* beside updates */
    REFUSE(o.noise_steps = 1, IC_E_CONFLICT);                /* without noise */
    REFUSE(o.draws = 2, IC_E_CONFLICT);
    REFUSE(o.restarts = 1, IC_E_CONFLICT);                   /* without a word on what is stuck */
    REFUSE(o.loss = IC_CROSS_ENTROPY, IC_E_CONFLICT);        /* of a linear output */
#undef REFUSE
    o = none, o.restarts = 1, o.stuck = 1;                   /* ic_train's alone */
    CHECK_REFUSED(ic_trainer_init(&trainer, &model, &pairs, NULL, &o), IC_E_CONFLICT);
    ic_trainer_free(&trainer);
    o = none, o.memory = T;
    CHECK_REFUSED(ic_trainer_init(&trainer, &model, &pairs, NULL, &o), IC_E_CONFLICT);
    o = none, o.stuck = 1;
    CHECK_REFUSED(ic_trainer_init(&trainer, &model, &pairs, NULL, &o), IC_E_CONFLICT);
    ic_trainer_free(&trainer);
    CHECK_REFUSED(ic_trainer_step(&trainer), IC_E_ARGUMENT);
    CHECK(ic_train(&model, &pairs, NULL, NULL, NULL) == IC_OK);          /* NULL: all defaults */
    CHECK(ic_trainer_init(&trainer, &model, &pairs, NULL, NULL) == IC_OK && trainer.progress.updates == 1000);
    ic_trainer_free(&trainer);
}

/* A model that was never made, or was freed. */
static void check_none(void)
{
    const ic_pairs pairs = all_pairs();
    const ic_descended nothing = { NULL, NULL, NULL, NULL };
    ic_trainer trainer;
    ic_model none;
    memset(&none, 0, sizeof none);
    CHECK_REFUSED(ic_model_randomise(&none, 1, 0), IC_E_ARGUMENT);
    CHECK_REFUSED(ic_train(&none, &pairs, NULL, NULL, NULL), IC_E_ARGUMENT);
    CHECK_REFUSED(ic_trainer_init(&trainer, &none, &pairs, NULL, NULL), IC_E_ARGUMENT);
    CHECK_REFUSED(ic_generate(&none, 1, pairs.x, curves, 1), IC_E_ARGUMENT);
    CHECK_REFUSED(ic_descend(&none, 1, pairs.y, NULL, &nothing), IC_E_ARGUMENT);
    CHECK_REFUSED(ic_save(&none, "none"), IC_E_ARGUMENT);
}

/* Pairs carry their sizes, and a network takes those alone that have its own. */
static void check_widths(void)
{
    const ic_curves all = { N, T, O, C, curves, label };
    ic_augment a;
    ic_train_options o;
    ic_pairs pairs = all_pairs(), bad;
    float weight[N], target[N * D], style[N * C];
    int k;
    memset(&a, 0, sizeof a), memset(&o, 0, sizeof o);
#define REFUSE(set, wanted) do { bad = pairs; set; CHECK_REFUSED(ic_train(&model, &bad, NULL, &o, NULL), wanted); \
        CHECK_REFUSED(ic_train(&model, &pairs, &bad, &o, NULL), wanted); } while (0)
    REFUSE(bad.n = 0, IC_E_ARGUMENT);
    REFUSE(bad.x = NULL, IC_E_ARGUMENT);
    REFUSE(bad.y = NULL, IC_E_ARGUMENT);
    REFUSE(bad.inputs = C - 1, IC_E_MISMATCH);
    REFUSE(bad.inputs = 0, IC_E_MISMATCH);
    REFUSE(bad.outputs = O + 1, IC_E_MISMATCH);
    REFUSE(bad.input_steps = T + 1, IC_E_MISMATCH);
    REFUSE(bad.input_steps = 0, IC_E_MISMATCH);
    REFUSE(bad.output_steps = 1, IC_E_MISMATCH);
    for (k = 0; k < N; k++)
        weight[k] = 1;
    weight[N - 1] = -1;
    REFUSE(bad.weight = weight, IC_E_ARGUMENT);
    memcpy(target, curves, sizeof target);
    target[N * D - 1] = NAN;
    REFUSE(bad.y = target, IC_E_NOT_FINITE);
#undef REFUSE
    memcpy(style, codes, sizeof style);
    style[N * C - 1] = -0.1f;                                /* which noise would clip: no code */
    bad = pairs, bad.x = style;
    CHECK(ic_train(&model, &bad, NULL, &o, NULL) == IC_OK);
    o.noise = 0.1;
    CHECK_REFUSED(ic_train(&model, &bad, NULL, &o, NULL), IC_E_CONFLICT);
    CHECK(ic_train(&model, &pairs, &bad, &o, NULL) == IC_OK);
    o.noise = 0;
    a.types = 2;                                             /* the network has an input a class, not a type */
    CHECK(ic_pairs_make(&bad, &all, &a) == IC_OK && bad.inputs == 2 * C && bad.outputs == O && bad.output_steps == T);
    CHECK_REFUSED(ic_train(&model, &bad, NULL, &o, NULL), IC_E_MISMATCH);
    ic_pairs_free(&bad);
    a.types = 0, a.styles = 2;
    CHECK(ic_pairs_make(&bad, &all, &a) == IC_OK && bad.inputs == C + 2);
    CHECK_REFUSED(ic_train(&model, &bad, NULL, &o, NULL), IC_E_MISMATCH);
    ic_pairs_free(&bad);
    a.styles = 0, a.classifier = 1;
    CHECK(ic_pairs_make(&bad, &all, &a) == IC_OK && bad.inputs == O && bad.input_steps == T && bad.outputs == C && bad.output_steps == 1);
    CHECK_REFUSED(ic_train(&model, &bad, NULL, &o, NULL), IC_E_MISMATCH);
    ic_pairs_free(&bad);
}

static void check_other_options(void)
{
    const ic_curves all = { N, T, O, C, curves, label };
    ic_curves bad = all;
    ic_augment a;
    ic_pairs pairs;
    ic_work_options wo;
    ic_work *work;
    ic_som map;
    ic_som_options so;
    ic_config c = config;
    ic_model none;
    ic_descend_options d;
    ic_real x;
    int labels[N], zeros[N] = { 0 };
#define REFUSE(set, wanted) do { memset(&a, 0, sizeof a); bad = all; set; \
        CHECK_REFUSED(ic_pairs_make(&pairs, &bad, &a), wanted); CHECK(!pairs.owned); } while (0)
    REFUSE(a.types = -1, IC_E_OPTION);
    REFUSE(a.centres = -1, IC_E_OPTION);
    REFUSE(a.repeller = 3, IC_E_OPTION);                     /* a switch, not a number of pairs */
    REFUSE(a.means = -1, IC_E_OPTION);
    REFUSE(a.classifier = 2, IC_E_OPTION);
    REFUSE(a.styles = INT_MIN, IC_E_OPTION);
    REFUSE(a.styles = IC_MAX_STYLES + 1, IC_E_OPTION);
    REFUSE((a.types = 2, a.centres = 2), IC_E_CONFLICT);
    REFUSE((a.styles = 1, a.means = 1), IC_E_CONFLICT);
    REFUSE((a.styles = 1, a.repeller = 1), IC_E_CONFLICT);
    REFUSE((a.styles = 1, a.centres = 1), IC_E_CONFLICT);    /* every curve its class's mean: no style */
    REFUSE((a.classifier = 1, a.types = 2), IC_E_CONFLICT);
    REFUSE((a.classifier = 1, a.means = 1), IC_E_CONFLICT);
    REFUSE((a.repeller = 1, bad.classes = 1, bad.label = zeros), IC_E_CONFLICT);    /* whose code is uniform */
    REFUSE((a.styles = 1, bad.n = C), IC_E_SAMPLES);         /* a curve a code: no style */
    REFUSE(bad.steps = 0, IC_E_ARGUMENT);
    REFUSE(bad.y = NULL, IC_E_ARGUMENT);
    REFUSE(bad.steps = 1 << 20, IC_E_SIZE);
    memcpy(labels, label, sizeof labels);
    labels[5] = C;
    REFUSE(bad.label = labels, IC_E_ARGUMENT);
#undef REFUSE
    bad = all, bad.classes = C + 1;                          /* a class without curves, asked for means or not */
    memset(&a, 0, sizeof a);
    CHECK_REFUSED(ic_pairs_make(&pairs, &bad, &a), IC_E_SAMPLES);
    CHECK(!pairs.owned);
    a.means = 1;
    CHECK_REFUSED(ic_pairs_make(&pairs, &bad, &a), IC_E_SAMPLES);
    CHECK(!pairs.owned);
    CHECK(ic_pairs_make(&pairs, &all, NULL) == IC_OK && pairs.n == N);
    ic_pairs_free(&pairs);

#define REFUSE(set, wanted) do { memset(&wo, 0, sizeof wo); set; CHECK(ic_work_bytes(&config, &wo) == 0); \
        CHECK_REFUSED(ic_work_new(&work, &config, &wo, NULL), wanted); CHECK(!work); } while (0)
    REFUSE(wo.rows = -1, IC_E_OPTION);
    REFUSE(wo.steps = -1, IC_E_OPTION);
    REFUSE(wo.threads = -3, IC_E_OPTION);
    REFUSE(wo.purpose = (ic_purpose)5, IC_E_OPTION);
    REFUSE(wo.isa = (ic_isa)99, IC_E_OPTION);
    REFUSE((wo.rows = 1 << 20, wo.steps = 1 << 20), IC_E_SIZE);
#undef REFUSE
    c.outputs = 1, c.link = IC_SOFTMAX;                      /* would always put out 1 */
    CHECK_REFUSED(ic_model_init(&none, &c, NULL), IC_E_ARGUMENT);
    c = config, c.inputs = 1;
    memset(&d, 0, sizeof d);
    d.decision = IC_DECIDE_REPELLER;
    CHECK(ic_model_init(&none, &c, NULL) == IC_OK && ic_model_randomise(&none, 1, 0) == IC_OK);
    {
        ic_descended ended;
        memset(&ended, 0, sizeof ended);
        ended.x = &x;
        CHECK_REFUSED(ic_descend(&none, 1, curves, &d, &ended), IC_E_CONFLICT);
    }
    ic_model_free(&none);
    CHECK_REFUSED(ic_work_new(&work, &config, NULL, (char *)&config + 1), IC_E_ARGUMENT);    /* not aligned */
    CHECK(ic_work_new(&work, &config, NULL, NULL) == IC_OK);
    ic_work_free(work);
    CHECK_REFUSED(ic_classify(&model, 1, curves, curves, 1), IC_E_MISMATCH);    /* it has more to say than one step */
    CHECK_REFUSED(ic_generate(&model, 1, codes, curves, -1), IC_E_ARGUMENT);

#define REFUSE(set, wanted) do { memset(&so, 0, sizeof so); set; \
        CHECK_REFUSED(ic_som_train(&map, N, D, curves, &so), wanted); CHECK(!map.owned); } while (0)
    REFUSE(so.rows = INT_MIN, IC_E_OPTION);
    REFUSE(so.iterations = -1, IC_E_OPTION);
    REFUSE(so.torus = -3, IC_E_OPTION);
    REFUSE(so.sigma = (double)NAN, IC_E_OPTION);
    REFUSE(so.sigma = HUGE_VAL, IC_E_OPTION);
    REFUSE(so.sigma_half = -1, IC_E_OPTION);
    REFUSE(so.rate_half = (double)NAN, IC_E_OPTION);
    REFUSE(so.rate = 1.5, IC_E_OPTION);
    REFUSE(so.start = (ic_som_start)7, IC_E_OPTION);
    REFUSE((so.torus = 1, so.rows = 2), IC_E_CONFLICT);
#undef REFUSE
}

/* -- training -------------------------------------------------------------------------------------- */

typedef struct seen { double best; int attempt, updates; } seen;

static int look(void *user, const ic_progress *p)
{
    seen *s = (seen *)user;
    s->best = p->check < s->best ? p->check : s->best;
    s->attempt = p->attempt;
    s->updates++;
    return 0;
}

static double loss_of(const ic_pairs *pairs)
{
    static float y[N * D];
    double sum = 0;
    int k;
    CHECK(ic_generate(&model, pairs->n, pairs->x, y, 1) == IC_OK);
    for (k = 0; k < pairs->n * D; k++)
        sum += ((double)y[k] - (double)pairs->y[k]) * ((double)y[k] - (double)pairs->y[k]);
    return sum / (pairs->n * D);
}

/* Of all attempts the best one is kept, whichever it was. */
static void check_restarts(void)
{
    const ic_pairs pairs = all_pairs();
    ic_train_options o;
    ic_progress report;
    seen s;
    double before = DBL_MAX;
    int restarts, improved = 0, worse = 0;
    memset(&o, 0, sizeof o);
    o.updates = 30, o.rate = 0.02, o.stuck = 1e-9, o.callback = look, o.user = &s, o.check_every = 20;
    for (restarts = 0; restarts < 8; restarts++) {
        s.best = DBL_MAX, s.updates = 0;
        o.restarts = restarts, o.callback = look;
        CHECK(ic_train(&model, &pairs, NULL, &o, &report) == IC_OK && report.attempt == restarts);
        CHECK(report.best == s.best && report.best > o.stuck);
        CHECK_NEAR(loss_of(&pairs), report.best, 1e-6);
        CHECK(report.best <= before);
        improved += report.best < before;
        worse += report.check > report.best;                 /* the last attempt was not the best */
        before = report.best;
    }
    CHECK(improved > 1 && worse > 1);
    s.updates = 0, o.restarts = 3, o.stuck = 1e9;            /* one that is not stuck is the only one */
    CHECK(ic_train(&model, &pairs, NULL, &o, &report) == IC_OK && report.attempt == 0 && s.updates == 30);
    s.updates = 0, o.stuck = 1e-9;
    CHECK(ic_train(&model, &pairs, NULL, &o, &report) == IC_OK && report.attempt == 3 && s.updates == 4 * 30);
}

static int stop_later(void *user, const ic_progress *p) { (void)user; return p->attempt == 1 && p->update == 12; }

/* What is left in the model after the callback's stop, and after divergence. */
static void check_left(void)
{
    const ic_pairs pairs = all_pairs();
    ic_train_options o;
    ic_progress report;
    memset(&o, 0, sizeof o);
    o.updates = 30, o.rate = 0.02, o.stuck = 1e-9, o.restarts = 5, o.callback = stop_later, o.check_every = 10;
    CHECK(ic_train(&model, &pairs, NULL, &o, &report) == IC_E_STOPPED && report.attempt == 1 && report.update == 12);
    CHECK_NEAR(loss_of(&pairs), report.best, 1e-6);
    memset(&o, 0, sizeof o);
    o.updates = 30, o.rate = 1e38;
    CHECK(ic_train(&model, &pairs, NULL, &o, &report) == IC_E_DIVERGED);
    CHECK(ic_p_all_finite(model.param, model.count) && loss_of(&pairs) < 10);
    o.stuck = 1e9, o.restarts = 2;                           /* an attempt that diverges is followed by another, too */
    CHECK(ic_train(&model, &pairs, NULL, &o, &report) == IC_E_DIVERGED && report.attempt == 2);
    CHECK(ic_p_all_finite(model.param, model.count));
}

/* The repeller learns as much in batches of one as a class does. */
static void check_repeller(void)
{
    const ic_curves all = { N, T, O, C, curves, label };
    ic_augment a;
    ic_train_options o;
    ic_pairs pairs;
    float code[C] = { 1.0f / C, 1.0f / C, 1.0f / C }, y[D];
    double sum = 0;
    int k, repellers = 0;
    memset(&a, 0, sizeof a), memset(&o, 0, sizeof o);
    a.repeller = 1;
    CHECK(ic_pairs_make(&pairs, &all, &a) == IC_OK && pairs.n == N + N / C);
    for (k = 0; k < pairs.n; k++) {
        CHECK(pairs.weight[k] == 1);
        repellers += pairs.x[k * C] > 0 && pairs.x[k * C] < 1;
    }
    CHECK(repellers == N / C);
    o.epochs = 60, o.batch = 1, o.rate = 0.01;
    CHECK(ic_train(&model, &pairs, NULL, &o, NULL) == IC_OK);
    CHECK(ic_generate(&model, 1, code, y, 1) == IC_OK);
    for (k = 0; k < D; k++)
        sum += (double)y[k] * (double)y[k] / D;
    CHECK(sum < 0.02);
    ic_pairs_free(&pairs);
    a.means = 1;
    CHECK(ic_pairs_make(&pairs, &all, &a) == IC_OK && pairs.n == C + 1 && pairs.weight[C] == N / C);
    ic_pairs_free(&pairs);
}

/* Cross-entropy of a softmax: loss and gradient at any distance between the logits.  The network's
   logits are set through the bias of its dense layer; its other weights are 0. */
static void check_cross_entropy(void)
{
    const double gaps[] = { 0, 1, 20, 60, 69, 70, 80, 86, 88, 200, 1e4, 1e30 };
    enum { K = 3 };
    float x[O] = { 0 }, target[K] = { 0, 0.75f, 0.25f };
    const ic_pairs pairs = { 1, 1, O, 1, K, x, target, NULL, NULL };
    ic_config c = config;
    ic_model classifier;
    ic_trainer trainer;
    ic_train_options o;
    ic_tensor t;
    size_t k;
    int j;
    c.inputs = O, c.outputs = K, c.head = IC_LAST_STEP, c.link = IC_SOFTMAX, c.steps = 2;
    memset(&o, 0, sizeof o);
    o.loss = IC_CROSS_ENTROPY, o.updates = 1;
    CHECK(ic_model_init(&classifier, &c, NULL) == IC_OK && ic_model_tensor(&c, 4, &t) && strcmp(t.name, "by") == 0);
    for (k = 0; k < sizeof gaps / sizeof *gaps; k++) {
        const double z[K] = { gaps[k], 0, 1 };
        double top = gaps[k] > 1 ? gaps[k] : 1, sum = 0;
        memset(classifier.param, 0, classifier.padded * sizeof *classifier.param);
        for (j = 0; j < K; j++) {
            classifier.param[t.offset + (size_t)j] = (float)z[j];
            sum += exp(z[j] - top);
        }
        CHECK(ic_trainer_init(&trainer, &classifier, &pairs, NULL, &o) == IC_OK && ic_trainer_step(&trainer) == IC_OK);
        CHECK_NEAR(trainer.progress.loss / (top + log(sum) - 0.25), 1, 1e-6);
        for (j = 0; j < K; j++)
            CHECK_NEAR(trainer.gradient[t.offset + (size_t)j], exp(z[j] - top) / sum - (double)target[j], 1e-6);
        ic_trainer_free(&trainer);
    }
    target[0] = -0.1f;
    CHECK(ic_train(&classifier, &pairs, NULL, &o, NULL) == IC_E_ARGUMENT);
    target[0] = 0, o.rate = 3e38, o.updates = 20;            /* a NaN is not hidden */
    CHECK(ic_train(&classifier, &pairs, NULL, &o, NULL) == IC_E_DIVERGED);
    ic_model_free(&classifier);
}

/* -- numbers --------------------------------------------------------------------------------------- */

/* A class of 17 curves of which few differ has few styles; the rest are 0, not residue blown up. */
static void check_styles(void)
{
    enum { EACH = 17, S = 4 };                         /* the mean of so many equal numbers is not quite any of them */
    float some[EACH * D], base[S * D];
    int one[EACH] = { 0 }, distinct, styles, trial, k, s;
    for (distinct = 1; distinct <= S; distinct++)
        for (styles = 1; styles <= S; styles++)
            for (trial = 0; trial < 50; trial++) {
                const ic_curves c = { EACH, T, O, 1, some, one };
                ic_augment a;
                ic_pairs p;
                memset(&a, 0, sizeof a);
                a.styles = styles;
                for (k = 0; k < distinct * D; k++)
                    base[k] = trial % 3 == 2 ? (float)sin(0.7 * k + trial) : (float)(trial % 3 * 5) + (float)ic_normal(5, (uint64_t)trial, (uint64_t)k);
                for (k = 0; k < EACH; k++)
                    memcpy(some + k * D, base + k % distinct * D, D * sizeof *some);
                CHECK(ic_pairs_make(&p, &c, &a) == IC_OK);
                for (k = 0; k < EACH; k++)
                    for (s = 0; s < styles; s++) {
                        const float style = p.x[k * (1 + styles) + 1 + s];
                        CHECK(s < distinct - 1 ? fabs((double)style) < EACH : !(style < 0 || style > 0));
                    }
                ic_pairs_free(&p);
            }
}

/* Large curves have principal axes, too: a matrix with a trace of 4e13. */
static void check_axes(void)
{
    double a[4] = { 2e13, 1e13, 1e13, 2e13 }, v[4];
    ic_p_eigen(2, a, v);
    CHECK_NEAR(fmax(a[0], a[3]), 3e13, 1);
    CHECK_NEAR(fmin(a[0], a[3]), 1e13, 1);
    CHECK_NEAR(fabs(v[0]), sqrt(0.5), 1e-12);
}

/* What rounding up takes beyond the limit is refused at the next array. */
static void check_arena(void)
{
    ic_p_arena arena = { NULL, 0, 0 };
    ic_p_take(&arena, ((size_t)-1) / 4 - 8, 1);
    ic_p_take(&arena, ((size_t)-1) / 8, 1);
    CHECK(arena.bad);
}

/* Points far apart: a finite map, or a status. */
static void check_large(void)
{
    float far[] = { 3e38f, -3e38f, 3e38f, -3e38f }, apart[] = { 1e18f, 2e18f, -1e18f, 3e18f }, u[4];
    ic_som_options o;
    ic_som map;
    int k;
    memset(&o, 0, sizeof o);
    o.rows = o.cols = 2;
    CHECK_REFUSED(ic_som_train(&map, 4, 1, far, &o), IC_E_NOT_FINITE);
    CHECK_REFUSED(ic_som_train(&map, 2, 2, far, &o), IC_E_NOT_FINITE);
    for (k = 0; k < 2; k++) {
        o.start = (ic_som_start)k;
        CHECK(ic_som_train(&map, 4, 1, apart, &o) == IC_OK && ic_p_all_finite(map.weight, 4));
        ic_som_u_matrix(&map, u);
        CHECK(ic_p_all_finite(u, 4));
        CHECK(ic_som_quantisation_error(&map, 4, apart) < 1e19);
        CHECK(ic_som_quantisation_error(&map, 4, far) < 1e39);      /* other points than it was trained on */
        ic_som_free(&map);
    }
}

/* -- signals --------------------------------------------------------------------------------------- */

static volatile sig_atomic_t delivered;
static void deliver(int number) { (void)number; delivered = 1; }

/* A signal to the process that the main thread blocks waits for it: no worker takes it. */
static void check_signals(void)
{
    const struct timespec moment = { 0, 30000000 };
    ic_work_options o;
    ic_work *work;
    ic_batch batch;
    sigset_t one;
    memset(&o, 0, sizeof o), memset(&batch, 0, sizeof batch);
    o.rows = batch.rows = 4, o.threads = 4;
    batch.input_steps = 1, batch.x = codes;
    CHECK(ic_work_new(&work, &config, &o, NULL) == IC_OK);
    ic_work_load(work, &model);
    ic_forward(work, &batch);                                /* the threads have begun */
    CHECK(signal(SIGUSR1, deliver) != SIG_ERR);
    sigemptyset(&one), sigaddset(&one, SIGUSR1);
    CHECK(pthread_sigmask(SIG_BLOCK, &one, NULL) == 0 && kill(getpid(), SIGUSR1) == 0);
    nanosleep(&moment, NULL);
    CHECK(!delivered);
    CHECK(pthread_sigmask(SIG_UNBLOCK, &one, NULL) == 0 && delivered);
    ic_work_free(work);
}

/* -- files ----------------------------------------------------------------------------------------- */

static char folder[] = "/tmp/test_promises.XXXXXX";

typedef struct file_path { char name[sizeof folder + 257]; } file_path;

static file_path in_folder(const char *name)
{
    file_path path;
    snprintf(path.name, sizeof path.name, "%s/%s", folder, name);
    return path;
}

static int files_in_folder(void)
{
    DIR *d = opendir(folder);
    int count = 0;
    while (readdir(d))
        count++;
    closedir(d);
    return count - 2;
}

static int remove_links(void)
{
    DIR *d = opendir(folder);
    struct dirent *entry;
    struct stat info;
    int count = 0;
    while ((entry = readdir(d)) != NULL) {
        const file_path path = in_folder(entry->d_name);
        if (lstat(path.name, &info) == 0 && S_ISLNK(info.st_mode))
            count += remove(path.name) == 0;
    }
    closedir(d);
    return count;
}

/* Two processes save models of their own under one name, a third reads: every file read is whole. */
static void check_writers(int saves)
{
    const file_path both = in_folder("both.model");
    const char *path = both.name;
    int writers[2], k, s, alive = 2, status, loads = 0, whose[2] = { 0, 0 };
    for (k = 0; k < 2; k++)
        if ((writers[k] = fork()) == 0) {
            ic_config c = config;
            ic_model own;
            int bad = 0;
            c.hidden = 20 + 20 * k;
            bad |= ic_model_init(&own, &c, NULL) != IC_OK || ic_model_randomise(&own, (uint64_t)k, 0) != IC_OK;
            for (s = 0; s < saves; s++)
                bad |= ic_save(&own, path) != IC_OK;
            _exit(bad);
        }
    while (alive > 0) {
        ic_model got;
        const ic_status read = ic_load(&got, path);
        CHECK(read == IC_OK || (read == IC_E_OPEN && loads == 0));
        if (read == IC_OK) {
            loads++;
            whose[got.config.hidden == 40]++;
            ic_model_free(&got);
        }
        if (waitpid(-1, &status, WNOHANG) > 0) {
            alive--;
            CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
        }
    }
    CHECK(whose[0] > 0 && whose[1] > 0);
    CHECK(files_in_folder() == 1);
    printf("%d saves of two processes: %d loads, all whole\n", 2 * saves, loads);
    remove(path);
}

static void check_files(void)
{
    const file_path a = in_folder("a.model"), v = in_folder("victim"), none = in_folder("none/a.model"), pipe = in_folder("pipe");
    const char *path = a.name, *victim = v.name;
    static unsigned char bytes[100000];
    file_path longest;
    char name[256];
    struct stat info;
    struct rlimit limit, all;
    ic_model got;
    FILE *file;
    int k;
    float kept;
    /* permissions stay */
    CHECK(ic_save(&model, path) == IC_OK && chmod(path, 0600) == 0 && ic_save(&model, path) == IC_OK);
    CHECK(stat(path, &info) == 0 && (info.st_mode & 0777) == 0600);
    CHECK(chmod(path, 0664) == 0 && ic_save(&model, path) == IC_OK && stat(path, &info) == 0 && (info.st_mode & 0777) == 0664);
    /* a model that could not be loaded again does not replace one that can */
    kept = model.param[3], model.param[3] = NAN;
    CHECK(ic_save(&model, path) == IC_E_NOT_FINITE);
    model.param[3] = kept;
    CHECK(ic_load(&got, path) == IC_OK);
    ic_model_free(&got);
    /* a link under the temporary name is not followed: another name is taken */
    CHECK(ic_write_file(victim, "precious", 8) == IC_OK);
    planted = "victim";
    CHECK(ic_save(&model, path) == IC_OK && planted == NULL);
    CHECK(lstat(path, &info) == 0 && S_ISREG(info.st_mode) && stat(victim, &info) == 0 && info.st_size == 8);
    CHECK(files_in_folder() == 3);                           /* the model, the victim, the link */
    CHECK(remove_links() == 1);
    for (k = 0; k < 50; k++) {                               /* no two writers at a time share a name */
        char first[300], second[300];
        const int one = ic_p_create(victim, first, 0666), two = ic_p_create(victim, second, 0666);
        CHECK(one >= 0 && two >= 0 && strcmp(first, second) != 0);
        close(one), close(two);
        remove(first), remove(second);
    }
    CHECK(ic_save(&model, none.name) == IC_E_OPEN);
    memset(name, 'n', 255), name[255] = 0;                   /* the longest name there can be */
    longest = in_folder(name);
    CHECK(ic_save(&model, longest.name) == IC_OK && ic_load(&got, longest.name) == IC_OK && remove(longest.name) == 0);
    ic_model_free(&got);
    memset(name, 'n', 251), name[60] = '\\', name[251] = 0;   /* an ordinary character here */
    longest = in_folder(name);
    CHECK(ic_save(&model, longest.name) == IC_OK && remove(longest.name) == 0);
    CHECK(chmod(victim, 0640) == 0 && ic_write_file(victim, "precious", 8) == IC_OK && opened == 0600);
    CHECK(stat(victim, &info) == 0 && (info.st_mode & 0777) == 0640);     /* and nobody else could read it meanwhile */
    CHECK(ic_save(&model, folder) == IC_E_OPEN);             /* a folder, a pipe, a device are not replaced */
    CHECK(ic_save(&model, "") == IC_E_OPEN && ic_save(&model, NULL) == IC_E_OPEN && ic_load(&got, NULL) == IC_E_OPEN);
    CHECK(mkfifo(pipe.name, 0600) == 0 && ic_save(&model, pipe.name) == IC_E_OPEN);
    CHECK(lstat(pipe.name, &info) == 0 && S_ISFIFO(info.st_mode) && remove(pipe.name) == 0);
    CHECK(ic_load(&got, folder) == IC_E_READ);
    CHECK(files_in_folder() == 2);
    /* what is no model, or not all of one, is found out before memory is taken */
    file = fopen(victim, "wb");
    CHECK(file && fseek(file, 1L << 30, SEEK_SET) == 0 && fputc(0, file) == 0 && fclose(file) == 0);
    CHECK(getrlimit(RLIMIT_AS, &all) == 0);
    limit = all, limit.rlim_cur = 1u << 29;
#ifdef __SANITIZE_ADDRESS__
    k = 1;                                                   /* it maps memory of its own, at any time */
#else
    k = setrlimit(RLIMIT_AS, &limit);
#endif
    CHECK(ic_load(&got, victim) == IC_E_FORMAT);
    ic_encode(&model, bytes);
    file = fopen(victim, "r+b");
    CHECK(file && fwrite(bytes, 1, IC_P_HEADER, file) == IC_P_HEADER && fclose(file) == 0);
    CHECK(ic_load(&got, victim) == IC_E_TRUNCATED);
    CHECK(k != 0 || setrlimit(RLIMIT_AS, &all) == 0);
    for (k = 0; k < IC_P_HEADER + 9; k += 7) {
        CHECK(ic_write_file(victim, bytes, (size_t)k) == IC_OK);
        CHECK(ic_load(&got, victim) == (k < 8 ? IC_E_FORMAT : IC_E_TRUNCATED));
    }
    CHECK(remove(victim) == 0 && remove(path) == 0);
}

int main(int argc, char **argv)
{
    make_data();
    CHECK(ic_model_init(&model, &config, NULL) == IC_OK && ic_model_randomise(&model, 1, 0) == IC_OK);
    check_train_options();
    check_none();
    check_widths();
    check_other_options();
    check_restarts();
    check_left();
    check_repeller();
    check_cross_entropy();
    check_styles();
    check_axes();
    check_arena();
    check_large();
    check_signals();
    if (!CHECK(mkdtemp(folder) != NULL))
        return check_report();
    check_writers(argc > 1 ? atoi(argv[1]) : 300);           /* saves a process */
    check_files();
    CHECK(remove(folder) == 0);
    ic_model_free(&model);
    return check_report();
}
