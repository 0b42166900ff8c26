/* fuzz.h: a fuzzer is a function that gets bytes and must survive them.  With clang's
   -fsanitize=fuzzer -DFUZZER bytes are invented; without, a main of our own reads the files named. */
#ifndef FUZZ_H
#define FUZZ_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t n);

/* What must hold, in every build. */
#define MUST(condition) ((condition) ? (void)0 : must_fail(#condition, __FILE__, __LINE__))
static void must_fail(const char *what, const char *file, int line)
{
    fprintf(stderr, "%s:%d: does not hold: %s\n", file, line, what);
    abort();
}

/* Bytes as a text, to be freed. */
static inline char *text_of(const unsigned char *bytes, size_t n)
{
    char *text = (char *)malloc(n + 1);
    memcpy(text, bytes, n);
    text[n] = 0;
    return text;
}

#ifndef FUZZER
int main(int argc, char **argv)
{
    int k;
    for (k = 1; k < argc; k++) {
        FILE *file = fopen(argv[k], "rb");
        unsigned char *bytes;
        size_t n;
        if (!file || fseek(file, 0, SEEK_END) != 0) {
            fprintf(stderr, "%s: cannot be read\n", argv[k]);
            return 1;
        }
        n = (size_t)ftell(file);
        rewind(file);
        bytes = (unsigned char *)malloc(n + !n);       /* exactly: a sanitizer sees one byte too many */
        n = bytes ? fread(bytes, 1, n, file) : 0;
        fclose(file);
        LLVMFuzzerTestOneInput(bytes, n);
        free(bytes);
    }
    printf("%d inputs survived\n", argc - 1);
    return 0;
}
#endif

#endif
