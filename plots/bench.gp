# What `make bench` measures, drawn from its table sizes.tsv:
#   sh plots/draw.sh plots/bench.gp roofline.svg "id='roofline'; input='sizes.tsv'"        or id='sizes'
width = 860.0; height = id eq "sizes" ? 1400.0 : 560.0
eval page(width, height, 18)
set border 3
set grid lc rgb "#dddddd" lt 1
set tics nomirror out
array colour[3] = [ 0x0060a8, 0xc04a00, 0x007a55 ]
array symbol[3] = [ 7, 5, 9 ]
array work[3] = [ "GENERATE", "INVERT", "TRAIN" ]
marker = png ? 1.1 : 0.7
do for [k=1:3] { set style line k lc rgb colour[k] lw 2 pt symbol[k] ps marker }
set style line 4 lc rgb 0x555555 lw 2 dt 2
stats input using (strcol(2) eq "peak" ? $7 : 1/0) nooutput; peak = STATS_max
stats input using (strcol(2) eq "L2, GB/s" ? $7 : 1/0) nooutput; cache = STATS_max
stats input using (strcol(1) eq "batch" ? $7 : 1/0) nooutput; least = STATS_min
stats input using (strcol(1) ne "machine" && strcol(1) ne "classes" ? $7 : 1/0) nooutput; slowest = STATS_min
machine = system(sprintf("sed -n '1s/^# //p' '%s'", input))
set logscale xy 2
set key outside bottom center horizontal maxcols 4
is(k, sweep) = strcol(1) eq sweep && strcol(2) eq work[k]

if (id eq "roofline") {
    # With B rows the kernel works on ceil(B / 6) tiles of equal height; a weight that comes out of the cache
    # (4 bytes) is used for one multiply-add, 2 operations, a row of the tile.
    rows(b) = b / ceil(b / 6.0)
    set title "What binds where: operations a second against operations a byte of weights\n{/*0.8 205 units, 205 steps, one core (".machine."); above the axis the batch}"
    set xlabel "operations a byte of weights read from the second-level cache"
    set ylabel "GFLOP/s"
    set xrange [0.4:4]; set yrange [0.67 * least:1.36 * peak]
    set xtics (0.5, 1, 1.5, 2, 2.5, 3)
    set bmargin 7
    plot (cache * x < peak ? cache * x : peak) ls 4 with lines title "roof: cache, peak", \
         for [k=1:3] input using (is(k, "batch") ? rows($5) / 2 : 1/0):7 with points ls k title work[k], \
         input using (is(1, "batch") && $5 <= 6 ? rows($5) / 2 : 1/0):(0.74 * least):5 with labels font face(15) notitle
} else {
    set multiplot layout 4,1 title "Cost against size on one core (".machine.")\n{/*0.8 time of the LSTM divided by its operations, hidden and steps at batch 10; last, the recogniser}"
    set ylabel "ns per 1000 operations"
    set yrange [800 / peak:2 * 1000 / slowest]
    do for [panel=1:3] {
        sweep = word("hidden steps batch", panel)
        set xlabel panel == 1 ? "hidden units" : panel == 2 ? "steps" : "sequences in a batch"
        set autoscale x
        if (panel > 1) { unset key } else { set key inside top right horizontal maxcols 2 }
        plot 1000 / peak ls 4 with lines title "at the peak", \
             for [k=1:3] input using (is(k, sweep) ? column(2 + panel) : 1/0):(1000 / $7) with linespoints ls k title work[k]
    }
    set xlabel "classes of the recogniser, five samples each"
    set ylabel "s, MB, ms"
    set logscale xy 10
    set yrange [0.002:20000]
    set autoscale xfix
    set xtics (2, 5, 10, 20, 50, 100, 200, 500, 1000)
    set mytics 1
    set format y "%g"
    set key inside top left vertical maxcols 1
    plot input using (strcol(1) eq "classes" ? $8 : 1/0):9 with linespoints ls 3 title "to learn them, s", \
         "" using (strcol(1) eq "classes" ? $8 : 1/0):($10 / 1e6) with linespoints ls 2 title "size of the model, MB", \
         "" using (strcol(1) eq "classes" ? $8 : 1/0):6 with linespoints ls 1 title "to recognise a curve, ms"
    unset multiplot
}
