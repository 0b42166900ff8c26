# What networks can do as their training goes on, a panel a row, a line a network:
#   sh plots/draw.sh plots/ways.gp ways.svg "input='ways.points'; note='...'"
# The input's columns: row, lowest, mean and highest published accuracy, curves shown, loss, error, accuracy after 25 and
# after 200 iterations, their rmse, share of the latent space.  Rows are two blank lines apart, networks one.
stats input using 5 nooutput
panels = STATS_blocks
columns = panels < 3 ? panels : panels == 4 ? 2 : 3
lines = (panels + columns - 1) / columns
width = 510.0 * columns; height = 460.0 * lines + 180
eval page(width, height, 16)
set multiplot layout lines,columns title sprintf("Accuracy as training goes on, by the original's recipe\n{/*0.8 %s; 100 test letters a point, the last of all}", note) \
    margins 85 / width, 1 - 130 / width, 175 / height, 1 - 115 / height spacing 150 / width, 125 / height
set logscale x
set logscale y2
set xrange [5000:200000]
set yrange [0:1]
set y2range [0.001:2]
set xtics ("5 000" 5000, "20 000" 20000, "80 000" 80000) nomirror out
set ytics 0.2 format "%.1f" nomirror out
set y2tics 10 format "%g" nomirror out textcolor rgb "#888888"
set border 11
unset key
grey = 0xa0a0a0; marker = png ? 0.9 : 0.55
do for [k=0:panels-1] {
    set xlabel "curves shown" offset 0,0.4
    set ylabel (k % columns == 0 ? "accuracy" : "")
    set y2label (k % columns == columns - 1 || k == panels - 1 ? "error left" : "") textcolor rgb "#888888"
    stats input using (heading = strcol(1), low = $2, middle = $3, high = $4, 0) index k nooutput
    set title heading noenhanced offset 0,-0.5
    if (k == panels - 1) {
        set key at screen 0.5,screen 52 / height center center vertical Left reverse samplen 3
    }
    set object 1 rectangle from graph 0,first low to graph 1,first high fc rgb "#f0d8c4" fs solid noborder behind
    plot middle with lines lw 1.5 lc rgb 0xc04a00 title "published: mean and range", \
         input index k using 5:7 axes x1y2 with lines lw 1.5 lc rgb grey title "error left (right)", \
         input index k using 5:($12 > 0 ? $8 : NaN) with linespoints dt 2 lw 1.2 pt 6 ps marker lc rgb blue title "25 iterations", \
         input index k using 5:9 with linespoints lw 2.2 pt 7 ps marker lc rgb blue title "200 iterations (a classifier: its answer)"
}
unset multiplot
