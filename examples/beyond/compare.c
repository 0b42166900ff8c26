/* compare: many ways to recognise 20 letters, on the same training and test letters.

       compare RESULT.tsv [data=FILE] [train=FILE test=FILE]
       compare table DIRECTORY RESULT.tsv ...

   The name of the result says what to do: TRAINING_PROTOCOL_vINSTANCE.tsv, with training all, 4centres or
   1centre, and protocol 8020 (a shuffle of its own for each instance, 80 % for training) or uea (the
   split of the UEA archive, in index files: lines of positions in the UCI file, the first is 0).
   All choices are made on a fifth of the training letters, held out; then the rest and they are
   trained on together.  (The recogniser is given all of them, and holds out what it needs; of the LSTM the weights are kept
   that do best on that fifth, with which it was trained, too.)  The test letters are looked at once.  `table` gathers results into W20. */
#define INVCLASS_IMPLEMENTATION
#include "handwriting.h"
#include "gaussian.h"

typedef struct task { letters train, part, valid, test; uint64_t seed; int centres; } task;

typedef struct score { const char *method; double accuracy, ms; } score;
static score scores[16];
static int scored;

static void note(const char *method, const task *t, const int *label, double seconds)
{
    int right = 0, k;
    for (k = 0; k < t->test.n; k++)
        right += label[k] == t->test.label[k];
    scores[scored].method = method;
    scores[scored].accuracy = (double)right / t->test.n;
    scores[scored].ms = 1000 * seconds / t->test.n;
    printf("  %-18s %.4f   %8.3f ms a letter\n", method, scores[scored].accuracy, scores[scored].ms);
    fflush(stdout);
    scored++;
}

/* -- without a network --------------------------------------------------------------------------- */

static void nearest(const task *t, const letters *to, const char *method, int warped)
{
    int *label = (int *)get_memory((size_t)t->test.n, sizeof(int)), k;
    const double begun = processor_seconds();
    double least;
    ic_dtw_options o;
    memset(&o, 0, sizeof o);
    o.scratch = get_memory(ic_dtw_bytes(LETTER_STEPS, LETTER_STEPS, 2), 1);
    for (k = 0; k < t->test.n; k++) {
        const float *y = letter(&t->test, k);
        label[k] = to->label[warped ? nearest_by_dtw(to->n, to->xy, LETTER_STEPS, 2, y, -1, &o, &least)
                                    : nearest_letter(to, y, NULL, &least)];
    }
    note(method, t, label, processor_seconds() - begun);
    free(o.scratch);
    free(label);
}

static gaussians gaussians_of(const letters *l, const gaussian_weights *w)
{
    return fit_gaussians(l->n, l->xy, l->label, PEN_CLASSES, LETTER_D, 2, w);
}

/* The weights of the covariance that give letters held out the best probabilities, at the best temperature. */
static gaussian_weights choose_weights(const task *t)
{
    static const double own[] = { 0, 0.5, 0.8, 0.9, 1 }, noise[] = { 0.003, 0.006, 0.012 };
    static const double smooth[] = { 0, 0.01, 0.03 };
    double *p = (double *)get_memory((size_t)t->valid.n * PEN_CLASSES, sizeof(double)), least = 1e300, loss;
    gaussian_weights best = usual_weights, w = usual_weights;
    int a, b, c, k;
    for (a = 0; a < (t->centres == 1 ? 1 : 5); a++)        /* one letter a class has no covariance */
        for (b = 0; b < 3; b++)
            for (c = 0; c < 3; c++) {
                gaussians g;
                w.own = own[a];
                w.pooled = t->centres == 1 ? 0 : 1 - own[a];
                w.noise = noise[b];
                w.smooth = smooth[c];
                g = gaussians_of(&t->part, &w);
                for (k = 0; k < t->valid.n; k++) {
                    gaussian_energies(&g, letter(&t->valid, k), p + k * PEN_CLASSES);
                    energies_to_probabilities(PEN_CLASSES, p + k * PEN_CLASSES, p + k * PEN_CLASSES);
                }
                free_gaussians(&g);
                best_temperature(t->valid.n, PEN_CLASSES, t->valid.label, p, &loss);
                if (loss < least) {
                    least = loss;
                    best = w;
                }
            }
    free(p);
    return best;
}

