import { describe, expect, it } from "vitest";
import { containerOf, type ContainerTraces } from "../src/doctor/container.ts";
import { hidepidOf, parseMountInfo } from "../src/doctor/mount-info.ts";
import { hasSysPtrace, parseProcessStatus } from "../src/doctor/process-status.ts";

const ID = "3b1f6b7f6f0a4d7c9f0e2a1b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d5e6f";
const none: ContainerTraces = { dockerenv: false, containerenv: false, kubernetesServiceHost: false, cgroups: "", mounts: [], announced: "", release: "6.1.0" };
const mount = (root: string, point: string) => parseMountInfo(`30 20 8:1 ${root} ${point} rw,relatime - ext4 /dev/sda1 rw`);

const CASES: readonly (readonly [string, Partial<ContainerTraces>, string | undefined])[] = [
  ["nothing", { cgroups: "0::/user.slice/user-1000.slice/session-2.scope" }, undefined],
  ["Docker, its file", { dockerenv: true }, "Docker"],
  ["Docker, cgroup v1", { cgroups: `12:pids:/docker/${ID}\n0::/system.slice/containerd.service` }, "Docker"],
  ["Docker, cgroup v2 of the host", { cgroups: `0::/system.slice/docker-${ID}.scope` }, "Docker"],
  ["Docker, cgroup v2 in a namespace of its own", { cgroups: "0::/", mounts: mount(`/var/lib/docker/containers/${ID}/hostname`, "/etc/hostname") }, "Docker"],
  ["the Docker service itself is no container", { cgroups: "0::/system.slice/docker.service" }, undefined],
  ["a host that runs Docker containers", { mounts: mount(`/var/lib/docker/containers/${ID}/mounts/shm`, `/var/lib/docker/containers/${ID}/mounts/shm`) }, undefined],
  ["Podman, its file", { containerenv: true, announced: "podman" }, "Podman"],
  ["Podman, cgroup v2", { cgroups: `0::/machine.slice/libpod-${ID}.scope/container` }, "Podman"],
  ["Kubernetes, its variable, in Docker", { kubernetesServiceHost: true, dockerenv: true }, "Kubernetes"],
  ["Kubernetes, cgroup v1", { cgroups: `5:memory:/kubepods/burstable/pod0b1c/${ID}` }, "Kubernetes"],
  ["Kubernetes, cgroup v2", { cgroups: `0::/kubepods.slice/kubepods-pod0b1c.slice/cri-containerd-${ID}.scope` }, "Kubernetes"],
  ["Kubernetes, cgroup v2 in a namespace of its own", { cgroups: "0::/", mounts: mount("/var/lib/kubelet/pods/0b1c/etc-hosts", "/etc/hosts") }, "Kubernetes"],
  ["containerd, cgroup", { cgroups: `0::/system.slice/nerdctl-containerd-${ID}.scope` }, "containerd"],
  ["LXC, announced", { announced: "lxc" }, "LXC"],
  ["LXC, cgroup", { cgroups: "0::/lxc.payload.web/init.scope" }, "LXC"],
  ["nspawn", { announced: "systemd-nspawn" }, "systemd-nspawn"],
  ["WSL", { release: "5.15.153.1-microsoft-standard-WSL2" }, "WSL"],
  ["one that is not known", { announced: "rkt" }, "other"],
];

describe("containerOf", () => {
  it.each(CASES)("%s", (_, traces, kind) => {
    expect(containerOf({ ...none, ...traces })?.kind).toBe(kind);
  });
});

describe("hidepidOf", () => {
  it("reads the uppermost /proc, in old and new spelling", () => {
    expect(hidepidOf(parseMountInfo(proc("rw,hidepid=2")))).toBe("2");
    expect(hidepidOf(parseMountInfo(proc("rw,gid=4,hidepid=invisible")))).toBe("invisible");
    expect(hidepidOf(parseMountInfo(`${proc("rw,hidepid=2")}\n${proc("rw")}`))).toBe("0");
    expect(hidepidOf(parseMountInfo("garbage\n\n1 2 3"))).toBe("0");
  });
});

describe("parseProcessStatus", () => {
  it("reads this process", () => {
    const text = "Name:\tpython3: x\nState:\tS (sleeping)\nTgid:\t12\nPPid:\t3\nTracerPid:\t4\nUid:\t1\t2\t3\t4\nGid:\t5\t6\t7\t8\nNSpid:\t12\t1\nCapPrm:\t0000000000080000\nCapEff:\t0000000000000000\nCapBnd:\t000001ffffffffff\nSeccomp:\t2\n";
    const status = parseProcessStatus(text)!;
    expect(status).toMatchObject({ name: "python3: x", state: "S", threadGroup: 12, parent: 3, tracer: 4, users: [1, 2, 3], groups: [5, 6, 7], seccomp: 2, namespacePids: [12, 1] });
    expect([status.permitted, status.effective, status.bounding].map(hasSysPtrace)).toEqual([true, false, true]);
  });

  it("is undefined for what is no status", () => {
    expect(parseProcessStatus("")).toBeUndefined();
    expect(parseProcessStatus("Uid:\tx\nGid:\t1 2 3")).toBeUndefined();
  });
});

function proc(options: string): string {
  return `22 1 0:21 / /proc rw,nosuid shared:5 - proc proc ${options}`;
}
