Reflect.construct(1, []);
