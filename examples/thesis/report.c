/* report: one page of all tables and figures there are.

       report OUT.html TABLES_DIR FIGURES_DIR

   The page needs no other file, no network and no script: figures are SVG inside it.  A table is
   TABLES_DIR/ID.html, as study.h writes it; verdicts.html sums them up.  A figure is FIGURES_DIR/ID.svg.
   First come tables and figures of the slides, then what goes beyond them, then, folded, those there is one
   of for every row.  What is missing is named at the end of the page. */
#define INVCLASS_IMPLEMENTATION
#include "../study.h"
#include "rows.h"
#include <dirent.h>

typedef struct part { const char *id, *title; } part;

/* In the order of the slides. */
static const part tables[] = {
    { "T1",   "Naked, 2 classes: every instance" },
    { "T2D",  "Mean accuracy, 2 classes" },
    { "T4D",  "Mean accuracy, 4 classes" },
    { "T20D", "Mean accuracy, 20 classes" },
    { "T2",   "One centre a class, with noise" },
};
static const part figures[] = {
    { "F1a", "The generative model" },
    { "F1b", "Inverse classification" },
    { "F1c", "Structure of the network" },
    { "F2A", "Latent space of naked, letter a" },
    { "F2B", "Latent space of ds, letter a" },
    { "F2C", "Latent space of noise_01, letter a" },
    { "F2D", "Latent space of noise_02, letter a" },
    { "F2E", "Latent space of noise_03, letter a" },
    { "F2F", "Latent space of noise_04, letter a" },
    { "F2G", "Latent space of repeller, letter b" },
    { "F2H", "Latent space of noise_03, letter b" },
    { "F3",  "Latent space of noise_03, letter a, large" },
    { "F4",  "Map of noise_01: the letter b and its inputs" },
    { "F5",  "Accuracy over the number of classes" },
    { "F6",  "Map of naked, close-up" },
    { "F7",  "Map of naked, all letters" },
    { "F8",  "Map of noise_03, all letters" },
};
/* A table, a figure, or one of each. */
static const part beyond[] = {
    { "fit",           "The error left after training" },
    { "paper_profile", "Trained by the original's own recipe" },
    { "ways",          "Accuracy as that training goes on" },
    { "latent",        "Does the quality of the latent space predict accuracy?" },
    { "training_data", "Does the amount of training data matter?" },
    { "readings",      "Where text and code of the original disagree" },
};
/* Folded: everything whose id begins like this; the last takes the rest. */
static const part groups[] = {
    { "instances_", "Every instance of every row" },
    { "heatmaps_",  "Latent spaces of the first networks of every row, 2 classes" },
    { "som_",       "Maps of every row, 4 classes" },
    { "",           "Further tables and figures" },
};
#define MOST_PARTS 1000

/* -- files ------------------------------------------------------------------------------------- */

static int exists(const char *directory, const char *id, const char *end)
{
    char path[PATH];
    path_of(path, "%s/%s%s", directory, id, end);
    return access(path, R_OK) == 0;
}

/* A figure is of this run if it was named, or stands beside a table: others may be left from other data. */
static char **named_figures;

static int has_figure(const char *id, char **dirs)
{
    int k = 0;
    while (named_figures[k] && strcmp(named_figures[k], id) != 0)
        k++;
    return exists(dirs[1], id, ".svg") && (named_figures[k] || exists(dirs[0], id, ".html"));
}

static int listed(const char *id)
{
    int k, found = strcmp(id, "verdicts") == 0;
    for (k = 0; k < COUNT(tables); k++)
        found |= strcmp(tables[k].id, id) == 0;
    for (k = 0; k < COUNT(figures); k++)
        found |= strcmp(figures[k].id, id) == 0;
    for (k = 0; k < COUNT(beyond); k++)
        found |= strcmp(beyond[k].id, id) == 0;
    return found;
}

static int group_of(const char *id)
{
    int k = 0;
    while (strncmp(id, groups[k].id, strlen(groups[k].id)) != 0)
        k++;
    return k;
}

/* A member of a group is PREFIX[CLASSES_]ROW.  They stand in the order of groups, classes and rows. */
static const char *row_of(const char *id, int *classes)
{
    const char *rest = id + strlen(groups[group_of(id)].id);
    char *end;
    *classes = (int)strtol(rest, &end, 10);
    if (end > rest && *end == '_')
        return end + 1;
    *classes = 0;
    return rest;
}

