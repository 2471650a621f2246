const n = 1;
}
