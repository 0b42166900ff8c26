/* test_recogniser: the recogniser ([I11] of invclass.h) as its users see it: built-in letters and shapes drawn here,
   learned from some samples and tried on others, changed in ways that must not matter, written to bytes and damaged.
   Not under valgrind: takes minutes there. */
#define INVCLASS_IMPLEMENTATION
#include "invclass.h"
#include "../examples/data/letters.h"
#include "check.h"
#include <fenv.h>

/* -- curves to learn and to recognise -------------------------------------------------------------------- */

enum { MOST = 200, POINTS = 210 };                /* curves of a set, points of a curve, at most */

typedef struct ink {
    int n, dims;
    ic_curve curve[MOST];
    int label[MOST];
    ic_real point[MOST][POINTS * IC_MAX_SPACE], time[MOST][POINTS];
    unsigned char begins[MOST][POINTS];
} ink;

static ink train, test, other;                    /* other: scratch of the moment */
static char path[4200];                           /* a file of this program's own: others may run beside it */

static void ink_start(ink *s, int dims)
{
    memset(s, 0, sizeof *s);
    s->dims = dims;
}

/* One more curve of n points, to be filled in. */
static ic_real *ink_add(ink *s, int n, int label)
{
    ic_curve *c = &s->curve[s->n];
    c->n = n;
    c->point = s->point[s->n];
    s->label[s->n] = label;
    return s->point[s->n++];
}

static ic_samples samples_of(const ink *s, int classes)
{
    ic_samples samples;
    memset(&samples, 0, sizeof samples);
    samples.n = s->n, samples.dims = s->dims, samples.classes = classes;
    samples.curve = s->curve, samples.label = s->label;
    return samples;
}

/* The first letters of the alphabet of examples/data/letters.h. */
static void make_letters(ink *s, uint64_t seed, int classes, int each)
{
    pen_samples drawn;
    char why[200];
    int k, t;
    ink_start(s, 2);
    if (letters_make(seed, each, &drawn, why, sizeof why))
        exit(1);
    for (k = 0; k < drawn.n; k++)
        if (drawn.label[k] < classes) {
            ic_real *p = ink_add(s, drawn.length[k], drawn.label[k]);
            double at[2] = { 0, 0 };
            for (t = 0; t < drawn.length[k]; t++, p += 2) {
                p[0] = (ic_real)(at[0] += drawn.v[drawn.first[k] + (size_t)(3 * t)]);
                p[1] = (ic_real)(at[1] += drawn.v[drawn.first[k] + (size_t)(3 * t + 1)]);
            }
        }
    pen_samples_free(&drawn);
}

/* Waves, class by class of another frequency in each dimension. */
static void make_waves(ink *s, uint64_t seed, int dims, int classes, int each)
{
    int k, t, j;
    ink_start(s, dims);
    for (k = 0; k < classes * each; k++) {
        const int c = k % classes, n = 30 + k % 20;
        ic_real *p = ink_add(s, n, c);
        for (t = 0; t < n; t++)
            for (j = 0; j < dims; j++)
                *p++ = (ic_real)(sin(0.5 + (c + 1) * (j + 2) * 1.2 * t / n + 0.1 * ic_normal(seed, (uint64_t)k, 0))
                                 + 0.03 * ic_normal(seed, (uint64_t)(k * 100 + t), (uint64_t)(1 + j)));
    }
}

static ic_recogniser_options quick(int steps)
{
    ic_recogniser_options o;
    memset(&o, 0, sizeof o);
    o.steps = steps, o.hidden = 16, o.updates = 60;
    return o;
}

static void fit(ic_recogniser *r, const ink *s, int classes, const ic_recogniser_options *o)
{
    const ic_samples samples = samples_of(s, classes);
    if (!CHECK(ic_recogniser_fit(r, &samples, o, NULL) == IC_OK))
        exit(check_report());
}

static int rises(const ic_real *x, int n)
{
    int k;
    for (k = 1; k < n && x[k] >= x[k - 1]; k++)
        ;
    return k >= n;
}

/* Probabilities are some, and a class is named. */
static void check_shares(const ic_recogniser *r, const ic_recognition *a)
{
    double sum = 0;
    int k;
    for (k = 0; k < r->classes; k++) {
        CHECK(a->probability[k] >= 0 && a->probability[k] <= 1);
        sum += a->probability[k];
    }
    CHECK_NEAR(sum, 1, 1e-12);
    CHECK(a->label >= 0 && a->label < r->classes && a->probability[a->label] > 0);
}

/* What is true of every answer, to a whole curve or an unfinished one. */
static void check_answer(const ic_recogniser *r, const ic_recognition *a, int whole)
{
    double judged = DBL_MAX;
    int k, j, lower = 0;
    check_shares(r, a);
    for (k = 0; k < r->classes; k++) {
        CHECK(k == 0 || a->probability[a->order[k]] <= a->probability[a->order[k - 1]]);
        for (j = 0; j < k; j++)
            CHECK(a->order[j] != a->order[k]);
    }
    CHECK(a->label == a->order[0] && a->vertex >= 0 && a->vertex < r->explainer.vertices);
    CHECK(a->done > 0 && a->done <= 1);
    for (k = 0; k < r->explainer.vertices && whole; k++)
        judged = fmin(judged, a->energies[k] - (double)r->excess[k]);
    for (k = 0; k < r->held; k++)
        lower += (double)r->held_out[k] < judged;
    CHECK_NEAR(a->p_value, whole ? (1.0 + r->held - lower) / (1.0 + r->held) : 1, 1e-12);
}

/* How many of a set get their own label. */
static int count_right(const ic_recogniser *r, const ink *s)
{
    ic_recognition a;
    int k, right = 0;
    CHECK(ic_recognition_init(&a, r) == IC_OK);
    for (k = 0; k < s->n; k++) {
        CHECK(ic_recognise(r, &s->curve[k], &a) == IC_OK);
        check_answer(r, &a, 1);
        right += a.label == s->label[k];
    }
    ic_recognition_free(&a);
    return right;
}

static size_t numbers_of(const ic_recogniser *r) { return (size_t)r->explainer.steps * (size_t)r->explainer.outputs; }

/* How far two curves of size 1 are apart, as they are compared: root of the mean square distance of their points. */
static double apart(const ic_recogniser *r, const ic_recognition *a, const ic_recognition *b)
{
    double square = 0;
    size_t k;
    for (k = 0; k < numbers_of(r); k++) {
        const double d = (double)a->prepared[k] - (double)b->prepared[k];
        square += d * d;
    }
    return sqrt(square / r->explainer.steps / r->explainer.options.views);
}

/* -- learning and answering ------------------------------------------------------------------------------- */

enum { LETTERS = 6, EACH = 10 };
static ic_recogniser letters;                     /* fitted once, used by many */

static void test_letters(void)
{
    ic_recogniser_options o = quick(0);
    ic_recogniser_report report;
    ic_recogniser other_letters;
    ic_samples samples;
    ic_recognition a;
    int k, known = 0;
    o.hidden = 24, o.updates = 300;
    make_letters(&train, 1, LETTERS, EACH);
    make_letters(&test, 2, LETTERS, EACH);
    samples = samples_of(&train, LETTERS);
    CHECK(ic_recogniser_fit(&letters, &samples, &o, &report) == IC_OK);
    CHECK(report.held_out == train.n && report.types >= 1 && report.types <= EACH / 4 && report.oddest >= 0);
    CHECK(report.compared > 0 && report.compared <= train.n);
    CHECK(report.accuracy >= 0.9 && report.accuracy <= 1 && report.nearest >= 0.8 && report.nearest <= 1);
    CHECK(report.warped >= 0.8 && report.warped <= 1 && report.gaussian >= 0.8 && report.gaussian <= 1);
    CHECK(report.log_loss >= 0 && report.log_loss < 0.3 && report.temperature > 0);
    CHECK(report.drawing_error > 0 && report.drawing_error < 0.1);
    CHECK(letters.held == train.n && rises(letters.held_out, letters.held));
    CHECK(strcmp(letters.name[3], "3") == 0 && letters.dims == 2 && letters.pen == 0);
    CHECK(count_right(&letters, &test) >= test.n * 95 / 100);
    CHECK(ic_recognition_init(&a, &letters) == IC_OK);
    for (k = 0; k < test.n; k++) {
        CHECK(ic_recognise(&letters, &test.curve[k], &a) == IC_OK);
        known += a.known;
        CHECK(a.known == (a.energy <= letters.threshold));
        CHECK(a.known == (a.p_value > letters.options.false_alarm + 1e-12 && a.p_value > 1.5 / (1 + letters.held)));
    }
    CHECK(known >= test.n * 8 / 10);
    make_letters(&other, 2, PEN_CLASSES, 1);                  /* what was never learned is seen to be so */
    for (k = LETTERS, known = 0; k < PEN_CLASSES; k++) {
        CHECK(ic_recognise(&letters, &other.curve[k], &a) == IC_OK);
        known += a.known;
    }
    CHECK(known <= (PEN_CLASSES - LETTERS) / 3);
    ic_recognition_free(&a);
    o = quick(0);
    train.label[7] = (train.label[7] + 1) % LETTERS;          /* a wrong label is pointed at */
    CHECK(ic_recogniser_fit(&other_letters, &samples, &o, &report) == IC_OK && report.oddest == 7);
    ic_recogniser_free(&other_letters);
    train.label[7] = (train.label[7] + LETTERS - 1) % LETTERS;
}

/* Curves that nothing tells apart: no method is right more often than one that guesses. */
static void test_ties(void)
{
    enum { SAME = 30 };
    ic_curve curve[SAME];
    int label[SAME], k;
    ic_samples samples = { SAME, 2, 3, curve, label, NULL, NULL };
    ic_recogniser_options o = quick(8);
    ic_recogniser_report report;
    ic_recogniser r;
    make_letters(&train, 1, 1, 1);
    for (k = 0; k < SAME; k++)
        curve[k] = train.curve[0], label[k] = k % 3;
    CHECK(ic_recogniser_fit(&r, &samples, &o, &report) == IC_OK && report.held_out == SAME);
    CHECK_NEAR(report.accuracy, 1.0 / 3, 0.01);
    CHECK(report.compared > 0 && report.gaussian < 0.5 && report.nearest < 0.5);
    ic_recogniser_free(&r);
}

static int stop(void *user, const ic_progress *p) { (void)p; ++*(int *)user; return 1; }

