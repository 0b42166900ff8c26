/* letters.h: pen letters of our own, so that everything runs with no download.

   The 20 letters that need a single stroke, as someone might write them: each is a row of points the
   pen passes through, joined by a Catmull-Rom spline (Catmull & Rom 1974).  Coordinates: x to the
   right, y up, the baseline at 0, the height of an x at 1, ascenders to 2, descenders to -1.

   Each sample varies as handwriting does: every point wanders a little, neighbours together; the
   whole is slanted, stretched and scaled; the pace differs.  How fast the pen goes along the curve
   follows the two-thirds power law (Lacquaniti, Terzuolo & Viviani 1983): speed falls with the cube
   root of the curvature.  It starts and ends at rest. */
#ifndef LETTERS_H
#define LETTERS_H

#include "invclass.h"
#include "pen.h"

#define LETTERS_POINTS 12           /* most points of a letter */
#define LETTERS_FINE 24             /* pieces a segment is divided into */
#define LETTERS_UNIT 30.0           /* pen units in the height of an x */

typedef struct letters_shape {
    int points, steps;              /* steps: typical length of a recording */
    float at[LETTERS_POINTS][2];
} letters_shape;

PEN_FN const letters_shape *letters_shapes(void)
{
    static const letters_shape shape[PEN_CLASSES] = {
/* a */ { 10, 156, { {.90f,.80f}, {.50f,1.f}, {.03f,.50f}, {.42f,.0f}, {.85f,.45f}, {.95f,.95f},
                     {.95f,.60f}, {.97f,.22f}, {1.15f,.0f}, {1.38f,.18f} } },
/* b */ { 9, 150, { {.0f,2.f}, {.0f,1.f}, {.02f,.05f}, {.06f,.45f}, {.45f,1.f}, {.93f,.60f}, {.80f,.10f},
                    {.40f,-.02f}, {.05f,.20f} } },
/* c */ { 6, 118, { {.92f,.78f}, {.55f,1.02f}, {.08f,.75f}, {.06f,.25f}, {.50f,-.02f}, {.98f,.22f} } },
/* d */ { 10, 168, { {.90f,.78f}, {.50f,1.f}, {.03f,.50f}, {.42f,.0f}, {.85f,.40f}, {.95f,1.2f},
                     {.97f,2.f}, {.96f,1.f}, {1.f,.15f}, {1.28f,.08f} } },
/* e */ { 7, 130, { {.05f,.45f}, {.55f,.52f}, {.93f,.72f}, {.50f,1.02f}, {.02f,.50f}, {.48f,-.02f},
                    {.98f,.25f} } },
/* g */ { 10, 164, { {.90f,.80f}, {.50f,1.f}, {.03f,.55f}, {.42f,.05f}, {.85f,.45f}, {.95f,.95f},
                     {.95f,.0f}, {.85f,-.75f}, {.40f,-1.f}, {-.02f,-.70f} } },
/* h */ { 9, 152, { {.0f,2.f}, {.0f,1.f}, {.0f,.0f}, {.03f,.45f}, {.40f,1.f}, {.76f,.80f}, {.80f,.35f},
                    {.82f,.0f}, {1.08f,.10f} } },
/* l */ { 5, 114, { {.08f,2.f}, {.06f,1.2f}, {.06f,.45f}, {.22f,.0f}, {.52f,.16f} } },
/* m */ { 12, 186, { {.0f,1.f}, {.0f,.0f}, {.04f,.50f}, {.32f,1.f}, {.58f,.75f}, {.60f,.0f}, {.64f,.50f},
                     {.94f,1.f}, {1.18f,.75f}, {1.20f,.30f}, {1.22f,.0f}, {1.45f,.10f} } },
/* n */ { 8, 140, { {.0f,1.f}, {.0f,.0f}, {.04f,.50f}, {.42f,1.f}, {.78f,.80f}, {.82f,.35f}, {.84f,.0f},
                    {1.10f,.10f} } },
/* o */ { 7, 126, { {.55f,1.f}, {.12f,.82f}, {.05f,.25f}, {.50f,-.02f}, {.96f,.35f}, {.85f,.85f},
                    {.45f,1.02f} } },
/* p */ { 9, 160, { {.0f,1.f}, {.0f,.0f}, {.0f,-1.f}, {.02f,.0f}, {.10f,.75f}, {.50f,1.02f}, {.95f,.55f},
                    {.55f,.0f}, {.08f,.12f} } },
/* q */ { 9, 158, { {.90f,.80f}, {.50f,1.f}, {.03f,.50f}, {.42f,.0f}, {.85f,.45f}, {.95f,.95f},
                    {.95f,.0f}, {.96f,-1.f}, {1.32f,-.62f} } },
/* r */ { 6, 120, { {.0f,1.f}, {.0f,.45f}, {.0f,.0f}, {.04f,.45f}, {.30f,.92f}, {.72f,.94f} } },
/* s */ { 8, 132, { {.85f,.82f}, {.50f,1.02f}, {.12f,.80f}, {.35f,.55f}, {.75f,.38f}, {.82f,.12f},
                    {.42f,-.02f}, {.02f,.14f} } },
/* u */ { 8, 142, { {.0f,1.f}, {.0f,.45f}, {.30f,.0f}, {.72f,.25f}, {.88f,1.f}, {.88f,.50f}, {.93f,.08f},
                    {1.20f,.12f} } },
/* v */ { 5, 116, { {.0f,1.f}, {.20f,.50f}, {.42f,.0f}, {.66f,.50f}, {.90f,1.02f} } },
/* w */ { 9, 158, { {.0f,1.f}, {.14f,.45f}, {.34f,.0f}, {.54f,.40f}, {.64f,.85f}, {.76f,.40f}, {.98f,.0f},
                    {1.18f,.45f}, {1.30f,1.02f} } },
/* y */ { 9, 160, { {.0f,1.f}, {.04f,.45f}, {.36f,.05f}, {.74f,.35f}, {.88f,1.f}, {.88f,.0f}, {.78f,-.72f},
                    {.38f,-1.f}, {-.02f,-.72f} } },
/* z */ { 7, 128, { {.0f,.92f}, {.45f,1.f}, {.92f,.97f}, {.48f,.50f}, {.0f,.02f}, {.45f,.02f},
                    {.98f,.06f} } }
    };
    return shape;
}

