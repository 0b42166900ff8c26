/* som: the latent space of a 4-class generator on a self-organising map.

       som OUT.tsv MODEL [data=FILE]

   The points are all vectors of tenths with four components that sum to 1: 286 of them.  The map is
   the thesis's: 17 x 17 units, a start from random points, 100 iterations at rate 0.5 with MiniSom's
   sigma of 1.  MiniSom divides by 2 pi sigma^2 where the formula has 2 sigma^2, so the thesis's
   Gaussian had, in the usual terms, a sigma of sqrt(pi) = 1.77; that is what is used here.

   The thesis read the generated letters by eye.  Here a letter is what it is near, as latent.h has
   it.  If even the nearest class mean is farther away than 95 % of the training samples are
   from the mean of their own class, the curve is no letter, and its label is x.

   OUT holds three blocks, two blank lines apart (gnuplot's index 0, 1, 2):
       u  row col value                                      the U-matrix
       v  row col label w1 w2 w3 w4  slot slots line lines place places     each vector
       c  row col size                                       the part for a close-up
   Row and column of a vector are its winner's; the other six say where it goes among those at the
   same unit: each label has a slot, of so many; each vector a line among those of its label, and a
   place among all, in the order of the labels. */
#define INVCLASS_IMPLEMENTATION
#include "latent.h"

enum { CLASSES = 4, VECTORS = 286, NOTHING = CLASSES, CLOSE_UP = 6 };
#define SQRT_PI 1.7724538509055160
#define PERCENT 95

typedef struct latent {
    float *x;                                /* [VECTORS][CLASSES] the vectors */
    int label[VECTORS], winner[VECTORS];     /* class or NOTHING; unit */
} latent;

/* All of them, to be freed: counts up through the tenths of all classes but the last, which gets the rest. */
static float *tenths(void)
{
    float *x = get_floats(VECTORS, CLASSES), *to = x;
    int part[CLASSES] = { 0 }, k, n;
    for (n = 0; n < VECTORS; n++, to += CLASSES) {
        int rest = 10;
        for (k = 0; k < CLASSES - 1; k++) {
            to[k] = (float)part[k] / 10;
            rest -= part[k];
        }
        to[CLASSES - 1] = (float)rest / 10;
        for (k = CLASSES - 2; k >= 0 && rest == 0; k--) {
            rest = part[k];
            part[k] = 0;
        }
        if (k >= 0)
            part[k]++;
    }
    return x;
}

/* The distance that PERCENT of the training samples do not exceed. */
static double near_limit(const split *s, const float *means)
{
    double *d = (double *)get_memory((size_t)s->train, sizeof(double)), limit;
    int k, *order;
    for (k = 0; k < s->train; k++)
        nearest_mean(split_xy(s, k), means + (size_t)s->set.label[k] * PEN_STEPS * 2, 1, &d[k]);
    order = order_of(d, s->train);
    limit = d[order[(s->train * PERCENT + 99) / 100 - 1]];
    free(order);
    free(d);
    return limit;
}

static void label_vectors(latent *l, const ic_model *model, const float *means, double limit)
{
    const size_t d = PEN_STEPS * 2;
    float *y = get_floats(VECTORS, d);
    double distance;                         /* DTW, to the nearest mean */
    int k;
    generate_mixtures(model, CLASSES, VECTORS, l->x, y);
    for (k = 0; k < VECTORS; k++) {
        l->label[k] = nearest_mean(y + (size_t)k * d, means, CLASSES, &distance);
        if (distance > limit)
            l->label[k] = NOTHING;
    }
    free(y);
}

static void make_map(latent *l, ic_som *map)
{
    ic_som_options o;
    int k;
    memset(&o, 0, sizeof o);
    o.sigma = SQRT_PI;
    check(ic_som_train(map, VECTORS, CLASSES, l->x, &o), "map");
    for (k = 0; k < VECTORS; k++)
        l->winner[k] = ic_som_winner(map, l->x + k * CLASSES);
}

/* -- output ------------------------------------------------------------------------------------ */

