let a = );
