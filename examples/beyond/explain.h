/* explain.h: what the programs share that go beyond the thesis: letters of one length, training sets,
   generators with a style code, and how a difference is judged.

   In the UCI file all recordings of a letter have the same length (a 178 steps, b 174, c 130 ...), so
   the length says, for 13 of the 20, which letter it is, and padding it with zeros shows it.  A fair
   comparison must not: here every letter is brought to LETTER_STEPS points, evenly spaced in time. */
#ifndef EXPLAIN_H
#define EXPLAIN_H

#include "../study.h"

enum { LETTER_STEPS = 32, LETTER_D = 2 * LETTER_STEPS, LETTER_UNITS = 96, STYLES = 12 };

typedef struct letters {
    int n, classes;
    float *xy;                    /* [n][LETTER_STEPS][2] */
    int *label;
    uint64_t hash;
    char source[64];
} letters;

PEN_FN float *letter(const letters *l, int k) { return l->xy + (size_t)k * LETTER_D; }

PEN_FN letters make_letters(int n)
{
    letters l;
    memset(&l, 0, sizeof l);
    l.n = n;
    l.classes = PEN_CLASSES;
    l.xy = get_floats((size_t)n, LETTER_D);
    l.label = (int *)get_memory((size_t)n, sizeof(int));
    return l;
}

PEN_FN void free_letters(letters *l)
{
    free(l->xy);
    free(l->label);
    memset(l, 0, sizeof *l);
}

/* As they come, in time (the first of the 205 steps to the last, the padding with them), or each
   letter over its own length. */
PEN_FN letters load_letters_in_time(const char *data, int in_time)
{
    pen_set set;
    letters l;
    int k, t;
    load_data(data, &set);
    l = make_letters(set.n);
    l.hash = set.hash;
    memcpy(l.source, set.source, sizeof l.source);
    memcpy(l.label, set.label, (size_t)set.n * sizeof *l.label);
    for (k = 0; k < set.n; k++)
        for (t = 0; t < LETTER_D; t++) {
            const int length = in_time ? PEN_STEPS : set.length[k];
            const double at = (double)(t / 2) * (length - 1) / (LETTER_STEPS - 1);
            const int before = (int)at < length - 1 ? (int)at : length - 2;
            const float *p = set.xy + ((size_t)k * PEN_STEPS + (size_t)(before < 0 ? 0 : before)) * 2 + t % 2;
            letter(&l, k)[t] = (float)((double)p[0] + (at - before) * ((double)p[2] - (double)p[0]));
        }
    pen_set_free(&set);
    return l;
}

PEN_FN letters load_letters(const char *data) { return load_letters_in_time(data, 0); }

PEN_FN letters take_letters(const letters *from, const int *which, int n)
{
    letters l = make_letters(n);
    int k;
    l.classes = from->classes;
    for (k = 0; k < n; k++) {
        memcpy(letter(&l, k), letter(from, which[k]), LETTER_D * sizeof(float));
        l.label[k] = from->label[which[k]];
    }
    return l;
}

PEN_FN ic_curves curves_of(const letters *l)
{
    const ic_curves c = { l->n, LETTER_STEPS, 2, l->classes, l->xy, l->label };
    return c;
}

/* What is left of a training set if only k k-means centres of every class are kept. */
PEN_FN letters keep_centres(const letters *from, int k)
{
    const ic_curves c = curves_of(from);
    ic_augment a;
    ic_pairs pairs;
    letters l;
    int i, j;
    memset(&a, 0, sizeof a);
    a.centres = k;
    a.seed = 4;
    check(ic_pairs_make(&pairs, &c, &a), "centres");
    l = make_letters(pairs.n);
    memcpy(l.xy, pairs.y, (size_t)pairs.n * LETTER_D * sizeof(float));
    for (i = 0; i < pairs.n; i++)
        for (j = 0; j < from->classes; j++)
            if (pairs.x[i * from->classes + j] > 0)
                l.label[i] = j;
    ic_pairs_free(&pairs);
    return l;
}

/* The mean letter of every class, [classes][LETTER_D]. */
PEN_FN float *mean_letters(const letters *l)
{
    float *mean = get_floats((size_t)l->classes, LETTER_D);
    int *count = (int *)get_memory((size_t)l->classes, sizeof(int)), k, j;
    for (k = 0; k < l->n; k++) {
        count[l->label[k]]++;
        for (j = 0; j < LETTER_D; j++)
            mean[l->label[k] * LETTER_D + j] += (letter(l, k)[j] - mean[l->label[k] * LETTER_D + j])
                                              / (float)count[l->label[k]];
    }
    free(count);
    return mean;
}

