-- Weaves the book from invclass.h, which is also its source.
--     lua5.4 paper/book/weave.lua check [HEADER]    lists what breaks the rules below; exit status 1 if anything does
--     lua5.4 paper/book/weave.lua BUILD [HEADER]    writes BUILD/book.html, with the figures in BUILD/figures/book
--
-- The rules.  What a reader of the plain file sees is all there is: nothing is marked for this program alone.
--   * PART n  TITLE between two lines of '=' begins a part.  In part 0, the manual, a paragraph that is a title in capitals, or
--     begins with one and a period, begins a section.
--   * A comment "/* [L] THE LSTM ---" begins a chapter, "/* [L2] Forward.  ..." a section, whose title is its first sentence.
--     One tag a comment, at its beginning; each tag once; sections count 1, 2, 3.  All up to the next tag belongs to it.
--   * Other comments of two or more lines that begin in column 1 are prose, too.  All the rest is code.
--   * Prose stands at column 3, in lines of at most 98 columns; a blank line ends a paragraph.  "- " and "1. " begin items.
--   * Displays stand at column 7 or further.  Lines "| ..." are kept as they are, lines "> ..." are code.  Others are formulas
--     (formula.lua has the notation), one or several a line, three blanks between them; after three blanks there may be words,
--     after two, at the end, a number: (3).  A line further in continues the one before.
--   * `code`, $formula$; [L3], (3), [L](3) and names ic_..., IC_... become links, in comments of the code, too.
--   * "figure: name.svg  Caption." is drawn by plots/book/name.gp; "source: FILE FUNCTION" shows a function of another file.
--   * "Exercise 1.  ..." is followed by "Answer.  ...", which is folded.
--   * Folded besides, by what they are: conditionals, includes and tables of macros; lists of prototypes; functions whose
--     names end in _ok, _bytes, _layout, _free.

local here = arg[0]:match("^(.*/)") or "./"
local page = dofile(here .. "page.lua")
local formula = dofile(here .. "formula.lua")
local checking = arg[1] == "check"
local build, source = arg[1], arg[2] or "invclass.h"
local WIDTH = 98

