// The constants of `os` and `fs` in one object.
const { errno, signals, priority } = require('os').constants;
module.exports = { ...errno, ...priority, ...signals, ...require('fs').constants };
