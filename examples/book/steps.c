/* steps.c: from the loops of examples/plain.c to the library's speed, a step at a time.

       steps [quick]                  prints a table; quick: sequences of 20 steps

   What is computed is always the same: forward and backward through an LSTM layer of 205 units, 205 time
   steps, 12 sequences, and the gradient of its recurrent weights.  Each step below changes one thing in
   how; chapter [B] of invclass.h explains why it helps.  No step changes an order of summation, so all
   results are compared with the library's bit for bit.

   The recurrent weights are used in three products, all of them of the form Z += X W:

       forward     z  += h U          12 x 205 times 205 x 820, at every time step
       backward    dh += dz U^T       12 x 820 times 820 x 205, at every time step
       gradient    dU += h^T dz       205 x 12 times 12 x 820, at every time step

   The gates are computed by the library's kernels: for one unit at a time, from "vectors" on for a vector of
   units. */
#define INVCLASS_IMPLEMENTATION
#include "../common.h"
#include "../bench/machine.h"

enum { H = HIDDEN, HP = (H + IC_PAD - 1) / IC_PAD * IC_PAD, N = 4 * HP, T = 205, B = 12, STRIP = 96 };

/* A row of z holds the gates in groups: i, f, g and o of the first sixteen units, then of the next sixteen.
   There are 208 units; the weights of the last three are zero. */
#define ALIGNED __attribute__((aligned(64)))
ALIGNED static float U[H][N], UT[N][HP], bias[N], W[N], D[HP], input[B], dy[T][B];
ALIGNED static float sums[T][B][N], h[T + 1][B][HP], c[T + 1][B][HP], tanh_c[T][B][HP], dh[B][HP], dc[B][HP], dU[H][N];
static int steps = T;

/* -- a vector of floats ------------------------------------------------------------------------------- */

#if defined(IC_P_X86)
enum { LANES = 8 };
#define STEP __attribute__((target("avx2,fma"))) static
#define KERNELS ic_p_kernels_8
typedef __m256 vector;
#define LOAD(p) _mm256_loadu_ps(p)
#define STORE(p, v) _mm256_storeu_ps(p, v)
#define SET(number) _mm256_set1_ps(number)
#define FMA(a, b, sum) _mm256_fmadd_ps(a, b, sum)
#elif defined(IC_P_NEON)
enum { LANES = 4 };
#define STEP static
#define KERNELS ic_p_kernels_4
typedef float32x4_t vector;
#define LOAD(p) vld1q_f32(p)
#define STORE(p, v) vst1q_f32(p, v)
#define SET(number) vdupq_n_f32(number)
#define FMA(a, b, sum) vfmaq_f32(sum, a, b)
#else
enum { LANES = 1 };
#define STEP static
#define KERNELS ic_p_kernels_1
typedef float vector;
#define LOAD(p) (*(p))
#define STORE(p, v) (*(p) = (v))
#define SET(number) (number)
#define FMA(a, b, sum) ic_p_fma(a, b, sum)
#endif

#define INLINE inline __attribute__((always_inline))

/* -- Z += X W, in four ways ----------------------------------------------------------------------------

   Z is m x n, X is m x depth: element (r, k) of X at x[r * x_row + k * x_k]. */
typedef void product_fn(int m, int depth, int n, const float *x, int x_row, int x_k, const float *w, int w_row,
                        float *z, int z_row);

/* As it is written in a book: for every number of Z the whole sum, down a column of W. */
STEP void product_plain(int m, int depth, int n, const float *x, int x_row, int x_k, const float *w, int w_row,
                        float *z, int z_row)
{
    for (int r = 0; r < m; r++)
        for (int j = 0; j < n; j++)
            for (int k = 0; k < depth; k++)
                z[r * z_row + j] = fmaf(x[r * x_row + k * x_k], w[k * w_row + j], z[r * z_row + j]);
}

/* Along the rows of W, which lie in memory as they are read. */
STEP void product_rows(int m, int depth, int n, const float *x, int x_row, int x_k, const float *w, int w_row,
                       float *z, int z_row)
{
    for (int r = 0; r < m; r++)
        for (int k = 0; k < depth; k++)
            for (int j = 0; j < n; j++)
                z[r * z_row + j] = fmaf(x[r * x_row + k * x_k], w[k * w_row + j], z[r * z_row + j]);
}

/* The same for LANES neighbours at a time, and for COLUMNS numbers of every row of Z before the next ones, so
   that these stay in the first-level cache.  With one sequence m is 1; with a batch a row of W, once it is
   there, is used for all rows of Z. */
