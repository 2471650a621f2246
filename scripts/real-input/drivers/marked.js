// marked: Markdown with all usual blocks and inlines, a generated long document, tokens and extensions.
'use strict';

const { marked, lexer, parser, Marked } = require('marked');
const { hash, random, reduced } = require('./_util.js');

const SAMPLE = `
# Title *with* \`code\` #

Setext
------

Paragraph with **bold**, _emph_, ***both***, ~~gone~~, \`\`a \` b\`\`, <https://example.org/?a=1&b=2>,
[link](http://x.y "T & t"), [ref][R], ![img](a.png 'x'), www.example.com and a\\*b &copy; &amp; <b>html</b>  
hard break

> quote
> > nested
lazy

1. one
   - a
   - [x] done
   - [ ] open

     loose
2. two
10. ten

| a | b | c |
|:--|--:|:-:|
| 1 | \\| | **x** |
| only |

\`\`\`js
const x = 1 < 2 && "3";
\`\`\`

    indented <code>

* * *
<div align="x">
*not md*
</div>

[R]: <http://ref.example/a b> "Ref"
`;

console.log(marked.parse(SAMPLE));
console.log(marked.parseInline('*a* `b` [c](d) <e@f.g>'));

const next = random(77);
const words = 'lorem ipsum *dolor* sit `amet` **consectetur** [adipiscing](u) elit & <b>sed</b> do_eiusmod_x'.split(' ');
const sentence = () => Array.from({ length: 6 + next(12) }, () => words[next(words.length)]).join(' ');
let text = '';
for (let i = 0; i < (reduced ? 20 : 1200); i++) {
  const kind = next(8);
  if (kind === 0) text += `${'#'.repeat(1 + next(6))} ${sentence()}\n\n`;
  else if (kind === 1) text += `${Array.from({ length: 1 + next(5) }, (_, k) => `${' '.repeat(2 * (k % 3))}- ${sentence()}`).join('\n')}\n\n`;
  else if (kind === 2) text += `> ${sentence()}\n> ${sentence()}\n\n`;
  else if (kind === 3) text += `\`\`\`\n${sentence()}\n\`\`\`\n\n`;
  else if (kind === 4) text += `|x|y|\n|-|-|\n|${next(9)}|${sentence()}|\n\n`;
  else text += `${sentence()}\n${sentence()}\n\n`;
}
const html = marked.parse(text);
console.log(text.length, html.length, hash(html));
const tokens = lexer(text);
const counts = {};
marked.walkTokens(tokens, (token) => { counts[token.type] = (counts[token.type] || 0) + 1; });
console.log(JSON.stringify(counts), parser(tokens) === html);

const own = new Marked({ gfm: true, breaks: true });
own.use({
  renderer: { heading({ tokens: t, depth }) { return `<h${depth} id="${this.parser.parseInline(t).length}">${this.parser.parseInline(t)}</h${depth}>\n`; } },
  extensions: [{
    name: 'mark', level: 'inline', start: (src) => src.indexOf('=='),
    tokenizer(src) { const m = /^==([^=]+)==/.exec(src); return m ? { type: 'mark', raw: m[0], text: m[1] } : undefined; },
    renderer: (token) => `<mark>${token.text}</mark>`,
  }],
});
console.log(own.parse('# A *b*\nline one\nline ==two==\n'));
console.log(new Marked({ pedantic: true }).parse('1. a\n* b\n\n_x_y_z_'), new Marked({ gfm: false }).parse('~~a~~ www.x.y'));
Promise.resolve(new Marked({ async: true }).parse('*later*')).then((result) => console.log(result));
