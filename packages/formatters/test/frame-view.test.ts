import { describe, expect, it } from "vitest";
import { defaultFrameView, frameText, type FrameView, viewFrame } from "@pyspy/formatters";
import { frameOrigin } from "../src/frame-origin.ts";
import { frames, pythonFrame } from "./sample-profile.ts";

const shown = (name: keyof typeof frames, view: Partial<FrameView> = {}): string =>
  frameText(viewFrame(frames[name], { ...defaultFrameView, ...view }));

describe("frameText", () => {
  it("is py-spy's", () => {
    expect(shown("dumps")).toBe("dumps (json/__init__.py:231)");
    expect(shown("dumps", { files: "full" })).toBe("dumps (/usr/lib/python3.13/json/__init__.py:231)");
    expect(shown("dumps", { lines: "function" })).toBe("dumps (json/__init__.py:230)");
    expect(shown("dumps", { lines: "none" })).toBe("dumps (json/__init__.py)");
    expect(shown("bare")).toBe("<garbage collection>");
    expect(shown("lock")).toBe("pthread_mutex_lock (libc.so.6)");
    expect(shown("lock", { files: "full" })).toBe("pthread_mutex_lock (/lib/libc.so.6)");
  });

  it("is never empty", () => {
    expect(frameText({ name: "", file: "", line: 3 })).toBe("<unknown>");
  });
});

describe("frameOrigin", () => {
  it.each([
    ["own", "/srv/app/app.py"],
    ["own", "/srv/lib/python/app.py"],
    ["own", "<stdin>"],
    ["own", "C:\\work\\lib\\app.py"],
    ["own", ""],
    ["library", "/usr/lib/python3/dist-packages/yaml/__init__.py"],
    ["library", "/srv/venv/lib/python3.13/site-packages/flask/app.py"],
    ["library", "C:\\Python313\\Lib\\site-packages\\flask\\app.py"],
    ["standard", "/usr/lib/python3.13/json/__init__.py"],
    ["standard", "/opt/python/lib/python3.14t/threading.py"],
    ["standard", "/usr/lib64/python3.9/os.py"],
    ["standard", "/Library/Frameworks/Python.framework/Versions/3.12/lib/python3.12/os.py"],
    ["standard", "C:\\Users\\me\\AppData\\Local\\Programs\\Python\\Python313\\Lib\\os.py"],
    ["standard", "C:\\embed\\python313.zip\\os.py"],
    ["standard", "<frozen importlib._bootstrap>"],
  ] as const)("is %s for %s", (origin, file) => {
    expect(frameOrigin({ ...pythonFrame("f", "", 1), file })).toBe(origin);
  });

  it("goes by the kind of frames that are no Python", () => {
    expect(frameOrigin(frames.lock)).toBe("native");
    expect(frameOrigin(frames.bare)).toBe("synthetic");
    expect(frameOrigin({ ...frames.bare, kind: "thread" })).toBe("synthetic");
  });
});
