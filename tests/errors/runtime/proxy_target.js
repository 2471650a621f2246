new Proxy(1, {});
