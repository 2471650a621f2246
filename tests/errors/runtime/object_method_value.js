const handlers = { click: undefined };
handlers.click();
