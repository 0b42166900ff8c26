/* report: one page of all tables and figures there are.

       report OUT.html TABLES_DIR FIGURES_DIR

   The page needs no other file, no network and no script: figures are SVG inside it.  A table is
   TABLES_DIR/ID.tsv: a line of headings, lines of cells, and notes after '#'.  A figure is
   FIGURES_DIR/ID.svg.  What is missing is named at the end of the page; what is there beyond the
   list below follows it, in the order of the names. */
#define INVCLASS_IMPLEMENTATION
#include "common.h"
#include <dirent.h>

typedef struct part { const char *id, *title; } part;

/* Tables first, then figures, in the order of the slides. */
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
enum { TABLES = (int)(sizeof tables / sizeof tables[0]), FIGURES = (int)(sizeof figures / sizeof figures[0]) };

#define MOST_PARTS 1000

/* -- files ------------------------------------------------------------------------------------- */

static void path_of(char *path, size_t size, const char *directory, const char *id, const char *end)
{
    if (snprintf(path, size, "%s/%s%s", directory, id, end) >= (int)size)
        die(directory, "the name is too long");
}

/* The whole file as a string, NULL if there is none. */
static char *read_text(const char *path)
{
    char *text, why[200];
    if (access(path, F_OK) != 0)
        return NULL;
    if (text_read(path, &text, why, sizeof why))
        die(path, "%s", why);
    return text;
}

static int exists(const char *directory, const char *id, const char *end)
{
    char path[1100];
    path_of(path, sizeof path, directory, id, end);
    return access(path, R_OK) == 0;
}

static int by_name(const void *a, const void *b) { return strcmp(*(char *const *)a, *(char *const *)b); }

/* The ids of a directory's files with this ending that are not in the list, sorted. */
static int find_others(const char *directory, const char *end, const part *known, int n, char **id)
{
    DIR *dir = opendir(directory);
    const struct dirent *entry;
    int count = 0, k;
    if (!dir)
        die(directory, "cannot be read");
    while ((entry = readdir(dir)) != NULL) {
        const size_t length = strlen(entry->d_name), tail = strlen(end);
        char *name;
        if (length <= tail || entry->d_name[0] == '.' || strcmp(entry->d_name + length - tail, end) != 0)
            continue;
        name = (char *)get_memory(length - tail + 1, 1);
        memcpy(name, entry->d_name, length - tail);
        for (k = 0; k < n && strcmp(known[k].id, name) != 0; k++)
            ;
        if (k < n || strstr(name, ".new"))       /* .new: being written */
            free(name);
        else if (count == MOST_PARTS)
            die(directory, "holds more than %d files", MOST_PARTS);
        else
            id[count++] = name;
    }
    closedir(dir);
    qsort(id, (size_t)count, sizeof *id, by_name);
    return count;
}

/* -- text into HTML ---------------------------------------------------------------------------- */

static void put_text(FILE *f, const char *text, size_t n)
{
    size_t k;
    for (k = 0; k < n && text[k]; k++)
        if (text[k] == '&')
            fputs("&amp;", f);
        else if (text[k] == '<')
            fputs("&lt;", f);
        else if (text[k] == '>')
            fputs("&gt;", f);
        else if (text[k] == '"')
            fputs("&quot;", f);
        else
            fputc(text[k], f);
}

static int is_word(const char *text, size_t n, const char *word)
{
    return n == strlen(word) && memcmp(text, word, n) == 0;
}

/* One line of a table; of headings, underscores become spaces. */
static void put_line(FILE *f, const char *line, size_t n, int heading)
{
    const char *cell = line, *end = line + n;
    fputs("<tr>", f);
    for (;;) {
        const char *tab = (const char *)memchr(cell, '\t', (size_t)(end - cell));
        const size_t size = (size_t)((tab ? tab : end) - cell);
        const char *kind = is_word(cell, size, "agrees") ? " class=yes" : is_word(cell, size, "differs") ? " class=no"
                         : "";
        size_t k;
        fprintf(f, heading ? "<th scope=col>" : cell == line ? "<th scope=row>" : "<td%s>", tab ? "" : kind);
        for (k = 0; k < size; k++)
            put_text(f, heading && cell[k] == '_' ? " " : cell + k, 1);
        fputs(heading || cell == line ? "</th>" : "</td>", f);
        if (!tab)
            break;
        cell = tab + 1;
    }
    fputs("</tr>\n", f);
}

