/* load CODE LIBRARY HOME [LIBRARY HOME]...: says "started", waits for a line of input, then loads each libpython for
   itself alone and runs CODE in it, each on a thread of its own. At the end of its input it goes. */
#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static const char *code;

static void *symbol(void *library, const char *name) {
    void *found = dlsym(library, name);
    if (found == NULL) fprintf(stderr, "%s\n", dlerror()), exit(1);
    return found;
}

static void *run(void *library) {
    ((int (*)(const char *, void *))symbol(library, "PyRun_SimpleStringFlags"))(code, NULL);
    return NULL;
}

/* Initialises Python on the thread that runs it. */
struct python {
    const char *path, *home;
    pthread_t thread;
};

static void *start(void *argument) {
    struct python *python = argument;
    void *library = dlopen(python->path, RTLD_NOW | RTLD_LOCAL);
    if (library == NULL) fprintf(stderr, "%s\n", dlerror()), exit(1);
    setenv("PYTHONHOME", python->home, 1);
    ((void (*)(int))symbol(library, "Py_InitializeEx"))(0);
    return run(library);
}

int main(int argc, char **argv) {
    static struct python pythons[8];
    alarm(120);
    code = argv[1];
    puts("started"), fflush(stdout);
    if (getchar() == EOF) return 0;
    for (int index = 0; 2 * index + 3 < argc && index < 8; index++) {
        pythons[index].path = argv[2 + 2 * index];
        pythons[index].home = argv[3 + 2 * index];
        pthread_create(&pythons[index].thread, NULL, start, &pythons[index]);
        while (index + 1 < 8 && getchar() == '+') continue; /* the next one on a line of input */
    }
    while (getchar() != EOF) continue;
    return 0;
}
