a
++b
var c = d
/e/g
let f
do x; while (0) y
function h() { return
1 }
