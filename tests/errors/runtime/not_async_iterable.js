(async () => { for await (const x of {}) ; })();
