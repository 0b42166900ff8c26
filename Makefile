# invclass: see README.md.
#
#   make                  build the programs
#   make reproduce        train every network, make every table and figure   (-j2: two at a time)
#   make beyond           what goes beyond the thesis: table W20, tables and figures C1 to C7
#   make list             print the commands that train, each independent of the others
#   make report           make every table and figure of the results there are, train nothing
#   make test             run the tests
#   make check            sanitizers, fuzzers, analysers, other targets, full disks   (check-long: kills)
#   make verify           do results here have the same bytes as everywhere?
#   make data             fetch the UCI file to data/
#   make bench            measure the speed
#   make clean            delete $(BUILD)
#
# Variables: DATA (path of the UCI file; without one, built-in letters), SPLIT (index files of the UEA split), ROWS (names, or all),
# CLASSES, INSTANCES, PROFILE (quick or paper), BUILD.  OPTIONS goes to every network: OPTIONS=updates=50 is a dry run.

CC        ?= cc
CFLAGS    ?= -O2
BUILD     ?= build
PROFILE   ?= quick
CLASSES   ?= 2 4 20
INSTANCES ?= 5
ALL_ROWS  := naked ds noise_01 noise_02 noise_03 noise_04 repeller types types_noise_03 types_noise_04 \
             sparse_noise_03 sparse_noise_04 sparse1_noise_03 sparse1_noise_04 comparison_mse comparison_sparse
# Readings of rows where the thesis and its code disagree; for 2 and 4 classes.  ROW_drift and ROW_beta
# concern the descent alone: they take the networks of the row.  Those of how to train take long: for 2.
READINGS  := naked_drift naked_beta noise_03_drift noise_03_beta noise_03_first
LONG      := naked_batch1 noise_01_batch1 naked_batch10 naked_rate
ROWS      ?= $(ALL_ROWS)
ifeq ($(ROWS),all)
override ROWS := $(ALL_ROWS) $(READINGS) $(LONG)
endif
ifeq ($(origin DATA),undefined)
DATA := $(wildcard data/mixoutALL_shifted.mat)
endif
UCI_URL   ?= https://archive.ics.uci.edu/static/public/175/character+trajectories.zip