/* Cube root by Newton's method; x in a few orders of magnitude around 1. */
PEN_FN double letters_cube_root(double x)
{
    double r = x > 1 ? x : 1;
    int k;
    for (k = 0; k < 40; k++)
        r -= (r * r * r - x) / (3 * r * r);
    return r;
}

/* How far along its way, 0..1, the pen is at time u of 0..1: it speeds up over the first share a,
   keeps its pace, and slows down over the last. */
PEN_FN double letters_pace(double u, double a)
{
    if (u > 0.5)
        return 1 - letters_pace(1 - u, a);
    return u < a ? u * u / (2 * a * (1 - a)) : (u - a / 2) / (1 - a);
}

/* Draws one letter: `steps` velocities and forces to v [steps][3]. */
PEN_FN void letters_draw(const letters_shape *shape, uint64_t key, int steps, double *v)
{
    double point[LETTERS_POINTS + 2][2], at[LETTERS_POINTS * LETTERS_FINE + 1][2];
    double time[LETTERS_POINTS * LETTERS_FINE + 1], drift[2] = { 0, 0 }, before[2];
    const double slant = 0.16 * ic_normal(key, 0, 0), size = LETTERS_UNIT * (1 + 0.10 * ic_normal(key, 0, 1));
    const double stretch = 1 + 0.12 * ic_normal(key, 0, 2), force = 1 + 0.15 * ic_normal(key, 0, 4);
    const double heights[2] = { 1 + 0.10 * ic_normal(key, 0, 5), 1 + 0.10 * ic_normal(key, 0, 6) };
    const double skew = 0.16 * ic_normal(key, 0, 3);
    const int n = shape->points, fine = (n - 1) * LETTERS_FINE;
    int i, k, axis, t;
    /* The points, each moved by a wandering drift and a little of its own. */
    for (i = 0; i < n; i++) {
        double p[2];
        for (axis = 0; axis < 2; axis++) {
            drift[axis] = 0.75 * drift[axis] + 0.06 * ic_normal(key, (uint64_t)(1 + i), (uint64_t)axis);
            p[axis] = (double)shape->at[i][axis] + drift[axis]
                    + 0.03 * ic_normal(key, (uint64_t)(1 + i), (uint64_t)(2 + axis));
        }
        p[1] = p[1] > 1 ? 1 + (p[1] - 1) * heights[0] : p[1] < 0 ? p[1] * heights[1] : p[1];
        point[i + 1][0] = size * stretch * (p[0] + slant * p[1]);
        point[i + 1][1] = size * p[1];
    }
    for (axis = 0; axis < 2; axis++) {               /* the ends go on straight */
        point[0][axis] = 2 * point[1][axis] - point[2][axis];
        point[n + 1][axis] = 2 * point[n][axis] - point[n - 1][axis];
    }
    /* The spline through them, finely. */
    for (k = 0; k <= fine; k++) {
        const int s = k < fine ? k / LETTERS_FINE : n - 2;
        const double u = (double)(k - s * LETTERS_FINE) / LETTERS_FINE;
        for (axis = 0; axis < 2; axis++) {
            const double a = point[s][axis], b = point[s + 1][axis];
            const double c = point[s + 2][axis], d = point[s + 3][axis];
            at[k][axis] = b + 0.5 * u * (c - a + u * (2 * a - 5 * b + 4 * c - d
                                                      + u * (3 * (b - c) + d - a)));
        }
    }
    /* Time: each piece takes its length times the cube root of the curvature (turn per length). */
    time[0] = 0;
    for (k = 1; k <= fine; k++) {
        const int left = k > 1 ? k - 2 : 0, right = k < fine ? k + 1 : fine;
        const double ax = at[k][0] - at[left][0], ay = at[k][1] - at[left][1];
        const double bx = at[right][0] - at[k - 1][0], by = at[right][1] - at[k - 1][1];
        const double dx = at[k][0] - at[k - 1][0], dy = at[k][1] - at[k - 1][1];
        const double length = sqrt(dx * dx + dy * dy) + 1e-6;
        const double turn = fabs(ax * by - ay * bx) / (sqrt((ax * ax + ay * ay) * (bx * bx + by * by)) + 1e-6);
        time[k] = time[k - 1] + length * letters_cube_root(turn / length + 0.01);
    }
    /* The pen's path at equal times, its velocity the difference of two places. */
    before[0] = at[0][0];
    before[1] = at[0][1];
    for (t = 0, k = 1; t < steps; t++) {
        double u = (double)(t + 1) / steps, w;
        u += skew * u * (1 - u);                     /* some hurry at first, some at last */
        w = letters_pace(u, 0.12) * time[fine];
        while (k < fine && time[k] < w)
            k++;
        for (axis = 0; axis < 2; axis++) {
            const double share = (w - time[k - 1]) / (time[k] - time[k - 1]);
            const double here = at[k - 1][axis] + share * (at[k][axis] - at[k - 1][axis]);
            v[3 * t + axis] = here - before[axis];
            before[axis] = here;
        }
        v[3 * t + 2] = force * 4 * u * (1 - u);
    }
}