/* Least samples, and a training that is stopped. */
static void test_few(void)
{
    ic_recogniser_options o = quick(12);
    ic_recogniser_report report;
    ic_recogniser r;
    ic_samples samples;
    int calls = 0;
    make_letters(&train, 1, 8, 1);
    samples = samples_of(&train, 8);
    CHECK(ic_recogniser_fit(&r, &samples, &o, &report) == IC_OK);
    CHECK(report.held_out == 0 && report.compared == 0 && r.held == 0 && r.explainer.vertices == 8 && report.refused == -1 && report.oddest == -1);
    CHECK(report.temperature == 5 && r.temperature == 5);
    make_letters(&test, 2, 8, 6);
    CHECK(count_right(&r, &test) >= test.n * 8 / 10);
    ic_recogniser_free(&r);
    CHECK(r.owned == NULL);
    ic_recogniser_free(&r);                                   /* harmless */
    ic_recogniser_free(NULL), ic_recognition_free(NULL);
    CHECK(ic_recogniser_encoded_bytes(&r) == 0);
    make_letters(&train, 1, 1, 8);
    fit(&r, &train, 1, &o);
    CHECK(r.held == 8 && count_right(&r, &train) == 8 && r.temperature == 5);
    ic_recogniser_free(&r);
    train.n = 1;                                              /* one curve in all */
    fit(&r, &train, 1, &o);
    CHECK(count_right(&r, &train) == 1);
    ic_recogniser_free(&r);
    make_letters(&train, 1, 2, 8);
    o.callback = stop, o.user = &calls;
    samples = samples_of(&train, 2);
    CHECK(ic_recogniser_fit(&r, &samples, &o, &report) == IC_E_STOPPED && r.owned == NULL && calls == 1);
    CHECK(report.refused == -1);
    o.callback = NULL;
    CHECK(ic_recogniser_fit(&r, &samples, &o, &report) == IC_OK && report.held_out > 0 && report.refused == -1);
    ic_recogniser_free(&r);
}

/* A class with one curve that is drawn less steadily than the others: its curves are known, whether the one was fitted
   or added. */
static void test_alone(void)
{
    ic_recogniser_options o = quick(16);
    ic_recogniser r;
    ic_recognition a;
    int k, j, added, known, of_others;
    o.updates = 600;
    make_waves(&train, 5, 2, 3, 20);
    make_waves(&test, 6, 2, 3, 20);
    for (k = 1; k < train.n; k += 3)
        for (j = 0; j < 100; j++) {
            train.point[k][j] += (ic_real)(0.03 * ic_normal(7, (uint64_t)k, (uint64_t)j));
            test.point[k][j] += (ic_real)(0.03 * ic_normal(8, (uint64_t)k, (uint64_t)j));
        }
    for (added = 0; added < 2; added++) {
        ink_start(&other, 2);
        for (k = 0; k < train.n; k++)
            if (k % 3 != 1 || (k == 1 && !added))
                memcpy(ink_add(&other, train.curve[k].n, added ? k % 3 / 2 : k % 3), train.point[k], sizeof train.point[k]);
        fit(&r, &other, 3 - added, &o);
        CHECK(!added || ic_recogniser_add(&r, &train.curve[1], 2, NULL) == IC_OK);
        CHECK(ic_recognition_init(&a, &r) == IC_OK);
        for (k = known = of_others = 0; k < test.n; k++) {
            CHECK(ic_recognise(&r, &test.curve[k], &a) == IC_OK);
            *(k % 3 == 1 ? &known : &of_others) += a.known;
        }
        CHECK(known >= 15 && of_others >= 37);
        ic_recognition_free(&a);
        ic_recogniser_free(&r);
    }
}

static void test_dimensions(void)
{
    const ic_recogniser_options o = quick(12);
    ic_recogniser r;
    int dims;
    for (dims = 1; dims <= IC_MAX_SPACE; dims++) {
        make_waves(&train, 1, dims, 3, 8);
        make_waves(&test, 2, dims, 3, 8);
        fit(&r, &train, 3, &o);
        CHECK(count_right(&r, &test) >= test.n - 1);
        ic_recogniser_free(&r);
    }
}

/* Two lines, one below the other: class 0 in two strokes, class 1 through the same points in one. */
static void make_lines(ink *s, uint64_t seed, int each)
{
    int k, t;
    ink_start(s, 2);
    for (k = 0; k < 2 * each; k++) {
        const int c = k % 2;
        ic_real *p = ink_add(s, 24, c);
        for (t = 0; t < 24; t++, p += 2) {
            p[0] = (ic_real)(t % 12 + 0.1 * ic_normal(seed, (uint64_t)k, (uint64_t)t));
            p[1] = (ic_real)((t < 12 ? 0 : -6) + 0.1 * ic_normal(seed, (uint64_t)k, (uint64_t)(100 + t)));
            s->begins[k][t] = (unsigned char)(t == 0 || (c == 0 && t == 12));
        }
        s->curve[k].begins = s->begins[k];
    }
}

static void test_strokes(void)
{
    ic_recogniser_options o = quick(24);
    ic_recognition a;
    ic_recogniser r;
    ic_real drawn[2 * 32];
    unsigned char begins[32];
    ic_curve again = { 0, NULL, NULL, NULL };
    int k, t, c, strokes;
    make_lines(&train, 1, 10);
    make_lines(&test, 2, 10);
    o.hidden = 32, o.updates = 800;                           /* with less it draws no lift of the pen */
    fit(&r, &train, 2, &o);
    CHECK(r.pen == 1 && count_right(&r, &test) == test.n);
    CHECK(ic_recognition_init(&a, &r) == IC_OK && r.options.steps <= 32);
    again.n = r.options.steps, again.point = drawn, again.begins = begins;
    for (k = 0; k < 4; k++) {                                 /* what is drawn has its strokes, and is itself a curve */
        c = k % 2;
        if (k < 2)
            CHECK(ic_recogniser_draw(&r, c, NULL, drawn, begins) == IC_OK);
        else
            CHECK(ic_recognise(&r, &test.curve[k], &a) == IC_OK && ic_recognition_explain(&r, &a, NULL, drawn, begins) == IC_OK);
        for (t = 0, strokes = 0; t < again.n; t++)
            strokes += begins[t];
        CHECK(begins[0] == 1 && (c == 0 ? strokes == 2 || strokes == 3 : strokes == 1));    /* a point may lie in the air */
        CHECK(ic_recognise(&r, &again, &a) == IC_OK && a.label == c);
    }
    CHECK(ic_recognition_explain(&r, &a, NULL, NULL, begins) == IC_OK && begins[0] == 1);
    ic_recognition_free(&a);
    ic_recogniser_free(&r);
    for (k = 0; k < train.n; k++)
        train.curve[k].begins = NULL;                         /* the same without: nothing to tell them apart by */
    fit(&r, &train, 2, &o);
    CHECK(r.pen == 0 && count_right(&r, &test) < test.n);
    ic_recogniser_free(&r);
}

/* A curve of which points are missing, but whose times are known, is nearly the same curve. */
static void test_gaps(void)
{
    static const ic_real still[POINTS] = { 0 };
    ic_recognition a, b;
    int k, t, same = 0;
    make_letters(&test, 2, LETTERS, 5);
    ink_start(&other, 2);
    CHECK(ic_recognition_init(&a, &letters) == IC_OK && ic_recognition_init(&b, &letters) == IC_OK);
    for (k = 0; k < test.n; k++) {
        ic_real *p = ink_add(&other, 0, test.label[k]);
        int n = 0;
        for (t = 0; t < test.curve[k].n; t++)
            if (t == 0 || t == test.curve[k].n - 1 || ic_uniform(3, (uint64_t)k, (uint64_t)(t / 4)) < 0.7) {
                memcpy(p + (ptrdiff_t)(2 * n), test.point[k] + (ptrdiff_t)(2 * t), 2 * sizeof *p);
                other.time[k][n++] = (ic_real)t;
            }
        other.curve[k].n = n;
        other.curve[k].time = other.time[k];
        CHECK(n < test.curve[k].n * 9 / 10);
        other.curve[k].time = NULL;                           /* times that are all the same are none */
        CHECK(ic_recognise(&letters, &other.curve[k], &a) == IC_OK);
        other.curve[k].time = still;
        CHECK(ic_recognise(&letters, &other.curve[k], &b) == IC_OK && apart(&letters, &a, &b) == 0);
        other.curve[k].time = other.time[k];
        CHECK(ic_recognise(&letters, &test.curve[k], &a) == IC_OK && ic_recognise(&letters, &other.curve[k], &b) == IC_OK);
        CHECK(apart(&letters, &a, &b) < 0.15);
        same += a.label == b.label;
    }
    CHECK(same >= test.n - 1);
    ic_recognition_free(&a);
    ic_recognition_free(&b);
}

/* -- what must not matter, and what may ------------------------------------------------------------------- */

/* q = scale R(angle) p + shift, for all points of a curve. */
static void move(const ic_curve *c, double scale, double angle, double x, double y, ic_curve *moved, ic_real *to)
{
    int t;
    *moved = *c;
    moved->point = to;
    for (t = 0; t < c->n; t++) {
        const double px = (double)c->point[2 * t], py = (double)c->point[2 * t + 1];
        to[2 * t] = (ic_real)(scale * (cos(angle) * px - sin(angle) * py) + x);
        to[2 * t + 1] = (ic_real)(scale * (sin(angle) * px + cos(angle) * py) + y);
    }
}

static void test_place_size(void)
{
    ic_recogniser_options o = quick(12);
    ic_recogniser r;
    ic_recognition a, b;
    ic_curve moved;
    ic_real to[2 * POINTS], drawn[2 * 12];
    unsigned char *bytes;
    size_t size;
    double unit, temperature;
    int k, which, set;
    make_letters(&test, 2, LETTERS, 3);
    CHECK(ic_recognition_init(&a, &letters) == IC_OK && ic_recognition_init(&b, &letters) == IC_OK);
    for (k = 0; k < test.n; k++) {
        CHECK(ic_recognise(&letters, &test.curve[k], &a) == IC_OK);
        move(&test.curve[k], 4, 0, 0, 0, &moved, to);         /* exact in binary: the same bytes */
        CHECK(ic_recognise(&letters, &moved, &b) == IC_OK);
        CHECK(apart(&letters, &a, &b) == 0 && memcmp(a.probability, b.probability, LETTERS * sizeof(double)) == 0);
        move(&test.curve[k], 0.03, 0, 2, -1, &moved, to);
        CHECK(ic_recognise(&letters, &moved, &b) == IC_OK);
        CHECK(apart(&letters, &a, &b) < 1e-3 && a.label == b.label);
    }
    ic_recognition_free(&a);
    ic_recognition_free(&b);
    /* One letter in two places, or in two sizes: two classes to who is asked to look at that. */
    for (which = 0; which < 2; which++) {
        for (set = 0; set < 2; set++) {
            ink *s = set ? &test : &train;
            make_letters(s, 1 + (uint64_t)set, 1, 20);
            for (k = 0; k < s->n; k++) {
                s->label[k] = k % 2;
                move(&s->curve[k], which && k % 2 ? 3 : 1, 0, which ? k : 200 * (k % 2), 0, &s->curve[k], s->point[k]);
            }
        }
        fit(&r, &train, 2, &o);
        CHECK(count_right(&r, &test) < test.n * 8 / 10);
        ic_recogniser_free(&r);
        o.keep_place = !which, o.keep_size = 1;
        fit(&r, &train, 2, &o);
        CHECK(count_right(&r, &test) == test.n);
        unit = r.unit, temperature = r.temperature;
        ic_recogniser_free(&r);
        /* Not where the origin is; without keep_place, not how far apart the curves lie. */
        for (set = 0; set < 2; set++) {
            ink *s = set ? &test : &train;
            for (k = 0; k < s->n; k++)
                move(&s->curve[k], 1, 0, which ? 4096 * (k % 7) : 8192, -4096, &s->curve[k], s->point[k]);
        }
        fit(&r, &train, 2, &o);
        CHECK(count_right(&r, &test) == test.n);
        CHECK_NEAR(r.unit, unit, 1e-3 * unit);
        CHECK_NEAR(r.temperature, temperature, 0.1 * temperature);
        size = ic_recogniser_encoded_bytes(&r);               /* and all of that is kept */
        bytes = (unsigned char *)malloc(size);
        ic_recogniser_encode(&r, bytes);
        ic_recogniser_free(&r);
        CHECK(ic_recogniser_decode(&r, bytes, size) == IC_OK && count_right(&r, &test) == test.n);
        free(bytes);
        /* Writes a class as large as the samples, where they are. */
        CHECK(ic_recogniser_draw(&r, 0, NULL, drawn, NULL) == IC_OK);
        CHECK(which || fabs((double)drawn[0] - (double)train.curve[0].point[0]) < 100);
        ic_recogniser_free(&r);
        o.keep_place = o.keep_size = 0;
    }
}

