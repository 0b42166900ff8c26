# The walk of dynamic time warping: sh plots/draw.sh plots/book/warping.gp warping.svg "input='warping.tsv'"
# The input is that of examples/book/warping.c.
width = 900.0; height = 430.0
eval page(width, height, 16)
set multiplot
set lmargin at screen 0.05
set rmargin at screen 0.44
set tmargin at screen 0.97
set bmargin at screen 0.04
unset border
unset xtics
unset ytics
set size ratio -1
unset key
shift = 2.9                                     # the second letter stands below the first
set label 1 "first" at graph 1.03,0.93 textcolor rgb blue
set label 2 "second" at graph 1.03,0.06 textcolor rgb red
plot input index 1 using 3:4:($5 - $3):($6 - shift - $4) with vectors nohead lw 0.8 lc rgb "#a8a8a8", \
     input index 0 using 2:3 with linespoints pt 7 ps 0.35 lw 2.5 lc rgb blue, \
     input index 0 using 4:($5 - shift) with linespoints pt 7 ps 0.35 lw 2.5 lc rgb red
unset label 1
unset label 2
set lmargin at screen 0.56
set rmargin at screen 0.90
set tmargin at screen 0.97
set bmargin at screen 0.19
set size square
set border 3
set xrange [-0.5:39.5]
set yrange [-0.5:39.5]
set xtics 10 nomirror out
set ytics 10 nomirror out
set xlabel "step of the second" offset 0,0.4
set ylabel "step of the first" offset 0.5,0
set cbtics 1
set colorbox user origin screen 0.915,screen 0.19 size screen 0.016,screen 0.78
plot input index 2 using 2:1:3 with image pixels, \
     x with lines dt 3 lw 1 lc rgb "#606060", \
     input index 1 using 2:1 with lines lw 3 lc rgb red
unset multiplot
