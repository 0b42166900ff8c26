/* same_bytes: a small run of everything, and the hash of every array on the way.  The output must be
   tests/same_bytes.txt to the letter, whatever the compiler, its options, the processor's vectors and
   the number of threads.

       same_bytes [plain|neon|avx2|avx512|simd128|fma|best] [threads] */
#define INVCLASS_IMPLEMENTATION
#include "invclass.h"
#include "../examples/data/letters.h"

enum { CLASSES = 4, EACH = 8, TEST = 20, STEPS = 64, D = STEPS * 2 };   /* short curves: plain C is slow */

static void show(const char *name, const float *x, size_t n)
{
    printf("%-24s %016llx\n", name, (unsigned long long)ic_hash_reals(0, x, n));
}

/* The hash of the numbers, not of this machine's memory: bits, least significant byte first. */
static void show_doubles(const char *name, const double *x, size_t n)
{
    uint64_t hash = 0, bits;
    unsigned char bytes[8];
    size_t k;
    int j;
    for (k = 0; k < n; k++) {
        memcpy(&bits, &x[k], sizeof bits);
        for (j = 0; j < 8; j++)
            bytes[j] = (unsigned char)(bits >> (8 * j));
        hash = ic_hash(hash, bytes, sizeof bytes);
    }
    printf("%-24s %016llx\n", name, (unsigned long long)hash);
}

static void fail(const char *what)
{
    fprintf(stderr, "same_bytes: %s\n", what);
    exit(1);
}

static void must(ic_status status)
{
    if (status != IC_OK)
        fail(ic_status_text(status));
}

/* All of a recogniser, one class of it added later, and what it says of curves: the energies that it adds up in double. */
static void show_recogniser(const pen_set *set, int threads)
{
    static ic_curve curve[CLASSES * EACH];
    static double said[CLASSES * EACH * 2];
    ic_samples samples;
    ic_recogniser_options o;
    ic_recogniser r;
    ic_recognition answer;
    unsigned char *bytes;
    size_t size;
    int k;
    memset(&samples, 0, sizeof samples), memset(&o, 0, sizeof o);
    for (k = 0; k < CLASSES * EACH; k++)
        curve[k].n = STEPS - k, curve[k].point = set->xy + k * D;
    samples.n = (CLASSES - 1) * EACH, samples.dims = 2, samples.classes = CLASSES - 1;
    samples.curve = curve, samples.label = set->label;
    o.steps = 16, o.hidden = 12, o.updates = 20, o.threads = threads;
    must(ic_recogniser_fit(&r, &samples, &o, NULL));
    must(ic_recogniser_add(&r, &curve[samples.n], CLASSES - 1, "new"));
    must(ic_recognition_init(&answer, &r));
    for (k = 0; k < CLASSES * EACH; k++) {
        must(ic_recognise(&r, &curve[k], &answer));
        said[2 * k] = answer.energy, said[2 * k + 1] = answer.probability[k % CLASSES];
    }
    size = ic_recogniser_encoded_bytes(&r);
    bytes = (unsigned char *)malloc(size);
    if (!bytes)
        fail("out of memory");
    ic_recogniser_encode(&r, bytes);
    printf("%-24s %016llx\n", "recogniser", (unsigned long long)ic_hash(0, bytes, size));
    show_doubles("answers", said, CLASSES * EACH * 2);
    free(bytes);
    ic_recognition_free(&answer);
    ic_recogniser_free(&r);
}

