/* exp, tanh and sigmoid over all floats of the range where they do anything, against libm in double
   precision; beyond it by samples.  The bounds are those that invclass.h states.
   Not under valgrind: takes minutes there.
   Not under threads: starts none.
   Not under x87: compares bits. */
#define INVCLASS_IMPLEMENTATION
#include "invclass.h"
#include "check.h"

static float from_bits(uint32_t bits)
{
    float x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

/* The spacing of floats at |y|. */
static double unit_at(double y)
{
    int e;
    frexp(y, &e);
    return ldexp(1, (e < -125 ? -125 : e) - 24);
}

static double exact(int function, double x)
{
    return function == IC_P_EXP ? exp(x) : function == IC_P_TANH ? tanh(x) : 1 / (1 + exp(-x));
}

/* Largest error in units of the last place over the floats with bits first..last, step apart. */
static double worst(const ic_p_kernels *kernels, int function, uint32_t first, uint32_t last, uint32_t step)
{
    float x[1024], y[1024];
    double most = 0;
    uint64_t bits = first;
    int k, n;
    while (bits <= last) {
        for (n = 0; n < 1024; n++) {
            x[n] = from_bits((uint32_t)(bits <= last ? bits : last));
            bits += step;
        }
        kernels->map(function, 1024, x, y);
        for (k = 0; k < n; k++) {
            const double want = exact(function, (double)x[k]), error = fabs((double)y[k] - want) / unit_at(want);
            most = error > most ? error : most;
        }
    }
    return most;
}

static uint32_t bits_of(float x)
{
    uint32_t bits;
    memcpy(&bits, &x, sizeof bits);
    return bits;
}

/* Numbers that are hard to round a sum of: with few bits, so that sums land halfway between two floats;
   ordinary; tiny; near the largest float, past which sums go and come back; infinite. */
enum { ROUND, ORDINARY, SMALL, TINY, LARGE, INFINITE, NEAR_HALF, NEAR_HALF_TINY, KINDS };

static float awkward(uint64_t i, uint64_t j, int kind, int operand)
{
    const float unit = 1.1920929e-7f;
    uint32_t r[4];
    float x;
    ic_random(7, i, j, r);
    x = r[3] % 2 ? 1.0f : -1.0f;
    if (kind >= NEAR_HALF) {       /* (1 + u)(1 - u) 2^-24 is just short of half a unit of an odd number */
        const int down = kind == NEAR_HALF ? 0 : -126;
        return operand == 0 ? x * ldexpf(1 + unit, down / 2 - 11) : operand == 1 ? ldexpf(1 - unit / 2 * (float)(1 + r[0] % 2), down / 2 - 13)
             : ldexpf(1 + (float)(r[0] % 4) * unit, kind == NEAR_HALF ? 0 : -126 - (int)(r[1] % 8));
    }
    if (r[1] % 8 == 0)
        return 0;
    if (kind == INFINITE && r[1] % 512 == 1)
        return x * from_bits(0x7f800000u);
    if (kind == ROUND)
        return x * ldexpf((float)(16 + r[0] % 16), (int)(r[2] % 50) - 25);
    x *= 1 + (float)(r[0] >> 9) * unit;
    return ldexpf(x, kind == ORDINARY ? (int)(r[2] % 9) - 4 : kind == SMALL ? -(int)(r[2] % 80) : kind == TINY ? -(int)(r[2] % 149)
                   : operand == 2 ? 127 : (int)(r[2] % 4) + 60);
}

enum { ROWS = 7, DEPTH = 9, WIDTH = 4 * 16 };

/* C += A B of one kernel against the same chain of multiply-adds, one number at a time, to the bit. */
static int same_gemm(const ic_p_kernels *kernels, const float *a, const float *b, const float *start)
{
    float c[ROWS * WIDTH];
    const int width = 4 * kernels->lanes;
    int i, j, k, same = 1;
    kernels->gemm(ROWS, DEPTH, 4, a, DEPTH, 1, b, start, width, c, width, kernels->lanes);
    for (i = 0; i < ROWS; i++)
        for (j = 0; j < width; j++) {
            float sum = start[i * width + j];
            for (k = 0; k < DEPTH; k++)
                sum = ic_p_fma(a[i * DEPTH + k], b[k * width + j], sum);
            same &= bits_of(sum) == bits_of(c[i * width + j]) || (isnan(sum) && isnan(c[i * width + j]));
        }
    return same;
}

static void check_gemm(const ic_p_kernels *kernels, int kind)
{
    float a[ROWS * DEPTH], b[DEPTH * WIDTH], start[ROWS * WIDTH];
    const int width = 4 * kernels->lanes;
    int repeat, k, same = 1;
    for (repeat = 0; repeat < 400; repeat++) {
        const uint64_t key = (uint64_t)(10 * repeat + kind);
        for (k = 0; k < ROWS * DEPTH; k++)
            a[k] = awkward(3 * key, (uint64_t)k, kind, 0);
        for (k = 0; k < DEPTH * width; k++)
            b[k] = awkward(3 * key + 1, (uint64_t)k, kind, 1);
        for (k = 0; k < ROWS * width; k++)
            start[k] = awkward(3 * key + 2, (uint64_t)k, kind, 2);
        same &= same_gemm(kernels, a, b, start);
    }
    CHECK(same);
}

/* Products just above 2^-103 that cancel to 2^-127 - 2^-150, finer than any float; what comes next is a tie if that was
   rounded as a float is, and none if it was not. */
static void check_cancelling(const ic_p_kernels *kernels)
{
    const float unit = 1.1920929e-7f, x = ldexpf(1.5f + unit, -52);
    float a[ROWS * DEPTH] = { 0 }, b[DEPTH * WIDTH], start[ROWS * WIDTH] = { 0 };
    int i, k;
    for (k = 0; k < DEPTH * 4 * kernels->lanes; k++)
        b[k] = k < 8 * kernels->lanes ? x : ldexpf(1.5f + 4 * unit, -52);
    for (i = 0; i < ROWS; i++) {
        a[i * DEPTH] = i % 2 ? x : -x;
        a[i * DEPTH + 1] = -a[i * DEPTH];
        a[i * DEPTH + 2] = i / 2 % 2 ? ldexpf(1.5f, -52) : ldexpf(-1.5f, -52);
    }
    CHECK(same_gemm(kernels, a, b, start));
}

/* Cells and errors that shrink become 0 before they are subnormal, on every kernel alike; NaN stays. */
static void check_flush(const ic_p_kernels *kernels)
{
    enum { N = IC_PAD };
    static const float small[] = { 1e-38f, -1e-31f, 1.9e-30f, 2.1e-30f, -1.1e-29f, 1, 0, NAN };
    float before[N] = { 0 }, z[4 * N] = { 0 }, c[N], tc[N], h[N], dh[N], dc[N];
    int k, same = 1;
    for (k = 0; k < N; k++) {
        before[k] = small[k % 8];
        z[k] = -9;                                     /* i = 0; f and o are a half */
        z[2 * N + k] = 0.5f;
    }
    for (k = 0; k < N; k += kernels->lanes)
        kernels->gates(1, IC_HARD_SIGMOID, z + k, 4 * N, before + k, c + k, tc + k, h + k, N);
    for (k = 0; k < N; k++) {
        const float want = fabs((double)before[k]) < 2e-30 ? 0 : before[k] / 2;
        same &= k % 8 == 7 ? isnan(c[k]) && isnan(h[k]) : bits_of(c[k]) == bits_of(want);
        dc[k] = 0;
        tc[k] = 0.5f;
    }
    CHECK(same);
    memcpy(dh, before, sizeof dh);
    for (k = 0, same = 1; k < N; k += kernels->lanes)
        kernels->gates_back(1, k, 1, IC_HARD_SIGMOID, dh, dc, z, 4 * N, before, tc, N);
    for (k = 0; k < N; k++) {
        const double error = fabs((double)dh[k]);      /* dout = dh tc slope; d = dh o (1 - tc^2) = 0.375 dh */
        same &= k % 8 == 7 ? isnan(z[3 * N + k]) : (z[3 * N + k] == 0) == (0.1 * error < 1e-30);
        same &= k % 8 == 7 ? isnan(dc[k]) : (dc[k] == 0) == (0.375 * error < 1e-30);
    }
    CHECK(same);
}

int main(int argc, char **argv)
{
    /* All floats take half a minute; every seventh is what the fast run looks at. */
    const uint32_t step = argc > 1 && strcmp(argv[1], "all") == 0 ? 1 : 7;
    const uint32_t tiny = bits_of(1e-5f), sign = 0x80000000u;
    const ic_p_kernels *fast = ic_p_kernels_for(IC_ISA_BEST);
    double e, t, s;
    int k;
    e = fmax(worst(fast, IC_P_EXP, tiny, bits_of(88.0f), step), worst(fast, IC_P_EXP, sign | tiny, sign | bits_of(87.0f), step));
    t = worst(fast, IC_P_TANH, tiny, bits_of(12.0f), step);
    s = fmax(worst(fast, IC_P_SIGMOID, tiny, bits_of(30.0f), step), worst(fast, IC_P_SIGMOID, sign | tiny, sign | bits_of(87.0f), step));
    printf("largest error in units of the last place: exp %.3f, tanh %.3f, sigmoid %.3f\n", e, t, s);
    CHECK(e <= 1.1);
    CHECK(t <= 6);
    CHECK(s <= 3);
    CHECK(worst(fast, IC_P_TANH, 1, tiny, 1009) <= 1);        /* near zero, down to the subnormals */
    CHECK(worst(fast, IC_P_EXP, 0, tiny, 1009) <= 1);
    CHECK(worst(fast, IC_P_TANH, bits_of(12.0f), bits_of(3e38f), 1009) <= 1);
    for (k = 0; k < 200000; k++) {
        const float x = (float)(10 * ic_normal(1, (uint64_t)k, 0));
        CHECK(ic_tanh(-x) == -ic_tanh(x) && fabs((double)ic_tanh(x)) <= 1);
        CHECK_NEAR(ic_hard_sigmoid(x), fmin(fmax(0.2 * (double)x + 0.5, 0), 1), 1e-6);
    }
    CHECK(ic_tanh(INFINITY) > 0.9999998f && ic_sigmoid(INFINITY) == 1 && ic_hard_sigmoid(-INFINITY) == 0);
    CHECK(ic_exp(0) == 1 && ic_exp(-INFINITY) < 1e-37f);
    CHECK(isnan(ic_exp(NAN)) && isnan(ic_tanh(NAN)) && isnan(ic_sigmoid(NAN)) && isnan(ic_hard_sigmoid(NAN)));
    /* The multiply-add without the instruction rounds once: against fma of libm, which in Windows' C library
       rounds twice. */
#ifdef _WIN32
    k = 1000000;
#else
    k = 0;
#endif
    for (; k < 1000000; k++) {
        uint32_t r[4];
        float a, b, c;
        ic_random(2, (uint64_t)k, 0, r);
        a = from_bits(r[0] & 0x9fffffffu), b = from_bits(r[1] & 0xbfffffffu), c = from_bits(r[2]);
        if (k % 2)                                             /* sums that nearly cancel */
            c = -a * b * (1 + (float)(r[3] % 16) * 1.2e-7f);
        if (isfinite(a) && isfinite(b) && isfinite(c) && isfinite(fmaf(a, b, c)))
            CHECK(ic_p_fma(a, b, c) == fmaf(a, b, c));
    }
    for (k = IC_ISA_BEST; k <= IC_ISA_FMA; k++)
        if (ic_isa_name((ic_isa)k)) {
            int kind;
            for (kind = 0; kind < KINDS; kind++)
                check_gemm(ic_p_kernels_for((ic_isa)k), kind);
            check_cancelling(ic_p_kernels_for((ic_isa)k));
            check_flush(ic_p_kernels_for((ic_isa)k));
        }
    for (k = 1; k < 100; k++)
        CHECK_NEAR(ic_p_log(k * 0.37), log(k * 0.37), 1e-13);
    return check_report();
}
