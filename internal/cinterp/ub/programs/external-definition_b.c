int counter = 2; /* UB */
