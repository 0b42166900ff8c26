/* handwriting.h: what the programs share that go beyond the thesis: letters, networks, and recognisers of them.

   In the UCI file all recordings of a letter have the same length (a 178 steps, b 174, c 130 ...), so
   the length says, for 13 of the 20, which letter it is, and padding it with zeros shows it.  A fair
   comparison must not: here every letter is a curve over its own length, as it was drawn, for the recogniser, and is
   brought to LETTER_STEPS points, evenly spaced in time, for the other ways. */
#ifndef HANDWRITING_H
#define HANDWRITING_H

#include "../study.h"

enum { LETTER_STEPS = 32, LETTER_D = 2 * LETTER_STEPS, LETTER_UNITS = 96 };

typedef struct letters {
    int n, classes;
    ic_curve *curve;              /* [n] */
    float *xy;                    /* [n][LETTER_STEPS][2] the same */
    int *label;
    uint64_t hash;
    char source[64];
} letters;

/* How many points lie in the first so many tenths of a letter: it begins at the first one. */
PEN_FN int points_of_tenths(int tenths) { return 1 + (tenths * (LETTER_STEPS - 1) + 5) / 10; }

PEN_FN float *letter(const letters *l, int k) { return l->xy + (size_t)k * LETTER_D; }

/* A letter that is known by its LETTER_STEPS points alone. */
PEN_FN ic_curve curve_of_points(const float *xy)
{
    const ic_curve c = { LETTER_STEPS, xy, NULL, NULL };
    return c;
}

PEN_FN letters make_letters(int n)
{
    letters l;
    int k;
    memset(&l, 0, sizeof l);
    l.n = n;
    l.classes = PEN_CLASSES;
    l.xy = get_floats((size_t)n, LETTER_D);
    l.label = (int *)get_memory((size_t)n, sizeof(int));
    l.curve = (ic_curve *)get_memory((size_t)n, sizeof(ic_curve));
    for (k = 0; k < n; k++)
        l.curve[k] = curve_of_points(letter(&l, k));
    return l;
}

PEN_FN void free_letters(letters *l)
{
    free(l->xy);
    free(l->label);
    free(l->curve);
    memset(l, 0, sizeof *l);
}

/* All letters there are.  The points of the curves stay where they are until the program ends. */
PEN_FN letters load_letters(const char *data)
{
    pen_set set;
    letters l;
    int k;
    load_data(data, &set);
    l = make_letters(set.n);
    l.hash = set.hash;
    memcpy(l.source, set.source, sizeof l.source);
    memcpy(l.label, set.label, (size_t)set.n * sizeof *l.label);
    for (k = 0; k < set.n; k++) {
        l.curve[k].n = set.length[k];
        l.curve[k].point = set.xy + (size_t)k * PEN_STEPS * 2;
        resample(l.curve[k].point, set.length[k], LETTER_STEPS, letter(&l, k));
    }
    return l;
}

PEN_FN letters take_letters(const letters *from, const int *which, int n)
{
    letters l = make_letters(n);
    int k;
    l.classes = from->classes;
    for (k = 0; k < n; k++) {
        memcpy(letter(&l, k), letter(from, which[k]), LETTER_D * sizeof(float));
        l.label[k] = from->label[which[k]];
        l.curve[k] = from->curve[which[k]];
    }
    return l;
}

/* 80 % to train on, the rest to test, shuffled. */
PEN_FN void cut_letters(const letters *all, letters *train, letters *test)
{
    int *order = shuffled(0, 1, all->n);
    const int rest = all->n * 4 / 5;
    *train = take_letters(all, order, rest);
    *test = take_letters(all, order + rest, all->n - rest);
    free(order);
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
    int i;
    memset(&a, 0, sizeof a);
    a.centres = k;
    a.seed = 4;
    check(ic_pairs_make(&pairs, &c, &a), "centres");
    l = make_letters(pairs.n);
    memcpy(l.xy, pairs.y, (size_t)pairs.n * LETTER_D * sizeof(float));
    for (i = 0; i < pairs.n; i++)
        l.label[i] = i / k;
    ic_pairs_free(&pairs);
    return l;
}

