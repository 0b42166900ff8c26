-- The book: the header keeps the rules of its markup; the weaver refuses what breaks them; what it makes holds together.

local weave = "timeout 100 lua5.4 paper/book/weave.lua "

-- A source that breaks no rule, and uses all of them.
local good = [[
/* sample.h  1.0  A sample.

   ============================================================================================
   PART 0  MANUAL
   ============================================================================================

   USE

   Call ic_add, which returns $a + b$.

       > int c = ic_add(1, 2);

       | layout   kept   as it is: [I] [A]
*/
#include <stddef.h>

/* ============================================================================================
   PART 1  INTERFACE
   ============================================================================================ */

/* [I] THE INTERFACE -----------------------------------------------------------------------------
   See [A1], [A](2) and `code`. */
typedef enum ic_kind { IC_ONE = 1, IC_TWO } ic_kind;
int ic_add(int a, int b);

/* [A] ADDING ---------------------------------------------------------------------- */

/* [A1] Sums (Peano 1889).  The sum of $x_1$ and $x_2$ is

       y = x_1 + x_2               with $x_1 >= 0$                        (1)
       dy/dx_1 = 1   dy/dx_2 = 1                                          (2)
         + 0

   By (1):

   - one item,
     over two lines
   - another

   1. first
   2. second

   figure: picture.svg  What $x$ does.

   source: examples/plain.c main  The example. */
int ic_add(int a, int b) { return a + b; }       /* (1) */

/* [A2] Exercises.

   Exercise 1.  What is $1 + 1$?

   Answer.  Two:

       1 + 1 = 2

   Exercise 2.  And $2 + 2$?

   Answer.  Run it. */
static int ic_p_check(int a);
]]

-- What replaces what in the good source, and what is said about it.
local broken = {
    { "[A1], [A](2)", "[A9], [A](2)", "[A9] is no tag" },
    { "[A1], [A](2)", "[A1], [A](7)", "[A] has no equation (7)" },
    { "[I] [A]", "[I]", "the manual does not name chapter [A]" },
    { "By (1):", "By (3):", "chapter [A] has no equation (3)" },
    { "/* (1) */", "/* (4) */", "chapter [A] has no equation (4)" },
    { "/* (1) */", "/* see [Z] */", "[Z] is no tag" },
    { "/* (1) */", "/* [t][B] */", "extents are written in lower case" },
    { "[A2] Exercises", "[A1] Exercises", "[A1] is defined in line" },
    { "[A2] Exercises", "[A3] Exercises", "[A3] where [A2] should stand" },
    { "[A2] Exercises", "[I1] Exercises", "[I1] stands outside of its chapter" },
    { "[A2] Exercises.", "[A2] Exercises ---", "dashes are for chapters" },
    { "[A2] Exercises.", "[A2] Exercises", "its title ends with no period" },
    { "[A] ADDING ---", "[A] Adding ---", "begins no chapter" },
    { "   By (1):", "   [A2] By (1):", "a tag within a comment" },
    { "(2)\n", "(1)\n", "equation (1) stands in line" },
    { "y = x_1 + x_2 ", "y = x_1 + ", "nothing behind the last operator" },
    { "y = x_1 + x_2 ", "y = (x_1 + x_2 ", "'(' is never closed" },
    { "y = x_1 + x_2 ", "y = x_1 + x_2) ", "closes nothing" },
    { "y = x_1 + x_2 ", "y = x_1 / x_2 x_1 ", "by b or by b c" },
    { "y = x_1 + x_2 ", "y = x_1 & x_2 ", "'&' is no part of the notation" },
    { "y = x_1 + x_2 ", "the sum of the first and the second ", "words rather than a formula" },
    { "$x_1$ and", "$x_1 and", "$x" },
    { "$x_1$ and", "x_1 and", "a formula in prose" },
    { "   By (1):", "   With y = 2 follows:", "a formula in prose, $y = 2" },
    { "   By (1):", "   With a + b follows:", "a formula in prose, $a + b" },
    { "`code`", "`code", "that no other one closes" },
    { "$a + b$", "$a + b$, or " .. ("long "):rep(18), "columns, more than 98" },
    { "   By (1):", "  By (1):", "prose begins at column 3" },
    { "   By (1):", "    By (1):", "neither prose (column 3) nor a display" },
    { "figure: picture.svg", "figure: nothing.svg", "there is no plots/book/nothing.gp" },
    { "figure: picture.svg", "figure: picture.png", "is no name.svg" },
    { "figure: picture.svg  What $x$ does.", "figure: picture.svg", "figure: name.svg  Caption." },
    { "examples/plain.c main", "examples main", "there is no examples" },
    { "examples/plain.c main", "examples/nothing.c main", "there is no examples/nothing.c" },
    { "examples/plain.c main", "examples/plain.c nothing", "there is no function nothing" },
    { "Exercise 2.", "Exercise 3.", "exercises count 1, 2, 3" },
    { "   Answer.  Run it.", "   It is left to you.", "an exercise without an answer" },
    { "   Exercise 1.  What is $1 + 1$?\n\n", "", "an answer to no exercise" },
    { "Call ic_add,", "Call ic_subtract,", "ic_subtract is declared nowhere" },
    { "PART 0  MANUAL\n", "PART  MANUAL\n", "encloses no PART" },
    { "Run it. */", "Run it. */ int x;", "something stands behind the comment" },
}

