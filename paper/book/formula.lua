-- ASCII formulas to MathML:  render(text, display) returns MathML, or nil and what is wrong; words(text) tells whether
-- a text is none.
--
--   a b   2 a      product, of matrices too        a * b          elementwise product (of a number: a plain one)
--   x_t  x_{t-1}   index                           x^2  e^{-x}    power;  x^T transpose (an exponent T is {T})
--   f'(z)          derivative of a function        dv  dE/dv      differential: d and one letter
--   a/b            of the factors beside it        a b / (c d)    blanks around: of the whole product before it.
--                                                                 What a / b c divides by is unclear: refused
--   partial E / partial z  dE / dz                                these belong to each other, with blanks, too
--   sum_{t=1}^T  prod_k  integral                  min_x  max  argmin  argmax
--   sqrt(x)  |x|  ||x||  p(y | v)                  exp(x)  log det Sigma  tanh ...: upright
--   <= >= != << >> ~ ~= -> <- <-> => +- += :=      alpha ... Omega, partial, nabla, infinity, in, ...
--   4 x 4   T x B  times, between sizes            "any words"    words; so are unknown names of two letters or more

local symbols = {}
for name, char in ([[alpha α beta β gamma γ delta δ epsilon ε zeta ζ eta η theta θ iota ι kappa κ lambda λ mu μ nu ν xi ξ
    pi π rho ρ sigma σ tau τ upsilon υ phi φ chi χ psi ψ omega ω Gamma Γ Delta Δ Theta Θ Lambda Λ Xi Ξ Pi Π Sigma Σ
    Phi Φ Psi Ψ Omega Ω ell ℓ infinity ∞ nabla ∇]]):gmatch("(%S+) (%S+)") do symbols[name] = char end
local functions, limits, operators = {}, {}, {}
for name in ("exp log tanh sinh cosh sin cos tan atanh erf det tr diag sign softmax logit var cov rank"):gmatch("%S+") do
    functions[name] = true
end
for name, char in ("sum ∑ prod ∏ integral ∫ min min max max argmin argmin argmax argmax lim lim"):gmatch("(%S+) (%S+)") do
    limits[name] = char
end
for text, char in ([[<-> ↔ <=> ⇔ ... … .. … <= ≤ >= ≥ != ≠ << ≪ >> ≫ ~= ≈ -> → <- ← => ⇒ +- ± += += -= −= := := == ==
    = = < &lt; > &gt; ~ ∼ + + - − * ⊙ / / , , ; ; : : ! ! % %]]):gmatch("(%S+) (%S+)") do operators[text] = char end
local relations = {}
for text in ("<= >= != << >> ~= -> <- => += -= := == = < > ~ <-> <=> in"):gmatch("%S+") do relations[text] = true end
local closes = { ["("] = ")", ["["] = "]", ["{"] = "}" }

local function escape(text) return (text:gsub("[&<>]", { ["&"] = "&amp;", ["<"] = "&lt;", [">"] = "&gt;" })) end
local function refuse(...) error({ string.format(...) }, 0) end

