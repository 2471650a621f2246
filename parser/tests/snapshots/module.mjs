import d, * as ns from "a";
import { x as y, "string name" as z } from "b" with { type: "json" };
export { y as default, ns };
export * from "c";
export * as all from "c";
export const [k, { l }] = await 0;
export function f() { return d; }
