let s = "😀😀" + ;