/* The mean letters as a set: what a generator without styles is trained on ([G1] of invclass.h). */
PEN_FN letters set_of_means(const letters *l)
{
    letters means = make_letters(l->classes);
    float *mean = mean_letters(l);
    int k;
    means.classes = l->classes;
    for (k = 0; k < l->classes; k++)
        means.label[k] = k;
    memcpy(means.xy, mean, (size_t)l->classes * LETTER_D * sizeof *mean);
    free(mean);
    return means;
}

/* How the letters of each class differ from one letter a class, `centre` [classes][LETTER_D]. */
PEN_FN ic_gaussian judge_differences(const letters *l, const float *centre, const ic_gaussian_options *o)
{
    letters e = make_letters(l->n);
    ic_gaussian g;
    ic_curves c;
    int k, j;
    e.classes = l->classes;
    for (k = 0; k < l->n; k++) {
        e.label[k] = l->label[k];
        for (j = 0; j < LETTER_D; j++)
            letter(&e, k)[j] = letter(l, k)[j] - centre[l->label[k] * LETTER_D + j];
    }
    c = curves_of(&e);
    check(ic_gaussian_fit(&g, &c, o), "covariance");
    free_letters(&e);
    return g;
}

/* Energies of a curve around one drawing a class; returns the class of the lowest. */
PEN_FN int nearest_gaussian(const ic_gaussian *g, const float *drawn, const float *y, double *energy)
{
    double scratch[LETTER_D];
    float difference[LETTER_D];
    int k, j, best = 0;
    for (k = 0; k < g->classes; k++) {
        for (j = 0; j < LETTER_D; j++)
            difference[j] = y[j] - drawn[k * LETTER_D + j];
        energy[k] = ic_gaussian_energy(g, k, difference, scratch);
        best = energy[k] < energy[best] ? k : best;
    }
    return best;
}

/* A generator of letters that can also say how a letter was written, and how differences are judged.
   Its vertices are the codes of its training letters. */
typedef struct explainer {
    ic_model model;
    ic_pairs pairs;                      /* what it was trained on: its codes are the vertices */
    float *codes;                        /* [pairs.n][classes + styles] */
    float *mean;                         /* [classes][LETTER_D] */
    ic_gaussian gaussian;                /* of the letters around the mean of their class */
    int styles;
} explainer;

/* What all networks here are trained with. */
PEN_FN ic_train_options usual_training(uint64_t seed, int batch, long updates)
{
    ic_train_options t;
    memset(&t, 0, sizeof t);
    t.seed = seed;
    t.batch = batch;
    t.updates = updates;
    t.rate = 0.006;
    t.beta2 = 0.99;
    t.schedule = IC_DECAY;
    t.warmup = 0.02;
    t.clip = 0.5;
    t.check_every = updates / 10;
    return t;
}

/* A network of the usual size: a generator of letters from codes, or, the other way round, a classifier. */
PEN_FN void make_network(ic_model *model, int inputs, int classifier)
{
    ic_config config;
    memset(&config, 0, sizeof config);
    config.inputs = classifier ? 2 : inputs;
    config.hidden = LETTER_UNITS;
    config.outputs = classifier ? PEN_CLASSES : 2;
    config.steps = LETTER_STEPS;
    config.gate = IC_SIGMOID;
    config.head = classifier ? IC_LAST_STEP : IC_EVERY_STEP;
    config.link = classifier ? IC_SOFTMAX : IC_LINEAR;
    check(ic_model_init(model, &config, NULL), "model");
}

/* The ordinary way, to compare with: an LSTM classifier, trained on cross-entropy. */
PEN_FN void train_classifier(ic_model *model, const letters *train, const letters *valid, uint64_t seed, long updates)
{
    const ic_curves c = curves_of(train), v = curves_of(valid);
    ic_train_options t = usual_training(seed, 16, updates);
    ic_augment a;
    ic_pairs pairs, held;
    memset(&a, 0, sizeof a);
    a.classifier = 1;
    make_network(model, 2, 1);
    check(ic_pairs_make(&pairs, &c, &a), "pairs");
    check(ic_pairs_make(&held, &v, &a), "pairs");
    t.loss = IC_CROSS_ENTROPY;
    t.rate = 0.004;
    t.beta2 = 0.999;
    t.check_every = updates / 20;
    check(ic_train(model, &pairs, &held, &t, NULL), "classifier");
    ic_pairs_free(&pairs);
    ic_pairs_free(&held);
}