local function scan(text)
    local tokens, at = {}, 1
    local function take(kind, pattern)
        local got = text:match("^" .. pattern, at)
        if not got then return false end
        tokens[#tokens + 1] = { kind = kind, text = got, blank = at == 1 or text:sub(at - 1, at - 1) == " ",
                                blank_after = text:find("^%s", at + #got) ~= nil }
        at = at + #got
        return true
    end
    while at <= #text do
        if not (text:find("^%s", at) and take("skip", "%s+") and table.remove(tokens)) then
            if not (take("number", "%d+%.?%d*e[+-]?%d+") or take("number", "%d+%.%d+") or take("number", "%.?%d+")
                    or take("name", "%a+%d*") or take("words", '"[^"]*"') or take("bar", "||?")
                    or take("open", "[%(%[{]") or take("close", "[%)%]}]") or take("mark", "[_^']")) then
                local three, two, one = text:sub(at, at + 2), text:sub(at, at + 1), text:sub(at, at)
                local op = operators[three] and three or operators[two] and two or operators[one] and one
                if not op then refuse("'%s' is no part of the notation", one) end
                take("op", (op:gsub("%p", "%%%0")))
            end
        end
    end
    return tokens
end

local function differential(token)
    local of = token.kind == "name" and token.text:match("^d(%a+)$")
    return token.text == "partial" or (of and (#of == 1 or symbols[of] ~= nil))
end
local function known(word)
    local of = word:match("^d(%a+)$") or word
    return #of == 1 or symbols[of] or symbols[word] or functions[word] or limits[word] or word:find("^%a%d+$") or word == "partial"
        or word == "sqrt"
end

local function render(text, display)
    local tokens, at, row, factor, bars = nil, 1, nil, nil, {}
    local single = {}                              -- what a pair of round brackets makes -> what is in them
    local stacked = display                        -- are fractions stacked?  Not in a line of prose, nor in an exponent
    local function peek(k) return tokens[at + (k or 0)] or { kind = "end", text = "the end" } end
    local function group(list) return #list == 1 and list[1] or "<mrow>" .. table.concat(list) .. "</mrow>" end
    local function size(token)                     -- what may stand beside the x of "T x B"
        return token.kind == "number" or (token.kind == "name" and token.text:find("^%u$"))
    end

    local indices = false                          -- within an index, where two letters are two of them
    local function name(word, index)               -- upright if it is one of many letters
        if (index or indices) and word:find("^%l%l$") and not symbols[word] and word ~= "in" then
            return "<mrow><mi>" .. word:sub(1, 1) .. "</mi><mi>" .. word:sub(2) .. "</mi></mrow>"
        end
        if symbols[word] then return "<mi>" .. symbols[word] .. "</mi>" end
        local letter, digits = word:match("^(%a+)(%d+)$")
        if letter then return "<msub>" .. name(letter) .. "<mn>" .. digits .. "</mn></msub>" end
        local of = word:match("^d(%a+)$")
        if of and (#of == 1 or symbols[of]) then return '<mrow><mi mathvariant="normal">d</mi>' .. name(of) .. "</mrow>" end
        return "<mi>" .. word .. "</mi>"
    end
    -- What is in brackets, from the opening one on.
    local function brackets()
        local open = peek().text
        at = at + 1
        bars[#bars + 1] = 0
        local inner, comma = row()
        bars[#bars] = nil
        local close = peek()
        if close.kind ~= "close" then refuse("'%s' is never closed", open) end
        local interval = comma and open ~= "{" and close.text ~= "}"
        if close.text ~= closes[open] and not interval then refuse("'%s' is closed by '%s'", open, close.text) end
        at = at + 1
        return inner, open, close.text
    end
    local function bare(inner)                     -- without the brackets that a stacked fraction needs no more
        return single[inner] or "<mrow>" .. inner .. "</mrow>"
    end
    local function fence(open, inner, close)
        local fenced = '<mrow><mo fence="true">' .. open .. "</mo>" .. inner .. '<mo fence="true">' .. close .. "</mo></mrow>"
        if open == "(" and close == ")" then single[fenced] = inner end
        return fenced
    end

    local function script(mark)                    -- what stands behind ^ or _
        local token = peek()
        if token.kind == "open" and token.text == "{" then
            local transposed = mark == "^" and peek(1).text == "-" and peek(2).text == "T" and peek(3).text == "}"
            local outer, index = stacked, indices
            if transposed then at = at + 4 return "<mrow><mo>−</mo><mo>⊤</mo></mrow>" end
            stacked, indices = false, mark == "_"
            local inner = brackets()
            stacked, indices = outer, index
            return inner
        end
        at = at + 1
        if token.text == "-" then return "<mrow><mo>−</mo>" .. script(mark) .. "</mrow>" end
        if token.kind == "number" then return "<mn>" .. token.text .. "</mn>" end
        if token.kind == "name" then return name(token.text, mark == "_") end
        if token.text == "*" or token.text == "+" then return "<mo>" .. token.text .. "</mo>" end
        at = at - 1
        if token.kind == "open" then return (fence(token.text, brackets(), closes[token.text])) end
        refuse("%s behind '%s'", token.text, mark)
    end

    local function scripts(base, under, exponent)  -- base with its primes, indices and exponents
        local low, high = nil, {}
        while peek().kind == "mark" do
            local mark = peek().text
            at = at + 1
            if mark == "'" then base = "<mrow>" .. base .. '<mo lspace="0" rspace="0">′</mo></mrow>'
            elseif mark == "_" then
                if low then refuse("two indices, one behind the other") end
                low = script(mark)
            elseif peek().text == "T" and not exponent then at = at + 1 high[#high + 1] = "<mo>⊤</mo>"
            else high[#high + 1] = script(mark) end
        end
        local up = #high > 0 and group(high)
        local kind = under and display and { "munderover", "munder", "mover" } or { "msubsup", "msub", "msup" }
        if low and up then return "<" .. kind[1] .. ">" .. base .. low .. up .. "</" .. kind[1] .. ">" end
        if low then return "<" .. kind[2] .. ">" .. base .. low .. "</" .. kind[2] .. ">" end
        if up then return "<" .. kind[3] .. ">" .. base .. up .. "</" .. kind[3] .. ">" end
        return base
    end

    -- One factor; nil if none begins here.  Second: does it want to stand apart from its neighbours?
    function factor()
        local token = peek()
        if token.kind == "number" then
            at = at + 1
            return scripts("<mn>" .. token.text .. "</mn>", false, true), false
        elseif token.kind == "words" then
            at = at + 1
            return "<mtext>" .. escape(token.text:sub(2, -2)) .. "</mtext>", true
        elseif token.kind == "open" then
            local inner, open, close = brackets()
            return scripts(fence(open, inner, close)), false
        elseif token.kind == "bar" then
            if bars[#bars] == token.text then return nil end
            local outer = bars[#bars]
            at = at + 1
            bars[#bars + 1] = token.text
            local inner = row()
            bars[#bars] = nil
            if peek().text ~= token.text then refuse("'%s' is never closed", token.text) end
            at = at + 1
            local bar = token.text == "|" and "|" or "‖"
            return scripts(fence(bar, inner, bar)), false, outer
        elseif token.kind == "name" then
            local word = token.text
            at = at + 1
            if word == "sqrt" then
                if peek().text ~= "(" then refuse("sqrt without '('") end
                return scripts("<msqrt>" .. brackets() .. "</msqrt>"), false
            elseif functions[word] then
                local base = scripts("<mi>" .. word .. "</mi>")
                local space = peek().text ~= "(" and '<mspace width=".17em"/>' or ""
                local of = peek().kind ~= "op" and (peek().kind ~= "bar" or bars[#bars] ~= peek().text) and factor()
                return of and "<mrow>" .. base .. "<mo>&#x2061;</mo>" .. space .. of .. "</mrow>" or base, true
            elseif word == "partial" or (word == "d" and functions[peek().text]) then
                local base = scripts(word == "d" and '<mi mathvariant="normal">d</mi>' or "<mi>∂</mi>")
                return "<mrow>" .. base .. (factor() or refuse("partial of nothing")) .. "</mrow>", false
            elseif limits[word] then
                local sign = limits[word]
                if sign == word and peek().text == "(" then return "<mrow><mi>" .. word .. "</mi><mo>&#x2061;</mo>" .. factor() .. "</mrow>", true end
                return scripts(sign == word and "<mo movablelimits=\"" .. tostring(not display) .. "\">" .. word .. "</mo>"
                               or "<mo>" .. sign .. "</mo>", true, true), true
            end
            local base, wide = scripts(name(word)), not known(word) or #word > 1 and not symbols[word]
            if peek().kind == "open" and peek().text ~= "{" and not peek().blank then
                base = "<mrow>" .. base .. "<mo>&#x2061;</mo>" .. factor() .. "</mrow>"
            end
            return base, wide
        end
    end

    -- Up to what closes it.  Second: was there a comma?  Third, of the whole: its parts, between which a line may end.
    function row()
        local parts, product, start, unknown = { {} }, {}, 1, 0
        local apart, divided, change, comma, infix = false, false, false, false, true
        local function flush()
            for _, piece in ipairs(product) do table.insert(parts[#parts], piece) end
            product, start, divided = {}, 1, false
        end
        while true do
            local token = peek()
            if token.kind == "end" or token.kind == "close" or (token.kind == "bar" and bars[#bars] == token.text) then break end
            if token.kind == "bar" and not infix and bars[#bars] ~= nil and token.text == "|" and token.blank and token.blank_after then
                flush()
                at, infix = at + 1, true
                table.insert(parts[#parts], '<mo form="infix" stretchy="false" lspace=".28em" rspace=".28em">|</mo>')
            elseif token.text == "/" then
                if infix then refuse("'/' divides nothing") end
                if token.blank ~= token.blank_after then refuse("'/' has a blank on one side only") end
                at = at + 1
                local close = not token.blank or (change and differential(peek()))
                local above = {}
                for k = #product, close and #product or start, -1 do table.insert(above, 1, table.remove(product)) end
                if above[1] and above[1]:find("^<mspace") then product[#product + 1] = table.remove(above, 1) end
                local below = factor() or refuse("'/' by nothing")
                product[#product + 1] = stacked and "<mfrac>" .. bare(group(above)) .. bare(below) .. "</mfrac>"
                                        or "<mrow>" .. group(above) .. '<mo lspace="0" rspace="0">/</mo>' .. below .. "</mrow>"
                divided, infix, apart, change = not close, false, false, false
            elseif token.text == "*" or (token.text == "x" and not infix and size(peek(-1)) and size(peek(1)) and token.blank) then
                if infix then refuse("'%s' with nothing before it", token.text) end
                local plain = token.text == "*" and (peek(-1).kind == "number" or peek(1).kind == "number")
                product[#product + 1] = "<mo>" .. (token.text == "x" and "×" or plain and "·" or "⊙") .. "</mo>"
                at, infix, divided, apart = at + 1, true, false, false
            elseif token.kind == "op" or token.text == "in" then
                local unary = infix and (token.text == "-" or token.text == "+" or token.text == "+-")
                local free = token.text == ".." or token.text == "..." or token.text == "!" or token.text == "%"
                local first = #parts == 1 and #parts[1] == 0 and relations[token.text]
                if infix and not unary and not free and not first then refuse("'%s' with nothing before it", token.text) end
                flush()
                if not unary and (relations[token.text] or token.text == "+" or token.text == "-") and #parts[#parts] > 0 then
                    parts[#parts + 1] = {}
                end
                table.insert(parts[#parts], (unary and '<mo form="prefix">' or free and "<mo>" or '<mo form="infix">')
                             .. (token.text == "in" and "∈" or operators[token.text]) .. "</mo>")
                comma = comma or token.text == ","
                at, infix = at + 1, not free and token.text ~= "," and token.text ~= ";" and token.text ~= ":"
                if token.text == "," or token.text == ";" or token.text == ":" then infix = "comma" end
            else
                if divided then refuse("a / b c: by b or by b c? use brackets, or a/b") end
                unknown = token.kind == "name" and not known(token.text) and unknown + 1 or 0
                if unknown == 3 then refuse("words rather than a formula? \"...\" makes them some, | keeps a line as it is") end
                local big = limits[token.text] ~= nil
                change = differential(token)
                local piece, wide = factor()
                if not piece then refuse("'%s' where a quantity should stand", token.text) end
                if #product > 0 and not infix then
                    product[#product + 1] = (wide or apart) and '<mspace width=".2em"/>' or "<mo>&#x2062;</mo>"
                end
                product[#product + 1] = piece
                if big or unknown > 0 and wide then start = #product + 1 end
                apart, infix = wide, false
            end
        end
        if infix == true and (#product > 0 or #parts[#parts] > 0) then refuse("nothing behind the last operator") end
        flush()
        local whole = {}
        for k, part in ipairs(parts) do whole[k] = table.concat(part) end
        return "<mrow>" .. table.concat(whole) .. "</mrow>", comma, whole
    end

    local ok, result, problem = pcall(function()
        tokens = scan(text)
        if #tokens == 0 then refuse("an empty formula") end
        local _, _, parts = row()
        if at <= #tokens then refuse("'%s' closes nothing", peek().text) end
        local kind = display and '<math display="inline" displaystyle="true">' or "<math>"
        if #text < 24 then parts = { table.concat(parts) } end
        for k, part in ipairs(parts) do parts[k] = kind .. part .. "</math>" end
        return table.concat(parts, "<wbr>")
    end)
    if not ok then return nil, type(result) == "table" and result[1] or error(result, 0) end
    return result
end

-- Are these words rather than a formula?
local function words(text)
    if not render(text) then return true end
    for word in text:gsub('"[^"]*"', ""):gsub("[_^]%a+", ""):gsub("[_^]%b{}", ""):gmatch("%a+") do
        if not known(word) and word ~= "in" then return true end
    end
    return false
end

return { render = render, words = words }
