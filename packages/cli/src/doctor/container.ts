import type { Mount } from "./mount-info.ts";

/** What isolates us from the rest of the machine. */
export interface Container {
  readonly kind: ContainerKind;
  /** What showed it: "/.dockerenv", "cgroup /kubepods/...". */
  readonly evidence: string;
}

export type ContainerKind = "Docker" | "Podman" | "Kubernetes" | "containerd" | "LXC" | "systemd-nspawn" | "WSL" | "other";

/** Where runtimes leave traces; "" and false for what is not there. */
export interface ContainerTraces {
  /** /.dockerenv exists. */
  readonly dockerenv: boolean;
  /** /run/.containerenv exists. */
  readonly containerenv: boolean;
  /** KUBERNETES_SERVICE_HOST is set. */
  readonly kubernetesServiceHost: boolean;
  /** /proc/self/cgroup and /proc/1/cgroup: one line for each hierarchy of version 1, and "0::PATH" for version 2. */
  readonly cgroups: string;
  readonly mounts: readonly Mount[];
  /** Of /run/systemd/container, or the variable `container` of process 1: systemd's container interface. */
  readonly announced: string;
  /** Release of the kernel. */
  readonly release: string;
}

type Rule = readonly [ContainerKind, (traces: ContainerTraces) => string | undefined];

/** The first that matches wins: Kubernetes runs its containers in another runtime, and LXC may hold a Docker. */
const RULES: readonly Rule[] = [
  ["Kubernetes", ({ kubernetesServiceHost }) => (kubernetesServiceHost ? "KUBERNETES_SERVICE_HOST" : undefined)],
  ["Kubernetes", (traces) => cgroup(traces, /^\S*\/kubepods\S*/) ?? bindMount(traces, "/kubelet/pods/")],
  ["Podman", ({ containerenv }) => (containerenv ? "/run/.containerenv" : undefined)],
  ["Podman", (traces) => cgroup(traces, /^\S*libpod-[0-9a-f]{12}\S*/) ?? bindMount(traces, "/overlay-containers/") ?? announced(traces, "podman")],
  ["Docker", ({ dockerenv }) => (dockerenv ? "/.dockerenv" : undefined)],
  ["Docker", (traces) => cgroup(traces, /^\S*\/docker[/-][0-9a-f]{12}\S*/) ?? bindMount(traces, "/docker/containers/") ?? announced(traces, "docker")],
  ["containerd", (traces) => cgroup(traces, /^\S*containerd-[0-9a-f]{12}\S*/) ?? bindMount(traces, "/containerd/") ?? rootLayer(traces, "/io.containerd.")],
  ["LXC", (traces) => announced(traces, "lxc") ?? cgroup(traces, /^\S*\/lxc(\.payload|\/)\S*/)],
  ["systemd-nspawn", (traces) => announced(traces, "systemd-nspawn")],
  ["WSL", ({ release }) => (/microsoft/i.test(release) ? `kernel ${release}` : undefined)],
  ["other", ({ announced: name }) => (name === "" ? undefined : `container=${name}`)],
];

/** The container that the traces speak of; undefined where nothing does. */
export function containerOf(traces: ContainerTraces): Container | undefined {
  for (const [kind, evidenceOf] of RULES) {
    const evidence = evidenceOf(traces);
    if (evidence !== undefined) return { kind, evidence };
  }
  return undefined;
}

function cgroup({ cgroups }: ContainerTraces, pattern: RegExp): string | undefined {
  for (const line of cgroups.split("\n")) {
    // ID:CONTROLLERS:PATH (cgroups(7)); the path may hold colons.
    const path = line.split(":").slice(2).join(":");
    if (pattern.test(path)) return `cgroup ${path}`;
  }
  return undefined;
}

/** Runtimes mount these over the image's. Mounts elsewhere are the host's own view of its containers. */
const BOUND = new Set(["/etc/hosts", "/etc/hostname", "/etc/resolv.conf", "/dev/termination-log"]);

function bindMount({ mounts }: ContainerTraces, part: string): string | undefined {
  const mount = mounts.find(({ point, root }) => BOUND.has(point) && root.includes(part));
  return mount && `mount of ${mount.point} from ${mount.root}`;
}

function rootLayer({ mounts }: ContainerTraces, part: string): string | undefined {
  const mount = mounts.findLast(({ point }) => point === "/");
  return mount?.superOptions.includes(part) ? `layers of / under ${part}` : undefined;
}

function announced({ announced: name }: ContainerTraces, wanted: string): string | undefined {
  return name.startsWith(wanted) ? `container=${name}` : undefined;
}
