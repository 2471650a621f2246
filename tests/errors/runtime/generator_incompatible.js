(function* () {}).prototype.next.call({});
