throw [1,new Error('in')];
