a = b / c / d; e = /[/]\//g.test(`x${ { y: /z/ } }w`);
x = a++ /1; y = "\u{1F600}\uD83D\uDE00"; \u0061b = 1_000n;
