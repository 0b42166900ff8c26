/* Faults, one at a time: every allocation of every public function and of the readers of data fails
   once, every call of stdio while a model or a recogniser is saved or loaded, every start of a
   thread.  Each time there is a clean status, nothing is left behind, what was there before still is,
   and the same call works afterwards.
   Not under windows: makes threads fail to start, and the build for Windows has none. */
#define _POSIX_C_SOURCE 200809L
#include <dirent.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int calls, fail_at, living, injected;     /* counted calls; the one that fails; blocks not freed */

static int fails(void)
{
    const int now = ++calls == fail_at;
    injected += now;
    return now;
}

static void *faulty_malloc(size_t size)
{
    void *p = fails() ? NULL : malloc(size);
    living += p != NULL;
    return p;
}

static void *faulty_calloc(size_t n, size_t size)
{
    void *p = fails() ? NULL : calloc(n, size);
    living += p != NULL;
    return p;
}

static void *faulty_realloc(void *old, size_t size)
{
    void *p = fails() ? NULL : realloc(old, size);
    living += p != NULL && old == NULL;
    return p;
}

static void faulty_free(void *p)
{
    living -= p != NULL;
    free(p);
}

static FILE *faulty_fopen(const char *path, const char *mode) { return fails() ? NULL : fopen(path, mode); }
static int faulty_fclose(FILE *file) { const int bad = fails(), status = fclose(file); return bad ? EOF : status; }
static int faulty_fseek(FILE *file, long at, int from) { return fails() ? -1 : fseek(file, at, from); }
static long faulty_ftell(FILE *file) { return fails() ? -1 : ftell(file); }
static int faulty_rename(const char *from, const char *to) { return fails() ? -1 : rename(from, to); }

static int faulty_open(const char *path, int how, mode_t mode) { return fails() ? -1 : open(path, how, mode); }
static int faulty_fsync(int file) { return fails() ? -1 : fsync(file); }
static int faulty_fchmod(int file, mode_t mode) { return fails() ? -1 : fchmod(file, mode); }
static int faulty_close(int file) { const int bad = fails(), status = close(file); return bad ? -1 : status; }

/* A disk that fills up: half is written, and then nothing more. */
static ssize_t faulty_write(int file, const void *p, size_t n)
{
    static int full;
    if (full)
        return full = 0, -1;
    full = fails();
    return write(file, p, full && n > 1 ? n / 2 : n);
}

static size_t faulty_fread(void *p, size_t size, size_t n, FILE *file)
{
    return fread(p, size, fails() ? n / 2 : n, file);
}

static int faulty_thread(pthread_t *id, const pthread_attr_t *how, void *(*run)(void *), void *argument)
{
    return fails() ? 11 : pthread_create(id, how, run, argument);
}

#define malloc faulty_malloc
#define calloc faulty_calloc
#define realloc faulty_realloc
#define free faulty_free
#define fopen faulty_fopen
#define fclose faulty_fclose
#define fseek faulty_fseek
#define ftell faulty_ftell
#define rename faulty_rename
#define open faulty_open
#define write faulty_write
#define fsync faulty_fsync
#define fchmod faulty_fchmod
#define close faulty_close
#define fread faulty_fread
#define pthread_create faulty_thread
#define main uci_main
#include "test_uci.c"                     /* which builds MAT-files */
#undef main

enum { C = 3, T = 14, D = 2 * T, N = 23 };

static float curves[N * D], codes[N * C];
static int label[N];
static ic_model model, reader;            /* a generator and a classifier */
static ic_config config, reader_config;
static ic_recogniser recogniser;
static unsigned char *recogniser_bytes;
static ic_curve strokes[N];
static bytes mat;
static char path[1000], recogniser_path[1020];     /* beside the program: several may run at a time */

/* How many temporary files of the model are left. */
static int left_behind(void)
{
    const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
    char folder[1000] = ".";
    struct dirent *entry;
    DIR *here;
    int count = 0;
    if (slash)
        snprintf(folder, sizeof folder, "%.*s", (int)(slash - path), path);
    here = opendir(folder);
    while ((entry = readdir(here)) != NULL)
        count += strncmp(entry->d_name, name, strlen(name)) == 0 && strstr(entry->d_name, ".new") != NULL;
    closedir(here);
    return count;
}

