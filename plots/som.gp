# A self-organising map as the program som writes it:
#   sh plots/draw.sh plots/som.gp x.svg "input='x.tsv'; heading='...'; note='...'; only=''; part=0"
#   only   a letter: that letter alone, each of its vectors written beside it; '': all letters
#   part   1: the close-up the file names, with the vectors; 0: the whole map
# Heading and note are enhanced text: write \_ for _.
# Sizes are in pixels: the letters sit in the units.
vectors = part || only ne ""
plot_size = part ? 900 : vectors ? 1258 : 720
base = vectors && !part ? 1.4 : 1               # a large figure is shown small: larger type
left = 95 * base; right = 135 * base; top = 85 * base; bottom = 120 * base
width = left + plot_size + right
height = top + plot_size + bottom
eval page(width, height, 18 * base)

# What is shown: the whole map, or the square in block 2.
stats input index 0 using 2 nooutput name "map"
stats input index 2 using 2 nooutput name "row"
stats input index 2 using 3 nooutput name "col"
stats input index 2 using 4 nooutput name "span"
row0 = part ? row_min : 0
col0 = part ? col_min : 0
units = part ? span_min : map_max + 1
unit = plot_size / units                        # pixels

set lmargin at screen 1.0 * left / width
set rmargin at screen 1.0 * (left + plot_size) / width
set bmargin at screen 1.0 * bottom / height
set tmargin at screen 1.0 * (bottom + plot_size) / height
set label 1 heading at screen 0.5,screen 1 - 28.0 * base / height center font face(23 * base)
set label 4 "column of the map" at screen (left + plot_size / 2.0) / width,screen 54.0 * base / height center
set label 2 note at screen 0.5,screen 1 - 62.0 * base / height center font face(16 * base)
set ylabel "row of the map"
set xrange [col0 - 0.5:col0 + units - 0.5]
set yrange [row0 + units - 0.5:row0 - 0.5]
tick = part ? 1 : 2
set xtics tick out nomirror format "%.0f"
set ytics tick out nomirror format "%.0f"
set cbrange [0:1]
set cbtics 0.2 format "%.1f"
set cblabel "U-matrix: mean distance to the neighbours, largest 1" offset 0.5,0
set colorbox user origin screen 1.0 * (left + plot_size + 20) / width, screen 1.0 * bottom / height \
    size screen 22.0 / width, screen 1.0 * plot_size / height
set palette defined (0 "#202020", 1 "#ffffff")
unset key

# From a disc's diameter in pixels to a point size; SVG points grow with the font.
disc(size) = size / (png ? 7.0 : 13.5 * base)

array colour[5] = [ 0x0060a8, 0xb84500, 0x00704e, 0x8a2a80, 0x505050 ]
letters = "abcdx"
legend_y = 20.0 * base / height
do for [k=1:5] {
    if (only eq "" || only eq letters[k:k]) {
        set label 10 + k "".(k < 5 ? letters[k:k] : "x  (no letter)") left offset 1.2,0 \
            at screen (left + 10 + (only eq "" ? k - 1 : 0) * 62.0) / width,screen legend_y \
            point pt 7 ps disc(15 * base) lc rgb colour[k]
    }
}
shown(k) = strcol(4) eq letters[k:k] && (only eq "" || strcol(4) eq only) \
    && $2 >= row0 && $2 < row0 + units && $3 >= col0 && $3 < col0 + units

# A letter is a disc with the letter in it, one for each label at a unit; several stand in rows of two.
single(k) = shown(k) && $11 == 0 && (only ne "" || $10 == 1)
several(k) = shown(k) && $11 == 0 && only eq "" && $10 > 1
big = (vectors ? 0.26 : 0.62) * unit
small = 0.44 * unit
aside_x = vectors ? -0.40 : 0                   # beside vectors: in the corner
aside_y = vectors ? -0.36 : 0
slot_x(k) = several(k) ? $3 + 0.48 * (int($9) % 2 - ($9 == $10 - 1 && int($10) % 2 ? 0 : 0.5)) : NaN
slot_y(k) = $2 + 0.48 * (int($9) / 2 - (int($10 + 1) / 2 - 1) / 2.0)

# Vectors stand on a card, in one column or two; what has no room is counted in the last line.
line = part ? 24.0 : 20.0
deep = 6
column_width = (part ? 74.0 : 58.0) / unit
card_left(n) = part ? -wide(n) * column_width / 2 : -0.25
place(n) = int(only eq "" ? column(13) : column(11))
places(n) = int(only eq "" ? column(14) : column(12))
high(n) = places(n) < deep ? places(n) : deep
wide(n) = places(n) <= deep ? 1 : 2
card_x(k) = shown(k) && place(0) == 0 ? $3 : NaN
text_x(k) = shown(k) && place(0) < 2 * deep ? $3 + card_left(0) + column_width * (place(0) / deep) + 2 / unit : NaN
text_y(n) = $2 + (place(n) % deep - (high(n) - 1) / 2.0) * line / unit
tenths(n) = $5 == 1 ? "a = 1" : $6 == 1 ? "b = 1" : $7 == 1 ? "c = 1" : $8 == 1 ? "d = 1" \
    : sprintf("%.0f%.0f%.0f%.0f", 10 * $5, 10 * $6, 10 * $7, 10 * $8)
text(n) = place(n) == 2 * deep - 1 && places(n) > 2 * deep ? sprintf("+ %d", places(n) - place(n)) \
    : part ? strcol(4)." ".tenths(n) : tenths(n)
if (vectors) {
    set label 3 "1720 = the input (0.1, 0.7, 0.2, 0)" at screen 1.0 * (left + plot_size) / width, \
        screen legend_y right
}

plot input index 0 using 3:2:4 with image pixels notitle, \
     for [k=1:5] input index 1 using (vectors ? card_x(k) : NaN):2:($3 + card_left(0)): \
         ($3 + card_left(0) + wide(0) * column_width): \
         ($2 - (high(0) * line / 2 + 1) / unit):($2 + (high(0) * line / 2 + 1) / unit) \
         with boxxyerror fs solid border lc rgb "#606060" fc rgb "white" notitle, \
     for [k=1:5] input index 1 using (vectors ? text_x(k) : NaN):(text_y(0)):(text(0)) \
         with labels left font face(part ? 17 : 18.5) tc rgb colour[k] notitle, \
     for [k=1:5] input index 1 using (single(k) && !part ? $3 + aside_x : NaN):($2 + aside_y) \
         with points pt 7 ps disc(big + 3) lc rgb "white" notitle, \
     for [k=1:5] input index 1 using (single(k) && !part ? $3 + aside_x : NaN):($2 + aside_y) \
         with points pt 7 ps disc(big) lc rgb colour[k] notitle, \
     for [k=1:5] input index 1 using (single(k) && !part ? $3 + aside_x : NaN):($2 + aside_y):4 \
         with labels font face(0.75 * big) tc rgb "white" notitle, \
     for [k=1:5] input index 1 using (part ? NaN : slot_x(k)):(slot_y(k)) \
         with points pt 7 ps disc(small + 2) lc rgb "white" notitle, \
     for [k=1:5] input index 1 using (part ? NaN : slot_x(k)):(slot_y(k)) \
         with points pt 7 ps disc(small) lc rgb colour[k] notitle, \
     for [k=1:5] input index 1 using (part ? NaN : slot_x(k)):(slot_y(k)):4 \
         with labels font face(0.75 * small) tc rgb "white" notitle
