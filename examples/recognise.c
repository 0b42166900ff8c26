/* recognise: a recogniser of curves for the command line.

       recognise fit TRAIN.ts MODEL [writers=FILE] [option=value ...]    learn; print what was chosen
       recognise test MODEL TEST.ts [compare=1]                          measure on other curves
       recognise name MODEL <CURVES                                      say what the curves are
       recognise add MODEL NAME <CURVE                                   learn one more curve, or a new class
       recognise draw MODEL NAME                                         write a class
       recognise letters SEED EACH                                       so many of each of 20 built-in letters, as a .ts file

   CURVES are lines as in a .ts file (see data/ink.h), without the class.  Options of fit: seed, steps, view (both, time,
   length), keep_place, keep_size, any_rotation, any_order, types, styles, hidden, updates, false_alarm, threads: those of
   ic_recogniser_options.  Results are lines "key<tab>value".  fit leaves MODEL.train, which says what MODEL was
   learned from: test compare=1 needs it.  Not under windows: files are written through open_memstream. */
static const char *refused = "";                /* the rule that an option broke */
#define IC_REFUSED(rule) (refused = (rule))
#define INVCLASS_IMPLEMENTATION
#include "study.h"
#include "data/ink.h"
#include "beyond/methods.h"

static void read_ink(const char *path, const ic_recogniser *r, int labelled, ink *out)
{
    const char *known[4096];
    char *text, why[200];
    int c;
    for (c = 0; r && c < r->classes && c < 4096; c++)
        known[c] = r->name[c];
    if (text_read(path, &text, why, sizeof why)
        || ink_parse(text, labelled, r ? known : NULL, r ? r->classes : 0, r ? r->dims : 0, out, why, sizeof why))
        die(path ? path : "standard input", "%s", why);
}

static void read_writers(const char *path, ink *k)
{
    char *text, why[200];
    if (!*path)
        return;
    if (text_read(path, &text, why, sizeof why) || ink_writers(text, k, why, sizeof why))
        die(path, "%s", why);
    free(text);
}

/* Of curve k of the standard input. */
static void check_curve(ic_status status, int k)
{
    if (status != IC_OK)
        die("standard input", "curve %d: %s", k + 1, ic_status_text(status));
}

static void load(ic_recogniser *r, const char *path) { check(ic_recogniser_load(r, path), path); }

static int show_progress(void *user, const ic_progress *p)
{
    const double begun = *(const double *)user, now = seconds_now(), share = (double)p->update / (double)p->updates;
    if (p->update % (1 + p->updates / 100) == 0 || p->update == p->updates)
        fprintf(stderr, "\rtraining the generator: %3.0f %%, %.0f s left ", 100 * share, (now - begun) / share * (1 - share));
    if (p->update == p->updates)
        fputc('\n', stderr);
    return 0;
}

/* What was measured on samples held out. */
static void print_held(const char *key, const ic_recogniser_report *report, double value)
{
    printf(report->held_out > 0 ? "%s\t%.4f\n" : "%s\t-\n", key, value);
}

