-- Puts the page together: lua5.4 examples/demo/build.lua BUILD writes BUILD/demo.html, one file that needs no other.
-- Programs and data are embedded, compressed, in base64; the content security policy names the hashes of script and
-- style, so that nothing else can run.
local here, build = arg[0]:match("^(.*/)") or "./", arg[1]
local page = dofile(here .. "../../paper/book/page.lua")

-- Numbers of four bytes compress better when all their first bytes come first, then all second ones, and so on.
local function planes(text)
    local out = {}
    for k = 0, 3 do out[k + 1] = text:gsub(("."):rep(k) .. "(.)" .. ("."):rep(3 - k), "%1") end
    return table.concat(out)
end

local data = {}
for _, name in ipairs { "demo.wasm", "page.recogniser", "plain.model", "noise.model", "page.letters" } do
    local text = page.read(build .. "/demo/" .. name)
    assert(#text % 4 == 0 or name == "demo.wasm")
    page.write(build .. "/demo/packed", name == "demo.wasm" and text or planes(text))
    local pipe = assert(io.popen("gzip -9nc " .. build .. "/demo/packed"))
    local packed = pipe:read("a")
    assert(pipe:close(), "gzip")
    data[#data + 1] = '<script type="application/octet-stream" id="' .. name .. '">' .. page.base64(packed) .. "</script>"
end
os.remove(build .. "/demo/packed")
local size = page.assemble(here .. "demo.html", build .. "/demo.html", { STYLE = page.read(here .. "demo.css"),
    SCRIPT = page.read(here .. "demo.js"), DATA = table.concat(data, "\n"),
    BOOK = page.exists(build .. "/book.html") and "book.html" or "../invclass.h" })
print(string.format("%s/demo.html: %d KB; open it in a browser", build, (size + 1023) // 1024))