/* Makes a data set: per_class samples of each letter, or (0) as many as the UCI set has. */
PEN_FN int letters_make(uint64_t seed, int per_class, pen_samples *out, char *why, size_t why_size)
{
    const letters_shape *shape = letters_shapes();
    int letter, k, n = 0;
    size_t values = 0;
    if (per_class < 0 || per_class > 10000)
        return pen_fail(why, why_size, "%d letters of each kind: 0 to 10000 are possible", per_class);
    for (letter = 0; letter < PEN_CLASSES; letter++)
        n += per_class > 0 ? per_class : pen_counts[letter];
    if (pen_samples_make(out, n, (size_t)n * 3 * PEN_STEPS))
        return pen_fail(why, why_size, "out of memory");
    for (letter = 0, n = 0; letter < PEN_CLASSES; letter++)
        for (k = 0; k < (per_class > 0 ? per_class : pen_counts[letter]); k++, n++) {
            const uint64_t key = ic_random_key(ic_random_key(seed, (uint64_t)letter), (uint64_t)k);
            const double pace = shape[letter].steps * (1 + 0.07 * ic_normal(key, 0, 7));
            const int steps = pace < 109 ? 109 : pace > 205 ? 205 : (int)pace;
            out->label[n] = letter;
            out->length[n] = steps;
            out->first[n] = values;
            letters_draw(&shape[letter], key, steps, out->v + values);
            values += 3 * (size_t)steps;
        }
    snprintf(out->source, sizeof out->source, "built-in letters");
    pen_identify(out);
    return 0;
}

#endif
