-- WebAssembly: the library with wasi-libc under node, plain and with vectors.

test("wasm", function()
    local compiler = "clang --target=wasm32-wasi -std=c99 -Wl,-z,stack-size=1048576"
                     .. " -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wdouble-promotion -Werror -I. -Itests "
                     .. "-D_WASI_EMULATED_GETPID -D_WASI_EMULATED_PROCESS_CLOCKS "
    local libraries = " -lm -lwasi-emulated-getpid -lwasi-emulated-process-clocks"
    write(scratch .. "/empty.c", "#include <stdio.h>\nint main(void) { return puts(\"\") < 0; }\n")
    if not need("clang") or not need("node") then return end
    if select(2, sh(compiler .. scratch .. "/empty.c -o " .. scratch .. "/empty.wasm")) ~= 0 then
        print("no wasm-ld or wasi-libc here: not tried")
        return
    end
    local program = scratch .. "/program.wasm"
    local function try(options, name, arguments)
        if quiet(options .. " " .. name, compiler .. options .. " tests/" .. name .. ".c -o " .. program .. libraries) then
            local out, status = sh("CHECK_SHORT=1 node --no-warnings --experimental-wasi-unstable-preview1 tests/wasi.mjs "
                                   .. program .. " " .. arguments)
            return check(status == 0, options .. " " .. name .. " " .. arguments, out:sub(-3000)) and out
        end
    end
    local golden = read("tests/same_bytes.txt")
    for _, run in ipairs { { "-O2", "best" }, { "-O0 -msimd128", "best" }, { "-O3 -msimd128", "simd128" } } do
        check(try(run[1], "same_bytes", run[2]) == golden, "WebAssembly " .. run[1] .. " " .. run[2] .. ": the same bytes")
    end
    for _, name in ipairs { "math", "network" } do
        local out = try("-O2 -msimd128", "test_" .. name, "")
        check(out and out:find(" 0 failed", 1, true), "WebAssembly: test_" .. name, out)
    end
end, "check")

-- The page: one file, made here, that computes what the library computes natively, and in a browser does
-- what it should.
test("page", function()
    if not need("clang") or not need("wasm-ld") then return end
    local out, status = sh("rm -f " .. build .. "/demo/page.letters; make BUILD=" .. build .. " BIN=" .. build .. "/bin demo")
    local hash = out:match("page (%x+)")
    if not check(status == 0 and hash, "make demo", out) or not need("node") then return end
    out, status = sh("node tests/page.mjs " .. build)
    check(status == 0 and out:match("page (%x+)") == hash, "the page computes the same bytes as natively: " .. hash, out)
    local seconds = tonumber(out:match("seconds ([%d.]+)"))
    if check(seconds, "a step of twenty letters is timed", out) then
        print(("   at most %.0f steps of twenty letters a second"):format(1 / seconds))
    end
    if not need("chromedriver") then return end
    out, status = sh("node tests/browser.mjs " .. build)
    io.write(out)
    check(check_counts(out) and status == 0, "the page in a browser", out)
end, "check")
