// Written by layouts-gen. Change its field list, not this file.
import type { VersionTables } from "../table.ts";

export const cpython_3_8: VersionTables = {
  major: 3,
  minor: 8,
  tables: [
    {
      builds: [
        { target: "linux-x64", freeThreaded: false, source: "3.8.18" },
      ],
      pointerSize: 8,
      unicodeState: { ascii: 6, compact: 5, kind: 2 },
      offsets: {
        bytesObject: { data: 32, size: 16 },
        codeObject: {
          argcount: 16,
          cellvars: 88,
          code: 48,
          filename: 104,
          firstlineno: 40,
          flags: 36,
          freevars: 80,
          kwonlyargcount: 24,
          linetable: 120,
          localsplusnames: 72,
          name: 112,
          nlocals: 28,
          size: 176,
          stacksize: 32,
        },
        dictKeys: { entryCount: 32, indices: 40, size: 8 },
        dictObject: { keys: 32, used: 16, values: 40 },
        floatObject: { value: 16 },
        generatorObject: { frame: 16 },
        heapTypeObject: { cachedKeys: 872 },
        interpreterFrame: { executable: 32, instrPtr: 104, localsplus: 360, previous: 24, size: 368 },
        interpreterState: { id: 16, importsModules: 56, next: 0, size: 2720, threadsHead: 8 },
        listObject: { items: 24, size: 16 },
        longObject: { digits: 24, size: 16 },
        moduleObject: { dict: 16 },
        object: { size: 16, type: 8 },
        runtimeState: { gcCollecting: 544, gilLastHolder: 1160, gilLocked: 1168, interpretersHead: 32 },
        setObject: { mask: 32, table: 40, used: 24 },
        threadState: { frame: 24, interp: 16, next: 8, prev: 0, size: 264, threadId: 176 },
        tupleObject: { items: 24, size: 16 },
        typeObject: { basicsize: 32, dictoffset: 288, flags: 168, name: 24, size: 416 },
        unicodeObject: { asciiData: 48, compactData: 72, data: 72, length: 16, state: 32 },
      },
    },
  ],
};
