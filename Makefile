# invclass: see README.md.
#
#   make                  build the programs
#   make reproduce        train every network, make every table and figure   (-j2: two at a time)
#   make beyond           what goes beyond the thesis: tables R1, W20 and, with PENDIGITS, R2, tables and figures C1 to C7
#   make demo             the page: $(BUILD)/demo.html, one file; needs clang and lld (sh tests/setup.sh demo)
#   make book             the header as a book: $(BUILD)/book.html, one file
#   make site             book, results, write-up and page (as far as they are built) for any static host: $(BUILD)/site
#   make list             print the commands that train, each independent of the others
#   make restore          take up the results in paper/results.tsv, to add others to them
#   make report           make every table and figure of the results there are, train nothing
#   make test             run the tests
#   make check            sanitizers, fuzzers, analysers, other targets, full disks   (check-long: kills)
#   make verify           do results here have the same bytes as everywhere?
#   make data             fetch the UCI file to data/
#   make bench            measure the speed
#   make clean            delete what was built
#
# Variables: DATA (path of the UCI file; without one, built-in letters), SPLIT, PENDIGITS, GESTURES (prefixes of other data),
# ROWS (names, or all), CLASSES, INSTANCES, PROFILE (quick or paper), BUILD.  OPTIONS=updates=50 is a dry run.

