import a 'x';
