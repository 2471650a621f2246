new WeakRef(1);
