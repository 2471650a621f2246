const { a } = undefined;
