# make book: the header as a book, one file.  make site: all there is to read, for any static host.  Included by the Makefile.

# A figure of the book is drawn by plots/book/NAME.gp; if there is an examples/book/NAME.c, from what that prints.
BOOK         := $(BUILD)/figures/book
BOOK_FIGURES := $(patsubst plots/book/%.gp,$(BOOK)/%.svg,$(wildcard plots/book/*.gp))
BOOK_DATA    := $(patsubst examples/book/%.c,$(BOOK)/%.svg,$(wildcard examples/book/*.c))

.PHONY: book site
book: $(BUILD)/book.html

$(BUILD)/book.html: $(wildcard paper/book/*) invclass.h $(wildcard examples/*.c examples/*/*.c) $(BOOK_FIGURES)
	@command -v lua5.4 >/dev/null || { echo "lua5.4 is not here (sh tests/setup.sh installs it)" >&2; exit 1; }
	@lua5.4 paper/book/weave.lua $(BUILD)

$(BOOK_FIGURES): $(BOOK)/%.svg: plots/book/%.gp plots/draw.sh plots/page.gp | $(BOOK)
	@sh plots/draw.sh $< $@ "input='$(filter %.tsv,$^)'"
$(BOOK_DATA): $(BOOK)/%.svg: $(BOOK)/%.tsv
$(BOOK)/%.tsv: $(BIN)/% | $(BOOK)
	@$< >$@.new && mv $@.new $@

site: $(BUILD)/book.html | $(BUILD)/site
	@lua5.4 paper/book/site.lua $(BUILD)
