/* rows: tells make what there is to make, from the tables of rows.h.

       rows                        prints build/rows.mk, which the Makefile includes
       rows list RESULT.tsv ...    the results on one line each, those that take the same network together

   The Makefile says which networks are wanted (NETWORKS, as CLASSES_ROW_vINSTANCE), how a network is
   trained (TRAIN, of NEEDS), and how a figure is drawn (with SETTINGS). */
#include "rows.h"

enum { MOST_INSTANCES = 81 };       /* a shell's command has room for the names of so many networks of every row */

/* Gnuplot would take an underscore for a subscript. */
static const char *heading_of(const char *row)
{
    static char text[80];
    size_t n = 0;
    for (; *row && n < sizeof text - 4; row++) {
        if (*row == '_') {
            text[n++] = '\\';
            text[n++] = '\\';
        }
        text[n++] = *row;
    }
    text[n] = 0;
    return text;
}

/* The rows and readings that the tables of each number of classes have. */
static void print_names(void)
{
    int k, c;
    printf("ALL_ROWS :=");
    for (k = 0; k < ROWS; k++)
        printf(" %s", table_rows[k].name);
    printf("\nREADINGS :=");
    for (k = 0; k < READINGS; k++)
        if (!takes_long(&readings[k]))
            printf(" %s", readings[k].name);
    printf("\nLONG :=");
    for (k = 0; k < READINGS; k++)
        if (takes_long(&readings[k]))
            printf(" %s", readings[k].name);
    for (c = 0; c < 3; c++) {
        printf("\nROWS_%d :=", class_counts[c]);
        for (k = 0; k < ROWS; k++)
            if (row_has(&table_rows[k], class_counts[c]))
                printf(" %s", table_rows[k].name);
        for (k = 0; k < READINGS; k++)
            if (reading_has(&readings[k], class_counts[c]))
                printf(" %s", readings[k].name);
    }
    printf("\nNUMBERS :=");
    for (k = 0; k < MOST_INSTANCES; k++)
        printf(" %d", k);
    printf("\n$(if $(filter 2,$(words $(filter $(INSTANCES),$(filter-out 0,$(NUMBERS))) x)),,"
           "$(error INSTANCES: not $(INSTANCES) but a number from 1 to %d))\n", MOST_INSTANCES - 1);
}

/* A reading of how to classify takes the network of its row; make report takes results as they are. */
static void print_readings(void)
{
    int k, c;
    printf("ifndef REPORTED\n");
    for (k = 0; k < READINGS; k++)
        for (c = 0; c < 3; c++)
            if (readings[k].same_network && reading_has(&readings[k], class_counts[c]))
                printf("$(BUILD)/results/%d_%s_v%%.tsv: $(BUILD)/results/%d_%s_v%%.tsv $(NEEDS)\n\t@$(TRAIN)\n",
                       class_counts[c], readings[k].name, class_counts[c], readings[k].row);
    printf("endif\n");
}

/* A figure of the slides: made if its network is wanted (and, for a report, there), else named among those left out. */
static void print_figure(const char *id, const char *row, int classes)
{
    printf("FIGURES += $(if $(filter %d_%s_v0,$(DRAWN)),%s)\n", classes, row, id);
    printf("LEFT += $(if $(filter %d_%s_v0,$(DRAWN)),,%s (%s, %d classes);)\n", classes, row, id, row, classes);
}

static void print_heat_map(const heat_map *m)
{
    print_figure(m->id, m->row, 2);
    printf("$(BUILD)/figures/%s.svg: $(BUILD)/maps/%s_v0_%c.tsv plots/heatmap.gp\n", m->id, m->row, m->letter);
    printf("$(BUILD)/figures/%s.svg: SETTINGS = large=%d; heading='%s: every input against one test letter %c'; "
           "note='$(NOTE), instance 0'\n", m->id, strcmp(m->id, "F3") == 0, heading_of(m->row), m->letter);
}

