-- Pages of one file that ask nothing of any network: what those who make one share.
local page = {}

function page.read(path)
    local file = assert(io.open(path, "rb"))
    local text = assert(file:read("a"))
    file:close()
    return text
end

function page.exists(path)
    local file = io.open(path, "rb")
    if file then file:close() end
    return file ~= nil
end

-- Whole or not at all.
function page.write(path, text)
    local file = assert(io.open(path .. ".new", "wb"))
    local done, why = file:write(text)
    local closed, reason = file:close()
    if not (done and closed) then
        os.remove(path .. ".new")
        error(path .. ": " .. (why or reason), 0)
    end
    assert(os.rename(path .. ".new", path))
end

function page.escape(text) return (text:gsub("[&<>]", { ["&"] = "&amp;", ["<"] = "&lt;", [">"] = "&gt;" })) end

local digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
function page.base64(text)
    return (text:gsub("..?.?", function(three)
        local a, b, c = three:byte(1, 3)
        local n, out = a << 16 | (b or 0) << 8 | (c or 0), ""
        for k = 0, #three do
            local at = (n >> (18 - 6 * k) & 63) + 1
            out = out .. digits:sub(at, at)
        end
        return out .. ("="):rep(3 - #three)
    end))
end

local function hash(text, path)                    -- for a content security policy, by sha256sum of coreutils
    local name = path .. ".hashed"
    page.write(name, text)
    local pipe = io.popen("{ sha256sum " .. name .. " || shasum -a 256 " .. name .. "; } 2>/dev/null")
    local hex = assert(pipe:read("a"):match("^%x+"), "sha256sum is missing")
    pipe:close()
    os.remove(name)
    return "sha256-" .. page.base64((hex:gsub("..", function(two) return string.char(tonumber(two, 16)) end)))
end

-- A template whose @NAME@ are replaced by parts, with STYLE_HASH and SCRIPT_HASH for its policy.
function page.assemble(template, path, parts)
    for _, name in ipairs { "STYLE", "SCRIPT" } do
        if parts[name] then parts[name .. "_HASH"] = hash(parts[name], path) end
    end
    local text = page.read(template):gsub("@([A-Z_]+)@", parts)
    page.write(path, text)
    return #text
end

-- A picture of gnuplot's within a page: its ids are its own, what it shows is said, and what nobody sees is left out.
function page.inline_svg(svg, name, alt)
    local text = svg:gsub("^.-<svg", "<svg", 1):gsub("<title>.-</title>", ""):gsub("<desc>.-</desc>", "")
    text = text:gsub("%d%d+%.%d%d%f[%D]", function(number) return (("%.1f"):format(number):gsub("%.0$", "")) end)
    text = text:gsub("%s+\n%s*", "\n"):gsub("<g [^>]*>%s*</g>%s*", "")
    text = text:gsub("(%sid=['\"])", "%1" .. name .. "-"):gsub("(href=['\"]#)", "%1" .. name .. "-"):gsub("url%(#", "url(#" .. name .. "-")
    return (text:gsub("<svg", '<svg role="img" aria-label="' .. page.escape(alt):gsub('[\n"]', " "):gsub("%%", "%%%%") .. '"', 1))
end

return page
