# make bench: the measurements of speed.  Included by the Makefile.

.PHONY: bench paper-bench
# With the peers that examples/bench/setup.sh installs, and with the UCI file if there is one.  With all peers it takes eleven
# minutes, with QUICK=1 two and a half.
bench: $(BIN)/bench | $(BUILD)/tables $(BUILD)/figures
	@sh examples/bench/bench.sh $(BIN) $(BUILD) '$(DATA)' $(if $(QUICK),quick)
paper-bench: bench
	@lua5.4 paper/keep.lua $(BUILD) bench bench roofline sizes
	@lua5.4 paper/keep.lua $(BUILD) speed speed