static int by_place(const void *a, const void *b)
{
    const char *one = *(char *const *)a, *two = *(char *const *)b;
    int n1, n2, g = group_of(one) - group_of(two);
    const char *r1 = row_of(one, &n1), *r2 = row_of(two, &n2);
    const table_row *t1 = find_row(r1), *t2 = find_row(r2);
    if (g || n1 != n2)
        return g ? g : n1 - n2;
    if (!t1 != !t2)
        return t1 ? -1 : 1;                       /* what is no row comes last */
    return t1 ? (t1 > t2) - (t1 < t2) : strcmp(r1, r2);
}

/* Adds the ids of a directory's files with this ending that are not listed above. */
static int find_others(const char *directory, const char *end, char **id, int count)
{
    DIR *dir = opendir(directory);
    const struct dirent *entry;
    int k;
    if (!dir)
        die(directory, "cannot be read");
    while ((entry = readdir(dir)) != NULL) {
        const size_t length = strlen(entry->d_name), tail = strlen(end);
        char *name;
        if (length <= tail || entry->d_name[0] == '.' || strcmp(entry->d_name + length - tail, end) != 0)
            continue;
        name = (char *)get_memory(length - tail + 1, 1);
        memcpy(name, entry->d_name, length - tail);
        for (k = 0; k < count && strcmp(id[k], name) != 0; k++)
            ;
        if (k < count || listed(name) || strstr(name, ".new"))       /* .new: being written */
            free(name);
        else if (count == MOST_PARTS)
            die(directory, "holds more than %d files", MOST_PARTS);
        else
            id[count++] = name;
    }
    closedir(dir);
    return count;
}

/* -- tables and figures ------------------------------------------------------------------------ */

static void put_file(FILE *f, const char *directory, const char *id)
{
    char path[PATH], *text;
    path_of(path, "%s/%s.html", directory, id);
    text = text_if_there(path);
    if (!text)
        die(path, "cannot be read");
    fputs(text, f);
    free(text);
}

/* Ids inside an SVG are unique in its file, but the page holds many files: every id and every
   reference to one gets the figure's own id in front. */
static void put_svg(FILE *f, const char *path, const char *id, const char *title)
{
    static const char *const mark[] = { " id=\"", " id='", "href=\"#", "href='#", "url(#", "url('#", "url(\"#" };
    char *text = text_if_there(path);
    const char *at = text ? strstr(text, "<svg") : NULL, *close = NULL, *next;
    size_t k;
    if (!text)
        die(path, "cannot be read");
    for (next = text; (next = strstr(next, "</svg>")) != NULL; next++)
        close = next;
    if (!at || !close || close < at)
        die(path, "is not an SVG file");
    if (strstr(at, "<script"))
        die(path, "holds a script");
    fprintf(f, "<svg role=\"img\" aria-label=\"");
    put_html(f, title);
    fputc('"', f);
    for (at += 4; at < close;) {
        const char *skip = strncmp(at, "<title>Gnuplot</title>", 22) == 0 ? at + 22 : NULL;
        for (k = 0; !skip && k < sizeof mark / sizeof mark[0] && strncmp(at, mark[k], strlen(mark[k])) != 0; k++)
            ;
        if (skip) {                              /* it would show under the pointer, everywhere */
            at = skip;
        } else if (k < sizeof mark / sizeof mark[0]) {
            fprintf(f, "%s%s-", mark[k], id);
            at += strlen(mark[k]);
        } else {
            fputc(*at++, f);
        }
    }
    fputs("</svg>\n", f);
    free(text);
}

static void put_figure(FILE *f, const char *directory, const char *id, const char *title)
{
    char path[PATH];
    path_of(path, "%s/%s.svg", directory, id);
    fputs("<figure>\n", f);
    put_svg(f, path, id, title);
    fputs("</figure>\n", f);
}

/* -- the page ---------------------------------------------------------------------------------- */

