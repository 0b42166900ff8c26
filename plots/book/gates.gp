# The functions of the gates and of the candidate, and their slopes: sh plots/draw.sh plots/book/gates.gp gates.svg
width = 900.0; height = 520.0
eval page(width, height, 16)
hard(z) = 0.2 * z + 0.5 < 0 ? 0 : 0.2 * z + 0.5 > 1 ? 1 : 0.2 * z + 0.5
hard_slope(z) = abs(z) < 2.5 ? 0.2 : 0
sigmoid(z) = 1 / (1 + exp(-z))
green = 0x3a8a3a
set multiplot layout 2,1 margins 60 / width, 1 - 25 / width, 70 / height, 1 - 20 / height spacing 0, 45 / height
set xrange [-5:5]
set samples 2001
set xtics 1 nomirror out
set ytics nomirror out
set border 3
set grid lw 0.5 lc rgb "#d8d8d8"
set key left top Left reverse samplen 3
set yrange [-1.1:1.1]
set ytics 0.5 format "%.1f"
plot hard(x) lw 2.5 lc rgb blue title "hard sigmoid", sigmoid(x) lw 2.5 dt 2 lc rgb red title "sigmoid", \
     tanh(x) lw 2.5 dt 4 lc rgb green title "tanh, of the candidate"
set yrange [0:1.4]
set xlabel "z" offset 0,0.5
plot hard_slope(x) lw 2.5 lc rgb blue title "slope of the hard sigmoid: 0.2 or 0", \
     sigmoid(x) * (1 - sigmoid(x)) lw 2.5 dt 2 lc rgb red title "of the sigmoid: at most 0.25", \
     1 - tanh(x)**2 lw 2.5 dt 4 lc rgb green title "of tanh: at most 1"
unset multiplot
