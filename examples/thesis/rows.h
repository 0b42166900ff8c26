/* rows.h: what the thesis reports, described once: the rows of its tables, other readings of some, the
   figures that are drawn from them, and the names of the files that hold a network's results. */
#ifndef ROWS_H
#define ROWS_H

#include "invclass.h"
#include "../data/pen.h"
#include <limits.h>

typedef struct budget { int updates, batch, draws; double rate; } budget;   /* batch 0: all pairs in every update */

/* What makes one row differ from the next: data, not code.  `budget`: of the quick profile, for 2, 4
   and 20 classes; no updates: the slides do not have it (named all the same, it is trained for 1000). */
typedef struct table_row {
    const char *name;
    double noise;        /* deviation of the noise on the input */
    int layers, types, centres, repeller, classifier;
    budget budget[3];
} table_row;

static const table_row table_rows[] = {
/*    name        noise layers types centres repeller classifier  2 classes             4 classes             20 classes */
    { "naked",             0.0, 1, 0, 0, 0, 0, { { 1000, 0, 1, .005 }, { 1200, 4, 1, .008 }, { 2800, 5, 1, .005 } } },
    { "ds",                0.0, 2, 0, 0, 0, 0, { { 1000, 0, 1, .005 }, { 1200, 4, 1, .005 }, { 1500, 5, 1, .005 } } },
    { "noise_01",          0.1, 1, 0, 0, 0, 0, { { 1500, 0, 1, .003 }, { 3000, 4, 1, .005 }, { 2800, 5, 1, .004 } } },
    { "noise_02",          0.2, 1, 0, 0, 0, 0, { { 1000, 0, 4, .003 }, { 3000, 4, 1, .005 }, { 2800, 5, 1, .004 } } },
    { "noise_03",          0.3, 1, 0, 0, 0, 0, { { 1000, 0, 4, .003 }, { 4500, 4, 1, .005 }, { 4000, 5, 1, .004 } } },
    { "noise_04",          0.4, 1, 0, 0, 0, 0, { { 4000, 0, 2, .004 }, { 4500, 4, 1, .005 }, { 2800, 5, 1, .004 } } },
    { "repeller",          0.0, 1, 0, 0, 1, 0, { { 1000, 0, 1, .005 }, { 4500, 4, 1, .008 }, { 2800, 5, 1, .005 } } },
    { "types",             0.0, 1, 4, 0, 0, 0, { { 1500, 4, 1, .005 }, { 1800, 8, 1, .005 }, { 3200, 5, 1, .005 } } },
    { "types_noise_03",    0.3, 1, 4, 0, 0, 0, { {    0, 0, 1, .003 }, {    0, 0, 1, .003 }, { 2800, 5, 1, .004 } } },
    { "types_noise_04",    0.4, 1, 4, 0, 0, 0, { { 1200, 0, 1, .003 }, { 2800, 8, 1, .003 }, {    0, 0, 1, .003 } } },
    { "sparse_noise_03",   0.3, 1, 0, 4, 0, 0, { {    0, 0, 1, .003 }, {    0, 0, 1, .003 }, { 4000, 5, 1, .004 } } },
    { "sparse_noise_04",   0.4, 1, 0, 4, 0, 0, { { 4000, 0, 2, .004 }, { 4500, 4, 1, .005 }, {    0, 0, 1, .003 } } },
    { "sparse1_noise_03",  0.3, 1, 0, 1, 0, 0, { {    0, 0, 1, .003 }, {    0, 0, 1, .003 }, { 4000, 5, 1, .004 } } },
    { "sparse1_noise_04",  0.4, 1, 0, 1, 0, 0, { { 4000, 0, 2, .004 }, { 4500, 4, 1, .005 }, {    0, 0, 1, .003 } } },
    { "comparison_mse",    0.0, 1, 0, 0, 0, 1, { {  600, 8, 1, .001 }, { 1000, 8, 1, .002 }, { 8000, 6, 1, .002 } } },
    { "comparison_sparse", 0.0, 1, 0, 4, 0, 1, { {  600, 8, 1, .001 }, { 1000, 8, 1, .002 }, { 1000, 8, 1, .002 } } },
};
#define ROWS ((int)(sizeof table_rows / sizeof table_rows[0]))

