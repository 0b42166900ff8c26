/* contest: the recogniser beside simple methods, on data it was not made for: table R1; refusing what it never learned: R2.

       contest DIRECTORY [data=FILE] [split=PREFIX] [pendigits=PREFIX] [gestures=PREFIX] [seeds=N]

   data: the UCI letters (none: the built-in ones); split: the UEA split of them, PREFIX_train_uci_index.csv and ..._test_...
   (none: 80/20); pendigits: PREFIX_train.ts, PREFIX_test.ts and their PREFIX_train_writers.tsv; gestures: PREFIX.ts and
   PREFIX_writers.tsv with columns line, writer, speed.  What is not given is left out.  Everything is chosen on the
   training curves; the test curves are looked at once.  The seed draws the training curves, where some are drawn, and
   starts the generator.  Only probabilities are calibrated there: the weights of the Gaussian and the options of the LSTM
   are the same for all data. */
#define INVCLASS_IMPLEMENTATION
#include "../study.h"
#include "../data/ink.h"
#include "methods.h"

/* Accuracies of all seeds of one row, and the rest of the cheapest. */
typedef struct row { double accuracy[1024], log_loss[1024], ms, fit; int n, sure, sure_wrong; } row;

static void note(row *r, const method_result *m)
{
    if (r->n == COUNT(r->accuracy))
        die(NULL, "more than %d runs a row", COUNT(r->accuracy));
    r->ms = r->n == 0 || m->ms_per_curve < r->ms ? m->ms_per_curve : r->ms;
    r->fit = r->n == 0 || m->fit_seconds < r->fit ? m->fit_seconds : r->fit;
    r->sure += m->sure;
    r->sure_wrong += m->sure_wrong;
    r->log_loss[r->n] = m->log_loss;
    r->accuracy[r->n++] = m->accuracy;
}

static void write_rows(table *t, const char *data, const char *training, const row *rows)
{
    int k;
    for (k = 0; k <= METHODS; k++) {
        const sample a = summarise_numbers(rows[k].accuracy, rows[k].n), l = summarise_numbers(rows[k].log_loss, rows[k].n);
        if (rows[k].n == 0)
            continue;
        put_text(t, data);
        put_text(t, training);
        put_text(t, k == METHODS ? "recogniser" : method_names[k]);
        put_number(t, a.mean);
        put_deviation(t, &a);
        if (l.mean - l.mean == 0) {
            put_number(t, l.mean);
            put_number(t, rows[k].sure > 0 ? (double)rows[k].sure_wrong / rows[k].sure : 0);
        } else
            put_none(t, 2);
        put_number(t, rows[k].ms);
        put_number(t, rows[k].fit);
    }
    printf("%-10s %-22s recogniser %.4f\n", data, training, rows[METHODS].n ? summarise_numbers(rows[METHODS].accuracy, rows[METHODS].n).mean : 0);
    fflush(stdout);
}

/* Fits the recogniser, and the other methods up to `methods`, and notes how they do. */
static void run(row *rows, const ic_samples *train, const ic_samples *test, int seed, int methods)
{
    ic_recogniser_options o;
    ic_recogniser r;
    method_result m;
    double begun = processor_seconds();
    int k;
    memset(&o, 0, sizeof o);
    o.seed = (uint64_t)seed;
    check(ic_recogniser_fit(&r, train, &o, NULL), "fit");
    begun = processor_seconds() - begun;
    measure_recogniser(&r, test, &m, NULL);
    m.fit_seconds = begun;
    note(&rows[METHODS], &m);
    for (k = 0; k < methods; k++) {
        measure_method(k, &r, train, test, (uint64_t)seed, &m, NULL);
        note(&rows[k], &m);
    }
    ic_recogniser_free(&r);
}

/* Some of the samples, in arrays to be freed with free_part. */
static ic_samples take_part(const ic_samples *s, const int *which, int n)
{
    ic_samples part = *s;
    ic_curve *curve = (ic_curve *)get_memory((size_t)n, sizeof *curve);
    int *label = (int *)get_memory((size_t)n, sizeof(int)), *writer = s->writer ? (int *)get_memory((size_t)n, sizeof(int)) : NULL, k;
    for (k = 0; k < n; k++) {
        curve[k] = s->curve[which[k]];
        label[k] = s->label[which[k]];
        if (writer)
            writer[k] = s->writer[which[k]];
    }
    part.n = n, part.curve = curve, part.label = label, part.writer = writer;
    return part;
}

static void free_part(ic_samples *s)
{
    free((void *)s->curve);
    free((void *)s->label);
    free((void *)s->writer);
}

