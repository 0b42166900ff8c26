/* network: trains one network of the tables, classifies the test set by inversion, writes the result.

       network RESULT.tsv [data=FILE] [profile=quick|paper] [threads=N] [updates=N] [run=BEGUN:HAD:TODO]

   The name of the result says what to do: 2_noise_03_v0.tsv is row noise_03, first 2 classes,
   instance 0.  The trained model is written beside it, 2_noise_03_v0.model, and first: a result
   file that exists means that both are whole.  `updates` overrides the profile's, for a dry run.
   `run` comes from the Makefile: when the whole run began (seconds since 1970), how many results
   there were, and how many there are to make; with it the closing line says how far the run is. */
#define INVCLASS_IMPLEMENTATION
#include "common.h"
#include <dirent.h>

typedef struct recipe {              /* what a profile makes of a row */
    ic_train_options train;
    ic_augment augment;
    int iterations;                  /* of inverse classification */
} recipe;

/* The original's own budget: batches of 1, Adam at 0.001, 2000 / classes epochs, 200 iterations.
   The quick one: class means (exact, see [G1] of invclass.h), several noisy copies of each in an
   update, a larger rate that falls, a shortened gradient, 25 iterations. */
static recipe make_recipe(const table_row *row, int classes, int paper)
{
    const int column = budget_column(classes);
    recipe r;
    memset(&r, 0, sizeof r);
    r.augment.types = row->types;
    r.augment.centres = row->centres;
    r.augment.repeller = row->repeller;
    r.augment.classifier = row->classifier;
    r.augment.seed = 4;
    r.train.noise = row->noise;
    if (paper) {
        r.train.epochs = 2000 / classes;
        r.train.batch = 1;
        r.iterations = 200;
        return r;
    }
    r.augment.means = !row->classifier;
    r.train.updates = row->budget[column].updates ? row->budget[column].updates : 1000;
    r.train.draws = row->budget[column].draws;
    r.train.batch = row->classifier ? 24 : 0;
    r.train.rate = 0.003;
    r.train.schedule = IC_DECAY;
    r.train.warmup = 0.02;
    r.train.clip = 0.2;
    r.train.check_every = row->classifier ? 50 : 10;
    r.train.stuck = 0.05;
    r.train.restarts = 1;
    r.iterations = 25;
    return r;
}

static ic_pairs make_pairs(const split *s, int first, int n, const ic_augment *augment)
{
    const ic_curves curves = { n, PEN_STEPS, 2, s->set.classes, split_xy(s, first), s->set.label + first };
    ic_pairs pairs;
    check(ic_pairs_make(&pairs, &curves, augment), "pairs");
    return pairs;
}

/* What validation looks at: the held-out curves' own means under the same codes.  Types and centres
   are found on the training part alone, so there a held-out curve counts for the nearest of its class. */
static ic_pairs make_validation(const split *s, const recipe *r, const ic_pairs *pairs)
{
    ic_augment plain = r->augment;
    plain.types = plain.centres = 0;
    return r->augment.types > 0 ? *pairs : make_pairs(s, s->train, s->valid, &plain);
}

/* Mean squared distance, per value, between what the network makes of the codes and the curves. */
static double fit_of(const ic_model *model, const ic_pairs *pairs)
{
    const size_t n = (size_t)pairs->n * PEN_STEPS * 2;
    float *y = get_floats(n, 1);
    double sum = 0;
    size_t k;
    check(ic_generate(model, pairs->n, pairs->x, y, 1), "model");
    for (k = 0; k < n; k++)
        sum += ((double)y[k] - (double)pairs->y[k]) * ((double)y[k] - (double)pairs->y[k]);
    free(y);
    return sum / (double)n;
}

/* The test: curves, their classes, and what was made of them.  A repeller adds floor(n / classes)
   curves of zeros, a class of their own. */
typedef struct trial {
    int n, classes, codes;
    float *y, *x;                        /* [n][PEN_STEPS][2], [n][codes] */
    int *truth, *label, *iterations;     /* [n] */
    double *loss;                        /* [n] */
    double accuracy, rmse, mean_loss, mean_iterations;
    int tested[PEN_CLASSES + 1], correct[PEN_CLASSES + 1];
} trial;

