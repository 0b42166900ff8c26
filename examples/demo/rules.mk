# make demo: the page, one file.  Included by the Makefile.

# WebAssembly with vectors and nothing else: no C library, no other toolchain.
WASM  := clang --target=wasm32 -std=c99 -O2 -msimd128 -mbulk-memory -nostdlib -nostdlibinc -fvisibility=hidden \
         -Iexamples/demo/wasm -Iexamples/demo -I. -Wall -Wextra -Wconversion -Wshadow -Werror \
         -Wl,--no-entry,--export-dynamic,--strip-all,-z,stack-size=262144
DEMO  := $(BUILD)/demo

.PHONY: demo
demo: $(BUILD)/demo.html

$(BUILD)/demo.html: $(addprefix examples/demo/,build.lua demo.html demo.css demo.js) paper/book/page.lua $(DEMO)/demo.wasm $(DEMO)/page.letters
	@lua5.4 $< $(BUILD)

$(DEMO)/demo.wasm: $(wildcard examples/demo/wasm/*) examples/demo/page.h invclass.h | $(DEMO)
	@command -v clang >/dev/null && command -v wasm-ld >/dev/null || { echo "clang and lld are not both here (sh tests/setup.sh demo installs them)" >&2; exit 1; }
	$(WASM) examples/demo/wasm/demo.c -o $@.new && mv $@.new $@

# What it writes last.
$(DEMO)/page.letters: $(BIN)/teach | $(DEMO)
	$(BIN)/teach $(DEMO)
