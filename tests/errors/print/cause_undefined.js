console.log(new Error('outer', { cause: undefined }));
