Object.entries(undefined);
