/**
 * What the verbs of studies have in common.
 *
 * @module
 */
import type { Command } from "commander";

/** What names studies in examples. */
export const ANNOUNCEMENT = "study.announcement.json";

/** Accounts for examples. */
export const SPONSOR = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8";
export const PARTICIPANT = "0x3C44CdDdB6a900fa2b585dd299e03d12FA4293BC";

/** A study for examples. */
export const STUDY = `${SPONSOR}/NCT01234567`;

/** Adds the argument that names a study. */
export function ofStudy(command: Command): Command {
  return command.argument("<study>", "its announcement's file, SPONSOR/REGISTRATION, or its id: 0x and 64 hex digits");
}

/** Adds the argument that names an announcement. */
export function ofAnnouncement(command: Command): Command {
  return command.argument("<announcement>", "the file of the study's announcement; - for stdin");
}
