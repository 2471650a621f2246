let user;
`hello ${user.name}`;