static void test_rotation(void)
{
    ic_recogniser_options o = quick(16);
    ic_recogniser r;
    ic_recognition a, b;
    ic_curve moved;
    ic_real to[2 * POINTS];
    int k;
    o.any_rotation = 1;
    make_letters(&train, 1, LETTERS, 8);
    make_letters(&test, 2, LETTERS, 3);
    fit(&r, &train, LETTERS, &o);
    CHECK(count_right(&r, &test) >= test.n * 8 / 10);
    CHECK(ic_recognition_init(&a, &r) == IC_OK && ic_recognition_init(&b, &r) == IC_OK);
    for (k = 0; k < test.n; k++) {
        move(&test.curve[k], 1, 0.37 * k, 5, 0, &moved, to);
        CHECK(ic_recognise(&r, &test.curve[k], &a) == IC_OK && ic_recognise(&r, &moved, &b) == IC_OK);
        CHECK(apart(&r, &a, &b) < 1e-3 && a.label == b.label);
        CHECK_NEAR(a.energy, b.energy, 0.1);
    }
    ic_recognition_free(&a);
    ic_recognition_free(&b);
    ic_recogniser_free(&r);
}

/* Curves of three strokes, lines of class-dependent directions; a copy with its strokes in another order and turned
   round, as if a person had drawn them so.  Times go on without a pause from stroke to stroke in both. */
static void make_strokes(ink *s, uint64_t seed, int each, int shuffled)
{
    static const double from_to[3][3][4] = {                  /* H, A and the sign "not equal" */
        { { 0, 2, 0, 0 }, { 1, 2, 1, 0 }, { 0, 1, 1, 1 } },
        { { 0, 0, 1, 2 }, { 1, 2, 2, 0 }, { 0.5, 1, 1.5, 1 } },
        { { 0, 1, 2, 1 }, { 0, 0, 2, 0 }, { 0.5, -0.5, 1.5, 1.5 } } };
    enum { LINE = 15 };
    int k, j, t;
    ink_start(s, 2);
    for (k = 0; k < 3 * each; k++) {
        ic_real *p = ink_add(s, 3 * LINE, k % 3);
        for (j = 0; j < 3; j++)
            for (t = 0; t < LINE; t++, p += 2) {
                const int line = shuffled ? (2 - j + k) % 3 : j, turned = shuffled && (k + line) % 2;
                const int at = turned ? LINE - 1 - t : t, number = j * LINE + t;
                const double *l = from_to[k % 3][line], u = at / (LINE - 1.0);
                p[0] = (ic_real)(l[0] + u * (l[2] - l[0]) + 0.05 * ic_normal(seed, (uint64_t)k, (uint64_t)(100 * line + at)));
                p[1] = (ic_real)(l[1] + u * (l[3] - l[1]) + 0.05 * ic_normal(seed, (uint64_t)k, (uint64_t)(1000 + 100 * line + at)));
                s->begins[k][number] = t == 0;
                s->time[k][number] = (ic_real)(0.01 * number);
            }
        s->curve[k].begins = s->begins[k];
        s->curve[k].time = s->time[k];
    }
}

static void test_order(void)
{
    ic_recogniser_options o = quick(24);
    ic_recogniser r;
    ic_recognition a, b;
    double done = 0;
    int k, t, round;
    o.any_order = 1;
    make_strokes(&train, 1, 8, 0);
    for (k = 0; k < train.n; k++)                             /* long pauses between strokes, which mean nothing */
        for (t = 0; t < train.curve[k].n; t++)
            train.time[k][t] += (ic_real)(t / 15);
    fit(&r, &train, 3, &o);
    CHECK(ic_recognition_init(&a, &r) == IC_OK && ic_recognition_init(&b, &r) == IC_OK);
    for (round = 0; round < 2; round++) {                     /* with times and without */
        make_strokes(&test, 2, 8, 0);
        make_strokes(&other, 2, 8, 1);
        for (k = 0; k < test.n; k++) {
            if (round)
                test.curve[k].time = other.curve[k].time = NULL;
            CHECK(memcmp(test.point[k], other.point[k], sizeof test.point[k]) != 0);
            CHECK(ic_recognise(&r, &test.curve[k], &a) == IC_OK && ic_recognise(&r, &other.curve[k], &b) == IC_OK);
            CHECK(apart(&r, &a, &b) < 1e-4 && a.label == b.label);
        }
        CHECK(count_right(&r, &test) == test.n && count_right(&r, &other) == test.n);
    }
    /* While it is being drawn, in the order of the samples: two strokes of three tell the signs apart. */
    for (k = round = 0; k < test.n; k++) {
        ic_recognise_begin(&a);
        for (t = 0; t < test.curve[k].n * 2 / 3; t++) {
            CHECK(ic_recognise_point(&r, test.point[k] + (ptrdiff_t)(2 * t), test.begins[k][t], &a) == IC_OK);
            done += t == 14 ? a.done / test.n : 0;            /* one stroke of three */
        }
        round += a.label == test.label[k];
    }
    CHECK(round >= test.n * 9 / 10 && done > 0.2 && done < 0.45);
    /* One stroke too many: no answer, and nothing left of the last one. */
    ic_recognise_begin(&a);
    for (k = 0; k < 64; k++)
        CHECK(ic_recognise_point(&r, test.point[0] + (ptrdiff_t)(2 * (k % 15)), 1, &a) == IC_OK && a.done > 0);
    CHECK(ic_recognise_point(&r, test.point[0], 1, &a) == IC_E_SIZE);
    CHECK(a.done == 0 && a.known == 0);
    for (k = 0; k < 3; k++)
        CHECK(a.order[k] == k && fabs(a.probability[k] - 1.0 / 3) < 1e-15);
    ic_recognition_free(&a);
    ic_recognition_free(&b);
    ic_recogniser_free(&r);
}

/* Strokes that start at the same point, and one that is level with it: whatever their order and direction, one curve. */
static void test_same_start(void)
{
    static const double stroke[3][3][2] = { { { 0, 0 }, { 2, 4 }, { 5, 8 } }, { { 0, 0 }, { 4, 1 }, { 9, 3 } },
                                            { { 0, 0 }, { 2.5, -1 }, { 5, -2 } } };
    ic_recogniser_options o = quick(24);
    ic_recogniser r;
    ic_recognition a;
    ic_real point[18], first[24 * 6];
    unsigned char begins[9] = { 1, 0, 0, 1, 0, 0, 1, 0, 0 };
    const ic_curve c = { 9, point, NULL, begins };
    int order, turned, j, t;
    o.any_order = 1;
    make_strokes(&train, 1, 8, 0);
    fit(&r, &train, 3, &o);
    CHECK(ic_recognition_init(&a, &r) == IC_OK && numbers_of(&r) == 24 * 6);
    for (order = 0; order < 6; order++)
        for (turned = 0; turned < 8; turned++) {
            for (j = 0; j < 3; j++)
                for (t = 0; t < 3; t++) {
                    const int line = order < 3 ? (order + j) % 3 : (order + 3 - j) % 3;
                    const double *p = stroke[line][turned >> line & 1 ? 2 - t : t];
                    point[6 * j + 2 * t] = (ic_real)p[0], point[6 * j + 2 * t + 1] = (ic_real)p[1];
                }
            CHECK(ic_recognise(&r, &c, &a) == IC_OK);
            if (order + turned == 0)
                memcpy(first, a.prepared, sizeof first);
            CHECK(memcmp(first, a.prepared, sizeof first) == 0);
        }
    ic_recognition_free(&a);
    ic_recogniser_free(&r);
}

/* How long the pen is lifted tells nothing, and that it is lifted is seen however many points there are. */
static void test_lifts(void)
{
    static ic_real point[2 * 600], time[600], first[64 * 6];
    static unsigned char begins[600];
    ic_curve c = { 0, point, time, begins };
    ic_recogniser_options o = quick(32);
    ic_recogniser r;
    ic_recognition a;
    int n, pause, t, shown;
    make_lines(&train, 1, 6);
    fit(&r, &train, 2, &o);
    CHECK(r.pen == 1 && ic_recognition_init(&a, &r) == IC_OK);
    for (n = 9; n <= 600; n = 3 * n / 2)
        for (pause = 1; pause <= 100; pause *= 10) {
            for (t = 0; t < n; t++) {
                point[2 * t] = (ic_real)sin(9.0 * t / n), point[2 * t + 1] = (ic_real)t / (ic_real)n;
                begins[t] = t == 0 || t == n / 2;
                time[t] = (ic_real)(0.01 * (t + (t >= n / 2 ? pause - 1 : 0)));
            }
            c.n = n;
            CHECK(ic_recognise(&r, &c, &a) == IC_OK);
            for (t = shown = 0; t < 32; t++)
                shown += a.prepared[6 * t + 2] > 0;
            CHECK(shown > 0);
            if (pause == 1)
                memcpy(first, a.prepared, numbers_of(&r) * sizeof *first);
            for (t = 0; t < (int)numbers_of(&r); t++)
                if (t % 3 != 2)                               /* the pen is up or down, by a hair at times */
                    CHECK_NEAR(a.prepared[t], first[t], 1e-4);
        }
    ic_recognition_free(&a);
    ic_recogniser_free(&r);
}

/* A prepared curve that is cut off is what would have been prepared of its beginning, the lifted pen too. */
static void test_cut(void)
{
    enum { ALL = 32 };
    ic_recogniser_options o = quick(ALL);
    ic_recogniser r;
    ic_real point[2 * ALL], time[ALL], whole[ALL * 3], cut[ALL * 3], short_one[ALL * 3];
    unsigned char begins[ALL];
    ic_curve c = { ALL, point, time, begins };
    ic_frame frame;
    int at, half, t;
    o.view = IC_VIEW_TIME;
    make_lines(&train, 1, 6);
    fit(&r, &train, 2, &o);
    CHECK(r.pen == 1 && numbers_of(&r) == ALL * 3);
    for (t = 0; t < ALL; t++) {
        point[2 * t] = (ic_real)(t % 8), point[2 * t + 1] = (ic_real)(0.1 * t), time[t] = (ic_real)t;
        begins[t] = t == 0 || t == 10 || t == 20;
    }
    CHECK(ic_p_prepare(&r, &c, whole, &frame) == IC_OK);
    for (at = 2; at < ALL - 1; at++)
        for (half = 0; half < (at < 9 ? 2 : 1); half++) {      /* (half an interval changes the mean, and so the lifts) */
            const ic_real kept[3] = { point[2 * at + 2], point[2 * at + 3], time[at + 1] };
            CHECK(ic_p_cut(&r, whole, (at + 0.5 * half) / (ALL - 1), cut, &frame) == IC_OK);
            c.n = at + 1 + half;
            if (half) {
                point[2 * at + 2] = (ic_real)0.5 * (point[2 * at] + point[2 * at + 2]);
                point[2 * at + 3] = (ic_real)0.5 * (point[2 * at + 1] + point[2 * at + 3]);
                time[at + 1] -= (ic_real)0.5;
            }
            CHECK(ic_p_prepare(&r, &c, short_one, &frame) == IC_OK);
            for (t = 0; t < ALL * 3; t++)
                CHECK_NEAR(cut[t], short_one[t], 1e-3);
            point[2 * at + 2] = kept[0], point[2 * at + 3] = kept[1], time[at + 1] = kept[2];
        }
    ic_recogniser_free(&r);
}

