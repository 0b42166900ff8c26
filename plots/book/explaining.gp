# How three classes explain a letter: sh plots/draw.sh plots/book/explaining.gp explaining.svg "input='explaining.tsv'"
# The input is that of examples/book/explaining.c.
width = 900.0; height = 400.0
eval page(width, height, 16)
stats input using 1:2 nooutput                  # the letter; room around it for the drawings
set xrange [STATS_min_x - 12:STATS_max_x + 12]
set yrange [STATS_min_y - 12:STATS_max_y + 12]
unset border
unset tics
set size ratio -1
set tmargin at screen 0.90
set bmargin at screen 0.12
unset key
set arrow 1 from screen 0.14,screen 0.05 to screen 0.19,screen 0.05 nohead lw 9 lc rgb "#c8c8c8"
set arrow 2 from screen 0.36,screen 0.05 to screen 0.41,screen 0.05 nohead lw 2 dt 2 lc rgb blue
set arrow 3 from screen 0.70,screen 0.05 to screen 0.75,screen 0.05 nohead lw 2.5 lc rgb red
set label 1 "the letter" at screen 0.20,screen 0.05
set label 2 "drawing of the class" at screen 0.42,screen 0.05
set label 3 "its explanation" at screen 0.76,screen 0.05
set multiplot
do for [k = 0:2] {
    heading = system(sprintf("grep '^#' '%s' | sed -n '%dp' | cut -c3-", input, k + 1))
    set lmargin at screen 0.02 + 0.325 * k
    set rmargin at screen 0.02 + 0.325 * k + 0.31
    set title sprintf("%s: energy %s", word(heading, 1), word(heading, 2)) offset 0,-0.5
    plot input index k using 1:2 with lines lw 9 lc rgb "#c8c8c8", \
         input index k using 3:4 with lines lw 2 dt 2 lc rgb blue, \
         input index k using 5:6 with lines lw 2.5 lc rgb red
    unset label
    unset arrow
}
unset multiplot
