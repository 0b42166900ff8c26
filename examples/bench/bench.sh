#!/bin/sh
# bench.sh BIN BUILD DATA [quick]: runs the bench and cost against size, adds what making the results in BUILD
# has cost, and says and draws what came out.  The peers are optional: those in BUILD/peers (setup.sh) or of
# PYTHON, a virtual environment's; oneDNN needs a C++ compiler, too.  Its library finds those that it needs by the
# program's own rpath, which must therefore be of the old kind.
bin=$1 build=$2 data=$3 quick=$4
[ -n "$PYTHON" ] || [ ! -x "$build/peers/bin/python3" ] || export PYTHON="$build/peers/bin/python3"
peers=$("${PYTHON:-python3}" -c 'import sys; print(sys.prefix)' 2>/dev/null)
rm -f "$bin/bench_onednn"
[ ! -f "$peers/include/oneapi/dnnl/dnnl.hpp" ] || ${CXX:-c++} -O2 -I"$peers/include" examples/bench/onednn.cpp -o "$bin/bench_onednn" \
    -L"$peers/lib" -Wl,--disable-new-dtags,-rpath,"$peers/lib" -ldnnl || echo "bench: oneDNN is left out: examples/bench/onednn.cpp does not compile" >&2
export OCL_ICD_FILENAMES="$peers/lib/libintelocl.so"
"$bin/bench" "$build/tables" "data=$data" $quick && "$bin/bench" sizes "$build/tables" $quick || exit 1
find "$build/results" -name '*.tsv' -exec cat {} + 2>/dev/null | awk -F '\t' -v table="$build/tables/bench.tsv" '
    /^seconds_/ { s += $2 }
    /^row/ { n++ }
    END {
        if (n == 0) { print "make reproduce: not run in this folder, so not counted"; exit }
        printf "make reproduce: %d networks, %.1f minutes of one core\n", n, s / 60
        printf "reproduce\t205\t-\t1\t%.0f\t-\t-\t-\t-\t-\n", 1000 * s >>table
    }'
lua5.4 examples/bench/say.lua "$build/tables" || exit 1
for figure in roofline sizes; do
    sh plots/draw.sh plots/bench.gp "$build/figures/$figure.svg" "id='$figure'; input='$build/tables/sizes.tsv'" || exit 1
done
