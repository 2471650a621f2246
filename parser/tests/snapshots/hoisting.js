f(); { function f() {} } if (a) function g() {} { let h; { function h() {} } }
function i() { j; { function j() {} } var k; function k() {} label: function l() {} }
