#!/bin/sh
# Installs what the reproduction and the tests need and is not there: on Debian and Ubuntu with apt,
# elsewhere it names what is missing.  `setup.sh demo`: what `make demo` needs, too.
missing=
for pair in cc:gcc make:make gnuplot:gnuplot-nox lua5.4:lua5.4 ${1:+clang:clang wasm-ld:lld}; do
    command -v "${pair%%:*}" >/dev/null 2>&1 || missing="$missing ${pair#*:}"
done
echo "#include <stdio.h>" | cc -E - >/dev/null 2>&1 || [ "$(uname)" != Linux ] || missing="$missing libc6-dev"
[ -z "$missing" ] && exit 0
if command -v apt-get >/dev/null 2>&1; then
    root=
    [ "$(id -u)" = 0 ] || root=sudo
    $root apt-get update -qq && $root apt-get install -y -qq --no-install-recommends $missing && exit 0
fi
echo "setup: please install:$missing" >&2
exit 1
