/* Bytes as a .ts file, with classes or without, as the table of its writers, and as the samples of a recogniser that
   knows two classes.  The first byte says which. */
#define INVCLASS_IMPLEMENTATION
#include "../../examples/data/ink.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t n)
{
    static const char *const known[2] = { "a", "b" };
    char why[300] = "", *text;
    double sum = 0;
    int k, t;
    ink some;
    if (n == 0)
        return 0;
    if (ink_parse(text_of(bytes + 1, n - 1), bytes[0] & 1, bytes[0] & 2 ? known : NULL, 2, bytes[0] >> 2 & 3, &some, why, sizeof why)) {
        MUST(why[0] && !some.curve);
        return 0;
    }
    MUST(some.samples.n > 0 && some.samples.dims >= 1 && some.samples.dims <= IC_MAX_SPACE);
    for (k = 0; k < some.samples.n; k++) {
        const ic_curve *c = &some.curve[k];
        MUST(c->n > 0 && some.label[k] >= 0 && (!(bytes[0] & 1) || some.label[k] < some.samples.classes));
        for (t = 0; t < c->n; t++) {
            MUST(t == 0 || c->time[t] > c->time[t - 1]);
            sum += (double)c->point[t * some.samples.dims + some.samples.dims - 1] + (c->begins ? c->begins[t] : 0);
        }
    }
    MUST(sum - sum == 0);
    text = text_of(bytes + 1, n - 1);
    if (bytes[0] & 4 && ink_writers(text, &some, why, sizeof why))
        MUST(why[0]);
    free(text);
    ink_free(&some);
    return 0;
}