int main(int argc, char **argv)
{
    static const char *const names[] = { "best", "plain", "neon", "avx2", "avx512", "simd128", "fma" };
    static float y[TEST * D], x[TEST * CLASSES], centre[3 * D], u[36 * 36];
    pen_samples drawn;
    pen_set set;
    char why[200];
    ic_curves curves;
    ic_augment augment;
    ic_pairs pairs;
    ic_config config;
    ic_model model;
    ic_train_options train;
    ic_trainer trainer;
    ic_descend_options invert;
    ic_descended out = { x, NULL, NULL, NULL };
    ic_som som;
    static float corner[CLASSES * (CLASSES + 2)];
    static int class_of[CLASSES];
    const ic_vertices vertices = { CLASSES, CLASSES, corner, class_of };
    static double energy[TEST * CLASSES], posterior[TEST * CLASSES];
    static ic_adjustment adjustment[TEST];
    ic_explainer explainer;
    ic_explainer_options explaining;
    ic_explained explained;
    ic_kmeans_options group = { 0, 0, 0, 0, IC_ISA_BEST };
    ic_dtw_options warp = { 0, 0, NULL, IC_ISA_BEST };
    double distance, inertia;
    int k, isa = argc > 1 ? -1 : 0, threads = argc > 2 ? atoi(argv[2]) : 1;
    for (k = 0; argc > 1 && k < (int)(sizeof names / sizeof names[0]); k++)
        if (strcmp(argv[1], names[k]) == 0)
            isa = k;
    if (isa < 0)
        fail("no such width");
    if (!ic_isa_name((ic_isa)isa)) {
        printf("%s cannot run here\n", argv[1]);
        return 77;
    }

    if (letters_make(1, EACH, &drawn, why, sizeof why) || pen_prepare(&drawn, &set, why, sizeof why))
        fail(why);
    pen_keep_classes(&set, CLASSES);
    show("letters", set.xy, (size_t)set.n * PEN_STEPS * 2);
    for (k = 0; k < set.n; k++)
        memmove(set.xy + k * D, set.xy + k * PEN_STEPS * 2, D * sizeof *set.xy);

    curves.n = set.n, curves.steps = STEPS, curves.dims = 2, curves.classes = CLASSES;
    curves.y = set.xy, curves.label = set.label;
    memset(&augment, 0, sizeof augment);
    augment.types = 2, augment.means = augment.repeller = 1;
    must(ic_pairs_make(&pairs, &curves, &augment));
    show("types, codes", pairs.x, (size_t)pairs.n * 2 * CLASSES);
    show("types, means", pairs.y, (size_t)pairs.n * D);
    ic_pairs_free(&pairs);

    augment.types = augment.repeller = 0;
    must(ic_pairs_make(&pairs, &curves, &augment));
    memset(&config, 0, sizeof config);
    config.inputs = CLASSES, config.hidden = 21, config.layers = 2, config.outputs = 2, config.steps = STEPS;
    must(ic_model_init(&model, &config, NULL));
    must(ic_model_randomise(&model, 11, 0));
    show("initial weights", model.param, model.count);
    memset(&train, 0, sizeof train);
    train.seed = 5, train.updates = 30, train.draws = 2, train.rate = 0.005, train.noise = 0.3, train.clip = 0.5;
    train.schedule = IC_DECAY, train.warmup = 0.1, train.threads = threads, train.isa = (ic_isa)isa;
    must(ic_trainer_init(&trainer, &model, &pairs, NULL, &train));
    for (k = 0; k < 30; k++) {
        must(ic_trainer_step(&trainer));
        if (k == 0) {
            show("input with noise", trainer.x, (size_t)STEPS * 2 * CLASSES * CLASSES);
            show("gradient", trainer.gradient, model.count);
        }
    }
    show("weights, 30 updates", model.param, model.count);
    ic_trainer_finish(&trainer);
    ic_trainer_free(&trainer);
    show("best weights", model.param, model.count);

    memset(&explaining, 0, sizeof explaining);
    memset(&invert, 0, sizeof invert);
    invert.iterations = 15, invert.threads = threads, invert.isa = (ic_isa)isa;
    must(ic_descend(&model, TEST, set.xy, &invert, &out));
    show("inverted inputs", x, TEST * CLASSES);
    must(ic_generate(&model, TEST, x, y, threads));
    show("generated curves", y, TEST * D);

    ic_model_free(&model);
    ic_pairs_free(&pairs);
    memset(&augment, 0, sizeof augment);
    augment.styles = 2;
    must(ic_pairs_make(&pairs, &curves, &augment));
    show("styles", pairs.x, (size_t)pairs.n * (CLASSES + 2));
    config.layers = 1, config.inputs = CLASSES + 2;
    must(ic_model_init(&model, &config, NULL));
    train.noise = 0, train.draws = 1;
    must(ic_train(&model, &pairs, NULL, &train, NULL));
    explaining.styles = 2;
    for (k = 0; k < CLASSES; k++)
        corner[k * (CLASSES + 2) + k] = 1, class_of[k] = k;
    must(ic_explainer_init(&explainer, &model, &vertices, &curves, set.label, &explaining));
    show("axes", explainer.basis, (size_t)D * IC_BASIS);
    show("covariances, whitening", explainer.whole.whiten, (size_t)CLASSES * IC_BASIS * IC_BASIS);
    for (k = 0; k < TEST; k++) {
        explained.energy = energy + k * CLASSES, explained.posterior = posterior + k * CLASSES;
        must(ic_explain(&explainer, set.xy + k * D, &explained));
        ic_explainer_adjust(&explainer, explained.vertex, set.xy + k * D, &adjustment[k]);
    }
    show_doubles("energies", energy, TEST * CLASSES);
    show_doubles("posteriors", posterior, TEST * CLASSES);
    show("adjustments", adjustment[0].style, TEST * (sizeof *adjustment / sizeof(ic_real)));
    ic_explainer_free(&explainer);

    config.gate = IC_SIGMOID, config.link = IC_SOFTMAX, config.head = IC_LAST_STEP;
    config.inputs = 2, config.outputs = CLASSES;
    ic_model_free(&model);
    ic_pairs_free(&pairs);
    memset(&augment, 0, sizeof augment);
    augment.classifier = 1;
    must(ic_pairs_make(&pairs, &curves, &augment));
    must(ic_model_init(&model, &config, NULL));
    train.updates = 4, train.batch = 7, train.loss = IC_CROSS_ENTROPY;
    must(ic_train(&model, &pairs, NULL, &train, NULL));
    show("classifier", model.param, model.count);

    group.isa = (ic_isa)isa, group.threads = threads;
    must(ic_kmeans(set.n, D, set.xy, 3, &group, centre, NULL, &inertia));
    show("k-means centres", centre, 3 * D);
    must(ic_som_train(&som, set.n, D, set.xy, NULL));
    show("SOM weights", som.weight, (size_t)som.rows * (size_t)som.cols * D);
    ic_som_u_matrix(&som, u);
    show("U-matrix", u, (size_t)som.rows * (size_t)som.cols);
    warp.isa = (ic_isa)isa;
    must(ic_dtw(STEPS, set.xy, STEPS, set.xy + D, 2, &warp, &distance));
    show_doubles("DTW", &distance, 1);
    show_recogniser(&set, threads);
    ic_som_free(&som);
    ic_model_free(&model);
    ic_pairs_free(&pairs);
    pen_samples_free(&drawn);
    pen_set_free(&set);
    return 0;
}