static void print_letter_map(const letter_map *m)
{
    char only[2] = { m->letter, 0 };
    printf("$(BUILD)/figures/%s.svg: $(BUILD)/maps/som_%s.tsv plots/som.gp\n", m->id, m->row);
    printf("$(BUILD)/figures/%s.svg: SETTINGS = only='%s'; part=%d; heading='%s: %s%s'; note='$(NOTE), instance 0'\n",
           m->id, only, m->close_up, heading_of(m->row),
           m->letter ? "letter " : m->close_up ? "part of the map" : "all letters", only);
}

/* Beyond the slides: the heat maps of the first instances with 2 classes, as many as a page is wide, and the
   map with 4, of every generator. */
static void print_generator(const table_row *row)
{
    const char *name = row->name;
    letter_map all = { NULL, NULL, 0, 0 };
    char id[40];
    if (row->classifier)
        return;
    if (row_has(row, 2)) {
        printf("FIGURES += $(if $(filter 2_%s_v%%,$(DRAWN)),heatmaps_%s)\n", name, name);
        printf("$(BUILD)/figures/heatmaps_%s.svg: $(patsubst 2_%%,$(BUILD)/maps/%%_a.tsv,$(wordlist 1,5,$(filter 2_%s_v%%,$(DRAWN)))) "
               "$(patsubst 2_%%,$(BUILD)/maps/%%_b.tsv,$(wordlist 1,5,$(filter 2_%s_v%%,$(DRAWN)))) plots/heatmap.gp\n",
               name, name, name);
        printf("$(BUILD)/figures/heatmaps_%s.svg: SETTINGS = large=0; "
               "heading='%s: every input against one test letter a (above) and one b'; note='$(NOTE)'\n", name, heading_of(name));
    }
    if (row_has(row, 4)) {
        snprintf(id, sizeof id, "som_%s", name);
        all.id = id;
        all.row = name;
        printf("FIGURES += $(if $(filter 4_%s_v0,$(DRAWN)),%s)\n", name, id);
        print_letter_map(&all);
    }
}

static int same_network(const network *a, const network *b)
{
    return a->classes == b->classes && a->instance == b->instance && strcmp(trained_as(a), trained_as(b)) == 0;
}

/* Those with the most classes take longest, and come first. */
static int list(int n, char **paths)
{
    network *net = (network *)calloc((size_t)n + 1, sizeof *net);
    int c, k, j;
    for (k = 0; net && k < n; k++)
        if (!parse_name(paths[k], &net[k])) {
            fprintf(stderr, "rows: %s: the name is not CLASSES_ROW_vINSTANCE.tsv\n", paths[k]);
            free(net);
            return 1;
        }
    for (c = 2; net && c >= 0; c--)
        for (k = 0; k < n; k++) {
            for (j = 0; j < k && !same_network(&net[j], &net[k]); j++)
                ;
            if (j < k || net[k].classes != class_counts[c])       /* on an earlier line, or another one's turn */
                continue;
            printf("%s", paths[k]);
            for (j = k + 1; j < n; j++)
                if (same_network(&net[j], &net[k]))
                    printf(" %s", paths[j]);
            printf("\n");
        }
    free(net);
    return 0;
}

int main(int argc, char **argv)
{
    int k;
    if (argc > 1 && strcmp(argv[1], "list") == 0)
        return list(argc - 2, argv + 2);
    printf("# Printed by examples/thesis/rows.c.\n");
    print_names();
    print_readings();
    for (k = 0; k < HEAT_MAPS; k++)
        print_heat_map(&heat_maps[k]);
    for (k = 0; k < LETTER_MAPS; k++) {
        print_figure(letter_maps[k].id, letter_maps[k].row, 4);
        print_letter_map(&letter_maps[k]);
    }
    for (k = 0; k < ROWS; k++)
        print_generator(&table_rows[k]);
    if (fflush(stdout) | ferror(stdout))
        return fputs("rows: the output cannot be written\n", stderr), 1;
    return 0;
}
