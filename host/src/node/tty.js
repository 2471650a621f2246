// tty: which descriptors are terminals.
module.exports = { isatty: (fd) => Number.isInteger(fd) && fd >= 0 && binding.isTerminal(fd) };
