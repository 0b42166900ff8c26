-- Group check: what compilers, sanitizers, analysers and fuzzers find, and other machines.

local warnings = " -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wdouble-promotion -Werror -I. -Itests "

-- The programs and the tests, without a warning.
test("warnings", function()
    for _, compiler in ipairs { "gcc", "clang" } do
        if need(compiler) then
            for file in sh("ls examples/*.c examples/*/*.c"):gmatch("%S+") do
                for _, std in ipairs { "c99", "c17" } do
                    local out, status = sh(compiler .. " -fsyntax-only -std=" .. std .. warnings .. file)
                    check(status == 0 and out == "", compiler .. " " .. std .. " " .. file, out:sub(1, 2000))
                end
            end
            for file in sh("ls tests/*.c tests/fuzz/*.c"):gmatch("%S+") do
                local out, status = sh(compiler .. " -fsyntax-only -std=c99" .. warnings .. file)
                check(status == 0 and out == "", compiler .. " " .. file, out:sub(1, 2000))
            end
        end
    end
end, "check")

-- Every C test under every sanitizer and on other machines, but for those that say "Not under NAME: why".
-- 32 bits with SSE compute what all compute, with x87 arithmetic something near it.  CHECK_SHORT makes some shorter.
local function sanitized(name, compiler, flags, runner)
    for _, of in ipairs(c_tests) do
        test(name .. "_" .. of, function()
            local file, program = "tests/test_" .. of .. ".c", scratch .. "/test_" .. of
            local reason = read(file):match("Not under " .. name .. ": ([^\n.]+)")
            if reason then print("   not run: " .. reason) return end
            if compiler == "gcc -m32" then compiler = bits_32() end
            if not compiler or not need(compiler:match("%S+")) or (runner and not need(runner:match("%S+"))) then return end
            if quiet("builds " .. file, compiler .. " -std=c99 -g " .. flags .. " -I. -Itests " .. file .. " -o " .. program
                     .. " -lm -pthread") then
                local out, status = sh("CHECK_SHORT=1 " .. (runner or "") .. " " .. program)
                check(status == 0 and out:find(" 0 failed", 1, true), file, out:sub(-3000))
            end
        end, "check")
    end
end

sanitized("address", "gcc", "-O1 -fsanitize=address,undefined,float-cast-overflow -fno-sanitize-recover=all")
sanitized("memory", "clang", "-O1 -fsanitize=memory")
sanitized("threads", "gcc", "-O1 -fsanitize=thread")
sanitized("valgrind", "gcc", "-O1", "valgrind -q --error-exitcode=9 --leak-check=full")
sanitized("sse", "gcc -m32", "-O2 -msse2 -mfpmath=sse" .. warnings)
sanitized("x87", "gcc -m32", "-O2 -DIC_ALLOW_OTHER_BYTES" .. warnings)

test("analysers", function()
    if need("clang-tidy") then
        for file in sh("ls examples/*.c examples/*/*.c"):gmatch("%S+") do
            local out, status = sh("clang-tidy --quiet " .. file .. " -- -std=c99 -I.")
            check(status == 0 and not out:find("warning:", 1, true) and not out:find("error:", 1, true), "clang-tidy " .. file, out:sub(1, 4000))
        end
    end
    if need("cppcheck") then
        local out, status = sh("cppcheck --quiet --std=c99 --max-configs=1 -D__GNUC__ -D__x86_64__ -D__unix__ --enable=warning,performance,portability "
            .. "--suppressions-list=.cppcheck --error-exitcode=1 -I. examples/*.c examples/*/*.c")
        check(status == 0, "cppcheck", out:sub(1, 4000))
    end
end, "check")

-- Fuzzers, of the readers of files and of the public interface: 20 seconds each from the corpora beside them.  The
-- corpora are replayed in any case.
test("fuzz", function()
    local flags = " -std=c99 -g -O1 -fsanitize=address,undefined -fno-sanitize-recover=all -I. -Itests tests/fuzz/fuzz_"
    for name in sh("ls tests/fuzz/fuzz_*.c"):gmatch("fuzz_(%w+)%.c") do
        local program, corpus = scratch .. "/fuzz_" .. name, "tests/fuzz/" .. name
        if quiet("builds fuzz_" .. name, "cc" .. flags .. name .. ".c -o " .. program .. " -lm -pthread") then
            local out, status = sh(program .. " " .. corpus .. "/*")
            check(status == 0 and out:find("inputs survived", 1, true), "corpus of " .. name, out:sub(-3000))
        end
        if need("clang") and quiet("builds the fuzzer " .. name, "clang -DFUZZER -fsanitize=fuzzer" .. flags .. name .. ".c -o "
                                   .. program .. " -lm -pthread") then
            sh("mkdir -p " .. scratch .. "/new_" .. name)
            local out, status = sh(program .. " -max_total_time=20 -max_len=8192 -timeout=120 -rss_limit_mb=1024 -artifact_prefix="
                                   .. scratch .. "/ " .. scratch .. "/new_" .. name .. " " .. corpus)
            local runs = out:match("Done (%d+) runs")
            check(status == 0 and runs, "fuzz " .. name, out:sub(-3000))
            if runs then print("   " .. name .. ": " .. runs .. " inputs") end
        end
    end
end, "check")

