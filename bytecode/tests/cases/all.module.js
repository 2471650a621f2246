import def, { named as local, "string name" as s } from "a";
import * as ns from "b" with { type: "json" };
export let exported = 1;
export const fixed = def + local;
export var v;
export function hoisted() { return exported + captured + ns.x; }
export default class {}
export { v as renamed, local as again };
export * from "c";
export * as all from "d";
let captured = 2, plain = 3;
exported++;
plain = import.meta.url;
await hoisted(s);
