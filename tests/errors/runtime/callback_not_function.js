[1].forEach({});