static void one_gaussian_a_class(const task *t)
{
    int *label = (int *)get_memory((size_t)t->test.n, sizeof(int)), k;
    const gaussian_weights w = choose_weights(t);
    gaussians g = gaussians_of(&t->train, &w);
    double energy[PEN_CLASSES];
    const double begun = processor_seconds();
    for (k = 0; k < t->test.n; k++)
        label[k] = gaussian_energies(&g, letter(&t->test, k), energy);
    note("gaussian", t, label, processor_seconds() - begun);
    free_gaussians(&g);
    free(label);
}

/* -- the ordinary classifier, and the ways before ------------------------------------------------- */

static void lstm_classifier(const task *t)
{
    int *label = (int *)get_memory((size_t)t->test.n, sizeof(int)), k;
    float *p = get_floats((size_t)t->test.n, PEN_CLASSES);
    const ic_curves train = curves_of(&t->train), held = curves_of(&t->valid);
    ic_model model;
    double begun;
    train_reader(&model, &train, &held, t->seed, 16, t->centres ? 1500 : 5000);
    begun = processor_seconds();
    check(ic_classify(&model, t->test.n, t->test.xy, p, 1), "classifier");
    for (k = 0; k < t->test.n; k++)
        label[k] = largest(p + k * PEN_CLASSES, PEN_CLASSES);
    note("lstm", t, label, processor_seconds() - begun);
    ic_model_free(&model);
    free(p);
    free(label);
}

/* The thesis's: one code a class, mean squared error, descent from the middle.  And the letter of the
   code that is nearest, without any descent. */
static void thesis(const task *t)
{
    int *label = (int *)get_memory((size_t)t->test.n, sizeof(int));
    const ic_descended out = { NULL, label, NULL, NULL };
    float *code = get_floats(PEN_CLASSES, PEN_CLASSES);
    letters drawn = make_letters(PEN_CLASSES);
    ic_model model;
    double begun;
    int k;
    for (k = 0; k < PEN_CLASSES; k++)
        code[k * PEN_CLASSES + k] = 1, drawn.label[k] = k;
    train_on_means(&model, &t->train, t->seed);
    begun = processor_seconds();
    check(ic_descend(&model, t->test.n, t->test.xy, NULL, &out), "descent");
    note("thesis", t, label, processor_seconds() - begun);
    check(ic_generate(&model, PEN_CLASSES, code, drawn.xy, 1), "model");
    nearest(t, &drawn, "nearest drawn", 0);
    ic_model_free(&model);
    free_letters(&drawn);
    free(code);
    free(label);
}

/* Hobbhahn 2019: a small network a letter, that draws its four centres; each is inverted, the one that
   comes closest names the letter. */
static void network_a_letter(const task *t)
{
    int *label = (int *)get_memory((size_t)t->test.n, sizeof(int)), k, c;
    int *which = (int *)get_memory((size_t)t->train.n, sizeof(int));
    double *loss = (double *)get_memory((size_t)t->test.n, sizeof(double));
    double *least = (double *)get_memory((size_t)t->test.n, sizeof(double)), seconds = 0;
    for (c = 0; c < PEN_CLASSES; c++) {
        int n = 0;
        letters own;
        ic_curves curves;
        ic_config config;
        ic_augment a;
        ic_train_options o;
        ic_descend_options v;
        const ic_descended out = { NULL, NULL, loss, NULL };
        ic_pairs pairs;
        ic_model model;
        double begun;
        for (k = 0; k < t->train.n; k++)
            if (t->train.label[k] == c)
                which[n++] = k;
        own = take_letters(&t->train, which, n);
        memset(own.label, 0, (size_t)n * sizeof *own.label);
        curves = curves_of(&own);
        curves.classes = 1;
        memset(&config, 0, sizeof config);
        memset(&a, 0, sizeof a);
        memset(&o, 0, sizeof o);
        memset(&v, 0, sizeof v);
        a.types = 4;
        a.means = 1;
        a.seed = 4;
        config.inputs = 4;
        config.hidden = 10;
        config.outputs = 2;
        config.steps = LETTER_STEPS;
        check(ic_model_init(&model, &config, NULL), "model");
        check(ic_pairs_make(&pairs, &curves, &a), "pairs");
        o.seed = ic_random_key(t->seed, (uint64_t)c);
        o.updates = 5000;
        o.rate = 0.01;
        o.noise = 0.1;
        o.schedule = IC_DECAY;
        o.clip = 0.5;
        o.check_every = 100;
        check(ic_train(&model, &pairs, NULL, &o, NULL), "network a letter");
        v.iterations = 50;
        begun = processor_seconds();
        check(ic_descend(&model, t->test.n, t->test.xy, &v, &out), "descent");
        seconds += processor_seconds() - begun;
        for (k = 0; k < t->test.n; k++)
            if (c == 0 || loss[k] < least[k]) {
                least[k] = loss[k];
                label[k] = c;
            }
        ic_model_free(&model);
        ic_pairs_free(&pairs);
        free_letters(&own);
    }
    note("network a letter", t, label, seconds);
    free(label);
    free(which);
    free(loss);
    free(least);
}

