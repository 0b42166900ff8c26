/* plain: the whole method in plain C, to be read from top to bottom.  No library, no vectors, no threads,
   no batches: an LSTM learns to draw two curves, told which by its input at the first step.  Then the
   weights are frozen, and a curve is recognised by changing the input until the network draws it.

       cc -O2 examples/plain.c -o plain -lm && ./plain

   invclass.h computes the same, faster; its tests compare it with the functions below.  The letters and
   the numbers in brackets are those of its chapter [L], which derives the equations: T steps, I inputs,
   H hidden units, O outputs; dv is the derivative of the error E with respect to v. */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

/* -- the network ---------------------------------------------------------------------------------- */

enum { GATE_I, GATE_F, GATE_G, GATE_O };      /* input, forget, candidate, output */

static int logistic;                          /* sigma: 0 the hard sigmoid, as in the thesis, 1 the sigmoid */

static double sigma(double z) { return logistic ? 1 / (1 + exp(-z)) : fmin(fmax(0.2 * z + 0.5, 0), 1); }

/* sigma' where sigma has the value a. */
static double sigma_slope(double a) { return logistic ? a * (1 - a) : a > 0 && a < 1 ? 0.2 : 0; }

/* An LSTM layer (Hochreiter & Schmidhuber 1997).  h[0] and c[0] are the state before the first step, given;
   the state after step t stands in h[t] and c[t], its input in x[t - 1], its gates in a[t - 1]. */
static void lstm_forward(int T, int I, int H, double W[I][4][H], double U[H][4][H], double b[4][H], double x[T][I],
                         double a[T][4][H], double c[T + 1][H], double h[T + 1][H])
{
    for (int t = 0; t < T; t++) {
        for (int gate = 0; gate < 4; gate++)
            for (int j = 0; j < H; j++) {
                double z = b[gate][j];
                for (int k = 0; k < I; k++)
                    z += x[t][k] * W[k][gate][j];
                for (int k = 0; k < H; k++)
                    z += h[t][k] * U[k][gate][j];                                       /* (1) */
                a[t][gate][j] = gate == GATE_G ? tanh(z) : sigma(z);                    /* (2) */
            }
        for (int j = 0; j < H; j++) {
            c[t + 1][j] = a[t][GATE_F][j] * c[t][j] + a[t][GATE_I][j] * a[t][GATE_G][j];   /* (3) */
            h[t + 1][j] = a[t][GATE_O][j] * tanh(c[t + 1][j]);                          /* (4) */
        }
    }
}

/* Backpropagation through time (Werbos 1990).  On entry dh holds what comes from the outputs.  dh, dc, dx and
   the derivatives by the parameters are added to, so that several curves can share their sums. */
static void lstm_backward(int T, int I, int H, double W[I][4][H], double U[H][4][H], double x[T][I], double a[T][4][H],
                          double c[T + 1][H], double h[T + 1][H], double dh[T + 1][H], double dc[T + 1][H],
                          double dx[T][I], double dW[I][4][H], double dU[H][4][H], double db[4][H])
{
    double dz[4][H];
    for (int t = T - 1; t >= 0; t--) {
        for (int j = 0; j < H; j++) {
            const double i = a[t][GATE_I][j], f = a[t][GATE_F][j], g = a[t][GATE_G][j], o = a[t][GATE_O][j];
            const double tanh_c = tanh(c[t + 1][j]);
            const double d_o = dh[t + 1][j] * tanh_c;                                   /* (5) */
            const double d_c = dc[t + 1][j] + dh[t + 1][j] * o * (1 - tanh_c * tanh_c);   /* (6) */
            dc[t][j] += d_c * f;                                                        /* (8) */
            dz[GATE_I][j] = d_c * g * sigma_slope(i);                                   /* (7), (9) */
            dz[GATE_F][j] = d_c * c[t][j] * sigma_slope(f);
            dz[GATE_G][j] = d_c * i * (1 - g * g);
            dz[GATE_O][j] = d_o * sigma_slope(o);
        }
        for (int gate = 0; gate < 4; gate++)
            for (int j = 0; j < H; j++) {
                for (int k = 0; k < H; k++) {
                    dh[t][k] += dz[gate][j] * U[k][gate][j];                            /* (10) */
                    dU[k][gate][j] += h[t][k] * dz[gate][j];                            /* (12) */
                }
                for (int k = 0; k < I; k++) {
                    dx[t][k] += dz[gate][j] * W[k][gate][j];                            /* (11) */
                    dW[k][gate][j] += x[t][k] * dz[gate][j];
                }
                db[gate][j] += dz[gate][j];
            }
    }
}