/* Points without extent, wherever they lie and however often they are repeated: all the same curve. */
static void test_dots(void)
{
    ic_recogniser_options o = quick(20);                      /* 20 of a number, summed and divided, need not give it back */
    ic_recogniser r;
    ic_recognition a;
    size_t i;
    int k, t, n;
    make_letters(&train, 1, 2, 6);
    for (k = 0; k < 6; k++) {
        ic_real *p = ink_add(&train, 1 + 3 * k, 2);
        for (t = 0; t < 1 + 3 * k; t++, p += 2)
            p[0] = (ic_real)0.1 * (ic_real)k, p[1] = (ic_real)0.7;
    }
    fit(&r, &train, 3, &o);
    CHECK(count_right(&r, &train) == train.n);
    CHECK(ic_recognition_init(&a, &r) == IC_OK);
    for (k = 0; k < 20; k++) {
        ic_real points[2 * 9], time[9];
        ic_curve c = { 0, NULL, NULL, NULL };
        n = 1 + k % 9;
        c.n = n, c.point = points, c.time = k % 2 ? time : NULL;
        for (t = 0; t < n; t++) {
            points[2 * t] = (ic_real)(0.3 * k), points[2 * t + 1] = (ic_real)(1000.7 - k);
            time[t] = (ic_real)(k % 3 ? 5 : t);               /* also no time in which to move */
        }
        CHECK(ic_recognise(&r, &c, &a) == IC_OK && a.label == 2);
        for (i = 0; i < numbers_of(&r); i++)
            CHECK(fabs((double)a.prepared[i]) < 1e-3);
        CHECK(ic_recognition_explain(&r, &a, NULL, NULL, NULL) == IC_OK);
    }
    ic_recognition_free(&a);
    ic_recogniser_free(&r);
}

/* Strokes of one point each, with times: in a row, in a column. */
static void test_dotted(void)
{
    ic_recogniser_options o = quick(12);
    ic_recogniser r;
    int set, k, t;
    for (set = 0; set < 2; set++) {
        ink *s = set ? &test : &train;
        ink_start(s, 2);
        for (k = 0; k < 20; k++) {
            ic_real *p = ink_add(s, 3, k % 2);
            for (t = 0; t < 3; t++) {
                p[2 * t + k % 2] = (ic_real)t;
                p[2 * t + 1 - k % 2] = (ic_real)(0.05 * ic_normal(1 + (uint64_t)set, (uint64_t)k, (uint64_t)t));
                s->begins[k][t] = 1, s->time[k][t] = (ic_real)t;
            }
            s->curve[k].begins = s->begins[k], s->curve[k].time = s->time[k];
        }
    }
    o.any_order = 1, o.view = IC_VIEW_TIME;
    fit(&r, &train, 2, &o);
    CHECK(count_right(&r, &test) == test.n);
    ic_recogniser_free(&r);
}

/* Waves of three numbers a point, with noise of a tenth of their size and many points, so that they are longer for it. */
static void make_noisy(ink *s, uint64_t seed, int each)
{
    int k, t, j;
    ink_start(s, 3);
    for (k = 0; k < 4 * each; k++) {
        const int c = k % 4, n = 150 + k % 50;
        const double phase = 0.1 * ic_normal(seed, (uint64_t)k, 0), size = 1 + 0.1 * ic_normal(seed, (uint64_t)k, 1);
        ic_real *p = ink_add(s, n, c);
        for (t = 0; t < n; t++) {
            const double u = 6.2832 * t / n, clean[3] = { sin(u * (1 + c) + phase), cos(u * (1 + 2 * c) + phase), u / 6 };
            for (j = 0; j < 3; j++)
                *p++ = (ic_real)(size * clean[j] + 0.06 * ic_normal(seed, (uint64_t)k, (uint64_t)(2 + 3 * t + j)));
        }
    }
}

/* After few samples that are noisy new ones are as usual as was promised: they do not suffer for their noise, which no
   basis has seen. */
static void test_noisy(void)
{
    static const int each[] = { 3, 10 };
    ic_recogniser_options o = quick(32);
    ic_recognition a;
    ic_recogniser r;
    int k, n;
    o.hidden = 32, o.updates = 800;
    make_noisy(&test, 50, 40);
    for (n = 0; n < 2; n++) {
        int unknown = 0, right = 0;
        make_noisy(&train, 60 + (uint64_t)n, each[n]);
        fit(&r, &train, 4, &o);
        CHECK(ic_recognition_init(&a, &r) == IC_OK);
        for (k = 0; k < test.n; k++) {
            CHECK(ic_recognise(&r, &test.curve[k], &a) == IC_OK);
            unknown += !a.known;
            right += a.label == test.label[k];
        }
        CHECK(right >= test.n * 98 / 100);
        CHECK(unknown <= test.n / (1 + 4 * each[n]) + 8);
        ic_recognition_free(&a);
        ic_recogniser_free(&r);
    }
}

/* Where few curves are held out, and all are right, no answer to one of them is certain. */
static void test_certainty(void)
{
    const ic_recogniser_options o = quick(16);
    ic_recogniser_report report;
    ic_recogniser r;
    ic_samples samples;
    make_waves(&train, 1, 2, 4, 5);
    samples = samples_of(&train, 4);
    CHECK(ic_recogniser_fit(&r, &samples, &o, &report) == IC_OK);
    CHECK(report.held_out == 20 && report.accuracy == 1);
    CHECK(report.log_loss > 0.25 / 20 && report.log_loss < 2.0 / 20);
    ic_recogniser_free(&r);
}

/* Curve k of set 0, to learn from, or of another; returns its class. */
typedef int curve_maker(int set, int k, ic_real *y);

enum { SHORT = 24 };                               /* points of such a curve, of one number each */

/* Answers to new curves, or to all points of one (streamed), are no surer than they should be. */
static void check_sure(curve_maker *make, int classes, const ic_recogniser_options *o, int streamed)
{
    enum { SETS = 4 };
    ic_recogniser r;
    ic_recognition a;
    double stated = 0, right = 0;
    int k, t, set;
    for (set = 0; set <= SETS; set++) {
        ink *s = set == 0 ? &train : &test;
        ink_start(s, 1);
        for (k = 0; k < MOST; k++) {
            ic_real *y = ink_add(s, SHORT, 0);
            s->label[k] = make(set, k, y);
        }
        if (set == 0) {
            fit(&r, &train, classes, o);
            CHECK(ic_recognition_init(&a, &r) == IC_OK);
        }
        for (k = 0; k < MOST && set > 0; k++) {
            if (!streamed)
                CHECK(ic_recognise(&r, &s->curve[k], &a) == IC_OK);
            for (t = 0; t < SHORT && streamed; t++)
                CHECK(ic_recognise_point(&r, &s->point[k][t], 0, &a) == IC_OK);
            stated += a.probability[a.label] / (SETS * MOST);
            right += (a.label == s->label[k]) / (double)(SETS * MOST);
            ic_recognise_begin(&a);
        }
    }
    CHECK(right > 0.6 && stated < right + 0.06);
    ic_recognition_free(&a);
    ic_recogniser_free(&r);
}

/* Of two classes that resemble each other one is rare. */
static int make_rare(int set, int k, ic_real *y)
{
    const int label = set == 0 ? k < 4 : k % 2;
    int t, h;
    for (t = 0; t < SHORT; t++) {
        double sum = label * 0.5 * sin(11 * t / 23.0);
        for (h = 0; h < 6; h++)
            sum += (sin(h + 1.0) + 0.35 * ic_normal(5, (uint64_t)(k + 1000 * set), (uint64_t)h)) * sin((h + 1) * 3.1 * t / 23);
        y[t] = (ic_real)sum;
    }
    return label;
}

/* It counts as much as the other. */
static void test_rare(void)
{
    ic_recogniser_options o = quick(16);
    o.updates = 500;
    check_sure(make_rare, 2, &o, 0);
}

/* Three classes of rough curves. */
static int make_rough(int set, int k, ic_real *y)
{
    const uint64_t seed = (uint64_t)(k + 1000 * set);
    const double f = 6 + 0.6 * ic_normal(78, seed, 3), phase = 0.3 * ic_normal(78, seed, 0);
    const double second = k % 3 == 1 ? 0.35 : k % 3 == 2 ? -0.35 : 0;
    int t;
    for (t = 0; t < SHORT; t++)
        y[t] = (ic_real)(sin(f * t / 23 + phase) + second * sin(2 * f * t / 23) + 0.35 * ic_normal(78, seed, (uint64_t)(10 + t)));
    return k % 3;
}

/* Where a view has fewer numbers than the basis, beginnings count as many of them as whole curves do. */
static void test_short(void)
{
    ic_recogniser_options o = quick(8);
    o.updates = 600;
    check_sure(make_rough, 3, &o, 1);
}

static void test_writers(void)
{
    const ic_recogniser_options o = quick(12);
    ic_recogniser_report with, without;
    ic_recogniser r;
    ic_samples samples;
    static int writer[MOST];
    uint64_t hash;
    int k;
    make_letters(&train, 1, 3, 9);
    samples = samples_of(&train, 3);
    CHECK(ic_recogniser_fit(&r, &samples, &o, &without) == IC_OK);
    hash = ic_hash_reals(0, r.model.param, r.model.count);
    ic_recogniser_free(&r);
    for (k = 0; k < train.n; k++)
        writer[k] = -7;                                       /* all of one: as if nothing were known */
    samples.writer = writer;
    CHECK(ic_recogniser_fit(&r, &samples, &o, &with) == IC_OK);
    CHECK(memcmp(&with, &without, sizeof with) == 0 && hash == ic_hash_reals(0, r.model.param, r.model.count));
    ic_recogniser_free(&r);
    for (k = 0; k < train.n; k++)
        writer[k] = 1000 * (k % 3);
    CHECK(ic_recogniser_fit(&r, &samples, &o, &with) == IC_OK);
    CHECK(with.held_out == train.n && with.accuracy > 0.8);
    ic_recogniser_free(&r);
    for (k = 0; k < train.n; k++)
        writer[k] = train.label[k];                           /* one of each class: they tell nothing */
    CHECK(ic_recogniser_fit(&r, &samples, &o, &with) == IC_OK);
    CHECK(memcmp(&with, &without, sizeof with) == 0);
    ic_recogniser_free(&r);
    for (k = 0; k < train.n; k++)
        writer[k] = 0;
    writer[train.n - 1] = 1;                                  /* of one class alone two writers are known: it is held out */
    CHECK(ic_recogniser_fit(&r, &samples, &o, &with) == IC_OK && with.held_out == 9);
    ic_recogniser_free(&r);
}

