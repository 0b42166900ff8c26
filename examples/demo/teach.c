/* teach: trains what the page in the browser carries, on built-in letters.
       teach FOLDER
   writes page.model (20 letters in their styles), plain.model and noise.model (letters a and b, as in
   the thesis, without and with noise on the input) and page.facts: see page.h.  Says last what the
   page must compute, too: a hash of explanations. */
#define INVCLASS_IMPLEMENTATION
#include "../data/letters.h"
#include "page.h"

enum { EACH = 60, CHECKED = 25 };

static void must(ic_status status)
{
    if (status != IC_OK) {
        fprintf(stderr, "teach: %s\n", ic_status_text(status));
        exit(1);
    }
}

static void *room(size_t size)
{
    void *memory = malloc(size);
    if (!memory) {
        fprintf(stderr, "teach: out of memory\n");
        exit(1);
    }
    return memory;
}

/* each samples of every letter, as the page sees them; their size and place go to facts. */
static float *curves(uint64_t seed, int each, int *label, page_facts *facts)
{
    pen_samples s;
    char why[200];
    float *y = (float *)room((size_t)(each * LETTERS * D) * sizeof *y);
    int k, t;
    if (letters_make(seed, each, &s, why, sizeof why)) {
        fprintf(stderr, "teach: %s\n", why);
        exit(1);
    }
    for (k = 0; k < s.n; k++) {
        float path[2 * PEN_STEPS], centre[2] = { 0, 0 }, at[2] = { 0, 0 }, radius;
        for (t = 0; t < s.length[k]; t++) {
            path[2 * t] = at[0] += (float)s.v[s.first[k] + 3 * (size_t)t];
            path[2 * t + 1] = at[1] += (float)s.v[s.first[k] + 3 * (size_t)t + 1];
        }
        label[k] = s.label[k];
        radius = page_normalise(s.length[k], path, y + k * D, centre);
        facts->size[label[k]] += radius / (float)(LETTERS_UNIT * each);
        facts->height[label[k]] += (centre[1] / (float)LETTERS_UNIT + letters_shapes()[label[k]].at[0][1]) / (float)each;
    }
    pen_samples_free(&s);
    return y;
}

/* The covariance of n differences of D numbers, shrunk towards errors that neighbouring steps share and that every number
   has for itself, and of it the Cholesky factor, row after row. */
static void factorise(int n, const float *left, float *factor)
{
    static double l[D][D];
    int i, j, k;
    for (i = 0; i < D; i++)
        for (j = 0; j <= i; j++) {
            const double apart = (double)(i / 2 - j / 2) / (0.1 * STEPS);
            double sum = (i % 2 == j % 2 ? 0.004 * exp(-0.5 * apart * apart) : 0) + (i == j ? 0.001 : 0);
            for (k = 0; k < n; k++)
                sum += (double)left[k * D + i] * (double)left[k * D + j] / n;
            for (k = 0; k < j; k++)
                sum -= l[i][k] * l[j][k];
            l[i][j] = i == j ? sqrt(sum) : sum / l[j][j];
            factor[i * (i + 1) / 2 + j] = (float)l[i][j];
        }
}

static int rising(const void *a, const void *b)
{
    const float x = *(const float *)a, y = *(const float *)b;
    return (x > y) - (x < y);
}

static void generator(ic_model *model, const char *folder, const char *name, int inputs, int hidden,
                      const ic_pairs *pairs, const ic_train_options *train)
{
    ic_config config = { 0 };
    ic_progress progress;
    char path[1000];
    config.inputs = inputs, config.hidden = hidden, config.outputs = 2, config.steps = STEPS;
    must(ic_model_init(model, &config, NULL));
    must(ic_train(model, pairs, NULL, train, &progress));
    snprintf(path, sizeof path, "%s/%s.model", folder, name);
    must(ic_save(model, path));
    printf("%s: error %.4f\n", name, progress.best);
}

