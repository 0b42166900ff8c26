#!/bin/sh
# setup.sh [FOLDER]: the peers of `make bench`, into a virtual environment (build/peers); some 8 GB, most of it
# what PyTorch and oneDNN bring along for other devices.  What cannot be had is named, and left out of the bench.
# PyTorch: where pip offers builds for several devices, that for processors is enough.
folder=${1:-build/peers}
case $folder in -*) echo "usage: setup.sh [FOLDER]" >&2; exit 1 ;; esac
python3 -m venv "$folder" || exit 1
for package in torch jax "onnxruntime onnx" scikit-learn minisom aeon dtaidistance "onednn onednn-devel"; do
    "$folder/bin/pip" install -q $package || echo "setup: no $package here" >&2
done
