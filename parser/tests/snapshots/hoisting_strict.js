'use strict';
{ function f() {} f(); } function g() { { function h() {} } }
