-- The library: its C tests, its compilers, the same bytes everywhere, its manual.

for _, name in ipairs(c_tests) do
    test(name, function()
        local out, status = sh(build .. "/bin/test_" .. name)
        local p, f = check_counts(out)
        check(p and (status == 0) == (f == "0"), "test_" .. name .. " exits with " .. status, out)
        io.write(out)
    end)
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
    if (s == IC_OK) s = ic_model_randomise(&m, 1, 0);
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
            for _, option in ipairs { "-DIC_STATIC", "-DIC_NO_STDIO", "-DIC_NO_THREADS", "-DIC_NO_SIMD", "-DIC_DOUBLE",
                                  "-DIC_P_NARROW", "-D_POSIX_C_SOURCE=199309L",
                                  "-Dnear= -Dfar= -Dsmall=char -Dinterface=struct -DIN= -DOUT=" } do    -- as windows.h has it
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
    out, status = sh("cc -O2 -ffast-math -DIC_ALLOW_OTHER_BYTES -I. " .. scratch .. "/one.c -o " .. scratch
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
        if status == 77 then return print("this width cannot run here: " .. what) end
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
    if machine == "x86_64" then build_and_compare("cc", "-std=c99 -O2 -DIC_P_NARROW", { "best", "fma 7" }, "tests/same_bytes.c") end
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
    local manual = header:match("PART 0  MANUAL.-\n%*/\n")
    -- its programs, lines marked with >, compile without a warning and print what they should
    local prints = { "^an? %a+, with probability [01]%.%d%d\n$", "^the falling curve is 0%.[01]%d rising %+ [01]%.[089]%d falling\n$" }
    local programs, lines = {}, {}
    for line in manual:gmatch("[^\n]*") do
        local code = line:match("^       > ?(.*)")
        if not code and #lines > 0 then
            local text = table.concat(lines, "\n") .. "\n"
            programs[#programs + 1] = text:find("int main", 1, true) and text or nil
            lines = {}
        end
        lines[#lines + 1] = code
    end
    check(#programs == #prints, "the manual has " .. #prints .. " programs")
    for k, program in ipairs(programs) do
        local name = scratch .. "/manual_" .. k
        write(name .. ".c", program)
        local out, status = sh("cc -std=c99 -Wall -Wextra -Werror -O2 -I. " .. name .. ".c -o " .. name .. " -lm -pthread && " .. name)
        check(status == 0 and out:find(prints[k]), "program " .. k .. " of the manual", out)
    end
    -- its contents name every chapter, and only what exists
    local contents = manual:match("CONTENTS(.-)THE API BY TASK")
    for tag in contents:gmatch("%[%u%d*%]") do
        check(header:find("\n/* " .. tag .. " ", 1, true), "section " .. tag)
    end
    for tag in header:gmatch("\n/%* (%[%u%])") do
        check(contents:find(tag, 1, true), "chapter " .. tag .. " is in the contents")
    end
    -- every public function is declared once, before PART 2, and defined once, after it
    local part_2 = header:find("\n   PART 2 ", 1, true)
    local declared, defined, functions = {}, {}, {}
    for name, at, last in header:gmatch("IC_DEF[%w%s_*]-(ic_[%w_]+)()%b()%s*([;{])") do
        local seen = last == ";" and declared or defined
        seen[name] = (seen[name] or 0) + 1
        functions[name] = true
        check((last == ";") == (at < part_2), name .. ": declarations are before PART 2, definitions after it")
    end
    for name in pairs(functions) do
        check(declared[name] == 1 and defined[name] == 1, name .. ": declared " .. (declared[name] or 0) .. " times, defined "
              .. (defined[name] or 0) .. " times")
    end
    local readme = read("README.md")
    check(readme:find(read("examples/quickstart.c"), 1, true), "README.md shows examples/quickstart.c as it is")
end)
