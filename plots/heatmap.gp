# One heat map: gnuplot -e "input='x.tsv'; output='x.svg'; heading='...'; note='...'; large=0" heatmap.gp
# The terminal follows the ending of the output.
width = large ? 900 : 560
height = large ? 820 : 520
size = large ? 18 : 13
if (output[strlen(output)-2:] eq "png") {
    set terminal pngcairo size width,height font sprintf("sans,%d", size - 2) background "white"
} else {
    set terminal svg size width,height font sprintf("sans,%d", size) background "white" enhanced
}
set output output
set title sprintf("%s\n{/*0.75 %s}", heading, note)
set xlabel "second input (class b)"
set ylabel "first input (class a)"
set cblabel "DTW distance (0 = same curve)"
set xrange [-0.05:1.05]
set yrange [-0.05:1.05]
set xtics 0.2 format "%.1f" out nomirror
set ytics 0.2 format "%.1f" out nomirror
set cbrange [0:*]
set palette defined (0 "#ffffff", 0.35 "#c6dbef", 0.6 "#6baed6", 0.8 "#2171b5", 1 "#08306b")
set size square
unset key
plot input using 1:2:3 with image pixels
