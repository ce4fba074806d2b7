package run

import (
	"strings"

	"steward/internal/cinterp/code"
	"steward/internal/cinterp/front"
	"steward/internal/cinterp/ub"
)

// elsewhere are functions of systems that programs declare by hand now and
// then, and that the library has not.
const elsewhere = " accept4 brk chroot daemon execl execle execlp execve execvpe fchmod fchown fdatasync flock forkpty ftok getgrgid getgrnam " +
	"gethostid getifaddrs getlogin getopt getpass getpgid getpgrp getpriority getpwnam getpwuid getrandom getrlimit getsid gettid gtty " +
	"initgroups ioctl iopl kill killpg klogctl lockf madvise mincore mkfifo mknod mlock mount mprotect mremap msgget msgrcv msgsnd msync munlock nice " +
	"openpty pipe2 pivot_root poll ppoll prctl pselect ptrace quotactl readv reboot sbrk select semctl semget semop sendfile sendmsg setegid seteuid " +
	"setgid setgroups sethostname setitimer setlogmask setpgid setpgrp setpriority setregid setresgid setresuid setreuid setrlimit setsid setuid " +
	"shmat shmctl shmdt shmget sigaltstack siginterrupt sigpause sigpending sigprocmask sigreturn sigsuspend sigwait stime stty swapon sync syscall " +
	"syslog tcgetattr tcsetattr timer_create times ttyname ualarm ulimit umount uname unshare ustat vfork vhangup wait wait3 wait4 waitid waitpid writev " +
	"closelog openlog dlopen dlsym dlclose dlerror backtrace mallinfo mallopt malloc_usable_size cfree valloc memalign pvalloc regcomp regexec regfree " +
	"glob globfree wordexp ftw nftw fts_open iconv iconv_open iconv_close crypt gets cuserid "

// notDefined notes that nothing in the program defines a function. It may stand
// in a unit that was not given: so this alone is no failure.
func (vm *VM) notDefined(f *code.Func) {
	x := Finding{Kind: ub.ByName("external-definition"), Name: "external-definition", Text: f.Name + " is used, and none of the units given defines it", At: vm.here(), Stack: vm.Stack()}
	x.CWE, x.Also = x.Kind.Weakness(ub.Seen{})
	vm.Notes = append(vm.Notes, x)
}

// ownName tells whether a function that nobody defines can only be the
// program's own: its text declares it, and no system has it.
func (vm *VM) ownName(f *code.Func) bool {
	at := vm.P.Places[f.Place].File
	return at != "" && !front.Ours(at) && !strings.HasPrefix(f.Name, "_") && !strings.Contains(elsewhere, " "+f.Name+" ") && !front.Declares(f.Name)
}