/* k of each class among the samples listed, drawn by the seed; `rest` (NULL: not wanted) receives the others.  Returns how many were drawn. */
static int draw_each(const ic_samples *s, const int *among, int n, int k, uint64_t key, int *drawn, int *rest, int *left)
{
    int *order = (int *)get_memory((size_t)n, sizeof(int)), *count = (int *)get_memory((size_t)s->classes, sizeof(int)), i, taken = 0;
    int others = 0;
    ic_permutation(key, 0, n, order);
    for (i = 0; i < n; i++) {
        const int j = among[order[i]];
        if (count[s->label[j]]++ < k)
            drawn[taken++] = j;
        else if (rest)
            rest[others++] = j;
    }
    if (rest)
        *left = others;
    free(order);
    free(count);
    return taken;
}

/* k k-means centres a class of letters, each brought to POINTS points over its own length first. */
enum { POINTS = 64 };
static ic_samples centres_of(const ic_samples *s, int k, ic_pairs *pairs)
{
    float *y = get_floats((size_t)s->n, POINTS * 2);
    const ic_curves curves = { s->n, POINTS, 2, s->classes, y, s->label };
    ic_augment a;
    ic_samples centres = *s;
    ic_curve *curve;
    int *label, i;
    for (i = 0; i < s->n; i++)
        resample(s->curve[i].point, s->curve[i].n, POINTS, y + i * POINTS * 2);
    memset(&a, 0, sizeof a);
    a.centres = k;
    check(ic_pairs_make(pairs, &curves, &a), "centres");
    curve = (ic_curve *)get_memory((size_t)pairs->n, sizeof *curve);
    label = (int *)get_memory((size_t)pairs->n, sizeof(int));
    for (i = 0; i < pairs->n; i++) {
        curve[i].n = POINTS;
        curve[i].point = pairs->y + (size_t)i * POINTS * 2;
        label[i] = i / k;
    }
    centres.n = pairs->n, centres.curve = curve, centres.label = label;
    free(y);
    return centres;
}

static void letters_rows(table *t, const char *data, const char *uea, int seeds)
{
    static const struct { const char *name; int centres, real; } training[] = {
        { "all", 0, 0 }, { "4 centres", 4, 0 }, { "1 mean", 1, 0 }, { "4 real a class", 0, 4 }, { "2 real a class", 0, 2 },
        { "1 real a class", 0, 1 } };
    pen_samples pen;
    char why[200], path[PATH];
    int *order, *other, *drawn, n, tests, seed, k;
    ink all;
    load_samples(data, &pen);
    if (ink_from_pen(&pen, &all, why, sizeof why))
        die(NULL, "%s", why);
    pen_samples_free(&pen);
    if (*uea) {
        path_of(path, "%s_train_uci_index.csv", uea);
        order = read_index(path, all.samples.n, &n);
        path_of(path, "%s_test_uci_index.csv", uea);
        other = read_index(path, all.samples.n, &tests);
    } else {
        order = shuffled(0, 1, all.samples.n);
        n = all.samples.n * 4 / 5;
        tests = all.samples.n - n;
        other = order + n;
    }
    drawn = (int *)get_memory((size_t)n, sizeof(int));
    for (k = 0; k < COUNT(training); k++) {
        row *rows = (row *)get_memory(METHODS + 1, sizeof *rows);
        for (seed = 0; seed < seeds; seed++) {
            ic_samples test = take_part(&all.samples, other, tests), part = take_part(&all.samples, order, n), train = part;
            ic_pairs pairs;
            memset(&pairs, 0, sizeof pairs);
            if (training[k].centres)
                train = centres_of(&part, training[k].centres, &pairs);
            else if (training[k].real)
                train = take_part(&all.samples, drawn, draw_each(&all.samples, order, n, training[k].real,
                                                                 ic_random_key(2018, (uint64_t)seed), drawn, NULL, NULL));
            run(rows, &train, &test, seed, training[k].centres == 0 && training[k].real == 0 && seed > 0 ? 0 : METHODS);
            if (train.curve != part.curve) {
                free((void *)train.curve);
                free((void *)train.label);
            }
            free_part(&part);
            free_part(&test);
            ic_pairs_free(&pairs);
        }
        write_rows(t, *data ? "letters" : "built-in", training[k].name, rows);
        free(rows);
    }
    if (*uea)
        free(other);
    free(order);
    free(drawn);
    ink_free(&all);
}

/* Classes have the numbers they have in `like` (NULL: as they come). */
static void read_ts(const char *prefix, const char *end, int writers, const ink *like, ink *k)
{
    char path[PATH], why[200], *text;
    path_of(path, "%s%s.ts", prefix, end);
    if (text_read(path, &text, why, sizeof why) || ink_parse(text, 1, like ? like->name : NULL, like ? like->samples.classes : 0,
                                                             like ? like->samples.dims : 0, k, why, sizeof why))
        die(path, "%s", why);
    path_of(path, "%s%s_writers.tsv", prefix, end);
    if (writers && (text_read(path, &text, why, sizeof why) || ink_writers(text, k, why, sizeof why)))
        die(path, "%s", why);
    if (writers)
        free(text);
}

