-- Puts the page together: lua5.4 examples/demo/build.lua BUILD writes BUILD/demo.html, one file that needs
-- no other.  Programs and data are embedded in base64; the content security policy names the hashes of
-- script and style, so that nothing else can run.
local here, build = arg[0]:match("^(.*/)") or "./", arg[1]

local function read(path)
    local file = assert(io.open(path, "rb"))
    local text = file:read("a")
    file:close()
    return text
end

local digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
local function base64(text)
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

local function hash(text)                        -- by sha256sum of coreutils
    local name = build .. "/demo/hashed"
    local file = assert(io.open(name, "wb"))
    file:write(text)
    file:close()
    local pipe = io.popen("sha256sum " .. name)
    local hex = pipe:read("a"):match("^%x+")
    pipe:close()
    os.remove(name)
    return "sha256-" .. base64((hex:gsub("..", function(two) return string.char(tonumber(two, 16)) end)))
end

local data = {}
for _, name in ipairs { "demo.wasm", "page.model", "plain.model", "noise.model", "page.facts" } do
    data[#data + 1] = '<script type="application/octet-stream" id="' .. name .. '">' .. base64(read(build .. "/demo/" .. name)) .. "</script>"
end
local parts = { STYLE = read(here .. "demo.css"), SCRIPT = read(here .. "demo.js"), DATA = table.concat(data, "\n") }
parts.STYLE_HASH, parts.SCRIPT_HASH = hash(parts.STYLE), hash(parts.SCRIPT)
local page = read(here .. "demo.html"):gsub("@([A-Z_]+)@", parts)
local file = assert(io.open(build .. "/demo.html.new", "wb"))
assert(file:write(page) and file:close())
assert(os.rename(build .. "/demo.html.new", build .. "/demo.html"))
print(string.format("%s/demo.html: %d KB; open it in a browser", build, (#page + 1023) // 1024))
