-- Puts the site together: lua5.4 paper/book/site.lua BUILD writes BUILD/site, whose links are relative, for any static host.
-- index.html is README.md, paper.html is paper/README.md; beside them the book, the page of results and the demo, as far as
-- they are built, and every file that is linked to.  Of Markdown it knows what these texts use: headings, paragraphs, lists,
-- tables, code, images, links, emphasis, comments.
local here, build = arg[0]:match("^(.*/)") or "./", arg[1]
local page = dofile(here .. "page.lua")
local site = build .. "/site/"
local problems = 0

local pages = {                                     -- file -> page of the site, and its name
    { source = "README.md", out = "index.html", name = "invclass" },
    { built = "demo.html", out = "demo.html", name = "Draw, and watch" },
    { built = "book.html", out = "book.html", name = "The book" },
    { source = "paper/README.md", out = "paper.html", name = "The write-up" },
    { built = "report.html", out = "report.html", name = "The results" },
}
local page_of = { ["invclass.h"] = "book.html" }
for _, p in ipairs(pages) do if p.source then page_of[p.source] = p.out end end

local copied = {}
local function copy(from, to)
    if copied[to] then return end
    copied[to] = true
    os.execute("mkdir -p '" .. (site .. to):match("^(.*)/") .. "'")
    page.write(site .. to, page.read(from))
end

-- Where a link of the file `source` leads within the site; nil if nowhere.
local function resolve(source, target)
    if target:find("^%a+:") or target:find("^#") then return target end
    local path, anchor = target:match("^([^#]*)(.*)$")
    local folder = source:match("^(.*/)") or ""
    path = folder .. path
    local count = 1
    while count > 0 do path, count = path:gsub("[^/]+/%.%./", "", 1) end
    if page_of[path] then return page_of[path] .. anchor end
    local file = io.open(path, "rb")
    local text = file and file:read(0) ~= nil and path          -- nil for a folder, too
    if file then file:close() end
    if not text then
        if not os.rename(path, path) then
            io.stderr:write(source, ": ", target, " is not there\n")
            problems = problems + 1
        end
        return nil
    end
    copy(path, path)
    return path .. anchor
end

local function attribute(text) return (text:gsub('"', "&quot;")) end