-- Windows: everything builds, and where wine is, the tests run and the bytes are the same.  What says "Not
-- under windows" uses what Windows has not.
test("windows", function()
    if not need("x86_64-w64-mingw32-gcc") then return end
    local program, wine = scratch .. "/windows.exe", need("wine")
    local run = "CHECK_SHORT=1 WINEDEBUG=-all WINEPREFIX=$(realpath " .. scratch .. ")/wine wine " .. program .. " 2>/dev/null | tr -d '\\r'"
    write(scratch .. "/one.c", "#include <windows.h>\n#define INVCLASS_IMPLEMENTATION\n#include \"invclass.h\"\nint main(void) { return ic_status_text(IC_OK) == NULL; }\n")
    quiet("Windows: after windows.h", "x86_64-w64-mingw32-gcc -std=gnu99 -O1 -Wall -Wextra -Werror -I. " .. scratch .. "/one.c -o " .. program)
    for file in sh("ls examples/*.c tests/*.c"):gmatch("%S+") do
        local reason = read(file):match("Not under windows: ([^\n.]+)")
        if reason then
            print("   " .. file .. ": not built: " .. reason)
        elseif quiet("Windows: " .. file, "x86_64-w64-mingw32-gcc -std=c99 -O2 -static -D__USE_MINGW_ANSI_STDIO" .. warnings .. file
                     .. " -o " .. program) and wine then
            local out = sh(run)
            if file == "tests/same_bytes.c" then
                check(out == read("tests/same_bytes.txt"), "Windows: the same bytes", out)
            elseif file:find("^tests/") then
                check(out:find(" 0 failed", 1, true), "Windows: " .. file .. " runs", out:sub(-3000))
            end
        end
    end
end, "check")

-- A processor whose bytes lie the other way round in memory.  (-std=gnu99: the standard's mode computes
-- floats as doubles there, and does not compile.)
test("big_endian", function()
    if not (need("s390x-linux-gnu-gcc") and need("qemu-s390x")) then return end
    local program = scratch .. "/same"
    if quiet("s390: same_bytes", "s390x-linux-gnu-gcc -static -std=gnu99 -O2" .. warnings .. "tests/same_bytes.c -o " .. program .. " -lm -pthread") then
        check(sh("qemu-s390x " .. program) == read("tests/same_bytes.txt"), "s390: the same bytes")
    end
end, "check")

-- Compiler options that allow other arithmetic.  Each either changes no byte, or does not compile, or is found
-- out before anything is computed.
test("arithmetic", function()
    local golden, refusal = read("tests/same_bytes.txt"), "change the arithmetic"
    local function try(wanted, compiler, option, arguments)
        if not need(compiler) then return end
        local program = scratch .. "/same"
        local out, status = sh(compiler .. " -O2 " .. option .. " -I. tests/same_bytes.c -o " .. program .. " -lm -pthread")
        if status == 0 then out, status = sh(program .. " " .. (arguments or "")) end
        local got = out == golden and "same" or out:find(refusal, 1, true) and "refused" or out:find("same bytes everywhere", 1, true)
                    and "compiler" or "other bytes"
        check(got == wanted, compiler .. " " .. option .. ": " .. wanted, got .. "\n" .. out:sub(1, 2000))
    end
    local reorder = "-fassociative-math -fno-signed-zeros -fno-trapping-math"
    for _, compiler in ipairs { "gcc", "clang" } do
        try("same", compiler, reorder)
        try("same", compiler, "-freciprocal-math")
        try("refused", compiler, "-funsafe-math-optimizations")           -- links code that flushes small numbers to zero
        try("compiler", compiler, "-ffinite-math-only")
    end
    try("same", "gcc", "-ffp-contract=fast -mfma")
    try("same", "gcc", "-O0 -mfma", "plain")                               -- where fmaf would be a call
    try("compiler", "gcc", "-fsingle-precision-constant")
    if machine == "x86_64" then                      -- the processor takes small operands for 0
        write(scratch .. "/daz.c", "#include <xmmintrin.h>\n__attribute__((constructor)) static void daz(void) { _mm_setcsr(_mm_getcsr() | 0x40); }\n")
        try("refused", "gcc", scratch .. "/daz.c")
    end
    try("refused", "clang", "-ffp-contract=fast")
    try("refused", "clang", "-ffp-contract=fast -mfma", "plain")
end, "check")
