# The three diagrams of the method: sh plots/draw.sh plots/diagram.gp F1a.svg "id='F1a'"
#   F1a  generative model       F1b  inverse classification       F1c  structure of the network
width = 1000; height = 360
eval page(width, height, 24)
set margins 0, 0, 0, 0
unset border
unset tics
unset key
set xrange [0:width]
set yrange [0:height]
set style arrow 1 head filled size 16,18 lw 3 lc rgb "#303030"
set style rectangle fs solid border lc rgb "#303030"

# A letter b in the units of the pen letters: down the stem, and round the bowl.
bowl_x(t) = 0.46 - 0.46 * cos(t)
bowl_y(t) = 0.5 + 0.5 * sin(t)

f1a = id eq "F1a"; f1b = id eq "F1b"; f1c = id eq "F1c"
if (!f1a && !f1b && !f1c) { print "diagram.gp: id should be F1a, F1b or F1c"; exit status 1 }

set label 1 (f1a ? "Generative model" : f1b ? "Inverse classification" : "Structure of the network") \
    at 500,325 center font face(30)
if (!f1c) {
    # vector | network | letter; the arrows run to the right or back.
    set object 10 rect from 70,60 to 190,270 fc rgb "#eaf2fa" lw 2
    do for [k=0:3] {
        set label 10 + k word(f1a ? "0 1 0 0" : "0.04 0.91 0.02 0.03", k + 1) at 130,240 - 50 * k center front
        set label 20 + k "abcd"[k+1:k+1] at 45,240 - 50 * k center tc rgb "#606060"
    }
    set label 2 (f1a ? "class, as one-hot" : "input found") at 130,28 center font face(21)
    set object 11 rect from 370,90 to 620,240 fc rgb "#fdf0e3" lw 2
    set label 3 "RNN" at 495,(f1a ? 165 : 182) center front font face(34)
    if (f1b) { set label 4 "weights frozen" at 495,135 center front font face(21) }
    set object 12 rect from 780,60 to 940,270 fc rgb "#ffffff" lw 2
    set label 5 (f1a ? "letter written" : "letter given") at 860,28 center font face(21)
    if (f1a) {
        set arrow 1 from 200,165 to 358,165 as 1
        set arrow 2 from 632,165 to 768,165 as 1
    } else {
        set arrow 1 from 358,165 to 202,165 as 1
        set arrow 2 from 768,165 to 632,165 as 1
        set label 6 "gradient of\nthe error" at 280,222 center font face(17)
        set label 7 "compare" at 700,192 center font face(17)
    }
    set samples 300
    plot sample [t=0:2] '+' using (820):(115 + 60 * t) with lines lw 5 lc rgb "#0060a8", \
         [t=0:2*pi] '+' using (820 + 88 * bowl_x(t)):(115 + 60 * bowl_y(t)) with lines lw 5 lc rgb "#0060a8"
} else {
    set object 10 rect from 40,105 to 210,225 fc rgb "#eaf2fa" lw 2
    set object 11 rect from 300,105 to 470,225 fc rgb "#fdf0e3" lw 2
    set object 12 rect from 560,105 to 730,225 fc rgb "#fdf0e3" lw 2
    set object 13 rect from 820,105 to 960,225 fc rgb "#eaf2fa" lw 2
    set label 2 "input" at 125,182 center front
    set label 3 "205 × C" at 125,145 center front
    set label 4 "LSTM" at 385,182 center front
    set label 5 "205 units" at 385,145 center front
    set label 6 "dense" at 645,182 center front
    set label 7 "2 outputs" at 645,145 center front
    set label 8 "output" at 890,182 center front
    set label 9 "205 × 2" at 890,145 center front
    set arrow 1 from 220,165 to 290,165 as 1
    set arrow 2 from 480,165 to 550,165 as 1
    set arrow 3 from 740,165 to 810,165 as 1
    set label 20 "class at step 1," at 125,72 center font face(19)
    set label 21 "then zeros" at 125,46 center font face(19)
    set label 22 "tanh, every step" at 385,72 center font face(19)
    set label 23 "linear, every step" at 645,72 center font face(19)
    set label 24 "pen position" at 890,72 center font face(19)
    set label 25 "x, y" at 890,46 center font face(19)
    plot NaN
}
