# How much of a gradient arrives, by step: sh plots/draw.sh plots/book/gradient.gp gradient.svg "input='gradient.tsv'"
# The input is that of examples/book/gradient.c.
width = 900.0; height = 430.0
eval page(width, height, 16)
set logscale y
set xrange [0:100]
set yrange [1e-10:1e3]
set format y "10^{%L}"
set xtics 10 nomirror out
set ytics 100 nomirror out
set border 3
set grid lw 0.5 lc rgb "#d8d8d8"
set xlabel "step at which the gradient arrives (the error is at step 100)" offset 0,0.4
set ylabel "share of its length at step 100"
set lmargin 11
set key right bottom Left reverse samplen 3
grey = 0x909090
plot input using 1:3 with lines lw 2 dt 2 lc rgb grey title "without cells, r = 1.1", \
     input using 1:2 with lines lw 2 dt 4 lc rgb grey title "without cells, r = 0.9", \
     input using 1:5 with lines lw 3 lc rgb blue title "LSTM, forget bias 2.4", \
     input using 1:4 with lines lw 3 dt 3 lc rgb blue title "LSTM, forget bias 1"