static int same_recogniser(const ic_recogniser *r)
{
    static unsigned char now[1 << 20];
    const size_t size = ic_recogniser_encoded_bytes(r);
    if (size > sizeof now || size != ic_recogniser_encoded_bytes(&recogniser))
        return 0;
    ic_recogniser_encode(r, now);
    return memcmp(now, recogniser_bytes, size) == 0;
}

enum { SAVE = 14, SAVE_RECOGNISER = 25, LOAD_RECOGNISER };

/* What can fail, by number.  Results go to `out`, to be compared; IC_STATUS_COUNT: no such number. */
static ic_status everything(int which, float *out)
{
    const ic_curves all = { N, T, 2, C, curves, label };
    const ic_pairs pairs = { N, 1, C, T, 2, codes, curves, NULL, NULL };
    ic_augment augment;
    ic_train_options train;
    ic_descend_options invert;
    ic_work_options wo;
    ic_descended inverted = { out, NULL, NULL, NULL };
    ic_kmeans_options means;
    ic_som_options som;
    ic_pairs made;
    ic_model other;
    ic_trainer trainer;
    const ic_samples learn = { N, 2, C, strokes, label, NULL, NULL };
    ic_recogniser_options recognise;
    const ic_vertices vertices = { C, C, codes, label };
    ic_explainer explainer;
    ic_recogniser another;
    ic_recognition answer;
    ic_real style[2] = { 1, -1 };
    ic_work *work = NULL;
    ic_som map;
    pen_samples samples;
    pen_set set;
    ic_status status = IC_OK;
    double distance = 0, inertia = 0;
    char why[200] = "";
    int k;
    memset(&augment, 0, sizeof augment), memset(&train, 0, sizeof train), memset(&invert, 0, sizeof invert);
    memset(&recognise, 0, sizeof recognise);
    recognise.steps = 5, recognise.hidden = 4, recognise.updates = 3, recognise.threads = 2;
    memset(&wo, 0, sizeof wo), memset(&means, 0, sizeof means), memset(&som, 0, sizeof som);
    train.updates = 2, train.batch = 5, train.threads = 2, train.noise = 0.1;
    invert.iterations = 2, invert.threads = 2;
    wo.rows = 2, wo.purpose = IC_TRAIN;
    means.restarts = 2;
    switch (which) {
    case 0:
        status = ic_model_init(&other, &config, NULL);
        CHECK((other.owned != NULL) == (status == IC_OK));
        ic_model_free(&other);
        break;
    case 1: status = ic_model_randomise(&model, 1, 0); break;
    case 2:
        status = ic_train(&model, &pairs, NULL, &train, NULL);
        memcpy(out, model.param, sizeof(float) * 100);
        break;
    case 3:
        status = ic_trainer_init(&trainer, &model, &pairs, NULL, &train);
        CHECK(status == IC_OK || (!trainer.owned && !trainer.work));
        ic_trainer_free(&trainer);                           /* harmless after a failure */
        break;
    case 4: status = ic_descend(&model, N, curves, &invert, &inverted); break;
    case 5:
        invert.start = IC_START_DRIFT;
        status = ic_descend(&model, N, curves, &invert, &inverted);
        break;
    case 6: status = ic_generate(&model, C, codes, out, 2); break;
    case 7: status = ic_classify(&reader, N, curves, out, 2); break;
    case 8: status = ic_work_new(&work, &config, &wo, NULL); ic_work_free(work); break;
    case 9:
        augment.means = augment.repeller = 1, augment.types = 2;
        status = ic_pairs_make(&made, &all, &augment);
        CHECK((made.owned != NULL) == (status == IC_OK));
        ic_pairs_free(&made);
        break;
    case 10:
        augment.centres = 2, augment.classifier = 1;
        status = ic_pairs_make(&made, &all, &augment);
        ic_pairs_free(&made);
        break;
    case 11:
        status = ic_dtw(T, curves, T, curves + D, 2, NULL, &distance);
        out[0] = (float)distance;
        break;
    case 12:
        status = ic_kmeans(N, D, curves, 4, &means, out, NULL, &inertia);
        break;
    case 13:
        som.start = IC_SOM_PCA;
        status = ic_som_train(&map, N, D, curves, &som);
        CHECK((map.owned != NULL) == (status == IC_OK));
        if (status == IC_OK)
            memcpy(out, map.weight, sizeof(float) * D);
        ic_som_free(&map);
        break;
    case SAVE: status = ic_save(&model, path); break;
    case 15:
        status = ic_load(&other, path);
        CHECK((other.owned != NULL) == (status == IC_OK));
        if (status == IC_OK)
            memcpy(out, other.param, sizeof(float) * 100);
        ic_model_free(&other);
        break;
    case 16: case 17:                                        /* data: any failure is a message */
        k = which == 16 ? letters_make(3, 2, &samples, why, sizeof why)
                        : uci_parse(mat.p, mat.n, &samples, why, sizeof why);
        if (k == 0) {
            out[0] = (float)samples.v[7];
            k = pen_prepare(&samples, &set, why, sizeof why);
            if (k == 0) {
                memcpy(out, set.xy, sizeof(float) * 100);
                pen_set_free(&set);
            }
            pen_samples_free(&samples);
        }
        CHECK((k == 0) == (why[0] == 0));
        status = k == 0 ? IC_OK : IC_E_MEMORY;
        break;
    case 18: {
        unsigned char *got;
        size_t n;
        k = uci_slurp(path, &got, &n, why, sizeof why);
        CHECK((k == 0) == (got != NULL) && (k == 0) == (why[0] == 0));
        free(got);
        status = k == 0 ? IC_OK : IC_E_READ;
        break;
    }
    case 19:
        status = ic_explainer_init(&explainer, &model, &vertices, &all, label, NULL);
        CHECK((explainer.owned != NULL) == (status == IC_OK));
        if (status == IC_OK)
            memcpy(out, explainer.whole.whiten, sizeof(float) * 100);
        ic_explainer_free(&explainer);
        break;
    case 20:
        augment.styles = 2;
        status = ic_pairs_make(&made, &all, &augment);
        CHECK((made.owned != NULL) == (status == IC_OK));
        ic_pairs_free(&made);
        break;
    case 21:
        status = ic_recogniser_fit(&another, &learn, &recognise, NULL);
        CHECK((another.owned != NULL) == (status == IC_OK));
        if (status == IC_OK)
            memcpy(out, another.explainer.drawn, sizeof(float) * 20);
        ic_recogniser_free(&another);
        break;
    case 22:
        status = ic_recognition_init(&answer, &recogniser);
        CHECK((answer.owned != NULL) == (status == IC_OK));
        if (status == IC_OK) {
            CHECK(ic_recognise(&recogniser, &strokes[1], &answer) == IC_OK);
            status = ic_recognition_explain(&recogniser, &answer, NULL, out, NULL);
        }
        ic_recognition_free(&answer);
        break;
    case 23: status = ic_recogniser_draw(&recogniser, 1, style, out, NULL); break;
    case 24:
        status = ic_recogniser_decode(&another, recogniser_bytes, ic_recogniser_encoded_bytes(&recogniser));
        CHECK((another.owned != NULL) == (status == IC_OK));
        if (status == IC_OK) {
            status = ic_recogniser_add(&another, &strokes[0], C, "new");
            CHECK(status == IC_OK ? another.classes == C + 1 : same_recogniser(&another));
        }
        ic_recogniser_free(&another);
        break;
    case SAVE_RECOGNISER: status = ic_recogniser_save(&recogniser, recogniser_path); break;
    case LOAD_RECOGNISER:
        status = ic_recogniser_load(&another, recogniser_path);
        CHECK(status == IC_OK ? same_recogniser(&another) : another.owned == NULL);
        ic_recogniser_free(&another);
        break;
    default: status = IC_STATUS_COUNT;
    }
    return status;
}

