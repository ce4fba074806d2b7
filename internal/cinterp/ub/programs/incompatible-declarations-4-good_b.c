char *greeting = "hi";
