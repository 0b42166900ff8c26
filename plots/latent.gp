# Quality of the latent space against accuracy, a point a network:
#   sh plots/draw.sh plots/latent.gp latent.svg "input='latent.points'; note='...'"
# The input's columns: classes, row, share, accuracy.
width = 860.0; height = 640.0
eval page(width, height, 18)
set title sprintf("Latent space and accuracy, a point a network\n{/*0.8 %s}", note)
set xlabel "share of mixtures of two letters that are drawn as the larger part"
set ylabel "accuracy of inverse classification"
set xrange [0:1.03]
set yrange [0:1.03]
set xtics 0.2 format "%.1f" nomirror out
set ytics 0.2 format "%.1f" nomirror out
set grid lc rgb "#dddddd" lt 1
set border 3
set key outside right center reverse Left title "classes"
array colour[3] = [ 0x0060a8, 0xc04a00, 0x007a55 ]
array symbol[3] = [ 6, 4, 8 ]
array classes[3] = [ 2, 4, 20 ]
marker = png ? 1.1 : 0.7
plot for [k=1:3] input using ($1 == classes[k] ? $3 : NaN):4 with points pt symbol[k] lw 1.6 ps marker lc rgb colour[k] notitle, \
     for [k=1:3] NaN with points pt symbol[k] lw 1.6 ps marker lc rgb colour[k] title sprintf("%d", classes[k])
