-- Puts a run into the snapshot, which is what paper/ holds of it.
--     lua5.4 paper/keep.lua BUILD MARK ID ...       tables and figures of these names; the tables also go between the
--                                                   lines "<!-- MARK: ..." and "<!-- end of MARK" of paper/README.md
--                                                   or README.md, whichever has them
--     lua5.4 paper/keep.lua origin VARIABLES RESULT.tsv ...   writes RUN.txt: how the results were made
--     lua5.4 paper/keep.lua same BUILD              says how many networks came out as those of the snapshot did
local function read(path)
    local file = io.open(path, "rb")
    if not file then return nil end
    local text = file:read("a")
    file:close()
    return text
end

local function write(path, text)
    local file = assert(io.open(path .. ".new", "wb"))
    assert(file:write(text))
    assert(file:close())
    assert(os.rename(path .. ".new", path))
end

-- Copies a file of the run, if there is one; returns its text.
local function keep(build, kind, name)
    local text = read(build .. "/" .. kind .. "/" .. name)
    if text then write("paper/" .. kind .. "/" .. name, text) end
    return text
end

local function keep_run(build, mark, ids)
    local texts = {}
    for _, id in ipairs(ids) do
        keep(build, "figures", id .. ".svg")
        if keep(build, "tables", id .. ".tsv") then texts[#texts + 1] = keep(build, "tables", id .. ".md") end
    end
    for _, path in ipairs { "paper/README.md", "README.md" } do
        local page = assert(read(path))
        local first = page:match("<!%-%- " .. mark .. ":[^\n]*\n()")
        local last = page:match("()<!%-%- end of " .. mark)
        if first then write(path, page:sub(1, first - 1) .. "\n" .. table.concat(texts, "\n") .. "\n" .. page:sub(last)) end
    end
end

local function keep_origin(variables, results)
    local seconds, first = 0, read(results[1])
    for _, path in ipairs(results) do
        for s in read(path):gmatch("seconds_%w+\t([%d.]+)") do seconds = seconds + tonumber(s) end
    end
    local function value(key) return first:match(key .. "\t([^\n]*)") end
    local processor = (read("/proc/cpuinfo") or ""):match("model name%s*: ([^\n]*)")
    write("paper/tables/RUN.txt", ("Made by `make paper %s`.\nData: %s (%s), profile %s.\n%d networks, %.0f minutes of one core.\n")
        :format(variables, value("data"), value("data_hash"), value("profile"), #results, seconds / 60)
        .. (processor and "Processor: " .. processor .. "\n" or ""))
end

-- Instance for instance, to the fourth decimal of accuracy and RMSE; nothing to say of other data or another profile.
local function say_same(build)
    local same, all = 0, 0
    local names = io.popen("cd paper/tables && ls instances_*.tsv")
    for name in names:lines() do
        local ours, kept = read(build .. "/tables/" .. name), read("paper/tables/" .. name)
        if ours and ours:match("\n# [^\n]*") == kept:match("\n# [^\n]*") then
            for line in ours:gmatch("\n(v[^\n]*)") do
                all = all + 1
                if kept:find("\n" .. line .. "\n", 1, true) then same = same + 1 end
            end
        end
    end
    names:close()
    if all > 0 then print(("%d of %d networks came out as those of the snapshot in paper/ did."):format(same, all)) end
end

if arg[1] == "origin" then keep_origin(arg[2], { table.unpack(arg, 3) })
elseif arg[1] == "same" then say_same(arg[2])
else keep_run(arg[1], arg[2], { table.unpack(arg, 3) }) end
