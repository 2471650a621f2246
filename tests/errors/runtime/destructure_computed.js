const k = 'x';
const { [k]: v } = undefined;
