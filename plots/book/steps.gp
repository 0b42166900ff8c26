# From plain loops to the library: sh plots/draw.sh plots/book/steps.gp steps.svg "input='steps.tsv'"
# The input is what examples/book/steps.c prints.
width = 900.0; height = 480.0
eval page(width, height, 16)
stats input using (strcol(1) eq "peak" ? $3 : 1/0) nooutput; peak = STATS_max
stats input using (strcol(1) eq "cache, GB/s" ? $3 : 1/0) nooutput; cache = STATS_max
first = 4                                       # after the title, the processor and its limits
stats input every ::first using 3 nooutput; steps = STATS_records
grey = 0x555555
set border 1
set xrange [0:1.12 * peak]
set yrange [steps - 0.3:-1.1]
set xtics 20 nomirror out
unset ytics
set grid xtics lw 0.5 lc rgb "#d8d8d8"
set lmargin at screen 0.27
set rmargin at screen 0.97
set xlabel "GFLOP/s"
set style fill solid 0.85
unset key
set arrow 1 from peak, -0.6 to peak, steps - 0.3 nohead lw 2 dt 2 lc rgb grey front
set arrow 2 from cache / 2, -0.6 to cache / 2, steps - 0.3 nohead lw 2 dt 3 lc rgb grey front
set label 1 "peak" at peak, -0.9 center
set label 2 "most with one sequence" at cache / 2, -0.9 center
label(gflops, times) = sprintf(times == 1 ? "%.1f" : "%.1f   (x %.2f)", gflops, times)
plot input using ($3 / 2):0:($3 / 2):(0.36) every ::first with boxxyerror lc rgb blue, \
     input using (0):0:1 every ::first with labels right offset -0.8,0, \
     input using 3:0:(label($3, $4)) every ::first with labels left offset 0.8,0
