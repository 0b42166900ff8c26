# What goes beyond the thesis, a figure a table:
#   sh plots/draw.sh plots/beyond.gp C2.svg "id='C2'; input='C2.tsv'; note='...'"
width = 860.0; height = id eq "C4" ? 1150.0 : id eq "C3" ? 900.0 : 560.0
eval page(width, height, 18)
set border 3
set grid lc rgb "#dddddd" lt 1
set tics nomirror out
array colour[4] = [ 0x0060a8, 0xc04a00, 0x007a55, 0x555555 ]
array symbol[4] = [ 7, 5, 9, 13 ]
marker = png ? 1.1 : 0.7
do for [k=1:4] { set style line k lc rgb colour[k] lw 2 pt symbol[k] ps marker }
head(text) = sprintf("%s\n{/*0.8 %s}", text, note)
set key outside bottom center horizontal maxcols 4
set bmargin 6.5
array way[3] = [ "recogniser", "one Gaussian a letter", "nearest letter" ]

if (id eq "C1" || id eq "C5") {
    set xlabel "letter left out of training"
    set xrange [-0.7:19.7]
}
if (id eq "C1") {
    set title head("Refusing a letter that was never learned")
    set ylabel "area under the ROC curve"
    set yrange [0.7:1.005]
    plot for [k=1:3] input every ::1::20 using 0:(column(2 * k)):xtic(1) with points ls k \
         title way[k]
}
if (id eq "C2") {
    set title head("Deciding early: only the first part is seen")
    set xlabel "seen of the letter, %"
    set ylabel "accuracy"
    set yrange [0:1.02]
    array seen[4] = [ "recogniser, told nothing", "one Gaussian a letter, told which part", "the same, also told place and size", \
                      "nearest letter, told all of it" ]
    set key inside bottom right vertical
    set bmargin 3.5
    plot for [k=1:4] input using 1:(column(1 + k)) skip 1 with linespoints ls k title seen[k]
}
if (id eq "C3") {
    set datafile missing NaN
    set multiplot layout 2,1
    set ylabel "accuracy"
    set yrange [0:1.02]
    set title head("Letters with noise on every point, and with points missing")
    set xlabel "deviation of the noise (the letters': 1)"
    plot for [k=1:3] input using ($2 == 0 ? $1 : NaN):(column(2 + k)) skip 1 with linespoints ls k \
         title way[k]
    unset title
    set xlabel "points missing, %"
    plot for [k=1:3] input using ($1 == 0 ? $2 : NaN):(column(2 + k)) skip 1 with linespoints ls k \
         title way[k]
    unset multiplot
}
if (id eq "C4") {
    set multiplot
    set title head("Finishing letters that were begun")
    set xlabel "seen of the letter, %"
    set ylabel "error, deviations"
    set ytics 1
    set yrange [0:*]
    set tmargin at screen 0.93
    set bmargin at screen 0.68
    set key at screen 0.5,screen 0.59 center center
    plot input using 1:2 skip 1 with linespoints ls 1 title "recogniser", \
         input using 1:3 skip 1 with linespoints ls 3 title "nearest letter", \
         input using 1:4 skip 1 with linespoints ls 4 title "mean of the true class"
    unset title; unset xlabel; unset ylabel; unset tics; unset border; unset grid
    set tmargin at screen 0.56
    set bmargin at screen 0.06
    set key at screen 0.5,screen 0.025 center center
    set yrange [*:*]
    set size ratio -1
    points = input[:strlen(input)-4] . ".points"
    # Five letters a row, each in a box of 7 by 5 deviations.
    px(c, x) = x + 7 * (c - 5 * int(c / 5)); py(c, y) = y - 5 * int(c / 5)
    plot points using (px($1, $3)):(py($1, $4)) with lines lw 3 lc rgb 0xbbbbbb title "the letter", \
         points using (px($1, $5)):(py($1, $6)) with lines ls 1 title "drawn after 40 %", \
         points using ($2 == 1 ? px($1, $3) : NaN):(py($1, $4)) with lines ls 2 title "seen"
    unset multiplot
}
if (id eq "C5") {
    set title head("A new letter from few samples, all weights frozen")
    set ylabel "share of its test letters recognised"
    set yrange [0:1.03]
    plot input every ::1::20 using 0:2:xtic(1) with points ls 1 title "recogniser, one sample", \
         input every ::1::20 using 0:5 with points ls 2 title "four", \
         input every ::1::20 using 0:4 with points ls 3 title "nearest letter, one", \
         input every ::1::20 using 0:7 with points ls 4 title "four"
}
if (id eq "C6") {
    set title head("Naming the two letters of a blend")
    set xlabel "weight of the first letter"
    set ylabel "both named"
    set yrange [0:1.02]
    plot input using 1:2 skip 1 with linespoints ls 1 title "best pair of drawings", \
         input using 1:4 skip 1 with linespoints ls 2 title "procedure of the thesis", \
         input using 1:6 skip 1 with linespoints ls 3 title "best pair of means"
}
if (id eq "C7") {
    set title head("Risk against coverage: answering only when sure")
    set xlabel "answered, %"
    set ylabel "wrong among them"
    points = input[:strlen(input)-4] . ".points"
    set yrange [0:*]
    plot points using 1:2 skip 1 with linespoints ls 1 title "recogniser", \
         points using 1:3 skip 1 with linespoints ls 2 title "LSTM classifier"
}
