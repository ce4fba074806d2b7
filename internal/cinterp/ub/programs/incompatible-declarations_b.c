int shared = 5; /* UB */
