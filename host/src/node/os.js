// Facts about the machine.
let known;
const facts = () => (known ??= binding.system());

const signals = {
  SIGHUP: 1, SIGINT: 2, SIGQUIT: 3, SIGILL: 4, SIGTRAP: 5, SIGABRT: 6, SIGIOT: 6, SIGBUS: 7, SIGFPE: 8, SIGKILL: 9,
  SIGUSR1: 10, SIGSEGV: 11, SIGUSR2: 12, SIGPIPE: 13, SIGALRM: 14, SIGTERM: 15, SIGCHLD: 17, SIGSTKFLT: 16,
  SIGCONT: 18, SIGSTOP: 19, SIGTSTP: 20, SIGTTIN: 21, SIGTTOU: 22, SIGURG: 23, SIGXCPU: 24, SIGXFSZ: 25,
  SIGVTALRM: 26, SIGPROF: 27, SIGWINCH: 28, SIGIO: 29, SIGPOLL: 29, SIGPWR: 30, SIGSYS: 31,
};
const errno = {
  EPERM: 1, ENOENT: 2, EINTR: 4, EIO: 5, EBADF: 9, EAGAIN: 11, ENOMEM: 12, EACCES: 13, EBUSY: 16, EEXIST: 17, EXDEV: 18,
  ENOTDIR: 20, EISDIR: 21, EINVAL: 22, EMFILE: 24, EFBIG: 27, ENOSPC: 28, EROFS: 30, EPIPE: 32, ENAMETOOLONG: 36,
  ENOTEMPTY: 39, ELOOP: 40, EADDRINUSE: 98, ECONNABORTED: 103, ECONNRESET: 104, ETIMEDOUT: 110, ECONNREFUSED: 111,
};

function homedir() {
  return process.env.HOME || '/';
}
function tmpdir() {
  const path = process.env.TMPDIR || process.env.TMP || process.env.TEMP || '/tmp';
  return path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path;
}

module.exports = {
  EOL: '\n',
  devNull: '/dev/null',
  arch: () => process.arch,
  availableParallelism: () => facts().cpus,
  cpus: () => Array.from({ length: facts().cpus }, () => ({
    model: 'unknown', speed: 0, times: { user: 0, nice: 0, sys: 0, idle: 0, irq: 0 },
  })),
  endianness: () => (new Uint8Array(new Uint16Array([1]).buffer)[0] === 1 ? 'LE' : 'BE'),
  freemem: () => binding.system().freemem,
  getPriority: () => 0,
  setPriority() {},
  homedir,
  hostname: () => facts().hostname,
  loadavg: () => binding.system().loadavg,
  machine: () => facts().machine,
  networkInterfaces: () => ({}),
  platform: () => process.platform,
  release: () => facts().release,
  tmpdir,
  totalmem: () => facts().totalmem,
  type: () => facts().type,
  uptime: () => binding.system().uptime,
  userInfo: () => ({
    uid: facts().uid, gid: facts().gid, username: process.env.USER || process.env.LOGNAME || 'root',
    homedir: homedir(), shell: process.env.SHELL || null,
  }),
  version: () => facts().version,
  constants: {
    UV_UDP_REUSEADDR: 4, dlopen: {}, errno, signals,
    priority: { PRIORITY_LOW: 19, PRIORITY_BELOW_NORMAL: 10, PRIORITY_NORMAL: 0, PRIORITY_ABOVE_NORMAL: -7, PRIORITY_HIGH: -14, PRIORITY_HIGHEST: -20 },
  },
};