/* However many energies are held out: with those that are kept, p <= q has at most the probability q, and hardly less. */
static void test_ranks(void)
{
    static int zero[5000];
    static double none[5000], energy[5000];
    ic_samples samples;
    ic_p_fitting f;
    int n, m, k;
    memset(&samples, 0, sizeof samples), memset(&f, 0, sizeof f);
    samples.classes = 1, samples.label = zero;
    f.samples = &samples, f.fold = zero, f.class_energy = none, f.least = energy;
    for (n = 1; n < 5000; n += 1 + n / 3) {
        for (k = 0; k < n; k++)
            energy[k] = (k * 7919) % n + 1;                   /* ranks, in some order: 7919 is a prime */
        f.n = n;
        m = ic_p_held_energies(&f);
        CHECK(m == (n < IC_P_MOST_HELD ? n : IC_P_MOST_HELD));
        for (k = 1; k <= m; k++) {                            /* above the k-th of the kept from the end */
            const double above = (n + 1 - energy[m - k]) / (n + 1);
            CHECK(above <= (double)k / (m + 1) + 1e-12 && above > (double)k / (m + 1) - 1.0 / (n + 1));
        }
    }
}

/* Far from 0 a curve is what rounding leaves of it, and no dot. */
static void test_far(void)
{
    const ic_recogniser_options o = quick(16);
    ic_recogniser r;
    int k, t;
    make_letters(&train, 1, 4, 8);
    fit(&r, &train, 4, &o);
    make_letters(&test, 2, 4, 8);
    for (k = 0; k < test.n; k++)
        for (t = 0; t < 2 * test.curve[k].n; t++)
            test.point[k][t] = 1e6f + 3 * test.point[k][t];
    CHECK(count_right(&r, &test) >= test.n * 8 / 10);
    ic_recogniser_free(&r);
}

/* One number of every point has a large offset that means nothing: the other still tells the classes apart. */
static void test_offset(void)
{
    ic_recogniser_options o = quick(32);
    ic_recogniser r;
    int k, t, right;
    o.updates = 500;
    ink_start(&train, 2);
    for (k = 0; k < 60; k++) {
        ic_real *p = ink_add(&train, 30, k % 3);
        for (t = 0; t < 30; t++, p += 2)
            p[0] = 1e8f, p[1] = (ic_real)(sin((2 + 2 * (k % 3)) * (t / 29.0) + 0.1 * ic_normal(3, (uint64_t)k, 0)));
    }
    fit(&r, &train, 3, &o);
    right = count_right(&r, &train);
    CHECK(right == train.n);
    ic_recogniser_free(&r);
}

/* Starts of strokes are of no effect if no sample has two. */
static void test_one_stroke(void)
{
    static const int orders[2] = { 0, 1 };
    ic_recognition a;
    ic_recogniser r;
    int k, j;
    make_letters(&train, 1, 4, 8);
    for (k = 0; k < 2; k++) {
        ic_recogniser_options o = quick(16);
        ic_real plain[MOST];
        ic_curve c = train.curve[0];
        o.any_order = orders[k];
        fit(&r, &train, 4, &o);
        CHECK(r.pen == 0 && ic_recognition_init(&a, &r) == IC_OK && numbers_of(&r) <= MOST);
        memset(train.time[0], 0, sizeof train.time[0]);
        for (j = 0; j < c.n; j++)
            train.time[0][j] = (ic_real)(j < c.n / 2 ? j : j + 15);
        c.time = train.time[0];
        CHECK(ic_recognise(&r, &c, &a) == IC_OK);
        memcpy(plain, a.prepared, numbers_of(&r) * sizeof *plain);
        c.begins = train.begins[0];
        train.begins[0][c.n / 2] = 1;
        CHECK(ic_recognise(&r, &c, &a) == IC_OK && memcmp(plain, a.prepared, numbers_of(&r) * sizeof *plain) == 0);
        train.begins[0][c.n / 2] = 0;
        ic_recognition_free(&a);
        ic_recogniser_free(&r);
    }
}

/* Times that rise between strokes alone say nothing about how fast the pen was. */
static void test_stroke_times(void)
{
    ic_recogniser_options o = quick(32);
    ic_real plain[32 * 3 * 2];
    ic_curve c;
    ic_recogniser r;
    ic_recognition a;
    int t;
    o.view = IC_VIEW_TIME;
    make_lines(&train, 1, 6);
    fit(&r, &train, 2, &o);
    CHECK(r.pen == 1 && ic_recognition_init(&a, &r) == IC_OK);
    c = train.curve[0];
    c.time = NULL;
    CHECK(ic_recognise(&r, &c, &a) == IC_OK);
    memcpy(plain, a.prepared, numbers_of(&r) * sizeof *plain);
    for (t = 0; t < c.n; t++)
        train.time[0][t] = (ic_real)((t > 0 ? train.time[0][t - 1] : 0) + (t > 0 && c.begins[t]));
    c.time = train.time[0];
    CHECK(c.time[c.n - 1] > 0 && ic_recognise(&r, &c, &a) == IC_OK);
    CHECK(memcmp(plain, a.prepared, numbers_of(&r) * sizeof *plain) == 0);

    /* A last stroke of one point, where the pen was lifted, is seen along the curve, too. */
    ic_recognition_free(&a);
    ic_recogniser_free(&r);
    o.view = IC_VIEW_LENGTH;
    fit(&r, &train, 2, &o);
    CHECK(ic_recognition_init(&a, &r) == IC_OK);
    c.time = NULL;
    CHECK(ic_recognise(&r, &c, &a) == IC_OK && a.prepared[32 * 3 - 1] == 0);
    memcpy(train.point[0] + 2 * c.n, train.point[0] + 2 * (c.n - 1), 2 * sizeof(ic_real));
    train.begins[0][c.n++] = 1;
    CHECK(ic_recognise(&r, &c, &a) == IC_OK && a.prepared[32 * 3 - 1] == IC_P_PEN);
    ic_recognition_free(&a);
    ic_recogniser_free(&r);
}

/* Of points that do not move next to nothing can be known, however many there are. */
static void test_rest(void)
{
    ic_recogniser_options o = quick(16);
    ic_recogniser r;
    ic_recognition a;
    int k, turned;
    make_letters(&train, 1, 4, 8);
    for (turned = 0; turned < 2; turned++) {
        o.any_rotation = turned;
        fit(&r, &train, 4, &o);
        CHECK(ic_recognition_init(&a, &r) == IC_OK);
        for (k = 0; k < 600; k++) {
            CHECK(ic_recognise_point(&r, train.point[0], 0, &a) == IC_OK);
            CHECK(k ? a.probability[a.label] < 0.35 : a.probability[a.label] == 0.25);
        }
        ic_recognition_free(&a);
        ic_recogniser_free(&r);
    }
}

/* -- bytes ------------------------------------------------------------------------------------------------- */

static unsigned char *encoded(const ic_recogniser *r, size_t *size)
{
    unsigned char *bytes;
    *size = ic_recogniser_encoded_bytes(r);
    bytes = (unsigned char *)malloc(*size);
    ic_recogniser_encode(r, bytes);
    return bytes;
}

static void put_checksum(unsigned char *bytes, size_t size)
{
    const uint64_t sum = ic_hash(0, bytes, size - 8);
    int k;
    for (k = 0; k < 8; k++)                       /* ic_p_put here makes gcc -m32 warn of sizes that cannot be */
        bytes[size - 8 + (size_t)k] = (unsigned char)(sum >> (8 * k));
}

/* What is accepted can be used, and is written as it was read.  In a block of exactly this size. */
static ic_status decode(const unsigned char *bytes, size_t size)
{
    unsigned char *exact = (unsigned char *)malloc(size + !size), *again;
    ic_recogniser r;
    ic_status status;
    size_t size_again;
    memcpy(exact, bytes, size);
    status = ic_recogniser_decode(&r, exact, size);
    CHECK((r.owned != NULL) == (status == IC_OK));
    if (status == IC_OK) {
        static const ic_real points[3 * IC_MAX_SPACE] = { 0, 1, 2, 3, 1, 1, 1, 0, 2, 5, 0, 1 };
        const ic_curve c = { 3, points, NULL, NULL };
        ic_real *drawn = (ic_real *)malloc((size_t)r.options.steps * (size_t)r.dims * sizeof *drawn);
        const ic_real style[IC_MAX_STYLES] = { 1, -1 };
        ic_recognition a;
        int k;
        CHECK(ic_recognition_init(&a, &r) == IC_OK);
        if (ic_recognise(&r, &c, &a) == IC_OK) {
            check_shares(&r, &a);
            ic_recognition_explain(&r, &a, NULL, drawn, NULL);
        }
        ic_recognise_begin(&a);
        for (k = 0; k < c.n; k++)
            if (ic_recognise_point(&r, points + k * r.dims, k == 1, &a) == IC_OK)
                check_shares(&r, &a);
        ic_recogniser_draw(&r, 0, style, drawn, NULL);
        ic_recognition_free(&a);
        free(drawn);
        again = encoded(&r, &size_again);
        CHECK(size == size_again && memcmp(exact, again, size) == 0);
        free(again);
        ic_recogniser_free(&r);
    }
    free(exact);
    return status;
}

/* A small one: three classes of waves, one of them with two types. */
static void fit_small(ic_recogniser *r)
{
    ic_recogniser_options o = quick(6);
    o.hidden = 4, o.updates = 10, o.view = IC_VIEW_TIME, o.styles = 1, o.types = 2;
    make_waves(&train, 1, 1, 2, 8);
    fit(r, &train, 2, &o);
}