static void put_table(FILE *f, const char *directory, const char *id)
{
    char path[1100], *text;
    const char *at, *end;
    int pass, lines = 0;
    path_of(path, sizeof path, directory, id, ".tsv");
    text = read_text(path);
    if (!text)
        die(path, "cannot be read");
    fputs("<div class=scroll tabindex=0><table>\n", f);
    for (pass = 0; pass < 2; pass++) {           /* lines first, then the notes */
        for (at = text; *at; at = *end ? end + 1 : end) {
            size_t n;
            end = strchr(at, '\n') ? strchr(at, '\n') : at + strlen(at);
            n = (size_t)(end - at);
            n -= n > 0 && at[n - 1] == '\r';
            if (n > 0 && *at != '#' && pass == 0)
                put_line(f, at, n, lines++ == 0);
            if (n > 0 && *at == '#' && pass == 1) {
                fputs("<p class=note>", f);
                put_text(f, at + 1, n - 1);
                fputs("</p>\n", f);
            }
        }
        if (pass == 0)
            fputs("</table></div>\n", f);
    }
    free(text);
}

/* Ids inside an SVG are unique in its file, but the page holds many files: every id and every
   reference to one gets the figure's own id in front. */
static void put_svg(FILE *f, const char *path, const char *id, const char *title)
{
    static const char *const mark[] = { " id=\"", " id='", "href=\"#", "href='#", "url(#", "url('#", "url(\"#" };
    char *text = read_text(path);
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
    put_text(f, title, strlen(title));
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
    char path[1100];
    path_of(path, sizeof path, directory, id, ".svg");
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
    "body{margin:0 auto;padding:1rem;max-width:62rem;background:var(--paper);color:var(--ink);"
    "font:1rem/1.5 system-ui,sans-serif;overflow-wrap:anywhere}\n"
    "h1{font-size:1.7rem;line-height:1.25}h2{font-size:1.35rem;margin:2.5rem 0 0}"
    "h3{font-size:1.08rem;margin:2rem 0 .6rem}\n"
    "a{color:var(--link)}nav ul{list-style:none;padding:0;margin:.4rem 0 1rem;columns:22rem}"
    "nav li{break-inside:avoid;padding:.15rem 0}\n"
    ".scroll{overflow-x:auto;border:1px solid var(--line);border-radius:6px}\n"
    "table{border-collapse:collapse;width:100%;font-size:.92rem;font-variant-numeric:tabular-nums;"
    "overflow-wrap:normal}\n"
    "th,td{padding:.35rem .7rem;text-align:right;border-bottom:1px solid var(--line);white-space:nowrap}\n"
    "tr:last-child>*{border-bottom:0}th:first-child{text-align:left}th{font-weight:600}"
    "th[scope=row]{font-weight:400;position:sticky;left:0;background:var(--paper)}"
    "th[scope=col]{background:var(--head);white-space:normal;vertical-align:bottom}\n"
    ".yes{color:var(--yes);font-weight:600}.no{color:var(--no);font-weight:600}\n"
    ".note{color:var(--soft);font-size:.88rem;margin:.4rem 0}\n"
    "figure{margin:0;background:#fff;border:1px solid var(--line);border-radius:6px;padding:.4rem;"
    "text-align:center;color:#000;overflow-x:auto}\n"
    "figure svg{max-width:100%;height:auto}figure svg text{font-family:system-ui,sans-serif}\n"
    "summary{cursor:pointer;margin-top:2rem}\n";

static void put_heading(FILE *f, const char *id, const char *title)
{
    fprintf(f, "<h3 id=\"%s\">", id);
    put_text(f, id, strlen(id));
    if (*title) {
        fputs(" &nbsp;", f);
        put_text(f, title, strlen(title));
    }
    fputs("</h3>\n", f);
}

/* Of the tables of the slides: how many published means were put to the test, how many agree. */
static void count_verdicts(const char *directory, int *agree, int *all)
{
    int k;
    for (*agree = *all = 0, k = 1; k < TABLES; k++) {
        char path[1100], *text, *line, *next;
        path_of(path, sizeof path, directory, tables[k].id, ".tsv");
        text = read_text(path);
        for (line = text; line && *line; line = next) {
            const char *last;
            next = strchr(line, '\n');
            if (next)
                *next++ = 0;
            last = strrchr(line, '\t');
            *agree += last && strcmp(last, "\tagrees") == 0;
            *all += last && (strcmp(last, "\tagrees") == 0 || strcmp(last, "\tdiffers") == 0);
        }
        free(text);
    }
}

static int put_contents(FILE *f, const part *list, int n, const char *name, const char *directory, const char *end)
{
    int k, there = 0;
    fprintf(f, "<h2>%s</h2><ul>\n", name);
    for (k = 0; k < n; k++)
        if (exists(directory, list[k].id, end)) {
            fprintf(f, "<li><a href=\"#%s\">%s</a> &nbsp;", list[k].id, list[k].id);
            put_text(f, list[k].title, strlen(list[k].title));
            fputs("</li>\n", f);
            there++;
        }
    fputs("</ul>\n", f);
    return there;
}

static void put_missing(FILE *f, const part *list, int n, const char *directory, const char *end)
{
    int k;
    for (k = 0; k < n; k++)
        if (!exists(directory, list[k].id, end))
            fprintf(f, " %s", list[k].id);
}

int main(int argc, char **argv)
{
    static char *more_tables[MOST_PARTS], *more_figures[MOST_PARTS];
    int k, tables_there, figures_there, further_tables, further_figures, agree, all;
    outfile out;
    FILE *f;

    program = "report";
    if (argc != 4)
        die(NULL, "usage: report OUT.html TABLES_DIR FIGURES_DIR");
    further_tables = find_others(argv[2], ".tsv", tables, TABLES, more_tables);
    further_figures = find_others(argv[3], ".svg", figures, FIGURES, more_figures);
    count_verdicts(argv[2], &agree, &all);

    f = out_open(&out, argv[1]);
    fprintf(f, "<!DOCTYPE html>\n<html lang=en>\n<head>\n<meta charset=utf-8>\n"
            "<meta name=viewport content=\"width=device-width,initial-scale=1\">\n"
            "<title>Inverse classification: results</title>\n<link rel=icon href=\"data:,\">\n"
            "<style>\n%s</style>\n</head>\n<body>\n<main>\n", style);
    fputs("<h1>Inverse classification using generative models: results</h1>\n"
          "<p>A network is trained to write a letter when told its class; a letter is then classified by "
          "searching for the input that makes the network write it. The tables put what was measured "
          "beside what M.&nbsp;Hobbhahn published in 2018. A mean <b class=yes>agrees</b> with the published "
          "one if the 95&nbsp;% interval of their difference holds zero, and otherwise it "
          "<b class=no>differs</b>; a wide interval agrees with much, so it stands beside the verdict.</p>\n", f);
    if (all > 0)
        fprintf(f, "<p>Of %d published means put to the test, %d agree.</p>\n", all, agree);
    fputs("<nav aria-label=Contents>\n", f);
    tables_there = put_contents(f, tables, TABLES, "Tables", argv[2], ".tsv");
    figures_there = put_contents(f, figures, FIGURES, "Figures", argv[3], ".svg");
    fputs("</nav>\n", f);
    for (k = 0; k < TABLES; k++)
        if (exists(argv[2], tables[k].id, ".tsv")) {
            put_heading(f, tables[k].id, tables[k].title);
            put_table(f, argv[2], tables[k].id);
        }
    for (k = 0; k < FIGURES; k++)
        if (exists(argv[3], figures[k].id, ".svg")) {
            put_heading(f, figures[k].id, figures[k].title);
            put_figure(f, argv[3], figures[k].id, figures[k].title);
        }
    if (further_tables > 0) {
        fprintf(f, "<details><summary>Further tables (%d)</summary>\n", further_tables);
        for (k = 0; k < further_tables; k++) {
            put_heading(f, more_tables[k], "");
            put_table(f, argv[2], more_tables[k]);
        }
        fputs("</details>\n", f);
    }
    if (further_figures > 0) {
        fprintf(f, "<details><summary>Further figures (%d)</summary>\n", further_figures);
        for (k = 0; k < further_figures; k++) {
            put_heading(f, more_figures[k], "");
            put_figure(f, argv[3], more_figures[k], more_figures[k]);
        }
        fputs("</details>\n", f);
    }
    if (tables_there < TABLES || figures_there < FIGURES) {
        fputs("<p class=note>Not made in this run:", f);
        put_missing(f, tables, TABLES, argv[2], ".tsv");
        put_missing(f, figures, FIGURES, argv[3], ".svg");
        fputs("</p>\n", f);
    }
    fputs("</main>\n</body>\n</html>\n", f);
    out_close(&out);
    printf("report: %d of %d tables and %d of %d figures in %s\n", tables_there, TABLES, figures_there, FIGURES,
           argv[1]);
    return 0;
}
