/* damage: letters with noise on every point, and letters with points missing.

       damage FOLDER [data=FILE]

   A test letter is LETTER_STEPS points.  Noise: it moves each of them; the recogniser is not told, the Gaussians are, and add
   its variance.  Missing points: left out of the curve for the recogniser, and the others keep their times; the other two
   compare the points that are there.  Nothing else is made for either.  Table C3. */
#define INVCLASS_IMPLEMENTATION
#include "handwriting.h"
#include "gaussian.h"

enum { LINES = 10, ALIKE = 26 };       /* the same points are missing of so many letters that follow each other */

/* The points of a letter that were seen, with their times. */
static ic_curve points_seen(const float *xy, const unsigned char *seen, float *point, float *time)
{
    ic_curve c = { 0, point, time, NULL };
    int t;
    for (t = 0; t < LETTER_STEPS; t++)
        if (seen[t]) {
            point[2 * c.n] = xy[2 * t];
            point[2 * c.n + 1] = xy[2 * t + 1];
            time[c.n++] = (float)t;
        }
    return c;
}

/* Which points are seen: at least one is. */
static void draw_seen(int group, double missing, unsigned char *seen)
{
    int t, some = 0;
    for (t = 0; t < LETTER_STEPS; t++)
        some += seen[t] = ic_uniform(9, (uint64_t)group, (uint64_t)t) >= missing;
    if (some == 0)
        seen[0] = 1;
}

int main(int argc, char **argv)
{
    static const double noise[LINES] = { 0, 0.25, 0.5, 1, 1.5, 0, 0, 0, 0, 0 };
    static const double missing[LINES] = { 0, 0, 0, 0, 0, 0.25, 0.5, 0.75, 0.85, 0.9 };
    static const column columns[] = {
        { "noise", "%.4g" }, { "% missing", "%.4g" }, { "recogniser", "%.4g" }, { "gaussian", "%.4g" },
        { "nearest letter", "%.4g" },
    };
    const char *data, *folder = read_arguments(argc, argv, "damage", &data);
    double cells[LINES][5], energy[PEN_CLASSES], far;
    float point[LETTER_D], time[LETTER_STEPS], *shown, numbers[LETTER_D];
    unsigned char seen[LETTER_STEPS];
    letters all = load_letters(data), train, test;
    ic_recogniser recogniser;
    ic_recognition answer;
    gaussians g;
    int line, k, j, size = 0;
    cut_letters(&all, &train, &test);
    fit_recogniser(&recogniser, &train, 1);
    check(ic_recognition_init(&answer, &recogniser), "recogniser");
    memset(&g, 0, sizeof g);
    for (line = 0; line < LINES; line++) {
        gaussian_weights w = usual_weights;
        double *r = cells[line];
        memset(r, 0, sizeof cells[0]);
        r[0] = noise[line];
        r[1] = 100 * missing[line];
        w.noise += noise[line] * noise[line];
        for (k = 0; k < test.n; k++) {
            float worse[LETTER_D];
            int m = 0;
            if (k % ALIKE == 0 && (k == 0 || missing[line] > 0)) {
                draw_seen(k / ALIKE, missing[line], seen);
                free_gaussians(&g);
                size = seen_numbers(&train, seen, &shown);
                g = fit_gaussians(train.n, shown, train.label, train.classes, size, 2, &w);
                free(shown);
            }
            for (j = 0; j < LETTER_D; j++) {
                worse[j] = letter(&test, k)[j] + (float)(noise[line] * ic_normal(8, (uint64_t)line, (uint64_t)(k * LETTER_D + j)));
                if (seen[j / 2])
                    numbers[m++] = worse[j];
            }
            {
                const ic_curve curve = points_seen(worse, seen, point, time);
                check(ic_recognise(&recogniser, &curve, &answer), "a letter");
            }
            r[2] += (double)(answer.label == test.label[k]) / test.n;
            r[3] += (double)(gaussian_energies(&g, numbers, energy) == test.label[k]) / test.n;
            r[4] += (double)(train.label[nearest_letter(&train, worse, seen, &far)] == test.label[k]) / test.n;
        }
    }
    write_numbers(folder, "C3", "accuracy with noise on the points, and with points missing", columns, COUNT(columns),
                  LINES, NULL, cells[0], &all);
    free_gaussians(&g);
    ic_recognition_free(&answer);
    ic_recogniser_free(&recogniser);
    return 0;
}
