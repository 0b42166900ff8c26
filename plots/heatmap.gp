# Heat maps: sh plots/draw.sh plots/heatmap.gp x.svg "input='x.tsv'; heading='...'; note='...'; large=0"
# Several inputs stand in two rows, under one scale.
several = words(input) > 1
columns = several ? words(input) / 2 : 1
width = several ? 170 + 180 * columns : large ? 900 : 560
height = several ? 520 : large ? 820 : 520
size = large ? 18 : 13
eval page(width, height, size)
title = sprintf("%s\n{/*0.75 %s}", heading, note)
most = 0                                        # before the ranges: stats would heed them
do for [file in input] {
    stats file using 3 nooutput
    most = STATS_max > most ? STATS_max : most
}
set cbrange [0:most]
set xrange [-0.05:1.05]
set yrange [-0.05:1.05]
set cblabel "DTW distance (0 = same curve)"
set size square
unset key
step = several ? 0.5 : 0.2
set xtics step format "%.1f" out nomirror
set ytics step format "%.1f" out nomirror
if (!several) {
    set title title
    set xlabel "second input (class b)"
    set ylabel "first input (class a)"
    plot input using 1:2:3 with image pixels
    exit
}

set label 1 title at screen 0.5,screen 0.955 center
set label 2 "second input (class b)" at screen 0.5,screen 22.0 / height center
set label 3 "first input (class a)" at screen 18.0 / width,screen 1 - 265.0 / height center rotate
set multiplot
do for [k=1:words(input)] {
    column = (k - 1) % columns
    row = (k - 1) / columns
    set lmargin at screen (75.0 + 180 * column) / width
    set rmargin at screen (235.0 + 180 * column) / width
    set tmargin at screen 1 - (85.0 + 200 * row) / height
    set bmargin at screen 1 - (245.0 + 200 * row) / height
    set format x row ? "%.1f" : ""
    set format y column ? "" : "%.1f"
    set title sprintf("v%d, %s", column, row ? "b" : "a") offset 0,-0.7
    if (k == words(input)) {
        set colorbox user origin screen 1 - 100.0 / width,screen 1 - 445.0 / height size screen 14.0 / width,screen 360.0 / height
    } else {
        unset colorbox
    }
    plot word(input, k) using 1:2:3 with image pixels
    unset label 1
    unset label 2
    unset label 3
}
unset multiplot
