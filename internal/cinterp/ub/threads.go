package ub

var threads = []Kind{
	{"data-race", "UB-105", "5.1.2.4p35", []int{5}, 362, "CON43-C", TierExploit,
		"Two threads reach an object, one of them to change it, and nothing orders them."},
	{"mutex-relock", "UB-106", "7.26.4.3p2", []int{1}, 764, "CON01-C", TierExploit,
		"A thread locks a mutex that it holds already, and the mutex is not recursive."},
	{"mutex-not-held", "UB-107", "7.26.4.6p2", []int{1}, 832, "CON01-C", TierExploit,
		"A mutex is unlocked, or waited with, by a thread that does not hold it."},
	{"mutex-invalid", "UB-108", "7.26.4.3p2", []int{1}, 665, "CON31-C", TierExploit,
		"A mutex or condition is used that was not set up, or was destroyed."},
	{"mutex-destroyed-in-use", "UB-109", "7.26.4.1p2", nil, 667, "CON31-C", TierExploit,
		"A mutex is destroyed while a thread holds it or waits for it."},
	{"mutex-no-timeout", "UB-110", "7.26.4.4p2", []int{1}, 628, "", TierFormal,
		"mtx_timedlock is used on a mutex that was not made for timeouts."},
	{"thread-joined-twice", "UB-111", "7.26.5.6p2", []int{1}, 672, "CON39-C", TierExploit,
		"A thread is joined or detached that was joined or detached before."},
}

var notes = []Kind{
	{"memory-leak", "UB-129", "7.22.3p1", nil, 401, "MEM31-C", TierNote,
		"Allocated memory can no longer be reached, and was not freed."},
	{"deadlock", "UB-130", "7.26.4.3p2", nil, 833, "CON35-C", TierNote,
		"Every thread waits for another, so that none can go on."},
}