static int fit(int argc, char **argv)
{
    static const struct { const char *name; size_t at; int low, high; } whole[] = {      /* options that are whole numbers */
        { "steps", offsetof(ic_recogniser_options, steps), 0, INT_MAX }, { "keep_place", offsetof(ic_recogniser_options, keep_place), 0, 1 },
        { "keep_size", offsetof(ic_recogniser_options, keep_size), 0, 1 }, { "any_rotation", offsetof(ic_recogniser_options, any_rotation), 0, 1 },
        { "any_order", offsetof(ic_recogniser_options, any_order), 0, 1 }, { "types", offsetof(ic_recogniser_options, types), 0, INT_MAX },
        { "styles", offsetof(ic_recogniser_options, styles), -1, INT_MAX }, { "hidden", offsetof(ic_recogniser_options, hidden), 0, INT_MAX },
        { "threads", offsetof(ic_recogniser_options, threads), 0, 64 } };
    const char *writers = "", *view = "both", *seed = "0", *updates = "0", *false_alarm = "0", *number[COUNT(whole)];
    option options[COUNT(whole) + 5] = { { "writers", &writers }, { "view", &view }, { "seed", &seed }, { "updates", &updates },
                                         { "false_alarm", &false_alarm } };
    ic_recogniser_options o;
    ic_recogniser_report report;
    ic_recogniser r;
    char from[PATH], here[PATH];
    double begun;
    ic_status status;
    outfile out;
    ink train;
    int k;
    for (k = 0; k < COUNT(whole); k++) {
        number[k] = "0";
        options[5 + k].name = whole[k].name;
        options[5 + k].value = &number[k];
    }
    if (take_options(argc, argv, options, COUNT(options)) != 4)
        die(NULL, "usage: recognise fit TRAIN.ts MODEL [writers=FILE] [option=value ...]");
    memset(&o, 0, sizeof o);
    for (k = 0; k < COUNT(whole); k++)
        *(int *)((char *)&o + whole[k].at) = get_number(whole[k].name, number[k], whole[k].low, whole[k].high);
    o.seed = (uint64_t)get_number("seed", seed, 0, INT_MAX);
    o.updates = get_number("updates", updates, 0, INT_MAX);
    o.false_alarm = get_real("false_alarm", false_alarm, 0, 1);
    o.view = strcmp(view, "time") == 0 ? IC_VIEW_TIME : strcmp(view, "length") == 0 ? IC_VIEW_LENGTH : IC_VIEW_BOTH;
    if (o.view == IC_VIEW_BOTH && strcmp(view, "both") != 0)
        die(NULL, "view: \"%s\" is not both, time or length", view);
    must_be_writable(argv[3]);
    if (!getcwd(here, sizeof here))
        die(NULL, "this folder has no path");
    read_ink(argv[2], NULL, 1, &train);
    read_writers(writers, &train);
    begun = seconds_now();
    o.user = &begun;
    o.callback = isatty(2) ? show_progress : NULL;
    status = ic_recogniser_fit(&r, &train.samples, &o, &report);
    if (status != IC_OK && report.refused >= 0)
        die(argv[2], "sample %d: %s", report.refused + 1, ic_status_text(status));
    if (status == IC_E_OPTION || status == IC_E_CONFLICT)
        die(NULL, "%s: %s", ic_status_text(status), refused);
    check(status, argv[2]);
    begun = seconds_now() - begun;
    check(ic_recogniser_save(&r, argv[3]), argv[3]);
    path_of(from, "%s.train", argv[3]);
    fprintf(out_open(&out, from), "%s%s%s\n", *argv[2] == '/' ? "" : here, *argv[2] == '/' ? "" : "/", argv[2]);
    out_close(&out);
    printf("samples\t%d\nclasses\t%d\nnumbers_a_point\t%d\nstrokes\t%d\nheld_out\t%d\n", train.samples.n, train.samples.classes,
           r.dims, r.pen, report.held_out);
    print_held("held_out_accuracy", &report, report.accuracy);
    print_held("held_out_log_loss", &report, report.log_loss);
    if (report.oddest >= 0)
        printf("oddest_sample\t%d (%s)\n", report.oddest + 1, r.name[train.samples.label[report.oddest]]);
    printf("compared\t%d\n", report.compared);
    print_held("nearest_curve", &report, report.nearest);
    print_held("nearest_by_dtw", &report, report.warped);
    print_held("one_gaussian_a_class", &report, report.gaussian);
    printf("types\t%d\nvertices\t%d\ntemperature\t%.3f\ndrawing_error\t%.5f\n", report.types, r.explainer.vertices,
           r.temperature, report.drawing_error);
    printf("fit_seconds\t%.2f\nmodel_bytes\t%lu\n", begun, (unsigned long)ic_recogniser_encoded_bytes(&r));
    ic_recogniser_free(&r);
    ink_free(&train);
    return 0;
}

static int test(int argc, char **argv)
{
    const char *compare = "0";
    const option options[] = { { "compare", &compare } };
    ic_recogniser r;
    method_result m;
    ink curves;
    if (take_options(argc, argv, options, COUNT(options)) != 4)
        die(NULL, "usage: recognise test MODEL TEST.ts [compare=1]");
    load(&r, argv[2]);
    read_ink(argv[3], &r, 1, &curves);
    if (curves.samples.classes > r.classes)
        fprintf(stderr, "recognise: %s: class \"%s\" is not one of the model's: counted as wrong\n", argv[3], curves.name[r.classes]);
    measure_recogniser(&r, &curves.samples, &m, NULL);
    printf("curves\t%d\naccuracy\t%.4f\nlog_loss\t%.4f\ncalibration_error\t%.4f\nsure\t%d\nsure_but_wrong\t%d\n", curves.samples.n,
           m.accuracy, m.log_loss, m.calibration_error, m.sure, m.sure_wrong);
    printf("taken_for_unknown\t%.4f\nms_per_curve\t%.4f\nmodel_bytes\t%lu\n", m.unknown, m.ms_per_curve,
           (unsigned long)ic_recogniser_encoded_bytes(&r));
    if (get_number("compare", compare, 0, 1)) {
        char path[PATH], why[200], *from;
        ink train;
        int k;
        path_of(path, "%s.train", argv[2]);
        if (text_read(path, &from, why, sizeof why))
            die(path, "%s; it should name what the model was learned from", why);
        from[strcspn(from, "\n")] = 0;
        read_ink(from, &r, 1, &train);
        free(from);
        for (k = 0; k < METHODS; k++) {
            measure_method(k, &r, &train.samples, &curves.samples, 1, &m, NULL);
            printf("%s\taccuracy %.4f, ", method_names[k], m.accuracy);
            printf(m.log_loss >= 0 ? "log_loss %.4f, " : "log_loss -, ", m.log_loss);
            printf("ms_per_curve %.4f, fit_seconds %.2f\n", m.ms_per_curve, m.fit_seconds);
        }
        ink_free(&train);
    }
    ink_free(&curves);
    ic_recogniser_free(&r);
    return 0;
}

