/* network: trains one network of the tables, classifies the test set by inversion, writes the result.

       network RESULT.tsv [data=FILE] [profile=quick|paper] [threads=N] [updates=N] [run=BEGUN:TODO]
       network plan [data=FILE] [profile=quick|paper] RESULT.tsv ...

   The name of the result says what to do: 2_noise_03_v0.tsv is row noise_03, first 2 classes,
   instance 0.  The trained model is written beside it, 2_noise_03_v0.model, and first: a result
   file that exists means that both are whole.  The paper profile also writes what the network could do
   on the way, 2_noise_03_v0.way, and 2_noise_03_v0.checkpoint, from which an interrupted training goes on.
   `updates` overrides the profile's, for a dry run.
   `run` comes from the Makefile: when the whole run began (seconds since 1970), how many results
   there were, and how many there are to make; with it the closing line says how far the run is.
   `plan` trains nothing: it says how long training all these would take, going by a few updates of
   one network a row. */
#define INVCLASS_IMPLEMENTATION
#include "latent.h"
#include "rows.h"
#include <dirent.h>

typedef struct recipe {              /* what a profile makes of a row */
    ic_train_options train;
    ic_augment augment;
    ic_descend_options invert;
} recipe;

/* As the original trains: on the samples, with a constant rate.  An epoch is as many rows as there are
   training samples, also where a row replaces them by a few centres: 100 epochs of 20 centres would
   be over before the network has drawn its first letter. */
static void train_on_samples(recipe *r, int epochs, int samples, int batch, double rate)
{
    memset(&r->train, 0, sizeof r->train);
    r->augment.means = 0;
    r->train.updates = (long)epochs * samples / batch;
    r->train.batch = batch;
    r->train.rate = rate;
}

/* The quick one: a start that remembers the class ([C2] of invclass.h), class means (exact, see [G1]), a
   few of them an update, a large rate that falls, a shortened gradient, 25 iterations.  Where there is no
   noise to average over, Adam may forget sooner and go faster.  With it and 8 codes or more, networks are
   slow rather than stuck, and starting again does not help.  Classifiers do better with half the memory. */
static void quick_recipe(recipe *r, const table_row *row, int classes)
{
    const budget *b = &row->budget[budget_column(classes)];
    const int calm = !(row->noise > 0);
    r->augment.means = !row->classifier;
    r->train.updates = b->updates ? b->updates : 1000;
    r->train.draws = b->draws;
    r->train.batch = b->batch;
    r->train.rate = b->rate;
    r->train.memory = row->classifier ? PEN_STEPS / 8 : PEN_STEPS / 4;
    r->train.beta2 = calm ? 0.99 : 0.999;
    r->train.schedule = IC_DECAY;
    r->train.warmup = 0.02;
    r->train.clip = 0.2;
    r->train.check_every = r->train.updates / (row->classifier ? 20 : 50);
    r->train.restarts = calm || classes * (row->types > 0 ? row->types : 1) < 8;
    r->invert.iterations = 25;
}

static recipe make_recipe(const network *net, const split *s, int paper)
{
    const table_row *row = net->row;
    recipe r;
    memset(&r, 0, sizeof r);
    r.augment.types = row->types;
    r.augment.centres = row->centres;
    r.augment.repeller = row->repeller;
    r.augment.classifier = row->classifier;
    r.augment.seed = 4;
    r.invert.codes = row->types > 0 ? row->types : 1;
    r.invert.decision = row->repeller ? IC_DECIDE_REPELLER : IC_DECIDE_ARGMAX;
    if (paper) {
        /* The original's own budget. */
        train_on_samples(&r, 2000 / net->classes, s->train, 1, 0.001);
        r.invert.iterations = 200;
    } else
        quick_recipe(&r, row, net->classes);
    if (net->reading) {
        if (net->reading->epochs > 0)
            train_on_samples(&r, net->reading->epochs, s->train, net->reading->batch, net->reading->rate);
        r.invert.start = net->reading->start;
        r.invert.beta2 = net->reading->beta2;
        r.train.noise_steps = net->reading->noise_steps;
    }
    r.train.noise = row->noise;
    return r;
}

