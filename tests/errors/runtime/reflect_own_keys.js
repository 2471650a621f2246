Reflect.ownKeys(1);