/* -- the method ----------------------------------------------------------------------------------- */

static void recogniser(const task *t)
{
    int *label = (int *)get_memory((size_t)t->test.n, sizeof(int));
    ic_recogniser r;
    double begun;
    fit_recogniser(&r, &t->train, t->seed);
    begun = processor_seconds();
    recognise_all(&r, t->test.n, t->test.curve, label, NULL, NULL);
    note("recogniser", t, label, processor_seconds() - begun);
    ic_recogniser_free(&r);
    free(label);
}

/* -- files ---------------------------------------------------------------------------------------- */

static task set_task(const letters *all, const char *train, const char *test, int instance, int centres)
{
    int *order, *other = NULL, rest = all->n * 4 / 5, tests = all->n - rest, held, *mixed, k;
    task t;
    memset(&t, 0, sizeof t);
    t.centres = centres;
    t.seed = ic_random_key(2018, (uint64_t)instance);
    if (train) {
        order = read_index(train, all->n, &rest);
        other = read_index(test, all->n, &tests);
    } else
        order = shuffled((uint64_t)instance, 1, all->n);
    held = rest / 5;
    mixed = (int *)get_memory((size_t)rest, sizeof(int));
    ic_permutation(t.seed, 2, rest, mixed);              /* index files are sorted by class */
    for (k = 0; k < rest; k++)
        mixed[k] = order[mixed[k]];
    t.train = take_letters(all, mixed, rest);
    t.valid = take_letters(all, mixed, held);
    t.part = take_letters(all, mixed + held, rest - held);
    t.test = take_letters(all, other ? other : order + rest, tests);
    if (centres) {
        letters a = keep_centres(&t.train, centres), b = keep_centres(&t.part, centres);
        free_letters(&t.train);
        free_letters(&t.part);
        t.train = a;
        t.part = b;
    }
    free(order);
    free(other);
    free(mixed);
    return t;
}

static const struct { const char *name, *spoken; int centres; } trainings[] = {
    { "all", "all", 0 }, { "4centres", "4 centres", 4 }, { "1centre", "1 centre", 1 },
};
static const char *const protocols[] = { "8020", "uea" };
static const char *const methods[] = { "nearest mean", "nearest letter", "nearest by DTW", "gaussian", "lstm", "thesis",
                                       "nearest drawn", "network a letter", "recogniser" };

/* What the results of one training set and protocol say of the accuracy of a method; *least: ms of the seed least disturbed. */
static sample summarise_method(const result *results, int n, const char *training, const char *protocol,
                               const char *method, double *least)
{
    char accuracy[64], ms[64];
    double *x = (double *)get_memory((size_t)n, sizeof *x);
    sample s;
    int k, seeds = 0;
    *least = 1e300;
    snprintf(accuracy, sizeof accuracy, "accuracy %s", method);
    snprintf(ms, sizeof ms, "ms %s", method);
    for (k = 0; k < n; k++) {
        const result *r = &results[k];
        if (strcmp(result_get(r, "training"), training) != 0 || strcmp(result_get(r, "protocol"), protocol) != 0
            || !*result_get(r, accuracy))
            continue;
        x[seeds++] = atof(result_get(r, accuracy));
        *least = fmin(*least, atof(result_get(r, ms)));
    }
    s = summarise_numbers(x, seeds);
    free(x);
    return s;
}

