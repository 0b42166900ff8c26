/* gradient: how much of a gradient arrives at earlier steps, in new networks (chapter [L] of invclass.h).

       gradient >OUT.tsv

   A line a step: the step, then the length of the gradient that arrives there, of an error at the last step, as a
   share of its length there; geometric means over networks.  Columns: recurrent networks without cells, whose
   U stretches nothing by more than 0.9 or 1.1; LSTMs whose forget gate has a bias of 1 or 2.4. */
#define INVCLASS_IMPLEMENTATION
#include "../common.h"
#define main plain_main
#include "../plain.c"      /* NOLINT: its functions are what is measured */
#undef main

enum { LENGTH = 100, WIDTH = 64, INPUTS = 4, NETWORKS = 20, KINDS = 4, NUMBERS = (INPUTS + WIDTH + 1) * 4 * WIDTH };

/* The sum of squares. */
static double squares(const double *v, int n)
{
    double sum = 0;
    for (int k = 0; k < n; k++)
        sum += v[k] * v[k];
    return sum;
}

/* An error at the last step that is felt by every unit alike, but for the sign. */
static void last_gradient(uint64_t seed, double dh[WIDTH])
{
    for (int j = 0; j < WIDTH; j++)
        dh[j] = ic_uniform(seed, 1, (uint64_t)j) < 0.5 ? -1 : 1;
}

/* h_t = tanh(x_t W + h_{t-1} U), U = stretch times an orthonormal matrix; the input comes at the first step. */
static void without_cells(uint64_t seed, double stretch, double sum[LENGTH + 1])
{
    static double U[WIDTH][WIDTH], h[LENGTH + 1][WIDTH], dh[LENGTH + 1][WIDTH];
    const double limit = sqrt(6.0 / (INPUTS + WIDTH));
    ic_p_orthonormal(seed, WIDTH, WIDTH, U[0]);
    memset(h, 0, sizeof h);
    memset(dh, 0, sizeof dh);
    for (int t = 0; t < LENGTH; t++)
        for (int j = 0; j < WIDTH; j++) {
            double z = t == 0 ? limit * (2 * ic_uniform(seed, 2, (uint64_t)j) - 1) : 0;
            for (int k = 0; k < WIDTH; k++)
                z += h[t][k] * stretch * U[k][j];
            h[t + 1][j] = tanh(z);
        }
    last_gradient(seed, dh[LENGTH]);
    for (int t = LENGTH - 1; t >= 0; t--)
        for (int k = 0; k < WIDTH; k++)
            for (int j = 0; j < WIDTH; j++)
                dh[t][k] += dh[t + 1][j] * (1 - h[t + 1][j] * h[t + 1][j]) * stretch * U[k][j];
    for (int t = 0; t <= LENGTH; t++)
        sum[t] += log(squares(dh[t], WIDTH) / squares(dh[LENGTH], WIDTH)) / 2;
}

/* The library's start, the network of plain.c. */
static void with_cells(uint64_t seed, double memory, double sum[LENGTH + 1])
{
    static double p[NUMBERS], dp[NUMBERS], x[LENGTH][INPUTS], dx[LENGTH][INPUTS], a[LENGTH][4][WIDTH];
    static double c[LENGTH + 1][WIDTH], h[LENGTH + 1][WIDTH], dc[LENGTH + 1][WIDTH], dh[LENGTH + 1][WIDTH];
    const int U = INPUTS * 4 * WIDTH, b = U + WIDTH * 4 * WIDTH;
    ic_config config = { INPUTS, WIDTH, 1, 1, LENGTH, IC_HARD_SIGMOID, IC_EVERY_STEP, IC_LINEAR };
    ic_model model;
    check(ic_model_init(&model, &config, NULL), "network");
    check(ic_model_randomise(&model, seed, memory), "network");
    for (int k = 0; k < NUMBERS; k++)
        p[k] = (double)model.param[k];
    ic_model_free(&model);
    memset(dc, 0, sizeof dc);
    memset(dh, 0, sizeof dh);
    x[0][0] = 1;
    lstm_forward(LENGTH, INPUTS, WIDTH, (void *)p, (void *)(p + U), (void *)(p + b), x, a, c, h);
    last_gradient(seed, dh[LENGTH]);
    lstm_backward(LENGTH, INPUTS, WIDTH, (void *)p, (void *)(p + U), x, a, c, h, dh, dc, dx, (void *)dp, (void *)(dp + U),
                  (void *)(dp + b));
    for (int t = 0; t <= LENGTH; t++)
        sum[t] += log((squares(dh[t], WIDTH) + squares(dc[t], WIDTH)) / squares(dh[LENGTH], WIDTH)) / 2;
}

int main(void)
{
    static double sum[KINDS][LENGTH + 1];
    program = "gradient";
    for (uint64_t seed = 0; seed < NETWORKS; seed++) {
        without_cells(seed, 0.9, sum[0]);
        without_cells(seed, 1.1, sum[1]);
        with_cells(seed, 0, sum[2]);
        with_cells(seed, 50, sum[3]);
    }
    for (int t = 0; t <= LENGTH; t++) {
        printf("%d", t);
        for (int k = 0; k < KINDS; k++)
            printf("\t%.3g", exp(sum[k][t] / NETWORKS));
        putchar('\n');
    }
    return printed();
}