static void write_figures(FILE *f, const latent *l, const ic_som *map, double limit, const split *s)
{
    int k, count[CLASSES + 1] = { 0, 0, 0, 0, 0 };
    for (k = 0; k < VECTORS; k++)
        count[l->label[k]]++;
    fprintf(f, "# data: %s\n# map: %d x %d units, sigma %.4f, rate 0.5, 100 iterations\n",
            s->set.source, map->rows, map->cols, SQRT_PI);
    fprintf(f, "# quantisation_error %.4f\n# topographic_error %.4f\n",
            ic_som_quantisation_error(map, VECTORS, l->x),
            ic_som_topographic_error(map, VECTORS, l->x));
    fprintf(f, "# x beyond a DTW distance of %.2f: %d %% of %d training samples are nearer to the "
            "mean of their class\n", limit, PERCENT, s->train);
    fprintf(f, "# labels: a %d, b %d, c %d, d %d, x %d\n", count[0], count[1], count[2], count[3],
            count[NOTHING]);
}

static void write_u_matrix(FILE *f, const ic_som *map)
{
    float *u = get_floats((size_t)map->rows, (size_t)map->cols);
    int r, c;
    ic_som_u_matrix(map, u);
    for (r = 0; r < map->rows; r++)
        for (c = 0; c < map->cols; c++)
            fprintf(f, "u\t%d\t%d\t%.4f\n", r, c, (double)u[r * map->cols + c]);
    free(u);
}

static void write_vectors(FILE *f, const latent *l, const ic_som *map)
{
    int k, j;
    for (k = 0; k < VECTORS; k++) {
        const float *x = l->x + k * CLASSES;
        const int label = l->label[k];
        int here[CLASSES + 1] = { 0, 0, 0, 0, 0 }, slot = 0, slots = 0, line = 0, before = 0, all = 0;
        for (j = 0; j < VECTORS; j++)
            if (l->winner[j] == l->winner[k]) {
                here[l->label[j]]++;
                line += j < k && l->label[j] == label;
            }
        for (j = 0; j <= CLASSES; j++) {
            slot += j < label && here[j] > 0;
            slots += here[j] > 0;
            before += j < label ? here[j] : 0;
            all += here[j];
        }
        fprintf(f, "v\t%d\t%d\t%c\t%.1f\t%.1f\t%.1f\t%.1f\t%d\t%d\t%d\t%d\t%d\t%d\n",
                l->winner[k] / map->cols, l->winner[k] % map->cols,
                label == NOTHING ? 'x' : PEN_LETTERS[label], (double)x[0], (double)x[1],
                (double)x[2], (double)x[3], slot, slots, line, here[label], before + line, all);
    }
}

/* The close-up shows the square of units at which the most vectors meet: pairs at one unit count. */
static void write_close_up(FILE *f, const latent *l, const ic_som *map)
{
    int *at = (int *)get_memory((size_t)(map->rows * map->cols), sizeof(int));
    int r, c, i, most = -1, row = 0, col = 0;
    for (i = 0; i < VECTORS; i++)
        at[l->winner[i]]++;
    for (r = 0; r + CLOSE_UP <= map->rows; r++)
        for (c = 0; c + CLOSE_UP <= map->cols; c++) {
            int pairs = 0;
            for (i = 0; i < CLOSE_UP * CLOSE_UP; i++) {
                const int n = at[(r + i / CLOSE_UP) * map->cols + c + i % CLOSE_UP];
                pairs += n * (n - 1) / 2;
            }
            if (pairs > most) {
                most = pairs;
                row = r;
                col = c;
            }
        }
    fprintf(f, "c\t%d\t%d\t%d\n", row, col, CLOSE_UP);
    free(at);
}

int main(int argc, char **argv)
{
    static latent l;
    const char *data = "";
    const option options[] = { { "data", &data } };
    double limit;
    ic_pairs means;
    pen_set set;
    split s;
    ic_model model;
    ic_som map;
    outfile out;

    program = "som";
    if (take_options(argc, argv, options, COUNT(options)) != 3)
        die(NULL, "usage: som OUT.tsv MODEL [data=FILE]");
    load_generator(argv[2], CLASSES, &model);
    load_data(data, &set);
    split_data(&set, CLASSES, &s);
    means = class_means(&s);
    limit = near_limit(&s, means.y);
    l.x = tenths();
    label_vectors(&l, &model, means.y, limit);
    make_map(&l, &map);

    out_open(&out, argv[1]);
    write_figures(out.file, &l, &map, limit, &s);
    write_u_matrix(out.file, &map);
    fputs("\n\n", out.file);
    write_vectors(out.file, &l, &map);
    fputs("\n\n", out.file);
    write_close_up(out.file, &l, &map);
    out_close(&out);
    ic_som_free(&map);
    ic_model_free(&model);
    ic_pairs_free(&means);
    free(l.x);
    return 0;
}
