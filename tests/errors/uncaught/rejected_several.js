// Of several rejections without a handler the first is reported.
Promise.reject(new Error('first'));
Promise.reject(new Error('second'));
