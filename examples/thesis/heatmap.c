/* heatmap: how a 2-class generator's latent space is cut up.

       heatmap OUT.tsv MODEL LETTER [data=FILE]

   For each input (i/10, j/10), i, j = 0..10, the network's trajectory is compared by dynamic time
   warping with one test sample of the letter.  OUT: j/10, i/10, distance; a blank line between rows.
   The sample is the letter's first in the test set. */
#define INVCLASS_IMPLEMENTATION
#include "latent.h"

int main(int argc, char **argv)
{
    enum { CELLS = 11 };
    const char *data = "", *where;
    const option options[] = { { "data", &data } };
    pen_set set;
    split s;
    ic_model model;
    outfile out;
    float x[CELLS * CELLS * 2], *y;
    int letter, i, j, k;

    program = "heatmap";
    if (take_options(argc, argv, options, COUNT(options)) != 4)
        die(NULL, "usage: heatmap OUT.tsv MODEL LETTER [data=FILE]");
    load_generator(argv[2], 2, &model);
    where = argv[3][0] && !argv[3][1] ? strchr("ab", argv[3][0]) : NULL;
    if (!where)
        die(NULL, "the letter should be a or b, not \"%s\"", argv[3]);
    letter = *where - 'a';
    load_data(data, &set);
    split_data(&set, 2, &s);
    for (k = s.train + s.valid; k < s.set.n && s.set.label[k] != letter; k++)
        ;
    if (k == s.set.n)
        die(data, "no test sample of the letter %s", argv[3]);

    for (i = 0; i < CELLS; i++)
        for (j = 0; j < CELLS; j++) {
            x[(i * CELLS + j) * 2] = (float)i / 10;
            x[(i * CELLS + j) * 2 + 1] = (float)j / 10;
        }
    y = get_floats(CELLS * CELLS, PEN_STEPS * 2);
    generate_mixtures(&model, 2, CELLS * CELLS, x, y);
    out_open(&out, argv[1]);
    fprintf(out.file, "# second input\tfirst input\tDTW distance to test sample %d, a letter %s of: %s\n",
            k, argv[3], s.set.source);
    for (i = 0; i < CELLS; i++) {
        for (j = 0; j < CELLS; j++) {
            double distance;
            check(ic_dtw(PEN_STEPS, y + (size_t)(i * CELLS + j) * PEN_STEPS * 2, PEN_STEPS, split_xy(&s, k),
                         2, NULL, &distance), argv[2]);
            fprintf(out.file, "%.1f\t%.1f\t%.4f\n", j / 10.0, i / 10.0, distance);
        }
        fputc('\n', out.file);
    }
    out_close(&out);
    return 0;
}
