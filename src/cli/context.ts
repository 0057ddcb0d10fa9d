/**
 * What every verb starts from: surroundings, settings, and how to answer.
 *
 * @module
 */
import type { Command } from "commander";

import type { Io } from "./io.js";
import { settingsFrom, type GlobalFlags, type Settings } from "./settings.js";

/** What every verb starts from. */
export type Context = {
  io: Io;
  settings: Settings;
  /** Whether the answer is for a program. */
  json: boolean;
};

/**
 * A verb as commander calls it: with a context before its own arguments and options.
 *
 * @param verb its last parameter is the options.
 */
export function acting<Args extends unknown[]>(
  io: Io,
  verb: (context: Context, ...args: Args) => Promise<void>,
): (...args: [...Args, Command]) => Promise<void> {
  return async (...all) => {
    const flags = (all.at(-1) as Command).optsWithGlobals<GlobalFlags>();
    const context = { io, settings: await settingsFrom(io, flags), json: flags.json === true };
    await verb(context, ...(all.slice(0, -1) as Args));
  };
}
