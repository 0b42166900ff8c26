-- The programs, as a user runs them: the quickstart, make and its targets, bad input.

test("plain", function()
    local out, status = sh(build .. "/bin/plain")
    check(status == 0 and tonumber(out:match("(%d+) of 20 recognised") or 0) >= 18, "plain", out)
end)

test("quickstart", function()
    local out, status = sh(build .. "/bin/quickstart")
    check(status == 0 and tonumber(out:match("(%d+) of 200 letters recognised") or 0) >= 195, "quickstart", out)
    check(read("README.md"):find("    " .. out, 1, true), "README.md shows what it prints", out)
    out, status = sh(build .. "/bin/gestures " .. scratch .. "/gestures.model")
    check(status == 0 and out:find("the whole: triangle", 1, true) and out:find("a spiral: nothing I know", 1, true)
          and out:find("loaded again: spiral, probability 1.00", 1, true), "gestures", out)
    local shown = read("README.md"):match("gestures%.model\n\n(.-)\n\n") or ""
    for line in shown:gmatch("    ([^\n]+)") do check(line == "..." or out:find(line, 1, true), "README.md shows what gestures prints: " .. line, out) end
end)

-- What the answers to the exercises in the header cite: of [L], [T] and [V], by changes to plain.c.
test("exercises", function()
    local function changed(what, ...)
        local source, edits = read("examples/plain.c"), { ... }
        for k = 1, #edits, 2 do
            local first, last = source:find(edits[k], 1, true)
            if not check(first, what .. ": plain.c has " .. edits[k]) then return "" end
            source = source:sub(1, first - 1) .. edits[k + 1] .. source:sub(last + 1)
        end
        write(scratch .. "/changed.c", source)
        local out, status = sh("cc -O2 " .. scratch .. "/changed.c -o " .. scratch .. "/changed -lm && " .. scratch .. "/changed")
        check(status == 0, what, out)
        return out
    end
    local function prints(what, out, pattern) check(out:find(pattern), what .. ": " .. pattern, out) end
    local bias = "n.b[GATE_F][j] = 1;"
    prints("as it is", changed("as it is"), "update   200  error 0%.0419")
    prints("bias 0", changed("bias 0", bias, "n.b[GATE_F][j] = 0;"), "update   200  error 0%.0935")
    prints("bias 2.4", changed("bias 2.4", bias, "n.b[GATE_F][j] = 2.4;"), "update   200  error 0%.0089")
    prints("no corrections", changed("no corrections", "m[k] / (1 - pow(0.9, update)) / (sqrt(v[k] / (1 - pow(0.999, update))) + 1e-8)",
                                     "m[k] / (sqrt(v[k]) + 1e-8)"), "update     1  error 0%.4991\nupdate   200  error 0%.0661")
    local still = { "(j == class) + 0.3 * normal()", "(j == class) + 0.0 * normal()" }
    prints("no noise", changed("no noise", table.unpack(still)), "iteration  25  circle 0%.500  eight 0%.500  error 0%.54.*20 of 20")
    local softmax = { "double x[CLASSES], dx[CLASSES]", "double a[CLASSES] = { 0 }, x[CLASSES], dx[CLASSES]",
        "m[j] = 0.9 * m[j] + 0.1 * dx[j];", "const double da = x[j] * (dx[j] - x[0] * dx[0] - x[1] * dx[1]);\n            m[j] = 0.9 * m[j] + 0.1 * da;",
        "0.01 * dx[j] * dx[j];", "0.01 * da * da;",
        "x[j] = fmin(fmax(x[j] - 0.05 * m[j] / (sqrt(v[j]) + 1e-8), 0), 1);", "a[j] -= 0.2 * m[j] / (sqrt(v[j]) + 1e-8);", "sum += x[j];", "sum += exp(a[j]);",
        "x[j] /= sum + 1e-8;", "x[j] = exp(a[j]) / sum;" }
    prints("softmax", changed("softmax", table.unpack(softmax)), "20 of 20")
    table.move(still, 1, 2, #softmax + 1, softmax)
    prints("softmax, no noise", changed("softmax, no noise", table.unpack(softmax)), "iteration   5  circle 0%.066  eight 0%.934.*20 of 20")
end)

-- Those of [T2], [G], [E], [D], [K] and [S], by a program.
test("answers", function()
    local out, status = sh(build .. "/bin/answers")
    check(status == 0, "answers", out)
    for _, figure in ipairs { "moves its parameter by\t32\n", "classes\t0.0976\n", "training\t0.0976\n", "class mean\t0.0440\n", "styles\t1.0000 1.0000 ", "nu = 5\t-97.7 -81.9 -59.6 -34.9\n",
                              "nu = 1e+09\t-106.6 -100.5 -75.8 23.8\n", "tenth\t0.088 -0.007 -0.007 0.086\n", "\t30.1 18.8\n", "\t321\n", "\t3 0 5\n",
                              "\t26.793 22.716 14.161 2.912 2.912; 30.244\n", "partition\t86\n", "\t228.640 228.640\n", "1\t0.5250\n",
                              "0.5\t0.5987\n", "0.25\t0.8320\n",
                              "radius 1, from points, 100, 1000 and 10000 points\t0.87 0.36 0.15 \n", "radius 5, from points, 100, 1000 and 10000 points\t0.01 0.00 0.00 \n",
                              "from the plane, 100, 1000 and 10000 points\t0.07 0.03 0.03 \n", "\t0.312\n", "\t0.031\n" } do
        check(out:find(figure, 1, true), "answers: " .. figure, out)
    end
end)

-- Two curves of a .ts file, a rising and a falling line, each a few times with its own slope; one point is missing.
test("recognise", function()
    local program, dir = build .. "/bin/recognise ", scratch .. "/recognise"
    sh("rm -rf " .. dir .. " && mkdir -p " .. dir)
    local lines = { "# a remark", "@problemName Lines", "@data" }
    for k = 1, 8 do
        local x, up, down = {}, {}, {}
        for t = 0, 19 do
            x[#x + 1], up[#up + 1], down[#down + 1] = t, t * t * (1 + k / 50), (19 - t) * (19 - t) * (1 + k / 50)
        end
        up[7] = k == 3 and "?" or up[7]
        lines[#lines + 1] = table.concat(x, ",") .. ":" .. table.concat(up, ",") .. ":up"
        lines[#lines + 1] = table.concat(x, ",") .. ":" .. table.concat(down, ",") .. ":down"
    end
    write(dir .. "/train.ts", table.concat(lines, "\n") .. "\n")
    local out, status = sh(program .. "fit " .. dir .. "/train.ts " .. dir .. "/model updates=100")
    sh("cp " .. dir .. "/model " .. dir .. "/one")
    check(status == 0 and out:find("\nclasses\t2\n", 1, true), "recognise fit", out)
    out, status = sh(program .. "test " .. dir .. "/model " .. dir .. "/train.ts compare=1")
    check(status == 0 and out:find("\naccuracy\t1.0000\n", 1, true) and out:find("lstm_classifier\taccuracy", 1, true), "recognise test", out)
    out, status = sh("printf '0,1,2,3:0,1,4,9\n' | " .. program .. "name " .. dir .. "/model")
    check(status == 0 and out:match("^name\tup\t"), "recognise name", out)
    out, status = sh("printf '0,1,0,1,0:0,1,2,3,4\n' | " .. program .. "add " .. dir .. "/model zigzag")
    check(status == 0 and out:find("new\t1", 1, true), "recognise add", out)
    out, status = sh("printf '0,1,0,1,0:0,1,2,3,4\n' | " .. program .. "name " .. dir .. "/model")
    check(status == 0 and out:match("^name\tzigzag\t"), "a class added is recognised", out)
    out, status = sh(program .. "draw " .. dir .. "/model down")
    check(status == 0 and select(2, out:gsub("[:,]", "")) == 63, "recognise draw", out)
    for k = 2, #lines do lines[k] = lines[k]:gsub(":(%a+)$", ":0,1,0" .. (",1"):rep(#lines[k]:match("^[^:]*"):gsub("[^,]", "") - 2) .. ":%1") end
    write(dir .. "/strokes.ts", table.concat(lines, "\n") .. "\n")
    out, status = sh(program .. "fit " .. dir .. "/strokes.ts " .. dir .. "/strokes && " .. program .. "draw " .. dir .. "/strokes down")
    check(status == 0 and out:match(":0[01,]*,0,1[01,]*\n$"), "recognise draw, two strokes", out)
    for _, bad in ipairs { { "1,2:3,4:a\n", "line 1: a sample before @data" }, { "@data\n1,2:3:a\n", "line 2: its channels have different lengths" },
                           { "@data\n1,2:3,x:a\n", "line 2: channel 2, number 2 is not a number" }, { "@data\n", "it has no samples" },
                           { "@data\n1,2:3,4:a\n1,2:a\n", "line 3: it has 1 channels, those before 2" }, { "@data\n?,?:?,?:a\n", "line 2: it has no point" },
                           { "@data\n1,2:3,4,:a\n", "line 2: channel 2, number 2 is not a number" },
                           { "1,2\n", "line 1: a sample before @data: is this a .ts file?" }, { "@data\n1,2:3,4\n", "line 2: its last field has commas" },
                           { "@data\n1,2:3,4:\n", "line 2: its class should have a name of 1 to 31 bytes" } } do
        write(dir .. "/bad.ts", bad[1])
        out, status = sh(program .. "fit " .. dir .. "/bad.ts " .. dir .. "/model")
        check(status == 1 and out:find(dir .. "/bad.ts: " .. bad[2], 1, true), "a bad file: " .. bad[2], out)
    end
    -- the last channel is the pen's only if it may be in all samples, and some point begins no stroke
    for k, case in ipairs { { "0,0:b\n1,2:3,1:5,7:a", 0 }, { "0,0:b\n1,2:3,1:0,0:a", 0 }, { "0,1:b\n1,2:3,1:0,0:a", 1 } } do
        write(dir .. "/pen.ts", "\xef\xbb\xbf# remark\r\n  @Data\r\n1,2:3,4:" .. case[1] .. "\n")
        out, status = sh(program .. "fit " .. dir .. "/pen.ts " .. dir .. "/pen updates=5 hidden=8")
        check(status == 0 and out:find("\nnumbers_a_point\t" .. 3 - case[2] .. "\nstrokes\t" .. case[2] .. "\nheld_out\t0\nheld_out_accuracy\t%-\n"), "whose is the last channel? " .. k, out)
    end
    out, status = sh("printf '1,2:3,4:0,3\n' | " .. program .. "name " .. dir .. "/strokes")
    check(status == 1 and out:find("standard input: line 1: channel 3 says where strokes begin, by 0 or 1: number 2 is neither", 1, true), "a pen that is neither", out)
    out, status = sh(program .. "name " .. dir .. "/model <" .. dir .. "/train.ts")
    check(status == 1 and out:find("line 4: its last field is no channel: does a class stand in it?", 1, true), "curves with classes to name", out)
    for option, rule in pairs { ["styles=9"] = "styles is from", ["keep_place=1"] = "keep_place needs keep_size", ["hidden=2000"] = "hidden is from 0 to 1024" } do
        out, status = sh(program .. "fit " .. dir .. "/train.ts " .. dir .. "/none " .. option)
        check(status == 1 and out:find(rule, 1, true) and not read(dir .. "/none"), "an option that cannot be: " .. option, out)
    end
    out, status = sh(program .. "fit " .. dir .. "/train.ts " .. dir .. "/nowhere/model")
    check(status == 1 and out:find("nowhere/model: cannot be written: No such file", 1, true), "a folder that is not there, before the work", out)
    local root = build:sub(1, 1) == "/" and "" or "$root/"
    out, status = sh("root=$PWD; cd " .. dir .. " && " .. root .. program .. "fit train.ts other updates=5 && cd / && " .. root .. program
                     .. "test " .. root .. dir .. "/other " .. root .. dir .. "/train.ts compare=1")
    check(status == 0 and out:find("one_gaussian_a_class\taccuracy", 1, true), "compared from another folder", out)
    out, status = sh(program .. "letters 1 2 >" .. dir .. "/letters.ts && " .. program .. "fit " .. dir .. "/letters.ts " .. dir .. "/letters updates=5")
    check(status == 0 and out:find("samples\t40\nclasses\t20\n", 1, true), "recognise letters", out)
    out, status = sh("printf '0,1,2,3:0,0,0,0\n' | " .. program .. "name " .. dir .. "/model")
    check(status == 0, "the model says which channel is the pen's, not the curve", out)
    out, status = sh("printf '0,1:0,0:0,0:0,1\n' | " .. program .. "name " .. dir .. "/model")
    check(status == 1 and out:find("standard input: line 1: it has 4 channels, not 2 and perhaps one for the pen", 1, true), "more channels than the model's", out)
    for _, long in ipairs { "", ("-"):rep(40) } do
        local names = { "sample\twriter" }
        for k = 1, 16 do names[k + 1] = k .. "\t" .. long .. (k - 1) // 4 end
        write(dir .. "/writers.tsv", table.concat(names, "\n") .. "\n")
        out, status = sh(program .. "fit " .. dir .. "/train.ts " .. dir .. "/by" .. #long .. " updates=100 writers=" .. dir .. "/writers.tsv")
        check(status == 0, "writers", out)
    end
    check(read(dir .. "/by0") == read(dir .. "/by40") and read(dir .. "/by0") ~= read(dir .. "/one"), "writers may have long names")
    out, status = sh(program .. "name " .. dir .. "/model </dev/null")
    check(status == 1 and out:find("standard input: it has no samples", 1, true), "no curve to name", out)
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
    check(not out:find("the snapshot", 1, true), "other data are not compared with the snapshot", out)
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
    out, status = make("reproduce ROWS=naked CLASSES=4 INSTANCES=1")
    local page = read(run .. "/report.html") or ""
    check(read(run .. "/figures/F2A.svg") and page:find('id="F6"', 1, true) and not page:find('id="F2A"', 1, true), "figures of another run are left out")
    for _, map in ipairs { "F6", "F7", "som_naked" } do
        check(status == 0 and (read(run .. "/figures/" .. map .. ".svg") or ""):find("built-in letters", 1, true), "a map: " .. map, out)
    end
    -- how long depends on the machine; the original's budget takes longest on each
    local longest
    for _, settings in ipairs { "PROFILE=paper OPTIONS=", "PROFILE=quick OPTIONS=", "PROFILE=paper OPTIONS=updates=12" } do
        out, status = make(settings .. " BUILD=" .. run .. "/none plan ROWS='naked comparison_mse' CLASSES=4")
        local time, unit = out:match("10 networks to train: about ([%d.]+) (%a+) of one core")
        local minutes = time and tonumber(time) * ({ minutes = 1, hours = 60 })[unit]
        check(status == 0 and minutes and minutes < (longest or math.huge), "the budget has an estimate: " .. settings, out)
        longest = longest or minutes
    end
end)

-- Networks of several runs join in paper/results.tsv, and come back from there.
test("kept", function()
    local place = scratch .. "/kept"
    local function keep(arguments) return sh("cd '" .. place .. "' && lua5.4 \"$OLDPWD/paper/keep.lua\" " .. arguments) end
    sh("rm -rf '" .. place .. "'; mkdir -p '" .. place .. "/paper/recipe' '" .. place .. "/run/results'; cp paper/results.tsv '"
        .. place .. "/paper/'; cp paper/recipe/* '" .. place .. "/paper/recipe/'")
    local kept, status = read("paper/results.tsv")
    local n = 0
    -- the pages hold every table that was kept
    local pages = read("README.md") .. read("paper/README.md")
    for path in sh("ls paper/tables/*.md"):gmatch("%S+") do
        check(pages:find(read(path):gsub("%s+$", ""), 1, true), path .. " stands in a README")
    end
    for _ in kept:gmatch("\nquick\t") do n = n + 1 end
    keep("restore run quick")
    local out = keep("same run")
    check(n > 100 and out:find(n .. " of " .. n .. " networks came out", 1, true), "what is restored is the same", out)
    write(place .. "/paper/results.tsv", kept:gsub("\nquick\t4_[^\n]*", ""))
    keep("results run/results/4_*.tsv")
    check(read(place .. "/paper/results.tsv") == kept, "taken out and put back: the same file")
    local path = place .. "/run/results/4_types_v1.tsv"
    local result = read(path)
    write(path, (result:gsub("weights_hash\t%x", "weights_hash\tx")))
    keep("restore run quick")
    out = keep("same run")
    check(out:find(n - 1 .. " of " .. n .. " networks came out", 1, true), "one that differs stays, and is counted", out)
    write(path, (result:gsub("data_hash\t%x", "data_hash\tx")))
    out = keep("results run/results/4_types_v1.tsv")
    check(out:find("other data", 1, true) and read(place .. "/paper/results.tsv") == kept, "other data do not join", out)
    -- A table that a run has not made stays as it was, a mark that no page has is an error.
    local page = "<!-- beyond: -->\n\n**R1: one**\n\n**R2: two**\n\n<!-- end of beyond -->\n"
    sh("cd '" .. place .. "' && mkdir -p paper/tables paper/figures run/tables")
    for _, name in ipairs { "paper/README.md", "README.md" } do write(place .. "/" .. name, name:find("paper") and page or "") end
    for id, text in pairs { R1 = "**R1: one**\n", R2 = "**R2: two**\n" } do
        write(place .. "/paper/tables/" .. id .. ".md", text)
        write(place .. "/paper/tables/" .. id .. ".tsv", id)
    end
    write(place .. "/run/tables/R1.md", "**R1: new**\n")
    write(place .. "/run/tables/R1.tsv", "new")
    keep("run beyond R1 R2")
    check(read(place .. "/paper/README.md") == page:gsub("one", "new"), "the table that was made is new, the other as it was")
    out, status = keep("run nowhere R1")
    check(status == 1 and out:find("no page has the mark nowhere", 1, true), "an unknown mark is named", out)
    -- What was restored is taken as it is, by make and by the figures.
    local at = scratch .. "/restored"
    sh("rm -rf '" .. at .. "'")
    local here = "make BUILD=" .. at .. " BIN=" .. build .. "/bin DATA= PROFILE=paper CLASSES=20 ROWS=types INSTANCES=1 "
    sh(here .. "restore")
    local restored = read(at .. "/results/20_types_v0.tsv")
    out, status = sh("timeout 20 " .. here .. at .. "/results/20_types_v0.tsv")
    check(status == 0 and restored and read(at .. "/results/20_types_v0.tsv") == restored, "what was restored is not trained again", out)
    out, status = sh(here .. "report")
    check(status == 0 and not out:find("built-in", 1, true), "a report of restored results", out)
    check((read(at .. "/figures/F5.svg") or ""):find("UCI Character Trajectories, profile paper", 1, true), "its figures say of which data")
end)

-- What is typed is refused, in one line, where it could mean anything to a shell or to make.
test("makefile", function()
    local bait, mine = scratch .. "/bait", scratch .. "/mine"
    local command = "touch " .. bait
    local function refused(variable, reason)
        local out, status = sh("make -n '" .. variable:gsub("'", "'\\''") .. "' list")
        check(status == 2 and select(2, out:gsub("\n", "")) == 1 and out:find(reason, 1, true), variable .. " is refused", out)
    end
    local paths, typed = read("Makefile"):match("\nPATHS := ([^\n]+)\nTYPED := %$%(PATHS%) ([^\n]+)\n")
    for name in (paths .. " " .. typed):gmatch("%S+") do
        refused(name .. "=x; " .. command, name)
        refused(name .. "=x'; " .. command .. "; '", name)
        refused(name .. "=$(shell " .. command .. ")", name)
    end
    refused("UCI_URL=$(shell " .. command .. ")", "UCI_URL")
    refused("BUILD=", "BUILD is empty")
    refused("BUILD=two words", "blanks")
    refused("DATA=two words.mat", "blanks")
    refused("ROWS=nothing", "not nothing but some of: all naked")
    refused("CLASSES=3", "not 3 but some of: 2 4 20")
    for _, n in ipairs { "0", "81", "ten", "", "2 3" } do refused("INSTANCES=" .. n, "a number from 1 to 80") end
    check(not read(bait), "nothing typed is run")
    -- make clean leaves what was there before
    sh("mkdir -p " .. mine .. "/results && echo mine >" .. mine .. "/results/file")
    local here = "make BIN=" .. build .. "/bin BUILD=" .. mine .. " "
    local out, status = sh(here .. mine .. "/rows.mk " .. mine .. "/tables")
    check(status == 0 and read(mine .. "/rows.mk"), "something to clean", out)
    -- C1 and C5 come from one program: if either is lost, it runs
    write(mine .. "/tables/C1.tsv", "letter\n")
    out = sh(here .. "-n DATA= " .. mine .. "/tables/C5.tsv")
    check(out:find("/unknown ", 1, true), "a lost C5 is made again", out)
    out, status = sh("make BUILD=" .. mine .. " clean")     -- not with our BIN, which would go too
    check(status == 0 and not read(mine .. "/rows.mk") and not read(mine .. "/tables/C1.tsv"), "make clean deletes", out)
    check(read(mine .. "/results/file") == "mine\n", "but not what it did not make")
end)

-- Beyond the thesis: one comparison on the built-in letters, and the table made of it.
test("beyond", function()
    local result = scratch .. "/1centre_8020_v0.tsv"
    local out, status = sh(build .. "/bin/compare " .. result)
    local text = read(result) or ""
    local recogniser = tonumber(text:match("accuracy recogniser\t([%d.]+)")) or 0
    local nearest = tonumber(text:match("accuracy nearest mean\t([%d.]+)")) or 1
    check(status == 0 and recogniser >= nearest, "the recogniser is no worse than the nearest mean letter", out)
    sh("mkdir -p " .. scratch .. "/w20")
    out, status = sh(build .. "/bin/compare table " .. scratch .. "/w20 " .. result)
    local lines = select(2, (read(scratch .. "/w20/W20.tsv") or ""):gsub("#[^\n]*\n", ""):gsub("\n", ""))
    check(status == 0 and lines == 8, "W20 has a line a method", out .. lines)
    local index = scratch .. "/index.csv"
    local real = (os.getenv("IC_DATA") or "data") .. "/mixoutALL_shifted.mat"
    for text, pattern in pairs { ["12\nx\n"] = "line 2", ["999999\n"] = "line 1", ["3\r\n\n-1\n"] = "line 2" } do
        local given = " train=" .. index .. " test=" .. index
        write(index, text)
        out, status = sh(build .. "/bin/compare " .. scratch .. "/1centre_uea_v0.tsv" .. given)
        check(status == 1 and out:find("one of the UCI letters", 1, true), "the UEA split without the UCI letters", out)
        if read(real) then
            out, status = sh(build .. "/bin/compare " .. scratch .. "/1centre_uea_v0.tsv data=" .. real .. given)
            check(status == 1 and out:find(index, 1, true) and out:find(pattern), "an index file that is wrong: " .. pattern, out)
        end
    end
    out, status = sh(build .. "/bin/compare " .. scratch .. "/2centres_8020_v0.tsv")
    check(status == 1 and out:find("2centres_8020", 1, true), "an unknown training set", out)
    out, status = sh(build .. "/bin/early " .. scratch .. " data=" .. scratch .. "/none.mat")
    check(status == 1 and out:find("none.mat", 1, true), "data that are not there", out)
    out, status = sh(build .. "/bin/early " .. scratch .. "/nowhere")
    check(status == 1 and out:find("nowhere/: cannot be written", 1, true), "a folder that is not there, before the work", out)
    local run = scratch .. "/run"
    out, status = sh("make BUILD=" .. run .. " BIN=" .. build .. "/bin DATA= " .. run .. "/figures/C3.svg " .. run .. "/figures/C3.png")
    local whole = (read(run .. "/tables/C3.tsv") or ""):match("\n0\t0\t([%d.]+)\t")
    check(status == 0 and tonumber(whole or 0) > 0.9, "letters without damage are recognised", out)
    check((read(run .. "/figures/C3.svg") or ""):find("built-in letters", 1, true), "a figure beyond the thesis names its data")
end)

-- The contest, on the built-in letters and on files as those of other data: curves of so many turns, by writers of so many sizes.
test("contest", function()
    math.randomseed(1)
    local function samples(name, classes, writers, each)
        local curves, who = { "@data\n" }, { "line\twriter\tspeed\n" }
        for writer = 0, writers - 1 do
            for class = 0, classes - 1 do
                for _ = 1, each do
                    local x, y, size = {}, {}, 5 + writer + math.random()
                    for t = 0, 19 do
                        local angle = (class - 4.5) * t / 6 + 0.2 * math.random()
                        x[#x + 1], y[#y + 1] = ("%.3f"):format(size * (math.cos(angle) + t / 10)), ("%.3f"):format(size * math.sin(angle))
                    end
                    curves[#curves + 1] = ("%s:%s:%d\n"):format(table.concat(x, ","), table.concat(y, ","), class)
                    who[#who + 1] = ("%d\tw%d\t%s\n"):format(#who - 1, writer, #who % 5 == 0 and "fast" or "medium")
                end
            end
        end
        write(scratch .. "/" .. name .. ".ts", table.concat(curves))
        write(scratch .. "/" .. name .. "_writers.tsv", table.concat(who))
    end
    samples("digits_train", 10, 6, 4)
    samples("digits_test", 10, 2, 5)
    samples("gestures", 3, 3, 10)
    local given = " pendigits=" .. scratch .. "/digits gestures=" .. scratch .. "/gestures"
    local out, status = sh(build .. "/bin/contest " .. scratch .. given .. " seeds=1")
    check(status == 0, "the contest is run", out)
    local rows, right = 0, {}
    for data, training, method, accuracy in (read(scratch .. "/R1.tsv") or ""):gmatch("([^\t\n]+)\t([^\t]+)\t([^\t]+)\t([%d.]+)[^\n]*") do
        rows, right[data .. " " .. training .. " " .. method] = rows + 1, tonumber(accuracy)
    end
    check(rows == 6 * 5 + 5 + 3 * 4, "R1 has a line a method: 5 on letters and digits, 4 on gestures", rows)
    for row, least in pairs { ["built-in all"] = 0.95, ["built-in 4 centres"] = 0.9, ["pendigits 30 writers"] = 0.9, ["gestures nine other persons"] = 0.9 } do
        check((right[row .. " recogniser"] or 0) >= least, "the recogniser is right: " .. row, right[row .. " recogniser"])
    end
    rows = select(2, (read(scratch .. "/R2.tsv") or ""):gsub("pendigits\t7, 8 and 9\t", ""))
    check(rows == 4, "R2 has a line a method that refuses", rows)
    write(scratch .. "/gestures_writers.tsv", "line\twriter\n0\n")
    out, status = sh(build .. "/bin/contest " .. scratch .. given .. " seeds=1")
    check(status == 1 and out:find("gestures_writers.tsv: line 2", 1, true), "writers that are wrong", out)
end, "check")

-- The archive that make data fetches: without compression it is written in a few lines.  Cut short, damaged, with other
-- content: refused in one line.
test("archive", function()
    local function crc_of(text)
        local crc, of = 0xffffffff, {}
        for k = 0, 255 do
            of[k] = k
            for _ = 1, 8 do of[k] = of[k] >> 1 ~ (of[k] & 1) * 0xedb88320 end
        end
        for k = 1, #text do crc = crc >> 8 ~ of[(crc ~ text:byte(k)) & 255] end
        return crc ~ 0xffffffff
    end
    local function archive(text)
        local name = "mixoutALL_shifted.mat"
        local both = string.pack("<I4I4I4I2I2", crc_of(text), #text, #text, #name, 0)
        local first = string.pack("<c4I2I2I2I2I2", "PK\3\4", 20, 0, 0, 0, 0) .. both .. name .. text
        local list = string.pack("<c4I2I2I2I2I2I2", "PK\1\2", 20, 20, 0, 0, 0, 0) .. both .. string.pack("<I2I2I2I4I4", 0, 0, 0, 0, 0) .. name
        return first .. list .. string.pack("<c4I2I2I2I2I4I4I2", "PK\5\6", 0, 0, 1, 1, #list, #first, 0)
    end
    local path, target = scratch .. "/archive.zip", scratch .. "/archive.mat"
    local function unpack_of(bytes)
        write(path, bytes)
        local out, status = sh(build .. "/bin/data unpack " .. path .. " " .. target)
        return status, out, select(2, out:gsub("\n", "")) == 1 and not read(target)
    end
    sh("mkdir -p " .. scratch .. "; rm -f " .. target)
    local whole = archive(("MATLAB 5.0 MAT-file"):rep(20))
    local status, out, refused = unpack_of(whole)
    check(status == 1 and refused and not out:find("the archive", 1, true), "another file in the archive", out)
    for cut = 0, #whole - 1, 16 do
        status, out, refused = unpack_of(whole:sub(1, cut))
        check(status == 1 and refused, "an archive of " .. cut .. " bytes", out)
    end
    status, out, refused = unpack_of((whole:gsub("MATLAB", "MATLAC", 1)))
    check(status == 1 and refused and out:find("checksum does not match", 1, true), "a damaged archive", out)
    local real = read((os.getenv("IC_DATA") or "data") .. "/mixoutALL_shifted.mat")
    if real then
        status, out = unpack_of(archive(real))
        check(status == 0 and read(target) == real, "the archive of the UCI file", out)
    end
end)

-- Every step from the plain loops to the library gives the library's bits, or the program ends with 1.
test("steps", function()
    local out, status = sh(build .. "/bin/steps quick")
    check(status == 0, "steps: all give the same bits", out)
    check(select(2, out:gsub("\n", "")) >= 13, "steps: a line each", out)
end)

-- What the bench says is what its table says; the figures are drawn.
test("bench", function()
    local rows = { "workload hidden batch threads ms gflops percent_of_peak peer peer_ms ratio", "AVX2_peak - - 1 - 100.0 100 - - -",
        "TRAIN 205 10 1 2.0 80.0 80.1 PyTorch_2 4.0 2.00", "TRAIN 205 32 1 20.0 80.0 79.0 PyTorch_2 60.0 3.00",
        "TRAIN 205 32 2 11.0 80.0 79.0 itself 20.0 1.82", "KMEANS_9x9_k_3 - - 1 1.0 - - sklearn_Lloyd_1.9 4.0 4.00",
        "KMEANS_9x9_k_3 - - 1 1.0 - - sklearn_Elkan_1.9 3.0 3.00", "DTW_2x9 - - 1 1.0 - - aeon_1 6.0 6.00",
        "RECOGNISE_fit,_99_UCI - - 1 3000.0 - - MiniRocket_1 1500.0 0.50", "RECOGNISE_one,_0.9900_right - - 1 0.030 - - MiniRocket_1,_0.9950_right 1.5 50.00" }
    write(scratch .. "/bench.tsv", (table.concat(rows, "\n"):gsub(" ", "\t"):gsub("_", " ")) .. "\n")
    local out, status = sh("lua5.4 examples/bench/say.lua " .. scratch)
    check(status == 0 and out == read(scratch .. "/speed.md"), "bench: what is said is kept", out)
    for _, words in ipairs { "peak with AVX2: 100.0 GFLOP/s)", "80 % of its peak in training with batches of 10, 79 % with",
                             "The LSTM, with 205 units, is 2.0 to 3.0 times as fast as PyTorch 2.", "k-means is 3.0 times as fast as the faster algorithm of scikit-learn 1.9.",
                             "Time warping is 6.0 times as fast as aeon 1.",
                             "learns 99 UCI letters in 3.0 s, recognises one in 0.030 ms, and is right on 0.9900 of held-out ones;",
                             "; MiniRocket 1 in 1.5 s and 1.5 ms, and on 0.9950.", "Two threads are 1.8 times as fast as one." } do
        check(out:find(words, 1, true), "bench says: " .. words, out)
    end
    check(select(2, read(scratch .. "/bench.md"):gsub("\n", "")) == #rows + 1, "bench: a line a row", read(scratch .. "/bench.md"))
    out, status = sh(build .. "/bin/bench sizes " .. scratch .. " smallest")
    check(status == 0 and out:find("TRAIN", 1, true), "bench sizes", out)
    check(read(scratch .. "/sizes.tsv"):find("\nclasses\tRECOGNISE\t[-\t]+[%d.]+\t%-\t5\t[%d.]+\t%d+\n$"), "bench sizes: the recogniser of 5 classes")
    -- figures of a machine ten times as fast and of one ten times as slow show as many points
    for _, id in ipairs { "roofline", "sizes" } do
        local points = {}
        for k, speed in ipairs { 1, 10, 0.1 } do
            local table_of = read(scratch .. "/sizes.tsv"):gsub("(\n[^\n]-\t)([%d.]+)(\t%-\t%-\t%-)", function(before, gflops, after)
                return before .. gflops * speed .. after
            end)
            write(scratch .. "/other.tsv", table_of)
            out, status = sh("sh plots/draw.sh plots/bench.gp " .. scratch .. "/" .. id .. ".svg \"id='" .. id .. "'; input='" .. scratch .. "/other.tsv'\"")
            local drawn = read(scratch .. "/" .. id .. ".svg") or ""
            points[k] = select(2, drawn:gsub("<use ", ""))
            check(status == 0 and drawn:find("TRAIN", 1, true), "bench: figure " .. id, out)
        end
        check(points[1] > 12 and points[1] == points[2] and points[1] == points[3], "bench: the points of " .. id, table.concat(points, " "))
    end
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
            local function date(when) sh("find " .. run .. "/results -name '*.tsv' -exec touch -d '" .. when .. "' {} +") end
            date("2000-01-01")
            out, status = make("report list" .. of)
            check(status == 0 and not out:find("accuracy", 1, true), "make report trains nothing, however old the results", out)
            date("now")
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
    local cut = 0
    for k = 1, 6 do
        strike("make BUILD=" .. run .. " BIN=" .. build .. "/bin DATA= OPTIONS=updates=12 -j2 reproduce ROWS='naked noise_03' CLASSES=2 INSTANCES=2",
               0.3 + 0.37 * k)
        if not read(run .. "/report.html") then cut = cut + 1 end
    end
    check(cut > 0, "some of the kills came before the end")
    local out, status = make("-j2 reproduce ROWS='naked noise_03' CLASSES=2 INSTANCES=2")
    check(status == 0 and read(run .. "/tables/T2D.tsv") == want, "tables after six kills", out)
end)

-- A long training, killed at odd moments, ends as one that was not; a checkpoint of another is refused.
test("resumed", function()
    local function train(folder, updates, limit)
        return sh("mkdir -p " .. scratch .. "/" .. folder .. " && " .. limit .. build .. "/bin/network " .. scratch .. "/" .. folder
                  .. "/1_naked_v0.tsv profile=paper updates=" .. updates)
    end
    local function file(folder, ending) return read(scratch .. "/" .. folder .. "/1_naked_v0." .. ending) end
    local begun = os.time()
    local _, status = train("whole", 150, "")
    local length = os.time() - begun
    check(status == 0 and file("whole", "way"):find("\n150\t"), "accuracy is recorded on the way", file("whole", "way"))
    local k, kills, left = 0, 0, nil
    repeat
        k = k + 1
        _, status = train("parts", 150, "timeout -s KILL " .. length * 0.2 + 0.3 + 0.21 * k .. " ")
        left = file("parts", "checkpoint") or left
        if status ~= 0 and left then kills = kills + 1 end
    until status == 0 or k == 40
    check(kills > 0 and status == 0, "killed " .. kills .. " times, and resumed")
    for _, ending in ipairs { "model", "way" } do
        check(file("whole", ending) == file("parts", ending), "the same " .. ending .. " after kills")
    end
    check(not file("parts", "checkpoint"), "nothing is left of a checkpoint")
    local out
    sh("mkdir -p " .. scratch .. "/other")
    write(scratch .. "/other/1_naked_v0.checkpoint", left)
    out, status = train("other", 151, "")
    check(status == 1 and out:find("1_naked_v0.checkpoint", 1, true), "a checkpoint of another training is refused", out)
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
    local real = read((os.getenv("IC_DATA") or "data") .. "/mixoutALL_shifted.mat")
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
    complains("huge data", network .. scratch .. "/huge.mat", "huge.mat", "larger than 64 MB")
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
