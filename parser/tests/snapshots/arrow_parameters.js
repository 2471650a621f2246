({ [a]: 1 });
b = v => { var v; };
b = (v) => { var v; };
b = async v => { var v; };
b = (v = 1) => { var v; };
b = ({ [a]: v }) => { var v; };
