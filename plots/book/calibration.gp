# How often answers are right, by their probability: sh plots/draw.sh plots/book/calibration.gp calibration.svg "input='calibration.tsv'"
# The input is that of examples/book/calibration.c.
width = 900.0; height = 430.0
eval page(width, height, 16)
temperature = word(system(sprintf("head -n 1 '%s' | tr -d ,", input)), 3)
set size square
set xrange [0:1]
set yrange [0:1]
set border 3
set xtics 0.2 format "%.1f" nomirror out
set ytics 0.2 format "%.1f" nomirror out
set grid lw 0.5 lc rgb "#d8d8d8"
set xlabel "probability that the answer is given with" offset 0,0.4
set ylabel "share of answers that are right" offset 0.5,0
set lmargin at screen 0.09
set rmargin at screen 0.52
set tmargin at screen 0.97
set bmargin at screen 0.19
set key at screen 0.56,screen 0.9 left Left reverse samplen 2 spacing 1.3
size(n) = 0.4 + sqrt(n) / 30
plot x with lines dt 3 lw 1.5 lc rgb "#606060" title "calibrated", \
     input index 1 using 1:2:(size($3)) with points pt 7 ps variable lc rgb red notitle, \
     input index 1 using 1:2 with linespoints pt 7 ps 0.3 lw 2 dt 2 lc rgb red title "temperature 1", \
     input index 0 using 1:2:(size($3)) with points pt 7 ps variable lc rgb blue notitle, \
     input index 0 using 1:2 with linespoints pt 7 ps 0.3 lw 2.5 lc rgb blue title sprintf("temperature %.1f, from held-out letters", temperature + 0)