static void test_bytes(void)
{
    const char *nowhere = "test_recogniser.nowhere/model";
    ic_recogniser_options o = quick(8);
    ic_recogniser r, back;
    ic_recognition a, b;
    ic_real drawn[2][64], style[2] = { 1, -1 }, kept;
    unsigned char *bytes, *again;
    size_t size, size_again, k, step;
    FILE *file;
    int i, accepted = 0, refused = 0;

    /* The same bytes, and the same answers from a file. */
    bytes = encoded(&letters, &size);
    CHECK(ic_recogniser_decode(&back, bytes, size) == IC_OK);
    again = encoded(&back, &size_again);
    CHECK(size == size_again && memcmp(bytes, again, size) == 0);
    ic_recogniser_free(&back);
    free(again);
    CHECK(ic_recogniser_save(&letters, path) == IC_OK && ic_recogniser_load(&back, path) == IC_OK);
    CHECK(memcmp(&back.options, &letters.options, sizeof back.options) == 0 && back.threshold == letters.threshold);
    make_letters(&test, 2, LETTERS, 2);
    CHECK(ic_recognition_init(&a, &letters) == IC_OK && ic_recognition_init(&b, &back) == IC_OK);
    for (i = 0; i < test.n; i++) {
        CHECK(ic_recognise(&letters, &test.curve[i], &a) == IC_OK && ic_recognise(&back, &test.curve[i], &b) == IC_OK);
        CHECK(memcmp(a.probability, b.probability, LETTERS * sizeof(double)) == 0 && a.energy == b.energy);
        CHECK(a.p_value == b.p_value && a.known == b.known);
        CHECK(ic_recognition_explain(&letters, &a, NULL, drawn[0], NULL) == IC_OK);
        CHECK(ic_recognition_explain(&back, &b, NULL, drawn[1], NULL) == IC_OK);
        CHECK(memcmp(drawn[0], drawn[1], sizeof drawn[0]) == 0);
    }
    CHECK(ic_recogniser_draw(&letters, 1, style, drawn[0], NULL) == IC_OK && ic_recogniser_draw(&back, 1, style, drawn[1], NULL) == IC_OK);
    CHECK(memcmp(drawn[0], drawn[1], sizeof drawn[0]) == 0);
    ic_recogniser_free(&back);
    ic_recognition_free(&a);
    ic_recognition_free(&b);

    /* Files: where none can be written the old one stays; what is cut off is refused. */
    CHECK(ic_recogniser_save(&letters, nowhere) == IC_E_OPEN);
    CHECK(ic_recogniser_save(&back, path) == IC_E_ARGUMENT);     /* freed above */
    CHECK(ic_recogniser_load(&back, nowhere) == IC_E_OPEN && back.owned == NULL);
    CHECK(ic_recogniser_load(&back, path) == IC_OK);
    kept = back.model.param[7], back.model.param[7] = (ic_real)NAN;
    CHECK(ic_recogniser_save(&back, path) == IC_E_NOT_FINITE);
    back.model.param[7] = kept;
    ic_recogniser_free(&back);
    file = fopen(path, "wb");
    CHECK(file && fwrite(bytes, 1, size - 1, file) == size - 1 && fclose(file) == 0);
    CHECK(ic_recogniser_load(&back, path) == IC_E_TRUNCATED && back.owned == NULL);
    remove(path);
    free(bytes);

    /* Damage of every kind, to a small one. */
    fit_small(&r);
    bytes = encoded(&r, &size);
    CHECK(size < 60000 && decode(bytes, size) == IC_OK);
    step = size / 500 + 1;
    for (k = 0; k < size; k += k < 400 ? 1 : step) {
        const ic_status status = decode(bytes, k);
        CHECK(status == (k < 8 ? IC_E_FORMAT : IC_E_TRUNCATED));
    }
    again = (unsigned char *)calloc(size + 1, 1);
    memcpy(again, bytes, size);
    CHECK(decode(again, size + 1) == IC_E_TRUNCATED);
    for (k = 0; k < size; k += k < 400 ? 1 : step) {          /* a flipped bit is noticed */
        again[k] ^= 0x10;
        CHECK(decode(again, size) != IC_OK);
        CHECK(k < IC_P_RECOGNISER_HEAD || decode(again, size) == IC_E_CHECKSUM);
        again[k] ^= 0x10;
    }
    again[8]++;
    put_checksum(again, size);
    CHECK(decode(again, size) == IC_E_VERSION);
    again[8]--;
    for (k = 0; k < size - 8; k += k < 400 ? 1 : step)        /* with the checksum put right it is judged by itself */
        for (i = 0; i < 3; i++) {
            const unsigned char was = again[k];
            ic_status status;
            again[k] = (unsigned char)(i == 0 ? was ^ 0x80 : i == 1 ? was + 1 : 0xff);
            put_checksum(again, size);
            status = decode(again, size);
            accepted += status == IC_OK;
            refused += status != IC_OK;
            CHECK(status == IC_OK || status == IC_E_FORMAT || status == IC_E_TRUNCATED || status == IC_E_VERSION);
            again[k] = was;
        }
    CHECK(accepted > 100 && refused > 100);
    /* Sizes beyond all bounds are refused before anything is allocated or counted up. */
    for (k = 12; k < 12 + 14 * 4; k += 4)
        for (i = 0; i < 4; i++) {
            static const uint32_t absurd[4] = { 0x7fffffff, 0xffffffff, 1u << 20, 4096 };
            memcpy(again, bytes, size);
            ic_p_put(again + k, absurd[i], 4);
            put_checksum(again, size);
            CHECK(decode(again, size) != IC_OK);
        }
    free(bytes), free(again);
    /* A class that no vertex stands for could not be drawn. */
    for (i = 0; i < r.explainer.vertices; i++)
        r.explainer.label[i] = 0;
    bytes = encoded(&r, &size);
    CHECK(decode(bytes, size) == IC_E_FORMAT);
    free(bytes);
    ic_recogniser_free(&r);
    /* What fitting refuses or cannot choose: place without size, rotation in one dimension, a temperature near 0. */
    fit_small(&r);
    for (i = 0; i <= 11; i++) {
        const double first = (double)r.held_out[0];
        ic_recogniser odd = r;
        odd.options.keep_place = i == 0;
        odd.options.any_rotation = i == 1;
        odd.temperature = i == 2 ? 5e-324 : i == 3 ? 1e308 : r.temperature;
        odd.unit = i == 4 ? 2 : 1;
        odd.options.false_alarm = i == 5 ? -7 : i == 6 ? 1.5 : 1;
        odd.explainer.options.smooth = i == 7 ? -1 : 1;
        odd.explainer.options.length = i == 8 ? 0 : 1;
        odd.explainer.rest = i == 9 ? 1.5 : 1;
        if (i == 10)
            odd.held_out[0] = odd.held_out[odd.held - 1] + 1;
        bytes = encoded(&odd, &size);
        CHECK(decode(bytes, size) == (i < 11 ? IC_E_FORMAT : IC_OK));
        odd.held_out[0] = (ic_real)first;
        free(bytes);
    }
    ic_recogniser_free(&r);
    /* Drawings as large as numbers can be: used without a fault. */
    o.styles = -1;
    make_letters(&train, 1, 2, 10);
    fit(&r, &train, 2, &o);
    for (k = 0; k < (size_t)r.explainer.vertices * numbers_of(&r); k++)
        r.explainer.drawn[k] = (ic_real)(k / (size_t)r.explainer.outputs % 2 ? 3e38 : -3e38);
    bytes = encoded(&r, &size);
    CHECK(decode(bytes, size) == IC_OK);
    free(bytes);
    ic_recogniser_free(&r);
}

/* -- learning more ----------------------------------------------------------------------------------------- */

static void test_add(void)
{
    const ic_recogniser_options o = quick(16);
    char too_long[IC_NAME + 1];
    static int before[MOST];
    ic_recogniser r;
    ic_recognition a;
    ic_real drawn[2 * 16], bad[2] = { (ic_real)NAN, 0 };
    ic_curve c = { 1, NULL, NULL, NULL };
    unsigned char *bytes, *again;
    size_t size, size_again;
    int k, t, changed = 0, right = 0, known = 0, vertices;
    make_letters(&train, 1, LETTERS, EACH);
    make_letters(&test, 2, LETTERS, EACH);
    fit(&r, &train, LETTERS, &o);
    vertices = r.explainer.vertices;
    CHECK(ic_recognition_init(&a, &r) == IC_OK);
    for (k = 0; k < test.n; k++) {
        CHECK(ic_recognise(&r, &test.curve[k], &a) == IC_OK);
        before[k] = a.label;
    }

    /* What is refused changes nothing. */
    bytes = encoded(&r, &size);
    memset(too_long, 'x', IC_NAME);
    too_long[IC_NAME] = 0;
    c.point = bad;
    CHECK(ic_recogniser_add(&r, &test.curve[0], -1, NULL) == IC_E_ARGUMENT);
    CHECK(ic_recogniser_add(&r, &test.curve[0], LETTERS + 1, "w") == IC_E_ARGUMENT);
    CHECK(ic_recogniser_add(&r, &test.curve[0], LETTERS, too_long) == IC_E_ARGUMENT);
    CHECK(ic_recogniser_add(&r, &test.curve[0], 0, "old") == IC_E_ARGUMENT);      /* it has a name */
    CHECK(ic_recogniser_add(&r, &c, LETTERS, "w") == IC_E_NOT_FINITE);
    CHECK(ic_recogniser_add(&r, NULL, LETTERS, "w") == IC_E_ARGUMENT);
    again = encoded(&r, &size_again);
    CHECK(size == size_again && memcmp(bytes, again, size) == 0);
    free(bytes), free(again);

    /* A new class from one sample; the old ones are not lost. */
    make_letters(&other, 3, PEN_CLASSES, 6);
    k = (PEN_CLASSES - 3) * 6;                                /* the letter w */
    too_long[IC_NAME - 1] = 0;                                /* now the longest that fits */
    CHECK(ic_recogniser_add(&r, &other.curve[k], LETTERS, too_long) == IC_OK);
    CHECK(r.classes == LETTERS + 1 && r.explainer.vertices == vertices + 1);
    CHECK(strcmp(r.name[LETTERS], too_long) == 0 && strcmp(r.name[0], "0") == 0);
    CHECK(ic_recognise(&r, &test.curve[0], &a) == IC_E_MISMATCH);                 /* an answer of before */
    ic_recognition_free(&a);
    CHECK(ic_recognition_init(&a, &r) == IC_OK);
    for (k = 0; k < test.n; k++) {
        CHECK(ic_recognise(&r, &test.curve[k], &a) == IC_OK);
        check_answer(&r, &a, 1);
        changed += a.label != before[k];
    }
    CHECK(changed <= 1);
    for (k = known = 0; k < 6; k++) {
        CHECK(ic_recognise(&r, &other.curve[(PEN_CLASSES - 3) * 6 + k], &a) == IC_OK);
        right += a.label == LETTERS;
        known += a.known;
    }
    CHECK(right >= 5 && known >= 5);
    /* So are its beginnings, by the covariance that was kept for it; and there is one for the next class. */
    for (k = right = 0; k < 6; k++) {
        const ic_curve *w = &other.curve[(PEN_CLASSES - 3) * 6 + k];
        ic_recognise_begin(&a);
        for (t = 0; t < w->n * 4 / 5; t++)
            CHECK(ic_recognise_point(&r, w->point + (ptrdiff_t)(2 * t), 0, &a) == IC_OK);
        right += a.label == LETTERS;
    }
    CHECK(right >= 4);
    for (k = 0; k < IC_PARTS; k++) {
        const ic_mixture *m = &r.part[k];
        const size_t square = 2 * (size_t)m->axes * (size_t)m->axes;         /* of both views */
        CHECK(memcmp(m->whiten + LETTERS * square, m->whiten + (LETTERS + 1) * square, square * sizeof *m->whiten) == 0);
        CHECK(memcmp(m->whiten, m->whiten + LETTERS * square, square * sizeof *m->whiten) != 0);
        CHECK(m->log_det[LETTERS] == m->log_det[LETTERS + 1]);
    }
    /* It is drawn as it was shown, in whatever style. */
    CHECK(ic_recogniser_draw(&r, LETTERS, NULL, drawn, NULL) == IC_OK);
    CHECK(ic_recognise(&r, &other.curve[(PEN_CLASSES - 3) * 6], &a) == IC_OK && a.label == LETTERS && a.vertex == vertices);
    for (k = 0; k < 2 * 16; k++)
        CHECK(drawn[k] == a.prepared[k / 2 * r.explainer.outputs + k % 2]);
    ic_recognition_free(&a);

    /* Another sample of an old class, one of the new one, and a class without a name. */
    CHECK(ic_recogniser_add(&r, &other.curve[0], 0, NULL) == IC_OK && r.classes == LETTERS + 1);
    CHECK(ic_recogniser_add(&r, &other.curve[(PEN_CLASSES - 3) * 6 + 1], LETTERS, NULL) == IC_OK && r.classes == LETTERS + 1);
    CHECK(ic_recogniser_add(&r, &other.curve[6 * (PEN_CLASSES - 1)], LETTERS + 1, NULL) == IC_OK && r.classes == LETTERS + 2);
    CHECK(strcmp(r.name[LETTERS + 1], "7") == 0 && r.explainer.vertices == vertices + 4);
    CHECK(count_right(&r, &test) >= test.n * 95 / 100);
    bytes = encoded(&r, &size);
    CHECK(decode(bytes, size) == IC_OK);
    free(bytes);
    ic_recogniser_free(&r);

    /* What was added is known from then on, also beside classes of little scatter whose basis does not hold it; what
       was never seen is not. */
    make_waves(&train, 1, 2, 3, 10);
    fit(&r, &train, 3, &o);
    ink_start(&other, 2);
    for (k = 0; k < 20; k++) {
        ic_real *p = ink_add(&other, 60, k % 2);
        for (t = 0; t < 60; t++) {                            /* spirals of three turns; zigzags of nine strokes */
            p[2 * t] = (ic_real)(k % 2 ? t : t * cos(0.3 * t));
            p[2 * t + 1] = (ic_real)(k % 2 ? 9 * fabs(fmod(0.15 * t, 2) - 1) : t * sin(0.3 * t));
            p[2 * t] += (ic_real)(0.3 * ic_normal(5, (uint64_t)k, (uint64_t)t));
        }
    }
    CHECK(ic_recogniser_add(&r, &other.curve[0], 3, "spiral") == IC_OK);
    CHECK(ic_recognition_init(&a, &r) == IC_OK);
    for (k = 0; k < 20; k++) {
        CHECK(ic_recognise(&r, &other.curve[k], &a) == IC_OK);
        check_answer(&r, &a, 1);
        CHECK(k % 2 ? !a.known : a.label == 3 && a.known);
    }
    CHECK(count_right(&r, &train) == train.n);
    ic_recognition_free(&a);
    ic_recogniser_free(&r);
}

