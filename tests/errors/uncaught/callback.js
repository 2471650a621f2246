[1,2].map(function cb(x) { return x.y.z });