int main(int argc, char **argv)
{
    static page p;
    static page_facts unused;
    static int label[EACH * LETTERS], check_label[CHECKED * LETTERS], example_label[EXAMPLES];
    static float energy[CHECKED * LETTERS], energies[CHECKED * LETTERS][LETTERS];
    ic_train_options train = { 0 };
    ic_augment augment = { 0 };
    ic_curves set = { EACH * LETTERS, STEPS, 2, LETTERS, NULL, label };
    ic_pairs pairs;
    ic_model two;
    float *y, *left, *checks, *examples;
    double best = 1e300;
    unsigned char *bytes;
    size_t size;
    char path[1000];
    FILE *file;
    int i, j, k, right = 0;
    if (argc != 2) {
        fprintf(stderr, "usage: teach FOLDER\n");
        return 1;
    }
    y = curves(1, EACH, label, &p.facts);
    checks = curves(2, CHECKED, check_label, &unused);
    examples = curves(3, EXAMPLES / LETTERS, example_label, &unused);

    /* The generator of all letters. */
    set.y = y;
    augment.styles = STYLES;
    must(ic_pairs_make(&pairs, &set, &augment));
    train.seed = 1, train.memory = STEPS, train.updates = 4000, train.batch = 60, train.rate = 0.006;
    train.schedule = IC_DECAY, train.warmup = 0.02, train.clip = 0.3, train.check_every = 200, train.threads = 1;
    generator(&p.model, argv[1], "page", INPUTS, HIDDEN, &pairs, &train);

    /* How letters differ from what it makes of their codes. */
    left = (float *)room((size_t)(EACH * LETTERS * D) * sizeof *left);
    must(ic_generate(&p.model, EACH * LETTERS, pairs.x, left, 1));
    for (k = 0; k < EACH * LETTERS * D; k++)
        left[k] = y[k] - left[k];
    factorise(EACH * LETTERS, left, p.facts.factor);
    ic_pairs_free(&pairs);

    /* Energies of new letters, and the temperature that suits their probabilities best. */
    size = ic_encoded_bytes(&p.model);
    bytes = (unsigned char *)room(size);
    ic_encode(&p.model, bytes);
    ic_model_free(&p.model);
    must(page_open(&p, bytes, size));
    p.facts.temperature = 1;
    for (k = 0; k < CHECKED * LETTERS; k++) {
        page_begin(&p, checks + k * D);
        while (page_step(&p))
            ;
        memcpy(energies[k], p.energy, sizeof energies[k]);
        energy[k] = p.energy[page_best(&p)];
        right += page_best(&p) == check_label[k];
    }
    for (i = 0; i < 60; i++) {
        const double temperature = exp(i * 0.1 - 1);
        double loss = 0;
        for (k = 0; k < CHECKED * LETTERS; k++) {
            double sum = 0;
            for (j = 0; j < LETTERS; j++)
                sum += exp((double)(energies[k][check_label[k]] - energies[k][j]) / temperature);
            loss += log(sum);
        }
        if (loss < best)
            best = loss, p.facts.temperature = (float)temperature;
    }
    qsort(energy, CHECKED * LETTERS, sizeof *energy, rising);
    for (k = 0; k < KEPT; k++)
        p.facts.energy[k] = energy[(size_t)k * (CHECKED * LETTERS - 1) / (KEPT - 1)];
    for (k = 0; k < EXAMPLES; k++)
        memcpy(p.facts.example[k / (EXAMPLES / LETTERS) + k % (EXAMPLES / LETTERS) * LETTERS], examples + k * D,
               D * sizeof *examples);
    printf("new letters: %d of %d right; temperature %.2f, log loss %.4f; energies %.0f %.0f %.0f\n", right,
           CHECKED * LETTERS, (double)p.facts.temperature, best / (CHECKED * LETTERS), (double)energy[0],
           (double)energy[CHECKED * LETTERS / 2], (double)energy[CHECKED * LETTERS - 1]);
    /* Two letters, as in the thesis: without noise, and with. */
    for (k = j = 0; k < EACH * LETTERS; k++)
        if (label[k] < 2) {
            memcpy(left + j * D, y + k * D, D * sizeof *y);
            label[j++] = label[k];
        }
    set.y = left, set.n = j, set.classes = 2;
    memset(&augment, 0, sizeof augment);
    augment.means = 1;
    must(ic_pairs_make(&pairs, &set, &augment));
    train.updates = 3000, train.batch = 0, train.draws = 4, train.rate = 0.005;
    generator(&two, argv[1], "plain", 2, 32, &pairs, &train);
    ic_model_free(&two);
    train.noise = 0.3;
    generator(&two, argv[1], "noise", 2, 32, &pairs, &train);
    ic_model_free(&two);

    printf("page %016llx\n", (unsigned long long)page_hash(&p));
    snprintf(path, sizeof path, "%s/page.facts", argv[1]);
    file = fopen(path, "wb");
    if (!file || fwrite(&p.facts, sizeof p.facts, 1, file) != 1 || fclose(file)) {
        fprintf(stderr, "teach: %s cannot be written (disk full?)\n", path);
        return 1;
    }
    return 0;
}
