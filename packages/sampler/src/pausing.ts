/**
 * Whether the process is stopped while it is read. `when-needed`: only where stacks cannot be had in one piece without:
 * those of running threads up to 3.10, whose frames lie here and there, and those that stay torn.
 */
export type Pausing = "always" | "when-needed" | "never";
