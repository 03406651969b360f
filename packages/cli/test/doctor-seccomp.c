// Runs a program under a seccomp filter that lets the named system calls fail with EPERM: doctor-seccomp NAME... -- PROGRAM ARG...
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

static int number(const char *name) {
  if (strcmp(name, "process_vm_readv") == 0) return SYS_process_vm_readv;
  if (strcmp(name, "ptrace") == 0) return SYS_ptrace;
  return -1;
}

int main(int argc, char **argv) {
  struct sock_filter code[32];
  unsigned short n = 0;
  int i = 1;
  code[n++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr));
  for (; i < argc && i < 10 && strcmp(argv[i], "--") != 0; i++) {
    if (number(argv[i]) < 0) return 125;
    code[n++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, number(argv[i]), 0, 1);
    code[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM);
  }
  code[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
  struct sock_fprog program = {n, code};
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0) return 126;
  execvp(argv[i + 1], argv + i + 1);
  return 127;
}