static void pendigits_rows(table *t, const ink *train, const ink *test, int seeds)
{
    row *rows = (row *)get_memory(METHODS + 1, sizeof *rows);
    int seed;
    for (seed = 0; seed < seeds; seed++)
        run(rows, &train->samples, &test->samples, seed, seed > 0 ? 0 : METHODS);
    write_rows(t, "pendigits", "30 writers", rows);
    free(rows);
}

/* Table R2: three digits are left out of training, whose labels are numbered anew.  Which test curves are of them? */
static void refusing(const char *directory, const ink *train, const ink *test, int seeds)
{
    static const column columns[] = {
        { "data", NULL }, { "never learned", NULL }, { "method", NULL }, { "AUROC", "%.4f" }, { "deviation", "%.4f" },
        { "false alarms", "%.4f" }, { "unknown refused", "%.4f" }, { "known refused", "%.4f" } };
    static double area[METHODS + 1][1024], alarms[METHODS + 1][1024], refused[2][1024];
    ic_samples known, asked;
    double *far;
    unsigned char *is_new;
    int *which, *number, seed, k, j, n = 0;
    table t;
    which = (int *)get_memory((size_t)(train->samples.n + test->samples.n), sizeof(int));
    far = (double *)get_memory((size_t)test->samples.n, sizeof(double));
    is_new = (unsigned char *)get_memory((size_t)test->samples.n, 1);
    number = (int *)get_memory((size_t)train->samples.classes, sizeof(int));
    for (k = j = 0; k < train->samples.classes; k++)
        number[k] = *train->name[k] < '7' ? j++ : -1;
    for (k = 0; k < train->samples.n; k++)
        if (number[train->samples.label[k]] >= 0)
            which[n++] = k;
    known = take_part(&train->samples, which, n);
    for (k = 0; k < n; k++)
        ((int *)known.label)[k] = number[known.label[k]];
    known.classes = j;
    known.name = NULL;
    for (k = 0; k < test->samples.n; k++)
        is_new[k] = test->samples.label[k] >= train->samples.classes || number[test->samples.label[k]] < 0;
    for (seed = 0; seed < seeds; seed++) {
        ic_recogniser_options o;
        ic_recogniser r;
        method_result m;
        memset(&o, 0, sizeof o);
        o.seed = (uint64_t)seed;
        check(ic_recogniser_fit(&r, &known, &o, NULL), "fit");
        for (k = seed > 0 ? METHODS : 0; k <= METHODS; k++) {
            if (k == METHOD_LSTM)
                continue;
            if (k == METHODS)
                measure_recogniser(&r, &test->samples, &m, far);
            else
                measure_method(k, &r, &known, &test->samples, 0, &m, far);
            area[k][seed] = area_under_roc(test->samples.n, is_new, far, &alarms[k][seed]);
        }
        for (k = 0; k < 2; k++) {                            /* by its own threshold: the unknown, the known */
            for (j = n = 0; j < test->samples.n; j++)
                if (is_new[j] == !k)
                    which[n++] = j;
            asked = take_part(&test->samples, which, n);
            refused[k][seed] = (double)recognise_all(&r, n, asked.curve, NULL, NULL, NULL) / n;
            free_part(&asked);
        }
        ic_recogniser_free(&r);
    }
    table_begin(&t, directory, "R2", "refusing what was never learned", columns, COUNT(columns));
    for (k = 0; k <= METHODS; k++) {
        const int runs = k == METHODS ? seeds : 1;
        const sample a = summarise_numbers(area[k], runs), f = summarise_numbers(alarms[k], runs);
        if (k == METHOD_LSTM)
            continue;
        put_text(&t, "pendigits");
        put_text(&t, "7, 8 and 9");
        put_text(&t, k == METHODS ? "recogniser" : method_names[k]);
        put_number(&t, a.mean);
        put_deviation(&t, &a);
        put_number(&t, f.mean);
        for (j = 0; j < 2; j++)
            if (k == METHODS)
                put_number(&t, summarise_numbers(refused[j], runs).mean);
            else
                put_none(&t, 1);
    }
    table_end(&t, "False alarms: known digits refused when 95 % of the unknown ones are.  Last columns: what the recogniser refuses as it is, "
                  "asked to refuse 1 % of known curves of new writers.");
    free_part(&known);
    free(which);
    free(number);
    free(far);
    free(is_new);
}