static ic_pairs make_pairs(const split *s, int first, int n, const ic_augment *augment)
{
    const ic_curves curves = { n, PEN_STEPS, 2, s->set.classes, split_xy(s, first), s->set.label + first };
    ic_pairs pairs;
    check(ic_pairs_make(&pairs, &curves, augment), "pairs");
    return pairs;
}

/* What validation looks at: the held-out curves, of a generator their means, which order networks in
   the same way ([G1]).  Types are found on the training part alone and held out nowhere. */
static ic_pairs make_validation(const split *s, const recipe *r, const ic_pairs *pairs)
{
    ic_augment plain = r->augment;
    plain.types = plain.centres = 0;
    plain.means = !plain.classifier;
    return r->augment.types > 0 ? *pairs : make_pairs(s, s->train, s->valid, &plain);
}

/* What each code should draw: the mean of the training curves that have it.  (Of a classifier: its pairs.) */
static ic_pairs make_targets(const split *s, const recipe *r, const ic_pairs *pairs)
{
    ic_augment own = r->augment;
    own.means = 1;
    return own.classifier || r->augment.means ? *pairs : make_pairs(s, 0, s->train, &own);
}

/* A network that has not learned to tell its inputs apart puts out the same whatever it is told, at
   best the mean of all targets.  Its error is then their variance.  A generator that ends with more
   than 3 % of that is called stuck, a classifier, of whose targets less can be known, with 30 %. */
