Object.create(null) + '';
