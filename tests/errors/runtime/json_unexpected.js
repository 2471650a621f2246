JSON.parse('{"a": x}');
