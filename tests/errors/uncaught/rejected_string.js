Promise.reject('str');