/* Lists the gestures [n] that were drawn at medium speed, without those of the first writer, a pilot; returns how many. */
static int read_medium(const char *prefix, const ink *all, int *medium)
{
    char path[PATH], why[200], *text, *p, *line;
    int i, n = 0;
    path_of(path, "%s_writers.tsv", prefix);
    if (text_read(path, &text, why, sizeof why))
        die(path, "%s", why);
    p = text;
    pen_line(&p);
    for (i = 0; (line = pen_line(&p)) != NULL && i < all->samples.n; i++)
        if (strstr(line, "\tmedium") && all->writer[i] > 0)
            medium[n++] = i;
    free(text);
    return n;
}

static void gestures_rows(table *t, const ink *all, const int *medium, int n, int seeds)
{
    static const int samples[] = { 1, 3 };
    int *drawn = (int *)get_memory((size_t)n, sizeof(int)), *rest = (int *)get_memory((size_t)n, sizeof(int));
    int *mine = (int *)get_memory((size_t)n, sizeof(int)), i, k, seed, person, left, count, most = 0;
    row *rows;
    for (i = 0; i < n; i++)
        most = all->writer[medium[i]] > most ? all->writer[medium[i]] : most;
    for (k = 0; k < COUNT(samples) + 1; k++) {
        rows = (row *)get_memory(METHODS + 1, sizeof *rows);
        for (person = 1; person <= most; person++)
            for (seed = 0; seed < (k < COUNT(samples) ? seeds : 1); seed++) {
                ic_samples train, test;
                for (i = count = left = 0; i < n; i++)
                    if ((all->writer[medium[i]] == person) == (k < COUNT(samples)))
                        mine[count++] = medium[i];
                    else if (all->writer[medium[i]] == person)
                        rest[left++] = medium[i];
                if (k < COUNT(samples))
                    train = take_part(&all->samples, drawn, draw_each(&all->samples, mine, count, samples[k],
                                      ic_random_key(2018, (uint64_t)(person * 1000 + seed)), drawn, rest, &left));
                else
                    train = take_part(&all->samples, mine, count);
                test = take_part(&all->samples, rest, left);
                run(rows, &train, &test, seed, METHOD_LSTM);
                free_part(&train);
                free_part(&test);
            }
        write_rows(t, "gestures", k == 0 ? "1 of the person" : k == 1 ? "3 of the person" : "nine other persons", rows);
        free(rows);
    }
    free(drawn);
    free(rest);
    free(mine);
}

int main(int argc, char **argv)
{
    static const column columns[] = {
        { "data", NULL }, { "training", NULL }, { "method", NULL }, { "accuracy", "%.4f" }, { "deviation", "%.4f" },
        { "log_loss", "%.4f" }, { "wrong_above_.99", "%.4f" }, { "ms_per_curve", "%.4f" }, { "fit_seconds", "%.2f" } };
    const char *data = "", *uea = "", *pendigits = "", *gestures = "", *seeds = "5";
    const option options[] = { { "data", &data }, { "split", &uea }, { "pendigits", &pendigits }, { "gestures", &gestures }, { "seeds", &seeds } };
    ink train, test, drawn;
    int *medium = NULL, mediums = 0, n;
    char path[PATH];
    table t;
    program = "contest";
    if (take_options(argc, argv, options, COUNT(options)) != 2)
        die(NULL, "usage: contest DIRECTORY [data=FILE] [split=PREFIX] [pendigits=PREFIX] [gestures=PREFIX] [seeds=N]");
    n = get_number("seeds", seeds, 1, 100);
    path_of(path, "%s/", argv[1]);
    must_be_writable(path);
    if (!*data && *uea)
        die(NULL, "split is a split of the UCI letters: it needs data");
    memset(&train, 0, sizeof train);
    test = drawn = train;
    if (*pendigits) {                                /* all is read before the first minute of work */
        read_ts(pendigits, "_train", 1, NULL, &train);
        read_ts(pendigits, "_test", 0, &train, &test);
    }
    if (*gestures) {
        read_ts(gestures, "", 1, NULL, &drawn);
        medium = (int *)get_memory((size_t)drawn.samples.n, sizeof(int));
        mediums = read_medium(gestures, &drawn, medium);
    }
    if (*pendigits)
        refusing(argv[1], &train, &test, n);
    else
        remove_table(argv[1], "R2");
    table_begin(&t, argv[1], "R1", "the recogniser beside simple methods", columns, COUNT(columns));
    letters_rows(&t, data, uea, n);
    if (*pendigits)
        pendigits_rows(&t, &train, &test, n);
    if (*gestures)
        gestures_rows(&t, &drawn, medium, mediums, n);
    table_end(&t, "Methods without probabilities have no log loss; probabilities below 1e-12 count as 1e-12.  All others have a temperature, "
                  "chosen on training curves held out, if a class has more than one.  Times are of the "
                  "processor; the LSTM gets all curves at once, the recogniser one after the other.");
    ink_free(&train);
    ink_free(&test);
    ink_free(&drawn);
    free(medium);
    return 0;
}