PEN_FN const table_row *find_row(const char *name)
{
    int k;
    for (k = 0; k < ROWS; k++)
        if (strcmp(table_rows[k].name, name) == 0)
            return &table_rows[k];
    return NULL;
}

/* Where the original's text and its code disagree, the rows follow the code (but for the drifting
   start).  A reading is a row with one of the other choices; zero = as the row has it. */
typedef struct reading {
    const char *name, *row, *text;
    int most_classes;        /* it is tried with so many classes at most */
    int same_network;        /* the choice concerns inverse classification: take the row's networks */
    ic_start start;
    double beta2;            /* of inverse classification */
    int noise_steps;
    int epochs, batch;       /* train on the samples, not on their means, as the original did */
    double rate;
} reading;

static const reading readings[] = {
    { "naked_drift",     "naked",    "start drifts",                     4, 1, IC_START_DRIFT,   0,     0, 0,   0,  0 },
    { "noise_03_drift",  "noise_03", "start drifts",                     4, 1, IC_START_DRIFT,   0,     0, 0,   0,  0 },
    { "naked_beta",      "naked",    "beta2 0.999 in the descent",       4, 1, IC_START_UNIFORM, 0.999, 0, 0,   0,  0 },
    { "noise_03_beta",   "noise_03", "beta2 0.999 in the descent",       4, 1, IC_START_UNIFORM, 0.999, 0, 0,   0,  0 },
    { "noise_03_first",  "noise_03", "noise on the first step",         20, 0, IC_START_UNIFORM, 0,     1, 0,   0,  0 },
    { "naked_batch1",    "naked",    "100 epochs, batch 1, rate 0.001",  2, 0, IC_START_UNIFORM, 0,     0, 100, 1,  .001 },
    { "noise_01_batch1", "noise_01", "100 epochs, batch 1, rate 0.001",  2, 0, IC_START_UNIFORM, 0,     0, 100, 1,  .001 },
    { "naked_batch10",   "naked",    "100 epochs, batch 10, rate 0.001", 2, 0, IC_START_UNIFORM, 0,     0, 100, 10, .001 },
    { "naked_rate",      "naked",    "100 epochs, batch 1, rate 0.0001", 2, 0, IC_START_UNIFORM, 0,     0, 100, 1,  .0001 },
    /* What might explain the published figures of these rows; meant for PROFILE=paper. */
    { "sparse1_batch10", "sparse1_noise_03", "100 epochs, batch 10, rate 0.001", 20, 0, IC_START_UNIFORM, 0, 0, 100, 10, .001 },
    { "sparse1_batch20", "sparse1_noise_03", "100 epochs, batch 20, rate 0.001", 20, 0, IC_START_UNIFORM, 0, 0, 100, 20, .001 },
    { "sparse1_rate",    "sparse1_noise_03", "100 epochs, batch 1, rate 0.0001", 20, 0, IC_START_UNIFORM, 0, 0, 100, 1,  .0001 },
    { "sparse1_first",   "sparse1_noise_03", "noise on the first step, batch 1", 20, 0, IC_START_UNIFORM, 0, 1, 100, 1,  .001 },
    { "sparse_first",    "sparse_noise_03",  "noise on the first step, batch 1", 20, 0, IC_START_UNIFORM, 0, 1, 100, 1,  .001 },
};
#define READINGS ((int)(sizeof readings / sizeof readings[0]))

PEN_FN const reading *find_reading(const char *name)
{
    int k;
    for (k = 0; k < READINGS; k++)
        if (strcmp(readings[k].name, name) == 0)
            return &readings[k];
    return NULL;
}

