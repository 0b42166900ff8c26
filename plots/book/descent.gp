# The error over the inputs of two networks, and descents on it: sh plots/draw.sh plots/book/descent.gp descent.svg "input='descent.tsv'"
# The input is that of examples/book/descent.c.
width = 900.0; height = 450.0
eval page(width, height, 16)
set cbrange [0:3]
set cbtics 1
set cblabel "error" offset -1,0
set size square
set xrange [0:1]
set yrange [0:1]
set border 3
set tics nomirror out
set xtics 0.5 format "%.1f"
set ytics 0.5 format "%.1f"
set xlabel "input of a" offset 0,0.5
set tmargin at screen 0.89
set bmargin at screen 0.18
unset key
array heading[2] = ["trained without noise", "trained with noise 0.3"]
set multiplot
do for [k = 0:1] {
    left = 0.105 + 0.425 * k
    set lmargin at screen left
    set rmargin at screen left + 0.375
    set title heading[k + 1] offset 0,-0.4
    set ylabel (k ? "" : "input of b") offset 1,0
    if (k == 1) {
        set colorbox user origin screen 0.925,screen 0.18 size screen 0.016,screen 0.71
    } else {
        unset colorbox
    }
    plot input index 2 * k using 1:2:3 with image pixels, \
         1 - x with lines dt 3 lw 1 lc rgb "#606060", \
         for [s = 0:2] input index 2 * k + 1 using ($1 == s ? $3 + 0.012 * (s - 1) : NaN):($4 + 0.012 * (s - 1)) with linespoints pt 7 ps 0.3 lw 1.5 \
             lc rgb word("0x3a8a3a 0xc04a00 0x8a3a8a", s + 1), \
         for [s = 0:2] input index 2 * k + 1 using ($1 == s && $2 == 0 ? $3 + 0.012 * (s - 1) : NaN):($4 + 0.012 * (s - 1)) with points pt 6 ps 1.3 lw 2 \
             lc rgb word("0x3a8a3a 0xc04a00 0x8a3a8a", s + 1), \
         for [s = 0:2] input index 2 * k + 1 using ($1 == s && $2 == 200 ? $3 + 0.012 * (s - 1) : NaN):($4 + 0.012 * (s - 1)) with points pt 7 ps 1.3 \
             lc rgb word("0x3a8a3a 0xc04a00 0x8a3a8a", s + 1)
}
unset multiplot
