double half(double n) { return n / 2; } /* UB */
