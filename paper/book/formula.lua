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
local function mrow(inner) return "<mrow>" .. inner .. "</mrow>" end

local function scan(text)
    local tokens, at = {}, 1
    local function take(kind, pattern)
        local got = text:match("^" .. pattern, at)
        if not got then return false end
        tokens[#tokens + 1] = { kind = kind, text = got, blank = at == 1 or text:find("^%s", at - 1) ~= nil,
                                blank_after = text:find("^%s", at + #got) ~= nil }
        at = at + #got
        return true
    end
    while at <= #text do
        if text:find("^%s", at) then at = at + 1
        elseif not (take("number", "%d+%.?%d*e[+-]?%d+") or take("number", "%d+%.%d+") or take("number", "%.?%d+")
                    or take("name", "%a+%d*") or take("words", '"[^"]*"') or take("bar", "||?")
                    or take("open", "[%(%[{]") or take("close", "[%)%]}]") or take("mark", "[_^']")) then
            local three, two, one = text:sub(at, at + 2), text:sub(at, at + 1), text:sub(at, at)
            local op = operators[three] and three or operators[two] and two or operators[one] and one
            if not op then refuse("'%s' is no part of the notation", one) end
            take("op", (op:gsub("%p", "%%%0")))
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
           or word == "sqrt" or word == "in"
end

-- Factors and signs side by side.  What is wide stands apart from its neighbours.
local function join(list)
    local out = {}
    for k, item in ipairs(list) do
        local before = list[k - 1]
        if before and not before.sign and not item.sign then
            out[#out + 1] = (before.wide or item.wide) and '<mspace width=".2em"/>' or "<mo>&#x2062;</mo>"
        end
        out[#out + 1] = item.html
    end
    return table.concat(out)
end

local function render(text, display)
    local tokens, at = nil, 1
    local row, factor
    local closing = {}                             -- what closes the brackets that are open, the innermost last
    local stacked = display                        -- are fractions stacked?  Not in a line of prose, nor in an exponent
    local indices = false                          -- are two letters two indices?
    local inside = {}                              -- what a pair of round brackets makes -> what is in them
    local function peek(k) return tokens[at + (k or 0)] or { kind = "end", text = "the end" } end

    local function name(word, index)               -- upright if it is one of many letters
        local letter, digits = word:match("^(%a+)(%d+)$")
        local of = word:match("^d(%a+)$")
        if index and word:find("^%l%l$") and not known(word) or index and of and #of == 1 then
            return mrow("<mi>" .. word:sub(1, 1) .. "</mi><mi>" .. word:sub(2) .. "</mi>")
        elseif letter then return "<msub>" .. name(letter) .. "<mn>" .. digits .. "</mn></msub>"
        elseif not symbols[word] and of and (#of == 1 or symbols[of]) then return mrow('<mi mathvariant="normal">d</mi>' .. name(of)) end
        return "<mi>" .. (symbols[word] or word) .. "</mi>"
    end

    -- From an opening bracket or bar to what closes it: what is inside, and the closing one.
    local function brackets(close)
        local open = peek().text
        at = at + 1
        closing[#closing + 1] = close
        local inner, comma = row()
        local found = peek()
        closing[#closing] = nil
        if found.text ~= close and found.kind ~= "close" then refuse("'%s' is never closed", open) end
        local interval = comma and close ~= "}" and found.text ~= "}"
        if found.text ~= close and not interval then refuse("'%s' is closed by '%s'", open, found.text) end
        at = at + 1
        return inner, found.text
    end
    local function fenced(close)
        local open = peek().text
        local inner, found = brackets(close)
        local signs = { ["||"] = "‖", ["{"] = "{", ["}"] = "}" }
        local html = mrow('<mo fence="true">' .. (signs[open] or open) .. "</mo>" .. inner .. '<mo fence="true">' .. (signs[found] or found) .. "</mo>")
        if open == "(" and found == ")" then inside[html] = inner end
        return html
    end

    local function script(mark)                    -- what stands behind ^ or _
        local token = peek()
        if token.text == "{" then
            if mark == "^" and peek(1).text == "-" and peek(2).text == "T" and peek(3).text == "}" then
                at = at + 4
                return mrow("<mo>−</mo><mo>⊤</mo>")
            end
            local was_stacked, was_indices = stacked, indices
            stacked, indices = false, mark == "_"
            local inner = brackets("}")
            stacked, indices = was_stacked, was_indices
            return inner
        elseif token.kind == "open" then return fenced(closes[token.text]) end
        at = at + 1
        if token.text == "-" then return mrow("<mo>−</mo>" .. script(mark)) end
        if token.kind == "number" then return "<mn>" .. token.text .. "</mn>" end
        if token.kind == "name" then return name(token.text, mark == "_") end
        if token.text == "*" or token.text == "+" then return "<mo>" .. token.text .. "</mo>" end
        refuse("%s behind '%s'", token.text, mark)
    end

    -- A base with its primes, indices and exponents; a limit has them under and over itself.
    local function scripts(base, limit, number)
        local low, high = nil, {}
        while peek().kind == "mark" do
            local mark = peek().text
            at = at + 1
            if mark == "'" then base = mrow(base .. '<mo lspace="0" rspace="0">′</mo>')
            elseif mark == "_" then
                if low then refuse("two indices, one behind the other") end
                low = script(mark)
            elseif peek().text == "T" and not limit and not number then
                at = at + 1
                high[#high + 1] = "<mo>⊤</mo>"
            else high[#high + 1] = script(mark) end
        end
        local kind = (low and #high > 0 and { "msubsup", "munderover" }) or (low and { "msub", "munder" }) or (#high > 0 and { "msup", "mover" })
        if not kind then return base end
        kind = kind[limit and display and 2 or 1]
        return "<" .. kind .. ">" .. base .. (low or "") .. (#high > 0 and mrow(table.concat(high)) or "") .. "</" .. kind .. ">"
    end

    local function argument()                      -- of a function, if there is one
        local space = peek().text ~= "(" and '<mspace width=".17em"/>' or ""
        local of = peek().kind ~= "op" and peek().text ~= closing[#closing] and factor()
        return of and "<mo>&#x2061;</mo>" .. space .. of or ""
    end

    -- One factor, or nil if none begins here; and whether it stands apart from its neighbours.
    function factor()
        local token = peek()
        local word = token.text
        if token.kind == "open" then return scripts(fenced(closes[word])), false
        elseif token.kind == "bar" then return scripts(fenced(word)), false
        elseif token.kind ~= "number" and token.kind ~= "words" and token.kind ~= "name" then return nil end
        at = at + 1
        if token.kind == "number" then return scripts("<mn>" .. word .. "</mn>", false, true), false
        elseif token.kind == "words" then return "<mtext>" .. escape(word:sub(2, -2)) .. "</mtext>", true
        elseif word == "sqrt" then
            if peek().text ~= "(" then refuse("sqrt without '('") end
            return scripts("<msqrt>" .. brackets(")") .. "</msqrt>"), false
        elseif word == "partial" or word == "d" and functions[peek().text] then
            local sign = scripts(word == "d" and '<mi mathvariant="normal">d</mi>' or "<mi>∂</mi>")
            return mrow(sign .. (factor() or refuse("%s of nothing", word))), false
        elseif functions[word] or limits[word] == word and peek().text == "(" then
            return mrow(scripts("<mi>" .. word .. "</mi>") .. argument()), true
        elseif limits[word] == word then return scripts('<mo movablelimits="' .. tostring(not display) .. '">' .. word .. "</mo>", true), true
        elseif limits[word] then return scripts("<mo>" .. limits[word] .. "</mo>", true), true end
        local applied = scripts(name(word, indices))
        if (peek().text == "(" or peek().text == "[") and not peek().blank then applied = mrow(applied .. "<mo>&#x2061;</mo>" .. factor()) end
        return applied, #word > 1 and not symbols[word]
    end

    -- Up to what closes it: the whole; was there a comma; and its parts, between which a line may end.
    function row()
        local parts, product, start = { "" }, {}, 1              -- a fraction reaches back to the start
        local need, comma, divided, change, unknown = true, false, false, false, 0
        local function flush(sign)
            parts[#parts] = parts[#parts] .. join(product) .. (sign or "")
            product, start, divided = {}, 1, false
        end
        local function divide(blank)
            local tight, above = not blank or change and differential(peek()), {}
            for k = #product, tight and #product or start, -1 do table.insert(above, 1, table.remove(product)) end
            local below = factor() or refuse("'/' by nothing")
            above = #above == 1 and above[1].html or mrow(join(above))
            product[#product + 1] = { html = stacked and "<mfrac>" .. mrow(inside[above] or above) .. mrow(inside[below] or below) .. "</mfrac>"
                                             or mrow(above .. '<mo lspace="0" rspace="0">/</mo>' .. below) }
            divided, change = not tight, false
        end
        local function operator(sign)
            local unary, free = need and (sign == "-" or sign == "+" or sign == "+-"), sign == ".." or sign == "..." or sign == "!" or sign == "%"
            local first = relations[sign] and #parts == 1 and parts[1] == ""
            if need and not (unary or free or first) then refuse("'%s' with nothing before it", sign) end
            flush()
            if not unary and (relations[sign] or sign == "+" or sign == "-") and parts[#parts] ~= "" then parts[#parts + 1] = "" end
            flush((unary and '<mo form="prefix">' or free and "<mo>" or '<mo form="infix">') .. (sign == "in" and "∈" or operators[sign]) .. "</mo>")
            comma, need = comma or sign == ",", not free
        end
        local function size(token) return token.kind == "number" or token.text:find("^%u$") end        -- beside the x of "T x B"
        while peek().kind ~= "end" and peek().kind ~= "close" and peek().text ~= closing[#closing] do
            local token, before, after = peek(), peek(-1), peek(1)
            local times = token.text == "x" and not need and token.blank and size(before) and size(after) and "×"
                          or token.text == "*" and ((before.kind == "number" or after.kind == "number") and "·" or "⊙")
            if token.text == "|" and not need and #closing > 0 and token.blank and token.blank_after then
                flush('<mo form="infix" stretchy="false" lspace=".28em" rspace=".28em">|</mo>')
                at, need = at + 1, true
            elseif times or token.text == "/" then
                if need then refuse("'%s' with nothing before it", token.text) end
                if token.text == "/" and token.blank ~= token.blank_after then refuse("'/' has a blank on one side only") end
                at = at + 1
                if times then
                    product[#product + 1], need, divided = { html = "<mo>" .. times .. "</mo>", sign = true }, true, false
                else divide(token.blank) end
            elseif token.kind == "op" or token.text == "in" then
                at = at + 1
                operator(token.text)
            else
                if divided then refuse("a / b c: by b or by b c? use brackets, or a/b") end
                unknown = token.kind == "name" and not known(token.text) and unknown + 1 or 0
                if unknown == 3 then refuse("words rather than a formula? \"...\" makes them some, | keeps a line as it is") end
                change = differential(token)
                local html, wide = factor()
                if not html then refuse("'%s' where a quantity should stand", token.text) end
                product[#product + 1] = { html = html, wide = wide }
                if limits[token.text] or unknown > 0 and wide then start = #product + 1 end
                need = false
            end
        end
        local last = peek(-1)
        if need and last.kind == "op" and not last.text:find("[,;:]") then refuse("nothing behind the last operator") end
        flush()
        return mrow(table.concat(parts)), comma, parts
    end

    local ok, result = pcall(function()
        tokens = scan(text)
        if #tokens == 0 then refuse("an empty formula") end
        local _, _, parts = row()
        if at <= #tokens then refuse("'%s' closes nothing", peek().text) end
        local open = display and '<math displaystyle="true">' or "<math>"
        if #text < 24 then parts = { table.concat(parts) } end
        return open .. table.concat(parts, "</math><wbr>" .. open) .. "</math>"
    end)
    if ok then return result end
    return nil, type(result) == "table" and result[1] or error(result, 0)
end

-- Are these words rather than a formula?
local function words(text)
    if not render(text) then return true end
    for word in text:gsub('"[^"]*"', ""):gsub("[_^]%a+", ""):gsub("[_^]%b{}", ""):gmatch("%a+") do
        if not known(word) then return true end
    end
    return false
end

return { render = render, words = words }