local problems = {}
local function refuse(line, ...)
    local text = ("%s:%d: %s"):format(source, line, string.format(...))
    if not problems[text] then problems[#problems + 1] = { line, text } end
    problems[text] = true
end
local escape = page.escape
local function attribute(text) return (escape(text):gsub('"', "&quot;")) end

-- -- reading: blocks of prose and of code ---------------------------------------------------------------

local lines = {}
for line in (page.read(source) .. "\n"):gmatch("(.-)\n") do lines[#lines + 1] = line end
if lines[#lines] == "" then lines[#lines] = nil end

local blocks, k = {}, 1                            -- { prose = true or nil, first = line number, n = lines, [1] ... }
while k <= #lines do
    local last, block = k, blocks[#blocks]
    if lines[k]:find("^/%*") then
        while last < #lines and not lines[last]:find("*/", 1, true) do last = last + 1 end
    end
    if last > k or lines[k]:find("^/%* %[%u%d*%]") then
        block = { prose = true, first = k }
        for i = k, last do
            local text = i == k and "  " .. lines[i]:sub(3) or lines[i]
            if i == last then
                local rest = text:match("%*/%s*(.-)$")
                if rest ~= "" then refuse(i, "something stands behind the comment: %s", rest or "it is never closed") end
                text = text:gsub("%s*%*/.*$", "")
            end
            if #lines[i] > WIDTH then refuse(i, "a line of prose has %d columns, more than %d", #lines[i], WIDTH) end
            if text:find("\t") then refuse(i, "a tabulator") end
            if text:find("%S") and not text:find("^   ") then refuse(i, "prose begins at column 3") end
            block[#block + 1] = text:sub(4)
        end
        blocks[#blocks + 1] = block
    else
        if not block or block.prose then
            block = { first = k }
            blocks[#blocks + 1] = block
        end
        block[#block + 1] = lines[k]
    end
    k = last + 1
end

-- -- prose: a list of items ------------------------------------------------------------------------------

local tags, chapter, order = {}, nil, {}          -- tag -> title; the chapter being read; chapters and sections in order
local equations, references = {}, {}               -- "L-3" -> line; { line, chapter, number or nil, tag or nil }

-- One display: lines of one kind.
local function display(items, at, kind, text)
    local item = items[#items]
    if item and item.kind == kind and not item.closed then item[#item + 1] = { at, text }
    else items[#items + 1] = { kind = kind, at = at, { at, text } } end
end

local function equation_rows(item)
    local rows, indent = {}, nil
    for _, line in ipairs(item) do
        local at, text = line[1], line[2]
        local depth = #text:match("^ *")
        local number = text:match("%s%s%((%d+)%)%s*$")
        text = text:gsub("%s%s%(%d+%)%s*$", "")
        local row = rows[#rows]
        indent = indent or depth
        if depth < indent then indent = depth end
        local cells = {}
        for cell in (text:gsub("%s%s%s+", "\1")):gmatch("[^\1]+") do
            cell = cell:match("^%s*(.-)%s*$")
            if cell ~= "" then cells[#cells + 1] = cell end
        end
        if depth > indent and row then
            if row.words and (depth >= row.words_at - 3) then row.words = row.words .. " " .. table.concat(cells, " ")
            else row.formulas[#row.formulas] = row.formulas[#row.formulas] .. " " .. table.remove(cells, 1) end
        else
            row = { at = at, formulas = { table.remove(cells, 1) } }
            rows[#rows + 1] = row
        end
        for c, cell in ipairs(depth > indent and row.words and {} or cells) do
            if formula.words(cell) then
                row.words = table.concat(cells, "   ", c)
                row.words_at = text:find(cell, 1, true)
                break
            end
            row.formulas[#row.formulas + 1] = cell
        end
        if number then
            row.number = number
            local id = (chapter or "manual") .. "-" .. number
            if equations[id] then refuse(at, "equation (%s) stands in line %d already", number, equations[id]) end
            equations[id] = at
        end
    end
    return rows
end

local function parse(block, manual)
    local items, i = {}, 1
    local function line() return block[i] end
    local function at() return block.first + i - 1 end
    local function paragraph()
        local text, first = {}, at()
        while line() and line():find("%S") and not line():find("^    ") do
            text[#text + 1] = line()
            i = i + 1
        end
        return table.concat(text, "\n"), first
    end
    local tag, rest = block[1]:match("^%[(%u%d*)%]%s*(.*)$")
    if tag then block[1] = rest end
    while line() do
        local text = line()
        if not text:find("%S") then
            if #items > 0 then items[#items].closed = true end
            i = i + 1
        elseif text:find("^=====+$") then
            local n, title = (block[i + 1] or ""):match("^PART (%d)  (.+)$")
            if not n or not (block[i + 2] or ""):find("^=====+$") then refuse(at(), "a line of '=' that encloses no PART") end
            items[#items + 1] = { kind = "part", at = at(), n = n or "?", title = title or "?" }
            manual = n == "0"
            i = i + 3
        elseif text:find("^    ") then
            local mark, kept = text:match("^%s+([|>])(.*)$")
            if mark then display(items, at(), mark, (kept:gsub("^ ", "")))
            else display(items, at(), "=", text) end
            i = i + 1
        elseif text:find("^ ? ?%- ") or text:find("^ ? ?%d+%. ") then
            local list = { kind = text:find("^ *%-") and "ul" or "ol" }
            repeat
                local dent, body = line():match("^( *%S+ +)(.*)$")
                local entry = { at = at(), body }
                i = i + 1
                while line() and line():find("%S") and #line():match("^ *") >= #dent do
                    entry[#entry + 1] = line():sub(#dent + 1)
                    i = i + 1
                end
                list[#list + 1] = { at = entry.at, text = table.concat(entry, "\n") }
            until not (line() and (line():find("^ ? ?%- ") or line():find("^ ? ?%d+%. ")))
            items[#items + 1] = list
        else
            if text:find("^ ") then refuse(at(), "neither prose (column 3) nor a display (column 7)") end
            local all, first = paragraph()
            local figure, caption = all:match("^figure: (%S+)%s*(.*)$")
            local file, name, said = all:match("^source: (%S+) (%S+)%s*(.*)$")
            local number, exercise = all:match("^Exercise (%d+)%.%s+(.*)$")
            local title, more = all:match("^(%u%u[%u%d :,;]+)%.  (.*)$")
            if all:find("^%u%u[%u%d :,;]+$") or all:find("^%u%u[%u%d :,;]+%.$") then title, more = all:gsub("%.$", ""), "" end
            if tag then
                if #tag == 1 then
                    title = all:match("^([^%l\n]-)%s*%-%-%-+$") or all:match("^([^%l\n]-)%s*%-%-%-+\n")
                    more = all:match("\n(.*)$") or ""
                    if not title then refuse(first, "[%s] begins no chapter: a title in capitals, and ---", tag) end
                else
                    local stop = (all .. "\n"):find("%.\n") or #all + 1
                    stop = math.min(stop, (all:find("%.  ")) or stop)
                    title, more = all:sub(1, stop - 1), all:sub(stop + 1)
                    if title:find("%-%-%-") then refuse(first, "[%s]: dashes are for chapters", tag)
                    elseif not all:find("^%.", stop) then refuse(first, "[%s]: its title ends with no period", tag) end
                end
                items[#items + 1] = { kind = #tag == 1 and "chapter" or "section", at = first, tag = tag, title = (title or "?"):gsub("%s+", " ") }
                tag = nil
                if more:find("%S") then
                    local skipped = select(2, all:sub(1, #all - #more):gsub("\n", ""))
                    items[#items + 1] = { kind = "p", at = first + skipped, text = more:match("^%s*(.*)$") }
                end
            elseif figure then items[#items + 1] = { kind = "figure", at = first, name = figure, text = caption }
            elseif file then items[#items + 1] = { kind = "source", at = first, file = file, name = name, text = said }
            elseif number then items[#items + 1] = { kind = "exercise", at = first, number = tonumber(number), text = exercise }
            elseif all:find("^Answer%.%s") then items[#items + 1] = { kind = "answer", at = first, text = all:match("^Answer%.%s+(.*)$") }
            elseif manual and title then
                items[#items + 1] = { kind = "title", at = first, title = title }
                if more ~= "" then items[#items + 1] = { kind = "p", at = first, text = more } end
            else
                if all:find("^%[%u%d*%]") then refuse(first, "a tag within a comment: end the comment here and begin another") end
                items[#items + 1] = { kind = "p", at = first, text = all }
            end
        end
    end
    return items
end

for _, block in ipairs(blocks) do
    if block.prose then
        block.items = parse(block, block == blocks[1])
        local open
        for _, item in ipairs(block.items) do
            if item.kind == "chapter" then
                chapter = item.tag
                order[#order + 1] = { tag = item.tag, n = 0, exercises = 0 }
            elseif item.kind == "section" then
                local letter, n = item.tag:match("^(%u)(%d+)$")
                local of = order[#order]
                if not of or of.tag ~= letter then refuse(item.at, "[%s] stands outside of its chapter", item.tag)
                elseif tonumber(n) ~= of.n + 1 then refuse(item.at, "[%s] where [%s%d] should stand", item.tag, letter, of.n + 1) end
                if of and of.tag == letter then of.n = tonumber(n) end
            elseif item.kind == "exercise" then
                local of = order[#order]
                if not of or item.number ~= of.exercises + 1 then refuse(item.at, "exercises count 1, 2, 3 in a chapter") end
                if of then of.exercises = item.number end
                if open then refuse(open, "an exercise without an answer") end
                open = item.at
            elseif item.kind == "answer" then
                if not open then refuse(item.at, "an answer to no exercise") end
                open = nil
            elseif item.kind == "=" then item.rows = equation_rows(item)
            end
            if item.tag then
                if tags[item.tag] then refuse(item.at, "[%s] is defined in line %d already", item.tag, tags[item.tag].at) end
                tags[item.tag] = item
            end
        end
        if open then refuse(open, "an exercise without an answer") end
    end
    block.chapter = chapter
end

-- -- names: where each is declared -------------------------------------------------------------------------

-- In C a name is declared where it first stands.  But a macro may be asked for before that, and an internal
-- function is better looked up at its definition.
local declared = {}
local function plain_code(line) return (line:gsub("/%*.-%*/", ""):gsub("/%*.*$", ""):gsub('"[^"]*"', '""')) end
for _, block in ipairs(blocks) do
    local comment = false
    for i = 1, block.prose and 0 or #block do
        local at, code = block.first + i - 1, block[i]
        local begins = comment
        if comment then
            comment = not code:find("*/", 1, true)
            code = code:gsub("^.-%*/", "", 1)
        end
        if not comment or not begins then
            local open = plain_code(code)
            comment = comment or (code:gsub("/%*.-%*/", ""):find("/%*") ~= nil)
            for name in open:gmatch("[%a_][%w_]*") do
                local was = declared[name]
                if name:find("^[iI][cC]_") and not name:find("_$") then
                    local asked = was and (was.asked and open:find("^#define"))
                    if not was or asked then declared[name] = { at = at, asked = open:find("^#%s*ifn?def") or open:find("^#%s*e?l?if") } end
                end
            end
            local name = open:match("^IC_P_.-([%w_]+)%(")
            local body, j = open, i
            while name and name ~= "IC_P_K" and not body:find("[;{]") and block[j + 1] do j = j + 1 body = body .. plain_code(block[j]) end
            if name and name:find("^ic_p_") and body:find("^[^;]*{") then declared[name] = { at = at } end
            local kernel = open:match("^IC_P_.- IC_P_K%((%w+)%)%(")
            if kernel then declared["IC_P_K(" .. kernel .. ")"] = { at = at } end
        end
    end
end

-- -- text to HTML ------------------------------------------------------------------------------------------

local chapter_now
local function name_link(name, at, code)
    local of = declared[name]
    local id = name:gsub("[()]", "-"):gsub("%-$", "")
    if not of then
        if name:find("^ic_") and not name:find("^ic_p_") and not name:find("_$") then refuse(at, "%s is declared nowhere", name) end
        return escape(name)
    end
    if code and of.at == at and not of.placed then
        of.placed = true
        return '<a class="d" id="' .. id .. '">' .. escape(name) .. "</a>"
    end
    return '<a href="#' .. id .. '">' .. escape(name) .. "</a>"
end

local function line_in(text, pos, at) return at + select(2, text:sub(1, pos - 1):gsub("\n", "")) end

-- Plain words, of prose or of a comment: tags, equations, names.
local function words(text, at)
    local function line_of(pos) return line_in(text, pos, at) end
    local out, pos = {}, 1
    while pos <= #text do
        local first, last = text:find("[%[%(%a_]", pos)
        if not first then break end
        out[#out + 1] = escape(text:sub(pos, first - 1))
        local tag, stop = text:match("^%[(%u%d*)%]()", first)
        local number, after = text:match("^%((%d%d?)%)()", tag and stop or first)
        local alone = tag or first == 1 or text:find("^[%s(%-,]", first - 1)
        if tag then
            if text:sub(first - 1, first - 1) == "]" or text:find("^%[[^%u]", stop) or text:find("^%[%u[^%d%]]", stop) then
                refuse(line_of(first), "[%s] looks like a tag: extents are written in lower case", tag)
            elseif not tags[tag] then refuse(line_of(first), "[%s] is no tag", tag) end
            if number and #tag == 1 then
                if not equations[tag .. "-" .. number] then refuse(line_of(first), "[%s] has no equation (%s)", tag, number) end
                out[#out + 1] = ('<a href="#%s">[%s]</a><a href="#%s-%s">(%s)</a>'):format(tag, tag, tag, number, number)
                pos = after
            else
                out[#out + 1] = ('<a href="#%s">[%s]</a>'):format(tag, tag)
                pos = stop
            end
        elseif number and alone and equations[(chapter_now or "") .. "-first"] then
            local id = chapter_now .. "-" .. number
            if not equations[id] then refuse(line_of(first), "chapter [%s] has no equation (%s)", chapter_now, number) end
            out[#out + 1] = ('<a href="#%s">(%s)</a>'):format(id, number)
            pos = after
        else
            local name = text:match("^[%a_][%w_]*", first)
            if name and name:find("^[iI][cC]_") then out[#out + 1] = name_link(name, line_of(first))
            else out[#out + 1] = escape(name or text:sub(first, first)) end
            pos = first + #(name or " ")
        end
    end
    out[#out + 1] = escape(text:sub(pos))
    return table.concat(out)
end
for id, at in pairs((function() local all = {} for id, at in pairs(equations) do all[id] = at end return all end)()) do
    equations[id:match("^(.*)%-") .. "-first"] = at
end

-- Prose, with `code` and $formulas$.
local function prose(text, at)
    local out, pos = {}, 1
    while pos <= #text do
        local here_at = line_in(text, pos, at)
        local plain = text:match("^[^`$]+", pos)
        local mark = text:sub(pos, pos)
        if plain then
            for start, bad in plain:gsub("[iI][cC]_[%w_]*", "--"):gmatch("()([%w|)]+[_^][%w{(-]+)") do
                refuse(line_in(plain, start, here_at), "a formula in prose, $%s ...$?  Or `code`?", bad)
            end
            out[#out + 1] = words(plain:gsub(" %- ", " – "):gsub("(%w)'", "%1’"):gsub('%f[^%z%s(]"', "“"):gsub('"', "”"), here_at)
            pos = pos + #plain
        else
            local stop = text:find(mark, pos + 1, true)
            if not stop then
                refuse(here_at, "a %s that no other one closes", mark)
                return table.concat(out)
            end
            local inner = text:sub(pos + 1, stop - 1):gsub("%s+", " ")
            if mark == "`" then
                local name = inner:match("^[iI][cC]_[%w_]+$")
                out[#out + 1] = "<code>" .. (name and name_link(name, here_at) or escape(inner)) .. "</code>"
            else
                local html, why = formula.render(inner, false)
                if not html then refuse(here_at, "$%s$: %s", inner, why) end
                out[#out + 1] = html
            end
            pos = stop + 1
        end
    end
    return table.concat(out)
end

local keywords = {}
for word in ([[auto break case char const continue default do double else enum extern float for goto if inline int long register
    return short signed sizeof static struct switch typedef union unsigned void volatile while]]):gmatch("%S+") do keywords[word] = true end

-- Lines of C.
local function highlight(text, at)
    local out, pos = {}, 1
    local line, counted = at or 0, 1
    local function put(class, html) out[#out + 1] = class and "<" .. class .. ">" .. html .. "</" .. class:match("^%a+") .. ">" or html end
    while pos <= #text do
        line = line + select(2, text:sub(counted, pos - 1):gsub("\n", ""))
        counted = pos
        local start = pos == 1 or text:sub(pos - 1, pos - 1) == "\n"
        local got = text:match("^/%*.-%*/", pos) or text:match("^/%*.*$", pos) or text:match("^//[^\n]*", pos)
        if got then put("i", at and words(got, line) or escape(got))
        else
            got = text:match('^"[^"\n]*"', pos) or text:match("^'\\?[^\n]'", pos)
            if got then put("s", escape(got))
            else
                got = start and text:match("^%s*#%s*%a+", pos)
                if got then put("b", got)
                else
                    got = at and text:match("^IC_P_K%(%w+%)", pos)
                    if got and declared[got] then put(nil, name_link(got, line, true))
                    else
                        got = text:match("^[%a_][%w_]*", pos)
                        if got and keywords[got] then put("b", got)
                        elseif got then put(nil, got:find("^[iI][cC]_") and name_link(got, at and line or -1, at ~= nil) or got)
                        else
                            got = text:match("^[^%a_/\"'#]+", pos) or text:sub(pos, pos)
                            local ends = got:find("\n", 1, true)
                            if ends then got = got:sub(1, ends) end
                            put(nil, escape(got))
                        end
                    end
                end
            end
        end
        pos = pos + #got
    end
    return table.concat(out)
end

-- -- code: pieces between blank lines, some of them folded ---------------------------------------------------

local folded_names = { "_ok$", "_bytes$", "_layout$", "_free$" }

-- The line that stands for a piece when it is folded, or nil.
local function folding(piece)
    local all, bookkeeping, directive, prototypes, continued, public = 0, 0, 0, 0, false, false
    for _, line in ipairs(piece) do
        local blank = not line:find("%S")
        local conditional = line:find("^#%s*[iepu]%a+") or line:find('^extern "C"') or line:find("^/%*.*%*/$") or line:find("^%s*\\?$")
                            or line:find("^} *$")
        if not blank then all = all + 1 end
        if conditional and not blank and not continued then bookkeeping = bookkeeping + 1 end
        if line:find("^#") or continued or conditional then directive = directive + 1 end
        if line:find("^#define IC_") and not line:find("^#define IC_P_") and not line:find("^#define IC_DEF") then public = true end
        if line:find("^IC_P_.*%);") or line:find("^static .*%);") then prototypes = prototypes + 1 end
        continued = line:find("\\$") ~= nil
    end
    local name = piece.name
    if name then
        for _, pattern in ipairs(folded_names) do
            if name:find(pattern) and all >= 5 then return piece.head .. " …" end
        end
    elseif directive == #piece and (bookkeeping * 2 >= all or (all >= 12 and not public)) then
        return piece[1] .. (all > 1 and " …" or "")
    elseif prototypes >= 3 and prototypes * 2 >= all then return piece[1]:gsub("%s+$", "") .. " …"
    end
end

local function code_html(block)
    local pieces, i = {}, 1
    while i <= #block do
        while i <= #block and not block[i]:find("%S") do i = i + 1 end
        if i > #block then break end
        local piece, body = { first = block.first + i - 1 }, false
        while i <= #block and (body or block[i]:find("%S")) do
            local line = block[i]
            if line:find("^{") or (line:find("^%S.*{$") and not line:find("^#")) then body = true end
            if line:find("^}") then body = false end
            piece[#piece + 1] = line
            i = i + 1
        end
        if #piece > 0 then
            local head = table.concat(piece, "\n"):match("^(IC_[^;{]*%))%s*\n?{")
            if head then
                piece.head = head:gsub("\n%s*", " ")
                piece.name = head:match("([%w_]+)%(")
            end
            pieces[#pieces + 1] = piece
        end
    end
    local out, count = {}, 0
    for _, piece in ipairs(pieces) do
        local text, fold = table.concat(piece, "\n"), folding(piece)
        local html = highlight(text, piece.first)
        if fold and #piece >= 3 then
            out[#out + 1] = ("<details><summary><code>%s</code> <small>%d lines</small></summary><pre><code>%s</code></pre></details>"):format(
                escape(fold), #piece, html)
            count = count + 2
        else
            local last = out[#out]
            out[#out + 1] = "<pre><code>" .. html .. "</code></pre>"
            count = count + #piece + 1
        end
    end
    return table.concat(out, "\n"), count
end

local function function_of(item)                   -- the text of a function of another file
    local ok, text = pcall(page.read, item.file)
    if not ok then return refuse(item.at, "source: there is no %s", item.file) end
    local from = 1
    for head, first in ("\n" .. text):gmatch("\n([%a][^\n;]-%f[%w_]" .. item.name .. "%()()") do from = first - #head break end
    local found = ("\n" .. text):match("\n([%a][^\n;]-%f[%w_]" .. item.name .. "%([^;]-\n{.-\n})\n")
    if not found then return refuse(item.at, "source: there is no function %s in %s", item.name, item.file) end
    return found
end

-- -- the book --------------------------------------------------------------------------------------------

local function formulas(item)
    local out = {}
    for _, row in ipairs(item.rows) do
        local cells = {}
        for _, text in ipairs(row.formulas) do
            local html, why = formula.render(text, true)
            if not html then refuse(row.at, "%s: %s", text, why) end
            cells[#cells + 1] = '<span class="f">' .. (html or "") .. "</span>"
        end
        local id = row.number and (chapter_now or "manual") .. "-" .. row.number
        out[#out + 1] = ('<div class="eq"%s><div class="fs">%s</div>%s%s</div>'):format(id and ' id="' .. id .. '"' or "",
            table.concat(cells, " "), row.words and '<div class="w">' .. prose(row.words, row.at) .. "</div>" or "",
            id and ('<a class="n" href="#%s">(%s)</a>'):format(id, row.number) or "")
    end
    return table.concat(out, "\n")
end

local function text_of(item)
    local all = {}
    for i, line in ipairs(item) do all[i] = line[2] end
    return table.concat(all, "\n")
end

local function figure(item)
    local name = item.name:match("^([%w_-]+)%.svg$")
    local caption = prose(item.text, item.at)
    if not name then return refuse(item.at, "figure: %s is no name.svg", item.name) end
    if not page.exists("plots/book/" .. name .. ".gp") then
        return refuse(item.at, "figure: there is no plots/book/%s.gp to draw it", name)
    end
    local ok, svg = pcall(page.read, (checking and "" or build) .. "/figures/book/" .. item.name)
    if not ok then
        if not checking then refuse(item.at, "figure: %s was not drawn", item.name) end
        svg = ""
    end
    return ('<figure id="figure-%s">%s<figcaption>%s</figcaption></figure>'):format(name, page.inline_svg(svg, name, item.text), caption)
end

local contents, sections = {}, {}
local function heading(level, id, tag, title, at)
    contents[#contents + 1] = { level = level, id = id, tag = tag, title = title }
    return ('<h%d id="%s">%s%s</h%d>'):format(level, id, tag and '<a class="tag" href="#' .. id .. '">' .. tag .. "</a> " or "", prose(title, at), level)
end

-- HTML of some prose, its weight in lines, and the widest formula.
local function prose_html(block)
    local out, weight, wide, inside = {}, 0, 0, nil
    local function close() if inside then out[#out + 1] = inside inside = nil end end
    for _, item in ipairs(block.items) do
        local kind = item.kind
        if item.text then weight = weight + 1 + select(2, item.text:gsub("\n", "")) end
        if kind == "p" then out[#out + 1] = "<p>" .. prose(item.text, item.at) .. "</p>"
        elseif kind == "ul" or kind == "ol" then
            out[#out + 1] = "<" .. kind .. ">"
            for _, entry in ipairs(item) do
                weight = weight + 1 + select(2, entry.text:gsub("\n", ""))
                out[#out + 1] = "<li>" .. prose(entry.text, entry.at) .. "</li>"
            end
            out[#out + 1] = "</" .. kind .. ">"
        elseif kind == "=" then
            out[#out + 1] = '<div class="eqs">' .. formulas(item) .. "</div>"
            for _, line in ipairs(item) do wide = math.max(wide, #line[2] - 4) end
            weight = weight + 2 * #item
        elseif kind == "|" then
            local text = text_of(item)
            local html = words(text, item.at)
            out[#out + 1] = '<pre class="table">' .. html .. "</pre>"
            for _, line in ipairs(item) do wide = math.max(wide, #line[2]) end
            weight = weight + #item
        elseif kind == ">" then
            out[#out + 1] = '<pre class="program"><code>' .. highlight(text_of(item)) .. "</code></pre>"
            for _, line in ipairs(item) do wide = math.max(wide, #line[2]) end
            weight = weight + #item
        elseif kind == "figure" then
            out[#out + 1] = figure(item) or ""
            weight, wide = weight + 20, 99
        elseif kind == "source" then
            local text = function_of(item) or ""
            out[#out + 1] = ('<figure class="source"><pre class="program"><code>%s</code></pre><figcaption><code>%s</code> of <code>%s</code>%s</figcaption></figure>')
                :format(highlight(text), item.name, item.file, item.text ~= "" and ": " .. prose(item.text, item.at) or "")
            weight, wide = weight + 20, 99
        elseif kind == "exercise" then
            close()
            out[#out + 1] = '<div class="exercise"><p><b>Exercise ' .. item.number .. ".</b> " .. prose(item.text, item.at) .. "</p>"
            inside = "</div>"
        elseif kind == "answer" then
            out[#out + 1] = "<details><summary>Answer</summary><p>" .. prose(item.text, item.at) .. "</p>"
            inside = "</details></div>"
        end
    end
    close()
    return table.concat(out, "\n"), weight, wide
end

local body, opening = {}, ""
local function put(text) body[#body + 1] = text end
local open_section = false
local function begin(html)
    if open_section then put("</section>") end
    put("<section>")
    open_section = true
    put(html)
end

k = 1
while k <= #blocks do
    local block = blocks[k]
    chapter_now = block.chapter
    if block.prose then
        -- A block's headings cut it: what stands before, and what each begins.
        local parts = { { items = {} } }
        for _, item in ipairs(block.items) do
            local part = parts[#parts]
            if item.kind == "part" or item.title then parts[#parts + 1] = { head = item, items = {} }
            else part.items[#part.items + 1] = item end
        end
        for p, part in ipairs(parts) do
            local head = part.head
            if head and head.kind == "part" then
                begin(heading(1, "part-" .. head.n, "Part " .. head.n, head.title:sub(1, 1) .. head.title:sub(2):lower(), head.at))
            elseif head and head.kind == "title" then
                local title = head.title:sub(1, 1) .. head.title:sub(2):lower()
                begin(heading(3, "manual-" .. title:lower():gsub("%W+", "-"):gsub("%-$", ""), nil, title, head.at))
            elseif head then
                local level = head.kind == "chapter" and 2 or 3
                begin(heading(level, head.tag, head.tag, head.title, head.at))
            end
            if k == 1 and p == 1 and part.items[1] then
                part.items[1].text = part.items[1].text:gsub("^(invclass%.h)  (%S+)  ", "")
            end
            local html, weight, wide = prose_html(part)
            local code, n = "", 0
            if p == #parts and blocks[k + 1] and not blocks[k + 1].prose then
                k = k + 1
                code, n = code_html(blocks[k])
            end
            if k == 1 and p == 1 then
                opening, html = html, ""
            end
            if html ~= "" or code ~= "" then
                local beside = html ~= "" and code ~= "" and wide <= 56 and weight <= math.max(16, 1.3 * n + 4)
                put(('<div class="row%s">'):format(beside and " beside" or ""))
                if html ~= "" then put('<div class="prose">' .. html .. "</div>") end
                if code ~= "" then put('<div class="code">' .. code .. "</div>") end
                put("</div>")
            end
        end
    else
        local code = code_html(block)
        if code ~= "" then put('<div class="row"><div class="code">' .. code .. "</div></div>") end
    end
    k = k + 1
end
put("</section>")

table.sort(problems, function(a, b) return a[1] < b[1] end)
for _, problem in ipairs(problems) do io.stderr:write(problem[2], "\n") end
if #problems > 0 then io.stderr:write(("%d places break the markup's rules (paper/book/weave.lua)\n"):format(#problems)) end
if checking or #problems > 0 and not os.getenv("DRAFT") then os.exit(#problems == 0) end

local toc, level = {}, 0
for _, entry in ipairs(contents) do
    toc[#toc + 1] = ('<li class="l%d"><a href="#%s">%s%s</a></li>'):format(entry.level, entry.id,
        entry.tag and "<b>" .. entry.tag .. "</b> " or "", escape(entry.title))
end
local size = page.assemble(here .. "book.html", build .. "/book.html", { STYLE = page.read(here .. "book.css"),
    SCRIPT = page.read(here .. "book.js"), TITLE = opening, CONTENTS = table.concat(toc, "\n"), BODY = table.concat(body, "\n") }, build)
print(("%s/book.html: %d KB; open it in a browser"):format(build, (size + 1023) // 1024))
