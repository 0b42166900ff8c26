#!/bin/sh
# fetch.sh DATA_PROGRAM URL TARGET: downloads the UCI archive, checks its content against the known hash of
# all samples, puts the file in place.  Used by "make data".  A file that is there already stays until a
# good one replaces it.
data=$1 url=$2 target=$3
if [ -f "$target" ] && "$data" check "$target" >/dev/null 2>&1; then
    echo "$target is there already."
    exit 0
fi
mkdir -p "$(dirname "$target")" || exit 1
part=$target.download
trap 'rm -f "$part"' EXIT
trap 'exit 130' INT TERM
case $url in https://*) ;; *) echo "fetch: $url: only https will do" >&2; exit 1 ;; esac
ulimit -f 131072                              # 64 MB in blocks of 512 bytes, whatever the server sends
if command -v curl >/dev/null 2>&1; then
    curl -fsSL --proto =https --connect-timeout 20 --max-time 600 --max-filesize 67108864 -o "$part" "$url"
elif command -v wget >/dev/null 2>&1; then
    timeout 600 wget -q -T 20 -O "$part" "$url"
else
    echo "fetch: neither curl nor wget is here" >&2
    false
fi && "$data" unpack "$part" "$target" && exit 0
cat >&2 <<END
The UCI file could not be fetched from $url
By hand: open https://archive.ics.uci.edu/dataset/175/character+trajectories in a browser, download the
archive, and run
    $data unpack ARCHIVE $target
Without the file everything runs on the built-in letters.
END
exit 1