static int expected(int which, ic_status status)
{
    return status == IC_E_MEMORY
        || ((which == SAVE || which == SAVE_RECOGNISER) && (status == IC_E_OPEN || status == IC_E_WRITE))
        || (which >= 15 && (status == IC_E_OPEN || status == IC_E_READ));
}

static void check_every_call(int which)
{
    static float want[2000], got[2000];
    const int before = living;
    ic_status status;
    int k, same;
    memset(want, 0, sizeof want);
    CHECK(everything(which, want) == IC_OK && living == before);
    for (k = 1; ; k++) {
        const uint64_t weights = ic_hash_reals(0, model.param, model.count);
        memset(got, 0, sizeof got);
        calls = 0, fail_at = k;
        status = everything(which, got);
        fail_at = 0;
        CHECK(living == before);
        CHECK(left_behind() == 0);
        if (calls < k)
            break;
        same = memcmp(want, got, sizeof want) == 0;
        /* a thread that does not start only costs time, and a file read is read before it is closed */
        CHECK(status == IC_OK ? same : expected(which, status));
        if (status != IC_OK && which != 2)                   /* training draws new weights first */
            CHECK(ic_hash_reals(0, model.param, model.count) == weights);
        if (which >= SAVE)                                   /* the file from before is whole */
            CHECK(everything(15, got) == IC_OK);
        if (which == SAVE_RECOGNISER)
            CHECK(everything(LOAD_RECOGNISER, got) == IC_OK);
        CHECK(everything(which, got) == IC_OK);              /* and now it works */
    }
    CHECK(k > 1);                                            /* there was something to fail */
}

