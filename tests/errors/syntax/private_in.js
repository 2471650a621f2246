#x in {};
