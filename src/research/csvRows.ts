/**
 * The rows of a CSV file (RFC 4180) in UTF-8, read as they come: never the whole text in memory.
 *
 * @module
 */
// The build for browsers needs nothing of Node.js, and runs there as well.
import { CsvError, Parser } from "csv-parse/browser/esm";
import { AcesoError } from "../errors.js";

/** A CSV file: its text or its bytes, whole or in chunks cut anywhere, such as a file's stream. */
export type CsvSource = string | Uint8Array | Iterable<string | Uint8Array> | AsyncIterable<string | Uint8Array>;

/** The most characters a row has: more is no list of payees. */
export const MAX_ROW_CHARACTERS = 16_384;

// What is parsed before others get a turn: some thousand rows.
const PIECE = 65_536;
const BYTE_ORDER_MARK = "\uFEFF";

/**
 * Reads the rows of a CSV file. Lines end in LF or CRLF; blank ones are no rows; spaces around a field do not count.
 *
 * @param onRow told each row's fields, and the line it begins on, counted from 1. What it throws ends the reading.
 * @param onRead told how much of the source was read: in bytes, or characters where it comes as text.
 * @throws {@link ByteOrderMarkError}, {@link CsvEncodingError}, {@link CsvRowTooLongError} or {@link CsvQuoteError}.
 */
export async function readRows(
  source: CsvSource,
  onRow: (fields: readonly string[], line: number) => void,
  onRead?: (read: number) => void,
): Promise<void> {
  let line = 1;
  const begin = (): number => line + parser.info.empty_lines;
  const parser = new Parser({
    relax_column_count: true,
    trim: true,
    record_delimiter: ["\r\n", "\n"],
    max_record_size: MAX_ROW_CHARACTERS,
    skip_empty_lines: true,
    on_record(fields: string[]) {
      onRow(fields, begin());
      // A quoted field may go over several lines.
      line += 1 + fields.reduce((sum, field) => sum + field.split("\n").length - 1, 0);
      return null;
    },
  });
  // Whatever is thrown reaches the write, or the end, that ran into it.
  parser.on("error", () => undefined);
  try {
    for await (const text of textsOf(source, onRead)) {
      const before = begin();
      // It calls back in a turn of its own, so others get theirs.
      await new Promise<void>((resolve, reject) => parser.write(text, (error) => (error ? reject(error) : resolve())));
      // The parser does not count empty fields, which would fill the memory as well.
      if (begin() === before && text.length > MAX_ROW_CHARACTERS) throw new CsvRowTooLongError(before);
    }
    await new Promise<void>((resolve, reject) => parser.on("error", reject).on("finish", resolve).end());
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    throw error.code === "CSV_MAX_RECORD_SIZE" ? new CsvRowTooLongError(begin()) : new CsvQuoteError(begin());
  }
}

// In pieces neither large nor tiny; as text, so that no character is cut in two.
async function* textsOf(source: CsvSource, onRead: (read: number) => void = () => undefined): AsyncIterable<string> {
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  let isStart = true;
  let read = 0;
  let pending = "";
  for await (const piece of piecesOf(source)) {
    // No UTF-8 begins with either byte; UTF-16 with its mark begins with one of them.
    if (isStart && (piece[0] === 0xfe || piece[0] === 0xff)) throw new ByteOrderMarkError("UTF-16");
    const text = typeof piece === "string" ? piece : decoded(decoder, piece);
    if (isStart && text.startsWith(BYTE_ORDER_MARK)) throw new ByteOrderMarkError("UTF-8");
    // Valid, but of no text: UTF-16 without a mark, or no text at all.
    if (text.includes("\0")) throw new CsvEncodingError();
    isStart &&= text === "";
    onRead((read += piece.length));
    pending += text;
    if (pending.length < PIECE) continue;
    yield pending;
    pending = "";
  }
  decoded(decoder);
  yield pending;
}

async function* piecesOf(source: CsvSource): AsyncIterable<string | Uint8Array> {
  // A text would iterate by its characters, and bytes by theirs.
  const chunks = typeof source === "string" || source instanceof Uint8Array ? [source] : source;
  for await (const chunk of chunks) {
    for (let at = 0; at < chunk.length; at += PIECE) {
      yield typeof chunk === "string" ? chunk.slice(at, at + PIECE) : chunk.subarray(at, at + PIECE);
    }
  }
}

function decoded(decoder: TextDecoder, piece?: Uint8Array): string {
  try {
    return piece === undefined ? decoder.decode() : decoder.decode(piece, { stream: true });
  } catch {
    throw new CsvEncodingError();
  }
}

/** A CSV file begins with a byte order mark. */
export class ByteOrderMarkError extends AcesoError {
  override name = "ByteOrderMarkError";
  constructor(readonly encoding: "UTF-8" | "UTF-16") {
    super(
      `The CSV file begins with the byte order mark of ${encoding}.`,
      'Save it in UTF-8 without the mark: a text editor calls that "UTF-8", not "UTF-8 with BOM"; a spreadsheet "CSV", not "CSV UTF-8".',
    );
  }
}

/** A CSV file is not in UTF-8. */
export class CsvEncodingError extends AcesoError {
  override name = "CsvEncodingError";
  constructor() {
    super("The CSV file is no text in UTF-8.", "Save it as CSV in UTF-8; a spreadsheet's own format is none.");
  }
}

/** A row of a CSV file is absurdly long. */
export class CsvRowTooLongError extends AcesoError {
  override name = "CsvRowTooLongError";
  constructor(readonly line: number) {
    super(
      `The row on line ${line} has more than ${MAX_ROW_CHARACTERS} characters.`,
      "Look for a quote there that nothing closes, or for a file that is no CSV.",
    );
  }
}

/** A CSV file has a quote where none belongs, so nobody can say where its row ends. */
export class CsvQuoteError extends AcesoError {
  override name = "CsvQuoteError";
  constructor(readonly line: number) {
    super(
      `The row on line ${line} has a quote that is never closed, or is within a field.`,
      'Put a field with quotes into quotes, and double those within: "a ""b"" c".',
    );
  }
}