/* The output layer, y = b_y + h W_y, and back. */
static void output_forward(int H, int O, double Wy[H][O], double by[O], double h[H], double y[O])
{
    for (int j = 0; j < O; j++) {
        y[j] = by[j];
        for (int k = 0; k < H; k++)
            y[j] += h[k] * Wy[k][j];
    }
}

static void output_backward(int H, int O, double Wy[H][O], double h[H], double dy[O],
                            double dh[H], double dWy[H][O], double dby[O])
{
    for (int j = 0; j < O; j++) {
        for (int k = 0; k < H; k++) {
            dh[k] += dy[j] * Wy[k][j];
            dWy[k][j] += h[k] * dy[j];
        }
        dby[j] += dy[j];
    }
}

/* -- a generator of two curves -------------------------------------------------------------------- */

enum { STEPS = 40, CLASSES = 2, UNITS = 16, AXES = 2 };

typedef struct network {
    double W[CLASSES][4][UNITS], U[UNITS][4][UNITS], b[4][UNITS], Wy[UNITS][AXES], by[AXES];
} network;

enum { COUNT = sizeof(network) / sizeof(double) };

typedef double curve[STEPS][AXES];

/* Draws what the code asks for: the code is the input of the first step, all later inputs are zero.  Returns
   the error E, the mean square of drawing minus target; dE/d(code) is written to dcode, dE/d(parameters)
   added to dn. */
static double draw(network *n, const double code[CLASSES], curve target, double dcode[CLASSES], network *dn)
{
    double x[STEPS][CLASSES] = { { 0 } }, a[STEPS][4][UNITS];
    double c[STEPS + 1][UNITS] = { { 0 } }, h[STEPS + 1][UNITS] = { { 0 } };
    double dx[STEPS][CLASSES] = { { 0 } }, dh[STEPS + 1][UNITS] = { { 0 } }, dc[STEPS + 1][UNITS] = { { 0 } };
    double E = 0;
    memcpy(x[0], code, sizeof x[0]);
    lstm_forward(STEPS, CLASSES, UNITS, n->W, n->U, n->b, x, a, c, h);
    for (int t = 0; t < STEPS; t++) {
        double y[AXES], dy[AXES];
        output_forward(UNITS, AXES, n->Wy, n->by, h[t + 1], y);
        for (int j = 0; j < AXES; j++) {
            const double difference = y[j] - target[t][j];
            E += difference * difference / (STEPS * AXES);
            dy[j] = 2 * difference / (STEPS * AXES);
        }
        output_backward(UNITS, AXES, n->Wy, h[t + 1], dy, dh[t + 1], dn->Wy, dn->by);
    }
    lstm_backward(STEPS, CLASSES, UNITS, n->W, n->U, x, a, c, h, dh, dc, dx, dn->W, dn->U, dn->b);
    memcpy(dcode, dx[0], sizeof dx[0]);
    return E;
}

/* -- random numbers ------------------------------------------------------------------------------- */

/* Uniform in 0..1 (a linear congruential generator, constants after Knuth), and normal (Box & Muller 1958). */
static double uniform(void)
{
    static uint64_t state = 2018;
    state = state * 6364136223846793005u + 1442695040888963407u;
    return ((double)(state >> 11) + 0.5) / 9007199254740992.0;
}

static double normal(void) { return sqrt(-2 * log(uniform())) * cos(6.283185307179586 * uniform()); }

/* Uniform within the limit of Glorot & Bengio 2010. */
static void randomise(double *w, int rows, int cols)
{
    const double limit = sqrt(6.0 / (rows + cols));
    for (int k = 0; k < rows * cols; k++)
        w[k] = limit * (2 * uniform() - 1);
}