# What is typed goes into shell commands: nothing in it may have a meaning to a shell or to make.
PATHS := BUILD DATA SPLIT PENDIGITS GESTURES GOLDEN
TYPED := $(PATHS) ROWS CLASSES INSTANCES PROFILE OPTIONS
HASH  := \#
refuse = $(foreach v,$(1),$(foreach c,$(2),$(if $(findstring $c,$(value $v)),$(error $v may not hold $c))))
$(call refuse,$(TYPED) UCI_URL,' " ` $$ \)
$(call refuse,$(TYPED),; & | < > ( ) * ? [ ] { } ~ ! % : $(HASH))$(call refuse,$(PATHS),=)
$(foreach v,$(PATHS),$(if $(filter-out 1,$(words x$(value $v)x)),$(error $v may not hold blanks)))

CC        ?= cc
CFLAGS    ?= -O2
BUILD     ?= build
PROFILE   ?= quick
CLASSES   ?= 2 4 20
INSTANCES ?= 5
ROWS      ?= $(ALL_ROWS)
GOLDEN    ?= tests/same_bytes.txt
UCI_URL   ?= https://archive.ics.uci.edu/static/public/175/character+trajectories.zip
SPLIT     ?= $(if $(DATA),$(patsubst %_train_uci_index.csv,%,$(wildcard data/uea_charactertrajectories_train_uci_index.csv)))
DATA      ?= $(wildcard data/mixoutALL_shifted.mat)
override OPTIONS := $(strip $(OPTIONS))
known = $(foreach w,$($(1)),$(if $(filter $w,$(2)),,$(error $(1): not $w but some of: $(2))))
$(if $(BUILD),,$(error BUILD is empty))$(call known,CLASSES,2 4 20)$(call known,PROFILE,quick paper)$(if $(filter 1,$(words $(PROFILE))),,$(error PROFILE is one word))
override CLASSES := $(filter $(CLASSES),2 4 20)

BIN      := $(BUILD)/bin
PROGRAMS := $(basename $(notdir $(wildcard examples/*.c examples/*/*.c)))
TESTS    := $(basename $(notdir $(wildcard tests/test_*.c)))
COMPILE  := $(CC) -std=c99 $(CFLAGS) -ffp-contract=off -Wall -Wextra -I.
vpath %.c examples examples/thesis examples/beyond examples/data examples/bench examples/book examples/demo tests

.PHONY: help all plan reproduce beyond report list restore paper paper-beyond test check check-long ci verify data clean FORCE
.DELETE_ON_ERROR:
# No rules but those below; and what is needed at the end is asked for at the beginning.
.SUFFIXES:
$(if $(filter reproduce beyond paper paper-beyond,$(MAKECMDGOALS)),$(if $(shell command -v gnuplot),,$(error gnuplot is not here (sh tests/setup.sh installs it))))
all: $(PROGRAMS:%=$(BIN)/%)

# Shown on the error output: make list prints to a file.
$(BIN)/%: %.c $(BIN)/%.d | $(BIN)
	@echo "$(COMPILE) $< -o $@ -lm -pthread" >&2; $(COMPILE) -MMD -MP -MF $@.d -MT $@ $< -o $@.new -lm -pthread && mv $@.new $@
$(patsubst %.c,$(BIN)/%.d,$(notdir $(wildcard examples/*.c examples/*/*.c tests/*.c))): ;
-include $(wildcard $(BIN)/*.d)
# Each with a file by which make clean knows that it was made here.
FOLDERS := $(BIN) $(addprefix $(BUILD)/,results tables figures figures/book maps beyond demo site scratch)
$(FOLDERS):
	@mkdir -p $@ && touch $@/.made_by_make

# -- networks: one target each, so that -j, interruption and resumption work by themselves ---------
# What there is to make of the rows is printed by a program, from the tables of examples/thesis/rows.h: ALL_ROWS, READINGS,
# ROWS_2, ROWS_4, ROWS_20, NUMBERS, what goes into FIGURES, with its SETTINGS, and which results take the network of another.
CHOSEN    = $(subst all,$(ALL_ROWS) $(READINGS),$(ROWS))
COUNTED   = $(wordlist 1,$(INSTANCES),$(NUMBERS))
WANTED    = $(foreach c,$(CLASSES),$(foreach r,$(filter $(CHOSEN),$(ROWS_$(c))),$(COUNTED:%=$(c)_$(r)_v%)))
HAVE     := $(basename $(notdir $(wildcard $(BUILD)/results/*.tsv)))
# make report takes results as they are.
REPORTED := $(filter report,$(MAKECMDGOALS))
NETWORKS  = $(if $(REPORTED),$(filter $(HAVE),$(WANTED)),$(WANTED))
DRAWN     = $(if $(REPORTED),$(filter $(basename $(notdir $(wildcard $(BUILD)/results/*.model))),$(NETWORKS)),$(NETWORKS))
FIGURES  := F1a F1b F1c F5 latent $(if $(filter paper,$(PROFILE)),ways)
NEEDS    := $(BIN)/network $(BUILD)/settings_network $(wildcard $(DATA)) | $(BUILD)/results
TRAIN     = $(BIN)/network $@ 'data=$(DATA)' profile=$(PROFILE) run=$(RUN) $(OPTIONS)
ifeq ($(filter clean help,$(MAKECMDGOALS)),)
include $(BUILD)/rows.mk
endif
$(BUILD)/rows.mk: $(BIN)/rows
	@mkdir -p $(BUILD) && $(BIN)/rows >$@.new && mv $@.new $@
ifdef ALL_ROWS
$(call known,ROWS,all $(ALL_ROWS) $(READINGS) $(LONG))
endif
RESULTS := $(NETWORKS:%=$(BUILD)/results/%.tsv)
MISSING := $(filter-out $(NETWORKS),$(WANTED))
# What results and tables depend on besides programs; written only when it changes, for other makes may be running.
SAID_network = data $(DATA), profile $(PROFILE), options $(OPTIONS)
CURRENT := $(shell [ "$$(cat $(BUILD)/settings_network 2>/dev/null)" = '$(SAID_network)' ] && echo yes)
TODO    := $(if $(CURRENT),$(filter-out $(HAVE),$(NETWORKS)),$(NETWORKS))
RUN     := $(shell date +%s):$(words $(TODO))
SAID_beyond  = data $(DATA), split $(SPLIT)
SAID_contest = instances $(INSTANCES), pendigits $(PENDIGITS), gestures $(GESTURES)
SAID_seeds   = instances $(INSTANCES)
$(addprefix $(BUILD)/settings_,network beyond contest seeds): $(BUILD)/settings_%: FORCE
	@[ "$$(cat $@ 2>/dev/null)" = '$(SAID_$*)' ] || { mkdir -p $(BUILD) && echo '$(SAID_$*)' >$@; }
ifndef REPORTED
$(BUILD)/results/%.tsv: $(NEEDS)
	@$(TRAIN)
endif
ifeq ($(if $(RUN),$(PROFILE)),paper)    # whose budget is large: say so first
$(RESULTS): | plan
endif
plan: $(BIN)/network
	@$(if $(TODO),$(BIN)/network plan 'data=$(DATA)' profile=$(PROFILE) $(OPTIONS) $(TODO))
# NEEDS first: make would train again what is older.
restore: $(NEEDS) ; @lua5.4 paper/keep.lua restore '$(BUILD)' $(PROFILE)
# One line a network, with the readings that take it, so that no line waits for another.
list: $(BIN)/rows $(BIN)/network
	@$(BIN)/rows list $(RESULTS) | while read -r results; do \
	echo "$(MAKE) $$results 'DATA=$(DATA)' PROFILE=$(PROFILE) 'OPTIONS=$(OPTIONS)' BUILD=$(BUILD) RUN="; done

# -- figures: each of a script and of data, with SETTINGS ------------------------------------------
SOURCE = $(if $(DATA),UCI Character Trajectories,built-in letters)
NOTE = $(SOURCE), profile $(PROFILE)
TOLD = $(shell cat $(BUILD)/tables/origin.txt)
SETTINGS = id='$*'; note='$(NOTE)'
$(BUILD)/figures/%.svg: plots/draw.sh plots/page.gp | $(BUILD)/figures
	@sh plots/draw.sh $(filter-out %/page.gp,$(filter %.gp,$^)) $@ "input='$(filter-out %.gp %.sh,$^)'; $(SETTINGS)"
$(BUILD)/maps/%_a.tsv: $(BUILD)/results/2_%.tsv $(BIN)/heatmap | $(BUILD)/maps ; @$(BIN)/heatmap $@ $(BUILD)/results/2_$*.model a 'data=$(DATA)'
$(BUILD)/maps/%_b.tsv: $(BUILD)/results/2_%.tsv $(BIN)/heatmap | $(BUILD)/maps ; @$(BIN)/heatmap $@ $(BUILD)/results/2_$*.model b 'data=$(DATA)'
$(BUILD)/maps/som_%.tsv: $(BUILD)/results/4_%_v0.tsv $(BIN)/som | $(BUILD)/maps ; @$(BIN)/som $@ $(BUILD)/results/4_$*_v0.model 'data=$(DATA)'

$(addprefix $(BUILD)/figures/,F1a.svg F1b.svg F1c.svg): plots/diagram.gp
$(addprefix $(BUILD)/figures/,F5.svg latent.svg ways.svg): $(BUILD)/figures/%.svg: $(BUILD)/tables/made plots/%.gp
$(addprefix $(BUILD)/figures/,F5.svg latent.svg ways.svg): SETTINGS = input='$(BUILD)/tables/$*.points'; note='$(TOLD)'

# -- all of it ------------------------------------------------------------------------------------
reproduce: $(RESULTS)
	@$(MAKE) --no-print-directory report
report: $(BUILD)/report.html
	@$(if $(MISSING),echo "results: $(words $(MISSING)) of $(words $(WANTED)) missing: $(MISSING)")
	@$(if $(strip $(LEFT)),echo "figures: left out for want of instance 0 of a row: $(strip $(LEFT))")
	@$(if $(findstring built-in,$(TOLD)),echo "The data were the built-in letters; with the UCI file (make data) figures compare with the published ones.")
	@! command -v lua5.4 >/dev/null || lua5.4 paper/keep.lua same $(BUILD)
	@echo "Everything on one page: $(BUILD)/report.html"
$(BUILD)/report.html: $(BIN)/report $(BUILD)/tables/made $(FIGURES:%=$(BUILD)/figures/%.svg)
	@$(BIN)/report $@ $(BUILD)/tables $(BUILD)/figures $(FIGURES)
TABLED := $(shell cat $(BUILD)/tables/made 2>/dev/null)
$(BUILD)/tables/made: $(BIN)/tables $(RESULTS) paper/published.tsv \
		$(if $(filter-out $(RESULTS),$(TABLED))$(filter-out $(TABLED),$(RESULTS)),FORCE) | $(BUILD)/tables
	@$(BIN)/tables $(BUILD)/tables paper/published.tsv $(RESULTS)
	@echo $(RESULTS) >$@

# -- beyond the thesis: a table and a figure each, C1 and C5 by one program -----------------
CAPABILITY = @$< $(BUILD)/tables 'data=$(DATA)'
GIVEN    = $(BUILD)/settings_beyond $(wildcard $(DATA))
CAPABLE  := C1 C2 C3 C4 C5 C6 C7
COMPARED := $(foreach t,all 4centres 1centre,$(foreach p,8020 $(if $(SPLIT),uea),$(COUNTED:%=$(BUILD)/beyond/$(t)_$(p)_v%.tsv)))

beyond: $(BUILD)/tables/W20.tsv $(BUILD)/tables/R1.tsv $(CAPABLE:%=$(BUILD)/figures/%.svg)
	@$(if $(SPLIT),,echo "W20: without the UEA split; SPLIT names its index files")
$(BUILD)/beyond/%.tsv: $(BIN)/compare $(GIVEN) | $(BUILD)/beyond
	@$(BIN)/compare $@ 'data=$(DATA)' $(if $(SPLIT),'train=$(SPLIT)_train_uci_index.csv' 'test=$(SPLIT)_test_uci_index.csv')
$(BUILD)/tables/W20.tsv: $(COMPARED) $(BUILD)/settings_seeds | $(BUILD)/tables
	@$(BIN)/compare table $(BUILD)/tables $(COMPARED)
$(BUILD)/tables/R1.tsv: $(BIN)/contest $(GIVEN) $(BUILD)/settings_contest | $(BUILD)/tables
	@$(BIN)/contest $(BUILD)/tables 'data=$(DATA)' 'split=$(SPLIT)' 'pendigits=$(PENDIGITS)' 'gestures=$(GESTURES)' \
	   seeds=$(INSTANCES)
$(BUILD)/tables/C1%tsv $(BUILD)/tables/C5%tsv: $(BIN)/unknown $(GIVEN) | $(BUILD)/tables ; $(CAPABILITY)
$(BUILD)/tables/C2.tsv: $(BIN)/early      $(GIVEN) | $(BUILD)/tables ; $(CAPABILITY)
$(BUILD)/tables/C3.tsv: $(BIN)/damage     $(GIVEN) | $(BUILD)/tables ; $(CAPABILITY)
$(BUILD)/tables/C4.tsv: $(BIN)/complete   $(GIVEN) | $(BUILD)/tables ; $(CAPABILITY)
$(BUILD)/tables/C6.tsv: $(BIN)/blend      $(GIVEN) | $(BUILD)/tables ; $(CAPABILITY)
$(BUILD)/tables/C7.tsv: $(BIN)/confidence $(GIVEN) | $(BUILD)/tables ; $(CAPABILITY)
$(CAPABLE:%=$(BUILD)/figures/%.svg): $(BUILD)/figures/%.svg: $(BUILD)/tables/%.tsv plots/beyond.gp
$(BUILD)/figures/C%.svg: NOTE = $(SOURCE)

# The snapshot in paper/: tables and figures of a run, meant for ROWS=all, and a line for every network that was ever part of it.
# So runs join: make restore, and make report takes the networks of earlier ones, too.
KEPT_quick = tables T1 T2D T4D T20D T2 fit training_data readings $(FIGURES)
KEPT_paper = paper_profile paper_profile ways
paper: reproduce
	@lua5.4 paper/keep.lua results $(RESULTS)
	@lua5.4 paper/keep.lua $(BUILD) $(KEPT_$(PROFILE))
	@[ $(PROFILE) = quick ] || cp $(wildcard $(RESULTS:.tsv=.way)) paper/recipe/
paper-beyond: beyond
	@lua5.4 paper/keep.lua $(BUILD) beyond R1 R2 W20 $(CAPABLE)
include examples/demo/rules.mk examples/bench/rules.mk paper/book/rules.mk

# -- tests ---------------------------------------------------------------------------------------
test check check-long ci: all $(TESTS:%=$(BIN)/%) | $(BUILD)/scratch
	@unset MAKELEVEL MAKEFLAGS MFLAGS; lua5.4 tests/run.lua $(BUILD) --group $@

# Are the results here those of everywhere?  In the order of the computation: the first that differs is where to look.
verify: $(BIN)/same_bytes
	@$(BIN)/same_bytes >$(BUILD)/bytes
	@diff $(GOLDEN) $(BUILD)/bytes >$(BUILD)/difference && echo "The same bytes." || \
	{ sed -n 's/^[<>] \(.*[^ ]\)  *[0-9a-f]*$$/first difference: \1/p' $(BUILD)/difference | head -n 1; exit 1; }

data: $(BIN)/data ; @sh examples/data/fetch.sh $(BIN)/data '$(UCI_URL)' data/mixoutALL_shifted.mat
help: ; @sed -n '3,/^$$/s/^# *//p' Makefile
clean:
	@rm -rf $(patsubst %/.made_by_make,%,$(wildcard $(FOLDERS:%=%/.made_by_make)))
	@rm -f $(addprefix $(BUILD)/,$(addprefix settings_,network beyond contest seeds) rows.mk report.html demo.html book.html bytes difference)
	@rmdir $(BUILD) 2>/dev/null || true
