-- Full disks and kills: nothing that was there is lost.

local run = scratch .. "/run"

-- A full disk: nothing that was there is lost, nothing half-written stays.
local function small(arguments) return "make BIN=" .. build .. "/bin BUILD=" .. run .. " DATA= ROWS=naked CLASSES=2 OPTIONS=updates=2 " .. arguments end

test("full_disk", function()
    local disk, limit = scratch .. "/disk", ""
    sh("umount " .. disk .. "; mkdir -p " .. disk)
    local mounted = select(2, sh("mount -t tmpfs -o size=64m tmpfs " .. disk)) == 0
    print(mounted and "   on a small tmpfs" or "   no mount permitted: a limit on file sizes stands for the disk")
    local here = disk .. "/run"
    run = here
    local out, status = sh(small("INSTANCES=1 reproduce"))
    check(status == 0, "something to lose", out)
    local result = here .. "/results/2_naked_v0"
    local function files() return (sh("cd " .. here .. " && find . -type f | sort | xargs cksum")) end
    local before = files()
    local function fill(spare)                            -- all but so many pages of 4 KB
        if not mounted then limit = "trap '' XFSZ; ulimit -f 0; " return end
        sh("cat /dev/zero >" .. disk .. "/fill")
        if spare > 0 then sh("truncate -s -" .. 4096 * spare .. " " .. disk .. "/fill") end
    end
    local function full(what, command, file)
        local out, status = sh(limit .. command)
        check(status == (command:find("^make") and 2 or 1) and out:find(file, 1, true) and out:find("(disk full?)", 1, true), what, command .. "\n" .. out)
        check(files() == before, what .. ": all files are as before", files())
    end
    fill(0)
    full("a model", build .. "/bin/network " .. result .. ".tsv updates=2", result .. ".model")
    full("a table", build .. "/bin/tables " .. here .. "/tables paper/published.tsv " .. result .. ".tsv", "T1.tsv")
    full("a map", build .. "/bin/heatmap " .. here .. "/maps/naked_v0_a.tsv " .. result .. ".model a", "naked_v0_a.tsv")
    full("a figure", small("INSTANCES=1 -W plots/diagram.gp " .. here .. "/figures/F1a.svg"), "F1a.svg")
    full("the report", build .. "/bin/report " .. here .. "/report.html " .. here .. "/tables " .. here .. "/figures", "report.html")
    if mounted then                                       -- room for the model, none for the result
        local pages = (#read(result .. ".model") + 4095) // 4096
        os.remove(result .. ".model")
        os.remove(disk .. "/fill")
        fill(pages)
        full("a result", build .. "/bin/network " .. result .. ".tsv updates=2", result .. ".tsv")
        sh("umount " .. disk)
    end
end, "check")

-- Killed at random moments and started again, a run ends with the same tables, byte for byte.
test("kills", function()
    local function tables() return (sh("cd " .. run .. "/tables && cat T*.tsv T*.md instances*.tsv latent.tsv F5.points")) end
    run = scratch .. "/kills"
    local begun = os.time()
    local out, status = sh(small("INSTANCES=2 -j2 reproduce"))
    check(status == 0, "an undisturbed run", out)
    local want, length, lost, cut = tables(), os.time() - begun + 1, 0, 0
    math.randomseed(7)
    for _ = 1, 50 do
        sh("rm -rf " .. run)
        strike(small("INSTANCES=2 -j2 reproduce"), math.random() * length)
        if not read(run .. "/report.html") then cut = cut + 1 end
        out, status = sh(small("INSTANCES=2 -j2 reproduce"))
        if not check(status == 0 and tables() == want, "tables after a kill", out) then lost = lost + 1 end
    end
    check(cut > 10, "many of the kills came before the end", cut)
    print("   50 kills, " .. cut .. " before the end; " .. lost .. " runs with other tables")
end, "check-long")