STEP void product_vectors(int m, int depth, int n, const float *x, int x_row, int x_k, const float *w, int w_row,
                          float *z, int z_row)
{
    enum { COLUMNS = 208 };
    for (int first = 0; first < n; first += COLUMNS)
        for (int k = 0; k < depth; k++)
            for (int r = 0; r < m; r++) {
                const vector xs = SET(x[r * x_row + k * x_k]);
                IC_P_UNROLL for (int j = first; j < first + COLUMNS; j += LANES)
                    STORE(z + r * z_row + j, FMA(xs, LOAD(w + k * w_row + j), LOAD(z + r * z_row + j)));
            }
}

/* The sums of some rows by some vectors stay in registers from the first product to the last.  Vectors of
   Z are z_step numbers apart. */
STEP INLINE void tile(int rows, int vectors, int depth, const float *x, int x_row, int x_k, const float *w, int w_row,
                      float *z, int z_row, int z_step)
{
    vector sum[3][4];
    IC_P_UNROLL for (int r = 0; r < rows; r++)
        IC_P_UNROLL for (int v = 0; v < vectors; v++)
            sum[r][v] = LOAD(z + r * z_row + v * z_step);
    for (int k = 0; k < depth; k++) {
        vector row[4];
        IC_P_UNROLL for (int v = 0; v < vectors; v++)
            row[v] = LOAD(w + k * w_row + v * LANES);
        IC_P_UNROLL for (int r = 0; r < rows; r++) {
            const vector xs = SET(x[r * x_row + k * x_k]);
            IC_P_UNROLL for (int v = 0; v < vectors; v++)
                sum[r][v] = FMA(xs, row[v], sum[r][v]);
        }
    }
    IC_P_UNROLL for (int r = 0; r < rows; r++)
        IC_P_UNROLL for (int v = 0; v < vectors; v++)
            STORE(z + r * z_row + v * z_step, sum[r][v]);
}

/* Up to four vectors of every row of Z, three rows at a time. */
STEP void tiles(int m, int vectors, int depth, const float *x, int x_row, int x_k, const float *w, int w_row,
                float *z, int z_row, int z_step)
{
    for (int r = 0; r < m; r += r + 3 <= m ? 3 : 1)
        for (int v = 0; v < vectors; v += vectors == 4 ? 4 : 1) {
            const float *xs = x + r * x_row, *ws = w + v * LANES;
            float *zs = z + r * z_row + v * z_step;
            if (r + 3 <= m && vectors == 4)
                tile(3, 4, depth, xs, x_row, x_k, ws, w_row, zs, z_row, z_step);
            else if (r + 3 <= m)
                tile(3, 1, depth, xs, x_row, x_k, ws, w_row, zs, z_row, z_step);
            else if (vectors == 4)
                tile(1, 4, depth, xs, x_row, x_k, ws, w_row, zs, z_row, z_step);
            else
                tile(1, 1, depth, xs, x_row, x_k, ws, w_row, zs, z_row, z_step);
        }
}

static int at_most_4(int vectors) { return vectors < 4 ? vectors : 4; }

STEP void product_tiles(int m, int depth, int n, const float *x, int x_row, int x_k, const float *w, int w_row,
                        float *z, int z_row)
{
    for (int first = 0; first < n; first += 4 * LANES)
        tiles(m, at_most_4((n - first) / LANES), depth, x, x_row, x_k, w + first, w_row, z + first, z_row, LANES);
}

/* -- what the products are made of: forward, backward, gradient ------------------------------------------ */

typedef struct step {
    const char *name;
    int rows;                          /* of how many sequences a time step is computed together */
    product_fn *product;
    const ic_p_kernels *gates;
    int packed, over_time, fused;
} step;

/* The weights in the order in which tiles read them, so that every load continues the last.  U: for every
   vector of units a panel, whose rows are one vector of each gate.  U^T: blocks of four vectors of columns. */
ALIGNED static float U_packed[H * N], UT_packed[N * HP];

static void pack(void)
{
    float *to = U_packed;
    for (int unit = 0; unit < HP; unit += LANES)
        for (int k = 0; k < H; k++)
            for (int gate = 0; gate < 4; gate++, to += LANES)
                memcpy(to, &U[k][ic_p_gate_at(unit) + IC_PAD * gate], LANES * sizeof *to);
    to = UT_packed;
    for (int unit = 0; unit < HP; unit += 4 * LANES) {
        const int wide = LANES * at_most_4((HP - unit) / LANES);
        for (int k = 0; k < N; k++, to += wide)
            memcpy(to, &UT[k][unit], (size_t)wide * sizeof *to);
    }
}

static void gates(const step *s, int t, int first, int m, int unit, int units)
{
    for (int u = unit; u < unit + units; u += s->gates->lanes)
        s->gates->gates(m, IC_HARD_SIGMOID, &sums[t][first][ic_p_gate_at(u)], N, &c[t][first][u], &c[t + 1][first][u],
                        &tanh_c[t][first][u], &h[t + 1][first][u], HP);
}

