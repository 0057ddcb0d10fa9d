/**
 * Progress of long work, for people at a terminal.
 *
 * @module
 */
import { Listr, ListrLogger, ProcessOutput } from "listr2";

import type { Context } from "./context.js";

/** Told how much of the work is done: 0 to 1. */
export type Report = (done: number) => void;

const BAR_WIDTH = 24;

/**
 * Runs a task and, where stderr is a terminal and the answer for a person, shows that it runs, with a bar for a task that
 * says how far it is.
 */
export async function withProgress<T>(
  { io, json }: Context,
  title: string,
  task: (report: Report) => Promise<T>,
): Promise<T> {
  if (json || io.stderr.isTTY !== true) return task(() => undefined);
  const { stderr } = process;
  const results: T[] = [];
  const logger = new ListrLogger({ processOutput: new ProcessOutput(stderr, stderr, { leaveEmptyLine: false }) });
  const shown = async (_: unknown, line: { title: string }): Promise<void> => {
    results.push(await task((done) => (line.title = `${title} ${barText(done)}`)));
  };
  await new Listr([{ title, task: shown }], {
    rendererOptions: { logger, showErrorMessage: false },
    // An interrupted command ends at once; nothing here needs cleaning up.
    registerSignalListeners: false,
  }).run();
  return results[0]!;
}

/** How much is done, as a bar and in percent. */
export function barText(done: number): string {
  const full = Math.floor(done * BAR_WIDTH);
  return `${"█".repeat(full)}${"░".repeat(BAR_WIDTH - full)} ${Math.floor(done * 100)} %`;
}
