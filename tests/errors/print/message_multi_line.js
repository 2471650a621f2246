console.log(new Error('one\ntwo\n  three'));
