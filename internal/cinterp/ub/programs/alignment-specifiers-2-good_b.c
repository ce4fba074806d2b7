_Alignas(8) char room[32] = {0};
