# Two steps of an LSTM unit and the two paths of a gradient: sh plots/draw.sh plots/book/cell.gp cell.svg
width = 1000; height = 470
eval page(width, height, 20)
set margins 0, 0, 0, 0
unset border
unset tics
unset key
set xrange [0:width]
set yrange [0:height]
set style arrow 1 head filled size 14,18 lw 2.5 lc rgb "#303030"
set style arrow 2 head filled size 16,18 lw 4 lc rgb "#c04a00"
set style rectangle fs solid border lc rgb "#303030"
set style circle radius graph 0.022

# One step, its left edge at x; the names of its quantities.
cell_y = 370; hidden_y = 150; gates_y = 225
array left[2] = [130, 540]
array now[2] = ["t", "t+1"]
do for [k=1:2] {
    x = left[k]; n = 100 * k
    # the cell: times f, plus i * g
    set object n + 1 circle at x + 40,cell_y fc rgb "#eaf2fa" fs solid border lc rgb "#303030" lw 2
    set object n + 2 circle at x + 150,cell_y fc rgb "#eaf2fa" fs solid border lc rgb "#303030" lw 2
    set label n + 1 "×" at x + 40,cell_y center front
    set label n + 2 "+" at x + 150,cell_y center front
    set arrow n + 1 from x + 64,cell_y to x + 126,cell_y as 1
    set arrow n + 2 from x + 174,cell_y to x + 268,cell_y as 1
    # the gates, from z
    set object n + 3 rect from x + 5,gates_y - 25 to x + 245,gates_y + 25 fc rgb "#fdf0e3" lw 2
    set label n + 3 sprintf("f            i, g            o") at x + 125,gates_y center front
    set label n + 4 sprintf("z_{%s}", now[k]) at x + 125,hidden_y + 12 center front
    set arrow n + 3 from x + 125,hidden_y + 28 to x + 125,gates_y - 27 as 1
    set arrow n + 4 from x + 40,gates_y + 27 to x + 40,cell_y - 25 as 1
    set arrow n + 5 from x + 150,gates_y + 27 to x + 150,cell_y - 25 as 1
    set arrow n + 6 from x + 125,58 to x + 125,hidden_y - 8 as 1
    set label n + 5 "W" at x + 137,95 left
    set label n + 6 sprintf("x_{%s}", now[k]) at x + 125,38 center
    # what is shown: o times tanh of the cell
    set object n + 4 circle at x + 300,gates_y fc rgb "#eaf2fa" fs solid border lc rgb "#303030" lw 2
    set label n + 7 "×" at x + 300,gates_y center front
    set arrow n + 7 from x + 247,gates_y to x + 276,gates_y as 1
    set arrow n + 8 from x + 300,cell_y - 22 to x + 300,gates_y + 25 as 1
    set label n + 8 "tanh" at x + 312,(cell_y + gates_y) / 2 left
    set label n + 9 sprintf("c_{%s}", now[k]) at x + 300,cell_y center front
    set label n + 10 sprintf("h_{%s}", now[k]) at x + 300,hidden_y + 12 center front
    set arrow n + 9 from x + 300,gates_y - 24 to x + 300,hidden_y + 28 as 1
    set label n + 11 "W_y" at x + 312,95 left
    set arrow n + 10 from x + 300,hidden_y - 8 to x + 300,58 as 1
    set label n + 12 sprintf("y_{%s}", now[k]) at x + 300,38 center
}
# from step to step
set label 1 "c_{t-1}" at 65,cell_y center
set label 2 "h_{t-1}" at 65,hidden_y + 12 center
set arrow 1 from 95,cell_y to 146,cell_y as 1
set arrow 2 from 95,hidden_y + 12 to 228,hidden_y + 12 as 1
set label 3 "U" at 160,hidden_y + 30 center
set arrow 3 from 450,cell_y to 556,cell_y as 1
set arrow 4 from 455,hidden_y + 12 to 635,hidden_y + 12 as 1
set label 4 "U" at 590,hidden_y + 30 center
set arrow 5 from 868,cell_y to 970,cell_y as 1
set arrow 6 from 868,hidden_y + 12 to 970,hidden_y + 12 as 1
# the ways back
set arrow 11 from 960,430 to 100,430 as 2
set label 11 "along the cells:  × f_{t+1} × f_t" at 530,452 center tc rgb "#c04a00"
set arrow 12 from 620,hidden_y - 18 to 470,hidden_y - 18 as 2
set arrow 13 from 218,hidden_y - 18 to 100,hidden_y - 18 as 2
set label 12 "× slope × U^T" at 548,hidden_y - 42 center tc rgb "#c04a00"
plot NaN
