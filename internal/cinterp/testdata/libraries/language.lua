-- What a program in Lua uses of the interpreter and its libraries, each checked.
local checks = 0
local function is(got, want)
  checks = checks + 1
  if got ~= want then
    error(string.format("check %d: got %s, not %s", checks, tostring(got), tostring(want)), 2)
  end
end

-- Numbers.
is(7 // 2, 3); is(-7 // 2, -4); is(7 % -3, -2); is(7.5 % 2, 1.5); is(2 ^ 10, 1024.0)
is(math.type(1), "integer"); is(math.type(1.0), "float"); is(3 | 4, 7); is(~0, -1); is(1 << 62, 4611686018427387904)
is(math.maxinteger + 1, math.mininteger); is(10 / 4, 2.5); is(tostring(1e15), "1e+15"); is(tonumber("0x1p4"), 16.0)
is(string.format("%5.2f|%d|%x|%q|%s", 3.14159, 42, 255, "a\nb", nil), " 3.14|42|ff|\"a\\\nb\"|nil")
is(math.floor(-3.5), -4); is(math.tointeger("8"), 8); is(tonumber("z", 36), 35); is(0x7fffffffffffffff, math.maxinteger)

-- Strings and patterns.
is(("hello"):upper(), "HELLO"); is(#"abc", 3); is(("x"):rep(3, ","), "x,x,x"); is(("hello"):sub(-3), "llo")
is((string.gsub("hello world", "(%w+)", "<%1>")), "<hello> <world>"); is(string.find("abc", "b", 1, true), 2)
is(select(2, string.gsub("aaa", "a", "b")), 3); is(string.match("key = value", "^(%w+)%s*=%s*(%w+)$"), "key")
is(("%d"):rep(2):format(1, 2), "12"); is(string.reverse("abc"), "cba"); is(("a,b,c"):gsub(",", ""), "abc")
local words = {}
for w in ("one two three"):gmatch("%a+") do words[#words + 1] = w end
is(table.concat(words, "-"), "one-two-three"); is(string.byte("A"), 65); is(utf8.len("äöü"), 3)
is(string.pack("<i4z", 100, "hi"), "d\0\0\0hi\0"); is(string.unpack(">I2", "\1\2"), 258)
is(string.format("%-8s|%+d|%.3g|%c", "ab", 5, 0.00012345, 65), "ab      |+5|0.000123|A")

-- Tables.
local t = {}
for i = 1, 200 do t[i] = (i * 37) % 101 end
table.sort(t)
for i = 2, 200 do assert(t[i - 1] <= t[i]) end
table.sort(t, function(a, b) return a > b end)
is(t[1], 100); table.insert(t, 1, "first"); is(t[1], "first"); is(table.remove(t), 0); is(#t, 200)
is(select("#", table.unpack({1, nil, 3}, 1, 3)), 3); is(next({}), nil); is(table.move({1, 2, 3}, 1, 3, 2)[3], 2)
local keys = 0
local map = {}
for i = 1, 300 do map["k" .. i] = i end
for i = 1, 300, 2 do map["k" .. i] = nil end
for _ in pairs(map) do keys = keys + 1 end
is(keys, 150)

-- Functions, closures, coroutines, errors.
local function counter() local n = 0; return function() n = n + 1; return n end end
local c = counter(); c(); is(c(), 2)
local co = coroutine.wrap(function(a) local b = coroutine.yield(a + 1); coroutine.yield(b * 2); return "end" end)
is(co(1), 2); is(co(21), 42); is(co(), "end")
is(pcall(error, {code = 1}), false); is(select(2, pcall(error, "boo", 0)), "boo")
is(select(2, xpcall(function() local x = nil; return x.y end, function(m) return (m:gsub("^.-:%d+: ", "")) end)),
  "attempt to index a nil value (local 'x')")
local function fib(n) if n < 2 then return n end return fib(n - 1) + fib(n - 2) end
is(fib(10), 55)
is((function(...) return select("#", ...) end)(nil, nil), 2)
for i = 1, 3 do if i == 2 then goto continue end; is(i ~= 2, true); ::continue:: end
is(load("return 1 + ...")(2), 3); is(load("syntax error here"), nil)

-- Metatables and classes.
local V = {}
V.__index = V
V.__add = function(a, b) return setmetatable({x = a.x + b.x}, V) end
V.__eq = function(a, b) return a.x == b.x end
V.__tostring = function(v) return "V" .. v.x end
V.__call = function(v, n) return v.x * n end
V.__lt = function(a, b) return a.x < b.x end
V.__len = function(v) return v.x end
V.__concat = function(a, b) return "joined" end
local a, b = setmetatable({x = 1}, V), setmetatable({x = 2}, V)
is(tostring(a + b), "V3"); is(a == b, false); is(a(5), 5); is(a < b, true); is(#b, 2); is(a .. b, "joined")
local closed = ""
do local h <close> = setmetatable({}, {__close = function() closed = "yes" end}) end
is(closed, "yes")

-- The collector and weak tables.
local weak = setmetatable({}, {__mode = "k"})
for i = 1, 50 do weak[{}] = i end
collectgarbage(); collectgarbage()
is(next(weak), nil)
local gone = 0
for i = 1, 20 do setmetatable({}, {__gc = function() gone = gone + 1 end}) end
collectgarbage()
is(gone, 20)
local s = ""
for i = 1, 100 do s = s .. i end
is(#s, 192)

-- Files and time.
local f = assert(io.open("out.txt", "w")); f:write("line 1\n", 2, "\n", 3.5); f:close()
local lines = {}
for l in io.lines("out.txt") do lines[#lines + 1] = l end
is(#lines, 3); is(lines[3], "3.5"); is(io.open("none"), nil); is(os.remove("out.txt"), true)
is(os.time({year = 2020, month = 1, day = 1, hour = 0}) % 86400, 0); is(type(os.clock()), "number")
print(checks .. " checks")
