/**
 * Progress of long work, for people at a terminal.
 *
 * @module
 */
import { Listr, ListrLogger, ProcessOutput } from "listr2";

import type { Context } from "./context.js";

/** Runs a task and, where stderr is a terminal and the answer for a person, shows that it runs. */
export async function withProgress<T>({ io, json }: Context, title: string, task: () => Promise<T>): Promise<T> {
  if (json || io.stderr.isTTY !== true) return task();
  const { stderr } = process;
  const results: T[] = [];
  const logger = new ListrLogger({ processOutput: new ProcessOutput(stderr, stderr, { leaveEmptyLine: false }) });
  await new Listr([{ title, task: async () => void results.push(await task()) }], {
    rendererOptions: { logger, showErrorMessage: false },
    // An interrupted command ends at once; nothing here needs cleaning up.
    registerSignalListeners: false,
  }).run();
  return results[0]!;
}
