# What every figure begins with; draw.sh runs it before the script.  An output that ends in png has smaller type, since
# gnuplot's two terminals count points and pixels differently.
png = output[strlen(output)-2:] eq "png"
face(size) = sprintf("sans,%g", png ? 0.78 * size : size)
page(width, height, size) = sprintf("set terminal %s size %d,%d font '%s' background 'white' %s; set output '%s'", \
    png ? "pngcairo" : "svg", width, height, face(size), png ? "" : "enhanced", output)
set datafile separator tab
blue = 0x0060a8; red = 0xc04a00                 # of lines
set palette defined (0 "#ffffff", 0.35 "#c6dbef", 0.6 "#6baed6", 0.8 "#2171b5", 1 "#08306b")   # of distances