static double stuck_above(const ic_pairs *p, int classifier)
{
    const size_t values = (size_t)p->output_steps * (size_t)p->outputs;
    double weights = 0, variance = 0;
    size_t j;
    int k;
    for (k = 0; k < p->n; k++)
        weights += (double)p->weight[k];
    for (j = 0; j < values; j++) {
        double sum = 0, squares = 0;
        for (k = 0; k < p->n; k++) {
            const double y = (double)p->y[(size_t)k * values + j];
            sum += (double)p->weight[k] * y;
            squares += (double)p->weight[k] * y * y;
        }
        variance += squares / weights - sum / weights * (sum / weights);
    }
    return (classifier ? 0.3 : 0.03) * variance / (double)values;
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

/* With `most` test letters at most. */
static void set_trial(trial *t, const split *s, const recipe *r, int most)
{
    const int first = s->train + s->valid, classes = s->set.classes;
    const int kept = s->test < most ? s->test : most;
    memset(t, 0, sizeof *t);
    t->classes = classes;
    t->codes = classes * r->invert.codes;
    t->n = kept + (r->augment.repeller ? kept / classes : 0);
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

static void free_trial(trial *t)
{
    free(t->y);
    free(t->x);
    free(t->truth);
    free(t->label);
    free(t->iterations);
    free(t->loss);
}

/* The test letters the original classified: of 20 classes the first 250. */
static int test_letters(const split *s) { return s->set.classes == PEN_CLASSES ? 250 : s->test; }

static void run_trial(trial *t, const ic_model *model, const recipe *r, const char *path)
{
    const ic_descended out = { t->x, t->label, t->loss, t->iterations };
    int k;
    if (!r->augment.classifier) {
        check(ic_descend(model, t->n, t->y, &r->invert, &out), path);
        return;
    }
    check(ic_classify(model, t->n, t->y, t->x, r->invert.threads), path);
    for (k = 0; k < t->n; k++)
        t->label[k] = largest(t->x + k * t->classes, t->classes);
}

/* "[12 of 50, about 7 min left]" */
static void show_run(const char *path, const char *run)
{
    char directory[PATH];
    const char *slash = strrchr(path, '/');
    long begun, todo, done = 0;
    double left;
    struct dirent *entry;
    DIR *dir;
    if (sscanf(run, "%ld:%ld", &begun, &todo) != 2)
        return;
    snprintf(directory, sizeof directory, "%.*s", slash ? (int)(slash - path) : 1, slash ? path : ".");
    dir = opendir(directory);
    while (dir && (entry = readdir(dir)) != NULL) {
        char name[1024 + 300];
        struct stat info;
        snprintf(name, sizeof name, "%s/%s", directory, entry->d_name);
        done += is_result(name) && stat(name, &info) == 0 && (long)info.st_mtime >= begun;
    }
    if (dir)
        closedir(dir);
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

/* Everything there is to say about a network. */
typedef struct outcome {
    ic_progress report;
    trial trial;
    double fit;                       /* mean squared error between its drawings and the mean target of each code */
    double means;                     /* the same between its plain letters and the class means of the training set */
    double share;                     /* of the latent space that is as it should be: see latent.h */
    double seconds_train, seconds_invert, seconds_latent;     /* of the processor */
} outcome;

static void look_at(outcome *o, const ic_model *model, const split *s, const ic_pairs *pairs, const recipe *r)
{
    ic_pairs plain;
    o->fit = r->augment.classifier ? o->report.best : fit_of(model, pairs);
    if (r->augment.classifier)
        return;
    plain = class_means(s);
    o->share = argmax_share(model, s->set.classes, plain.y);
    if (r->invert.codes == 1)
        o->means = fit_of(model, &plain);
    ic_pairs_free(&plain);
}

static void write_result(const char *path, const network *net, const char *profile, const split *s,
                         const recipe *r, const outcome *o, const ic_model *model)
{
    const ic_train_options *a = &r->train;
    const table_row *row = net->row;
    const trial *t = &o->trial;
    outfile out;
    FILE *f = out_open(&out, path);
    int c;
    fprintf(f, "classes\t%d\nrow\t%s\ninstance\t%d\nprofile\t%s\n", net->classes, net->name, net->instance,
            profile);
    fprintf(f, "data\t%s\ndata_hash\t%016llx\n", s->set.source, (unsigned long long)s->set.hash);
    fprintf(f, "accuracy\t%.6f\nrmse\t%.6f\n", t->accuracy, t->rmse);
    fprintf(f, "train_samples\t%d\nvalid_samples\t%d\ntest_samples\t%d\n", s->train, s->valid, t->n);
    fprintf(f, "loss_train\t%.6f\nloss_valid_best\t%.6f\nloss_fit\t%.6f\nloss_inverted\t%.6f\n", o->report.loss, o->report.best, o->fit,
            t->mean_loss);
    fprintf(f, row->classifier || r->invert.codes != 1 ? "loss_means\t-\n" : "loss_means\t%.6f\n", o->means);      /* -: there is none */
    fprintf(f, row->classifier ? "latent_share\t-\n" : "latent_share\t%.4f\n", o->share);
    fprintf(f, "layers\t%d\nnoise\t%g\nnoise_steps\t%d\ntypes\t%d\ncentres\t%d\nrepeller\t%d\nclassifier\t%d\n"
            "means\t%d\n", row->layers, a->noise, a->noise_steps ? a->noise_steps : PEN_STEPS, row->types,
            row->centres, row->repeller, row->classifier, r->augment.means);
    fprintf(f, "updates\t%ld\nbatch\t%d\ndraws\t%d\nrate\t%g\ntrain_beta2\t%g\nclip\t%g\n", o->report.update, a->batch,
            a->draws ? a->draws : 1, a->rate > 0 ? a->rate : 0.001, a->beta2 > 0 ? a->beta2 : 0.999, a->clip);
    fprintf(f, "start\t%s\nbeta2\t%g\niterations\t%d\niterations_mean\t%.2f\n",
            r->invert.start == IC_START_DRIFT ? "drift" : "uniform", r->invert.beta2 > 0 ? r->invert.beta2 : 0.99,
            r->invert.iterations, t->mean_iterations);
    fprintf(f, "seed\t%016llx\nrestarts\t%d\nstuck\t%d\nweights_hash\t%016llx\n", (unsigned long long)a->seed,
            o->report.attempt, a->stuck > 0 && o->report.best > a->stuck,
            (unsigned long long)ic_hash_reals(0, model->param, model->count));
    for (c = 0; c <= t->classes; c++)
        if (t->tested[c] > 0)
            fprintf(f, "tested_%c\t%d\ncorrect_%c\t%d\n", c < t->classes ? PEN_LETTERS[c] : '0', t->tested[c],
                    c < t->classes ? PEN_LETTERS[c] : '0', t->correct[c]);
    fprintf(f, "seconds_train\t%.2f\nseconds_invert\t%.2f\nseconds_latent\t%.2f\n", o->seconds_train, o->seconds_invert,
            o->seconds_latent);
    out_close(&out);
}

/* Where the model of a result is: beside it. */
static void model_path_of(char path[PATH], const char *beside, const network *net)
{
    const char *slash = strrchr(beside, '/');
    path_of(path, "%.*s%d_%s_v%d.model", slash ? (int)(slash + 1 - beside) : 0, beside, net->classes, trained_as(net),
            net->instance);
}

static void start_model(const network *net, const recipe *r, ic_model *model)
{
    ic_config config;
    memset(&config, 0, sizeof config);
    config.inputs = r->augment.classifier ? 2 : net->classes * r->invert.codes;
    config.hidden = 205;
    config.layers = net->row->layers;
    config.outputs = r->augment.classifier ? net->classes : 2;
    config.steps = PEN_STEPS;
    config.head = r->augment.classifier ? IC_LAST_STEP : IC_EVERY_STEP;
    config.link = r->augment.classifier ? IC_SOFTMAX : IC_LINEAR;
    check(ic_model_init(model, &config, NULL), "model");
}

/* -- a training that takes a quarter of an hour: looked at on the way, resumed after an interruption -- */

/* What the network can do after so many updates.  More training need not mean more accuracy, so the
   way is recorded as well as its end: by a hundred test letters, the last point by all of them.  (The
   result is of the weights that validation chose, the last point of those of the last update.) */
typedef struct waypoint {
    long update;
    double loss, error, share;           /* of the last update; left between drawings and targets; latent.h */
    double accuracy[2], rmse[2];         /* after 25 and after 200 iterations of inversion */
} waypoint;

enum { WAYPOINTS = 11, WAY_LETTERS = 100 };

typedef struct passage {                 /* of a checkpoint, before the parameters and the trainer's state */
    uint64_t what;                       /* hash of all that the training depends on */
    ic_progress progress;
    double seconds;                      /* of the processor, in all processes so far */
    int points;
    waypoint point[WAYPOINTS];
} passage;

/* Updates before point k: shares of the whole that grow by the root of two, 1/32 to 1. */
static long waypoint_at(long updates, int k)
{
    static const double halves[2] = { 1, 0.70710678 };
    const int before = WAYPOINTS - 1 - k;
    return (long)((double)updates * halves[before % 2] / (double)(1 << before / 2));
}

/* A path with another ending. */
static const char *beside(const char *path, const char *ending, char out[PATH])
{
    const char *dot = strrchr(path, '.');
    path_of(out, "%.*s%s", (int)(dot - path), path, ending);
    return out;
}

static uint64_t passage_hash(const split *s, const recipe *r, const ic_pairs *pairs, const ic_model *model)
{
    const ic_train_options *a = &r->train;
    const double numbers[] = { (double)a->updates, a->batch, a->draws, a->rate, a->beta2, a->clip, a->noise,
                               a->noise_steps, a->schedule, a->warmup, (double)a->check_every };
    uint64_t hash = ic_hash(s->set.hash, numbers, sizeof numbers);
    hash = ic_hash(hash, &a->seed, sizeof a->seed);
    hash = ic_hash_reals(hash, pairs->x, (size_t)pairs->n * (size_t)pairs->input_steps * (size_t)pairs->inputs);
    hash = ic_hash_reals(hash, pairs->y, (size_t)pairs->n * (size_t)pairs->output_steps * (size_t)pairs->outputs);
    hash = pairs->weight ? ic_hash_reals(hash, pairs->weight, (size_t)pairs->n) : hash;
    return ic_hash_reals(hash, model->param, model->count);
}

/* Takes up the training where a checkpoint of the very same one left it. */
static void resume(const char *path, passage *p, ic_trainer *t)
{
    FILE *f = fopen(path, "rb");
    passage found;
    ic_model *m = t->model;
    float *param;
    if (!f)
        return;
    param = get_floats(m->padded, 1);
    if (fread(&found, sizeof found, 1, f) == 1 && found.what == p->what
        && fread(param, sizeof *param, m->padded, f) == m->padded
        && fread(t->state, sizeof *t->state, t->state_count, f) == t->state_count) {
        *p = found;
        t->progress = found.progress;
        memcpy(m->param, param, m->padded * sizeof *param);
    } else
        die(path, "is not a checkpoint of this training: delete it to begin anew");
    free(param);
    fclose(f);
}

static void write_checkpoint(const char *path, passage *p, const ic_trainer *t, double before)
{
    outfile out;
    FILE *f = out_open(&out, path);
    p->progress = t->progress;
    p->seconds = before + processor_seconds();
    fwrite(p, sizeof *p, 1, f);
    fwrite(t->model->param, sizeof *t->model->param, t->model->padded, f);
    fwrite(t->state, sizeof *t->state, t->state_count, f);
    out_close(&out);
}

static void look_on_the_way(const char *path, passage *p, const ic_trainer *t, const split *s, const recipe *r,
                            const ic_pairs *targets)
{
    static const int iterations[2] = { 25, 200 };
    waypoint *w = &p->point[p->points++];
    recipe own = *r;
    int k;
    memset(w, 0, sizeof *w);
    w->update = t->progress.update;
    w->loss = t->progress.loss;
    w->error = t->progress.check;
    for (k = r->augment.classifier; k < 2; k++) {      /* a classifier iterates nothing */
        trial test;
        own.invert.iterations = iterations[k];
        set_trial(&test, s, r, w->update < t->progress.updates ? WAY_LETTERS : test_letters(s));
        run_trial(&test, t->model, &own, path);
        judge_trial(&test);
        w->accuracy[k] = test.accuracy;
        w->rmse[k] = test.rmse;
        free_trial(&test);
    }
    if (!r->augment.classifier) {
        ic_pairs means = class_means(s);
        w->share = argmax_share(t->model, s->set.classes, means.y);
        w->error = fit_of(t->model, targets);
        ic_pairs_free(&means);
    }
}

static void write_way(const char *path, const passage *p)
{
    outfile out;
    FILE *f = out_open(&out, path);
    int k;
    fprintf(f, "updates\tloss\terror\taccuracy_25\taccuracy_200\trmse_25\trmse_200\tlatent_share\n");
    for (k = 0; k < p->points; k++) {
        const waypoint *w = &p->point[k];
        fprintf(f, "%ld\t%.6f\t%.6f\t%.4f\t%.4f\t%.4f\t%.4f\t%.4f\n", w->update, w->loss, w->error, w->accuracy[0],
                w->accuracy[1], w->rmse[0], w->rmse[1], w->share);
    }
    out_close(&out);
}

/* The same training as ic_train's, to the bit.  Returns the seconds that earlier processes took. */
static double train_long(const char *path, const split *s, const recipe *r, const ic_pairs *pairs, const ic_pairs *valid,
                       const ic_pairs *targets, ic_model *model, ic_progress *report)
{
    char checkpoint[PATH], way[PATH];
    ic_train_options own = r->train;
    ic_trainer t;
    passage p;
    double before;
    memset(&p, 0, sizeof p);
    beside(path, ".checkpoint", checkpoint);
    beside(path, ".way", way);
    own.seed = ic_random_key(own.seed, 0);
    own.callback = NULL;                                     /* called below */
    check(ic_model_randomise(model, ic_random_key(own.seed, 0), own.memory), "model");
    own.memory = own.stuck = 0;                              /* of ic_train alone */
    p.what = passage_hash(s, r, pairs, model);
    check(ic_trainer_init(&t, model, pairs, valid, &own), path);
    resume(checkpoint, &p, &t);
    before = p.seconds;
    while (t.progress.update < t.progress.updates) {
        const int due = p.points < WAYPOINTS ? t.progress.update + 1 >= waypoint_at(t.progress.updates, p.points) : 0;
        check(ic_trainer_step(&t), path);
        if (r->train.callback)
            r->train.callback(r->train.user, &t.progress);
        if (due) {
            look_on_the_way(path, &p, &t, s, r, targets);
            write_way(way, &p);
        }
        if (due || t.progress.update % (1 + t.progress.updates / 64) == 0)
            write_checkpoint(checkpoint, &p, &t, before);
    }
    ic_trainer_finish(&t);
    *report = t.progress;
    ic_trainer_free(&t);
    return before;
}

static double train_network(const char *path, const network *net, const split *s, const recipe *r,
                            const ic_pairs *pairs, const ic_pairs *targets, int paper, ic_model *model,
                            ic_progress *report)
{
    const ic_pairs valid = make_validation(s, r, pairs);
    double before = 0;
    start_model(net, r, model);
    if (paper)
        before = train_long(path, s, r, pairs, &valid, targets, model, report);
    else
        check(ic_train(model, pairs, &valid, &r->train, report), path);
    if (r->train.callback)
        fputc('\n', stderr);
    return before;
}

/* What the arguments say. */
typedef struct task {
    const char *data, *run;
    int paper, threads, updates;      /* updates 0: the profile's */
} task;

/* Seconds that a network will take: timed over a few updates, and a few iterations of inversion. */
static double foresee(const network *net, const split *s, const task *t)
{
    enum { UPDATES = 4, SAMPLES = 6, ITERATIONS = 3 };
    const int test = s->test < test_letters(s) ? s->test : test_letters(s);
    recipe r = make_recipe(net, s, t->paper);
    ic_pairs pairs = make_pairs(s, 0, s->train, &r.augment);
    ic_trainer trainer;
    ic_model model;
    double seconds = 0, begun;
    int k;
    start_model(net, &r, &model);
    check(ic_model_randomise(&model, 1, 0), "model");
    if (!net->reading || !net->reading->same_network) {
        r.train.updates = t->updates > 0 ? t->updates : r.train.updates;
        r.train.restarts = 0;
        r.train.memory = 0;                  /* what concerns ic_train alone, or validation */
        r.train.check_every = 0;
        check(ic_trainer_init(&trainer, &model, &pairs, NULL, &r.train), "plan");
        check(ic_trainer_step(&trainer), "plan");
        begun = seconds_now();
        for (k = 0; k < UPDATES; k++)
            check(ic_trainer_step(&trainer), "plan");
        seconds = (seconds_now() - begun) / UPDATES * (double)trainer.progress.updates;
        ic_trainer_free(&trainer);
    }
    if (!r.augment.classifier) {
        const ic_descended nothing = { NULL, NULL, NULL, NULL };
        const int iterations = r.invert.iterations;
        r.invert.iterations = ITERATIONS;
        begun = seconds_now();
        check(ic_descend(&model, SAMPLES, split_xy(s, 0), &r.invert, &nothing), "plan");
        seconds += (seconds_now() - begun) / (ITERATIONS + 1) * (iterations + 1) * test / SAMPLES;
    }
    ic_model_free(&model);
    ic_pairs_free(&pairs);
    return seconds;
}

static int plan(int n, char **paths, const task *t)
{
    double seconds = 0, one = 0;
    split s;
    int k, classes = 0;
    char last[40] = "";
    for (k = 0; k < n; k++) {
        network net;
        char kind[40];
        if (!parse_name(paths[k], &net))
            die(paths[k], "the name should be CLASSES_ROW_vINSTANCE.tsv");
        if (net.classes != classes) {
            pen_set set;
            load_data(t->data, &set);
            split_data(&set, classes = net.classes, &s);
        }
        snprintf(kind, sizeof kind, "%d_%s", net.classes, net.name);
        if (strcmp(kind, last) != 0)
            one = foresee(&net, &s, t);
        strcpy(last, kind);
        seconds += one;
    }
    printf("%d networks to train: about ", n);
    printf(seconds < 7200 ? "%.0f minutes" : "%.1f hours", seconds < 7200 ? ceil(seconds / 60) : seconds / 3600);
    printf(" of one core, profile %s\n", t->paper ? "paper" : "quick");
    return printed();
}

static recipe own_recipe(const network *net, const ic_pairs *pairs, const task *t, recipe r)
{
    const uint64_t row = ic_hash(0, net->row->name, strlen(net->row->name));
    if (t->updates > 0) {
        r.train.updates = t->updates;
        r.train.restarts = 0;
    }
    r.train.seed = ic_random_key(ic_random_key(row, (uint64_t)net->classes), (uint64_t)net->instance);
    r.train.threads = r.invert.threads = t->threads;
    if (isatty(2) && !t->run)
        r.train.callback = show_bar;
    r.train.stuck = stuck_above(pairs, r.augment.classifier);
    return r;
}

/* The network of a result: that of its row, or trained and written beside it.  Returns the seconds of the processor that
   earlier processes took. */
static double get_network(const char *path, const network *net, const split *s, const recipe *r, const ic_pairs *pairs,
                        const ic_pairs *targets, int paper, ic_model *model, ic_progress *report)
{
    char model_path[PATH];
    double before;
    model_path_of(model_path, path, net);
    if (net->reading && net->reading->same_network) {
        check(ic_load(model, model_path), model_path);
        return 0;
    }
    before = train_network(path, net, s, r, pairs, targets, paper, model, report);
    check(ic_save(model, model_path), model_path);
    return before;
}

/* Trains a network, tests it, writes the result. */
static int make_result(const char *path, const task *t)
{
    static outcome o;
    const double begun = seconds_now();
    double before, trained, tested;
    network net;
    split s;
    pen_set set;
    recipe r;
    ic_pairs pairs, targets;
    ic_model model;
    char checkpoint[PATH];
    if (!parse_name(path, &net) || !is_result(path))
        die(path, "the name should be CLASSES_ROW_vINSTANCE.tsv with 1 to %d classes and a known row", PEN_CLASSES);
    bar_name = path;
    must_be_writable(path);
    load_data(t->data, &set);
    split_data(&set, net.classes, &s);
    r = make_recipe(&net, &s, t->paper);
    pairs = make_pairs(&s, 0, s.train, &r.augment);
    targets = make_targets(&s, &r, &pairs);
    r = own_recipe(&net, &pairs, t, r);
    before = get_network(path, &net, &s, &r, &pairs, &targets, t->paper, &model, &o.report);
    trained = processor_seconds();
    o.seconds_train = before + trained;
    set_trial(&o.trial, &s, &r, test_letters(&s));
    run_trial(&o.trial, &model, &r, path);
    judge_trial(&o.trial);
    tested = processor_seconds();
    look_at(&o, &model, &s, &targets, &r);
    o.seconds_invert = tested - trained;
    o.seconds_latent = processor_seconds() - tested;
    write_result(path, &net, t->paper ? "paper" : "quick", &s, &r, &o, &model);
    if (t->paper)                                  /* not before: what a killed test would begin anew */
        remove(beside(path, ".checkpoint", checkpoint));
    printf("%-26s accuracy %.3f  rmse %.3f  %5.1f s", path, o.trial.accuracy, o.trial.rmse, seconds_now() - begun);
    if (t->run)
        show_run(path, t->run);
    putchar('\n');
    return 0;
}

int main(int argc, char **argv)
{
    const char *profile = "quick", *threads = "1", *updates = "0";
    task t = { "", NULL, 0, 1, 0 };
    const option options[] = { { "data", &t.data }, { "profile", &profile }, { "threads", &threads },
                               { "updates", &updates }, { "run", &t.run } };
    program = "network";
    argc = take_options(argc, argv, options, COUNT(options));
    if (strcmp(profile, "quick") != 0 && strcmp(profile, "paper") != 0)
        die(NULL, "profile: \"%s\" is neither quick nor paper", profile);
    t.paper = strcmp(profile, "paper") == 0;
    t.threads = get_number("threads", threads, 1, 64);
    t.updates = get_number("updates", updates, 0, 1000000000);
    if (argc > 1 && strcmp(argv[1], "plan") == 0)
        return plan(argc - 2, argv + 2, &t);
    if (argc != 2)
        die(NULL, "usage: network [plan] RESULT.tsv... [data=FILE] [profile=quick|paper] [threads=N] [updates=N]");
    return make_result(argv[1], &t);
}
