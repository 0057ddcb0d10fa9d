/**
 * Writes docs/errors.md from the contracts' NatSpec and the SDK's error classes: `npm run docs`; with `--check` it only
 * fails when the page is out of date.
 */
import { readdir, readFile, writeFile } from "node:fs/promises";

import { Interface, type InterfaceAbi, type ParamType } from "ethers";

import { ADVISED_ERRORS, adviceOn } from "../src/advice.js";
import * as generated from "../src/generated/index.js";

const PAGE = "docs/errors.md";

const page = `# Errors

Every refusal has a name, says what was wrong (\`message\`) and what to do (\`advice\`). This page is written by
\`npm run docs\`.

## From the contracts

The SDK throws these as \`ContractError\` with the name in \`.error\` and the arguments in \`.args\`.

| error | why it happens | how to solve it |
| --- | --- | --- |
${(await contractErrors()).join("\n")}

## From the SDK and the CLI

| error | why it happens | how to solve it |
| --- | --- | --- |
${(await classErrors()).join("\n")}
`;

if (process.argv.includes("--check")) {
  if ((await readFile(PAGE, "utf8")) !== page) {
    console.error(`${PAGE} is out of date: run npm run docs.`);
    process.exitCode = 1;
  }
} else {
  await writeFile(PAGE, page);
}

async function contractErrors(): Promise<string[]> {
  const meanings = await noticesOfErrors();
  const args = argumentsByError();
  return ADVISED_ERRORS.map((name) => {
    const { message, advice } = adviceOn(name, args.get(name) ?? {});
    return row(name, meanings.get(name) ?? message, advice);
  });
}

/** What NatSpec says above each error of the interfaces. */
async function noticesOfErrors(): Promise<Map<string, string>> {
  const sources = await textsOf("contracts", ".sol");
  const found = sources.flatMap((source) => [
    ...source.matchAll(/\/\/\/ @notice ((?:(?!@notice)[\s\S])*?)\n\s*error (\w+)\(/g),
  ]);
  return new Map(found.map(([, notice, name]) => [name!, notice!.replace(/\s*\/\/\/\s*/g, " ")]));
}

/** Arguments of the right types for each error, so that its advice can be asked for. */
function argumentsByError(): Map<string, Record<string, unknown>> {
  const samples = new Map<string, Record<string, unknown>>();
  for (const [name, factory] of Object.entries(generated)) {
    if (!name.endsWith("__factory")) continue;
    const { abi } = factory as { abi: InterfaceAbi };
    new Interface(abi).forEachError(({ name: error, inputs }) => {
      samples.set(error, Object.fromEntries(inputs.map((input) => [input.name, sampleOf(input)])));
    });
  }
  return samples;
}

function sampleOf({ type }: ParamType): unknown {
  return type.includes("int") ? 0n : type === "bool" ? false : "…";
}

async function classErrors(): Promise<string[]> {
  const sources = await textsOf("src", ".ts");
  const classes = sources.flatMap((source) => [
    ...source.matchAll(
      /\/\*\*\s*((?:(?!\*\/)[\s\S])*?)\s*\*\/\nexport class (\w+) extends AcesoError \{[\s\S]*?super\(([\s\S]*?)\);\n/g,
    ),
  ]);
  return classes
    .map(([, meaning, name, call]) => row(name!, meaning!.replace(/\s*\n\s*\*\s*/g, " "), lastText(call!)))
    .sort();
}

/** The last text among the arguments: the advice. */
function lastText(call: string): string {
  const texts = [...call.matchAll(/"((?:[^"\\]|\\.)*)"|`((?:[^`\\]|\\.)*)`/g)];
  const [, plain, template] = texts.at(-1) ?? [];
  return plain ?? template?.replace(/\$\{[^}]*\}/g, "…") ?? "The message says it.";
}

async function textsOf(folder: string, ending: string): Promise<string[]> {
  const names = (await readdir(folder, { recursive: true })).filter((name) => name.endsWith(ending)).sort();
  const own = names.filter((name) => !name.startsWith("generated/"));
  return Promise.all(own.map((name) => readFile(`${folder}/${name}`, "utf8")));
}

function row(name: string, meaning: string, advice: string): string {
  return `| \`${name}\` | ${meaning} | ${advice} |`;
}
