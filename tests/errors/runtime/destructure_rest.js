const { ...r } = null;