/* Pairs of letters of which some class may be left out: made of the classes there are, whose numbers in the
   codes are then their own again.  Sets the explainer's pairs, and codes. */
PEN_FN void make_explained(explainer *e, const letters *l, int styles)
{
    const int inputs = l->classes + styles;
    ic_curves c = curves_of(l);
    ic_augment a;
    int *number = (int *)get_memory((size_t)l->classes, sizeof(int)), *label = (int *)get_memory((size_t)l->n, sizeof(int));
    int k, j, from;
    memset(&a, 0, sizeof a);
    a.styles = styles;
    for (k = 0; k < l->n; k++)
        number[l->label[k]] = 1;
    for (k = c.classes = 0; k < l->classes; k++)
        number[k] = number[k] ? c.classes++ : -1;
    for (k = 0; k < l->n; k++)
        label[k] = number[l->label[k]];
    c.label = label;
    check(ic_pairs_make(&e->pairs, &c, &a), "pairs");
    e->codes = get_floats((size_t)e->pairs.n, (size_t)inputs);
    for (k = 0; k < e->pairs.n; k++)
        for (j = 0; j < inputs; j++) {
            from = j < l->classes ? number[j] : c.classes + j - l->classes;
            if (from >= 0)
                e->codes[k * inputs + j] = e->pairs.x[k * e->pairs.inputs + from];
        }
    e->pairs.inputs = inputs;
    e->pairs.x = e->codes;
    free(number);
    free(label);
}

PEN_FN void train_explainer_for(explainer *e, const letters *l, int styles, uint64_t seed, long updates)
{
    const ic_train_options t = usual_training(seed, l->n < 32 ? 5 : 32, updates);
    memset(e, 0, sizeof *e);
    e->styles = styles;
    make_network(&e->model, l->classes + styles, 0);
    make_explained(e, l, styles);
    check(ic_train(&e->model, &e->pairs, NULL, &t, NULL), "training");
    e->mean = mean_letters(l);
}

PEN_FN void train_explainer(explainer *e, const letters *l, int styles, uint64_t seed)
{
    train_explainer_for(e, l, styles, seed, l->n < 500 ? 3000 : 8000);
}

PEN_FN void judge_by(explainer *e, const letters *l, const ic_gaussian_options *o)
{
    ic_gaussian_free(&e->gaussian);
    e->gaussian = judge_differences(l, e->mean, o);
}

/* Lets it explain n curves; `best` as in ic_invert_options. */
PEN_FN void explain(const explainer *e, int n, const float *y, const unsigned char *seen, int best,
                    const ic_inverted *out)
{
    ic_invert_options o;
    memset(&o, 0, sizeof o);
    o.rule = IC_RULE_EXPLAIN;
    o.styles = e->styles;
    o.spread = 0.25;
    o.vertices = e->pairs.n;
    o.vertex = e->pairs.x;
    o.residual = &e->gaussian;
    o.seen = seen;
    o.best = best;
    o.iterations = 2;
    check(ic_invert(&e->model, n, y, &o, out), "explain");
}

/* p to the power 1 / t, normalised, of n rows. */
PEN_FN void temper(int n, const double *p, double t, double *q)
{
    int k, j;
    for (k = 0; k < n; k++) {
        double sum = 0;
        for (j = 0; j < PEN_CLASSES; j++)
            sum += q[k * PEN_CLASSES + j] = pow(p[k * PEN_CLASSES + j] + 1e-30, 1 / t);
        for (j = 0; j < PEN_CLASSES; j++)
            q[k * PEN_CLASSES + j] /= sum;
    }
}

/* Mean of -log of the probability of the class. */
PEN_FN double log_loss(const letters *l, const double *p)
{
    double sum = 0;
    int k;
    for (k = 0; k < l->n; k++)
        sum -= log(p[k * PEN_CLASSES + l->label[k]] + 1e-300) / l->n;
    return sum;
}

/* The temperature (Guo et al. 2017) that makes probabilities fit letters held out best, and their loss then. */
PEN_FN double best_temperature(const letters *l, const double *p, double *loss)
{
    double *q = (double *)get_memory((size_t)l->n * PEN_CLASSES, sizeof(double)), t, best = 1;
    *loss = 1e300;
    for (t = 0.5; t < 60; t *= 1.1) {
        double here;
        temper(l->n, p, t, q);
        here = log_loss(l, q);
        if (here < *loss)
            *loss = here, best = t;
    }
    free(q);
    return best;
}

