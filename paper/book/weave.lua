-- Weaves the book from invclass.h, which is also its source.
--     lua5.4 paper/book/weave.lua check [HEADER]    lists what breaks the rules below; exit status 1 if anything does
--     lua5.4 paper/book/weave.lua BUILD [HEADER]    writes BUILD/book.html, with the figures in BUILD/figures/book
--
-- The rules.  What a reader of the plain file sees is all there is: hardly anything is marked for this program alone.
--   * PART n  TITLE between two lines of '=' begins a part.  In part 0, the manual, a paragraph that is a title in capitals, or
--     begins with one and a period, begins a section; the manual names every chapter.
--   * A comment "/* [L] THE LSTM ---" begins a chapter, "/* [L2] Forward.  ..." a section, whose title is its first sentence.
--     One tag a comment, at its beginning; each tag once; sections count 1, 2, 3.  All up to the next tag belongs to it.
--   * Other comments of two or more lines that begin in column 1 are prose, too.  All the rest is code.
--   * Prose stands at column 3, in lines of at most 98 columns; a blank line ends a paragraph.  "- " and "1. " begin items.
--   * Displays stand at column 7 or further.  Lines "| ..." are kept as they are, lines "> ..." are code.  Others are formulas
--     (formula.lua has the notation), one or several a line, three blanks between them; after three blanks there may be words,
--     after two, at the end, a number: (3).  A line further in continues the one before.
--   * `code`, $formula$; [L3], (3), [L](3) and names ic_..., IC_... become links, in comments of the code, too.
--   * "figure: name.svg  Caption." is drawn by plots/book/name.gp; "source: FILE FUNCTION  Caption." shows a function.
--   * "Exercise 1.  ..." is followed by "Answer.  ...", which is folded.
--   * Folded besides, by what they are: conditionals, includes and tables of macros; lists of prototypes; functions whose
--     names end in _ok, _bytes, _layout, _defaults, _free.

local here = arg[0]:match("^(.*/)") or "./"
local page, formula = dofile(here .. "page.lua"), dofile(here .. "formula.lua")
local checking, build, source = arg[1] == "check", arg[1], arg[2] or "invclass.h"
local escape = page.escape

