import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The clone's root. */
export const root = fileURLToPath(new URL("../..", import.meta.url)).replace(/\/$/, "");

/** Where the workspace's own tools are, Node 26 among them. */
const bin = join(root, "node_modules", ".bin");

/** @param {string} name */
export const tool = (name) => join(bin, name);

/** What npm sets for its scripts is for npm; a registry, certificates and proxies are for everybody. */
const forAll = /^npm_config_.*(registry|ca|cafile|proxy|auth|strict_ssl|userconfig|globalconfig|cache)$/i;

/** The environment of everything that is started: our tools first on the path, no telemetry. */
export const environment = {
  ...Object.fromEntries(
    Object.entries(process.env).filter(([name, value]) => !name.startsWith("npm_") || (forAll.test(name) && value !== "")),
  ),
  PATH: `${bin}${delimiter}${process.env.PATH ?? ""}`,
  TURBO_TELEMETRY_DISABLED: "1",
  TURBO_NO_UPDATE_NOTIFIER: "1",
  DO_NOT_TRACK: "1",
};
