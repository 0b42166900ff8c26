/* Bytes as a MAT-file, as zlib data and as raw DEFLATE data. */
#define INVCLASS_IMPLEMENTATION
#include "invclass.h"
#include "../../examples/data/uci.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t n)
{
    enum { LIMIT = 1 << 16 };
    pen_samples samples;
    pen_set set;
    unsigned char *out;
    size_t out_n, used;
    char why[200] = "";
    if (uci_parse(bytes, n, &samples, why, sizeof why) == 0) {
        MUST(samples.n >= 1 && (size_t)samples.n <= n);
        if (pen_prepare(&samples, &set, why, sizeof why) == 0) {
            pen_keep_classes(&set, 2);
            pen_set_free(&set);
        } else
            MUST(why[0]);
        uci_verify(&samples, why, sizeof why);
        pen_samples_free(&samples);
    } else
        MUST(why[0]);
    if (inflate_zlib(bytes, n, LIMIT, &out, &out_n) == NULL)
        free(out);
    if (inflate_raw(bytes, n, LIMIT, &out, &out_n, &used) == NULL) {
        MUST(out_n <= LIMIT && used <= n);
        free(out);
    }
    return 0;
}