static int name(int argc, char **argv)
{
    ic_recogniser r;
    ic_recognition a;
    ink curves;
    int k;
    if (argc != 3)
        die(NULL, "usage: recognise name MODEL <CURVES");
    load(&r, argv[2]);
    read_ink(NULL, &r, 0, &curves);
    check(ic_recognition_init(&a, &r), argv[2]);
    for (k = 0; k < curves.samples.n; k++) {
        check_curve(ic_recognise(&r, &curves.curve[k], &a), k);
        printf("name\t%s\tprobability\t%.4f\tknown\t%d\tp_value\t%.4f\tnext\t%s\n", r.name[a.label], a.probability[a.label], a.known,
               a.p_value, r.classes > 1 ? r.name[a.order[1]] : "-");
    }
    ic_recognition_free(&a);
    ic_recogniser_free(&r);
    ink_free(&curves);
    return 0;
}

/* The class of a name, or how many classes there are. */
static int find_class(const ic_recogniser *r, const char *name)
{
    int c;
    for (c = 0; c < r->classes && strcmp(r->name[c], name) != 0; c++)
        ;
    return c;
}

static int add(int argc, char **argv)
{
    ic_recogniser r;
    ink curves;
    int k, label, fresh;
    if (argc != 4)
        die(NULL, "usage: recognise add MODEL NAME <CURVE");
    if (!*argv[3] || strpbrk(argv[3], "\t\r\n:,") || strlen(argv[3]) >= IC_NAME)
        die(NULL, "%s: a name is one line of 1 to %d bytes, without tabs, colons or commas", argv[3], IC_NAME - 1);
    load(&r, argv[2]);
    read_ink(NULL, &r, 0, &curves);
    label = find_class(&r, argv[3]);
    fresh = label == r.classes;
    for (k = 0; k < curves.samples.n; k++)
        check_curve(ic_recogniser_add(&r, &curves.curve[k], label, label == r.classes ? argv[3] : NULL), k);
    check(ic_recogniser_save(&r, argv[2]), argv[2]);
    printf("added\t%d\nclass\t%s\nnew\t%d\n", curves.samples.n, argv[3], fresh);
    ic_recogniser_free(&r);
    ink_free(&curves);
    return 0;
}

static int draw(int argc, char **argv)
{
    ic_recogniser r;
    float *drawn;
    unsigned char *begins;
    int label, t, k;
    if (argc != 4)
        die(NULL, "usage: recognise draw MODEL NAME");
    load(&r, argv[2]);
    label = find_class(&r, argv[3]);
    if (label == r.classes)
        die(argv[3], "the model knows no such class");
    drawn = get_floats((size_t)r.options.steps, (size_t)r.dims);
    begins = (unsigned char *)get_memory((size_t)r.options.steps, 1);
    check(ic_recogniser_draw(&r, label, NULL, drawn, begins), argv[3]);
    for (k = 0; k < r.dims; k++)
        for (t = 0; t < r.options.steps; t++)
            printf("%.4f%s", (double)drawn[t * r.dims + k], t + 1 < r.options.steps ? "," : k + 1 < r.dims + r.pen ? ":" : "\n");
    for (t = 0; r.pen && t < r.options.steps; t++)           /* where strokes begin: a channel of zeros and ones (ink.h) */
        printf("%d%s", !begins[t], t + 1 < r.options.steps ? "," : "\n");
    free(drawn);
    free(begins);
    ic_recogniser_free(&r);
    return 0;
}

static int letters(int argc, char **argv)
{
    char why[200];
    ink k;
    int i, j, t;
    if (argc != 4)
        die(NULL, "usage: recognise letters SEED EACH");
    if (ink_letters((uint64_t)get_number("SEED", argv[2], 0, INT_MAX), get_number("EACH", argv[3], 1, 1000), &k, why, sizeof why))
        die(NULL, "%s", why);
    puts("# Built-in letters of invclass: x and y, the letter.\n@data");
    for (i = 0; i < k.samples.n; i++) {
        const ic_curve *c = &k.curve[i];
        for (j = 0; j < 2; j++)
            for (t = 0; t < c->n; t++)
                printf("%.4f%s", (double)c->point[2 * t + j], t + 1 < c->n ? "," : ":");
        puts(k.samples.name[k.label[i]]);
    }
    ink_free(&k);
    return 0;
}

int main(int argc, char **argv)
{
    static const struct { const char *name; int (*run)(int, char **); } command[] = {
        { "fit", fit }, { "test", test }, { "name", name }, { "add", add }, { "draw", draw }, { "letters", letters } };
    int k;
    program = "recognise";
    for (k = 0; k < COUNT(command); k++)
        if (argc > 1 && strcmp(argv[1], command[k].name) == 0)
            return command[k].run(argc, argv) || printed();
    die(NULL, "usage: recognise fit|test|name|add|draw|letters ...; the first lines of examples/recognise.c say more");
}
