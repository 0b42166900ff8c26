-- Puts the bench into words and into a table for people.
--     lua5.4 examples/bench/say.lua TABLES     reads bench.tsv there; writes bench.md, speed.tsv and speed.md
-- speed.tsv: for every peer the least and the largest ratio of its time to the library's, of LSTMs at the
-- thesis's 205 units; speed.md: the same in the sentences that README quotes.
local folder = arg[1]

local page_file = dofile(arg[0]:match("^.*/") .. "../../paper/book/page.lua")
local function write(name, text) page_file.write(folder .. "/" .. name, text) end

local rows = {}
for line in io.lines(folder .. "/bench.tsv") do
    local row = {}
    for cell in line:gmatch("[^\t]+") do row[#row + 1] = cell end
    rows[#rows + 1] = row
end

-- The table: the header's ten columns.
local page = {}
for k, row in ipairs(rows) do
    page[#page + 1] = "| " .. table.concat(row, " | "):gsub("_", " ") .. " |\n"
    if k == 1 then page[#page + 1] = "|---" .. ("|---:"):rep(6) .. "|---|---:|---:|\n" end
end
write("bench.md", table.concat(page))

-- Ratios by kind of work and peer.  scikit-learn has two algorithms: the faster one counts.
local kinds = { "LSTM", "KMEANS", "SOM", "DTW" }
local ranges, order, better = {}, {}, {}
local function take(kind, peer, ratio)
    local key = kind .. "\t" .. peer
    if not ranges[key] then
        ranges[key] = { kind = kind, peer = peer, least = ratio, most = ratio }
        order[#order + 1] = ranges[key]
    end
    ranges[key].least = math.min(ranges[key].least, ratio)
    ranges[key].most = math.max(ranges[key].most, ratio)
end
local peak, percent, twice, fit, one = "", {}, {}, nil, nil
for _, row in ipairs(rows) do
    local work, ratio = row[1]:match("%S+"), tonumber(row[10])
    local kind = (work == "TRAIN" or work == "INVERT" or work == "GENERATE") and "LSTM" or work
    if row[1]:find("peak") then peak = row[1]:match("(%S+) peak") .. ": " .. row[6] end
    if kind == "LSTM" and row[2] == "205" and row[4] == "1" then percent[work .. row[3]] = tonumber(row[7]) end
    if kind == "LSTM" and row[4] == "2" then twice[#twice + 1] = ratio
    elseif kind == "KMEANS" and ratio then
        local version = row[8]:match("[%d.]+$")
        better[row[1]] = { math.min(ratio, better[row[1]] and better[row[1]][1] or ratio), version }
    elseif kind == "RECOGNISE" then
        if row[1]:find("fit") then fit = row else one = row end
        if ratio then take(row[1]:match("[^,]+"), row[8]:match("[^,]+"), ratio) end
    elseif ratio and (kind ~= "LSTM" or row[2] == "205") then take(kind, row[8], ratio) end
end
for _, b in pairs(better) do take("KMEANS", "the faster algorithm of scikit-learn " .. b[2], b[1]) end
table.sort(order, function(a, b) return a.kind .. a.peer < b.kind .. b.peer end)
local lines = { "work\tpeer\tleast_ratio\tmost_ratio\n" }
for _, r in ipairs(order) do lines[#lines + 1] = ("%s\t%s\t%.2f\t%.2f\n"):format(r.kind, r.peer, r.least, r.most) end
write("speed.tsv", table.concat(lines))

local function range(a, b)
    a, b = ("%.1f"):format(a + 1e-9), ("%.1f"):format(b + 1e-9)      -- 1.95 is 2.0
    return a == b and a or a .. " to " .. b
end
local function peers(kind)
    local list = {}
    for _, r in ipairs(order) do
        if r.kind == kind then list[#list + 1] = ("%s times as fast as %s"):format(range(r.least, r.most), r.peer) end
    end
    return table.concat(list, ", ")
end
local processor = "this processor"
for line in (io.open("/proc/cpuinfo") and io.lines("/proc/cpuinfo") or function() end) do
    processor = line:match("^model name%s*: (.*)") or processor
end
local said = { ("One core (%s, peak with %s GFLOP/s) reaches %.0f %% of its peak in training with batches of 10, %.0f %% with batches\n"
    .. "of 32, %.0f %% in inversion and %.0f %% in generation of many samples."):format(processor, peak, percent.TRAIN10 or 0, percent.TRAIN32 or 0,
    percent.INVERT256 or 0, percent.GENERATE256 or 0) }
local names = { LSTM = "The LSTM, with 205 units,", KMEANS = "k-means", SOM = "The map", DTW = "Time warping" }
for _, kind in ipairs(kinds) do
    local list = peers(kind)
    if list ~= "" then said[#said + 1] = names[kind] .. " is " .. list .. "." end
end
if fit and one then
    local function right(cell) return cell:match("([%d.]+) right") end
    said[#said + 1] = ("The recogniser learns %s letters in %.1f s, recognises one in %s ms, and is right on %s of held-out ones"):format(
        fit[1]:match("%d+ %S+"), fit[5] / 1000, one[5], right(one[1]))
        .. (right(one[8]) and ("; %s in %.1f s and %s ms, and on %s"):format(fit[8], fit[9] / 1000, one[9], right(one[8])) or "") .. "."
end
if #twice > 0 then
    said[#said + 1] = ("Two threads are %s times as fast as one."):format(range(math.min(table.unpack(twice)), math.max(table.unpack(twice))))
end
local text = table.concat(said, "\n") .. "\n"
write("speed.md", text)
io.write(text)
