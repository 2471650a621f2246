var [a, , b = 1, ...[c]] = d;
let { e, f = 2, g: { h }, [i]: j = () => h, ...k } = l;
function m([n], { o, p = n } = {}, ...q) { return () => o + q; }