static const char style[] =
    ":root{color-scheme:light dark;--paper:#fff;--ink:#1a1a1a;--soft:#5c5c5c;--line:#d5d5d5;--link:#0a58b0;"
    "--yes:#0a6b2d;--no:#b02a1a;--head:#f3f4f6}\n"
    "@media(prefers-color-scheme:dark){:root{--paper:#16181c;--ink:#e8e8e8;--soft:#a9adb3;--line:#3a3e45;"
    "--link:#86b8ff;--yes:#6fd08c;--no:#ff9384;--head:#20242a}}\n"
    "*{box-sizing:border-box}\n"
    "body{margin:0 auto;padding:1rem;max-width:70rem;background:var(--paper);color:var(--ink);"
    "font:1rem/1.5 system-ui,sans-serif;overflow-wrap:anywhere}\n"
    "h1{font-size:1.7rem;line-height:1.25}h2{font-size:1.35rem;margin:2.5rem 0 0}"
    "h3{font-size:1.08rem;margin:2rem 0 .6rem}\n"
    "a{color:var(--link)}nav p{margin:1rem 0 0;font-weight:600}"
    "nav ul,.columns{list-style:none;padding:0;margin:.4rem 0 1rem;columns:22rem}"
    "nav li,.columns li{break-inside:avoid;padding:.15rem 0}\n"
    ".scroll{overflow-x:auto;border:1px solid var(--line);border-radius:6px}\n"
    "table{border-collapse:collapse;width:100%;font-size:.92rem;font-variant-numeric:tabular-nums;"
    "overflow-wrap:normal}\n"
    "th,td{padding:.35rem .5rem;text-align:right;border-bottom:1px solid var(--line)}\n"
    "tr:last-child>*{border-bottom:0}th:first-child{text-align:left}th{font-weight:600}"
    "th[scope=row]{font-weight:400;white-space:nowrap;position:sticky;left:0;background:var(--paper)}"
    "th[scope=col]{background:var(--head);vertical-align:bottom}\n"
    ".yes{color:var(--yes);font-weight:600}.no{color:var(--no);font-weight:600}\n"
    ".note{color:var(--soft);font-size:.88rem;margin:.4rem 0}\n"
    "figure{margin:.6rem 0 0;background:#fff;border:1px solid var(--line);border-radius:6px;padding:.7rem;"
    "text-align:center;color:#000;overflow-x:auto}\n"
    "figure svg{max-width:100%;height:auto}figure svg text{font-family:system-ui,sans-serif}\n"
    "@media(max-width:40rem){th,td{padding:.3rem .45rem}table{font-size:.85rem}"
    "figure svg{min-width:30rem}}\n"
    "@media(prefers-color-scheme:dark){figure{filter:brightness(.9)}}\n"
    ".grid{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(28rem,100%),1fr));gap:0 1rem}"
    "section{min-width:0}.grid>.wide{grid-column:1/-1}\n"
    "summary{cursor:pointer;margin-top:1rem;font-weight:600}\n";

/* What there is under an id: heading, table, figure.  The heat maps F2 stand two in a line. */
static void put_part(FILE *f, const char *id, const char *name, const char *title, char **dirs)
{
    fprintf(f, "<section%s><h3 id=\"%s\">%s%s", strncmp(id, "F2", 2) == 0 ? "" : " class=wide", id, name,
            *name ? " &nbsp;" : "");
    put_html(f, title);
    fputs("</h3>\n", f);
    if (exists(dirs[0], id, ".html"))
        put_file(f, dirs[0], id);
    if (has_figure(id, dirs))
        put_figure(f, dirs[1], id, title);
    fputs("</section>\n", f);
}

static int is_there(const char *id, char **dirs)
{
    return exists(dirs[0], id, ".html") || has_figure(id, dirs);
}

static int put_parts(FILE *f, const part *list, int n, const char *name, int named, char **dirs)
{
    int k, there = 0;
    for (k = 0; k < n; k++)
        if (is_there(list[k].id, dirs)) {
            if (there++ == 0)
                fprintf(f, "<h2>%s</h2>\n<div class=grid>\n", name);
            put_part(f, list[k].id, named ? list[k].id : "", list[k].title, dirs);
        }
    if (there > 0)
        fputs("</div>\n", f);
    return there;
}

static void put_contents(FILE *f, const part *list, int n, const char *name, int named, char **dirs)
{
    int k;
    fprintf(f, "<p>%s</p><ul>\n", name);
    for (k = 0; k < n; k++)
        if (is_there(list[k].id, dirs)) {
            fprintf(f, "<li><a href=\"#%s\">%s%s", list[k].id, named ? list[k].id : "", named ? "</a> &nbsp;" : "");
            put_html(f, list[k].title);
            fputs(named ? "</li>\n" : "</a></li>\n", f);
        }
    fputs("</ul>\n", f);
}