static void set_trial(trial *t, const split *s, const table_row *row)
{
    const int first = s->train + s->valid, classes = s->set.classes;
    const int kept = classes == PEN_CLASSES && s->test > 250 ? 250 : s->test;   /* as the original */
    memset(t, 0, sizeof *t);
    t->classes = classes;
    t->codes = classes * (row->types > 0 ? row->types : 1);
    t->n = kept + (row->repeller ? kept / classes : 0);
    t->y = get_floats((size_t)t->n, PEN_STEPS * 2);
    t->x = get_floats((size_t)t->n, (size_t)t->codes);
    t->truth = (int *)get_memory((size_t)t->n, sizeof(int));
    t->label = (int *)get_memory((size_t)t->n, sizeof(int));
    t->iterations = (int *)get_memory((size_t)t->n, sizeof(int));
    t->loss = (double *)get_memory((size_t)t->n, sizeof(double));
    memcpy(t->y, split_xy(s, first), (size_t)kept * PEN_STEPS * 2 * sizeof(float));
    for (int k = 0; k < t->n; k++)
        t->truth[k] = k < kept ? s->set.label[first + k] : classes;
}

/* Accuracy, and the root mean squared difference between the summed code and the true one-hot (of a
   curve of zeros: the uniform vector). */
static void judge_trial(trial *t)
{
    const int types = t->codes / t->classes;
    int k, c, j;
    for (k = 0; k < t->n; k++) {
        double sum = 0;
        for (c = 0; c < t->classes; c++) {
            double d = t->truth[k] == t->classes ? -1.0 / t->classes : -(double)(c == t->truth[k]);
            for (j = 0; j < types; j++)
                d += (double)t->x[k * t->codes + c * types + j];
            sum += d * d;
        }
        t->rmse += sqrt(sum / t->classes) / t->n;
        t->mean_loss += t->loss[k] / t->n;
        t->mean_iterations += (double)t->iterations[k] / t->n;
        t->tested[t->truth[k]]++;
        t->correct[t->truth[k]] += t->label[k] == t->truth[k];
        t->accuracy += (double)(t->label[k] == t->truth[k]) / t->n;
    }
}

static void run_trial(trial *t, const ic_model *model, const table_row *row, const recipe *r, const char *path)
{
    ic_invert_options o;
    ic_inverted out;
    int k, c;
    memset(&o, 0, sizeof o);
    o.iterations = r->iterations;
    o.threads = r->train.threads;
    o.codes = row->types > 0 ? row->types : 1;
    o.decision = row->repeller ? IC_DECIDE_REPELLER : IC_DECIDE_ARGMAX;
    out.x = t->x, out.label = t->label, out.iterations = t->iterations, out.loss = t->loss;
    if (!row->classifier) {
        check(ic_invert(model, t->n, t->y, &o, &out), path);
        return;
    }
    check(ic_classify(model, t->n, t->y, t->x, o.threads), path);
    for (k = 0; k < t->n; k++)
        for (c = 1; c < t->classes; c++)
            if (t->x[k * t->classes + c] > t->x[k * t->classes + t->label[k]])
                t->label[k] = c;
}

