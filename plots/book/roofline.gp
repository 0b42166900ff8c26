# The roofline of `make paper-bench`: sh plots/draw.sh plots/book/roofline.gp roofline.svg
id = "roofline"
input = "paper/tables/sizes.tsv"
load "plots/bench.gp"
