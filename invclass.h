/* invclass.h  0.1.0  Recognises letters, gestures and other short curves from a few examples of
   each.  An LSTM learns to draw every class; a curve is classified by asking which class, drawn
   in which way, explains it best.  One header, C99 or C++11, libc and libm only.

   Licence: MIT or public domain, your choice; see the end of this file.

   ============================================================================================
   PART 0  MANUAL
   ============================================================================================

   WHAT IT IS FOR

   A classifier usually maps a curve to a class.  This library goes the other way.  A recurrent
   network is trained as a generator: its input is a code of a class (one-hot: 1 in the place of
   the class, 0 in all others), its output the curve of that class.  To classify a curve, the
   weights are frozen and the INPUT is changed, by gradient descent, until the network draws that
   curve; the class is read off the input (the thesis of M. Hobbhahn, "Inverse Classification
   using Generative Models", Tuebingen 2018).

       | training          class ---> [ LSTM, weights change ] ---> curve
       | classification    class <--- [ LSTM, weights frozen ] <--- curve
       |                    ^ gradient of the error with respect to the input

   The file holds the whole of that method, the recogniser that grew out of it, and the tools to
   look at results (dynamic time warping, k-means, self-organising maps).  It is also a book:
   read from top to bottom it explains an LSTM written by hand, its training, and inversion, from
   the chain rule to code that runs near the peak of the machine.

   HOW TO USE IT

   Copy this file into your project.  In ONE .c or .cpp file write

       > #define INVCLASS_IMPLEMENTATION
       > #include "invclass.h"

   and include it without the first line anywhere else.  Link with -lm -pthread.  Keep the name:
   the file includes itself (or define IC_SELF as its new name, in quotes).

   EXAMPLE 1: RECOGNISE.  Two signs, five examples of each, any number of points a curve.

       > #define INVCLASS_IMPLEMENTATION
       > #include "invclass.h"
       > #include <stdio.h>
       >
       > // A circle or an eight, drawn a little differently each time.
       > static void draw(int eight, int variant, float point[30][2])
       > {
       >     for (int t = 0; t < 30; t++) {
       >         const float angle = 6.283f * (float)t / 29, wide = 1 + 0.1f * (float)variant;
       >         point[t][0] = wide * sinf(eight ? 2 * angle : angle);
       >         point[t][1] = cosf(angle) + 0.02f * (float)variant * sinf(3 * angle);
       >     }
       > }
       >
       > int main(void)
       > {
       >     static float point[11][30][2];
       >     const char *name[2] = { "circle", "eight" };
       >     ic_curve curve[11] = { { 0 } };
       >     int label[11];
       >     ic_samples samples = { 0 };
       >     ic_recogniser recogniser;
       >     ic_recognition answer;
       >     for (int k = 0; k < 11; k++) {
       >         label[k] = k % 2;
       >         draw(label[k], k / 2, point[k]);
       >         curve[k].n = 30, curve[k].point = point[k][0];
       >     }
       >     samples.n = 10, samples.dims = 2, samples.classes = 2;       // all but the last
       >     samples.curve = curve, samples.label = label, samples.name = name;
       >     if (ic_recogniser_fit(&recogniser, &samples, NULL, NULL)
       >         || ic_recognition_init(&answer, &recogniser)
       >         || ic_recognise(&recogniser, &curve[10], &answer))
       >         return 1;
       >     printf("a %s, with probability %.2f\n", recogniser.name[answer.label],
       >            answer.probability[answer.label]);
       >     ic_recognition_free(&answer);
       >     ic_recogniser_free(&recogniser);
       >     return 0;
       > }

   EXAMPLE 2: INVERT.  A generator of two curves, and the input that explains one of them.

       > #define INVCLASS_IMPLEMENTATION
       > #include "invclass.h"
       > #include <stdio.h>
       >
       > int main(void)
       > {
       >     float y[2][40], code[2][2] = { { 1, 0 }, { 0, 1 } }, x[2];
       >     ic_config config = { 0 };
       >     ic_pairs pairs = { 0 };
       >     ic_train_options train = { 0 };
       >     ic_descended found = { 0 };
       >     ic_model model;
       >     for (int t = 0; t < 40; t++)
       >         y[0][t] = (float)t / 40, y[1][t] = 1 - (float)t / 40;
       >     config.inputs = 2, config.hidden = 24, config.outputs = 1, config.steps = 40;
       >     pairs.n = 2, pairs.x = code[0], pairs.y = y[0];
       >     pairs.input_steps = 1, pairs.inputs = 2, pairs.output_steps = 40, pairs.outputs = 1;
       >     train.updates = 400, train.rate = 0.01, train.noise = 0.3;
       >     found.x = x;
       >     if (ic_model_init(&model, &config, NULL)
       >         || ic_train(&model, &pairs, NULL, &train, NULL)
       >         || ic_descend(&model, 1, y[1], NULL, &found))
       >         return 1;
       >     printf("the falling curve is %.2f rising + %.2f falling\n", x[0], x[1]);
       >     ic_model_free(&model);
       >     return 0;
       > }

   CONTENTS.  A chapter has a letter, a section a number: search for the tag.

       | PART 0  manual
       | PART 1  interface       [I]  declarations: [I1] status  [I2] random numbers  [I3] model
       |                              [I4] forward, backward  [I5] training  [I6] preparing pairs
       |                              [I7] inversion  [I8] DTW, k-means, SOM  [I9] files
       |                              [I10] explaining  [I11] the recogniser
       | PART 2  the method      [A]  what comes first: compiler, rules, declarations
       |                         [L]  the LSTM: equations, backpropagation, why gradients survive
       |                         [C]  the network in code: parameters, workspace, passes
       |                         [T]  training: losses, Adam, noise
       |                         [V]  inverse classification
       |                         [P]  principal components
       |                         [G]  augmentations
       |                         [E]  explaining
       |                         [Q]  the recogniser
       | PART 3  looking         [D]  dynamic time warping
       |                         [K]  k-means
       |                         [S]  self-organising maps
       | PART 4  making it fast  [B]  from plain loops to the peak, a step at a time
       |                         [Y]  the same bytes everywhere
       |                         [X]  the kernels
       | PART 5  appendices      [M]  memory, threads, hashes
       |                         [R]  random numbers
       |                         [F]  files
       | PART 6  history, licence

   THE API BY TASK

       | recognise curves           ic_recogniser_fit, ic_recognise, ic_recogniser_add,
       |                            ic_recogniser_save, ic_recogniser_load
       | ... while they are drawn   ic_recognise_begin, ic_recognise_point
       | say how they were drawn    ic_recognition_explain, ic_recogniser_draw
       | train a generator          ic_model_init, ic_train, ic_save
       | draw with it               ic_load, ic_generate
       | classify by inversion      ic_descend: Hobbhahn's descent on the input
       | classify by explaining     ic_explainer_init, ic_explain, ic_explainer_adjust: the class
       |                            whose drawings come nearest, in any style, pose and pace
       | train a classifier         ic_train with config.head = IC_LAST_STEP, config.link =
       |                            IC_SOFTMAX, options.loss = IC_CROSS_ENTROPY; ic_classify
       | your own training loop     ic_trainer_init, ic_trainer_step, ic_trainer_finish
       | your own loss              ic_work_new, ic_work_load, ic_forward, ic_output,
       |                            ic_output_gradient, ic_backward, ic_adam_step

   NOTATION.  Letters keep their meaning in comments, declarations, examples and figures
   unless a chapter says otherwise.

       | T  time steps       B  rows of a batch   I  inputs     H  hidden units    O  outputs
       | L  layers           N  vertices          K  clusters
       | V  lanes of a vector                     n  points or samples   d  numbers in a point
       |    (a vertex is an input whose drawing stands for a class, or for one way to draw it)
       |
       | x, y         input and output of the network
       | h, c         hidden state and cell of an LSTM layer
       | z            what a gate receives, before its function
       | i f g o      the gates: input, forget, candidate, output; always in this order
       | sigma        function of the gates i, f, o: hard sigmoid or sigmoid; sigma' is its slope
       | W, U, b      weights from inputs, weights from hidden units, bias; W_y, b_y those of y
       | E            the error that is made small; dv stands for dE/dv, whatever v is
       | m, v         running means of Adam (where there is no other v), alpha its learning rate
       | s            a style vector
       | Sigma, R     a covariance matrix and its Cholesky factor, Sigma = R R^T

   States are row vectors, as they lie in memory: $x W$ is a row times a matrix.  A subscript is
   a time step or an index into a list, a prime only ever a derivative.  Formulas write `a b` for
   a product of numbers or matrices and `a * b` for the product of vectors element by element.
   Within a sentence they stand between dollar signs; quotation marks in them enclose names of
   more than a letter.  Lines that begin with `>` are programs, with `|` tables; `figure:` and
   `source:` mark what `make book` inserts when it makes a book of this file.  A comment such as
   `[t][b][h]` beside a declaration gives the extents of an array, outermost first; the last
   index runs fastest.

   OPTIONS AT COMPILE TIME

       | IC_STATIC                      all functions static; for one file that has it all
       | IC_DEF                         what stands before every public function, for `extern`
       | IC_MALLOC(size), IC_FREE(p)    your allocator (both or neither)
       | IC_ASSERT(condition)           your assert
       | IC_REFUSED(rule)               called with the rule, a string, that a refused call
       |                                broke; puts(rule), for instance.  It is expanded inside
       |                                functions of the library: its text must not use names
       |                                that are variables there
       | IC_NO_STDIO                    no files
       | IC_NO_THREADS                  no threads
       | IC_NO_SIMD                     no vector kernels: plain C, as on machines without any.
       |                                Training took 7 times as long as with AVX-512, and 250
       |                                times as long without -mfma
       | IC_ALLOW_OTHER_BYTES           no checks of the arithmetic: see DETERMINISM
       | IC_DOUBLE                      ic_real is double: plain C, slow, to check derivatives;
       |                                for all files that include this one.  Saved as floats
       | IC_SELF                        the name of this file, if it was changed

   MEMORY

   A model is one block, a workspace is one block; either can be the caller's (ic_model_bytes,
   ic_work_bytes).  ic_train, ic_descend, ic_generate and ic_classify allocate when they begin
   and free when they end; ic_recognise and ic_explain allocate nothing.  With H rounded up to an
   odd multiple of 16 and O to whole vectors, a workspace of B rows and T steps takes about

       4 T B (7 H L + 2 O)           bytes for training and inversion
       4 T B (H L + O)               bytes for generation

   (generation and inversion with several threads: six rows a thread more, where there are rows
   enough to share out) and the parameters once more for generation, twice for inversion, three
   times for training; a trainer keeps another four copies of them, for the gradient, Adam and the
   best so far.

   ERRORS

   A function that can fail returns an ic_status; ic_status_text says it in words.  A NULL in
   place of an object is a programming error: what comes of it is not promised.
   Everything that depends on data, options, memory or files is reported as a status.  To learn
   which rule was broken define IC_REFUSED; ic_recogniser_report names the sample.  Options
   that contradict each other are refused, and so are those that would have no effect where that
   can be known beforehand.  Nothing is printed, nothing exits.

   THREADS

   There is no global state.  Calls with different workspaces may run at the same time, also on
   one model or recogniser as long as nobody changes it (ic_recogniser_add does); each thread
   needs an ic_recognition of its own.  `threads` in the options splits the work inside a call;
   the threads stay with the workspace until it is freed, take no signals, and must not be used
   across fork().  Without pthreads every call runs on one thread.  (In a strict mode of C, such
   as -std=c99, include the implementation before the system's headers.  Otherwise these hide the
   functions for signals, and a handler of yours may be run by a worker.)

   DETERMINISM

   The same inputs and seed give the same bytes: for any number of threads, any vector width, gcc
   or clang, any optimisation level, on 64-bit x86, ARM, WebAssembly or s390.  How: lanes are
   independent outputs, sums run in one fixed order, multiply-adds are fused where the source says
   so and nowhere else, and exp, tanh, log and the random numbers are the library's own.
   -ffast-math, -ffinite-math-only and x87 arithmetic do not compile; options that reorder sums
   are overridden; what cannot be overridden (clang's -ffp-contract=fast, a processor set to flush
   small numbers to zero) is detected at run time and reported as IC_E_ARITHMETIC.  IC_DOUBLE is
   not covered; IC_ALLOW_OTHER_BYTES gives all of this up.

   LIMITS

   At most 8 layers; 64 threads (more count as 64).

       | 1048576    each size in a config, curves to learn from, numbers in a curve (not of
       |            ic_dtw), rows of an update; rows of a workspace, and its steps
       | $2^30$       sequences, points of ic_kmeans, coordinates of such a point
       | $2^31 - 1$   rows of a workspace times its steps; units of a map

   ic_forward and ic_backward check little beyond asserts: they are the inner loop.

   REFERENCES

   Arthur & Vassilvitskii 2007, k-means++: the advantages of careful seeding.  Bengio, Simard &
   Frasconi 1994, Learning long-term dependencies with gradient descent is difficult.  Boldo &
   Melquiond 2008, Emulation of FMA and correctly rounded sums.  Box & Muller 1958, A note on the
   generation of random normal deviates.  Bridle 1990, Probabilistic interpretation of
   feedforward classification network outputs.  Butz, Bilkey, Humaidan, Knott & Otte 2019,
   Learning, planning, and control in a monolithic neural event inference architecture.  Cho et
   al. 2014, Learning phrase representations using RNN encoder-decoder.  Cody & Waite 1980,
   Software manual for the elementary functions.  Duchi, Shalev-Shwartz, Singer & Chandra 2008,
   Efficient projections onto the l1-ball.  Durstenfeld 1964, Random permutation.  Elkan 2003,
   Using the triangle inequality to accelerate k-means.  Fisher & Yates 1938, Statistical tables.
   Fowler, Noll & Vo 1991, FNV, a hash.  Friedman 1989, Regularized discriminant analysis.  Gers,
   Schmidhuber & Cummins 2000, Learning to forget.  Glorot & Bengio 2010, Understanding the
   difficulty of training deep feedforward neural networks.  Good 1952, Rational decisions.  Goto
   & van de Geijn 2008, Anatomy of high-performance matrix multiplication.  Guo, Pleiss, Sun &
   Weinberger 2017, On calibration of modern neural networks.  Hobbhahn 2018, Inverse
   classification using generative models.  Hochreiter & Schmidhuber 1997, Long short-term
   memory.  Jacobi 1846, on a simple procedure for the equations of secular disturbances.
   Jeffreys 1946, An invariant form for the prior probability in estimation problems.
   Jozefowicz, Zaremba & Sutskever 2015, An empirical exploration of recurrent network
   architectures.  Kingma & Ba 2015, Adam.  Knuth 1969, The art of computer programming 2.
   Kohonen 1982, Self-organized formation of topologically correct feature maps.  Lange, Little &
   Taylor 1989, Robust statistical modeling using the t distribution.  Laplace 1774, on the
   probability of causes by events.  Lloyd 1982, Least squares quantization in PCM.  Loshchilov &
   Hutter 2017, SGDR.  MacQueen 1967, Some methods for classification and analysis of
   multivariate observations.  Parlett 1980, The symmetric eigenvalue problem.  Pascanu, Mikolov
   & Bengio 2013, On the difficulty of training recurrent neural networks.  Pearson 1901, On
   lines and planes of closest fit.  Rasmussen & Williams 2006, Gaussian processes for machine
   learning.  Sakoe & Chiba 1978, Dynamic programming algorithm optimization for spoken word
   recognition.  Salmon, Moraes, Dror & Shaw 2011, Parallel random numbers: as easy as 1, 2, 3.
   Saxe, McClelland & Ganguli 2013, Exact solutions to the nonlinear dynamics of learning in deep
   linear neural networks.  Shell 1959, A high-speed sorting procedure.  Tallec & Ollivier 2018,
   Can recurrent neural networks warp time?  Tipping & Bishop 1999, Mixtures of probabilistic
   principal component analysers.  Ultsch & Siemon 1990, Kohonen's self organizing feature maps
   for exploratory data analysis.  Vovk, Gammerman & Shafer 2005, Algorithmic learning in a
   random world.  Welford 1962, Note on a method for calculating corrected sums of squares and
   products.  Werbos 1990, Backpropagation through time: what it does and how to do it.
   Williams, Waterman & Patterson 2009, Roofline: an insightful visual performance model for
   multicore architectures.
*/
#ifndef IC_P_LANES           /* the kernels are read several times, everything else once: see [Y4] */

/* ============================================================================================
   PART 1  INTERFACE
   ============================================================================================ */
#ifndef INVCLASS_H
#define INVCLASS_H

/* A strict mode of C, such as -std=c99, hides what POSIX adds to the C library's headers. */
#if defined(INVCLASS_IMPLEMENTATION) && defined(__STRICT_ANSI__) && defined(__linux__) \
    && !defined(_POSIX_C_SOURCE) && !defined(__cplusplus)
#define _POSIX_C_SOURCE 200809L
#endif

#include <stddef.h>
#include <stdint.h>

#define IC_VERSION "0.1.0"

/* Change the linkage of every public function: IC_STATIC makes them private to this file. */
#ifndef IC_DEF
#ifdef IC_STATIC
#if defined(__GNUC__)
#define IC_DEF static __attribute__((unused))
#else
#define IC_DEF static
#endif
#else
#define IC_DEF extern
#endif
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* The number type of parameters, trajectories and gradients.  With IC_DOUBLE everything runs in
   double precision on plain C, slowly: that build exists to check the derivatives. */
#ifdef IC_DOUBLE
typedef double ic_real;
#else
typedef float ic_real;
#endif

/* [I] THE INTERFACE ----------------------------------------------------------------------------
   Everything public: types, with what each field means, and functions, with what they need and
   can return.  In a struct of options 0 stands for the value in brackets. */

/* [I1] Status.
   Every function that can fail returns one of these; 0 is success.  After a failure nothing
   needs to be freed, and the outputs hold nothing of use unless the function's description says
   otherwise.  Freeing NULL, or an object a second time, does nothing; only a workspace must not
   be freed twice.  A function that fills an object, such as ic_load, does not free what it held.
   Arguments are checked before any of the work is done, but for what only the work can show, such
   as a class with too few curves; IC_REFUSED (see the manual) tells which rule was broken. */
#define IC_STATUS_LIST(X)                                                                        \
    X(IC_OK,             "success")                                                              \
    X(IC_E_ARGUMENT,     "an argument is missing or out of range")                               \
    X(IC_E_OPTION,       "an option is out of range")                                            \
    X(IC_E_CONFLICT,     "options contradict each other or the data, or one would have no effect") \
    X(IC_E_MISMATCH,     "things do not fit together: sizes of network, data or answer, or the network's head") \
    X(IC_E_SAMPLES,      "a class has no curves, or fewer than the options need")                \
    X(IC_E_SIZE,         "the sizes asked for exceed a limit, or all memory there can be")       \
    X(IC_E_MEMORY,       "out of memory")                                                        \
    X(IC_E_NOT_FINITE,   "a number is NaN, infinite, or so large that a result would be")        \
    X(IC_E_SINGULAR,     "a covariance matrix is not positive definite")                         \
    X(IC_E_ARITHMETIC,   "compiler or processor settings change the arithmetic: see DETERMINISM") \
    X(IC_E_DIVERGED,     "training diverged: the loss or the gradient grew too large")           \
    X(IC_E_STOPPED,      "stopped by the callback")                                              \
    X(IC_E_OPEN,         "the file cannot be opened")                                            \
    X(IC_E_READ,         "the file cannot be read")                                              \
    X(IC_E_WRITE,        "the file cannot be written (disk full?)")                              \
    X(IC_E_FORMAT,       "this is no invclass file of the kind asked for, or it contradicts itself") \
    X(IC_E_VERSION,      "the file was written by another version of the format")                \
    X(IC_E_TRUNCATED,    "the file ends too early or is too long")                               \
    X(IC_E_CHECKSUM,     "the file is damaged: its checksum does not match")

#define IC_P_ENUM(name, text) name,
typedef enum ic_status { IC_STATUS_LIST(IC_P_ENUM) IC_STATUS_COUNT } ic_status;
#undef IC_P_ENUM

IC_DEF const char *ic_status_text(ic_status status);   /* one of the sentences above */

/* [I2] Counter-based random numbers.
   A random number is a function of a key (which experiment, which purpose) and of two counters
   (which sample, which step); there is no state.  So it does not matter who draws in which order,
   and any single draw can be repeated ([R]).

   All functions draw from the same counters.  A key should therefore serve one purpose only:
   derive one for each with ic_random_key, which reserves the counter $i = 2^64 - 1$.  A `seed`
   among options is such a key. */

/* Four words of 32 random bits, the raw output of the generator. */
IC_DEF void     ic_random(uint64_t key, uint64_t i, uint64_t j, uint32_t out[4]);
/* A key for another purpose, unrelated to all others derived from `key`. */
IC_DEF uint64_t ic_random_key(uint64_t key, uint64_t purpose);
IC_DEF double   ic_uniform(uint64_t key, uint64_t i, uint64_t j);     /* [0, 1), 53 bits */
/* Mean 0, standard deviation 1, float precision; none is beyond +-6.67, as 3 in $10^11$ numbers
   from a true normal distribution would be. */
IC_DEF double   ic_normal(uint64_t key, uint64_t i, uint64_t j);
/* n normal numbers, 2 to 4 ns each, made 128 at a time; `out[k]` depends on key, i and k alone,
   and is not ic_normal(key, i, k). */
IC_DEF void     ic_normal_fill(uint64_t key, uint64_t i, size_t n, ic_real *out);
/* A random order of 0..n-1 (Fisher & Yates 1938, as a program Durstenfeld 1964). */
IC_DEF void     ic_permutation(uint64_t key, uint64_t i, int n, int *order);

/* [I3] Model.
   One or more LSTM layers and an output layer ([L1]).  A config is a plain struct: zero it and
   fill in the five sizes.  For everything else zero is the thesis's choice. */
typedef enum ic_gate { IC_HARD_SIGMOID = 0, IC_SIGMOID } ic_gate;
typedef enum ic_head { IC_EVERY_STEP = 0, IC_LAST_STEP } ic_head;
typedef enum ic_link { IC_LINEAR = 0, IC_SOFTMAX } ic_link;

typedef struct ic_config {
    int inputs;      /* I: width of the input vector, >= 1 */
    int hidden;      /* H: units in each LSTM layer, >= 1 */
    int layers;      /* L: stacked LSTM layers, 1..8 (0 means 1) */
    int outputs;     /* O: width of the output vector, >= 1; with IC_SOFTMAX >= 2 */
    int steps;       /* T: time steps the network is unrolled for, >= 1 */
    ic_gate gate;    /* activation of the gates i, f, o */
    ic_head head;    /* output layer at every step, or at the last one only */
    ic_link link;    /* what follows the output layer */
} ic_config;

/* All parameters lie in one block, tensor after tensor, each row-major:

       | of each layer        W [inputs][4 hidden]   U [hidden][4 hidden]   b [4 hidden]
       | of the output layer  W_y [hidden][outputs]  b_y [outputs]

   The 4H columns are those of the gates i, f, g and o, H each (as in Keras).  Above the first
   layer the inputs are the H units below.  Zeros round the block up to a multiple of IC_PAD
   numbers, so that vector code needs no tail. */
#define IC_PAD 16
typedef struct ic_model {
    ic_config config;
    size_t   count;      /* numbers in use in `param` */
    size_t   padded;     /* numbers in the block, a multiple of IC_PAD */
    ic_real *param;
    void    *owned;      /* the block to free, NULL if the memory is the caller's */
} ic_model;

typedef struct ic_tensor {
    char     name[16];   /* "W0", "U0", "b0", "W1", ..., "Wy", "by" */
    int      rows, cols;
    size_t   offset;     /* of its first number in the block */
} ic_tensor;

/* Bytes of the parameter block, 0 if the config is invalid or does not fit. */
IC_DEF size_t ic_model_bytes(const ic_config *config);
/* Makes a model with all parameters zero.  `memory`: ic_model_bytes() bytes of the caller's,
   aligned for ic_real, or NULL to allocate.  Errors: IC_E_ARGUMENT (the config, the alignment),
   IC_E_SIZE, IC_E_MEMORY. */
IC_DEF ic_status ic_model_init(ic_model *model, const ic_config *config, void *memory);
/* Draws the parameters at random, as training begins with them: [C2].  `memory`: the number of
   steps, 2 to 1048576, after which about 1/e of a cell is left; 0: the usual bias of 1 for the
   forget gate.  Errors: IC_E_ARGUMENT (there is no model), IC_E_OPTION (the memory), IC_E_SIZE,
   IC_E_MEMORY. */
IC_DEF ic_status ic_model_randomise(ic_model *model, uint64_t key, double memory);
IC_DEF void      ic_model_free(ic_model *model);
/* Describes tensor `index` of the block; returns 0 when there are no more. */
IC_DEF int       ic_model_tensor(const ic_config *config, int index, ic_tensor *out);

/* [I4] Workspace, forward, backward.
   A workspace holds the weights, packed for the kernels, and what a forward pass keeps for the
   backward pass.  Allocate it once and use it for any number of passes; [C3] has its states.
   Several workspaces may use one model at the same time from different threads; one workspace
   serves one caller. */
typedef enum ic_purpose {
    IC_GENERATE = 0,     /* forward only: keeps nothing but the hidden states */
    IC_INVERT,           /* forward, backward to the input and the initial state */
    IC_TRAIN             /* and to the parameters */
} ic_purpose;

typedef enum ic_isa { IC_ISA_BEST = 0, IC_ISA_PLAIN, IC_ISA_NEON, IC_ISA_AVX2, IC_ISA_AVX512,
                      IC_ISA_SIMD128, IC_ISA_FMA } ic_isa;
IC_DEF const char *ic_isa_name(ic_isa isa);   /* NULL: cannot run here; of IC_ISA_BEST: the one
                                                 that is used */

typedef struct ic_work ic_work;               /* opaque: see [C3] */

typedef struct ic_work_options {   /* zero = the value in brackets */
    int        rows;      /* [1] most sequences in a batch */
    int        steps;     /* [the config's] most time steps */
    ic_purpose purpose;   /* [IC_GENERATE] */
    int        threads;   /* 0 or 1: the caller's thread only.  No result depends on it. */
    ic_isa     isa;       /* no result depends on it either */
} ic_work_options;

/* Bytes of a workspace, 0 if the arguments are invalid: see MEMORY in the manual. */
IC_DEF size_t    ic_work_bytes(const ic_config *config, const ic_work_options *options);
/* Makes a workspace in `memory` (ic_work_bytes() bytes, aligned to 64), or allocates it.
   `options` NULL: all zero.  Errors: IC_E_ARGUMENT (the config, the alignment), IC_E_OPTION,
   IC_E_SIZE, IC_E_MEMORY, IC_E_ARITHMETIC. */
IC_DEF ic_status ic_work_new(ic_work **work, const ic_config *config,
                             const ic_work_options *options, void *memory);
/* Ends the workspace's threads and frees what ic_work_new allocated.  With more than one thread
   it is needed even if the memory is the caller's, and before that memory is freed. */
IC_DEF void      ic_work_free(ic_work *work);
/* Copies the model's parameters into the workspace.  Call it again whenever they have changed. */
IC_DEF void      ic_work_load(ic_work *work, const ic_model *model);

typedef struct ic_batch {
    int rows;             /* B <= rows of the workspace */
    int steps;            /* T <= steps of the workspace; 0: the config's */
    int input_steps;      /* <= T: later inputs are zero; 1 for a generator */
    const ic_real *x;     /* [input_steps][rows][inputs] */
    const ic_real *h0;    /* [layers][rows][hidden] first hidden state, NULL = zero */
    const ic_real *c0;    /* [layers][rows][hidden] first cell, NULL = zero */
} ic_batch;

/* Runs the network.  `batch->x` must stay in place until the backward pass is done. */
IC_DEF void           ic_forward(ic_work *work, const ic_batch *batch);
/* Output of step t = 0 ... T - 1 and row b: O numbers.  With IC_LAST_STEP there is one step, t = 0. */
IC_DEF const ic_real *ic_output(const ic_work *work, int t, int b);
/* Hidden state after step t = 1 ... T, or at t = 0 the first one, of layer l and row b: H numbers. */
IC_DEF const ic_real *ic_hidden(const ic_work *work, int l, int t, int b);
/* Write dE/dy of step t and row b here, O numbers, for every step and row, between ic_forward
   and ic_backward.  Nothing clears them; if the network ends in a softmax, ic_backward
   overwrites them. */
IC_DEF ic_real       *ic_output_gradient(ic_work *work, int t, int b);

typedef struct ic_gradients {   /* results of a backward pass; NULL = not wanted; overwritten */
    ic_real *param;       /* [model.padded], IC_TRAIN only */
    ic_real *x;           /* extents as in ic_batch */
    ic_real *h0;
    ic_real *c0;
} ic_gradients;

/* Backpropagation through time.  It overwrites what the forward pass kept: one call for each. */
IC_DEF void ic_backward(ic_work *work, const ic_gradients *out);

/* Runs the generator on codes `[n][inputs]`, fed at the first step, and writes y
   `[n][steps][outputs]`.  Errors, of ic_classify too: IC_E_ARGUMENT, IC_E_MISMATCH (ic_generate
   needs the head IC_EVERY_STEP, ic_classify IC_LAST_STEP), IC_E_SIZE, IC_E_MEMORY,
   IC_E_ARITHMETIC, and IC_E_NOT_FINITE if an input, a parameter or a result is NaN or infinite.
   */
IC_DEF ic_status ic_generate(const ic_model *model, int n, const ic_real *code, ic_real *y,
                             int threads);
/* Runs the classifier on sequences x `[n][steps][inputs]` and writes y `[n][outputs]`. */
IC_DEF ic_status ic_classify(const ic_model *model, int n, const ic_real *x, ic_real *y,
                             int threads);

/* [I5] Training.
   A network learns from pairs of an input sequence and the output wanted for it.  A generator's
   input is a code, at the first step, and its output a curve; a classifier's are the other way
   round.  The same function trains both.  [T] explains the options. */
typedef struct ic_pairs {
    int n;                         /* number of pairs, >= 1 */
    int input_steps, inputs;       /* steps and width of each input */
    int output_steps, outputs;     /* steps and width of each output; 1 step with IC_LAST_STEP */
    const ic_real *x;              /* [n][input_steps][inputs] */
    const ic_real *y;              /* [n][output_steps][outputs] */
    const ic_real *weight;         /* [n] > 0, NULL = all 1.  Counts within an update and in a check.  In
                                      batches of one it changes no update, only which parameters are
                                      kept as the best. */
    void *owned;                   /* NULL if the arrays are the caller's */
} ic_pairs;

typedef enum ic_loss { IC_MSE = 0, IC_CROSS_ENTROPY } ic_loss;
typedef enum ic_schedule { IC_CONSTANT = 0, IC_DECAY } ic_schedule;

typedef struct ic_progress {
    long   update, updates;    /* done, planned, of this attempt */
    double loss;               /* of the last update (with noise) */
    double check;              /* latest loss on the validation pairs, without noise; DBL_MAX before */
    double best;               /* the least such loss so far, in all attempts */
    int    attempt;            /* 0, 1, ...: restarts of a stuck network so far */
} ic_progress;

typedef struct ic_train_options {   /* zero = the value in brackets */
    uint64_t seed;
    double memory;          /* [forget bias 1] steps a cell remembers at the start: ic_model_randomise */
    long   updates;         /* [1000, if `epochs` is 0, too] number of Adam steps */
    int    epochs;          /* [0] passes over the pairs, in place of `updates` */
    int    batch;           /* [all pairs] pairs an update; more than there are: all */
    int    draws;           /* [1] copies of each pair in an update, each with its own noise */
    double rate;            /* [0.001] Adam's learning rate */
    double beta1, beta2;    /* [0.9, 0.999] at most 0.99999 */
    double epsilon;         /* [1e-7] at least 1e-20 */
    ic_schedule schedule;   /* [IC_CONSTANT]; IC_DECAY falls smoothly to zero */
    double warmup;          /* [0] share of the updates over which the rate rises from zero */
    double clip;            /* [off] largest norm of the whole gradient, 1e-18 to 1e18 */
    double noise;           /* [0] standard deviation of Gaussian noise on the input; the sum is clipped to [0, 1],
                               so the inputs have to lie there: codes without styles */
    int    noise_steps;     /* [every step] leading steps that receive noise */
    ic_loss loss;           /* [IC_MSE]; IC_CROSS_ENTROPY needs config.link = IC_SOFTMAX, targets >= 0 */
    long   check_every;     /* [an epoch] updates between two looks at the validation pairs; the last is at the end */
    double stuck;           /* [never] an attempt whose best validation loss is above this, or which diverges,
                               counts as stuck ... */
    int    restarts;        /* [0] ... and is followed by another, at most this many times (0: none is, and `stuck`
                               changes nothing) */
    int    threads;
    ic_isa isa;
    int  (*callback)(void *user, const ic_progress *progress);   /* non-zero return = stop, after the last update, too */
    void  *user;
} ic_train_options;

/* A running training.  `state`, `progress` and the model's parameters are a checkpoint: put them
   back after ic_trainer_init with the same pairs and options, and it goes on as if it had never
   stopped, to the bit. */
typedef struct ic_trainer {
    ic_model        *model;
    ic_pairs         pairs, valid;
    ic_train_options options;
    ic_progress      progress;
    double  beta1_power, beta2_power;   /* to the power of `power`: [T2](6) */
    long    power;          /* the updates that these two stand for, -1 none */
    size_t  state_count;    /* numbers in `state`: Adam's m, v and the best parameters so far */
    ic_real *state;
    ic_real *gradient;      /* [padded] */
    ic_real *x;             /* [input steps][rows][inputs], of the current update */
    int     *order;         /* [n] of the pairs in this epoch */
    long     epoch;         /* whose order that is, -1 none */
    ic_work *work;
    void    *owned;
} ic_trainer;

/* Trains from scratch: draws the parameters from the seed, runs all updates, and leaves in the
   model the parameters that did best on `valid` (NULL: on `pairs`), without noise, of all that
   were checked (every `check_every` updates and at the end), in all attempts.  It also does so
   when it returns IC_E_STOPPED or IC_E_DIVERGED; if nothing was checked before, these are the
   parameters that the first attempt began with.  After any other failure the model and
   `report` are as they were.

   IC_OK says nothing about the loss: if `report->best` is above `options->stuck`, all attempts
   were stuck.  `options` and `report` may be NULL.  Errors: IC_E_ARGUMENT, IC_E_OPTION,
   IC_E_CONFLICT, IC_E_MISMATCH, IC_E_NOT_FINITE, IC_E_SIZE, IC_E_MEMORY, IC_E_ARITHMETIC,
   IC_E_STOPPED, IC_E_DIVERGED. */
IC_DEF ic_status ic_train(ic_model *model, const ic_pairs *pairs, const ic_pairs *valid,
                          const ic_train_options *options, ic_progress *report);
/* The same update by update, from the parameters that the model has.  The options memory,
   stuck, restarts and callback belong to ic_train and are refused here.  Until the trainer is
   freed the model and the arrays of `pairs` and `valid` must stay where they are.  With the seed
   `ic_random_key(s, 0)`, called `a`, and a model drawn by
   `ic_model_randomise(model, ic_random_key(a, 0), memory)` it is the first attempt of ic_train
   with the seed `s`, to the bit.  Errors: those of ic_train; of a step IC_E_DIVERGED (the best
   parameters so far are still there for ic_trainer_finish), IC_E_ARGUMENT after the last update,
   IC_E_CONFLICT if progress.updates, put back from a checkpoint, is not options.updates. */
IC_DEF ic_status ic_trainer_init(ic_trainer *trainer, ic_model *model, const ic_pairs *pairs,
                                 const ic_pairs *valid, const ic_train_options *options);
IC_DEF ic_status ic_trainer_step(ic_trainer *trainer);     /* one update, and a check when due; as long as
                                                              progress.update < progress.updates */
IC_DEF void      ic_trainer_finish(ic_trainer *trainer);   /* best parameters into the model */
IC_DEF void      ic_trainer_free(ic_trainer *trainer);

/* One step of Adam for training loops of your own, over blocks of `padded` numbers, as
   model.padded.  m and v begin as zeros.  `rate` is $alpha_t$ of [T2](6), with its correction, t
   counting updates from 1; `scale` multiplies the gradient. */
typedef struct ic_adam { ic_real rate, beta1, beta2, epsilon, scale; } ic_adam;
IC_DEF void ic_adam_step(size_t padded, const ic_adam *options, ic_real *param,
                         const ic_real *gradient, ic_real *m, ic_real *v);

/* [I6] Preparing pairs.
   From labelled curves to the pairs that a network is trained on, with the augmentations of the
   thesis: each row of its tables is a setting of these options.  Noise, which must be new in
   every update, is an option of training.  [G] explains them. */
typedef struct ic_curves {
    int n, steps, dims, classes;
    const ic_real *y;      /* [n][steps][dims] */
    const int *label;      /* [n] 0 .. classes - 1 */
} ic_curves;

typedef struct ic_augment {   /* zero = off */
    int means;             /* 1: replace all curves of a code by their mean, weighted by their number */
    int types;             /* split each class into this many k-means types, a code for each */
    int centres;           /* train on this many k-means centres a class and nothing else */
    int repeller;          /* 1: add pairs of the uniform code and a curve of zeros, as many as a class has curves
                              (with `centres`, centres) on average; with `means` one pair of that weight */
    int styles;            /* number of style coordinates appended to each class code ([G5]), at most IC_MAX_STYLES */
    int classifier;        /* 1: swap input and output: curve -> one-hot of the class */
    uint64_t seed;         /* of k-means */
} ic_augment;

/* Builds the pairs in one block, freed by ic_pairs_free.  A code has one number for each class,
   or `types` for each, class after class, and then the styles.  `augment` NULL: all off.  Errors:
   IC_E_ARGUMENT, IC_E_OPTION, IC_E_CONFLICT, IC_E_SAMPLES, IC_E_NOT_FINITE, IC_E_SIZE,
   IC_E_MEMORY, IC_E_ARITHMETIC. */
IC_DEF ic_status ic_pairs_make(ic_pairs *pairs, const ic_curves *curves, const ic_augment *augment);
IC_DEF void      ic_pairs_free(ic_pairs *pairs);

/* [I7] Inverse classification.
   By gradient descent on the input ([V]).  Zeroed options are the procedure of the thesis. */
typedef enum ic_start { IC_START_UNIFORM = 0, IC_START_GIVEN, IC_START_DRIFT } ic_start;
typedef enum ic_decision { IC_DECIDE_ARGMAX = 0, IC_DECIDE_REPELLER } ic_decision;

typedef struct ic_trace {         /* one sample after one iteration */
    int sample, iteration;        /* iteration 0 = the start */
    const ic_real *x;             /* [inputs] */
    double loss;                  /* at x */
} ic_trace;

typedef struct ic_descend_options {   /* zero = the value in brackets */
    int    iterations;      /* [200] */
    double rate;            /* [0.05] */
    double beta1, beta2;    /* [0.9, 0.99] at most 0.99999 */
    double epsilon;         /* [1e-8] */
    ic_start start;         /* [1/I everywhere], given, or drifting as in the thesis's program: [V3] */
    const ic_real *start_x; /* [n][inputs] for IC_START_GIVEN, from 0 to 1 */
    ic_decision decision;   /* [the largest component], or also "none": [V4] */
    int    codes;           /* [1] inputs of each class, summed before the decision (types) */
    int    rows;            /* [6 a thread] samples side by side: speed only */
    int    threads;
    ic_isa isa;
    void (*trace)(void *user, const ic_trace *trace);
    void  *user;
} ic_descend_options;

typedef struct ic_descended {     /* results; arrays of the caller's, NULL = not wanted */
    ic_real *x;             /* [n][inputs] where each descent ended */
    int     *label;         /* [n] the class decided for; inputs / codes: none (IC_DECIDE_REPELLER) */
    double  *loss;          /* [n] mean squared error at x */
    int     *iterations;    /* [n] fewer than asked for if a fixed point was reached */
} ic_descended;

/* Classifies curves y `[n][steps][outputs]`.  After each step the input is clipped to [0, 1] and
   divided by its sum: a mixture of classes, so that a generator with styles ([G5]) needs an
   explainer.  If all components are driven to 0, the descent ends there ([V3]), in no class;
   `label` is then 0, or with IC_DECIDE_REPELLER and more than 20 inputs "none".  `options`
   NULL: all zero.  Errors: IC_E_ARGUMENT, IC_E_OPTION, IC_E_CONFLICT, IC_E_MISMATCH, IC_E_SIZE,
   IC_E_NOT_FINITE, IC_E_MEMORY, IC_E_ARITHMETIC. */
IC_DEF ic_status ic_descend(const ic_model *model, int n, const ic_real *y,
                            const ic_descend_options *options, const ic_descended *out);

/* [I8] Comparing and grouping.
   A distance between curves ([D]), clusters ([K]) and a map ([S]).  All arrays are the caller's
   unless said otherwise. */

typedef struct ic_dtw_options {   /* zero = the value in brackets */
    int    band;      /* [none] half-width of the Sakoe-Chiba band, in steps of the shorter curve */
    double cutoff;    /* [none] distances above it need not be known: they come out as +infinity */
    void  *scratch;   /* [allocated] ic_dtw_bytes() bytes, aligned for double, for many calls */
    ic_isa isa;       /* speed only */
} ic_dtw_options;

/* Bytes of scratch memory for curves of na and nb steps: 8 a number of both curves, 24 a step of
   the shorter one, and some.  0 if an argument is not positive, or it would not fit. */
IC_DEF size_t    ic_dtw_bytes(int na, int nb, int dims);
/* Dynamic time warping (Sakoe & Chiba 1978) between the curves a `[na][dims]` and b `[nb][dims]`:
   the least sum of Euclidean distances over all ways to walk along both curves from their first
   points to their last, each move advancing one or both by one step.  Not divided by the path's
   length.  Symmetric; 0 for equal curves.  Exact, in double.  `options` NULL: all zero.  Errors:
   IC_E_ARGUMENT, IC_E_OPTION, IC_E_SIZE, IC_E_NOT_FINITE (a coordinate is), IC_E_MEMORY,
   IC_E_ARITHMETIC. */
IC_DEF ic_status ic_dtw(int na, const ic_real *a, int nb, const ic_real *b, int dims,
                        const ic_dtw_options *options, double *distance);

typedef struct ic_kmeans_options {   /* zero = the value in brackets */
    uint64_t seed;       /* the result is a function of the points, k, seed, restarts and iterations */
    int restarts;        /* [10] independent starts; the one with the least inertia is kept */
    int iterations;      /* [300] most rounds of a start */
    int threads;         /* [1] speed only */
    ic_isa isa;          /* speed only */
} ic_kmeans_options;

/* k-means: groups n points x `[n][d]` around k centres so that the inertia, the sum of squared
   distances from the points to the centres of their clusters, is small (Lloyd 1957, published
   1982; started as by Arthur & Vassilvitskii 2007).  Writes centre [k][d], the means of the
   clusters; label [n], 0..k-1; and the inertia.  label and inertia may be NULL.  No cluster is
   ever empty.  Takes $4 n (k + d) + 12 k d$ bytes of memory, $k$ and $d$ rounded up to multiples
   of 16, and $4 n (6 + log_2 k)$ more.  Squared distances are floats: distances below 1e-19
   lose digits, and below 2e-23 they count as 0.  `options` NULL: all zero.  Errors:
   IC_E_ARGUMENT ($n < k$, $k < 1$, $d < 1$), IC_E_OPTION, IC_E_SIZE, IC_E_MEMORY,
   IC_E_ARITHMETIC, IC_E_NOT_FINITE (a number is, or the squared distance of two points could
   be). */
IC_DEF ic_status ic_kmeans(int n, int d, const ic_real *x, int k, const ic_kmeans_options *options,
                           ic_real *centre, int *label, double *inertia);

typedef enum ic_som_start { IC_SOM_DATA = 0, IC_SOM_PCA } ic_som_start;

typedef struct ic_som_options {   /* zero = the value in brackets: the maps of the thesis */
    uint64_t seed;       /* the map is a function of the points and these options */
    int rows, cols;      /* [the root of n, rounded up] size of the map, in units */
    int torus;           /* [0] 1: opposite edges are joined; three units each way at least */
    int iterations;      /* [100] points shown to the map, drawn at random; a map in order takes ten times n and more */
    double sigma;        /* [1.0] radius of the neighbourhood at the start, in units */
    double rate;         /* [0.5] learning rate at the start, at most 1 */
    double sigma_half;   /* [0.5] share of the iterations after which sigma has halved: at iteration
                            t it is sigma / (1 + t / (sigma_half * iterations)) */
    double rate_half;    /* [0.5] the same for the rate */
    ic_som_start start;  /* [points drawn at random] or the plane of the two principal components */
} ic_som_options;

typedef struct ic_som {
    int rows, cols, dims, torus;
    ic_real *weight;     /* [rows][cols][dims] the vector each unit stands for */
    void    *owned;      /* the block to free */
} ic_som;

/* Self-organising map (Kohonen 1982): a sheet of units stretched over the points x `[n][dims]` so
   that neighbours on the sheet stand for similar points.  `options` NULL: all zero.  Free the map
   with ic_som_free.  Errors: IC_E_ARGUMENT, IC_E_OPTION, IC_E_CONFLICT, IC_E_NOT_FINITE (also
   where `dims` times the square of the largest number less the smallest exceeds 2e37), IC_E_SIZE,
   IC_E_MEMORY, IC_E_ARITHMETIC. */
IC_DEF ic_status ic_som_train(ic_som *som, int n, int dims, const ic_real *x,
                              const ic_som_options *options);
IC_DEF void      ic_som_free(ic_som *som);
/* The best matching unit of a point: the one whose vector is nearest, of equals the first.
   Squared distances are compared as floats: those above 3e38 count as equal, those below 1e-45 as
   0.  Returns row * cols + column. */
IC_DEF int       ic_som_winner(const ic_som *som, const ic_real *x);
/* U-matrix (Ultsch & Siemon 1990), u [rows][cols]: the mean distance of each unit's vector to
   those of the up to eight units around it, as floats, divided by the largest such mean (all 0 if
   that is 0). */
IC_DEF void      ic_som_u_matrix(const ic_som *som, ic_real *u);
/* Quantisation error: the mean distance of n >= 1 points from the vectors of their winners. */
IC_DEF double    ic_som_quantisation_error(const ic_som *som, int n, const ic_real *x);
/* Topographic error: the share of points whose nearest and second nearest unit are not among each
   other's eight neighbours. */
IC_DEF double    ic_som_topographic_error(const ic_som *som, int n, const ic_real *x);

/* [I9] Files.
   Models as bytes, in memory and in files; [F] has the format.  ic_decode and ic_load take any
   bytes without harm: they check the size and the first 56 bytes before they allocate.  Files
   need POSIX or Windows; IC_NO_STDIO leaves them out.  Errors of reading: IC_E_FORMAT,
   IC_E_VERSION, IC_E_TRUNCATED, IC_E_CHECKSUM, IC_E_NOT_FINITE, IC_E_MEMORY; of files also
   IC_E_OPEN, IC_E_READ, IC_E_WRITE. */
IC_DEF size_t    ic_encoded_bytes(const ic_model *model);
IC_DEF void      ic_encode(const ic_model *model, unsigned char *out);
IC_DEF ic_status ic_decode(ic_model *model, const unsigned char *bytes, size_t size);
#ifndef IC_NO_STDIO
/* Writes a file whole or not at all: under a temporary name of its own beside `path`, flushed to
   the disk, then renamed.  So whoever reads `path` finds a whole file, even while several
   processes write it; the last to finish wins.  Permissions are kept (owner and access lists are
   those of a new file); a symbolic link is replaced; what is no file, such as a directory, a
   device or a pipe, is left alone, and the status is IC_E_OPEN.  (Windows and WASI: permissions
   are the usual ones, and a directory gives IC_E_WRITE.)  A process that is killed while it
   writes leaves `path.XXXXXXXX.new` behind (of a file name of more than 200 bytes the first 200).
   With that suffix, 13 bytes, a path may not be longer than the system allows. */
IC_DEF ic_status ic_write_file(const char *path, const void *bytes, size_t size);
/* Writes the model in that way.  If there is none, or a parameter is not finite, nothing is
   written: IC_E_ARGUMENT, IC_E_NOT_FINITE. */
IC_DEF ic_status ic_save(const ic_model *model, const char *path);
IC_DEF ic_status ic_load(ic_model *model, const char *path);
#endif
/* FNV-1a, 64 bits (Fowler, Noll, Vo), over bytes; `hash` 0 starts a new one.  For checksums and
   for comparing results between machines. */
IC_DEF uint64_t  ic_hash(uint64_t hash, const void *bytes, size_t size);
/* The same over numbers in little-endian order, whatever the machine's. */
IC_DEF uint64_t  ic_hash_reals(uint64_t hash, const ic_real *x, size_t n);

/* [I10] Explaining.
   The other way to classify with a generator: every class explains the curve as well as it can,
   and the best explanation wins.  An explainer is prepared once, from what the generator draws
   and from curves that show how far real ones lie from that; then it explains any number of
   curves, one at a time, without allocation, from any number of threads.  [E] has the
   mathematics. */
#define IC_BASIS 32            /* numbers that a view of a curve is reduced to */
#define IC_PACE 6              /* coefficients of a change of pace */
#define IC_MAX_STYLES 8
#define IC_MAX_SPACE 4

/* Codes whose drawings stand for a class; several may stand for one. */
typedef struct ic_vertices {
    int n, classes;
    const ic_real *code;       /* [n][inputs] */
    const int *label;          /* [n] 0 .. classes - 1 */
} ic_vertices;

typedef struct ic_explainer_options {   /* zero = the value in brackets; variances for curves of size 1 */
    int views;        /* [1] groups of equal width into which the outputs fall, at most 4, judged independently */
    int space;        /* [a view's width, at most IC_MAX_SPACE] leading outputs of a view that are positions: pose acts on them */
    int styles;       /* [0] trailing inputs of the model that are styles ([G5]) */
    double freedom;   /* [5] degrees of freedom of the Student distribution */
    double shrink;    /* [20] weight, in curves, of the prior of a covariance: for a vertex that of its class, for a class
                         that of all curves, for these the expected one */
    double noise;     /* [0.02] variance of the independent error of each number */
    double smooth;    /* [0.02] expected variance of the smooth error ... */
    double length;    /* [0.1] ... and its correlation length, as a share of the curve */
    double pose;      /* [0.01] expected variance of scale, slant and rotation */
    double pace;      /* [0.01] expected variance of each coefficient of the pace */
} ic_explainer_options;

typedef struct ic_mixture {    /* how curves scatter around drawings: see [E4] */
    int axes;                  /* covariances are of the first axes of the basis: all of them, or half */
    int shared;                /* 0: each vertex has its own.  1: each class has one, and a last one
                                  is for classes to come */
    ic_real *mean;             /* [vertices][views][IC_BASIS] the drawings in the basis */
    ic_real *whiten;           /* [vertices, or classes + 1][views][axes][axes], column after column */
    ic_real *log_det;          /* [vertices, or classes + 1] */
    ic_real *outside;          /* [views] variance of a number outside the basis; NULL: not counted */
} ic_mixture;

typedef struct ic_explainer {
    ic_explainer_options options;      /* with the values in brackets filled in */
    int steps, outputs, classes, vertices;
    int *label, *count;                /* [vertices] class; curves that a vertex stands for */
    ic_real *drawn;                    /* [vertices][steps][outputs] */
    ic_real *slope;                    /* [vertices][styles][steps][outputs] derivative of the drawing by the style */
    ic_real *centre, *basis;           /* [views][d], [views][d][IC_BASIS], d = T O / views */
    ic_real *sine;                     /* [IC_PACE][steps] the functions of the pace */
    double *log_share;                 /* [vertices] log(count / count of the class) */
    double rest;                       /* weight that the expected pose and pace have kept: rho of [E5] */
    ic_real *class_scatter;            /* [classes + 1][views][IC_BASIS][IC_BASIS]; last: of all classes */
    ic_mixture whole;
    void *owned;
} ic_explainer;

typedef struct ic_explained {      /* results; the arrays are the caller's */
    double *energy;                /* [vertices] -log p(y, vertex | class) up to a constant; required */
    double *posterior;             /* [classes] sum 1, with equal priors; NULL: not wanted */
    int vertex;                    /* the vertex of the lowest energy */
    int label;                     /* its class; if the posterior is wanted, the most probable class */
    double least;                  /* the lowest energy */
} ic_explained;

/* `curves` `[n][steps][outputs]` with their labels, and vertex[k], the vertex of curve k.
   Errors: IC_E_ARGUMENT, IC_E_OPTION, IC_E_MISMATCH (with the model's config, too), IC_E_SAMPLES,
   IC_E_SIZE, IC_E_NOT_FINITE, IC_E_SINGULAR, IC_E_MEMORY, IC_E_ARITHMETIC. */
IC_DEF ic_status ic_explainer_init(ic_explainer *explainer, const ic_model *model, const ic_vertices *vertices,
                                   const ic_curves *curves, const int *vertex, const ic_explainer_options *options);
IC_DEF void      ic_explainer_free(ic_explainer *explainer);
/* Explains one curve y `[steps][outputs]`.  Errors: IC_E_ARGUMENT, IC_E_NOT_FINITE. */
IC_DEF ic_status ic_explain(const ic_explainer *explainer, const ic_real *y, ic_explained *out);

/* How a drawing must change to become the curve: the coefficients of style, pose and pace. */
typedef struct ic_adjustment {
    ic_real style[IC_MAX_STYLES];                 /* deviations from the vertex, in its own units */
    ic_real pose[IC_MAX_SPACE][IC_MAX_SPACE];     /* the positions p become p + pose p */
    ic_real pace[IC_PACE];                        /* time tau becomes tau + sum of pace_k sin(pi k tau) / (pi k) */
} ic_adjustment;
/* From `vertex`, 0 ... vertices - 1, to y, which must be finite. */
IC_DEF void      ic_explainer_adjust(const ic_explainer *explainer, int vertex, const ic_real *y, ic_adjustment *out);

/* [I11] The recogniser.
   All of it in one object: raw curves in, answers out.  Letters, gestures, any short curve, of
   any length, from few examples.  [Q] has the method.

   By default place and size of a curve do not matter, but its orientation, its direction, the
   point where it starts and the order of its strokes do.  (Closed shapes that may begin anywhere
   need samples that do: of six shapes .75 were right after 10 of each, .99 after 40.)  All
   numbers of a point are scaled by one factor: bring channels of different units to one scale
   first.  Where their level matters, as in postures or temperatures, set `keep_size` and
   `keep_place`. */
typedef struct ic_curve {          /* a curve as it was drawn; the arrays are the caller's */
    int n;                         /* points, >= 1 */
    const ic_real *point;          /* [n][dims] */
    const ic_real *time;           /* [n] in any unit, from about 0 (a float keeps seven digits: take off the time
                                      of the first point), never falling; NULL, or all the same: one apart */
    const unsigned char *begins;   /* [n] 1: begins a stroke (as the first does); NULL: one stroke.  Of no effect
                                      if no sample that the recogniser was fitted to has two */
} ic_curve;

typedef struct ic_samples {        /* what to learn from */
    int n, dims, classes;          /* dims: numbers a point, at most IC_MAX_SPACE; at most 4096 classes */
    const ic_curve *curve;         /* [n] */
    const int *label;              /* [n] 0 .. classes - 1, each at least once, better equally often: of curves of two
                                      similar classes .88 were right with 3 and 300 samples, .93 with 3 and 3 */
    const int *writer;             /* [n] who drew it: all curves of a writer are held out together, so that the
                                      report and `false_alarm` are about people who are not among the samples.
                                      NULL, or the same for all curves of each class: unknown; then they are about
                                      the people who are.  Copies of a curve, exact or changed, need one writer: else
                                      they are judged by each other, and too many curves count as unknown */
    const char *const *name;       /* [classes] of the classes, at most IC_NAME - 1 bytes each, not necessarily different; NULL: "0", "1", ... */
} ic_samples;

#define IC_NAME 32
#define IC_PARTS 14                /* fractions at which unfinished curves are compared; the last is 1 */

typedef enum ic_view { IC_VIEW_BOTH = 0, IC_VIEW_TIME, IC_VIEW_LENGTH } ic_view;

typedef struct ic_recogniser_options {   /* zero = the value in brackets: a good choice */
    uint64_t seed;
    int steps;            /* [32] points that a curve is brought to; 4 to 128.  With more the generator needs more updates */
    ic_view view;         /* [both] points evenly spaced in time, along the curve, or once each way.  Time alone for series
                             whose points are even in time; length alone where the pen may rest or its pace means nothing,
                             as with a mouse */
    int keep_place;       /* [0] 1: where a curve lies matters; needs keep_size */
    int keep_size;        /* [0] 1: how large it is matters */
    int any_rotation;     /* [0] 1: how it is turned does not matter (2 dimensions; not with keep_place or any_order).  What
                             matters is the angle to its first point, seen from its centre; so it may not begin there */
    int any_order;        /* [0] 1: order and direction of its strokes, at most 64, do not matter; what still matters is the
                             order of two strokes with the same ends, and the direction of a symmetrical closed stroke */
    int types;            /* [chosen on held-out samples] most vertices, ways to draw it, of a class; 1 to 32 */
    int styles;           /* [2] style inputs of the generator, up to IC_MAX_STYLES; -1: none */
    int hidden;           /* [64] units of the generator, up to 1024 */
    long updates;         /* [1500] of its training.  With too few it draws badly (report: drawing_error), and more known
                             curves than `false_alarm` count as unknown; from 50 classes on 1500 are too few */
    double false_alarm;   /* [0.01] share of known curves, of all classes together, that may be taken for unknown; never
                             below 1/(n + 1), n the number of samples held out, at most 1024.  Fitted to the
                             digits 0 to 6 of 30 writers it refuses, of the digits 7 to 9 of others, .33 at .01,
                             .84 at .02 and .95 at .05 */
    int threads;
    int (*callback)(void *user, const ic_progress *progress);   /* of the training; non-zero = stop */
    void *user;
} ic_recogniser_options;

typedef struct ic_recogniser_report {    /* what fitting chose, and how well it does on held-out samples */
    int refused;                         /* if fitting failed at a sample: which one it was; with IC_E_SAMPLES: the class that
                                            has none; else -1 */
    int held_out;                        /* samples that were held out, each once; 0: there is one of each class, and what
                                            follows, but for types, noise and drawing_error, says nothing */
    int oddest;                          /* the held-out sample that its own class explains worst, -1 none: check
                                            whether it belongs there; a few odd samples can spoil what counts as known */
    int types;                           /* most vertices of a class (with few samples fewer: four a vertex) */
    double noise;                        /* variance of the independent error of each number */
    double accuracy, log_loss, temperature;    /* log_loss: every class has the same weight */
    int compared;                        /* held-out samples that the simple methods below were tried on: all, or 200 drawn */
    double nearest, warped, gaussian;    /* accuracy of nearest curve, nearest by DTW (points along the curve, unless
                                            the view is of time), one Gaussian a class */
    double drawing_error;                /* mean square difference between what the generator draws and the vertices, whose
                                            size is 1: above about .02 give it more updates, or take fewer steps, for
                                            the figures above are those of good drawings */
} ic_recogniser_report;

typedef struct ic_recogniser {
    int dims, pen, classes, held;        /* pen: 1 if strokes are told apart */
    ic_recogniser_options options;       /* from steps to any_order, styles (0: none) and false_alarm; the others
                                            are 0: not for fitting again */
    double unit, origin[IC_MAX_SPACE];   /* keep_size: what lengths are divided by; keep_place: what is moved to 0 */
    double temperature, threshold;       /* threshold: energy above which a curve is unknown */
    char (*name)[IC_NAME];               /* [classes] */
    ic_model model;                      /* the generator */
    ic_explainer explainer;
    ic_mixture part[IC_PARTS];           /* unfinished curves: beginnings of the drawings, at each fraction */
    ic_real *held_out;                   /* [held] energies of held-out samples, rising; at most 1024 are kept */
    ic_real *excess;                     /* [vertices] taken off the energy before it is judged: [Q7] */
    void *owned;
} ic_recogniser;

/* Learns: seconds for a thousand curves, half of that time in training the generator.  `options`
   NULL: all zero; `report` NULL: not wanted.  The samples may go afterwards.  With one sample of
   every class none can be held out: then the temperature is 5, as with a single class, and every
   curve counts as known.
   Errors: IC_E_ARGUMENT, IC_E_OPTION, IC_E_CONFLICT, IC_E_SIZE, IC_E_SAMPLES (a class without
   any), IC_E_NOT_FINITE, IC_E_SINGULAR, IC_E_MEMORY, and those of ic_train, IC_E_STOPPED among
   them. */
IC_DEF ic_status ic_recogniser_fit(ic_recogniser *recogniser, const ic_samples *samples,
                                   const ic_recogniser_options *options, ic_recogniser_report *report);
IC_DEF void      ic_recogniser_free(ic_recogniser *recogniser);

/* How a prepared curve maps back to the original: its point q becomes $"place" + "size" R^T q$,
   R being the rotation whose cosine and sine are in `turn`. */
typedef struct ic_frame { double place[IC_MAX_SPACE], size, turn[2]; } ic_frame;

/* An answer, and the memory it takes to find it: one for each thread.  After ic_recogniser_add
   free it and make a new one. */
typedef struct ic_recognition {
    int label;               /* the most probable class */
    int known;               /* 0: probably nothing that was ever learned: the energy of every vertex, less the excess of
                                the vertex, is above the threshold */
    double p_value;          /* (1 + b) / (1 + n): of n energies of held-out curves, b are no lower; 1 if n is 0 */
    double energy;           /* of the best explanation */
    int vertex;              /* which it is; now and then not one of the class `label` */
    double *probability;     /* [classes] calibrated; sum 1 */
    int *order;              /* [classes] from the most to the least probable */
    double done;             /* 1, or of an unfinished curve: the part of it that is there, as it
                                seems; 0: there is no answer: all classes are equally probable, `known` and
                                `p_value` are 0 */
    ic_real *prepared;       /* [steps][outputs] the curve as it was compared: of each view the
                                position and, with `pen`, whether the pen was lifted on the way */
    ic_frame frame;          /* from there back to the curve */
    int classes, vertices, dims;    /* what the arrays are for */
    size_t numbers;
    void *owned;
    double *energies;        /* private from here on */
    struct ic_p_stream *stream;
} ic_recognition;

/* Errors: IC_E_ARGUMENT, IC_E_MEMORY, IC_E_ARITHMETIC. */
IC_DEF ic_status ic_recognition_init(ic_recognition *answer, const ic_recogniser *recogniser);
IC_DEF void      ic_recognition_free(ic_recognition *answer);
/* Recognises a curve.  Nothing is allocated.  Errors, of the next functions too: IC_E_ARGUMENT,
   IC_E_NOT_FINITE, IC_E_SIZE (more than 1048576 numbers; with `any_order`, more than 64
   strokes), IC_E_MISMATCH (the answer is for a recogniser of other sizes, or for this one
   before a curve was added). */
IC_DEF ic_status ic_recognise(const ic_recogniser *recogniser, const ic_curve *curve, ic_recognition *answer);
/* Recognises a curve that is being drawn, point after point: call ic_recognise_begin (not needed
   for a new answer, or after ic_recognise), then ic_recognise_point once for each `point`
   [dims]; `begins` as in ic_curve.  Points count as one apart in time: if the samples had times,
   deliver points at even times while the pen is down.  The answer is about what there is so far.
   When the curve is whole, call ic_recognise: it knows that nothing is to come and so is right
   more often than the answer after the last point, and it judges whether the curve is known
   (until then `known` and `p_value` are 1).  A call takes the same time however many points there
   are. */
IC_DEF void      ic_recognise_begin(ic_recognition *answer);
IC_DEF ic_status ic_recognise_point(const ic_recogniser *recogniser, const ic_real *point, int begins,
                                    ic_recognition *answer);
/* What the generator makes of the curve just recognised, at `vertex`: the adjustment, and `drawn`
   [steps][dims], the explanation in the curve's own coordinates, with `begins` [steps], 1 at the
   first point and where the pen was lifted on the way from the one before.  Of an unfinished
   curve (while `done` is below 1) `drawn` is the whole drawing, to its end, without an
   adjustment, and the adjustment is all zeros; with `any_order` it lies where it should only if
   strokes come in their usual order.  Each may be NULL.  Errors besides: those of ic_generate,
   for one code. */
IC_DEF ic_status ic_recognition_explain(const ic_recogniser *recogniser, const ic_recognition *answer,
                                        ic_adjustment *adjustment, ic_real *drawn, unsigned char *begins);
/* Draws a class into `drawn` [steps][dims] and `begins` [steps] (NULL: not wanted): its most
   frequent type, in the style [styles] (NULL: the usual one; a class that was added has no
   other).  The drawing has size 1 and lies around 0; with `keep_size` it is as large as the
   samples, with `keep_place` where they are.  Errors: IC_E_ARGUMENT, IC_E_NOT_FINITE,
   IC_E_MEMORY, IC_E_ARITHMETIC. */
IC_DEF ic_status ic_recogniser_draw(const ic_recogniser *recogniser, int label, const ic_real *style, ic_real *drawn,
                                    unsigned char *begins);
/* Learns from one more curve, at once, with all weights frozen.  The curve is one of class
   `label` or, if that is `classes`, of a new class called `name` (NULL: its number).  For an old
   class `name` must be NULL, or the status is IC_E_ARGUMENT.  How much curves of a new class
   vary is not known: if more than those of other classes, some may count as unknown.  What counts
   as unknown is decided by fitting alone: a recogniser fitted to one sample a class refuses
   nothing, however many are added.  Every call
   adds a vertex, and everything is copied: pointers into the recogniser are stale afterwards,
   and adding hundreds of curves takes longer than to fit again, which is also the way to take
   away a class.  Errors besides: as of ic_recognise and ic_explainer_init, and of
   ic_recognition_init.  After a failure the recogniser is as it was. */
IC_DEF ic_status ic_recogniser_add(ic_recogniser *recogniser, const ic_curve *curve, int label, const char *name);
/* All of it in one file, with a checksum; a loaded recogniser gives the same bytes.  Or in
   memory.  Errors: those of ic_save, ic_load and ic_decode. */
#ifndef IC_NO_STDIO
IC_DEF ic_status ic_recogniser_save(const ic_recogniser *recogniser, const char *path);
IC_DEF ic_status ic_recogniser_load(ic_recogniser *recogniser, const char *path);
#endif
IC_DEF size_t    ic_recogniser_encoded_bytes(const ic_recogniser *recogniser);
IC_DEF void      ic_recogniser_encode(const ic_recogniser *recogniser, unsigned char *out);
IC_DEF ic_status ic_recogniser_decode(ic_recogniser *recogniser, const unsigned char *bytes, size_t size);

/* Elementary functions of the library, the same bits everywhere ([Y5] and [Y6] state their errors). */
IC_DEF ic_real ic_exp(ic_real x);           /* of x clamped to [-87, 88]: never 0, never infinite (IC_DOUBLE: not clamped) */
IC_DEF ic_real ic_tanh(ic_real x);
IC_DEF ic_real ic_sigmoid(ic_real x);
IC_DEF ic_real ic_hard_sigmoid(ic_real x);

#ifdef __cplusplus
}
#endif
#endif /* INVCLASS_H */
/* ============================================================================================
   PART 2  THE METHOD
   ============================================================================================ */
#if defined(INVCLASS_IMPLEMENTATION) && !defined(INVCLASS_IMPLEMENTED)
#define INVCLASS_IMPLEMENTED

/* [A] WHAT COMES FIRST --------------------------------------------------------------------------
   What must come first in C: settings of the compiler, the form in which functions check their
   arguments, and types and functions that all chapters use.  A first reading can begin at
   [L]. */

/* [A1] Compiler and system.
   Memory, assertions and threads can be replaced or left out, as the manual says.  Private names
   begin with ic_p_ or IC_P_; a private function may go unused in some builds. */
#include <float.h>
#include <math.h>
#include <string.h>
#ifndef IC_NO_STDIO
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <time.h>
#ifdef _WIN32
#include <io.h>
#include <process.h>
#ifdef __cplusplus
extern "C"
#endif
__declspec(dllimport) int __stdcall MoveFileExA(const char *from, const char *to, unsigned long flags);
#else
#include <unistd.h>
#ifndef __cplusplus                  /* which a strict mode of C hides */
int fsync(int), fchmod(int, mode_t);
#endif
#endif
#endif

/* Settings that change the arithmetic: those that a macro gives away are refused here, all others
   are found at run time ([Y7]). */
#if !defined(IC_DOUBLE) && !defined(IC_ALLOW_OTHER_BYTES)
#define IC_P_SAME_BYTES 1
typedef char ic_p_no_single_precision_constants[sizeof 1.0 == sizeof(double) ? 1 : -1];  /* else not the same bytes everywhere */
#if defined(__FAST_MATH__) || (defined(__FINITE_MATH_ONLY__) && __FINITE_MATH_ONLY__ > 0)
#error "invclass.h promises the same bytes everywhere; -ffast-math and -ffinite-math-only let the " \
       "compiler reorder sums and drop NaN checks.  Compile this file without them, or define " \
       "IC_ALLOW_OTHER_BYTES to go without the promise."
#elif FLT_EVAL_METHOD < 0 || FLT_EVAL_METHOD == 1 || FLT_EVAL_METHOD == 2
#error "invclass.h promises the same bytes everywhere; here floats are computed in a wider type.  Compile " \
       "with -msse2 -mfpmath=sse (32-bit x86) or -std=gnu99 (s390), or define IC_ALLOW_OTHER_BYTES to go " \
       "without the promise."
#endif
#endif

/* A compiler may turn `a*b + c` into one fused operation with one rounding.  Unless told
   otherwise, gcc does so in its default (gnu) mode and clang in every mode; the result then
   depends on whether the machine has such an instruction.  Options such as -fassociative-math
   and -freciprocal-math allow more.  All of it is switched off from this line to the end of the
   implementation; where a fused operation is wanted, it is written as one (IC_P_FMA). */
#if defined(__clang__)
#if defined(__x86_64__) || defined(__i386__)     /* other targets ignore it, with a warning */
#pragma float_control(push)
#pragma float_control(precise, on)
#endif
#pragma STDC FP_CONTRACT OFF
#elif defined(__GNUC__)
#pragma GCC push_options
#pragma GCC optimize("fp-contract=off", "no-associative-math", "no-reciprocal-math")
#elif defined(_MSC_VER)
#pragma fp_contract(off)
#endif

#if defined(IC_MALLOC) != defined(IC_FREE)
#error "Define both IC_MALLOC(size) and IC_FREE(pointer), or neither."
#endif
#ifndef IC_MALLOC
#include <stdlib.h>
#define IC_MALLOC(size) malloc(size)
#define IC_FREE(pointer) free(pointer)
#endif

#ifndef IC_ASSERT
#include <assert.h>
#define IC_ASSERT(condition) assert(condition)
#endif

#if !defined(IC_NO_THREADS) && defined(__GNUC__) && (defined(__unix__) || defined(__APPLE__))
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <unistd.h>
#define IC_P_THREADS 1
#else
#define IC_P_THREADS 0
#endif

#if defined(__GNUC__)
#define IC_P_FN static __attribute__((unused))
#define IC_P_INLINE static inline __attribute__((always_inline, unused))
#define IC_P_PREFETCH(p) __builtin_prefetch(p, 1)             /* to be written, into the first level */
#define IC_P_PREFETCH_FAR(p) __builtin_prefetch(p, 0, 2)      /* to be read, into the second */
#else
#define IC_P_FN static
#define IC_P_INLINE static inline
#define IC_P_PREFETCH(p) ((void)(p))
#define IC_P_PREFETCH_FAR(p) ((void)(p))
#endif

#define IC_P_CAT2(a, b) a##b
#define IC_P_CAT(a, b) IC_P_CAT2(a, b)

#define IC_P_MAX_THREADS 64
#define IC_P_ALIGN 64            /* bytes: a cache line, and the widest vector */

/* [A2] Rules for arguments.
   A public function begins with the rules that its arguments must obey, a line for each, with the
   status that it returns if the rule is broken.  IC_REFUSED receives the rule as text, or, where
   that would say little to a caller, what IC_P_DEMAND says instead. */
#ifndef IC_REFUSED
#define IC_REFUSED(rule) ((void)0)
#endif
#define IC_P_DEMAND(rule, said, status) \
    do {                               \
        if (!(rule)) {                 \
            IC_REFUSED(said);          \
            return status;             \
        }                              \
    } while (0)
#define IC_P_REQUIRE(rule, status) IC_P_DEMAND(rule, #rule, status)
/* Returns the status of a call, unless it is IC_OK. */
#define IC_P_PASS(call)                \
    do {                               \
        const ic_status passed_ = call; \
        if (passed_ != IC_OK)          \
            return passed_;            \
    } while (0)

/* low <= x <= high; never true of NaN. */
IC_P_FN int ic_p_within(double x, double low, double high) { return x >= low && x <= high; }
/* An option that is not set, or is from 1e-30 to `most`. */
IC_P_FN int ic_p_unset_or(double x, double most) { return x == 0 || ic_p_within(x, 1e-30, most); }
#define IC_P_LARGEST ((double)FLT_MAX)           /* of what a float can hold */

/* [A3] Arena, team, kernels.
   An arena lays several arrays out in one block.  The same code runs over it twice: first with
   `base` NULL, to measure, then over the block, to hand out pointers.  So the size that is
   allocated and the size that is used cannot differ.  `bad` remembers an overflow. */
typedef struct ic_p_arena { unsigned char *base; size_t used; int bad; } ic_p_arena;

/* Threads that share the work of a call, each a range of it: [M]. */
typedef void ic_p_range_fn(void *context, int thread, int begin, int end);

#if IC_P_THREADS
typedef struct ic_p_worker { struct ic_p_team *team; int thread; pthread_t id; } ic_p_worker;
#endif

typedef struct ic_p_team {
    int wanted, threads;             /* asked for; at work, with the caller's (0: not started yet) */
#if IC_P_THREADS
    ic_p_worker worker[IC_P_MAX_THREADS];
    pthread_mutex_t lock;
    pthread_cond_t change;
    unsigned calls, done;            /* calls begun, and ranges that workers have finished, in all */
    unsigned met;                    /* how often threads have come to ic_p_meet, in this call */
    unsigned asleep;                 /* threads that wait on `change` */
    int crowded;                     /* are there more threads than processors? */
    ic_p_range_fn *fn;               /* of the call at hand, NULL to end */
    void *context;
    int n;
#endif
} ic_p_team;

/* The kernels for one kind of vector.  What they compute is said at their definitions in [X]; the
   chapters reach them through this table; [X7] chooses it. */
typedef struct ic_p_kernels {
    const char *name;
    int lanes;       /* V: numbers in a vector */
    void (*gemm)(int m, int depth, int vectors, const ic_real *x, ptrdiff_t x_row, ptrdiff_t x_k,
                 const ic_real *w, const ic_real *start, ptrdiff_t start_row,
                 ic_real *z, ptrdiff_t z_row, ptrdiff_t z_step);
    void (*gates)(int m, ic_gate kind, ic_real *z, ptrdiff_t z_row, const ic_real *c_before,
                  ic_real *c, ic_real *tc, ic_real *h, ptrdiff_t c_row);
    void (*gates_back)(int m, int unit, int vectors, ic_gate kind, const ic_real *dh, ic_real *dc,
                       ic_real *z, ptrdiff_t z_row, const ic_real *c_before, const ic_real *tc,
                       ptrdiff_t c_row);
    void (*adam)(size_t padded, const ic_adam *o, ic_real *param, const ic_real *gradient,
                 ic_real *m, ic_real *v);
    void (*map)(int function, size_t padded, const ic_real *x, ic_real *y);      /* plain C: ic_exp and its like; vectors: for tests alone */
    void (*apart)(int padded, const ic_real *p, int count, const ic_real *const *others, ic_real *out);
    ic_real (*fall)(int padded, const ic_real *by, ic_real *bound);
    int (*below)(int padded, ic_real limit, const ic_real *bound, int *at);
    double (*warp)(int dims, int cells, const double *a, ptrdiff_t a_dim, const double *b,
                   ptrdiff_t b_dim, const double *before, const double *last, double *now);
    int (*arithmetic)(void);
} ic_p_kernels;

enum { IC_P_EXP, IC_P_TANH, IC_P_SIGMOID, IC_P_HARD };   /* functions of `map` */

/* Loops over a register tile must be unrolled, or the tile lives in memory. */
#if defined(__clang__)
#define IC_P_UNROLL _Pragma("clang loop unroll(full)")
#elif defined(__GNUC__)
#define IC_P_UNROLL _Pragma("GCC unroll 8")
#else
#define IC_P_UNROLL
#endif

/* [A4] Declared ahead.
   What is used before the chapter that defines it: from [M], */
IC_P_FN int ic_p_all_finite(const ic_real *x, size_t n);
IC_P_FN ic_real ic_p_get_float(const unsigned char *from);
IC_P_FN void *ic_p_allocate(size_t size, void **owned);
IC_P_FN ic_status ic_p_arena_pass(ic_p_arena *arena, void **owned);
IC_P_FN size_t ic_p_numbers(int a, int b, int c);
IC_P_FN void ic_p_parallel(ic_p_team *team, int n, ic_p_range_fn *fn, void *context);
IC_P_FN ic_status ic_p_points_ok(int n, int d, const ic_real *x);
IC_P_FN void ic_p_put_float(unsigned char *out, ic_real x);
IC_P_FN void ic_p_release(void *owned, void *object, size_t size);
IC_P_FN int ic_p_size_mul(size_t a, size_t b, size_t *out);
IC_P_FN double ic_p_sum_squares(const ic_real *x, size_t padded);
IC_P_FN void *ic_p_take(ic_p_arena *arena, size_t count, size_t size);
IC_P_FN int ic_p_lots_of(const ic_work *w, int rows);
IC_P_FN double *ic_p_take_doubles(ic_p_arena *arena, size_t rows, size_t cols);
IC_P_FN ic_real *ic_p_take_reals(ic_p_arena *arena, size_t rows, size_t cols);
IC_P_FN void ic_p_team_end(ic_p_team *team);
IC_P_FN int ic_p_team_ready(ic_p_team *team);
IC_P_FN void ic_p_meet(ic_p_team *team, int threads);
IC_P_FN int ic_p_threads(int asked);

/* from [X], */
IC_P_FN const ic_p_kernels *ic_p_kernels_for(ic_isa isa);
IC_P_FN ic_status ic_p_arithmetic_ok(const ic_p_kernels *kernels);

/* and from [F]. */
IC_P_FN uint64_t ic_p_get(const unsigned char *from, int bytes);
IC_P_FN void ic_p_put(unsigned char *to, uint64_t value, int bytes);
#ifndef IC_NO_STDIO
typedef ic_status ic_p_head_fn(const unsigned char *bytes, size_t size);
IC_P_FN ic_status ic_p_read_file(const char *path, size_t head, ic_p_head_fn *check, unsigned char **bytes, size_t *size);
#endif

/* [L] THE LSTM ----------------------------------------------------------------------------------
   A recurrent network reads a sequence step by step, carries a state from step to step, and uses
   the same weights at every step.  This chapter states the equations of one, derives its backward
   pass from the chain rule, and follows a gradient on its way back through time, which shows what
   an LSTM is for.  The code here is plain C, from examples/plain.c; [C] has the same in the
   library, and [B] makes it fast. */

/* [L1] The equations.
   Let $x_t$ be the input of step $t = 1 ... T$, and $h_{t-1}$ and $c_{t-1}$ the hidden state and
   the cell that the step before left behind.  A layer of $H$ units computes (Hochreiter &
   Schmidhuber 1997; the forget gate was added by Gers, Schmidhuber & Cummins 2000)

       z_t = b + x_t W + h_{t-1} U      4H numbers: $z_i$, $z_f$, $z_g$, $z_o$                (1)
       i_t = sigma(z_i)   f_t = sigma(z_f)   g_t = tanh(z_g)   o_t = sigma(z_o)               (2)
       c_t = f_t * c_{t-1} + i_t * g_t                                                        (3)
       h_t = o_t * tanh(c_t)                                                                  (4)
       y_t = b_y + h_t W_y              the output layer

   Of what its cell held a unit keeps the share $f_t$; it takes in the share $i_t$ of a new
   candidate $g_t$; and it shows the share $o_t$ of the result to the other units and to the
   outputs.  The function $sigma$ of these gates has values between 0 and 1.  It is one of

       sigma(z) = min(max(0.2 z + 0.5, 0), 1)    the hard sigmoid, IC_HARD_SIGMOID
       sigma(z) = 1 / (1 + exp(-z))              the sigmoid, IC_SIGMOID

   The hard one, which the thesis used, consists of three straight lines and can close a gate, or
   open it, entirely.

   figure: gates.svg  The functions of the gates and of the candidate, and below them their
   slopes.

   Layers can be stacked: $x_t$ of a layer above the first is $h_t$ of the layer below.  All of it
   is one function of the weights, the inputs and the first state $h_0$, $c_0$.  Training and
   inverse classification differ only in which of its derivatives they ask for.

   source: examples/plain.c lstm_forward

   source: examples/plain.c output_forward */

/* [L2] Backpropagation through time.
   Let the error $E$ be any function of the outputs whose derivatives $dy_t$ are known, $dv$
   standing for $dE/dv$.  $E$ depends on a quantity $v$ through everything that is computed from
   $v$.  If $v$ is used in $u_1$, $u_2$ and so on, the chain rule has one term for each use:

       dE/dv = sum_k dE / du_k partial u_k / partial v

   So the way to a derivative is to ask where a quantity is used.

       |              * f_t   + i_t * g_t             * f_{t+1}
       |   c_{t-1} -------------------------> c_t ---------------> c_{t+1}
       |                     ^                 |          ^
       |                     | i, f, g         | tanh     | i, f, g
       |           U         |                 v      U   |
       |   h_{t-1} ------>  z_t  ---- o ---->  * = h_t --> z_{t+1}
       |                     ^                      |
       |                     | W                    | W_y
       |                    x_t                     v
       |                                           y_t -----> E

   $c_t$ is used in $h_t$ and in $c_{t+1}$; $h_t$ in $y_t$ and in $z_{t+1}$; $o_t$ in $h_t$;
   $i_t$, $f_t$ and $g_t$ in $c_t$; the parts of $z_t$ in their gates; $x_t$ in $z_t$; $W$, $U$
   and $b$ in the $z$ of every step.

   figure: cell.svg  Two steps of a unit, and the two paths on which a gradient comes back: along
   the cells, times the forget gate; and through the sums $z$, times slopes and weights.

   Arrows lead to the same step or to a later one.  A sweep from the last step to the first
   (Werbos 1990) therefore finds, at every step, all derivatives that it needs; what would come
   from beyond step $T$ is zero.

   Suppose that $dh_t$ is known.  At step $T$ it is $dy_T W_y^T$, since $h_T$ is used in the
   output alone.  First (4), where the slope of tanh is one minus its square; the other use of
   $c_t$ is (3) of the next step:

       do_t = dh_t * tanh(c_t)                                                                (5)
       dc_t = dh_t * o_t * (1 - tanh(c_t)^2) + dc_{t+1} * f_{t+1}                             (6)

   Then (3).  Each factor of a product gets $dc_t$ times the other factor:

       di_t = dc_t * g_t   df_t = dc_t * c_{t-1}   dg_t = dc_t * i_t                          (7)
       dc_t * f_t               is the last term of (6) one step earlier                      (8)

   Then (2).  The slope of either $sigma$ can be computed from its value, so $z$ need not be
   kept:

       dz_i = di_t * sigma'(z_i)   dz_f = df_t * sigma'(z_f)   dz_o = do_t * sigma'(z_o)
       dz_g = dg_t * (1 - g_t^2)                                                              (9)
       sigma'(z_i) = 0.2               where $0 < i_t < 1$, else 0: the hard sigmoid
       sigma'(z_i) = i_t (1 - i_t)     the sigmoid

   And (1).  Number $k$ of $z_t$ contains $h_j U_{jk}$, $h$ being that of the step before.  So
   $h_j$ gets the sum over $k$ of $dz_k U_{jk}$, besides what its output gives it, and $U_{jk}$
   gets $h_j dz_k$ from every step, since all steps use it:

       dh_{t-1} = dz_t U^T + dy_{t-1} W_y^T                                                  (10)
       dx_t = dz_t W^T                                                                       (11)
       dW = sum_t x_t^T dz_t   dU = sum_t h_{t-1}^T dz_t   db = sum_t dz_t                   (12)

   and for the output layer $dW_y = sum_t h_t^T dy_t$ and $db_y = sum_t dy_t$.  With (10) the
   sweep goes on to the step before; what arrives at step 0 is the derivative with respect to the
   first state.  In a layer below another, $dy_t W_y^T$ is replaced by $dx_t$ of the layer above.

   source: examples/plain.c output_backward

   source: examples/plain.c lstm_backward */

/* [L3] The gradient with respect to the input.
   Inverse classification wants $dx$ of the first layer and no other result: the sweep remains,
   with (11) between stacked layers, and (12) is left out.  A generator receives its input at the
   first step only, so that $dx_1$ is a single product after the sweep.

   Counted in multiply-adds for a step, a sequence and a layer, (1) costs $4 H (I + H)$; (10) and
   (11) together cost the same, and so does (12).  A pass of training therefore costs three times
   a forward pass, a pass of inversion twice. */

/* [L4] Why an LSTM: what becomes of a gradient.
   Take a recurrent network without cells, $h_t = tanh(b + x_t W + h_{t-1} U)$.  By the rules of
   [L2] its gradient travels from step $T$ back to step $t$ through one matrix a step,

       dh_t = dh_T D_T U^T D_{T-1} U^T ... D_{t+1} U^T                                       (13)

   where $D_k$ is diagonal and holds the slopes $1 - h_k^2$.  None of these exceeds 1; so $T - t$
   steps lengthen the gradient at most by the factor $r^{T-t}$, with $r$ the largest singular
   value of $U$.  If $r$ is less than 1, the gradient vanishes: $0.9^100$ is 0.00003.  If $r$ is
   more, some directions may explode, like $1.1^100$, which is 14000.  A network that receives
   its class at step 1 and is judged at step 100 learns next to nothing from such a gradient
   (Bengio, Simard & Frasconi 1994; Pascanu, Mikolov & Bengio 2013).

   In an LSTM there is a second path, along the cells.  On this path alone, (8) gives

       dc_t = dc_T * f_T * f_{T-1} * ... * f_{t+1}                                           (14)

   which has neither a matrix nor a slope in it, only forget gates, unit by unit.  A gate is set
   by the network itself.  One that stays open passes the gradient on unchanged over any distance,
   and none lets it grow.  The rest of the gradient still comes through $U$ and may explode there:
   training can clip it ([T2]).

   In a new network all weights are small and every gate stands near $sigma(b)$.  So the bias of
   the forget gate decides how far back the gradient reaches before anything has been learned:
   [C2].

   figure: gradient.svg  How much of the gradient of an error at step 100 arrives at the steps
   before it, in new networks: without cells, where $r = 0.9$ lets it vanish and $r = 1.1$ makes
   the units grow until their slopes hold it back; and in LSTMs with a forget bias of 1, which
   lets it vanish faster still, and of 2.4, where it arrives, and even grows, through $U$. */

/* [L5] Exercises.

   Exercise 1.  In examples/plain.c every forget gate starts with a bias of 1,
   `n.b[GATE_F][j] = 1`.  The drawings have 40 steps, and the class is an input of the first.
   How will the error after 200 updates change if the bias is 0 instead, and how if it is 2.4?
   Predict, then run.

   Answer.  A gate of $sigma(0) = 0.5$ leaves $0.5^39$ of a cell at the last step, a few parts in
   $10^12$; $sigma(1) = 0.7$ leaves a millionth, $sigma(2.4) = 0.98$ nearly half.  The errors
   printed are 0.0935, 0.0419 and 0.0089, the means over four seeds 0.12, 0.05 and 0.01.  After
   2000 updates all three are below 0.002: a network can learn to open its gates, but it takes
   time.

   Exercise 2.  How can you find out whether the backward pass of examples/plain.c is right, for
   every parameter, without reading it?

   Answer.  Compare with differences.  `draw` returns $E$ and adds the derivatives to its last
   argument; so for each parameter $p$ in turn compute $(E(p + e) - E(p - e)) / (2 e)$ with
   $e = 0.00001$.  In double precision the two agree to four digits.  Then remove a term, (8) for
   instance, and see that they do not.  `tests/test_gradient.c` does the same with the library.

   Exercise 3.  Derive the backward pass of a gated recurrent unit (Cho et al. 2014), which has
   gates but no cell:

       z_r = b_r + x_t W_r + h_{t-1} U_r   z_u = b_u + x_t W_u + h_{t-1} U_u
       z_g = b_g + x_t W_g + r_t * q_t     q_t = h_{t-1} U_g
       r_t = sigma(z_r)   u_t = sigma(z_u)   g_t = tanh(z_g)
       h_t = u_t * h_{t-1} + (1 - u_t) * g_t

   Answer.  $h_{t-1}$ is used in $h_t$, in $q_t$, in both gates and, as in (10), in the output of
   its step.  From $dh_t$:

       dz_g = dh_t * (1 - u_t) * (1 - g_t^2)   dq_t = dz_g * r_t
       dz_u = dh_t * (h_{t-1} - g_t) * sigma'(z_u)   dz_r = dz_g * q_t * sigma'(z_r)
       dh_{t-1} = dh_t * u_t + dz_r U_r^T + dz_u U_u^T + dq_t U_g^T + dy_{t-1} W_y^T
       dU_g = sum_t h_{t-1}^T dq_t      all others as in (11) and (12)

   The first term of $dh_{t-1}$ is the path of (14), with $u$ in the place of $f$.  To check it,
   replace `lstm_forward` and `lstm_backward` by it: exercise 2 finds no difference, and the
   program still recognises 20 of 20. */

/* [C] THE NETWORK IN CODE -----------------------------------------------------------------------
   What [L] derives for one sequence, here for $B$ of them side by side: the parameters and their
   start, the workspace that the passes share, the passes themselves. */

/* [C1] Parameters.
   All parameters lie in one block of memory; [I3] shows its layout.  ic_model_tensor is the only
   list of what it contains: sizes, names and offsets, the initialisation, the packing, the file
   and the check of the gradient all follow it. */
#define IC_P_MAX_SIZE (1 << 20)          /* so every product of three sizes is below 2^63 */
#define IC_P_MOST_ROWS (1 << 30)         /* so no int overflows */
#define IC_P_MAX_LAYERS 8

IC_P_FN int ic_p_layers(const ic_config *c) { return c->layers == 0 ? 1 : c->layers; }

IC_P_FN int ic_p_config_ok(const ic_config *c)
{
    return c && c->inputs >= 1 && c->inputs <= IC_P_MAX_SIZE && c->hidden >= 1
        && c->hidden <= IC_P_MAX_SIZE && c->outputs >= 1 && c->outputs <= IC_P_MAX_SIZE
        && c->steps >= 1 && c->steps <= IC_P_MAX_SIZE && c->layers >= 0
        && c->layers <= IC_P_MAX_LAYERS && (c->gate == IC_HARD_SIGMOID || c->gate == IC_SIGMOID)
        && (c->head == IC_EVERY_STEP || c->head == IC_LAST_STEP)
        && (c->link == IC_LINEAR || (c->link == IC_SOFTMAX && c->outputs > 1));
}

/* Steps of a target, and of what the network puts out. */
IC_P_FN int ic_p_out_steps(const ic_config *c) { return c->head == IC_EVERY_STEP ? c->steps : 1; }

/* W, U and b of every layer, then those of the output layer. */
IC_DEF int ic_model_tensor(const ic_config *config, int index, ic_tensor *out)
{
    size_t offset = 0;
    int layers, h, k;
    if (!ic_p_config_ok(config))
        return 0;
    layers = ic_p_layers(config), h = config->hidden;
    for (k = 0; k <= index && k < 3 * layers + 2; k++) {
        int layer = k / 3, kind = layer < layers ? k % 3 : 3 + k - 3 * layers;
        out->rows = kind == 0 ? (layer == 0 ? config->inputs : h) : kind == 1 || kind == 3 ? h : 1;
        out->cols = kind < 3 ? 4 * h : config->outputs;
        out->name[0] = "WUbWb"[kind];
        out->name[1] = (char)(kind < 3 ? '0' + layer : 'y');
        out->name[2] = 0;
        out->offset = offset;
        offset += (size_t)out->rows * (size_t)out->cols;
    }
    return index >= 0 && index < 3 * layers + 2;
}

/* Numbers in the block; 0 if they would not fit into memory. */
IC_P_FN size_t ic_p_count(const ic_config *config)
{
    ic_tensor t;
    size_t count = 0, part;
    int k;
    for (k = 0; ic_model_tensor(config, k, &t); k++) {
        if (!ic_p_size_mul((size_t)t.rows, (size_t)t.cols, &part)
            || part > ((size_t)-1) / 64 || count > ((size_t)-1) / 64)
            return 0;
        count += part;
    }
    return count;
}

IC_P_FN size_t ic_p_padded(size_t count) { return (count + IC_PAD - 1) / IC_PAD * IC_PAD; }

IC_DEF size_t ic_model_bytes(const ic_config *config)
{
    return ic_p_padded(ic_p_count(config)) * sizeof(ic_real);
}

/* A model of zeros. */
IC_DEF ic_status ic_model_init(ic_model *model, const ic_config *config, void *memory)
{
    size_t bytes;
    IC_ASSERT(model);
    memset(model, 0, sizeof *model);
    IC_P_REQUIRE(ic_p_config_ok(config), IC_E_ARGUMENT);
    bytes = ic_model_bytes(config);
    IC_P_DEMAND(bytes > 0, "the parameters can be counted in bytes", IC_E_SIZE);
    IC_P_REQUIRE((uintptr_t)memory % sizeof(ic_real) == 0, IC_E_ARGUMENT);
    if (!memory)
        memory = ic_p_allocate(bytes, &model->owned);
    if (!memory)
        return IC_E_MEMORY;
    model->config = *config;
    model->config.layers = ic_p_layers(config);
    model->count = ic_p_count(config);
    model->padded = ic_p_padded(model->count);
    model->param = (ic_real *)memory;
    memset(model->param, 0, bytes);
    return IC_OK;
}

IC_DEF void ic_model_free(ic_model *model)
{
    if (model)
        ic_p_release(model->owned, model, sizeof *model);
}

/* [C2] The start.
   Weights must differ from unit to unit, or all units would receive the same gradient for ever;
   and they must neither swell nor damp what passes through.  $W$ and $W_y$ are uniform, with a
   variance that keeps the size of values on the way forward and of gradients on the way back, as
   nearly as one number can (Glorot & Bengio 2010):

       |W_{jk}| <= sqrt(6 / ("rows" + "columns"))

   $U$ has orthonormal rows, so that $h U$ is as long as $h$ (Saxe et al. 2013).  Biases are 0,
   but for the forget gate's.

   With small weights every forget gate starts near $sigma(b)$, $b$ its bias.  After $n$ steps
   the share $sigma(b)^n$ of what a cell held is left, and by [L](14) of a gradient too.  The
   usual $b = 1$ (Gers, Schmidhuber & Cummins 2000; Jozefowicz, Zaremba & Sutskever 2015) is a
   gate of 0.7 if the sigmoid is hard: after 20 steps 0.0008 are left, and a generator, which
   receives its class at the first step only, spends the beginning of its training on learning to
   remember.  A gate of $1 - 1/m$ leaves nearly $1/e$ after $m$ steps (after Tallec & Ollivier
   2018, who draw an $m$ for each cell at random):

       0.2 b + 0.5 = 1 - 1/m   b = 2.5 - 5/m                   hard sigmoid
       1 / (1 + exp(-b)) = 1 - 1/m   b = log(m - 1)                  sigmoid

   No $m$ saturates the gate; a saturated hard sigmoid would have no gradient and could never
   close. */
IC_P_FN int ic_p_memory_ok(double memory) { return memory == 0 || ic_p_within(memory, 2, IC_P_MAX_SIZE); }

/* Natural logarithm, in double: $x = m 2^e$ with $m$ near 1, and $log m = 2 atanh(q)$ with
   $q = (m - 1) / (m + 1)$, by its series; $|q| <= 0.172$, so that eight terms leave an error
   below 2e-14. */
IC_P_FN double ic_p_log(double x)
{
    int e, k;
    double m = frexp(x, &e), q, q2, sum = 0;          /* exact: 0.5 <= m < 1 */
    if (m < 0.70710678118654752)
        m *= 2, e--;
    q = (m - 1) / (m + 1);
    q2 = q * q;
    for (k = 15; k >= 1; k -= 2)
        sum = sum * q2 + 1.0 / k;
    return 2 * q * sum + e * 0.69314718055994531;
}

IC_P_FN double ic_p_forget_bias(ic_gate gate, double memory)
{
    if (memory == 0)
        return 1;
    return gate == IC_SIGMOID ? ic_p_log(memory - 1) : 2.5 - 5 / memory;
}

/* Fills a matrix, of no more rows than columns, with orthonormal rows: random normal rows, whose
   directions are uniform, then modified Gram-Schmidt.  Each row is orthogonalised twice, which
   is enough for full precision (Parlett 1980). */
IC_P_FN void ic_p_orthonormal(uint64_t key, int rows, int cols, double *q)
{
    int r, s, c, pass;
    for (r = 0; r < rows; r++) {
        double *row = q + (size_t)r * (size_t)cols, norm = 0;
        for (c = 0; c < cols; c++)
            row[c] = ic_normal(key, (uint64_t)r, (uint64_t)c);
        for (pass = 0; pass < 2; pass++)
            for (s = 0; s < r; s++) {
                const double *other = q + (size_t)s * (size_t)cols;
                double sum[8] = { 0 };                      /* fixed partial sums: vectors, same bits */
                for (c = 0; c + 8 <= cols; c += 8) {
                    int j;
                    for (j = 0; j < 8; j++)
                        sum[j] += row[c + j] * other[c + j];
                }
                for (; c < cols; c++)
                    sum[0] += row[c] * other[c];
                sum[0] = ((sum[0] + sum[1]) + (sum[2] + sum[3])) + ((sum[4] + sum[5]) + (sum[6] + sum[7]));
                for (c = 0; c < cols; c++)
                    row[c] -= sum[0] * other[c];
            }
        for (c = 0; c < cols; c++)
            norm += row[c] * row[c];
        norm = 1 / sqrt(norm);
        for (c = 0; c < cols; c++)
            row[c] *= norm;
    }
}

/* Every tensor draws from a key of its own.  q is scratch for 4 H H numbers. */
IC_P_FN void ic_p_randomise(ic_model *model, uint64_t key, double memory, double *q)
{
    const int h = model->config.hidden;
    const double forget = ic_p_forget_bias(model->config.gate, memory);
    ic_tensor t;
    int k, r, c;
    memset(model->param, 0, model->padded * sizeof(ic_real));
    for (k = 0; ic_model_tensor(&model->config, k, &t); k++) {
        ic_real *p = model->param + t.offset;
        const uint64_t own = ic_random_key(key, (uint64_t)k);
        const double limit = sqrt(6.0 / ((double)t.rows + (double)t.cols));
        if (t.name[0] == 'U')
            ic_p_orthonormal(own, h, 4 * h, q);
        for (r = 0; r < t.rows; r++)
            for (c = 0; c < t.cols; c++, p++)
                if (t.name[0] == 'W')
                    *p = (ic_real)((2 * ic_uniform(own, (uint64_t)r, (uint64_t)c) - 1) * limit);
                else if (t.name[0] == 'U')
                    *p = (ic_real)q[(size_t)r * 4 * (size_t)h + (size_t)c];
                else if (t.name[1] != 'y' && c >= h && c < 2 * h)
                    *p = (ic_real)forget;
    }
}

IC_DEF ic_status ic_model_randomise(ic_model *model, uint64_t key, double memory)
{
    double *q;
    size_t h, bytes = 0;
    IC_P_REQUIRE(model && model->param, IC_E_ARGUMENT);
    IC_P_REQUIRE(ic_p_memory_ok(memory), IC_E_OPTION);
    h = (size_t)model->config.hidden;
    IC_P_REQUIRE(ic_p_size_mul(h, 4 * h, &bytes) && ic_p_size_mul(bytes, sizeof *q, &bytes), IC_E_SIZE);
    q = (double *)IC_MALLOC(bytes);
    if (!q)
        return IC_E_MEMORY;
    ic_p_randomise(model, key, memory, q);
    IC_FREE(q);
    return IC_OK;
}

/* [C3] The workspace.
   One piece of memory holds all that the passes over a batch need.  $V$ is the number of lanes
   of a vector, a panel is $V$ hidden units, a group IC_PAD of them, which is 16, and a block
   up to four vectors of columns.

       | array           holds                                           extents
       | w, u            W and U packed for [L](1)                       [panel][k][gate][lane]
       | w_back, u_back  W^T and U^T packed for [L](11) and [L](10)      [block][row of z][column]
       | z               forward: z_t, then the gates; backward: dz_t    [t][b][group][gate][16]
       | h, c            h_t and c_t, and before them the first state    [t + 1][b][unit]
       | tc              tanh(c_t)                                       [t][b][unit]
       | y, dy           outputs; their derivatives, from the caller     [t][b][output]
       | dh, dc          of the step at hand                             [b][unit]
       | gw, gu, gb      the sums [L](12)                                as W, U, b; columns as z

   Where two or more threads generate or invert, some rows are left free in the arrays that have
   `[b]`, after those of each thread: [B5].

   In a row of packed weights the four vectors of a panel are the four gates of its units.  So one
   product leaves all that [L](2) to [L](4) need of these units in one place, and the gates are
   computed while it is still in the cache.  In a row of $z$ a group has first all its $i$, then
   $f$, $g$ and $o$, whatever $V$ is: sums over $z$ run in this order, and no result may depend on
   $V$.

   Three things hold between any two calls:

   1. The units that round $H$ up to whole groups have weights and biases of zero.  So their
      $g$, $c$ and $h$ stay zero, and so does every derivative that passes through them.
   2. What rounds up the rows of other arrays is zero and stays zero.
   3. The workspace is in one of four states, which asserts check: load before going forward, and
      go forward before each way back.

       | new        ic_work_new     no weights yet
       | loaded     ic_work_load    the weights are those of the model at that moment
       | forward    ic_forward      h, c, y and the gates are the batch's; dy may be written
       | backward   ic_backward     z holds dz, the gates are gone: load or go forward again

   A workspace for IC_GENERATE never goes backward, and keeps $z$, $c$ and $tanh(c)$ of one step
   only. */
typedef struct ic_p_layer {
    int inputs;                           /* width of x */
    ic_real *w, *u, *bias;                /* bias: in the order of z */
    ic_real *w_back, *u_back;
    ic_real *z, *tc, *c, *h;              /* rows of 4 hp, ld, ld, ld numbers */
    ic_real *gw, *gu, *gb;
} ic_p_layer;

/* Where z_i of a hidden unit stands in a row of z; z_f, z_g and z_o follow at distances of IC_PAD. */
IC_P_INLINE int ic_p_gate_at(int unit) { return unit / IC_PAD * 4 * IC_PAD + unit % IC_PAD; }

enum { IC_P_NEW, IC_P_LOADED, IC_P_FORWARD, IC_P_BACKWARD };

struct ic_work {
    int state;
    ic_config config;
    ic_work_options options;
    const ic_p_kernels *kernels;
    void *owned;
    ic_p_team team;
    int lanes, panels;           /* V, and Hp / V */
    int hp, op, ip;              /* H padded to groups, O and I to vectors */
    int ld;                      /* row stride of h, c, tanh(c), dh, dc */
    int gap;                     /* rows left free after those of each thread: [B5] */
    ic_p_layer layer[IC_P_MAX_LAYERS];
    ic_real *wy, *by, *wy_back;  /* W_y packed, b_y, W_y^T packed */
    ic_real *gwy, *gby;          /* their gradients, rows of op numbers */
    ic_real *y, *dy;             /* one step only with IC_LAST_STEP */
    ic_real *logit;              /* y before the softmax, for training: see [T1] */
    ic_real *dh, *dc;
    ic_real *dx;                 /* [b][ip] */
    ic_real *zero;               /* a row of zeros, as wide as the widest */
    ic_real *strip;              /* [thread][IC_P_STRIP][4 V]: see [C7] */
    ic_batch batch;              /* the batch at hand ... */
    ic_gradients wanted;         /* ... what is wanted of it ... */
    int out_steps;               /* ... and how many steps have an output: T or 1 */
};

#define IC_P_STRIP 96            /* rows of dz that are packed at a time: [C7] */
#define IC_P_BUNDLE 6            /* rows that go through all steps together: [C5] */

/* The columns of other products than [L](1) are cut into blocks of up to four vectors, as evenly as possible. */
IC_P_FN int ic_p_blocks(int vectors) { return (vectors + 3) / 4; }
IC_P_FN int ic_p_block_begin(int vectors, int block)
{
    return (int)((long long)vectors * block / ic_p_blocks(vectors));
}

/* Lays the arrays out. */
IC_P_FN void ic_p_work_layout(ic_work *w, ic_p_arena *arena)
{
    const ic_config *c = &w->config;
    const int v = w->lanes, train = w->options.purpose == IC_TRAIN;
    const int back = w->options.purpose != IC_GENERATE;
    const size_t rows = (size_t)w->options.rows + (size_t)w->gap * (size_t)w->team.wanted;
    const size_t steps = (size_t)w->options.steps;
    const size_t kept = back ? steps : 1;             /* steps whose z, c and tanh(c) are kept */
    const size_t h = (size_t)c->hidden, ld = (size_t)w->ld, op = (size_t)w->op, hp4 = 4 * (size_t)w->hp;
    const size_t out = c->head == IC_EVERY_STEP ? steps : 1;
    size_t l;
    for (l = 0; l < (size_t)c->layers; l++) {
        ic_p_layer *y = &w->layer[l];
        const size_t inputs = l == 0 ? (size_t)c->inputs : h;
        y->inputs = (int)inputs;
        y->w = ic_p_take_reals(arena, inputs, hp4);
        y->u = ic_p_take_reals(arena, h, hp4);
        y->bias = ic_p_take_reals(arena, 1, hp4);
        y->h = ic_p_take_reals(arena, (steps + 1) * rows, ld);
        y->c = ic_p_take_reals(arena, (kept + 1) * rows, ld);
        y->tc = ic_p_take_reals(arena, kept * rows, ld);
        y->z = ic_p_take_reals(arena, kept * rows, hp4);
        if (back) {
            y->w_back = ic_p_take_reals(arena, hp4, l == 0 ? (size_t)w->ip : (size_t)w->hp);
            y->u_back = ic_p_take_reals(arena, hp4, (size_t)w->hp);
        }
        if (train) {
            y->gw = ic_p_take_reals(arena, inputs, hp4);
            y->gu = ic_p_take_reals(arena, h, hp4);
            y->gb = ic_p_take_reals(arena, 1, hp4);
        }
    }
    w->wy = ic_p_take_reals(arena, h, op);
    w->by = ic_p_take_reals(arena, 1, op);
    w->y = ic_p_take_reals(arena, out * rows, op);
    w->zero = ic_p_take_reals(arena, 1, hp4 + op + (size_t)w->ip);       /* wide enough for any */
    if (back) {
        w->wy_back = ic_p_take_reals(arena, (size_t)c->outputs, (size_t)w->hp);
        w->dy = ic_p_take_reals(arena, out * rows, op);
        w->dh = ic_p_take_reals(arena, rows, ld);
        w->dc = ic_p_take_reals(arena, rows, ld);
        w->dx = ic_p_take_reals(arena, rows, (size_t)w->ip);
    }
    if (train) {
        w->gwy = ic_p_take_reals(arena, h, op);
        w->gby = ic_p_take_reals(arena, 1, op);
        if (c->link == IC_SOFTMAX)
            w->logit = ic_p_take_reals(arena, out * rows, op);
        w->strip = ic_p_take_reals(arena, (size_t)w->options.threads * IC_P_STRIP, 4 * (size_t)v);
    }
}

/* Checks the request, and fills in all that does not depend on memory. */
IC_P_FN ic_status ic_p_work_plan(ic_work *w, const ic_config *config, const ic_work_options *options)
{
    ic_work_options *o = &w->options;
    memset(w, 0, sizeof *w);
    if (options)
        *o = *options;
    IC_P_REQUIRE(ic_p_config_ok(config), IC_E_ARGUMENT);
    IC_P_REQUIRE(o->rows >= 0 && o->steps >= 0 && o->threads >= 0, IC_E_OPTION);
    IC_P_REQUIRE(o->rows <= IC_P_MAX_SIZE && o->steps <= IC_P_MAX_SIZE, IC_E_SIZE);
    IC_P_REQUIRE(ic_p_within((double)o->purpose, IC_GENERATE, IC_TRAIN), IC_E_OPTION);
    w->kernels = ic_p_kernels_for(o->isa);
    IC_P_DEMAND(w->kernels, "isa: the processor has it, and this build has kernels for it", IC_E_OPTION);
    IC_P_PASS(ic_p_arithmetic_ok(w->kernels));
    w->config = *config;
    w->config.layers = ic_p_layers(config);
    o->rows = o->rows ? o->rows : 1;
    o->steps = o->steps ? o->steps : config->steps;
    o->threads = ic_p_threads(o->threads);
    IC_P_REQUIRE(ic_p_count(config) > 0, IC_E_SIZE);
    IC_P_REQUIRE((int64_t)o->rows * o->steps <= INT32_MAX, IC_E_SIZE);     /* counted in an int */
    w->lanes = w->kernels->lanes;
    w->hp = (config->hidden + IC_PAD - 1) / IC_PAD * IC_PAD;
    w->panels = w->hp / w->lanes;
    w->team.wanted = o->threads;
    if (o->purpose != IC_TRAIN) {          /* where [C7] cuts columns, and wants all rows together */
        const int most = o->rows > ic_p_blocks(w->panels) ? o->rows : ic_p_blocks(w->panels);
        w->team.wanted = o->threads < most ? o->threads : most;
        w->gap = ic_p_lots_of(w, o->rows) > 1 ? IC_P_BUNDLE : 0;      /* [B5] */
    }
    w->op = (config->outputs + w->lanes - 1) / w->lanes * w->lanes;
    w->ip = (config->inputs + w->lanes - 1) / w->lanes * w->lanes;
    /* An odd number of cache lines a row: [L](12) reads h column by column, and rows that are a power of two
       apart would compete for the same few places in the cache. */
    w->ld = w->hp / IC_PAD % 2 ? w->hp : w->hp + IC_PAD;
    return IC_OK;
}

IC_DEF size_t ic_work_bytes(const ic_config *config, const ic_work_options *options)
{
    ic_work w;
    ic_p_arena arena = { NULL, 0, 0 };
    if (ic_p_work_plan(&w, config, options) != IC_OK)
        return 0;
    ic_p_take(&arena, 1, sizeof w);
    ic_p_work_layout(&w, &arena);
    return arena.bad ? 0 : arena.used;
}

/* The workspace itself is the first thing in its block. */
IC_DEF ic_status ic_work_new(ic_work **work, const ic_config *config,
                             const ic_work_options *options, void *memory)
{
    ic_work plan;
    ic_p_arena arena = { NULL, 0, 0 };
    size_t bytes;
    void *owned = NULL;
    *work = NULL;
    IC_P_PASS(ic_p_work_plan(&plan, config, options));
    bytes = ic_work_bytes(config, options);
    IC_P_DEMAND(bytes > 0, "the workspace can be counted in bytes", IC_E_SIZE);
    IC_P_REQUIRE((uintptr_t)memory % IC_P_ALIGN == 0, IC_E_ARGUMENT);
    if (!memory)
        memory = ic_p_allocate(bytes, &owned);
    if (!memory)
        return IC_E_MEMORY;
    memset(memory, 0, bytes);              /* the padding must be zero, and stays so */
    arena.base = (unsigned char *)memory;
    *work = (ic_work *)ic_p_take(&arena, 1, sizeof plan);
    plan.owned = owned;
    ic_p_work_layout(&plan, &arena);
    **work = plan;
    return IC_OK;
}

IC_DEF void ic_work_free(ic_work *work)
{
    if (!work)
        return;
    ic_p_team_end(&work->team);
    if (work->owned)
        IC_FREE(work->owned);
}

/* [C4] Packing.
   The kernel of [X1] wants the matrix on its right cut into blocks of columns, each as wide as
   the product it computes at a time, with the rows of a block one after the other.  Parameters
   are brought into that form once for each update, and for a check, and serve all steps and rows.
   [B3] has the reason; a first reading can skip this.

   An example: a row of $U$ for three units, among the parameters and in the two panels into
   which it would be packed if vectors had two lanes.

       | parameters    i1 i2 i3   f1 f2 f3   g1 g2 g3   o1 o2 o3
       | panel 0       i1 i2      f1 f2      g1 g2      o1 o2
       | panel 1       i3 0       f3 0       g3 0       o3 0

   First, the gate columns of a matrix of `depth` rows, for [L](1): `[panel][k][gate][lane]`. */
IC_P_FN void ic_p_pack_gates(const ic_work *w, int depth, const ic_real *from, ic_real *to)
{
    const int h = w->config.hidden, v = w->lanes;
    int p, k, g;
    for (p = 0; p < w->panels; p++) {
        const int left = h - p * v, run = left < 0 ? 0 : left < v ? left : v;   /* real units */
        for (k = 0; k < depth; k++)
            for (g = 0; g < 4; g++, to += v)
                if (run > 0)
                    memcpy(to, from + ((size_t)k * 4 + (size_t)g) * (size_t)h + p * v,
                           (size_t)run * sizeof *to);
    }
}

/* A row of 4 H gate columns into the order of z, and rows out of it. */
IC_P_FN void ic_p_group_gates(const ic_work *w, const ic_real *from, ic_real *to)
{
    const int h = w->config.hidden;
    int first, g;
    for (first = 0; first < h; first += IC_PAD)
        for (g = 0; g < 4; g++)
            memcpy(to + 4 * first + g * IC_PAD, from + g * h + first,
                   (size_t)(h - first < IC_PAD ? h - first : IC_PAD) * sizeof *to);
}

IC_P_FN void ic_p_ungroup_gates(const ic_work *w, int rows, const ic_real *from, ic_real *to)
{
    const int h = w->config.hidden;
    int r, first, g;
    for (r = 0; r < rows; r++, from += 4 * w->hp, to += 4 * (size_t)h)
        for (first = 0; first < h; first += IC_PAD)
            for (g = 0; g < 4; g++)
                memcpy(to + g * h + first, from + 4 * first + g * IC_PAD,
                       (size_t)(h - first < IC_PAD ? h - first : IC_PAD) * sizeof *to);
}

/* The transpose of a matrix of n rows and 4 H columns, for [L](10) and [L](11): [block][row of z][column]. */
IC_P_FN void ic_p_pack_transposed(const ic_work *w, int n, int vectors, const ic_real *from,
                                  ic_real *to)
{
    const int h = w->config.hidden, v = w->lanes;
    int block, first, g, column, lane;
    for (block = 0; block < ic_p_blocks(vectors); block++) {
        const int begin = ic_p_block_begin(vectors, block) * v;
        const int end = ic_p_block_begin(vectors, block + 1) * v, width = end - begin;
        for (first = 0; first < w->hp; first += IC_PAD) {
            const int run = h - first < IC_PAD ? h - first : IC_PAD;
            for (g = 0; g < 4; g++, to += IC_PAD * width)
                for (column = begin; column < end && column < n; column++) {
                    const ic_real *row = from + ((size_t)column * 4 + (size_t)g) * (size_t)h + first;
                    for (lane = 0; lane < run; lane++)
                        to[lane * width + column - begin] = row[lane];
                }
        }
    }
}

/* A matrix whose element (k, j) is from[k * k_step + j * j_step]: [block][k][column]. */
IC_P_FN void ic_p_pack_plain(const ic_work *w, int depth, int n, int vectors, const ic_real *from,
                             ptrdiff_t k_step, ptrdiff_t j_step, ic_real *to)
{
    const int v = w->lanes;
    int block, k, column;
    for (block = 0; block < ic_p_blocks(vectors); block++) {
        const int begin = ic_p_block_begin(vectors, block) * v;
        const int end = ic_p_block_begin(vectors, block + 1) * v;
        for (k = 0; k < depth; k++, to += end - begin)
            for (column = begin; column < end && column < n; column++)
                to[column - begin] = from[k * k_step + column * j_step];
    }
}

/* Packs all tensors, and for the way back their transposes, too. */
IC_DEF void ic_work_load(ic_work *work, const ic_model *model)
{
    const ic_config *c = &work->config;
    const int back = work->options.purpose != IC_GENERATE;
    const ic_real *p = model->param;
    ic_tensor t;
    int l;
    IC_ASSERT(model->config.inputs == c->inputs && model->config.hidden == c->hidden
              && model->config.layers == c->layers && model->config.outputs == c->outputs
              && model->config.gate == c->gate && model->config.link == c->link && model->config.head == c->head);
    work->state = IC_P_LOADED;
    for (l = 0; l < c->layers; l++) {
        ic_p_layer *y = &work->layer[l];
        ic_model_tensor(c, 3 * l, &t);
        ic_p_pack_gates(work, y->inputs, p + t.offset, y->w);
        if (back)
            ic_p_pack_transposed(work, y->inputs, l == 0 ? work->ip / work->lanes : work->panels,
                                 p + t.offset, y->w_back);
        ic_model_tensor(c, 3 * l + 1, &t);
        ic_p_pack_gates(work, c->hidden, p + t.offset, y->u);
        if (back)
            ic_p_pack_transposed(work, c->hidden, work->panels, p + t.offset, y->u_back);
        ic_model_tensor(c, 3 * l + 2, &t);
        ic_p_group_gates(work, p + t.offset, y->bias);
    }
    ic_model_tensor(c, 3 * c->layers, &t);
    ic_p_pack_plain(work, c->hidden, c->outputs, work->op / work->lanes, p + t.offset, c->outputs, 1,
                    work->wy);
    if (back)
        ic_p_pack_plain(work, c->outputs, c->hidden, work->panels, p + t.offset, 1, c->outputs,
                        work->wy_back);
    ic_model_tensor(c, 3 * c->layers + 1, &t);
    memcpy(work->by, p + t.offset, (size_t)c->outputs * sizeof *p);
}

/* [C5] The forward pass.
   For a batch, [L](1) is a product of matrices, $B x (I + H)$ by $(I + H) x 4H$, one for every
   step.  It is computed panel by panel, each followed at once by the gates of its units.  Where
   the input is zero, from step `input_steps` on, $x W$ is left out.

   First, how threads share the work.  Rows are independent of each other: if there are enough,
   each thread takes a range of them, called a lot, through all the steps and waits for nobody.
   If there are few, all threads go through the steps together, each with a share of the units,
   and meet after every step.  Few: fewer than four rows a thread (measured with two threads).  A
   share of units consists of whole panels on the way forward and of whole blocks of [C4] on the
   way back, so at most one thread a block can help: with more threads than blocks, few are fewer
   than two rows a block. */
IC_P_FN int ic_p_lots_of(const ic_work *w, int rows)          /* 1: share the units */
{
    const int threads = w->team.wanted, blocks = ic_p_blocks(w->panels);
    return rows < (threads > blocks ? 2 * blocks : 4 * threads) ? 1 : threads;
}
IC_P_FN int ic_p_lots(const ic_work *w) { return ic_p_lots_of(w, w->batch.rows); }

/* The place where step $t$, row $b$ of an array of the workspace begins; its rows have `row`
   numbers.  After each lot `gap` rows are left free: [B5] has the reason. */
IC_P_FN size_t ic_p_rows(const ic_work *w)       /* from step to step */
{
    return (size_t)w->batch.rows + (size_t)w->gap * (size_t)ic_p_lots(w);
}
IC_P_FN size_t ic_p_at(const ic_work *w, int t, int b, int row)
{
    const int lot = w->gap > 0 ? ((b + 1) * ic_p_lots(w) - 1) / w->batch.rows : 0;
    return ((size_t)t * ic_p_rows(w) + (size_t)(b + lot * w->gap)) * (size_t)row;
}
/* The same of the caller's arrays, which have no gaps. */
IC_P_FN size_t ic_p_at_given(const ic_work *w, int t, int b, int row)
{
    return ((size_t)t * (size_t)w->batch.rows + (size_t)b) * (size_t)row;
}

/* $Z = "start" + X W$, all column blocks of a packed $W$ of `vectors` vectors, every row with the
   same start.  `x_row` and `z_row` are the distances from row to row. */
IC_P_FN void ic_p_product(const ic_work *w, int m, int depth, int vectors, const ic_real *x,
                          ptrdiff_t x_row, const ic_real *packed, const ic_real *start,
                          ic_real *z, ptrdiff_t z_row)
{
    int block;
    for (block = 0; block < ic_p_blocks(vectors); block++) {
        const int begin = ic_p_block_begin(vectors, block);
        const int n = ic_p_block_begin(vectors, block + 1) - begin;
        w->kernels->gemm(m, depth, n, x, x_row, 1, packed, start + begin * w->lanes, 0,
                         z + begin * w->lanes, z_row, w->lanes);
        packed += (size_t)depth * (size_t)(n * w->lanes);
    }
}

/* Softmax of a row, in place: $p_k = exp(z_k) / (sum_j exp(z_j))$ (Bridle 1990).  Subtracting the
   largest $z$ from all of them changes nothing and keeps exp in range.  (The sum is a float: with
   very many classes, 100 000 say, small terms are lost.) */
IC_P_FN void ic_p_softmax(ic_real *z, int n)
{
    ic_real top = z[0], sum = 0;
    int k;
    for (k = 1; k < n; k++)
        top = z[k] > top ? z[k] : top;
    for (k = 0; k < n; k++) {
        z[k] = ic_exp(z[k] - top);
        sum += z[k];
    }
    for (k = 0; k < n; k++)
        z[k] /= sum;
}

/* The order in which a loop runs through the $m$ rows of a step: 0 3 1 4 2 5 if there are six.
   No two distances in succession are equal; [B5] has the reason. */
IC_P_INLINE int ic_p_scattered(int k, int m) { return k % 2 * ((m + 1) / 2) + k / 2; }

/* Prefetches $n$ numbers in each of $m$ rows.  What a pass keeps for the way back, some $28 T H$
   bytes a row and layer, outgrows the second-level cache.  Asked for before the product that
   precedes their use, the lines arrive while it is computed: a pass takes 2 to 7 % less. */
IC_P_FN void ic_p_fetch(const ic_real *p, int m, int row, int n)
{
    int r, k;
    for (r = 0; r < m; r++, p += row)
        for (k = 0; k < n; k += IC_PAD)
            IC_P_PREFETCH(p + k);
}

/* A pass takes the rows of a lot through all the steps in bundles of up to IC_P_BUNDLE.  With
   205 units a row writes some 6 KB in every step.  What six rows write fits into the
   second-level cache together with the packed weights, what 32 rows write does not: in bundles,
   a pass over 32 rows takes 3 % less time. */
typedef struct ic_p_share { int begin, end, part, parts; } ic_p_share;     /* rows, and a part of the units */
typedef void ic_p_pass_fn(ic_work *work, const ic_p_share *share);
typedef struct ic_p_pass_job { ic_work *work; ic_p_pass_fn *fn; int lots, parts; } ic_p_pass_job;

IC_P_FN void ic_p_pass_lots(void *context, int thread, int first, int last)
{
    const ic_p_pass_job *job = (const ic_p_pass_job *)context;
    const int rows = job->work->batch.rows;
    int lot, bundles;
    (void)thread;
    for (lot = first; lot < last; lot++) {
        const int end = rows * (lot + 1) / job->lots;
        ic_p_share share;
        share.end = rows * lot / job->lots, share.part = 0, share.parts = 1;
        for (bundles = (end - share.end + IC_P_BUNDLE - 1) / IC_P_BUNDLE; bundles > 0; bundles--) {
            share.begin = share.end;
            share.end += (end - share.end) / bundles;       /* equal bundles, give or take a row */
            job->fn(job->work, &share);
        }
    }
}

IC_P_FN void ic_p_pass_part(void *context, int thread, int part, int next)
{
    const ic_p_pass_job *job = (const ic_p_pass_job *)context;
    ic_p_share share;
    (void)thread, (void)next;
    share.begin = 0, share.end = job->work->batch.rows, share.part = part, share.parts = job->parts;
    job->fn(job->work, &share);
}

IC_P_FN void ic_p_pass(ic_work *w, ic_p_pass_fn *fn)
{
    const int threads = ic_p_team_ready(&w->team), blocks = ic_p_blocks(w->panels);
    ic_p_pass_job job;
    job.work = w, job.fn = fn, job.lots = ic_p_lots(w);
    job.parts = threads < blocks ? threads : blocks;
    if (job.lots == 1 && job.parts > 1)
        ic_p_parallel(&w->team, job.parts, ic_p_pass_part, &job);
    else
        ic_p_parallel(&w->team, job.lots, ic_p_pass_lots, &job);
}

/* The forward pass of a share. */
IC_P_FN void ic_p_forward_rows(ic_work *w, const ic_p_share *share)
{
    const int begin = share->begin, end = share->end;
    const ic_batch *batch = &w->batch;
    const ic_p_kernels *kernels = w->kernels;
    const int m = end - begin, h = w->config.hidden, v4 = 4 * w->lanes, hp4 = 4 * w->hp;
    const int keep = w->options.purpose != IC_GENERATE;
    const int first = w->panels * share->part / share->parts, last = w->panels * (share->part + 1) / share->parts;
    int l, t, p, b;
    for (l = 0; l < w->config.layers; l++) {
        const ic_p_layer *y = &w->layer[l];
        for (t = 0; t < batch->steps; t++) {
            const int kt = keep ? t : 0;             /* where this step's z and c are kept */
            const int x_row = l > 0 ? w->ld : y->inputs, has_x = l > 0 || t < batch->input_steps;
            const ic_real *x = l > 0 ? w->layer[l - 1].h + ic_p_at(w, t + 1, begin, w->ld)
                                     : has_x ? batch->x + ic_p_at_given(w, t, begin, y->inputs) : NULL;
            const ic_real *before = y->h + ic_p_at(w, t, begin, w->ld);
            for (p = first; p < last; p++) {
                const int unit = p * w->lanes;
                const size_t now = ic_p_at(w, kt, begin, w->ld) + (size_t)unit;
                const size_t next = ic_p_at(w, t + 1, begin, w->ld) + (size_t)unit;
                ic_real *z = y->z + ic_p_at(w, kt, begin, hp4) + ic_p_gate_at(unit);
                const ic_real *start = y->bias + ic_p_gate_at(unit);
                ptrdiff_t start_row = 0;
                if (has_x) {
                    kernels->gemm(m, y->inputs, 4, x, x_row, 1,
                                  y->w + (size_t)p * (size_t)y->inputs * (size_t)v4,
                                  start, start_row, z, hp4, IC_PAD);
                    start = z, start_row = hp4;
                }
                if (keep) {
                    ic_p_fetch(z, m, hp4, 4 * IC_PAD);
                    ic_p_fetch(y->tc + now, m, w->ld, w->lanes);
                    ic_p_fetch(y->c + next, m, w->ld, w->lanes);
                    ic_p_fetch(y->h + next, m, w->ld, w->lanes);
                }
                kernels->gemm(m, h, 4, before, w->ld, 1, y->u + (size_t)p * (size_t)h * (size_t)v4,
                              start, start_row, z, hp4, IC_PAD);
                kernels->gates(m, w->config.gate, z, hp4, y->c + now, y->c + (keep ? next : now),
                               y->tc + now, y->h + next, w->ld);
            }
            ic_p_meet(&w->team, share->parts);
        }
    }
    if (share->part > 0)
        return;
    /* The output layer: for every row one product over time. */
    for (b = begin; b < end; b++)
        ic_p_product(w, w->out_steps, h, w->op / w->lanes,
                     w->layer[w->config.layers - 1].h + ic_p_at(w, 1 + batch->steps - w->out_steps, b, w->ld),
                     (ptrdiff_t)ic_p_rows(w) * w->ld, w->wy, w->by, w->y + ic_p_at(w, 0, b, w->op),
                     (ptrdiff_t)ic_p_rows(w) * w->op);
    for (t = 0; w->config.link == IC_SOFTMAX && t < w->out_steps; t++)
        for (b = begin; b < end; b++) {
            ic_real *out = w->y + ic_p_at(w, t, b, w->op);
            if (w->logit)
                memcpy(w->logit + ic_p_at(w, t, b, w->op), out, (size_t)w->config.outputs * sizeof *out);
            ic_p_softmax(out, w->config.outputs);
        }
}

/* Puts the first state of a layer, h or c, before step 1: the caller's, or zero. */
IC_P_FN void ic_p_set_state(const ic_work *w, int l, const ic_real *from, ic_real *to)
{
    const size_t h = (size_t)w->config.hidden;
    int b;
    memset(to, 0, ic_p_rows(w) * (size_t)w->ld * sizeof *to);
    for (b = 0; from && b < w->batch.rows; b++)
        memcpy(to + ic_p_at(w, 0, b, w->ld), from + ic_p_at_given(w, l, b, (int)h), h * sizeof *to);
}

/* Puts the first states in place and lets the threads run their rows. */
IC_DEF void ic_forward(ic_work *work, const ic_batch *batch)
{
    ic_work *w = work;
    int l;
    IC_ASSERT(w->state != IC_P_NEW);
    w->state = IC_P_FORWARD;
    w->batch = *batch;
    if (w->batch.steps == 0)
        w->batch.steps = w->config.steps;
    IC_ASSERT(batch->rows >= 1 && batch->rows <= w->options.rows);
    IC_ASSERT(w->batch.steps >= 1 && w->batch.steps <= w->options.steps);
    IC_ASSERT(batch->input_steps >= 0 && batch->input_steps <= w->batch.steps);
    w->out_steps = w->config.head == IC_EVERY_STEP ? w->batch.steps : 1;
    for (l = 0; l < w->config.layers; l++) {
        ic_p_set_state(w, l, batch->h0, w->layer[l].h);
        ic_p_set_state(w, l, batch->c0, w->layer[l].c);
    }
    ic_p_pass(w, ic_p_forward_rows);
}

IC_DEF const ic_real *ic_output(const ic_work *work, int t, int b)
{
    IC_ASSERT(work->state >= IC_P_FORWARD);
    return work->y + ic_p_at(work, t, b, work->op);
}

IC_DEF ic_real *ic_output_gradient(ic_work *work, int t, int b)
{
    IC_ASSERT(work->state == IC_P_FORWARD && work->options.purpose != IC_GENERATE);
    return work->dy + ic_p_at(work, t, b, work->op);
}

IC_DEF const ic_real *ic_hidden(const ic_work *work, int l, int t, int b)
{
    IC_ASSERT(work->state >= IC_P_FORWARD);
    return work->layer[l].h + ic_p_at(work, t, b, work->ld);
}

/* [C6] The backward pass.
   The sweep of [L2], for all rows of a thread, layer after layer from the top; what a layer hands
   down, [L](11), is computed by the layer below, as the first part of its [L](10).  $z$ is read
   as gates and overwritten with $dz$, step by step, so that [L](12) and the layer below find $dz$
   of all steps afterwards.

   If a softmax $p$ follows the output layer, its derivative comes first.  Here $z$ is the output
   of the output layer (the logits); each $p_k$ depends on all of it:

       partial p_k / partial z_j = -p_k p_j           and $p_k$ more where $k = j$
       dz_j = sum_k dp_k partial p_k / partial z_j = p_j (dp_j - sum_k dp_k p_k) */
IC_P_FN void ic_p_softmax_back(const ic_real *p, ic_real *d, int n)
{
    ic_real dot = 0;
    int k;
    for (k = 0; k < n; k++)
        dot += d[k] * p[k];
    for (k = 0; k < n; k++)
        d[k] = p[k] * (d[k] - dot);
}

/* The sweep of a share, and what is wanted of the input and of the first state. */
IC_P_FN void ic_p_backward_rows(ic_work *w, const ic_p_share *share)
{
    const int begin = share->begin, end = share->end;
    const ic_batch *batch = &w->batch;
    const ic_p_kernels *kernels = w->kernels;
    const int m = end - begin, h = w->config.hidden, v = w->lanes, hp4 = 4 * w->hp, ld = w->ld;
    const int top = w->config.layers - 1, blocks = ic_p_blocks(w->panels);
    const int last_block = blocks * (share->part + 1) / share->parts;
    const size_t state = ic_p_at(w, 0, begin, ld);
    int l, t, block, r;
    for (l = top; l >= 0; l--) {
        const ic_p_layer *y = &w->layer[l], *above = l < top ? &w->layer[l + 1] : NULL;
        if (share->part == 0)
            memset(w->dc + state, 0, (size_t)m * (size_t)ld * sizeof(ic_real));
        ic_p_meet(&w->team, share->parts);
        for (t = batch->steps - 1; t >= 0; t--) {
            const int out = t - (batch->steps - w->out_steps);       /* which output, if >= 0 */
            for (block = blocks * share->part / share->parts; block < last_block; block++) {
                const int first = ic_p_block_begin(w->panels, block);
                const int n = ic_p_block_begin(w->panels, block + 1) - first;
                const size_t unit = (size_t)first * (size_t)v;       /* also: columns before */
                ic_real *dh = w->dh + state + unit;
                const ic_real *start = w->zero;
                ptrdiff_t start_row = 0;
                ic_p_fetch(y->z + ic_p_at(w, t, begin, hp4) + ic_p_gate_at((int)unit), m, hp4, 4 * n * v);
                ic_p_fetch(y->c + ic_p_at(w, t, begin, ld) + unit, m, ld, n * v);
                ic_p_fetch(y->tc + ic_p_at(w, t, begin, ld) + unit, m, ld, n * v);
                /* [L](10): the outputs or the layer above, then the next step */
                if (above)
                    kernels->gemm(m, hp4, n, above->z + ic_p_at(w, t, begin, hp4), hp4, 1,
                                  above->w_back + unit * (size_t)hp4, start, start_row, dh, ld, v);
                else
                    kernels->gemm(m, out >= 0 ? w->config.outputs : 0, n,
                                  w->dy + (out >= 0 ? ic_p_at(w, out, begin, w->op) : 0), w->op, 1,
                                  w->wy_back + unit * (size_t)w->config.outputs,
                                  start, start_row, dh, ld, v);
                start = dh, start_row = ld;
                if (t + 1 < batch->steps)
                    kernels->gemm(m, hp4, n, y->z + ic_p_at(w, t + 1, begin, hp4), hp4, 1,
                                  y->u_back + unit * (size_t)hp4, start, start_row, dh, ld, v);
                kernels->gates_back(m, (int)unit, n, w->config.gate, w->dh + state, w->dc + state,
                                    y->z + ic_p_at(w, t, begin, hp4), hp4,
                                    y->c + ic_p_at(w, t, begin, ld),
                                    y->tc + ic_p_at(w, t, begin, ld), ld);
            }
            ic_p_meet(&w->team, share->parts);
        }
        if (w->wanted.h0 && share->part == 0) {                                   /* [L](10) */
            ic_p_product(w, m, hp4, w->panels, y->z + ic_p_at(w, 0, begin, hp4), hp4, y->u_back,
                         w->zero, w->dh + state, ld);
            for (r = 0; r < m; r++)
                memcpy(w->wanted.h0 + ic_p_at_given(w, l, begin + r, h),
                       w->dh + state + (size_t)r * (size_t)ld, (size_t)h * sizeof(ic_real));
        }
        if (w->wanted.c0 && share->part == 0)                                     /* [L](8) */
            for (r = 0; r < m; r++)
                memcpy(w->wanted.c0 + ic_p_at_given(w, l, begin + r, h),
                       w->dc + state + (size_t)r * (size_t)ld, (size_t)h * sizeof(ic_real));
    }
    for (t = 0; w->wanted.x && share->part == 0 && t < batch->input_steps; t++) { /* [L](11) */
        const size_t inputs = (size_t)w->config.inputs;
        ic_real *dx = w->dx + (size_t)begin * (size_t)w->ip;
        ic_p_product(w, m, hp4, w->ip / v, w->layer[0].z + ic_p_at(w, t, begin, hp4), hp4,
                     w->layer[0].w_back, w->zero, dx, w->ip);
        for (r = 0; r < m; r++)
            memcpy(w->wanted.x + ic_p_at_given(w, t, begin + r, w->config.inputs),
                   dx + (size_t)r * (size_t)w->ip, inputs * sizeof(ic_real));
    }
}

/* [C7] The gradient with respect to the weights.
   Let $X$ be the tall matrix of $T B$ rows that holds all $x$, or all $h$, or ones, and $Z$ that
   of all $dz$.  Then each sum of [L](12) is one product over time, $X^T Z$, and is computed when
   the sweep is done.  A strip of IC_P_STRIP rows of $Z$, up to four vectors wide, is copied
   to one place and multiplied with all three $X$ before the next: 24 KiB with 16 lanes, which
   stay in the first-level cache.  The same rows of $X$ stay in the second level meanwhile.

   The rows of a strip lie far apart in memory.  So while one strip is multiplied, the next is
   fetched, a few rows before each piece of the product: asked for all at once, they would hold
   up the loads of the product itself.  This takes 4 % off the time for the gradient. */
typedef struct ic_p_outer {
    const ic_real *x; ptrdiff_t x_col, x_row;    /* element (r, k) of the matrix is x[r * x_row + k * x_col] */
    int cols, rows;                              /* its size; it goes with the first `rows` rows of Z */
    ic_real *sum;                                /* X^T Z, rows of z_row numbers */
} ic_p_outer;

typedef struct ic_p_tall { const ic_real *z; int z_row, rows; } ic_p_tall;            /* Z */
typedef struct ic_p_strip { int row, depth, at, vectors; const ic_real *z; } ic_p_strip;

enum { IC_P_PIECE = 24, IC_P_AHEAD = IC_P_STRIP / 8 };   /* columns of X in a piece; rows fetched before each */

/* Strip q of the columns of Z that are vectors `begin` to `end`: all blocks of the first rows, then of the next. */
IC_P_FN ic_p_strip ic_p_strip_at(const ic_work *w, const ic_p_tall *tall, int begin, int end, int q)
{
    const int blocks = ic_p_blocks(end - begin), first = ic_p_block_begin(end - begin, q % blocks);
    ic_p_strip s;
    s.row = q / blocks * IC_P_STRIP;
    s.depth = tall->rows - s.row < IC_P_STRIP ? tall->rows - s.row : IC_P_STRIP;
    s.at = (begin + first) * w->lanes;
    s.vectors = ic_p_block_begin(end - begin, q % blocks + 1) - first;
    s.z = tall->z + (size_t)s.row * (size_t)tall->z_row + s.at;
    return s;
}

/* Adds X^T Z to the sums of each X of a list, for those columns. */
IC_P_FN void ic_p_outer_products(const ic_work *w, int thread, const ic_p_tall *tall, int begin, int end,
                                 const ic_p_outer *list, int count)
{
    ic_real *strip = w->strip + (size_t)thread * IC_P_STRIP * 4 * (size_t)w->lanes;
    const int strips = ((tall->rows - 1) / IC_P_STRIP + 1) * ic_p_blocks(end - begin), row = tall->z_row;
    int q, k, v, j, from;
    for (q = 0; q < strips; q++) {
        const ic_p_strip s = ic_p_strip_at(w, tall, begin, end, q);
        const ic_p_strip next = ic_p_strip_at(w, tall, begin, end, q + 1 < strips ? q + 1 : q);
        const int width = s.vectors * w->lanes;
        int ahead = 0;                                       /* rows of the next strip that have been fetched */
        for (k = 0; k < s.depth; k++)
            memcpy(strip + k * width, s.z + (size_t)k * (size_t)row, (size_t)width * sizeof *strip);
        for (j = 0; j < count; j++) {
            const ic_p_outer *o = &list[j];
            const int depth = o->rows - s.row < s.depth ? o->rows - s.row : s.depth;
            for (from = 0; depth > 0 && from < o->cols; from += IC_P_PIECE) {
                const int cols = o->cols - from < IC_P_PIECE ? o->cols - from : IC_P_PIECE;
                ic_real *sum = o->sum + (size_t)from * (size_t)row + s.at;
                for (k = 0; k < IC_P_AHEAD && ahead < next.depth; k++, ahead++)
                    for (v = 0; v < next.vectors * w->lanes; v += IC_PAD)
                        IC_P_PREFETCH_FAR(next.z + (size_t)ahead * (size_t)row + v);
                w->kernels->gemm(cols, depth, s.vectors, o->x + s.row * o->x_row + from * o->x_col, o->x_col,
                                 o->x_row, strip, sum, row, sum, row, w->lanes);
            }
        }
    }
}

typedef struct ic_p_weights_job { ic_work *work; int layer; } ic_p_weights_job;

/* Equation [L](12) of a layer, for the columns of dz that are vectors `begin` to `end`. */
IC_P_FN void ic_p_weights_columns(void *context, int thread, int begin, int end)
{
    static const ic_real one = 1;
    const ic_p_weights_job *job = (const ic_p_weights_job *)context;
    const ic_work *w = job->work;
    const ic_p_layer *y = &w->layer[job->layer];
    const int rows = w->batch.rows, all = rows * w->batch.steps;
    ic_p_tall tall;
    ic_p_outer list[3];
    tall.z = y->z, tall.z_row = 4 * w->hp, tall.rows = all;
    list[0].x = job->layer > 0 ? w->layer[job->layer - 1].h + ic_p_at(w, 1, 0, w->ld) : w->batch.x;
    list[0].x_row = job->layer > 0 ? w->ld : y->inputs;
    list[0].x_col = 1, list[0].cols = y->inputs, list[0].sum = y->gw;
    list[0].rows = job->layer > 0 ? all : rows * w->batch.input_steps;
    list[1].x = y->h, list[1].x_row = w->ld, list[1].x_col = 1;
    list[1].cols = w->config.hidden, list[1].rows = all, list[1].sum = y->gu;
    list[2].x = &one, list[2].x_row = 0, list[2].x_col = 0;
    list[2].cols = 1, list[2].rows = all, list[2].sum = y->gb;
    ic_p_outer_products(w, thread, &tall, begin, end, list, 3);
}

/* All of [L](12), and the same for the output layer, into the caller's block. */
IC_P_FN void ic_p_weight_gradients(ic_work *w)
{
    static const ic_real one = 1;
    const ic_config *c = &w->config;
    ic_real *to = w->wanted.param;
    ic_p_weights_job job;
    ic_p_tall tall;
    ic_p_outer list[2];
    ic_tensor t;
    int l, k, r;
    for (l = 0; l < c->layers; l++) {
        ic_p_layer *y = &w->layer[l];
        const size_t row = 4 * (size_t)w->hp * sizeof(ic_real);
        memset(y->gw, 0, (size_t)y->inputs * row);
        memset(y->gu, 0, (size_t)c->hidden * row);
        memset(y->gb, 0, row);
        job.work = w;
        job.layer = l;
        ic_p_parallel(&w->team, 4 * w->panels, ic_p_weights_columns, &job);
        ic_model_tensor(c, 3 * l, &t);
        ic_p_ungroup_gates(w, y->inputs, y->gw, to + t.offset);
        ic_model_tensor(c, 3 * l + 1, &t);
        ic_p_ungroup_gates(w, c->hidden, y->gu, to + t.offset);
        ic_model_tensor(c, 3 * l + 2, &t);
        ic_p_ungroup_gates(w, 1, y->gb, to + t.offset);
    }
    memset(w->gwy, 0, (size_t)c->hidden * (size_t)w->op * sizeof *to);
    memset(w->gby, 0, (size_t)w->op * sizeof *to);
    list[0].x = w->layer[c->layers - 1].h + ic_p_at(w, 1 + w->batch.steps - w->out_steps, 0, w->ld);
    list[0].x_row = w->ld, list[0].x_col = 1, list[0].cols = c->hidden, list[0].sum = w->gwy;
    list[1].x = &one, list[1].x_row = 0, list[1].x_col = 0, list[1].cols = 1, list[1].sum = w->gby;
    list[0].rows = list[1].rows = tall.rows = w->out_steps * w->batch.rows;
    tall.z = w->dy, tall.z_row = w->op;
    ic_p_outer_products(w, 0, &tall, 0, w->op / w->lanes, list, 2);
    for (k = 3 * c->layers; ic_model_tensor(c, k, &t); k++)
        for (r = 0; r < t.rows; r++)
            memcpy(to + t.offset + (size_t)r * (size_t)t.cols,
                   (k == 3 * c->layers ? w->gwy : w->gby) + (size_t)r * (size_t)w->op,
                   (size_t)t.cols * sizeof *to);
    memset(to + ic_p_count(c), 0, (ic_p_padded(ic_p_count(c)) - ic_p_count(c)) * sizeof *to);
}

/* past_link: dy holds the derivative of E with respect to what enters the softmax, not what leaves it. */
IC_P_FN void ic_p_backward(ic_work *w, const ic_gradients *out, int past_link)
{
    size_t k;
    IC_ASSERT(w->options.purpose != IC_GENERATE);
    IC_ASSERT(!out->param || w->options.purpose == IC_TRAIN);
    IC_ASSERT(w->state == IC_P_FORWARD);
    w->state = IC_P_BACKWARD;
    w->wanted = *out;
    if (w->config.link == IC_SOFTMAX && !past_link)
        for (k = 0; k < (size_t)w->out_steps * ic_p_rows(w); k++)
            ic_p_softmax_back(w->y + k * (size_t)w->op, w->dy + k * (size_t)w->op, w->config.outputs);
    ic_p_pass(w, ic_p_backward_rows);
    if (out->param)
        ic_p_weight_gradients(w);
}

IC_DEF void ic_backward(ic_work *work, const ic_gradients *out) { ic_p_backward(work, out, 0); }

/* [C8] Any number of sequences.
   The sequences run through the network in bundles of IC_P_BUNDLE a thread, so that the workspace
   stays small.

   First, the inputs of a batch, [rows][steps][inputs], into the order of the workspace. */
IC_P_FN void ic_p_gather(const ic_batch *batch, size_t inputs, const ic_real *from, ic_real *to)
{
    int t, b;
    for (t = 0; t < batch->input_steps; t++)
        for (b = 0; b < batch->rows; b++, to += inputs)
            memcpy(to, from + ((size_t)b * (size_t)batch->input_steps + (size_t)t) * inputs, inputs * sizeof *to);
}

IC_P_FN ic_status ic_p_run(const ic_model *model, int n, int input_steps, const ic_real *x,
                           ic_real *y, int threads)
{
    const ic_config *c = &model->config;
    const size_t inputs = (size_t)c->inputs, outputs = (size_t)c->outputs;
    const size_t out_steps = (size_t)ic_p_out_steps(c);
    ic_work_options o;
    ic_work *work;
    ic_real *bundle = NULL;
    size_t bytes;
    int first, b, t;
    IC_P_REQUIRE(model->param && n >= 1 && x && y && threads >= 0, IC_E_ARGUMENT);
    IC_P_REQUIRE(n <= IC_P_MOST_ROWS && ic_p_numbers(n, input_steps, c->inputs) > 0, IC_E_SIZE);
    IC_P_REQUIRE(ic_p_numbers(n, (int)out_steps, c->outputs) > 0, IC_E_SIZE);
    IC_P_REQUIRE(ic_p_all_finite(x, ic_p_numbers(n, input_steps, c->inputs)), IC_E_NOT_FINITE);
    IC_P_REQUIRE(ic_p_all_finite(model->param, model->count), IC_E_NOT_FINITE);
    memset(&o, 0, sizeof o);
    o.threads = threads;
    o.rows = IC_P_BUNDLE * ic_p_threads(threads);
    o.rows = n < o.rows ? n : o.rows;
    IC_P_PASS(ic_work_new(&work, c, &o, NULL));
    if (ic_p_size_mul((size_t)o.rows * inputs, (size_t)input_steps * sizeof *bundle, &bytes))
        bundle = (ic_real *)IC_MALLOC(bytes);
    if (!bundle) {
        ic_work_free(work);
        return IC_E_MEMORY;
    }
    ic_work_load(work, model);
    for (first = 0; first < n; first += o.rows) {
        ic_batch batch;
        memset(&batch, 0, sizeof batch);
        batch.rows = n - first < o.rows ? n - first : o.rows;
        batch.input_steps = input_steps;
        batch.x = bundle;
        ic_p_gather(&batch, inputs, x + (size_t)first * (size_t)input_steps * inputs, bundle);
        ic_forward(work, &batch);
        for (b = 0; b < batch.rows; b++)
            for (t = 0; t < (int)out_steps; t++)
                memcpy(y + ((size_t)(first + b) * out_steps + (size_t)t) * outputs,
                       ic_output(work, t, b), outputs * sizeof *y);
    }
    IC_FREE(bundle);
    ic_work_free(work);
    return ic_p_all_finite(y, (size_t)n * out_steps * outputs) ? IC_OK : IC_E_NOT_FINITE;
}

IC_DEF ic_status ic_generate(const ic_model *model, int n, const ic_real *code, ic_real *y, int threads)
{
    IC_ASSERT(model);
    IC_P_REQUIRE(model->config.head == IC_EVERY_STEP, IC_E_MISMATCH);
    return ic_p_run(model, n, 1, code, y, threads);
}

IC_DEF ic_status ic_classify(const ic_model *model, int n, const ic_real *x, ic_real *y, int threads)
{
    IC_ASSERT(model);
    IC_P_REQUIRE(!model->param || model->config.head == IC_LAST_STEP, IC_E_MISMATCH);
    return ic_p_run(model, n, model->config.steps, x, y, threads);
}

/* [T] TRAINING ---------------------------------------------------------------------------------
   The weights are changed, a little in every update, so that an error falls: what the error is
   and how it becomes $dy$, how a gradient becomes a step, what the inputs of an update are, and
   the object that goes through the updates. */

/* [T1] The error.
   An update has $B$ rows, each with a target of $T x O$ numbers and a weight.  With $w_b$ the
   weight of row $b$ divided by the sum of all weights, the error of the update is

       E = sum_b w_b E_b                                      $sum_b w_b = 1$                 (1)
       E_b = 1/(T O) sum_{t,k} (y_{tk} - q_{tk})^2            mean square, q the target       (2)
       dy_{tk} = 2 w_b (y_{tk} - q_{tk}) / (T O)

   A classifier ends in a softmax, $p_k = exp(z_k) / (sum_j exp(z_j))$, and is judged by the
   cross-entropy of $p$ with the target, $-sum_k q_k log p_k$, summed over the steps that have an
   output.  Softmax and cross-entropy are differentiated together.  Since
   $log p_k = z_k - log sum_j exp(z_j)$, and the derivative of $log sum_j exp(z_j)$ with respect
   to $z_k$ is $p_k$,

       E_b = sum_k q_k (log sum_j exp(z_j) - z_k)                                             (3)
       dz_k = p_k sum_j q_j - q_k                             times $w_b$                     (4)

   Taken one after the other, the cross-entropy would contribute $1/p$, which overflows for a
   sample far on the wrong side, where $p$ is near 0, and the softmax a factor $p$ that takes it
   back.  In (4) nothing is divided: for such a sample, with one right class, the derivative with
   respect to its logit is near -1, times $w_b$. */

/* Cross-entropy at one step, of $n$ classes; $dz$ receives its gradient, times `share`, if not
   NULL.  The largest logit is subtracted before exp, which keeps it in range. */
IC_P_FN double ic_p_cross_entropy(int n, const ic_real *logit, const ic_real *p, const ic_real *target,
                                  double share, ic_real *dz)
{
    ic_real top = logit[0];
    double sum = 0, all = 0, loss = 0;
    int k;
    for (k = 1; k < n; k++)
        top = logit[k] > top ? logit[k] : top;
    for (k = 0; k < n; k++)
        sum += (double)ic_exp(logit[k] - top);
    sum = ic_p_log(sum);
    for (k = 0; k < n; k++) {
        loss += (double)target[k] * (sum - ((double)logit[k] - (double)top));
        all += (double)target[k];
    }
    for (k = 0; dz && k < n; k++)
        dz[k] = (ic_real)(share * (all * (double)p[k] - (double)target[k]));
    return loss;
}

/* $E_b$ of row $b$, whose target is `[t][o]`.  Unless `share` is 0, `share` times its gradient,
   with respect to the output or, for IC_CROSS_ENTROPY, to the logits $z$, goes to $dy$. */
IC_P_FN double ic_p_row_loss(ic_work *w, ic_loss kind, int b, const ic_real *target, double share)
{
    const int outputs = w->config.outputs;
    const double values = (double)w->out_steps * (double)outputs, scale = 2 * share / values;
    double sum = 0;
    int t, k;
    for (t = 0; t < w->out_steps; t++) {
        const ic_real *y = ic_output(w, t, b), *want = target + (size_t)t * (size_t)outputs;
        ic_real *dy = share > 0 ? ic_output_gradient(w, t, b) : NULL;
        if (kind == IC_CROSS_ENTROPY)
            sum += ic_p_cross_entropy(outputs, w->logit + ic_p_at(w, t, b, w->op), y, want, share, dy);
        for (k = 0; kind == IC_MSE && k < outputs; k++) {
            const double d = (double)y[k] - (double)want[k];
            sum += d * d;
            if (dy)
                dy[k] = (ic_real)(scale * d);
        }
    }
    return kind == IC_MSE ? sum / values : sum;
}

/* [T2] The step.
   Adam (Kingma & Ba 2015) keeps two running means for every parameter, of its gradient $g$ and of
   $g^2$:

       m = beta1 m + (1 - beta1) g   v = beta2 v + (1 - beta2) g^2                            (5)

   Both begin at zero.  After $t$ updates with the same $g$ they are $(1 - beta1^t) g$ and
   $(1 - beta2^t) g^2$.  Divided by these factors, $m$ is a mean of $g$ and $v$ of $g^2$, whose
   root is a mean size of $g$.  The ratio of $m$ to that root, near 1 or -1 for a gradient that
   keeps its sign and near 0 for one that wavers, is the step in units of the learning rate
   $alpha$.  With the two factors combined this is (6), the form at the end of section 2 of the
   paper:

       p = p - alpha_t m / (sqrt(v) + epsilon)
       alpha_t = alpha sqrt(1 - beta2^t) / (1 - beta1^t)                                      (6)

   $epsilon$ keeps the quotient finite where $g$ is 0, and makes the step small where $g$ is small
   next to $epsilon$.  In the paper's Algorithm 1 it is added to the corrected root; here to
   $sqrt(v)$ itself, as in Keras, which the thesis used; that saves two divisions for each
   parameter.  So it counts for $1 / sqrt(1 - beta2^t)$ times as much, 32 times in the first
   update.

   Before the step, a gradient longer than `clip` is shortened to that length (Pascanu, Mikolov &
   Bengio 2013).  Gradients occasionally explode ([L4]), and Adam is not immune to that: a single
   $g$ far beyond all others moves its parameter by some $1 / sqrt(1 - beta2)$, about 30, times
   $alpha$, and stays in $v$ for thousands of updates, in which the parameter hardly moves. */
IC_DEF void ic_adam_step(size_t padded, const ic_adam *options, ic_real *param,
                         const ic_real *gradient, ic_real *m, ic_real *v)
{
    ic_p_kernels_for(IC_ISA_BEST)->adam(padded, options, param, gradient, m, v);
}

/* The learning rate of update $u$: the rate, times a linear rise over the warm-up, times
   (IC_DECAY) a fall to zero, $1 - 3 s^2 + 2 s^3$, over the part $s$ of the training that is
   done: a cubic within 0.011 of the usual half cosine (Loshchilov & Hutter 2017), without a
   cosine. */
IC_P_FN double ic_p_rate(const ic_train_options *o, long u)
{
    const double s = (double)u / (double)o->updates, warm = o->warmup * (double)o->updates;
    const double rise = (double)u + 1 < warm ? ((double)u + 1) / warm : 1;
    return o->rate * rise * (o->schedule == IC_DECAY ? 1 - s * s * (3 - 2 * s) : 1);
}

/* [T3] The inputs of an update.
   An update takes `batch` pairs, in a new random order every epoch (all pairs: in their own), and
   each of them `draws` times.  The noise of a row depends on the seed, the pair, the update, the
   copy, the step and the component alone, not on who computes it when.  It is added at the first
   `noise_steps` steps (0: at every step), and the sum is clipped to [0, 1].

   The thesis adds it at every step.  After the first, where the input is zero, the clip removes
   negative noise.  What remains has a mean of $1 / sqrt(2 pi) = 0.4$ standard deviations of the
   noise: an input that these steps receive in training, and not when the network is used. */
typedef struct ic_p_fill {
    const ic_trainer *trainer;
    const int *pair;                 /* the update's pairs */
    int rows, steps;                 /* rows and input steps of the update */
    uint64_t key;
} ic_p_fill;

/* Input steps of an update: the pairs', or as many as receive noise. */
IC_P_FN int ic_p_train_steps(const ic_trainer *t)
{
    const int noisy = t->options.noise > 0 ? t->options.noise_steps : 0;
    return noisy > t->pairs.input_steps ? noisy : t->pairs.input_steps;
}

/* Updates of an epoch. */
IC_P_FN int ic_p_per_epoch(const ic_trainer *t) { return 1 + (t->pairs.n - 1) / t->options.batch; }

/* Writes the input of rows `begin` to `end`, noise and all; a row draws its noise 64 numbers at a time. */
IC_P_FN void ic_p_fill_rows(void *context, int thread, int begin, int end)
{
    const ic_p_fill *f = (const ic_p_fill *)context;
    const ic_train_options *o = &f->trainer->options;
    const int draws = o->draws, given = f->trainer->pairs.input_steps;
    const size_t inputs = (size_t)f->trainer->model->config.inputs;
    ic_real noise[64];
    int r, t;
    size_t k;
    (void)thread;
    for (r = begin; r < end; r++) {
        const int pair = f->pair[r / draws];
        const uint64_t own = ic_random_key(f->key, (uint64_t)pair);
        const uint64_t draw = (uint64_t)f->trainer->progress.update * (uint64_t)draws + (uint64_t)(r % draws);
        const ic_real *from = f->trainer->pairs.x + (size_t)pair * (size_t)given * inputs;
        size_t at = 0;                                        /* numbers of this row so far */
        for (t = 0; t < f->steps; t++) {
            ic_real *to = f->trainer->x + ((size_t)t * (size_t)f->rows + (size_t)r) * inputs;
            for (k = 0; k < inputs; k++, at++) {
                ic_real x = t < given ? from[(size_t)t * inputs + k] : 0;
                if (o->noise > 0 && t < o->noise_steps) {
                    if (at % 64 == 0)
                        ic_normal_fill(ic_random_key(own, draw), at / 64, 64, noise);
                    x = x + (ic_real)o->noise * noise[at % 64];
                    x = x < 0 ? 0 : x > 1 ? 1 : x;
                }
                to[k] = x;
            }
        }
    }
}

/* E of all pairs, in batches, without noise. */
IC_P_FN double ic_p_check(ic_trainer *t, const ic_pairs *pairs)
{
    const size_t inputs = (size_t)pairs->inputs;
    const size_t targets = (size_t)pairs->output_steps * (size_t)pairs->outputs;
    const int most = t->options.batch * t->options.draws;
    double sum = 0, weights = 0;
    int first, b;
    for (first = 0; first < pairs->n; first += most) {
        ic_batch batch;
        memset(&batch, 0, sizeof batch);
        batch.rows = pairs->n - first < most ? pairs->n - first : most;
        batch.input_steps = pairs->input_steps;
        batch.x = t->x;
        ic_p_gather(&batch, inputs, pairs->x + (size_t)first * (size_t)pairs->input_steps * inputs, t->x);
        ic_forward(t->work, &batch);
        for (b = 0; b < batch.rows; b++) {
            const double weight = pairs->weight ? (double)pairs->weight[first + b] : 1;
            sum += weight * ic_p_row_loss(t->work, t->options.loss, b,
                                          pairs->y + (size_t)(first + b) * targets, 0);
            weights += weight;
        }
    }
    return sum / weights;
}

/* Do the pairs fit the network, and each other? */
IC_P_FN ic_status ic_p_pairs_ok(const ic_config *c, const ic_pairs *p, ic_loss loss)
{
    const size_t x = ic_p_numbers(p->n, p->input_steps, p->inputs);
    const size_t y = ic_p_numbers(p->n, p->output_steps, p->outputs);
    size_t k;
    IC_P_REQUIRE(p->n >= 1 && p->x && p->y, IC_E_ARGUMENT);
    IC_P_REQUIRE(p->inputs == c->inputs && p->outputs == c->outputs, IC_E_MISMATCH);
    IC_P_REQUIRE(p->input_steps >= 1 && p->input_steps <= c->steps, IC_E_MISMATCH);
    IC_P_REQUIRE(p->output_steps == ic_p_out_steps(c), IC_E_MISMATCH);
    IC_P_DEMAND(p->n <= IC_P_MOST_ROWS && x > 0 && y > 0, "pairs: at most 2^30, whose numbers can be counted", IC_E_SIZE);
    IC_P_REQUIRE(ic_p_all_finite(p->x, x) && ic_p_all_finite(p->y, y), IC_E_NOT_FINITE);
    for (k = 0; p->weight && k < (size_t)p->n; k++)
        IC_P_REQUIRE(p->weight[k] > 0 && ic_p_within((double)p->weight[k], 0, IC_P_LARGEST), IC_E_ARGUMENT);
    for (k = 0; loss == IC_CROSS_ENTROPY && k < y; k++)
        IC_P_REQUIRE(p->y[k] >= 0, IC_E_ARGUMENT);
    return IC_OK;
}

/* Nearer to 1, a beta rounded to a float would no longer fit the corrections of [T2](6), which are doubles. */
IC_P_FN int ic_p_decay_ok(double beta) { return ic_p_within(beta, 0, 0.99999); }

/* The square of a smaller gradient than 1e-23 is 0 in a float; then epsilon alone limits the step. */
IC_P_FN int ic_p_epsilon_ok(double epsilon) { return epsilon == 0 || ic_p_within(epsilon, 1e-20, IC_P_LARGEST); }

#define IC_P_STEEPEST 1e18                /* a larger norm of the gradient, and Adam's v could be infinite */

/* Each option in its range, and none that contradicts another or would have no effect. */
IC_P_FN ic_status ic_p_train_options_ok(const ic_train_options *o, const ic_config *c)
{
    IC_P_REQUIRE(o->updates >= 0 && o->epochs >= 0 && o->batch >= 0 && o->draws >= 0, IC_E_OPTION);
    IC_P_REQUIRE(o->check_every >= 0 && o->restarts >= 0 && o->threads >= 0, IC_E_OPTION);
    IC_P_REQUIRE(ic_p_memory_ok(o->memory), IC_E_OPTION);
    IC_P_REQUIRE(ic_p_unset_or(o->rate, IC_P_LARGEST), IC_E_OPTION);
    IC_P_REQUIRE(ic_p_decay_ok(o->beta1) && ic_p_decay_ok(o->beta2), IC_E_OPTION);
    IC_P_DEMAND(ic_p_epsilon_ok(o->epsilon), "epsilon is 0 or at least 1e-20", IC_E_OPTION);
    IC_P_REQUIRE(ic_p_within(o->warmup, 0, 1), IC_E_OPTION);
    IC_P_DEMAND(o->clip == 0 || ic_p_within(o->clip, 1e-18, IC_P_STEEPEST), "clip is 0 or from 1e-18 to 1e18", IC_E_OPTION);
    IC_P_REQUIRE(ic_p_unset_or(o->noise, IC_P_LARGEST), IC_E_OPTION);
    IC_P_REQUIRE(ic_p_within(o->stuck, 0, DBL_MAX), IC_E_OPTION);
    IC_P_REQUIRE(ic_p_within(o->noise_steps, 0, c->steps), IC_E_OPTION);
    IC_P_REQUIRE(o->loss == IC_MSE || o->loss == IC_CROSS_ENTROPY, IC_E_OPTION);
    IC_P_REQUIRE(o->schedule == IC_CONSTANT || o->schedule == IC_DECAY, IC_E_OPTION);
    IC_P_REQUIRE(o->updates == 0 || o->epochs == 0, IC_E_CONFLICT);
    IC_P_REQUIRE((o->noise_steps == 0 && o->draws <= 1) || o->noise > 0, IC_E_CONFLICT);
    IC_P_REQUIRE(o->restarts == 0 || o->stuck > 0, IC_E_CONFLICT);
    IC_P_REQUIRE(o->loss == IC_MSE || c->link == IC_SOFTMAX, IC_E_CONFLICT);
    return IC_OK;
}

/* The values in brackets. */
IC_P_FN ic_status ic_p_train_defaults(ic_trainer *t)
{
    ic_train_options *o = &t->options;
    int64_t updates;
    o->batch = o->batch > 0 && o->batch < t->pairs.n ? o->batch : t->pairs.n;
    o->draws = o->draws > 0 ? o->draws : 1;
    o->noise_steps = o->noise_steps > 0 ? o->noise_steps : t->model->config.steps;
    updates = o->epochs ? o->epochs * (int64_t)ic_p_per_epoch(t) : 1000;
    IC_P_DEMAND((long)updates == updates, "the updates of all epochs fit into a long", IC_E_SIZE);   /* it may have 32 bits */
    if (o->updates == 0)
        o->updates = (long)updates;
    if (o->check_every == 0)
        o->check_every = ic_p_per_epoch(t);
    o->rate = o->rate > 0 ? o->rate : 0.001;
    o->beta1 = o->beta1 > 0 ? o->beta1 : 0.9;
    o->beta2 = o->beta2 > 0 ? o->beta2 : 0.999;
    o->epsilon = o->epsilon > 0 ? o->epsilon : 1e-7;
    return IC_OK;
}

/* [T4] The trainer.
   What it carries from update to update is in `state`, Adam's $m$ and $v$ and the best parameters
   so far, in `progress` and in the model.  All else is found anew from the number of the update:
   the order of an epoch, the noise, the powers of $beta1$ and $beta2$.  So these three are a
   checkpoint.

       | begun     ic_trainer_init     m and v are 0, the best parameters those of the model
       | running   ic_trainer_step     one update; every `check_every` of them, and at the end, a
       |                               look at the validation pairs: are these the best so far?
       | ended     ic_trainer_finish   the best parameters are in the model

   ic_train does all that, and more than once if a network is stuck: a new attempt begins, from
   other random parameters, and the best of all attempts wins.

   Checks everything, allocates everything: a trainer that has yet to begin. */
IC_P_FN ic_status ic_p_trainer_new(ic_trainer *t, ic_model *model, const ic_pairs *pairs,
                                   const ic_pairs *valid, const ic_train_options *options)
{
    ic_p_arena arena = { NULL, 0, 0 };
    ic_work_options wo;
    ic_status status;
    size_t k;
    int pass;
    memset(t, 0, sizeof *t);
    IC_P_REQUIRE(model && model->param && pairs, IC_E_ARGUMENT);
    if (options)
        t->options = *options;
    IC_P_PASS(ic_p_train_options_ok(&t->options, &model->config));
    IC_P_PASS(ic_p_pairs_ok(&model->config, pairs, t->options.loss));
    if (valid)
        IC_P_PASS(ic_p_pairs_ok(&model->config, valid, t->options.loss));
    t->model = model;
    t->pairs = *pairs;
    t->valid = valid ? *valid : *pairs;
    for (k = t->options.noise > 0 ? ic_p_numbers(pairs->n, pairs->input_steps, pairs->inputs) : 0; k > 0; k--)
        IC_P_DEMAND(pairs->x[k - 1] >= 0 && pairs->x[k - 1] <= 1, "with noise inputs are from 0 to 1, where it clips them", IC_E_CONFLICT);
    IC_P_PASS(ic_p_train_defaults(t));
    memset(&wo, 0, sizeof wo);
    IC_P_REQUIRE(t->options.batch <= IC_P_MAX_SIZE / t->options.draws, IC_E_SIZE);
    wo.rows = t->options.batch * t->options.draws;
    wo.purpose = IC_TRAIN;
    wo.threads = t->options.threads;
    wo.isa = t->options.isa;
    for (pass = 0; pass < 2; pass++) {
        int steps = ic_p_train_steps(t);
        steps = steps > t->valid.input_steps ? steps : t->valid.input_steps;
        t->state_count = 3 * model->padded;
        t->state = ic_p_take_reals(&arena, 3, model->padded);
        t->gradient = ic_p_take_reals(&arena, 1, model->padded);
        t->x = ic_p_take_reals(&arena, (size_t)steps * (size_t)wo.rows, (size_t)model->config.inputs);
        t->order = (int *)ic_p_take(&arena, (size_t)pairs->n, sizeof(int));
        IC_P_PASS(ic_p_arena_pass(&arena, &t->owned));
    }
    status = ic_work_new(&t->work, &model->config, &wo, NULL);
    if (status != IC_OK) {
        ic_trainer_free(t);
        return status;
    }
    t->progress.updates = t->options.updates;
    t->progress.best = DBL_MAX;
    return IC_OK;
}

/* Begins an attempt at update 0, from the parameters in the model.  The best of earlier attempts stay. */
IC_P_FN void ic_p_trainer_begin(ic_trainer *t, int attempt)
{
    const size_t padded = t->model->padded;
    memset(t->state, 0, 2 * padded * sizeof(ic_real));
    if (attempt == 0)
        memcpy(t->state + 2 * padded, t->model->param, padded * sizeof(ic_real));
    t->progress.attempt = attempt;
    t->progress.update = 0;
    t->progress.check = DBL_MAX;
    t->epoch = t->power = -1;
}

IC_DEF ic_status ic_trainer_init(ic_trainer *t, ic_model *model, const ic_pairs *pairs,
                                 const ic_pairs *valid, const ic_train_options *options)
{
    memset(t, 0, sizeof *t);
    IC_P_REQUIRE(!options || (options->memory == 0 && options->stuck == 0 && options->restarts == 0 && !options->callback),
                 IC_E_CONFLICT);
    IC_P_PASS(ic_p_trainer_new(t, model, pairs, valid, options));
    ic_p_trainer_begin(t, 0);
    return IC_OK;
}

IC_DEF void ic_trainer_free(ic_trainer *t)
{
    if (!t)
        return;
    ic_work_free(t->work);
    ic_p_release(t->owned, t, sizeof *t);
}

/* One update: pairs, inputs, forward, E and dy, backward, step, and now and then a check. */
IC_P_FN ic_status ic_p_update(ic_trainer *t)
{
    const ic_train_options *o = &t->options;
    const size_t padded = t->model->padded;
    const size_t targets = (size_t)t->pairs.output_steps * (size_t)t->pairs.outputs;
    const int batch_pairs = o->batch, draws = o->draws;
    const long per_epoch = ic_p_per_epoch(t), u = t->progress.update;
    const int first = (int)(u % per_epoch) * batch_pairs;
    double weights = 0, norm;
    ic_p_fill fill;
    ic_batch batch;
    ic_gradients wanted;
    ic_adam adam;
    int r;

    /* Choose the pairs: a new permutation every epoch, or all of them in their order. */
    if (t->epoch != u / per_epoch) {
        t->epoch = u / per_epoch;
        for (r = 0; r < t->pairs.n; r++)
            t->order[r] = r;
        if (batch_pairs < t->pairs.n)
            ic_permutation(ic_random_key(o->seed, 1), (uint64_t)t->epoch, t->pairs.n, t->order);
    }

    /* Build their inputs, run them forward. */
    memset(&fill, 0, sizeof fill);
    fill.trainer = t;
    fill.pair = t->order + first;
    fill.rows = draws * (t->pairs.n - first < batch_pairs ? t->pairs.n - first : batch_pairs);
    fill.steps = ic_p_train_steps(t);
    fill.key = ic_random_key(o->seed, 2);
    ic_p_parallel(&t->work->team, fill.rows, ic_p_fill_rows, &fill);
    memset(&batch, 0, sizeof batch);
    batch.rows = fill.rows;
    batch.input_steps = fill.steps;
    batch.x = t->x;
    ic_work_load(t->work, t->model);
    ic_forward(t->work, &batch);

    /* Compare, run backward. */
    for (r = 0; r < fill.rows; r++)
        weights += t->pairs.weight ? (double)t->pairs.weight[fill.pair[r / draws]] : 1;
    t->progress.loss = 0;
    for (r = 0; r < fill.rows; r++) {
        const int pair = fill.pair[r / draws];
        const double share = (t->pairs.weight ? (double)t->pairs.weight[pair] : 1) / weights;
        t->progress.loss += share * ic_p_row_loss(t->work, o->loss, r,
                                                  t->pairs.y + (size_t)pair * targets, share);
    }
    memset(&wanted, 0, sizeof wanted);
    wanted.param = t->gradient;
    ic_p_backward(t->work, &wanted, o->loss == IC_CROSS_ENTROPY);

    /* Take the step. */
    norm = sqrt(ic_p_sum_squares(t->gradient, padded));
    adam.scale = (ic_real)(o->clip > 0 && norm > o->clip ? o->clip / norm : 1);
    if (!(norm * (double)adam.scale <= IC_P_STEEPEST) || !(t->progress.loss - t->progress.loss == 0))
        return IC_E_DIVERGED;
    if (t->power != u)                        /* the first step, or the first after a resumption */
        for (t->power = 0, t->beta1_power = t->beta2_power = 1; t->power < u; t->power++) {
            t->beta1_power *= o->beta1;
            t->beta2_power *= o->beta2;
        }
    t->beta1_power *= o->beta1;
    t->beta2_power *= o->beta2;
    t->power++;
    adam.rate = (ic_real)(ic_p_rate(o, u) * sqrt(1 - t->beta2_power) / (1 - t->beta1_power));
    adam.beta1 = (ic_real)o->beta1;
    adam.beta2 = (ic_real)o->beta2;
    adam.epsilon = (ic_real)o->epsilon;
    t->work->kernels->adam(padded, &adam, t->model->param, t->gradient, t->state, t->state + padded);
    t->progress.update = u + 1;

    /* Look at the validation pairs when it is time, and remember the best parameters. */
    if (t->progress.update % o->check_every == 0 || t->progress.update == o->updates) {
        ic_work_load(t->work, t->model);
        t->progress.check = ic_p_check(t, &t->valid);
        if (!(t->progress.check - t->progress.check == 0) || !ic_p_all_finite(t->model->param, padded))
            return IC_E_DIVERGED;
        if (t->progress.check < t->progress.best) {
            t->progress.best = t->progress.check;
            memcpy(t->state + 2 * padded, t->model->param, padded * sizeof(ic_real));
        }
    }
    return IC_OK;
}

IC_DEF ic_status ic_trainer_step(ic_trainer *t)
{
    IC_P_REQUIRE(t && t->owned, IC_E_ARGUMENT);
    IC_P_DEMAND(t->progress.updates == t->options.updates, "a checkpoint is of a training with as many updates", IC_E_CONFLICT);
    IC_P_DEMAND(t->progress.update >= 0 && t->progress.update < t->progress.updates, "updates are left", IC_E_ARGUMENT);
    return ic_p_update(t);
}

IC_DEF void ic_trainer_finish(ic_trainer *t)
{
    IC_ASSERT(t && t->owned);
    memcpy(t->model->param, t->state + 2 * t->model->padded, t->model->padded * sizeof(ic_real));
}

/* One attempt of ic_train.  Sets *stuck if another should follow. */
IC_P_FN ic_status ic_p_attempt(ic_trainer *t, int *stuck)
{
    const ic_train_options *o = &t->options;
    const int more = t->progress.attempt < o->restarts;
    double least = DBL_MAX;                                  /* this attempt's best check */
    while (t->progress.update < t->progress.updates) {
        const ic_status status = ic_trainer_step(t);
        if ((*stuck = status == IC_E_DIVERGED && more) != 0)
            return IC_OK;
        IC_P_PASS(status);
        least = t->progress.check < least ? t->progress.check : least;
        if (o->callback && o->callback(o->user, &t->progress))
            return IC_E_STOPPED;
    }
    *stuck = more && least > o->stuck;
    return IC_OK;
}

/* Attempts, each with a seed of its own, until one is not stuck or all are used up. */
IC_DEF ic_status ic_train(ic_model *model, const ic_pairs *pairs, const ic_pairs *valid,
                          const ic_train_options *options, ic_progress *report)
{
    ic_trainer t;
    ic_status status;
    int attempt, stuck = 1;
    IC_P_PASS(ic_p_trainer_new(&t, model, pairs, valid, options));
    for (attempt = 0, status = IC_OK; status == IC_OK && stuck; attempt++) {
        t.options.seed = ic_random_key(options ? options->seed : 0, (uint64_t)attempt);
        /* Adam's running means have room for the scratch, and are cleared after. */
        ic_p_randomise(model, ic_random_key(t.options.seed, 0), t.options.memory, (double *)(void *)t.state);
        ic_p_trainer_begin(&t, attempt);
        status = ic_p_attempt(&t, &stuck);
    }
    ic_trainer_finish(&t);
    if (report)
        *report = t.progress;
    ic_trainer_free(&t);
    return status;
}

/* [T5] Exercises.

   Exercise 1.  In `train` of examples/plain.c $m$ and $v$ are divided by $1 - 0.9^t$ and
   $1 - 0.999^t$.  How long, in units of $alpha$, is the first step without these corrections, and
   how long are the ones that follow?  What will the errors after 1, 200 and 2000 updates be?
   Predict, then run.

   Answer.  Under a constant gradient step $t$ has length $(1 - 0.9^t) / sqrt(1 - 0.999^t)$: 3.2
   at first, 6.6 at update 12, back to 3 at 118.  The error after one update is the same,
   since it is measured before the step; after 200 it is 0.0661 instead of 0.0419, on average over
   four seeds 0.086 instead of 0.047; after 2000 both are below 0.002.

   Exercise 2.  Derive (4) from the derivative of the softmax in [C6] and the cross-entropy's
   $dp_k = -q_k / p_k$.  In a program with floats, compute the gradient for two classes,
   $z = (-80, 0)$ and $q = (1, 0)$, both ways.

   Answer.  $dz_j = p_j (dp_j - sum_k dp_k p_k) = p_j (-q_j / p_j + sum_k q_k)$, which is (4).
   For these numbers (4) gives (-1, 1).  In two steps $1/p$ is 5.5e34, still a float; with
   $z = (-110, 0)$, $p$ is 0 and the gradient infinity times 0, NaN.  A guard such as
   $max(p, 10^-30)$ makes it finite, and wrong: (-0.00002, 0.00002) for the first.

   Exercise 3.  A parameter has had the gradient 1 or -1, at random, in thousands of updates.
   Then one explodes, to 1000.  How far does Adam move the parameter in the updates that follow,
   and when will it move as before?

   Answer.  $k$ updates later $m$ is $0.1 * 0.9^k * 1000$ and $sqrt(v)$ about
   $sqrt(0.001) * 1000$.  The sum over $k$ of their ratios is $1 / sqrt(0.001) = 32$; a simulation
   in ten lines says 31.  $v$ has forgotten when $0.001 * 0.999^k * 1000^2$ is 1, after some 6900
   updates. */

/* [V] INVERSE CLASSIFICATION -------------------------------------------------------------------
   A generator $f$ maps a code $x$, $I$ numbers, one for each class (or for each type of a class,
   [G2]), to a curve $f(x)$.  To find the code for which it draws a given curve $y$, freeze the
   weights and make

       E(x) = 1/(T O) sum_{t,k} (f(x)_{tk} - y_{tk})^2                                        (1)

   small by gradient descent on $x$; $dx_1$ is [L3].  The class is read off where the descent ends
   (Hobbhahn 2018, after the inference of hidden causes by Butz et al. 2019).  What this chapter
   computes is the procedure of the thesis, number for number; what is wrong with it is said in
   [V2]; and [E] is the way that this library recommends. */

/* [V1] The descent.
   The code begins between all classes, $1/I$ in every component.  After each step it is made a
   mixture of classes again: clipped to [0, 1] and divided by its sum.

       m = 0.9 m + 0.1 dx   v = 0.99 v + 0.01 dx^2                                            (2)
       x = min(max(x - alpha m / (sqrt(v) + 10^-8), 0), 1)                                    (3)
       x = x / (sum_k x_k + 10^-8)                                                            (4)

   This is Adam without its corrections ([T2]).  Under a constant gradient, step $t$ therefore
   has the length $alpha (1 - 0.9^t) / sqrt(1 - 0.99^t)$, however large the gradient, provided it
   is large beside $10^-8$: curves should have a size near 1.  The length is $alpha$ at first,
   2.1 $alpha$ at $t = 13$, and in the end $alpha$ again.  Early gradients, taken far from any
   class, count most.

   Between the classes the generator was never told what to draw, unless it was trained there.
   Whether the descent finds its way depends on what it draws there by chance: hence the
   augmentations of [G]. */

/* [V2] Why clipping and dividing is no projection.
   The mixtures form a simplex: no component negative, sum 1.  Let a step $u$ lead out of it,
   from $x$ to $x + u$.  As long as no component of (5) is negative (Duchi et al. 2008 have the
   other case) and (3) clips nothing, the projection, which is the nearest point of the simplex,
   and the division (4) are

       x_k + u_k - (sum_j u_j) / I                 projection                                 (5)
       x_k + (u_k - x_k sum_j u_j) / (1 + sum_j u_j)     division                             (6)

   Both take back that part of the step which would change the sum.  The projection takes it from
   all components alike.  The division takes it in proportion to $x_k$, most from the largest.
   The difference matters most for a step that is alike in all components, $u_k = a$, which asks
   for more or for less input altogether and says nothing about classes.  The projection stays
   where it is; the division gives

       x_k - 1/I  becomes  (x_k - 1/I) / (1 + I a)                                            (7)

   It pulls towards the middle where more input would help, and drives away from it, towards
   whatever component is ahead, where less would.

   Adam makes that the rule and not the exception, for all its steps have the same size as long
   as a gradient keeps its sign.  Of $dx$ little more than the signs is left.  If $p$ components
   are pushed up by $a$, and all others are pushed down until they are clipped at 0, (7) holds
   for the $p$ that remain, with $p$ in the place of $I$: $x$ ends as the equal mixture of all
   $p$ classes that lower the error at all.  With 20 classes and $alpha = 1/20$ it is there after
   a single step, since that step takes $alpha$ from every $x_k = 1/20$ whose gradient is
   positive.

   figure: descent.svg  The error over the inputs of two generators of a and b that are asked for
   a letter a, and 200 steps from three starts (rings; dots: their ends).  Left, trained without
   noise, more of both inputs lowers the error: the start in the middle never leaves it, and the
   one beside the class a, with an error of .05, is pulled uphill towards the middle, to .14.
   Right, trained with noise, all three end at a.

   What this costs is measured in paper/README.md: on the same network the accuracy is less than
   half of that with a projection.  Each of the other rules tried does better (exercise 3), and
   none as well as [E]. */

/* [V3] Where a descent ends early.
   If every component is held by the clip, at 0 with $m >= 0$ and $dx >= 0$, or at 1 with
   $m <= 0$ and $dx <= 0$, and if the division changes nothing, then the next $x$ is the same, so
   is its gradient, and by (2) $m$ keeps its sign: a fixed point, for ever.  The division changes
   nothing where the sum is 0, or a single 1, to which $10^-8$ adds nothing in floats.  So the
   fixed points of this kind are the corners of the simplex and the origin.  A sample that has
   reached one leaves the batch, and the next takes its place; no result depends on it.

   The thesis's program wrote the first step into the array that held the start, so that the start
   drifted from sample to sample: IC_START_DRIFT does the same. */
typedef struct ic_p_slot { int sample, iteration, fixed; } ic_p_slot;

/* One step, (2) to (4); returns 1 if x has become a fixed point. */
IC_P_FN int ic_p_descend_step(const ic_descend_options *o, int inputs, const ic_real *g, ic_real *x,
                              ic_real *m, ic_real *v)
{
    const ic_real b1 = (ic_real)o->beta1, b2 = (ic_real)o->beta2;
    ic_real sum = 0;
    int j, fixed = 1;
    for (j = 0; j < inputs; j++) {
        const ic_real old = x[j];
        ic_real next;
        m[j] = b1 * m[j] + (1 - b1) * g[j];
        v[j] = b2 * v[j] + (1 - b2) * (g[j] * g[j]);
        next = old - (ic_real)o->rate * m[j] / ((ic_real)sqrt((double)v[j]) + (ic_real)o->epsilon);
        x[j] = next < 0 ? 0 : next > 1 ? 1 : next;
        sum += x[j];
        fixed &= x[j] == old && ((old == 0 && m[j] >= 0 && g[j] >= 0)
                                 || (old == 1 && m[j] <= 0 && g[j] <= 0));
    }
    sum += (ic_real)1e-8;
    for (j = 0; j < inputs; j++) {
        const ic_real clipped = x[j];
        x[j] = clipped / sum;
        fixed &= x[j] == clipped;
    }
    return fixed;
}

/* [V4] The decision.
   The class with the largest component; with several codes a class, the largest sum of them.
   With a repeller ([G4]) there is one answer more, "none", where the code has stayed uniform:
   every component is within .05 of $1/I$.  The thesis instead rounds the component and $1/I$ to
   one decimal and compares.  That is the same where $1/I$ has only one decimal ($I$ = 2, 5 and
   10); elsewhere the interval is centred on $1/I$ here and on the rounded value there. */
IC_P_FN int ic_p_decide(const ic_descend_options *o, int inputs, const ic_real *x)
{
    const double uniform = 1.0 / inputs;
    int k, c, best = 0, none = 1;
    double top = -DBL_MAX;
    for (k = 0; k < inputs / o->codes; k++) {
        double sum = 0;
        for (c = 0; c < o->codes; c++) {
            sum += (double)x[k * o->codes + c];
            none &= fabs((double)x[k * o->codes + c] - uniform) < 0.05;
        }
        if (sum > top)
            top = sum, best = k;
    }
    return o->decision == IC_DECIDE_REPELLER && none ? inputs / o->codes : best;
}

/* [V5] Many descents side by side.
   A workspace of `rows` rows has a slot for each.  A slot works on one sample until its descent
   is over and then takes the next, so that the batch stays full: descents differ in length. */
typedef struct ic_p_descent {
    ic_work *work;
    const ic_descend_options *o;
    int inputs, n;
    size_t targets;
    const ic_real *y;                  /* [n][t][o] */
    ic_p_slot *slot;                   /* [rows] */
    ic_real *x, *m, *v, *g;            /* [rows][inputs]; g is dx */
    ic_real *start;                    /* [n][inputs], NULL: uniform */
} ic_p_descent;

/* Begins the descent of a sample in slot s. */
IC_P_FN void ic_p_slot_load(const ic_p_descent *d, int s, int sample)
{
    const size_t inputs = (size_t)d->inputs, at = (size_t)s * inputs;
    size_t j;
    d->slot[s].sample = sample;
    d->slot[s].iteration = d->slot[s].fixed = 0;
    for (j = 0; j < inputs; j++) {
        d->x[at + j] = d->start ? d->start[(size_t)sample * inputs + j]
                                : (ic_real)(1.0 / (double)d->inputs);
        d->m[at + j] = d->v[at + j] = 0;
    }
}

/* Forward pass, E and dx of the first `active` slots. */
IC_P_FN void ic_p_slots_gradient(const ic_p_descent *d, int active, double *loss)
{
    ic_batch batch;
    ic_gradients wanted;
    int s;
    memset(&batch, 0, sizeof batch);
    batch.rows = active;
    batch.input_steps = 1;
    batch.x = d->x;
    ic_forward(d->work, &batch);
    for (s = 0; s < active; s++)
        loss[s] = ic_p_row_loss(d->work, IC_MSE, s,
                                d->y + (size_t)d->slot[s].sample * d->targets, 1);
    memset(&wanted, 0, sizeof wanted);
    wanted.x = d->g;
    ic_backward(d->work, &wanted);
}

IC_P_FN int ic_p_slot_step(const ic_p_descent *d, int s)
{
    const size_t at = (size_t)s * (size_t)d->inputs;
    return ic_p_descend_step(d->o, d->inputs, d->g + at, d->x + at, d->m + at, d->v + at);
}

/* All descents.  Returns 1 if every E and every v is finite.  If not, because weights or curves
   are too large, a descent has stood still or become NaN, and its result means nothing. */
IC_P_FN int ic_p_descend(const ic_p_descent *d, int rows, double *loss, const ic_descended *out)
{
    const size_t inputs = (size_t)d->inputs, bytes = inputs * sizeof(ic_real);
    int active, next, s, finite = 1;
    for (active = 0; active < rows; active++)
        ic_p_slot_load(d, active, active);
    next = active;
    while (active > 0) {
        ic_p_slots_gradient(d, active, loss);
        for (s = 0; s < active; s++) {
            ic_p_slot *slot = &d->slot[s];
            const size_t at = (size_t)s * inputs;
            if (d->o->trace) {
                ic_trace trace;
                trace.sample = slot->sample;
                trace.iteration = slot->iteration;
                trace.x = d->x + at;
                trace.loss = loss[s];
                d->o->trace(d->o->user, &trace);
            }
            if (slot->iteration < d->o->iterations && !slot->fixed) {
                slot->fixed = ic_p_slot_step(d, s);
                slot->iteration++;
                continue;
            }
            /* This descent is over: note its result ... */
            finite &= loss[s] - loss[s] == 0 && ic_p_all_finite(d->v + at, inputs);
            if (out->x)
                memcpy(out->x + (size_t)slot->sample * inputs, d->x + at, bytes);
            if (out->label)
                out->label[slot->sample] = ic_p_decide(d->o, d->inputs, d->x + at);
            if (out->loss)
                out->loss[slot->sample] = loss[s];
            if (out->iterations)
                out->iterations[slot->sample] = slot->iteration;
            /* ... and give the slot to the next sample, or close the gap with the last slot. */
            if (next < d->n)
                ic_p_slot_load(d, s, next++);
            else {
                active--;
                if (s < active) {
                    const size_t from = (size_t)active * inputs;
                    *slot = d->slot[active];
                    memcpy(d->x + at, d->x + from, bytes);
                    memcpy(d->m + at, d->m + from, bytes);
                    memcpy(d->v + at, d->v + from, bytes);
                    memcpy(d->g + at, d->g + from, bytes);
                    loss[s] = loss[active];
                    s--;                      /* the moved slot has not been looked at yet */
                }
            }
        }
    }
    return finite;
}

/* The drifting starts: sample s+1 begins where sample s was after its first iteration. */
IC_P_FN void ic_p_drift(const ic_p_descent *d, double *loss)
{
    const size_t inputs = (size_t)d->inputs;
    size_t j;
    int s;
    for (j = 0; j < inputs; j++)
        d->start[j] = (ic_real)(1.0 / (double)d->inputs);
    for (s = 0; s + 1 < d->n; s++) {
        ic_p_slot_load(d, 0, s);
        ic_p_slots_gradient(d, 1, loss);
        ic_p_slot_step(d, 0);
        memcpy(d->start + (size_t)(s + 1) * inputs, d->x, inputs * sizeof(ic_real));
    }
}

IC_P_FN ic_status ic_p_descend_options_ok(const ic_descend_options *o, int inputs)
{
    IC_P_REQUIRE(o->iterations >= 0 && o->codes >= 0 && o->rows >= 0 && o->threads >= 0, IC_E_OPTION);
    IC_P_REQUIRE(ic_p_unset_or(o->rate, IC_P_LARGEST), IC_E_OPTION);
    IC_P_REQUIRE(ic_p_decay_ok(o->beta1) && ic_p_decay_ok(o->beta2), IC_E_OPTION);
    IC_P_DEMAND(ic_p_epsilon_ok(o->epsilon), "epsilon is 0 or at least 1e-20", IC_E_OPTION);
    IC_P_REQUIRE(o->start == IC_START_UNIFORM || o->start == IC_START_GIVEN || o->start == IC_START_DRIFT, IC_E_OPTION);
    IC_P_REQUIRE(o->decision == IC_DECIDE_ARGMAX || o->decision == IC_DECIDE_REPELLER, IC_E_OPTION);
    IC_P_REQUIRE((o->start == IC_START_GIVEN) == (o->start_x != NULL), IC_E_CONFLICT);
    IC_P_REQUIRE(o->codes == 0 || inputs % o->codes == 0, IC_E_MISMATCH);
    IC_P_DEMAND(o->decision == IC_DECIDE_ARGMAX || inputs > 1, "the repeller's uniform code is not that of a class", IC_E_CONFLICT);
    return IC_OK;
}

/* The values in brackets. */
IC_P_FN void ic_p_descend_defaults(ic_descend_options *o, int n)
{
    o->iterations = o->iterations ? o->iterations : 200;
    o->rate = o->rate > 0 ? o->rate : 0.05;
    o->beta1 = o->beta1 > 0 ? o->beta1 : 0.9;
    o->beta2 = o->beta2 > 0 ? o->beta2 : 0.99;
    o->epsilon = o->epsilon > 0 ? o->epsilon : 1e-8;
    o->codes = o->codes ? o->codes : 1;
    /* What a pass keeps for the way back is then still in a near cache when it is read. */
    o->rows = o->rows ? o->rows : IC_P_BUNDLE * ic_p_threads(o->threads);
    o->rows = o->rows > n ? n : o->rows;
}

/* Checks, allocates, runs all descents, frees. */
IC_DEF ic_status ic_descend(const ic_model *model, int n, const ic_real *y,
                            const ic_descend_options *options, const ic_descended *out)
{
    const ic_config *c = &model->config;
    const size_t inputs = (size_t)c->inputs;
    ic_p_arena arena = { NULL, 0, 0 };
    ic_descend_options o;
    ic_work_options wo;
    ic_p_descent d;
    double *loss = NULL;
    void *owned = NULL;
    ic_status status;
    size_t rows, k;
    int pass;
    memset(&o, 0, sizeof o);
    memset(&d, 0, sizeof d);
    memset(&wo, 0, sizeof wo);
    if (options)
        o = *options;
    IC_P_REQUIRE(model->param && n >= 1 && y && out, IC_E_ARGUMENT);
    IC_P_REQUIRE(c->head == IC_EVERY_STEP, IC_E_MISMATCH);
    IC_P_REQUIRE(n <= IC_P_MOST_ROWS && ic_p_numbers(n, c->inputs, 1) > 0, IC_E_SIZE);
    IC_P_REQUIRE(ic_p_numbers(n, c->steps, c->outputs) > 0, IC_E_SIZE);
    IC_P_PASS(ic_p_descend_options_ok(&o, c->inputs));
    IC_P_REQUIRE(ic_p_all_finite(y, ic_p_numbers(n, c->steps, c->outputs)), IC_E_NOT_FINITE);
    IC_P_REQUIRE(ic_p_all_finite(model->param, model->count), IC_E_NOT_FINITE);
    IC_P_REQUIRE(!o.start_x || ic_p_all_finite(o.start_x, (size_t)n * inputs), IC_E_NOT_FINITE);
    for (k = 0; o.start_x && k < (size_t)n * inputs; k++)
        IC_P_REQUIRE(o.start_x[k] >= 0 && o.start_x[k] <= 1, IC_E_ARGUMENT);
    ic_p_descend_defaults(&o, n);
    d.o = &o;
    d.inputs = c->inputs;
    d.n = n;
    d.targets = (size_t)c->steps * (size_t)c->outputs;
    d.y = y;
    wo.rows = o.rows;
    wo.purpose = IC_INVERT;
    wo.threads = o.threads;
    wo.isa = o.isa;
    rows = (size_t)o.rows;
    status = ic_work_new(&d.work, c, &wo, NULL);
    for (pass = 0; status == IC_OK && pass < 2; pass++) {
        d.slot = (ic_p_slot *)ic_p_take(&arena, rows, sizeof *d.slot);
        d.x = ic_p_take_reals(&arena, rows, inputs);
        d.m = ic_p_take_reals(&arena, rows, inputs);
        d.v = ic_p_take_reals(&arena, rows, inputs);
        d.g = ic_p_take_reals(&arena, rows, inputs);
        loss = ic_p_take_doubles(&arena, rows, 1);
        if (o.start != IC_START_UNIFORM)
            d.start = ic_p_take_reals(&arena, (size_t)n, inputs);
        status = ic_p_arena_pass(&arena, &owned);
    }
    if (status == IC_OK) {
        ic_work_load(d.work, model);
        if (o.start == IC_START_GIVEN)
            memcpy(d.start, o.start_x, (size_t)n * inputs * sizeof *d.start);
        if (o.start == IC_START_DRIFT)
            ic_p_drift(&d, loss);
        if (!ic_p_descend(&d, o.rows, loss, out))
            status = IC_E_NOT_FINITE;
    }
    if (owned)
        IC_FREE(owned);
    ic_work_free(d.work);
    return status;
}

/* [V6] Exercises.

   Exercise 1.  `train` in examples/plain.c adds noise of deviation 0.3 to the code.  Without it
   (`0.0 * normal()`) the network draws both curves without a visible error.  What will the
   descent on its input do?  Predict, then run.

   Answer.  Nothing: all iterations print 0.500 and 0.500, with an error of 0.54.  Both components
   of the gradient are positive, 2.4 and 0.5, Adam makes both steps equal, and the division takes
   them back.  All 20 curves are recognised nevertheless, by the fifth decimal: $10^-8$ in (3)
   makes the step of the smaller gradient a trifle shorter, and by (7) the difference grows in
   every iteration.

   Exercise 2.  Let $dx$ be constant, with three classes.  Where does the rule of [V1] end, from
   $x = (0.6, 0.3, 0.1)$ with $dx = (-1, -2, -3)$, and from $x = (0.4, 0.3, 0.3)$ with
   $dx = (3, 2, 1)$?  Where should it?

   Answer.  It ends at (1/3, 1/3, 1/3), and at (1, 0, 0); ten lines of any language show it.  A
   linear error is least at the corner whose $dx$ is least: (0, 0, 1) in both cases.

   Exercise 3.  Write $x$ as a softmax, $x_k = exp(a_k) / (sum_j exp(a_j))$, and derive $da$ from
   $dx$.  What becomes of a gradient that is alike in all components?  Use it in `recognise` of
   examples/plain.c with a learning rate of 0.2, and on the network of exercise 1.

   Answer.  By [C6], $da_k = x_k (dx_k - sum_j dx_j x_j)$: of a gradient with equal components
   nothing is left.  Starting from $a = 0$ it recognises 20 of 20 with either network, and on that
   of exercise 1, where the rule of [V1] stood still, it finds 0.934 of an eight after five
   iterations. */

/* [P] PRINCIPAL COMPONENTS ----------------------------------------------------------------------
   The directions along which points vary most (Pearson 1901).  Styles are scores on them
   ([G5]), explanations are worked out in a basis of them ([E1]), and a map may begin in the
   plane of the first two ([S2]).

   Let $x_1, ..., x_n$ be points of $d$ numbers with the mean $mu$.  Along a unit vector $phi$
   their variance is

       phi^T Sigma phi   with
       Sigma = 1/n sum_{i=1}^n (x_i - mu) (x_i - mu)^T                                       (1)

   It is stationary under the condition $phi^T phi = 1$ where the gradient of
   $phi^T Sigma phi - lambda phi^T phi$ is zero:

       Sigma phi = lambda phi                                                                (2)

   So the directions are the eigenvectors of the covariance matrix, and the variance along each
   is its eigenvalue.  Since $Sigma$ is symmetric they are orthogonal.  Of all affine subspaces
   of dimension $M$, the one through $mu$ that is spanned by the first $M$ of them has the
   smallest sum of squared distances to the points.

   Two algorithms, since two things are needed: the first few directions of points with many
   numbers ([P1]), and all directions of a matrix that is at hand ([P2]). */

/* [P1] The first few directions: power iteration.
   Write a vector in eigenvectors, $phi = sum_k a_k phi_k$.  Then

       Sigma^m phi = sum_k lambda_k^m a_k phi_k                                              (3)

   and the component along the first eigenvector outgrows the k-th by $(lambda_1 / lambda_k)^m$.
   Multiplied by $Sigma$ and normalised again and again, a random vector becomes the first
   direction; kept orthogonal to that, another becomes the second.  The product is summed point
   by point, $Sigma phi = 1/n sum_i (x_i - mu) ((x_i - mu)^T phi)$, so $Sigma$ with its $d^2$
   elements is never formed.  Where two variances are equal, every direction in the plane of
   their eigenvectors is as good, and the iteration keeps the one it has reached. */
#define IC_P_PCA_ROUNDS 200

/* $a^T b$.  Four partial sums side by side, so that an addition need not wait for the one
   before. */
IC_P_FN double ic_p_dot(const double *a, const double *b, int d)
{
    double s0 = 0, s1 = 0, s2 = 0, s3 = 0;
    int j;
    for (j = 0; j + 3 < d; j += 4) {
        s0 += a[j] * b[j];
        s1 += a[j + 1] * b[j + 1];
        s2 += a[j + 2] * b[j + 2];
        s3 += a[j + 3] * b[j + 3];
    }
    for (; j < d; j++)
        s0 += a[j] * b[j];
    return (s0 + s1) + (s2 + s3);
}

/* Gram-Schmidt: subtracts from $v$ its components along the `count` orthonormal vectors
   `others`, then divides it by its length, which is returned; a $v$ of length 0 stays 0.  Where
   little of $v$ remains, rounding errors have components along the others too, and a second pass
   removes them: twice is enough (Kahan, in Parlett 1980). */
IC_P_FN double ic_p_orthonormalise(double *v, const double *others, int count, int d)
{
    double length = sqrt(ic_p_dot(v, v, d)), before;
    int j, k;
    do {
        before = length;
        for (k = 0; k < count; k++) {
            const double *other = others + (ptrdiff_t)k * d, along = ic_p_dot(v, other, d);
            for (j = 0; j < d; j++)
                v[j] -= along * other[j];
        }
        length = sqrt(ic_p_dot(v, v, d));
    } while (length > 0 && length < 0.5 * before);
    for (j = 0; length > 0 && j < d; j++)
        v[j] /= length;
    return length;
}

/* The mean of n points of d numbers. */
IC_P_FN void ic_p_mean(int n, int d, const ic_real *x, double *mean)
{
    int i, j;
    for (j = 0; j < d; j++)
        mean[j] = 0;
    for (i = 0; i < n; i++)
        for (j = 0; j < d; j++)
            mean[j] += (double)x[(size_t)i * (size_t)d + (size_t)j] / n;
}

/* product = Sigma v. */
IC_P_FN void ic_p_pca_product(int n, int d, const ic_real *x, const double *mean, const double *v,
                              double *product)
{
    int i, j;
    for (j = 0; j < d; j++)
        product[j] = 0;
    for (i = 0; i < n; i++) {
        const ic_real *p = x + (size_t)i * (size_t)d;
        double along = 0;
        for (j = 0; j < d; j++)
            along += ((double)p[j] - mean[j]) * v[j];
        for (j = 0; j < d; j++)
            product[j] += along / (double)n * ((double)p[j] - mean[j]);
    }
}

/* The direction $v$ of largest variance that is orthogonal to the `count` before it, which stand
   before $v$ in memory.  Its sign is arbitrary: the component of largest size is made positive.
   Returns the standard deviation along it; `product` is scratch for d numbers. */
IC_P_FN double ic_p_pca_direction(int n, int d, const ic_real *x, const double *mean,
                                  int count, uint64_t key, double *v, double *product)
{
    const double *others = v - (ptrdiff_t)count * d;
    double variance = 0, change = 1;
    int round, j, largest = 0;
    for (j = 0; j < d; j++)
        v[j] = ic_normal(key, 0, (uint64_t)j);
    ic_p_orthonormalise(v, others, count, d);
    for (round = 0; round < IC_P_PCA_ROUNDS && change > 1e-20; round++) {
        ic_p_pca_product(n, d, x, mean, v, product);
        variance = ic_p_orthonormalise(product, others, count, d);
        for (change = 0, j = 0; j < d; j++) {
            change += (product[j] - v[j]) * (product[j] - v[j]);
            v[j] = product[j];
        }
    }
    for (j = 1; j < d; j++)
        if (fabs(v[j]) > fabs(v[largest]))
            largest = j;
    if (v[largest] < 0)
        for (j = 0; j < d; j++)
            v[j] = -v[j];
    return sqrt(variance);
}

/* [P2] All directions of a matrix: Jacobi's method (1846).
   Rotate the plane of the coordinates $p$ and $q$ by an angle with cosine $c$, sine $s$ and
   tangent $t = s / c$.  The element that couples $p$ and $q$ becomes

       c s (a_{pp} - a_{qq}) + (c^2 - s^2) a_{pq}                                            (4)

   which is zero if, after division by $c^2 a_{pq}$,

       t^2 + 2 theta t - 1 = 0
       theta = (a_{qq} - a_{pp}) / (2 a_{pq})                                                (5)

   The root of smaller magnitude rotates by at most 45 degrees.  A rotation leaves the sum of the
   squares of all elements as it is and lowers that of the elements off the diagonal by
   $2 a_{pq}^2$.  Repeated sweeps over all pairs, with angles of at most 45 degrees, make the
   matrix diagonal.  Its diagonal then holds the eigenvalues, and the product of the rotations
   holds the eigenvectors as rows.  A sweep takes $O(d^3)$ operations; six to ten are enough,
   since the convergence is quadratic. */
IC_P_FN void ic_p_rotate(int n, double *x, size_t x_stride, double *y, size_t y_stride, double c, double s)
{
    int k;
    for (k = 0; k < n; k++, x += x_stride, y += y_stride) {
        const double a = *x, b = *y;
        *x = c * a - s * b;
        *y = s * a + c * b;
    }
}

/* Eigenvalues of the symmetric matrix a [d][d] onto its diagonal, eigenvectors into the rows of
   v [d][d].  Only the upper triangle of `a` is read and kept up to date: an element of row p or
   q to the left of the diagonal is found at its mirror image, in column p or q. */
IC_P_FN void ic_p_eigen(int d, double *a, double *v)
{
    const size_t n = (size_t)d;
    double off = DBL_MAX, scale = 0;         /* largest element off the diagonal; trace of |a| */
    int sweep, p, q;
    memset(v, 0, n * n * sizeof *v);
    for (p = 0; p < d; p++) {
        v[(size_t)p * n + (size_t)p] = 1;
        scale += fabs(a[(size_t)p * n + (size_t)p]);
    }
    for (sweep = 0; sweep < 30 && off > 1e-13 * scale; sweep++) {
        off = 0;
        for (p = 0; p < d; p++)
            for (q = p + 1; q < d; q++) {
                double *row_p = a + (size_t)p * n, *row_q = a + (size_t)q * n;
                const double coupling = row_p[q];
                double theta, t, c, s;
                off = fabs(coupling) > off ? fabs(coupling) : off;
                if (fabs(coupling) <= 1e-16 * scale)
                    continue;
                theta = (row_q[q] - row_p[p]) / (2 * coupling);                         /* (5) */
                t = (theta >= 0 ? 1 : -1) / (fabs(theta) + sqrt(theta * theta + 1));
                c = 1 / sqrt(t * t + 1);
                s = t * c;
                row_p[p] -= t * coupling;
                row_q[q] += t * coupling;
                row_p[q] = 0;
                ic_p_rotate(p, a + p, n, a + q, n, c, s);
                ic_p_rotate(q - p - 1, row_p + p + 1, 1, row_p + n + q, n, c, s);
                ic_p_rotate(d - q - 1, row_p + q + 1, 1, row_q + q + 1, 1, c, s);
                ic_p_rotate(d, v + (size_t)p * n, 1, v + (size_t)q * n, 1, c, s);
            }
    }
}

/* [G] AUGMENTATIONS -----------------------------------------------------------------------------
   The thesis tries several changes of the training pairs, hoping that one of them shapes the
   space of inputs so that the descent of [V] ends at the right class.  Each is an option of
   ic_pairs_make; noise on the input, which must be new in every update, is part of training
   ([T3]).  [G1] says what a network can learn from a class code at all, and that explains much
   of what the others do. */

/* [G1] Mean targets.
   A network whose input is a code of the class draws the same curve $f$ for all $n$ curves
   $y_1, ..., y_n$ of the class.  With their mean $mu$,

       sum_{i=1}^n ||f - y_i||^2 = n ||f - mu||^2 + sum_{i=1}^n ||mu - y_i||^2               (1)

   because $f - y_i = (f - mu) + (mu - y_i)$, and the cross term $2 (f - mu)^T sum_i (mu - y_i)$
   is zero.  The last sum does not depend on $f$.  So the network can learn the class mean and
   nothing else, and one pair with the target $mu$ and the weight $n$ has exactly the gradient of
   all $n$ pairs.  With noise on the input $f$ varies, but as long as the noise does not depend
   on the sample, (1) holds for every noisy code, and the gradients agree in expectation.  So one
   row for each class does the work of the whole training set in an update. */
IC_P_FN void ic_p_group_means(int n, size_t d, const ic_real *y, const int *group, int groups,
                              double *sum, ic_real *mean, ic_real *count)
{
    size_t j;
    int k, g;
    memset(sum, 0, (size_t)groups * d * sizeof *sum);
    for (g = 0; g < groups; g++)
        count[g] = 0;
    for (k = 0; k < n; k++) {
        count[group[k]] += 1;
        for (j = 0; j < d; j++)
            sum[(size_t)group[k] * d + j] += (double)y[(size_t)k * d + j];
    }
    for (g = 0; g < groups; g++)
        for (j = 0; j < d; j++)
            mean[(size_t)g * d + j] = (ic_real)(sum[(size_t)g * d + j] / (double)count[g]);
}

/* [G2] Types.
   People write a letter in more than one way, and the mean of two ways may look like neither.
   k-means ([K]) within each class, over curves as vectors of all their numbers, finds the ways;
   each gets a code of its own.  Inverse classification then has classes times types inputs, and
   chooses the class whose types' inputs have the largest sum. */
IC_P_FN ic_status ic_p_cluster(const ic_curves *c, int k, uint64_t seed, int *group, ic_real *centre,
                               ic_real *gathered, int *member)
{
    const size_t d = (size_t)c->steps * (size_t)c->dims;
    ic_status status = IC_OK;
    int class_id, s, n;
    for (class_id = 0; status == IC_OK && class_id < c->classes; class_id++) {
        ic_kmeans_options o;
        for (s = n = 0; s < c->n; s++)
            if (c->label[s] == class_id)
                memcpy(gathered + (size_t)n++ * d, c->y + (size_t)s * d, d * sizeof *gathered);
        memset(&o, 0, sizeof o);
        o.seed = ic_random_key(seed, (uint64_t)class_id);
        status = ic_kmeans(n, (int)d, gathered, k, &o, centre + (size_t)(class_id * k) * d, member, NULL);
        for (s = n = 0; status == IC_OK && s < c->n; s++)
            if (c->label[s] == class_id)
                group[s] = class_id * k + member[n++];
    }
    return status;
}

/* [G3] Sparse data.
   The same clusters also serve to train on few pairs: a few centres of each class and nothing
   else, with plain class codes.  By (1) the network then learns the mean of the centres.  With
   one centre per class this is the class mean.  With several it differs from the class mean only
   if the clusters differ in size; by how much, see exercise 2 of [G7].  But the centres were
   found from all curves: that a few targets are enough does not mean that a few curves are. */

/* [G4] The repeller.
   The descent of [V] starts at the uniform code, in the middle between the classes.  Training
   the network to draw nothing there, a curve of zeros, is meant to give the descent a reason to
   leave the middle.  "Nothing" becomes one more answer: IC_DECIDE_REPELLER. */

/* [G5] Styles.
   A class code cannot say how a letter was written, so by (1) the network learns none of it.  A
   few more inputs can: the style of a curve $y$, its scores on the first principal components
   of the curves of its code ([P]), each divided by its standard deviation,

       s_k = phi_k^T (y - mu) / sqrt(lambda_k)                                               (2)

   Over the curves of a code every style coordinate has mean 0 and variance 1, and no two are
   correlated.  Style 0 is the mean letter; the network learns to draw the others, and an
   explanation can tell in which style a curve was written ([E7]).

   A direction along which the curves do not differ has no style: the coordinate is set to 0
   where the deviation along it is at most IC_P_FLAT times that along the first direction or, for
   the first, times the length of the mean.  Such a deviation is a rounding error, and dividing
   by it would give meaningless styles.  The coordinates after it are 0, too.

   Writes the styles of $n$ curves into columns `first`, first + 1, ... of $x$, which has `width`
   columns.  Scratch: `work` for $(styles + 2) d$ numbers, `gathered` for the curves of
   one code. */
#define IC_P_FLAT 1e-6
IC_P_FN void ic_p_styles(int n, int d, const ic_real *y, const int *group, int groups, int styles,
                         ic_real *gathered, double *work, ic_real *x, int width, int first)
{
    double *mean = work, *axis = work + d, *product = work + (styles + 1) * d;
    double scale;                        /* what deviations are compared with */
    int g, k, j, s, count;
    for (g = 0; g < groups; g++) {
        for (k = count = 0; k < n; k++)
            if (group[k] == g)
                memcpy(gathered + (size_t)count++ * (size_t)d, y + (size_t)k * (size_t)d,
                       (size_t)d * sizeof *y);
        ic_p_mean(count, d, gathered, mean);
        scale = sqrt(ic_p_dot(mean, mean, d));
        for (s = 0; s < styles; s++) {
            double *v = axis + (ptrdiff_t)s * d;
            double deviation = ic_p_pca_direction(count, d, gathered, mean, s, (uint64_t)s, v, product);
            deviation = deviation > IC_P_FLAT * scale ? deviation : 0;
            scale = deviation > 0 ? s == 0 ? deviation : scale : HUGE_VAL;
            for (k = 0; k < n; k++)
                if (group[k] == g) {
                    double score = 0;
                    for (j = 0; j < d && deviation > 0; j++)
                        score += ((double)y[(size_t)k * (size_t)d + (size_t)j] - mean[j]) * v[j];
                    x[(size_t)k * (size_t)width + (size_t)(first + s)]
                        = (ic_real)(deviation > 0 ? score / deviation : 0);
                }
        }
    }
}

/* [G6] Making the pairs.
   One block holds the results and the scratch memory.  The steps follow each other in one
   order: clusters, means, codes, styles, repellers; options that would undo each other are
   refused. */
typedef struct ic_p_making {             /* what ic_pairs_make works with; the last three are results */
    int *group, *member, *count;         /* [n], [n], [classes] */
    double *sum;                         /* [codes][d] */
    double *work;                        /* [styles + 2][d] */
    ic_real *gathered, *centre;          /* [n][d], [classes * k][d] */
    ic_real *x, *y, *weight;
} ic_p_making;

IC_P_FN void ic_p_making_layout(ic_p_making *m, ic_p_arena *arena, const ic_curves *c, int clusters,
                                int codes, int styles)
{
    const size_t d = (size_t)c->steps * (size_t)c->dims, n = (size_t)c->n;
    const size_t most = n + n / (size_t)c->classes + 1;      /* the curves, or fewer, and the repellers */
    m->x = ic_p_take_reals(arena, most, (size_t)codes + (size_t)styles);
    m->y = ic_p_take_reals(arena, most, d);
    m->weight = ic_p_take_reals(arena, most, 1);
    m->group = (int *)ic_p_take(arena, n, sizeof(int));
    m->member = (int *)ic_p_take(arena, n, sizeof(int));
    m->count = (int *)ic_p_take(arena, (size_t)c->classes, sizeof(int));
    m->sum = ic_p_take_doubles(arena, (size_t)codes, d);
    if (clusters > 0 || styles > 0)
        m->gathered = ic_p_take_reals(arena, n, d);
    if (clusters > 0)
        m->centre = ic_p_take_reals(arena, (size_t)c->classes * (size_t)clusters, d);
    if (styles > 0)
        m->work = ic_p_take_doubles(arena, (size_t)styles + 2, d);
}

/* Fills in the pairs; returns how many, or 0 with *status set. */
IC_P_FN int ic_p_making_fill(ic_p_making *m, const ic_curves *c, const ic_augment *a, int codes,
                             ic_status *status)
{
    const size_t d = (size_t)c->steps * (size_t)c->dims, width = (size_t)codes + (size_t)a->styles;
    int n = c->n, curves, k, j;          /* pairs so far; curves that they stand for */
    /* The curves, and for each the code it belongs to. */
    memcpy(m->group, c->label, (size_t)n * sizeof *m->group);
    memcpy(m->y, c->y, (size_t)n * d * sizeof *m->y);
    if (a->types > 0)
        *status = ic_p_cluster(c, a->types, a->seed, m->group, m->centre, m->gathered, m->member);
    else if (a->centres > 0) {
        *status = ic_p_cluster(c, a->centres, a->seed, m->group, m->centre, m->gathered, m->member);
        n = c->classes * a->centres;
        memcpy(m->y, m->centre, (size_t)n * d * sizeof *m->y);
        for (k = 0; k < n; k++)
            m->group[k] = k / a->centres;
    }
    if (*status != IC_OK)
        return 0;
    curves = n;
    for (k = 0; k < n; k++)
        m->weight[k] = 1;
    if (a->means) {
        ic_p_group_means(n, d, m->y, m->group, codes, m->sum, m->y, m->weight);
        for (n = codes, k = 0; k < n; k++)
            m->group[k] = k;
    }
    for (k = 0; k < n; k++)
        for (j = 0; j < codes; j++)
            m->x[(size_t)k * width + (size_t)j] = (ic_real)(j == m->group[k]);
    if (a->styles > 0)
        ic_p_styles(n, (int)d, m->y, m->group, codes, a->styles, m->gathered, m->work, m->x, (int)width, codes);
    /* The repeller: as many pairs as a class has on average.  Without means each is a pair of its own, since
       weights compare only the pairs of one update; with means, one pair carries their total weight. */
    for (k = a->means ? curves / c->classes - 1 : 0; a->repeller && k < curves / c->classes; k++) {
        for (j = 0; j < codes; j++)
            m->x[(size_t)n * width + (size_t)j] = (ic_real)(1.0 / (double)codes);
        memset(m->y + (size_t)n * d, 0, d * sizeof *m->y);
        m->weight[n++] = (ic_real)(a->means ? curves / c->classes : 1);
    }
    return n;
}

IC_P_FN ic_status ic_p_curves_ok(const ic_curves *c)
{
    int k;
    IC_P_REQUIRE(c && c->y && c->label, IC_E_ARGUMENT);
    IC_P_REQUIRE(c->n >= 1 && c->steps >= 1 && c->dims >= 1 && c->classes >= 1, IC_E_ARGUMENT);
    IC_P_REQUIRE(c->n <= IC_P_MAX_SIZE && c->classes <= IC_P_MAX_SIZE, IC_E_SIZE);
    IC_P_REQUIRE((int64_t)c->steps * c->dims <= IC_P_MAX_SIZE, IC_E_SIZE);
    IC_P_REQUIRE(ic_p_numbers(c->n, c->steps, c->dims) > 0, IC_E_SIZE);
    for (k = 0; k < c->n; k++)
        IC_P_REQUIRE(c->label[k] >= 0 && c->label[k] < c->classes, IC_E_ARGUMENT);
    IC_P_REQUIRE(ic_p_all_finite(c->y, ic_p_numbers(c->n, c->steps, c->dims)), IC_E_NOT_FINITE);
    return IC_OK;
}

IC_P_FN ic_status ic_p_augment_ok(const ic_augment *a, const ic_curves *c)
{
    const int clusters = a->types > 0 ? a->types : a->centres;
    IC_P_REQUIRE(a->types >= 0 && a->centres >= 0, IC_E_OPTION);
    IC_P_REQUIRE((a->means | a->repeller | a->classifier | 1) == 1, IC_E_OPTION);
    IC_P_REQUIRE(ic_p_within(a->styles, 0, IC_MAX_STYLES), IC_E_OPTION);
    IC_P_REQUIRE(!(a->types && a->centres), IC_E_CONFLICT);
    IC_P_REQUIRE(!(a->styles && (a->means || a->repeller || a->centres == 1)), IC_E_CONFLICT);
    IC_P_REQUIRE(!(a->classifier && (a->types || a->means || a->repeller || a->styles)), IC_E_CONFLICT);
    IC_P_DEMAND(!(a->repeller && c->classes * (int64_t)(a->types ? a->types : 1) == 1),
                "the repeller's uniform code is not that of a class", IC_E_CONFLICT);
    IC_P_REQUIRE((int64_t)c->classes * (clusters > 0 ? clusters : 1) <= IC_P_MAX_SIZE, IC_E_SIZE);
    IC_P_DEMAND(!(a->styles && !a->centres && c->n <= c->classes * (a->types ? a->types : 1)),
                "with styles, some code has two curves", IC_E_SAMPLES);
    return IC_OK;
}

/* Checks, allocates for the largest number of pairs there can be, and lets ic_p_making_fill make
   them; a classifier has its inputs and outputs swapped. */
IC_DEF ic_status ic_pairs_make(ic_pairs *pairs, const ic_curves *c, const ic_augment *augment)
{
    ic_p_arena arena = { NULL, 0, 0 };
    const ic_augment off = { 0, 0, 0, 0, 0, 0, 0 }, *a = augment ? augment : &off;
    ic_p_making m;
    ic_status status = IC_OK;
    int k, clusters, pass, codes;
    IC_ASSERT(pairs);
    memset(pairs, 0, sizeof *pairs);
    memset(&m, 0, sizeof m);
    IC_P_PASS(ic_p_arithmetic_ok(ic_p_kernels_for(IC_ISA_PLAIN)));
    IC_P_PASS(ic_p_curves_ok(c));
    IC_P_PASS(ic_p_augment_ok(a, c));
    clusters = a->types > 0 ? a->types : a->centres;
    codes = c->classes * (a->types > 0 ? a->types : 1);
    for (pass = 0; status == IC_OK && pass < 2; pass++) {
        ic_p_making_layout(&m, &arena, c, clusters, codes, a->styles);
        status = ic_p_arena_pass(&arena, &pairs->owned);
    }
    if (status != IC_OK)
        return status;
    memset(m.count, 0, (size_t)c->classes * sizeof *m.count);
    for (k = 0; k < c->n; k++)
        m.count[c->label[k]]++;
    for (k = 0; status == IC_OK && k < c->classes; k++)
        if (m.count[k] < (clusters > 0 ? clusters : 1)) {
            IC_REFUSED("each class has a curve, or as many as it shall have types or centres");
            status = IC_E_SAMPLES;
        }
    if (status == IC_OK)
        pairs->n = ic_p_making_fill(&m, c, a, codes, &status);
    pairs->input_steps = a->classifier ? c->steps : 1;
    pairs->inputs = a->classifier ? c->dims : codes + a->styles;
    pairs->output_steps = a->classifier ? 1 : c->steps;
    pairs->outputs = a->classifier ? codes : c->dims;
    pairs->x = a->classifier ? m.y : m.x;
    pairs->y = a->classifier ? m.x : m.y;
    pairs->weight = m.weight;
    if (status != IC_OK)
        ic_pairs_free(pairs);
    return status;
}

IC_DEF void ic_pairs_free(ic_pairs *pairs)
{
    if (pairs)
        ic_p_release(pairs->owned, pairs, sizeof *pairs);
}

/* [G7] Exercises.

   Exercise 1.  Train a network on all samples of a few classes, with codes of the class alone.
   What is the mean squared error at the end?

   Answer.  By (1) it is the variance within the classes, if the network has learned every mean:
   .0976 for ten built-in letters of each of three kinds, where `build/bin/answers` measures an
   error of .0976 after 3000 updates.

   Exercise 2.  A class falls into a cluster of nine curves and one of a single curve.  What
   does a network draw that is trained on the two centres?  How does it learn the class mean
   after all?

   Answer.  The mean of its two targets, $(mu_1 + mu_2) / 2$ where the class mean is
   $0.9 mu_1 + 0.1 mu_2$: it is off by $0.4 (mu_2 - mu_1)$.  The pairs would have to be weighted
   by the number of curves that a centre stands for.  With four centres for ten built-in examples
   of the letter a, the mean of the centres is .044 deviations off, and 0 with weights.

   Exercise 3.  Show that the style coordinates (2) of the curves of a code have the variance 1
   and are uncorrelated.  Are they independent?

   Answer.  The mean of $s_j s_k$ is $phi_j^T Sigma phi_k / sqrt(lambda_j lambda_k)$, and
   $Sigma phi_k = lambda_k phi_k$ by [P](2): 1 for $j = k$, and else 0, since the directions are
   orthogonal.  `build/bin/answers` prints 1, 1 and 1e-8.  They need not be independent unless
   the curves are Gaussian: if these lie along a parabola, the second coordinate is a function of
   the first. */

/* [E] EXPLAINING --------------------------------------------------------------------------------
   The descent of [V] looks for the class on its way through mixtures of classes, which the
   generator was never taught to draw.  Explaining turns the question round: each class explains
   the curve as well as it can, and the class whose explanation is the most probable wins.

   figure: explaining.svg  A built-in letter g, and what the three classes that explain it best
   make of it: even in the style, pose and pace that suit it best, a y or an s is no g.

   For that a drawing has to become a probability.  [E1] reduces curves to a few numbers, [E2]
   gives the probability of a curve around one drawing and of a class as a mixture of such
   drawings, [E3] says how a drawing changes with pose and pace, [E4] estimates how curves
   scatter, [E5] integrates over the unknown pose and pace, [E6] puts the explainer together, and
   [E7] finds out in which style, pose and pace a given curve was drawn.  Symbols:

       | y       curve, T steps of O numbers        v, N      vertex, number of vertices
       | d       numbers in a view of a curve       k         class
       | M       numbers that are kept, IC_BASIS    n         curves; n_k, n_v of class, vertex
       | mu, Phi centre and basis of a view         f_v, E_v  drawing, energy of a vertex: (9)
       | eta, xi reduced curve; what is left out    Sigma_v   covariance around it, = R R^T */

/* [E1] Views and their basis.
   The outputs of a step may be several views of the same curve, each an equal part of the $O$
   numbers: for the recogniser ([Q]) points evenly spaced in time, and points evenly spaced along
   the curve.  Each view is judged by itself, as a vector of $d$ numbers, and log-probabilities
   are added as if the views were independent.  They are not, so the sums are overconfident,
   which a temperature corrects ([Q3]); but each view is robust where the other is not.

   A view is reduced to $M$ numbers, its components along principal axes of all curves:

       eta = Phi^T (y - mu)                                                                  (1)
       xi = ||y - mu||^2 - ||eta||^2                                                         (2)

   The columns of $Phi$ are orthonormal, so $xi$ is the squared length of what they leave out.
   The reason for reducing is that covariances must be estimated: that of $d$ numbers has
   $d (d + 1) / 2$ elements, and in directions along which curves hardly differ these are mostly
   noise.  Outside the basis one variance, $omega^2$, serves for all numbers.

   $Phi$ holds the eigenvectors with the largest eigenvalues ([P2]) of

       sum_{i=1}^n (y_i - mu) (y_i - mu)^T + kappa Sigma_0                                   (3)

   where $Sigma_0$ is the covariance that is expected before any curve is seen: the error of a
   movement is smooth, so at steps $t$ and $u$ near each other the same output has nearly the
   same error (a Gaussian process with a squared exponential kernel; Rasmussen & Williams 2006),

       Sigma_0(t, u) = zeta^2 exp(-(t - u)^2 / (2 l^2))                                      (4)

   with the variance $zeta^2$ (`smooth`) and a length $l$ of some steps (`length` times $T$).  It
   counts as $kappa$ curves (`shrink`).  If there are fewer curves than axes, the remaining axes
   are therefore smooth, as far as $Sigma_0$ is larger than rounding errors there. */
#define IC_P_MAX_VIEWS 4
#define IC_P_MOST_REDUCED (IC_P_MAX_VIEWS * IC_BASIS)   /* numbers of a reduced curve */
#define IC_P_HALF (IC_BASIS / 2)
#define IC_P_SQUARE ((size_t)IC_BASIS * IC_BASIS)

IC_P_FN int ic_p_view_size(const ic_explainer *e)
{
    return e->steps * (e->outputs / e->options.views);
}
IC_P_FN size_t ic_p_curve_size(const ic_explainer *e)
{
    return (size_t)e->steps * (size_t)e->outputs;
}

/* Number i of a view of the curve y. */
IC_P_FN ic_real ic_p_viewed(const ic_explainer *e, int view, const ic_real *y, int i)
{
    const int width = e->outputs / e->options.views;
    return y[(size_t)(i / width) * (size_t)e->outputs + (size_t)(view * width + i % width)];
}

/* Sigma_0 between numbers i and j of a view: (4). */
IC_P_FN double ic_p_expected(const ic_explainer_options *o, int steps, int width, int i, int j)
{
    const double apart = (double)(i / width - j / width) / (o->length * steps);
    return i % width == j % width && apart * apart < 100
               ? o->smooth * (double)ic_exp((ic_real)(-0.5 * apart * apart))
               : 0;
}

/* $eta$ of a curve into `p`, $M$ numbers a view, and $xi$ into `outside`, a number a view: (1),
   (2).  From a difference of curves $mu$ is not subtracted.  The basis is stored with its
   components side by side, so that the inner loop runs over independent sums. */
IC_P_FN void ic_p_reduce(const ic_explainer *e, const ic_real *y, int difference, ic_real *p,
                         ic_real *outside)
{
    const int d = ic_p_view_size(e);
    int view, i, k;
    for (view = 0; view < e->options.views; view++) {
        const ic_real *b = e->basis + (size_t)view * (size_t)d * IC_BASIS,
                      *c = e->centre + (size_t)view * (size_t)d;
        ic_real *to = p + (ptrdiff_t)view * IC_BASIS;
        double square = 0;
        for (k = 0; k < IC_BASIS; k++)
            to[k] = 0;
        for (i = 0; i < d; i++, b += IC_BASIS) {
            const ic_real x = ic_p_viewed(e, view, y, i) - (difference ? 0 : c[i]);
            square += (double)x * (double)x;
            for (k = 0; k < IC_BASIS; k++)
                to[k] += x * b[k];
        }
        for (k = 0; k < IC_BASIS; k++)
            square -= (double)to[k] * (double)to[k];
        outside[view] = (ic_real)(square > 0 ? square : 0);
    }
}

/* The matrix (3) of a view, from the diagonal up, into a [d][d], and mu into `centre`: of n
   curves, or of those that are not in fold `out` ([Q3]).  x is scratch. */
IC_P_FN void ic_p_view_scatter(const ic_explainer *e, int view, int n, const ic_real *y,
                               const int *fold, int out, ic_real *centre, double *a, double *x)
{
    const int d = ic_p_view_size(e), width = e->outputs / e->options.views;
    const size_t size = ic_p_curve_size(e), ds = (size_t)d;
    int i, j, s, used = 0;
    for (s = 0; s < n; s++)
        used += !fold || fold[s] != out;
    for (i = 0; i < d; i++) {
        double sum = 0;
        for (s = 0; s < n; s++)
            if (!fold || fold[s] != out)
                sum += (double)ic_p_viewed(e, view, y + (size_t)s * size, i);
        centre[i] = (ic_real)(sum / used);
        for (j = i; j < d; j++)
            a[(size_t)i * ds + (size_t)j]
                = e->options.shrink * ic_p_expected(&e->options, e->steps, width, i, j);
    }
    for (s = 0; s < n; s++) {
        if (fold && fold[s] == out)
            continue;
        for (i = 0; i < d; i++)
            x[i] = (double)ic_p_viewed(e, view, y + (size_t)s * size, i) - (double)centre[i];
        for (i = 0; i < d; i++)
            for (j = i; j < d; j++)
                a[(size_t)i * ds + (size_t)j] += x[i] * x[j];
    }
}

/* Copies the eigenvectors (rows of `v`) with the largest eigenvalues (diagonal of `a`) to the
   columns of `basis`; if $d < M$, the other columns are zero. */
IC_P_FN void ic_p_largest_axes(int d, const double *v, double *a, ic_real *basis)
{
    const size_t ds = (size_t)d;
    int i, k;
    for (k = 0; k < IC_BASIS; k++) {
        int best = -1;
        for (i = 0; i < d; i++) {
            const double value = a[(size_t)i * ds + (size_t)i];
            if (value > -HUGE_VAL && (best < 0 || value > a[(size_t)best * ds + (size_t)best]))
                best = i;
        }
        for (i = 0; i < d; i++)
            basis[(size_t)i * IC_BASIS + (size_t)k]
                = (ic_real)(best < 0 ? 0 : v[(size_t)best * ds + (size_t)i]);
        if (best >= 0)
            a[(size_t)best * ds + (size_t)best] = -HUGE_VAL;    /* taken */
    }
}

/* mu and Phi of all views from n curves, or from those that are not in fold `out` (`fold` NULL:
   from all).  Scratch: square [2][d][d]. */
IC_P_FN void ic_p_fit_basis(const ic_explainer *e, int n, const ic_real *y, const int *fold, int out, double *square)
{
    const size_t d = (size_t)ic_p_view_size(e);
    double *a = square, *v = square + d * d;
    int view;
    for (view = 0; view < e->options.views; view++) {
        ic_p_view_scatter(e, view, n, y, fold, out, e->centre + (size_t)view * d, a, v);
        ic_p_eigen((int)d, a, v);
        ic_p_largest_axes((int)d, v, a, e->basis + (size_t)view * d * IC_BASIS);
    }
}

/* [E2] The probability of a curve.
   A vertex $v$ is a code whose drawing stands for a class, or for one of several ways to draw
   it.  Curves drawn that way scatter around the drawing, usually as a Gaussian with a covariance
   $Sigma_v$.  But now and then a curve is drawn carelessly, and is further off in everything.
   So let each curve have a precision $w$ of its own: given $w$, the reduced curve is Gaussian
   with the covariance $Sigma_v / w$, and $w$ itself follows a gamma distribution with mean 1 and
   shape $nu / 2$.  As a function of $w$ the joint density is
   $w^{(nu + M)/2 - 1} exp(-w (nu + q) / 2)$ up to a factor, and its integral over $w$ is
   Student's distribution with $nu$ degrees of freedom:

       p(eta | v) ~ det(Sigma_v)^{-1/2} (1 + q/nu)^{-(nu + M)/2}   up to a constant factor   (5)
       r = Phi^T (y - f_v)
       q = r^T Sigma_v^-1 r                                                                  (6)

   (Lange, Little & Taylor 1989).  The derivative of $-log p(eta | v)$ with respect to $q$ is
   $(nu + M) / (2 (nu + q))$, half the expectation of $w$ given the curve.  At the usual squared
   distance, $q = M$, it is 1/2, as for a Gaussian; the further off a curve is, the smaller it
   is.  Under a Gaussian a careless curve could cost the right class a factor of $exp(-100)$.

   The part outside the basis is added to $q$, and the views are added up:

       -log p(y | v) = sum_{views} [ell(q) + log det R + (d - M) log omega]                  (7)
       ell(q) = (nu + M)/2 log(1 + q/nu)
       q = ||R^-1 r||^2 + xi / omega^2                                                       (8)

   $R$ is the Cholesky factor, $Sigma_v = R R^T$: since $Sigma_v^-1 = R^-T R^-1$, (6) is the
   squared length of a whitened difference, and $log det Sigma_v = 2 log det R$.  The exponent
   counts the $M$ numbers of the basis alone.  So (7) is a score of Student's form, not a density
   of all $d$ numbers.  Counting the $d - M$ others too would give most weight to numbers of
   which only a common variance is known.  (If a view has fewer than $M$ numbers, $d$ takes the
   place of $M$ in $ell$, and the last term is 0.)

   A class is the mixture of its vertices, each with its share of the curves, and the energy of
   a vertex is the negative logarithm of its part:

       E_v = -log p(y | v) - log(n_v/n_k)                                                    (9)
       p(y | k) = sum_v exp(-E_v)              over the vertices v of class k               (10)
       p(k | y) = p(y | k) / (sum_j p(y | j))   all classes equally probable beforehand     (11)

   With Gaussians this would be a mixture of probabilistic principal component analysers
   (Tipping & Bishop 1999) that share a basis; with heavy tails it is more robust.

   figure: calibration.svg  Share of right answers against the probability stated, for letters
   bent until more than a quarter is misread; the larger a point, the more answers it stands for.
   The sums of (7) alone are overconfident, the temperature of [Q3] corrects that. */

/* $exp(x)$ in double for $x <= 0$: $x = k log 2 + u$, $|u| <= 0.35$, and the Taylor series of
   $exp(u)$, to 1e-16.  Rounding of $u$ leaves a relative error of at most 1e-13. */
IC_P_FN double ic_p_exp(double x)
{
    const double k = floor(x * 1.44269504088896341 + 0.5), r = x - k * 0.69314718055994531;
    double sum = 1;
    int j;
    if (!(x >= -700))                        /* also if it is no number */
        return 0;
    for (j = 13; j >= 1; j--)
        sum = 1 + sum * r / j;
    return ldexp(sum, (int)k);
}

/* How many covariances a mixture has, and where the one of a view begins. */
IC_P_FN size_t ic_p_covariances(const ic_explainer *e, const ic_mixture *m)
{
    return (size_t)(m->shared ? e->classes + 1 : e->vertices);
}
IC_P_FN size_t ic_p_square_at(const ic_explainer *e, const ic_mixture *m, size_t of, int view)
{
    return (of * (size_t)e->options.views + (size_t)view) * (size_t)m->axes * (size_t)m->axes;
}

/* E_v, (7) to (9), of a reduced curve. */
IC_P_FN double ic_p_energy(const ic_explainer *e, const ic_mixture *m, int v, const ic_real *p,
                           const ic_real *outside)
{
    const int views = e->options.views, axes = m->axes, d = ic_p_view_size(e);
    const double nu = e->options.freedom, exponent = 0.5 * (nu + (axes < d ? axes : d));
    const size_t of = (size_t)(m->shared ? e->label[v] : v);
    double energy = (double)m->log_det[of] - e->log_share[v];
    int view, i, j, k;
    for (view = 0; view < views; view++) {
        const ic_real *mean = m->mean + ((size_t)v * (size_t)views + (size_t)view) * IC_BASIS;
        const ic_real *w = m->whiten + ic_p_square_at(e, m, of, view), *at = p + (ptrdiff_t)view * IC_BASIS;
        ic_real z[IC_P_HALF];
        double q = m->outside ? (double)outside[view] / (double)m->outside[view] : 0;
        for (k = 0; k < axes; k += IC_P_HALF, w += IC_P_HALF) {     /* as many sums as fit in registers */
            for (i = 0; i < IC_P_HALF; i++)
                z[i] = 0;
            for (j = 0; j < axes; j++) {
                const ic_real difference = at[j] - mean[j];
                IC_P_UNROLL for (i = 0; i < IC_P_HALF; i++)
                    z[i] += w[j * axes + i] * difference;
            }
            for (i = 0; i < IC_P_HALF; i++)
                q += (double)z[i] * (double)z[i];
        }
        energy += exponent * ic_p_log(1 + q / nu);
    }
    return energy;
}

/* Of all vertices; returns the one with the least. */
IC_P_FN int ic_p_energies(const ic_explainer *e, const ic_mixture *m, const ic_real *p,
                          const ic_real *outside, double *energy)
{
    int v, best = 0;
    for (v = 0; v < e->vertices; v++) {
        energy[v] = ic_p_energy(e, m, v, p, outside);
        best = energy[v] < energy[best] ? v : best;
    }
    return best;
}

/* log(n_v / n_k). */
IC_P_FN void ic_p_shares(ic_explainer *e)
{
    int v, u;
    for (v = 0; v < e->vertices; v++) {
        double all = 0;
        for (u = 0; u < e->vertices; u++)
            all += e->label[u] == e->label[v] ? e->count[u] : 0;
        e->log_share[v] = ic_p_log(e->count[v] / all);
    }
}

/* $-theta log(exp(-a/theta) + exp(-b/theta))$: two energies become one. */
IC_P_FN double ic_p_joined(double a, double b, double temperature)
{
    return (a < b ? a : b) - temperature * ic_p_log(1 + ic_p_exp(-fabs(a - b) / temperature));
}

/* $-log p(y | k)$ of each class, (10).  The vertices of a class follow each other, but for those
   that were added ([Q7]).  In the sum over a row of them the largest term is factored out
   (log-sum-exp), so that what remains is at least 1 and cannot underflow. */
IC_P_FN void ic_p_class_energies(const ic_explainer *e, const double *energy, double *of_class)
{
    int v, c, end;
    for (c = 0; c < e->classes; c++)
        of_class[c] = DBL_MAX;                    /* so it stays without a vertex */
    for (v = 0; v < e->vertices; v = end) {
        double least = DBL_MAX, sum = 0;
        for (end = v; end < e->vertices && e->label[end] == e->label[v]; end++)
            least = energy[end] < least ? energy[end] : least;
        for (c = v; c < end; c++)
            sum += ic_p_exp(least - energy[c]);
        if (sum > 0)                              /* not if all are infinite */
            of_class[e->label[v]] = ic_p_joined(least - ic_p_log(sum), of_class[e->label[v]], 1);
    }
}

/* $p(k | y)$, (11), with the energy of every class divided by a temperature; returns the most
   probable class.  `p` may be `of_class`. */
IC_P_FN int ic_p_probabilities(int classes, const double *of_class, double temperature, double *p)
{
    double sum = 0, least;
    int c, best = 0;
    for (c = 1; c < classes; c++)
        best = of_class[c] < of_class[best] ? c : best;
    least = of_class[best];
    for (c = 0; c < classes; c++) {
        p[c] = of_class[c] < DBL_MAX ? ic_p_exp((least - of_class[c]) / temperature) : 0;
        sum += p[c];
    }
    for (c = 0; c < classes; c++)
        p[c] /= sum;
    return best;
}

/* [E3] Pose and pace.
   A letter that comes larger, slanted or turned is the same letter: with an adjustment of pose
   $G$, a matrix, the positions $u$ become

       u + G u                                                                              (12)

   So is one that is drawn faster here and slower there: with $tau$ from 0 to 1 along the curve
   and an adjustment of pace $gamma$, a drawing $f(tau)$ becomes

       f(tau + sum_{k=1}^6 gamma_k sin(pi k tau) / (pi k))                                  (13)

   The sines are zero at both ends, so a curve keeps its first and its last point.  Divided by
   $pi k$ they have the derivatives $cos(pi k tau)$: $gamma_k$ is a relative change of speed, and
   one expected variance suits all of them.  The drawing is linear in $G$ and, to first order, in
   $gamma$.  Its derivatives follow from the drawing alone, without another run of the network:

       partial f / partial G_{ij}       output i moves by $u_j$                             (14)
       partial f / partial gamma_k      f'(tau) sin(pi k tau) / (pi k)                      (15)

   The derivative $f'$ is taken by central differences. */
IC_P_FN int ic_p_tangents(const ic_explainer *e)
{
    return e->options.space * e->options.space + IC_PACE;
}

/* Output k at step t of derivative `which` of the drawing f: first those with respect to G,
   row by row, then those with respect to gamma. */
IC_P_FN ic_real ic_p_tangent(const ic_explainer *e, const ic_real *f, int which, int t, int k)
{
    const int space = e->options.space, outputs = e->outputs, last = e->steps - 1,
              within = k % (outputs / e->options.views);
    const ic_real *now = f + (ptrdiff_t)t * outputs + k;
    if (which < space * space)
        return within == which / space ? now[which % space - within] : 0;
    return (now[t < last ? outputs : 0] - now[t > 0 ? -outputs : 0])
           * e->sine[(which - space * space) * e->steps + t] * (ic_real)last
           / (ic_real)(t > 0 && t < last ? 2 : 1);
}

/* The same in the basis, M numbers a view. */
IC_P_FN void ic_p_reduce_tangent(const ic_explainer *e, const ic_real *f, int which, ic_real *p)
{
    const int d = ic_p_view_size(e), width = e->outputs / e->options.views;
    int view, i, k;
    memset(p, 0, (size_t)e->options.views * IC_BASIS * sizeof *p);
    for (view = 0; view < e->options.views; view++, p += IC_BASIS)
        for (i = 0; i < d; i++) {
            const ic_real *b = e->basis + ((size_t)view * (size_t)d + (size_t)i) * IC_BASIS;
            const ic_real x = ic_p_tangent(e, f, which, i / width, view * width + i % width);
            for (k = 0; k < IC_BASIS; k++)
                p[k] += x * b[k];
        }
}

/* sin(pi u), u >= 0: reduced to [0, 1/2] and a sign by exact steps, then the Taylor series. */
IC_P_FN double ic_p_sin_pi(double u)
{
    double x, x2, sum = 1;
    int sign = 1, k;
    u -= 2 * floor(u / 2);
    if (u >= 1)
        u -= 1, sign = -1;
    u = u > 0.5 ? 1 - u : u;
    x = 3.14159265358979324 * u;
    x2 = x * x;
    for (k = 21; k > 1; k -= 2)
        sum = 1 - sum * x2 / (k * (k - 1));
    return sign * x * sum;
}

/* sin(pi k tau) / (pi k) at all steps. */
IC_P_FN void ic_p_sines(int steps, ic_real *sine)
{
    int k, t;
    for (k = 1; k <= IC_PACE; k++)
        for (t = 0; t < steps; t++)
            sine[(k - 1) * steps + t]
                = (ic_real)(ic_p_sin_pi((double)k * t / (steps > 1 ? steps - 1 : 1))
                            / (3.14159265358979324 * k));
}

/* [E4] How curves scatter.
   $Sigma_v$ must be known for each vertex, often from a handful of curves or from one.  It is
   built in steps, each with its reason: shrinking and the uncertain drawing here, pose and pace
   and a noise of every number in [E5].

   Shrinking.  Let $r_i$ be the differences between curves and their drawings.  A Wishart prior
   on $Sigma^-1$ that is worth $kappa$ curves with the covariance $Sigma_0$ adds the term in
   $kappa$ to the log-likelihood of $n$ Gaussian differences,

       -n/2 log det Sigma - 1/2 sum_i r_i^T Sigma^-1 r_i
         - kappa/2 [log det Sigma + tr(Sigma_0 Sigma^-1)]                                   (16)

   whose derivative with respect to $Sigma^-1$ is zero at

       Sigma = (sum_i r_i r_i^T + kappa Sigma_0) / (n + kappa)                              (17)

   the maximum a posteriori estimate.  Each drawing is itself fitted to its curves, which takes
   one degree of freedom, so $n - N$ replaces $n$.  The prior is used three times, the result of
   each level taking the place of $Sigma_0$ at the next (as in Friedman 1989):

       Sigma_{all} = (sum_{all} r r^T + kappa Sigma_0) / (n - N + kappa)                    (18)
       Sigma_k = (sum_{class} r r^T + kappa Sigma_{all}) / (n_k - N_k + kappa)              (19)
       Sigma_{own} = (sum_{vertex} r r^T + kappa Sigma_k) / (n_v - 1 + kappa)               (20)

   with $N_k$ vertices in class $k$.  The covariances are estimated from plain sums, without the
   weights $w$ of [E2]; the temperature of [Q3] makes up for part of that.

   The uncertain drawing.  The drawing is close to the mean of $n_v$ curves, and this mean has an
   error with the covariance $Sigma_{own} / n_v$.  A new curve differs from the drawing by its
   own error and that of the mean, hence the factor $1 + 1/n_v$ in (27). */

/* [E5] Pose and pace, integrated out.
   Let $a$ hold the coefficients of all adjustments of [E3], $J$ the derivatives (14) and (15) in
   the basis, and $Lambda$ the diagonal matrix of expected variances.  To find the probability of
   a curve at a difference $r$ whatever the adjustment was, integrate over it:

       p(r) = integral N(r; J a, Sigma) N(a; 0, Lambda) da                                  (21)

   The exponent is $-Q(a) / 2$ with

       Q(a) = (r - J a)^T Sigma^-1 (r - J a) + a^T Lambda^-1 a                              (22)
       Q(a) = Q(b) + (a - b)^T A (a - b)                                                    (23)
       A = J^T Sigma^-1 J + Lambda^-1                                                       (24)
       b = A^-1 J^T Sigma^-1 r                                                              (25)

   since $Q$ is quadratic and its gradient is zero at $b$, the most probable adjustment.  The
   factor $exp(-(a - b)^T A (a - b) / 2)$ is a Gaussian in $a$; up to a constant its integral is
   $det(A)^{-1/2}$, so

       -log p(r) = 1/2 Q(b) + 1/2 log det A + 1/2 log det Lambda + 1/2 log det Sigma        (26)

   up to a constant.  The first term is the cost of the best adjustment; the next two compare the
   range of adjustments that the curve leaves possible with the range that was expected.
   Approximating the integrand by a Gaussian around its maximum is Laplace's method; here it is
   exact, since $J$ is constant.  But $r$ is also the sum of two independent Gaussian terms,
   $J a$ and an error, so $p(r)$ is a Gaussian with the covariance $Sigma + J Lambda J^T$, and
   (26) is its negative logarithm term by term: $Q(b) = r^T (Sigma + J Lambda J^T)^-1 r$ is the
   Woodbury identity, and $det(Sigma + J Lambda J^T) = det Sigma det Lambda det A$ the matrix
   determinant lemma.  So every pose and pace is tried, and weighed, at the price of adding
   $J Lambda J^T$ once, before any curve is seen.

   The more curves there are, the better $Sigma_{own}$ already covers the variation of pose and
   pace.  So $J Lambda J^T$ gets the weight $rho = kappa / (n - N + kappa)$, the share that
   $Sigma_0$ has kept in (18).  With one curve a class it is most of what is known, with hundreds
   it hardly matters.

   Noise.  Last, every number has an error of its own, of variance $delta^2$ (`noise`), which
   also keeps $Sigma_v$ well conditioned:

       Sigma_v = (1 + 1/n_v) Sigma_{own} + rho J Lambda J^T + delta^2 I                     (27)

   Outside the basis $omega^2$ is $delta^2$ plus the mean of $xi / (d - M)$ over the curves.

   A mixture may be coarser: one covariance for all vertices of a class, $Sigma_k$ in place of
   $Sigma_{own}$, and only the first axes of the basis, with nothing outside of them counted.
   Such mixtures serve for unfinished curves ([Q2]). */

/* Cholesky: A = R R^T, the lower triangle in place.  Returns 0 if A is not positive definite. */
IC_P_FN int ic_p_cholesky(int d, double *a, int stride)
{
    int i, j;
    for (j = 0; j < d; j++) {
        double *row = a + (ptrdiff_t)j * stride;
        const double rest = row[j] - ic_p_dot(row, row, j);
        if (!(rest > 0))
            return 0;
        row[j] = sqrt(rest);
        for (i = j + 1; i < d; i++) {
            double *below = a + (ptrdiff_t)i * stride;
            below[j] = (below[j] - ic_p_dot(below, row, j)) / row[j];
        }
    }
    return 1;
}

/* z = R^-1 z, in place: forward substitution. */
IC_P_FN void ic_p_whiten(int d, const double *l, int stride, double *z)
{
    int i;
    for (i = 0; i < d; i++) {
        const double *row = l + (ptrdiff_t)i * stride;
        z[i] = (z[i] - ic_p_dot(row, z, i)) / row[i];
    }
}

/* z = R^-T z, in place: backward substitution. */
IC_P_FN void ic_p_unwhiten(int d, const double *l, int stride, double *z)
{
    int i, k;
    for (i = d - 1; i >= 0; i--) {
        for (k = i + 1; k < d; k++)
            z[i] -= l[(ptrdiff_t)k * stride + i] * z[k];
        z[i] /= l[(ptrdiff_t)i * stride + i];
    }
}

/* a += weight x x^T, M x M. */
IC_P_FN void ic_p_scatter(double *a, const ic_real *x, double weight)
{
    int i, j;
    for (i = 0; i < IC_BASIS; i++)
        for (j = 0; j < IC_BASIS; j++)
            a[i * IC_BASIS + j] += weight * (double)x[i] * (double)x[j];
}

/* $R^-1$ of $s = R R^T$, of its first `axes` rows and columns, stored column after column, and
   $log det R$ added to `*log_det`. */
IC_P_FN ic_status ic_p_whitening(int axes, double *s, ic_real *whiten, double *log_det)
{
    double column[IC_BASIS];
    int i, j;
    if (!ic_p_cholesky(axes, s, IC_BASIS))
        return IC_E_SINGULAR;
    for (j = 0; j < axes; j++) {
        for (i = 0; i < axes; i++)
            column[i] = i == j;
        ic_p_whiten(axes, s, IC_BASIS, column);
        for (i = 0; i < axes; i++)
            whiten[j * axes + i] = (ic_real)column[i];
        *log_det += ic_p_log(s[j * IC_BASIS + j]);
    }
    return IC_OK;
}

/* What a mixture is fitted to: reduced curves, and the drawings they belong to. */
typedef struct ic_p_fit {
    int n;
    ic_real *p;             /* [n][views][IC_BASIS] */
    ic_real *outside;       /* [n][views] */
    const int *vertex;      /* [n] */
    const ic_real *drawn;   /* [vertices][t][o] */
    double *scatter;        /* [classes + 3][IC_P_SQUARE] of a view: Sigma_k, Sigma_all; two scratch */
} ic_p_fit;

/* r of (6), the difference of curve i from its drawing, in a view. */
IC_P_FN void ic_p_difference(const ic_explainer *e, const ic_mixture *m, const ic_p_fit *f, int view,
                             int i, ic_real *r)
{
    const size_t views = (size_t)e->options.views;
    const ic_real *p = f->p + ((size_t)i * views + (size_t)view) * IC_BASIS,
                  *mean = m->mean + ((size_t)f->vertex[i] * views + (size_t)view) * IC_BASIS;
    int j;
    for (j = 0; j < IC_BASIS; j++)
        r[j] = p[j] - mean[j];
}

/* s += weight J Lambda J^T of a drawing, in the basis of a view. */
IC_P_FN void ic_p_add_tangents(const ic_explainer *e, const ic_real *drawn, int view, double weight, double *s)
{
    ic_real p[IC_P_MOST_REDUCED];
    const int pose = e->options.space * e->options.space;
    int k;
    for (k = 0; k < ic_p_tangents(e); k++) {
        ic_p_reduce_tangent(e, drawn, k, p);
        ic_p_scatter(s, p + (ptrdiff_t)view * IC_BASIS,
                     weight * (k < pose ? e->options.pose : e->options.pace));
    }
}

/* a = (a + kappa b) / (freedom + kappa), freedom >= 0: (17). */
IC_P_FN void ic_p_shrink(double *a, double freedom, const double *b, double k)
{
    size_t i;
    for (i = 0; i < IC_P_SQUARE; i++)
        a[i] = (a[i] + k * b[i]) / ((freedom > 0 ? freedom : 0) + k);
}

/* a += Phi^T Sigma_0 Phi. */
IC_P_FN void ic_p_add_expected(const ic_explainer *e, int view, double *a)
{
    const int d = ic_p_view_size(e), width = e->outputs / e->options.views;
    const ic_real *basis = e->basis + (size_t)view * (size_t)d * IC_BASIS;
    int i, j, k, l;
    for (i = 0; i < d; i++)
        for (j = i % width; j < d; j += width) {
            const double expected = ic_p_expected(&e->options, e->steps, width, i, j);
            const ic_real *at_i = basis + (ptrdiff_t)i * IC_BASIS, *at_j = basis + (ptrdiff_t)j * IC_BASIS;
            for (k = 0; expected != 0 && k < IC_BASIS; k++)
                for (l = 0; l < IC_BASIS; l++)
                    a[k * IC_BASIS + l] += expected * (double)at_i[k] * (double)at_j[l];
        }
}

/* Sigma_k of all classes, (19), then Sigma_all, (18), into f->scatter. */
IC_P_FN void ic_p_fit_classes(const ic_explainer *e, const ic_mixture *m, const ic_p_fit *f, int view)
{
    double *of_all = f->scatter + (size_t)e->classes * IC_P_SQUARE, *expected = of_all + IC_P_SQUARE;
    const double kappa = e->options.shrink;
    ic_real r[IC_BASIS];
    size_t j;
    int i, v, k;
    memset(f->scatter, 0, ((size_t)e->classes + 2) * IC_P_SQUARE * sizeof *f->scatter);
    for (i = 0; i < f->n; i++) {
        ic_p_difference(e, m, f, view, i, r);
        ic_p_scatter(f->scatter + (size_t)e->label[f->vertex[i]] * IC_P_SQUARE, r, 1);
    }
    for (k = 0; k < e->classes; k++)
        for (j = 0; j < IC_P_SQUARE; j++)
            of_all[j] += f->scatter[(size_t)k * IC_P_SQUARE + j];
    ic_p_add_expected(e, view, expected);
    ic_p_shrink(of_all, f->n - e->vertices, expected, kappa);
    for (k = 0; k < e->classes; k++) {
        int freedom = 0;                         /* n_k - N_k */
        for (v = 0; v < e->vertices; v++)
            freedom += e->label[v] == k ? e->count[v] - 1 : 0;
        ic_p_shrink(f->scatter + (size_t)k * IC_P_SQUARE, freedom, of_all, kappa);
    }
}

/* The first and the last term of (27) for a vertex, from the sum of its $r r^T$ and from
   $Sigma_k$; if `sum` is NULL, $Sigma_k$ takes the place of $Sigma_{own}$. */
IC_P_FN void ic_p_vertex_covariance(const ic_explainer *e, const double *sum, double count,
                                    const double *of_class, double *s)
{
    size_t i;
    memset(s, 0, IC_P_SQUARE * sizeof *s);
    if (sum)
        memcpy(s, sum, IC_P_SQUARE * sizeof *s);
    ic_p_shrink(s, sum ? count - 1 : 0, of_class, e->options.shrink);
    for (i = 0; i < IC_P_SQUARE; i++)
        s[i] *= 1 + 1 / count;
    for (i = 0; i < IC_BASIS; i++)
        s[i * IC_BASIS + i] += e->options.noise;
}

/* Sigma_v in a view, (20) and (27), into s. */
IC_P_FN void ic_p_fit_vertex(const ic_explainer *e, const ic_mixture *m, const ic_p_fit *f, int view,
                             int v, double *sum, double *s)
{
    ic_real r[IC_BASIS];
    int i;
    memset(sum, 0, IC_P_SQUARE * sizeof *sum);
    for (i = 0; i < f->n; i++)
        if (f->vertex[i] == v) {
            ic_p_difference(e, m, f, view, i, r);
            ic_p_scatter(sum, r, 1);
        }
    ic_p_vertex_covariance(e, sum, e->count[v], f->scatter + (size_t)e->label[v] * IC_P_SQUARE, s);
    ic_p_add_tangents(e, f->drawn + (size_t)v * ic_p_curve_size(e), view, e->rest, s);
}

/* The covariance that the vertices of class $k$ share: (27) with $Sigma_k$ for $Sigma_{own}$,
   and with the means of $n_v$ and of $J Lambda J^T$ over these vertices.  If `k` is `classes`,
   that of a class added later: $Sigma_{all}$, all vertices, and $n_v = 1$. */
IC_P_FN void ic_p_fit_shared(const ic_explainer *e, const ic_p_fit *f, int view, int k, double *s)
{
    int v, vertices = 0, curves = 0;
    for (v = 0; v < e->vertices; v++)
        if (k == e->classes || e->label[v] == k) {
            vertices++;
            curves += e->count[v];
        }
    ic_p_vertex_covariance(e, NULL, k == e->classes ? 1 : (double)curves / vertices, f->scatter + (size_t)k * IC_P_SQUARE, s);
    for (v = 0; v < e->vertices; v++)
        if (k == e->classes || e->label[v] == k)
            ic_p_add_tangents(e, f->drawn + (size_t)v * ic_p_curve_size(e), view, e->rest / vertices, s);
}

/* (d - M) log omega, summed over views. */
IC_P_FN double ic_p_outside_log_det(const ic_explainer *e, const ic_mixture *m)
{
    const int rest = ic_p_view_size(e) - IC_BASIS;
    double sum = 0;
    int view;
    for (view = 0; m->outside && view < e->options.views && rest > 0; view++)
        sum += 0.5 * rest * ic_p_log((double)m->outside[view]);
    return sum;
}

/* Fits the mixture around the reduced drawings `m->mean`.  Keeps the covariances of classes,
   unless `class_scatter` is NULL: a vertex that is added later has nothing else to begin with. */
IC_P_FN ic_status ic_p_fit_mixture(ic_explainer *e, ic_mixture *m, const ic_p_fit *f,
                                   ic_real *class_scatter)
{
    const int views = e->options.views, d = ic_p_view_size(e), sets = (int)ic_p_covariances(e, m);
    double *sum = f->scatter + ((size_t)e->classes + 1) * IC_P_SQUARE, *s = sum + IC_P_SQUARE;
    int view, v, i, k;
    size_t j;
    e->rest = e->options.shrink / (f->n - e->vertices + e->options.shrink);
    for (v = 0; v < sets; v++)
        m->log_det[v] = 0;
    for (view = 0; view < views; view++) {
        double outside = 0;
        for (i = 0; i < f->n; i++)
            outside += (double)f->outside[i * views + view];
        if (m->outside)
            m->outside[view]
                = (ic_real)(e->options.noise + outside / f->n / (d > IC_BASIS ? d - IC_BASIS : 1));
        ic_p_fit_classes(e, m, f, view);
        for (k = 0; class_scatter && k <= e->classes; k++)
            for (j = 0; j < IC_P_SQUARE; j++)
                class_scatter[((size_t)k * (size_t)views + (size_t)view) * IC_P_SQUARE + j]
                    = (ic_real)f->scatter[(size_t)k * IC_P_SQUARE + j];
        for (v = 0; v < sets; v++) {
            double log_det = (double)m->log_det[v];
            if (m->shared)
                ic_p_fit_shared(e, f, view, v, s);
            else
                ic_p_fit_vertex(e, m, f, view, v, sum, s);
            IC_P_PASS(ic_p_whitening(m->axes, s, m->whiten + ic_p_square_at(e, m, (size_t)v, view), &log_det));
            m->log_det[v] = (ic_real)log_det;
        }
    }
    for (v = 0; v < sets; v++)
        m->log_det[v] += (ic_real)ic_p_outside_log_det(e, m);
    IC_P_DEMAND(ic_p_all_finite(m->log_det, (size_t)sets), "the spread of the curves is a number", IC_E_NOT_FINITE);
    return IC_OK;
}

/* [E6] The explainer.
   Preparing takes four steps: draw the vertices, fit the basis to the curves ([E1]), reduce
   curves and drawings, fit the mixture ([E4], [E5]).  After that a curve is explained by reducing
   it and computing the energies of all vertices, $M^2$ multiply-adds a view and vertex, with no
   run of the network and no allocation. */
IC_P_FN void ic_p_mixture_layout(const ic_explainer *e, ic_mixture *m, ic_p_arena *arena)
{
    const size_t views = (size_t)e->options.views, sets = ic_p_covariances(e, m);
    m->mean = ic_p_take_reals(arena, (size_t)e->vertices * views, IC_BASIS);
    m->whiten = ic_p_take_reals(arena, sets, ic_p_square_at(e, m, 1, 0));
    m->log_det = ic_p_take_reals(arena, sets, 1);
    m->outside = m->axes == IC_BASIS ? ic_p_take_reals(arena, views, 1) : NULL;
}

IC_P_FN void ic_p_explainer_layout(ic_explainer *e, ic_p_arena *arena)
{
    const size_t v = (size_t)e->vertices, views = (size_t)e->options.views,
                 size = ic_p_curve_size(e);
    e->label = (int *)ic_p_take(arena, v, sizeof(int));
    e->count = (int *)ic_p_take(arena, v, sizeof(int));
    e->log_share = ic_p_take_doubles(arena, v, 1);
    e->drawn = ic_p_take_reals(arena, v, size);
    e->slope = ic_p_take_reals(arena, v * (size_t)e->options.styles, size);
    e->centre = ic_p_take_reals(arena, 1, size);
    e->basis = ic_p_take_reals(arena, size, IC_BASIS);
    e->sine = ic_p_take_reals(arena, IC_PACE, (size_t)e->steps);
    e->class_scatter = ic_p_take_reals(arena, ((size_t)e->classes + 1) * views, IC_P_SQUARE);
    e->whole.axes = IC_BASIS;
    ic_p_mixture_layout(e, &e->whole, arena);
}

/* Memory of a fit to n curves. */
IC_P_FN void ic_p_fit_layout(const ic_explainer *e, int n, ic_p_fit *f, ic_p_arena *arena)
{
    const size_t views = (size_t)e->options.views;
    f->n = n;
    f->p = ic_p_take_reals(arena, (size_t)n * views, IC_BASIS);
    f->outside = ic_p_take_reals(arena, (size_t)n, views);
    f->scatter = ic_p_take_doubles(arena, (size_t)e->classes + 3, IC_P_SQUARE);
}

/* Reduces n curves or drawings (`outside` NULL: not wanted). */
IC_P_FN void ic_p_reduce_all(const ic_explainer *e, int n, const ic_real *y, ic_real *p,
                             ic_real *outside)
{
    const size_t views = (size_t)e->options.views;
    ic_real unused[IC_P_MAX_VIEWS] = { 0 };
    int k;
    for (k = 0; k < n; k++)
        ic_p_reduce(e, y + (size_t)k * ic_p_curve_size(e), 0, p + (size_t)k * views * IC_BASIS,
                    outside ? outside + (size_t)k * views : unused);
}

/* What the generator draws at the vertices (code NULL: at one-hot codes), and the derivatives of
   the drawings with respect to the style: differences of drawings whose styles are 1/64 apart.
   1/64 is a power of two, so that dividing by it is exact, and small beside 1, the deviation of
   a style. */
IC_P_FN ic_status ic_p_draw_vertices(ic_explainer *e, const ic_model *model, const ic_real *code,
                                     int threads)
{
    const size_t inputs = (size_t)model->config.inputs, size = ic_p_curve_size(e);
    const int each = 1 + e->options.styles;
    const size_t rows = (size_t)e->vertices * (size_t)each;
    ic_p_arena arena = { NULL, 0, 0 };
    ic_real *x = NULL, *y = NULL;
    void *owned = NULL;
    ic_status status = IC_OK;
    size_t r, i;
    int pass;
    for (pass = 0; status == IC_OK && pass < 2; pass++) {
        x = ic_p_take_reals(&arena, rows, inputs);
        y = ic_p_take_reals(&arena, rows, size);
        status = ic_p_arena_pass(&arena, &owned);
    }
    for (r = 0; status == IC_OK && r < rows; r++) {
        memset(x + r * inputs, 0, inputs * sizeof *x);
        if (code)
            memcpy(x + r * inputs, code + r / (size_t)each * inputs, inputs * sizeof *x);
        else
            x[r * inputs + r / (size_t)each] = 1;
        if (r % (size_t)each > 0)
            x[r * inputs + inputs - (size_t)e->options.styles + r % (size_t)each - 1]
                += (ic_real)(1.0 / 64);
    }
    if (status == IC_OK)
        status = ic_generate(model, (int)rows, x, y, threads);
    for (r = 0; status == IC_OK && r < rows; r++) {
        const size_t v = r / (size_t)each, s = r % (size_t)each;
        const ic_real *f = y + r * size, *rest = y + v * (size_t)each * size;
        if (s == 0)
            memcpy(e->drawn + v * size, f, size * sizeof *f);
        else
            for (i = 0; i < size; i++)
                e->slope[(v * ((size_t)each - 1) + s - 1) * size + i] = (f[i] - rest[i]) * 64;
    }
    if (owned)
        IC_FREE(owned);
    return status;
}

/* Fills in what was left zero, and refuses what is out of range. */
IC_P_FN ic_status ic_p_explainer_defaults(ic_explainer_options *o, int outputs)
{
    const double most = 1e6;
    IC_P_REQUIRE(o->views >= 0 && o->views <= IC_P_MAX_VIEWS, IC_E_OPTION);
    o->views = o->views ? o->views : 1;
    IC_P_REQUIRE(outputs % o->views == 0, IC_E_MISMATCH);
    IC_P_REQUIRE(o->space >= 0 && o->space <= IC_MAX_SPACE && o->space <= outputs / o->views,
                 IC_E_OPTION);
    if (o->space == 0)
        o->space = outputs / o->views < IC_MAX_SPACE ? outputs / o->views : IC_MAX_SPACE;
    IC_P_REQUIRE(o->styles >= 0 && o->styles <= IC_MAX_STYLES, IC_E_OPTION);
    IC_P_REQUIRE(ic_p_unset_or(o->freedom, 1e12) && ic_p_unset_or(o->shrink, most), IC_E_OPTION);
    IC_P_REQUIRE(ic_p_unset_or(o->noise, most) && ic_p_unset_or(o->smooth, most), IC_E_OPTION);
    IC_P_REQUIRE(ic_p_unset_or(o->length, most) && ic_p_unset_or(o->pose, most) && ic_p_unset_or(o->pace, most),
                 IC_E_OPTION);
    o->freedom = o->freedom > 0 ? o->freedom : 5;
    o->shrink = o->shrink > 0 ? o->shrink : 20;
    o->noise = o->noise > 0 ? o->noise : 0.02;
    o->smooth = o->smooth > 0 ? o->smooth : 0.02;
    o->length = o->length > 0 ? o->length : 0.1;
    o->pose = o->pose > 0 ? o->pose : 0.01;
    o->pace = o->pace > 0 ? o->pace : 0.01;
    return IC_OK;
}

/* Fits basis and mixture to n curves y and their vertices; the drawings are there. */
IC_P_FN ic_status ic_p_explainer_fit(ic_explainer *e, int n, const ic_real *y, const int *vertex)
{
    ic_p_arena arena = { NULL, 0, 0 };
    void *owned = NULL;
    ic_status status = IC_OK;
    ic_p_fit f;
    double *square = NULL;               /* [2][d][d] */
    const size_t d = (size_t)ic_p_view_size(e);
    int pass;
    memset(&f, 0, sizeof f);
    for (pass = 0; status == IC_OK && pass < 2; pass++) {
        ic_p_fit_layout(e, n, &f, &arena);
        square = ic_p_take_doubles(&arena, 2 * d, d);
        status = ic_p_arena_pass(&arena, &owned);
    }
    if (status == IC_OK) {
        ic_p_sines(e->steps, e->sine);
        ic_p_fit_basis(e, n, y, NULL, 0, square);
        ic_p_reduce_all(e, n, y, f.p, f.outside);
        ic_p_reduce_all(e, e->vertices, e->drawn, e->whole.mean, NULL);
        ic_p_shares(e);
        f.vertex = vertex;
        f.drawn = e->drawn;
        status = ic_p_fit_mixture(e, &e->whole, &f, e->class_scatter);
    }
    if (owned)
        IC_FREE(owned);
    return status;
}

IC_P_FN ic_status ic_p_explainer_ok(const ic_explainer *e, const ic_model *model,
                                    const ic_vertices *vertices, const ic_curves *curves, const int *vertex)
{
    const ic_config *config = &model->config;
    int c, k;
    IC_P_REQUIRE(config->head == IC_EVERY_STEP && config->link == IC_LINEAR, IC_E_MISMATCH);
    IC_P_REQUIRE(curves->steps == config->steps && curves->dims == config->outputs, IC_E_MISMATCH);
    IC_P_REQUIRE(curves->classes == vertices->classes && e->options.styles < config->inputs, IC_E_MISMATCH);
    IC_P_REQUIRE(vertices->n >= 1 && vertices->n <= IC_P_MAX_SIZE && vertices->code
                     && vertices->label,
                 IC_E_ARGUMENT);
    IC_P_REQUIRE(ic_p_all_finite(vertices->code, ic_p_numbers(vertices->n, config->inputs, 1)),
                 IC_E_NOT_FINITE);
    for (k = 0; k < vertices->n; k++)
        IC_P_REQUIRE(vertices->label[k] >= 0 && vertices->label[k] < vertices->classes, IC_E_ARGUMENT);
    for (k = 0; k < curves->n; k++)
        IC_P_REQUIRE(vertex[k] >= 0 && vertex[k] < vertices->n
                         && vertices->label[vertex[k]] == curves->label[k],
                     IC_E_ARGUMENT);
    for (c = 0; c < vertices->classes; c++) {
        for (k = 0; k < vertices->n && vertices->label[k] != c; k++)
            ;
        IC_P_DEMAND(k < vertices->n, "each class has a vertex", IC_E_SAMPLES);
    }
    return IC_OK;
}

/* Checks, allocates, counts the curves of every vertex, and takes the four steps above. */
IC_DEF ic_status ic_explainer_init(ic_explainer *e, const ic_model *model,
                                   const ic_vertices *vertices, const ic_curves *curves,
                                   const int *vertex, const ic_explainer_options *options)
{
    ic_p_arena arena = { NULL, 0, 0 };
    ic_status status = IC_OK;
    int pass, k;
    IC_ASSERT(e && model && vertices && vertex);
    memset(e, 0, sizeof *e);
    if (options)
        e->options = *options;
    IC_P_PASS(ic_p_curves_ok(curves));
    IC_P_PASS(ic_p_explainer_defaults(&e->options, model->config.outputs));
    IC_P_PASS(ic_p_explainer_ok(e, model, vertices, curves, vertex));
    e->steps = curves->steps, e->outputs = curves->dims;
    e->classes = curves->classes, e->vertices = vertices->n;
    for (pass = 0; status == IC_OK && pass < 2; pass++) {
        ic_p_explainer_layout(e, &arena);
        status = ic_p_arena_pass(&arena, &e->owned);
    }
    if (status == IC_OK) {
        memset(e->count, 0, (size_t)e->vertices * sizeof *e->count);
        for (k = 0; k < curves->n; k++)
            e->count[vertex[k]]++;
        for (k = 0; k < e->vertices; k++) {
            e->label[k] = vertices->label[k];
            if (e->count[k] == 0) {
                IC_REFUSED("each vertex has a curve");
                status = IC_E_SAMPLES;
            }
        }
    }
    if (status == IC_OK)
        status = ic_p_draw_vertices(e, model, vertices->code, 1);
    if (status == IC_OK)
        status = ic_p_explainer_fit(e, curves->n, curves->y, vertex);
    if (status != IC_OK)
        ic_explainer_free(e);
    return status;
}

IC_DEF void ic_explainer_free(ic_explainer *e)
{
    if (e)
        ic_p_release(e->owned, e, sizeof *e);
}

IC_DEF ic_status ic_explain(const ic_explainer *e, const ic_real *y, ic_explained *out)
{
    ic_real p[IC_P_MOST_REDUCED], outside[IC_P_MAX_VIEWS];
    IC_P_REQUIRE(e && e->vertices > 0 && y && out && out->energy, IC_E_ARGUMENT);
    IC_P_REQUIRE(ic_p_all_finite(y, ic_p_curve_size(e)), IC_E_NOT_FINITE);
    ic_p_reduce(e, y, 0, p, outside);
    out->vertex = ic_p_energies(e, &e->whole, p, outside, out->energy);
    out->label = e->label[out->vertex];
    out->least = out->energy[out->vertex];
    IC_P_DEMAND(out->least - out->least == 0, "the energy is a number", IC_E_NOT_FINITE);
    if (out->posterior) {
        ic_p_class_energies(e, out->energy, out->posterior);
        out->label = ic_p_probabilities(e->classes, out->posterior, 1, out->posterior);
    }
    return IC_OK;
}

/* [E7] In which style, pose and pace.
   Given a vertex and a curve at the difference $r$ from its drawing, the most probable
   coefficients $a$ of style, pose and pace minimise

       a^T Lambda^-1 a + ||r - J a||^2 / delta^2                                            (28)

   where $J$ now also holds the derivatives with respect to the style coordinates, whose expected
   variance is 1 ([G5]).  The gradient is zero at

       (J^T J / delta^2 + Lambda^-1) a = J^T r / delta^2                                    (29)

   This is (25) with one difference: what the adjustment leaves over is taken to be noise alone.
   $Sigma_v$ already contains the usual variation of style, pose and pace, and with it in the
   place of $delta^2 I$ little would be left for $a$ to explain. */
#define IC_P_MOST_ADJUSTED (IC_MAX_STYLES + IC_MAX_SPACE * IC_MAX_SPACE + IC_PACE)

/* J^T, a row for each derivative: styles, pose, pace. */
IC_P_FN void ic_p_jacobian(const ic_explainer *e, int vertex, double j[][IC_P_MOST_REDUCED])
{
    const int styles = e->options.styles, width = e->options.views * IC_BASIS;
    const size_t size = ic_p_curve_size(e);
    ic_real p[IC_P_MOST_REDUCED], outside[IC_P_MAX_VIEWS];
    int k, i;
    for (k = 0; k < styles + ic_p_tangents(e); k++) {
        if (k < styles)
            ic_p_reduce(e, e->slope + ((size_t)vertex * (size_t)styles + (size_t)k) * size, 1, p, outside);
        else
            ic_p_reduce_tangent(e, e->drawn + (size_t)vertex * size, k - styles, p);
        for (i = 0; i < width; i++)
            j[k][i] = (double)p[i];
    }
}

/* Sets up (29) and solves it by Cholesky's method. */
IC_DEF void ic_explainer_adjust(const ic_explainer *e, int vertex, const ic_real *y,
                                ic_adjustment *out)
{
    const int styles = e->options.styles, n = styles + ic_p_tangents(e), space = e->options.space;
    const int pose = styles + space * space, width = e->options.views * IC_BASIS;
    ic_real p[IC_P_MOST_REDUCED], outside[IC_P_MAX_VIEWS];
    double j[IC_P_MOST_ADJUSTED][IC_P_MOST_REDUCED], r[IC_P_MOST_REDUCED];
    double a[IC_P_MOST_ADJUSTED * IC_P_MOST_ADJUSTED], b[IC_P_MOST_ADJUSTED];
    int k, m, i;
    IC_ASSERT(vertex >= 0 && vertex < e->vertices);
    memset(out, 0, sizeof *out);
    ic_p_reduce(e, y, 0, p, outside);
    for (i = 0; i < width; i++)
        r[i] = (double)p[i] - (double)e->whole.mean[(size_t)vertex * (size_t)width + (size_t)i];
    ic_p_jacobian(e, vertex, j);
    for (k = 0; k < n; k++) {
        const double variance = k < styles ? 1 : k < pose ? e->options.pose : e->options.pace;
        for (m = 0; m <= k; m++)
            a[k * n + m]
                = ic_p_dot(j[k], j[m], width) / e->options.noise + (m == k ? 1 / variance : 0);
        b[k] = ic_p_dot(j[k], r, width) / e->options.noise;
    }
    if (ic_p_cholesky(n, a, n)) {
        ic_p_whiten(n, a, n, b);
        ic_p_unwhiten(n, a, n, b);
    } else                                  /* numbers that only a damaged file can have */
        memset(b, 0, sizeof b);
    for (k = 0; k < n; k++)
        if (k < styles)
            out->style[k] = (ic_real)b[k];
        else if (k < pose)
            out->pose[(k - styles) / space][(k - styles) % space] = (ic_real)b[k];
        else
            out->pace[k - pose] = (ic_real)b[k];
}

/* Applies pose and pace to a drawing f, view by view, into `out`: (13), then (12). */
IC_P_FN void ic_p_apply(const ic_explainer *e, const ic_real *f, const ic_adjustment *a,
                        ic_real *out)
{
    const int width = e->outputs / e->options.views, space = e->options.space, last = e->steps - 1;
    int t, k, i, j, view;
    for (t = 0; t <= last; t++) {
        double tau = t, share;
        ic_real at[IC_MAX_SPACE];
        for (k = 0; k < IC_PACE; k++)
            tau += (double)a->pace[k] * (double)e->sine[k * e->steps + t] * last;
        tau = tau > 0 ? tau < last ? tau : last : 0; /* 0 for NaN, too */
        i = (int)tau < last ? (int)tau : last > 0 ? last - 1 : 0;
        share = tau - i;
        for (view = 0; view < e->options.views; view++) {
            const ic_real *before = f + (ptrdiff_t)i * e->outputs + view * width,
                          *after = last > 0 ? before + e->outputs : before;
            ic_real *to = out + (ptrdiff_t)t * e->outputs + view * width;
            for (k = 0; k < width; k++)
                to[k] = (ic_real)((1 - share) * (double)before[k] + share * (double)after[k]);
            for (k = 0; k < space; k++)
                at[k] = to[k];
            for (j = 0; j < space; j++)
                for (k = 0; k < space; k++)
                    to[j] += a->pose[j][k] * at[k];
        }
    }
}

/* [E8] Exercises.

   Exercise 1.  Move a curve away from its drawing, to 2, 4 and 8 times the distance.  How does
   the energy grow under Student's distribution, and how under a Gaussian?

   Answer.  $q$ grows fourfold with every step.  The growth of (7) in a step approaches
   $(nu + M)/2 log 4$, which is 25.6 for $nu = 5$ and $M = 32$; a Gaussian's $q / 2$ grows
   fourfold.  For a built-in letter `build/bin/answers` prints energies that grow by 15.8, 22.3
   and 24.7, and with $nu = 10^9$ by 6.1, 24.7 and 99.6.

   Exercise 2.  Prove the two identities below (26), and check them for numbers: $Sigma = 1/2$,
   $J = 2$, $Lambda = 3/10$, $r = 1$.

   Answer.  With (24), $J Lambda J^T Sigma^-1 J = J Lambda (A - Lambda^-1) = J Lambda A - J$. So
   $(Sigma + J Lambda J^T) (Sigma^-1 - Sigma^-1 J A^-1 J^T Sigma^-1)$ is the identity matrix: all
   other terms cancel.  (22) at $b$ is $r^T Sigma^-1 r - b^T A b$, which is $r^T$ times the
   second factor times $r$.  For the determinants write
   $det(Sigma + J Lambda J^T) = det Sigma det(I + Sigma^-1 J Lambda J^T)$;
   $det(I + X Y) = det(I + Y X)$ makes the last factor $det(I + Lambda J^T Sigma^-1 J)$, which is
   $det(Lambda A)$.  The numbers: $A = 34/3$, $b = 6/17$, $Q(b) = 10/17 = 1 / 1.7$, and
   $1/2 + 4 * 3/10 = 1.7 = 1/2 * 3/10 * 34/3$.

   Exercise 3.  Enlarge the drawing of a vertex by a tenth and ask ic_explainer_adjust for its
   pose.  Is $G = 0.1 I$ found?

   Answer.  Nearly: the prior draws it towards 0.  If $J_1$, the derivative with respect to
   $G_{11}$, were orthogonal to all others, (29) would give 0.1 times
   $||J_1||^2 / (||J_1||^2 + delta^2 / Lambda_{11})$, and so for $G_{22}$.  With
   $delta^2 / Lambda_{11} = 2$ and the squared lengths 30.1 and 18.8, which `build/bin/answers`
   prints for a built-in letter a, that is .094 and .090.  It finds .088 and .086: the rest goes
   to the other adjustments, such as -.007 off the diagonal. */

/* [Q] THE RECOGNISER ----------------------------------------------------------------------------
   The chapters before this one work on curves of $T$ points that lie in one place and have one
   size.  A recogniser takes curves as a pen leaves them, and answers with a class, with
   probabilities that can be relied on, and with a warning if the curve probably belongs to none
   of the classes.  [Q1] prepares curves, [Q2] compares beginnings, [Q3] chooses what is best on
   held-out samples, [Q4] trains the generator, [Q5] answers, [Q6] is the file, and [Q7] adds
   samples and classes.  Letters are those of [E]: $k$ a class, $v$ a vertex, $E_v$ its energy,
   $M$ the number of axes of a view. */

/* [Q1] From ink to numbers.
   A curve comes with any number $n$ of points $u_1 ... u_n$, drawn at any speed, anywhere, at
   any size.  It is brought to $T$ points in each of two views.  Let

       c_i = sum_{j=2}^i ||u_j - u_{j-1}||                                                   (1)

   be the length of the path up to point $i$.  Point $t$ of the second view, $t$ from 0 to
   $T - 1$, lies where the path has the length $t c_n / (T - 1)$, between two points of the curve
   on the straight line through them: how fast the pen moved does not matter.  In the first view
   times take the place of lengths, so where the pen was fast the points are far apart.

   One person writes a letter with nearly the same rhythm every time, which only the first view
   shows; between people rhythms differ, and the second is safer.  Together they recognise better
   than either (exercise 1).

   In each view the mean of the $T$ points is moved to 0 and their mean square distance from it
   scaled to 1,

       "place" = 1/T sum_t y_t                                                               (2)
       "size" = sqrt(1/T sum_t ||y_t - "place"||^2)                                          (3)
       y_t := (y_t - "place") / "size"                                                       (4)

   Place and size of a curve are taken over its $T$ points, so they hardly depend on how many
   points a device delivers.  If size matters, all curves are divided by one number instead, the
   root mean square distance of the samples' points from the mean of their curve.  If place
   matters as well, the mean of the points of all samples replaces the mean of each curve, both
   in (4) and in that number.  If rotation does not matter, the curve is turned so that its first
   point lies on the positive $x$ axis.  With several strokes one more output tells them apart:
   it is IC_P_PEN, in units of the size of the curve, at a point where the pen is lifted, or was
   lifted since the point before, and 0 otherwise.  How long a lift lasts says nothing about the
   curve: in the first view, every lift takes the mean time between two points of a stroke.

   A gap in a curve is bridged by a straight line, and if times are given, at the right pace. */
#define IC_P_MAX_CLASSES 4096
#define IC_P_MOST_TYPES 32
#define IC_P_MOST_STEPS 128
#define IC_P_MOST_NUMBERS (IC_P_MOST_STEPS * 2 * (IC_MAX_SPACE + 1))      /* of a prepared curve */
#define IC_P_PEN ((ic_real)0.3)
#define IC_P_STROKES 64 /* most strokes where their order does not matter */

/* The points of a curve in the order in which they are compared. */
typedef struct ic_p_ink {
    const ic_curve *curve;
    int dims, strokes, timed;
    int first[IC_P_STROKES],
        last[IC_P_STROKES]; /* of each stroke, in order; last < first: backwards */
    double air;             /* what counts as the time from one stroke to the next; 0: that which it took */
    int stroke, at;         /* the walk along them: strokes == 0: plain */
} ic_p_ink;

/* How far a point lies along the direction by which strokes are put in order.  Few strokes are
   at right angles to this direction: horizontal, vertical and diagonal ones all advance along it
   one way or the other, so a little noise does not turn them round. */
IC_P_FN double ic_p_ahead(const ic_p_ink *ink, int k)
{
    double sum = 0;
    int j;
    for (j = 0; j < ink->dims; j++)
        sum = 0.4 * sum + (double)ink->curve->point[(ptrdiff_t)k * ink->dims + j];
    return sum;
}

/* Compares two points along that direction and, where they are level, by their coordinates: < 0
   if $a$ comes first, > 0 if $b$ does, 0 if they are the same. */
IC_P_FN double ic_p_order(const ic_p_ink *ink, int a, int b)
{
    double apart = ic_p_ahead(ink, a) - ic_p_ahead(ink, b);
    int j;
    for (j = 0; j < ink->dims && apart == 0; j++)
        apart = (double)ink->curve->point[(ptrdiff_t)a * ink->dims + j]
              - (double)ink->curve->point[(ptrdiff_t)b * ink->dims + j];
    return apart;
}

/* With `any_order` a stroke runs in the direction in which its points advance on the whole (so a
   closed one has a direction too), and strokes are sorted by where they start, or, if they start
   at the same point, by where they end.  With or without it, the time between strokes is
   replaced by the mean time between points of a stroke, or by 1 if all strokes are dots.  Times
   that rise between strokes alone are no times. */
IC_P_FN ic_status ic_p_ink_open(ic_p_ink *ink, const ic_curve *c, int dims, int any_order)
{
    int k, s;
    ink->curve = c;
    ink->dims = dims;
    ink->timed = c->time && c->time[c->n - 1] > c->time[0];
    ink->strokes = ink->stroke = ink->at = 0;
    ink->air = 0;
    for (k = 1, s = 0; ink->timed && k < c->n; k++)
        if (!c->begins || !c->begins[k]) {
            ink->air += (double)c->time[k] - (double)c->time[k - 1];
            s++;
        }
    ink->timed = ink->timed && (ink->air > 0 || s == 0);
    ink->air = ink->air > 0 ? ink->air / s : 1;
    if (!any_order)
        return IC_OK;
    for (k = 0; k < c->n; k++) {
        if (k == 0 || (c->begins && c->begins[k])) {
            IC_P_DEMAND(ink->strokes < IC_P_STROKES, "with any_order a curve has at most 64 strokes", IC_E_SIZE);
            ink->first[ink->strokes++] = k;
        }
        ink->last[ink->strokes - 1] = k;
    }
    for (s = 0; s < ink->strokes; s++) {
        int from = ink->first[s], to = ink->last[s], t;
        double along = 0;
        for (k = from; k <= to; k++)
            along += (k - 0.5 * (from + to)) * ic_p_ahead(ink, k);
        if (along < 0 || (along == 0 && ic_p_order(ink, to, from) < 0)) {
            from = ink->last[s];
            to = ink->first[s];
        }
        for (t = s; t > 0; t--) {
            const double apart = ic_p_order(ink, ink->first[t - 1], from);
            if (apart < 0 || (apart == 0 && ic_p_order(ink, ink->last[t - 1], to) <= 0))
                break;
            ink->first[t] = ink->first[t - 1];
            ink->last[t] = ink->last[t - 1];
        }
        ink->first[t] = from;
        ink->last[t] = to;
    }
    ink->at = ink->first[0];
    return IC_OK;
}

/* The next point, or -1; *lifted is set if the pen was lifted on the way to it. */
IC_P_FN int ic_p_ink_next(ic_p_ink *ink, int *lifted)
{
    const ic_curve *c = ink->curve;
    if (ink->strokes == 0) {
        ink->at++;
        *lifted = ink->at < c->n && c->begins && c->begins[ink->at];
        return ink->at < c->n ? ink->at : -1;
    }
    *lifted = ink->at == ink->last[ink->stroke];
    if (*lifted)
        ink->at = ++ink->stroke < ink->strokes ? ink->first[ink->stroke] : -1;
    else
        ink->at += ink->last[ink->stroke] > ink->at ? 1 : -1;
    return ink->at;
}

/* How far point $b$ is from point $a$, with the pen lifted between them or not: in time, or
   along the curve. */
IC_P_FN double ic_p_apart(const ic_p_ink *ink, int a, int b, int lifted, int along)
{
    const ic_real *p = ink->curve->point + (ptrdiff_t)a * ink->dims,
                  *q = ink->curve->point + (ptrdiff_t)b * ink->dims;
    double square = 0;
    int k;
    if (!along && (!ink->timed || (lifted && ink->air > 0)))
        return ink->air;
    if (!along)
        return fabs((double)ink->curve->time[b] - (double)ink->curve->time[a]);
    for (k = 0; k < ink->dims; k++)
        square += ((double)q[k] - (double)p[k]) * ((double)q[k] - (double)p[k]);
    return sqrt(square);
}

/* Brings the curve to T points, the dims + pen numbers of each at y + t * stride. */
IC_P_FN void ic_p_resample(ic_p_ink ink, int along, int steps, int pen, ic_real *y, int stride)
{
    ic_p_ink walk = ink;
    double total = 0, done = 0, length = 0;
    int a = ink.at, b, t = 0, k, lifted = 0, shown = 0;       /* shown: there is a step in this piece */
    for (b = a; b >= 0; a = b, total += length) {
        b = ic_p_ink_next(&walk, &lifted);
        length = b >= 0 ? ic_p_apart(&ink, a, b, lifted, along) : 0;
    }
    a = ink.at;
    b = ic_p_ink_next(&ink, &lifted);
    length = b >= 0 ? ic_p_apart(&ink, a, b, lifted, along) : 0;
    for (t = 0; t < steps; t++, y += stride) {
        const double target = total * t / (steps - 1);
        int crossed = 0;                                      /* a lift that no step was in */
        double share;
        while (b >= 0 && (done + length < target || t == steps - 1)) {        /* at last to the end, however near */
            const int next = ic_p_ink_next(&ink, &k);
            if (next < 0)
                break;
            done += length;
            crossed |= lifted && !shown;
            shown = 0;
            a = b;
            b = next;
            lifted = k;
            length = ic_p_apart(&ink, a, b, lifted, along);
        }
        share = b >= 0 && length > 0 ? (target - done) / length : 0;
        share = share > 1 || t == steps - 1 ? 1 : share;
        for (k = 0; k < ink.dims; k++) {
            const double p = (double)ink.curve->point[(ptrdiff_t)a * ink.dims + k];
            y[k] = (ic_real)(b >= 0 ? p + share * ((double)ink.curve->point[(ptrdiff_t)b * ink.dims + k] - p) : p);
        }
        if (pen)
            y[ink.dims] = b >= 0 && (lifted || crossed) ? IC_P_PEN : 0;
        shown = 1;
    }
}

/* Moves one view to 0, scales it to size 1 and, with `any_rotation`, turns it; `frame` remembers
   how.  Where place matters `origin` is moved to 0, not the centre; where size matters `unit` is
   the divisor. */
IC_P_FN void ic_p_normalise(const ic_recogniser *r, const double *origin, double unit, ic_real *y,
                            int stride, ic_frame *frame)
{
    const ic_recogniser_options *o = &r->options;
    double square = 0, before[IC_MAX_SPACE] = { 0 }, after[IC_MAX_SPACE] = { 0 };
    int t, k;
    memset(frame, 0, sizeof *frame);
    frame->turn[0] = 1;
    for (k = 0; k < r->dims && o->keep_place; k++)
        frame->place[k] = origin[k];
    for (t = 0; t < o->steps; t++)
        for (k = 0; k < r->dims; k++) {
            before[k] += (double)y[t * stride + k] * (double)y[t * stride + k] / o->steps;
            frame->place[k] += o->keep_place ? 0 : (double)y[t * stride + k] / o->steps;
        }
    for (t = 0; t < o->steps; t++)
        for (k = 0; k < r->dims; k++) {
            y[t * stride + k] = (ic_real)((double)y[t * stride + k] - frame->place[k]);
            after[k] += (double)y[t * stride + k] * (double)y[t * stride + k] / o->steps;
        }
    for (t = 0; t < o->steps; t++)
        for (k = 0; k < r->dims; k++) {          /* a constant: what is left is rounding, (2^-24)^2 = 3.6e-15 of it */
            y[t * stride + k] = after[k] > 1e-14 * before[k] ? y[t * stride + k] : 0;
            square += (double)y[t * stride + k] * (double)y[t * stride + k] / o->steps;
        }
    frame->size = o->keep_size ? unit : square > 0 ? sqrt(square) : 1;
    if (o->any_rotation) {
        const double length = sqrt((double)y[0] * (double)y[0] + (double)y[1] * (double)y[1]);
        frame->turn[0] = length > 0 ? (double)y[0] / length : 1;
        frame->turn[1] = length > 0 ? -(double)y[1] / length : 0;
    }
    for (t = 0; t < o->steps; t++) {
        ic_real *p = y + t * stride;
        for (k = 0; k < r->dims; k++)
            p[k] = (ic_real)((double)p[k] / frame->size);
        if (o->any_rotation) {
            const double x = (double)p[0];
            p[0] = (ic_real)(frame->turn[0] * x - frame->turn[1] * (double)p[1]);
            p[1] = (ic_real)(frame->turn[1] * x + frame->turn[0] * (double)p[1]);
        }
    }
}

/* Ink to $y$ `[t][o]`, all views of it, and the frame of the first. */
IC_P_FN ic_status ic_p_bring(const ic_recogniser *r, const ic_p_ink *ink, const double *origin,
                             double unit, ic_real *y, ic_frame *frame)
{
    const int width = r->dims + r->pen, views = r->explainer.options.views;
    ic_frame other;
    int view;
    for (view = 0; view < views; view++) {
        const int along = view == 1 || r->options.view == IC_VIEW_LENGTH;
        ic_p_resample(*ink, along, r->options.steps, r->pen, y + view * width, views * width);
        ic_p_normalise(r, origin, unit, y + view * width, views * width, view == 0 ? frame : &other);
    }
    IC_P_REQUIRE(ic_p_all_finite(y, ic_p_numbers(r->options.steps, views * width, 1)),
                 IC_E_NOT_FINITE);
    return IC_OK;
}

IC_P_FN ic_status ic_p_curve_ok(const ic_curve *c, int dims)
{
    int k;
    IC_P_REQUIRE(c && c->point && c->n >= 1, IC_E_ARGUMENT);
    IC_P_REQUIRE((int64_t)c->n * dims <= IC_P_MAX_SIZE, IC_E_SIZE);
    IC_P_REQUIRE(ic_p_all_finite(c->point, ic_p_numbers(c->n, dims, 1)), IC_E_NOT_FINITE);
    for (k = 0; c->time && k < c->n; k++) {
        IC_P_REQUIRE(c->time[k] - c->time[k] == 0, IC_E_NOT_FINITE);
        IC_P_REQUIRE(k == 0 || c->time[k] >= c->time[k - 1], IC_E_ARGUMENT);
    }
    return IC_OK;
}

/* A curve without the starts of its strokes, if these are of no effect. */
IC_P_FN ic_curve ic_p_seen(const ic_recogniser *r, const ic_curve *c)
{
    ic_curve seen = *c;
    if (!r->pen)
        seen.begins = NULL;
    return seen;
}

/* Turns a curve as it was drawn into y `[t][o]`. */
IC_P_FN ic_status ic_p_prepare(const ic_recogniser *r, const ic_curve *c, ic_real *y,
                               ic_frame *frame)
{
    ic_curve seen;
    ic_p_ink ink;
    IC_P_PASS(ic_p_curve_ok(c, r->dims));
    seen = ic_p_seen(r, c);
    IC_P_PASS(ic_p_ink_open(&ink, &seen, r->dims, r->options.any_order));
    return ic_p_bring(r, &ink, r->origin, r->unit, y, frame);
}

/* [Q2] Unfinished curves.
   A beginning of a curve has another centre and another size than the whole, so after (4) it
   cannot be compared with the whole.  It can be compared with beginnings.  Curves are cut at the
   fractions

       a_j = 1.2^{j-13}          j = 0 ... 13                                                (5)

   of their time (with IC_VIEW_LENGTH of their length), from .093 to 1, and each piece is
   prepared as if it were a curve.  Successive fractions have a constant ratio, since how much a
   piece differs from one that is a little longer depends on the ratio of the two lengths.  And
   if nothing is known of how long the whole will be, the logarithm of its length is uniform
   (Jeffreys 1946), so all $a_j$, which are evenly spaced in the logarithm, are equally probable.

   At each fraction a vertex is represented by the mean of the beginnings of its curves.  (The
   beginning of the mean curve is something else, since (4) is not linear.)  The energies are
   those of [E2], with fewer and smaller covariances, since every fraction needs its own:

   - a covariance for each class, not for each vertex: [E](27) with $Sigma_k$ in place of
     $Sigma_{own}$, with the mean number of curves per vertex in place of $n_v$, and with
     $J Lambda J^T$ averaged over the vertices;
   - the leading $M/2$ axes only, which hold nearly all of a short smooth curve; what is left
     out is not counted.

   A curve that is being drawn is hardly ever at one of the fractions.  So the covariances are
   estimated from beginnings that are longer or shorter than the fraction by a random factor
   between 0.9 and 1.1 (the whole is left as it is).

   Which fraction has been reached is not known, so the probabilities of all fractions are added,
   at a temperature $theta$:

       E_k = -theta log sum_j exp(-E_{kj} / theta)                                           (6)

   This $theta$ is half that of (7): a temperature corrects for counting dependent numbers as if
   they were independent ([E1]), and for beginnings half as many are counted (in general $min(M/2,
   d)$ instead of $min(M, d)$, where a view has $d$ numbers).  Where nothing could be held out the
   temperature is a precaution and stays as it is: after one sample of each of 20 built-in letters
   .94 of the names given at a probability of .9 were right, with half of it .52.  The whole is
   one of the fractions, judged in the same way.  With all $M$ axes and a covariance for each
   vertex it would win too often: its density would be more concentrated, and so higher near its
   mean.

   The first few points say even less.  Of the $n D$ numbers of $n$ points in $D$ dimensions, each
   different from the one before, preparing removes $D$ for the place, one for the size and one
   for the rotation, where these do not matter.  If $m < M/2$ numbers are left, the $M/2$ axes
   count each of them $M / (2 m)$ times, and the temperature of (7) is multiplied by this factor.
   If none is left, all classes are equally probable after the first point; a pen that goes on
   resting there says a little, for some classes may begin so, and half a number is counted.
   Trained on three drawings of each of 16 gestures by five people, the recogniser named each
   curve of five others as soon as the probability of a class exceeded .9: .90 of the names were
   right, and .64 without this rule.

   Comparing a beginning with all 14 fractions takes $14 N (M/2)^2$ multiply-adds per view,
   however many points it has.

   ic_p_cut takes the first view of a prepared curve $y$, cuts it off at `share`, and prepares
   the piece, into `out`; a share of 1 gives $y$ itself, resampled.  With `any_order` the strokes
   in $y$ are sorted, so it no longer shows which were drawn first; ic_p_beginning then cuts the
   original curve, after one of its points. */
#define IC_P_RATIO 1.2
IC_P_FN double ic_p_part(int part)
{
    double share = 1;
    for (; part < IC_PARTS - 1; part++)
        share /= IC_P_RATIO;
    return share;
}

/* Whether a point of the first view of a prepared curve begins a stroke. */
IC_P_FN int ic_p_lifted(const ic_recogniser *r, const ic_real *y) { return r->pen && y[r->dims] > IC_P_PEN / 2; }

IC_P_FN ic_status ic_p_cut(const ic_recogniser *r, const ic_real *y, double share, ic_real *out,
                           ic_frame *frame)
{
    ic_real points[IC_P_MOST_STEPS * IC_MAX_SPACE], time[IC_P_MOST_STEPS];
    unsigned char begins[IC_P_MOST_STEPS];
    const int last = r->options.steps - 1, outputs = r->explainer.outputs;
    const double end = share * last, origin[IC_MAX_SPACE] = { 0 };
    ic_curve c = { 0, NULL, NULL, NULL };
    ic_p_ink ink;
    int t, k;
    c.n = (int)end < last ? (int)end + 2 : last + 1;
    c.point = points;
    c.time = time;
    c.begins = begins;
    for (t = 0; t < c.n; t++) {
        const double at = t < c.n - 1 ? t : end, beyond = at - (int)at;
        const ic_real *before = y + (ptrdiff_t)(int)at * outputs,
                      *after = (int)at < last ? before + outputs : before;
        for (k = 0; k < r->dims; k++)
            points[t * r->dims + k]
                = (ic_real)((1 - beyond) * (double)before[k] + beyond * (double)after[k]);
        time[t] = (ic_real)at;
        begins[t] = (unsigned char)(t > 0 && ic_p_lifted(r, beyond > 0 ? after : before));
    }
    IC_P_PASS(ic_p_ink_open(&ink, &c, r->dims, 0));
    ink.air = 0;                                  /* lifts already last as long as they should */
    return ic_p_bring(r, &ink, origin, 1, out, frame);
}

/* Prepares the beginning of a curve, from the curve and from $y$, the whole curve prepared.  How
   much has been drawn is measured as in [Q1]: in time, every pause between strokes counts as the
   mean time between two points of a stroke. */
IC_P_FN ic_status ic_p_beginning(const ic_recogniser *r, const ic_curve *curve, const ic_real *y,
                                 double share, ic_real *out)
{
    const int along = r->options.view == IC_VIEW_LENGTH;
    double whole = 0, drawn = 0;
    ic_curve c = ic_p_seen(r, curve);
    const int n = c.n;
    ic_frame frame;
    ic_p_ink ink;
    int k;
    if (!r->options.any_order)
        return ic_p_cut(r, y, share, out, &frame);
    IC_P_PASS(ic_p_ink_open(&ink, &c, r->dims, 1));
    for (k = 1; k < n; k++)
        whole += ic_p_apart(&ink, k - 1, k, c.begins && c.begins[k], along);
    for (c.n = share < 1 ? 1 : n; c.n < n && drawn < share * whole; c.n++)
        drawn += ic_p_apart(&ink, c.n - 1, c.n, c.begins && c.begins[c.n], along);
    return ic_p_prepare(r, &c, out, &frame);
}

/* [Q3] What the samples decide.
   How many types a class has, how much noise to expect, the temperature, and what is unusual:
   all of it is chosen on curves that were held out.  The samples are cut into IC_P_FOLDS folds,
   by writer if writers are given, so that a curve is never judged by curves of the same writer
   (curves of a class that lies in one fold are not held out; if that is so of all classes,
   writers are ignored).  Every curve is explained by a mixture that was fitted to the other
   folds.  The vertices are found by k-means within each class ([G2]) on the reduced curves, and
   their drawings are the means, so none of this needs a network.

   Temperature.  Energies of views, and of neighbouring points, are added as if they were
   independent, so probabilities are overconfident.  Division by a temperature corrects the scale
   and leaves the order (Guo et al. 2017):

       p(k | y) = exp(-E_k / theta) / (sum_j exp(-E_j / theta))                              (7)

   with $E_k = -log p(y | k)$, [E](10).  $theta$ is the value that minimises the log loss, which
   is the mean, over the held-out curves, of

       -log p(k_i | y_i)                                                                     (8)

   with $k_i$ the class of curve $y_i$.  The curves of a class have the same weight together as
   those of any other, since to (7) all classes are equally probable beforehand.  The loss is
   proper: it is smallest, on average, when probabilities are the true ones (Good 1952).

   But if all held-out curves are classified correctly, as can happen by chance when there are
   few, (8) falls as $theta$ goes to 0, and every answer would be certain.  So, once types and
   noise are chosen, a misread curve is imagined: a wrong class has an energy lower by $g$ than
   the right one, where $g$ is the mean difference between the two lowest energies $E_k$ of a
   held-out curve.  Its loss is

       g/theta + log(1 + exp(-g/theta))

   and has half the weight of a curve of the rarest class; 1/2 is usual where a share is estimated
   (Jeffreys 1946).  With 20 curves held out this matters, with 1000 hardly.

   Types and noise. 1, 2, 4, ... types per class are tried, each with its best temperature, until
   two numbers in a row have not lowered (8).  Then larger variances $delta^2$ of the noise in
   [E](27) are tried, each three times the one before, as long as they lower (8), up to 27 times
   the usual one.  The log loss decides rather than the accuracy, since it still distinguishes
   between choices when nearly all curves are right.

   What is usual.  The energies of the best explanation of held-out curves, sorted, are kept.
   For a curve with the energy $E$ let $b$ of the $n$ kept ones be $E$ or larger.  Then

       p = (1 + b) / (1 + n)                                                                 (9)

   is a p-value: if the curve is drawn like the held-out ones, every rank among the $n + 1$ is
   equally probable, so that $p <= q$ has at most the probability $q$ (conformal prediction;
   Vovk, Gammerman & Shafer 2005).  A curve is taken for unknown if $p <= q$, $q$ being
   `false_alarm`, or if its energy is above all that were kept.  This is an approximation: types
   and noise were chosen on the same curves, unit and origin come from all curves, the final basis
   and mixture are fitted to all folds and so explain a new curve slightly better than those of
   four folds explained the fifth, and its drawings are the generator's instead of means.

   The basis.  Types and noise are chosen in a basis found from all curves.  A basis found from a
   curve, among others, holds part of its noise, which then costs little; a new curve's noise
   does not lie in it.  So for the temperature and the energies that are kept each fold is
   explained once more, in a basis found from the other folds.  With curves of three numbers a
   point, four classes and noise of up to a tenth of their size this lowers the share of new
   curves that are taken for unknown from .74, .33 and .029 to .007, .006 and .002, after 12,
   40 and 100 samples, where (9) promises at most .077, .024 and .01. */
#define IC_P_FOLDS 5
#define IC_P_MOST_HELD 1024

typedef struct ic_p_fitting {
    ic_recogniser *r;
    const ic_samples *samples;
    const ic_recogniser_options *o;
    int n, most;                /* curves; vertices, at most */
    ic_real *y;                 /* [n][t][o] */
    int *vertex, *fold;         /* [n]; fold -1: never held out */
    int folds;                  /* that hold curves, the first of IC_P_FOLDS */
    ic_p_fit all, some;         /* of all curves, of those of the other folds */
    ic_real *gathered;
    int *some_vertex, *member, *order;
    ic_explainer trial; /* vertices, drawings and mixture of a trial; geometry and basis of r's */
    ic_real *whole;                        /* [views][d][IC_BASIS + 1] basis and centre of all curves */
    double *square;                        /* [2][d][d], scratch of a basis */
    double *energy, *class_energy, *least; /* [most], [n][classes], [n] */
    double *weight;             /* [classes] of a held-out curve in the loss; 1 if classes are equally frequent */
    void *warp;                            /* scratch of ic_dtw */
} ic_p_fitting;

/* Folds: by writer, or, if no class would have curves in two of them, within each class; each as
   evenly as can be. */
IC_P_FN void ic_p_folds(ic_p_fitting *f)
{
    enum { MANY = IC_P_FOLDS };
    const ic_samples *s = f->samples;
    int k, j, c, writers = 0, seen, apart;
    ic_permutation(ic_random_key(f->o->seed, 1), 0, f->n, f->order);
    for (k = 0; s->writer && k < f->n; k++) { /* in the shuffled order, writers as they come */
        const int i = f->order[k];
        for (j = 0; j < k && s->writer[f->order[j]] != s->writer[i]; j++)
            ;
        f->fold[i] = j < k ? f->fold[f->order[j]] : writers++ % IC_P_FOLDS;
    }
    for (c = 0; c < s->classes; c++)
        f->member[c] = -1;
    for (k = apart = 0; writers >= 2 && k < f->n; k++) {       /* the fold that holds all of a class, or MANY */
        int *of_class = &f->member[s->label[k]];
        *of_class = *of_class < 0 || *of_class == f->fold[k] ? f->fold[k] : MANY;
        apart |= *of_class == MANY;
    }
    for (k = 0; apart && k < f->n; k++)                        /* a class in one fold is never held out */
        f->fold[k] = f->member[s->label[k]] == MANY ? f->fold[k] : -1;
    for (c = 0; !apart && c < s->classes; c++) {
        for (k = 0, seen = 0; k < f->n; k++)
            if (s->label[f->order[k]] == c)
                f->fold[f->order[k]] = seen++ % IC_P_FOLDS;
        for (k = 0; seen == 1 && k < f->n; k++)
            if (s->label[k] == c)
                f->fold[k] = -1;
    }
}

/* Of what is held out: how many folds there are, and the weights that make every class count the same. */
IC_P_FN void ic_p_weigh(ic_p_fitting *f)
{
    const ic_samples *s = f->samples;
    int k, c, held = 0, classes = 0, *count = f->member;
    memset(count, 0, (size_t)s->classes * sizeof *count);
    for (k = f->folds = 0; k < f->n; k++)
        if (f->fold[k] >= 0) {
            f->folds = f->fold[k] >= f->folds ? f->fold[k] + 1 : f->folds;
            classes += count[s->label[k]]++ == 0;
            held++;
        }
    for (c = 0; c < s->classes; c++)
        f->weight[c] = count[c] ? (double)held / classes / count[c] : 0;
}

/* Vertices of a trial from all curves but those of fold `out` (IC_P_FOLDS: from all): types by
   k-means in each class, at least IC_P_EACH curves a type on average.  Sets label, count and
   drawings (the means) of the trial, and vertex[k]. */
#define IC_P_EACH 4
IC_P_FN ic_status ic_p_make_vertices(ic_p_fitting *f, int types, int out)
{
    ic_explainer *e = &f->trial;
    const size_t size = ic_p_curve_size(e), width = (size_t)e->options.views * IC_BASIS;
    size_t i;
    int c, k;
    e->vertices = 0;
    for (c = 0; c < e->classes; c++) {
        ic_kmeans_options o;
        int n = 0, j = 0, here;
        for (k = 0; k < f->n; k++)
            if (f->samples->label[k] == c && f->fold[k] != out)
                memcpy(f->gathered + (size_t)n++ * width, f->all.p + (size_t)k * width,
                       width * sizeof(ic_real));
        here = n / IC_P_EACH < types ? n / IC_P_EACH : types;
        here = here < 1 ? n > 0 : here;
        memset(&o, 0, sizeof o);
        o.seed = ic_random_key(f->o->seed, 2 + (uint64_t)c);
        o.restarts = 3;
        memset(f->member, 0, (size_t)n * sizeof *f->member);
        if (here > 1)
            IC_P_PASS(ic_kmeans(n, (int)width, f->gathered, here, &o, f->trial.whole.mean,
                                f->member, NULL));
        for (k = 0; k < here; k++) {
            e->label[e->vertices + k] = c;
            e->count[e->vertices + k] = 0;
            memset(e->drawn + (size_t)(e->vertices + k) * size, 0, size * sizeof *e->drawn);
        }
        for (k = 0; k < f->n; k++)
            if (f->samples->label[k] == c && f->fold[k] != out) {
                const int v = e->vertices + f->member[j++];
                ic_real *mean = e->drawn + (size_t)v * size;
                f->vertex[k] = v;
                e->count[v]++;
                for (i = 0; i < size; i++)
                    mean[i] += (f->y[(size_t)k * size + i] - mean[i]) / (ic_real)e->count[v];
            }
        e->vertices += here;
    }
    return IC_OK;
}

/* Fits the trial's mixture to the curves outside fold `out`, and explains those in it. */
IC_P_FN ic_status ic_p_try_fold(ic_p_fitting *f, int out)
{
    ic_explainer *e = &f->trial;
    const size_t views = (size_t)e->options.views, width = views * IC_BASIS;
    int k, n = 0;
    for (k = 0; k < f->n; k++)
        if (f->fold[k] != out) {
            memcpy(f->some.p + (size_t)n * width, f->all.p + (size_t)k * width,
                   width * sizeof(ic_real));
            memcpy(f->some.outside + (size_t)n * views, f->all.outside + (size_t)k * views,
                   views * sizeof(ic_real));
            f->some_vertex[n++] = f->vertex[k];
        }
    f->some.n = n;
    f->some.vertex = f->some_vertex;
    f->some.drawn = e->drawn;
    ic_p_reduce_all(e, e->vertices, e->drawn, e->whole.mean, NULL);
    ic_p_shares(e);
    IC_P_PASS(ic_p_fit_mixture(e, &e->whole, &f->some, NULL));
    for (k = 0; k < f->n; k++)
        if (f->fold[k] == out) {
            const int best = ic_p_energies(e, &e->whole, f->all.p + (size_t)k * width,
                                           f->all.outside + (size_t)k * views, f->energy);
            f->least[k] = f->energy[best];
            ic_p_class_energies(e, f->energy, f->class_energy + (size_t)k * (size_t)e->classes);
        }
    return IC_OK;
}

/* Weighted mean of $-log p$ of the right class over held-out curves and `imaginary` misread ones,
   at a temperature; into the report how many were held out, and the share of these that is
   right. */
IC_P_FN double ic_p_held_loss(const ic_p_fitting *f, double temperature, double imaginary,
                              ic_recogniser_report *report)
{
    const int classes = f->samples->classes;
    double loss = 0, margin = 0, rarest = 0;
    int k, c, right = 0, held = 0;
    for (k = 0; k < f->n; k++)
        if (f->fold[k] >= 0) {
            const double *of_class = f->class_energy + (size_t)k * (size_t)classes,
                         mine = of_class[f->samples->label[k]], weight = f->weight[f->samples->label[k]];
            double sum = 0, least = of_class[0], next = DBL_MAX;
            int best = 0;                       /* of equals the first, as in an answer */
            for (c = 1; c < classes; c++)
                if (of_class[c] < least)
                    least = of_class[best = c];
            for (c = 0; c < classes; c++)
                next = c != best && of_class[c] < next ? of_class[c] : next;
            margin += next < DBL_MAX ? weight * (next - least) : 0;
            rarest = weight > rarest ? weight : rarest;
            for (c = 0; c < classes; c++)
                sum += of_class[c] < DBL_MAX ? ic_p_exp((least - of_class[c]) / temperature) : 0;
            loss += weight * (ic_p_log(sum) + (mine - least) / temperature);
            right += best == f->samples->label[k];
            held++;
        }
    report->held_out = held;
    report->accuracy = held ? (double)right / held : 0;
    margin /= held ? held * temperature : 1;
    imaginary *= rarest;
    return held ? (loss + imaginary * (margin + ic_p_log(1 + ic_p_exp(-margin)))) / (held + imaginary) : 0;
}

/* The temperature with the least such loss, from .5 to 97 in steps of a factor of 1.05.  The
   loss is a sum of logarithms of sums of exponentials and thus convex in the inverse of the
   temperature, so it falls up to the best one and rises beyond. */
#define IC_P_TEMPERATURES 109
IC_P_FN double ic_p_temperature(const ic_p_fitting *f, double imaginary, ic_recogniser_report *report)
{
    double t[IC_P_TEMPERATURES];
    int k, low = 0, high = IC_P_TEMPERATURES - 1;
    for (k = 1, t[0] = 0.5; k < IC_P_TEMPERATURES; k++)
        t[k] = t[k - 1] * 1.05;
    while (low < high) {
        const int middle = (low + high) / 2;
        if (ic_p_held_loss(f, t[middle + 1], imaginary, report) < ic_p_held_loss(f, t[middle], imaginary, report))
            low = middle + 1;
        else
            high = middle;
    }
    return t[low];
}

/* All folds with this many types and this noise; the loss at the best temperature. */
IC_P_FN ic_status ic_p_try(ic_p_fitting *f, int types, double noise, ic_recogniser_report *report)
{
    int out;
    f->trial.options.noise = noise;
    for (out = 0; out < f->folds; out++) {
        IC_P_PASS(ic_p_make_vertices(f, types, out));
        IC_P_PASS(ic_p_try_fold(f, out));
    }
    report->types = types;
    report->noise = noise;
    report->temperature = ic_p_temperature(f, 0, report);
    report->log_loss = ic_p_held_loss(f, report->temperature, 0, report);
    return IC_OK;
}

/* The nearest curve, the nearest by DTW and one Gaussian per class on the curves of fold `out`,
   for the report: counts how many each gets right, of the first IC_P_COMPARED held-out curves in
   the shuffled order. */
#define IC_P_COMPARED 200
IC_P_FN ic_status ic_p_compare(ic_p_fitting *f, int out, int *right, ic_recogniser_report *report)
{
    const ic_explainer *e = &f->trial;
    const size_t size = ic_p_curve_size(e);
    const int steps = e->steps, dims = f->r->dims, outputs = e->outputs,
              skip = outputs - dims - f->r->pen;
    ic_real *a = f->gathered, *b = a + (size_t)steps * (size_t)dims; /* their last views */
    int i, k, j, t, held;
    f->trial.options.freedom = 1e12;
    IC_P_PASS(ic_p_make_vertices(f, 1, out));
    IC_P_PASS(ic_p_try_fold(f, out));
    f->trial.options.freedom = f->r->explainer.options.freedom;
    for (i = held = 0; i < f->n && held < IC_P_COMPARED; i++) {
        const double *of_class;
        ic_dtw_options o;
        double nearest = DBL_MAX;
        int best = 0, warped = 0;
        k = f->order[i];
        held += f->fold[k] >= 0;
        if (f->fold[k] != out)
            continue;
        of_class = f->class_energy + (size_t)k * (size_t)e->classes;
        memset(&o, 0, sizeof o);
        o.band = steps / 8 > 0 ? steps / 8 : 1;
        o.scratch = f->warp;
        for (t = 0; t < steps; t++)
            memcpy(a + (ptrdiff_t)t * dims, f->y + (size_t)k * size + (size_t)(t * outputs + skip),
                   (size_t)dims * sizeof *a);
        for (j = 0; j < f->n; j++) {
            double square = 0, distance;
            size_t m;
            if (f->fold[j] == out)
                continue;
            for (m = 0; m < size; m++) {
                const double d
                    = (double)f->y[(size_t)k * size + m] - (double)f->y[(size_t)j * size + m];
                square += d * d;
            }
            if (square < nearest) {
                nearest = square;
                best = j;
            }
            for (t = 0; t < steps; t++)
                memcpy(b + (ptrdiff_t)t * dims, f->y + (size_t)j * size + (size_t)(t * outputs + skip),
                       (size_t)dims * sizeof *b);
            IC_P_PASS(ic_dtw(steps, a, steps, b, dims, &o, &distance));
            if (o.cutoff == 0 || distance < o.cutoff) {
                o.cutoff = distance > 0 ? distance : DBL_MIN;
                warped = j;
            }
        }
        right[0] += f->samples->label[best] == f->samples->label[k];
        right[1] += f->samples->label[warped] == f->samples->label[k];
        for (j = 1, best = 0; j < e->classes; j++)
            best = of_class[j] < of_class[best] ? j : best;
        right[2] += best == f->samples->label[k];
        report->compared++;
    }
    return IC_OK;
}

/* Energies, temperature and report of the types and the noise chosen: each fold in a basis of the
   other folds. */
IC_P_FN ic_status ic_p_judge(ic_p_fitting *f, ic_recogniser_report *report)
{
    ic_explainer *e = &f->trial;
    const size_t numbers = (size_t)e->options.views * (size_t)ic_p_view_size(e);
    double worst = -DBL_MAX;
    int out, k, right[3] = { 0, 0, 0 };
    memcpy(f->whole, e->basis, numbers * IC_BASIS * sizeof *f->whole);
    memcpy(f->whole + numbers * IC_BASIS, e->centre, numbers * sizeof *f->whole);
    e->options.noise = report->noise;
    for (out = 0; out < f->folds; out++) {
        ic_p_fit_basis(e, f->n, f->y, f->fold, out, f->square);
        ic_p_reduce_all(e, f->n, f->y, f->all.p, f->all.outside);
        IC_P_PASS(ic_p_compare(f, out, right, report));
        IC_P_PASS(ic_p_make_vertices(f, report->types, out));
        IC_P_PASS(ic_p_try_fold(f, out));
    }
    memcpy(e->basis, f->whole, numbers * IC_BASIS * sizeof *f->whole);
    memcpy(e->centre, f->whole + numbers * IC_BASIS, numbers * sizeof *f->whole);
    ic_p_reduce_all(e, f->n, f->y, f->all.p, f->all.outside);
    report->nearest = report->compared ? (double)right[0] / report->compared : 0;
    report->warped = report->compared ? (double)right[1] / report->compared : 0;
    report->gaussian = report->compared ? (double)right[2] / report->compared : 0;
    report->temperature = ic_p_temperature(f, 0.5, report);
    report->log_loss = ic_p_held_loss(f, report->temperature, 0, report);
    for (k = 0; k < f->n; k++) {
        const double mine = f->class_energy[(size_t)k * (size_t)e->classes + (size_t)f->samples->label[k]];
        if (f->fold[k] >= 0 && mine > worst) {
            worst = mine;
            report->oddest = k;
        }
    }
    return IC_OK;
}

/* [Q4] Learning to draw.
   The generator learns to draw the vertices from their codes, and from the styles of [G5] how
   curves differ from them.  What is the best it could learn?  Let the drawing of a vertex depend
   on the styles $s$ as $f + sum_j s_j g_j$.  The scores of its curves have the mean 0 and the
   variance 1 and are uncorrelated, so the sum over the curves of
   $||y_i - f - sum_j s_{ij} g_j||^2$ separates, and is smallest at

       f = 1/n_v sum_i y_i                                                                  (10)
       g_j = 1/n_v sum_i s_{ij} (y_i - f)                                                   (11)

   So the network is not trained on the curves but on these few exact targets per vertex: $f$ at
   style 0, and $f +- 1.5 g_j$ at the styles $+- 1.5$ (`IC_P_REACH`), between which most styles
   lie.  That takes a tenth of the updates that all curves would take.

   The final mixture is fitted around what the network then draws, with all curves. */
#define IC_P_REACH ((ic_real)1.5)
IC_P_FN ic_status ic_p_train_generator(ic_p_fitting *f, ic_model *model)
{
    const ic_explainer *e = &f->trial;
    const int styles = e->options.styles, vertices = e->vertices, each = 1 + 2 * styles,
              n = vertices * each;
    const size_t size = ic_p_curve_size(e), inputs = (size_t)vertices + (size_t)styles;
    ic_p_arena arena = { NULL, 0, 0 };
    ic_train_options train;
    ic_config config;
    ic_pairs pairs;
    ic_real *score = NULL, *x = NULL, *y = NULL, *weight = NULL, *gathered = NULL;
    double *work = NULL;
    void *owned = NULL;
    ic_status status = IC_OK;
    size_t i;
    int pass, k, j;
    memset(&config, 0, sizeof config);
    config.inputs = (int)inputs;
    config.outputs = e->outputs;
    config.steps = e->steps;
    config.hidden = f->o->hidden > 0 ? f->o->hidden : 64;
    config.gate = IC_SIGMOID;
    memset(&train, 0, sizeof train);
    train.seed = f->o->seed;
    train.updates = f->o->updates > 0 ? f->o->updates : 1500;
    train.batch = n < 32 ? n : 32;
    train.rate = 0.006;
    train.beta2 = 0.99;
    train.schedule = IC_DECAY;
    train.warmup = 0.02;
    train.clip = 0.5;
    train.check_every = train.updates / 4 > 0 ? train.updates / 4 : 1;
    train.threads = f->o->threads;
    train.callback = f->o->callback;
    train.user = f->o->user;
    for (pass = 0; status == IC_OK && pass < 2; pass++) {
        score = ic_p_take_reals(&arena, (size_t)f->n, (size_t)styles);
        gathered = ic_p_take_reals(&arena, (size_t)f->n, size);
        work = ic_p_take_doubles(&arena, (size_t)styles + 2, size);
        x = ic_p_take_reals(&arena, (size_t)n, inputs);
        y = ic_p_take_reals(&arena, (size_t)n, size);
        weight = ic_p_take_reals(&arena, (size_t)n, 1);
        status = ic_p_arena_pass(&arena, &owned);
    }
    if (status == IC_OK) {
        memset(x, 0, (size_t)n * inputs * sizeof *x);
        memset(y, 0, (size_t)n * size * sizeof *y);
        if (styles > 0)
            ic_p_styles(f->n, (int)size, f->y, f->vertex, vertices, styles, gathered, work, score,
                        styles, 0);
        for (k = 0; k < f->n; k++) /* the slopes, where the targets above style 0 will be */
            for (j = 0; j < styles; j++) {
                const int v = f->vertex[k];
                ic_real *slope = y + (size_t)(v * each + 1 + 2 * j) * size;
                const ic_real s = score[k * styles + j] / (ic_real)e->count[v];
                for (i = 0; i < size; i++)
                    slope[i] += s * (f->y[(size_t)k * size + i] - e->drawn[(size_t)v * size + i]);
            }
        for (k = 0; k < n; k++) {
            const int v = k / each, style = (k % each - 1) / 2,
                      below = k % each > 0 && k % each % 2 == 0;
            const ic_real *mean = e->drawn + (size_t)v * size;
            x[(size_t)k * inputs + (size_t)v] = 1;
            weight[k] = (ic_real)e->count[v];
            if (k % each == 0)
                memcpy(y + (size_t)k * size, mean, size * sizeof *y);
            else {
                x[(size_t)k * inputs + (size_t)(vertices + style)]
                    = below ? -IC_P_REACH : IC_P_REACH;
                for (i = 0; i < size; i++) {
                    ic_real *to = y + (size_t)k * size + i;
                    *to = below ? 2 * mean[i] - *(to - size) : mean[i] + IC_P_REACH * *to;
                }
            }
        }
        memset(&pairs, 0, sizeof pairs);
        pairs.n = n, pairs.input_steps = 1, pairs.inputs = (int)inputs;
        pairs.output_steps = e->steps, pairs.outputs = e->outputs;
        pairs.x = x, pairs.y = y, pairs.weight = weight;
        status = ic_model_init(model, &config, NULL);
    }
    if (status == IC_OK) {
        status = ic_train(model, &pairs, NULL, &train, NULL);
        if (status != IC_OK)
            ic_model_free(model);
    }
    if (owned)
        IC_FREE(owned);
    return status;
}

/* Sets what follows from the sizes and options and is needed before memory is allocated. */
IC_P_FN void ic_p_recogniser_follow(ic_recogniser *r)
{
    ic_explainer *e = &r->explainer;
    int k;
    e->options.views = r->options.view == IC_VIEW_BOTH ? 2 : 1;
    e->options.space = r->dims;
    e->options.styles = r->options.styles;
    e->steps = r->options.steps;
    e->outputs = e->options.views * (r->dims + r->pen);
    e->classes = r->classes;
    e->whole.axes = IC_BASIS;
    for (k = 0; k < IC_PARTS; k++) {
        r->part[k].axes = IC_P_HALF;
        r->part[k].shared = 1;
    }
}

IC_P_FN void ic_p_recogniser_layout(ic_recogniser *r, ic_p_arena *arena)
{
    int k;
    r->name = (char(*)[IC_NAME])ic_p_take(arena, (size_t)r->classes, IC_NAME);
    r->model.param = ic_p_take_reals(arena, r->model.padded, 1);
    ic_p_explainer_layout(&r->explainer, arena);
    for (k = 0; k < IC_PARTS; k++)
        ic_p_mixture_layout(&r->explainer, &r->part[k], arena);
    r->held_out = ic_p_take_reals(arena, (size_t)r->held, 1);
    r->excess = ic_p_take_reals(arena, (size_t)r->explainer.vertices, 1);
}

IC_P_FN ic_status ic_p_recogniser_allocate(ic_recogniser *r)
{
    ic_p_arena arena = { NULL, 0, 0 };
    ic_status status = IC_OK;
    int pass;
    for (pass = 0; status == IC_OK && pass < 2; pass++) {
        ic_p_recogniser_layout(r, &arena);
        status = ic_p_arena_pass(&arena, &r->owned);
    }
    return status;
}

/* The mixtures of beginnings: their means, then their covariances. */
IC_P_FN ic_status ic_p_fit_parts(ic_p_fitting *f)
{
    ic_recogniser *r = f->r;
    ic_explainer *e = &r->explainer;
    const size_t size = ic_p_curve_size(e), views = (size_t)e->options.views;
    size_t i;
    int part, k;
    for (part = 0; part < IC_PARTS; part++) {
        const double share = ic_p_part(part);
        memset(f->trial.drawn, 0, (size_t)e->vertices * size * sizeof *f->trial.drawn);
        for (k = 0; k < f->n; k++) {
            const int v = f->vertex[k];
            ic_real *mean = f->trial.drawn + (size_t)v * size;
            IC_P_PASS(ic_p_beginning(r, &f->samples->curve[k], f->y + (size_t)k * size, share, f->gathered));
            for (i = 0; i < size; i++)
                mean[i] += f->gathered[i] / (ic_real)e->count[v];
        }
        for (k = 0; k < f->n; k++) {
            const double u = ic_uniform(f->o->seed, (uint64_t)part, (uint64_t)k),
                         about = share < 1 ? share * (1 + (IC_P_RATIO - 1) * (u - 0.5)) : 1;
            IC_P_PASS(ic_p_beginning(r, &f->samples->curve[k], f->y + (size_t)k * size, about, f->gathered));
            ic_p_reduce(e, f->gathered, 0, f->all.p + (size_t)k * views * IC_BASIS,
                        f->all.outside + (size_t)k * views);
        }
        ic_p_reduce_all(e, e->vertices, f->trial.drawn, r->part[part].mean, NULL);
        f->all.vertex = f->vertex;
        f->all.drawn = f->trial.drawn;
        IC_P_PASS(ic_p_fit_mixture(e, &r->part[part], &f->all, NULL));
    }
    return IC_OK;
}

/* Shell's sort (1959): insertion over ever smaller distances. */
IC_P_FN void ic_p_sort(int n, double *x)
{
    int gap, i, j;
    for (gap = 1; gap < n / 3; gap = 3 * gap + 1)
        ;
    for (; gap > 0; gap /= 3)
        for (i = gap; i < n; i++) {
            const double value = x[i];
            for (j = i; j >= gap && x[j - gap] > value; j -= gap)
                x[j] = x[j - gap];
            x[j] = value;
        }
}

/* The name of a class, or, without one, its number. */
IC_P_FN void ic_p_set_name(char *to, const char *name, int number)
{
    int divisor;
    memset(to, 0, IC_NAME);
    if (name)
        memcpy(to, name, strlen(name));
    else
        for (divisor = 1000; divisor > 0; divisor /= 10)
            if (number >= divisor || divisor == 1)
                *to++ = (char)('0' + number / divisor % 10);
}

/* Sorts the $n$ energies of held-out curves and keeps $m$ of them, at most IC_P_MOST_HELD: the
   $k$-th is that of rank $ceil(k (n + 1) / (m + 1))$.  So (9) stays a p-value: where
   $p <= j / (m + 1)$, the energy is above that of rank
   $r = ceil((m + 1 - j) (n + 1) / (m + 1))$, with a probability of $(n + 1 - r) / (n + 1)$,
   which is at most $j / (m + 1)$.  Returns $m$. */
IC_P_FN int ic_p_held_energies(ic_p_fitting *f)
{
    int k, n = 0, kept;
    for (k = 0; k < f->n; k++)
        if (f->fold[k] >= 0)
            f->least[n++] = f->least[k];
    ic_p_sort(n, f->least);
    kept = n < IC_P_MOST_HELD ? n : IC_P_MOST_HELD;
    for (k = 0; k < kept; k++)
        f->least[k] = f->least[(int)(((int64_t)(k + 1) * (n + 1) + kept) / (kept + 1)) - 1];
    return kept;
}

/* Whether vertex v was learned from the only curve of its class, which cannot be held out. */
IC_P_FN int ic_p_alone(const ic_explainer *e, int v, int learned)
{
    int u, others = e->count[v] - 1;
    for (u = 0; u < learned && others == 0; u++)
        others = u != v && e->label[u] == e->label[v];
    return others == 0;
}

/* The energy of what vertex v draws, explained by v. */
IC_P_FN double ic_p_own_energy(const ic_explainer *e, int v)
{
    ic_real p[IC_P_MOST_REDUCED], outside[IC_P_MAX_VIEWS];
    ic_p_reduce(e, e->drawn + (size_t)v * ic_p_curve_size(e), 0, p, outside);
    return ic_p_energy(e, &e->whole, v, p, outside);
}

/* What answers are judged by: the threshold of [Q3], and the excess of [Q7](13). */
IC_P_FN void ic_p_set_limits(ic_recogniser *r)
{
    const ic_explainer *e = &r->explainer;
    const int m = (int)(r->options.false_alarm * (r->held + 1) + 1e-9);  /* .7 * 90 is 63, not a little less */
    const int learned = r->model.config.inputs - e->options.styles;
    double mean = 0, curves = 0;
    int v;
    r->threshold = r->held == 0 ? DBL_MAX : m > r->held ? -DBL_MAX
                                : (double)r->held_out[m < 2 ? r->held - 1 : r->held - m];
    for (v = 0; v < learned; v++)
        if (!ic_p_alone(e, v, learned)) {
            mean = (mean * curves + ic_p_own_energy(e, v) * e->count[v]) / (curves + e->count[v]);
            curves += e->count[v];
        }
    for (v = 0; v < e->vertices; v++) {
        const double own = v >= learned || ic_p_alone(e, v, learned) ? ic_p_own_energy(e, v) : mean;
        r->excess[v] = (ic_real)(own > mean ? own - mean : 0);
    }
}

/* Everything after the types are chosen: vertices, generator, and the recogniser itself. */
IC_P_FN ic_status ic_p_finish_fit(ic_p_fitting *f, ic_recogniser_report *report)
{
    ic_recogniser *r = f->r;
    ic_explainer *e = &r->explainer;
    const size_t size = ic_p_curve_size(e);
    ic_model model;
    ic_status status;
    double error = 0;
    size_t i;
    int k;
    report->temperature = report->held_out > 0 && r->classes > 1 ? report->temperature : 5;
    r->temperature = report->temperature;
    e->options.noise = report->noise;
    r->held = ic_p_held_energies(f);
    IC_P_PASS(ic_p_make_vertices(f, report->types, IC_P_FOLDS));
    IC_P_PASS(ic_p_train_generator(f, &model));
    e->vertices = f->trial.vertices;
    r->model = model;
    status = ic_p_recogniser_allocate(r);
    if (status == IC_OK) {
        memcpy(r->model.param, model.param, model.padded * sizeof *model.param);
        r->model.owned = NULL;
    }
    ic_model_free(&model);
    if (status != IC_OK)
        return status;
    for (k = 0; k < r->classes; k++)
        ic_p_set_name(r->name[k], f->samples->name ? f->samples->name[k] : NULL, k);
    for (k = 0; k < r->held; k++)
        r->held_out[k] = (ic_real)f->least[k];
    memcpy(e->label, f->trial.label, (size_t)e->vertices * sizeof *e->label);
    memcpy(e->count, f->trial.count, (size_t)e->vertices * sizeof *e->count);
    status = ic_p_draw_vertices(e, &r->model, NULL, f->o->threads);
    for (i = 0; i < (size_t)e->vertices * size && status == IC_OK; i++) {
        const double d = (double)e->drawn[i] - (double)f->trial.drawn[i];
        error += d * d;
    }
    report->drawing_error = error / ((double)e->vertices * (double)size);
    if (status == IC_OK)
        status = ic_p_explainer_fit(e, f->n, f->y, f->vertex);
    if (status == IC_OK)
        status = ic_p_fit_parts(f);
    if (status == IC_OK)
        ic_p_set_limits(r);
    return status;
}

/* Tries types and noise, and keeps what was tried in *report if it is the best so far. */
IC_P_FN ic_status ic_p_try_better(ic_p_fitting *f, int types, double noise,
                                  ic_recogniser_report *report, int *better)
{
    ic_recogniser_report tried = *report;
    IC_P_PASS(ic_p_try(f, types, noise, &tried));
    *better = tried.log_loss < report->log_loss;
    if (*better)
        *report = tried;
    return IC_OK;
}

/* Types are tried in powers of two, until two in a row have not helped; then more noise, three
   times as much each time.  Never less than usual: held-out curves are as clean as the others,
   and would suggest less noise than future curves have. */
IC_P_FN ic_status ic_p_choose(ic_p_fitting *f, int largest, ic_recogniser_report *report)
{
    const double usual = f->r->explainer.options.noise;
    const int given = f->o->types, most = given > 0 ? given : IC_P_MOST_TYPES;
    double noise;
    int types = given > 0 ? given : 1, worse = 0, better = 0;
    report->log_loss = DBL_MAX;
    while (worse < 2 && types <= most) {
        IC_P_PASS(ic_p_try_better(f, types, usual, report, &better));
        worse = better ? 0 : worse + 1;
        types *= 2;
        if (types > largest / IC_P_EACH)
            break;
    }
    for (better = report->held_out > 0, noise = 3 * usual; better && noise <= 30 * usual; noise *= 3)
        IC_P_PASS(ic_p_try_better(f, report->types, noise, report, &better));
    return ic_p_judge(f, report);
}

IC_P_FN ic_status ic_p_samples_ok(const ic_samples *s, int *bad)
{
    int k, c;
    IC_P_REQUIRE(s && s->curve && s->label, IC_E_ARGUMENT);
    IC_P_REQUIRE(s->n >= 1 && s->classes >= 1, IC_E_ARGUMENT);
    IC_P_REQUIRE(s->dims >= 1 && s->dims <= IC_MAX_SPACE, IC_E_ARGUMENT);
    IC_P_REQUIRE(s->n <= IC_P_MAX_SIZE && s->classes <= IC_P_MAX_CLASSES, IC_E_SIZE);
    for (k = 0; k < s->n; k++) {
        *bad = k;
        IC_P_REQUIRE(s->label[k] >= 0 && s->label[k] < s->classes, IC_E_ARGUMENT);
        IC_P_PASS(ic_p_curve_ok(&s->curve[k], s->dims));
    }
    for (c = 0; c < s->classes; c++) {
        *bad = c;
        for (k = 0; k < s->n && s->label[k] != c; k++)
            ;
        IC_P_DEMAND(k < s->n, "every class has a sample", IC_E_SAMPLES);
        *bad = -1;
        IC_P_DEMAND(!s->name || (s->name[c] && strlen(s->name[c]) < IC_NAME), "names have fewer than 32 bytes", IC_E_ARGUMENT);
    }
    return IC_OK;
}

IC_P_FN ic_status ic_p_recogniser_options_ok(const ic_recogniser_options *o, int dims)
{
    IC_P_DEMAND(o->steps == 0 || ic_p_within(o->steps, 4, IC_P_MOST_STEPS), "steps is 0 or from 4 to 128", IC_E_OPTION);
    IC_P_REQUIRE(o->view >= IC_VIEW_BOTH && o->view <= IC_VIEW_LENGTH, IC_E_OPTION);
    IC_P_REQUIRE((o->keep_place | o->keep_size | o->any_rotation | o->any_order | 1) == 1,
                 IC_E_OPTION);
    IC_P_DEMAND(!o->any_rotation || dims == 2, "any_rotation needs 2 numbers a point", IC_E_CONFLICT);
    IC_P_DEMAND(!o->keep_place || o->keep_size, "keep_place needs keep_size", IC_E_CONFLICT);
    IC_P_DEMAND(!o->any_rotation || (!o->keep_place && !o->any_order), "any_rotation goes with neither keep_place nor any_order",
                IC_E_CONFLICT);
    IC_P_DEMAND(ic_p_within(o->types, 0, IC_P_MOST_TYPES), "types is from 0 to 32", IC_E_OPTION);
    IC_P_DEMAND(ic_p_within(o->styles, -1, IC_MAX_STYLES), "styles is from -1 to IC_MAX_STYLES", IC_E_OPTION);
    IC_P_DEMAND(ic_p_within(o->hidden, 0, 1024), "hidden is from 0 to 1024", IC_E_OPTION);
    IC_P_REQUIRE(o->updates >= 0 && o->threads >= 0, IC_E_OPTION);
    IC_P_DEMAND(ic_p_within(o->false_alarm, 0, 1), "false_alarm is from 0 to 1", IC_E_OPTION);
    return IC_OK;
}

/* The shape of everything: what must be known before a curve can be prepared. */
IC_P_FN ic_status ic_p_recogniser_shape(ic_recogniser *r, const ic_samples *s,
                                        const ic_recogniser_options *o)
{
    ic_explainer *e = &r->explainer;
    double square = 0, points = 0, seen = 0;
    int k, i, j;
    memset(&r->options, 0, sizeof r->options);
    r->options.view = o->view;
    r->options.keep_place = o->keep_place, r->options.keep_size = o->keep_size;
    r->options.any_rotation = o->any_rotation, r->options.any_order = o->any_order;
    r->options.steps = o->steps ? o->steps : 32;
    r->options.styles = o->styles ? o->styles : 2;
    r->options.styles = o->styles < 0 ? 0 : r->options.styles;
    r->options.false_alarm = o->false_alarm > 0 ? o->false_alarm : 0.01;
    r->dims = s->dims;
    r->classes = s->classes;
    r->unit = 1;
    for (k = 0; k < s->n; k++)
        for (i = 1; s->curve[k].begins && i < s->curve[k].n; i++)
            r->pen |= s->curve[k].begins[i] != 0;
    /* The unit is the root mean square distance of the points from their mean, in one pass (Welford 1962): the mean of all points where place matters, else that of each curve. */
    for (k = 0; k < s->n && o->keep_size; k++, seen = o->keep_place ? seen : 0)
        for (i = 0; i < s->curve[k].n; i++, seen += 1, points += 1)
            for (j = 0; j < s->dims; j++) {
                const double x = (double)s->curve[k].point[(ptrdiff_t)i * s->dims + j],
                             d = x - r->origin[j];
                r->origin[j] += d / (seen + 1);
                square += d * (x - r->origin[j]);
            }
    if (square > 0)
        r->unit = sqrt(square / points);
    if (!o->keep_place)
        memset(r->origin, 0, sizeof r->origin);
    ic_p_recogniser_follow(r);
    return ic_p_explainer_defaults(&e->options, e->outputs);
}

IC_P_FN void ic_p_fitting_layout(ic_p_fitting *f, ic_p_arena *arena)
{
    const ic_explainer *e = &f->r->explainer;
    const size_t n = (size_t)f->n, size = ic_p_curve_size(e), d = (size_t)ic_p_view_size(e),
                 classes = (size_t)f->r->classes;
    const size_t widest
        = size > (size_t)e->options.views * IC_BASIS ? size : (size_t)e->options.views * IC_BASIS;
    f->trial = *e;
    f->trial.vertices = f->most;
    ic_p_explainer_layout(&f->trial, arena);
    ic_p_fit_layout(e, f->n, &f->all, arena);
    ic_p_fit_layout(e, f->n, &f->some, arena);
    f->whole = ic_p_take_reals(arena, (size_t)e->options.views * d, IC_BASIS + 1);
    f->square = ic_p_take_doubles(arena, 2 * d, d);
    f->y = ic_p_take_reals(arena, n, size);
    f->gathered = ic_p_take_reals(arena, n + 2, widest);
    f->vertex = (int *)ic_p_take(arena, n, sizeof(int));
    f->fold = (int *)ic_p_take(arena, n, sizeof(int));
    f->some_vertex = (int *)ic_p_take(arena, n, sizeof(int));
    f->member = (int *)ic_p_take(arena, n, sizeof(int));
    f->order = (int *)ic_p_take(arena, n, sizeof(int));
    f->energy = ic_p_take_doubles(arena, (size_t)f->most, 1);
    f->class_energy = ic_p_take_doubles(arena, n, classes);
    f->least = ic_p_take_doubles(arena, n, 1);
    f->weight = ic_p_take_doubles(arena, classes, 1);
    f->warp = ic_p_take(arena, 1, ic_dtw_bytes(e->steps, e->steps, f->r->dims));
}

IC_DEF ic_status ic_recogniser_fit(ic_recogniser *r, const ic_samples *s,
                                   const ic_recogniser_options *options,
                                   ic_recogniser_report *report)
{
    const ic_recogniser_options usual
        = { 0, 0, IC_VIEW_BOTH, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, NULL, NULL };
    ic_recogniser_report unwanted;
    ic_p_arena arena = { NULL, 0, 0 };
    ic_p_fitting f;
    ic_frame frame;
    void *owned = NULL;
    ic_status status = IC_OK;
    int pass, k, c, n, largest = 0;
    IC_ASSERT(r);
    memset(r, 0, sizeof *r);
    memset(&f, 0, sizeof f);
    memset(&unwanted, 0, sizeof unwanted);
    report = report ? report : &unwanted;
    *report = unwanted;
    options = options ? options : &usual;
    report->refused = report->oddest = -1;
    IC_P_PASS(ic_p_samples_ok(s, &report->refused));
    IC_P_PASS(ic_p_recogniser_options_ok(options, s->dims));
    IC_P_PASS(ic_p_recogniser_shape(r, s, options));
    f.r = r, f.samples = s, f.o = options, f.n = s->n;
    for (c = 0; c < s->classes; c++) {
        for (k = n = 0; k < s->n; k++)
            n += s->label[k] == c;
        largest = n > largest ? n : largest;
        n = n / IC_P_EACH < IC_P_MOST_TYPES ? n / IC_P_EACH : IC_P_MOST_TYPES;
        n = options->types > 0 && n > options->types ? options->types : n;
        f.most += n > 1 ? n : 1;
    }
    for (pass = 0; status == IC_OK && pass < 2; pass++) {
        ic_p_fitting_layout(&f, &arena);
        status = ic_p_arena_pass(&arena, &owned);
    }
    for (k = 0; status == IC_OK && k < s->n; k++) {
        status = ic_p_prepare(r, &s->curve[k], f.y + (size_t)k * ic_p_curve_size(&r->explainer),
                              &frame);
        report->refused = status == IC_OK ? -1 : k;
    }
    if (status == IC_OK) {
        ic_p_sines(f.trial.steps, f.trial.sine);
        ic_p_fit_basis(&f.trial, s->n, f.y, NULL, 0, f.square);
        ic_p_reduce_all(&f.trial, s->n, f.y, f.all.p, f.all.outside);
        ic_p_folds(&f);
        ic_p_weigh(&f);
        status = ic_p_choose(&f, largest, report);
    }
    if (status == IC_OK)
        status = ic_p_finish_fit(&f, report);
    if (owned)
        IC_FREE(owned);
    if (status != IC_OK)
        ic_recogniser_free(r);
    return status;
}

IC_DEF void ic_recogniser_free(ic_recogniser *r)
{
    if (r)
        ic_p_release(r->owned, r, sizeof *r);
}

/* [Q5] Answers.
   A whole curve is prepared, reduced and explained ([E2]); (7) gives the probabilities, (9) the
   p-value.  The points of an unfinished curve are kept in a buffer of IC_P_STREAM.  When it is
   full, every other point is dropped, and from then on only every second one is kept, then every
   fourth: an answer never costs more than for IC_P_STREAM points and the newest, which is always
   there. */
#define IC_P_STREAM 256
struct ic_p_stream {
    long seen, stride;     /* points that have come; of these one in `stride` is kept */
    long moved;            /* those that differ from the one before */
    int kept, pending;     /* of the buffer; 1: a stroke began with a point that was not kept */
    int newest;            /* where the newest point lies */
    ic_real *point, *time; /* [IC_P_STREAM + 1][dims], [IC_P_STREAM + 1] */
    unsigned char *begins;
};

IC_P_FN void ic_p_recognition_layout(ic_recognition *a, const ic_recogniser *r, ic_p_arena *arena)
{
    const size_t vertices = (size_t)r->explainer.vertices, classes = (size_t)r->classes;
    struct ic_p_stream stream;
    a->probability = ic_p_take_doubles(arena, classes, 1);
    a->order = (int *)ic_p_take(arena, classes, sizeof(int));
    a->prepared = ic_p_take_reals(arena, 1, ic_p_curve_size(&r->explainer));
    a->energies = ic_p_take_doubles(arena, vertices + 2 * classes, 1);
    a->stream = (struct ic_p_stream *)ic_p_take(arena, 1, sizeof *a->stream);
    memset(&stream, 0, sizeof stream);
    stream.point = ic_p_take_reals(arena, IC_P_STREAM + 1, (size_t)r->dims);
    stream.time = ic_p_take_reals(arena, IC_P_STREAM + 1, 1);
    stream.begins = (unsigned char *)ic_p_take(arena, IC_P_STREAM + 1, 1);
    if (arena->base)
        *a->stream = stream;
}

IC_DEF ic_status ic_recognition_init(ic_recognition *a, const ic_recogniser *r)
{
    ic_p_arena arena = { NULL, 0, 0 };
    ic_status status = IC_OK;
    int pass;
    memset(a, 0, sizeof *a);
    IC_P_REQUIRE(r && r->owned, IC_E_ARGUMENT);
    IC_P_PASS(ic_p_arithmetic_ok(ic_p_kernels_for(IC_ISA_BEST)));
    a->classes = r->classes;
    a->vertices = r->explainer.vertices;
    a->dims = r->dims;
    a->numbers = ic_p_curve_size(&r->explainer);
    for (pass = 0; status == IC_OK && pass < 2; pass++) {
        ic_p_recognition_layout(a, r, &arena);
        status = ic_p_arena_pass(&arena, &a->owned);
    }
    if (status == IC_OK)
        ic_recognise_begin(a);
    return status;
}

IC_DEF void ic_recognition_free(ic_recognition *a)
{
    if (a)
        ic_p_release(a->owned, a, sizeof *a);
}

/* From energies of classes to probabilities and their order. */
IC_P_FN void ic_p_answer(const ic_recogniser *r, ic_recognition *a, const double *of_class,
                         double temperature)
{
    int k, j;
    ic_p_probabilities(r->classes, of_class, temperature, a->probability);
    for (k = 0; k < r->classes; k++) { /* insertion, by falling probability */
        for (j = k; j > 0 && a->probability[a->order[j - 1]] < a->probability[k]; j--)
            a->order[j] = a->order[j - 1];
        a->order[j] = k;
    }
    a->label = a->order[0];
}

IC_P_FN ic_status ic_p_recognition_ok(const ic_recogniser *r, const ic_recognition *a)
{
    IC_P_REQUIRE(r && r->owned && a && a->owned, IC_E_ARGUMENT);
    IC_P_REQUIRE(a->classes == r->classes && a->vertices == r->explainer.vertices
                     && a->dims == r->dims && a->numbers == ic_p_curve_size(&r->explainer),
                 IC_E_MISMATCH);
    return IC_OK;
}

/* All classes alike. */
IC_P_FN void ic_p_no_answer(ic_recognition *a)
{
    int c;
    a->done = a->p_value = a->energy = 0;
    a->label = a->known = a->vertex = 0;
    for (c = 0; c < a->classes; c++) {
        a->probability[c] = 1.0 / a->classes;
        a->order[c] = c;
    }
}

IC_DEF ic_status ic_recognise(const ic_recogniser *r, const ic_curve *curve, ic_recognition *a)
{
    const ic_explainer *e;
    ic_real p[IC_P_MOST_REDUCED], outside[IC_P_MAX_VIEWS];
    double *of_class, judged = DBL_MAX;
    int low = 0, high, v;
    IC_P_PASS(ic_p_recognition_ok(r, a));
    e = &r->explainer;
    high = r->held;
    ic_recognise_begin(a);
    IC_P_PASS(ic_p_prepare(r, curve, a->prepared, &a->frame));
    of_class = a->energies + e->vertices;
    ic_p_reduce(e, a->prepared, 0, p, outside);
    a->vertex = ic_p_energies(e, &e->whole, p, outside, a->energies);
    a->energy = a->energies[a->vertex];
    IC_P_DEMAND(a->energy - a->energy == 0, "the energy is a number", IC_E_NOT_FINITE);
    ic_p_class_energies(e, a->energies, of_class);
    ic_p_answer(r, a, of_class, r->temperature);
    for (v = 0; v < e->vertices; v++)
        if (a->energies[v] - (double)r->excess[v] < judged)
            judged = a->energies[v] - (double)r->excess[v];
    while (low < high) { /* how many held-out energies are lower */
        const int middle = (low + high) / 2;
        if ((double)r->held_out[middle] < judged)
            low = middle + 1;
        else
            high = middle;
    }
    a->p_value = (1.0 + r->held - low) / (1.0 + r->held);
    a->known = judged <= r->threshold;
    a->done = 1;
    return IC_OK;
}

IC_DEF void ic_recognise_begin(ic_recognition *a)
{
    IC_ASSERT(a && a->owned);
    ic_p_no_answer(a);
    a->stream->seen = a->stream->moved = 0;
    a->stream->stride = 1;
    a->stream->kept = a->stream->pending = 0;
}

/* Appends a point to those in the buffer.  If it is to be kept and the buffer is full, drops
   every other point first.  Returns their number, including the new point. */
IC_P_FN int ic_p_stream_put(struct ic_p_stream *s, int dims, const ic_real *point, int begins)
{
    int k;
    s->moved += s->seen == 0
                || memcmp(s->point + (ptrdiff_t)s->newest * dims, point, (size_t)dims * sizeof *point) != 0;
    if (s->kept == IC_P_STREAM && s->seen % s->stride == 0) {
        for (k = 1; k < IC_P_STREAM / 2; k++) {         /* the first stays where it is */
            memcpy(s->point + (ptrdiff_t)k * dims, s->point + (ptrdiff_t)2 * k * dims,
                   (size_t)dims * sizeof *s->point);
            s->time[k] = s->time[2 * k];
            s->begins[k] = (unsigned char)(s->begins[2 * k] | s->begins[2 * k - 1]);
        }
        s->pending |= s->begins[IC_P_STREAM - 1];
        s->kept = IC_P_STREAM / 2;
        s->stride *= 2;
    }
    s->pending |= begins != 0;
    memcpy(s->point + (ptrdiff_t)s->kept * dims, point, (size_t)dims * sizeof *point);
    s->time[s->kept] = (ic_real)s->seen;
    s->begins[s->kept] = (unsigned char)(s->kept > 0 && s->pending);
    s->newest = s->kept;
    if (s->seen++ % s->stride == 0) {
        s->kept++;
        s->pending = 0;
    }
    return s->newest + 1;
}

IC_DEF ic_status ic_recognise_point(const ic_recogniser *r, const ic_real *point, int begins,
                                    ic_recognition *a)
{
    const ic_explainer *e;
    ic_real p[IC_P_MOST_REDUCED], outside[IC_P_MAX_VIEWS];
    double *of_class, *of_part, temperature, numbers, counted, done = 0;
    ic_curve curve = { 0, NULL, NULL, NULL };
    int part, c;
    IC_P_PASS(ic_p_recognition_ok(r, a));
    e = &r->explainer;
    IC_P_REQUIRE(point, IC_E_ARGUMENT);
    IC_P_REQUIRE(ic_p_all_finite(point, (size_t)r->dims), IC_E_NOT_FINITE);
    ic_p_no_answer(a);
    curve.n = ic_p_stream_put(a->stream, r->dims, point, begins);
    curve.point = a->stream->point, curve.time = a->stream->time, curve.begins = a->stream->begins;
    IC_P_PASS(ic_p_prepare(r, &curve, a->prepared, &a->frame));
    ic_p_reduce(e, a->prepared, 0, p, outside);
    of_class = a->energies + e->vertices;
    of_part = of_class + r->classes;
    counted = ic_p_view_size(e) < IC_P_HALF ? ic_p_view_size(e) : IC_P_HALF;
    temperature = r->temperature;
    if (r->held > 0)
        temperature *= counted / (ic_p_view_size(e) < IC_BASIS ? ic_p_view_size(e) : IC_BASIS);
    for (part = 0; part < IC_PARTS; part++) {
        const int best = ic_p_energies(e, &r->part[part], p, outside, a->energies);
        if (part == 0 || a->energies[best] < a->energy) {
            a->energy = a->energies[best];
            a->vertex = best;
            done = ic_p_part(part);
        }
        ic_p_class_energies(e, a->energies, part ? of_part : of_class);
        for (c = 0; part > 0 && c < r->classes; c++)
            of_class[c] = ic_p_joined(of_class[c], of_part[c], temperature);
    }
    IC_P_DEMAND(a->energy - a->energy == 0, "the energy is a number", IC_E_NOT_FINITE);
    /* The numbers that the points so far hold; with few of them the temperature is higher: [Q2]. */
    numbers = (double)a->stream->moved * r->dims - (r->options.keep_place ? 0 : r->dims)
              - !r->options.keep_size - r->options.any_rotation;
    if (numbers < counted)
        temperature *= numbers > 0 ? counted / numbers : a->stream->seen > 1 ? 2 * counted : HUGE_VAL;
    ic_p_answer(r, a, of_class, temperature);
    a->p_value = a->known = 1;
    a->done = done;
    return IC_OK;
}

/* What vertex $v$ draws in a style, `[t][o]`: the generator, or, for a curve added later, what
   was remembered. */
IC_P_FN ic_status ic_p_draw_style(const ic_recogniser *r, int v, const ic_real *style, ic_real *y)
{
    const ic_explainer *e = &r->explainer;
    const int styles = e->options.styles, trained = r->model.config.inputs - styles;
    const size_t bytes = (size_t)r->model.config.inputs * sizeof(ic_real);
    ic_real *x;
    ic_status status;
    if (v >= trained || !style) {
        memcpy(y, e->drawn + (size_t)v * ic_p_curve_size(e), ic_p_curve_size(e) * sizeof *y);
        return IC_OK;
    }
    x = (ic_real *)IC_MALLOC(bytes);
    if (!x)
        return IC_E_MEMORY;
    memset(x, 0, bytes);
    x[v] = 1;
    memcpy(x + trained, style, (size_t)styles * sizeof *x);
    status = ic_generate(&r->model, 1, x, y, 1);
    IC_FREE(x);
    return status;
}

/* Undoes the normalisation of the frame `to` on the positions of the first view of $y$ `[t][o]`;
   if `from` is not NULL, applies the normalisation of `from` before that.  Also marks where
   strokes begin. */
IC_P_FN void ic_p_place(const ic_recogniser *r, const ic_real *y, const ic_frame *from,
                        const ic_frame *to, ic_real *drawn, unsigned char *begins)
{
    int t, k;
    for (t = 0; t < r->options.steps; t++, y += r->explainer.outputs) {
        double q[IC_MAX_SPACE] = { 0 };
        if (begins)
            begins[t] = (unsigned char)(t == 0 || ic_p_lifted(r, y));
        if (!drawn)
            continue;
        for (k = 0; k < r->dims; k++)
            q[k] = (double)y[k];
        if (from) {
            for (k = 0; k < r->dims; k++)
                q[k] = (q[k] - from->place[k]) / from->size;
            if (r->options.any_rotation)
                ic_p_rotate(1, &q[0], 1, &q[1], 1, from->turn[0], from->turn[1]);
        }
        if (r->options.any_rotation)
            ic_p_rotate(1, &q[0], 1, &q[1], 1, to->turn[0], -to->turn[1]);
        for (k = 0; k < r->dims; k++)
            *drawn++ = (ic_real)(to->place[k] + to->size * q[k]);
    }
}

IC_DEF ic_status ic_recognition_explain(const ic_recogniser *r, const ic_recognition *a,
                                        ic_adjustment *adjustment, ic_real *drawn,
                                        unsigned char *begins)
{
    ic_real y[IC_P_MOST_NUMBERS], changed[IC_P_MOST_NUMBERS];
    ic_adjustment found;
    ic_frame cut;
    IC_P_PASS(ic_p_recognition_ok(r, a));
    IC_P_REQUIRE(a->done > 0, IC_E_ARGUMENT);
    memset(&found, 0, sizeof found);
    if (a->done >= 1)
        ic_explainer_adjust(&r->explainer, a->vertex, a->prepared, &found);
    if (adjustment)
        *adjustment = found;
    if (!drawn && !begins)
        return IC_OK;
    IC_P_PASS(ic_p_draw_style(r, a->vertex, found.style, y));
    if (a->done >= 1) {
        ic_p_apply(&r->explainer, y, &found, changed);
        ic_p_place(r, changed, NULL, &a->frame, drawn, begins);
    } else {
        IC_P_PASS(ic_p_cut(r, y, a->done, changed, &cut));
        ic_p_place(r, y, &cut, &a->frame, drawn, begins);
    }
    return IC_OK;
}

IC_DEF ic_status ic_recogniser_draw(const ic_recogniser *r, int label, const ic_real *style,
                                    ic_real *drawn, unsigned char *begins)
{
    ic_real y[IC_P_MOST_NUMBERS];
    const ic_explainer *e;
    ic_frame same;
    int v, most = -1;
    IC_P_REQUIRE(r && r->owned && drawn && label >= 0 && label < r->classes, IC_E_ARGUMENT);
    e = &r->explainer;
    IC_P_REQUIRE(!style || ic_p_all_finite(style, (size_t)e->options.styles), IC_E_NOT_FINITE);
    for (v = 0; v < e->vertices; v++)
        if (e->label[v] == label && (most < 0 || e->count[v] > e->count[most]))
            most = v;
    memset(&same, 0, sizeof same);
    memcpy(same.place, r->origin, sizeof same.place);
    same.size = r->unit, same.turn[0] = 1;
    IC_P_PASS(ic_p_draw_style(r, most, style, y));
    ic_p_place(r, y, NULL, &same, drawn, begins);
    return IC_OK;
}

/* [Q6] The file.
   One walk over the recogniser serves to measure, to write and to read it: the order of the
   fields is written down once.  All numbers are little-endian.

       | "icrecogn"  8 bytes      version  4 bytes
       | sizes and options        all that must be known to allocate
       | origin                   if place matters
       | names, generator, explainer, beginnings, held-out energies
       | FNV-1a 64 of all before  8 bytes */
typedef struct ic_p_coder {
    unsigned char *out;      /* writing: NULL to measure */
    const unsigned char *in; /* reading: NULL when writing */
    size_t at, size;
    int damaged;
} ic_p_coder;

IC_P_FN void ic_p_code_bits(ic_p_coder *k, uint64_t *value, int bytes)
{
    if (k->in && k->size - k->at < (size_t)bytes)
        k->damaged = 1;
    else if (k->in)
        *value = ic_p_get(k->in + k->at, bytes);
    else if (k->out)
        ic_p_put(k->out + k->at, *value, bytes);
    k->at += k->damaged ? 0 : (size_t)bytes;
}

IC_P_FN void ic_p_code_int(ic_p_coder *k, int *value, int low, int high)
{
    uint64_t bits = (uint32_t)*value;
    ic_p_code_bits(k, &bits, 4);
    if (k->in && !k->damaged) {
        const int64_t read
            = bits < 0x80000000u ? (int64_t)bits : (int64_t)bits - ((int64_t)1 << 32);
        k->damaged = read < low || read > high;
        *value = k->damaged ? low : (int)read;
    }
}

/* Arrays are not touched when measuring: they need not exist yet. */
IC_P_FN void ic_p_code_ints(ic_p_coder *k, int *x, int n, int low, int high)
{
    int i;
    if (!k->in && !k->out)
        k->at += 4 * (size_t)n;
    else
        for (i = 0; i < n; i++)
            ic_p_code_int(k, &x[i], low, high);
}

IC_P_FN void ic_p_code_names(ic_p_coder *k, char (*name)[IC_NAME], int n)
{
    const size_t bytes = (size_t)n * IC_NAME;
    int i;
    k->damaged |= k->in && k->size - k->at < bytes;
    if (k->in && !k->damaged)
        memcpy(name, k->in + k->at, bytes);
    for (i = 0; k->in && !k->damaged && i < n; i++)
        k->damaged = name[i][IC_NAME - 1] != 0;
    if (k->out)
        memcpy(k->out + k->at, name, bytes);
    k->at += k->damaged ? 0 : bytes;
}

IC_P_FN void ic_p_code_double(ic_p_coder *k, double *value)
{
    uint64_t bits;
    memcpy(&bits, value, sizeof bits);
    ic_p_code_bits(k, &bits, 8);
    if (k->in && !k->damaged) {
        memcpy(value, &bits, sizeof bits);
        k->damaged = !(*value - *value == 0);
    }
}

IC_P_FN void ic_p_code_reals(ic_p_coder *k, ic_real *x, size_t n)
{
    size_t i;
    if (k->in && (k->size - k->at) / 4 < n)
        k->damaged = 1;
    for (i = 0; i < n && !k->damaged && (k->in || k->out); i++) {
        if (k->in) {
            x[i] = ic_p_get_float(k->in + k->at + 4 * i);
            k->damaged = !(x[i] - x[i] == 0);
        } else
            ic_p_put_float(k->out + k->at + 4 * i, x[i]);
    }
    k->at += k->damaged ? 0 : 4 * n;
}

/* Sizes and options: all that must be known to allocate. */
IC_P_FN void ic_p_code_head(ic_p_coder *k, ic_recogniser *r)
{
    ic_recogniser_options *o = &r->options;
    ic_explainer *e = &r->explainer;
    ic_explainer_options *x = &e->options;
    int view = (int)o->view;
    ic_p_code_int(k, &r->dims, 1, IC_MAX_SPACE);
    ic_p_code_int(k, &r->pen, 0, 1);
    ic_p_code_int(k, &r->classes, 1, IC_P_MAX_CLASSES);
    ic_p_code_int(k, &r->held, 0, IC_P_MOST_HELD);
    ic_p_code_int(k, &o->steps, 4, IC_P_MOST_STEPS);
    ic_p_code_int(k, &view, IC_VIEW_BOTH, IC_VIEW_LENGTH);
    o->view = (ic_view)view;
    ic_p_code_int(k, &o->keep_place, 0, 1);
    ic_p_code_int(k, &o->keep_size, 0, 1);
    ic_p_code_int(k, &o->any_rotation, 0, 1);
    ic_p_code_int(k, &o->any_order, 0, 1);
    ic_p_code_int(k, &o->styles, 0, IC_MAX_STYLES);
    ic_p_code_int(k, &e->vertices, r->classes, IC_P_MAX_SIZE);
    ic_p_code_int(k, &r->model.config.inputs, 1, IC_P_MAX_SIZE);
    ic_p_code_int(k, &r->model.config.hidden, 1, 1024);
    ic_p_code_double(k, &r->unit);
    ic_p_code_double(k, &r->temperature);
    ic_p_code_double(k, &o->false_alarm);
    ic_p_code_double(k, &x->freedom);
    ic_p_code_double(k, &x->shrink);
    ic_p_code_double(k, &x->noise);
    ic_p_code_double(k, &x->smooth);
    ic_p_code_double(k, &x->length);
    ic_p_code_double(k, &x->pose);
    ic_p_code_double(k, &x->pace);
    ic_p_code_double(k, &e->rest);
    if (!k->in)
        return;
    k->damaged |= r->unit <= 0 || x->freedom <= 0 || x->shrink <= 0
              || x->noise <= 0 || x->pose <= 0 || x->pace <= 0
              || x->smooth <= 0 || x->length <= 0 || e->rest <= 0 || e->rest > 1
              || o->false_alarm <= 0 || o->false_alarm > 1
              || !ic_p_within(r->temperature, 0.1, 1000)
              || (o->any_rotation && (r->dims != 2 || o->keep_place || o->any_order))
              || (o->keep_place && !o->keep_size) || (!o->keep_size && r->unit != 1)
              || e->vertices < r->model.config.inputs - o->styles
              || r->model.config.inputs <= o->styles;
    ic_p_recogniser_follow(r);
    r->model.config.layers = 1;
    r->model.config.gate = IC_SIGMOID;
    r->model.config.outputs = e->outputs;
    r->model.config.steps = e->steps;
    r->model.count = ic_p_count(&r->model.config);
    r->model.padded = ic_p_padded(r->model.count);
}

/* $n$ square matrices of which the part above the diagonal is zero, or the same as below: column
   after column, from the diagonal down.  Where only the bytes are counted there are no matrices.
   */
IC_P_FN void ic_p_code_triangles(ic_p_coder *k, int size, ic_real *a, size_t n, int symmetric)
{
    size_t m;
    int j, i;
    if (!a)
        ic_p_code_reals(k, NULL, n * (size_t)(size * (size + 1) / 2));
    for (m = 0; a && m < n; m++, a += size * size) {
        for (j = 0; j < size; j++)
            ic_p_code_reals(k, a + j * size + j, (size_t)(size - j));
        for (j = 0; k->in && j < size; j++)
            for (i = 0; i < j; i++)
                a[j * size + i] = symmetric ? a[i * size + j] : 0;
    }
}

IC_P_FN void ic_p_code_mixture(ic_p_coder *k, const ic_explainer *e, ic_mixture *m)
{
    const size_t views = (size_t)e->options.views, sets = ic_p_covariances(e, m);
    size_t i;
    ic_p_code_reals(k, m->mean, (size_t)e->vertices * views * IC_BASIS);
    ic_p_code_triangles(k, m->axes, m->whiten, sets * views, 0);
    ic_p_code_reals(k, m->log_det, sets);
    if (m->axes == IC_BASIS)
        ic_p_code_reals(k, m->outside, views);
    for (i = 0; k->in && m->outside && i < views; i++)
        k->damaged |= !(m->outside[i] > 0);
}

/* All the rest. */
IC_P_FN void ic_p_code_body(ic_p_coder *k, ic_recogniser *r)
{
    ic_explainer *e = &r->explainer;
    const size_t v = (size_t)e->vertices, size = ic_p_curve_size(e),
                 views = (size_t)e->options.views;
    size_t i;
    int c, j;
    for (j = 0; j < r->dims && r->options.keep_place; j++)
        ic_p_code_double(k, &r->origin[j]);
    ic_p_code_names(k, r->name, r->classes);
    ic_p_code_reals(k, r->model.param, r->model.count);
    ic_p_code_ints(k, e->label, e->vertices, 0, r->classes - 1);
    ic_p_code_ints(k, e->count, e->vertices, 1, IC_P_MAX_SIZE);
    ic_p_code_reals(k, e->drawn, v * size);
    ic_p_code_reals(k, e->slope, v * (size_t)e->options.styles * size);
    ic_p_code_reals(k, e->centre, size);
    ic_p_code_reals(k, e->basis, size * IC_BASIS);
    ic_p_code_triangles(k, IC_BASIS, e->class_scatter, ((size_t)r->classes + 1) * views, 1);
    ic_p_code_mixture(k, e, &e->whole);
    for (c = 0; c < IC_PARTS; c++)
        ic_p_code_mixture(k, e, &r->part[c]);
    ic_p_code_reals(k, r->held_out, (size_t)r->held);
    for (c = 0; k->in && !k->damaged && c < r->classes; c++) {
        for (i = 0; i < v && e->label[i] != c; i++)
            ;
        k->damaged = i == v;                    /* a class without a vertex */
    }
    for (c = 1; k->in && c < r->held; c++)
        k->damaged |= !(r->held_out[c] >= r->held_out[c - 1]);
    if (k->in && !k->damaged) {
        ic_p_sines(e->steps, e->sine);
        ic_p_shares(e);
        ic_p_set_limits(r);
    }
}

#define IC_P_RECOGNISER_MAGIC "icrecogn"
#define IC_P_RECOGNISER_VERSION 3

/* Writes all of it: to memory, or, out NULL, nowhere; returns the size. */
IC_P_FN size_t ic_p_recogniser_write(const ic_recogniser *r, unsigned char *out)
{
    ic_recogniser copy = *r; /* a writing walk changes nothing */
    ic_p_coder k;
    uint64_t version = IC_P_RECOGNISER_VERSION, hash;
    memset(&k, 0, sizeof k);
    k.out = out;
    if (out)
        memcpy(out, IC_P_RECOGNISER_MAGIC, 8);
    k.at = 8;
    ic_p_code_bits(&k, &version, 4);
    ic_p_code_head(&k, &copy);
    ic_p_code_body(&k, &copy);
    hash = out ? ic_hash(0, out, k.at) : 0;
    ic_p_code_bits(&k, &hash, 8);
    return k.at;
}

/* Sizes and options of a file of `size` bytes, from its first IC_P_RECOGNISER_HEAD, or as many as
   there are. */
#define IC_P_RECOGNISER_HEAD (8 + 4 + 14 * 4 + 11 * 8)
IC_P_FN ic_status ic_p_recogniser_head(ic_recogniser *r, const unsigned char *bytes, size_t size)
{
    ic_p_coder k;
    memset(r, 0, sizeof *r);
    memset(&k, 0, sizeof k);
    IC_P_REQUIRE(size >= 8 && memcmp(bytes, IC_P_RECOGNISER_MAGIC, 8) == 0, IC_E_FORMAT);
    IC_P_REQUIRE(size >= IC_P_RECOGNISER_HEAD, IC_E_TRUNCATED);
    IC_P_REQUIRE(ic_p_get(bytes + 8, 4) == IC_P_RECOGNISER_VERSION, IC_E_VERSION);
    k.in = bytes;
    k.at = 12;
    k.size = IC_P_RECOGNISER_HEAD;
    ic_p_code_head(&k, r);
    IC_P_DEMAND(!k.damaged, "the sizes and options in the file are possible ones", IC_E_FORMAT);
    return ic_p_recogniser_write(r, NULL) == size ? IC_OK : IC_E_TRUNCATED;
}

/* Reads it all, into a recogniser with room for further vertices and classes, which are left to
   fill. */
IC_P_FN ic_status ic_p_recogniser_read(ic_recogniser *r, const unsigned char *bytes, size_t size,
                                       int vertices, int classes)
{
    ic_p_coder k;
    ic_recogniser former;                /* without the further ones */
    IC_P_PASS(ic_p_recogniser_head(r, bytes, size));
    IC_P_REQUIRE(ic_p_get(bytes + size - 8, 8) == ic_hash(0, bytes, size - 8), IC_E_CHECKSUM);
    memset(&k, 0, sizeof k);
    k.in = bytes;
    k.at = IC_P_RECOGNISER_HEAD;
    k.size = size - 8;
    r->explainer.vertices += vertices;
    r->classes += classes;
    r->explainer.classes += classes;
    IC_P_PASS(ic_p_recogniser_allocate(r));
    former = *r;
    former.explainer.vertices -= vertices;
    former.classes -= classes;
    former.explainer.classes -= classes;
    ic_p_code_body(&k, &former);
    memcpy(r->origin, former.origin, sizeof r->origin);
    r->threshold = former.threshold;
    if (k.damaged)
        ic_recogniser_free(r);
    return k.damaged ? IC_E_FORMAT : IC_OK;
}

IC_DEF size_t ic_recogniser_encoded_bytes(const ic_recogniser *r)
{
    return r->owned ? ic_p_recogniser_write(r, NULL) : 0;
}
IC_DEF void ic_recogniser_encode(const ic_recogniser *r, unsigned char *out)
{
    IC_ASSERT(r->owned);
    ic_p_recogniser_write(r, out);
}
IC_DEF ic_status ic_recogniser_decode(ic_recogniser *r, const unsigned char *bytes, size_t size)
{
    return ic_p_recogniser_read(r, bytes, size, 0, 0);
}

/* [Q7] Adding.
   A sample of an old class, or the first of a new one, becomes a vertex of its own, at once and
   with all weights frozen.  Its drawing is the curve itself.  How curves scatter around it is
   known only from its class or, if the class is new, from all classes: [E](27) with $n_v = 1$
   and $Sigma_{own} = Sigma_k$,

       Sigma_v = 2 Sigma_k + rho J Lambda J^T + delta^2 I                                   (12)

   The factor is 2, since the curve to come and the one that was added each have an error of
   their own.  The generator has no code for the new vertex: it is drawn as it was added, in one
   style.

   Whether a curve is known is judged by its energy ([Q3]), and energies of an added vertex are
   higher than others: its covariances are wider, and the basis, which comes from other curves,
   leaves out more of it.  How much higher is seen from the energies $E_v^*$ of the drawings, each
   explained by its own vertex.  So a curve is judged by the least of $E_v - x_v$ over all
   vertices, where

       x_v = max(0, E_v^* - (sum_u n_u E_u^*) / (sum_u n_u))                                (13)

   is the excess of vertex $v$, with the sums over the vertices $u$ that were learned by fitting,
   of classes with two curves or more; the excess of those is 0.  (A class fitted with one curve
   is in the position of one that was added.)

   Memory is one block, so adding is writing everything and reading it again with room
   for one more; if memory runs out, the recogniser is as it was.

   Here the vertex $v$ is filled in from a curve and from $y$, the same prepared. */
IC_P_FN ic_status ic_p_fill_vertex(ic_recogniser *r, int v, int label, const ic_curve *curve,
                                   const ic_real *y)
{
    ic_explainer *e = &r->explainer;
    const size_t size = ic_p_curve_size(e), views = (size_t)e->options.views;
    double of_class[IC_P_SQUARE], s[IC_P_SQUARE], log_det = 0;
    ic_real outside[IC_P_MAX_VIEWS];
    size_t i;
    int view, part;
    e->label[v] = label;
    e->count[v] = 1;
    memset(e->slope + (size_t)v * (size_t)e->options.styles * size, 0,
           (size_t)e->options.styles * size * sizeof *e->slope);
    for (part = 0; part < IC_PARTS; part++) {
        ic_real cut[IC_P_MOST_NUMBERS];
        IC_P_PASS(ic_p_beginning(r, curve, y, ic_p_part(part), cut));
        ic_p_reduce(e, cut, 0, r->part[part].mean + (size_t)v * views * IC_BASIS, outside);
    }
    memcpy(e->drawn + (size_t)v * size, y, size * sizeof *y);
    ic_p_reduce(e, y, 0, e->whole.mean + (size_t)v * views * IC_BASIS, outside);
    for (view = 0; view < e->options.views; view++) {
        for (i = 0; i < IC_P_SQUARE; i++)
            of_class[i] = (double)e->class_scatter[((size_t)label * views + (size_t)view) * IC_P_SQUARE + i];
        ic_p_vertex_covariance(e, NULL, 1, of_class, s);
        ic_p_add_tangents(e, y, view, e->rest, s);
        IC_P_PASS(ic_p_whitening(IC_BASIS, s,
                                 e->whole.whiten + ic_p_square_at(e, &e->whole, (size_t)v, view),
                                 &log_det));
    }
    e->whole.log_det[v] = (ic_real)(log_det + ic_p_outside_log_det(e, &e->whole));
    ic_p_shares(e);
    return IC_OK;
}

IC_DEF ic_status ic_recogniser_add(ic_recogniser *r, const ic_curve *curve, int label,
                                   const char *name)
{
    ic_real y[IC_P_MOST_NUMBERS];
    ic_recogniser grown;
    ic_frame frame;
    unsigned char *bytes;
    size_t size;
    ic_status status;
    int fresh;
    IC_P_REQUIRE(r && r->owned && label >= 0 && label <= r->classes, IC_E_ARGUMENT);
    fresh = label == r->classes;
    IC_P_REQUIRE(!fresh || r->classes < IC_P_MAX_CLASSES, IC_E_SIZE);
    IC_P_REQUIRE(!name || (fresh && strlen(name) < IC_NAME), IC_E_ARGUMENT);
    IC_P_PASS(ic_p_arithmetic_ok(ic_p_kernels_for(IC_ISA_BEST)));
    IC_P_PASS(ic_p_prepare(r, curve, y, &frame));
    size = ic_recogniser_encoded_bytes(r);
    bytes = (unsigned char *)IC_MALLOC(size);
    if (!bytes)
        return IC_E_MEMORY;
    ic_recogniser_encode(r, bytes);
    status = ic_p_recogniser_read(&grown, bytes, size, 1, fresh);
    IC_FREE(bytes);
    if (status == IC_OK) {
        if (fresh) {
            const size_t block = (size_t)grown.explainer.options.views * IC_P_SQUARE;
            ic_real *all = grown.explainer.class_scatter + (size_t)label * block;
            int part;
            memcpy(all + block, all, block * sizeof *all);
            /* The last covariance, that of all classes, serves the new class and stays last. */
            for (part = 0; part < IC_PARTS; part++) {
                ic_mixture *m = &grown.part[part];
                const size_t square = ic_p_square_at(&grown.explainer, m, 1, 0);
                memcpy(m->whiten + (size_t)(label + 1) * square,
                       m->whiten + (size_t)label * square, square * sizeof *m->whiten);
                m->log_det[label + 1] = m->log_det[label];
            }
            ic_p_set_name(grown.name[label], name, label);
        }
        status = ic_p_fill_vertex(&grown, grown.explainer.vertices - 1, label, curve, y);
        if (status == IC_OK)
            ic_p_set_limits(&grown);
        else
            ic_recogniser_free(&grown);
    }
    if (status == IC_OK) {
        ic_recogniser_free(r);
        *r = grown;
    }
    return status;
}

#ifndef IC_NO_STDIO
IC_DEF ic_status ic_recogniser_save(const ic_recogniser *r, const char *path)
{
    unsigned char *bytes;
    size_t size;
    ic_status status;
    IC_P_REQUIRE(r && r->owned, IC_E_ARGUMENT);
    IC_P_REQUIRE(ic_p_all_finite(r->model.param, r->model.count), IC_E_NOT_FINITE);
    size = ic_recogniser_encoded_bytes(r);
    bytes = (unsigned char *)IC_MALLOC(size);
    if (!bytes)
        return IC_E_MEMORY;
    ic_recogniser_encode(r, bytes);
    status = ic_write_file(path, bytes, size);
    IC_FREE(bytes);
    return status;
}

IC_P_FN ic_status ic_p_recogniser_head_ok(const unsigned char *bytes, size_t size)
{
    ic_recogniser r;
    return ic_p_recogniser_head(&r, bytes, size);
}

IC_DEF ic_status ic_recogniser_load(ic_recogniser *r, const char *path)
{
    unsigned char *bytes;
    size_t size;
    ic_status status;
    memset(r, 0, sizeof *r);
    IC_P_PASS(ic_p_read_file(path, IC_P_RECOGNISER_HEAD, ic_p_recogniser_head_ok, &bytes, &size));
    status = ic_recogniser_decode(r, bytes, size);
    IC_FREE(bytes);
    return status;
}
#endif

/* [Q8] Exercises.

   Exercise 1.  Let examples/quickstart.c learn from one sample of each letter instead of ten, in
   one view only (`view` of the options), and then in both.  Which view will win?  Predict, then
   run.

   Answer.  One sample a class does not show how rhythms vary, and the view along the path does
   not depend on them.  Tested on 50 letters a class instead of 10, the first view recognises 941
   of 1000, the second 996, both together 997.  With ten samples the first view has learned how
   much a rhythm varies, and is right on 996.

   Exercise 2.  Why can a temperature not change the answer to a whole curve, and why can it
   change the answer to a beginning?

   Answer.  (7) is a falling function of $E_k$ for every $theta > 0$, and the sums over vertices
   in [E](10) are taken at temperature 1, before.  In (6) the sum over fractions is taken at
   $theta$: when it is small, the best fraction of a class decides, when it is large, so does the
   number of fractions that explain the curve nearly as well.  To see it, call `ic_p_energies`
   for all fractions of a beginning, and compute (6) with two values.

   Exercise 3.  Only 50 samples can be held out.  Which is the least p-value, and what happens
   with `false_alarm` at .01?

   Answer.  By (9) it is $1/51$, above .01, so $p <= q$ never holds.  What is left is the second
   rule of [Q3]: a curve is unknown when its energy is above all 50 that were kept.  That happens
   to one known curve in 51, not to one in a hundred.  A level of $q$ needs about $1/q$ held-out
   samples. */

/* ============================================================================================
   PART 3  LOOKING AT CURVES
   ============================================================================================ */

/* [D] DYNAMIC TIME WARPING ----------------------------------------------------------------------
   How far apart are two curves if their pace does not matter?  Dynamic time warping finds the
   pace at which they agree best (Sakoe & Chiba 1978).

   figure: warping.svg  Two letters a, the second drawn ever faster.  Left: the points that the
   cheapest walk brings together.  Right: the distances of their points, and the walk. */

/* [D1] The recurrence.
   Walk along the curves $a_1, ..., a_n$ and $b_1, ..., b_m$ at once, from both first points to
   both last points.  Each move advances on the one, on the other, or on both; the walk costs the
   sum of the distances between the points it stands on.  The cheapest walk to $(i, j)$, of cost
   $D(i, j)$, extends the cheapest one to one of three predecessors:

       D(i, j) = ||a_i - b_j|| + min(D(i - 1, j), D(i, j - 1), D(i - 1, j - 1))              (1)

   with $D(0, 0) = 0$ and all other $D(i, 0)$, $D(0, j)$ infinite: zeros there would let a walk
   skip the beginning of a curve for nothing.  The distance of the curves is $D(n, m)$.  It is
   symmetric, and 0 for equal curves, but not a metric (exercise 2). */

/* [D2] Along the anti-diagonals.
   Row by row, each cell of the table $D$ waits for its left neighbour, so only one can be
   computed at a time: two minima and an addition, one after the other.  But the three cells that
   $(i, j)$ waits for lie on the two anti-diagonals before its own, $i + j = s$:

       | s - 2    D(i-1, j-1)          s - 1    D(i-1, j), D(i, j-1)

   so all cells of an anti-diagonal can be computed side by side, a vector at a time.  Three
   anti-diagonals are kept, each indexed by $j$, so that the cells needed are neighbours in
   memory.  So are the points if each coordinate has an array to itself, that of $a$ in reverse,
   since $i = s - j$ falls where $j$ rises.  A minimum does not depend on the order of its
   arguments, so the bits are those of (1) row by row.  In the code $a$ is the longer curve and
   indices begin at 0. */
#define IC_P_WARP_PAD 8                   /* the lanes of the widest vector of doubles */

typedef struct ic_p_warp {
    int n, m, dims, band;                 /* steps of the longer and the shorter curve */
    size_t n_row, m_row;                  /* numbers in an array of each, with padding */
    double *a, *b;                        /* [dims][n_row], reversed; [dims][m_row] */
    double *walk[3];                      /* [1 + m_row] of an anti-diagonal, j = -1 first */
} ic_p_warp;

IC_P_FN void ic_p_warp_layout(ic_p_warp *w, int na, int nb, int dims, ic_p_arena *arena)
{
    int k;
    w->n = na > nb ? na : nb, w->m = na > nb ? nb : na, w->dims = dims;
    w->n_row = (size_t)w->n + IC_P_WARP_PAD, w->m_row = (size_t)w->m + IC_P_WARP_PAD;
    w->a = ic_p_take_doubles(arena, (size_t)dims, w->n_row);
    w->b = ic_p_take_doubles(arena, (size_t)dims, w->m_row);
    for (k = 0; k < 3; k++)
        w->walk[k] = ic_p_take_doubles(arena, 1, 1 + w->m_row);
}

IC_DEF size_t ic_dtw_bytes(int na, int nb, int dims)
{
    ic_p_arena arena = { NULL, 0, 0 };
    ic_p_warp w;
    if (na < 1 || nb < 1 || dims < 1)
        return 0;
    ic_p_warp_layout(&w, na, nb, dims, &arena);
    return arena.bad ? 0 : arena.used;
}

/* Copies a curve, each coordinate to an array of its own; reversed where `step` is -1. */
IC_P_FN void ic_p_warp_load(const ic_real *x, int n, int dims, int step, double *to, size_t row)
{
    size_t i;
    int k;
    for (k = 0; k < dims; k++, to += row) {
        for (i = 0; i < (size_t)n; i++)
            to[step < 0 ? (size_t)n - 1 - i : i] = (double)x[i * (size_t)dims + (size_t)k];
        for (; i < row; i++)
            to[i] = 0;
    }
}

/* [D3] The band.
   A walk may be kept within $r$ steps of the straight line from corner to corner:

       -r <= j - i (m - 1) / (n - 1) <= r                                                    (2)

   (indices from 0).  The longer curve runs along $i$, so the line rises by at most 1 a row, and
   for $r >= 1$ the spans of neighbouring rows overlap and reach both corners: there is always a
   walk, however different the lengths.  For equal lengths (2) is $|i - j| <= r$.  Neither end of
   a span ever falls from row to row, so the allowed cells of an anti-diagonal have no gap, and
   from one anti-diagonal to the next each end stays where it is or rises by one. */
/* The first and the last allowed cell of row i. */
IC_P_FN int ic_p_warp_from(const ic_p_warp *w, int i)
{
    const int64_t climb = (int64_t)i * (w->m - 1), run = w->n > 1 ? w->n - 1 : 1;
    const int from = (int)(climb / run) + (climb % run != 0) - w->band;
    return from > 0 ? from : 0;
}

IC_P_FN int ic_p_warp_to(const ic_p_warp *w, int i)
{
    const int64_t to = (int64_t)i * (w->m - 1) / (w->n > 1 ? w->n - 1 : 1) + w->band;
    return to < w->m - 1 ? (int)to : w->m - 1;
}

/* [D4] Early abandoning.
   Costs are not negative, and a walk stands on at least one of any two neighbouring
   anti-diagonals.  So once all cells of both are above the cutoff, the result will be, too.

   Time $O(n m d)$, or $O(n r d)$ with a band.  Of curves of one number half of it goes into the
   square root, one a cell, of curves of two a third, of more less (AVX2). */
IC_P_FN double ic_p_warp_walk(ic_p_warp *w, double cutoff, const ic_p_kernels *kernels)
{
    double *before = w->walk[0] + 1, *last = w->walk[1] + 1, *now = w->walk[2] + 1, least_before = HUGE_VAL;
    int64_t s;
    int first = 0, end = 0;               /* rows on the anti-diagonal: first .. end */
    ptrdiff_t j;
    for (j = -1; j < (ptrdiff_t)w->m_row; j++)
        before[j] = last[j] = now[j] = HUGE_VAL;
    before[-1] = 0;
    for (s = 0; s <= (int64_t)(w->n - 1) + (w->m - 1); s++) {
        double least, *oldest = before;
        ptrdiff_t from, to;
        while ((int64_t)first + ic_p_warp_to(w, first) < s)
            first++;
        while (end + 1 < w->n && (int64_t)end + 1 + ic_p_warp_from(w, end + 1) <= s)
            end++;
        from = (ptrdiff_t)(s - end), to = (ptrdiff_t)(s - first);
        least = kernels->warp(w->dims, (int)(to - from + 1), w->a + (w->n - 1 - end), (ptrdiff_t)w->n_row,
                              w->b + from, (ptrdiff_t)w->m_row, before + from, last + from, now + from);
        now[from - 1] = now[to + 1] = HUGE_VAL;        /* outside of the table, or of the band */
        if (least > cutoff && least_before > cutoff)
            return HUGE_VAL;
        least_before = least;
        before = last, last = now, now = oldest;
    }
    return last[w->m - 1] > cutoff ? HUGE_VAL : last[w->m - 1];
}

/* The longer curve becomes $a$ of [D2]; without a band all cells are allowed. */
IC_DEF ic_status ic_dtw(int na, const ic_real *a, int nb, const ic_real *b, int dims,
                        const ic_dtw_options *options, double *distance)
{
    const ic_dtw_options none = { 0, 0, NULL, IC_ISA_BEST }, *o = options ? options : &none;
    const double cutoff = o->cutoff != 0 ? o->cutoff : HUGE_VAL;
    const ic_p_kernels *kernels = ic_p_kernels_for(o->isa);
    const size_t bytes = ic_dtw_bytes(na, nb, dims);
    ic_p_arena arena = { NULL, 0, 0 };
    ic_p_warp w;
    IC_P_REQUIRE(na >= 1 && nb >= 1 && dims >= 1 && a && b && distance, IC_E_ARGUMENT);
    IC_P_REQUIRE(o->band >= 0 && cutoff > 0 && kernels, IC_E_OPTION);
    IC_P_REQUIRE((uintptr_t)o->scratch % sizeof(double) == 0, IC_E_OPTION);
    IC_P_PASS(ic_p_arithmetic_ok(kernels));
    IC_P_REQUIRE(bytes > 0, IC_E_SIZE);
    IC_P_REQUIRE(ic_p_all_finite(a, (size_t)na * (size_t)dims), IC_E_NOT_FINITE);
    IC_P_REQUIRE(ic_p_all_finite(b, (size_t)nb * (size_t)dims), IC_E_NOT_FINITE);
    arena.base = (unsigned char *)(o->scratch ? o->scratch : IC_MALLOC(bytes));
    if (!arena.base)
        return IC_E_MEMORY;
    ic_p_warp_layout(&w, na, nb, dims, &arena);
    w.band = o->band > 0 && o->band < w.m ? o->band : w.m;
    ic_p_warp_load(na >= nb ? a : b, w.n, dims, -1, w.a, w.n_row);
    ic_p_warp_load(na >= nb ? b : a, w.m, dims, 1, w.b, w.m_row);
    *distance = ic_p_warp_walk(&w, cutoff, kernels);
    if (!o->scratch)
        IC_FREE(arena.base);
    return IC_OK;
}

/* [D5] Exercises.

   Exercise 1.  How many walks are there from $(1, 1)$ to $(i, j)$?  Give the recurrence, and
   the number for two curves of 5 points.

   Answer.  The moves are those of (1), so
   $A(i, j) = A(i - 1, j) + A(i, j - 1) + A(i - 1, j - 1)$ with $A(i, 1) = A(1, j) = 1$: the
   Delannoy numbers, 321 for 5 and 5 points.  The tests compare ic_dtw with all walks for short
   curves.

   Exercise 2.  Find three curves of numbers for which the distance of the first and the third
   is larger than the sum of the other two distances.

   Answer.  A point that is repeated costs nothing where the other curve has a point like it,
   and its full distance where it has not.  For 0, then 1 2, then 1 2 2 the distances are 3
   (first and second), 0 and 5 (first and third): `build/bin/answers` prints them.

   Exercise 3.  How does the distance of two curves of equal length change as the band grows,
   and what is it at most?

   Answer.  It never grows, since a wider band allows more walks; and the diagonal is a walk in
   every band, so the sum of the distances point by point bounds it from above.  For a letter
   and the same letter drawn ever faster `build/bin/answers` prints 26.8, 22.7, 14.2 and 2.9
   with bands of 1, 2, 4 and 8, 2.9 without one, and 30.2 point by point. */

/* [K] K-MEANS ----------------------------------------------------------------------------------
   Finds $K$ groups in $n$ points, such as the ways to write a letter ([G2]).  The centres
   $mu_1, ..., mu_K$ are sought that make the inertia small, the sum of the squared distances of
   all points from their nearest centres. */

/* [K1] Rounds.
   Lloyd's algorithm (1957, published 1982) alternates between two steps, where $k(i)$ is the
   cluster of point $i$:

       k(i) = argmin_k ||x_i - mu_k||       assign each point to the nearest centre          (1)
       mu_k = 1/n_k sum_{k(i) = k} x_i      move each centre to the mean of its points       (2)

   Neither can raise the inertia.  (1) takes the least distance for each point; and
   $sum_i ||x_i - m||^2 = sum_i ||x_i - mu||^2 + n ||m - mu||^2$, as in [G](1), is least where
   $m$ is the mean.  Where the rounds end depends on the start.  So a good start, and choosing the
   best of several, matter more than the rounds.

   The end.  A point changes its cluster only if another centre is strictly nearer.  It goes to
   the nearest, among equals to the one with the lowest index.  So in exact arithmetic every
   round lowers the inertia.  No partition then comes twice, there are finitely many, and a round
   in which no point moves is the last.  Rounding could in principle make a cycle of partitions
   with equal inertia, hence a limit on the number of rounds.

   Empty clusters.  A cluster that has lost its last point is given the point farthest from its
   own centre, from a cluster of two or more; there is one as long as $n >= K$.  That lowers the
   inertia too, unless it is 0 already, with fewer distinct points than clusters.

   Sums.  The sums of (2) are doubles, and from round to round points are moved between them.
   When an outlier leaves a sum, the digits that rounding has lost to it do not come back.
   Therefore, when no point moves, the sums are formed anew in the order of the points, and the
   rounds go on if that makes one move. */
#define IC_P_KMEANS_BLOCK 64             /* points whose squared distances are added up together */

typedef struct ic_p_kmeans {
    int n, k;
    int dp, kp;              /* d and k, rounded up to IC_PAD */
    int tries, blocks;       /* candidates of a draw; blocks of points */
    ic_real slack;           /* 2 e, e that of [K3] */
    const ic_p_kernels *kernels;
    ic_p_team team;
    ic_real *x, *centre;     /* [n][dp], [k][dp] */
    ic_real *mean;           /* [dp] a centre's new place */
    ic_real *distance;       /* [n] squared, to the nearest centre */
    ic_real *upper, *lower;  /* [n], [n][kp]: bounds; lower is infinite for the own centre */
    ic_real *moved;          /* [kp] upper bounds of how far each centre has moved: $delta_k$ of (3) */
    ic_real *tried;          /* [n][tries] squared, to the nearest centre or the candidate */
    double *weight;          /* [blocks][tries] sums of squared distances if a candidate is taken */
    const ic_real **candidate;   /* [tries] */
    int *at;                 /* [threads][kp] centres in question */
    double *sum;             /* [k][dp] of the points in a cluster */
    int *label, *summed;     /* [n] own cluster; the one whose sum holds the point, -1 none */
    int *count;              /* [k] points in the sum */
} ic_p_kmeans;

IC_P_FN ic_real *ic_p_point(const ic_p_kmeans *m, int i) { return m->x + (size_t)i * (size_t)m->dp; }
IC_P_FN ic_real *ic_p_centre(const ic_p_kmeans *m, int c) { return m->centre + (size_t)c * (size_t)m->dp; }

/* Bounds of a distance, from its computed square. */
IC_P_FN ic_real ic_p_above(const ic_p_kmeans *m, ic_real square)
{
    return (ic_real)sqrt((double)square) * (1 + m->slack) + (ic_real)1e-18;
}

IC_P_FN ic_real ic_p_below(const ic_p_kmeans *m, ic_real square)
{
    return (ic_real)sqrt((double)square) * (1 - m->slack) - (ic_real)1e-18;
}

/* [K2] Start.
   For each centre $2 + log_2 K$ candidates, rounded down, are drawn: for the first centre with
   equal probability, for each later one with a probability proportional to a point's squared
   distance from the nearest centre so far.  The candidate that leaves the least sum of such
   squares becomes the centre: greedy k-means++ (after Arthur & Vassilvitskii 2007).  The squared
   distance favours points in regions without a centre, the choice among several guards against
   outliers. */

/* For all points in blocks begin..end and every candidate: the squared distance to the nearest
   centre if that candidate is taken, and the sum of these over each block. */
IC_P_FN void ic_p_kmeans_try(void *context, int thread, int begin, int end)
{
    const ic_p_kmeans *m = (const ic_p_kmeans *)context;
    int b, i, j;
    (void)thread;
    for (b = begin; b < end; b++) {
        const int last = m->n - b * IC_P_KMEANS_BLOCK < IC_P_KMEANS_BLOCK ? m->n : (b + 1) * IC_P_KMEANS_BLOCK;
        double *weight = m->weight + (size_t)b * (size_t)m->tries;
        for (j = 0; j < m->tries; j++)
            weight[j] = 0;
        for (i = b * IC_P_KMEANS_BLOCK; i < last; i++) {
            ic_real *tried = m->tried + (size_t)i * (size_t)m->tries;
            m->kernels->apart(m->dp, ic_p_point(m, i), m->tries, m->candidate, tried);
            for (j = 0; j < m->tries; j++) {
                tried[j] = tried[j] < m->distance[i] ? tried[j] : m->distance[i];
                weight[j] += (double)tried[j];
            }
        }
    }
}

/* The point where the running sum of squared distances passes share u of the whole.  Column
   `taken` of `weight` holds the sums of the blocks. */
IC_P_FN int ic_p_kmeans_draw(const ic_p_kmeans *m, int taken, double total, double u)
{
    double sum = 0;
    int b, i, block = 0, at = 0;
    for (b = 0; b < m->blocks; b++) {
        const double weight = m->weight[(size_t)b * (size_t)m->tries + (size_t)taken];
        if (weight > 0)
            block = b;
        if (sum + weight > u * total)
            break;
        sum += weight;
    }
    for (i = block * IC_P_KMEANS_BLOCK; i < m->n && i < (block + 1) * IC_P_KMEANS_BLOCK; i++) {
        if (!(m->distance[i] > 0))
            continue;
        at = i;
        sum += (double)m->distance[i];
        if (sum > u * total)
            break;
    }
    return at;                /* point 0 if all points lie on centres */
}

/* Chooses the centres as in [K2], and resets the bounds of [K3]. */
IC_P_FN void ic_p_kmeans_start(ic_p_kmeans *m, uint64_t key, uint64_t restart)
{
    int c, i, j, b, taken = 0;
    double total = 0;
    for (i = 0; i < m->n; i++)
        m->distance[i] = (ic_real)HUGE_VAL;
    for (c = 0; c < m->k; c++) {
        double least = HUGE_VAL;
        for (j = 0; j < m->tries; j++) {
            const double u = ic_uniform(key, restart, (uint64_t)c * (uint64_t)m->tries + (uint64_t)j);
            m->candidate[j] = ic_p_point(m, c == 0 ? (int)(u * (double)m->n) : ic_p_kmeans_draw(m, taken, total, u));
        }
        ic_p_parallel(&m->team, m->blocks, ic_p_kmeans_try, m);
        for (j = 0; j < m->tries; j++) {
            double sum = 0;
            for (b = 0; b < m->blocks; b++)
                sum += m->weight[(size_t)b * (size_t)m->tries + (size_t)j];
            if (j == 0 || sum < least)
                least = sum, taken = j;
        }
        total = least;
        memcpy(ic_p_centre(m, c), m->candidate[taken], (size_t)m->dp * sizeof(ic_real));
        for (i = 0; i < m->n; i++)
            m->distance[i] = m->tried[(size_t)i * (size_t)m->tries + (size_t)taken];
    }
    /* Nothing is known of the clusters yet: all points are in the first, and no bound forbids a move. */
    for (c = 0; c < m->kp; c++)
        m->moved[c] = 0;
    for (i = 0; i < m->n; i++) {
        ic_real *lower = m->lower + (size_t)i * (size_t)m->kp;
        m->label[i] = 0;
        m->upper[i] = (ic_real)HUGE_VAL;
        for (c = 0; c < m->kp; c++)
            lower[c] = c > 0 && c < m->k ? 0 : (ic_real)HUGE_VAL;
    }
}

/* [K3] Distances that need not be computed.
   After the first rounds most centres hardly move, and most points are far from all centres but
   their own.  So keep an upper bound $u_i$ of the distance of point $i$ from its own centre
   and, for every centre, a lower bound $l_{ik}$ (Elkan 2003).  If centre $k$ has moved by
   $delta_k$, the triangle inequality gives new bounds:

       u_i + delta_{k(i)} >= ||x_i - mu_{k(i)}||
       l_{ik} - delta_k <= ||x_i - mu_k||                                                    (3)

   While $u_i <= l_{ik}$, centre $k$ cannot be nearer.  Where that fails, the distance from the
   point's own centre is computed first, which may be enough, then the distances from the centres
   in question; each is a new bound.

   The bounds must not change the result, so they allow for rounding.  A squared distance is
   computed with a relative error below $e = (d/16 + 8) 2^-24$, since at most that many roundings
   follow each other.  A new lower bound is the computed distance times $1 - 2 e$, a new upper
   bound, like $delta_k$, times $1 + 2 e$; so if $u_i <= l_{ik}$, the two distances have the same
   order when they are computed.  (3) rounds too: a factor of $1 -+ 2^-22$ in every round, four
   times a rounding error, allows for that, and 1e-18 on each side for squares so small that they
   underflow.

   Time $O(n K d log K)$ for the start and $O(n K d)$ for the first round; each further round
   takes $O(n K)$ and the distances that it computes.  The tests compare the result with all
   partitions of a few points, and to the bit with rounds without bounds. */
IC_P_FN void ic_p_kmeans_assign(void *context, int thread, int begin, int end)
{
    enum { GROUP = 6 };                  /* distances computed together */
    const ic_p_kmeans *m = (const ic_p_kmeans *)context;
    int *at = m->at + (size_t)thread * (size_t)m->kp;
    int i;
    for (i = begin; i < end; i++) {
        const ic_real *x = ic_p_point(m, i), *other[GROUP];
        ic_real *lower = m->lower + (size_t)i * (size_t)m->kp;
        const ic_real least = m->kernels->fall(m->kp, m->moved, lower);
        ic_real upper, square, others[GROUP];
        int own = m->label[i], all, first, j;
        m->upper[i] = upper = (m->upper[i] + m->moved[own]) * (1 + (ic_real)1 / 4194304);
        if (upper <= least)
            continue;
        other[0] = ic_p_centre(m, own);
        m->kernels->apart(m->dp, x, 1, other, &square);
        upper = ic_p_above(m, square);
        all = upper <= least ? 0 : m->kernels->below(m->kp, upper, lower, at);
        for (first = 0; first < all; first += GROUP) {
            const int count = all - first < GROUP ? all - first : GROUP;
            for (j = 0; j < count; j++)
                other[j] = ic_p_centre(m, at[first + j]);
            m->kernels->apart(m->dp, x, count, other, others);
            for (j = 0; j < count; j++) {
                lower[at[first + j]] = ic_p_below(m, others[j]);
                if (!(others[j] < square))
                    continue;
                lower[own] = ic_p_below(m, square);
                own = at[first + j], square = others[j];
                lower[own] = (ic_real)HUGE_VAL;
                upper = ic_p_above(m, square);
            }
        }
        m->upper[i] = upper;
        m->label[i] = own;
    }
}

/* Columns begin..end, in units of IC_PAD, of the sums: every point goes to the sum of its
   cluster, in the order of the points. */
IC_P_FN void ic_p_kmeans_sum(void *context, int thread, int begin, int end)
{
    const ic_p_kmeans *m = (const ic_p_kmeans *)context;
    int i, j, at;
    (void)thread;
    for (i = 0; i < m->n; i++) {
        const int from = m->summed[i], to = m->label[i];
        if (from == to)
            continue;
        for (at = begin * IC_PAD; at < end * IC_PAD; at += IC_PAD) {
            const ic_real *x = ic_p_point(m, i) + at;
            double *sum = m->sum + at;
            for (j = 0; from >= 0 && j < IC_PAD; j++)
                sum[(size_t)from * (size_t)m->dp + (size_t)j] -= (double)x[j];
            for (j = 0; j < IC_PAD; j++)
                sum[(size_t)to * (size_t)m->dp + (size_t)j] += (double)x[j];
        }
    }
}

/* Brings sums and counts up to date; returns how many points moved. */
IC_P_FN int ic_p_kmeans_follow(ic_p_kmeans *m)
{
    int i, moved = 0;
    ic_p_parallel(&m->team, m->dp / IC_PAD, ic_p_kmeans_sum, m);
    for (i = 0; i < m->n; i++)
        if (m->summed[i] != m->label[i]) {
            if (m->summed[i] >= 0)
                m->count[m->summed[i]]--;
            m->count[m->label[i]]++;
            m->summed[i] = m->label[i];
            moved++;
        }
    return moved;
}

/* Forms sums and counts anew. */
IC_P_FN void ic_p_kmeans_sum_anew(ic_p_kmeans *m)
{
    memset(m->sum, 0, (size_t)m->k * (size_t)m->dp * sizeof *m->sum);
    memset(m->count, 0, (size_t)m->k * sizeof *m->count);
    memset(m->summed, 0xff, (size_t)m->n * sizeof *m->summed);           /* -1 */
    ic_p_kmeans_follow(m);
}

/* The squared distances of points begin..end to the centres of their clusters. */
IC_P_FN void ic_p_kmeans_measure(void *context, int thread, int begin, int end)
{
    const ic_p_kmeans *m = (const ic_p_kmeans *)context;
    int i;
    (void)thread;
    for (i = begin; i < end; i++) {
        const ic_real *own = ic_p_centre(m, m->label[i]);
        m->kernels->apart(m->dp, ic_p_point(m, i), 1, &own, &m->distance[i]);
    }
}

/* Fills the empty clusters; returns how many were. */
IC_P_FN int ic_p_kmeans_fill(ic_p_kmeans *m)
{
    int i, c, filled = 0;
    for (c = 0; c < m->k; c++) {
        ic_real *lower;
        int lone = -1;               /* the point farthest from its centre */
        if (m->count[c] > 0)
            continue;
        if (filled++ == 0)
            ic_p_parallel(&m->team, m->n, ic_p_kmeans_measure, m);
        for (i = 0; i < m->n; i++)
            if (m->count[m->label[i]] > 1 && (lone < 0 || m->distance[i] > m->distance[lone]))
                lone = i;
        lower = m->lower + (size_t)lone * (size_t)m->kp;
        lower[m->label[lone]] = 0;
        lower[c] = m->upper[lone] = (ic_real)HUGE_VAL;
        m->label[lone] = c;
        ic_p_kmeans_follow(m);
    }
    return filled;
}

/* Moves every centre to the mean of its points. */
IC_P_FN void ic_p_kmeans_update(ic_p_kmeans *m)
{
    const ic_real *mean = m->mean;
    int c, j;
    for (c = 0; c < m->k; c++) {
        ic_real square;
        for (j = 0; j < m->dp; j++)
            m->mean[j] = (ic_real)(m->sum[(size_t)c * (size_t)m->dp + (size_t)j] / (double)m->count[c]);
        m->kernels->apart(m->dp, ic_p_centre(m, c), 1, &mean, &square);
        m->moved[c] = ic_p_above(m, square);
        memcpy(ic_p_centre(m, c), mean, (size_t)m->dp * sizeof *mean);
    }
}

/* One start: seeds, then rounds until no point moves.  Returns the inertia. */
IC_P_FN double ic_p_kmeans_run(ic_p_kmeans *m, uint64_t key, int restart, int iterations)
{
    double inertia = 0;
    int i, round, anew = 0;              /* anew: the round before formed the sums anew */
    ic_p_kmeans_start(m, key, (uint64_t)restart);
    for (round = 0; round < iterations; round++) {
        int moved;
        ic_p_parallel(&m->team, m->n, ic_p_kmeans_assign, m);
        if (round == 0)
            ic_p_kmeans_sum_anew(m);
        moved = round == 0 ? m->n : ic_p_kmeans_follow(m);
        moved += ic_p_kmeans_fill(m);
        if (moved == 0 && anew)
            break;
        anew = moved == 0 || round + 1 == iterations;
        if (anew)
            ic_p_kmeans_sum_anew(m);
        ic_p_kmeans_update(m);
    }
    ic_p_parallel(&m->team, m->n, ic_p_kmeans_measure, m);
    for (i = 0; i < m->n; i++)
        inertia += (double)m->distance[i];
    return inertia;
}

IC_P_FN void ic_p_kmeans_layout(ic_p_kmeans *m, ic_p_arena *arena)
{
    const size_t n = (size_t)m->n, dp = (size_t)m->dp, k = (size_t)m->k, tries = (size_t)m->tries;
    m->x = ic_p_take_reals(arena, n, dp);
    m->centre = ic_p_take_reals(arena, k, dp);
    m->mean = ic_p_take_reals(arena, 1, dp);
    m->distance = ic_p_take_reals(arena, n, 1);
    m->upper = ic_p_take_reals(arena, n, 1);
    m->lower = ic_p_take_reals(arena, n, (size_t)m->kp);
    m->moved = ic_p_take_reals(arena, 1, (size_t)m->kp);
    m->tried = ic_p_take_reals(arena, n, tries);
    m->weight = ic_p_take_doubles(arena, (size_t)m->blocks, tries);
    m->candidate = (const ic_real **)ic_p_take(arena, tries, sizeof *m->candidate);
    m->at = (int *)ic_p_take(arena, (size_t)m->kp, (size_t)m->team.wanted * sizeof(int));
    m->sum = ic_p_take_doubles(arena, k, dp);
    m->label = (int *)ic_p_take(arena, n, sizeof(int));
    m->summed = (int *)ic_p_take(arena, n, sizeof(int));
    m->count = (int *)ic_p_take(arena, k, sizeof(int));
}

/* The best of several starts.  Points and centres are padded to whole vectors, of zeros that add
   nothing to a distance. */
IC_DEF ic_status ic_kmeans(int n, int d, const ic_real *x, int k, const ic_kmeans_options *options,
                           ic_real *centre, int *label, double *inertia)
{
    const ic_kmeans_options none = { 0, 0, 0, 0, IC_ISA_BEST }, *o = options ? options : &none;
    const int restarts = o->restarts ? o->restarts : 10, iterations = o->iterations ? o->iterations : 300;
    ic_p_arena arena = { NULL, 0, 0 };
    ic_p_kmeans m;
    ic_status status = IC_OK;
    void *owned = NULL;
    double best = HUGE_VAL;
    int restart, pass, i;
    memset(&m, 0, sizeof m);
    m.kernels = ic_p_kernels_for(o->isa);
    IC_P_REQUIRE(k >= 1 && n >= k && d >= 1 && x && centre, IC_E_ARGUMENT);
    IC_P_REQUIRE(restarts >= 1 && iterations >= 1 && m.kernels, IC_E_OPTION);
    IC_P_REQUIRE(o->threads >= 0, IC_E_OPTION);
    IC_P_REQUIRE(n <= IC_P_MOST_ROWS && d <= IC_P_MOST_ROWS, IC_E_SIZE);
    IC_P_PASS(ic_p_arithmetic_ok(m.kernels));
    IC_P_PASS(ic_p_points_ok(n, d, x));
    m.n = n, m.k = k;
    m.dp = (d + IC_PAD - 1) / IC_PAD * IC_PAD, m.kp = (k + IC_PAD - 1) / IC_PAD * IC_PAD;
    m.blocks = (n - 1) / IC_P_KMEANS_BLOCK + 1;
    m.slack = (ic_real)(d / IC_PAD + 8) / 8388608;
    for (m.tries = 2, i = k; i > 1; i /= 2)
        m.tries++;
    m.team.wanted = ic_p_threads(o->threads);
    for (pass = 0; status == IC_OK && pass < 2; pass++) {
        ic_p_kmeans_layout(&m, &arena);
        status = ic_p_arena_pass(&arena, &owned);
    }
    if (status != IC_OK)
        return status;
    for (i = 0; i < n; i++) {
        memcpy(ic_p_point(&m, i), x + (size_t)i * (size_t)d, (size_t)d * sizeof *x);
        memset(ic_p_point(&m, i) + d, 0, (size_t)(m.dp - d) * sizeof *x);
    }
    for (restart = 0; restart < restarts; restart++) {
        const double got = ic_p_kmeans_run(&m, o->seed, restart, iterations);
        if (restart > 0 && !(got < best))
            continue;
        best = got;
        for (i = 0; i < k; i++)
            memcpy(centre + (size_t)i * (size_t)d, ic_p_centre(&m, i), (size_t)d * sizeof *centre);
        if (label)
            memcpy(label, m.label, (size_t)n * sizeof *label);
    }
    if (inertia)
        *inertia = best;
    ic_p_team_end(&m.team);
    IC_FREE(owned);
    return IC_OK;
}

/* [K4] Exercises.

   Exercise 1.  Four points stand at the corners of a rectangle of 2 by 1, and $K = 2$.  In
   which partitions can the rounds end, and how often does a single start lead to the worse one?

   Answer.  Left and right, with the inertia 1, and above and below, with the inertia 4; in
   both, the mean nearest to a point is that of its own cluster.  The worse one needs both first
   centres on the same short side.  From a corner the squared distances of the others are 1, 4
   and 5, so a candidate lies on the same short side with the probability 1/10.  With three
   candidates ([K2]) all of them must, since the best is taken: once in 1000 starts.
   `build/bin/answers` counts 86 in 100000; with the usual ten starts the worse partition has no
   chance.

   Exercise 2.  Show that the sum of the squared distances of all pairs of points in a cluster
   is its inertia times the number of its points.

   Answer.  $||x_i - x_j||^2 = ||x_i - mu||^2 + ||x_j - mu||^2 - 2 (x_i - mu)^T (x_j - mu)$.
   Over all $i$ and $j$ the last term adds up to zero, and each of the others to $n$ times the
   inertia; every pair has then been counted twice.  So k-means can be defined without centres:
   it groups points that are close to each other.  `build/bin/answers` prints both sides for ten
   letters.

   Exercise 3.  Let every cluster be a Gaussian with the covariance $delta^2 I$ and equal
   weight.  What becomes of the probability that point $i$ belongs to cluster $k$ as $delta$
   goes to 0?

   Answer.  It is $exp(-||x_i - mu_k||^2 / (2 delta^2))$ divided by the sum of this over all
   clusters, and tends to 1 for the nearest centre and to 0 for the others: (1).  The maximum
   likelihood mean is then (2), so k-means is the limit of fitting such a mixture.  A point at
   the distances 0.4 and 0.6 from two centres belongs to the nearer one with .52, .60 and .83
   for a deviation of 1, 1/2 and 1/4 (`build/bin/answers`). */

/* [S] SELF-ORGANISING MAP ----------------------------------------------------------------------
   A way to look at points of many dimensions on a sheet (Kohonen 1982).  A rectangular grid of
   units is stretched over the points so that neighbouring units stand for similar points. */

/* [S1] The rule of learning.
   Every unit $u$ has a vector $w_u$.  Show the map a point $x$; find the winner, the unit with
   the nearest vector; move it towards $x$ and, less, its neighbours on the grid:

       w_u := w_u + alpha(t) theta(u, t) (x - w_u)                                           (1)
       theta(u, t) = exp(-(i^2 + j^2) / (2 rho(t)^2))                                        (2)

   with $i$ rows and $j$ columns between unit and winner, on a torus the shorter way round.
   Neighbours are drawn to the same points, so they come to resemble each other; where the points
   leave a gap, neighbours stay apart.  The rate $alpha$ and the radius $rho$ (`sigma` in the
   options) fall as $1 / (1 + t / (q n_t))$: after the share $q$ of the $n_t$ iterations they
   have halved, and they never reach zero.  Since (2) is a product of a function of $i$ and one
   of $j$, an iteration needs only rows + columns exponentials.

   As long as $alpha theta <= 1$ each vector moves to a point between itself and $x$, so vectors
   stay within the range of the points and of the start.  Time O(rows x columns x d) an
   iteration.

   MiniSom, which drew the maps of the thesis, divides by $2 pi rho^2$ in (2): its radius of 1
   is $sqrt(pi) = 1.77$ here. */

/* Squared Euclidean distance.  Sixteen partial sums side by side, added up in a fixed tree, so
   that vector code and plain code do the same additions in the same order. */
IC_P_FN ic_real ic_p_distance2(const ic_real *a, const ic_real *b, int d)
{
    ic_real sum[IC_PAD] = { 0 };
    int k, j, half;
    for (k = 0; k + IC_PAD <= d; k += IC_PAD)
        IC_P_UNROLL
        for (j = 0; j < IC_PAD; j++)
            sum[j] += (a[k + j] - b[k + j]) * (a[k + j] - b[k + j]);
    for (j = 0; k + j < d; j++)
        sum[j] += (a[k + j] - b[k + j]) * (a[k + j] - b[k + j]);
    for (half = IC_PAD / 2; half > 0; half /= 2)
        for (j = 0; j < half; j++)
            sum[j] += sum[j + half];
    return sum[0];
}

IC_P_FN int ic_p_som_steps(int a, int b, int n, int torus)
{
    const int d = a < b ? b - a : a - b;
    return torus && n - d < d ? n - d : d;
}

IC_P_FN ic_real *ic_p_som_unit(const ic_som *som, int unit)
{
    return som->weight + (size_t)unit * (size_t)som->dims;
}

/* The nearest unit, and the next nearest (or itself on a map of one). */
IC_P_FN int ic_p_som_nearest(const ic_som *som, const ic_real *x, int *second)
{
    ic_real least = 0, next = 0;
    int unit, best = -1, runner = -1;
    for (unit = 0; unit < som->rows * som->cols; unit++) {
        const ic_real square = ic_p_distance2(x, ic_p_som_unit(som, unit), som->dims);
        if (best < 0 || square < least) {
            next = least, runner = best;
            least = square, best = unit;
        } else if (runner < 0 || square < next) {
            next = square, runner = unit;
        }
    }
    *second = runner < 0 ? best : runner;
    return best;
}

IC_DEF int ic_som_winner(const ic_som *som, const ic_real *x)
{
    int second;
    return ic_p_som_nearest(som, x, &second);
}

/* theta along one axis, into h: [n] factors around `centre`. */
IC_P_FN void ic_p_som_bell(int n, int centre, int torus, double sigma, ic_real *h)
{
    int k;
    for (k = 0; k < n; k++) {
        const double d = (double)ic_p_som_steps(k, centre, n, torus) / sigma;
        h[k] = d < 12 ? ic_exp((ic_real)(-0.5 * d * d)) : 0;          /* beyond, nothing is left */
    }
}

/* One iteration; `bell` is scratch for rows + cols numbers. */
IC_P_FN void ic_p_som_step(const ic_som *som, const ic_real *x, double sigma, double rate,
                           ic_real *bell)
{
    const int winner = ic_som_winner(som, x);
    ic_real *bell_row = bell, *bell_col = bell + som->rows;
    int r, c, j;
    ic_p_som_bell(som->rows, winner / som->cols, som->torus, sigma, bell_row);
    ic_p_som_bell(som->cols, winner % som->cols, som->torus, sigma, bell_col);
    for (r = 0; r < som->rows; r++)
        for (c = 0; c < som->cols; c++) {
            const ic_real pull = (ic_real)rate * bell_row[r] * bell_col[c];
            ic_real *w = ic_p_som_unit(som, r * som->cols + c);
            for (j = 0; j < som->dims; j++)
                w[j] += pull * (x[j] - w[j]);
        }
}

/* Position of the k-th of n units along an axis, from -1 to 1. */
IC_P_FN double ic_p_som_position(int k, int n) { return n > 1 ? 2.0 * k / (n - 1) - 1 : 0; }

/* [S2] A start in the plane of the points.
   The grid is laid flat into the plane of the first two principal components ([P1]), one
   standard deviation to each side of the mean, the larger one along the longer side.  `work` is
   scratch for $4 d$ numbers. */
IC_P_FN void ic_p_som_start_pca(const ic_som *som, int n, const ic_real *x, uint64_t key,
                                double *work)
{
    const int d = som->dims;
    double *mean = work, *first = mean + d, *second = first + d, *other = second + d;
    double spread1, spread2;
    int j, r, c;
    ic_p_mean(n, d, x, mean);
    spread1 = ic_p_pca_direction(n, d, x, mean, 0, ic_random_key(key, 0), first, other);
    spread2 = ic_p_pca_direction(n, d, x, mean, 1, ic_random_key(key, 1), second, other);
    for (r = 0; r < som->rows; r++)
        for (c = 0; c < som->cols; c++) {
            ic_real *w = ic_p_som_unit(som, r * som->cols + c);
            const double u = ic_p_som_position(r, som->rows), v = ic_p_som_position(c, som->cols);
            const double a = spread1 * (som->rows >= som->cols ? u : v);
            const double b = spread2 * (som->rows >= som->cols ? v : u);
            for (j = 0; j < d; j++)
                w[j] = (ic_real)(mean[j] + a * first[j] + b * second[j]);
        }
}

IC_P_FN const ic_real *ic_p_som_draw(int n, int dims, const ic_real *x, uint64_t key, uint64_t j)
{
    return x + (size_t)(ic_uniform(key, 0, j) * (double)n) * (size_t)dims;
}

IC_P_FN void ic_p_som_start_data(const ic_som *som, int n, const ic_real *x, uint64_t key)
{
    int unit;
    for (unit = 0; unit < som->rows * som->cols; unit++)
        memcpy(ic_p_som_unit(som, unit), ic_p_som_draw(n, som->dims, x, key, (uint64_t)unit),
               (size_t)som->dims * sizeof(ic_real));
}

/* Fills in what was left zero. */
IC_P_FN void ic_p_som_defaults(ic_som_options *o, int n)
{
    const int side = (int)ceil(sqrt((double)n));
    o->rows = o->rows ? o->rows : side;
    o->cols = o->cols ? o->cols : side;
    o->iterations = o->iterations ? o->iterations : 100;
    o->sigma = o->sigma != 0 ? o->sigma : 1.0;
    o->rate = o->rate != 0 ? o->rate : 0.5;
    o->sigma_half = o->sigma_half != 0 ? o->sigma_half : 0.5;
    o->rate_half = o->rate_half != 0 ? o->rate_half : 0.5;
}

/* Of options that have been filled in. */
IC_P_FN ic_status ic_p_som_options_ok(const ic_som_options *o)
{
    IC_P_REQUIRE(o->rows > 0 && o->cols > 0 && o->iterations > 0, IC_E_OPTION);
    IC_P_REQUIRE(ic_p_within(o->sigma, 1e-300, IC_P_LARGEST), IC_E_OPTION);
    IC_P_REQUIRE(o->rate > 0 && o->rate <= 1, IC_E_OPTION);
    IC_P_REQUIRE(ic_p_within(o->sigma_half, 1e-6, IC_P_LARGEST), IC_E_OPTION);
    IC_P_REQUIRE(ic_p_within(o->rate_half, 1e-6, IC_P_LARGEST), IC_E_OPTION);
    IC_P_REQUIRE(o->start == IC_SOM_DATA || o->start == IC_SOM_PCA, IC_E_OPTION);
    IC_P_REQUIRE((o->torus | 1) == 1, IC_E_OPTION);
    IC_P_REQUIRE(!o->torus || (o->rows > 2 && o->cols > 2), IC_E_CONFLICT);
    IC_P_REQUIRE((int64_t)o->rows * o->cols <= INT32_MAX, IC_E_SIZE);
    return IC_OK;
}

/* A start, then (1) for one random point after the other while rate and radius fall. */
IC_DEF ic_status ic_som_train(ic_som *som, int n, int dims, const ic_real *x,
                              const ic_som_options *options)
{
    ic_p_arena arena = { NULL, 0, 0 };
    ic_som_options o;
    ic_status status = IC_OK;
    ic_real *bell = NULL;
    double *pca = NULL;
    uint64_t pick;
    int pass, t;
    memset(som, 0, sizeof *som);
    memset(&o, 0, sizeof o);
    if (options)
        o = *options;
    IC_P_PASS(ic_p_arithmetic_ok(ic_p_kernels_for(IC_ISA_PLAIN)));
    IC_P_REQUIRE(n >= 1 && dims >= 1 && x, IC_E_ARGUMENT);
    ic_p_som_defaults(&o, n);
    IC_P_PASS(ic_p_som_options_ok(&o));
    IC_P_PASS(ic_p_points_ok(n, dims, x));
    som->rows = o.rows, som->cols = o.cols, som->dims = dims, som->torus = o.torus;
    for (pass = 0; status == IC_OK && pass < 2; pass++) {
        som->weight = ic_p_take_reals(&arena, (size_t)o.rows * (size_t)o.cols, (size_t)dims);
        bell = ic_p_take_reals(&arena, (size_t)o.rows + (size_t)o.cols, 1);
        pca = ic_p_take_doubles(&arena, 4, (size_t)dims);
        status = ic_p_arena_pass(&arena, &som->owned);
    }
    if (status != IC_OK) {
        memset(som, 0, sizeof *som);
        return status;
    }
    if (o.start == IC_SOM_PCA)
        ic_p_som_start_pca(som, n, x, ic_random_key(o.seed, 0), pca);
    else
        ic_p_som_start_data(som, n, x, ic_random_key(o.seed, 1));
    pick = ic_random_key(o.seed, 2);
    for (t = 0; t < o.iterations; t++) {
        const double done = (double)t / (double)o.iterations;
        ic_p_som_step(som, ic_p_som_draw(n, dims, x, pick, (uint64_t)t),
                      o.sigma / (1 + done / o.sigma_half), o.rate / (1 + done / o.rate_half), bell);
    }
    return IC_OK;
}

IC_DEF void ic_som_free(ic_som *som)
{
    if (som)
        ic_p_release(som->owned, som, sizeof *som);
}

/* [S3] Looking at a map.
   The U-matrix shows the distances between neighbouring vectors, high along gaps between groups
   of points (Ultsch & Siemon 1990).  The quantisation error says how far points are from the
   map, the topographic error how often the two units nearest to a point are not neighbours:
   there the map is folded. */

/* The unit dr rows and dc columns away, -1 beyond the edge. */
IC_P_FN int ic_p_som_beside(const ic_som *som, int unit, int dr, int dc)
{
    int r = unit / som->cols + dr, c = unit % som->cols + dc;
    if (som->torus) {
        r = (r + som->rows) % som->rows;
        c = (c + som->cols) % som->cols;
    }
    return r >= 0 && r < som->rows && c >= 0 && c < som->cols ? r * som->cols + c : -1;
}

/* The distance of two vectors, in double: squares of small numbers are 0 in a float. */
IC_P_FN double ic_p_som_apart(const ic_som *som, const ic_real *a, const ic_real *b)
{
    double squares = 0;
    int k;
    for (k = 0; k < som->dims; k++)
        squares += ((double)a[k] - (double)b[k]) * ((double)a[k] - (double)b[k]);
    return sqrt(squares);
}

/* The mean distance to the neighbours, 0 without any. */
IC_P_FN double ic_p_som_u(const ic_som *som, int unit)
{
    double sum = 0;
    int dr, dc, count = 0;
    for (dr = -1; dr <= 1; dr++)
        for (dc = -1; dc <= 1; dc++) {
            const int other = ic_p_som_beside(som, unit, dr, dc);
            if (other < 0 || other == unit)
                continue;
            sum += ic_p_som_apart(som, ic_p_som_unit(som, unit), ic_p_som_unit(som, other));
            count++;
        }
    return count > 0 ? sum / count : 0;
}

IC_DEF void ic_som_u_matrix(const ic_som *som, ic_real *u)
{
    const int units = som->rows * som->cols;
    ic_real most = 0;
    int unit;
    for (unit = 0; unit < units; unit++) {
        u[unit] = (ic_real)ic_p_som_u(som, unit);
        most = u[unit] > most ? u[unit] : most;
    }
    for (unit = 0; most > 0 && unit < units; unit++)
        u[unit] /= most;
}

IC_DEF double ic_som_quantisation_error(const ic_som *som, int n, const ic_real *x)
{
    double sum = 0;
    int i;
    for (i = 0; i < n; i++) {
        const ic_real *p = x + (size_t)i * (size_t)som->dims;
        sum += ic_p_som_apart(som, p, ic_p_som_unit(som, ic_som_winner(som, p)));
    }
    return sum / n;
}

IC_P_FN int ic_p_som_adjacent(const ic_som *som, int a, int b)
{
    return ic_p_som_steps(a / som->cols, b / som->cols, som->rows, som->torus) <= 1
        && ic_p_som_steps(a % som->cols, b % som->cols, som->cols, som->torus) <= 1;
}

IC_DEF double ic_som_topographic_error(const ic_som *som, int n, const ic_real *x)
{
    int i, second, apart = 0;
    for (i = 0; i < n; i++) {
        const int first = ic_p_som_nearest(som, x + (size_t)i * (size_t)som->dims, &second);
        apart += !ic_p_som_adjacent(som, first, second);
    }
    return (double)apart / n;
}

/* [S4] Exercises.

   Exercise 1.  In (2) MiniSom divides by $2 pi rho^2$ instead of $2 rho^2$.  At which distance
   from the winner is a unit moved half as far as the winner, in parts of its way to $x$, with
   each of the two, for a radius of 1?  Why is its radius of 1 a radius of $sqrt(pi)$ here?

   Answer.  $exp(-d^2 / (2 rho^2)) = 1/2$ at $d = rho sqrt(2 log 2) = 1.18 rho$, and with
   $pi rho^2$ in place of $rho^2$ at $1.18 sqrt(pi) = 2.09$: MiniSom's formula with $rho$ is (2)
   with $sqrt(pi) rho$.

   Exercise 2.  A map of 10 x 10 units begins at random points of a square and is shown 1000
   points that fill it evenly.  Predict the topographic error for a radius of 1, and for one of
   5.  How much do ten times as many points help, and how much does a start in the plane?

   Answer.  A radius of 1 reaches the next units only, and those began anywhere: after 1000
   points the error is .36.  Ten times as many points leave .15, folds that the small radius
   cannot pull straight.  With a radius of 5 every point moves the whole map, so it first
   contracts, in order, and then spreads: .01 for a map that is shown 100 points in all, 0 for one
   that is shown 1000.  A start in the plane of the points, here the square itself, puts the map
   in order from the beginning: .03 with a radius of 1.  (`build/bin/answers`, means of ten maps.)

   Exercise 3.  A map of one unit.  With which rate does it end at the mean of all points that it
   was shown?  How far from the mean of the set does it end with the rates as they are?

   Answer.  With $alpha(t) = 1 / (1 + t)$, that is `rate` = 1 and `rate_half` = 1 / `iterations`:
   if $w$ is the mean of $t$ points, $w + (x - w) / (1 + t)$ is that of $t + 1$.  (A map without
   neighbours and with such a rate for each unit is the k-means of MacQueen 1967.)  Under a
   constant rate the scatter of $w$ satisfies $v = (1 - alpha)^2 v + alpha^2$ in units of the
   points' variance, so $v = alpha / (2 - alpha)$: the rate ends at 1/6, and $w$ at .30 standard
   deviations of the points from their mean.  `build/bin/answers` measures .312 and, with the
   other rate, .031. */

/* ============================================================================================
   PART 4  MAKING IT FAST
   ============================================================================================ */

/* [B] MAKING IT FAST ----------------------------------------------------------------------------
   The plain network of examples/plain.c spends nearly all of its time in three products.  With
   the $B$ sequences of a batch in the rows of a matrix, all three have one form, $Z += X W$:

       | forward     z  += h U         B x H   times  H x 4H     at every time step
       | backward    dh += dz U^T      B x 4H  times  4H x H     at every time step
       | gradient    dU += h^T dz      H x B   times  B x 4H     at every time step

   Each takes $4 B H^2$ multiply-adds, or $8 B H^2$ operations.  This chapter is about how many
   of them one core does in a second.  It starts from plain loops and changes one thing at a
   time, until the same work is done 44 times as fast.  The steps are functions of
   examples/book/steps.c, which times them on your machine and compares every result with the
   library's, bit for bit: no step changes the order of a sum.  [Y] explains how that is done in
   general, [X] is the code of the kernels.

   figure: steps.svg  Operations a second of each step, in units of $10^9$: 205 units, 205 time
   steps, 12 sequences, one core of an AMD EPYC.  The lines are the two limits of [B1]. */

/* [B1] Two limits.
   A core can begin only so many multiply-adds in a cycle.  This peak is reached if their
   operands are in registers, and if none of them waits for the result of another.  And a core
   can read only so many bytes a second from each of its caches.  The weights $U$ are $4 H^2$
   floats, 672 KB with 205 units; the first-level cache holds 32 KB, so at every time step they
   come from the second level.  If a weight, once it has been read, is used for $r$
   multiply-adds, then $2 r$ operations go with its four bytes, and

       rate <= min(peak, 2 r "bandwidth" / 4)                                                 (1)

   which is known as the roofline (Williams, Waterman & Patterson 2009).  On the core above the
   peak is 117 GFLOP/s, 32 operations a cycle, and the bandwidth 117 GB/s; `make bench` measures
   both.  With $r = 1$, one sequence, no program exceeds 58 GFLOP/s there. */

/* [B2] From plain loops to vectors.
   Plain loops follow the formula, number after number of $Z$:

   source: examples/book/steps.c product_plain

   They do 2.2 GFLOP/s.  Every multiply-add needs the sum that the one before delivers, four
   cycles after it began, while the core could have begun eight in the meantime.  And the inner
   loop goes down a column of $W$: each weight comes from another line of the cache, which has 64
   bytes, and 4 of them are used.

   With the loops exchanged, neighbouring multiply-adds belong to different sums, and $W$ is read
   as it lies in memory.  Each sum still has the same terms in the same order.  1.8 times as
   fast:

   source: examples/book/steps.c product_rows

   Now each multiply-add reads two numbers and writes one.  A vector instruction does all of that
   for $V$ neighbours at once, here eight.  Neighbours are different sums, so that again none
   changes.  (For the backward product the neighbours are columns of $U^T$, which therefore is
   kept as a matrix of its own.)  9.2 times as fast, with the gates in vectors, too:

   source: examples/book/steps.c product_vectors

   So far one sequence ran after the other.  In a batch a row of $W$ is read once for all of
   them: 1.2 times as fast.  It is not more, because it was not the bandwidth of the weights that
   limited the speed.  Every multiply-add still loads a vector of $Z$ and stores it; this core
   stores one such vector a cycle, which is enough for half the peak. */

/* [B3] The register tile.
   So the sums have to stay in registers.  A tile is $r$ rows by four vectors of $Z$.  For every
   $k$ it loads four vectors of $W$ and $r$ numbers of $X$, and does $4 r$ multiply-adds with
   them.

   figure: tile.svg  One step of a tile of 6 x 4 vectors: 10 loads, 24 multiply-adds.

   How large should $r$ be?  There are three conditions.

   1. Enough independent sums: with two multiply-adds begun in each cycle and four cycles for
      each, at least eight, so $r >= 2$.
   2. Few loads: $(4 + r) / (4 r)$ for each multiply-add.  A core can load about as many vectors
      as it can multiply, so this has to stay below 1: again $r >= 2$, and more is better.
   3. Enough registers: $4 r$ sums, $r$ numbers of $X$ and one vector of $W$ after the other,
      $5 r + 1$.  AVX-512 and NEON have 32, which allows $r = 6$; AVX2 has 16, $r = 3$.

   The tile makes it 1.8 times as fast:

   source: examples/book/steps.c tile

   Packing.  The rows of a piece of $W$ are $4 H$ numbers apart, each in another place of the
   cache.  They are copied so that they follow each other ([C4]; once for each update, for use in
   $T$ steps), and every load continues where the last one ended: 1.07 times as fast (Goto & van
   de Geijn 2008 have much more on this).

   Gradient over time.  Taken at every time step, the product that makes $dU$ has only $B$ terms
   in each sum.  For every $B$ multiply-adds a sum is loaded and stored, and all of $dU$, 672 KB,
   passes through the core $T$ times.  But nothing needs $dU$ before the sweep is done.  Then it
   is one product with $T B$ terms in each sum ([C7]), added in the same order: 1.05 times as
   fast.

   Fusion with the gates.  The four vectors of a tile may be any; they are chosen as the gates
   $i$, $f$, $g$ and $o$ of the same $V$ units.  When a tile is done, everything that [L](2) to
   [L](4) need for these units lies in the first-level cache, and they follow at once ([C5]).  In
   steps.c, with eight lanes, this loses 4 or 5 percent; with sixteen, where the gates of a panel
   fill whole lines of the cache, a forward pass of the library gains 1 to 4 percent.

   Few rows, small caches.  A tile of two rows needs but six loads for its eight multiply-adds.
   gcc makes them ten, by loading each vector of $W$ once for each row, unless it is held in its
   register; and $W$, 672 KB, does not fit a second-level cache of 512 KB, unless it is asked for
   ahead.  On an AVX2 core with such a cache (AMD EPYC 7003) both together make generation of 4,
   5 and 10 sequences 1.18, 1.06 and 1.08 times as fast.

   Vector width.  This core has the same peak with AVX2, two multiply-adds of 8 lanes a cycle,
   and AVX-512, one of 16.  The library still gains from AVX-512, a factor of 1.07: there are
   twice as many registers, so that $r = 6$, and by condition 2 fewer loads. */

/* [B4] Which limit binds where.

   figure: roofline.svg  Operations a second against operations a byte of weights, for batches of
   different sizes: 205 units, 205 time steps, one core.

   With one sequence the bandwidth of the cache binds; the speed is 80 to 93 percent of (1).  With
   two, reading the weights takes as long as the multiply-adds, with three two thirds as long, and
   the one does not fully overlap with the other: two thirds of the peak.  From four on the
   multiply-adds bind.  What is missing there, 10 percent of the peak in generation, 12 in
   inversion and 16 to 19 in training, is time spent on work that is not counted: the gates, the
   padding of 205 units to 208, the output layer, and in training the copying of $dz$, packing,
   and Adam.  How much each of them takes was not measured.  Ten
   sequences are computed as two tiles of five rows, not as one of six and one of four: the
   smaller tile would lose more than the larger one gains. */

/* [B5] Threads.
   Sequences do not need each other, so each thread takes some rows of a batch through all time
   steps without waiting for the others.  With fewer than four rows a thread the tiles would be
   too low for the weights that they read ([B4]); then all threads compute all rows, each a share
   of the units, and meet after every step ([C5]).  The gradient of the weights is a sum over all
   rows; there each thread takes some columns of it.  What is cut is always a set of results and
   never a sum, so that the number of threads changes no bit; [M3] has the code.

   Threads with rows of their own share nothing that is written, and still disturb each other.
   On the core above two processes generated at 90 percent of the peak each, two threads of one
   process at 84, and for minutes at a time at 60, presumably when the two cores did not share a
   third-level cache.  The cause is prefetching.  A core that sees addresses at equal distances,
   such as those of the rows of a step, fetches what it expects to be next.  After a thread's last
   row, this is a row of another thread, which is writing to it.  So two cores take the same lines
   from each other again and again.

   Two changes bring the 90 percent back.  The gates visit the rows of a step in an order in which
   no two successive distances are equal (`ic_p_scattered`): 84 becomes 89, and 60 becomes 80.
   And after the rows of each thread six rows of memory are left free ([C5]).  In training they
   cannot be left free, since [C7] takes all rows for one matrix.

   In the passes of training, without the step of Adam, two threads are 1.7 times as fast as one
   with one sequence, and 1.96 times with 10 or 32; at the bad times 1.3, 1.6 and 1.9 times.
   Generation is about twice as fast at all times.  How threads wait for each other, also on a
   busy machine, is told in [M3]. */

/* [B6] Exercises.

   Exercise 1.  examples/book/steps.c has tiles of three rows with AVX2.  What do you expect of
   two, and of four?

   Answer.  Two rows satisfy conditions 1 and 2 just so: each multiply-add comes with 0.75 loads.
   Four rows need 21 registers of 16, so that sums are stored and loaded again in every step.
   Replace 3 by 2 or 4 in `tile` (the size of `sum`) and in `tiles`, and run the program: on the
   core above step "gradient over time" falls from 89 GFLOP/s to 67 and to 57.

   Exercise 2.  An LSTM with 16 units has weights of 4 KB.  Which of the steps still help?

   Answer.  Set HIDDEN to 16 in examples/bench/machine.h and COLUMNS to 16 in steps.c, and run it.
   Packing and the gradient over time gain nothing: the weights are in the first-level cache.  But
   the batch gains more than before, a factor of 2.3.  The $dh$ of one sequence is 16 sums, two
   vectors, and the multiply-adds wait for each other; twelve sequences have 24 vectors.  At the
   end the library reaches half the peak, because the gates, as many for each unit as before, now
   take much of the time.

   Exercise 3.  A dot product has one sum.  How would you compute it with vectors, so that its
   bytes do not depend on their width?

   Answer.  As a fixed number of partial sums, sixteen, say: number $j$ over the terms $j$,
   $j + 16$, ...  in order, and the sixteen added up in a fixed tree.  With 16 lanes they are one
   vector, with 4 lanes four, with one lane sixteen numbers; see [X5] and `ic_p_sum_squares` in
   [M2].  To check it, compute something with `isa` set to IC_ISA_PLAIN and to IC_ISA_BEST and
   compare the bytes, as `tests/same_bytes.c` does. */

/* [Y] THE SAME BYTES EVERYWHERE -----------------------------------------------------------------
   A training run is a chain of some $10^12$ roundings.  If one of them depends on the machine, a
   last bit differs, the difference grows, and two machines end with two networks.  Then a
   failure cannot be repeated elsewhere, and tests must tolerate so much that they no longer see
   mistakes.  So the library gives the same bytes for any number of threads, any vector width,
   any compiler and optimisation level, on x86, ARM, WebAssembly and s390; `make verify` compares
   a long chain of results with `tests/same_bytes.txt`.

   IEEE 754 makes it possible: a sum, a product, a quotient, a square root and a fused
   multiply-add each have one right result, the exact one rounded once.  What remains is to fix
   which of them are done, and in which order. */

/* [Y1] What could differ, and what is done about it.

       | threads                 cut sets of results, never a sum: [M3]
       | vector width            the lanes of a vector are different results, and each is computed
       |                         as a single number would be.  Sums over an array are 16 partial
       |                         sums of any width: [X5].  Arrays that are summed over are padded
       |                         to 16 numbers, not to the width
       | reordering              -fassociative-math and the like are overridden, -ffast-math does
       |                         not compile: [A1]
       | a b + c rounded once    only where the source says so, and then always; where there is no
       |                         instruction for it, it is computed exactly: [Y2]
       | exp, tanh, log, sine    are made of these operations: [Y5], [Y6], [R2], [C2], [E2], [E3]
       | wider registers         x87 arithmetic does not compile: [A1]
       | random numbers          are functions of counters, not of who draws first: [R]
       | modes of the processor  rounding, flushing to zero: found out where a workspace is made,
       |                         and by ic_dtw, ic_kmeans, ic_som_train, ic_pairs_make,
       |                         ic_recognition_init and ic_recogniser_add: [Y7]
       | order of bytes          numbers are hashed and written least significant byte first: [F]

   Not covered: IC_DOUBLE, where exp and the others are the C library's, and results that the
   caller's own code makes with other means. */

/* [Y2] A fused multiply-add without the instruction.
   `fma(a, b, c)` is $a b + c$ rounded once.  Where the processor has no such instruction, it is
   computed in double.  The product of two floats has at most 24 + 24 bits, so it is exact in
   double, which has 53.  The sum $s = a b + c$ may be longer.  Rounded to a double and then to a
   float it would be rounded twice, and two roundings can differ from one: if the first ends half
   way between two floats, the second does not know on which side $s$ was.

   Rounding to odd cures that (Boldo & Melquiond 2008): if $s$ is no double, take the one of its
   two neighbours whose last bit is 1.  Floats, and the points half way between them, have at
   most 25 bits; as doubles their last bit is 0.  So the odd neighbour is none of them, and lies
   on the same side of each of them as $s$ does.  Rounding it to a float gives what rounding $s$
   would.

   On which side $s$ lies follows from the error of the sum in double, which can be computed
   exactly (Knuth 1969):

       S ~= a b + c   q = S - a b   e = (a b - (S - q)) + (c - q)                             (1)

   with $S$ the rounded sum, and $e$ its error: $S + e = s$. */
#if defined(__GNUC__) && (defined(FP_FAST_FMAF) || defined(__FMA__) || defined(__aarch64__))
#define IC_P_HARDWARE_FMA 1
#endif

IC_P_INLINE ic_real ic_p_fma(ic_real a, ic_real b, ic_real c)
{
#if defined(IC_DOUBLE)
    return fma(a, b, c);
#elif defined(IC_P_HARDWARE_FMA)
    return __builtin_fmaf(a, b, c);      /* an instruction; fmaf may be a call, and mingw's rounds twice */
#else
    double product = (double)a * (double)b;
    double sum = product + (double)c;
    double part = sum - product;
    double error = (product - (sum - part)) + ((double)c - part);
    if (error < 0 || error > 0) {          /* inexact (and not NaN): round the sum to odd */
        uint64_t bits;
        memcpy(&bits, &sum, sizeof bits);
        if ((bits & 1) == 0)
            bits = (error > 0) == (sum > 0) ? bits + 1 : bits - 1;
        memcpy(&sum, &bits, sizeof bits);
    }
    return (float)sum;
#endif
}

/* 2^n for the whole number n that is hidden in the last bits of k = n + 1.5 * 2^23. */
IC_P_INLINE ic_real ic_p_pow2(ic_real k)
{
    float value = (float)k;
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    bits = (bits + 127u) << 23;
    memcpy(&value, &bits, sizeof value);
    return (ic_real)value;
}

/* Which instruction sets there are. */
#if defined(__GNUC__) && defined(__x86_64__) && !defined(IC_NO_SIMD) && !defined(IC_DOUBLE)
#include <immintrin.h>
#if (defined(_WIN32) && !defined(__clang__)) || defined(IC_P_NARROW)
/* The stack of 64-bit Windows is aligned to 16 bytes, and gcc still spills wider vectors as if
   they were aligned there (its bug 54412).  (IC_P_NARROW: the same elsewhere, for tests.) */
#define IC_P_FMA128 1
#define IC_P_ISA_4 IC_ISA_FMA
#else
#define IC_P_X86 1
#endif
#elif defined(__aarch64__) && defined(__ARM_NEON) && !defined(IC_NO_SIMD) && !defined(IC_DOUBLE)
#define IC_P_NEON 1
#define IC_P_ISA_4 IC_ISA_NEON
#include <arm_neon.h>
#elif defined(__wasm_simd128__) && !defined(IC_NO_SIMD) && !defined(IC_DOUBLE)
#define IC_P_SIMD128 1
#define IC_P_ISA_4 IC_ISA_SIMD128
#include <wasm_simd128.h>
#endif

/* [Y3] Four at a time, on WebAssembly.
   Its vectors have four floats and no fused multiply-add.  Rounding to odd takes a branch, and
   is seldom needed.  The sum in double, rounded to a float, is the right result, unless the
   rounding to double moved it onto a point half way between two floats.  That can be so only if
   the 29 bits that a double has and a float has not are a one followed by zeros.  Floats below
   $2^{-126}$ have their half-way points elsewhere.  Sums of either kind are done again by [Y2].
   */
#if defined(IC_P_SIMD128)
typedef struct ic_p_wide { v128_t low, high; } ic_p_wide;      /* four floats, as doubles */

IC_P_INLINE ic_p_wide ic_p_widen(v128_t a)
{
    ic_p_wide wide;
    wide.low = wasm_f64x2_promote_low_f32x4(a);
    wide.high = wasm_f64x2_promote_low_f32x4(wasm_i32x4_shuffle(a, a, 2, 3, 2, 3));
    return wide;
}

IC_P_INLINE v128_t ic_p_narrow(ic_p_wide a)
{
    return wasm_i32x4_shuffle(wasm_f32x4_demote_f64x2_zero(a.low),
                              wasm_f32x4_demote_f64x2_zero(a.high), 0, 1, 4, 5);
}

IC_P_INLINE v128_t ic_p_fma_simd128(v128_t a, v128_t b, v128_t c)
{
    const ic_p_wide x = ic_p_widen(a), y = ic_p_widen(b), z = ic_p_widen(c);
    ic_p_wide sum;
    v128_t first, last, doubt;       /* halves of the doubles: sign, exponent, 20 bits; the last 32 bits */
    sum.low = wasm_f64x2_add(wasm_f64x2_mul(x.low, y.low), z.low);
    sum.high = wasm_f64x2_add(wasm_f64x2_mul(x.high, y.high), z.high);
    last = wasm_i32x4_shuffle(sum.low, sum.high, 0, 2, 4, 6);
    first = wasm_i32x4_shuffle(sum.low, sum.high, 1, 3, 5, 7);
    first = wasm_v128_and(first, wasm_i32x4_splat(0x7fffffff));
    doubt = wasm_i32x4_eq(wasm_v128_and(last, wasm_i32x4_splat(0x1fffffff)), wasm_i32x4_splat(0x10000000));
    doubt = wasm_v128_or(doubt, wasm_u32x4_lt(wasm_i32x4_sub(first, wasm_i32x4_splat(1)),   /* not 0 */
                                              wasm_i32x4_splat(0x38100000 - 1)));   /* 2^-126 */
    if (wasm_v128_any_true(doubt)) {
        float u[4], v[4], w[4];
        int k;
        wasm_v128_store(u, a);
        wasm_v128_store(v, b);
        wasm_v128_store(w, c);
        for (k = 0; k < 4; k++)
            w[k] = ic_p_fma(u[k], v[k], w[k]);
        return wasm_v128_load(w);
    }
    return ic_p_narrow(sum);
}
#endif

/* [Y4] One source for all vector widths.
   The kernels are written over a vector of IC_P_LANES numbers and a few macros, such as
   IC_P_FMA.  The header includes itself once for each width that the machine may have, and the
   compiler then reads only what stands between the two marks READ ONCE FOR EACH VECTOR WIDTH:

       | 16 lanes   AVX-512F            4 lanes   NEON, SIMD128; FMA for gcc on Windows
       |  8 lanes   AVX2 + FMA          1 lane    plain C

   (FMA: training takes 1.8 times as long as with AVX2, measured on Linux.  clang has all of them
   on Windows, too.)
   With one lane every macro is an ordinary operation on a number: to read the kernels, read them
   so.  Which set of kernels is used is decided at run time, by [X7]. */
/* The place of the lowest bit. */
#if defined(__GNUC__)
#define IC_P_FIRST_BIT(bits) __builtin_ctz(bits)
#else
#define IC_P_FIRST_BIT(bits) 0            /* without vectors there is but one lane */
#endif

/* What some vectors need functions for: the sum of all lanes, halves onto halves; a bit for each
   lane. */
#if defined(IC_P_X86) || defined(IC_P_FMA128)
#define IC_P_HALVES(a) _mm_add_ps(_mm256_castps256_ps128(a), _mm256_extractf128_ps(a, 1))
__attribute__((target("avx"), unused)) IC_P_INLINE float ic_p_total(__m128 a)
{
    a = _mm_add_ps(a, _mm_movehl_ps(a, a));
    return _mm_cvtss_f32(_mm_add_ss(a, _mm_shuffle_ps(a, a, 1)));
}
#elif defined(IC_P_NEON)
IC_P_INLINE float ic_p_total(float32x2_t a) { return vget_lane_f32(a, 0) + vget_lane_f32(a, 1); }
IC_P_INLINE unsigned ic_p_bits(uint32x4_t mask)
{
    const uint32_t bits[4] = { 1, 2, 4, 8 };
    return vaddvq_u32(vandq_u32(mask, vld1q_u32(bits)));
}
#elif defined(IC_P_SIMD128)
IC_P_INLINE float ic_p_total(v128_t a) { return wasm_f32x4_extract_lane(a, 0) + wasm_f32x4_extract_lane(a, 1); }
#endif

/* The header's own name, for including itself. */
#ifndef IC_SELF
#define IC_SELF "invclass.h"
#endif

#if defined(__GNUC__) && !defined(__clang__)      /* gcc 12 warns about its own intrinsics */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif
#define IC_P_LANES 1
#include IC_SELF
#undef IC_P_LANES
#if defined(IC_P_X86)
#define IC_P_LANES 8
#include IC_SELF
#undef IC_P_LANES
#define IC_P_LANES 16
#include IC_SELF
#undef IC_P_LANES
#elif defined(IC_P_ISA_4)
#define IC_P_LANES 4
#include IC_SELF
#undef IC_P_LANES
#endif
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic pop
#endif

#endif /* INVCLASS_IMPLEMENTATION, interrupted for the part that is read several times */
#endif /* IC_P_LANES */
#ifdef IC_P_LANES
/* ======================= READ ONCE FOR EACH VECTOR WIDTH: BEGIN ============================= */

/* The vector layer: what differs between instruction sets, and nothing else.  `TILE_ROWS` is the
   number of rows of a register tile, $r$ of [B3]. */
#if IC_P_LANES == 16
#define IC_P_NAME "AVX-512"
#define IC_P_TARGET __attribute__((target("avx512f"), unused))
#define IC_P_V __m512
#define IC_P_TILE_ROWS 6
#define IC_P_LOAD(p) _mm512_loadu_ps(p)
#define IC_P_STORE(p, a) _mm512_storeu_ps(p, a)
#define IC_P_SET(x) _mm512_set1_ps(x)
#define IC_P_ADD(a, b) _mm512_add_ps(a, b)
#define IC_P_SUB(a, b) _mm512_sub_ps(a, b)
#define IC_P_MUL(a, b) _mm512_mul_ps(a, b)
#define IC_P_DIV(a, b) _mm512_div_ps(a, b)
#define IC_P_FMA(a, b, c) _mm512_fmadd_ps(a, b, c)
#define IC_P_SQRT(a) _mm512_sqrt_ps(a)
#define IC_P_MIN(limit, a) _mm512_min_ps(limit, a)
#define IC_P_MAX(limit, a) _mm512_max_ps(limit, a)
#define IC_P_POW2(k) _mm512_castsi512_ps(_mm512_slli_epi32(_mm512_add_epi32( \
    _mm512_castps_si512(k), _mm512_set1_epi32(127)), 23))
#define IC_P_IF_INSIDE(s, a) _mm512_maskz_mov_ps( \
    _mm512_mask_cmp_ps_mask(_mm512_cmp_ps_mask(s, _mm512_setzero_ps(), _CMP_GT_OQ), \
                            s, _mm512_set1_ps(1.0f), _CMP_LT_OQ), a)
#define IC_P_ABS(a) _mm512_abs_ps(a)
#define IC_P_FLUSH(a) _mm512_maskz_mov_ps(_mm512_cmp_ps_mask( \
    IC_P_ABS(a), _mm512_set1_ps(IC_P_LEAST), _CMP_NLT_UQ), a)
#define IC_P_BELOW(a, b) ((unsigned)_mm512_cmp_ps_mask(a, b, _CMP_LT_OQ))
#define IC_P_TOTAL(a) ic_p_total(IC_P_HALVES(_mm256_add_ps(_mm512_castps512_ps256(a), \
    _mm256_castpd_ps(_mm512_extractf64x4_pd(_mm512_castps_pd(a), 1)))))
#define IC_P_D __m512d
#define IC_P_D_LANES 8
#define IC_P_D_LOAD(p) _mm512_loadu_pd(p)
#define IC_P_D_STORE(p, a) _mm512_storeu_pd(p, a)
#define IC_P_D_SET(x) _mm512_set1_pd(x)
#define IC_P_D_ADD(a, b) _mm512_add_pd(a, b)
#define IC_P_D_SUB(a, b) _mm512_sub_pd(a, b)
#define IC_P_D_MUL(a, b) _mm512_mul_pd(a, b)
#define IC_P_D_SQRT(a) _mm512_sqrt_pd(a)
#define IC_P_D_MIN(a, b) _mm512_min_pd(a, b)
#elif IC_P_LANES == 8
#define IC_P_NAME "AVX2"
#define IC_P_TARGET __attribute__((target("avx2,fma"), unused))
#define IC_P_V __m256
#define IC_P_TILE_ROWS 3
#define IC_P_HOLD(a) __asm__("" : "+x"(a))
#define IC_P_FETCH(p, ahead) _mm_prefetch((const char *)((uintptr_t)(p) + (ahead)), _MM_HINT_T0)
#define IC_P_LOAD(p) _mm256_loadu_ps(p)
#define IC_P_STORE(p, a) _mm256_storeu_ps(p, a)
#define IC_P_SET(x) _mm256_set1_ps(x)
#define IC_P_ADD(a, b) _mm256_add_ps(a, b)
#define IC_P_SUB(a, b) _mm256_sub_ps(a, b)
#define IC_P_MUL(a, b) _mm256_mul_ps(a, b)
#define IC_P_DIV(a, b) _mm256_div_ps(a, b)
#define IC_P_FMA(a, b, c) _mm256_fmadd_ps(a, b, c)
#define IC_P_SQRT(a) _mm256_sqrt_ps(a)
#define IC_P_MIN(limit, a) _mm256_min_ps(limit, a)
#define IC_P_MAX(limit, a) _mm256_max_ps(limit, a)
#define IC_P_POW2(k) _mm256_castsi256_ps(_mm256_slli_epi32(_mm256_add_epi32( \
    _mm256_castps_si256(k), _mm256_set1_epi32(127)), 23))
#define IC_P_IF_INSIDE(s, a) _mm256_and_ps(a, _mm256_and_ps( \
    _mm256_cmp_ps(s, _mm256_setzero_ps(), _CMP_GT_OQ), \
    _mm256_cmp_ps(s, _mm256_set1_ps(1.0f), _CMP_LT_OQ)))
#define IC_P_ABS(a) _mm256_andnot_ps(_mm256_set1_ps(-0.0f), a)
#define IC_P_FLUSH(a) _mm256_andnot_ps(_mm256_cmp_ps( \
    IC_P_ABS(a), _mm256_set1_ps(IC_P_LEAST), _CMP_LT_OQ), a)
#define IC_P_BELOW(a, b) ((unsigned)_mm256_movemask_ps(_mm256_cmp_ps(a, b, _CMP_LT_OQ)))
#define IC_P_TOTAL(a) ic_p_total(IC_P_HALVES(a))
#define IC_P_D __m256d
#define IC_P_D_LANES 4
#define IC_P_D_LOAD(p) _mm256_loadu_pd(p)
#define IC_P_D_STORE(p, a) _mm256_storeu_pd(p, a)
#define IC_P_D_SET(x) _mm256_set1_pd(x)
#define IC_P_D_ADD(a, b) _mm256_add_pd(a, b)
#define IC_P_D_SUB(a, b) _mm256_sub_pd(a, b)
#define IC_P_D_MUL(a, b) _mm256_mul_pd(a, b)
#define IC_P_D_SQRT(a) _mm256_sqrt_pd(a)
#define IC_P_D_MIN(a, b) _mm256_min_pd(a, b)
#elif defined(IC_P_FMA128) && IC_P_LANES == 4
#define IC_P_NAME "FMA"
#define IC_P_TARGET __attribute__((target("avx,fma"), unused))
#define IC_P_V __m128
#define IC_P_TILE_ROWS 3
#define IC_P_HOLD(a) __asm__("" : "+x"(a))
#define IC_P_LOAD(p) _mm_loadu_ps(p)
#define IC_P_STORE(p, a) _mm_storeu_ps(p, a)
#define IC_P_SET(x) _mm_set1_ps(x)
#define IC_P_ADD(a, b) _mm_add_ps(a, b)
#define IC_P_SUB(a, b) _mm_sub_ps(a, b)
#define IC_P_MUL(a, b) _mm_mul_ps(a, b)
#define IC_P_DIV(a, b) _mm_div_ps(a, b)
#define IC_P_FMA(a, b, c) _mm_fmadd_ps(a, b, c)
#define IC_P_SQRT(a) _mm_sqrt_ps(a)
#define IC_P_MIN(limit, a) _mm_min_ps(limit, a)
#define IC_P_MAX(limit, a) _mm_max_ps(limit, a)
#define IC_P_POW2(k) _mm_castsi128_ps(_mm_slli_epi32(_mm_add_epi32( \
    _mm_castps_si128(k), _mm_set1_epi32(127)), 23))
#define IC_P_IF_INSIDE(s, a) _mm_and_ps(a, _mm_and_ps( \
    _mm_cmpgt_ps(s, _mm_setzero_ps()), _mm_cmplt_ps(s, _mm_set1_ps(1.0f))))
#define IC_P_ABS(a) _mm_andnot_ps(_mm_set1_ps(-0.0f), a)
#define IC_P_FLUSH(a) _mm_andnot_ps(_mm_cmplt_ps(IC_P_ABS(a), _mm_set1_ps(IC_P_LEAST)), a)
#define IC_P_BELOW(a, b) ((unsigned)_mm_movemask_ps(_mm_cmplt_ps(a, b)))
#define IC_P_TOTAL(a) ic_p_total(a)
#define IC_P_D __m128d
#define IC_P_D_LANES 2
#define IC_P_D_LOAD(p) _mm_loadu_pd(p)
#define IC_P_D_STORE(p, a) _mm_storeu_pd(p, a)
#define IC_P_D_SET(x) _mm_set1_pd(x)
#define IC_P_D_ADD(a, b) _mm_add_pd(a, b)
#define IC_P_D_SUB(a, b) _mm_sub_pd(a, b)
#define IC_P_D_MUL(a, b) _mm_mul_pd(a, b)
#define IC_P_D_SQRT(a) _mm_sqrt_pd(a)
#define IC_P_D_MIN(a, b) _mm_min_pd(a, b)
#elif defined(IC_P_SIMD128) && IC_P_LANES == 4
#define IC_P_NAME "SIMD128"
#define IC_P_TARGET __attribute__((unused))
#define IC_P_V v128_t
#define IC_P_TILE_ROWS 3
#define IC_P_LOAD(p) wasm_v128_load(p)
#define IC_P_STORE(p, a) wasm_v128_store(p, a)
#define IC_P_SET(x) wasm_f32x4_splat(x)
#define IC_P_ADD(a, b) wasm_f32x4_add(a, b)
#define IC_P_SUB(a, b) wasm_f32x4_sub(a, b)
#define IC_P_MUL(a, b) wasm_f32x4_mul(a, b)
#define IC_P_DIV(a, b) wasm_f32x4_div(a, b)
#define IC_P_FMA(a, b, c) ic_p_fma_simd128(a, b, c)
#define IC_P_SQRT(a) wasm_f32x4_sqrt(a)
#define IC_P_MIN(limit, a) wasm_f32x4_pmin(a, limit)
#define IC_P_MAX(limit, a) wasm_f32x4_pmax(a, limit)
#define IC_P_POW2(k) wasm_i32x4_shl(wasm_i32x4_add(k, wasm_i32x4_splat(127)), 23)
#define IC_P_IF_INSIDE(s, a) wasm_v128_and(a, wasm_v128_and( \
    wasm_f32x4_gt(s, wasm_f32x4_splat(0.0f)), wasm_f32x4_lt(s, wasm_f32x4_splat(1.0f))))
#define IC_P_ABS(a) wasm_f32x4_abs(a)
#define IC_P_FLUSH(a) wasm_v128_andnot(a, wasm_f32x4_lt(IC_P_ABS(a), wasm_f32x4_splat(IC_P_LEAST)))
#define IC_P_BELOW(a, b) ((unsigned)wasm_i32x4_bitmask(wasm_f32x4_lt(a, b)))
#define IC_P_TOTAL(a) ic_p_total(wasm_f32x4_add(a, wasm_i32x4_shuffle(a, a, 2, 3, 0, 1)))
#define IC_P_D v128_t
#define IC_P_D_LANES 2
#define IC_P_D_LOAD(p) wasm_v128_load(p)
#define IC_P_D_STORE(p, a) wasm_v128_store(p, a)
#define IC_P_D_SET(x) wasm_f64x2_splat(x)
#define IC_P_D_ADD(a, b) wasm_f64x2_add(a, b)
#define IC_P_D_SUB(a, b) wasm_f64x2_sub(a, b)
#define IC_P_D_MUL(a, b) wasm_f64x2_mul(a, b)
#define IC_P_D_SQRT(a) wasm_f64x2_sqrt(a)
#define IC_P_D_MIN(a, b) wasm_f64x2_pmin(a, b)
#elif IC_P_LANES == 4
#define IC_P_NAME "NEON"
#define IC_P_TARGET __attribute__((unused))
#define IC_P_V float32x4_t
#define IC_P_TILE_ROWS 6
#define IC_P_LOAD(p) vld1q_f32(p)
#define IC_P_STORE(p, a) vst1q_f32(p, a)
#define IC_P_SET(x) vdupq_n_f32(x)
#define IC_P_ADD(a, b) vaddq_f32(a, b)
#define IC_P_SUB(a, b) vsubq_f32(a, b)
#define IC_P_MUL(a, b) vmulq_f32(a, b)
#define IC_P_DIV(a, b) vdivq_f32(a, b)
#define IC_P_FMA(a, b, c) vfmaq_f32(c, a, b)
#define IC_P_SQRT(a) vsqrtq_f32(a)
#define IC_P_MIN(limit, a) vbslq_f32(vcltq_f32(limit, a), limit, a)
#define IC_P_MAX(limit, a) vbslq_f32(vcgtq_f32(limit, a), limit, a)
#define IC_P_POW2(k) vreinterpretq_f32_s32(vshlq_n_s32(vaddq_s32( \
    vreinterpretq_s32_f32(k), vdupq_n_s32(127)), 23))
#define IC_P_IF_INSIDE(s, a) vreinterpretq_f32_u32(vandq_u32(vreinterpretq_u32_f32(a), \
    vandq_u32(vcgtq_f32(s, vdupq_n_f32(0.0f)), vcltq_f32(s, vdupq_n_f32(1.0f)))))
#define IC_P_ABS(a) vabsq_f32(a)
#define IC_P_FLUSH(a) vreinterpretq_f32_u32(vbicq_u32( \
    vreinterpretq_u32_f32(a), vcltq_f32(IC_P_ABS(a), vdupq_n_f32(IC_P_LEAST))))
#define IC_P_BELOW(a, b) ic_p_bits(vcltq_f32(a, b))
#define IC_P_TOTAL(a) ic_p_total(vadd_f32(vget_low_f32(a), vget_high_f32(a)))
#define IC_P_D float64x2_t
#define IC_P_D_LANES 2
#define IC_P_D_LOAD(p) vld1q_f64(p)
#define IC_P_D_STORE(p, a) vst1q_f64(p, a)
#define IC_P_D_SET(x) vdupq_n_f64(x)
#define IC_P_D_ADD(a, b) vaddq_f64(a, b)
#define IC_P_D_SUB(a, b) vsubq_f64(a, b)
#define IC_P_D_MUL(a, b) vmulq_f64(a, b)
#define IC_P_D_SQRT(a) vsqrtq_f64(a)
#define IC_P_D_MIN(a, b) vminq_f64(a, b)
#else
#define IC_P_NAME "plain C"
#define IC_P_TARGET
#define IC_P_V ic_real
#define IC_P_TILE_ROWS 3
#define IC_P_LOAD(p) (*(p))
#define IC_P_STORE(p, a) (*(p) = (a))
#define IC_P_SET(x) (x)
#define IC_P_ADD(a, b) ((a) + (b))
#define IC_P_SUB(a, b) ((a) - (b))
#define IC_P_MUL(a, b) ((a) * (b))
#define IC_P_DIV(a, b) ((a) / (b))
#define IC_P_FMA(a, b, c) ic_p_fma(a, b, c)
#define IC_P_SQRT(a) ((ic_real)sqrt((double)(a)))    /* of a float: correctly rounded, [R2] */
#define IC_P_MIN(limit, a) ((limit) < (a) ? (limit) : (a))
#define IC_P_MAX(limit, a) ((limit) > (a) ? (limit) : (a))
#define IC_P_POW2(k) ic_p_pow2(k)
#define IC_P_IF_INSIDE(s, a) ((s) > 0 && (s) < 1 ? (a) : 0)
#define IC_P_ABS(a) ((ic_real)fabs((double)(a)))
#define IC_P_FLUSH(a) (IC_P_ABS(a) < (ic_real)IC_P_LEAST ? 0 : (a))
#define IC_P_BELOW(a, b) ((unsigned)((a) < (b)))
#define IC_P_TOTAL(a) (a)
#define IC_P_D double
#define IC_P_D_LANES 1
#define IC_P_D_LOAD(p) (*(p))
#define IC_P_D_STORE(p, a) (*(p) = (a))
#define IC_P_D_SET(x) (x)
#define IC_P_D_ADD(a, b) ((a) + (b))
#define IC_P_D_SUB(a, b) ((a) - (b))
#define IC_P_D_MUL(a, b) ((a) * (b))
#define IC_P_D_SQRT(a) sqrt(a)
#define IC_P_D_MIN(a, b) ((a) < (b) ? (a) : (b))
#endif
#ifndef IC_P_HOLD
#define IC_P_HOLD(a) ((void)0)
#endif
#ifndef IC_P_FETCH
#define IC_P_FETCH(p, ahead) ((void)(p))
#endif
/* HOLD keeps a vector in its register: with few rows gcc would load it once for each.  FETCH asks
   the cache for what lies `ahead` bytes behind p; [B3] has the gain of both.
   Where their second argument is NaN, MIN and MAX return it.  FLUSH puts 0 in place of numbers
   of a magnitude below IC_P_LEAST and keeps NaN.  BELOW is a bit for each lane, the first lane's
   the lowest.  TOTAL adds up all lanes, halves onto halves.  IC_P_D is a vector of doubles, for
   [D] alone; nothing there is NaN. */

#define IC_P_LEAST 1e-30f                                   /* why: [X3] */
#define IC_P_K(name) IC_P_CAT(ic_p_##name##_, IC_P_LANES)   /* ic_p_name_16 and so on */
#define IC_P_KFN IC_P_TARGET IC_P_INLINE
#define IC_P_CONST(x) IC_P_SET((ic_real)(x))

/* [Y5] The exponential function.
   Split $x = n log(2) + q$ with $n$ whole and $|q| <= log(2) / 2$; then

       exp(x) = 2^n exp(q)   exp(q) = 1 + q + q^2 p(q)                                        (2)

   Adding $1.5 * 2^23$ to $x / log(2)$ rounds it to a whole number, which stands in the last bits
   of the sum: $n$.  $n log(2)$ is subtracted in two parts (Cody & Waite 1980), the first part of
   log(2) being so short that the first difference is exact.  $p$ has degree 4 and is fitted for
   the smallest maximum relative error of $exp(q)$, 3.7e-9 without the rounding of operations.
   $2^n$ is made from the bits of $n$.  Error: at most 1.1 units in the last place for
   $-87 <= x <= 88$; $x$ is clamped to that range. */
IC_P_KFN IC_P_V IC_P_K(exp)(IC_P_V x)
{
#ifdef IC_DOUBLE
    return exp(x);
#else
    IC_P_V k, n, q, p;
    x = IC_P_MAX(IC_P_CONST(-87.0f), IC_P_MIN(IC_P_CONST(88.0f), x));
    k = IC_P_FMA(x, IC_P_CONST(1.44269504f), IC_P_CONST(12582912.0f));
    n = IC_P_SUB(k, IC_P_CONST(12582912.0f));
    q = IC_P_FMA(n, IC_P_CONST(-0.693359375f), x);
    q = IC_P_FMA(n, IC_P_CONST(2.12194440e-4f), q);
    p = IC_P_FMA(q, IC_P_CONST(1.381453942e-3f), IC_P_CONST(8.368745446e-3f));
    p = IC_P_FMA(q, p, IC_P_CONST(4.166838899e-2f));
    p = IC_P_FMA(q, p, IC_P_CONST(1.666652113e-1f));
    p = IC_P_FMA(q, p, IC_P_CONST(4.999999404e-1f));
    p = IC_P_FMA(IC_P_MUL(q, q), p, q);
    return IC_P_MUL(IC_P_ADD(IC_P_CONST(1.0f), p), IC_P_POW2(k));
#endif
}

/* [Y6] The functions of the gates.
   $tanh(x) = x p(x^2) / q(x^2)$ with $p$ and $q$ of degree 4, fitted on $|x| <= 9.02$ for the
   smallest maximum relative error, 3.9e-8 without the rounding of operations; beyond, tanh keeps
   its value at 9.02.  One division and eight multiply-adds are about half of what a detour via
   exp would take.  Error: at most 6 units in the last place, never beyond +-1, exactly odd.  An
   $|x|$ below 1e-15 is squared as if it were 1e-15, lest $x^2$ be subnormal, which is slow
   ([X3]); it is so small that $p = q = 1$, and the result is $x$ either way. */
IC_P_KFN IC_P_V IC_P_K(tanh)(IC_P_V x)
{
#ifdef IC_DOUBLE
    return tanh(x);
#else
    IC_P_V u, p, q;
    x = IC_P_MAX(IC_P_CONST(-9.02f), IC_P_MIN(IC_P_CONST(9.02f), x));
    u = IC_P_MAX(IC_P_CONST(1e-15f), IC_P_ABS(x));
    u = IC_P_MUL(u, u);
    p = IC_P_FMA(u, IC_P_CONST(1.3319121805e-8f), IC_P_CONST(2.0583520381e-5f));
    p = IC_P_FMA(u, p, IC_P_CONST(3.4940370824e-3f));
    p = IC_P_FMA(u, p, IC_P_CONST(1.3379719853e-1f));
    p = IC_P_FMA(u, p, IC_P_CONST(1.0f));
    q = IC_P_FMA(u, IC_P_CONST(7.7620410366e-7f), IC_P_CONST(3.2830968848e-4f));
    q = IC_P_FMA(u, q, IC_P_CONST(2.5871083140e-2f));
    q = IC_P_FMA(u, q, IC_P_CONST(4.6713036299e-1f));
    q = IC_P_FMA(u, q, IC_P_CONST(1.0f));
    p = IC_P_DIV(IC_P_MUL(x, p), q);
    return IC_P_MAX(IC_P_CONST(-1.0f), IC_P_MIN(IC_P_CONST(1.0f), p));
#endif
}

/* sigmoid(x) = 1 / (1 + exp(-x)).  Error: at most 3 units in the last place for x >= -87. */
IC_P_KFN IC_P_V IC_P_K(sigmoid)(IC_P_V x)
{
    IC_P_V e = IC_P_K(exp)(IC_P_SUB(IC_P_CONST(0.0f), x));
    return IC_P_DIV(IC_P_CONST(1.0f), IC_P_ADD(IC_P_CONST(1.0f), e));
}

/* hard_sigmoid(x) = clip(0.2 x + 0.5, 0, 1): three straight lines, the gate of the thesis. */
IC_P_KFN IC_P_V IC_P_K(hard)(IC_P_V x)
{
    IC_P_V s = IC_P_FMA(IC_P_CONST(0.2f), x, IC_P_CONST(0.5f));
    return IC_P_MAX(IC_P_CONST(0.0f), IC_P_MIN(IC_P_CONST(1.0f), s));
}

IC_P_TARGET IC_P_FN void IC_P_K(map)(int function, size_t padded, const ic_real *x, ic_real *y)
{
    size_t k;
    for (k = 0; k < padded; k += IC_P_LANES) {
        IC_P_V a = IC_P_LOAD(x + k);
        a = function == IC_P_EXP ? IC_P_K(exp)(a) : function == IC_P_TANH ? IC_P_K(tanh)(a)
          : function == IC_P_SIGMOID ? IC_P_K(sigmoid)(a) : IC_P_K(hard)(a);
        IC_P_STORE(y + k, a);
    }
}

/* [Y7] Is the arithmetic what it should be?
   What shows in a macro is refused when the header is compiled ([A1]).  But no macro shows
   clang's -ffp-contract=fast, which fuses in spite of the pragma, nor that the processor flushes
   small numbers to zero, as in programs linked with -ffast-math, or rounds in another direction.
   So a few operations are tried, on operands that the compiler cannot know: a product and a sum
   that differ if they are fused, a sum that differs if it is reordered, quotients of which one
   differs if the reciprocal is taken first, a product below the normal numbers, a sum of two
   numbers that lie there, two sums that together tell rounding to nearest from all other
   directions, and a multiply-add that differs if it is rounded to a double on the way.  Returns
   1 if all are right. */
IC_P_TARGET IC_P_FN int IC_P_K(arithmetic)(void)
{
#ifdef IC_P_SAME_BYTES
    enum { WANTED = 11 };
    static const volatile ic_real operand[] = { 1, 1 + 1 / 4096.0f, -1 - 1 / 2048.0f, 1e8f, 3, 7, FLT_MIN, 0.5f,
                                                1 / 16777216.0f, FLT_MIN / 2, 1e-18f };
    static const ic_real wanted[WANTED] = { 0, 1 / 16777216.0f, 0, 1 / 3.0f, 7 / 3.0f, 1e8f / 3, FLT_MIN / 2, 1,
                                            1 + 1 / 8388608.0f, FLT_MIN, 1 + 1 / 2048.0f + 1 / 8388608.0f };
    const IC_P_V one = IC_P_SET(operand[0]), a = IC_P_SET(operand[1]), minus = IC_P_SET(operand[2]);
    const IC_P_V large = IC_P_SET(operand[3]), three = IC_P_SET(operand[4]), seven = IC_P_SET(operand[5]);
    const IC_P_V least = IC_P_SET(operand[6]), half = IC_P_SET(operand[7]), bit = IC_P_SET(operand[8]);
    const IC_P_V little = IC_P_SET(operand[9]), tiny = IC_P_SET(operand[10]);
    ic_real got[WANTED][16];
    int k, right = 1;
    IC_P_STORE(got[0], IC_P_ADD(IC_P_MUL(a, a), minus));
    IC_P_STORE(got[1], IC_P_FMA(a, a, minus));
    IC_P_STORE(got[2], IC_P_SUB(IC_P_ADD(large, one), large));
    IC_P_STORE(got[3], IC_P_DIV(one, three));
    IC_P_STORE(got[4], IC_P_DIV(seven, three));
    IC_P_STORE(got[5], IC_P_DIV(large, three));
    IC_P_STORE(got[6], IC_P_MUL(least, half));
    IC_P_STORE(got[7], IC_P_ADD(one, bit));
    IC_P_STORE(got[8], IC_P_ADD(one, IC_P_ADD(bit, IC_P_MUL(bit, half))));
    IC_P_STORE(got[9], IC_P_ADD(little, little));
    IC_P_STORE(got[10], IC_P_FMA(a, a, tiny));
    for (k = 0; k < WANTED; k++)
        right &= memcmp(&got[k][0], &wanted[k], sizeof wanted[k]) == 0;      /* bytes: == may take a subnormal for 0 */
    return right;
#else
    return 1;
#endif
}

/* [X] THE KERNELS -------------------------------------------------------------------------------
   The inner loops of the library, for one vector width.  All arrays are padded with zeros, so
   that no loop has a tail. */

/* [X1] Z += X W.

       z_{r v} = s_{r v} + sum_{k=1}^K x_{rk} w_{kv}                                           (1)

   in this order of $k$, for $m$ rows $r$ and up to four vectors $v$.  Vectors of $Z$ are
   `z_step` numbers apart, so are those of the start $s$.  Element $(r, k)$ of $X$ is
   `x[r * x_row + k * x_k]`: a matrix and its transpose are read by the same code.  $W$ is
   packed: its rows follow each other without a gap.  `start_row` = 0 gives every row the same
   start, such as a bias; with $Z$ itself as the start, the product is added to what is there. */
IC_P_KFN void IC_P_K(tile)(int rows, int vectors, int depth, const ic_real *x, ptrdiff_t x_row,
                           ptrdiff_t x_k, const ic_real *w, const ic_real *start,
                           ptrdiff_t start_row, ic_real *z, ptrdiff_t z_row, ptrdiff_t z_step);

/* Cuts the $m$ rows into tiles of equal height, give or take one, and calls the tile with
   constant sizes, for each of which the compiler makes a piece of straight code. */
IC_P_TARGET IC_P_FN void IC_P_K(gemm)(int m, int depth, int vectors, const ic_real *x,
                                      ptrdiff_t x_row, ptrdiff_t x_k, const ic_real *w,
                                      const ic_real *start, ptrdiff_t start_row, ic_real *z,
                                      ptrdiff_t z_row, ptrdiff_t z_step)
{
    int tiles = (m + IC_P_TILE_ROWS - 1) / IC_P_TILE_ROWS;
    int t, row = 0;
    for (t = 0; t < tiles; t++) {
        int rows = (m - row) / (tiles - t);
        const ic_real *at = x + row * x_row, *from = start + row * start_row;
        ic_real *to = z + row * z_row;
#define IC_P_CASE(R, N) \
    case 8 * R + N:                                                                     \
        IC_P_K(tile)(R, N, depth, at, x_row, x_k, w, from, start_row, to, z_row, z_step); break;
#define IC_P_CASES(R) IC_P_CASE(R, 1) IC_P_CASE(R, 2) IC_P_CASE(R, 3) IC_P_CASE(R, 4)
        switch (8 * rows + vectors) {
        IC_P_CASES(1) IC_P_CASES(2) IC_P_CASES(3)
#if IC_P_TILE_ROWS > 3
        IC_P_CASES(4) IC_P_CASES(5) IC_P_CASES(6)
#endif
        }
#undef IC_P_CASES
#undef IC_P_CASE
        row += rows;
    }
}

/* One tile, as in [B3]. */
#if !defined(IC_P_SIMD128) || IC_P_LANES != 4
IC_P_KFN void IC_P_K(tile)(int rows, int vectors, int depth, const ic_real *x, ptrdiff_t x_row,
                           ptrdiff_t x_k, const ic_real *w, const ic_real *start,
                           ptrdiff_t start_row, ic_real *z, ptrdiff_t z_row, ptrdiff_t z_step)
{
    IC_P_V sum[IC_P_TILE_ROWS][4];
    int r, v, k;
    IC_P_UNROLL for (r = 0; r < rows; r++)
        IC_P_UNROLL for (v = 0; v < vectors; v++)
            sum[r][v] = IC_P_LOAD(start + r * start_row + v * z_step);
    for (k = 0; k < depth; k++) {
        IC_P_V xs[IC_P_TILE_ROWS];
        IC_P_UNROLL for (r = 0; r < rows; r++)
            xs[r] = IC_P_SET(x[r * x_row]);
        IC_P_UNROLL for (v = 0; v < vectors; v++) {
            IC_P_V ws = IC_P_LOAD(w + v * IC_P_LANES);
            IC_P_HOLD(ws);
            IC_P_UNROLL for (r = 0; r < rows; r++)
                sum[r][v] = IC_P_FMA(xs[r], ws, sum[r][v]);
        }
        IC_P_FETCH(w, 1536);
        if (vectors > 2)
            IC_P_FETCH(w, 1600);
        x += x_k;
        w += vectors * IC_P_LANES;
    }
    IC_P_UNROLL for (r = 0; r < rows; r++)
        IC_P_UNROLL for (v = 0; v < vectors; v++)
            IC_P_STORE(z + r * z_row + v * z_step, sum[r][v]);
}
#else
/* [X2] The tile on WebAssembly.
   The operands become doubles once for each tile, and the sums stay doubles.  After every step
   they are rounded to the precision of a float, by adding half a unit of its last place to the
   bits of the double and cutting off the bits behind.  That is right unless

   - a sum is half way between two floats: then no bits are left behind the last place;
   - a sum other than 0 falls below $2^{-126}$ with bits that a float has not there.  It cannot
     if every product is a multiple of $2^{-149}$, hence if none is smaller than $2^{-102}$ (a
     product of 24 by 24 bits has 48, the last of them down to $2^{-47}$ of the first);
   - a sum grows beyond the largest float.  It cannot if all terms together do not.

   The smallest and the largest magnitude of the operands are kept track of.  Their bits, read as
   whole numbers, have the order of the magnitudes; one is subtracted as unsigned, so that 0 wraps
   round to the largest and never counts as the smallest.  A tile in doubt is computed again, one
   vector at a time.  Operands that are round numbers cause this now and then, others hardly
   ever. */
IC_P_TARGET IC_P_FN void IC_P_K(tile_again)(int rows, int vectors, int depth, const ic_real *x, ptrdiff_t x_row,
                                            ptrdiff_t x_k, const ic_real *w, const ic_real *start,
                                            ptrdiff_t start_row, ic_real *z, ptrdiff_t z_row, ptrdiff_t z_step)
{
    int r, v, k;
    for (r = 0; r < rows; r++)
        for (v = 0; v < vectors; v++) {
            IC_P_V sum = IC_P_LOAD(start + r * start_row + v * z_step);
            for (k = 0; k < depth; k++)
                sum = IC_P_FMA(IC_P_SET(x[r * x_row + k * x_k]),
                               IC_P_LOAD(w + (k * vectors + v) * IC_P_LANES), sum);
            IC_P_STORE(z + r * z_row + v * z_step, sum);
        }
}

IC_P_INLINE double ic_p_magnitude(uint32_t bits)
{
    float x;
    memcpy(&x, &bits, sizeof x);
    return (double)x;
}

/* The smallest (of one less) and the largest over the lanes. */
IC_P_INLINE uint32_t ic_p_lanes_min(v128_t a)
{
    a = wasm_u32x4_min(a, wasm_i32x4_shuffle(a, a, 2, 3, 0, 1));
    a = wasm_u32x4_min(a, wasm_i32x4_shuffle(a, a, 1, 0, 3, 2));
    return (uint32_t)wasm_i32x4_extract_lane(a, 0);
}
IC_P_INLINE uint32_t ic_p_lanes_max(v128_t a) { return ~ic_p_lanes_min(wasm_v128_not(a)); }

IC_P_KFN void IC_P_K(tile)(int rows, int vectors, int depth, const ic_real *x, ptrdiff_t x_row,
                           ptrdiff_t x_k, const ic_real *w, const ic_real *start,
                           ptrdiff_t start_row, ic_real *z, ptrdiff_t z_row, ptrdiff_t z_step)
{
    const v128_t half = wasm_i64x2_splat(0x10000000), keep = wasm_i64x2_splat(-0x20000000);
    const v128_t magnitude = wasm_i32x4_splat(0x7fffffff), one = wasm_i32x4_splat(1);
    v128_t tie = wasm_i32x4_splat(0), w_most = tie, w_least = wasm_i32x4_splat(-1), start_most = tie;
    uint32_t x_most = 0, x_least = 0xffffffffu;
    const ic_real *x_at = x, *w_at = w;
    ic_p_wide sum[IC_P_TILE_ROWS][4];
    int r, v, k;
    IC_P_UNROLL for (r = 0; r < rows; r++)
        IC_P_UNROLL for (v = 0; v < vectors; v++) {
            const v128_t s = wasm_v128_load(start + r * start_row + v * z_step);
            start_most = wasm_u32x4_max(start_most, wasm_v128_and(s, magnitude));
            sum[r][v] = ic_p_widen(s);
        }
    for (k = 0; k < depth; k++) {
        ic_p_wide row[4];
        IC_P_UNROLL for (v = 0; v < vectors; v++) {
            const v128_t ws = wasm_v128_load(w_at + v * 4), m = wasm_v128_and(ws, magnitude);
            w_most = wasm_u32x4_max(w_most, m);
            w_least = wasm_u32x4_min(w_least, wasm_i32x4_sub(m, one));
            row[v] = ic_p_widen(ws);
        }
        IC_P_UNROLL for (r = 0; r < rows; r++) {
            const v128_t xs = wasm_f64x2_splat((double)x_at[r * x_row]);
            uint32_t m;
            memcpy(&m, x_at + r * x_row, sizeof m);
            m &= 0x7fffffffu;
            x_most = m > x_most ? m : x_most;
            x_least = m - 1 < x_least ? m - 1 : x_least;
            IC_P_UNROLL for (v = 0; v < vectors; v++) {
                v128_t low = wasm_f64x2_add(wasm_f64x2_mul(xs, row[v].low), sum[r][v].low);
                v128_t high = wasm_f64x2_add(wasm_f64x2_mul(xs, row[v].high), sum[r][v].high);
                low = wasm_i64x2_add(low, half);
                high = wasm_i64x2_add(high, half);
                sum[r][v].low = wasm_v128_and(low, keep);
                sum[r][v].high = wasm_v128_and(high, keep);
                tie = wasm_v128_or(tie, wasm_i64x2_eq(low, sum[r][v].low));
                tie = wasm_v128_or(tie, wasm_i64x2_eq(high, sum[r][v].high));
            }
        }
        x_at += x_k;
        w_at += vectors * 4;
    }
    if (wasm_v128_any_true(tie)
        || !(ic_p_magnitude(x_least + 1) * ic_p_magnitude(ic_p_lanes_min(w_least) + 1) >= 2e-31
             || x_most == 0 || ic_p_lanes_max(w_most) == 0)
        || !(ic_p_magnitude(x_most) * ic_p_magnitude(ic_p_lanes_max(w_most)) * depth
             + ic_p_magnitude(ic_p_lanes_max(start_most)) < 1e38)) {
        IC_P_K(tile_again)(rows, vectors, depth, x, x_row, x_k, w, start, start_row, z, z_row, z_step);
        return;
    }
    IC_P_UNROLL for (r = 0; r < rows; r++)
        IC_P_UNROLL for (v = 0; v < vectors; v++)
            wasm_v128_store(z + r * z_row + v * z_step, ic_p_narrow(sum[r][v]));
}
#endif

/* [X3] The gates of an LSTM.
   Equations [L](2) to [L](4), for $V$ hidden units in $m$ rows.  $z$ points at the first of
   their sums $z_i$, with those of $f$, $g$ and $o$ IC_PAD numbers apart each; the activations
   replace them.

   Numbers that are too small.  The cells of a network that forgets shrink from step to step, and
   so does an error on its way back through gates that are nearly closed.  Below $2^{-126}$ floats
   are subnormal, and on many processors an instruction that meets one takes a hundred cycles and
   more: on an Intel Xeon an update of a network with noise, a third of its way through training,
   took 14 ms instead of 5.  So what is smaller than 1e-30 becomes 0 (FLUSH): $c$ here, $dc$
   of [L](6) and $dz$ on the way back, from which the numbers of all steps follow.  In a sum with
   terms above 1e-22 it would be lost anyway, except where it breaks a tie in rounding; and Adam,
   whose epsilon is 1e-7, would not act on it.  (Processors have a mode for this; but not all do,
   and the mode is the caller's: [Y7].)  Not covered are the moments of Adam: of a parameter whose
   gradient has become 0 they end as subnormal numbers, and its step takes two to four times as
   long. */
IC_P_KFN void IC_P_K(gates_of)(int m, ic_gate kind, ic_real *z, ptrdiff_t z_row,
                               const ic_real *c_before, ic_real *c, ic_real *tc, ic_real *h,
                               ptrdiff_t c_row)
{
    int k;
    for (k = 0; k < m; k++) {
        const ptrdiff_t r = ic_p_scattered(k, m), at = r * c_row;
        ic_real *zr = z + r * z_row;
        IC_P_V i = IC_P_LOAD(zr), f = IC_P_LOAD(zr + IC_PAD);
        IC_P_V g = IC_P_LOAD(zr + 2 * IC_PAD), o = IC_P_LOAD(zr + 3 * IC_PAD), cell, squashed;
        i = kind == IC_SIGMOID ? IC_P_K(sigmoid)(i) : IC_P_K(hard)(i);
        f = kind == IC_SIGMOID ? IC_P_K(sigmoid)(f) : IC_P_K(hard)(f);
        o = kind == IC_SIGMOID ? IC_P_K(sigmoid)(o) : IC_P_K(hard)(o);
        g = IC_P_K(tanh)(g);
        cell = IC_P_FLUSH(IC_P_FMA(f, IC_P_LOAD(c_before + at), IC_P_MUL(i, g)));   /* [L](3) */
        squashed = IC_P_K(tanh)(cell);
        IC_P_STORE(zr, i);
        IC_P_STORE(zr + IC_PAD, f);
        IC_P_STORE(zr + 2 * IC_PAD, g);
        IC_P_STORE(zr + 3 * IC_PAD, o);
        IC_P_STORE(c + at, cell);
        IC_P_STORE(tc + at, squashed);
        IC_P_STORE(h + at, IC_P_MUL(o, squashed));                         /* [L](4) */
    }
}

IC_P_TARGET IC_P_FN void IC_P_K(gates)(int m, ic_gate kind, ic_real *z, ptrdiff_t z_row,
                                       const ic_real *c_before, ic_real *c, ic_real *tc, ic_real *h,
                                       ptrdiff_t c_row)
{
    if (kind == IC_SIGMOID)
        IC_P_K(gates_of)(m, IC_SIGMOID, z, z_row, c_before, c, tc, h, c_row);
    else
        IC_P_K(gates_of)(m, IC_HARD_SIGMOID, z, z_row, c_before, c, tc, h, c_row);
}

/* The slope of a gate's function, from its value s alone: after [L](9). */
IC_P_KFN IC_P_V IC_P_K(gate_slope)(ic_gate kind, IC_P_V s)
{
    return kind == IC_SIGMOID ? IC_P_MUL(s, IC_P_SUB(IC_P_CONST(1.0f), s))
                              : IC_P_IF_INSIDE(s, IC_P_CONST(0.2f));
}

/* One backward step for some vectors of hidden units, the first being `unit`, in $m$ rows:
   [L](5) to [L](9), whose numbers the comments carry.  All pointers are to whole rows.  $z$
   holds the activations and receives dz; dc goes from this step's to what [L](8) hands to the
   step before. */
IC_P_TARGET IC_P_FN void IC_P_K(gates_back)(int m, int unit, int vectors, ic_gate kind,
                                            const ic_real *dh, ic_real *dc, ic_real *z,
                                            ptrdiff_t z_row, const ic_real *c_before,
                                            const ic_real *tc, ptrdiff_t c_row)
{
    const IC_P_V one = IC_P_CONST(1.0f);
    int r, u;
    for (r = 0; r < m; r++) {
        for (u = unit; u < unit + vectors * IC_P_LANES; u += IC_P_LANES) {
            ic_real *zu = z + ic_p_gate_at(u);
            IC_P_V i = IC_P_LOAD(zu), f = IC_P_LOAD(zu + IC_PAD);
            IC_P_V g = IC_P_LOAD(zu + 2 * IC_PAD), o = IC_P_LOAD(zu + 3 * IC_PAD);
            IC_P_V t = IC_P_LOAD(tc + u), dhu = IC_P_LOAD(dh + u), d, di, df, dg, dout;
            dout = IC_P_MUL(dhu, t);                                              /* [L](5) */
            d = IC_P_SUB(one, IC_P_MUL(t, t));
            d = IC_P_FLUSH(IC_P_FMA(IC_P_MUL(dhu, o), d, IC_P_LOAD(dc + u)));     /* [L](6) */
            di = IC_P_MUL(d, g);                                                  /* [L](7) */
            dg = IC_P_MUL(d, i);
            df = IC_P_MUL(d, IC_P_LOAD(c_before + u));
            IC_P_STORE(dc + u, IC_P_MUL(d, f));                                   /* [L](8) */
            di = IC_P_MUL(di, IC_P_K(gate_slope)(kind, i));                       /* [L](9) */
            df = IC_P_MUL(df, IC_P_K(gate_slope)(kind, f));
            dg = IC_P_MUL(dg, IC_P_SUB(one, IC_P_MUL(g, g)));
            dout = IC_P_MUL(dout, IC_P_K(gate_slope)(kind, o));
            IC_P_STORE(zu, IC_P_FLUSH(di));
            IC_P_STORE(zu + IC_PAD, IC_P_FLUSH(df));
            IC_P_STORE(zu + 2 * IC_PAD, IC_P_FLUSH(dg));
            IC_P_STORE(zu + 3 * IC_PAD, IC_P_FLUSH(dout));
        }
        dh += c_row, dc += c_row, z += z_row, c_before += c_row, tc += c_row;
    }
}

/* [X4] Adam.
   One pass over the block of parameters; [T2] explains the method and its constants. */
IC_P_TARGET IC_P_FN void IC_P_K(adam)(size_t padded, const ic_adam *o, ic_real *param,
                                      const ic_real *gradient, ic_real *m, ic_real *v)
{
    const IC_P_V b1 = IC_P_SET(o->beta1), rest1 = IC_P_SET(1 - o->beta1);
    const IC_P_V b2 = IC_P_SET(o->beta2), rest2 = IC_P_SET(1 - o->beta2);
    const IC_P_V rate = IC_P_SET(-o->rate), eps = IC_P_SET(o->epsilon), scale = IC_P_SET(o->scale);
    size_t k;
    for (k = 0; k < padded; k += IC_P_LANES) {
        IC_P_V g = IC_P_MUL(scale, IC_P_LOAD(gradient + k)), mk, vk;
        mk = IC_P_FMA(b1, IC_P_LOAD(m + k), IC_P_MUL(rest1, g));
        vk = IC_P_FMA(b2, IC_P_LOAD(v + k), IC_P_MUL(rest2, IC_P_MUL(g, g)));
        IC_P_STORE(m + k, mk);
        IC_P_STORE(v + k, vk);
        g = IC_P_DIV(mk, IC_P_ADD(IC_P_SQRT(vk), eps));
        IC_P_STORE(param + k, IC_P_FMA(rate, g, IC_P_LOAD(param + k)));
    }
}

/* [X5] Distances.
   Squared Euclidean distances from the point $p$ to `count` others.  A point is `padded`
   numbers, a multiple of IC_PAD, with zeros at the end.  A distance is a sum of sixteen partial
   sums, whatever the vector width: each runs over every sixteenth number in order, and they are
   added up in a fixed tree.  A load of $p$ serves several others. */
IC_P_KFN void IC_P_K(apart_some)(int padded, const ic_real *p, int count, const ic_real *const *others,
                                 ic_real *out)
{
    IC_P_V sum[IC_P_TILE_ROWS][IC_PAD / IC_P_LANES];
    int r, v, k, half;
    IC_P_UNROLL for (r = 0; r < count; r++)
        IC_P_UNROLL for (v = 0; v < IC_PAD / IC_P_LANES; v++)
            sum[r][v] = IC_P_CONST(0);
    for (k = 0; k < padded; k += IC_PAD)
        IC_P_UNROLL for (v = 0; v < IC_PAD / IC_P_LANES; v++) {
            const IC_P_V x = IC_P_LOAD(p + k + v * IC_P_LANES);
            IC_P_UNROLL for (r = 0; r < count; r++) {
                const IC_P_V d = IC_P_SUB(x, IC_P_LOAD(others[r] + k + v * IC_P_LANES));
                sum[r][v] = IC_P_FMA(d, d, sum[r][v]);
            }
        }
    IC_P_UNROLL for (r = 0; r < count; r++) {
        IC_P_UNROLL for (half = IC_PAD / IC_P_LANES / 2; half > 0; half /= 2)
            IC_P_UNROLL for (v = 0; v < half; v++)
                sum[r][v] = IC_P_ADD(sum[r][v], sum[r][v + half]);
        out[r] = IC_P_TOTAL(sum[r][0]);
    }
}

IC_P_TARGET IC_P_FN void IC_P_K(apart)(int padded, const ic_real *p, int count,
                                       const ic_real *const *others, ic_real *out)
{
    int some;
    for (; count > 0; others += some, out += some, count -= some) {
        some = count <= IC_P_TILE_ROWS ? count : count < 2 * IC_P_TILE_ROWS ? count / 2 : IC_P_TILE_ROWS;
#define IC_P_CASE(R) case R: IC_P_K(apart_some)(padded, p, R, others, out); break;
        switch (some) {
        IC_P_CASE(1) IC_P_CASE(2) IC_P_CASE(3)
#if IC_P_TILE_ROWS > 3
        IC_P_CASE(4) IC_P_CASE(5) IC_P_CASE(6)
#endif
        }
#undef IC_P_CASE
    }
}

/* Lowers bounds on distances, as [K3] explains, and returns the least. */
IC_P_TARGET IC_P_FN ic_real IC_P_K(fall)(int padded, const ic_real *by, ic_real *bound)
{
    const IC_P_V keep = IC_P_CONST(1 - 1.0 / 4194304);
    IC_P_V least = IC_P_CONST(HUGE_VAL);
    ic_real lane[IC_P_LANES];
    int k;
    for (k = 0; k < padded; k += IC_P_LANES) {
        const IC_P_V b = IC_P_SUB(IC_P_MUL(keep, IC_P_LOAD(bound + k)), IC_P_LOAD(by + k));
        IC_P_STORE(bound + k, b);
        least = IC_P_MIN(b, least);
    }
    IC_P_STORE(lane, least);
    for (k = 1; k < IC_P_LANES; k++)
        lane[0] = lane[0] < lane[k] ? lane[0] : lane[k];
    return lane[0];
}

/* The places of the bounds below a limit, in order; returns how many. */
IC_P_TARGET IC_P_FN int IC_P_K(below)(int padded, ic_real limit, const ic_real *bound, int *at)
{
    const IC_P_V limits = IC_P_SET(limit);
    int k, count = 0;
    for (k = 0; k < padded; k += IC_P_LANES) {
        unsigned bits = IC_P_BELOW(IC_P_LOAD(bound + k), limits);
        for (; bits; bits &= bits - 1)
            at[count++] = k + IC_P_FIRST_BIT(bits);
    }
    return count;
}

/* [X6] The cells of an anti-diagonal.
   For dynamic time warping; [D2] says what the arrays hold.  Returns the smallest cell.  The last
   vector may reach beyond the cells: what it writes there enters no cell, and can only make the
   result too small, so that a walk is abandoned later than it could be. */
IC_P_TARGET IC_P_FN double IC_P_K(warp)(int dims, int cells, const double *a, ptrdiff_t a_dim,
                                        const double *b, ptrdiff_t b_dim, const double *before,
                                        const double *last, double *now)
{
    IC_P_D least = IC_P_D_SET(HUGE_VAL);
    double lane[IC_P_D_LANES];
    int j, k;
    for (j = 0; j < cells; j += IC_P_D_LANES) {
        IC_P_D sum = IC_P_D_SET(0.0), walk;
        for (k = 0; k < dims; k++) {
            const IC_P_D d = IC_P_D_SUB(IC_P_D_LOAD(a + k * a_dim + j), IC_P_D_LOAD(b + k * b_dim + j));
            sum = IC_P_D_ADD(sum, IC_P_D_MUL(d, d));
        }
        walk = IC_P_D_MIN(IC_P_D_LOAD(last + j), IC_P_D_LOAD(last + j - 1));
        walk = IC_P_D_ADD(IC_P_D_SQRT(sum), IC_P_D_MIN(walk, IC_P_D_LOAD(before + j - 1)));
        least = IC_P_D_MIN(least, walk);
        IC_P_D_STORE(now + j, walk);
    }
    IC_P_D_STORE(lane, least);
    for (j = 1; j < IC_P_D_LANES; j++)
        lane[0] = lane[0] < lane[j] ? lane[0] : lane[j];
    return lane[0];
}

static const ic_p_kernels IC_P_K(kernels) = {
    IC_P_NAME, IC_P_LANES, IC_P_K(gemm), IC_P_K(gates), IC_P_K(gates_back), IC_P_K(adam),
    IC_P_K(map), IC_P_K(apart), IC_P_K(fall), IC_P_K(below), IC_P_K(warp), IC_P_K(arithmetic)
};

#undef IC_P_NAME
#undef IC_P_TARGET
#undef IC_P_V
#undef IC_P_TILE_ROWS
#undef IC_P_HOLD
#undef IC_P_FETCH
#undef IC_P_LOAD
#undef IC_P_STORE
#undef IC_P_SET
#undef IC_P_ADD
#undef IC_P_SUB
#undef IC_P_MUL
#undef IC_P_DIV
#undef IC_P_FMA
#undef IC_P_SQRT
#undef IC_P_MIN
#undef IC_P_MAX
#undef IC_P_POW2
#undef IC_P_IF_INSIDE
#undef IC_P_ABS
#undef IC_P_FLUSH
#undef IC_P_BELOW
#undef IC_P_TOTAL
#undef IC_P_D
#undef IC_P_D_LANES
#undef IC_P_D_LOAD
#undef IC_P_D_STORE
#undef IC_P_D_SET
#undef IC_P_D_ADD
#undef IC_P_D_SUB
#undef IC_P_D_MUL
#undef IC_P_D_SQRT
#undef IC_P_D_MIN
#undef IC_P_K
#undef IC_P_LEAST
#undef IC_P_KFN
#undef IC_P_CONST
/* ======================== READ ONCE FOR EACH VECTOR WIDTH: END ============================== */
#else /* IC_P_LANES: an ordinary reading goes on */
#if defined(INVCLASS_IMPLEMENTATION) && !defined(INVCLASS_IMPLEMENTED_REST)
#define INVCLASS_IMPLEMENTED_REST

/* [X7] Choosing.
   The processor is asked where a workspace is made, and once in each other call that uses
   kernels; `__builtin_cpu_supports` also finds out whether the operating system saves the wide
   registers. */
IC_P_FN const ic_p_kernels *ic_p_kernels_for(ic_isa isa)
{
#if defined(IC_P_X86)
    if ((isa == IC_ISA_BEST || isa == IC_ISA_AVX512) && __builtin_cpu_supports("avx512f"))
        return &ic_p_kernels_16;
    if ((isa == IC_ISA_BEST || isa == IC_ISA_AVX2) && __builtin_cpu_supports("avx2")
        && __builtin_cpu_supports("fma"))
        return &ic_p_kernels_8;
#elif defined(IC_P_ISA_4)
#if defined(IC_P_FMA128)
    if (__builtin_cpu_supports("fma"))
#endif
        if (isa == IC_ISA_BEST || isa == IC_P_ISA_4)
            return &ic_p_kernels_4;
#endif
    return isa == IC_ISA_BEST || isa == IC_ISA_PLAIN ? &ic_p_kernels_1 : NULL;
}

/* Do these kernels, and the plain C around them, compute as [Y7] demands? */
IC_P_FN ic_status ic_p_arithmetic_ok(const ic_p_kernels *kernels)
{
    IC_P_REQUIRE(ic_p_kernels_1.arithmetic() && kernels->arithmetic(), IC_E_ARITHMETIC);
    return IC_OK;
}

IC_DEF const char *ic_isa_name(ic_isa isa)
{
    const ic_p_kernels *kernels = ic_p_kernels_for(isa);
    return kernels ? kernels->name : NULL;
}

IC_P_FN ic_real ic_p_map1(int function, ic_real x)
{
    ic_real y;
    ic_p_kernels_1.map(function, 1, &x, &y);
    return y;
}
IC_DEF ic_real ic_exp(ic_real x) { return ic_p_map1(IC_P_EXP, x); }
IC_DEF ic_real ic_tanh(ic_real x) { return ic_p_map1(IC_P_TANH, x); }
IC_DEF ic_real ic_sigmoid(ic_real x) { return ic_p_map1(IC_P_SIGMOID, x); }
IC_DEF ic_real ic_hard_sigmoid(ic_real x) { return ic_p_map1(IC_P_HARD, x); }

/* ============================================================================================
   PART 5  APPENDICES
   ============================================================================================ */

/* [M] MEMORY, THREADS, HASHES -------------------------------------------------------------------
   What the chapters have in common: sizes that do not overflow, blocks of memory, checks of
   numbers, a team of threads, and hashes. */

IC_DEF const char *ic_status_text(ic_status status)
{
#define IC_P_TEXT(name, text) text,
    static const char *const texts[] = { IC_STATUS_LIST(IC_P_TEXT) "unknown status" };
#undef IC_P_TEXT
    return texts[(unsigned)status < (unsigned)IC_STATUS_COUNT ? (int)status : (int)IC_STATUS_COUNT];
}

/* [M1] Sizes and blocks.
   An object that needs many arrays takes one block for all of them, laid out by an arena ([A3]).
   Every array begins a multiple of IC_P_ALIGN bytes, the size of a cache line and of the widest
   vector, after the base of the block, which is aligned to as many bytes itself (in ic_dtw, only
   to those of a double).  Sizes come from the caller or from a file, so every product of sizes
   that reaches an allocation is either bounded by a check before it or goes through
   ic_p_size_mul, which returns 1 if the product fits. */
IC_P_FN int ic_p_size_mul(size_t a, size_t b, size_t *out)
{
    if (b != 0 && a > ((size_t)-1) / b)
        return 0;
    *out = a * b;
    return 1;
}

/* The numbers in an array of a x b x c, 0 if no array can have so many. */
IC_P_FN size_t ic_p_numbers(int a, int b, int c)
{
    size_t count = 0;
    return a > 0 && b > 0 && c > 0 && ic_p_size_mul((size_t)a, (size_t)b, &count)
        && ic_p_size_mul(count, (size_t)c, &count) && count <= ((size_t)-1) / 2 / sizeof(ic_real) ? count : 0;
}

IC_P_FN void *ic_p_take(ic_p_arena *arena, size_t count, size_t size)
{
    size_t bytes = 0, at = arena->used;
    if (!ic_p_size_mul(count, size, &bytes) || at > ((size_t)-1) / 4 || bytes > ((size_t)-1) / 4 - at)
        arena->bad = 1;
    if (arena->bad)
        return NULL;
    arena->used = (at + bytes + IC_P_ALIGN - 1) / IC_P_ALIGN * IC_P_ALIGN;
    return arena->base ? arena->base + at : NULL;
}

IC_P_FN ic_real *ic_p_take_reals(ic_p_arena *arena, size_t rows, size_t cols)
{
    size_t count = 0;
    if (!ic_p_size_mul(rows, cols, &count))
        arena->bad = 1;
    return (ic_real *)ic_p_take(arena, count, sizeof(ic_real));
}

IC_P_FN double *ic_p_take_doubles(ic_p_arena *arena, size_t rows, size_t cols)
{
    size_t count = 0;
    if (!ic_p_size_mul(rows, cols, &count))
        arena->bad = 1;
    return (double *)ic_p_take(arena, count, sizeof(double));
}

/* Allocates with the arena's alignment.  The pointer to free goes to *owned. */
IC_P_FN void *ic_p_allocate(size_t size, void **owned)
{
    uintptr_t at;
    *owned = size <= ((size_t)-1) - IC_P_ALIGN ? IC_MALLOC(size + IC_P_ALIGN) : NULL;
    if (!*owned)
        return NULL;
    at = ((uintptr_t)*owned + IC_P_ALIGN - 1) / IC_P_ALIGN * IC_P_ALIGN;
    return (void *)at;
}

/* Frees the block of an object, and clears the object. */
IC_P_FN void ic_p_release(void *owned, void *object, size_t size)
{
    if (owned)
        IC_FREE(owned);
    memset(object, 0, size);
}

/* Ends a pass over an arena: after the first, which has measured, it allocates the block for the
   second.  Both are the same code in a loop of two. */
IC_P_FN ic_status ic_p_arena_pass(ic_p_arena *arena, void **owned)
{
    IC_P_DEMAND(!arena->bad, "all arrays together can be counted in bytes", IC_E_SIZE);
    if (!arena->base) {
        arena->base = (unsigned char *)ic_p_allocate(arena->used, owned);
        arena->used = 0;
    }
    return arena->base ? IC_OK : IC_E_MEMORY;
}

/* [M2] Checks and sums.
   A number is finite if its difference from itself is 0: for infinity and NaN it is NaN. */
IC_P_FN int ic_p_all_finite(const ic_real *x, size_t n)
{
    size_t k;
    for (k = 0; k < n; k++)
        if (!(x[k] - x[k] == 0))
            return 0;
    return 1;
}

/* Can the $n$ points `x` of $d$ numbers be compared?  IC_E_NOT_FINITE also where the squared
   distance of two points, or of means of points, could be too large for a float.  It is at most
   $d$ times the square of the largest difference of two numbers; a sixteenth of the largest
   float leaves room for the rounding of means, bounds and sums. */
IC_P_FN ic_status ic_p_points_ok(int n, int d, const ic_real *x)
{
    const size_t count = ic_p_numbers(n, d, 1);
    double least = HUGE_VAL, most = -HUGE_VAL;
    size_t k;
    IC_P_DEMAND(count > 0, "the numbers of all points can be counted", IC_E_SIZE);
    IC_P_REQUIRE(ic_p_all_finite(x, count), IC_E_NOT_FINITE);
    for (k = 0; k < count; k++) {
        least = (double)x[k] < least ? (double)x[k] : least;
        most = (double)x[k] > most ? (double)x[k] : most;
    }
    IC_P_DEMAND((double)d * ((most - least) * (most - least)) <= IC_P_LARGEST / 16, "d times the square of the largest difference is at most 2e37",
                IC_E_NOT_FINITE);
    return IC_OK;
}

/* Sum of squares in double, as sixteen partial sums that are added up in a fixed tree at the
   end.  A compiler may put them into vectors without changing a bit. */
IC_P_FN double ic_p_sum_squares(const ic_real *x, size_t padded)
{
    double sum[IC_PAD] = { 0 };
    size_t k;
    int j, half;
    for (k = 0; k < padded; k += IC_PAD)
        for (j = 0; j < IC_PAD; j++)
            sum[j] += (double)x[k + (size_t)j] * (double)x[k + (size_t)j];
    for (half = IC_PAD / 2; half > 0; half /= 2)
        for (j = 0; j < half; j++)
            sum[j] += sum[j + half];
    return sum[0];
}

IC_P_FN int ic_p_threads(int asked)
{
    return asked < 1 ? 1 : asked > IC_P_MAX_THREADS ? IC_P_MAX_THREADS : asked;
}

/* [M3] A team of threads.
   ic_p_parallel cuts the numbers 0 to $n - 1$ into one contiguous range a thread and computes
   all of them at the same time, the first in the caller's thread.  What is cut is always a set
   of results, never a sum, so the number of threads changes no result.

       | not started   threads = 0    until the first call that could use a second thread
       | idle          calls = k, done = k (threads - 1): all workers wait for call k + 1
       | at work       calls = k + 1, done smaller than (k + 1) (threads - 1)
       | ended         after a call without a function, which ends the workers

   A training update makes four calls within some 10 ms, and threads that share a sequence meet
   every few microseconds, but to wake a thread that sleeps can take 0.3 ms.  So a waiting
   thread polls for a while before it blocks on the condition variable.

   A polling thread does not yield.  On a busy machine a thread that yields waits some 4 ms, the
   rest of another program's time slice, for its next turn, and its team waits with it.  An
   update of one sequence, by two threads beside two other programs on two cores, took 1460 ms
   with yields; without, it took 6 ms in most runs and 23 ms in one.  Only where the team itself
   has more threads than the machine has processors is yielding the quickest: the thread waited
   for is then likely to be in the queue.  A process that is confined to fewer processors cannot
   see that (sysconf counts those of the machine): the same two threads on one core took 17 ms,
   with yields 5. */
#if IC_P_THREADS
#define IC_P_POLLS 100000             /* some 50 microseconds */
#define IC_P_YIELD 25                 /* a yield counts as so many polls: after 4000 of them a thread sleeps */

/* Waits until a counter has come to a value. */
IC_P_FN void ic_p_await(ic_p_team *team, const unsigned *counter, unsigned value)
{
    int k;
    for (k = 0; k < IC_P_POLLS; k += team->crowded ? IC_P_YIELD : 1) {
        if ((int)(__atomic_load_n(counter, __ATOMIC_ACQUIRE) - value) >= 0)
            return;
        if (team->crowded)
            sched_yield();
    }
    pthread_mutex_lock(&team->lock);
    __atomic_fetch_add(&team->asleep, 1, __ATOMIC_SEQ_CST);
    while ((int)(__atomic_load_n(counter, __ATOMIC_SEQ_CST) - value) < 0)
        pthread_cond_wait(&team->change, &team->lock);
    __atomic_fetch_sub(&team->asleep, 1, __ATOMIC_SEQ_CST);
    pthread_mutex_unlock(&team->lock);
}

/* Counts up and returns the count.  What a thread wrote before is visible to those that see it.
   Nobody sleeps through it: before it sleeps, a thread counts itself as asleep and then looks at
   the counter; here the counter comes first, and then the look at how many are asleep. */
IC_P_FN unsigned ic_p_count_up(ic_p_team *team, unsigned *counter)
{
    const unsigned count = __atomic_add_fetch(counter, 1, __ATOMIC_SEQ_CST);
    if (__atomic_load_n(&team->asleep, __ATOMIC_SEQ_CST) > 0) {
        pthread_mutex_lock(&team->lock);
        pthread_cond_broadcast(&team->change);
        pthread_mutex_unlock(&team->lock);
    }
    return count;
}

IC_P_FN void ic_p_range(const ic_p_team *team, int thread)
{
    const int begin = (int)((long long)team->n * thread / team->threads);
    const int end = (int)((long long)team->n * (thread + 1) / team->threads);
    if (begin < end)
        team->fn(team->context, thread, begin, end);
}

/* A worker waits for call 1, 2 and so on.  It cannot miss one: the next begins only when all
   workers have finished this one. */
IC_P_FN void *ic_p_worker_main(void *argument)
{
    const ic_p_worker *self = (const ic_p_worker *)argument;
    ic_p_team *team = self->team;
    unsigned call;
    for (call = 1;; call++) {
        ic_p_await(team, &team->calls, call);
        if (!team->fn)
            return NULL;
        ic_p_range(team, self->thread);
        ic_p_count_up(team, &team->done);
    }
}

IC_P_FN void ic_p_call(ic_p_team *team, int n, ic_p_range_fn *fn, void *context)
{
    team->n = n, team->fn = fn, team->context = context, team->met = 0;
    ic_p_count_up(team, &team->calls);
}

/* A thread inherits the signal mask of its creator.  Workers block all signals but those that a
   fault of their own raises: a signal to the process is for the program's own threads. */
IC_P_FN void ic_p_team_start(ic_p_team *team)
{
    /* Hidden in a strict mode if system headers came before this file, and from a POSIX before 1995. */
#if defined(SIG_SETMASK) && !(defined(_POSIX_C_SOURCE) && _POSIX_C_SOURCE < 199506L)
#define IC_P_BLOCKS_SIGNALS 1
    static const int own[] = { SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGTRAP };
    sigset_t blocked, before;
    size_t k;
    sigfillset(&blocked);
    for (k = 0; k < sizeof own / sizeof *own; k++)
        sigdelset(&blocked, own[k]);
    pthread_sigmask(SIG_SETMASK, &blocked, &before);
#endif
#ifdef _SC_NPROCESSORS_ONLN
    team->crowded = team->wanted > sysconf(_SC_NPROCESSORS_ONLN);
#endif
    pthread_mutex_init(&team->lock, NULL);
    pthread_cond_init(&team->change, NULL);
    for (team->threads = 1; team->threads < team->wanted; team->threads++) {
        ic_p_worker *w = &team->worker[team->threads];
        w->team = team;
        w->thread = team->threads;
        if (pthread_create(&w->id, NULL, ic_p_worker_main, w) != 0)
            break;                   /* then there are fewer */
    }
#ifdef IC_P_BLOCKS_SIGNALS
    pthread_sigmask(SIG_SETMASK, &before, NULL);
#endif
}
#endif

/* A barrier: every thread waits until all have come. */
IC_P_FN void ic_p_meet(ic_p_team *team, int threads)
{
#if IC_P_THREADS
    if (threads > 1) {
        const unsigned n = (unsigned)threads, count = ic_p_count_up(team, &team->met);
        ic_p_await(team, &team->met, (count + n - 1) / n * n);
    }
#else
    (void)team, (void)threads;
#endif
}

/* Starts the threads if that is still to be done; returns how many there are. */
IC_P_FN int ic_p_team_ready(ic_p_team *team)
{
#if IC_P_THREADS
    if (team->wanted > 1 && team->threads == 0)
        ic_p_team_start(team);
    return team->threads > 1 ? team->threads : 1;
#else
    (void)team;
    return 1;
#endif
}

IC_P_FN void ic_p_parallel(ic_p_team *team, int n, ic_p_range_fn *fn, void *context)
{
#if IC_P_THREADS
    if (n > 1 && ic_p_team_ready(team) > 1) {
        ic_p_call(team, n, fn, context);
        ic_p_range(team, 0);
        ic_p_await(team, &team->done, team->calls * (unsigned)(team->threads - 1));
        return;
    }
#else
    (void)team;
#endif
    fn(context, 0, 0, n);
}

IC_P_FN void ic_p_team_end(ic_p_team *team)
{
#if IC_P_THREADS
    if (team->threads == 0)
        return;
    ic_p_call(team, 0, NULL, NULL);
    while (--team->threads > 0)
        pthread_join(team->worker[team->threads].id, NULL);
    pthread_cond_destroy(&team->change);
    pthread_mutex_destroy(&team->lock);
#else
    (void)team;
#endif
}

/* [M4] Hashes.
   FNV-1a (Fowler, Noll & Vo 1991): for every byte, exclusive-or and a multiplication by a prime.
   It finds damage, not forgery. */
IC_DEF uint64_t ic_hash(uint64_t hash, const void *bytes, size_t size)
{
    const unsigned char *byte = (const unsigned char *)bytes;
    size_t k;
    if (hash == 0)
        hash = 0xcbf29ce484222325u;
    for (k = 0; k < size; k++)
        hash = (hash ^ byte[k]) * 0x100000001b3u;
    return hash;
}

/* The bits of a number, least significant byte first; the file format uses it too. */
IC_P_FN void ic_p_put_float(unsigned char *out, ic_real x)
{
    float value = (float)x;
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    ic_p_put(out, bits, 4);
}

IC_P_FN ic_real ic_p_get_float(const unsigned char *from)
{
    const uint32_t bits = (uint32_t)ic_p_get(from, 4);
    float value;
    memcpy(&value, &bits, sizeof value);
    return (ic_real)value;
}

IC_DEF uint64_t ic_hash_reals(uint64_t hash, const ic_real *x, size_t n)
{
    unsigned char bytes[4] = { 0 };
    size_t k;
    hash = ic_hash(hash, bytes, 0);      /* also begins one */
    for (k = 0; k < n; k++) {
        ic_p_put_float(bytes, x[k]);
        hash = ic_hash(hash, bytes, sizeof bytes);
    }
    return hash;
}

/* [R] RANDOM NUMBERS ----------------------------------------------------------------------------
   A random number here is a function of a key and two counters, $i$ and $j$.  There is no state:
   which numbers a training run draws depends on no order of calls and on no thread. */

/* [R1] Philox.
   Philox4x32-10 (Salmon, Moraes, Dror & Shaw 2011) turns four 32-bit words into four others by
   ten rounds of multiplication and exclusive-or; the key changes by a constant from round to
   round.  For each key it is a bijection, and its authors found no statistical test that it
   fails.

       | word 0   low half of j        word 1   high half of j
       | word 2   low half of i        word 3   high half of i

   Known answers: key, $i$ and $j$ all zero give 6627e8d5 e169c58d bc57ac4c 9b00dbd8. */
IC_P_INLINE void ic_p_philox_round(uint32_t k0, uint32_t k1, uint32_t *w0, uint32_t *w1,
                                   uint32_t *w2, uint32_t *w3)
{
    const uint64_t a = (uint64_t)0xD2511F53u * *w0;
    const uint64_t b = (uint64_t)0xCD9E8D57u * *w2;
    *w0 = (uint32_t)(b >> 32) ^ *w1 ^ k0;
    *w1 = (uint32_t)b;
    *w2 = (uint32_t)(a >> 32) ^ *w3 ^ k1;
    *w3 = (uint32_t)a;
}

#define IC_P_ROUNDS 10
#define IC_P_BUMP0 0x9E3779B9u      /* added to the key's halves from round to round: */
#define IC_P_BUMP1 0xBB67AE85u      /* the golden ratio and the root of 3, less 1, times 2^32 */

IC_DEF void ic_random(uint64_t key, uint64_t i, uint64_t j, uint32_t out[4])
{
    uint32_t k0 = (uint32_t)key, k1 = (uint32_t)(key >> 32);
    int round;
    out[0] = (uint32_t)j;
    out[1] = (uint32_t)(j >> 32);
    out[2] = (uint32_t)i;
    out[3] = (uint32_t)(i >> 32);
    for (round = 0; round < IC_P_ROUNDS; round++) {
        ic_p_philox_round(k0, k1, &out[0], &out[1], &out[2], &out[3]);
        k0 += IC_P_BUMP0;
        k1 += IC_P_BUMP1;
    }
}

/* Derived keys come from the one row of counters that the interface sets aside, i = 2^64 - 1. */
IC_DEF uint64_t ic_random_key(uint64_t key, uint64_t purpose)
{
    uint32_t out[4];
    ic_random(key, ~(uint64_t)0, purpose, out);
    return out[0] | (uint64_t)out[1] << 32;
}

IC_DEF double ic_uniform(uint64_t key, uint64_t i, uint64_t j)
{
    uint32_t out[4];
    ic_random(key, i, j, out);                        /* 27 bits above 26, over 2^53 */
    return ((double)(out[0] >> 5) * 67108864.0 + (double)(out[1] >> 6)) / 9007199254740992.0;
}

/* [R2] Normal numbers.
   For $u$ uniform in (0, 1] and $v$ in [0, 1), the point at distance $sqrt(-2 log(u))$ in
   direction $2 pi v$ has two independent normal coordinates (Box & Muller 1958).

   The square of the distance.  $u$ is no less than $2^{-32}$, so no distance exceeds 6.67.
   Write $u = m 2^e$ with $m$ from 0.707 to 1.414; then

       -2 log(u) = -2 (e log(2) + log(m))
       log(m) = 2 (q + q^3 / 3 + q^5 / 5 + ...)   q = (m - 1) / (m + 1)                        (1)

   with $|q| <= 0.172$: five terms are enough for a float.  $u$ is rounded to a float first;
   $m - 1$ is exact, so near 1 nothing beyond that rounding is lost.  All of it is sums, products
   and quotients, without fusion. */
IC_P_INLINE float ic_p_distance_squared(uint32_t word)
{
    const float u = (float)(int32_t)(word >> 1) + 0.5f;              /* times 2^31 */
    uint32_t bits;
    int32_t e;
    float m, q, q2;
    memcpy(&bits, &u, sizeof bits);
    e = (int32_t)((bits + (0x3f800000u - 0x3f3504f3u)) >> 23) - 127; /* 0x3f3504f3: 0.707 */
    bits -= (uint32_t)e << 23;
    memcpy(&m, &bits, sizeof m);
    q = (m - 1.0f) / (m + 1.0f);
    q2 = q * q;
    q = q * (2.0f + q2 * (2.0f / 3 + q2 * (2.0f / 5 + q2 * (2.0f / 7 + q2 * (2.0f / 9)))));
    return -2.0f * ((float)(e - 31) * 0.69314718f + q);
}

/* The direction.  23 bits choose an angle within 45 degrees of the axis, where these Taylor
   terms of sine and cosine are enough for a float (errors of at most 3 units in the last place).
   Bit 30 turns the point by a quarter, from $(x, y)$ to $(-y, x)$, and bit 31 by a half, to
   $(-x, -y)$.  Exchange and signs are done on the bits of the numbers, since a loop with
   branches would not become vector code. */
IC_P_INLINE void ic_p_direction(uint32_t word, float *x, float *y)
{
    const float v = ((float)(int32_t)(word >> 7 & 0x7fffffu) + 0.5f) * (1.0f / 8388608.0f) - 0.5f;
    const float a = v * 1.57079633f, a2 = a * a;
    const float sine = a * (1.0f - a2 * (1.0f / 6 - a2 * (1.0f / 120 - a2 * (1.0f / 5040
                     - a2 * (1.0f / 362880)))));
    const float cosine = 1.0f - a2 * (0.5f - a2 * (1.0f / 24 - a2 * (1.0f / 720
                       - a2 * (1.0f / 40320))));
    uint32_t c, s, exchange;
    memcpy(&c, &cosine, sizeof c);
    memcpy(&s, &sine, sizeof s);
    exchange = (c ^ s) & (0u - (word >> 30 & 1u));
    c ^= exchange ^ ((word ^ word << 1) & 0x80000000u);
    s ^= exchange ^ (word & 0x80000000u);
    memcpy(x, &c, sizeof c);
    memcpy(y, &s, sizeof s);
}

/* The square root of a float in double, rounded to a float, is the correctly rounded root. */
IC_DEF double ic_normal(uint64_t key, uint64_t i, uint64_t j)
{
    uint32_t word[4];
    float x, y;
    ic_random(key, i, j, word);
    ic_p_direction(word[1], &x, &y);
    return (double)(x * (float)sqrt((double)ic_p_distance_squared(word[0])));
}

/* The same for many numbers: IC_P_BLOCK counters at a time, array by array, in loops that
   compilers turn into vector code.  The block is 32, because gcc -O3 completely unrolls loops of
   up to 16 iterations before its vectoriser sees them. */
#define IC_P_BLOCK 32

IC_P_FN void ic_p_philox(uint64_t key, uint64_t i, uint64_t j, uint32_t word[4][IC_P_BLOCK])
{
    uint32_t k0 = (uint32_t)key, k1 = (uint32_t)(key >> 32);
    int round, n;
    for (n = 0; n < IC_P_BLOCK; n++) {
        word[0][n] = (uint32_t)(j + (uint64_t)n);
        word[1][n] = (uint32_t)((j + (uint64_t)n) >> 32);
        word[2][n] = (uint32_t)i;
        word[3][n] = (uint32_t)(i >> 32);
    }
    for (round = 0; round < IC_P_ROUNDS; round++) {
        for (n = 0; n < IC_P_BLOCK; n++)
            ic_p_philox_round(k0, k1, &word[0][n], &word[1][n], &word[2][n], &word[3][n]);
        k0 += IC_P_BUMP0;
        k1 += IC_P_BUMP1;
    }
}

IC_P_FN void ic_p_normal_block(uint64_t key, uint64_t i, uint64_t j,
                               float out[4 * IC_P_BLOCK])
{
    uint32_t word[4][IC_P_BLOCK];
    float distance[IC_P_BLOCK];
    int pair, n;
    ic_p_philox(key, i, j, word);
    for (pair = 0; pair < 4; pair += 2) {
        for (n = 0; n < IC_P_BLOCK; n++)
            distance[n] = ic_p_distance_squared(word[pair][n]);
        for (n = 0; n < IC_P_BLOCK; n++)
            distance[n] = sqrtf(distance[n]);
        for (n = 0; n < IC_P_BLOCK; n++) {
            float x, y;
            ic_p_direction(word[pair + 1][n], &x, &y);
            out[pair * IC_P_BLOCK + n] = distance[n] * x;
            out[(pair + 1) * IC_P_BLOCK + n] = distance[n] * y;
        }
    }
}

/* Block b of 4 * IC_P_BLOCK values comes from the counters j = b * IC_P_BLOCK and up. */
IC_DEF void ic_normal_fill(uint64_t key, uint64_t i, size_t n, ic_real *out)
{
    float block[4 * IC_P_BLOCK];
    size_t k, q, some;
    for (k = 0; k < n; k += some) {
        some = n - k < 4 * IC_P_BLOCK ? n - k : 4 * IC_P_BLOCK;
        ic_p_normal_block(key, i, k / 4, block);
        for (q = 0; q < some; q++)
            out[k + q] = (ic_real)block[q];
    }
}

/* [R3] Random orders.
   The numbers 0, 1 and so on are inserted one after the other: $k$ takes a random one of the
   places $0 ... k$, and what stood there moves to place $k$ (Fisher & Yates 1938; Durstenfeld
   1964).  A draw of 32 bits times $k + 1$, divided by $2^32$ and rounded down, is a place; its
   probability is off by no more than a part in $2^32 / (k + 1)$. */
IC_DEF void ic_permutation(uint64_t key, uint64_t i, int n, int *order)
{
    uint32_t draw[4];
    int k, place;
    for (k = 0; k < n; k++) {
        ic_random(key, i, (uint64_t)k, draw);
        place = (int)(((uint64_t)draw[0] * (uint64_t)(k + 1)) >> 32);
        order[k] = k;
        order[k] = order[place];
        order[place] = k;
    }
}

/* [F] FILES -------------------------------------------------------------------------------------
   How a model is stored; [Q6] has the file of a recogniser.  A file that was read is not
   trusted: sizes are checked before memory is allocated for them, then the checksum, then that
   every number is finite, and in its range where others depend on it. */

/* [F1] A model file.
   All numbers are little-endian, whatever the machine.

       | OFFSET   SIZE   MEANING
       |      0      8   "invclass"
       |      8      4   version of the format: 1
       |     12      4   I, inputs
       |     16      4   H, hidden units
       |     20      4   L, layers
       |     24      4   O, outputs
       |     28      4   T, time steps
       |     32      4   gates: 0 hard sigmoid, 1 sigmoid
       |     36      4   output layer: 0 at every step, 1 at the last
       |     40      4   after it: 0 nothing, 1 softmax
       |     44      4   0
       |     48      8   number of parameters, P
       |     56    4 P   the parameters, float, in the order of [C1]
       | 56+4 P      8   FNV-1a hash of all bytes before, 64 bits */
#define IC_P_HEADER 56

IC_P_FN void ic_p_put(unsigned char *to, uint64_t value, int bytes)
{
    int k;
    for (k = 0; k < bytes; k++)
        to[k] = (unsigned char)(value >> (8 * k));
}

IC_P_FN uint64_t ic_p_get(const unsigned char *from, int bytes)
{
    uint64_t value = 0;
    int k;
    for (k = 0; k < bytes; k++)
        value |= (uint64_t)from[k] << (8 * k);
    return value;
}

IC_DEF size_t ic_encoded_bytes(const ic_model *model) { return IC_P_HEADER + 4 * model->count + 8; }

IC_DEF void ic_encode(const ic_model *model, unsigned char *out)
{
    const ic_config *c = &model->config;
    const int field[9] = { c->inputs, c->hidden, c->layers, c->outputs, c->steps,
                           (int)c->gate, (int)c->head, (int)c->link, 0 };
    size_t k, end = IC_P_HEADER + 4 * model->count;
    memcpy(out, "invclass", 8);
    ic_p_put(out + 8, 1, 4);
    for (k = 0; k < 9; k++)
        ic_p_put(out + 12 + 4 * k, (uint64_t)field[k], 4);
    ic_p_put(out + 48, model->count, 8);
    for (k = 0; k < model->count; k++)
        ic_p_put_float(out + IC_P_HEADER + 4 * k, model->param[k]);
    ic_p_put(out + end, ic_hash(0, out, end), 8);
}

/* Reads the config of a file of `size` bytes from its first IC_P_HEADER, or as many as there
   are. */
IC_P_FN ic_status ic_p_decode_header(const unsigned char *bytes, size_t size, ic_config *config)
{
    ic_config c;
    size_t k;
    if (size < 8 || memcmp(bytes, "invclass", 8) != 0)
        return IC_E_FORMAT;
    if (size < IC_P_HEADER + 8)
        return IC_E_TRUNCATED;
    if (ic_p_get(bytes + 8, 4) != 1)
        return IC_E_VERSION;
    for (k = 0; k < 9; k++) {                               /* five sizes, three choices, a zero */
        const uint64_t field = ic_p_get(bytes + 12 + 4 * k, 4);
        if (field > (k < 5 ? (uint64_t)IC_P_MAX_SIZE : k < 8) || (k < 5 && field == 0))
            return IC_E_FORMAT;
    }
    memset(&c, 0, sizeof c);
    c.inputs = (int)ic_p_get(bytes + 12, 4);
    c.hidden = (int)ic_p_get(bytes + 16, 4);
    c.layers = (int)ic_p_get(bytes + 20, 4);
    c.outputs = (int)ic_p_get(bytes + 24, 4);
    c.steps = (int)ic_p_get(bytes + 28, 4);
    c.gate = ic_p_get(bytes + 32, 4) ? IC_SIGMOID : IC_HARD_SIGMOID;
    c.head = ic_p_get(bytes + 36, 4) ? IC_LAST_STEP : IC_EVERY_STEP;
    c.link = ic_p_get(bytes + 40, 4) ? IC_SOFTMAX : IC_LINEAR;
    if (ic_p_count(&c) == 0 || ic_p_get(bytes + 48, 8) != ic_p_count(&c))
        return IC_E_FORMAT;
    *config = c;
    return size == IC_P_HEADER + 4 * ic_p_count(&c) + 8 ? IC_OK : IC_E_TRUNCATED;
}

IC_DEF ic_status ic_decode(ic_model *model, const unsigned char *bytes, size_t size)
{
    ic_config c;
    ic_status status;
    size_t k;
    memset(model, 0, sizeof *model);
    IC_P_PASS(ic_p_decode_header(bytes, size, &c));
    if (ic_p_get(bytes + size - 8, 8) != ic_hash(0, bytes, size - 8))
        return IC_E_CHECKSUM;
    status = ic_model_init(model, &c, NULL);
    for (k = 0; status == IC_OK && k < model->count; k++)
        model->param[k] = ic_p_get_float(bytes + IC_P_HEADER + 4 * k);
    if (status == IC_OK && !ic_p_all_finite(model->param, model->count)) {
        ic_model_free(model);
        status = IC_E_NOT_FINITE;
    }
    return status;
}

#ifndef IC_NO_STDIO
/* [F2] Writing and reading.
   A file is written under another name, flushed to the disk, and then renamed, which replaces
   what was there in one step: a program that is killed, or a full disk, leaves the old file
   whole.

   What differs between systems: */
#ifdef _WIN32
#define IC_P_CREATE(path, mode) _open(path, _O_WRONLY | _O_CREAT | _O_EXCL | _O_BINARY, mode)
#define IC_P_MODE (_S_IREAD | _S_IWRITE)
#define IC_P_SLASH(c) ((c) == '/' || (c) == '\\')
#define IC_P_WRITE(file, bytes, n) _write(file, bytes, (unsigned)(n))
#define IC_P_SYNC(file) _commit(file)
#define IC_P_CLOSE(file) _close(file)
#define IC_P_RENAME(from, to) (MoveFileExA(from, to, 1 | 8) ? 0 : -1)   /* replace; write through */
#define IC_P_SEEK _fseeki64              /* long has 32 bits there */
#define IC_P_TELL _ftelli64
#define IC_P_PROCESS() _getpid()
#else
#define IC_P_CREATE(path, mode) open(path, O_WRONLY | O_CREAT | O_EXCL, (mode_t)(mode))
#define IC_P_MODE 0666
#define IC_P_SLASH(c) ((c) == '/')
#define IC_P_WRITE(file, bytes, n) write(file, bytes, n)
#define IC_P_SYNC(file) fsync(file)
#define IC_P_CLOSE(file) close(file)
#define IC_P_RENAME(from, to) rename(from, to)
#define IC_P_SEEK fseek
#define IC_P_TELL ftell
#define IC_P_PROCESS() getpid()
#endif
#define IC_P_MOST_HEAD 256               /* bytes that can be checked before the rest is read */
#define IC_P_SUFFIX sizeof ".00000000.new"

/* Creates a file path.XXXXXXXX.new.  The number is a hash of what differs between processes,
   threads and moments.  Should the name be taken all the same, another is tried. */
IC_P_FN int ic_p_create(const char *path, char *temporary, int mode)
{
    size_t length = strlen(path), at = length;               /* `at`: where the last part of the path begins */
    uint64_t mark[4];
    int attempt, file = -1;
    while (at > 0 && !IC_P_SLASH(path[at - 1]))
        at--;
    if (length - at > 200)                                   /* systems take names of 255 bytes */
        length = at + 200;
    mark[0] = (uint64_t)IC_P_PROCESS(), mark[1] = (uint64_t)(uintptr_t)mark;
    mark[2] = (uint64_t)time(NULL) ^ (uint64_t)clock() << 32;
    memcpy(temporary, path, length);
    for (attempt = 0; attempt < 100; attempt++) {
        mark[3] = (uint64_t)attempt;
        snprintf(temporary + length, IC_P_SUFFIX, ".%08lx.new",
                 (unsigned long)(ic_hash(0, mark, sizeof mark) >> 32));
        file = IC_P_CREATE(temporary, mode);
        if (file >= 0 || errno != EEXIST)
            break;
    }
    return file;
}

/* Writes all bytes and flushes them to the disk; 0 if that failed. */
IC_P_FN int ic_p_write_all(int file, const unsigned char *bytes, size_t size)
{
    const size_t most = (size_t)1 << 30;             /* as much as any system takes in a call */
    while (size > 0) {
        const long n = (long)IC_P_WRITE(file, bytes, size < most ? size : most);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return 0;
        bytes += n;
        size -= (size_t)n;
    }
    return IC_P_SYNC(file) == 0 || errno == EINVAL;      /* EINVAL: a file system that does not flush */
}

IC_DEF ic_status ic_write_file(const char *path, const void *bytes, size_t size)
{
    char *temporary;
    ic_status status = IC_OK;
    int file, mode = IC_P_MODE;
#if !defined(_WIN32) && !defined(__wasi__)
    struct stat before;
    const int replaces = path && stat(path, &before) == 0;
    IC_P_REQUIRE(!replaces || S_ISREG(before.st_mode), IC_E_OPEN);
    mode = replaces ? 0600 : mode;           /* nobody may read it who could not read the old one */
#endif
    IC_P_REQUIRE(path && *path, IC_E_OPEN);
    temporary = (char *)IC_MALLOC(strlen(path) + IC_P_SUFFIX);
    if (!temporary)
        return IC_E_MEMORY;
    file = ic_p_create(path, temporary, mode);
    if (file < 0)
        status = IC_E_OPEN;
    else {
#if !defined(_WIN32) && !defined(__wasi__)
        if (replaces && fchmod(file, before.st_mode & 0777) != 0)
            status = IC_E_WRITE;
#endif
        if (!ic_p_write_all(file, (const unsigned char *)bytes, size))
            status = IC_E_WRITE;
        if (IC_P_CLOSE(file) != 0)                   /* a full disk may show only now */
            status = IC_E_WRITE;
        if (status == IC_OK && IC_P_RENAME(temporary, path) != 0)
            status = IC_E_WRITE;
        if (status != IC_OK)
            remove(temporary);
    }
    IC_FREE(temporary);
    return status;
}

IC_DEF ic_status ic_save(const ic_model *model, const char *path)
{
    unsigned char *bytes;
    size_t size, k;
    ic_status status;
    IC_ASSERT(model);
    IC_P_REQUIRE(model->param && model->count == ic_p_count(&model->config), IC_E_ARGUMENT);
    for (k = 0; k < model->count; k++)                       /* also as the floats that the file holds */
        IC_P_REQUIRE(fabs((double)model->param[k]) <= IC_P_LARGEST, IC_E_NOT_FINITE);
    size = ic_encoded_bytes(model);
    bytes = (unsigned char *)IC_MALLOC(size);
    if (!bytes)
        return IC_E_MEMORY;
    ic_encode(model, bytes);
    status = ic_write_file(path, bytes, size);
    IC_FREE(bytes);
    return status;
}

/* Reads a whole file, after `check` has found its first `head` bytes and its size right.  The
   caller frees `*bytes`. */
IC_P_FN ic_status ic_p_read_file(const char *path, size_t head, ic_p_head_fn *check, unsigned char **bytes, size_t *size)
{
    FILE *file = path ? fopen(path, "rb") : NULL;
    unsigned char first[IC_P_MOST_HEAD];
    ic_status status = IC_OK;
    int64_t end = 0;
    *bytes = NULL;
    if (!file)
        return IC_E_OPEN;
    if (IC_P_SEEK(file, 0, SEEK_END) != 0 || (end = IC_P_TELL(file)) < 0 || IC_P_SEEK(file, 0, SEEK_SET) != 0
        || (int64_t)(size_t)end != end)
        status = IC_E_READ;
    *size = (size_t)end;
    if (status == IC_OK) {
        head = head < *size ? head : *size;
        status = fread(first, 1, head, file) == head ? check(first, *size) : IC_E_READ;
    }
    if (status == IC_OK) {
        *bytes = (unsigned char *)IC_MALLOC(*size);
        status = *bytes ? IC_OK : IC_E_MEMORY;
    }
    if (status == IC_OK && (fseek(file, 0, SEEK_SET) != 0 || fread(*bytes, 1, *size, file) != *size)) {
        IC_FREE(*bytes);
        status = IC_E_READ;
    }
    fclose(file);
    return status;
}

IC_P_FN ic_status ic_p_model_head_ok(const unsigned char *bytes, size_t size)
{
    ic_config config;
    return ic_p_decode_header(bytes, size, &config);
}

IC_DEF ic_status ic_load(ic_model *model, const char *path)
{
    unsigned char *bytes;
    size_t size;
    ic_status status;
    memset(model, 0, sizeof *model);
    IC_P_PASS(ic_p_read_file(path, IC_P_HEADER, ic_p_model_head_ok, &bytes, &size));
    status = ic_decode(model, bytes, size);
    IC_FREE(bytes);
    return status;
}
#endif

#if defined(__clang__)
#pragma STDC FP_CONTRACT DEFAULT
#if defined(__x86_64__) || defined(__i386__)
#pragma float_control(pop)
#endif
#elif defined(__GNUC__)
#pragma GCC pop_options
#elif defined(_MSC_VER)
#pragma fp_contract(on)
#endif

#endif /* INVCLASS_IMPLEMENTATION */
#endif /* IC_P_LANES */

/* ============================================================================================
   PART 6  HISTORY AND LICENCE
   ============================================================================================

   0.1.0 (2026-11)  first version

   SPDX-License-Identifier: MIT OR Unlicense

   This software is available under two licences; choose the one you prefer.

   A - MIT License.  Copyright (c) 2026 the invclass authors

   Permission is hereby granted, free of charge, to any person obtaining a copy of this software
   and associated documentation files (the "Software"), to deal in the Software without
   restriction, including without limitation the rights to use, copy, modify, merge, publish,
   distribute, sublicense, and/or sell copies of the Software, and to permit persons to whom the
   Software is furnished to do so, subject to the following conditions:

   The above copyright notice and this permission notice shall be included in all copies or
   substantial portions of the Software.

   THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING
   BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND
   NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM,
   DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM,
   OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.

   B - Public domain (unlicense.org)

   This is free and unencumbered software released into the public domain. Anyone is free to
   copy, modify, publish, use, compile, sell, or distribute this software, either in source code
   form or as a compiled binary, for any purpose, commercial or non-commercial, and by any means.

   In jurisdictions that recognize copyright laws, the author or authors of this software
   dedicate any and all copyright interest in the software to the public domain. We make this
   dedication for the benefit of the public at large and to the detriment of our heirs and
   successors. We intend this dedication to be an overt act of relinquishment in perpetuity of
   all present and future rights to this software under copyright law.

   THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING
   BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND
   NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER
   LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM, OUT OF OR IN
   CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE. */
