const config = { server: {} };
const port = config.server.options.port;