static void write_comparison(const char *directory, int n, char **paths)
{
    static const column columns[] = {
        { "method", NULL }, { "training", NULL }, { "protocol", NULL }, { "accuracy", "%.4f" }, { "deviation", "%.4f" },
        { "seeds", "%.0f" }, { "ms_per_letter", "%.3f" },
    };
    result *results = (result *)get_memory((size_t)n, sizeof *results);
    char why[200], note[300];
    int a, b, m, k;
    table t;
    for (k = 0; k < n; k++) {
        if (result_read(&results[k], paths[k], why, sizeof why))
            die(paths[k], "%s", why);
        if (strcmp(result_get(&results[k], "data_hash"), result_get(&results[0], "data_hash")) != 0)
            die(paths[k], "comes from other data than %s", paths[0]);
    }
    table_begin(&t, directory, "W20", "20 letters, every way", columns, COUNT(columns));
    for (a = 0; a < COUNT(trainings); a++)
        for (b = 0; b < COUNT(protocols); b++)
            for (m = 0; m < COUNT(methods); m++) {
                double ms;
                const sample s = summarise_method(results, n, trainings[a].name, protocols[b], methods[m], &ms);
                if (s.n == 0)
                    continue;
                put_text(&t, methods[m]);
                put_text(&t, trainings[a].spoken);
                put_text(&t, protocols[b]);
                put_number(&t, s.mean);
                put_deviation(&t, &s);
                put_number(&t, s.n);
                put_number(&t, ms);
            }
    snprintf(note, sizeof note, "Data: %s.  8020: a random split, one a seed, 80 %% to train on; uea: the split of the UEA archive.  The weights of "
             "the Gaussian and the best weights of the LSTM are chosen on a fifth of the training letters.", result_get(&results[0], "data"));
    table_end(&t, note);
    free(results);
}

/* Takes TRAINING_PROTOCOL_vINSTANCE.tsv apart: positions in trainings and protocols, and the instance; -1: it is no such name. */
static int parse_task(const char *path, int *training, int *protocol)
{
    const char *base = strrchr(path, '/') ? strrchr(path, '/') + 1 : path;
    char stem[40], *end;
    for (*training = 0; *training < COUNT(trainings); ++*training)
        for (*protocol = 0; *protocol < COUNT(protocols); ++*protocol) {
            const int length = snprintf(stem, sizeof stem, "%s_%s_v", trainings[*training].name, protocols[*protocol]);
            if (strncmp(base, stem, (size_t)length) == 0) {
                const long instance = strtol(base + length, &end, 10);
                return end > base + length && strcmp(end, ".tsv") == 0 && instance >= 0 && instance <= 1000000 ? (int)instance : -1;
            }
        }
    return -1;
}

int main(int argc, char **argv)
{
    const char *data = "", *train = NULL, *test = NULL;
    const option options[] = { { "data", &data }, { "train", &train }, { "test", &test } };
    int a, b, k, instance;
    letters all;
    task t;
    outfile out;
    FILE *f;
    double begun = seconds_now();
    program = "compare";
    if (argc > 3 && strcmp(argv[1], "table") == 0) {
        write_comparison(argv[2], argc - 3, argv + 3);
        return 0;
    }
    if (take_options(argc, argv, options, COUNT(options)) != 2)
        die(NULL, "usage: compare TRAINING_PROTOCOL_vINSTANCE.tsv [data=FILE] [train=FILE test=FILE]\n"
                  "       compare table DIRECTORY RESULT.tsv...");
    instance = parse_task(argv[1], &a, &b);
    if (instance < 0)
        die(argv[1], "the name should be TRAINING_PROTOCOL_vINSTANCE.tsv, TRAINING all, 4centres or 1centre, "
            "PROTOCOL 8020 or uea");
    if (b == 1 && !(train && test && *data))
        die(argv[1], "the uea split is one of the UCI letters, read from index files: data=FILE train=FILE test=FILE");
    must_be_writable(argv[1]);
    all = load_letters(data);
    t = set_task(&all, b ? train : NULL, test, instance, trainings[a].centres);
    printf("%s: %d letters to train on, %d to test\n", argv[1], t.train.n, t.test.n);
    if (a != 2) {
        letters means = mean_letters(&t.train);
        nearest(&t, &means, "nearest mean", 0);
        free_letters(&means);
    }
    nearest(&t, &t.train, a == 2 ? "nearest mean" : "nearest letter", 0);
    nearest(&t, &t.train, "nearest by DTW", 1);
    one_gaussian_a_class(&t);
    lstm_classifier(&t);
    thesis(&t);
    if (a != 2)
        network_a_letter(&t);
    recogniser(&t);
    f = out_open(&out, argv[1]);
    fprintf(f, "training\t%s\nprotocol\t%s\ninstance\t%d\ndata\t%s\ndata_hash\t%016llx\n", trainings[a].name, protocols[b],
            instance, all.source, (unsigned long long)all.hash);
    for (k = 0; k < scored; k++)
        fprintf(f, "accuracy %s\t%.6f\nms %s\t%.4f\n", scores[k].method, scores[k].accuracy, scores[k].method,
                scores[k].ms);
    fprintf(f, "seconds\t%.1f\n", seconds_now() - begun);
    out_close(&out);
    return 0;
}
