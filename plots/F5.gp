# F5, accuracy over the number of classes:
#   sh plots/draw.sh plots/F5.gp F5.svg "input='F5.points'; note='...'"
# The input's columns: series, classes, measured, deviation, published; "-" where there is none.
width = 1040.0; height = 640.0
eval page(width, height, 18)
set lmargin at screen 90 / width
set rmargin at screen 700 / width
set bmargin at screen 95 / height
set tmargin at screen 1 - 90 / height
set label 1 "Accuracy over the number of classes" at screen 0.5,screen 1 - 30 / height center font face(23)
set label 2 note at screen 0.5,screen 1 - 64 / height center font face(16) noenhanced
set label 3 "classes" at screen 395 / width,screen 24 / height center
set ylabel "accuracy on the test set" offset 0.5,0
set xrange [-0.35:2.35]
set yrange [0:1.05]
set xtics ("2" 0, "4" 1, "20" 2) nomirror out
set ytics 0.2 format "%.1f" nomirror out
set grid ytics lc rgb "#dddddd" lt 1
set border 3
set key at screen 715 / width,screen 1 - 90 / height left top reverse Left samplen 2.2 spacing 1.35 noenhanced

series = "sparse1_noise sparse_noise noise_best comparison_sparse comparison_mse"
array colour[5] = [ 0x0060a8, 0xc04a00, 0x007a55, 0x96308c, 0x404040 ]
marker = png ? 1.3 : 0.75                       # point size; SVG points grow with the font
array symbol[5] = [ 5, 7, 9, 11, 13 ]

# 2, 4, 20 classes stand side by side, and the series a little apart, so that they do not hide each other.
position(classes) = classes == 2 ? 0 : classes == 4 ? 1 : 2
x(k) = position($2) + 0.06 * (k - 3)
of(k, c) = strcol(1) eq word(series, k) && strcol(c) ne "-" ? column(c) : NaN

# Light and dashed the published figures, above them the measured ones.
plot for [k=1:5] input using (x(k)):(of(k, 5)) with linespoints dt 2 lw 1.5 pt symbol[k] - 1 ps 0.8 * marker \
         lc rgb colour[k] + 0x60000000 notitle, \
     for [k=1:5] input using (x(k)):(of(k, 3)):(of(k, 4)) with yerrorbars lw 1.5 pt 0 lc rgb colour[k] notitle, \
     for [k=1:5] input using (x(k)):(of(k, 3)) with linespoints lw 2.5 pt symbol[k] ps marker lc rgb colour[k] notitle, \
     for [k=1:5] NaN with linespoints lw 2.5 pt symbol[k] ps marker lc rgb colour[k] title word(series, k), \
     NaN with lines lw 2.5 lc rgb "#404040" title "measured ± deviation", \
     NaN with lines dt 2 lw 1.5 lc rgb "#808080" title "published"
