const e = new TypeError('with props'); e.code='E_X'; e.cause = new Error('why'); throw e;
