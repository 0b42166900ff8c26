# The register tile: sh plots/draw.sh plots/book/tile.gp tile.svg
width = 900.0; height = 460.0
eval page(width, height, 16)
unset border
unset tics
unset key
set margins 0,0,0,0
set xrange [0:width]
set yrange [height:0]
blue = 0xcfe2f3; red = 0xf7dcc8; green = 0xd8ecd5; line = 0x555555
rows = 6; vectors = 4
x0 = 300; y0 = 150; w = 95; h = 38                     # the sums
style = "fc rgb %d fs solid border lc rgb %d lw 1"
box(id, x, y, wide, high, colour) = sprintf("set object %d rectangle from %g,%g to %g,%g " . style, id, \
    x, y, x + wide, y + high, colour, line)
arrow = "lw 1 lc rgb line size 8,20 filled"
n = 0
do for [v=0:vectors-1] {
    n = n + 1
    eval box(n, x0 + v * (w + 8), y0 - 84, w, h, red)
    set label sprintf("w_{k%d}", v + 1) at x0 + v * (w + 8) + w / 2, y0 - 84 + h / 2 center
    set arrow from x0 + v * (w + 8) + w / 2, y0 - 42 to x0 + v * (w + 8) + w / 2, y0 - 6 @arrow
    do for [r=0:rows-1] {
        n = n + 1
        eval box(n, x0 + v * (w + 8), y0 + r * (h + 5), w, h, blue)
        set label sprintf("z_{%d%d}", r + 1, v + 1) at x0 + v * (w + 8) + w / 2, y0 + r * (h + 5) + h / 2 center
    }
}
do for [r=0:rows-1] {
    n = n + 1
    eval box(n, x0 - 112, y0 + r * (h + 5), 52, h, green)
    set label sprintf("x_{%dk}", r + 1) at x0 - 86, y0 + r * (h + 5) + h / 2 center
    set arrow from x0 - 56, y0 + r * (h + 5) + h / 2 to x0 - 6, y0 + r * (h + 5) + h / 2 @arrow
}
set label "4 vectors of W, loaded for every k" at x0, y0 - 112 left
set label "6 numbers of X,\neach in all lanes" at x0 - 128, y0 + 3 * (h + 5) - 10 right
set label "24 sums, in registers from the first k to the last" at x0, y0 + rows * (h + 5) + 18 left
set label "z_{rv} := z_{rv} + x_{rk} w_{kv}" at x0 + 4 * (w + 8) + 8, y0 + 3 * (h + 5) - 2 left
plot -1 with lines notitle
