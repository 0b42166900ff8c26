# The roofline of `make paper-bench`: gnuplot -e "output='roofline.svg'" roofline.gp
id = "roofline"
input = "paper/tables/sizes.tsv"
load "plots/bench.gp"