-- Formulas, and what must be in their MathML.
local formulas = {
    { "a/b c", "<mfrac><mrow><mi>a</mi></mrow><mrow><mi>b</mi></mrow></mfrac><mo>&#x2062;</mo><mi>c</mi>" },
    { "a b / (c d)", "<mfrac><mrow><mrow><mi>a</mi><mo>&#x2062;</mo><mi>b</mi></mrow></mrow><mrow><mrow><mi>c</mi>" },
    { "e^{-x/2}", '<mo lspace="0" rspace="0">/</mo>' }, { "R^{-T}", "<mo>−</mo><mo>⊤</mo>" }, { "log p(y)", '<mspace width=".17em"/><mrow><mi>p</mi>' },
    { "partial E / partial z_t = dE/dz", "<mi>∂</mi><mi>E</mi>" },
    { "x^T", "<msup><mi>x</mi><mrow><mo>⊤</mo></mrow></msup>" },
    { "x_{t-1}^2", "<msubsup>" },
    { "sum_{t=1}^T a_t", "<munderover><mo>∑</mo>" },
    { "f'(z)", "′" },
    { "||x||^2", "‖" },
    { "p(y | v)", '<mo form="infix" stretchy="false" lspace=".28em" rspace=".28em">|</mo>' },
    { "a * b", "⊙" }, { "2 * b", "·" }, { "y_tk", "<mrow><mi>t</mi><mi>k</mi></mrow>" }, { "y_{tk}", "<mi>t</mi><mi>k</mi>" },
    { "a becomes b / c", "<mfrac><mrow><mi>b</mi></mrow>" }, { "beta1", "<msub><mi>β</mi><mn>1</mn></msub>" },
    { "min(a, b)", "<mi>min</mi>" }, { "T x B", "×" }, { "x W", "<mi>x</mi>" },
    { "dW += x^T dz", '<mi mathvariant="normal">d</mi><mi>W</mi>' },
    { "sqrt(x)", "<msqrt>" }, { "[0, 1)", '<mo fence="true">)</mo>' }, { "-Sigma^-1", "<mi>Σ</mi>" },
}

