// --harmony-decorators
@dec export { x };
