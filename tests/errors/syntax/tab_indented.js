	if (true) {
		let a = ;
	}
