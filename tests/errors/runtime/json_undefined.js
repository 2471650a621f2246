JSON.parse(undefined);
