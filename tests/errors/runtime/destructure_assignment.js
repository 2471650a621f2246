let a, o;
({ a } = o);