/* -- unfinished curves -------------------------------------------------------------------------------------- */

/* The last point that was given is the last of the prepared curve. */
static void check_newest(const ic_recogniser *r, const ic_recognition *a, const ic_real *p)
{
    const ic_real *last = a->prepared + (ptrdiff_t)((r->explainer.steps - 1) * r->explainer.outputs);
    int k;
    for (k = 0; k < 2; k++)
        CHECK_NEAR(a->frame.place[k] + a->frame.size * (double)last[k], p[k], 1e-3 * a->frame.size);
}

static void test_unfinished(void)
{
    enum { LONG = 1300 };
    static ic_real points[2 * LONG];
    ic_recognition a, b;
    ic_curve c = { LONG, NULL, NULL, NULL };
    double half = 0, done = 0;
    int k, t, same = 0, early = 0, most = 0;
    make_letters(&test, 2, LETTERS, 4);
    CHECK(ic_recognition_init(&a, &letters) == IC_OK && ic_recognition_init(&b, &letters) == IC_OK);
    for (k = 0; k < test.n; k++) {
        const int n = test.curve[k].n;
        ic_recognise_begin(&a);
        for (t = 0; t < n; t++) {
            CHECK(ic_recognise_point(&letters, test.point[k] + (ptrdiff_t)(2 * t), t == 0, &a) == IC_OK);
            if (t % 10 == 0)
                check_answer(&letters, &a, 0);
            CHECK(t > 0 || a.probability[a.label] < 1.001 / letters.classes);        /* a point alone says nothing */
            if (t == n * 3 / 4)
                early += a.label == test.label[k];
            half += t == n / 2 ? a.done : 0;
        }
        CHECK(ic_recognise(&letters, &test.curve[k], &b) == IC_OK);
        CHECK(apart(&letters, &a, &b) == 0);                  /* all points: the same curve */
        done += a.done;
        same += a.label == b.label;
    }
    /* A whole curve in between: what comes then is a new one. */
    ic_recognise_begin(&b);
    CHECK(ic_recognise_point(&letters, test.point[0], 0, &b) == IC_OK);
    ic_recognise_begin(&a);
    for (t = 0; t < 5; t++)
        CHECK(ic_recognise_point(&letters, test.point[3] + (ptrdiff_t)(2 * t), 0, &a) == IC_OK);
    CHECK(ic_recognise(&letters, &test.curve[5], &a) == IC_OK);
    CHECK(ic_recognise_point(&letters, test.point[0], 0, &a) == IC_OK && apart(&letters, &a, &b) == 0);
    CHECK(half > 0.3 * test.n && half < 0.75 * test.n && done > 0.9 * test.n);
    CHECK(same >= test.n * 8 / 10 && early >= test.n * 7 / 10);

    /* More points than are kept: no more work for each, the newest always among them, the answer nearly the same. */
    c.point = points;
    for (t = 0; t < LONG; t++) {
        const double at = (double)t * (test.curve[7].n - 1) / (LONG - 1);
        for (k = 0; k < 2; k++) {
            const ic_real *p = test.point[7] + (ptrdiff_t)(2 * (int)at + k);
            points[2 * t + k] = (ic_real)((double)p[0] + (at - (int)at) * (double)(at > (int)at ? p[2] - p[0] : 0));
        }
    }
    ic_recognise_begin(&a);
    for (t = 0; t < LONG; t++) {
        CHECK(ic_recognise_point(&letters, points + (ptrdiff_t)(2 * t), 0, &a) == IC_OK);
        check_newest(&letters, &a, points + (ptrdiff_t)(2 * t));
        most = a.stream->kept > most ? a.stream->kept : most;
    }
    CHECK(most == IC_P_STREAM);
    CHECK(ic_recognise(&letters, &c, &b) == IC_OK);
    CHECK(apart(&letters, &a, &b) < 0.05 && a.label == b.label);
    points[0] = (ic_real)NAN;
    CHECK(ic_recognise_point(&letters, points, 0, &a) == IC_E_NOT_FINITE);
    ic_recognition_free(&a);
    ic_recognition_free(&b);
}

/* -- explanations -------------------------------------------------------------------------------------------- */

static void test_explanation(void)
{
    ic_recognition a, b;
    ic_adjustment found, same;
    ic_curve moved;
    ic_real drawn[2 * 32], drawn_moved[2 * 32], to[2 * POINTS];
    const ic_real pose[2][2] = { { (ic_real)0.06, (ic_real)0.1 }, { (ic_real)-0.05, (ic_real)-0.08 } };
    double error = 0;
    int k, t, j;
    make_letters(&test, 2, LETTERS, 3);
    CHECK(ic_recognition_init(&a, &letters) == IC_OK && ic_recognition_init(&b, &letters) == IC_OK);
    for (j = 0; j < 2; j++) {                                 /* nothing was recognised: all classes alike */
        CHECK(ic_recognition_explain(&letters, &a, &found, drawn, NULL) == IC_E_ARGUMENT);
        for (k = 0; k < LETTERS; k++)
            CHECK(a.order[k] == k && fabs(a.probability[k] - 1.0 / LETTERS) < 1e-15);
        CHECK(a.done == 0 && a.label == 0 && a.known == 0);
        CHECK(ic_recognise(&letters, &test.curve[j], &a) == IC_OK);
        moved = test.curve[0], moved.n = 0;
        CHECK(ic_recognise(&letters, &moved, &a) == IC_E_ARGUMENT);       /* nor is anything left of the last answer */
    }
    for (k = 0; k < test.n; k++) {
        const int outputs = letters.explainer.outputs;
        CHECK(ic_recognise(&letters, &test.curve[k], &a) == IC_OK);
        CHECK(ic_recognition_explain(&letters, &a, &found, drawn, NULL) == IC_OK);
        for (t = 0; t < 32; t++)
            for (j = 0; j < 2; j++) {
                const double d = (a.frame.place[j] + a.frame.size * (double)a.prepared[t * outputs + j]) - (double)drawn[2 * t + j];
                error += d * d / 32 / (a.frame.size * a.frame.size);
            }
        move(&test.curve[k], 4, 0, 1024, -512, &moved, to);   /* the drawing moves with the curve */
        CHECK(ic_recognise(&letters, &moved, &b) == IC_OK && ic_recognition_explain(&letters, &b, &same, drawn_moved, NULL) == IC_OK);
        for (t = 0; t < 32; t++) {
            CHECK_NEAR(drawn_moved[2 * t], 4 * (double)drawn[2 * t] + 1024, 0.5);
            CHECK_NEAR(drawn_moved[2 * t + 1], 4 * (double)drawn[2 * t + 1] - 512, 0.5);
        }
        /* Half of it: the drawing goes on to the end. */
        ic_recognise_begin(&a);
        for (t = 0; t < test.curve[k].n / 2; t++)
            CHECK(ic_recognise_point(&letters, test.point[k] + (ptrdiff_t)(2 * t), 0, &a) == IC_OK);
        CHECK(ic_recognition_explain(&letters, &a, NULL, drawn, NULL) == IC_OK);
        for (t = 0; t < 64; t++)
            CHECK(drawn[t] - drawn[t] == 0 && fabs((double)drawn[t]) < 1000);
    }
    CHECK(error < 0.1 * test.n);                              /* of 1, the curves' own variance */
    ic_recognition_free(&a);
    ic_recognition_free(&b);
    /* A drawing, posed: the adjustment takes most of that back, from the drawing to the curve. */
    for (k = 0; k < letters.explainer.vertices; k++) {
        const ic_real *f = letters.explainer.drawn + (size_t)k * numbers_of(&letters);
        ic_real y[32 * 4], plain[32 * 4], changed[32 * 4];
        double before = 0, after = 0;
        for (t = 0; t < 32 * 4; t += 2)
            for (j = 0; j < 2; j++)
                y[t + j] = f[t + j] + pose[j][0] * f[t] + pose[j][1] * f[t + 1];
        ic_explainer_adjust(&letters.explainer, k, y, &found);
        CHECK(ic_p_draw_style(&letters, k, found.style, plain) == IC_OK);
        ic_p_apply(&letters.explainer, plain, &found, changed);
        for (t = 0; t < 32 * 4; t++) {
            before += ((double)y[t] - (double)f[t]) * ((double)y[t] - (double)f[t]);
            after += ((double)y[t] - (double)changed[t]) * ((double)y[t] - (double)changed[t]);
        }
        CHECK(after < 0.1 * before);
    }
}

static void test_drawing(void)
{
    ic_real usual[2 * 32], styled[2 * 32], style[2] = { 0, 0 };
    double square = 0;
    int c, t;
    for (c = 0; c < LETTERS; c++) {
        CHECK(ic_recogniser_draw(&letters, c, NULL, usual, NULL) == IC_OK && ic_recogniser_draw(&letters, c, style, styled, NULL) == IC_OK);
        for (t = 0, square = 0; t < 2 * 32; t++) {
            CHECK_NEAR(usual[t], styled[t], 1e-5);            /* the usual style is 0 */
            square += (double)usual[t] * (double)usual[t] / 32;
        }
        CHECK(square > 0.5 && square < 1.5);
    }
    CHECK(ic_recogniser_draw(&letters, -1, NULL, usual, NULL) == IC_E_ARGUMENT);
    CHECK(ic_recogniser_draw(&letters, LETTERS, NULL, usual, NULL) == IC_E_ARGUMENT);
    CHECK(ic_recogniser_draw(&letters, 0, NULL, NULL, NULL) == IC_E_ARGUMENT);
    CHECK(ic_recogniser_draw(NULL, 0, NULL, usual, NULL) == IC_E_ARGUMENT);
    style[1] = (ic_real)NAN;
    CHECK(ic_recogniser_draw(&letters, 0, style, usual, NULL) == IC_E_NOT_FINITE);
}

