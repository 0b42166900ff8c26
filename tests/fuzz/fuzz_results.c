/* Bytes as a result file, as published figures, as the name of a network; and the mean and deviation
   of what came of them. */
#define main tables_main
#include "../../examples/thesis/tables.c"
#undef main
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t n)
{
    static figure at[2][MOST];
    static result r;
    figures published = { 0, at[0] }, measured = { 0, at[1] };
    char *text = text_of(bytes, n), why[800] = "";
    network name;
    int k;
    if (parse_name(text, &name))
        MUST(name.row && name.classes >= 1 && name.classes <= PEN_CLASSES && name.instance >= 0);
    if (parse_published(text, &published, why, sizeof why))
        MUST(why[0]);
    free(text);
    text = text_of(bytes, n);
    why[0] = 0;
    parse_name("2_naked_v0.tsv", &name);
    for (k = origin[0] = 0; k < 2; k++, name.instance++) {      /* twice: from one run, as far as can be told */
        if (result_parse(&r, text, why, sizeof why) || add_result(&r, &name, &measured, why, sizeof why))
            MUST(why[0]);
        free(text);
        text = text_of(bytes, n);
    }
    free(text);
    for (k = 0; k < published.n && k < 8; k++) {
        const sample p = summarise(&published, at[0][k].classes, at[0][k].row, accuracy_of);
        const double spread = deviation(&p);
        MUST(p.n >= 1 && p.mean >= 0 && p.mean <= 1 + 1e-9 && spread >= 0 && spread <= 1);
    }
    return 0;
}
