import { expect } from "chai";
import fc from "fast-check";
import { utf8 } from "../../src/crypto/bytes.js";
import {
  ByteOrderMarkError,
  CsvEncodingError,
  CsvQuoteError,
  CsvRowTooLongError,
  MAX_ROW_CHARACTERS,
} from "../../src/research/csvRows.js";
import { MAX_PAYEES, RoundTooLargeError, TooManyPayeesError } from "../../src/research/payee.js";
import { EmptyCsvError, MissingColumnError, readPayees, SeparatorError } from "../../src/research/payoutCsv.js";
import { MAX_UNITS, TokenDecimalsError } from "../../src/token/amount.js";
import { errorOf } from "../crypto/errorOf.js";
import { accountAt } from "./payees.js";

const [A, B, C] = [accountAt(0), accountAt(1), accountAt(2)];

const read = (source: Parameters<typeof readPayees>[0], decimals = 6) => readPayees(source, { decimals });

const rowsOf = (...rows: string[]): string => `account,amount\n${rows.join("\n")}\n`;

/** Cut after every character, or every byte. */
const crumbs = (whole: string | Uint8Array): (string | Uint8Array)[] =>
  typeof whole === "string" ? [...whole] : Array.from(whole, (byte) => new Uint8Array([byte]));

describe("readPayees", () => {
  it("reads accounts and amounts in the file's order, and what they sum to", async () => {
    const { payees, total, badRows } = await read(rowsOf(`${B},12.50`, `${A},0.000001`, `${C.toLowerCase()},7`));
    expect(payees).to.deep.equal([
      { account: B, amount: 12_500_000n },
      { account: A, amount: 1n },
      { account: C, amount: 7_000_000n },
    ]);
    expect(total).to.equal(19_500_001n);
    expect(badRows).to.be.empty;
  });

  const spellings: Record<string, string> = {
    "columns in another order, and others among them": `amount,reference,account\n5,"x, y",${A}\n6,,${B}`,
    "another separator within a column's name": `site;country|region,account,amount\n,${A},5\n,${B},6`,
    "a header in capitals": `Account,AMOUNT\n${A},5\n${B},6`,
    CRLF: `account,amount\r\n${A},5\r\n${B},6\r\n`,
    "LF and CRLF mixed": `account,amount\r\n${A},5\n${B},6\r\n`,
    quotes: `"account","amount"\n"${A}","5"\n${B},"6"\n`,
    "spaces around fields": ` account , amount\n${A} , 5\n\t"${B}" ,6 \n`,
    "blank lines": `\naccount,amount\n\n${A},5\n   \n${B},6\n\n`,
    "no line end at the end": `account,amount\n${A},5\n${B},6`,
  };
  for (const [spelling, text] of Object.entries(spellings)) {
    it(`reads ${spelling}`, async () => {
      const expected = [
        { account: A, amount: 5n },
        { account: B, amount: 6n },
      ];
      for (const source of [text, utf8(text), crumbs(text), crumbs(utf8(text))]) {
        expect(await readPayees(source, { decimals: 0 })).to.deep.equal({ payees: expected, total: 11n, badRows: [] });
      }
    });
  }

  it("reads the same however the file is cut, also within a character and a CRLF", () => {
    const text = `account,amount,reference\r\n${A},1,"€ 😀 ""ß""\r\nü"\r\nx,2,日本\r\n${B},3,\r\n`;
    const bytes = utf8(text);
    return fc.assert(
      fc.asyncProperty(fc.array(fc.nat(bytes.length)), fc.boolean(), async (cuts, isStream) => {
        const edges = [0, ...cuts.sort((a, b) => a - b), bytes.length];
        const chunks = edges.slice(1).map((to, at) => bytes.subarray(edges[at], to));
        const stream = (async function* () {
          yield* chunks;
        })();
        expect(await read(isStream ? stream : chunks)).to.deep.equal({
          payees: [
            { account: A, amount: 1_000_000n },
            { account: B, amount: 3_000_000n },
          ],
          total: 4_000_000n,
          badRows: [{ line: 4, field: "account", reason: "notAnAddress" }],
        });
      }),
      { numRuns: 50 },
    );
  });

  it("reads any amount exactly, and none with more places than the token", () =>
    fc.assert(
      fc.asyncProperty(
        fc.bigInt(1n, MAX_UNITS),
        fc.nat(40),
        fc.integer({ min: 1, max: 9 }),
        async (units, decimals, digit) => {
          const digits = units.toString().padStart(decimals + 1, "0");
          const [whole, fraction] = [digits.slice(0, digits.length - decimals), digits.slice(digits.length - decimals)];
          const exact = await read(rowsOf(`${A},${whole}${fraction && "."}${fraction}`), decimals);
          expect(exact.payees).to.deep.equal([{ account: A, amount: units }]);
          const finer = await read(rowsOf(`${A},${whole}.${fraction}${digit}`), decimals);
          expect(finer.badRows).to.deep.equal([{ line: 2, account: A, field: "amount", reason: "tooManyDecimals" }]);
        },
      ),
      { numRuns: 50 },
    ));

  const [wrongCase] = [
    A.replace(/[a-f]/i, (letter) => (letter === letter.toLowerCase() ? letter.toUpperCase() : letter.toLowerCase())),
  ];
  const badAccounts: Record<string, string> = {
    "": "notAnAddress",
    "P-0001": "notAnAddress",
    [A.slice(2)]: "notAnAddress",
    [A.slice(0, -1)]: "notAnAddress",
    [`${A}0`]: "notAnAddress",
    [`0X${A.slice(2).toLowerCase()}`]: "notAnAddress",
    XE65GB6LDNXYOFTX0NSV3FUWKOWIXAMJK36: "notAnAddress",
    [wrongCase]: "wrongChecksum",
    [`0x${"0".repeat(40)}`]: "zeroAddress",
  };
  for (const [account, reason] of Object.entries(badAccounts)) {
    it(`finds ${reason} in "${account}", and does not repeat it`, async () => {
      const { payees, badRows } = await read(rowsOf(`${account},1`, `${B},1`));
      expect(badRows).to.deep.equal([{ line: 2, field: "account", reason }]);
      expect(payees).to.have.length(1);
    });
  }

  const badAmounts: Record<string, string> = {
    "": "notADecimal",
    ten: "notADecimal",
    "1e3": "notADecimal",
    "+1": "notADecimal",
    "0x10": "notADecimal",
    ".5": "notADecimal",
    "1.": "notADecimal",
    "007": "notADecimal",
    "1 000": "notADecimal",
    '"1,5"': "notADecimal",
    NaN: "notADecimal",
    "-1": "negative",
    "-0.5": "negative",
    "0": "zero",
    "0.000000": "zero",
    "1.0000000": "tooManyDecimals",
    "0.0000001": "tooManyDecimals",
    "79228162514264337593543.950336": "tooLarge",
    [`1${"0".repeat(300)}`]: "tooLarge",
  };
  for (const [amount, reason] of Object.entries(badAmounts)) {
    it(`finds ${reason} in an amount of "${amount.slice(0, 40)}"`, async () => {
      const { payees, badRows } = await read(rowsOf(`${A},${amount}`, `${B},1`));
      expect(badRows).to.deep.equal([{ line: 2, account: A, field: "amount", reason }]);
      expect(payees).to.have.length(1);
    });
  }

  it("takes the most token units a round holds", async () => {
    expect((await read(rowsOf(`${A},79228162514264337593543.950335`))).total).to.equal(MAX_UNITS);
  });

  it("finds rows with a field too few or too many", async () => {
    const { badRows } = await read(rowsOf(A, `${A},1,x`, `${A},1,`, `${A};1`, `${A},1`));
    expect(badRows).to.deep.equal([2, 3, 4, 5].map((line) => ({ line, field: "row", reason: "fieldCount" })));
  });

  it("finds an account that was there before, in any case, also where it could not be paid", async () => {
    const { payees, badRows } = await read(rowsOf(`${A},1`, `${B},x`, `${A.toLowerCase()},2`, `${B},1`, `${A},1`));
    const duplicate = { field: "account", reason: "duplicate" };
    expect(badRows).to.deep.equal([
      { line: 3, account: B, field: "amount", reason: "notADecimal" },
      { line: 4, account: A, ...duplicate, firstLine: 2 },
      { line: 5, account: B, ...duplicate, firstLine: 3 },
      { line: 6, account: A, ...duplicate, firstLine: 2 },
    ]);
    expect(payees).to.deep.equal([{ account: A, amount: 1_000_000n }]);
  });

  it("counts lines as an editor does, with blank ones and quoted ends of lines", async () => {
    const quoted = `account,amount,note\r\n\r\n${A},1,"two\r\nlines"\r\n${B},0,"\r\n\r\n"\r\nx,1,\r\n`;
    expect((await read(quoted)).badRows.map(({ line }) => line)).to.deep.equal([5, 8]);
  });

  it("finds five bad rows among a thousand by their lines", async () => {
    const rows = Array.from({ length: 1000 }, (_, index) => `${accountAt(index)},1.5`);
    const bad: Record<number, string> = {
      3: "nobody,1",
      119: `${accountAt(117)},-1`,
      500: `${accountAt(498)},0`,
      501: `${accountAt(0)},1`,
      1001: `${accountAt(999)},1.2345678`,
    };
    for (const [line, row] of Object.entries(bad)) rows[Number(line) - 2] = row;
    const { payees, badRows } = await read(rowsOf(...rows));
    expect(badRows.map(({ line, reason }) => [line, reason])).to.deep.equal([
      [3, "notAnAddress"],
      [119, "negative"],
      [500, "zero"],
      [501, "duplicate"],
      [1001, "tooManyDecimals"],
    ]);
    expect(payees).to.have.length(995);
  });

  it("tells how much it read", async () => {
    const text = rowsOf(`${A},1`);
    const told: number[] = [];
    await readPayees([text.slice(0, 10), text.slice(10)], { decimals: 6, onRead: (size) => told.push(size) });
    expect(told).to.deep.equal([10, text.length]);
  });

  it("gives others a turn in a long text", async () => {
    let turns = 0;
    const timer = setInterval(() => turns++, 0);
    await read(`account,amount\n${"\n".repeat(400_000)}`);
    clearInterval(timer);
    expect(turns).to.be.greaterThan(2);
  });

  it("reads no more of a file once it is refused", async () => {
    let chunks = 0;
    const endless = (function* () {
      for (;;) {
        chunks++;
        yield "x".repeat(10_000);
      }
    })();
    expect(await errorOf(read(endless))).to.be.instanceOf(CsvRowTooLongError);
    expect(chunks).to.be.lessThan(10);
  });

  const header = utf8("account,amount\n");
  const marked = (...mark: number[]): Uint8Array => new Uint8Array([...mark, ...header]);
  const inUtf16 = (text: string): Uint8Array =>
    new Uint8Array(new Uint16Array([...text].map((letter) => letter.charCodeAt(0))).buffer);
  const unfit: Record<string, [string | Uint8Array, new (...values: never[]) => Error, object?]> = {
    "the byte order mark of UTF-8": [marked(0xef, 0xbb, 0xbf), ByteOrderMarkError, { encoding: "UTF-8" }],
    "the mark in a text": ["\uFEFFaccount,amount\n", ByteOrderMarkError, { encoding: "UTF-8" }],
    "the byte order mark of little-endian UTF-16": [marked(0xff, 0xfe), ByteOrderMarkError, { encoding: "UTF-16" }],
    "the byte order mark of big-endian UTF-16": [marked(0xfe, 0xff), ByteOrderMarkError, { encoding: "UTF-16" }],
    "UTF-16 without a mark": [inUtf16("account,amount\n"), CsvEncodingError],
    "bytes that are no UTF-8": [new Uint8Array([...header, 0xc3, 0x28]), CsvEncodingError],
    "an end within a character": [new Uint8Array([...header, 0xc3]), CsvEncodingError],
    semicolons: [`account;amount\n${A};1,5\n`, SeparatorError, { separator: "semicolons" }],
    tabs: [`account\tamount\n${A}\t1\n`, SeparatorError, { separator: "tabs" }],
    bars: [`account|amount\n${A}|1\n`, SeparatorError, { separator: "bars" }],
    "no header": [`${A},1\n${B},1\n`, MissingColumnError, { column: "account" }],
    "no amount in the header": [`account,value\n${A},1\n`, MissingColumnError, { column: "amount" }],
    "an amount twice in the header": [`account,amount,Amount\n${A},1,2\n`, MissingColumnError, { column: "amount" }],
    "nothing at all": ["", EmptyCsvError],
    "blank lines only": ["\n\r\n \n", EmptyCsvError],
    "a quote that is never closed": [`account,amount\n${A},1\n"${B},1\n${C},1\n`, CsvQuoteError, { line: 3 }],
    "a quote within a field": [`account,amount\n\n${A}",1\n`, CsvQuoteError, { line: 3 }],
    "text after a closing quote": [`account,amount\n"${A}"x,1\n`, CsvQuoteError, { line: 2 }],
    "an absurd field": [rowsOf(`${A},${"1".repeat(MAX_ROW_CHARACTERS)}`), CsvRowTooLongError, { line: 2 }],
    "a row of nothing but commas": [`account,amount\n${A},1\n${",".repeat(150_000)}`, CsvRowTooLongError, { line: 3 }],
    "an unclosed quote before many rows": [
      `account,amount\n"${`${A},1\n`.repeat(400)}`,
      CsvRowTooLongError,
      { line: 2 },
    ],
    "a total beyond what a round holds": [
      rowsOf(`${A},79228162514264337593543.950335`, `${B},0.000001`),
      RoundTooLargeError,
    ],
  };
  for (const [what, [file, error, properties = {}]] of Object.entries(unfit)) {
    it(`refuses ${what}`, async () => {
      for (const source of [file, crumbs(file)]) {
        expect(await errorOf(read(source)))
          .to.be.instanceOf(error)
          .and.include(properties);
      }
    });
  }

  it("refuses more payees than a round has", async function () {
    this.timeout(20_000);
    const chunk = ",\n".repeat(20_000);
    const rows = (function* () {
      yield "account,amount\n";
      for (let row = 0; row < MAX_PAYEES; row += 20_000) yield chunk;
      yield ",\n";
    })();
    expect(await errorOf(read(rows))).to.be.instanceOf(TooManyPayeesError);
  });

  it("refuses decimals no token has", async () => {
    for (const decimals of [-1, 1.5, 256, NaN]) {
      expect(await errorOf(read(rowsOf(`${A},1`), decimals)), `${decimals}`).to.be.instanceOf(TokenDecimalsError);
    }
  });
});
