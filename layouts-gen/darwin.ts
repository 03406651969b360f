import { writeFileSync } from "node:fs";
import { join } from "node:path";

/**
 * The types of macOS that CPython's structs hold and whose sizes are not those of Linux: sys/_pthread/_pthread_types.h
 * of Apple's open sources, 64-bit.
 */
const types = `
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <time.h>
#include <wchar.h>
#undef PTHREAD_MUTEX_INITIALIZER
#undef PTHREAD_COND_INITIALIZER
#define PTHREAD_MUTEX_INITIALIZER { 0 }
#define PTHREAD_COND_INITIALIZER { 0 }
typedef struct { long sig; char opaque[56]; } pyspy_mutex;
typedef struct { long sig; char opaque[40]; } pyspy_cond;
typedef struct { long sig; char opaque[192]; } pyspy_rwlock;
typedef unsigned long pyspy_key;
#define pthread_mutex_t pyspy_mutex
#define pthread_cond_t pyspy_cond
#define pthread_rwlock_t pyspy_rwlock
#define pthread_key_t pyspy_key
`;

/** Writes a file to be included before all others, and returns its path. */
export function writeDarwinTypes(directory: string): string {
  const path = join(directory, "darwin-types.h");
  writeFileSync(path, types);
  return path;
}
