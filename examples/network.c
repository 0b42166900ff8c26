/* network: trains one network of the tables, classifies the test set by inversion, writes the result.

       network RESULT.tsv [data=FILE] [profile=quick|paper] [threads=N] [total=N] [updates=N]

   The name of the result says what to do: 2_noise_03_v0.tsv is row noise_03, first 2 classes,
   instance 0.  The trained model is written beside it, 2_noise_03_v0.model, and first: a result
   file that exists means that both are whole.  `total` is how many networks the whole run has; with
   it the closing line says how far the run is.  `updates` overrides the profile's, for a dry run. */
#define INVCLASS_IMPLEMENTATION
#include "common.h"

typedef struct recipe {              /* what a profile makes of a row */
    ic_train_options train;
    int mean_targets;                /* train on class means: exact, see [G1] of invclass.h */
    int iterations;                  /* of inverse classification */
} recipe;

/* The original's own budget: batches of 1, Adam at 0.001, 2000 / classes epochs, 200 iterations.
   The quick one: class means, several noisy copies of each in an update, a larger rate that falls,
   a shortened gradient, 25 iterations. */
static recipe make_recipe(const table_row *row, int classes, int paper)
{
    recipe r;
    memset(&r, 0, sizeof r);
    r.train.noise = row->noise;
    if (paper) {
        r.train.epochs = 2000 / classes;
        r.train.batch = 1;
        r.iterations = 200;
        return r;
    }
    r.mean_targets = 1;
    r.train.updates = classes <= 2 ? row->updates_2 : row->updates_4;
    r.train.draws = classes <= 2 ? row->draws_2 : row->draws_4;
    r.train.rate = 0.003;
    r.train.schedule = IC_DECAY;
    r.train.warmup = 0.02;
    r.train.clip = 0.2;
    r.train.check_every = 10;
    r.train.stuck = 0.05;
    r.train.restarts = 1;
    r.iterations = 25;
    return r;
}

/* Pairs (one-hot of the class, trajectory), or (one-hot, mean of the class). */
static ic_pairs make_pairs(const split *s, int first, int n, int means)
{
    const int classes = s->set.classes, d = PEN_STEPS * 2;
    float *x, *y = split_xy(s, first), *weight = NULL;
    ic_pairs pairs;
    int k;
    if (means) {
        float *mean = get_floats((size_t)classes, (size_t)d);
        weight = get_floats((size_t)classes, 1);
        check(ic_class_means(n, d, y, s->set.label + first, classes, mean, weight), "class means");
        for (k = 0; k < classes; k++)
            if (!(weight[k] > 0))
                die(NULL, "no sample of the letter %c to train on", PEN_LETTERS[k]);
        y = mean;
        n = classes;
    }
    x = get_floats((size_t)n, (size_t)classes);
    for (k = 0; k < n; k++)
        x[k * classes + (means ? k : s->set.label[first + k])] = 1;
    memset(&pairs, 0, sizeof pairs);
    pairs.n = n;
    pairs.input_steps = 1;
    pairs.x = x;
    pairs.y = y;
    pairs.weight = weight;
    return pairs;
}

/* Mean squared distance, per value, between what the network makes of the classes and their means. */
static double fit_of(const ic_model *model, const ic_pairs *means)
{
    const size_t n = (size_t)means->n * PEN_STEPS * 2;
    float *y = get_floats(n, 1);
    double sum = 0;
    size_t k;
    check(ic_generate(model, means->n, means->x, y, 1), "model");
    for (k = 0; k < n; k++)
        sum += ((double)y[k] - (double)means->y[k]) * ((double)y[k] - (double)means->y[k]);
    free(y);
    return sum / (double)n;
}

static const char *bar_name;

static int show_bar(void *user, const ic_progress *p)
{
    static double begun, shown;
    const double now = seconds_now(), share = (double)p->update / (double)p->updates;
    (void)user;
    if (p->update == 1)
        begun = now;
    if (now - shown > 0.2) {
        int k;
        shown = now;
        fprintf(stderr, "\r%-28s [", bar_name);
        for (k = 0; k < 30; k++)
            fputc(k < (int)(30 * share) ? '#' : '.', stderr);
        fprintf(stderr, "] loss %.4f, best %.4f, %.0f s left ", p->loss, p->best < 1e9 ? p->best : 0,
                (now - begun) / share * (1 - share));
    }
    return 0;
}