BIN      := $(BUILD)/bin
PROGRAMS := $(basename $(notdir $(wildcard examples/*.c examples/*/*.c)))
HEADERS  := invclass.h $(wildcard examples/*.h examples/*/*.h tests/*.h)
COMPILE  := $(CC) -std=c99 $(CFLAGS) -ffp-contract=off -Wall -Wextra -I.
vpath %.c examples examples/thesis examples/beyond examples/data examples/bench tests

.PHONY: all plan reproduce beyond report paper paper-beyond test check check-long ci verify data bench clean list list_ready FORCE
.DELETE_ON_ERROR:
.SUFFIXES:

all: $(PROGRAMS:%=$(BIN)/%)

$(BIN)/%: %.c $(HEADERS) | $(BIN)
	$(COMPILE) $< -o $@ -lm -pthread

$(BIN) $(BUILD)/results $(BUILD)/tables $(BUILD)/figures $(BUILD)/maps:
	mkdir -p $@

# -- networks: one target each, so that -j, interruption and resumption work by themselves ---------

INSTANCE_NUMBERS := $(shell i=0; while [ $$i -lt $(INSTANCES) ]; do echo $$i; i=$$((i+1)); done)
# With 20 classes the rows with noise on types or sparse data have less of it, as in the thesis.
rows_of  = $(filter-out $(if $(filter 20,$(1)),types_noise_04 sparse_noise_04 sparse1_noise_04 $(READINGS),\
             types_noise_03 sparse_noise_03 sparse1_noise_03) $(if $(filter-out 2,$(1)),$(LONG)),$(ROWS))
NETWORKS := $(foreach c,$(CLASSES),$(foreach r,$(call rows_of,$(c)),$(foreach i,$(INSTANCE_NUMBERS),$(c)_$(r)_v$(i))))
ifeq ($(MAKECMDGOALS),report)
MISSING  := $(filter-out $(basename $(notdir $(wildcard $(NETWORKS:%=$(BUILD)/results/%.tsv)))),$(NETWORKS))
NETWORKS := $(filter-out $(MISSING),$(NETWORKS))
endif
RESULTS  := $(NETWORKS:%=$(BUILD)/results/%.tsv)

# What a result depends on besides the program.  Written only when it changes: makes that run at the
# same time leave it alone.
$(BUILD)/settings: FORCE
	@s=$$(printf 'data %s\nprofile %s\noptions %s' '$(DATA)' '$(PROFILE)' '$(OPTIONS)'); \
	[ "$$(cat $@ 2>/dev/null)" = "$$s" ] || { mkdir -p $(BUILD) && printf '%s\n' "$$s" >$@; }

TODO := $(filter-out $(wildcard $(RESULTS)),$(RESULTS))
RUN := $(shell date +%s):$(words $(wildcard $(BUILD)/results/*.tsv)):$(words $(TODO))

# The network that a result takes, and the results that take a network.
taken  = $(subst _drift_v,_v,$(subst _beta_v,_v,$(1)))
served = $(filter $(1) $(subst _v,_drift_v,$(1)) $(subst _v,_beta_v,$(1)),$(NETWORKS))

# make report takes results as they are.
ifneq ($(MAKECMDGOALS),report)
$(BUILD)/results/%.tsv: $(BIN)/network $(BUILD)/settings $(wildcard $(DATA)) | $(BUILD)/results
	@$(BIN)/network $@ 'data=$(DATA)' profile=$(PROFILE) run=$(RUN) $(OPTIONS)

$(foreach n,$(sort $(RESULTS) $(MAKECMDGOALS)),$(if $(filter-out $(n),$(call taken,$(n))),$(eval $(n): $(call taken,$(n)))))

# The paper's budget is large: say so first.
ifeq ($(if $(RUN),$(PROFILE)),paper)
$(RESULTS): | plan
endif
plan: $(BIN)/network
	@$(if $(TODO),$(BIN)/network plan 'data=$(DATA)' profile=$(PROFILE) $(TODO))
endif

# -- figures --------------------------------------------------------------------------------------

NOTE = $(if $(DATA),UCI Character Trajectories,built-in letters), profile $(PROFILE)
NOTE_0 = $(NOTE), instance 0
tex  = $(subst _,\\_,$(1))

# $(call draw,script,input,settings): the target's svg and png, under other names until both are whole;
# gnuplot does not say so when the disk is full.
draw = new='$(basename $@).new'; for e in svg png; do \
	gnuplot -e "input='$(2)'; output='$$new.$$e'; $(3)" plots/$(1) && tail -c 12 $$new.$$e | grep -q -e '</svg>' -e IEND \
	|| { rm -f $$new.*; echo '$@: cannot be drawn (disk full?)' >&2; exit 1; }; done; \
	mv $$new.png '$(basename $@).png' && mv $$new.svg '$@'

# Heat maps: figure.row.letter, of instance 0 with 2 classes.
MAPS := F2A.naked.a F2B.ds.a F2C.noise_01.a F2D.noise_02.a F2E.noise_03.a F2F.noise_04.a F2G.repeller.b \
        F2H.noise_03.b F3.noise_03.a
$(BUILD)/maps/%_a.tsv: $(BUILD)/results/2_%.tsv $(BIN)/heatmap | $(BUILD)/maps
	@$(BIN)/heatmap $@ $(BUILD)/results/2_$*.model a 'data=$(DATA)'
$(BUILD)/maps/%_b.tsv: $(BUILD)/results/2_%.tsv $(BIN)/heatmap | $(BUILD)/maps
	@$(BIN)/heatmap $@ $(BUILD)/results/2_$*.model b 'data=$(DATA)'
define map_figure
$(BUILD)/figures/$(1).svg: $(BUILD)/maps/$(2)_v0_$(3).tsv plots/heatmap.gp | $(BUILD)/figures
	@$$(call draw,heatmap.gp,$$<,large=$(if $(filter F3,$(1)),1,0); heading='$(call tex,$(2)): every input against a letter $(3)'; note='$$(NOTE_0)')
endef

# Self-organising maps: figure.row.letter.part, of instance 0 with 4 classes; letter all = all of them.
SOMS := F4.noise_01.b.0 F6.naked.all.1 F7.naked.all.0 F8.noise_03.all.0
$(BUILD)/maps/som_%.tsv: $(BUILD)/results/4_%_v0.tsv $(BIN)/som | $(BUILD)/maps
	@$(BIN)/som $@ $(BUILD)/results/4_$*_v0.model 'data=$(DATA)'
define som_figure
$(BUILD)/figures/$(1).svg: $(BUILD)/maps/som_$(2).tsv plots/som.gp | $(BUILD)/figures
	@$$(call draw,som.gp,$$<,only='$(filter-out all,$(3))'; part=$(4); heading='$(call tex,$(2)): $(if $(filter all,$(3)),$(if $(filter 1,$(4)),part of the map,all letters),letter $(3))'; note='$$(NOTE_0)')
endef

# Beyond the slides: all heat maps of every generator with 2 classes, the map of every one with 4.
generators = $(filter-out comparison_% $(READINGS) $(LONG),$(call rows_of,$(1)))
define maps_figure
$(BUILD)/figures/heatmaps_$(1).svg: $(foreach l,a b,$(patsubst 2_%,$(BUILD)/maps/%_$(l).tsv,$(filter 2_$(1)_v%,$(NETWORKS)))) plots/heatmap.gp | $(BUILD)/figures
	@$$(call draw,heatmap.gp,$$(filter %.tsv,$$^),large=0; heading='$(call tex,$(1)): every input against a letter a (above) and b'; note='$$(NOTE)')
endef

# What a figure needs, and which can be made from the networks at hand.
part    = $(word $(2),$(subst ., ,$(1)))
able    = $(foreach f,$(1),$(if $(filter $(2)_$(call part,$(f),2)_v0,$(NETWORKS)),$(f)))
MADE   := $(call able,$(MAPS),2) $(call able,$(SOMS),4)
LEFT   := $(filter-out $(MADE),$(MAPS) $(SOMS))
EXTRA  := $(foreach r,$(call generators,2),$(if $(filter 2_$(r)_v%,$(NETWORKS)),heatmaps_$(r))) \
          $(foreach r,$(call generators,4),$(if $(filter 4_$(r)_v0,$(NETWORKS)),som_$(r)))
FIGURES := $(foreach f,F1a F1b F1c $(foreach m,$(MADE),$(call part,$(m),1)) F5 latent $(EXTRA),$(BUILD)/figures/$(f).svg)
$(foreach m,$(MAPS),$(eval $(call map_figure,$(call part,$(m),1),$(call part,$(m),2),$(call part,$(m),3))))
$(foreach m,$(SOMS),$(eval $(call som_figure,$(call part,$(m),1),$(call part,$(m),2),$(call part,$(m),3),$(call part,$(m),4))))
$(foreach r,$(call generators,2),$(eval $(call maps_figure,$(r))))
$(foreach r,$(call generators,4),$(eval $(call som_figure,som_$(r),$(r),all,0)))

$(BUILD)/figures/F1%.svg: plots/diagram.gp | $(BUILD)/figures
	@$(call draw,diagram.gp,,id='F1$*')

$(BUILD)/figures/F5.svg $(BUILD)/figures/latent.svg: $(BUILD)/figures/%.svg: $(BUILD)/tables/made plots/%.gp | $(BUILD)/figures
	@$(call draw,$*.gp,$(BUILD)/tables/$*.points,note='$(NOTE)')

# -- all of it ------------------------------------------------------------------------------------

reproduce: $(RESULTS)
	@$(MAKE) --no-print-directory report

report: $(BUILD)/report.html
	@$(if $(MISSING),echo "results: $(words $(MISSING)) of $(words $(MISSING) $(NETWORKS)) missing: $(MISSING)")
	@$(if $(strip $(LEFT)),echo "figures: left out for want of instance 0 of a row: $(foreach m,$(LEFT),$(call part,$(m),1) ($(call part,$(m),2), $(if $(filter $(m),$(MAPS)),2,4) classes);)")
	@$(if $(DATA),,echo "The data were the built-in letters. With the UCI file (make data) the figures compare with the published ones.")
	@echo "Everything on one page: $(BUILD)/report.html"

$(BUILD)/report.html: $(BIN)/report $(BUILD)/tables/made $(FIGURES)
	@$(BIN)/report $@ $(BUILD)/tables $(BUILD)/figures

# Holds the results the tables were made of: other ones, other tables.
TABLED := $(shell cat $(BUILD)/tables/made 2>/dev/null)
$(BUILD)/tables/made: $(BIN)/tables $(RESULTS) paper/published.tsv \
		$(if $(filter-out $(RESULTS),$(TABLED))$(filter-out $(TABLED),$(RESULTS)),FORCE) | $(BUILD)/tables
	@$(BIN)/tables $(BUILD)/tables paper/published.tsv $(RESULTS)
	@echo $(RESULTS) >$@

# -- beyond the thesis ----------------------------------------------------------------------------

# The UEA split: SPLIT_train_uci_index.csv and SPLIT_test_uci_index.csv, positions in the UCI file.
SPLIT ?= $(patsubst %_train_uci_index.csv,%,$(wildcard data/uea_charactertrajectories_train_uci_index.csv))
COMPARED := $(foreach p,8020 $(if $(SPLIT),uea),$(foreach t,all 4centres 1centre,$(foreach i,$(INSTANCE_NUMBERS),\
            $(BUILD)/beyond/$(t)_$(p)_v$(i).tsv)))

$(BUILD)/beyond:
	mkdir -p $@

$(BUILD)/beyond/%.tsv: $(BIN)/compare $(wildcard $(DATA)) | $(BUILD)/beyond
	@$(BIN)/compare $@ 'data=$(DATA)' $(if $(SPLIT),'train=$(SPLIT)_train_uci_index.csv' 'test=$(SPLIT)_test_uci_index.csv')

$(BUILD)/tables/W20.tsv: $(COMPARED) | $(BUILD)/tables
	@$(BIN)/compare table $(BUILD)/tables $^

define capability
$(BUILD)/tables/$(1).tsv: $(BIN)/$(2) $(wildcard $(DATA)) | $(BUILD)/tables
	@$$< $$(if $$(filter unknown,$(2)),$$(BUILD)/tables,$$(BUILD)/tables/$(1)) 'data=$$(DATA)'
endef
$(foreach c,C1.unknown C2.early C3.damage C4.complete C6.blend C7.confidence,$(eval $(call capability,$(call part,$(c),1),$(call part,$(c),2))))
$(BUILD)/tables/C5.tsv: $(BUILD)/tables/C1.tsv ;

$(BUILD)/figures/C%.svg: $(BUILD)/tables/C%.tsv plots/beyond.gp | $(BUILD)/figures
	@$(call draw,beyond.gp,$<,id='C$*'; note='$(if $(DATA),UCI Character Trajectories,built-in letters)')

CAPABLE := $(foreach n,1 2 3 4 5 6 7,$(BUILD)/figures/C$(n).svg)
beyond: $(BUILD)/tables/W20.tsv $(CAPABLE)
	@$(if $(SPLIT),,echo "W20: without the UEA split; SPLIT names its index files")

# The snapshot in paper/: tables and figures of a run, and how they were made.  Meant for ROWS=all.
# $(call keep,tables): the tables named go between two marks of paper/README.md.
keep = for t in $(2); do [ ! -f $(BUILD)/tables/$$t.md ] || { cp $(BUILD)/tables/$$t.md $(BUILD)/tables/$$t.tsv paper/tables/; \
	   echo; cat $(BUILD)/tables/$$t.md; }; done >$(BUILD)/all.md; echo >>$(BUILD)/all.md; \
	awk '/^<!-- $(1):/ {print; while ((getline line <"$(BUILD)/all.md") > 0) print line; skip = 1} \
	     /^<!-- end of $(1)/ {skip = 0} !skip && !/^<!-- $(1):/ {print}' paper/README.md >$(BUILD)/README.md && \
	mv $(BUILD)/README.md paper/README.md

paper: reproduce
	@mkdir -p paper/tables paper/figures
	@cp $(BUILD)/tables/instances_*.tsv $(BUILD)/tables/instances_*.md paper/tables/
	@cp $(FIGURES) paper/figures/
	@{ echo "Made by \`make paper PROFILE=$(PROFILE) CLASSES=\"$(CLASSES)\" INSTANCES=$(INSTANCES) ROWS=\"$(ROWS)\"\`."; \
	   tail -qn 1 $(BUILD)/tables/T2D.tsv | sed 's/^# //; s/\. Diff.*/./'; \
	   awk '$$1 ~ /^seconds/ {s += $$2} END {printf "%d networks, %.0f minutes of one core.\n", ARGC - 1, s / 60}' $(RESULTS); \
	   grep -m1 'model name' /proc/cpuinfo 2>/dev/null | sed 's/.*: /Processor: /'; } >paper/tables/RUN.txt
	@$(call keep,tables,T1 T2D T4D T20D T2 latent training_data readings)

paper-beyond: beyond
	@mkdir -p paper/tables paper/figures
	@cp $(CAPABLE) paper/figures/
	@$(call keep,beyond,W20 C1 C2 C3 C4 C5 C6 C7)

# One line a network, with the readings that take it, so that no line waits for another; the longest first.
list: list_ready
	@:$(foreach n,$(sort $(call taken,$(NETWORKS))),$(info \
		$(MAKE) $(patsubst %,$(BUILD)/results/%.tsv,$(call served,$(n))) 'DATA=$(DATA)' PROFILE=$(PROFILE) 'OPTIONS=$(OPTIONS)' BUILD=$(BUILD) RUN=))

# The lines find program and settings ready, and change neither.
list_ready:
	@$(MAKE) -s --no-print-directory $(BIN)/network $(BUILD)/settings >&2

# -- tests ---------------------------------------------------------------------------------------

TESTS := $(patsubst tests/%.c,$(BIN)/%,$(wildcard tests/test_*.c))

test check check-long: all $(TESTS)
	@lua5.4 tests/run.lua $(BUILD) --group $@

# Both, with one closing line.
ci: all $(TESTS)
	@lua5.4 tests/run.lua $(BUILD) --group test --group check

# Are the results on this machine those of every other?  The lines are in the order of the computation: the
# first that differs is where to look.
GOLDEN := tests/same_bytes.txt
verify: $(BIN)/same_bytes
	@$(BIN)/same_bytes >$(BUILD)/same_bytes.txt
	@diff $(GOLDEN) $(BUILD)/same_bytes.txt && echo "The same bytes." || { \
	   diff $(GOLDEN) $(BUILD)/same_bytes.txt | sed -n 's/^> \(.*[^ ]\)  *[0-9a-f]*$$/first difference: \1/p' | head -n 1; exit 1; }

data: $(BIN)/data
	@sh examples/data/fetch.sh $(BIN)/data '$(UCI_URL)' data/mixoutALL_shifted.mat

# The peers are optional: PyTorch through python3, oneDNN where its header and a C++ compiler are.
bench: $(BIN)/bench
	@[ -x $(BIN)/bench_onednn ] || $(CXX) -O2 examples/bench/bench_onednn.cpp -o $(BIN)/bench_onednn -ldnnl 2>/dev/null || true
	@$(BIN)/bench $(BUILD)/bench.tsv
	@cat /dev/null $(wildcard $(BUILD)/results/*.tsv) | awk -F '\t' '/^seconds_/ {s += $$2} /^row/ {n++} \
	    END {if (n == 0) {print "make reproduce: not run in $(BUILD), so not counted"; exit} \
	    printf "make reproduce: %d networks, %.1f minutes of one core\n", n, s / 60; \
	    printf "reproduce\t205\t-\t1\t%.0f\t-\t-\t-\t-\t-\n", 1000 * s >>"$(BUILD)/bench.tsv"}'

clean:
	rm -rf $(BUILD)
