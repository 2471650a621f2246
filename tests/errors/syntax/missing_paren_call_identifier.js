console.log("a" b);
