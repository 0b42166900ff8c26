-- Runs all tests: the C programs, then the project's own programs as a user would run them.
--     lua5.4 tests/run.lua BUILD [--group test|check|check-long ...] [name ...]
-- A group runs as many tests at a time as there are processors, each a run of this script with its
-- name and its folder in BUILD/scratch: no test needs what another leaves.  What it said is shown when
-- it is over.
-- Group test: minutes, what every change must pass.  check: sanitizers, fuzzers, analysers, other
-- targets, full disks.  check-long: kills.  Without a group or names: test.
-- Closes with "N passed, N failed"; exit status 1 if anything failed.

local build = arg[1] or "build"
local names, groups, only, part = {}, {}, {}, false
for k = 2, #arg do
    if arg[k] == "--part" then part = true
    elseif arg[k - 1] == "--group" then groups[arg[k]] = true
    elseif arg[k] ~= "--group" then names[#names + 1] = arg[k] only[arg[k]] = true end
end
if #names == 0 and next(groups) == nil then groups.test = true end
local scratch = build .. "/scratch" .. (#names > 0 and "/" .. names[1] or "")
local passed, failed = 0, 0
io.stdout:setvbuf("line")

local function sh(command)                       -- output and exit status of a shell command
    local pipe = io.popen("{ " .. command .. "\n} 2>&1")
    local out = pipe:read("a")
    local _, _, status = pipe:close()
    return out, status or 0
end

local function check(ok, what, detail)
    if ok then passed = passed + 1 return true end
    failed = failed + 1
    print("FAILED: " .. what .. (detail and ("\n    " .. detail:gsub("\n", "\n    ")) or ""))
end

local function read(path)
    local file = io.open(path, "rb")
    if not file then return nil end
    local text = file:read("a")
    file:close()
    return text
end

local function write(path, text)
    local file = assert(io.open(path, "wb"))
    file:write(text)
    file:close()
end

local function have(tool) return select(2, sh("command -v " .. tool)) == 0 end

-- Is the tool here?  If not, that is said, and what it is for is not tried.
local function need(tool)
    if have(tool) then return true end
    print("no " .. tool .. " here: not tried")
end

-- The compiler of 32-bit programs.  Where only the C library is (libc6-dev-i386, lib32gcc-*-dev), not
-- gcc-multilib, which bars compilers for ARM, the headers of the kernel are found a directory further.
local function bits_32()
    write(scratch .. "/empty.c", "#include <errno.h>\n#include <stdio.h>\nint main(void) { return errno; }\n")
    for _, compiler in ipairs { "gcc -m32", "gcc -m32 -idirafter /usr/include/x86_64-linux-gnu" } do
        if select(2, sh(compiler .. " " .. scratch .. "/empty.c -o " .. scratch .. "/empty && " .. scratch .. "/empty")) == 0 then
            return compiler
        end
    end
    print("no 32-bit C library here: not tried")
end

local tests = {}
local function test(name, run, group) tests[#tests + 1] = { name, run, group or "test" } end

-- The C tests print "N passed, N failed" themselves.
for _, name in ipairs { "gradient", "network", "train", "math", "random", "dtw", "kmeans", "som", "uci", "faults", "edges" } do
    if read("tests/test_" .. name .. ".c") then
        test(name, function()
            local out, status = sh(build .. "/bin/test_" .. name)
            local p, f = out:match("(%d+) passed, (%d+) failed%s*$")
            if not p then check(false, name, out) return end
            passed, failed = passed + tonumber(p), failed + tonumber(f)
            if status ~= 0 and tonumber(f) == 0 then check(false, name .. " exits with " .. status, out) end
            io.write(out)
        end)
    end
end

-- Same matrix for C and C++, each alone and with every option, without a warning; the program calls
-- the library, for an implementation that is never called is never compiled in full.
test("compilers", function()
    local flags = " -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wdouble-promotion -Werror -I. "
    local call = [[
#define INVCLASS_IMPLEMENTATION
#include "invclass.h"
#include "invclass.h"
int main(void) {
    ic_config c; ic_model m; ic_status s;
    memset(&c, 0, sizeof c); c.inputs = c.hidden = c.outputs = c.steps = 2;
    s = ic_model_init(&m, &c, NULL);
    if (s == IC_OK) s = ic_model_randomise(&m, 1);
    return s != IC_OK || ic_status_text(s) == NULL;
}
]]
    write(scratch .. "/one.c", call)
    write(scratch .. "/one.cc", call)
    local function try(compiler, option, file)
        local out, status = sh(compiler .. " " .. option .. flags .. file .. " -o " .. scratch .. "/one -lm -pthread && "
                               .. scratch .. "/one")
        check(status == 0 and out == "", compiler .. " " .. option .. " " .. file, out)
    end
    for _, c in ipairs { { "gcc", "g++" }, { "clang", "clang++" } } do
        if need(c[1]) then
            for k, std in ipairs { "c99", "c11", "c17", "gnu99" } do
                try(c[1], (k == 1 and "-O2" or "-O0") .. " -std=" .. std, scratch .. "/one.c")
            end
            for _, option in ipairs { "-DIC_STATIC", "-DIC_NO_STDIO", "-DIC_NO_THREADS", "-DIC_NO_SIMD", "-DIC_DOUBLE" } do
                try(c[1], "-std=c99 -O1 " .. option, scratch .. "/one.c")
            end
        end
        if need(c[2]) then
            for k, std in ipairs { "c++11", "c++14", "c++17", "c++20" } do
                try(c[2], (k == 1 and "-O2" or "-O0") .. " -std=" .. std, scratch .. "/one.cc")
            end
        end
    end
    local out, status = sh("cc -O2 -ffast-math -I. -c " .. scratch .. "/one.c -o " .. scratch .. "/one.o")
    check(status ~= 0 and out:find("same bytes everywhere", 1, true), "-ffast-math is refused", out)
    out, status = sh("cc -O2 -ffast-math -DIC_ALLOW_FAST_MATH -I. " .. scratch .. "/one.c -o " .. scratch
                     .. "/one -lm -pthread && " .. scratch .. "/one")
    check(status == 0, "-ffast-math, if one insists", out)
    -- two files, one implementation
    write(scratch .. "/two.c", '#include "invclass.h"\nconst char *two(void);\nconst char *two(void) { return ic_status_text(IC_E_MEMORY); }\n')
    out, status = sh("cc -std=c99 -I. " .. scratch .. "/one.c " .. scratch .. "/two.c -o " .. scratch .. "/one -lm -pthread")
    check(status == 0, "two translation units", out)
    -- two files, an implementation each, to itself
    write(scratch .. "/two.c", call:gsub("int main%(void%)", "int two(void);\nint two(void)"))
    out, status = sh("cc -std=c99 -Wall -Wextra -Werror -DIC_STATIC -I. " .. scratch .. "/one.c " .. scratch .. "/two.c -o "
                     .. scratch .. "/one -lm -pthread && " .. scratch .. "/one")
    check(status == 0, "two translation units, IC_STATIC", out)
end)

-- The golden hashes of tests/same_bytes.txt from every compiler, option, language, vector width and
-- number of threads at hand.  On a difference the first array that differs is named.
test("same_bytes", function()
    local golden = read("tests/same_bytes.txt")
    local function compare(what, command)
        local out, status = sh(command)
        if status == 77 then return end                       -- this width cannot run here
        local differs
        for line in golden:gmatch("[^\n]+") do
            if not differs and not out:find(line, 1, true) then differs = line end
        end
        check(status == 0 and not differs, what .. ": the same bytes", "first difference: " .. (differs or "?") .. "\n" .. out)
    end
    local flags = " -ffp-contract=off -I. "
    local program = scratch .. "/same"
    local function build_and_compare(compiler, option, runs, source, runner)
        local out, status = sh(compiler .. " " .. option .. flags .. source .. " -o " .. program .. " -lm -pthread")
        check(status == 0, compiler .. " " .. option, out)
        for _, arguments in ipairs(runs) do
            compare(compiler .. " " .. option .. " " .. arguments, (runner or "") .. program .. " " .. arguments)
        end
    end
    local all = { "best", "best 2", "best 7", "plain", "avx2", "avx2 7", "avx512 2" }
    for _, compiler in ipairs { "gcc", "clang" } do
        if need(compiler) then
            build_and_compare(compiler, "-std=c99 -O2", all, "tests/same_bytes.c")
            build_and_compare(compiler, "-std=gnu11 -O0", { "best" }, "tests/same_bytes.c")
            build_and_compare(compiler, "-std=gnu11 -O3 -march=native", { "best", "plain 2" }, "tests/same_bytes.c")
        end
    end
    if need("g++") then build_and_compare("g++", "-std=c++11 -O2 -x c++", { "best" }, "tests/same_bytes.c") end
    if need("clang++") then build_and_compare("clang++", "-std=c++20 -O2 -x c++", { "best 2" }, "tests/same_bytes.c") end
    build_and_compare("cc", "-std=c99 -O2 -DIC_NO_THREADS", { "best 7" }, "tests/same_bytes.c")
    local arm = "tests/same_bytes.c"
    if need("aarch64-linux-gnu-gcc") and need("qemu-aarch64") then
        build_and_compare("aarch64-linux-gnu-gcc", "-static -std=c99 -O2", { "neon", "neon 7", "plain" }, arm, "qemu-aarch64 ")
        build_and_compare("aarch64-linux-gnu-gcc", "-static -std=gnu11 -O0", { "neon" }, arm, "qemu-aarch64 ")
        if have("clang") then
            build_and_compare("clang --target=aarch64-linux-gnu", "-static -std=c99 -O2", { "neon 2" }, arm, "qemu-aarch64 ")
        end
    end
    local m32 = bits_32()
    if m32 then build_and_compare(m32, "-msse2 -mfpmath=sse -std=c99 -O2", { "best", "plain 2" }, "tests/same_bytes.c") end
    -- make verify says so, or names the first array that differs
    local out, status = sh("make BUILD=" .. build .. " verify")
    check(status == 0 and out:find("The same bytes.", 1, true), "make verify", out)
    write(scratch .. "/other.txt", (golden:gsub("(gradient +)%x+", "%10123456789abcdef"):gsub("(DTW +)%x+", "%10")))
    out, status = sh("make BUILD=" .. build .. " verify GOLDEN=" .. scratch .. "/other.txt")
    check(status ~= 0 and out:find("first difference: gradient\n", 1, true), "make verify of other bytes", out)
end)

test("manual", function()
    local header = read("invclass.h")
    local example = header:match("EXAMPLE:[^\n]*\n(.-)CONTENTS")
    write(scratch .. "/example.c", example)
    local out, status = sh("cc -std=c99 -Wall -Wextra -Werror -O2 -I. " .. scratch .. "/example.c -o " .. scratch
                           .. "/example -lm -pthread && " .. scratch .. "/example")
    check(status == 0 and tonumber(out:match("([%d.]+) falling\n")) > 0.8, "the manual's example", out)
    -- every section named in the contents exists, and every public function is declared once
    for tag in header:match("CONTENTS(.-)THE API BY TASK"):gmatch("%[%u%d?%]") do
        check(select(2, header:gsub(tag:gsub("[%[%]]", "%%%0"), "")) > 1, "section " .. tag)
    end
    local readme = read("README.md")
    check(readme:find(read("examples/quickstart.c"), 1, true), "README.md shows examples/quickstart.c as it is")
end)

test("quickstart", function()
    local out, status = sh(build .. "/bin/quickstart")
    local right = out:match("(%d+) of 20 recognised")
    check(status == 0 and right and tonumber(right) >= 18, "quickstart", out)
end)

local function make(arguments) return sh("make BUILD=" .. scratch .. "/run DATA= OPTIONS=updates=12 " .. arguments) end
local run = scratch .. "/run"

test("reproduce", function()
    sh("rm -rf " .. run)
    local out, status = make("-j2 reproduce ROWS='naked noise_03' CLASSES=2 INSTANCES=2")
    check(status == 0, "make reproduce", out)
    for _, file in ipairs { "results/2_naked_v0.tsv", "results/2_naked_v0.model", "results/2_noise_03_v1.tsv",
                            "tables/T1.tsv", "tables/T1.md", "tables/T2D.tsv", "figures/F2A.svg", "figures/F2A.png",
                            "figures/F2H.svg", "figures/F3.png", "figures/F1a.svg", "figures/F5.png", "report.html",
                            "figures/heatmaps_naked.svg", "figures/latent.svg", "tables/latent.md" } do
        check(read(run .. "/" .. file), file .. " is made")
    end
    check(out:find("T4D left out", 1, true), "a table that cannot be made is named", out)
    check(out:find("F2C (noise_01, 2 classes)", 1, true), "a figure that cannot be made is named", out)
    check(read(run .. "/tables/T2D.md"):find("built-in letters", 1, true), "tables name the data")
    check(read(run .. "/figures/F2A.svg"):find("built-in letters", 1, true), "figures name the data")
    local hash_0 = read(run .. "/results/2_naked_v0.tsv"):match("\nweights_hash\t(%x+)\n") or "none"
    local hash_1 = read(run .. "/results/2_naked_v1.tsv"):match("\nweights_hash\t(%x+)\n") or "none"
    check(#hash_0 == 16 and #hash_1 == 16 and hash_0 ~= hash_1, "results hold the hash of the weights", hash_0 .. " " .. hash_1)
    local verdicts = 0
    for line in read(run .. "/tables/T2D.tsv"):gmatch("[^\n]+") do
        verdicts = verdicts + ((line:match("\tagrees$") or line:match("\tdiffers$")) and 1 or 0)
    end
    check(verdicts == 2, "each row has a verdict", read(run .. "/tables/T2D.tsv"))
    -- again: nothing to do; one result lost: that one is made again, to the same bytes
    local before, model = read(run .. "/tables/T2D.tsv"), read(run .. "/results/2_naked_v1.model")
    out = make("reproduce ROWS='naked noise_03' CLASSES=2 INSTANCES=2")
    check(not out:find("accuracy", 1, true), "a second run trains nothing", out)
    os.remove(run .. "/results/2_naked_v1.tsv")
    out = make("reproduce ROWS='naked noise_03' CLASSES=2 INSTANCES=2")
    check(select(2, out:gsub("accuracy", "")) == 1, "only the lost network is trained again", out)
    check(read(run .. "/results/2_naked_v1.model") == model, "and comes out the same")
    check(read(run .. "/tables/T2D.tsv") == before, "and so does the table")
    -- a reading takes the networks of its row
    out, status = make("reproduce ROWS='naked noise_03 naked_drift' CLASSES=2 INSTANCES=2")
    check(status == 0 and select(2, out:gsub("accuracy", "")) == 2, "a reading trains nothing", out)
    check(read(run .. "/tables/readings.tsv"):find("start drifts", 1, true), "readings have a table")
    check(not read(run .. "/results/2_naked_drift_v0.model"), "and no model of their own")
    out, status = make("PROFILE=paper BUILD=" .. run .. "/none plan ROWS=naked CLASSES=2 INSTANCES=3")
    check(status == 0 and out:find("3 networks to train: about [%d.]+ hours"), "the paper's budget has an estimate", out)
end)

-- Beyond the thesis: one comparison on the built-in letters, and the table made of it.
test("beyond", function()
    local result = scratch .. "/1centre_8020_v0.tsv"
    local out, status = sh(build .. "/bin/compare " .. result)
    local text = read(result) or ""
    local inversion = tonumber(text:match("accuracy inversion\t([%d.]+)")) or 0
    local nearest = tonumber(text:match("accuracy nearest mean\t([%d.]+)")) or 1
    check(status == 0 and inversion >= nearest, "explaining is no worse than the nearest mean letter", out)
    sh("mkdir -p " .. scratch .. "/w20")
    out, status = sh(build .. "/bin/compare table " .. scratch .. "/w20 " .. result)
    local lines = select(2, (read(scratch .. "/w20/W20.tsv") or ""):gsub("\n", ""))
    check(status == 0 and lines == 9, "W20 has a line a method", out .. lines)
    local index = scratch .. "/index.csv"
    for text, pattern in pairs { ["12\nx\n"] = "line 2", ["999999\n"] = "line 1", ["3\n-1\n"] = "line 2" } do
        write(index, text)
        out, status = sh(build .. "/bin/compare " .. scratch .. "/1centre_uea_v0.tsv train=" .. index .. " test=" .. index)
        check(status == 1 and out:find(index, 1, true) and out:find(pattern), "an index file that is wrong: " .. pattern, out)
    end
    out, status = sh(build .. "/bin/compare " .. scratch .. "/2centres_8020_v0.tsv")
    check(status == 1 and out:find("2centres_8020", 1, true), "an unknown training set", out)
    out, status = sh(build .. "/bin/early " .. scratch .. "/C2 data=" .. scratch .. "/none.mat")
    check(status == 1 and out:find("none.mat", 1, true), "data that are not there", out)
end)

-- The lines of make list, by a shell or many at a time, leave what make reproduce leaves.
test("list", function()
    local of = " ROWS='naked noise_03 naked_drift' CLASSES=2 INSTANCES=2"
    local function results()
        return (sh("cd " .. run .. " && grep -v ^seconds_ results/*.tsv && cksum results/*.model tables/*.tsv tables/*.md"))
    end
    make("-j2 reproduce" .. of)
    local want, jobs = results(), scratch .. "/jobs"
    for _, runner in ipairs { "sh", "parallel -j4 --will-cite" } do
        if need(runner:match("%S+")) then
            sh("rm -r " .. run .. "/results " .. run .. "/tables")
            local lines, status = make("--no-print-directory list" .. of .. " >" .. jobs .. " && cat " .. jobs)
            check(status == 0 and select(2, lines:gsub("[^\n]+", "")) == 4, "a line a network", lines)
            check(lines:find("2_naked_v1.tsv " .. run .. "/results/2_naked_drift_v1.tsv", 1, true),
                  "a reading is in the line of its network", lines)
            local out
            out, status = sh(runner .. " <" .. jobs)
            check(status == 0 and select(2, out:gsub("accuracy", "")) == 6, runner .. ": every result is made once", out)
            os.rename(run .. "/results/2_naked_v1.tsv", scratch .. "/kept.tsv")
            out, status = make("report" .. of)
            check(status == 0 and not out:find("accuracy", 1, true), "make report trains nothing", out)
            check(out:find("1 of 6 missing: 2_naked_v1\n", 1, true), "and names what is missing", out)
            os.rename(scratch .. "/kept.tsv", run .. "/results/2_naked_v1.tsv")
            out, status = make("report" .. of)
            check(status == 0 and results() == want, runner .. ": the same results and tables", results())
            out = make("reproduce" .. of)
            check(not out:find("accuracy", 1, true), "make reproduce finds nothing to train", out)
        end
    end
end)

test("killed", function()
    -- Runs killed at odd moments and started again end with the same tables.
    make("-j2 reproduce ROWS='naked noise_03' CLASSES=2 INSTANCES=2")
    local want = read(run .. "/tables/T2D.tsv")
    sh("rm -rf " .. run)
    for k = 1, 6 do
        sh("setsid make BUILD=" .. run .. " DATA= OPTIONS=updates=12 -j2 reproduce ROWS='naked noise_03' CLASSES=2 INSTANCES=2 "
           .. ">/dev/null & p=$!; sleep " .. (0.3 + 0.37 * k) .. "; kill -9 -- -$p")
    end
    local out, status = make("-j2 reproduce ROWS='naked noise_03' CLASSES=2 INSTANCES=2")
    check(status == 0 and read(run .. "/tables/T2D.tsv") == want, "tables after six kills", out)
end)

-- A complaint is one line that names the file, with exit status 1, and leaves results alone.
local function complains(what, command, file, pattern)
    local out, status = sh(command)
    check(status == 1 and select(2, out:gsub("\n", "")) == 1 and out:find(file, 1, true) and out:find(pattern),
          what, command .. "\nexit " .. tostring(status) .. ": " .. out)
end

test("bad_input", function()
    local result = run .. "/results/2_naked_v0.tsv"
    make(result)
    local before, model = read(result), read(run .. "/results/2_naked_v0.model")
    local network = build .. "/bin/network " .. result .. " updates=2 data="
    complains("missing data", network .. "nowhere.mat", "nowhere.mat", "cannot be opened")
    write(scratch .. "/foreign.mat", "hello, this is no MAT-file" .. ("x"):rep(500))
    complains("foreign data", network .. scratch .. "/foreign.mat", "foreign.mat", "not a MATLAB")
    local real = read("../shared/data/mixoutALL_shifted.mat") or read("data/mixoutALL_shifted.mat")
    if real then
        write(scratch .. "/cut.mat", real:sub(1, #real // 2))
        complains("truncated data", network .. scratch .. "/cut.mat", "cut.mat", "truncated")
        local at = #real // 3
        write(scratch .. "/flipped.mat", real:sub(1, at - 1) .. string.char(real:byte(at) ~ 16) .. real:sub(at + 1))
        complains("flipped bit", network .. scratch .. "/flipped.mat", "flipped.mat", "element at byte")
        os.remove(scratch .. "/cut.mat")
        os.remove(scratch .. "/flipped.mat")
    end
    sh("truncate -s 65M " .. scratch .. "/huge.mat")        -- 64 MB is the most that is read
    complains("huge data", network .. scratch .. "/huge.mat", "huge.mat", "larger than any file")
    local map = build .. "/bin/heatmap " .. scratch .. "/map.tsv "
    complains("missing model", map .. "nowhere.model a", "nowhere.model", "cannot be opened")
    write(scratch .. "/cut.model", model:sub(1, 1000))
    complains("truncated model", map .. scratch .. "/cut.model a", "cut.model", "ends too early")
    write(scratch .. "/flipped.model", model:sub(1, 999) .. string.char(model:byte(1000) ~ 1) .. model:sub(1001))
    complains("flipped bit in a model", map .. scratch .. "/flipped.model a", "flipped.model", "damaged")
    complains("unknown row", build .. "/bin/network " .. scratch .. "/2_nothing_v0.tsv", "2_nothing_v0.tsv", "known row")
    complains("zero classes", build .. "/bin/network " .. scratch .. "/0_naked_v0.tsv", "0_naked_v0.tsv", "1 to 20 classes")
    complains("absurd threads", build .. "/bin/network " .. scratch .. "/2_naked_v0.tsv threads=99999", "99999", "not a whole number")
    write(scratch .. "/2_naked_v7.tsv", "accuracy\tmany\n")
    complains("damaged result", build .. "/bin/tables " .. scratch .. " paper/published.tsv " .. scratch .. "/2_naked_v7.tsv",
              "2_naked_v7.tsv", "no accuracy")
    -- no room on the disk: a limit on file sizes stands for it
    complains("full disk", "trap '' XFSZ; ulimit -f 8; " .. build .. "/bin/network " .. result .. " updates=2",
              "2_naked_v0.model", "disk full")
    check(read(result) == before and read(run .. "/results/2_naked_v0.model") == model, "results are untouched")
    check(select(2, sh("ls " .. run .. "/results/*.new")) ~= 0, "no temporary file is left")
end)

-- -- check ----------------------------------------------------------------------------------------

local warnings = " -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wdouble-promotion -Werror -I. -Itests "

-- A command that should say nothing of its own accord and end well.
local function quiet(what, command)
    local out, status = sh(command)
    check(status == 0, what, command .. "\n" .. out:sub(-2000))
    return status == 0
end

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

-- C tests under a sanitizer: those that reach the code it is about.  CHECK_SHORT makes some shorter.
local function sanitized(label, compiler, flags, names, environment)
    if not need(compiler:match("%S+")) then return end
    for _, name in ipairs(names) do
        local program = scratch .. "/sanitized"
        if quiet(label .. ": builds test_" .. name, compiler .. " -std=c99 -g " .. flags .. " -I. -Itests tests/test_"
                 .. name .. ".c -o " .. program .. " -lm -pthread") then
            local out, status = sh("CHECK_SHORT=1 " .. (environment or "") .. " " .. program)
            check(status == 0 and out:find(" 0 failed", 1, true), label .. ": test_" .. name, out:sub(-3000))
        end
    end
end

local all_tests = { "gradient", "network", "train", "random", "dtw", "kmeans", "som", "uci", "faults", "edges" }

test("address", function()
    sanitized("ASan and UBSan", "gcc", "-O1 -fsanitize=address,undefined -fno-sanitize-recover=all", all_tests)
    sanitized("UBSan", "clang", "-O1 -fsanitize=undefined,float-cast-overflow -fno-sanitize-recover=all", { "network", "train", "uci" })
end, "check")
test("memory", function()
    sanitized("MSan", "clang", "-O1 -fsanitize=memory", { "network", "train", "kmeans", "som", "uci", "dtw", "edges" })
end, "check")
test("threads", function()
    sanitized("TSan", "gcc", "-O1 -fsanitize=thread", { "network", "train", "faults", "edges" })
end, "check")
test("valgrind", function()
    if not need("valgrind") then return end
    sanitized("valgrind", "gcc", "-O1", { "kmeans", "som", "dtw", "faults", "edges" },
              "valgrind -q --error-exitcode=9 --leak-check=full")
end, "check")

test("analysers", function()
    if need("clang-tidy") then
        for file in sh("ls examples/*.c examples/*/*.c"):gmatch("%S+") do
            local out = sh("clang-tidy --quiet " .. file .. " -- -std=c99 -I.")
            check(not out:find("warning:", 1, true) and not out:find("error:", 1, true), "clang-tidy " .. file, out:sub(1, 4000))
        end
    end
    if need("cppcheck") then
        local out, status = sh("cppcheck --quiet --std=c99 --max-configs=1 -D__GNUC__ -D__x86_64__ -D__unix__ --enable=warning,performance,portability "
            .. "--suppressions-list=.cppcheck --error-exitcode=1 -I. examples/*.c examples/*/*.c")
        check(status == 0, "cppcheck", out:sub(1, 4000))
    end
end, "check")

-- Fuzzers: 20 seconds each from the corpora beside them.  The corpora are replayed in any case.
test("fuzz", function()
    local flags = " -std=c99 -g -O1 -fsanitize=address,undefined -fno-sanitize-recover=all -I. -Itests tests/fuzz/fuzz_"
    for _, name in ipairs { "mat", "model", "results" } do
        local program, corpus = scratch .. "/fuzz_" .. name, "tests/fuzz/" .. name
        if quiet("builds fuzz_" .. name, "cc" .. flags .. name .. ".c -o " .. program .. " -lm -pthread") then
            local out, status = sh(program .. " " .. corpus .. "/*")
            check(status == 0 and out:find("inputs survived", 1, true), "corpus of " .. name, out:sub(-3000))
        end
        if need("clang") and quiet("builds the fuzzer " .. name, "clang -DFUZZER -fsanitize=fuzzer" .. flags .. name .. ".c -o "
                                   .. program .. " -lm -pthread") then
            sh("mkdir -p " .. scratch .. "/new_" .. name)
            local out, status = sh(program .. " -max_total_time=20 -max_len=8192 -timeout=5 -rss_limit_mb=1024 -artifact_prefix="
                                   .. scratch .. "/ " .. scratch .. "/new_" .. name .. " " .. corpus)
            local runs = out:match("Done (%d+) runs")
            check(status == 0 and runs, "fuzz " .. name, out:sub(-3000))
            if runs then print("   " .. name .. ": " .. runs .. " inputs") end
        end
    end
end, "check")

-- Other machines: 32 bits with SSE, where all is as elsewhere; with x87 arithmetic, which has other bits
-- (not the tests that compare them); and Windows, where it has to build.
test("targets", function()
    local m32 = bits_32()
    if m32 then
        sanitized("32 bits", m32, "-O2 -msse2 -mfpmath=sse" .. warnings, all_tests)
        sanitized("32 bits, x87", m32, "-O2" .. warnings, { "gradient", "network", "dtw", "kmeans", "uci", "faults", "edges" })
    end
    if need("x86_64-w64-mingw32-gcc") then
        for _, file in ipairs { "examples/quickstart.c", "tests/test_edges.c", "tests/test_uci.c", "tests/test_train.c",
                                "tests/same_bytes.c" } do
            quiet("Windows: " .. file, "x86_64-w64-mingw32-gcc -std=c99 -O2 -D__USE_MINGW_ANSI_STDIO" .. warnings .. file
                  .. " -o " .. scratch .. "/windows.exe")
        end
    end
end, "check")

-- A full disk: nothing that was there is lost, nothing half-written stays.
local function small(arguments) return "make BIN=" .. build .. "/bin BUILD=" .. run .. " DATA= ROWS=naked CLASSES=2 OPTIONS=updates=2 " .. arguments end

test("full_disk", function()
    local disk, limit = scratch .. "/disk", ""
    sh("umount " .. disk .. "; mkdir -p " .. disk)
    local mounted = select(2, sh("mount -t tmpfs -o size=64m tmpfs " .. disk)) == 0
    print(mounted and "   on a small tmpfs" or "   no mount permitted: a limit on file sizes stands for the disk")
    local here = disk .. "/run"
    run = here
    local out, status = sh(small("INSTANCES=1 reproduce"))
    check(status == 0, "something to lose", out)
    local result = here .. "/results/2_naked_v0"
    local function files() return (sh("cd " .. here .. " && find . -type f | sort | xargs cksum")) end
    local before = files()
    local function fill(spare)                            -- all but so many pages of 4 KB
        if not mounted then limit = "trap '' XFSZ; ulimit -f 0; " return end
        sh("cat /dev/zero >" .. disk .. "/fill")
        if spare > 0 then sh("truncate -s -" .. 4096 * spare .. " " .. disk .. "/fill") end
    end
    local function full(what, command, file)
        local out, status = sh(limit .. command)
        check(status == (command:find("^make") and 2 or 1) and out:find(file, 1, true) and out:find("(disk full?)", 1, true), what, command .. "\n" .. out)
        check(files() == before, what .. ": all files are as before", files())
    end
    fill(0)
    full("a model", build .. "/bin/network " .. result .. ".tsv updates=2", result .. ".model")
    full("a table", build .. "/bin/tables " .. here .. "/tables paper/published.tsv " .. result .. ".tsv", "T1.tsv")
    full("a map", build .. "/bin/heatmap " .. here .. "/maps/naked_v0_a.tsv " .. result .. ".model a", "naked_v0_a.tsv")
    full("a figure", small("INSTANCES=1 -W plots/diagram.gp " .. here .. "/figures/F1a.svg"), "F1a.svg")
    full("the report", build .. "/bin/report " .. here .. "/report.html " .. here .. "/tables " .. here .. "/figures", "report.html")
    if mounted then                                       -- room for the model, none for the result
        local pages = (#read(result .. ".model") + 4095) // 4096
        os.remove(result .. ".model")
        os.remove(disk .. "/fill")
        fill(pages)
        full("a result", build .. "/bin/network " .. result .. ".tsv updates=2", result .. ".tsv")
        sh("umount " .. disk)
    end
end, "check")

-- Killed at random moments and started again, a run ends with the same tables, byte for byte.
test("kills", function()
    local function tables() return (sh("cd " .. run .. "/tables && cat T*.tsv T*.md instances*.tsv latent.tsv F5.points")) end
    run = scratch .. "/kills"
    local begun = os.time()
    local out, status = sh(small("INSTANCES=2 -j2 reproduce"))
    check(status == 0, "an undisturbed run", out)
    local want, length, lost = tables(), os.time() - begun + 1, 0
    math.randomseed(7)
    for _ = 1, 50 do
        sh("rm -rf " .. run)
        sh("setsid " .. small("INSTANCES=2 -j2 reproduce") .. " >" .. scratch .. "/killed.txt 2>&1 & p=$!; sleep "
           .. string.format("%.2f", math.random() * length) .. "; kill -9 -- -$p")
        out, status = sh(small("INSTANCES=2 -j2 reproduce"))
        if not check(status == 0 and tables() == want, "tables after a kill", out) then lost = lost + 1 end
    end
    print("   50 kills, " .. lost .. " runs with other tables")
end, "check-long")

sh("rm -rf " .. scratch .. " && mkdir -p " .. scratch)
if #names > 0 then
    for _, t in ipairs(tests) do
        if only[t[1]] then
            local begun, before = os.time(), passed
            print("-- " .. t[1])
            t[2]()
            print(string.format("   %d checks, %d s", passed - before, os.time() - begun))
        end
    end
else
    local runs, ended = {}, 0
    for _, t in ipairs(tests) do
        if groups[t[3]] then runs[#runs + 1] = t[1] end
    end
    write(scratch .. "/runs", table.concat(runs, "\n") .. "\n")
    local all = io.popen("xargs -P $(getconf _NPROCESSORS_ONLN) -I% sh -c 'lua5.4 tests/run.lua " .. build
        .. " --part % >" .. scratch .. "/%.log 2>&1; cat " .. scratch .. "/%.log' <" .. scratch .. "/runs")
    for line in all:lines() do
        local p, f = line:match("^part: (%d+) passed, (%d+) failed$")
        if p then
            passed, failed, ended = passed + tonumber(p), failed + tonumber(f), ended + 1
        else
            print(line)
        end
    end
    all:close()
    check(ended == #runs, "every test runs to its end")
end
print(string.format("%s%d passed, %d failed", part and "part: " or "", passed, failed))
os.exit(failed == 0)
