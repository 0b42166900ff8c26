-- Runs the tests: every tests/test_*.c, and what tests/suites/*.lua define.
--     lua5.4 tests/run.lua BUILD [--group test|check|check-long|ci] [name ...]
-- A group runs as many tests at a time as there are processors, each a run of this script with its
-- name and its folder in BUILD/scratch: no test needs what another leaves.  What it said is shown when
-- it is over.
-- Group test: minutes, what every change must pass.  check: sanitizers, fuzzers, analysers, other
-- targets, full disks.  check-long: kills.  ci: test and check.  Without a group or names: test.
-- Closes with the names of the tests that ran and "N passed, N failed"; exit status 1 if anything failed.
--
-- Below is the vocabulary of the suites: build, scratch, machine, test, check, sh, strike, quiet, read, write, have, need.

build = arg[1] or "build"
local names, groups, only, part = {}, {}, {}, false
for k = 2, #arg do
    if arg[k] == "--part" then part = true
    elseif arg[k - 1] == "--group" then groups[arg[k]] = true
    elseif arg[k] ~= "--group" then names[#names + 1] = arg[k] only[arg[k]] = true end
end
if #names == 0 and next(groups) == nil then groups.test = true end
if groups.ci then groups.test, groups.check = true, true end
scratch = build .. "/scratch" .. (#names > 0 and "/" .. names[1] or "")
local passed, failed = 0, 0
io.stdout:setvbuf("line")

-- Defines a test; of group test if none is given.
local tests = {}
function test(name, run, group) tests[#tests + 1] = { name = name, run = run, group = group or "test" } end

-- Counts; prints what failed, and the detail.
function check(ok, what, detail)
    if ok then passed = passed + 1 return true end
    failed = failed + 1
    print("FAILED: " .. what .. (detail and ("\n    " .. detail:gsub("\n", "\n    ")) or ""))
end

-- Counts what a program said in its own closing line, "N passed, N failed"; nil if it said nothing.
function check_counts(out)
    local p, f = out:match("(%d+) passed, (%d+) failed%s*$")
    if p then passed, failed = passed + tonumber(p), failed + tonumber(f) end
    return p, f
end

function sh(command)                             -- output and exit status of a shell command
    local pipe = io.popen("{ " .. command .. "\n} 2>&1")
    local out = pipe:read("a")
    local _, _, status = pipe:close()
    return out, status or 0
end

-- Starts a command, in a group of its own, and kills the group after so many seconds.  Before there is one the kill fails,
-- and is tried again: what lived on would write where the next command does.
function strike(command, seconds)
    return sh("setsid " .. command .. " >/dev/null 2>&1 & p=$!; sleep " .. ("%.2f"):format(seconds)
              .. "; until kill -s KILL -- -$p 2>/dev/null || ! kill -0 $p 2>/dev/null; do sleep 0.02; done; wait")
end

-- A command that should end well.
function quiet(what, command)
    local out, status = sh(command)
    return check(status == 0, what, command .. "\n" .. out:sub(-2000))
end

function read(path)
    local file = io.open(path, "rb")
    if not file then return nil end
    local text = file:read("a")
    file:close()
    return text
end

function write(path, text)
    local file = assert(io.open(path, "wb"))
    file:write(text)
    file:close()
end

function have(tool) return select(2, sh("command -v " .. tool)) == 0 end

-- Is the tool here?  If not, that is said, and what it is for is not tried.
function need(tool)
    if have(tool) then return true end
    print("no " .. tool .. " here: not tried")
end

-- The compiler of 32-bit programs.  Where only the C library is (libc6-dev-i386, lib32gcc-*-dev), not
-- gcc-multilib, which bars compilers for ARM, the headers of the kernel are found a directory further.
function bits_32()
    write(scratch .. "/empty.c", "#include <errno.h>\n#include <stdio.h>\nint main(void) { return errno; }\n")
    for _, compiler in ipairs { "gcc -m32", "gcc -m32 -idirafter /usr/include/x86_64-linux-gnu" } do
        if select(2, sh(compiler .. " " .. scratch .. "/empty.c -o " .. scratch .. "/empty && " .. scratch .. "/empty")) == 0 then
            return compiler
        end
    end
    print("no 32-bit C library here: not tried")
end

machine = sh("uname -m"):match("%S+")

-- The C tests: "network" for tests/test_network.c.
c_tests = {}
for name in sh("ls tests/test_*.c"):gmatch("tests/test_([%w_]+)%.c") do c_tests[#c_tests + 1] = name end

for file in sh("ls tests/suites/*.lua"):gmatch("%S+") do dofile(file) end

-- One after the other, here.
local function run_here()
    local known = {}
    for _, t in ipairs(tests) do
        known[t.name] = true
        if only[t.name] then
            local begun, before = os.time(), passed
            print("-- " .. t.name)
            t.run()
            print(string.format("   %d checks, %d s", passed - before, os.time() - begun))
        end
    end
    for _, name in ipairs(names) do check(known[name], "a test called " .. name) end
    return names
end

-- Each in a process of its own.
local function run_groups()
    local chosen, ended = {}, {}
    for _, t in ipairs(tests) do
        if groups[t.group] then chosen[#chosen + 1] = t.name end
    end
    check(#chosen > 0, "a group with tests")
    write(scratch .. "/runs", table.concat(chosen, "\n") .. "\n")
    local all = io.popen("xargs -P $(getconf _NPROCESSORS_ONLN) -I% sh -c 'lua5.4 tests/run.lua " .. build
        .. " --part % >" .. scratch .. "/%.log 2>&1; cat " .. scratch .. "/%.log' <" .. scratch .. "/runs")
    for line in all:lines() do
        local name, counts = line:match("^part (%S+): (.*)$")
        if name then
            ended[name] = true
            check_counts(counts)
        else
            print(line)
        end
    end
    all:close()
    for _, name in ipairs(chosen) do check(ended[name], name .. " does not run to its end") end
    return chosen
end

sh("mkdir -p " .. scratch .. " && rm -rf " .. scratch .. "/*")      -- but the mark of make clean, which begins with a dot
local ran = #names > 0 and run_here() or run_groups()
table.sort(ran)
if not part then print(string.format("\n%d tests: %s", #ran, table.concat(ran, " "))) end
print(string.format("%s%d passed, %d failed", part and "part " .. names[1] .. ": " or "", passed, failed))
os.exit(failed == 0)
