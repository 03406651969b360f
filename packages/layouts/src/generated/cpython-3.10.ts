// Written by layouts-gen. Change its field list, not this file.
import type { VersionTables } from "../table.ts";

export const cpython_3_10: VersionTables = {
  major: 3,
  minor: 10,
  tables: [
    {
      builds: [
        { target: "linux-x64", freeThreaded: false, source: "3.10.13" },
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
        interpreterFrame: { executable: 32, instrPtr: 96, localsplus: 352, previous: 24, size: 360 },
        interpreterState: {
          gcCollecting: 816,
          id: 24,
          importsModules: 856,
          next: 0,
          size: 113528,
          threadsHead: 8,
        },
        listObject: { items: 24, size: 16 },
        longObject: { digits: 24, size: 16 },
        moduleObject: { dict: 16 },
        object: { size: 16, type: 8 },
        runtimeState: { gilLastHolder: 360, gilLocked: 368, interpretersHead: 32 },
        setObject: { mask: 32, table: 40, used: 24 },
        threadState: { frame: 24, interp: 16, next: 8, prev: 0, size: 280, threadId: 176 },
        tupleObject: { items: 24, size: 16 },
        typeObject: { basicsize: 32, dictoffset: 288, flags: 168, name: 24, size: 408 },
        unicodeObject: { asciiData: 48, compactData: 72, data: 72, length: 16, state: 32 },
      },
    },
  ],
};