/* A circle or an eight; `wobble` 0 draws it as it is, more draws it as someone might. */
static void make_curve(curve out, int class, double wobble)
{
    const double size = 1 + wobble * normal(), turn = wobble * normal();
    for (int t = 0; t < STEPS; t++) {
        const double angle = 6.283185307179586 * t / STEPS + turn;
        out[t][0] = size * (class == 0 ? cos(angle) : sin(2 * angle)) + 0.3 * wobble * normal();
        out[t][1] = size * sin(angle) + 0.3 * wobble * normal();
    }
}

/* -- training: the weights change ----------------------------------------------------------------- */

/* Adam (Kingma & Ba 2015) over all parameters.  With noise on its code, a class is drawn from codes around
   its own too: the error then falls towards the class from far away, as recognising needs. */
static void train(network *n, int updates)
{
    static double m[COUNT], v[COUNT];
    for (int update = 1; update <= updates; update++) {
        static network gradient;
        double *p = (double *)n, *g = (double *)&gradient, E = 0;
        const double alpha = 0.01 * (1 - (double)update / updates);
        memset(&gradient, 0, sizeof gradient);
        for (int class = 0; class < CLASSES; class++) {
            double code[CLASSES], unused[CLASSES];
            curve target;
            make_curve(target, class, 0);
            for (int j = 0; j < CLASSES; j++)
                code[j] = (j == class) + 0.3 * normal();
            E += draw(n, code, target, unused, &gradient) / CLASSES;
        }
        for (int k = 0; k < COUNT; k++) {
            m[k] = 0.9 * m[k] + 0.1 * g[k];
            v[k] = 0.999 * v[k] + 0.001 * g[k] * g[k];
            p[k] -= alpha * m[k] / (1 - pow(0.9, update)) / (sqrt(v[k] / (1 - pow(0.999, update))) + 1e-8);
        }
        if (update == 1 || update % (updates / 10) == 0)
            printf("update %5d  error %.4f\n", update, E);
    }
}

/* -- inverse classification: the input changes (Hobbhahn 2018) -------------------------------------- */

/* Starts between all classes; after each step the code is made a mixture of classes again, between 0 and 1
   and with sum 1.  Returns the class of which there is most. */
static int recognise(network *n, curve y, int iterations, int show)
{
    double x[CLASSES], dx[CLASSES], m[CLASSES] = { 0 }, v[CLASSES] = { 0 };
    static network unused;
    for (int j = 0; j < CLASSES; j++)
        x[j] = 1.0 / CLASSES;
    for (int iteration = 0; iteration < iterations; iteration++) {
        const double E = draw(n, x, y, dx, &unused);
        double sum = 0;
        if (show && iteration % 5 == 0)
            printf("iteration %3d  circle %.3f  eight %.3f  error %.4f\n", iteration, x[0], x[1], E);
        for (int j = 0; j < CLASSES; j++) {
            m[j] = 0.9 * m[j] + 0.1 * dx[j];
            v[j] = 0.99 * v[j] + 0.01 * dx[j] * dx[j];
            x[j] = fmin(fmax(x[j] - 0.05 * m[j] / (sqrt(v[j]) + 1e-8), 0), 1);
            sum += x[j];
        }
        for (int j = 0; j < CLASSES; j++)
            x[j] /= sum + 1e-8;
    }
    return x[1] > x[0];
}

int main(void)
{
    enum { TESTS = 20 };
    static network n;
    int right = 0;
    randomise(n.W[0][0], CLASSES, 4 * UNITS);
    randomise(n.U[0][0], UNITS, 4 * UNITS);
    randomise(n.Wy[0], UNITS, AXES);
    for (int j = 0; j < UNITS; j++)
        n.b[GATE_F][j] = 1;                  /* a cell starts out remembering (Gers et al. 2000) */
    printf("The weights learn to draw a circle and an eight.\n");
    train(&n, 2000);
    printf("The weights are frozen; the input learns what an eight is, drawn by hand.\n");
    for (int k = 0; k < TESTS; k++) {
        curve y;
        make_curve(y, 1 - k % CLASSES, 0.1);
        right += recognise(&n, y, 30, k == 0) == 1 - k % CLASSES;
    }
    printf("%d of %d recognised\n", right, TESTS);
    return 0;
}
