const x = { y: {} };
x.y.z();