-- Tags that close each other.
local function nested(xml)
    local open = {}
    for slash, name, last in xml:gmatch("<(/?)(%w+)[^>]-(/?)>") do
        if slash == "/" then
            if table.remove(open) ~= name then return false end
        elseif last == "" and name ~= "wbr" then open[#open + 1] = name end
    end
    return #open == 0
end

-- Links lead somewhere, ids are given once, formulas are well formed, nothing is asked of a network.
local function holds_together(what, html)
    local ids, twice, dangling, bad = {}, {}, {}, 0
    for id in html:gmatch(" id=[\"']([^\"']*)[\"']") do
        if ids[id] then twice[#twice + 1] = id end
        ids[id] = true
    end
    for target in html:gmatch("href=[\"']#([^\"']*)[\"']") do
        if not ids[target] then dangling[#dangling + 1] = target end
    end
    for math in html:gmatch("<math.-</math>") do
        if not nested(math) then bad = bad + 1 end
    end
    check(#twice == 0, what .. ": an id twice", table.concat(twice, " "))
    check(#dangling == 0, what .. ": links that lead nowhere", table.concat(dangling, " "))
    check(bad == 0, what .. ": formulas that are no XML", bad)
    check(not html:find("src=.https?:") and not html:find("href=.https?:") and not html:find("@import") and not html:find("url%(h"),
          what .. ": asks something of a network")
    check(html:find("default-src 'none'", 1, true), what .. ": has a content security policy")
    return ids
end

test("book", function()
    local folder = scratch .. "/book"
    sh("rm -rf " .. folder .. " && mkdir -p " .. folder .. "/plots/book && ln -s $(realpath examples) $(realpath paper) " .. folder)
    local function run(arguments, text)
        write(folder .. "/sample.h", text)
        return sh("cd " .. folder .. " && " .. weave .. arguments .. " sample.h")
    end
    write(folder .. "/plots/book/picture.gp", "")
    local out, status = run("check", good)
    check(status == 0 and out == "", "a good source is woven", out)
    for _, case in ipairs(broken) do
        local from, to = good:find(case[1], 1, true)
        local text = good:sub(1, from - 1) .. case[2] .. good:sub(to + 1)
        out, status = run("check", text)
        check(status ~= 0 and out:find(case[3], 1, true), "refused: " .. case[3], case[2] .. "\n" .. out)
        check(out:find("sample.h:%d+:"), "says where: " .. case[3], out)
    end
    -- Whatever a slip of the hand makes of it, the answer is a list, never an accident of the program.
    math.randomseed(1)
    for k = 1, 60 do
        local text = good
        for _ = 1, 4 do
            local from, signs = math.random(#text), "$`[]()|>=-{}^_'\"*/.\n\t% "
            local sign = math.random(#signs)
            text = text:sub(1, from - 1) .. (k % 2 == 0 and signs:sub(sign, sign) or "") .. text:sub(from + math.random(0, 20))
        end
        out, status = run("check", text)
        check((status == 0) == (out == "") and not out:find("traceback"), "slip " .. k, out)
    end

    out = run("check", (good:gsub("By %(1%)", "By [X] and (3)"):gsub("%[A2%]", "[A4]")))
    check(select(2, out:gsub("sample.h:%d+:", "")) >= 3, "all that is wrong is shown", out)
    out, status = run("book", good)
    check(status ~= 0 and out:find("was not drawn"), "a figure that was not drawn is refused", out)

    sh("mkdir -p " .. folder .. "/book/figures/book")
    write(folder .. "/book/figures/book/picture.svg", "<?xml?>\n<svg width='1' height='1'><g id='gp'/><use xlink:href='#gp'/></svg>")
    out, status = run("book", good)
    if not check(status == 0, "the sample as a book", out) then return end
    local html = read(folder .. "/book/book.html")
    local ids = holds_together("the sample", html)
    for _, id in ipairs { "ic_add", "ic_kind", "IC_TWO", "ic_p_check", "A1", "A-1", "A-2", "part-1", "manual-use", "picture-gp" } do
        check(ids[id], "the sample: something to link to: " .. id)
    end
    for _, text in ipairs { '<a href="#A-1">(1)</a>', '<a href="#A">[A]</a><a href="#A-2">(2)</a>', "<li>another</li>", "layout   kept   as it is",
                            "<summary>Answer</summary>", "<b>int</b> main", "href='#picture-gp'", 'aria-label="What x does."' } do
        check(html:find(text, 1, true), "the sample: " .. text)
    end

    local formula = dofile("paper/book/formula.lua")
    for _, case in ipairs(formulas) do
        local xml, why = formula.render(case[1], true)
        check(xml and xml:find(case[2], 1, true) and nested(xml), "formula: " .. case[1], xml or why)
    end
end)

test("markup", function()
    local out, status = sh(weave .. "check")
    check(status == 0, "the header keeps the rules of its markup", out)
end)

-- The book of the header, with its figures, and the site.
test("book_made", function()
    local out, status = sh("make BUILD=" .. build .. " BIN=" .. build .. "/bin book site")
    if not check(status == 0, "make book site", out) then return end
    local html = read(build .. "/book.html")
    local ids = holds_together("the book", html)
    local header, public = read("invclass.h"), 0
    for name in header:sub(1, (header:find("\n   PART 2 ", 1, true))):gmatch("IC_DEF [^;]-(ic_[%w_]+)%(") do
        public = public + 1
        check(ids[name], "the book: a place for " .. name)
    end
    check(public > 50, "public functions are found")
    for _, name in ipairs { "index", "paper" } do holds_together("the site's " .. name, read(build .. "/site/" .. name .. ".html")) end
    for name, text in pairs { index = read(build .. "/site/index.html"), paper = read(build .. "/site/paper.html") } do
        for target in text:gmatch('[hs]r[ec]f?="([^"#:]+)["#]') do
            check(read(build .. "/site/" .. target), "the site's " .. name .. ": " .. target .. " is there")
        end
    end
    if not need("node") or not need("chromedriver") then return end
    out, status = sh("node tests/book.mjs " .. build .. " " .. scratch .. "/screenshots")
    io.write(out)
    check(check_counts(out) and status == 0, "the book in a browser", out)
end, "check")
