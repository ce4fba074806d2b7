char *greeting = "hi"; /* UB */
