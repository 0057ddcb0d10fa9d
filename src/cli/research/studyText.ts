/**
 * A study's terms in words: for the board that approves them, and for the people who agree to them.
 *
 * @module
 */
import { categoriesIn } from "../../consent/category.js";
import { purposeDisplay, purposeOfBit } from "../../consent/purpose.js";
import type { Announced } from "../../research/announcement.js";
import type { StudyTerms } from "../../research/studyTerms.js";
import { decimalOf } from "../../token/amount.js";
import { amountText } from "../amounts.js";
import { categoriesText, timeText } from "../output.js";

/** What somebody who takes part is told of a study. */
export type SpokenTerms = Omit<StudyTerms, "form" | "protocol"> & Partial<Pick<StudyTerms, "form" | "protocol">>;

/** A term: what it is called, and what it says. */
type Spoken = readonly [label: string, text: string];

/** What changed from one approval to the next. */
export type Change = { term: string; before: string; after: string };

const WIDTH = 15;

/** Terms, a line each. */
export function termsText(terms: SpokenTerms, decimals: number): string {
  return linesOf(spoken(terms, decimals));
}

/** All that an announcement tells, with who may take part. */
export function announcementText({ sponsor, study }: Announced): string {
  const { title, registration, decimals, terms, milestones, criteria, consentForm } = study;
  const named = milestones.map((milestone, at) => `  ${at}: ${milestone}`);
  // In words, and as a machine takes it: whoever approves or agrees must see that the two say the same.
  const asked = criteria.flatMap(({ text, exclude, ...kind }) => [
    `  ${exclude ? "not: " : ""}${text}`,
    `      ${JSON.stringify(kind)}`,
  ]);
  return [
    `${title} (${registration})`,
    linesOf([["sponsor", sponsor], ...spoken(terms, decimals), ["consent form", `sha-256 ${consentForm}`]]),
    ...(named.length === 0 ? [] : ["Milestones:", ...named]),
    asked.length === 0 ? "Everybody may take part." : "Who may take part:",
    ...asked,
  ].join("\n");
}

/** The terms that differ, in words. */
export function changesOf(before: StudyTerms, after: StudyTerms, decimals: number): Change[] {
  const were = new Map(spoken(before, decimals));
  return spoken(after, decimals)
    .filter(([label, text]) => were.get(label) !== text)
    .map(([term, text]) => ({ term, before: were.get(term)!, after: text }));
}

/** Changes, a line each. */
export function changesText(changes: readonly Change[]): string {
  return linesOf(changes.map(({ term, before, after }) => [term, `${before} -> ${after}`]));
}

/** Terms for programs: amounts as decimals, times in Unix seconds. */
export function toldTerms(terms: StudyTerms, decimals: number): object {
  const { steward, token, form, protocol } = terms;
  const amount = (units: bigint): string => decimalOf(units, decimals);
  return {
    steward,
    purpose: purposeOfBit(terms.purpose),
    categories: categoriesIn(terms.categories),
    ...{ form, protocol, token, decimals },
    reward: amount(terms.reward),
    milestoneReward: amount(terms.milestoneReward),
    cap: amount(terms.cap),
    capacity: Number(terms.capacity),
    milestones: Number(terms.milestones),
    enrolUntil: Number(terms.enrolUntil),
    endsAt: Number(terms.endsAt),
    refundAt: Number(terms.refundAt),
    resultsDue: Number(terms.resultsDue),
  };
}

/** Labelled texts, a line each, in columns. */
export function linesOf(all: readonly Spoken[]): string {
  return all.map(([label, text]) => `${label.padEnd(WIDTH)}${text}`).join("\n");
}

function spoken(terms: SpokenTerms, decimals: number): Spoken[] {
  const amount = (units: bigint): string => amountText(units, { decimals });
  const time = (seconds: bigint): string => timeText(Number(seconds));
  const purpose = purposeOfBit(terms.purpose);
  return [
    ["data go to", terms.steward],
    ["purpose", `${purpose}: ${purposeDisplay(purpose)}`],
    ["data", categoriesText(categoriesIn(terms.categories))],
    ["a record earns", amount(terms.reward)],
    ["a milestone", `${amount(terms.milestoneReward)}, of which there are ${terms.milestones}`],
    ["at most", `${amount(terms.cap)} a participant`],
    ["paid in", `${terms.token}, ${decimals} decimals`],
    ["participants", `at most ${terms.capacity}`],
    ["enrolment", `before ${time(terms.enrolUntil)}`],
    ["contributions", `before ${time(terms.endsAt)}`],
    ["refund", `of what nobody earned, from ${time(terms.refundAt)}`],
    ["results due", time(terms.resultsDue)],
    ...(terms.form === undefined ? [] : [["form", terms.form] as const]),
    ...(terms.protocol === undefined ? [] : [["protocol", `sealed as ${terms.protocol}`] as const]),
  ];
}
