/* teach: trains what the page in the browser carries, on built-in letters.
       teach FOLDER
   writes page.recogniser (20 letters in their styles), plain.model and noise.model (letters a and b, as in the thesis,
   without and with noise on the input) and page.letters (examples).  Says last what the page must compute, too: the
   hash of page.h. */
#define INVCLASS_IMPLEMENTATION
#include "../book/small.h"
#include "page.h"

enum { EACH = 60, CHECKED = 25 };

static const char *in(const char *folder, const char *name)
{
    static char path[PATH];
    path_of(path, "%s/%s", folder, name);
    return path;
}

/* The page's recogniser.  Curves are compared along their length, for a mouse has another rhythm than a pen. */
static void fit(page *p, const char *folder, const ink *known)
{
    ic_recogniser_options options;
    ic_recogniser_report report;
    unsigned char *bytes;
    size_t size;
    memset(&options, 0, sizeof options);
    options.seed = 1, options.view = IC_VIEW_LENGTH, options.types = 1, options.styles = STYLES, options.hidden = 48;
    must_be_writable(in(folder, "page.recogniser"));
    check(ic_recogniser_fit(&p->recogniser, &known->samples, &options, &report), NULL);
    check(ic_recogniser_save(&p->recogniser, in(folder, "page.recogniser")), in(folder, "page.recogniser"));
    size = ic_recogniser_encoded_bytes(&p->recogniser);
    bytes = (unsigned char *)get_memory(size, 1);
    ic_recogniser_encode(&p->recogniser, bytes);
    check(page_open(p, bytes, size), NULL);
    free(bytes);
    printf("recogniser: %.4f right of %d held out, log loss %.4f; drawing error %.5f\n", report.accuracy, report.held_out,
           report.log_loss, report.drawing_error);
}

/* How well letters are read that it has not seen, whole and half drawn, and by what the descents leave over alone. */
static void judge(page *p, const ink *fresh)
{
    int k, t, right = 0, known = 0, half = 0, nearest = 0;
    for (k = 0; k < fresh->samples.n; k++) {
        const ic_curve *c = &fresh->curve[k];
        int best = 0, j;
        ic_recognise_begin(&p->answer);
        for (t = 0; t < (c->n + 1) / 2; t++)
            check(ic_recognise_point(&p->recogniser, c->point + 2 * t, 0, &p->answer), NULL);
        half += p->answer.label == fresh->label[k];
        check(page_begin(p, c->n, c->point), NULL);
        right += p->answer.label == fresh->label[k];
        known += p->answer.known;
        while (page_step(p))
            ;
        for (j = 1; j < LETTERS; j++)
            best = p->error[j] < p->error[best] ? j : best;
        nearest += best == fresh->label[k];
    }
    printf("new letters: %d of %d right, %d known, %d half drawn; the nearest after the descent is right in %d\n", right,
           fresh->samples.n, known, half, nearest);
}

/* Letters a and b, as in the thesis. */
static void two(page *p, const char *folder, const ink *known)
{
    static float y[2 * EACH][D];
    static int label[2 * EACH];
    ic_curves set = { 0, STEPS, 2, 2, NULL, NULL };
    ic_config config = { 0 };
    ic_train_options train = { 0 };
    ic_augment augment = { 0 };
    ic_pairs pairs;
    int k, noise;
    for (k = 0; k < known->samples.n; k++)
        if (known->label[k] < 2) {
            check(ic_recognise(&p->recogniser, &known->curve[k], &p->answer), NULL);
            memcpy(y[set.n], p->answer.prepared, sizeof *y);
            label[set.n++] = known->label[k];
        }
    set.y = y[0], set.label = label;
    augment.means = 1;
    check(ic_pairs_make(&pairs, &set, &augment), NULL);
    config.inputs = 2, config.hidden = 24, config.outputs = 2, config.steps = STEPS;
    train.seed = 1, train.memory = STEPS, train.updates = 3000, train.rate = 0.005;
    train.schedule = IC_DECAY, train.warmup = 0.02, train.clip = 0.3, train.check_every = 200, train.threads = 1;
    for (noise = 0; noise < 2; noise++) {
        ic_progress progress;
        ic_model model;
        train.noise = noise ? 0.3 : 0, train.draws = noise ? 4 : 1;
        check(ic_model_init(&model, &config, NULL), NULL);
        check(ic_train(&model, &pairs, NULL, &train, &progress), NULL);
        check(ic_save(&model, in(folder, noise ? "noise.model" : "plain.model")), NULL);
        printf("%s: error %.4f\n", noise ? "noise" : "plain", progress.best);
        ic_model_free(&model);
    }
    ic_pairs_free(&pairs);
}

/* Examples, brought to STEPS points and put where they were written, on a line whose x is 1 high. */
static void examples(page *p, const char *folder)
{
    ink some = small_ink(3, EXAMPLES / LETTERS);
    int k, t;
    for (k = 0; k < EXAMPLES; k++) {
        const int label = some.label[k];
        float *to = p->example[k % (EXAMPLES / LETTERS) * LETTERS + label];
        check(ic_recognise(&p->recogniser, &some.curve[k], &p->answer), NULL);
        for (t = 0; t < D; t++)
            to[t] = (float)((p->answer.frame.place[t % 2] + p->answer.frame.size * (double)p->answer.prepared[t])
                            / LETTERS_UNIT) + letters_shapes()[label].at[0][t % 2];
    }
    ink_free(&some);
    check(ic_write_file(in(folder, "page.letters"), p->example, sizeof p->example), NULL);
}

int main(int argc, char **argv)
{
    static page p;
    ink known, fresh;
    program = "teach";
    if (argc != 2)
        die(NULL, "usage: teach FOLDER");
    known = small_ink(1, EACH), fresh = small_ink(2, CHECKED);
    fit(&p, argv[1], &known);
    judge(&p, &fresh);
    two(&p, argv[1], &known);
    examples(&p, argv[1]);
    printf("page %016llx\n", (unsigned long long)page_hash(&p));
    ink_free(&known);
    ink_free(&fresh);
    return 0;
}
