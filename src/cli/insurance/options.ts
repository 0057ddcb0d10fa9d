/**
 * What the verbs of insurance have in common.
 *
 * @module
 */
import type { Command } from "commander";

import { plan } from "./arguments.js";

/** A plan for examples. */
export const PLAN = `0x${"6f".repeat(32)}`;

/** Accounts for examples. */
export const INSURER = "0x3C44CdDdB6a900fa2b585dd299e03d12FA4293BC";
export const PATIENT = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8";

/** Adds the argument that names a plan. */
export function ofPlan(command: Command): Command {
  return command.argument("<plan>", "the plan's id: 0x and 64 hex digits", plan);
}

/** Adds the argument that names a policy. */
export function ofPolicy(command: Command): Command {
  return command.argument("<policy>", "the policy's file, its quote, or its id: 0x and 64 hex digits; - for stdin");
}