static void gates_back(const step *s, int t, int first, int m, int unit, int units)
{
    s->gates->gates_back(m, unit, units / s->gates->lanes, IC_HARD_SIGMOID, dh[first], dc[first], sums[t][first], N,
                         c[t][first], tanh_c[t][first], HP);
}

static void forward(const step *s, int t, int first, int m)
{
    for (int r = first; r < first + m; r++)
        for (int k = 0; k < N; k++)
            sums[t][r][k] = t == 0 ? fmaf(input[r], W[k], bias[k]) : bias[k];
    if (!s->packed)
        s->product(m, H, N, h[t][first], HP, 1, U[0], N, sums[t][first], N);
    else
        for (int unit = 0; unit < HP; unit += LANES) {
            tiles(m, 4, H, h[t][first], HP, 1, U_packed + unit * 4 * H, 4 * LANES, &sums[t][first][ic_p_gate_at(unit)],
                  N, IC_PAD);
            if (s->fused)              /* while their sums are still in the cache */
                gates(s, t, first, m, unit, LANES);
        }
    if (!s->fused)
        gates(s, t, first, m, 0, HP);
}

static void backward(const step *s, int t, int first, int m)
{
    for (int r = first; r < first + m; r++)
        for (int k = 0; k < HP; k++)
            dh[r][k] = dy[t][r] * D[k];
    if (!s->packed && t + 1 < steps)
        s->product(m, N, HP, sums[t + 1][first], N, 1, UT[0], HP, dh[first], HP);
    for (int unit = 0; s->packed && unit < HP; unit += 4 * LANES) {
        const int vectors = at_most_4((HP - unit) / LANES);
        if (t + 1 < steps)
            tiles(m, vectors, N, sums[t + 1][first], N, 1, UT_packed + unit * N, vectors * LANES, &dh[first][unit], HP,
                  LANES);
        if (s->fused)
            gates_back(s, t, first, m, unit, vectors * LANES);
    }
    if (!s->fused)
        gates_back(s, t, first, m, 0, HP);
}

/* At first dU is read and written at every time step.  Over time, STRIP rows of four vectors of dz are copied
   together and used for all of h^T: of as many rows the sum stays in registers. */
static void gradient(const step *s)
{
    ALIGNED static float strip[STRIP * 4 * LANES];
    const int all = steps * B;
    memset(dU, 0, sizeof dU);
    for (int t = 0; !s->over_time && t < steps; t++)
        s->product(H, B, N, h[t][0], 1, HP, sums[t][0], N, dU[0], N);
    for (int row = 0; s->over_time && row < all; row += STRIP) {
        const int rows = all - row < STRIP ? all - row : STRIP;
        for (int first = 0; first < N; first += 4 * LANES) {
            for (int k = 0; k < rows; k++)
                memcpy(strip + k * 4 * LANES, sums[0][0] + (row + k) * N + first, 4 * LANES * sizeof *strip);
            tiles(H, 4, rows, h[0][0] + row * HP, 1, HP, strip, 4 * LANES, dU[0] + first, N, LANES);
        }
    }
}

static void run_step(void *context)
{
    const step *s = (const step *)context;
    for (int first = 0; first < B; first += s->rows) {
        for (int t = 0; t < steps; t++)
            forward(s, t, first, s->rows);
        memset(dc[first], 0, (size_t)s->rows * sizeof dc[0]);
        for (int t = steps - 1; t >= 0; t--)
            backward(s, t, first, s->rows);
    }
    gradient(s);
}

static const step all_steps[] = {
    { "plain loops",           1, product_plain,   &ic_p_kernels_1, 0, 0, 0 },
    { "along the rows",        1, product_rows,    &ic_p_kernels_1, 0, 0, 0 },
    { "vectors",               1, product_vectors, &KERNELS,        0, 0, 0 },
    { "batch",                 B, product_vectors, &KERNELS,        0, 0, 0 },
    { "tiles in registers",    B, product_tiles,   &KERNELS,        0, 0, 0 },
    { "packing",               B, product_tiles,   &KERNELS,        1, 0, 0 },
    { "gradient over time",    B, product_tiles,   &KERNELS,        1, 1, 0 },
    { "fusion, 6 sequences",   6, product_tiles,   &KERNELS,        1, 1, 1 },
};

/* -- the library ------------------------------------------------------------------------------------------ */

static ic_model model;
static float *gradients;

static void run_library(void *context)
{
    ic_work *work = (ic_work *)context;
    ic_batch batch = { B, 0, 1, NULL, NULL, NULL };
    ic_gradients wanted = { NULL, NULL, NULL, NULL };
    batch.x = input, batch.steps = steps;
    wanted.param = gradients;
    ic_forward(work, &batch);
    for (int t = 0; t < steps; t++)
        for (int r = 0; r < B; r++)
            *ic_output_gradient(work, t, r) = dy[t][r];
    ic_backward(work, &wanted);
}

