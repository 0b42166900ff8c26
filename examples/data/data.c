/* data: checks the UCI file and takes it out of the archive it comes in.

       data check FILE             says what is in the file, and whether it is the whole UCI set
       data unpack ARCHIVE OUT     ARCHIVE: the zip from the UCI archive, or the .mat file itself

   OUT is written only when its content has proved to be the whole set, and then under a temporary
   name first: no failure destroys what was there before. */
#define INVCLASS_IMPLEMENTATION
#include "../common.h"

/* A ZIP file: each member is a header, a name, data.  Finds the .mat member by walking the central
   directory at the end of the file (offsets after PKWARE's APPNOTE). */
static int find_member(const unsigned char *z, size_t n, const unsigned char **data, size_t *packed, size_t *size,
                       int *method, uint32_t *crc)
{
    static const char wanted[] = "mixoutALL_shifted.mat";
    const size_t length = sizeof wanted - 1;
    size_t end, at, left;
    if (n < 22)
        return 0;
    for (end = n - 22; end > 0 && uci_word(z + end) != 0x06054b50u; end--)
        ;
    if (uci_word(z + end) != 0x06054b50u)
        return 0;
    at = uci_word(z + end + 16);
    for (left = (size_t)z[end + 10] + 256 * (size_t)z[end + 11]; left > 0; left--) {
        size_t name, extra, comment, local;
        if (at > n - 22 || n - at < 46 || uci_word(z + at) != 0x02014b50u)
            return 0;
        name = (size_t)z[at + 28] + 256 * (size_t)z[at + 29];
        extra = (size_t)z[at + 30] + 256 * (size_t)z[at + 31];
        comment = (size_t)z[at + 32] + 256 * (size_t)z[at + 33];
        if (name > n - at - 46)
            return 0;
        if (name >= length && memcmp(z + at + 46 + name - length, wanted, length) == 0) {
            *method = z[at + 10];
            *crc = uci_word(z + at + 16);
            *packed = uci_word(z + at + 20);
            *size = uci_word(z + at + 24);
            local = uci_word(z + at + 42);
            if (local > n || n - local < 30)
                return 0;
            local += 30 + (size_t)z[local + 26] + 256 * (size_t)z[local + 27] + (size_t)z[local + 28]
                   + 256 * (size_t)z[local + 29];
            if (local > n || *packed > n - local)
                return 0;
            *data = z + local;
            return 1;
        }
        at += 46 + name + extra + comment;
    }
    return 0;
}

static uint32_t crc32_of(const unsigned char *p, size_t n)
{
    uint32_t crc = 0xffffffffu;
    int k;
    while (n-- > 0) {
        crc ^= *p++;
        for (k = 0; k < 8; k++)
            crc = crc >> 1 ^ (crc & 1 ? 0xedb88320u : 0);
    }
    return ~crc;
}

/* The bytes of the .mat file, from the zip or as they are. */
static unsigned char *take_out(const char *path, unsigned char *bytes, size_t *n)
{
    const unsigned char *member;
    unsigned char *out = NULL;
    size_t packed = 0, size = 0, used = 0;
    int method = 0;
    uint32_t crc = 0;
    const char *fault = NULL;
    if (*n < 4 || memcmp(bytes, "PK\003\004", 4) != 0)
        return bytes;
    if (!find_member(bytes, *n, &member, &packed, &size, &method, &crc))
        die(path, "the archive is truncated, or holds no mixoutALL_shifted.mat");
    if (method == 8) {
        fault = inflate_raw(member, packed, UCI_FILE_LIMIT, &out, n, &used);
    } else if (method == 0) {
        out = (unsigned char *)get_memory(packed, 1);
        memcpy(out, member, packed);
        *n = packed;
    } else
        fault = "the archive is compressed in an unknown way";
    if (!fault && (*n != size || crc32_of(out, *n) != crc))
        fault = "the archive is damaged: its checksum does not match";
    if (fault)
        die(path, "%s", fault);
    free(bytes);
    return out;
}

int main(int argc, char **argv)
{
    unsigned char *bytes;
    pen_samples s;
    char why[200];
    size_t n = 0;
    int k, i;
    program = "data";
    if (!(argc == 3 && strcmp(argv[1], "check") == 0) && !(argc == 4 && strcmp(argv[1], "unpack") == 0))
        die(NULL, "usage: data check FILE | data unpack ARCHIVE OUT");
    if (uci_slurp(argv[2], &bytes, &n, why, sizeof why))
        die(argv[2], "%s", why);
    bytes = take_out(argv[2], bytes, &n);
    if (uci_parse(bytes, n, &s, why, sizeof why) || uci_verify(&s, why, sizeof why))
        die(argv[2], "%s", why);
    if (argc == 4)
        check(ic_write_file(argv[3], bytes, n), argv[3]);
    else {
        printf("letter\tsamples\tshortest\tlongest\n");
        for (k = 0; k < PEN_CLASSES; k++) {
            int count = 0, least = PEN_STEPS, most = 0;
            for (i = 0; i < s.n; i++)
                if (s.label[i] == k) {
                    count++;
                    least = s.length[i] < least ? s.length[i] : least;
                    most = s.length[i] > most ? s.length[i] : most;
                }
            printf("%c\t%d\t%d\t%d\n", PEN_LETTERS[k], count, least, most);
        }
    }
    printf("%s: the whole UCI set, %d samples, content %016llx\n", argv[argc - 1], s.n, (unsigned long long)s.hash);
    pen_samples_free(&s);
    free(bytes);
    return printed();
}
