# A self-organising map as the program som writes it:
#   gnuplot -e "input='x.tsv'; output='x.svg'; heading='...'; note='...'; only=''; vectors=0; part=0" som.gp
#   only      a letter: leave the others out; '': all
#   vectors   1: write each vector beside its letter
#   part      1: the close-up the file names; 0: the whole map
# The terminal follows the ending of the output.  Sizes are in pixels: the letters sit in the units.
plot_size = vectors ? (part ? 840 : 1200) : 720
left = 80; right = 130; top = 80; bottom = 130
width = left + plot_size + right
height = top + plot_size + bottom
png = output[strlen(output)-2:] eq "png"
font(size) = sprintf("sans,%g", png ? 0.78 * size : size)
if (png) {
    set terminal pngcairo size width,height font font(18) background "white"
} else {
    set terminal svg size width,height font font(18) background "white" enhanced
}
set output output

# What is shown: the whole map or the square in block 2.
stats input index 0 using 2:3 nooutput name "map"
stats input index 2 using 2:3 nooutput name "corner"
stats input index 2 using 4 nooutput name "span"
first_row = part ? corner_min_x : 0
first_col = part ? corner_min_y : 0
units = part ? span_min : map_max_x + 1
unit = plot_size / units                       # pixels

set lmargin at screen 1.0 * left / width
set rmargin at screen 1.0 * (left + plot_size) / width
set bmargin at screen 1.0 * bottom / height
set tmargin at screen 1.0 * (bottom + plot_size) / height
set label 1 heading at screen 0.5,screen 1 - 28.0 / height center font font(23) noenhanced
set label 2 note at screen 0.5,screen 1 - 57.0 / height center font font(17) noenhanced
set xlabel "column of the map" offset 0,0.3
set ylabel "row of the map" offset 0.5,0
set xrange [first_col - 0.5:first_col + units - 0.5]
set yrange [first_row + units - 0.5:first_row - 0.5]
set xtics (part ? 1 : 2) out nomirror
set ytics (part ? 1 : 2) out nomirror
set cbrange [0:1]
set cblabel "U-matrix: mean distance to the neighbours" offset 1,0
set cbtics 0.2 format "%.1f"
set colorbox user origin screen 1.0 * (left + plot_size + 20) / width, screen 1.0 * bottom / height \
    size screen 22.0 / width, screen 1.0 * plot_size / height
set palette defined (0 "#202020", 1 "#ffffff")
set key at screen 0.5, screen 40.0 / height center horizontal maxrows 1 samplen 1 width 2 font font(18)
if (vectors) {
    set label 3 "numbers: tenths of a, b, c, d in the vector" at screen 0.5,screen 16.0 / height center font font(17)
}

array colour[5] = [ 0x0060a8, 0xc04a00, 0x007a55, 0x96308c, 0x5a5a5a ]
letters = "abcdx"
shown(k) = strcol(4) eq letters[k:k] && (only eq "" || strcol(4) eq only) \
    && $2 >= first_row && $2 < first_row + units && $3 >= first_col && $3 < first_col + units

# A letter is a coloured disc with the letter in it; one for each label at a unit, up to three abreast.
crowded(k) = only eq "" && column(10) > 1
abreast = 2
slot_x(n) = only ne "" || column(10) == 1 ? 0 : (column(10) == 2 || n < 2 * (int(column(10)) / 2) || column(10) > 3 ? (n % 2) - 0.5 : 0)
slot_y(n) = only ne "" || column(10) < 3 ? 0 : (int(n) / 2) - (int(column(10)) - 1) / 2 / 2.0
letter_x(n) = $3 + 0.46 * slot_x(n)
letter_y(n) = $2 + 0.46 * slot_y(n)

# With vectors: a line for each, in columns; what does not fit is counted in the last line.
line_height = part ? 22.0 : 13.5
deep = int((unit - 4) / line_height)
across = part ? 2 : 1
room = deep * across
place(n) = int(only eq "" ? column(13) : column(11))
places(n) = int(only eq "" ? column(14) : column(12))
fits(n) = place(n) < room - 1 || places(n) <= room
more(n) = place(n) == room - 1 && places(n) > room
rows_used(n) = places(n) < deep ? places(n) : deep
line_x(n) = $3 - 0.5 + (place(n) / deep) * 1.0 / across
line_y(n) = $2 + ((place(n) % deep) - (rows_used(n) - 1) / 2.0) * line_height / unit
tenths(n) = sprintf("%.0f %.0f %.0f %.0f", 10 * $5, 10 * $6, 10 * $7, 10 * $8)

# A disc's diameter in pixels to gnuplot's point size.
disc(pixels) = pixels / (png ? 7.9 : 9.0)

if (vectors) {
    small = 0.85 * line_height
    plot input index 0 using 3:2:4 with image pixels notitle, \
         for [k=1:5] input index 1 using (shown(k) && fits(0) ? line_x(0) + 0.72 * line_height / unit : NaN):(line_y(0)) \
             with points pt 7 ps disc(small) lc rgb colour[k] notitle
} else {
    big = 0.62 * unit; small = 0.42 * unit
    plot input index 0 using 3:2:4 with image pixels notitle, \
         for [k=1:5] input index 1 using (shown(k) && $11 == 0 && !crowded(0) ? $3 : NaN):2 \
             with points pt 7 ps disc(big + 3) lc rgb "white" notitle, \
         for [k=1:5] input index 1 using (shown(k) && $11 == 0 && !crowded(0) ? $3 : NaN):2 \
             with points pt 7 ps disc(big) lc rgb colour[k] notitle, \
         for [k=1:5] input index 1 using (shown(k) && $11 == 0 && !crowded(0) ? $3 : NaN):2:4 \
             with labels font font(0.75 * big) tc rgb "white" notitle, \
         for [k=1:5] input index 1 using (shown(k) && $11 == 0 && crowded(0) ? letter_x($9) : NaN):(letter_y($9)) \
             with points pt 7 ps disc(small + 2) lc rgb "white" notitle, \
         for [k=1:5] input index 1 using (shown(k) && $11 == 0 && crowded(0) ? letter_x($9) : NaN):(letter_y($9)) \
             with points pt 7 ps disc(small) lc rgb colour[k] notitle, \
         for [k=1:5] input index 1 using (shown(k) && $11 == 0 && crowded(0) ? letter_x($9) : NaN):(letter_y($9)):4 \
             with labels font font(0.8 * small) tc rgb "white" notitle, \
         for [k=1:5] (only eq "" || only eq letters[k:k] ? 0 : NaN) with points pt 7 ps 1.6 lc rgb colour[k] \
             title (k < 5 ? "letter ".letters[k:k] : "x: no letter")
}