/* Which column of the budget: 2, 4 or 20 classes, or the next below. */
PEN_FN int budget_column(int classes) { return classes < 4 ? 0 : classes < 20 ? 1 : 2; }

static const int class_counts[3] = { 2, 4, 20 };

PEN_FN int row_has(const table_row *row, int classes) { return row->budget[budget_column(classes)].updates > 0; }

/* A quarter of an hour a network and more: made only if named. */
PEN_FN int takes_long(const reading *r) { return r->epochs > 0 && r->most_classes == PEN_CLASSES; }

PEN_FN int reading_has(const reading *r, int classes) { return classes <= r->most_classes && row_has(find_row(r->row), classes); }

/* -- figures ----------------------------------------------------------------------------------- */

/* Heat maps compare every input with one letter, of a network with 2 classes; self-organising maps are of
   networks with 4.  All are drawn from instance 0. */
typedef struct heat_map { const char *id, *row; char letter; } heat_map;

static const heat_map heat_maps[] = {
    { "F2A", "naked", 'a' },    { "F2B", "ds", 'a' },       { "F2C", "noise_01", 'a' },
    { "F2D", "noise_02", 'a' }, { "F2E", "noise_03", 'a' }, { "F2F", "noise_04", 'a' },
    { "F2G", "repeller", 'b' }, { "F2H", "noise_03", 'b' }, { "F3", "noise_03", 'a' },
};
#define HEAT_MAPS ((int)(sizeof heat_maps / sizeof heat_maps[0]))

typedef struct letter_map { const char *id, *row; char letter; int close_up; } letter_map;   /* letter 0: all */

static const letter_map letter_maps[] = {
    { "F4", "noise_01", 'b', 0 }, { "F6", "naked", 0, 1 }, { "F7", "naked", 0, 0 }, { "F8", "noise_03", 0, 0 },
};
#define LETTER_MAPS ((int)(sizeof letter_maps / sizeof letter_maps[0]))

/* -- names ------------------------------------------------------------------------------------- */

/* What a file name says: CLASSES_ROW_vINSTANCE. */
typedef struct network {
    char name[32];           /* of the row or the reading */
    const table_row *row;    /* of a reading: the row it is one of */
    const reading *reading;  /* NULL: none */
    int classes, instance;
} network;

/* The row or reading whose network it is. */
PEN_FN const char *trained_as(const network *net)
{
    return net->reading && net->reading->same_network ? net->row->name : net->name;
}

/* Takes a path apart; 0 if it is none of a network's. */
PEN_FN int parse_name(const char *path, network *out)
{
    const char *base = strrchr(path, '/') ? strrchr(path, '/') + 1 : path, *v;
    char *end;
    long classes, instance;
    size_t n;
    memset(out, 0, sizeof *out);
    classes = strtol(base, &end, 10);
    if (end == base || *end != '_' || classes < 1 || classes > PEN_CLASSES)
        return 0;
    base = end + 1;
    for (v = base; *v && !(v[0] == '_' && v[1] == 'v' && v[2] >= '0' && v[2] <= '9'); v++)
        ;
    n = (size_t)(v - base);
    if (!*v || n >= sizeof out->name)
        return 0;
    instance = strtol(v + 2, &end, 10);
    memcpy(out->name, base, n);
    out->reading = find_reading(out->name);
    out->row = find_row(out->reading ? out->reading->row : out->name);
    out->classes = (int)classes;
    out->instance = (int)instance;
    return (strcmp(end, ".tsv") == 0 || *end == 0) && instance < INT_MAX && out->row;
}

/* Whether a path ends as those of results do. */
PEN_FN int is_result(const char *path)
{
    const size_t n = strlen(path);
    return n > 4 && strcmp(path + n - 4, ".tsv") == 0;
}

#endif