local function inline(text, source)
    local kept = {}
    local function keep(html) kept[#kept + 1] = html return "\1" .. #kept .. "\2" end
    text = text:gsub("(`+)(.-)%1", function(_, code) return keep("<code>" .. page.escape(code) .. "</code>") end)
    text = text:gsub("\\(%p)", function(char) return keep(page.escape(char)) end)
    text = page.escape(text)
    text = text:gsub("!%[([^%]]*)%]%(([^%)%s]+)%)", function(alt, target)
        return keep(('<img src="%s" alt="%s" loading="lazy">'):format(attribute(resolve(source, target) or target), attribute(alt)))
    end)
    text = text:gsub("%[([^%]]*)%]%(([^%)%s]+)%)", function(name, target)
        local to = resolve(source, target)
        return to and keep('<a href="' .. attribute(to) .. '">') .. name .. keep("</a>") or name
    end)
    text = text:gsub("%*%*(%S.-)%*%*", "<strong>%1</strong>"):gsub("%f[%w*]%*(%S[^*]-)%*%f[^%w*]", "<em>%1</em>")
    text = text:gsub("%*(%S[^*\n]-)%*", "<em>%1</em>")
    local count = 1
    while count > 0 do text, count = text:gsub("\1(%d+)\2", function(k) return kept[tonumber(k)] end) end
    return text
end

-- The name of a heading in links, as GitHub has it.
local function slug(title) return (title:lower():gsub("[^%w%s_-]", ""):gsub("%s", "-")) end

local function cells(line)
    local out = {}
    for cell in (line:gsub("\\|", "\3"):gsub("^%s*|", ""):gsub("|%s*$", "") .. "|"):gmatch("(.-)|") do
        out[#out + 1] = cell:match("^%s*(.-)%s*$"):gsub("\3", "|")
    end
    return out
end

local function markdown(source)
    local lines, out, k = {}, {}, 1
    for line in (page.read(source):gsub("<!%-%-.-%-%->", "") .. "\n"):gmatch("(.-)\r?\n") do lines[#lines + 1] = line end
    local function put(text) out[#out + 1] = text end
    local function gather(stop)                     -- lines up to one that is blank or matches
        local all = {}
        while lines[k] and lines[k]:find("%S") and not (#all > 0 and stop and lines[k]:find(stop)) do
            all[#all + 1] = lines[k]
            k = k + 1
        end
        return all
    end
    while lines[k] do
        local line = lines[k]
        local level, title = line:match("^(#+)%s+(.-)%s*#*$")
        if not line:find("%S") then k = k + 1
        elseif level then
            put(('<h%d id="%s">%s</h%d>'):format(#level, slug(title), inline(title, source), #level))
            k = k + 1
        elseif line:find("^```") then
            local all = {}
            k = k + 1
            while lines[k] and not lines[k]:find("^```") do all[#all + 1] = lines[k] k = k + 1 end
            k = k + 1
            put('<pre class="program"><code>' .. page.escape(table.concat(all, "\n")) .. "</code></pre>")
        elseif line:find("^    ") then
            local all = {}
            while lines[k] and (lines[k]:find("^    ") or (not lines[k]:find("%S") and (lines[k + 1] or ""):find("^    "))) do
                all[#all + 1] = lines[k]:sub(5)
                k = k + 1
            end
            put('<pre class="program"><code>' .. page.escape(table.concat(all, "\n")) .. "</code></pre>")
        elseif line:find("^|") and (lines[k + 1] or ""):find("^|[-:| ]+$") then
            local rows, align = gather(), {}
            for c, cell in ipairs(cells(rows[2])) do align[c] = cell:find(":$") and ' class="right"' or "" end
            put('<div class="wide"><table>')
            for r, row in ipairs(rows) do
                if r ~= 2 then
                    local of, html = r == 1 and "th" or "td", {}
                    for c, cell in ipairs(cells(row)) do html[c] = ("<%s%s>%s</%s>"):format(of, align[c] or "", inline(cell, source), of) end
                    put("<tr>" .. table.concat(html) .. "</tr>")
                end
            end
            put("</table></div>")
        elseif line:find("^%- ") or line:find("^%d+%. ") then
            local kind = line:find("^%-") and "ul" or "ol"
            local mark = kind == "ul" and "^%- " or "^%d+%. "
            put("<" .. kind .. ">")
            while lines[k] and lines[k]:find(mark) do
                local entry = gather(mark)
                entry[1] = entry[1]:gsub(mark, "")
                put("<li>" .. inline(table.concat(entry, "\n"), source) .. "</li>")
                if not (lines[k] or ""):find("%S") and (lines[k + 1] or ""):find(mark) then k = k + 1 end
            end
            put("</" .. kind .. ">")
        else
            put("<p>" .. inline(table.concat(gather("^#"), "\n"), source) .. "</p>")
        end
    end
    return table.concat(out, "\n")
end

os.execute("mkdir -p '" .. site .. "'")
local links = {}
for _, p in ipairs(pages) do
    if p.built and page.exists(build .. "/" .. p.built) then copy(build .. "/" .. p.built, p.out) end
    if p.built == "demo.html" and copied[p.out] then      -- whose links lead to the header, as long as there is no book
        page.write(site .. p.out, (page.read(site .. p.out):gsub('"%.%./invclass%.h#', '"book.html#')))
    end
    if p.source or copied[p.out] then links[#links + 1] = p end
end
copy("invclass.h", "invclass.h")
for _, p in ipairs(links) do
    if p.source then
        local bar = {}
        for i, other in ipairs(links) do
            bar[i] = ('<a href="%s"%s>%s</a>'):format(other.out, other == p and ' aria-current="page"' or "", other.name)
        end
        bar[#bar + 1] = '<a href="invclass.h" download>invclass.h</a>'
        page.assemble(here .. "site.html", site .. p.out, { NAME = p.name, STYLE = page.read(here .. "book.css") .. page.read(here .. "site.css"),
            LINKS = table.concat(bar, "\n"), BODY = markdown(p.source) })
    end
end
if problems > 0 then os.exit(false) end
print(("%sindex.html: %d pages"):format(site, #links))
