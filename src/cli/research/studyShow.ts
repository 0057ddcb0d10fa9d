/**
 * `aceso study show`: a study as it stands.
 *
 * @module
 */
import type { Command } from "commander";

import type { Aceso } from "../../aceso.js";
import type { Address } from "../../crypto/address.js";
import type { Hex } from "../../crypto/bytes.js";
import type { Announced } from "../../research/announcement.js";
import { participantOf, participantsOf, type ParticipantState, type StudyState } from "../../research/studyState.js";
import { now } from "../../signing.js";
import { tokenDecimals } from "../../token/token.js";
import { amountText, inDecimals } from "../amounts.js";
import { acting, type Context } from "../context.js";
import type { Io } from "../io.js";
import { answer, tableOf, timeText } from "../output.js";
import { reading } from "../session.js";
import { ANNOUNCEMENT, ofStudy } from "./studyOptions.js";
import { latenessText } from "./studyEnd.js";
import { studyFound, studyNamed, termsThatDiffer } from "./studyNamed.js";
import { changesOf, changesText, linesOf, termsText, toldTerms } from "./studyText.js";

/** Adds the verb that shows a study. */
export function showVerb(domain: Command, io: Io): void {
  ofStudy(domain.command("show"))
    .description("show a study as it stands: approval, enrolment, money, dates, and what waits for its board")
    .option("--participants", "list who takes part, and what each earned")
    .addHelpText(
      "after",
      `\nWith its announcement it says, too, whether that tells the terms in force.\n
Example:\n  $ aceso study show ${ANNOUNCEMENT} --participants`,
    )
    .action(acting(io, showStudy));
}

async function showStudy(context: Context, named: string, options: { participants?: boolean }): Promise<void> {
  const { id, announced } = await studyNamed(context.io, named);
  const aceso = await reading(context);
  const state = await studyFound(aceso, id);
  const differs = announced && state.terms && (await termsThatDiffer(announced, state.terms));
  const decimals = await tokenDecimals(aceso, (state.terms ?? state.proposed)!.token);
  const participants = options.participants ? await participantStates(aceso, id) : undefined;
  const parts = [
    stateText(state, { decimals, present: await now(aceso), announced, differs }),
    ...waitingText(state, decimals),
    ...(participants ? [participantsTable(participants, decimals)] : []),
  ];
  const told = {
    ...toldState(state, decimals),
    ...(differs && { announcementDiffers: differs }),
    ...(participants && inDecimals({ participants }, decimals)),
  };
  answer(context, told, parts.join("\n\n"));
}

async function participantStates(aceso: Aceso, study: Hex): Promise<ParticipantState[]> {
  const participants: Address[] = await participantsOf(aceso, study);
  return Promise.all(participants.map((participant) => participantOf(aceso, { study, participant })));
}

type Told = {
  decimals: number;
  present: number;
  announced: Announced | undefined;
  differs: readonly string[] | undefined;
};

function stateText(state: StudyState, { decimals, present, announced, differs }: Told): string {
  const { id, study, terms, board, enrolled, withdrawn, seatsLeft, money } = state;
  const amount = (units: bigint): string => amountText(units, { decimals });
  const title = announced ? `${study.registration}, ${announced.study.title}` : study.registration;
  return [
    `${title}: study ${id}`,
    linesOf([
      ["status", standingOf(state, present)],
      ["sponsor", study.sponsor],
      ...(board ? [["board", `${board}, until ${timeText(state.approvedUntil)}`] as const] : []),
      ["enrolled", `${enrolled}, of whom ${withdrawn} withdrew; ${seatsLeft} seats left`],
      ["funded", `${amount(money.funded)}; ${amount(money.missing)} missing`],
      ["credited", `${amount(money.credited)}: ${amount(money.paid)} paid, ${amount(money.owed)} owed`],
      ["free", amount(money.free)],
      ["results", resultsText(state)],
      ...(differs ? [["announcement", announcementStanding(differs)] as const] : []),
    ]),
    ...(terms ? [termsText(terms, decimals)] : []),
  ].join("\n");
}

/** What a study does now, in words. */
function standingOf({ status, terms, approvedUntil, closed, seatsLeft, version }: StudyState, present: number): string {
  if (terms === undefined) return "proposed: waits for its board";
  if (status === "suspended") return "suspended by its board: nobody enrols or is credited";
  if (present >= terms.endsAt) return "over";
  if (present >= approvedUntil) return "its approval has ended: nobody enrols or is credited";
  const approved = `approved, version ${version}`;
  if (closed || present >= terms.enrolUntil) return `${approved}: enrolment is over, those enrolled go on`;
  if (seatsLeft === 0) return `${approved}: nobody enrols, for it is full or not funded for its terms`;
  return `${approved}: recruiting`;
}

function announcementStanding(differs: readonly string[]): string {
  if (differs.length === 0) return "tells the terms in force";
  return `DOES NOT tell the terms in force: ${differs.join(", ")} differ; consent to nothing by it`;
}

function resultsText({ results }: StudyState): string {
  if (results === undefined) return "not published";
  return `published ${timeText(results.at)}, ${latenessText(results.lateBy)}: sha-256 ${results.digest}`;
}

function waitingText({ terms, proposed }: StudyState, decimals: number): string[] {
  if (proposed === undefined) return [];
  const waits = "Waits for its board";
  if (terms === undefined) return [`${waits}:\n${termsText(proposed, decimals)}`];
  return [`${waits}, an amendment:\n${changesText(changesOf(terms, proposed, decimals))}`];
}

function participantsTable(participants: readonly ParticipantState[], decimals: number): string {
  const rows = participants.map(({ participant, status, earned, paid, milestones }) => [
    ...[participant, status, amountText(earned, { decimals }), amountText(paid, { decimals })],
    milestones.join(", "),
  ]);
  return tableOf(["participant", "status", "earned", "paid", "milestones"], rows, "Nobody takes part yet.");
}

function toldState({ terms, proposed, money, ...state }: StudyState, decimals: number): object {
  return {
    ...state,
    money: inDecimals(money, decimals),
    ...(terms && { terms: toldTerms(terms, decimals) }),
    ...(proposed && { proposed: toldTerms(proposed, decimals) }),
  };
}
