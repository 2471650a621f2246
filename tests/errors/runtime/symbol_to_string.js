`${Symbol('s')}`;
