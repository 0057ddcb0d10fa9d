import { spawn } from "node:child_process";
import { once } from "node:events";
import { stat } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";

import { expect } from "chai";

import {
  ADDRESSES,
  chain,
  commandLine,
  errorIn,
  KEYS,
  PASSPHRASE,
  type Answer,
  type CommandLine,
} from "./commandLine.js";

const MAIN = fileURLToPath(new URL("../../src/cli/main.ts", import.meta.url));
const TSX = import.meta.resolve("tsx");

describe("the aceso process", () => {
  let cli: CommandLine;
  let node: Server;
  let rpc: string;

  before(async () => {
    cli = await commandLine();
    node = createServer((request, response) => {
      void (async () => {
        let body = "";
        for await (const chunk of request) body += String(chunk);
        const parsed = JSON.parse(body) as Call | Call[];
        const answers = await Promise.all([parsed].flat().map(answered));
        response.end(JSON.stringify(Array.isArray(parsed) ? answers : answers[0]));
      })();
    }).listen(0, "127.0.0.1");
    await once(node, "listening");
    rpc = `http://127.0.0.1:${(node.address() as AddressInfo).port}`;
  });

  after(() => void node.close());

  type Call = { id: number; method: string; params: unknown[] };
  const answered = async ({ id, method, params }: Call): Promise<object> => {
    try {
      return { jsonrpc: "2.0", id, result: await chain.request({ method, params }) };
    } catch (error) {
      const { message, data } = error as Error & { data?: unknown };
      return { jsonrpc: "2.0", id, error: { code: -32_000, message, data } };
    }
  };

  const start = async (line: string, env: Record<string, string> = {}): Promise<Answer> => {
    const child = spawn(process.execPath, ["--import", TSX, MAIN, ...line.split(" ")], {
      cwd: cli.folder,
      env: { PATH: process.env["PATH"] ?? "", ACESO_DEPLOYMENT: "deployment.json", ACESO_RPC: rpc, ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const answer = { out: "", err: "" };
    child.stdout.on("data", (chunk) => (answer.out += String(chunk)));
    child.stderr.on("data", (chunk) => (answer.err += String(chunk)));
    const [code] = (await once(child, "close")) as [number];
    return { code, ...answer };
  };

  it("writes, makes files and fails with exit codes and streams as documented", async () => {
    const [created, unreachable, licensed] = await Promise.all([
      start("keys create --out new.key", { ACESO_KEY_PASSPHRASE: PASSPHRASE }),
      start("consent list --json", { ACESO_RPC: "http://127.0.0.1:9", ACESO_PRIVATE_KEY: KEYS.patient }),
      start(`accredit ${ADDRESSES.hospital} --role Provider --until 1y --json`, { ACESO_PRIVATE_KEY: KEYS.admin }),
    ]);

    expect(created).to.include({ code: 0, err: "" });
    expect((await stat(cli.path("new.key"))).mode & 0o777).to.equal(0o600);

    expect(unreachable).to.include({ code: 3, out: "" });
    expect(errorIn(unreachable).error).to.equal("RpcUnreachableError");

    expect(licensed).to.include({ code: 0, err: "" });
    expect(JSON.parse(licensed.out)).to.include({ role: "Provider", participant: ADDRESSES.hospital });
  });
});
