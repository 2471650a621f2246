let r = /[z-a]/;
