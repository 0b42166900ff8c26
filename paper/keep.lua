-- Puts a run into the snapshot, which is what paper/ holds of it.
--     lua5.4 paper/keep.lua BUILD MARK ID ...       tables and figures of these names; the tables also go between the
--                                                   lines "<!-- MARK: ..." and "<!-- end of MARK" of paper/README.md
--                                                   or README.md, whichever has them
--     lua5.4 paper/keep.lua results RESULT.tsv ...  puts the networks into results.tsv, one line each
--     lua5.4 paper/keep.lua restore BUILD PROFILE   (make restore) writes those of results.tsv that BUILD/results does not
--                                                   have, so that make report can make tables of them all (and maps of
--                                                   those trained here)
--     lua5.4 paper/keep.lua same BUILD              says how many networks came out as those of the snapshot did
local page = dofile((arg[0]:match("^.*/") or "./") .. "book/page.lua")
local write = page.write
local function read(path) return page.exists(path) and page.read(path) or nil end

-- Copies a file of the run, if there is one; returns its text.
local function keep(build, kind, name)
    local text = read(build .. "/" .. kind .. "/" .. name)
    if text then write("paper/" .. kind .. "/" .. name, text) end
    return text
end

-- A table that this run has not made stays as it was kept.
local function keep_run(build, mark, ids)
    local texts, found = {}, false
    for _, id in ipairs(ids) do
        keep(build, "figures", id .. ".svg")
        if keep(build, "tables", id .. ".tsv") then keep(build, "tables", id .. ".md") end
        texts[#texts + 1] = read("paper/tables/" .. id .. ".md")
    end
    for _, path in ipairs { "paper/README.md", "README.md" } do
        local text = assert(read(path))
        local first = text:match("<!%-%- " .. mark .. ":[^\n]*\n()")
        local last = text:match("()<!%-%- end of " .. mark)
        found = found or first
        if first then write(path, text:sub(1, first - 1) .. "\n" .. table.concat(texts, "\n") .. "\n" .. text:sub(last)) end
    end
    if not found then error("no page has the mark " .. mark, 0) end
end

-- results.tsv: "# data, hash", names of columns, networks in their order.  Instances of several runs and days join there.
local KEPT = "paper/results.tsv"
local COLUMNS = { "profile", "network", "accuracy", "rmse", "loss_fit", "loss_means", "latent_share", "updates", "restarts",
                  "seconds", "weights_hash" }

local function value(result, key) return ("\n" .. result):match("\n" .. key .. "\t([^\n]*)") end

local function origin(result) return "# " .. value(result, "data") .. "\t" .. value(result, "data_hash") end

-- A network by its profile and name: its line.
local function read_kept()
    local text, lines = read(KEPT) or "", {}
    for line in text:gmatch("\n(%l+\t%d[^\n]*)") do lines[line:match("^%l+\t[^\t]+")] = line end
    return lines, text:match("^# [^\n]*")
end

-- 2 classes before 20, instance 2 before 10.
local function place(id)
    return (id:gsub("%d+", function(digits) return ("%03d"):format(digits) end))
end

local function keep_results(paths)
    local lines, of = read_kept()
    for _, path in ipairs(paths) do
        local result, seconds, fields = assert(read(path)), 0, {}
        of = of or origin(result)
        if origin(result) ~= of then error(path .. " is of other data than " .. KEPT .. ": " .. of, 0) end
        for s in result:gmatch("\nseconds_?%l*\t([%d.]+)") do seconds = seconds + tonumber(s) end
        for k, name in ipairs(COLUMNS) do
            fields[k] = name == "network" and path:match("([^/]+)%.tsv$") or name == "seconds" and ("%.1f"):format(seconds)
                or value(result, name)
        end
        lines[fields[1] .. "\t" .. fields[2]] = table.concat(fields, "\t")
    end
    local ids = {}
    for id in pairs(lines) do ids[#ids + 1] = id end
    table.sort(ids, function(a, b) return place(a) < place(b) end)
    for k, id in ipairs(ids) do ids[k] = lines[id] end
    write(KEPT, of .. "\n" .. table.concat(COLUMNS, "\t") .. "\n" .. table.concat(ids, "\n") .. "\n")
end

local function restore(build, profile)
    local lines, of = read_kept()
    local data, hash = of:match("^# ([^\t]*)\t(.*)")
    for id, line in pairs(lines) do
        local path, k = build .. "/results/" .. id:match("[^\t]+$") .. ".tsv", 0
        if id:match("^%l+") == profile and not read(path) then
            local result = "data\t" .. data .. "\ndata_hash\t" .. hash .. "\n"
            for field in line:gmatch("[^\t]+") do
                k = k + 1
                result = result .. COLUMNS[k] .. "\t" .. field .. "\n"
            end
            write(path, result)
            local way = profile == "paper" and read("paper/recipe/" .. id:match("[^\t]+$") .. ".way")
            if way then write(path:gsub("tsv$", "way"), way) end
        end
    end
end

-- To the bit: by the hash of the weights.  Nothing to say of other data or another profile.
local function say_same(build)
    local same, all, lines, of = 0, 0, read_kept()
    for id, line in pairs(lines) do
        local result = read(build .. "/results/" .. id:match("[^\t]+$") .. ".tsv")
        if result and value(result, "profile") == id:match("^%l+") and origin(result) == of then
            all = all + 1
            if value(result, "weights_hash") == line:match("[^\t]+$") then same = same + 1 end
        end
    end
    if all > 0 then print(("%d of %d networks came out as those of the snapshot in paper/ did, to the bit."):format(same, all)) end
end

if arg[1] == "results" then keep_results { table.unpack(arg, 2) }
elseif arg[1] == "restore" then restore(arg[2], arg[3])
elseif arg[1] == "same" then say_same(arg[2])
else keep_run(arg[1], arg[2], { table.unpack(arg, 3) }) end
