
// Appended to a program of octane: runs its benchmarks a fixed number of times, without a clock.
(function () {
  for (var s = 0; s < BenchmarkSuite.suites.length; s++) {
    var suite = BenchmarkSuite.suites[s];
    BenchmarkSuite.ResetRNG();
    for (var b = 0; b < suite.benchmarks.length; b++) {
      var benchmark = suite.benchmarks[b];
      benchmark.Setup();
      for (var i = 0; i < OCTANE_ITERATIONS; i++) benchmark.run();
      var probe = OCTANE_PROBE();
      benchmark.TearDown();
      console.log(suite.name + ' ' + benchmark.name + ' ok' + (probe === undefined ? '' : ' ' + probe));
    }
    console.log('random ' + Math.random());
  }
})();
