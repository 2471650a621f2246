(function () {})()();
