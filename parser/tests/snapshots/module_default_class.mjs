export default class { static x = import.meta; } export var y = () => y; export function z() { return this; }