/* What the weights are chosen by: the loss on letters held out, at the best temperature. */
PEN_FN double held_out_loss(explainer *e, const letters *train, const letters *valid, const ic_gaussian_options *o)
{
    double *posterior = (double *)get_memory((size_t)valid->n * PEN_CLASSES, sizeof(double)), loss;
    const ic_inverted out = { NULL, NULL, NULL, NULL, posterior };
    judge_by(e, train, o);
    explain(e, valid->n, valid->xy, NULL, -1, &out);
    best_temperature(valid, posterior, &loss);
    free(posterior);
    return loss;
}

/* The weights of the covariance, chosen on letters held out, one after the other. */
PEN_FN ic_gaussian_options choose_weights(explainer *e, const letters *train, const letters *valid)
{
    static const double scale[] = { 0.15, 0.25, 0.4, 0.7, 1 }, noise[] = { 0.003, 0.006, 0.012 };
    static const double smooth[] = { 0.003, 0.01, 0.03 }, length[] = { 0.05, 0.1 };
    ic_gaussian_options best, o;
    double least, loss;
    int k;
    memset(&best, 0, sizeof best);
    best.noise = 0.006;
    if (train->n > train->classes)
        best.own = 0.8 * 0.25, best.pooled = 0.2 * 0.25;
    else
        best.smooth = 0.03, best.length = 0.1;              /* one letter a class has no covariance */
    least = held_out_loss(e, train, valid, &best);
    for (k = 0; k < 5 + 3 + 6; k++) {
        o = best;
        if (k < 5 && best.own > 0)
            o.own = 0.8 * scale[k], o.pooled = 0.2 * scale[k];
        else if (k < 5)
            continue;
        else if (k < 8)
            o.noise = noise[k - 5];
        else
            o.smooth = smooth[(k - 8) % 3], o.length = length[(k - 8) / 3];
        loss = held_out_loss(e, train, valid, &o);
        if (loss < least)
            least = loss, best = o;
    }
    return best;
}

PEN_FN void free_explainer(explainer *e)
{
    ic_model_free(&e->model);
    ic_pairs_free(&e->pairs);
    ic_gaussian_free(&e->gaussian);
    free(e->mean);
    free(e->codes);
}

/* 80 % to train on, the rest to test, shuffled by the seed. */
PEN_FN void cut_letters(const letters *all, uint64_t seed, letters *train, letters *test)
{
    int *order = shuffled(seed, 1, all->n);
    const int rest = all->n * 4 / 5;
    *train = take_letters(all, order, rest);
    *test = take_letters(all, order + rest, all->n - rest);
    free(order);
}

/* The demonstrations do not choose: the covariance of the class, a little shrunk. */
PEN_FN const ic_gaussian_options usual_weights = { 0.8, 0.2, 0, 0, 0.006 };

/* The nearest of n letters, over the steps that were seen (NULL: all); its distance. */
PEN_FN int nearest_letter(const letters *to, const float *y, const unsigned char *seen, double *distance)
{
    int k, j, best = 0;
    *distance = 1e300;
    for (k = 0; k < to->n; k++) {
        const float *b = letter(to, k);
        double d = 0;
        for (j = 0; j < LETTER_D; j++)
            if (!seen || seen[j / 2])
                d += (double)(y[j] - b[j]) * (double)(y[j] - b[j]);
        if (d < *distance)
            *distance = d, best = k;
    }
    return best;
}

/* PROGRAM FOLDER [data=FILE]: the arguments of those that make a table.  Returns the folder. */
PEN_FN const char *read_arguments(int argc, char **argv, const char *name, const char **data)
{
    const option options[] = { { "data", data } };
    program = name;
    *data = "";
    if (take_options(argc, argv, options, COUNT(options)) != 2)
        die(NULL, "usage: %s FOLDER [data=FILE]", name);
    return argv[1];
}

/* A table of numbers; names the data. */
PEN_FN void write_numbers(const char *folder, const char *id, const char *title, const column *columns, int cols,
                          int lines, const char *const *names, const double *numbers, const letters *of)
{
    char note[100];
    table t;
    int r, c;
    snprintf(note, sizeof note, "Data: %s.", of->source);
    table_begin(&t, folder, id, title, columns, cols);
    for (r = 0; r < lines; r++) {
        if (names)
            put_text(&t, names[r]);
        for (c = names != NULL; c < cols; c++)
            put_number(&t, *numbers++);
    }
    table_end(&t, note);
    printf("%s/%s: %s\n", folder, id, title);
}

#endif