/* Wrong arithmetic is noticed by whoever only loads and recognises, as it is by the network. */
static void test_arithmetic(void)
{
#ifdef FE_UPWARD
    ic_recognition a;
    unsigned char *bytes;
    ic_recogniser r;
    ic_status expected;
    size_t size;
    bytes = encoded(&letters, &size);
    CHECK(ic_recogniser_decode(&r, bytes, size) == IC_OK);
    if (fesetround(FE_UPWARD) == 0) {
        ic_status init, add;
        expected = ic_p_arithmetic_ok(ic_p_kernels_for(IC_ISA_BEST));
        init = ic_recognition_init(&a, &r);
        add = ic_recogniser_add(&r, &train.curve[0], 0, NULL);
        fesetround(FE_TONEAREST);
        CHECK(init == expected && add == expected);
        ic_recognition_free(&a);
    }
    ic_recogniser_free(&r);
    free(bytes);
#endif
}

/* -- threads and bytes ------------------------------------------------------------------------------------- */

enum { TEAM = 3 };
#if IC_P_THREADS
static double answers[TEAM][MOST];

/* One of a team that shares the recogniser, the curves, and nothing else. */
static void *one_of_team(void *argument)
{
    double *mine = (double *)argument;
    ic_recognition a;
    ic_real drawn[2 * 32];
    int k;
    if (ic_recognition_init(&a, &letters) != IC_OK)
        return NULL;
    for (k = 0; k < test.n; k++)
        mine[k] = ic_recognise(&letters, &test.curve[k], &a) == IC_OK && ic_recognition_explain(&letters, &a, NULL, drawn, NULL) == IC_OK
                ? a.energy + a.probability[0] + (double)drawn[5] : (double)NAN;
    ic_recognition_free(&a);
    return NULL;
}
#endif

static void test_threads(void)
{
    ic_recogniser_options o = quick(12);
    ic_recogniser r;
    unsigned char *bytes[2];
    size_t size[2];
    int k;
#if IC_P_THREADS
    pthread_t team[TEAM];
    make_letters(&test, 2, LETTERS, 4);
    for (k = 0; k < TEAM; k++)
        CHECK(pthread_create(&team[k], NULL, one_of_team, answers[k]) == 0);
    for (k = 0; k < TEAM; k++)
        CHECK(pthread_join(team[k], NULL) == 0);
    for (k = 0; k < test.n; k++)
        CHECK(answers[0][k] > -1e9 && answers[0][k] == answers[1][k] && answers[0][k] == answers[2][k]);
#endif
    make_letters(&train, 1, 3, 6);
    for (k = 0; k < 2; k++) {
        o.threads = 1 + k;
        fit(&r, &train, 3, &o);
        r.options.threads = 0;
        bytes[k] = encoded(&r, &size[k]);
        ic_recogniser_free(&r);
    }
    CHECK(size[0] == size[1] && memcmp(bytes[0], bytes[1], size[0]) == 0);
    free(bytes[0]), free(bytes[1]);
}

/* -- what is refused ---------------------------------------------------------------------------------------- */

static ic_status try_fit(const ic_samples *s, const ic_recogniser_options *o)
{
    ic_recogniser r;
    const ic_status status = ic_recogniser_fit(&r, s, o, NULL);
    CHECK((r.owned != NULL) == (status == IC_OK));
    ic_recogniser_free(&r);
    return status;
}

#define REFUSES(change, status)                                  \
    do {                                                         \
        ic_recogniser_options o = quick(8);                      \
        ic_samples s = samples_of(&train, 2);                    \
        change;                                                  \
        CHECK(try_fit(&s, &o) == (status));                      \
    } while (0)

static void test_refusals(void)
{
    static const char *names[2] = { "left", "right" }, *missing[2] = { "left", NULL };
    static const char *too_long[2] = { "left", "a name of thirty-two letters ....." };
    static ic_curve curve[MOST];
    ic_real *point = train.point[3];
    ic_recognition a, b;
    ic_recogniser r;
    make_letters(&train, 1, 2, 4);
    REFUSES((void)0, IC_OK);
    REFUSES(s.name = names, IC_OK);
    REFUSES(o.steps = 3, IC_E_OPTION);
    REFUSES(o.steps = 129, IC_E_OPTION);
    REFUSES(o.steps = -1, IC_E_OPTION);
    REFUSES(o.view = (ic_view)3, IC_E_OPTION);
    REFUSES(o.view = (ic_view)-1, IC_E_OPTION);
    REFUSES(o.keep_place = 2, IC_E_OPTION);
    REFUSES(o.keep_size = -1, IC_E_OPTION);
    REFUSES(o.any_rotation = 2, IC_E_OPTION);
    REFUSES(o.any_order = 2, IC_E_OPTION);
    REFUSES(o.keep_place = 1, IC_E_CONFLICT);
    REFUSES(o.any_rotation = o.keep_place = o.keep_size = 1, IC_E_CONFLICT);
    REFUSES(o.any_rotation = o.any_order = 1, IC_E_CONFLICT);
    REFUSES(o.types = -1, IC_E_OPTION);
    REFUSES(o.types = 33, IC_E_OPTION);
    REFUSES(o.styles = -2, IC_E_OPTION);
    REFUSES(o.styles = IC_MAX_STYLES + 1, IC_E_OPTION);
    REFUSES(o.hidden = -1, IC_E_OPTION);
    REFUSES(o.hidden = 1025, IC_E_OPTION);
    REFUSES(o.updates = -1, IC_E_OPTION);
    REFUSES(o.false_alarm = -0.1, IC_E_OPTION);
    REFUSES(o.false_alarm = 1.1, IC_E_OPTION);
    REFUSES(o.false_alarm = (double)NAN, IC_E_OPTION);
    REFUSES(o.threads = -1, IC_E_OPTION);
    REFUSES(s.n = 0, IC_E_ARGUMENT);
    REFUSES(s.n = -1, IC_E_ARGUMENT);
    REFUSES(s.dims = 0, IC_E_ARGUMENT);
    REFUSES(s.dims = IC_MAX_SPACE + 1, IC_E_ARGUMENT);
    REFUSES(s.classes = 0, IC_E_ARGUMENT);
    REFUSES(s.classes = 5000, IC_E_SIZE);
    REFUSES(s.classes = 3, IC_E_SAMPLES);                     /* nobody has drawn the third */
    REFUSES(s.classes = 1, IC_E_ARGUMENT);                    /* a label beyond it */
    REFUSES(s.curve = NULL, IC_E_ARGUMENT);
    REFUSES(s.label = NULL, IC_E_ARGUMENT);
    REFUSES(s.name = missing, IC_E_ARGUMENT);
    REFUSES(s.name = too_long, IC_E_ARGUMENT);
    REFUSES((s.dims = 1, o.any_rotation = 1), IC_E_CONFLICT);
    CHECK(try_fit(NULL, NULL) == IC_E_ARGUMENT);
    memcpy(curve, train.curve, sizeof curve);
    curve[3].n = 0;
    REFUSES(s.curve = curve, IC_E_ARGUMENT);
    curve[3].n = 5;
    curve[3].time = train.time[3];
    train.time[3][2] = -1;
    REFUSES(s.curve = curve, IC_E_ARGUMENT);                  /* time runs backwards */
    train.time[3][2] = (ic_real)NAN;
    REFUSES(s.curve = curve, IC_E_NOT_FINITE);
    curve[3].time = NULL;
    curve[3].point = NULL;
    REFUSES(s.curve = curve, IC_E_ARGUMENT);
    curve[3].n = 1 << 20;
    curve[3].point = point;
    REFUSES(s.curve = curve, IC_E_SIZE);                      /* before the points are read */
    curve[3].n = 5;
    point[4] = (ic_real)HUGE_VAL;
    REFUSES(s.curve = curve, IC_E_NOT_FINITE);
    {                                                         /* which it was is said */
        ic_samples s = samples_of(&train, 2);
        ic_recogniser_report report;
        s.curve = curve;
        CHECK(ic_recogniser_fit(&r, &s, NULL, &report) == IC_E_NOT_FINITE && report.refused == 3);
        s.n = 3, s.classes = 3;
        CHECK(ic_recogniser_fit(&r, &s, NULL, &report) == IC_E_SAMPLES && report.refused == 1);      /* the class that has none */
    }
    CHECK(ic_recognition_init(&a, &letters) == IC_OK);
    CHECK(ic_recognise(&letters, &curve[3], &a) == IC_E_NOT_FINITE);
    CHECK(ic_recognise(&letters, NULL, &a) == IC_E_ARGUMENT);
    CHECK(ic_recognise(NULL, &train.curve[0], &a) == IC_E_ARGUMENT);
    CHECK(ic_recognise_point(NULL, point, 0, &a) == IC_E_ARGUMENT);
    CHECK(ic_recognition_explain(NULL, &a, NULL, NULL, NULL) == IC_E_ARGUMENT);
    CHECK(ic_recognition_explain(&letters, &a, NULL, NULL, NULL) == IC_E_ARGUMENT);
    CHECK(ic_recognise_point(&letters, NULL, 0, &a) == IC_E_ARGUMENT);
    /* An answer that was made for another recogniser, if with as many classes and vertices. */
    make_letters(&train, 1, LETTERS, 2);
    {
        const ic_recogniser_options o = quick(40);
        fit(&r, &train, LETTERS, &o);
    }
    CHECK(ic_recognition_init(&b, &r) == IC_OK);
    a.vertices = b.vertices;
    CHECK(ic_recognise(&r, &train.curve[0], &a) == IC_E_MISMATCH);
    ic_recogniser_free(&r);
    CHECK(ic_recognise(&r, &train.curve[0], &b) == IC_E_ARGUMENT);
    ic_recognition_free(&a);
    ic_recognition_free(&b);
    CHECK(ic_recognition_init(&a, &r) == IC_E_ARGUMENT && a.owned == NULL);
    CHECK(ic_recogniser_add(&r, &train.curve[0], 0, NULL) == IC_E_ARGUMENT);
    CHECK(ic_recognise(&letters, &train.curve[0], &a) == IC_E_ARGUMENT);
}

int main(int argc, char **argv)
{
    snprintf(path, sizeof path, "%.4000s.recogniser", argc > 0 ? argv[0] : "test");
    test_letters();
    test_few();
    test_alone();
    test_ties();
    test_dimensions();
    test_strokes();
    test_gaps();
    test_place_size();
    test_rotation();
    test_order();
    test_same_start();
    test_lifts();
    test_cut();
    test_dots();
    test_dotted();
    test_noisy();
    test_certainty();
    test_rare();
    test_writers();
    test_far();
    test_offset();
    test_one_stroke();
    test_stroke_times();
    test_rest();
    test_short();
    test_ranks();
    test_bytes();
    test_add();
    test_unfinished();
    test_explanation();
    test_drawing();
    test_arithmetic();
    test_threads();
    test_refusals();
    ic_recogniser_free(&letters);
    return check_report();
}
