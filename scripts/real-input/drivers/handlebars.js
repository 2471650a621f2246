// handlebars: compiles templates to functions and renders them with helpers, partials, blocks and data frames.
'use strict';

const Handlebars = require('handlebars');
const { hash, random, reduced } = require('./_util.js');

const next = random(4);
const data = {
  title: 'Orders & <more>',
  orders: Array.from({ length: reduced ? 5 : 400 }, (_, i) => ({
    id: i, total: next(10000) / 100, paid: next(2) === 1, items: Array.from({ length: next(5) }, (_x, k) => ({ name: `item "${k}"`, count: next(9) })), customer: next(4) ? { name: `c${next(50)}`, vip: next(7) === 0 } : null,
  })),
  lookup: { a: 1, b: { c: '<c>' }, 'odd key': 'odd' },
};

Handlebars.registerHelper('money', (n) => `$${n.toFixed(2)}`);
Handlebars.registerHelper('list', function (items, options) {
  return items.length ? `<ul>${items.map((x, i) => options.fn(x, { data: { ...options.data, n: i + 1 } })).join('')}</ul>` : options.inverse(this);
});
Handlebars.registerHelper('add', (...args) => args.slice(0, -1).reduce((a, b) => a + b, 0));
Handlebars.registerHelper('raw', (options) => options.fn().trim());
Handlebars.registerHelper('attrs', (options) => new Handlebars.SafeString(Object.entries(options.hash).map(([k, v]) => `${k}="${Handlebars.escapeExpression(v)}"`).join(' ')));
Handlebars.registerPartial('customer', '{{#if vip}}*{{/if}}{{name}}{{#if suffix}} {{suffix}}{{/if}}');
Handlebars.registerPartial('layout', '<main>{{> @partial-block }}</main>{{#*inline "foot"}}none{{/inline}}{{> foot}}');

const page = Handlebars.compile(`
<h1>{{title}}</h1>{{{title}}}{{!-- comment --}}
{{#each orders as |order index|}}
  {{~index}}/{{@index}}{{#if @first}} first{{else if @last}} last{{/if}}
  {{#with customer}}{{> customer suffix=(add 1 2 ../id)}}{{else}}nobody{{/with}}
  {{money total}}{{#unless paid}} due{{/unless}}
  {{#list items}}<li>{{@n}}: {{name}} x{{count}} of {{@root.title}}</li>{{else}}<i>empty</i>{{/list}}
{{else}}no orders{{/each}}
{{#each lookup}}{{@key}}={{this}};{{/each}} {{lookup.[odd key]}} {{lookup lookup "a"}} {{lookup.b.c}}
{{{{raw}}}} {{not parsed}} {{{{/raw}}}} \\{{escaped}}
{{#> layout}}inner {{title}}{{/layout}} <a {{attrs href="x?a&b" title='"q"'}}>
`);
const html = page(data);
console.log(html.length, hash(html));
console.log(html.slice(0, 600));
console.log(page({ title: 'x', orders: [], lookup: {} }));

const precompiled = Handlebars.precompile('{{#each xs}}{{@index}}:{{this}} {{/each}}{{y.z}}');
console.log(precompiled.length > 200, Handlebars.template(eval(`(${precompiled})`))({ xs: ['a', '<b>'], y: { z: 3 } }));
console.log(JSON.stringify(Handlebars.parse('{{#if a}}b{{else}}{{c.d "e" f=1}}{{/if}}')).length);
for (const bad of ['{{#if}}', '{{/x}}', '{{a', '{{#each a}}{{/if}}', '{{> missing}}', '{{unknown 1}}', '{{#with}}{{/with}}']) {
  try {
    console.log(JSON.stringify(Handlebars.compile(bad)({})));
  } catch (error) {
    console.log(error.message);
  }
}
const strict = Handlebars.compile('{{a}} {{b.c}}', { strict: true });
try {
  strict({ a: 1 });
} catch (error) {
  console.log(error.message);
}
console.log(Handlebars.compile('{{constructor.name}}{{__proto__.x}}{{a}}', { noEscape: true })({ a: '<&>' }));