int main(int argc, char **argv)
{
    float none[2000];
    int n, t, which;
    snprintf(path, sizeof path, "%s.model", argc > 0 ? argv[0] : "test_faults");
    build(&mat, 1);
    for (n = 0; n < N; n++) {
        label[n] = n * 7 % C;
        codes[n * C + label[n]] = 1;
        for (t = 0; t < D; t++)
            curves[n * D + t] = (float)(sin(0.2 * t * (label[n] + 1)) + 0.1 * ic_normal(1, (uint64_t)n, (uint64_t)t));
    }
    config.inputs = C, config.hidden = 12, config.outputs = 2, config.steps = T;
    reader_config = config;
    reader_config.inputs = 2, reader_config.outputs = C, reader_config.head = IC_LAST_STEP;
    CHECK(ic_model_init(&model, &config, NULL) == IC_OK && ic_model_randomise(&model, 1, 0) == IC_OK);
    CHECK(ic_model_init(&reader, &reader_config, NULL) == IC_OK && ic_model_randomise(&reader, 2, 0) == IC_OK);
    CHECK(ic_save(&model, path) == IC_OK);
    for (n = 0; n < N; n++)
        strokes[n].n = T, strokes[n].point = curves + (ptrdiff_t)(n * D);
    {
        const ic_samples learn = { N, 2, C, strokes, label, NULL, NULL };
        ic_recogniser_options o;
        memset(&o, 0, sizeof o);
        o.steps = 6, o.hidden = 4, o.updates = 5;
        CHECK(ic_recogniser_fit(&recogniser, &learn, &o, NULL) == IC_OK);
    }
    recogniser_bytes = (unsigned char *)malloc(ic_recogniser_encoded_bytes(&recogniser));
    ic_recogniser_encode(&recogniser, recogniser_bytes);
    snprintf(recogniser_path, sizeof recogniser_path, "%s.recogniser", path);
    CHECK(ic_recogniser_save(&recogniser, recogniser_path) == IC_OK);
    for (which = 0; everything(which, none) != IC_STATUS_COUNT; which++)
        check_every_call(which);
    remove(path), remove(recogniser_path);
    free(recogniser_bytes);
    ic_recogniser_free(&recogniser);
    ic_model_free(&model);
    ic_model_free(&reader);
    CHECK(living == 0);
    printf("%d faults injected\n", injected);
    return check_report();
}
