'use strict';
(function () { return arguments.callee; })();