/* "[12 of 50, about 7 min left]" */
static void show_run(const char *path, const char *run)
{
    char directory[1024];
    const char *slash = strrchr(path, '/');
    long begun, had, todo, done = 0;
    double left;
    struct dirent *entry;
    DIR *dir;
    if (sscanf(run, "%ld:%ld:%ld", &begun, &had, &todo) != 3)
        return;
    snprintf(directory, sizeof directory, "%.*s", slash ? (int)(slash - path) : 1, slash ? path : ".");
    dir = opendir(directory);
    while (dir && (entry = readdir(dir)) != NULL)
        done += strlen(entry->d_name) > 4 && strcmp(entry->d_name + strlen(entry->d_name) - 4, ".tsv") == 0;
    if (dir)
        closedir(dir);
    done -= had;
    if (done < 1 || done > todo)
        return;
    left = (double)(time(NULL) - begun) / (double)done * (double)(todo - done);
    printf("  [%ld of %ld, about %.0f min left]", done, todo, ceil(left / 60));
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

static void write_result(const char *path, const split *s, const table_row *row, const recipe *r, const trial *t,
                         const ic_progress *report, const ic_model *model, double fit, const char *head,
                         double train_seconds, double invert_seconds)
{
    const ic_train_options *o = &r->train;
    outfile out;
    FILE *f = out_open(&out, path);
    int c;
    fprintf(f, "%sdata\t%s\ndata_hash\t%016llx\n", head, s->set.source, (unsigned long long)s->set.hash);
    fprintf(f, "accuracy\t%.6f\nrmse\t%.6f\n", t->accuracy, t->rmse);
    fprintf(f, "train_samples\t%d\nvalid_samples\t%d\ntest_samples\t%d\n", s->train, s->valid, t->n);
    fprintf(f, "loss_train\t%.6f\nloss_valid_best\t%.6f\nloss_fit\t%.6f\nloss_inverted\t%.6f\n",
            report->loss, report->best, fit, t->mean_loss);
    fprintf(f, "layers\t%d\nnoise\t%g\ntypes\t%d\ncentres\t%d\nrepeller\t%d\nclassifier\t%d\nmeans\t%d\n",
            row->layers, row->noise, row->types, row->centres, row->repeller, row->classifier, r->augment.means);
    fprintf(f, "updates\t%ld\nbatch\t%d\ndraws\t%d\nrate\t%g\nclip\t%g\n", report->updates, o->batch,
            o->draws ? o->draws : 1, o->rate > 0 ? o->rate : 0.001, o->clip);
    fprintf(f, "iterations\t%d\niterations_mean\t%.2f\n", r->iterations, t->mean_iterations);
    fprintf(f, "seed\t%016llx\nrestarts\t%d\nstuck\t%d\nweights_hash\t%016llx\n", (unsigned long long)o->seed,
            report->attempt, o->stuck > 0 && report->best > o->stuck,
            (unsigned long long)ic_hash_reals(0, model->param, model->count));
    for (c = 0; c <= t->classes; c++)
        if (t->tested[c] > 0)
            fprintf(f, "tested_%c\t%d\ncorrect_%c\t%d\n", c < t->classes ? PEN_LETTERS[c] : '0', t->tested[c],
                    c < t->classes ? PEN_LETTERS[c] : '0', t->correct[c]);
    fprintf(f, "seconds_train\t%.2f\nseconds_invert\t%.2f\n", train_seconds, invert_seconds);
    out_close(&out);
}

int main(int argc, char **argv)
{
    const char *data = "", *profile = "quick", *run = NULL;
    char model_path[1024], head[160], *dot;
    int classes, instance, threads = 1, updates = 0, k;
    const table_row *row;
    split s;
    pen_set set;
    recipe r;
    trial t;
    ic_pairs pairs, valid;
    ic_config config;
    ic_model model;
    ic_progress report;
    double trained, inverted, begun = seconds_now(), fit;

    program = "network";
    if (argc < 2)
        die(NULL, "usage: network RESULT.tsv [data=FILE] [profile=quick|paper] [threads=N] [updates=N]");
    for (k = 2; k < argc; k++)
        if (strncmp(argv[k], "data=", 5) == 0)
            data = argv[k] + 5;
        else if (strcmp(argv[k], "profile=quick") == 0 || strcmp(argv[k], "profile=paper") == 0)
            profile = argv[k] + 8;
        else if (strncmp(argv[k], "threads=", 8) == 0)
            threads = get_number("threads", argv[k] + 8, 1, 64);
        else if (strncmp(argv[k], "run=", 4) == 0)
            run = argv[k] + 4;
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
    snprintf(head, sizeof head, "classes\t%d\nrow\t%s\ninstance\t%d\nprofile\t%s\n", classes, row->name, instance,
             profile);

    load_data(data, &set);
    split_data(&set, classes, &s);
    r = make_recipe(row, classes, strcmp(profile, "paper") == 0);
    if (updates > 0) {
        r.train.updates = updates;
        r.train.restarts = 0;
    }
    pairs = make_pairs(&s, 0, s.train, &r.augment);
    valid = make_validation(&s, &r, &pairs);
    set_trial(&t, &s, row);

    memset(&config, 0, sizeof config);
    config.inputs = row->classifier ? 2 : t.codes;
    config.hidden = 205;
    config.layers = row->layers;
    config.outputs = row->classifier ? classes : 2;
    config.steps = PEN_STEPS;
    config.head = row->classifier ? IC_LAST_STEP : IC_EVERY_STEP;
    config.link = row->classifier ? IC_SOFTMAX : IC_LINEAR;
    check(ic_model_init(&model, &config, NULL), "model");
    r.train.seed = ic_random_key(ic_random_key(ic_hash(0, row->name, strlen(row->name)), (uint64_t)classes),
                                 (uint64_t)instance);
    r.train.threads = threads;
    bar_name = argv[1];
    if (isatty(2) && !run)
        r.train.callback = show_bar;
    check(ic_train(&model, &pairs, &valid, &r.train, &report), argv[1]);
    if (r.train.callback)
        fputc('\n', stderr);
    trained = seconds_now();
    run_trial(&t, &model, row, &r, argv[1]);
    judge_trial(&t);
    inverted = seconds_now();

    fit = row->classifier ? report.best : fit_of(&model, &pairs);
    check(ic_save(&model, model_path), model_path);
    write_result(argv[1], &s, row, &r, &t, &report, &model, fit, head, trained - begun, inverted - trained);
    printf("%-26s accuracy %.3f  rmse %.3f  %5.1f s", argv[1], t.accuracy, t.rmse, inverted - begun);
    if (run)
        show_run(argv[1], run);
    putchar('\n');
    return 0;
}
