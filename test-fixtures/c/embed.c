/* embed CODE [linger | WORKERS [silent]]: has Python linked in, and runs CODE in it. "linger": it stays when Python is
   finalised, and says so.
   With WORKERS, a master initialises Python and forks them; each runs CODE. "silent": Python is not told of the fork. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

void Py_InitializeEx(int signals);
void Py_Finalize(void);
void PyOS_BeforeFork(void);
void PyOS_AfterFork_Child(void);
void PyOS_AfterFork_Parent(void);
int PyRun_SimpleStringFlags(const char *code, void *flags);

static int run(const char *code) {
    int result = PyRun_SimpleStringFlags(code, NULL);
    Py_Finalize();
    return result;
}

int main(int argc, char **argv) {
    int workers = argc > 2 ? atoi(argv[2]) : 0;
    alarm(120);
    Py_InitializeEx(0);
    if (argc > 2 && strcmp(argv[2], "linger") == 0) {
        run(argv[1]);
        puts("finalized"), fflush(stdout);
        pause();
    }
    if (workers == 0) return run(argv[1]);
    int silent = argc > 3;
    for (int worker = 0; worker < workers; worker++) {
        if (!silent) PyOS_BeforeFork();
        if (fork() != 0) {
            if (!silent) PyOS_AfterFork_Parent();
            continue;
        }
        alarm(120);
        if (!silent) PyOS_AfterFork_Child();
        _exit(run(argv[1]));
    }
    while (wait(NULL) > 0) continue;
    return 0;
}
