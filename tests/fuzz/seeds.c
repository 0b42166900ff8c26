/* Writes what the fuzzers begin with: files as our own programs make them, only smaller.
       seeds DIRECTORY           which holds the directories mat, model and results
   The corpora beside this file grew from these and were cut down by libFuzzer's -merge=1. */
#define _POSIX_C_SOURCE 200809L
#include <unistd.h>
#define main test_main
#include "../test_uci.c"
#undef main

static void seed(const char *directory, const char *name, const void *bytes_in, size_t n)
{
    char path[500];
    FILE *file;
    snprintf(path, sizeof path, "%s/%s", directory, name);
    file = fopen(path, "wb");
    if (!file || fwrite(bytes_in, 1, n, file) != n || fclose(file) != 0) {
        fprintf(stderr, "seeds: %s: cannot be written\n", path);
        exit(1);
    }
}

int main(int argc, char **argv)
{
    static const char result[] = "classes\t2\nrow\tnaked\ninstance\t0\nprofile\tquick\ndata\tbuilt-in letters\n"
                                 "data_hash\t0123456789abcdef\naccuracy\t0.952381\nrmse\t0.172600\nlatent_share\t0.5\nloss_means\t0.1\n";
    static const char published[] = "# published\nclasses\tmodel\tinstance\taccuracy\trmse\n"
                                    "2\tnaked\t0\t0.6984\t0.3623\n2\tnaked\t1\t0.5714\t0.4402\n20\tds\t0\t1\t0\n";
    static const char path[] = "build/results/2_noise_03_v1.tsv";
    static bytes b, part, mixed;
    unsigned char packed[sizeof dynamic_hex / 2], model_file[4000];
    char name[32];
    unsigned value;
    size_t k;
    int form;
    if (argc != 2 || chdir(argv[1]) != 0) {
        fprintf(stderr, "usage: seeds DIRECTORY\n");
        return 1;
    }
    for (form = -1; form < 2; form++) {                 /* not compressed, stored, fixed code */
        b.n = 0;
        build(&b, form);
        snprintf(name, sizeof name, "form%d.mat", form + 1);
        seed("mat", name, b.p, b.n);
    }
    part.n = mixed.n = 0;
    put_consts(&part);
    put_zlib(&mixed, &part, 1);
    seed("mat", "fixed.zlib", mixed.p, mixed.n);
    seed("mat", "fixed.deflate", mixed.p + 2, mixed.n - 2);
    for (k = 0; k < sizeof packed; k++) {
        sscanf(dynamic_hex + 2 * k, "%2x", &value);
        packed[k] = (unsigned char)value;
    }
    seed("mat", "dynamic.zlib", packed, sizeof packed);
    seed("mat", "dynamic.deflate", packed + 2, sizeof packed - 2);
    for (form = 0; form < 16; form++) {                 /* every gate, head and link, one and two layers */
        ic_config c;
        ic_model model;
        memset(&c, 0, sizeof c);
        c.inputs = 2, c.hidden = 3 + form % 3, c.outputs = 2, c.steps = 4, c.layers = 1 + form / 8;
        c.gate = (ic_gate)(form & 1), c.head = (ic_head)(form >> 1 & 1), c.link = (ic_link)(form >> 2 & 1);
        if (ic_model_init(&model, &c, NULL) || ic_model_randomise(&model, 1, 0) || ic_encoded_bytes(&model) > sizeof model_file)
            return 1;
        ic_encode(&model, model_file);
        snprintf(name, sizeof name, "form%d.model", form);
        seed("model", name, model_file, ic_encoded_bytes(&model));
        ic_model_free(&model);
    }
    seed("results", "result.tsv", result, sizeof result - 1);
    seed("results", "published.tsv", published, sizeof published - 1);
    seed("results", "path", path, sizeof path - 1);
    return 0;
}
