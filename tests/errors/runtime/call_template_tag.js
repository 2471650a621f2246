const tag = 1;
tag`x`;
