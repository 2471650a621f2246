throw Object.assign(new Error('outer'), { inner: new Error('inner') });