int main(int argc, char **argv)
{
    const char *data = "", *profile = "quick";
    char model_path[1024], *dot;
    int classes, instance, threads = 1, total = 0, updates = 0, k, c, right = 0;
    const table_row *row;
    split s;
    pen_set set;
    recipe r;
    ic_pairs pairs, valid, means;
    ic_config config;
    ic_model model;
    ic_progress report;
    ic_invert_options invert;
    ic_inverted found;
    double trained, inverted, begun = seconds_now(), rmse = 0, loss = 0, iterations = 0;
    int tested[PEN_CLASSES] = { 0 }, correct[PEN_CLASSES] = { 0 };
    uint64_t seed;
    outfile out;

    program = "network";
    if (argc < 2)
        die(NULL, "usage: network RESULT.tsv [data=FILE] [profile=quick|paper] [threads=N] [total=N] [updates=N]");
    for (k = 2; k < argc; k++)
        if (strncmp(argv[k], "data=", 5) == 0)
            data = argv[k] + 5;
        else if (strcmp(argv[k], "profile=quick") == 0 || strcmp(argv[k], "profile=paper") == 0)
            profile = argv[k] + 8;
        else if (strncmp(argv[k], "threads=", 8) == 0)
            threads = get_number("threads", argv[k] + 8, 1, 64);
        else if (strncmp(argv[k], "total=", 6) == 0)
            total = get_number("total", argv[k] + 6, 0, 1000000);
        else if (strncmp(argv[k], "updates=", 8) == 0)
            updates = get_number("updates", argv[k] + 8, 1, 1000000000);
        else
            die(NULL, "unknown argument \"%s\"", argv[k]);
    row = parse_name(argv[1], &classes, &instance);
    dot = strrchr(argv[1], '.');
    if (!row || !dot || strlen(argv[1]) + 8 > sizeof model_path)
        die(argv[1], "the name should be CLASSES_ROW_vINSTANCE.tsv with 1 to %d classes and a known row",
            PEN_CLASSES);
    snprintf(model_path, sizeof model_path, "%.*s.model", (int)(dot - argv[1]), argv[1]);

    load_data(data, &set);
    split_data(&set, classes, &s);
    r = make_recipe(row, classes, strcmp(profile, "paper") == 0);
    if (updates > 0) {
        r.train.updates = updates;
        r.train.restarts = 0;
    }
    pairs = make_pairs(&s, 0, s.train, r.mean_targets);
    valid = make_pairs(&s, s.train, s.valid, r.mean_targets);
    means = make_pairs(&s, 0, s.train, 1);

    memset(&config, 0, sizeof config);
    config.inputs = classes;
    config.hidden = 205;
    config.layers = row->layers;
    config.outputs = 2;
    config.steps = PEN_STEPS;
    check(ic_model_init(&model, &config, NULL), "model");
    seed = ic_random_key(ic_random_key(ic_hash(0, row->name, strlen(row->name)), (uint64_t)classes),
                         (uint64_t)instance);
    r.train.seed = seed;
    r.train.threads = threads;
    bar_name = argv[1];
    if (isatty(2) && total == 0)
        r.train.callback = show_bar;
    check(ic_train(&model, &pairs, &valid, &r.train, &report), argv[1]);
    if (r.train.callback)
        fputc('\n', stderr);
    trained = seconds_now();

    memset(&invert, 0, sizeof invert);
    invert.iterations = r.iterations;
    invert.threads = threads;
    if (classes == 20 && s.test > 250)
        s.test = 250;                          /* as many as the original looked at */
    found.x = get_floats((size_t)s.test, (size_t)classes);
    found.label = (int *)get_memory((size_t)s.test, sizeof(int));
    found.iterations = (int *)get_memory((size_t)s.test, sizeof(int));
    found.loss = (double *)get_memory((size_t)s.test, sizeof(double));
    check(ic_invert(&model, s.test, split_xy(&s, s.train + s.valid), &invert, &found), argv[1]);
    inverted = seconds_now();
    for (k = 0; k < s.test; k++) {
        const int truth = s.set.label[s.train + s.valid + k];
        double sum = 0;
        for (c = 0; c < classes; c++) {
            const double d = (double)found.x[k * classes + c] - (c == truth);
            sum += d * d;
        }
        rmse += sqrt(sum / classes) / s.test;
        loss += found.loss[k] / s.test;
        iterations += (double)found.iterations[k] / s.test;
        tested[truth]++;
        correct[truth] += found.label[k] == truth;
        right += found.label[k] == truth;
    }

    check(ic_save(&model, model_path), model_path);
    out_open(&out, argv[1]);
    fprintf(out.file, "classes\t%d\nrow\t%s\ninstance\t%d\nprofile\t%s\n", classes, row->name, instance, profile);
    fprintf(out.file, "data\t%s\ndata_hash\t%016llx\n", s.set.source, (unsigned long long)s.set.hash);
    fprintf(out.file, "accuracy\t%.6f\nrmse\t%.6f\n", (double)right / s.test, rmse);
    fprintf(out.file, "train_samples\t%d\nvalid_samples\t%d\ntest_samples\t%d\n", s.train, s.valid, s.test);
    fprintf(out.file, "loss_train\t%.6f\nloss_valid_best\t%.6f\nloss_fit\t%.6f\nloss_inverted\t%.6f\n",
            report.loss, report.best, fit_of(&model, &means), loss);
    fprintf(out.file, "updates\t%ld\npairs\t%d\nbatch\t%d\ndraws\t%d\nrate\t%g\nclip\t%g\nnoise\t%g\nlayers\t%d\n",
            report.updates, pairs.n, r.train.batch, r.train.draws, r.train.rate > 0 ? r.train.rate : 0.001,
            r.train.clip, r.train.noise, row->layers);
    fprintf(out.file, "iterations\t%d\niterations_mean\t%.2f\n", r.iterations, iterations);
    fprintf(out.file, "seed\t%016llx\nrestarts\t%d\nstuck\t%d\nweights_hash\t%016llx\n", (unsigned long long)seed,
            report.attempt, r.train.stuck > 0 && report.best > r.train.stuck,
            (unsigned long long)ic_hash_reals(0, model.param, model.count));
    for (c = 0; c < classes; c++)
        fprintf(out.file, "tested_%c\t%d\ncorrect_%c\t%d\n", PEN_LETTERS[c], tested[c], PEN_LETTERS[c], correct[c]);
    fprintf(out.file, "seconds_train\t%.2f\nseconds_invert\t%.2f\n", trained - begun, inverted - trained);
    out_close(&out);
    printf("%-26s accuracy %.3f  rmse %.3f  %5.1f s\n", argv[1], (double)right / s.test, rmse, inverted - begun);
    return 0;
}
