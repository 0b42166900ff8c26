/* warping: the walk of dynamic time warping through the table of distances, for a figure of chapter [D] of invclass.h.

   Prints the two curves, then the points that the walk brings together, then the table; two blank lines between. */
#define INVCLASS_IMPLEMENTATION
#include "small.h"

enum { STEPS = 40 };

int main(void)
{
    static double cost[STEPS + 1][STEPS + 1], apart[STEPS][STEPS];
    const ic_curves c = small_letters(1, 1, 2, STEPS);
    const float *a = small_curve(&c, 0);
    float b[2 * STEPS];
    double distance;
    int i, j;
    program = "warping";
    small_accelerated(small_curve(&c, 1), STEPS, b);
    for (i = 0; i <= STEPS; i++)
        for (j = 0; j <= STEPS; j++) {
            const double *before = cost[i > 0 ? i - 1 : 0];
            if (i == 0 || j == 0) {
                cost[i][j] = i == j ? 0 : HUGE_VAL;
                continue;
            }
            apart[i - 1][j - 1] = hypot((double)a[2 * i - 2] - (double)b[2 * j - 2], (double)a[2 * i - 1] - (double)b[2 * j - 1]);
            cost[i][j] = apart[i - 1][j - 1] + fmin(fmin(before[j], cost[i][j - 1]), before[j - 1]);     /* (1) */
        }
    check(ic_dtw(STEPS, a, STEPS, b, 2, NULL, &distance), "curves");
    if (fabs(distance - cost[STEPS][STEPS]) > 1e-9 * distance)
        die(NULL, "the table ends with %.9g, the library says %.9g", cost[STEPS][STEPS], distance);
    printf("# step\tx, y of the first curve\tx, y of the second\n");
    for (i = 0; i < STEPS; i++)
        printf("%d\t%.4f\t%.4f\t%.4f\t%.4f\n", i, (double)a[2 * i], (double)a[2 * i + 1], (double)b[2 * i], (double)b[2 * i + 1]);
    printf("\n\n# steps of the walk, from its end\tx, y of both points\n");
    for (i = j = STEPS; i > 0 && j > 0;) {
        printf("%d\t%d\t%.4f\t%.4f\t%.4f\t%.4f\n", i - 1, j - 1, (double)a[2 * i - 2], (double)a[2 * i - 1],
               (double)b[2 * j - 2], (double)b[2 * j - 1]);
        if (cost[i - 1][j - 1] <= cost[i - 1][j] && cost[i - 1][j - 1] <= cost[i][j - 1])
            i--, j--;
        else if (cost[i - 1][j] <= cost[i][j - 1])
            i--;
        else
            j--;
    }
    printf("\n\n# step of the first\tof the second\tdistance of the points\n");
    for (i = 0; i < STEPS; i++)
        for (j = 0; j < STEPS; j++)
            printf("%d\t%d\t%.4f\n", i, j, apart[i][j]);
    return printed();
}
