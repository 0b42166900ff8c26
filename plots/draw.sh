#!/bin/sh
# draw.sh SCRIPT.gp OUT.svg SETTINGS: draws OUT.svg and the png beside it, with gnuplot's SETTINGS and page.gp before
# the script.  Both get their names when both are whole; gnuplot does not say so when the disk is full.
name=${2%.svg}
command -v gnuplot >/dev/null || { echo "$2: gnuplot is not here (sh tests/setup.sh installs it)" >&2; exit 1; }
for kind in svg png; do
    if ! gnuplot -e "output='$name.new.$kind'; $3" "$(dirname "$0")/page.gp" "$1" || ! tail -c 12 "$name.new.$kind" | grep -q -e '</svg>' -e IEND; then
        rm -f "$name.new".*
        echo "$2: cannot be drawn (disk full?)" >&2
        exit 1
    fi
done
mv "$name.new.png" "$name.png" && mv "$name.new.svg" "$2"
