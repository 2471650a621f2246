const {} = null;