local problems = {}
local function refuse(line, ...)
    local text = ("%s:%d: %s"):format(source, line, string.format(...))
    if not problems[text] then problems[#problems + 1] = { line, text } end
    problems[text] = true
end

-- Line of a place in a text that begins in line `at`.
local function line_in(text, pos, at) return at + select(2, text:sub(1, pos - 1):gsub("\n", "")) end

-- -- reading: the whole book as a list of items, each with its kind and the line it stands `at` -----------------

local book, chapters, tags = {}, {}, {}            -- the items; chapters in order; what each tag begins
local equations = {}                               -- "L-3" -> its line
local function add(kind, at, item)
    item = item or {}
    item.kind, item.at, item.chapter = kind, at, #chapters > 0 and chapters[#chapters].tag or "manual"
    book[#book + 1] = item
    return item
end

-- A tag begins a chapter or a section, whose title is cut off its first paragraph.  Returns the rest.
local function heading(tag, text, at)
    local letter, n = tag:match("^(%u)(%d*)$")
    local title, stop
    if n == "" then
        title, stop = text:match("^([^%l\n]-)%s*%-%-%-+%f[\n%z]()")
        if not title then refuse(at, "[%s] begins no chapter: a title in capitals, and ---", tag) end
        chapters[#chapters + 1] = { tag = tag, sections = 0, exercises = 0, at = at }
    else
        local of = chapters[#chapters]
        title, stop = (text .. "\n"):match("^(.-[.?])%f[\n]()")
        local inside, before = text:match("^(.-[.?])  ()")
        if inside and (not title or #inside < #title) then title, stop = inside, before end
        if text:find("%-%-%-%f[\n%z]") then refuse(at, "[%s]: dashes are for chapters", tag)
        elseif not title then refuse(at, "[%s]: its title ends with no period", tag) end
        if not of or of.tag ~= letter then refuse(at, "[%s] stands outside of its chapter", tag)
        elseif tonumber(n) ~= of.sections + 1 then refuse(at, "[%s] where [%s%d] should stand", tag, letter, of.sections + 1) end
        if of then of.sections = tonumber(n) end
    end
    if tags[tag] then refuse(at, "[%s] is defined in line %d already", tag, tags[tag].at) end
    tags[tag] = add(n == "" and "chapter" or "section", at, { tag = tag, title = (title or text):gsub("%s+", " "):gsub("%.$", "") })
    return title and text:sub(stop) or ""
end

-- A line of formulas: added to the display it continues, or to the row.
local function equation(display, text, at)
    local depth = #text:match("^ *")
    local number = text:match("%s%s%((%d+)%)%s*$")
    local cells, words, words_at = {}, nil, nil
    text = text:gsub("%s%s%(%d+%)%s*$", "")
    for pos, cell in (text .. "   "):gmatch("()(%S.-)%s%s%s+") do
        if words then words = words .. "   " .. cell
        elseif #cells > 0 and formula.words(cell) then words, words_at = cell, pos
        else cells[#cells + 1] = cell end
    end
    if #cells == 0 then return refuse(at, "a number of no formula") end
    local row = display[#display]
    display.depth = math.min(display.depth or depth, depth)
    if row and depth > display.depth and row.words and depth >= row.words_at - 4 then row.words = row.words .. " " .. text:match("%S.*")
    elseif row and depth > display.depth then
        row[#row] = row[#row] .. " " .. table.concat(cells, " ")
        if words then row.words, row.words_at = (row.words and row.words .. " " or "") .. words, words_at end
    else
        row = cells
        row.at, row.words, row.words_at = at, words, words_at
        display[#display + 1] = row
    end
    if number then
        local id = display.chapter .. "-" .. number
        if equations[id] then refuse(at, "equation (%s) stands in line %d already", number, equations[id]) end
        row.number, row.id, equations[id] = number, id, at
    end
    display.wide = math.max(display.wide or 0, #text - 4)
end

-- A title in capitals as a sentence has it.
local function sentence(title)
    title = title:sub(1, 1) .. title:sub(2):lower()
    return (title:gsub("%w+", { api = "API", lstm = "LSTM" }))
end

local function paragraph(text, at, manual, open)
    local figure, caption = text:match("^figure: (%S+)%s+(.+)$")
    local file, name, said = text:match("^source: (%S+) ([%w_]+)%s*(.*)$")
    local number, task = text:match("^Exercise (%d+)%.%s+(.*)$")
    local title, rest = (text .. "\n"):match("^(%u%u[%u%d :,;]+)%.?%f[\n ](.*)$")
    if figure then add("figure", at, { name = figure, text = caption })
    elseif file then add("source", at, { file = file, name = name, text = said })
    elseif number then
        local of = chapters[#chapters]
        if open then refuse(open, "an exercise without an answer") end
        if not of or tonumber(number) ~= of.exercises + 1 then refuse(at, "exercises count 1, 2, 3 in a chapter") end
        if of then of.exercises = tonumber(number) end
        add("exercise", at, { number = number, text = task })
        return at
    elseif text:find("^Answer%.%s") then
        if not open then refuse(at, "an answer to no exercise") end
        add("answer", at, { text = text:match("^Answer%.%s+(.*)$") })
        return nil
    elseif manual and title and (rest == "\n" or rest:find("^  ")) then
        add("title", at, { title = sentence(title) })
        if rest:find("%S") then add("p", at, { text = rest:match("^%s*(.-)%s*$") }) end
    else
        if text:find("^figure:") or text:find("^source:") then refuse(at, "figure: name.svg  Caption.  source: FILE FUNCTION  Caption.") end
        if text:find("^%[%u%d*%]") then refuse(at, "a tag within a comment: end the comment here and begin another") end
        add("p", at, { text = text })
    end
    return open
end

-- A comment, whose lines have lost their first three columns.
local function prose_block(block, first, manual)
    local i, display, open, fresh = 1, nil, nil, #book + 1
    local tag, rest = block[1]:match("^%[(%u%d*)%]%s*(.*)$")
    if tag then block[1] = rest end
    while block[i] do
        local text, at = block[i], first + i - 1
        local item = text:find("^ ? ?%- ") and "^ ? ?%- " or text:find("^ ? ?%d+%. ") and "^ ? ?%d+%. "
        if not text:find("%S") then i, display = i + 1, nil
        elseif text:find("^=====+$") then
            local n, title = (block[i + 1] or ""):match("^PART (%d)  (.+)$")
            if not n or not (block[i + 2] or ""):find("^=====+$") then refuse(at, "a line of '=' that encloses no PART") end
            add("part", at, { n = n or "?", title = title or "?" })
            i, manual = i + 3, n == "0"
        elseif text:find("^    ") then
            local mark, kept = text:match("^%s+([|>]) ?(.*)$")
            if not display or display.kind ~= (mark or "=") then display = add(mark or "=", at) end
            if mark then
                display[#display + 1] = kept
                display.wide = math.max(display.wide or 0, #kept)
            else equation(display, text, at) end
            i = i + 1
        elseif item then
            local list = add(text:find("^ *%-") and "ul" or "ol", at)
            while (block[i] or ""):find(item) do
                local dent, entry = #block[i]:match(item), { at = first + i - 1 }
                repeat
                    entry[#entry + 1] = block[i]:sub(dent + 1)
                    i = i + 1
                until not (block[i] or ""):find("^" .. (" "):rep(dent) .. "%s*%S")
                list[#list + 1] = { at = entry.at, text = table.concat(entry, "\n") }
            end
        else
            if text:find("^ ") then refuse(at, "neither prose (column 3) nor a display (column 7)") end
            local all = {}
            repeat
                all[#all + 1] = block[i]
                i = i + 1
            until not (block[i] or ""):find("%S") or block[i]:find("^    ")
            all = table.concat(all, "\n")
            if tag then
                local remains = heading(tag, all, at)
                at = line_in(all, #all - #remains + #remains:match("^%s*") + 1, at)
                all, tag = remains:match("^%s*(.*)$"), nil
            end
            if all ~= "" then open = paragraph(all, at, manual, open) end
        end
    end
    if open then refuse(open, "an exercise without an answer") end
    if book[fresh] then book[fresh].fresh = true end
    return manual
end

local function read_book()
    local lines, k, manual = {}, 1, true
    for line in page.read(source):gmatch("([^\n]*)\n") do lines[#lines + 1] = line end
    while lines[k] do
        local last = k
        if lines[k]:find("^/%*") then
            while last < #lines and not lines[last]:find("*/", 1, true) do last = last + 1 end
        end
        if last > k or lines[k]:find("^/%* %[%u%d*%]") then
            local block = {}
            for i = k, last do
                local text = i == k and "  " .. lines[i]:sub(3) or lines[i]
                if #text > 98 then refuse(i, "a line of prose has %d columns, more than 98", #text) end
                if i == last then
                    local rest = text:match("%*/%s*(.-)$")
                    if rest ~= "" then refuse(i, "something stands behind the comment: %s", rest or "it is never closed") end
                    text = text:gsub("%s*%*/.*$", "")
                end
                if text:find("%S") and not text:find("^   ") then refuse(i, "prose begins at column 3") end
                block[#block + 1] = text:sub(4)
            end
            manual = prose_block(block, k, manual)
        else
            local code = book[#book]
            if not code or code.kind ~= "code" then code = add("code", k) end
            code[#code + 1] = lines[k]
        end
        k = last + 1
    end
end

-- In C a name is declared where it first stands.  But a macro may be asked for before that, and an internal
-- function is better looked up at its definition.
local declared = {}
local function read_names()
    for _, code in ipairs(book) do
        local text = code.kind == "code" and "\n" .. table.concat(code, "\n") or ""
        text = text:gsub("/%*.-%*/", function(comment) return (comment:gsub("[^\n]", "")) end):gsub('"[^"\n]*"', '""')
        local at = code.at - 1
        for line in text:gmatch("([^\n]*)\n?") do
            for name in line:gmatch("%f[%w_][iI][cC]_[%w_]*%w%f[^%w_]") do
                local was = declared[name]
                if not was or was.asked and line:find("^#define") then declared[name] = { at = at, asked = line:find("^#%s*e?l?if") } end
            end
            at = at + 1
        end
        for pos, name in text:gmatch("\nIC_P_[^;{}#]-[ *]()(ic_p_[%w_]+)%b()%s*{") do declared[name] = { at = line_in(text, pos, code.at - 1) } end
        for pos, name in text:gmatch("\nIC_P_[^;{}#]-()(IC_P_K%(%w+%))%b()%s*{") do declared[name] = { at = line_in(text, pos, code.at - 1) } end
    end
end

-- -- writing: text ------------------------------------------------------------------------------------------------

local chapter                                      -- that is being written
local named = {}                                   -- chapters that the manual names

local function link(to, text) return '<a href="#' .. to .. '">' .. escape(text) .. "</a>" end

local function name_link(name, at, in_code)
    local of, id = declared[name], name:gsub("%W", "_"):gsub("_$", "")
    if not of then
        if name:find("^ic_") and not name:find("^ic_p_") and not name:find("_$") then refuse(at, "%s is declared nowhere", name) end
        return escape(name)
    elseif in_code and of.at == at and not of.placed then
        of.placed = true
        return '<a class="d" id="' .. id .. '">' .. escape(name) .. "</a>"
    end
    return link(id, name)
end

-- Plain words, of prose or of a comment: tags, equations, names.
local function words(text, at)
    local out, pos = {}, 1
    while true do
        local first = text:find("[%[%(%a_]", pos)
        if not first then break end
        out[#out + 1] = escape(text:sub(pos, first - 1))
        local tag, stop = text:match("^%[(%u%d*)%]()", first)
        local number, after = text:match("^%((%d%d?)%)()", stop or first)
        local name = text:match("^[%a_][%w_]*", first)
        local line = line_in(text, first, at)
        pos = first + 1
        if tag then
            if text:sub(first - 1, first - 1) == "]" or text:find("^%[%U", stop) or text:find("^%[%u[^%d%]]", stop) then
                refuse(line, "[%s] looks like a tag: extents are written in lower case", tag)
            elseif not tags[tag] then refuse(line, "[%s] is no tag", tag) end
            out[#out + 1] = link(tag, "[" .. tag .. "]")
            pos = stop
            if chapter == "manual" then named[tag] = true end
            if number and #tag == 1 then
                if not equations[tag .. "-" .. number] then refuse(line, "[%s] has no equation (%s)", tag, number) end
                out[#out + 1] = link(tag .. "-" .. number, "(" .. number .. ")")
                pos = after
            end
        elseif number and (first == 1 or text:find("^[%s(%-,]", first - 1)) then
            if not equations[chapter .. "-" .. number] then refuse(line, "chapter [%s] has no equation (%s)", chapter, number) end
            out[#out + 1] = link(chapter .. "-" .. number, "(" .. number .. ")")
            pos = after
        else
            out[#out + 1] = name and name:find("^[iI][cC]_") and name_link(name, line) or name or text:sub(first, first)
            if name then pos = first + #name end
        end
    end
    return table.concat(out) .. escape(text:sub(pos))
end

-- Prose, with `code` and $formulas$; by these signs a formula is known that is neither.
local signs = { "()([%w|)]+[_^][%w{(-]+)", "()([%w)|']+ [=<>]=? [%w(|-]+)", "()%f[%w](%w [*/+-] %w)%f[%W]" }
local function prose(text, at)
    local out, pos = {}, 1
    while pos <= #text do
        local line, mark, plain = line_in(text, pos, at), text:sub(pos, pos), text:match("^[^`$]+", pos)
        local inner, stop = text:match(mark == "$" and "^%$([^$]*)%$()" or "^`([^`]*)`()", pos)
        if plain then
            local bare = plain:gsub("[iI][cC]_[%w_]*", function(name) return ("-"):rep(#name) end)
            for _, sign in ipairs(signs) do
                for start, bad in bare:gmatch(sign) do refuse(line_in(plain, start, line), "a formula in prose, $%s ...$?  Or `code`?", bad) end
            end
            stop = pos + #plain
            out[#out + 1] = words(plain:gsub(" %- ", " – "):gsub("(%w)'", "%1’"):gsub('%f[^%z%s(]"', "“"):gsub('"', "”"), line)
        elseif not inner then
            refuse(line, "a %s that no other one closes", mark)
            break
        elseif mark == "`" then
            out[#out + 1] = "<code>" .. (inner:find("^[iI][cC]_[%w_]+$") and name_link(inner, line) or escape(inner)) .. "</code>"
        else
            local html, why = formula.render(inner:gsub("%s+", " "), false)
            if not html then refuse(line, "$%s$: %s", inner, why) end
            out[#out + 1] = html
        end
        pos = stop
    end
    return table.concat(out)
end

local keywords = {}
for word in ([[auto break case char const continue default do double else enum extern float for goto if inline int long register
    return short signed sizeof static struct switch typedef union unsigned void volatile while]]):gmatch("%S+") do keywords[word] = true end

-- C; `at`, a line of the header, is where it stands, or, if it is not the header's `own`, where it is shown.
local function highlight(text, at, own)
    local out, pos = {}, 1
    local function line() return own and line_in(text, pos, at) or at or -1 end
    while pos <= #text do
        local comment = text:match("^/%*.-%*/", pos) or text:match("^//[^\n]*", pos)
        local quoted = text:match('^"[^"\n]*"', pos) or text:match("^'\\?[^\n]'", pos)
        local directive = (pos == 1 or text:sub(pos - 1, pos - 1) == "\n") and text:match("^%s*#%s*%a+", pos)
        local kernel = own and text:match("^IC_P_K%(%w+%)", pos)
        kernel = declared[kernel] and kernel
        local word = text:match("^[%a_][%w_]*", pos)
        local got = comment or quoted or directive or kernel or word or text:match("^%d[%w.]*", pos) or text:sub(pos, pos)
        out[#out + 1] = comment and "<i>" .. (at and words(comment, line()) or escape(comment)) .. "</i>"
                        or quoted and "<s>" .. escape(quoted) .. "</s>"
                        or (directive or keywords[got]) and "<b>" .. got .. "</b>"
                        or (kernel or word and word:find("^[iI][cC]_")) and name_link(got, line(), own)
                        or escape(got)
        pos = pos + #got
    end
    return table.concat(out)
end

-- -- writing: code, in pieces between blank lines, some of them folded ----------------------------------------------

-- What stands for a piece when it is folded, or nil.
local function folding(piece, text)
    local bookkeeping, directives, prototypes, public, continued = 0, 0, 0, false, false
    for _, line in ipairs(piece) do
        local other = line:find('^extern "C"') or line:find("^}$") or line:find("^/%*.*%*/$")
        if line:find("^#") or continued or other then directives = directives + 1 end
        if line:find("^#%s*[iepu]") or other then bookkeeping = bookkeeping + 1 end
        if line:find("^IC_P_.*%);") or line:find("^static .*%);") then prototypes = prototypes + 1 end
        public = public or line:find("^#define IC_%u") and not line:find("^#define IC_P_") and not line:find("^#define IC_DEF")
        continued = line:find("\\$")
    end
    local head = ("\n" .. text):match("\n(IC_[^;{]*%))%s*\n?{")
    local name = head and head:match("([%w_]+)%(") or ""
    if name:find("_ok$") or name:find("_bytes$") or name:find("_layout$") or name:find("_free$") or name:find("_defaults$") then
        return #piece >= 5 and head:gsub("\n%s*", " ")
    elseif directives == #piece and (bookkeeping * 2 >= #piece or #piece >= 12 and not public) or prototypes >= 3 and prototypes * 2 >= #piece then
        return #piece >= 3 and piece[1]:gsub("^/%* (.-)%.? %*/$", "%1")
    end
end

-- HTML, and how many lines are seen.
local function code_html(code)
    local out, seen, i = {}, 0, 1
    while code[i] do
        local piece, first, body = {}, i, false
        while code[i] and (body or code[i]:find("%S")) do
            if code[i]:find("^{") or code[i]:find("^[^#%s].*{$") then body = true end
            if code[i]:find("^}") then body = false end
            piece[#piece + 1] = code[i]
            i = i + 1
        end
        if #piece > 0 then
            local text = table.concat(piece, "\n")
            local html, fold = "<pre><code>" .. highlight(text, code.at + first - 1, true) .. "</code></pre>", folding(piece, text)
            out[#out + 1] = fold and ("<details><summary><code>%s</code> <small>%d lines</small></summary>%s</details>"):format(
                escape(fold), #piece, html) or html
            seen = seen + (fold and 2 or #piece + 1)
        end
        i = i + 1
    end
    return table.concat(out, "\n"), seen
end

-- -- writing: the book ---------------------------------------------------------------------------------------------

local write = {}                                   -- by kind of item; HTML, and how many lines high that is
local function text_lines(item) return 1 + select(2, item.text:gsub("\n", "")) end
function write.p(item) return "<p>" .. prose(item.text, item.at) .. "</p>", text_lines(item) + 1 end
function write.ul(item)
    local out, n = {}, 0
    for i, entry in ipairs(item) do out[i], n = "<li>" .. prose(entry.text, entry.at) .. "</li>", n + text_lines(entry) end
    return ("<%s>%s</%s>"):format(item.kind, table.concat(out, "\n"), item.kind), n + 1
end
write.ol = write.ul
write["|"] = function(item) return '<pre class="table">' .. words(table.concat(item, "\n"), item.at) .. "</pre>", #item end
write[">"] = function(item) return '<pre class="program"><code>' .. highlight(table.concat(item, "\n")) .. "</code></pre>", #item end
write["="] = function(item)
    local out = {}
    for i, row in ipairs(item) do
        for c, cell in ipairs(row) do
            local html, why = formula.render(cell, true)
            if not html then refuse(row.at, "%s: %s", cell, why) end
            row[c] = '<span class="f">' .. (html or "") .. "</span>"
        end
        out[i] = ('<div class="eq"%s><div class="fs">%s</div>%s%s</div>'):format(row.id and ' id="' .. row.id .. '"' or "",
            table.concat(row, " "), row.words and '<div class="w">' .. prose(row.words, row.at) .. "</div>" or "",
            row.id and ('<a class="n" href="#%s">(%s)</a>'):format(row.id, row.number) or "")
    end
    return '<div class="eqs">' .. table.concat(out, "\n") .. "</div>", 2 * #item
end
function write.figure(item)
    local name = item.name:match("^([%w_-]+)%.svg$")
    local caption, drawn, svg = prose(item.text, item.at), pcall(page.read, build .. "/figures/book/" .. item.name)
    item.wide = 99
    if not name then refuse(item.at, "figure: %s is no name.svg", item.name)
    elseif not page.exists("plots/book/" .. name .. ".gp") then refuse(item.at, "figure: there is no plots/book/%s.gp to draw it", name)
    elseif not checking and not drawn then refuse(item.at, "figure: %s was not drawn", item.name) end
    return ("<figure>%s<figcaption>%s</figcaption></figure>"):format(drawn and page.inline_svg(svg, name, item.text:gsub("[${}]", "")) or "", caption), 20
end
function write.source(item)
    local there, text = pcall(page.read, item.file)
    local found = there and ("\n" .. text):match("\n([%a][^\n;]-%f[%w_]" .. item.name .. "%([^;]-\n{.-\n})\n")
    item.wide = 99
    if not there then refuse(item.at, "source: there is no %s", item.file)
    elseif not found then refuse(item.at, "source: there is no function %s in %s", item.name, item.file) end
    return ('<figure class="wide"><pre class="program"><code>%s</code></pre><figcaption><code>%s</code> of <code>%s</code>. %s</figcaption></figure>')
        :format(highlight(found or "", item.at), item.name, item.file, prose(item.text, item.at)), 20
end
function write.exercise(item)
    return '<div class="exercise"><p><b>Exercise ' .. item.number .. ".</b> " .. prose(item.text, item.at) .. "</p>", text_lines(item) + 1
end
function write.answer(item) return "<details><summary>Answer</summary><p>" .. prose(item.text, item.at) .. "</p>", 1 end

local function write_book()
    local body, contents, row, inside = {}, {}, { prose = {}, code = {}, height = 0, seen = 0, wide = 0 }, ""
    local function close_exercise() row.prose[#row.prose + 1], inside = inside, "" end
    local function close_row()
        close_exercise()
        local text, code = table.concat(row.prose, "\n"), table.concat(row.code, "\n")
        local beside = text ~= "" and code ~= "" and row.wide <= 56 and row.height <= math.max(16, 1.3 * row.seen + 4)
        if text .. code ~= "" then
            body[#body + 1] = ('<div class="row%s">'):format(beside and " beside" or "") .. (text ~= "" and '<div class="prose">' .. text .. "</div>" or "")
                              .. (code ~= "" and '<div class="code">' .. code .. "</div>" or "") .. "</div>"
        end
        row = { prose = {}, code = {}, height = 0, seen = 0, wide = 0 }
    end
    for _, item in ipairs(book) do
        chapter = item.chapter
        if item.fresh or item.title then close_row() end
        if item.title then
            local level = ({ part = 1, chapter = 2, section = 3, title = 3 })[item.kind]
            local label = item.kind == "part" and "Part " .. item.n or item.tag
            local id = item.tag or item.n and "part-" .. item.n or "manual-" .. item.title:lower():gsub("%W+", "-")
            local title = prose(level < 3 and sentence(item.title) or item.title, item.at)
            contents[#contents + 1] = ('<li class="l%d"><a href="#%s">%s%s</a></li>'):format(level, id, label and "<b>" .. label .. "</b> " or "",
                (title:gsub("</?a[^>]*>", "")))
            body[#body + 1] = ('<h%d id="%s">%s%s</h%d>'):format(level, id, label and '<span class="tag">' .. label .. "</span> " or "", title, level)
        elseif item.kind == "code" then
            local html, seen = code_html(item)
            row.code[#row.code + 1], row.seen = html, row.seen + seen
        else
            if item.kind == "exercise" then close_exercise() end
            local html, height = write[item.kind](item)
            row.prose[#row.prose + 1] = html
            row.height, row.wide = row.height + height, math.max(row.wide, item.wide or 0)
            if item.kind == "exercise" or item.kind == "answer" then inside = item.kind == "answer" and "</details></div>" or "</div>" end
        end
    end
    close_row()
    for _, of in ipairs(chapters) do
        if not named[of.tag] then refuse(of.at, "the manual does not name chapter [%s]", of.tag) end
    end
    return body, contents
end

read_book()
read_names()
local version = book[1] and book[1].text and book[1].text:match("^%S+  (%S+)  ") or refuse(1, "the first line is: FILE  VERSION  what it is")
if version then book[1].text = book[1].text:gsub("^%S+  %S+  ", "") end
local body, contents = write_book()
table.sort(problems, function(a, b) return a[1] < b[1] end)
for _, problem in ipairs(problems) do io.stderr:write(problem[2], "\n") end
if #problems > 0 then io.stderr:write(("%d places break the markup's rules (paper/book/weave.lua)\n"):format(#problems)) end
if checking or #problems > 0 then os.exit(#problems == 0) end
local opening = table.remove(body, 1)
local size = page.assemble(here .. "book.html", build .. "/book.html", { STYLE = page.read(here .. "book.css"), SCRIPT = page.read(here .. "book.js"),
    TITLE = opening, VERSION = version, CONTENTS = table.concat(contents, "\n"), BODY = table.concat(body, "\n") })
print(("%s/book.html: %d KB; open it in a browser"):format(build, (size + 1023) // 1024))
