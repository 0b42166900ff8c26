# What every figure begins with; draw.sh runs it before the script.  An output that ends in png has smaller type, since
# gnuplot's two terminals count points and pixels differently.
png = output[strlen(output)-2:] eq "png"
face(size) = sprintf("sans,%g", png ? 0.78 * size : size)
page(width, height, size) = sprintf("set terminal %s size %d,%d font '%s' background 'white' %s; set output '%s'", \
    png ? "pngcairo" : "svg", width, height, face(size), png ? "" : "enhanced", output)