/* The mean letter of every class, as a set. */
PEN_FN letters mean_letters(const letters *l)
{
    letters means = make_letters(l->classes);
    int *count = (int *)get_memory((size_t)l->classes, sizeof(int)), k, j;
    means.classes = l->classes;
    for (k = 0; k < l->n; k++) {
        float *mean = letter(&means, l->label[k]);
        count[l->label[k]]++;
        for (j = 0; j < LETTER_D; j++)
            mean[j] += (letter(l, k)[j] - mean[j]) / (float)count[l->label[k]];
    }
    for (k = 0; k < l->classes; k++)
        means.label[k] = k;
    free(count);
    return means;
}

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

/* The numbers of n letters whose steps were seen, [n][numbers], to be freed; returns how many numbers a letter. */
PEN_FN int seen_numbers(const letters *l, const unsigned char *seen, float **y)
{
    int k, j, m = 0, at = 0;
    for (j = 0; j < LETTER_D; j++)
        m += seen[j / 2];
    *y = get_floats((size_t)l->n, (size_t)m);
    for (k = 0; k < l->n; k++)
        for (j = 0; j < LETTER_D; j++)
            if (seen[j / 2])
                (*y)[at++] = letter(l, k)[j];
    return m;
}

/* -- recognisers and networks -------------------------------------------------------------------- */

PEN_FN void fit_recogniser(ic_recogniser *r, const letters *l, uint64_t seed)
{
    ic_samples s;
    ic_recogniser_options o;
    memset(&s, 0, sizeof s);
    memset(&o, 0, sizeof o);
    s.n = l->n, s.dims = 2, s.classes = l->classes;
    s.curve = l->curve, s.label = l->label;
    o.seed = seed;
    o.steps = LETTER_STEPS;
    check(ic_recogniser_fit(r, &s, &o, NULL), "recogniser");
}

/* What all generators here are trained with. */
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

/* A generator of letters from codes, of the usual size. */
PEN_FN void make_network(ic_model *model, int codes)
{
    ic_config config;
    memset(&config, 0, sizeof config);
    config.inputs = codes;
    config.hidden = LETTER_UNITS;
    config.outputs = 2;
    config.steps = LETTER_STEPS;
    config.gate = IC_SIGMOID;
    check(ic_model_init(model, &config, NULL), "model");
}

/* The thesis's generator: it draws the mean letter of a class from its code. */
PEN_FN void train_on_means(ic_model *model, const letters *l, uint64_t seed)
{
    const ic_curves c = curves_of(l);
    const ic_train_options t = usual_training(seed, 5, 3000);
    ic_augment a;
    ic_pairs pairs;
    memset(&a, 0, sizeof a);
    a.means = 1;
    make_network(model, l->classes);
    check(ic_pairs_make(&pairs, &c, &a), "pairs");
    check(ic_train(model, &pairs, NULL, &t, NULL), "training");
    ic_pairs_free(&pairs);
}

/* -- programs --------------------------------------------------------------------------------------- */

/* PROGRAM FOLDER [data=FILE]: the arguments of those that make a table.  Returns the folder. */
PEN_FN const char *read_arguments(int argc, char **argv, const char *name, const char **data)
{
    const option options[] = { { "data", data } };
    char path[PATH];
    program = name;
    *data = "";
    if (take_options(argc, argv, options, COUNT(options)) != 2)
        die(NULL, "usage: %s FOLDER [data=FILE]", name);
    path_of(path, "%s/", argv[1]);
    must_be_writable(path);
    return argv[1];
}

/* A table of numbers on the split of cut_letters; names the data. */
PEN_FN void write_numbers(const char *folder, const char *id, const char *title, const column *columns, int cols,
                          int lines, const char *const *names, const double *numbers, const letters *of)
{
    char note[200];
    table t;
    int r, c;
    snprintf(note, sizeof note, "Data: %s, %d letters to train on, %d to test, one random split and seed.", of->source, of->n * 4 / 5,
             of->n - of->n * 4 / 5);
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