static void put_missing(FILE *f, const part *list, int n, char **dirs)
{
    int k;
    for (k = 0; k < n; k++)
        if (!is_there(list[k].id, dirs))
            fprintf(f, " %s", list[k].id);
}

static void put_head(FILE *f)
{
    fprintf(f, "<!DOCTYPE html>\n<html lang=en>\n<head>\n<meta charset=utf-8>\n"
            "<meta name=viewport content=\"width=device-width,initial-scale=1\">\n"
            "<title>Inverse classification: results</title>\n<link rel=icon href=\"data:,\">\n"
            "<style>\n%s</style>\n</head>\n<body>\n<main>\n", style);
    fputs("<h1>Inverse classification using generative models: results</h1>\n"
          "<p>A network is trained to write a letter when told its class; a letter is then classified by "
          "searching for the input that makes the network write it. The tables put what was measured "
          "beside what M.&nbsp;Hobbhahn published in 2018. A mean <b class=yes>agrees</b> with the published "
          "one if the 95&nbsp;% interval of their difference holds zero, and otherwise it "
          "<b class=no>differs</b>; a wide interval proves little, so it stands beside the verdict.</p>\n", f);
}

/* Folded, a group at a time: what there is one of for every row. */
static void put_groups(FILE *f, char **id, int n, char **dirs)
{
    int k;
    if (n > 0)
        fputs("<h2>For every row</h2>\n", f);
    for (k = 0; k < n; k++) {
        const int g = group_of(id[k]);
        int classes;
        const char *row = row_of(id[k], &classes);
        char title[300];
        if (k == 0 || g != group_of(id[k - 1]))
            fprintf(f, "<details id=group%d><summary>%s</summary>\n", g, groups[g].title);
        snprintf(title, sizeof title, classes ? "%s, %d classes" : "%s", row, classes);
        put_part(f, id[k], "", title, dirs);
        if (k + 1 == n || g != group_of(id[k + 1]))
            fputs("</details>\n", f);
    }
}

int main(int argc, char **argv)
{
    static char *more[MOST_PARTS];
    char **dirs = argv + 2;
    int k, i, n, tables_there, figures_there;
    outfile out;
    FILE *f;

    program = "report";
    if (argc < 4)
        die(NULL, "usage: report OUT.html TABLES_DIR FIGURES_DIR [FIGURE ...]");
    named_figures = argv + 4;
    n = find_others(dirs[0], ".html", more, 0);
    n = find_others(dirs[1], ".svg", more, n);
    for (k = i = 0; k < n; k++)
        if (is_there(more[k], dirs))
            more[i++] = more[k];
    n = i;
    qsort(more, (size_t)n, sizeof *more, by_place);

    f = out_open(&out, argv[1]);
    put_head(f);
    put_file(f, dirs[0], "verdicts");
    fputs("<nav aria-label=Contents>\n", f);
    put_contents(f, tables, COUNT(tables), "Tables of the slides", 1, dirs);
    put_contents(f, figures, COUNT(figures), "Figures of the slides", 1, dirs);
    put_contents(f, beyond, COUNT(beyond), "Beyond the slides", 0, dirs);
    fputs("<p>For every row</p><ul>\n", f);
    for (k = 0; k < n; k++)
        if (k == 0 || group_of(more[k]) != group_of(more[k - 1]))
            fprintf(f, "<li><a href=\"#group%d\">%s</a></li>\n", group_of(more[k]), groups[group_of(more[k])].title);
    fputs("</ul>\n</nav>\n", f);
    tables_there = put_parts(f, tables, COUNT(tables), "Tables of the slides", 1, dirs);
    figures_there = put_parts(f, figures, COUNT(figures), "Figures of the slides", 1, dirs);
    put_parts(f, beyond, COUNT(beyond), "Beyond the slides", 0, dirs);
    put_groups(f, more, n, dirs);
    if (tables_there < COUNT(tables) || figures_there < COUNT(figures)) {
        fputs("<p class=note>Not made in this run:", f);
        put_missing(f, tables, COUNT(tables), dirs);
        put_missing(f, figures, COUNT(figures), dirs);
        fputs("</p>\n", f);
    }
    fputs("</main>\n</body>\n</html>\n", f);
    out_close(&out);
    printf("report: %d of %d tables and %d of %d figures in %s\n", tables_there, COUNT(tables), figures_there,
           COUNT(figures), argv[1]);
    return 0;
}
