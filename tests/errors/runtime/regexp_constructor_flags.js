new RegExp('a', 'xx');