static ic_work *library(ic_isa isa)
{
    ic_work_options options = { B, T, IC_TRAIN, 1, isa };
    ic_work *work;
    check(ic_work_new(&work, &model.config, &options, NULL), NULL);
    ic_work_load(work, &model);
    return work;
}

static void fill(void)
{
    const ic_config config = { 1, H, 1, 1, T, IC_HARD_SIGMOID, IC_EVERY_STEP, IC_LINEAR };
    ic_tensor w, u, b, d;
    check(ic_model_init(&model, &config, NULL), NULL);
    check(ic_model_randomise(&model, 1, 0), NULL);
    gradients = get_floats(1, model.padded);
    ic_model_tensor(&config, 0, &w), ic_model_tensor(&config, 1, &u), ic_model_tensor(&config, 2, &b);
    ic_model_tensor(&config, 3, &d);
    for (int gate = 0; gate < 4; gate++)
        for (int j = 0; j < H; j++) {
            const int column = ic_p_gate_at(j) + IC_PAD * gate, from = gate * H + j;
            W[column] = model.param[w.offset + (size_t)from], bias[column] = model.param[b.offset + (size_t)from];
            for (int k = 0; k < H; k++)
                UT[column][k] = U[k][column] = model.param[u.offset + (size_t)(k * 4 * H + from)];
        }
    memcpy(D, model.param + d.offset, H * sizeof *D);
    ic_normal_fill(2018, 1, B, input);
    ic_normal_fill(2018, 2, T * B, dy[0]);
    pack();
}

/* How many numbers differ from the library's: hidden states, and gradient of the recurrent weights. */
static int different(const ic_work *work)
{
    ic_tensor u;
    int count = 0;
    ic_model_tensor(&model.config, 1, &u);
    for (int t = 1; t <= steps; t++)
        for (int r = 0; r < B; r++)
            for (int j = 0; j < H; j++)
                count += memcmp(&ic_hidden(work, 0, t, r)[j], &h[t][r][j], sizeof h[t][r][j]) != 0;
    for (int k = 0; k < H; k++)
        for (int gate = 0; gate < 4; gate++)
            for (int j = 0; j < H; j++)
                count += memcmp(&gradients[u.offset + (size_t)(k * 4 * H + gate * H + j)],
                                &dU[k][ic_p_gate_at(j) + IC_PAD * gate], sizeof dU[k][j]) != 0;
    return count;
}

/* -- the table -------------------------------------------------------------------------------------------- */

static double before;

static void row(const char *name, double seconds)
{
    const double gflops = 3 * 8.0 * H * H * steps * B / seconds * 1e-9;
    printf("%s\t%.3f\t%.2f\t%.2f\n", name, 1e3 * seconds, gflops, before > 0 ? before / seconds : 1);
    fflush(stdout);
    before = seconds;
}

int main(int argc, char **argv)
{
    const size_t count = sizeof all_steps / sizeof all_steps[0];
    double gflops, gbytes, peak = 0, cache = 0;
    ic_work *reference;
    program = "steps";
    quick = argc == 2 && strcmp(argv[1], "quick") == 0;
    if (argc != 1 + quick)
        die(NULL, "usage: steps [quick]");
    if (LANES == 8 && !ic_isa_name(IC_ISA_AVX2))
        die(NULL, "this processor has no AVX2, which the steps are written for");
    steps = quick ? 20 : T;
    fill();
    for (size_t k = 0; k < sizeof widths / sizeof widths[0]; k++)
        if (measure_width(&widths[k], &gflops, &gbytes))
            peak = gflops > peak ? gflops : peak, cache = gbytes > cache ? gbytes : cache;
    printf("step\tms\tgflops\ttimes\n%s\t-\t-\t-\n", processor());
    printf("peak\t-\t%.2f\t-\ncache, GB/s\t-\t%.2f\t-\n", peak, cache);
    reference = library(IC_ISA_BEST);
    run_library(reference);
    for (size_t k = 0; k < count; k++) {
        step s = all_steps[k];
        run_step(&s);
        if (different(reference))
            die(s.name, "%d numbers differ from the library's", different(reference));
        row(s.name, measure_best(run_step, &s));
    }
    for (size_t k = 0; k < sizeof widths / sizeof widths[0]; k++)
        if (ic_isa_name(widths[k].isa) && widths[k].lanes >= (int)LANES) {
            ic_work *work = library(widths[k].isa);
            char name[64];
            snprintf(name, sizeof name, "the library, %s", ic_isa_name(widths[k].isa));
            row(name, measure_best(run_library, work));
            ic_work_free(work);
        }
    ic_work_free(reference);
    ic_model_free(&model);
    free(gradients);
    return printed();
}
