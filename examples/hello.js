console.log("hello from sarus");
